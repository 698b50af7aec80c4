//! Whose turn an account is, and its budget of failed logins: counted in the store before anything is sent, so that no crash can
//! exceed it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio_util::task::AbortOnDropHandle;

use chrono::{DateTime, Utc};
use chrono_tz::Asia::Shanghai;

use super::{Run, RunError, scrub::scrub_words, sign_in::exposed};
use crate::{
    adapter::Sessions,
    store::{Away, LoginBudget, LoginEnd, LoginPermit},
    vault::Credential,
};

/// The field that is no secret.
const USERNAME: &str = "username";

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

/// What a system or an error says, without the account's secrets and without numbers of people. The account's name at the system stays: it
/// says whom the words are about.
pub(super) fn told(run: &Run, words: &str) -> String {
    // A vault that can't be read holds nothing that the words could repeat.
    let fields = credential(run).map(|credential| exposed(&credential)).unwrap_or_default();
    let secrets: Vec<String> =
        fields.into_iter().filter(|(name, _)| name != USERNAME).map(|(_, value)| value).collect();
    scrub_words(words, &secrets)
}

/// Someone else uses the account: until when it is left alone from now on.
pub(super) fn kicked(run: &Run, words: &str) -> RunError {
    let until = shown(run.bridge.clock.now() + run.system().account.back_off);
    RunError::Kicked { system: run.system().name.clone(), words: told(run, words), until }
}

/// Writes down that the account is left alone for a while, so that no other process disturbs whoever uses it.
pub(super) async fn stay_away(run: &Run, words: &str) -> Result<(), RunError> {
    let until = run.bridge.clock.now() + run.system().account.back_off;
    Ok(run.bridge.store.stay_away(&key(run), &Away { until, why: words.to_owned() }).await?)
}

/// How long an account is held without a word from its holder: as long as an engine holds its jobs, so that whoever takes over the job of
/// a dead one has its account too.
const LEASE: chrono::TimeDelta = chrono::TimeDelta::seconds(30);
/// How often its holder speaks.
const SPEAKS: Duration = Duration::from_secs(10);

/// The accounts that runs of this process hold, by how many runs: they share its session; and whose turn it is to sign in. Clones are
/// one.
#[derive(Clone, Default)]
pub(super) struct Holding {
    runs: Arc<Mutex<HashMap<String, usize>>>,
    turns: Arc<Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>>,
}

impl Holding {
    fn counts(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until nobody else of this process signs in with that account, in whichever system behind one single sign-on: a login whose
/// end nobody has seen yet would else look like one that was lost.
pub(super) async fn turn(run: &Run) -> tokio::sync::OwnedMutexGuard<()> {
    let turn = {
        let mut turns = run.bridge.accounts.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(name(run)).or_default())
    };
    turn.lock_owned().await
}

/// A run's share in its account. When the last one goes, the account is free for other processes.
pub(super) struct Held {
    run: Arc<Run>,
    /// Goes on saying that the account is held.
    _speaking: AbortOnDropHandle<()>,
}

impl Held {
    /// Takes part in holding the account of a system that allows one session; `None` for any other. Whether it can be had at all
    /// is asked by [`free`].
    pub(super) fn of(run: &Arc<Run>) -> Option<Self> {
        let bot = run.bot();
        if run.system().account.sessions != Sessions::One || bot.account.is_none() {
            return None;
        }
        *run.bridge.accounts.counts().entry(key(run)).or_default() += 1;
        let speaker = Arc::clone(run);
        let speaking = tokio::spawn(async move {
            loop {
                tokio::time::sleep(SPEAKS).await;
                // Silence is no harm as long as the lease lasts; who has lost it hears of it in its next run.
                if let Err(error) = lease(&speaker).await {
                    tracing::warn!(
                        bot = speaker.bot,
                        error = crate::base::chain(&error),
                        "an account's lease could not be renewed"
                    );
                }
            }
        });
        Some(Self { run: Arc::clone(run), _speaking: AbortOnDropHandle::new(speaking) })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let key = key(&self.run);
        {
            let mut counts = self.run.bridge.accounts.counts();
            match counts.get_mut(&key) {
                Some(count) if *count > 1 => return *count -= 1,
                _ => drop(counts.remove(&key)),
            }
        }
        let (store, worker) = (self.run.bridge.store.clone(), self.run.bridge.worker.clone());
        let accounts = self.run.bridge.accounts.clone();
        // Without a runtime the process ends: then the lease does so by itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if accounts.counts().contains_key(&key) {
                    // The next run of it has begun in the meantime.
                    return;
                }
                if let Err(error) = store.release_account(&key, &worker).await {
                    tracing::warn!(
                        account = key,
                        error = crate::base::chain(&error),
                        "an account stays held until its lease ends"
                    );
                }
            });
        }
    }
}

/// Takes the account for this process, or goes on holding it.
async fn lease(run: &Run) -> Result<(), RunError> {
    let (now, key) = (run.bridge.clock.now(), key(run));
    match run.bridge.store.lease_account(&key, &run.bridge.worker, now, now + LEASE).await? {
        Ok(()) => Ok(()),
        Err((worker, until)) => Err(RunError::AccountHeld { account: name(run), worker, until: shown(until) }),
    }
}

/// Whether the account may be used now.
pub(super) async fn free(run: &Run) -> Result<(), RunError> {
    if run.system().account.sessions == Sessions::One && run.bot().account.is_some() {
        lease(run).await?;
    }
    match run.bridge.store.away(&key(run), run.bridge.clock.now()).await? {
        None => Ok(()),
        Some(Away { until, why }) => {
            Err(RunError::Away { system: run.system().name.clone(), words: why, until: shown(until) })
        }
    }
}

fn shown(instant: DateTime<Utc>) -> String {
    instant.with_timezone(&Shanghai).format("%Y-%m-%d %H:%M").to_string()
}

/// Whether this credential may be tried, before a browser is opened for it.
pub(super) async fn permitted(run: &Run, credential: &Credential) -> Result<(), RunError> {
    let account = name(run);
    permit(&account, run.bridge.store.login_permit(&account, &credential.version(), budget(run)).await?)
}

/// Asks again, and writes the attempt down.
pub(super) async fn begin(run: &Run, credential: &Credential) -> Result<Attempt, RunError> {
    let (account, version) = (name(run), credential.version());
    let now = run.bridge.clock.now();
    permit(&account, run.bridge.store.begin_login(&account, &version, budget(run), now).await?)?;
    Ok(Attempt { account, version })
}

fn budget(run: &Run) -> LoginBudget {
    LoginBudget { failed: run.system().account.failed_logins, unknown: UNKNOWN_LOGINS }
}

fn permit(account: &str, permit: LoginPermit) -> Result<(), RunError> {
    match permit {
        LoginPermit::Go => Ok(()),
        LoginPermit::Frozen { since, why } => Err(RunError::Frozen { account: account.to_owned(), since, why }),
    }
}

/// The account's name in the vault: what counts failed logins. Bots of several systems that share an account (behind one single
/// sign-on) share its budget.
fn name(run: &Run) -> String {
    run.bot().account.clone().unwrap_or_default()
}

/// Under this name a process keeps the account's session in the system, and the store that it is left alone for a while.
pub(super) fn key(run: &Run) -> String {
    let bot = run.bot();
    format!("{}/{}", bot.system, bot.account.as_deref().unwrap_or_default())
}
