//! What becomes of the instants of a schedule that have come since it was last accounted for: each fires, or says why not.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{timetable, why::Why};
use crate::{
    adapter::{Adapters, Missed, Overlap, Schedule, Sessions, System},
    calendar::Calendar,
    store::{Accounting, Busy, NewJob, NewTick, Paused, ScheduleRow},
};

/// An instant that is seen later than that was missed: no engine was there, or its machine stood still.
const MISSED_AFTER: TimeDelta = TimeDelta::seconds(60);
/// Instants that are accounted for in one go at most; what is left comes next.
const INSTANTS_MOST: usize = 5_000;

/// What there is beside a schedule.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// Bots and systems.
    pub adapters: &'a Adapters,
    /// Working days.
    pub calendar: &'a Calendar,
    /// The present.
    pub now: DateTime<Utc>,
}

/// How a schedule stands before.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Its row.
    pub row: &'a ScheduleRow,
    /// What bots are at, of all schedules.
    pub busy: &'a BTreeMap<String, Busy>,
}

/// Accounts for the instants since the last one that was; `None` where there is none.
pub fn account(schedule: &Schedule, standing: Standing<'_>, world: World<'_>) -> Option<Accounting> {
    let from = standing.row.accounted;
    let due: Vec<_> = timetable::instants(schedule, from, world.now).take(INSTANTS_MOST + 1).collect();
    if due.is_empty() {
        return None;
    }
    let (due, upto) = match due.get(INSTANTS_MOST) {
        Some(_) => (&due[..INSTANTS_MOST], due[INSTANTS_MOST - 1]),
        None => (due.as_slice(), world.now),
    };
    let whole = due.len() < INSTANTS_MOST || upto == world.now;
    let mut busy = standing.busy.clone();
    let caught = (schedule.missed == Missed::Once && whole).then(|| newest_open(schedule, due, world)).flatten();
    let mut ticks = Vec::with_capacity(due.len());
    for &at in due {
        let fate = fate(schedule, standing.row.paused.as_ref(), at, caught, world);
        let tick = match fate {
            Fate::Ends(state, why) => NewTick { due: at, state, why: why.stored(), jobs: Vec::new() },
            Fate::Fires { late } => {
                let turn = if late && schedule.missed == Missed::All { Turn::WaitsAlways } else { Turn::of(schedule) };
                let start = if late { world.now } else { timetable::jittered(&schedule.name, at, schedule.jitter) };
                let mut tick = fired(schedule, at, start, &busy, turn, world);
                if late && tick.state == "queued" {
                    tick.why = Why::Late { at: world.now }.stored();
                }
                for job in tick.jobs.iter().filter(|job| job.state == "queued") {
                    let queued =
                        Busy { bot: job.bot.clone(), running: false, schedule: schedule.name.clone(), due: at };
                    busy.entry(job.bot.clone()).or_insert(queued);
                }
                tick
            }
        };
        ticks.push(tick);
    }
    let next_due = timetable::next(schedule, upto);
    Some(Accounting { schedule: schedule.name.clone(), from, upto, next_due, ticks })
}

