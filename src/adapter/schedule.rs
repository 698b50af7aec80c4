//! When bots run, and what happens when they can't.

use std::time::Duration;

use chrono_tz::Tz;

use crate::calendar::{Hours, Window};

/// When bots run.
#[derive(Debug)]
pub struct Schedule {
    /// As the file names it, else `FILE#N`, N from 1; unique over all files.
    pub name: String,
    /// The bots, in order.
    pub bots: Vec<String>,
    /// When it falls due by the clock.
    pub cron: Option<Cron>,
    /// Bots: it falls due when one of them has brought something new. Never empty where there is no `cron`.
    pub after: Vec<String>,
    /// Time zone of `cron`, `workdays` and `hours`.
    pub zone: Tz,
    /// Whether only working days count (调休 included).
    pub workdays: bool,
    /// The hours of the day in which it runs; none means all.
    pub hours: Option<Hours>,
    /// When it does not run.
    pub maintenance: Vec<Window>,
    /// What happens when it falls due while a bot of it still runs.
    pub overlap: Overlap,
    /// What happens with what fell due while no engine was there.
    pub missed: Missed,
    /// It starts up to so much later than it falls due, so that many schedules do not start at once.
    pub jitter: Duration,
    /// A run longer than this is ended.
    pub timeout: Duration,
    /// What happens after a run that ended in a passing trouble.
    pub retry: Retry,
    /// Higher goes first; -100 to 100.
    pub priority: i64,
}

/// The district's zone.
const ZONE: Tz = chrono_tz::Asia::Shanghai;
/// How long a run may take where the schedule does not say: a full reading of a large system over a slow line.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);

impl Schedule {
    /// A schedule of that name that says nothing else: no bots, and never due.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            bots: Vec::new(),
            cron: None,
            after: Vec::new(),
            zone: ZONE,
            workdays: false,
            hours: None,
            maintenance: Vec::new(),
            overlap: Overlap::default(),
            missed: Missed::default(),
            jitter: Duration::ZERO,
            timeout: TIMEOUT,
            retry: Retry::default(),
            priority: 0,
        }
    }
}

/// A cron expression.
#[derive(Clone, Debug)]
pub struct Cron {
    /// With seconds, in the dialect of the `cron` crate (weekdays by name).
    pub schedule: cron::Schedule,
    /// As it stands in the file.
    pub written: String,
}

/// What happens when a schedule falls due while a bot of it still runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// The new run does not take place.
    #[default]
    Skip,
    /// It waits for the old one.
    Queue,
    /// The old one is ended.
    Replace,
}

/// What happens with what fell due while no engine was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missed {
    /// None of it is made up for.
    None,
    /// One run stands for all of it.
    #[default]
    Once,
    /// Each is made up for.
    All,
}

/// How often a run is tried again, and after which pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Tries after the first.
    pub times: u32,
    /// The first pause; each is twice as long as the one before.
    pub first: Duration,
    /// The longest pause.
    pub most: Duration,
}

/// The first pause where the schedule does not say: what a page takes that was reloaded.
const PAUSE_FIRST: Duration = Duration::from_secs(5);
/// The longest pause where the schedule does not say.
const PAUSE_MOST: Duration = Duration::from_secs(2 * 60);

impl Default for Retry {
    fn default() -> Self {
        Self { times: 0, first: PAUSE_FIRST, most: PAUSE_MOST }
    }
}
