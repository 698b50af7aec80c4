//! What every run has in common, whatever its bot does: a beginning, a time limit, and an end of which nothing is hushed up.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, FixedOffset};

use super::{Run, RunError, RunReport, account, evidence, held::Requests, site::Site};
use crate::{
    base::chain,
    record::{Outcome, Reading},
};

/// A run from its beginning on.
pub(super) struct Course {
    site: Arc<Site>,
    started_at: DateTime<FixedOffset>,
    began: Instant,
    before: Requests,
}

/// What a run has come to.
pub(super) struct Yield {
    /// How it ended if nothing went wrong.
    pub(super) well: Outcome,
    /// Whether there is something of it, if something did.
    pub(super) some: bool,
    /// When its last page was read; the end of the run where that is not known.
    pub(super) read_at: Option<DateTime<FixedOffset>>,
    /// Distinct rows, or entries worked on.
    pub(super) rows_read: u64,
    /// The system's own total.
    pub(super) stated_total: Option<u64>,
    /// What begins to go astray.
    pub(super) warnings: Vec<String>,
    /// Rows in quarantine now.
    pub(super) quarantined: u64,
    /// Records that were new or changed.
    pub(super) changed: u64,
    /// Records whose pages were read again although nothing in their row had changed.
    pub(super) reread: u64,
    /// Cases that are known as open and have left their list, and the numbers of some of them.
    pub(super) left_open: u64,
    pub(super) left: Vec<String>,
}

impl Course {
    pub(super) async fn begin(run: &Arc<Run>) -> Self {
        let (started_at, began) = (run.bridge.clock.local(), Instant::now());
        let site = Arc::new(Site::enter(run).await);
        let before = site.requests().await;
        Self { site, started_at, began, before }
    }

    pub(super) fn site(&self) -> Arc<Site> {
        Arc::clone(&self.site)
    }

    /// Leaves account and session as the way it ended wants them, and says how that was.
    pub(super) async fn end(self, ended: Result<(), RunError>, fruit: Yield) -> RunReport {
        let Self { site, started_at, began, before } = self;
        let run = &site.run;
        let why = ended.as_ref().err().map(|error| account::told(run, &chain(error)));
        if let (Err(error), Some(why)) = (&ended, &why) {
            tracing::warn!(bot = run.bot, run = run.id, error = why, remedy = ?error.remedy(), "run stopped");
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
        let after = site.requests().await;
        site.leave(ended.as_ref().err()).await;
        let browser_requests = after.browser - before.browser;
        let about = ended.as_ref().err().map(RunError::about);
        let (outcome, reason, remedy) = match ended {
            Ok(()) => (fruit.well, None, None),
            Err(error) => (error.outcome(fruit.some), why, Some(error.remedy())),
        };
        let reading = Reading {
            system: run.bot().system.clone(),
            bot: run.bot.clone(),
            run: run.id.clone(),
            outcome,
            reason,
            started_at,
            read_at: fruit.read_at.unwrap_or_else(|| run.bridge.clock.local()),
            rows_read: fruit.rows_read,
            stated_total: fruit.stated_total,
            warnings: fruit.warnings,
            quarantined: fruit.quarantined,
            changed: fruit.changed,
            reread: fruit.reread,
            left_open: fruit.left_open,
            left: fruit.left,
            pages: site.pages(),
            requests: after.http - before.http + browser_requests,
            browser_requests,
            seconds: (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
        };
        RunReport {
            reading,
            remedy,
            about,
            account: run.bot().account.clone(),
            evidence: evidence::kept(run),
            quarantined_rows: Vec::new(),
            entries: None,
        }
    }
}

/// Ends the work at its time limit, between two awaits: what was kept stays kept.
pub(super) async fn in_time(
    limit: Option<Duration>,
    work: impl Future<Output = Result<(), RunError>>,
) -> Result<(), RunError> {
    match limit {
        None => work.await,
        Some(limit) => {
            tokio::time::timeout(limit, work).await.unwrap_or(Err(RunError::TooLong { seconds: limit.as_secs() }))
        }
    }
}