enum Fate {
    /// It comes to its end at once.
    Ends(&'static str, Why),
    /// It becomes jobs.
    Fires { late: bool },
}

fn fate(
    schedule: &Schedule,
    paused: Option<&Paused>,
    at: DateTime<Utc>,
    caught: Option<DateTime<Utc>>,
    world: World<'_>,
) -> Fate {
    if let Some(why) = kept_from(schedule, paused, at, world) {
        return Fate::Ends("skipped", why);
    }
    if world.now - at <= MISSED_AFTER {
        return Fate::Fires { late: false };
    }
    match (schedule.missed, caught) {
        (Missed::All, _) => Fate::Fires { late: true },
        (Missed::Once, Some(by)) if by == at => Fate::Fires { late: true },
        (Missed::Once, Some(by)) => Fate::Ends("missed", Why::Caught { by }),
        (Missed::Once | Missed::None, _) => Fate::Ends("missed", Why::NoEngine { seen: world.now }),
    }
}

/// What keeps a schedule from running at an instant.
pub fn kept_from(schedule: &Schedule, paused: Option<&Paused>, at: DateTime<Utc>, world: World<'_>) -> Option<Why> {
    let systems = systems_of(schedule, world.adapters);
    match timetable::ruled_out(schedule, &systems, world.calendar, at) {
        Ok(Some(ruled_out)) => return Some(Why::RuledOut(ruled_out)),
        Err(error) => return Some(Why::NoCalendar { reason: error.to_string() }),
        Ok(None) => {}
    }
    let Paused { at: since, by, because } = paused.filter(|paused| paused.at <= at)?;
    Some(Why::Paused { by: by.clone(), because: because.clone(), at: *since })
}

/// Of the instants the newest at which the schedule would have run: whichever were missed before it need no run of their own.
fn newest_open(schedule: &Schedule, due: &[DateTime<Utc>], world: World<'_>) -> Option<DateTime<Utc>> {
    let systems = systems_of(schedule, world.adapters);
    let open = |at: &&DateTime<Utc>| {
        timetable::ruled_out(schedule, &systems, world.calendar, **at).is_ok_and(|ruled_out| ruled_out.is_none())
    };
    due.iter().rev().find(open).copied()
}

/// The systems that a schedule would disturb.
fn systems_of<'a>(schedule: &Schedule, adapters: &'a Adapters) -> Vec<&'a System> {
    let bots = schedule.bots.iter().filter_map(|bot| adapters.bots.get(bot));
    bots.filter_map(|bot| adapters.systems.get(&bot.system)).collect()
}

fn fired(
    schedule: &Schedule,
    at: DateTime<Utc>,
    start: DateTime<Utc>,
    busy: &BTreeMap<String, Busy>,
    turn: Turn,
    world: World<'_>,
) -> NewTick {
    tick_of(at, jobs_of(schedule, start, busy, turn, world.adapters))
}

/// A tick with its jobs; it is skipped at once where every bot is.
pub fn tick_of(at: DateTime<Utc>, jobs: Vec<NewJob>) -> NewTick {
    let skipped = jobs.iter().all(|job| job.state == "skipped");
    let why = jobs.iter().find(|job| skipped && !job.why.is_empty()).map(|job| job.why.clone());
    NewTick { due: at, state: if skipped { "skipped" } else { "queued" }, why: why.unwrap_or_default(), jobs }
}

/// What becomes of a job whose bot is at something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is skipped.
    Skips,
    /// It waits until that is done; where one waits already, that one does for both.
    Waits,
    /// It waits, however many wait before it.
    WaitsAlways,
    /// What runs is given up for it; where one waits already, that one does for both.
    Replaces,
}

impl Turn {
    /// As the schedule says.
    pub fn of(schedule: &Schedule) -> Self {
        match schedule.overlap {
            Overlap::Skip => Self::Skips,
            Overlap::Queue => Self::Waits,
            Overlap::Replace => Self::Replaces,
        }
    }

    fn comes_behind(self, busy: &Busy) -> bool {
        match self {
            Self::Skips => false,
            Self::Waits | Self::Replaces => busy.running,
            Self::WaitsAlways => true,
        }
    }
}

/// What a schedule asks of each of its bots when it falls due.
pub fn jobs_of(
    schedule: &Schedule,
    start_at: DateTime<Utc>,
    busy: &BTreeMap<String, Busy>,
    turn: Turn,
    adapters: &Adapters,
) -> Vec<NewJob> {
    let job = |name: &String| {
        let skipped = |why: Why| ("skipped", why.stored());
        let bot = adapters.bots.get(name);
        let (state, why) = match (bot, busy.get(name)) {
            (None, _) => skipped(Why::NoBot { bot: name.clone() }),
            (Some(_), Some(busy)) if !turn.comes_behind(busy) => skipped(Why::Busy {
                bot: name.clone(),
                schedule: busy.schedule.clone(),
                since: busy.due,
                running: busy.running,
            }),
            (Some(_), _) => ("queued", String::new()),
        };
        let system = bot.and_then(|bot| adapters.systems.get(&bot.system));
        let own = system.is_some_and(|system| system.account.sessions == Sessions::One);
        let account = bot.filter(|_| own).and_then(|bot| Some(format!("{}/{}", bot.system, bot.account.as_deref()?)));
        NewJob {
            bot: name.clone(),
            account: account.unwrap_or_default(),
            state,
            why,
            priority: schedule.priority,
            start_at,
            replaces: turn == Turn::Replaces && state == "queued" && busy.contains_key(name),
        }
    };
    schedule.bots.iter().map(job).collect()
}
