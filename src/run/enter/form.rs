//! Working a form to the point where it is sent: what both ways of doing it share. In one session one form is open at a time, and
//! from its press to its answer nothing else is asked: what the system says once is said to who has pressed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    super::RunError,
    compare::Told,
    hand,
    life::{Life, Note},
    post,
    verdict::{Verdict, in_one},
};
use crate::{
    adapter::{Candidates, FieldStep, Find, FormStep, Page},
    ledger::Event,
    record::EntryState,
};

/// Why a form was not worked to its end.
pub(super) enum Stop {
    /// This one record does not fit into the form: a person has to look.
    Unfit(Box<Note>),
    /// The target said no before anything was sent, as forms of several pages do.
    Refused(Box<Note>),
    /// Something that would stop every other record too.
    Error(RunError),
}

impl<E: Into<RunError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl Stop {
    /// The record does not fit, because of this field.
    pub(super) fn unfit(page: &Page, thing: &str, why: &str) -> Self {
        let words = format!("{}: {why}", spoken(page, thing));
        Self::Unfit(Box::new(Note { field: Some(thing.to_owned()), ..Note::saying(words) }))
    }
}

/// How sending a form has ended.
pub(super) struct Sent {
    pub(super) event: Event,
    pub(super) note: Note,
}

impl Sent {
    /// Nobody saw how it ended.
    pub(super) fn lost(why: impl Into<String>) -> Self {
        Self { event: Event::Lost, note: Note::saying(why) }
    }

    /// It certainly was not sent.
    pub(super) fn not(why: impl Into<String>) -> Self {
        Self { event: Event::NotSent, note: Note::saying(why) }
    }

    /// As the page says; `None` while it says nothing.
    pub(super) fn of(verdict: Verdict) -> Option<Self> {
        match verdict {
            Verdict::Nothing => None,
            Verdict::Unclear => Some(Self::lost("the page says both that it was taken and that it was not")),
            Verdict::Doubt(words) => Some(Self::lost(format!("the page does not know: {words}"))),
            Verdict::Taken(proof) => {
                let receipt = proof.get("receipt").cloned();
                let note = Note { receipt, detail: json!({ "proof": proof }), ..Note::default() };
                Some(Self { event: Event::Submitted, note })
            }
            Verdict::Refused(complaints) => {
                let (words, field) = in_one(&complaints);
                Some(Self { event: Event::Refused, note: Note { field, ..Note::saying(words) } })
            }
        }
    }

    /// The same with more evidence.
    pub(super) fn with(mut self, evidence: BTreeMap<&'static str, String>) -> Self {
        let mut detail = self.note.detail.as_object().cloned().unwrap_or_default();
        detail.extend(evidence.into_iter().map(|(name, text)| (name.to_owned(), text.into())));
        self.note.detail = detail.into();
        self
    }
}

/// The fields that a step enters.
pub(super) fn fields(step: &FormStep) -> &[FieldStep] {
    match step {
        FormStep::Fields(fields) => fields,
        _ => &[],
    }
}

/// What a person calls a thing of a page: its label, or else its name in the adapter.
pub(super) fn spoken(page: &Page, thing: &str) -> String {
    let label = |at: &Candidates| {
        at.0.iter().find_map(|locator| match &locator.find {
            Find::Label { label, .. } => Some(label.clone()),
            _ => None,
        })
    };
    page.at.get(thing).and_then(label).unwrap_or_else(|| thing.to_owned())
}

impl Life<'_> {
    /// Fills the form and sends it; everything from right before the press on is written down.
    pub(super) async fn submit(&mut self) -> Result<(), RunError> {
        let site = std::sync::Arc::clone(self.site);
        let _only_form = site.held.form.lock().await;
        if !self.goes_on().await? {
            return Ok(());
        }
        loop {
            let generation = self.site.generation();
            let worked = if self.enter().form.http { post::submit(self).await } else { hand::submit(self).await };
            return match worked {
                Ok(()) => Ok(()),
                // Nothing was sent yet: the form is begun anew with a new session.
                Err(Stop::Error(RunError::SessionLost { system })) if self.state() == EntryState::Intended => {
                    self.site.renew(generation, system).await?;
                    continue;
                }
                Err(Stop::Error(error)) => Err(error),
                Err(Stop::Unfit(note)) => self.befall(Event::Stuck, *note).await,
                Err(Stop::Refused(note)) => self.befall(Event::Refused, *note).await,
            };
        }
    }

    /// What is to be typed, by the form's own names.
    pub(super) fn intention(&self) -> Result<Value, Box<Note>> {
        let mut typed = serde_json::Map::new();
        // What the form itself will say can't be told yet.
        let told = |field: &&FieldStep| {
            !field.value.expressions().any(|one| one.names().iter().any(|name| name.starts_with("read.")))
        };
        for field in self.enter().form.steps.iter().flat_map(fields).filter(told) {
            match self.text(&field.value) {
                Ok(Some(text)) => {
                    typed.insert(field.thing.clone(), Value::from(text));
                }
                Ok(None) => {}
                Err(why) => return Err(Note { field: Some(field.thing.clone()), ..Note::saying(why) }.into()),
            }
        }
        Ok(json!({ "typed": typed }))
    }

    /// What goes into a field; `None` for one that is left alone.
    pub(super) fn meant(&self, page: &Page, field: &FieldStep) -> Result<Option<String>, Stop> {
        self.text(&field.value).map_err(|why| Stop::unfit(page, &field.thing, &why))
    }

    /// What was entered must stand there.
    pub(super) fn insist(&self, page: &Page, told: &[Told]) -> Result<(), Stop> {
        match told.iter().find(|told| !told.agrees()) {
            None => Ok(()),
            Some(wrong) => {
                let why = format!("`{}` was entered, and the page holds `{}`", wrong.meant, wrong.shown);
                Err(Stop::unfit(page, &wrong.thing, &why))
            }
        }
    }
}
