//! Hearing of troubles, writing them down, and seeing to it that whoever wants to hear of them does.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Alert, AlertError, Change, Telling, changes, place::Place, words::called};
use crate::{
    base::{Clock, Lang, Message, chain},
    run::{self, RunReport},
    settings::AlertSink,
    store::{AlertLine, Due, Store, StoreError, Trouble},
    vault::Vault,
};

/// How often what other processes have written is looked at: a question lives for minutes.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// Alerts that are under way at once.
const AT_ONCE: u32 = 20;
/// How long one may be under way before somebody else may try it: longer than any place may take.
const UNDER_WAY: TimeDelta = TimeDelta::minutes(5);
/// How long to wait after the first failure; twice as long after each further one.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(10);
/// The longest wait.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(30);
/// An alert as old as that helps nobody any more.
const OLD: TimeDelta = TimeDelta::days(3);
/// How the keys of questions begin.
const QUESTION: &str = "question/";

/// Tells of troubles: each once when it begins, once when it is over.
pub struct Alerts {
    store: Store,
    clock: Clock,
    places: Vec<Place>,
    heard: Mutex<Vec<RunReport>>,
    woken: Notify,
}

impl Alerts {
    /// Alerts to these places, in `lang` where a place says nothing else; nothing is delivered before [`Alerts::run`].
    ///
    /// # Errors
    /// A place whose address or secret is missing or can't be one, so that nobody finds out when it is needed.
    pub fn new(
        store: Store,
        vault: &Arc<Vault>,
        clock: Clock,
        sinks: &[AlertSink],
        lang: Lang,
    ) -> Result<Self, AlertError> {
        let place = |sink: &AlertSink| Place::new(sink.clone(), lang, Arc::clone(vault));
        let places = sinks.iter().map(place).collect::<Result<_, _>>()?;
        Ok(Self { store, clock, places, heard: Mutex::default(), woken: Notify::new() })
    }

