//! A bridge that enters into one office, by a clock that is set.

use std::{path::Path, sync::Arc};

use chrono::TimeDelta;
use queqiao::{
    adapter::Adapters,
    base::Clock,
    record::Case,
    run::{Bridge, RunOptions, RunReport},
    store::Entry,
};

use super::office::Office;
use crate::{
    cases::trial::{Trial, replace},
    entering::{WINDOW, accepted, wanted},
};

pub const BOT: &str = "target-enter";

pub struct Room {
    pub office: Office,
    pub trial: Trial,
    pub clock: Clock,
}

impl Room {
    pub async fn open() -> Self {
        Self::edited(|_| {}).await
    }

    /// The same with adapters that were changed before they are read.
    pub async fn edited(edit: impl FnOnce(&Path)) -> Self {
        let office = Office::default();
        let mut trial = Trial::edited("ledger", office.pages(), edit).await;
        let clock = Clock::held_at(chrono::Utc::now());
        let Bridge { adapters, store, vault, evidence, .. } = &*trial.bridge;
        let (adapters, vault) = (Arc::clone(adapters), Arc::clone(vault));
        trial.bridge = Arc::new(Bridge::new(adapters, store.clone(), vault, clock.clone(), evidence.clone()));
        Self { office, trial, clock }
    }

    /// A bot's file is changed, and read again as after a change on the disk.
    pub fn mends(&mut self, bot: &str, old: &str, new: &str) {
        let root = self.trial.root();
        replace(&root.join(format!("bots/{bot}.toml")), old, new);
        let mut adapters = Adapters::load(&root).unwrap_or_else(|_| panic!("the change is a good one"));
        adapters.rebase(&[("target".to_owned(), self.trial.base.clone())].into());
        self.trial.bridge = Arc::new(self.trial.bridge.with(Arc::new(adapters)));
    }

    /// Cases that the window has accepted, wanted by that bot.
    pub async fn want(&self, bot: &str, numbers: &[&str]) {
        let cases: Vec<Case> = numbers.iter().map(|number| accepted("water", number)).collect();
        self.want_cases(bot, &cases).await;
    }

    pub async fn want_cases(&self, bot: &str, cases: &[Case]) {
        let kept: Vec<_> = cases.iter().map(|case| wanted(bot, &case.source_no, case)).collect();
        self.trial.bridge.store.keep(WINDOW, &kept).await.unwrap();
    }

    pub async fn run(&self, bot: &str) -> RunReport {
        self.trial.run(bot).await
    }

    pub async fn dry_run(&self, bot: &str) -> RunReport {
        self.trial.run_with(bot, RunOptions { dry_run: true, ..RunOptions::default() }).await
    }

    pub fn wait(&self, seconds: i64) {
        self.clock.set(self.clock.now() + TimeDelta::seconds(seconds));
    }

    /// The entry of that number.
    pub async fn entry(&self, number: &str) -> Entry {
        let entries = self.trial.entries().await;
        entries.into_iter().find(|entry| entry.wish.origin_no == number).expect("it is wanted")
    }

    /// What has befallen it, in words of the ledger.
    pub async fn events(&self, number: &str) -> Vec<String> {
        let id = self.entry(number).await.id;
        let events = self.trial.bridge.store.entry_events(id).await.unwrap();
        events.into_iter().map(|event| event.event).collect()
    }

    /// How many records the office holds of that number.
    pub fn held(&self, number: &str) -> usize {
        self.office.desk().records.iter().filter(|record| record.note.ends_with(number)).count()
    }
}
