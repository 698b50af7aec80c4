//! What no run tells of, for `/readyz` and for alerts: bots that have not done well for longer than their schedules allow, and passwords
//! that expire.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Days, NaiveDate, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    alert::{Alerts, DeadBots, Passwords},
    base::{Clock, Message, chain},
    queue::clock as shown,
    store::{Pulse, Store},
    vault::{Listed, Vault, expiring},
    web::Condition,
};

/// How often store and vault are asked.
const ASK: Duration = Duration::from_secs(5);

/// What is watched, and who hears of it.
pub(super) struct Watching {
    pub(super) store: Store,
    pub(super) vault: Arc<Vault>,
    pub(super) clock: Clock,
    /// How long before its day a password counts as one that expires.
    pub(super) warning: Days,
    /// Who tells people, where this process does.
    pub(super) alerts: Option<Arc<Alerts>>,
    /// What `/readyz` says.
    pub(super) condition: watch::Sender<Condition>,
}

impl Watching {
    /// Watches until it is told to stop.
    pub(super) async fn run(self, cancel: CancellationToken) {
        let mut dead = self.alerts.clone().map(DeadBots::new);
        let mut passwords = self.alerts.clone().map(Passwords::new);
        // What fails may fail for hours: the log hears of it once.
        let mut told = String::new();
        while !cancel.is_cancelled() {
            let bots = self.look_at_bots(dead.as_mut()).await;
            let secrets = self.look_at_passwords(passwords.as_mut()).await;
            let failed = [bots, secrets].into_iter().filter_map(Result::err);
            let failed = failed.map(|error| chain(error.as_ref())).collect::<Vec<_>>().join("; ");
            if failed != told && !failed.is_empty() {
                tracing::warn!(reason = failed, "whether bots are alive and which passwords expire can't be told");
            }
            told = failed;
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(ASK) => {}
            }
        }
    }

    async fn look_at_bots(&self, dead: Option<&mut DeadBots>) -> anyhow::Result<()> {
        let pulses = self.store.pulses().await?;
        let now = self.clock.now();
        self.condition.send_if_modified(|condition| put(&mut condition.troubles, dead_bots(&pulses, now)));
        if let Some(dead) = dead {
            dead.look(&pulses).await?;
        }
        Ok(())
    }

    async fn look_at_passwords(&self, passwords: Option<&mut Passwords>) -> anyhow::Result<()> {
        let listed = self.vault.list()?;
        let today = self.clock.local().date_naive();
        let warnings = expiries(&listed, today, self.warning);
        self.condition.send_if_modified(|condition| put(&mut condition.warnings, warnings));
        if let Some(passwords) = passwords {
            passwords.look(&listed, today, self.warning).await?;
        }
        Ok(())
    }
}

/// Gives whether that is another one.
fn put(kept: &mut Vec<Message>, next: Vec<Message>) -> bool {
    let changed = *kept != next;
    *kept = next;
    changed
}

/// A message for each bot that is dead: it goes off too where every engine is gone.
fn dead_bots(pulses: &[Pulse], now: DateTime<Utc>) -> Vec<Message> {
    let dead = pulses.iter().filter_map(|pulse| Some((pulse.died(now)?, pulse)));
    dead.map(|(died, pulse)| {
        let message = Message::new(if pulse.good_at.is_some() { "web-bot-dead" } else { "web-bot-never" });
        message
            .with("bot", &pulse.bot)
            .with("system", &pulse.system)
            .with("good", shown(pulse.good_at.unwrap_or(pulse.since)))
            .with("dead", shown(died))
    })
    .collect()
}

/// A message for each password that expires, or has expired. The date is what somebody once wrote down: one that has passed is no proof
/// that nobody comes in any more. If so, the bots say it, and after a while they are dead.
fn expiries(listed: &[Listed], today: NaiveDate, warning: Days) -> Vec<Message> {
    let message = |(account, day): (String, NaiveDate)| {
        let message = Message::new(if day < today { "web-password-expired" } else { "web-password-expires" });
        message.with("account", account).with("day", day)
    };
    expiring(listed, today, warning).into_iter().map(message).collect()
}
