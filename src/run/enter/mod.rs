//! Entering: every entry that is due, each from where it stands to where nothing is to be done with it.

mod compare;
mod control;
mod decide;
mod dry;
mod form;
mod gate;
mod hand;
mod held;
mod life;
mod look;
mod mark;
mod moment;
mod partner;
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
use crate::{
    base::chain,
    record::{EntryState, Outcome},
    store::{Entry, StoreError, Which},
};
pub use decide::{DecideError, Said, decide};
use gate::Gate;
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
    let (tally, mut lanes, gate) = (Counted::default(), Lanes::new(), Arc::default());
    let ended = in_time(run.options.timeout, all(&course.site(), &tally, &mut lanes, &gate)).await;
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
        warnings: gate.told(),
        quarantined: 0,
        changed: tally.verified,
        reread: 0,
        left_open: 0,
        left: Vec::new(),
    };
    let report = course.end(ended, fruit).await;
    RunReport { entries: Some(tally), ..report }
}

/// The entries that are due: those of a form in the browser one after the other, those over plain HTTP side by side, as soon as one
/// stands in the target as it should: until then nobody knows whether the bot enters what it means.
async fn all(site: &Arc<Site>, tally: &Counted, lanes: &mut Lanes, gate: &Arc<Gate>) -> Result<(), RunError> {
    account::free(&site.run).await?;
    site.begin().await?;
    if site.run.options.dry_run {
        return dry::try_out(site, tally, gate).await;
    }
    gate.look(&site.run).await?;
    let by_http = site.run.bot().enter().is_some_and(|enter| enter.form.http);
    let count = if by_http { lanes_of(site.run.system().limits.concurrency) } else { 1 };
    let work = Arc::new(Work {
        site: Arc::clone(site),
        tally: Arc::clone(tally),
        gate: Arc::clone(gate),
        left: AtomicUsize::new(ENTRIES_MOST),
        stopped: CancellationToken::new(),
    });
    let mut ended = Ok(());
    for (lanes_now, to) in [(1, To::OneVerified), (count, To::TheEnd)] {
        for _ in 0..lanes_now {
            lanes.spawn(Arc::clone(&work).lane(to));
        }
        while let Some(lane) = lanes.join_next().await {
            ended = ended.and(lane?);
        }
        if ended.is_err() || counted(tally).verified == 0 {
            break;
        }
    }
    ended?;
    gate.ends(&site.run).await
}

/// How far a lane goes.
#[derive(Clone, Copy, PartialEq)]
enum To {
    /// Until an entry stands in the target as it should.
    OneVerified,
    /// Until none is due.
    TheEnd,
}

/// A system that is asked for one thing at a time gets one entry at a time: it may not bear two forms that are open at once.
fn lanes_of(concurrency: usize) -> usize {
    if concurrency <= 1 { 1 } else { concurrency * LANES_PER_REQUEST }
}

/// What the lanes of a run share.
struct Work {
    site: Arc<Site>,
    tally: Counted,
    gate: Arc<Gate>,
    /// Entries that this run may still take.
    left: AtomicUsize,
    stopped: CancellationToken,
}

impl Work {
    /// One entry after the other until none is due, or another lane has met what would stop every entry. Whatever is under way then is
    /// taken to where it can be left.
    async fn lane(self: Arc<Self>, to: To) -> Result<(), RunError> {
        let one_less = |left: usize| left.checked_sub(1);
        let goes_on = || {
            let far_enough = to == To::OneVerified && counted(&self.tally).verified > 0;
            !far_enough && !self.stopped.is_cancelled()
        };
        while goes_on() && self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
            let ended = match self.lease().await {
                Ok(None) => return Ok(()),
                Ok(Some(entry)) => one(&self.site, entry, &self.tally, &self.gate).await,
                Err(error) => Err(error),
            };
            if ended.is_err() {
                self.stopped.cancel();
                return ended;
            }
        }
        Ok(())
    }

    /// The next entry that is due. Where nothing may be sent, what was sent before is looked at all the same.
    async fn lease(&self) -> Result<Option<Entry>, RunError> {
        let Run { bridge, bot, .. } = &*self.site.run;
        let now = bridge.clock.now();
        let which = if self.gate.is_shut() { Which::Sent } else { Which::All };
        Ok(bridge.store.lease_entry(bot, which, &bridge.worker, now, now + LEASE).await?)
    }
}

/// Takes an entry as far as it will go, and lets go of it.
async fn one(site: &Arc<Site>, entry: Entry, tally: &Counted, gate: &Gate) -> Result<(), RunError> {
    counted(tally).taken += 1;
    let mut life = match Life::of(site, gate, entry).await {
        // Whoever took it over goes on.
        Err(RunError::Store(StoreError::LeaseLost { .. })) => return Ok(()),
        life => life?,
    };
    let lived = life.live().await;
    let lived = match lived {
        Ok(()) => Ok(()),
        Err(RunError::Store(error @ StoreError::LeaseLost { .. })) => {
            // Whoever took it over goes on; there is nothing to let go of.
            tracing::warn!(bot = site.run.bot, error = chain(&error), "an entry was taken over");
            return Ok(());
        }
        Err(error) => life.broken_off(&error).await.and(Err(error)),
    };
    let may_shut = matches!(life.state(), EntryState::Conflict | EntryState::Submitted);
    let may_open = gate.is_shut() && life.state() == EntryState::Verified;
    let looked = if may_shut || may_open { gate.look(&site.run).await } else { Ok(()) };
    let done = {
        let mut tally = counted(tally);
        life.count(&mut tally);
        tally.taken
    };
    // Whatever rests was let go of when it came to rest.
    let released = if life.let_go() { Ok(()) } else { site.run.bridge.store.release_entry(life.entry()).await };
    site.run.tell(Progress::Entries { done });
    lived.and(looked).and(released.map_err(RunError::from))
}
