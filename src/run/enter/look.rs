//! Looking a record up in its target: before every submission, and after every doubt.

use std::collections::BTreeMap;

use super::{
    super::{RunError, page::Place, site::Site},
    compare::{Told, agree},
    control::Control,
    life::{Life, Note, TRIES_MOST},
};
use crate::{
    adapter::{FindRow, Page, Scope},
    extract::{self, Document, ExtractError, LookedUp, Row, Shape, Sought, There},
    ledger::{self, Event, Sight},
    record::{Does, EntryState as State},
};

/// Sessions that may change within one look-up.
const SESSIONS_MOST: usize = 3;

impl Life<'_> {
    /// Looks, and writes down what was seen; `None` where there is no place to look.
    pub(super) async fn look_up(&mut self) -> Result<Option<Sight>, RunError> {
        let Some(find) = &self.enter().find else {
            let words = "the target can't be asked whether it has it: look there yourself".to_owned();
            let note = if self.state() == State::Unknown { Note::saying(words) } else { Note::default() };
            self.befall(Event::Blind, note).await?;
            return Ok(None);
        };
        let (seen, control) = self.sought(find).await?;
        let (rows, same, note) = match seen {
            LookedUp::Absent(_) => (0, false, self.absent()),
            LookedUp::There(There { rows, .. }) if rows.len() > 1 => {
                (rows.len(), false, Note::saying(format!("the target has it {} times", rows.len())))
            }
            LookedUp::There(there) => {
                let (same, note) = self.compared(find, there)?;
                (1, same, note)
            }
        };
        let settled = self.site.run.bridge.clock.now() >= self.entry().due_at;
        let does = self.enter().does;
        let sight = ledger::sight(does, self.state(), ledger::Seen { rows, same }, settled);
        if (does, sight) == (Does::Enter, Sight::Absent) && !self.believes(find, control).await? {
            return Ok(None);
        }
        let never_arrived = matches!((does, sight), (Does::Enter, Sight::Absent) | (Does::Update, Sight::Different));
        if never_arrived && self.state() == State::Unknown && self.entry().tries >= TRIES_MOST {
            let words = self.entry().words.clone().unwrap_or_default();
            let words = format!("it was sent {TRIES_MOST} times, never arrived, and nobody knows why: {words}");
            self.befall(Event::Stuck, Note::saying(words)).await?;
            return Ok(None);
        }
        self.befall(Event::Looked(sight), note).await?;
        Ok(Some(sight))
    }

    /// What the target shows of it, and what proves that it would show it: both in one session.
    async fn sought(&self, find: &FindRow) -> Result<(LookedUp, Control), RunError> {
        let page = &self.site.run.system().pages[&find.page];
        let mut row = Vec::with_capacity(find.row.len());
        for (field, template) in &find.row {
            let meant = self.text(template).map_err(|why| RunError::Entry { entry: self.entry().id, why })?;
            row.push((field.clone(), meant.unwrap_or_default()));
        }
        let sought = Sought { mark: self.entry().wish.mark.clone(), row, searched: page.uses("mark"), agree };
        for _ in 0..SESSIONS_MOST {
            // An update never sends what was not found.
            let (control, session) = match self.enter().does {
                Does::Enter => self.gate.controls.of(self.site, find).await?,
                Does::Update => (Control::Unknown, self.site.generation()),
            };
            let seen = look(self.site, find, &self.place(), sought.clone(), control.shape()).await?;
            if matches!(seen, LookedUp::There(_)) || self.site.generation() == session {
                return Ok((seen, control));
            }
        }
        Err(RunError::SessionLost { system: self.site.run.system().name.clone() })
    }

    /// Whether what was not found is missing: after the same look-up has found what stands there, or a person has looked.
    async fn believes(&mut self, find: &FindRow, control: Control) -> Result<bool, RunError> {
        let (found, why) = match control {
            Control::Found(_) => (true, None),
            Control::Missing(why) => (false, Some(why)),
            Control::Unknown => (false, None),
        };
        // The list is proven: without that, extraction gives no absence.
        const LIST_PROVEN: bool = true;
        if ledger::believes_absence(LIST_PROVEN, found) {
            return Ok(true);
        }
        self.without_control(find, why).await
    }

    /// The one row that shows it, and whether it says the same.
    fn compared(&mut self, find: &FindRow, There { mut rows, healed, .. }: There) -> Result<(bool, Note), RunError> {
        let row = rows.remove(0);
        let told = self.tell(&find.fields, &row)?;
        let receipt = receipt(find, &row)?;
        self.row = row;
        let (same, note) = verdict(&told);
        let unread = told.iter().find(|told| healed.contains(&told.thing) && !told.agrees());
        if let Some(told) = unread.filter(|_| self.enter().does == Does::Update) {
            // It is written because it says something else: then it must be certain what it says.
            let why = format!("`{}` is not where its first candidate points", told.thing);
            return Err(unproven(self.site, find, why));
        }
        Ok((same, Note { receipt, ..note }))
    }

    /// What is to be said of a record that is not there.
    fn absent(&self) -> Note {
        match self.enter().does {
            Does::Enter => Note::default(),
            Does::Update => {
                let mark = &self.entry().wish.mark;
                Note::saying(format!(
                    "the target has no `{mark}` that could be brought up to date: look there yourself"
                ))
            }
        }
    }

    /// The target's rows that are this record's. That there is none says no more than that it is not shown.
    pub(super) async fn rows(&self, find: &FindRow) -> Result<Vec<Row>, RunError> {
        let listing = |page: &Page, document: &Document| extract::listing(page, document);
        let read = self.site.read(&find.page, &self.place(), listing).await;
        let (listing, _) = read.map_err(|error| changed(find, error))?;
        if let Some(total) = listing.total.filter(|total| *total > listing.rows.len() as u64) {
            let why = format!("it shows {} of {total} rows: search for `{{mark}}` in its address", listing.rows.len());
            return Err(unproven(self.site, find, why));
        }
        let mut found = Vec::new();
        for row in listing.rows {
            if self.tell(&find.row, &row)?.iter().all(Told::agrees) {
                found.push(row);
            }
        }
        Ok(found)
    }

    /// What things should say beside what they say.
    pub(super) fn tell(
        &self,
        fields: &[(String, crate::adapter::Template)],
        shown: &BTreeMap<String, String>,
    ) -> Result<Vec<Told>, RunError> {
        let mut told = Vec::new();
        for (thing, template) in fields {
            let meant = self.text(template).map_err(|why| RunError::Entry { entry: self.entry().id, why })?;
            let shown = shown.get(thing).cloned().unwrap_or_default();
            told.push(Told { thing: thing.clone(), meant: meant.unwrap_or_default(), shown });
        }
        Ok(told)
    }
}

