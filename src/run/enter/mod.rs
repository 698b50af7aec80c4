//! Entering: every entry that is due, each from where it stands to where nothing is to be done with it.

mod compare;
mod decide;
mod form;
mod hand;
mod life;
mod look;
mod post;
mod press;
mod tell;
mod verdict;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{
    Progress, Run, RunError, RunReport, account,
    course::{Course, Yield, in_time},
    report::EntryTally,
    site::Site,
};
use crate::{base::chain, record::Outcome, store::Entry};
pub use decide::{DecideError, Said, decide};
use life::Life;

/// How long an entry is held without a word from its holder: longer than any one step of a form may take.
pub(super) const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How long after the entry was written down as being sent the press may still reach the target: far less than its lease.
const PRESS_WITHIN: Duration = Duration::from_secs(30);
/// Entries that one run takes at most: the next run goes on.
const ENTRIES_MOST: usize = 10_000;

/// Entries under way over plain HTTP, per request that the system may be asked at once: while some wait for their answers the others
/// are looked at and written down. How many requests are under way is the pace's business, not theirs.
const LANES_PER_REQUEST: usize = 2;

/// What has become of the entries so far.
type Counted = Arc<Mutex<EntryTally>>;
/// Entries under way side by side.
type Lanes = JoinSet<Result<(), RunError>>;

fn counted(tally: &Counted) -> MutexGuard<'_, EntryTally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs an enter-bot; whatever happened stands in the report.
pub(super) async fn enter(run: &Arc<Run>) -> RunReport {
    let course = Course::begin(run).await;
    let (tally, mut lanes) = (Counted::default(), Lanes::new());
    let ended = in_time(run.options.timeout, all(&course.site(), &tally, &mut lanes)).await;
    // When the time was over: nobody works on after the run has ended.
    lanes.shutdown().await;
    let tally = std::mem::take(&mut *counted(&tally));
    if matches!(&ended, Err(RunError::TooLong { .. })) {
        // What was under way was broken off in the middle, and nobody else holds it.
        let released = run.bridge.store.release_worker(&run.bridge.worker, Some(&run.bot)).await;
        if let Err(error) = released {
            tracing::warn!(bot = run.bot, error = chain(&error), "an entry stays held until its lease ends");
        }
    }
    let fruit = Yield {
        well: if tally.needs_person() { Outcome::NeedsPerson } else { Outcome::Good },
        some: tally.taken > 0,
        read_at: None,
        rows_read: tally.taken,
        stated_total: None,
        warnings: Vec::new(),
        quarantined: 0,
        changed: tally.verified,
        reread: 0,
        left_open: 0,
        left: Vec::new(),
    };
    let report = course.end(ended, fruit).await;
    RunReport { entries: Some(tally), ..report }
}

/// The entries that are due: those of a form in the browser one after the other, those over plain HTTP side by side.
async fn all(site: &Arc<Site>, tally: &Counted, lanes: &mut Lanes) -> Result<(), RunError> {
    account::free(&site.run).await?;
    site.begin().await?;
    if site.run.options.dry_run {
        return try_out(site, tally).await;
    }
    let by_http = site.run.bot().enter().is_some_and(|enter| enter.form.http);
    let count = if by_http { lanes_of(site.run.system().limits.concurrency) } else { 1 };
    let (left, stopped) = (Arc::new(AtomicUsize::new(ENTRIES_MOST)), CancellationToken::new());
    for _ in 0..count {
        lanes.spawn(lane(Arc::clone(site), Arc::clone(tally), Arc::clone(&left), stopped.clone()));
    }
    let mut ended = Ok(());
    while let Some(lane) = lanes.join_next().await {
        ended = ended.and(lane?);
    }
    ended
}

/// A system that is asked for one thing at a time gets one entry at a time: it may not bear two forms that are open at once.
fn lanes_of(concurrency: usize) -> usize {
    if concurrency <= 1 { 1 } else { concurrency * LANES_PER_REQUEST }
}

/// One entry after the other until none is due, or another lane has met what would stop every entry. Whatever is under way then is
/// taken to where it can be left.
async fn lane(
    site: Arc<Site>,
    tally: Counted,
    left: Arc<AtomicUsize>,
    stopped: CancellationToken,
) -> Result<(), RunError> {
    let one_less = |left: usize| left.checked_sub(1);
    while !stopped.is_cancelled() && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
        let ended = match lease(&site).await {
            Ok(None) => return Ok(()),
            Ok(Some(entry)) => one(&site, entry, &tally).await,
            Err(error) => Err(error),
        };
        if ended.is_err() {
            stopped.cancel();
            return ended;
        }
    }
    Ok(())
}

async fn lease(site: &Site) -> Result<Option<Entry>, RunError> {
    let Run { bridge, bot, .. } = &*site.run;
    let now = bridge.clock.now();
    Ok(bridge.store.lease_entry(bot, &bridge.worker, now, now + LEASE).await?)
}

/// Everything but the submission, of every entry that is due; nothing is written down.
async fn try_out(site: &Arc<Site>, tally: &Counted) -> Result<(), RunError> {
    let (bridge, now) = (&site.run.bridge, site.run.bridge.clock.now());
    for id in bridge.store.due_entries(&site.run.bot, now).await? {
        if let Some(entry) = bridge.store.take_entry(id, &bridge.worker, now, now + LEASE).await? {
            one(site, entry, tally).await?;
        }
    }
    Ok(())
}

/// Takes an entry as far as it will go, and lets go of it.
async fn one(site: &Arc<Site>, entry: Entry, tally: &Counted) -> Result<(), RunError> {
    counted(tally).taken += 1;
    let mut life = Life::of(site, entry).await?;
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
    let done = {
        let mut tally = counted(tally);
        life.count(&mut tally);
        tally.taken
    };
    // Whatever rests was let go of when it came to rest.
    let released = if life.let_go() { Ok(()) } else { site.run.bridge.store.release_entry(life.entry()).await };
    site.run.tell(Progress::Entries { done });
    lived.and(released.map_err(RunError::from))
}
