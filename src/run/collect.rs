//! Collecting: the list, then the details of what changed, kept in batches as they come in.

use std::{
    collections::{HashMap, HashSet},
    mem,
    sync::Arc,
};

use chrono::{DateTime, FixedOffset};

use super::{
    About, Progress, Run, RunError, RunReport,
    about::{self, Detailed},
    account,
    course::{Course, Yield, in_time},
    left::Left,
    list::{self, Known, List, Listed},
    report::QuarantinedRow,
    reread,
    site::Site,
    watch::{Failed, Mapped, Watch},
    wish::Takers,
};
use crate::{
    base::{Remedy, chain},
    record::{Outcome, Record},
    store::{Kept, Seen},
};

/// Rows kept in one transaction: small enough that a killed process reads little again.
const BATCH: usize = 100;
/// Rows that may wait for the transaction before theirs, and are then kept in one.
const MOST_AT_ONCE: usize = 200;
/// Rows that may be read ahead of those that are kept: while a page is still being proven, nothing is, and none should wait for that to be read.
/// Each takes some ten KB.
const AHEAD: usize = 700;
/// Details that may fail before the run is given up: more than a few means that the page has changed.
const FAILED_DETAILS_LIMIT: usize = 5;

/// Warnings that a run tells at most, of those that every row may cause.
const FAULTS_TOLD: usize = 20;

/// What a run has done so far; lives on when the run is stopped by an error.
#[derive(Default)]
struct Tally {
    rows_read: u64,
    stated_total: Option<u64>,
    changed: u64,
    kept: u64,
    /// Rows whose pages were read although nothing in them had changed.
    reread: u64,
    quarantined: Vec<QuarantinedRow>,
    /// The keys that stand in quarantine, once it is known which did before.
    in_quarantine: Option<HashSet<String>>,
    /// What had left the list before this run.
    left: Left,
    read_at: Option<DateTime<FixedOffset>>,
    watch: Watch,
    takers: Takers,
}

/// Runs a collect-bot to its end; whatever happened stands in the report.
pub(super) async fn collect(run: &Arc<Run>) -> RunReport {
    let course = Course::begin(run).await;
    let mut tally = Tally::default();
    let ended = in_time(run.options.timeout, whole(&course.site(), &mut tally)).await;
    let in_quarantine = match &tally.in_quarantine {
        Some(keys) => keys.len() as u64,
        None => run.bridge.store.quarantined(&run.bot().system).await.unwrap_or_default(),
    };
    let left = tally.watch.left.take().unwrap_or(mem::take(&mut tally.left));
    let fruit = Yield {
        well: Outcome::Good,
        some: tally.kept > 0 || tally.rows_read > 0,
        read_at: tally.read_at,
        rows_read: tally.rows_read,
        stated_total: tally.stated_total,
        warnings: mem::take(&mut tally.watch.warnings),
        quarantined: in_quarantine,
        changed: tally.changed,
        reread: tally.reread,
        left_open: left.open.len() as u64,
        left: left.named(),
    };
    let report = course.end(ended, fruit).await;
    let mut report = RunReport { quarantined_rows: tally.quarantined, ..report };
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
        report.about = Some(About::Bot);
    }
}

async fn whole(site: &Arc<Site>, tally: &mut Tally) -> Result<(), RunError> {
    account::free(&site.run).await?;
    site.begin().await?;
    tally.watch = Watch::begin(site).await?;
    tally.takers = Takers::of(&site.run).await?;
    let seen = Arc::new(site.run.bridge.store.seen(&site.run.bot().system).await?);
    tally.remember(site, &seen);
    let (bot, reading, options) = (&site.run.bot, site.run.bot().reading(), site.run.options);
    let turn = |listed: &dyn Fn(&str) -> bool| reread::turn(&seen, bot, reading.reread_percent, listed);
    let full = options.full || options.accept || reading.always;
    let mut known = Known { seen: &seen, full, turn: turn(&|_| true) };
    let list = Box::pin(list::read(site, &known)).await?;
    if !site.opens_by_hand() {
        // A turn of one that is not there would be lost.
        known.turn = turn(&|key| list.has(key));
    }
    tally.rows_read = list.len();
    tally.stated_total = list.stated_total();
    expected(site, &list)?;
    let missing = missing(site, &list);
    tally.watch.list(site, &list, &seen)?;
    let rows = list.into_rows();
    tally.read_at = rows.iter().map(|listed| listed.look.read_at).max().or(Some(site.run.bridge.clock.local()));
    let needed = rows.into_iter().filter(|listed| !known.stands(site, &listed.key, &listed.row)).collect();
    open(site, needed, &seen, tally).await?;
    tally.watch.look_for_drift(site);
    missing.map_or(Ok(()), Err)?;
    tally.watch.settle(site).await
}