/// Whether all agrees, with a note of what does not.
pub(super) fn verdict(told: &[Told]) -> (bool, Note) {
    let detail = serde_json::json!({ "compared": told });
    match told.iter().find(|told| !agree(&told.meant, &told.shown)) {
        None => (true, Note { detail, ..Note::default() }),
        Some(first) => {
            let words = format!("it should say `{}`, and the target says `{}`", first.meant, first.shown);
            (false, Note { field: Some(first.thing.clone()), detail, ..Note::saying(words) })
        }
    }
}

/// The target's own number.
pub(super) fn receipt(find: &FindRow, row: &Row) -> Result<Option<String>, RunError> {
    let Some(expression) = &find.receipt else { return Ok(None) };
    expression.evaluate(&Scope::new().row("list", row)).map_err(|why| RunError::Receipt { why })
}

/// One look at the look-up page. What is not there is only then absent when the page proves it.
pub(super) async fn look(
    site: &Site,
    find: &FindRow,
    place: &Place,
    sought: Sought,
    seen: Option<&Shape>,
) -> Result<LookedUp, RunError> {
    let seen = seen.cloned();
    let extract = move |page: &Page, document: &Document| -> Result<LookedUp, ExtractError> {
        extract::look_up(page, document, &sought, seen.as_ref())
    };
    let read = site.read(&find.page, place, extract).await;
    read.map(|(seen, _)| seen).map_err(|error| changed(find, error))
}

/// A look-up page that can't be read is a trouble of the look-up, and of no entry.
fn changed(find: &FindRow, error: RunError) -> RunError {
    match error {
        RunError::Extract { system, page, source } if page == find.page => {
            RunError::LookUp { system, page, why: source.to_string() }
        }
        other => other,
    }
}

/// The look-up proves nothing, in words.
pub(super) fn unproven(site: &Site, find: &FindRow, why: String) -> RunError {
    RunError::LookUp { system: site.run.system().name.clone(), page: find.page.clone(), why }
}
