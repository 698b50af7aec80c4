//! An account's budget of failed logins: counted in the store before anything is sent, so that no crash can exceed it.

use super::{Run, RunError};
use crate::{
    store::{LoginBudget, LoginEnd, LoginPermit},
    vault::Credential,
};

/// Logins of a proven password whose outcome nobody saw (killed in between) before a person is asked.
const UNKNOWN_LOGINS: u32 = 3;

/// A login that may be tried, written down before it is.
pub(super) struct Attempt {
    account: String,
    version: String,
}

impl Attempt {
    /// Writes down how it ended.
    pub(super) async fn end(&self, run: &Run, end: LoginEnd) -> Result<(), RunError> {
        let now = run.bridge.clock.now();
        Ok(run.bridge.store.end_login(&self.account, &self.version, &end, now).await?)
    }
}

/// The secret of the run's account. An unreadable vault is no wrong password: nothing is counted.
pub(super) fn credential(run: &Run) -> Result<Credential, RunError> {
    let account = run.bot().account.as_deref().unwrap_or_default();
    Ok(run.bridge.vault.get(account)?)
}

/// Asks the store whether this credential may be tried, and writes the attempt down.
pub(super) async fn begin(run: &Run, credential: &Credential) -> Result<Attempt, RunError> {
    let account = key(run);
    let version = credential.version();
    let budget = LoginBudget { failed: run.system().account.failed_logins, unknown: UNKNOWN_LOGINS };
    match run.bridge.store.begin_login(&account, &version, budget, run.bridge.clock.now()).await? {
        LoginPermit::Go => Ok(Attempt { account, version }),
        LoginPermit::Frozen { since, why } => Err(RunError::Frozen { account, since, why }),
    }
}

/// Under this name the store counts an account's logins, and a process keeps its session: an account belongs to one system.
pub(super) fn key(run: &Run) -> String {
    let bot = run.bot();
    format!("{}/{}", bot.system, bot.account.as_deref().unwrap_or_default())
}
