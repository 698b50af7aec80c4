//! The life of one entry: what befalls it is written down before its effect.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta};
use serde_json::Value;

use super::{
    super::{
        RunError,
        page::Place,
        report::{EntryTally, Tried},
        site::Site,
        wish::Wanted,
    },
    LEASE, PRESS_WITHIN,
    compare::Told,
    gate::Gate,
    tell::{self, Maker},
};
use crate::{
    adapter::{Enter, Scope, Template},
    base::chain,
    ledger::{self, Event, Sight, Task},
    record::{Does, EntryEvent, EntryState as State, UnknownCode},
    store::{Entry, EntryMove},
};

/// Tries without any headway before a person is asked.
pub(super) const TRIES_MOST: i64 = 5;
/// The pause after a first try that came to nothing; each further one doubles it.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(5);
/// For so long an entry that was written down is held with enough time left to work a form.
const HELD_WELL: Duration = Duration::from_secs(60);

/// One entry while it is worked on.
pub(super) struct Life<'a> {
    pub(super) site: &'a Arc<Site>,
    /// What its expressions may speak of, but for mark and receipt.
    scope: Scope<'static>,
    entry: Entry,
    state: State,
    /// The row of the target that shows it, once seen.
    pub(super) row: BTreeMap<String, String>,
    tried: Option<Tried>,
    /// What has befallen it so far.
    past: Vec<EntryEvent>,
    /// What steps of the form have read, by name.
    read: Mutex<BTreeMap<String, String>>,
    /// When it was last written down.
    written: Instant,
    /// Whether it was let go of when it came to rest.
    let_go: bool,
    /// Whether this run may send anything at all.
    pub(super) gate: &'a Gate,
}

/// What is known beside the bare event.
#[derive(Debug, Default)]
pub(super) struct Note {
    /// The target's words, or why a person is needed.
    pub(super) words: Option<String>,
    /// The field that they belong to.
    pub(super) field: Option<String>,
    /// The number that the target gave.
    pub(super) receipt: Option<String>,
    /// Evidence.
    pub(super) detail: Value,
}

impl Note {
    pub(super) fn saying(words: impl Into<String>) -> Self {
        Self { words: Some(words.into()), ..Self::default() }
    }
}

impl<'a> Life<'a> {
    /// An entry that was just leased.
    pub(super) async fn of(site: &'a Arc<Site>, gate: &'a Gate, entry: Entry) -> Result<Self, RunError> {
        let unreadable = |why: String| RunError::Entry { entry: entry.id, why };
        let state = entry.state.parse().map_err(|error: UnknownCode| unreadable(error.to_string()))?;
        let wanted: Wanted = serde_json::from_str(&entry.wish.wanted).map_err(|error| unreadable(error.to_string()))?;
        let scope = wanted.scope().codes(&site.run.bot().codes);
        // Nothing has befallen what nobody has held before.
        let past = if entry.fence <= 1 { Vec::new() } else { tell::past(&site.run.bridge.store, entry.id).await? };
        let (row, read, written) = (BTreeMap::new(), Mutex::default(), Instant::now());
        Ok(Self { site, scope, state, entry, row, tried: None, past, read, written, let_go: false, gate })
    }

    pub(super) fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Whether nobody holds it any more.
    pub(super) fn let_go(&self) -> bool {
        self.let_go
    }

