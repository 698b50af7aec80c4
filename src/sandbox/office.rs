//! What one running system is made of, shared by its pages, its control and its daily business.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::accounts::{Account, Entry};
use super::captcha::Captchas;
use super::case::Time;
use super::intake::Intake;
use super::ledger::Ledger;
use super::onewindow::Desk;
use super::secure::Keys;
use super::sso::Sso;
use super::{Options, System};

/// One running system.
#[derive(Debug)]
pub(super) struct Office {
    pub(super) system: System,
    pub(super) trouble: Trouble,
    pub(super) counts: Counts,
    /// Signs tokens; new in every practice, so that an old token does not fit.
    pub(super) secret: [u8; 32],
    /// The captchas that its login page has shown.
    pub(super) captchas: Captchas,
    /// The single sign-on that it stands behind.
    pub(super) sso: Option<Arc<Sso>>,
    /// Certificates, where it asks for one.
    pub(super) keys: Option<Keys>,
    ledger: Mutex<Ledger>,
    intake: Mutex<Intake>,
    desk: Mutex<Desk>,
    account: Mutex<Account>,
    opened: (Time, Instant),
}

/// What can be made hard from outside; nothing is at the start.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    pub(super) maintenance: AtomicBool,
    /// How long every answer takes, in milliseconds.
    pub(super) slow: AtomicU64,
    /// The seed of the redesign that is served; 0 for the pages as they are.
    pub(super) redesign: AtomicU64,
    /// Before so many of the next list pages a new case arrives.
    pub(super) arrivals: AtomicU64,
    /// Before so many of the next list pages the newest case is taken away.
    pub(super) removals: AtomicU64,
}

/// What has been asked of a system since it started.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) logins: AtomicU64,
    pub(super) failed_logins: AtomicU64,
    pub(super) requests: AtomicU64,
    pub(super) list_requests: AtomicU64,
    pub(super) detail_requests: AtomicU64,
}

impl Office {
    pub(super) fn new(system: System, options: &Options, sso: Option<&Arc<Sso>>) -> Office {
        let mut secret = [0; 32];
        fastrand::fill(&mut secret);
        Office {
            system,
            trouble: Trouble::default(),
            counts: Counts::default(),
            secret,
            captchas: Captchas::default(),
            sso: sso.filter(|_| Sso::fronts(system)).cloned(),
            keys: Keys::of(system),
            ledger: Mutex::new(Ledger::new(system, options.seed, options.cases, options.today)),
            intake: Mutex::default(),
            desk: Mutex::default(),
            account: Mutex::new(Account::new(&options.username, &options.password)),
            opened: (options.today, Instant::now()),
        }
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What came in by the registration form. Whoever needs the ledger too takes this first.
    pub(super) fn intake(&self) -> MutexGuard<'_, Intake> {
        self.intake.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the one window keeps beside its cases. Whoever needs the ledger too takes this first.
    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The system's clock: the caller's today, running on.
    pub(super) fn now(&self) -> Time {
        let (today, since) = self.opened;
        today + since.elapsed()
    }

    /// To be told by every system before it reads a page of its list: counts it, and lets rows move when that was asked for.
    /// The caller must not hold the ledger.
    pub(super) fn list_is_read(&self) {
        bump(&self.counts.list_requests);
        if take_one(&self.trouble.arrivals) {
            self.ledger().add(self.now());
        }
        if take_one(&self.trouble.removals) {
            self.ledger().remove_newest();
        }
    }

    /// Ends every session, as a restart of the system would; behind the sign-on, that one's too.
    pub(super) fn end_sessions(&self) {
        self.account().end_sessions();
        if let Some(sso) = &self.sso {
            sso.end_sessions();
        }
    }

    /// Judges a name and password that come with every request; none when they are right. Failures are counted.
    pub(super) fn verify(&self, username: &str, password: &str) -> Option<Entry> {
        let refused = self.account().verify(username, password);
        if refused.is_some() {
            bump(&self.counts.failed_logins);
        }
        refused
    }

    /// Tries a login and counts it.
    pub(super) fn enter(&self, username: &str, password: &str) -> Entry {
        let entry = self.account().enter(username, password);
        match entry {
            Entry::Open(_) => bump(&self.counts.logins),
            Entry::Wrong(_) | Entry::Frozen => bump(&self.counts.failed_logins),
        }
        entry
    }
}

/// Counts one more.
pub(super) fn bump(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

/// Takes one from what is left; false when nothing is.
fn take_one(left: &AtomicU64) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}