impl Tally {
    /// What is known before anything is read.
    fn remember(&mut self, site: &Site, seen: &HashMap<String, Seen>) {
        let in_quarantine = seen.iter().filter(|(_, seen)| seen.quarantined).map(|(key, _)| key.clone());
        self.in_quarantine = Some(in_quarantine.collect());
        self.left = Left::before(seen);
        let _ = site.known_until.set(seen.values().map(|seen| seen.read_at).max().unwrap_or_default());
    }
}

/// A list outside of what the bot expects publishes nothing.
fn expected(site: &Site, list: &List) -> Result<(), RunError> {
    let expect = site.run.bot().reading().expect;
    let read = list.len();
    if read < expect.least_rows || expect.most_rows.is_some_and(|most| read > most) {
        return Err(RunError::Unexpected { system: site.run.bot().system.clone(), read });
    }
    Ok(())
}

/// What the system states and the list did not show (or showed beyond it), more than the bot allows; or a list that kept moving.
fn missing(site: &Site, list: &List) -> Option<RunError> {
    let system = || site.run.bot().system.clone();
    let (stated, read) = (list.stated_total()?, list.len());
    let allowed = stated as f64 * site.run.bot().reading().expect.missing_percent / 100.0;
    if stated.abs_diff(read) as f64 > allowed {
        return Some(RunError::Missing { system: system(), stated, read });
    }
    (list.moves() && allowed == 0.0).then(|| RunError::Moving { system: system() })
}

/// Opens what there is about these rows, and keeps it.
async fn open(
    site: &Arc<Site>,
    rows: Vec<Listed>,
    seen: &Arc<HashMap<String, Seen>>,
    tally: &mut Tally,
) -> Result<(), RunError> {
    let needed = rows.len() as u64;
    let mut incoming = about::open(site, rows, seen, AHEAD);
    let (mut batch, mut failed, mut done) = (Vec::with_capacity(BATCH), Vec::new(), 0);
    loop {
        let come = incoming.next(MOST_AT_ONCE - batch.len()).await?;
        let ended = come.is_empty();
        for Detailed { key, read, .. } in come {
            match read {
                Ok(mapped) => batch.push(mapped),
                Err(error) if failed.len() < FAILED_DETAILS_LIMIT && error_of_one_page(&error) => {
                    failed.push((key, error));
                }
                Err(error) => {
                    keep_batch(site, batch, seen, tally).await?;
                    return Err(error);
                }
            }
        }
        if batch.len() >= BATCH || ended {
            done += batch.len() as u64;
            failed.extend(keep_batch(site, mem::take(&mut batch), seen, tally).await?);
            site.run.tell(Progress::Details { done, needed });
        }
        if ended {
            break;
        }
    }
    let count = failed.len();
    match failed.into_iter().next() {
        Some((key, source)) => Err(RunError::Details { count, key, source: Box::new(source) }),
        None => Ok(()),
    }
}

/// Whether other details may still be readable.
fn error_of_one_page(error: &RunError) -> bool {
    matches!(
        error,
        RunError::Extract { .. } | RunError::Address { .. } | RunError::Status { .. } | RunError::BreaksOff { .. }
    ) || matches!(error, RunError::Transport(inner) if inner.remedy() == Remedy::Retry)
}

/// Keeps of a batch what may be kept; gives the others with what is wrong with them.
async fn keep_batch(
    site: &Site,
    batch: Vec<Mapped>,
    seen: &HashMap<String, Seen>,
    tally: &mut Tally,
) -> Result<Vec<Failed>, RunError> {
    let (fates, failed) = tally.watch.batch(site, batch, seen)?;
    let mut batch: Vec<Kept> = Vec::with_capacity(fates.len());
    let mut in_quarantine = tally.in_quarantine.take().unwrap_or_default();
    for mut fate in fates {
        tally.reread += u64::from(fate.again);
        if fate.kept.quarantined {
            in_quarantine.insert(fate.kept.key.clone());
        } else {
            in_quarantine.remove(&fate.kept.key);
        }
        tally.quarantined.extend(fate.quarantined);
        if let Some(Record::Case(case)) = fate.kept.record.as_ref().or(fate.unchanged.as_ref()) {
            let (wishes, faults) = tally.takers.take(&site.run, case);
            fate.kept.wishes = wishes;
            let room = FAULTS_TOLD.saturating_sub(tally.watch.warnings.len());
            tally.watch.warnings.extend(faults.into_iter().take(room));
        }
        batch.push(fate.kept);
    }
    tally.in_quarantine = Some(in_quarantine);
    let changed = batch.iter().filter(|kept| kept.record.is_some()).count() as u64;
    if !site.run.options.dry_run && !batch.is_empty() {
        site.run.bridge.store.keep(&site.run.bot().system, &batch).await?;
    }
    tally.kept += batch.len() as u64;
    tally.changed += changed;
    Ok(failed)
}
