//! The runs that are on their way in this process.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use super::Work;
use crate::{
    run::{RunOptions, RunReport},
    store::JobRow,
};

/// How a run has ended.
pub(super) enum Ended {
    /// To its end, with its report; without one where there is no such bot.
    Ran(Option<Box<RunReport>>),
    /// It was given up for another, or lost to another engine.
    GivenUp,
    /// It broke off by a defect of ours.
    Broken(String),
}

/// The runs on their way.
#[derive(Default)]
pub(super) struct Runs {
    tasks: JoinSet<Option<RunReport>>,
    jobs: HashMap<Id, JobRow>,
    handles: BTreeMap<i64, AbortHandle>,
}

impl Runs {
    pub(super) fn count(&self) -> usize {
        self.jobs.len()
    }

    /// The numbers of the jobs that are on their way.
    pub(super) fn numbers(&self) -> Vec<i64> {
        self.handles.keys().copied().collect()
    }

    pub(super) fn begin(&mut self, work: &Arc<dyn Work>, job: JobRow, options: RunOptions) {
        let handle = self.tasks.spawn(work.run(&job, options));
        self.handles.insert(job.id, handle.clone());
        self.jobs.insert(handle.id(), job);
    }

    /// Breaks a run off; how it ended is told like any other's end.
    pub(super) fn give_up(&self, job: i64) {
        if let Some(handle) = self.handles.get(&job) {
            handle.abort();
        }
    }

    /// Breaks all of them off.
    pub(super) async fn give_up_all(&mut self) -> Vec<JobRow> {
        self.tasks.shutdown().await;
        self.handles.clear();
        std::mem::take(&mut self.jobs).into_values().collect()
    }

    /// The next one that ends; waits for ever while none is on its way.
    pub(super) async fn next(&mut self) -> (JobRow, Ended) {
        match self.tasks.join_next_with_id().await {
            Some(ended) => self.end(ended),
            None => std::future::pending().await,
        }
    }

    /// One that has ended already.
    pub(super) fn next_now(&mut self) -> Option<(JobRow, Ended)> {
        let ended = self.tasks.try_join_next_with_id()?;
        Some(self.end(ended))
    }

    fn end(&mut self, ended: Result<(Id, Option<RunReport>), JoinError>) -> (JobRow, Ended) {
        let (id, ended) = match ended {
            Ok((id, report)) => (id, Ended::Ran(report.map(Box::new))),
            Err(error) if error.is_cancelled() => (error.id(), Ended::GivenUp),
            Err(error) => (error.id(), Ended::Broken(error.to_string())),
        };
        let job = self.jobs.remove(&id).expect("every task has its job");
        self.handles.remove(&job.id);
        (job, ended)
    }
}
