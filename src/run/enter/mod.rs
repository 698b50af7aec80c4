//! Entering: every entry that is due, one after the other, each from where it stands to where nothing is to be done with it.

mod compare;
mod decide;
mod form;
mod hand;
mod life;
mod look;
mod post;
mod tell;
mod verdict;

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;

use super::{Progress, Run, RunError, RunReport, account, evidence, report::EntryTally, site::Site};
use crate::{
    base::chain,
    record::{Outcome, Reading},
    store::Entry,
};
pub use decide::{DecideError, Said, decide};
use life::Life;

/// How long an entry is held without a word from its holder: longer than any one step of a form may take.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How long after the entry was written down as being sent the press may still reach the target: far less than its lease.
const PRESS_WITHIN: Duration = Duration::from_secs(30);
/// Entries that one run takes at most: the next run goes on.
const ENTRIES_MOST: usize = 10_000;

/// Runs an enter-bot; whatever happened stands in the report.
pub(super) async fn enter(run: &Arc<Run>) -> RunReport {
    let started_at = run.bridge.clock.local();
    let began = std::time::Instant::now();
    let site = Arc::new(Site::enter(run).await);
    let before = site.requests().await;
    let mut tally = EntryTally::default();
    let ended = super::collect::in_time(run.options.timeout, all(&site, &mut tally)).await;
    if let Err(error) = &ended {
        tracing::warn!(bot = run.bot, run = run.id, error = chain(error), remedy = ?error.remedy(), "run stopped");
    }
    if let Err(RunError::Kicked { words, .. }) = &ended
        && let Err(error) = account::stay_away(run, words).await
    {
        tracing::warn!(
            bot = run.bot,
            error = chain(&error),
            "that the account is to be left alone could not be written down"
        );
    }
    if matches!(&ended, Err(RunError::TooLong { .. })) {
        // What was under way was broken off in the middle, and nobody else holds it.
        let released = run.bridge.store.release_worker(&run.bridge.worker, Some(&run.bot)).await;
        if let Err(error) = released {
            tracing::warn!(bot = run.bot, error = chain(&error), "an entry stays held until its lease ends");
        }
    }
    let after = site.requests().await;
    if ended.as_ref().is_err_and(RunError::spoils_session) {
        site.forget().await;
    } else {
        site.release_browser().await;
    }
    let browser_requests = after.browser - before.browser;
    let (outcome, reason, remedy) = match ended {
        Ok(()) if tally.needs_person() => (Outcome::NeedsPerson, None, None),
        Ok(()) => (Outcome::Good, None, None),
        Err(error) => (error.outcome(tally.taken > 0), Some(chain(&error)), Some(error.remedy())),
    };
    let reading = Reading {
        system: run.bot().system.clone(),
        bot: run.bot.clone(),
        run: run.id.clone(),
        outcome,
        reason,
        started_at,
        read_at: run.bridge.clock.local(),
        rows_read: tally.taken,
        stated_total: None,
        warnings: Vec::new(),
        quarantined: 0,
        changed: tally.verified,
        pages: site.pages(),
        requests: after.http - before.http + browser_requests,
        browser_requests,
        seconds: (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
    };
    RunReport { reading, remedy, evidence: evidence::kept(run), quarantined_rows: Vec::new(), entries: Some(tally) }
}

async fn all(site: &Arc<Site>, tally: &mut EntryTally) -> Result<(), RunError> {
    account::free(&site.run).await?;
    if site.run.options.dry_run {
        return try_out(site, tally).await;
    }
    for _ in 0..ENTRIES_MOST {
        let Some(entry) = lease(site).await? else { return Ok(()) };
        one(site, entry, tally).await?;
    }
    Ok(())
}

async fn lease(site: &Site) -> Result<Option<Entry>, RunError> {
    let Run { bridge, bot, .. } = &*site.run;
    let now = bridge.clock.now();
    Ok(bridge.store.lease_entry(bot, &bridge.worker, now, now + LEASE).await?)
}

/// Everything but the submission, of every entry that is due; nothing is written down.
async fn try_out(site: &Arc<Site>, tally: &mut EntryTally) -> Result<(), RunError> {
    let (bridge, now) = (&site.run.bridge, site.run.bridge.clock.now());
    for id in bridge.store.due_entries(&site.run.bot, now).await? {
        if let Some(entry) = bridge.store.take_entry(id, &bridge.worker, now, now + LEASE).await? {
            one(site, entry, tally).await?;
        }
    }
    Ok(())
}

/// Takes an entry as far as it will go, and lets go of it.
async fn one(site: &Arc<Site>, entry: Entry, tally: &mut EntryTally) -> Result<(), RunError> {
    tally.taken += 1;
    let mut life = Life::of(site, entry)?;
    let lived = life.live().await;
    let lived = match lived {
        Ok(()) => Ok(()),
        Err(RunError::Store(error @ crate::store::StoreError::LeaseLost { .. })) => {
            // Whoever took it over goes on; there is nothing to let go of.
            tracing::warn!(bot = site.run.bot, error = chain(&error), "an entry was taken over");
            return Ok(());
        }
        Err(error) => life.broken_off(&error).await.and(Err(error)),
    };
    life.count(tally);
    let released = site.run.bridge.store.release_entry(life.entry()).await;
    site.run.tell(Progress::Entries { done: tally.taken });
    lived.and(released.map_err(RunError::from))
}