    pub(super) fn enter(&self) -> &'a Enter {
        self.site.run.bot().enter().expect("only bots that enter have entries")
    }

    /// All states that it has come through, and the one where it stands.
    pub(super) fn lived(&self) -> impl Iterator<Item = State> + '_ {
        let sent = self.entry.submitted_at.map(|_| State::Submitting);
        self.past.iter().map(|event| event.state).chain([self.state]).chain(sent)
    }

    /// Gives it another mark; what was found under the old one says nothing of it. The old one is given back.
    pub(super) fn put_mark(&mut self, new: String) -> String {
        self.entry.receipt = None;
        std::mem::replace(&mut self.entry.wish.mark, new)
    }

    /// Something that the run's report is to say.
    pub(super) fn tell_run(&self, sentence: String) {
        self.gate.tell(sentence);
    }

    pub(super) fn state(&self) -> State {
        self.state
    }

    /// Takes it as far as it goes now.
    pub(super) async fn live(&mut self) -> Result<(), RunError> {
        if self.entry.wish.version > self.entry.known_version {
            self.befall(Event::Corrected, Note::default()).await?;
        }
        self.remark(None).await?;
        if matches!(self.state, State::LookedUp | State::Intended) {
            // Whoever looked has gone, and what was seen then may be of yesterday.
            self.befall(Event::BrokenOff, Note::saying("the work broke off before anything was sent")).await?;
        }
        let mut looked = None;
        loop {
            match ledger::next(self.state) {
                Task::Rest => return Ok(()),
                // Whoever held it has gone: what it sent may be on its way.
                Task::GiveUp => {
                    self.befall(Event::Lost, Note::saying("the work broke off while it was being sent")).await?
                }
                Task::LookUp => {
                    looked = self.look_up().await?;
                    if looked == Some(Sight::AbsentSoFar) {
                        return Ok(());
                    }
                }
                Task::Intend => {
                    if self.remark(looked).await? {
                        continue;
                    }
                    let typed = self.intention();
                    match typed {
                        Ok(detail) => self.befall(Event::Intended, Note { detail, ..Note::default() }).await?,
                        Err(note) => self.befall(Event::Stuck, *note).await?,
                    }
                }
                Task::Submit => {
                    self.submit().await?;
                    if self.state == State::Intended || self.state == State::Wanted {
                        // A dry run ends here; what was not sent is tried again later.
                        return Ok(());
                    }
                }
                Task::Compare => {
                    self.compare().await?;
                    if self.state == State::Submitted {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Moves it, and writes that down; in a dry run it moves in memory only.
    pub(super) async fn befall(&mut self, event: Event, note: Note) -> Result<(), RunError> {
        let run = &self.site.run;
        let state = ledger::step(self.enter().does, self.state, event)?;
        run.bridge.pause_at(&run.bot, event.word(), "before").await;
        let now = run.bridge.clock.now();
        let (before, written) = (self.entry.clone(), Instant::now());
        let settled = now + TimeDelta::from_std(self.settled_after()).unwrap_or(TimeDelta::MAX);
        let entry = &mut self.entry;
        state.word().clone_into(&mut entry.state);
        entry.resting = ledger::next(state) == Task::Rest;
        entry.changed_at = now;
        entry.receipt = note.receipt.clone().or(entry.receipt.take());
        entry.words = note.words.clone();
        entry.field = note.field.clone();
        match event {
            Event::Corrected => entry.known_version = entry.wish.version,
            Event::Submitting => entry.submitted_at = Some(now),
            Event::Lost => {
                // One that is sent and lost again and again is no accident.
                entry.tries += 1;
                entry.due_at = settled;
            }
            Event::NotSent | Event::BrokenOff => {
                entry.tries += 1;
                entry.due_at = now + pause(entry.tries);
            }
            _ => {}
        }
        if matches!(event, Event::Submitted | Event::Agrees) {
            entry.tries = 0;
        }
        if !run.options.dry_run {
            let moved = EntryMove {
                event: event.word().to_owned(),
                detail: detail(&note).to_string(),
                // What rests is let go of with the move that brought it there: one flush of the disk less, and no moment in between.
                until: if self.entry.resting { DateTime::UNIX_EPOCH } else { now + LEASE },
                records: {
                    let maker = Maker { bot: &run.bot, run: &run.id };
                    tell::records(&self.past, &self.entry, (self.enter().does, state, event), maker)
                },
                read_again: self.read_again(event),
            };
            if let Err(error) = run.bridge.store.move_entry(&self.entry, &moved).await {
                self.entry = before;
                return Err(error.into());
            }
        }
        self.past.push(tell::present(&self.entry, state));
        self.state = state;
        self.written = written;
        self.let_go = self.entry.resting && !run.options.dry_run;
        run.bridge.pause_at(&run.bot, event.word(), "after").await;
        Ok(())
    }

    /// How long after nobody waits for an answer any more what was sent may still arrive.
    fn settled_after(&self) -> Duration {
        ledger::settled_after(self.enter().settles, self.entry.taken_over, PRESS_WITHIN)
    }

    /// Right before the press: nobody else has taken the entry over since it was written down as being sent, and for so long it may
    /// still be pressed.
    pub(super) async fn may_still_send(&self) -> Result<Duration, RunError> {
        self.site.run.bridge.store.still_held(&self.entry).await?;
        Ok(ledger::may_press(true, PRESS_WITHIN, self.written.elapsed()))
    }

    /// Whether it may be sent. Others may have had the form for long: then nobody takes the entry over meanwhile. And one of them may
    /// have shown that nothing more is to be sent: then it waits for its turn again, as if it had not been taken.
    pub(super) async fn goes_on(&mut self) -> Result<bool, RunError> {
        if self.site.run.options.dry_run {
            return Ok(true);
        }
        if self.gate.is_shut() {
            self.befall(Event::HeldBack, Note::default()).await?;
            return Ok(false);
        }
        if self.written.elapsed() > HELD_WELL {
            let until = self.site.run.bridge.clock.now() + LEASE;
            self.site.run.bridge.store.hold_entry(&self.entry, until).await?;
        }
        Ok(true)
    }

    /// The target's own record is read again, so that whoever updates by it hears of the link.
    fn read_again(&self, event: Event) -> Option<(String, String)> {
        let entered = event == Event::Agrees && self.enter().does == Does::Enter;
        let receipt = self.entry.receipt.clone().filter(|_| entered)?;
        Some((self.site.run.bot().system.clone(), receipt))
    }

    /// An error has ended the work: what was not sent is tried again later, and not for ever.
    pub(super) async fn broken_off(&mut self, error: &RunError) -> Result<(), RunError> {
        if matches!(error, RunError::LookUp { .. }) {
            // That is no fault of the entry: it stays where it is, however often the look-up fails.
            return self.put_off().await;
        }
        match self.state {
            State::Wanted | State::LookedUp | State::Intended => {
                self.befall(Event::BrokenOff, Note::saying(chain(error))).await
            }
            State::Submitting => self.befall(Event::Lost, Note::saying(chain(error))).await,
            State::Submitted if error.shows_on_page() || matches!(error, RunError::Address { .. }) => {
                self.unread(&chain(error)).await
            }
            State::Submitted | State::Unknown => self.later(&chain(error)).await,
            State::Verified | State::Refused | State::Conflict | State::Waiting | State::Cancelled => Ok(()),
        }
    }

    /// Nothing has moved, and nothing is to be told of it: others come first.
    async fn put_off(&mut self) -> Result<(), RunError> {
        self.entry.due_at = self.entry.due_at.max(self.site.run.bridge.clock.now() + FIRST_PAUSE);
        if !self.site.run.options.dry_run {
            self.site.run.bridge.store.put_off_entry(&self.entry).await?;
        }
        Ok(())
    }

    /// Nothing has moved: it is looked at again after a pause; after several, a person is asked.
    pub(super) async fn later(&mut self, why: &str) -> Result<(), RunError> {
        self.entry.tries += 1;
        // What may still arrive is not looked for in vain before.
        self.entry.due_at = self.entry.due_at.max(self.site.run.bridge.clock.now() + pause(self.entry.tries));
        if self.entry.tries >= TRIES_MOST {
            return self.befall(Event::Stuck, Note::saying(why)).await;
        }
        if !self.site.run.options.dry_run {
            self.site.run.bridge.store.put_off_entry(&self.entry).await?;
        }
        Ok(())
    }

    /// What stands in the target can't be read: as long as that is so, its bot sends nothing more. Told when it begins.
    async fn unread(&mut self, why: &str) -> Result<(), RunError> {
        if self.entry.words.as_deref() != Some(why) {
            self.befall(Event::Unread, Note::saying(why)).await?;
        }
        self.later(why).await
    }

    /// Something that the form has said is `read.NAME` from here on.
    pub(super) fn remember(&self, name: &str, text: String) {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), text);
    }

    /// What a template says of this entry; `None` where it says nothing and may.
    pub(super) fn text(&self, template: &Template) -> Result<Option<String>, String> {
        let scope = self.scope();
        let optional = || {
            template.expressions().any(|expression| expression.filters().iter().any(|filter| filter.name == "default"))
        };
        match template.fill(&scope) {
            Ok(text) if text.trim().is_empty() => Ok(None),
            Ok(text) => Ok(Some(text)),
            Err(_) if optional() && said_nothing(template, &scope) => Ok(None),
            Err(why) => Err(why),
        }
    }

    pub(super) fn scope(&self) -> Scope<'static> {
        let receipt = self.entry.receipt.clone().unwrap_or_default();
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mark = self.entry.wish.mark.clone();
        self.scope.clone().row("read", &read).value("receipt", receipt).value("mark", mark)
    }

    /// Where its pages are.
    pub(super) fn place(&self) -> Place {
        let receipt = self.entry.receipt.clone().unwrap_or_default();
        Place {
            page: 1,
            row: self.row.clone(),
            given: vec![("mark", self.entry.wish.mark.clone()), ("receipt", receipt)],
            ..Place::default()
        }
    }

    /// What a dry run has come to.
    pub(super) fn tried(&mut self, told: Vec<Told>) {
        let wish = &self.entry.wish;
        let fields = told.into_iter().map(|told| (told.thing, told.shown)).collect();
        self.tried = Some(Tried { origin: format!("{}/{}", wish.origin_system, wish.origin_no), fields });
    }

    /// Counts how it ended.
    pub(super) fn count(&mut self, tally: &mut EntryTally) {
        tally.tried.extend(self.tried.take());
        tally.add(self.state, &self.entry);
    }
}

/// Whether every expression of a template is merely empty.
fn said_nothing(template: &Template, scope: &Scope<'_>) -> bool {
    template.expressions().all(|expression| expression.evaluate(scope).is_ok_and(|text| text.is_none()))
}

fn detail(note: &Note) -> Value {
    let mut detail = match &note.detail {
        Value::Object(fields) => fields.clone(),
        _ => serde_json::Map::new(),
    };
    for (name, text) in [("words", &note.words), ("field", &note.field), ("receipt", &note.receipt)] {
        if let Some(text) = text {
            detail.insert(name.to_owned(), Value::from(text.as_str()));
        }
    }
    Value::Object(detail)
}

fn pause(tries: i64) -> TimeDelta {
    const DOUBLINGS: i64 = 6;
    FIRST_PAUSE * 2_i32.pow(u32::try_from((tries - 1).clamp(0, DOUBLINGS)).unwrap_or_default())
}
