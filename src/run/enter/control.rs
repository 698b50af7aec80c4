//! The control of a look-up. A search that is down, or whose parameter was renamed, finds nothing, on a page that is as ever; so what
//! it does not find is believed to be missing only after it has found a record that is known to stand there.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{
    super::{RunError, page::Place, site::Site},
    compare::agree,
    life::{Life, Note},
    look::{look, unproven},
};
use crate::{
    adapter::{FindRow, Scope},
    extract::{LookedUp, Shape, Sought},
    ledger::{Decision, Event},
};

/// How long a control holds within its run: what a long run does not find at its end is believed no more readily than at its start.
const HOLDS: Duration = Duration::from_mins(5);
/// The name, in what is written down of an event, of what a person was asked about the control.
const ASKED: &str = "control";

/// The control of one run.
#[derive(Default)]
pub(super) struct Controls {
    held: Mutex<Option<Held>>,
    /// Whether this run has asked a person.
    asked: AtomicBool,
}

struct Held {
    generation: u64,
    at: Instant,
    control: Control,
}

/// What the look-up was proven by.
#[derive(Clone, Debug)]
pub(super) enum Control {
    /// It has found a record that stands there, in a list of this shape.
    Found(Shape),
    /// It has not found this one, in words.
    Missing(String),
    /// No record is known to stand there.
    Unknown,
}

impl Control {
    /// The list as it looks with rows.
    pub(super) fn shape(&self) -> Option<&Shape> {
        match self {
            Self::Found(shape) => Some(shape),
            Self::Missing(_) | Self::Unknown => None,
        }
    }
}

impl Controls {
    /// The control of the session as it is now: asked for once, whoever comes first; and the session that it was asked in.
    pub(super) async fn of(&self, site: &Site, find: &FindRow) -> Result<(Control, u64), RunError> {
        let mut held = self.held.lock().await;
        let known = held.as_ref().filter(|held| held.generation == site.generation() && held.at.elapsed() < HOLDS);
        if let Some(known) = known {
            return Ok((known.control.clone(), known.generation));
        }
        let control = seek(site, find).await?;
        let generation = site.generation();
        // What is entered first is known from then on.
        if !matches!(control, Control::Unknown) {
            *held = Some(Held { generation, at: Instant::now(), control: control.clone() });
        }
        Ok((control, generation))
    }
}

/// Looks for the record that was verified last; before the first one, for the one that the adapter names.
async fn seek(site: &Site, find: &FindRow) -> Result<Control, RunError> {
    let (mark, receipt, whence) = match (site.run.bridge.store.last_verified(&site.run.bot).await?, &find.control) {
        (Some(entry), _) if find.by_mark().next().is_some() => {
            let whence = format!("which entry {} has brought there and read back", entry.id);
            (entry.wish.mark, entry.receipt.unwrap_or_default(), whence)
        }
        (_, Some(control)) => (control.clone(), String::new(), "which the adapter names as its control".to_owned()),
        (_, None) => return Ok(Control::Unknown),
    };
    let page = &site.run.system().pages[&find.page];
    let scope = Scope::new().value("mark", mark.clone());
    let row: Result<Vec<_>, RunError> = find
        .by_mark()
        .map(|(field, template)| Ok((field.clone(), template.fill(&scope).map_err(|why| site.wrong(page, why))?)))
        .collect();
    let sought = Sought { mark: mark.clone(), row: row?, searched: page.uses("mark"), agree };
    let place = Place { page: 1, given: vec![("mark", mark.clone()), ("receipt", receipt)], ..Place::default() };
    let why = match look(site, find, &place, sought, None).await {
        Ok(LookedUp::There(there)) => return Ok(Control::Found(there.shape)),
        Ok(LookedUp::Absent(_)) => "it shows nothing".to_owned(),
        Err(RunError::LookUp { why, .. }) => why,
        Err(error) => return Err(error),
    };
    Ok(Control::Missing(format!("it does not find `{mark}`, {whence}: {why}")))
}

impl Life<'_> {
    /// What becomes of an entry that was not found where nothing proves that it would have been: one a run goes to a person,
    /// the others stay where they are. `true`: that person has looked, and it may be entered.
    pub(super) async fn without_control(&mut self, find: &FindRow, missing: Option<String>) -> Result<bool, RunError> {
        let unknown = || "nothing is known to stand in the target that it would have to find".to_owned();
        let why = missing.clone().unwrap_or_else(unknown);
        if self.site.run.options.dry_run {
            // Nothing is sent; what is wrong with the look-up is said all the same.
            return missing.map_or(Ok(true), |why| Err(unproven(self.site, find, why)));
        }
        if self.person_has_looked().await? {
            return Ok(true);
        }
        let others = self.gate.controls.asked.swap(true, Ordering::Relaxed) || self.somebody_is_asked().await?;
        if others {
            return Err(unproven(self.site, find, why));
        }
        let mark = &self.entry().wish.mark;
        let words = format!(
            "the look-up shows nothing under `{mark}`, and that proves nothing: {why}. Look into the target yourself: if it is not \
             there, decide `--enter`, and it is entered; it then proves the look-up for all others, which wait. If the \
             look-up is wrong, mend the adapter first"
        );
        self.befall(Event::Stuck, Note { detail: json!({ ASKED: true }), ..Note::saying(words) }).await?;
        Ok(false)
    }

    /// Whether a person was asked just this of this entry and has said that it is to be entered, and it was not sent since.
    async fn person_has_looked(&self) -> Result<bool, RunError> {
        let events = self.site.run.bridge.store.entry_events(self.entry().id).await?;
        let since = events.iter().rposition(|event| event.event == Event::Submitting.word());
        let events = &events[since.map_or(0, |sent| sent + 1)..];
        let asked = events.iter().position(|event| is_asked(&event.event, &event.detail));
        let decided = Event::Decided(Decision::Enter).word();
        Ok(asked.is_some_and(|asked| events[asked..].iter().any(|event| event.event == decided)))
    }

    /// Whether a person is asked already, or has answered, of another entry.
    async fn somebody_is_asked(&self) -> Result<bool, RunError> {
        let run = &self.site.run;
        Ok(run.bridge.store.asks_for_control(&run.bot, self.entry().id).await?)
    }
}

fn is_asked(event: &str, detail: &str) -> bool {
    event == Event::Stuck.word()
        && serde_json::from_str::<Value>(detail).is_ok_and(|detail| detail.get(ASKED) == Some(&Value::Bool(true)))
}
