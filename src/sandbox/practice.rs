use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::intake::{Refusal, Registered};
use super::office::Office;
use super::truth::TrueCase;

/// One running practice system, seen from behind the counter.
#[derive(Debug, Clone)]
pub struct Practice {
    pub(super) office: Arc<Office>,
    pub(super) address: String,
}

impl Practice {
    /// Its name, such as `permits`.
    pub fn name(&self) -> &'static str {
        self.office.system.name
    }

    /// The Chinese title that its pages show.
    pub fn title(&self) -> &'static str {
        self.office.system.title
    }

    /// The department that owns it.
    pub fn owner(&self) -> &'static str {
        self.office.system.owner
    }

    /// Where it answers, such as `http://127.0.0.1:7101/`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What a bot must hold in the vault to come in, by field: a user name and a password for most systems; certificate, key
    /// and the system's own authority (PEM) where it asks for a certificate.
    pub fn secret(&self) -> BTreeMap<String, String> {
        if let Some(keys) = &self.office.keys {
            let fields = [("certificate", &keys.certificate), ("key", &keys.key), ("authority", &keys.authority)];
            return fields.map(|(field, text)| (field.to_owned(), text.clone())).into();
        }
        let (username, password) = self.office.account().credentials();
        BTreeMap::from([("username".to_owned(), username), ("password".to_owned(), password)])
    }

    /// The answer sheet: every case as it stands now, oldest first.
    pub fn truth(&self) -> Vec<TrueCase> {
        self.office.ledger().truth()
    }

    /// One new good case, accepted now.
    pub fn add_case(&self) -> TrueCase {
        self.office.ledger().add(self.office.now())
    }

    /// Moves a case to its next state. Nothing happens to one that has ended, is bad on purpose, or does not exist.
    pub fn advance(&self, source_no: &str) {
        self.office.ledger().advance(source_no, self.office.now());
    }

    /// Logins refused since the start.
    pub fn failed_logins(&self) -> u64 {
        read(&self.office.counts.failed_logins)
    }

    /// Logins that succeeded since the start.
    pub fn logins(&self) -> u64 {
        read(&self.office.counts.logins)
    }

    /// Pages and API calls answered since the start; assets are not counted.
    pub fn requests(&self) -> u64 {
        read(&self.office.counts.requests)
    }

    /// Pages of the list answered since the start.
    pub fn list_requests(&self) -> u64 {
        read(&self.office.counts.list_requests)
    }

    /// Details of cases answered since the start.
    pub fn detail_requests(&self) -> u64 {
        read(&self.office.counts.detail_requests)
    }

    /// From now on every page says 系统维护中, or no longer does.
    pub fn set_maintenance(&self, on: bool) {
        self.office.trouble.maintenance.store(on, Ordering::Relaxed);
    }

    /// From now on every answer takes so much longer; assets and the practice's own door do not.
    pub fn set_slow(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.office.trouble.slow.store(millis, Ordering::Relaxed);
    }

    /// A person comes in with the bot's account now: the live session is told 该账号在其他地方登录.
    pub fn kick(&self) {
        self.office.account().kick();
    }

    /// From now on a session ends by itself after so many requests.
    pub fn set_session_requests(&self, most: Option<u64>) {
        self.office.account().set_requests_most(most);
    }

    /// From now on the pages look a little different: ids and classes renamed, wrappers added. The same seed gives the same
    /// redesign; 0 the pages as they were.
    pub fn set_redesign(&self, seed: u64) {
        self.office.trouble.redesign.store(seed, Ordering::Relaxed);
    }

    /// Before each of the next so many list pages a new case arrives, so that rows shift while pages are read.
    pub fn set_arrivals(&self, pages: u64) {
        self.office.trouble.arrivals.store(pages, Ordering::Relaxed);
    }

    /// Before each of the next so many list pages the newest case is taken away.
    pub fn set_removals(&self, pages: u64) {
        self.office.trouble.removals.store(pages, Ordering::Relaxed);
    }

    /// Everything that was really saved through the registration form, in order, duplicates included.
    pub fn registered(&self) -> Vec<Registered> {
        self.office.intake().all.clone()
    }

    /// What the department has told the one window about a case: its receipt, its state, a remark. None before it did.
    pub fn progress(&self, source_no: &str) -> Option<(String, String, String)> {
        let told = self.office.desk().progress.get(source_no).cloned()?;
        Some((told.receipt, told.progress, told.remark))
    }

    /// How often that was saved.
    pub fn progress_saves(&self, source_no: &str) -> u32 {
        self.office.desk().progress.get(source_no).map_or(0, |told| told.times)
    }

    /// From now on a second registration with the same number of origin (来源编号) is refused, or no longer.
    pub fn set_unique(&self, on: bool) {
        self.office.intake().unique = on;
    }

    /// From now on nothing may be registered (受理期已截止), or again.
    pub fn set_closed(&self, on: bool) {
        self.office.intake().closed = on;
    }

    /// From now on a registration waits `before`, is saved, waits `after`, and is answered then. A visitor who goes away in
    /// the meantime stops nothing.
    pub fn set_save_delay(&self, before: Duration, after: Duration) {
        self.office.intake().delay = (before, after);
    }

    /// Each of the next so many registrations is saved, and then the connection is closed without an answer. A browser that
    /// had used the connection before then sends the same request once more by itself, as it does with real systems: the
    /// registration is saved twice unless [`Practice::set_unique`] says otherwise.
    pub fn set_drop_answer(&self, saves: u64) {
        self.office.intake().unanswered = saves;
    }

    /// Each of the next so many registrations is saved, and then the connection breaks in the middle of the answer: no
    /// browser sends that again. Where a delay before the save is set, it breaks at once, and the save comes after it.
    pub fn set_cut_answer(&self, saves: u64) {
        self.office.intake().cut = saves;
    }

    /// From now on every registration is refused with these words at this field (by its name), or no longer.
    pub fn set_refusal(&self, refusal: Option<(&str, &str)>) {
        self.office.intake().refusal = refusal.map(|(field, words)| Refusal::at(field, words));
    }

    /// Ends every session, as a restart of the system would.
    pub fn end_sessions(&self) {
        self.office.end_sessions();
    }

    /// The right answer to the captcha that the login page showed last: the practice plays the person before it.
    pub fn captcha_answer(&self) -> Option<String> {
        self.office.captchas.last_answer()
    }
}

fn read(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}
