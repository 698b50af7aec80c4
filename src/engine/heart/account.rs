//! What fell due becomes ticks, whatever made it due: the clock, another bot's news, or entries of the ledger.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Heart, named};
use crate::{
    adapter::{Adapters, Schedule},
    engine::{files, pulse::dead_at},
    queue::{self, Standing, Turn, Why, World, timetable},
    store::{Busy, NewTick, Pulse, ScheduleRow, StoreError},
};

/// A clock that was set back by less is waited for; by more, what was accounted for ahead of it is taken back.
const SET_BACK: TimeDelta = TimeDelta::minutes(10);

impl Heart {
    /// Takes schedules in as the files have them now; what was due by the old ones is accounted for first.
    pub(super) async fn adopt(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        if self.begun {
            self.account(now).await?;
        } else {
            let back = self.store.hand_back(&self.options.worker, &self.handed_back()).await?;
            let last = self.store.begin_engine(&self.options.worker, now).await?;
            tracing::info!(worker = self.options.worker, jobs = back, ?last, "the engine begins");
        }
        self.work = Arc::clone(&self.adopted.borrow_and_update());
        let adapters = self.work.adapters();
        let rows = adapters
            .schedules
            .iter()
            .map(|schedule| (schedule.name.clone(), (files::body(schedule), timetable::next(schedule, now))));
        let rows = self.store.take_schedules(&rows.collect(), now).await?;
        self.next_due = BTreeMap::new();
        for schedule in &adapters.schedules {
            let row = rows.iter().find(|row| row.name == schedule.name);
            let from = row.map_or(now, |row| row.accounted);
            self.next_due.extend(timetable::next(schedule, from).map(|due| (schedule.name.clone(), due)));
        }
        self.set_pulses(&adapters, &rows, now).await?;
        self.paused = rows.iter().filter(|row| row.paused.is_some()).map(|row| row.name.clone()).collect();
        self.begun = true;
        Ok(())
    }

    /// Of a bot whose schedules are paused nothing is expected.
    async fn heed_pauses(
        &mut self,
        adapters: &Adapters,
        rows: &[ScheduleRow],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let paused: BTreeSet<String> =
            rows.iter().filter(|row| row.paused.is_some()).map(|row| row.name.clone()).collect();
        if paused != self.paused {
            self.set_pulses(adapters, rows, now).await?;
            self.paused = paused;
        }
        Ok(())
    }

    /// What is expected of each bot from now on.
    async fn set_pulses(
        &self,
        adapters: &Adapters,
        rows: &[ScheduleRow],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let known = self.store.pulses().await?;
        let paused = |name: &str| rows.iter().any(|row| row.name == name && row.paused.is_some());
        let pulse = |name: &String| {
            let bot = adapters.bots.get(name)?;
            let before = known.iter().find(|pulse| pulse.bot == *name);
            // Of a bot for whom nothing was expected until now, nothing was due.
            let before = before.filter(|pulse| pulse.dead_at.is_some());
            let since = before.map_or(now, |pulse| pulse.since);
            let good_at = before.and_then(|pulse| pulse.good_at).unwrap_or(since).max(since);
            let dead_at = dead_at(name, adapters, &self.calendar, paused, good_at);
            Some(Pulse { bot: name.clone(), system: bot.system.clone(), since, good_at: None, dead_at })
        };
        let bots: BTreeSet<&String> = adapters.schedules.iter().flat_map(|schedule| &schedule.bots).collect();
        self.store.set_pulses(&bots.into_iter().filter_map(pulse).collect::<Vec<_>>()).await
    }

