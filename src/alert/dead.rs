//! The dead man's alarm: bots that have not done well for longer than their schedules allow. Whoever sees the store can tell, so that it
//! goes off too where every engine is gone.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Alerts, Telling, words::shown};
use crate::{
    base::Message,
    store::{Pulse, StoreError, Trouble},
};

/// How the keys of dead bots begin.
const DEAD: &str = "dead/";
/// A bot that was dead before anybody looked has this part of what its schedule allows to do well after all: one run of three.
const ONE_OF: i32 = 3;
/// The longest that is waited for it.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// Tells of bots that are dead, each once, and once when they live again.
pub struct DeadBots {
    alerts: Arc<Alerts>,
    /// Bots that were seen alive: of them it is news.
    alive: BTreeSet<String>,
}

impl DeadBots {
    /// Nothing was seen yet.
    pub fn new(alerts: Arc<Alerts>) -> Self {
        Self { alerts, alive: BTreeSet::new() }
    }

    /// One look at the pulses, of all bots.
    ///
    /// A bridge that was off overnight finds all its bots dead when it starts, and each lives again with its first run: such a bot is told
    /// only if it stays dead for as long as a run may take to come. Since when it was seen stands in the store, so that a
    /// process that dies again and again does not put it off for ever.
    ///
    /// # Errors
    /// Those of the store; the next look begins with the same.
    pub async fn look(&mut self, pulses: &[Pulse]) -> Result<(), StoreError> {
        let now = self.alerts.now();
        let going_on = self.alerts.going_on(DEAD).await?;
        for pulse in pulses {
            let Some(died) = pulse.died(now) else {
                self.alive.insert(pulse.bot.clone());
                continue;
            };
            let key = key(&pulse.bot);
            let before = going_on.iter().find(|trouble| trouble.key == key);
            let lasts = |seen: &Trouble| now - seen.began_at >= patience(pulse, died);
            let tell = self.alive.contains(&pulse.bot) || before.is_some_and(lasts);
            if before.is_none() || tell && before.is_some_and(|seen| !seen.told) {
                // From the second time in a row on: the first only writes down since when.
                self.alerts.seen(&key, if tell { 1 } else { 2 }, &telling(pulse, died)).await?;
            }
        }
        let dead: BTreeSet<String> =
            pulses.iter().filter(|pulse| pulse.died(now).is_some()).map(|pulse| key(&pulse.bot)).collect();
        for trouble in going_on.iter().filter(|trouble| !dead.contains(&trouble.key)) {
            self.alerts.end(trouble).await?;
        }
        Ok(())
    }
}

fn key(bot: &str) -> String {
    format!("{DEAD}{bot}")
}

/// How long a bot that was found dead may still be about to do well.
fn patience(pulse: &Pulse, died: DateTime<Utc>) -> TimeDelta {
    ((died - pulse.good_at.unwrap_or(pulse.since)) / ONE_OF).min(LONGEST)
}

fn telling(pulse: &Pulse, died: DateTime<Utc>) -> Telling {
    let what = Message::new(if pulse.good_at.is_some() { "alert-dead" } else { "alert-never" });
    let what = what.with("bot", &pulse.bot).with("system", &pulse.system);
    let what = what.with("good", shown(pulse.good_at.unwrap_or(pulse.since)));
    let mend = Message::new("alert-mend-dead").with("bot", &pulse.bot).with("dead", shown(died));
    Telling { what, why: None, mend: Some(mend), place: None }
}
