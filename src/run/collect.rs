//! Collecting: the list, then the details of what changed, kept in batches as they come in.

use std::{collections::HashMap, mem, sync::Arc, time::Duration};

use chrono::{DateTime, FixedOffset};
use futures::{StreamExt, pin_mut};

use super::{
    Progress, Run, RunError, RunReport, details, evidence, keep,
    list::{self, List, Listed},
    report::QuarantinedRow,
    site::Site,
};
use crate::{
    base::{Remedy, chain},
    record::{Outcome, Reading, Record},
    store::{Kept, Seen},
};

/// Rows kept in one transaction: small enough that a killed process reads little again.
const BATCH: usize = 100;
/// Details that may fail before the run is given up: more than a few means that the page has changed.
const FAILED_DETAILS_LIMIT: usize = 5;
/// Sign-ins within one run: one more than the first, for a session that ended in the middle.
const RENEWALS: usize = 1;

/// What a run has done so far; lives on when the run is stopped by an error.
#[derive(Default)]
struct Tally {
    rows_read: u64,
    stated_total: Option<u64>,
    pages: u64,
    changed: u64,
    kept: u64,
    quarantined: Vec<QuarantinedRow>,
    read_at: Option<DateTime<FixedOffset>>,
}

/// Runs a collect-bot to its end; whatever happened stands in the report.
pub(super) async fn collect(run: &Arc<Run>) -> RunReport {
    let started_at = run.bridge.clock.local();
    let began = std::time::Instant::now();
    let site = Site::enter(run).await;
    let before = site.requests().await;
    let mut tally = Tally::default();
    let ended = in_time(run.options.timeout, whole(&site, &mut tally)).await;
    if let Err(error) = &ended {
        tracing::warn!(bot = run.bot, run = run.id, error = chain(error), remedy = ?error.remedy(), "run stopped");
    }
    let after = site.requests().await;
    if ended.as_ref().is_err_and(RunError::spoils_session) {
        site.forget().await;
    } else {
        site.leave().await;
    }
    let browser_requests = after.browser - before.browser;
    let (outcome, reason, remedy) = match ended {
        Ok(()) => (Outcome::Good, None, None),
        Err(error) => (error.outcome(tally.kept > 0 || tally.rows_read > 0), Some(chain(&error)), Some(error.remedy())),
    };
    let quarantined = run.bridge.store.quarantined(&run.bot().system).await.unwrap_or(tally.quarantined.len() as u64);
    let reading = Reading {
        system: run.bot().system.clone(),
        bot: run.bot.clone(),
        run: run.id.clone(),
        outcome,
        reason,
        started_at,
        read_at: tally.read_at.unwrap_or_else(|| run.bridge.clock.local()),
        rows_read: tally.rows_read,
        stated_total: tally.stated_total,
        quarantined,
        changed: tally.changed,
        pages: tally.pages,
        requests: after.http - before.http + browser_requests,
        browser_requests,
        seconds: (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
    };
    let mut report = RunReport { reading, remedy, evidence: evidence::kept(run), quarantined_rows: tally.quarantined };
    tell_hub(run, &mut report).await;
    report
}

/// Puts the reading into the outbox. A store that cannot take it makes the run a failed one: the hub would not hear of it.
async fn tell_hub(run: &Run, report: &mut RunReport) {
    if run.options.dry_run {
        return;
    }
    if let Err(error) = run.bridge.store.post(&[Record::Reading(report.reading.clone())]).await {
        report.reading.outcome = Outcome::Failed;
        report.reading.reason = Some(chain(&error));
        report.remedy = Some(error.remedy());
    }
}

/// Ends the work at its time limit, between two awaits: what was kept stays kept.
async fn in_time(limit: Option<Duration>, work: impl Future<Output = Result<(), RunError>>) -> Result<(), RunError> {
    match limit {
        None => work.await,
        Some(limit) => {
            tokio::time::timeout(limit, work).await.unwrap_or(Err(RunError::TooLong { seconds: limit.as_secs() }))
        }
    }
}

async fn whole(site: &Site, tally: &mut Tally) -> Result<(), RunError> {
    let mut renewals = 0;
    let list = loop {
        match list::read(site).await {
            Err(RunError::SessionLost { .. }) if renewals < RENEWALS => {
                renewals += 1;
                site.renew().await?;
            }
            other => break other?,
        }
    };
    tally.rows_read = list.len();
    tally.stated_total = list.stated_total;
    tally.pages += list.pages;
    expected(site, &list)?;
    let missing = missing(site, &list);
    let seen = site.run.bridge.store.seen(&site.run.bot().system).await?;
    let rows = list.into_rows();
    tally.read_at = rows.iter().map(|listed| listed.look.read_at).max().or(Some(site.run.bridge.clock.local()));
    let mut needed = needed(site, rows, &seen);
    loop {
        needed = open(site, needed, &seen, tally).await?;
        if needed.is_empty() {
            break;
        }
        if renewals >= RENEWALS {
            return Err(RunError::SessionLost { system: site.run.bot().system.clone() });
        }
        renewals += 1;
        site.renew().await?;
    }
    missing.map_or(Ok(()), Err)
}

/// A list outside of what the bot expects publishes nothing.
fn expected(site: &Site, list: &List) -> Result<(), RunError> {
    let expect = site.run.bot().collect.expect;
    let read = list.len();
    if read < expect.least_rows || expect.most_rows.is_some_and(|most| read > most) {
        return Err(RunError::Unexpected { system: site.run.bot().system.clone(), read });
    }
    Ok(())
}

/// What the system states and the list did not show, beyond what the bot allows.
fn missing(site: &Site, list: &List) -> Option<RunError> {
    let (stated, read) = (list.stated_total?, list.len());
    let allowed = stated as f64 * site.run.bot().collect.expect.missing_percent / 100.0;
    let lacks = stated.saturating_sub(read) as f64;
    (lacks > allowed).then(|| RunError::Missing { system: site.run.bot().system.clone(), stated, read })
}

/// The rows whose detail must be opened: new ones, and those whose fingerprint differs.
fn needed(site: &Site, rows: Vec<Listed>, seen: &HashMap<String, Seen>) -> Vec<Listed> {
    let bot = site.run.bot();
    let stands =
        |listed: &Listed| seen.get(&listed.key).is_some_and(|seen| seen.row_print == keep::row_print(bot, &listed.row));
    rows.into_iter().filter(|listed| site.run.options.full || !stands(listed)).collect()
}

/// Opens details and keeps them; returns the rows that a lost session left undone.
async fn open(
    site: &Site,
    rows: Vec<Listed>,
    seen: &HashMap<String, Seen>,
    tally: &mut Tally,
) -> Result<Vec<Listed>, RunError> {
    let needed = rows.len() as u64;
    let stream = details::open(site, rows);
    pin_mut!(stream);
    let (mut undone, mut batch, mut failed, mut done) = (Vec::new(), Vec::with_capacity(BATCH), Vec::new(), 0);
    while let Some(detailed) = stream.next().await {
        match detailed.detail {
            Ok(detail) => {
                done += 1;
                tally.pages += u64::from(detail.is_some());
                let seen = seen.get(&detailed.listed.key);
                let fate = keep::map(site, &detailed.listed, detail.as_ref(), seen);
                tally.quarantined.extend(fate.quarantined);
                batch.push(fate.kept);
                if batch.len() >= BATCH {
                    keep_batch(site, mem::take(&mut batch), tally).await?;
                    site.run.tell(Progress::Details { done, needed });
                }
            }
            Err(RunError::SessionLost { .. }) => undone.push(detailed.listed),
            Err(error) if failed.len() < FAILED_DETAILS_LIMIT && error_of_one_page(&error) => {
                failed.push((detailed.listed.key, error));
            }
            Err(error) => {
                keep_batch(site, batch, tally).await?;
                return Err(error);
            }
        }
    }
    keep_batch(site, batch, tally).await?;
    site.run.tell(Progress::Details { done, needed });
    let count = failed.len();
    match failed.into_iter().next() {
        Some((key, source)) => Err(RunError::Details { count, key, source: Box::new(source) }),
        None => Ok(undone),
    }
}

/// Whether other details may still be readable.
fn error_of_one_page(error: &RunError) -> bool {
    matches!(error, RunError::Extract { .. } | RunError::Address { .. })
        || matches!(error, RunError::Transport(inner) if inner.remedy() == Remedy::Retry)
}

async fn keep_batch(site: &Site, batch: Vec<Kept>, tally: &mut Tally) -> Result<(), RunError> {
    if batch.is_empty() {
        return Ok(());
    }
    let changed = batch.iter().filter(|kept| kept.record.is_some()).count() as u64;
    if !site.run.options.dry_run {
        site.run.bridge.store.keep(&site.run.bot().system, &batch).await?;
    }
    tally.kept += batch.len() as u64;
    tally.changed += changed;
    Ok(())
}
