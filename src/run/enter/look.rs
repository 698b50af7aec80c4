//! Looking a record up in its target: before every submission, and after every doubt.

use std::collections::BTreeMap;

use super::{
    super::RunError,
    compare::{Told, agree},
    life::{Life, Note, TRIES_MOST},
};
use crate::{
    adapter::{FindRow, Page, Scope},
    extract::{self, Document, Row},
    ledger::{self, Event, Sight},
    record::{Does, EntryState as State},
};

impl Life<'_> {
    /// Looks, and writes down what was seen; `None` where there is no place to look.
    pub(super) async fn look_up(&mut self) -> Result<Option<Sight>, RunError> {
        let Some(find) = &self.enter().find else {
            let words = "the target can't be asked whether it has it: look there yourself".to_owned();
            let note = if self.state() == State::Unknown { Note::saying(words) } else { Note::default() };
            self.befall(Event::Blind, note).await?;
            return Ok(None);
        };
        let mut rows = self.rows(find).await?;
        let count = rows.len();
        let (same, note) = match count {
            0 => (false, self.absent()),
            1 => {
                let row = rows.remove(0);
                let told = self.tell(&find.fields, &row)?;
                let receipt = receipt(find, &row)?;
                self.row = row;
                let (same, note) = verdict(&told);
                (same, Note { receipt, ..note })
            }
            several => (false, Note::saying(format!("the target has it {several} times"))),
        };
        let settled = self.site.run.bridge.clock.now() >= self.entry().due_at;
        let does = self.enter().does;
        let sight = ledger::sight(does, self.state(), ledger::Seen { rows: count, same }, settled);
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

    /// The target's rows that are this record's.
    pub(super) async fn rows(&self, find: &FindRow) -> Result<Vec<Row>, RunError> {
        let name = &find.page;
        let listing = |page: &Page, document: &Document| extract::listing(page, document);
        let (listing, _) = self.site.read(name, &self.place(), listing).await?;
        let page = &self.site.run.system().pages[name];
        if let Some(total) = listing.total.filter(|total| *total > listing.rows.len() as u64) {
            let why = format!(
                "it shows {} of {total} rows, so it can't tell whether a record is there: search for `{{mark}}` in its address",
                listing.rows.len()
            );
            return Err(self.site.wrong(page, why));
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