    /// Takes a run's report; [`Alerts::run`] makes of it what it means.
    pub fn heard(&self, report: &RunReport) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(report.clone());
        self.woken.notify_one();
    }

    /// A trouble goes on that no run tells of; told once until [`Alerts::over`]. Gives whether it was told now.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn trouble(&self, key: &str, what: Message, mend: Option<Message>) -> Result<bool, StoreError> {
        self.seen(key, 1, &Telling { what, why: None, mend, place: None }).await
    }

    /// A trouble is over. Gives whether that was told now.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn over(&self, key: &str) -> Result<bool, StoreError> {
        let going_on = self.store.troubles().await?.into_iter().find(|trouble| trouble.key == key);
        match going_on {
            Some(trouble) => self.end(&trouble).await,
            None => Ok(false),
        }
    }

    /// Delivers what there is until `cancel`; then writes down what was heard last.
    pub async fn run(&self, cancel: CancellationToken) {
        let (mut asked, grew) = (self.store.watch_tasks(), self.store.alerts_grew());
        while !cancel.is_cancelled() {
            asked.mark_unchanged();
            if let Err(error) = self.turn().await {
                tracing::warn!(error = chain(&error), "troubles could not be told; they are looked at again");
            }
            tokio::select! {
                () = cancel.cancelled() => {}
                () = self.woken.notified() => {}
                () = grew.notified() => {}
                _ = asked.changed() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
        if let Err(error) = self.write_down().await {
            tracing::warn!(
                error = chain(&error),
                "what was heard last was not written down; the next runs tell it again"
            );
        }
    }

    /// One look: what was heard, what is asked, what is due.
    ///
    /// # Errors
    /// Those of the store. What does not arrive is put off.
    pub async fn turn(&self) -> Result<(), AlertError> {
        self.write_down().await?;
        self.look_at_questions().await?;
        self.store.sweep_tasks(self.clock.now()).await?;
        loop {
            let now = self.clock.now();
            let due = self.store.take_alerts(now, now + UNDER_WAY, AT_ONCE).await?;
            if due.is_empty() {
                return Ok(());
            }
            let told = futures::future::join_all(due.iter().map(|due| self.deliver(due))).await;
            told.into_iter().collect::<Result<(), StoreError>>()?;
        }
    }

    async fn write_down(&self) -> Result<(), StoreError> {
        loop {
            let next = self.heard.lock().unwrap_or_else(PoisonError::into_inner).first().cloned();
            let Some(report) = next else { return Ok(()) };
            let waiting = match &report.entries {
                Some(_) => run::waiting_entries(&self.store, Some(&report.reading.bot)).await?.len() as u64,
                None => 0,
            };
            let going_on = self.store.troubles().await?;
            for change in changes(&report, waiting) {
                match change {
                    Change::Seen { key, from, telling } => {
                        self.seen(&key, from, &telling).await?;
                    }
                    Change::Over { key } => {
                        if let Some(trouble) = going_on.iter().find(|trouble| trouble.key == key) {
                            self.end(trouble).await?;
                        }
                    }
                }
            }
            // Only now: what could not be written down is tried again.
            self.heard.lock().unwrap_or_else(PoisonError::into_inner).remove(0);
        }
    }

    /// Who has to answer must hear of it while it waits.
    async fn look_at_questions(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let open = self.store.open_tasks(now).await?;
        let going_on: Vec<Trouble> = self.store.troubles().await?;
        let known: BTreeSet<&str> = going_on.iter().map(|trouble| trouble.key.as_str()).collect();
        let asked: BTreeMap<String, _> = open
            .iter()
            .rev()
            .map(|task| (format!("{QUESTION}{}/{}", task.ask.system, task.ask.account), task))
            .collect();
        for (key, task) in &asked {
            if !known.contains(key.as_str()) {
                let what = Message::new("alert-question").with("system", &task.ask.system).with("bot", &task.ask.bot);
                let mend = Message::new("alert-mend-question").with("id", task.id);
                let left = (task.ask.deadline - now).num_seconds();
                let telling = Telling { what, why: None, mend: Some(mend.with("seconds", left)), place: None };
                self.seen(key, 1, &telling).await?;
            }
        }
        for trouble in &going_on {
            if trouble.key.starts_with(QUESTION) && !asked.contains_key(&trouble.key) {
                self.end(trouble).await?;
            }
        }
        Ok(())
    }

    /// The troubles whose keys begin so.
    pub(super) async fn going_on(&self, kind: &str) -> Result<Vec<Trouble>, StoreError> {
        Ok(self.store.troubles().await?.into_iter().filter(|trouble| trouble.key.starts_with(kind)).collect())
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Writes down that a trouble goes on; from the `from`th time in a row on it is told. Gives whether it was told now.
    pub(super) async fn seen(&self, key: &str, from: i64, telling: &Telling) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let lines = self.lines(|lang| Alert::begun(key, telling, lang, now));
        self.store.trouble_seen(key, &called(&telling.what), from, &lines, now).await
    }

    pub(super) async fn end(&self, trouble: &Trouble) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let lines = self.lines(|lang| Alert::over(trouble, lang, now));
        self.store.trouble_over(&trouble.key, &lines, now).await
    }

    fn lines(&self, alert: impl Fn(Lang) -> Alert) -> Vec<AlertLine> {
        let line = |place: &Place| AlertLine {
            sink: place.name().to_owned(),
            body: serde_json::to_string(&alert(place.lang())).expect("an alert has only plain fields"),
        };
        self.places.iter().map(line).collect()
    }

    async fn deliver(&self, due: &Due) -> Result<(), StoreError> {
        let now = self.clock.now();
        let place = self.places.iter().find(|place| place.name() == due.sink);
        let (Some(place), Ok(alert)) = (place, serde_json::from_str::<Alert>(&due.body)) else {
            tracing::warn!(sink = due.sink, "the settings know this place no longer: its alert is dropped");
            return self.store.forget_alert(due.id).await;
        };
        let Err(error) = place.tell(&alert, now).await else {
            tracing::info!(sink = due.sink, trouble = alert.key, event = ?alert.event, "told");
            return self.store.forget_alert(due.id).await;
        };
        if now - due.created_at > OLD {
            tracing::error!(sink = due.sink, trouble = alert.key, error = chain(&error), "an alert was given up");
            return self.store.forget_alert(due.id).await;
        }
        let pause = pause(due.tries);
        tracing::warn!(
            sink = due.sink,
            error = chain(&error),
            seconds = pause.num_seconds(),
            "an alert is tried again later"
        );
        self.store.put_off_alert(due.id, self.clock.now() + pause).await
    }
}

/// How long to wait after a failure that comes after so many others.
fn pause(tries: i64) -> TimeDelta {
    let doublings = u32::try_from(tries).unwrap_or(u32::MAX).min(16);
    (FIRST_PAUSE * 2_i32.pow(doublings)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_half_an_hour() {
        let pauses: Vec<i64> = (0..10).map(|tries| pause(tries).num_seconds()).collect();
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800]);
        assert_eq!(pause(i64::MAX), LONGEST_PAUSE);
    }
}