    /// Accounts for every instant up to now.
    pub(super) async fn account(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let adapters = self.work.adapters();
        loop {
            let mut rows = self.store.schedules().await?;
            let ahead = rows.iter().map(|row| row.accounted).max().unwrap_or(now);
            if ahead - now > SET_BACK {
                tracing::warn!(%ahead, %now, "the clock was set back: what was accounted for ahead of it is taken back");
                self.store.rewind(now).await?;
                rows = self.store.schedules().await?;
                let due = |schedule: &Schedule| Some((schedule.name.clone(), timetable::next(schedule, now)?));
                self.next_due = adapters.schedules.iter().filter_map(due).collect();
            }
            self.heed_pauses(&adapters, &rows, now).await?;
            let mut busy = busy_by_bot(self.store.busy().await?);
            let world = World { adapters: &adapters, calendar: &self.calendar, now };
            let mut accountings = Vec::new();
            for row in rows.iter().filter(|row| row.gone.is_none()) {
                let Some(schedule) = named(&adapters, &row.name) else { continue };
                let Some(accounting) = queue::account(schedule, Standing { row, busy: &busy }, world) else {
                    continue;
                };
                remember(&mut busy, &accounting.schedule, &accounting.ticks);
                match accounting.next_due {
                    Some(due) => self.next_due.insert(row.name.clone(), due),
                    None => self.next_due.remove(&row.name),
                };
                accountings.push(accounting);
            }
            if accountings.is_empty() {
                return Ok(());
            }
            self.store.account(&accountings, now).await?;
            // What was left for another go, or was accounted for by another engine.
            if accountings.iter().all(|accounting| accounting.upto >= now) {
                return Ok(());
            }
        }
    }

    /// Bots that enter run by themselves when entries are due that no news announces: those to be tried again, or looked up.
    pub(super) async fn entries_due(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let waiting = self.store.entries_wait().await?;
        let due = waiting
            .into_iter()
            .filter(|(bot, due)| *due <= now && self.fruitless.get(bot).is_none_or(|(_, again)| *again <= now));
        let due: Vec<String> = due.map(|(bot, _)| bot).collect();
        if due.is_empty() {
            return Ok(());
        }
        let adapters = self.work.adapters();
        let rows = self.store.schedules().await?;
        let busy = busy_by_bot(self.store.busy().await?);
        for schedule in adapters.schedules.iter().filter(|schedule| !schedule.after.is_empty()) {
            let Some(bot) = schedule.bots.iter().find(|bot| due.contains(bot) && !busy.contains_key(*bot)) else {
                continue;
            };
            if self.kept_from(schedule, &rows, now).is_none() {
                let tick = self.called(schedule, &busy, Why::Entries { bot: bot.clone() }, now);
                self.store.fire(&schedule.name, &tick, now).await?;
            }
        }
        Ok(())
    }

    /// What keeps a schedule from being called now.
    pub(super) fn kept_from(&self, schedule: &Schedule, rows: &[ScheduleRow], now: DateTime<Utc>) -> Option<Why> {
        let paused = rows.iter().find(|row| row.name == schedule.name).and_then(|row| row.paused.as_ref());
        let world = World { adapters: &self.work.adapters(), calendar: &self.calendar, now };
        queue::kept_from(schedule, paused, now, world)
    }

    /// A tick of a schedule that something else than the clock has made due.
    pub(super) fn called(
        &self,
        schedule: &Schedule,
        busy: &BTreeMap<String, Busy>,
        why: Why,
        now: DateTime<Utc>,
    ) -> NewTick {
        // News that come while the bot runs may be news to it: it runs once more.
        let turn = if Turn::of(schedule) == Turn::Skips { Turn::Waits } else { Turn::of(schedule) };
        let tick = queue::tick_of(now, queue::jobs_of(schedule, now, busy, turn, &self.work.adapters()));
        if tick.state == "queued" { NewTick { why: why.stored(), ..tick } } else { tick }
    }
}

/// What each bot is at; of one that runs and has another waiting, the one that waits.
pub(super) fn busy_by_bot(busy: Vec<Busy>) -> BTreeMap<String, Busy> {
    let mut by_bot: BTreeMap<String, Busy> = BTreeMap::new();
    for one in busy {
        if by_bot.get(&one.bot).is_none_or(|known| known.running) {
            by_bot.insert(one.bot.clone(), one);
        }
    }
    by_bot
}

/// What was just decided keeps bots busy for the schedules that come after.
fn remember(busy: &mut BTreeMap<String, Busy>, schedule: &str, ticks: &[NewTick]) {
    for tick in ticks {
        for job in tick.jobs.iter().filter(|job| job.state == "queued") {
            let one = Busy { bot: job.bot.clone(), running: false, schedule: schedule.to_owned(), due: tick.due };
            busy.insert(job.bot.clone(), one);
        }
    }
}
