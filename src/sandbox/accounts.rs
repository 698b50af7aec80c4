//! Who may come in: one account, one session, and a freeze after too many wrong passwords.

use std::collections::VecDeque;

/// Wrong passwords in a row after which the account is frozen.
pub(super) const FAILURES_ALLOWED: u32 = 5;
/// How many sessions that a later login ended are remembered, so that a long practice does not grow.
const KICKED_KEPT: usize = 1000;

/// What a login came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Come in; the session's name.
    Open(String),
    /// Wrong user name or password, with so many tries left.
    Wrong(u32),
    /// No more tries.
    Frozen,
}

impl Entry {
    /// What the systems tell a person who may not come in; none for one who may.
    pub(super) fn refusal(&self) -> Option<String> {
        match self {
            Entry::Open(_) => None,
            Entry::Wrong(left) => Some(format!("用户名或密码错误，还可尝试 {left} 次")),
            Entry::Frozen => Some("账号已冻结，请联系管理员".to_owned()),
        }
    }
}

/// What a session is worth now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Live,
    /// A later login of the same account ended it.
    Kicked,
    /// Never was, or was ended.
    Lost,
}

/// The session that counts.
#[derive(Debug)]
struct Session {
    name: String,
    /// Requests so far.
    requests: u64,
}

/// The one account of a practice system.
#[derive(Debug)]
pub(super) struct Account {
    username: String,
    password: String,
    failures: u32,
    live: Option<Session>,
    kicked: VecDeque<String>,
    /// After so many requests a session ends by itself.
    requests_most: Option<u64>,
}

impl Account {
    pub(super) fn new(username: &str, password: &str) -> Account {
        Account {
            username: username.to_owned(),
            password: password.to_owned(),
            failures: 0,
            live: None,
            kicked: VecDeque::new(),
            requests_most: None,
        }
    }

    /// Tries to come in. A success ends the account's earlier session.
    pub(super) fn enter(&mut self, username: &str, password: &str) -> Entry {
        match self.verify(username, password) {
            Some(refused) => refused,
            None => Entry::Open(self.admit()),
        }
    }

    /// Judges a name and password; none when they are right.
    pub(super) fn verify(&mut self, username: &str, password: &str) -> Option<Entry> {
        if username != self.username {
            return Some(Entry::Wrong(FAILURES_ALLOWED - 1));
        }
        if self.failures >= FAILURES_ALLOWED {
            return Some(Entry::Frozen);
        }
        if password != self.password {
            self.failures += 1;
            let left = FAILURES_ALLOWED - self.failures;
            return Some(if left == 0 { Entry::Frozen } else { Entry::Wrong(left) });
        }
        self.failures = 0;
        None
    }

    /// A session for someone whose identity is known. It ends the account's earlier session.
    pub(super) fn admit(&mut self) -> String {
        self.kicked.extend(self.live.take().map(|session| session.name));
        if self.kicked.len() > KICKED_KEPT {
            self.kicked.pop_front();
        }
        // Not from the seed: a session of an earlier practice must not fit a later one.
        let name = format!("{:032X}", fastrand::u128(..));
        self.live = Some(Session { name: name.clone(), requests: 0 });
        name
    }

    /// Somebody else, who knows the password, comes in elsewhere.
    pub(super) fn kick(&mut self) {
        self.admit();
    }

    /// From now on a session ends by itself after so many requests.
    pub(super) fn set_requests_most(&mut self, most: Option<u64>) {
        self.requests_most = most;
    }

    /// What `session` is worth to the request that asks.
    pub(super) fn standing(&mut self, session: &str) -> Standing {
        if let Some(live) = self.live.as_mut().filter(|live| live.name == session) {
            live.requests += 1;
            if self.requests_most.is_none_or(|most| live.requests <= most) {
                return Standing::Live;
            }
            self.live = None;
            Standing::Lost
        } else if self.kicked.iter().any(|kicked| kicked == session) {
            Standing::Kicked
        } else {
            Standing::Lost
        }
    }

    /// Forgets every session, as a restart of the system would.
    pub(super) fn end_sessions(&mut self) {
        self.live = None;
        self.kicked.clear();
    }

    /// Ends `session` if it is the live one: a logout.
    pub(super) fn leave(&mut self, session: &str) {
        if self.live.as_ref().is_some_and(|live| live.name == session) {
            self.live = None;
        }
    }

    /// User name and password.
    pub(super) fn credentials(&self) -> (String, String) {
        (self.username.clone(), self.password.clone())
    }

    pub(super) fn username(&self) -> &str {
        &self.username
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_login_kicks_the_first() {
        let mut account = Account::new("bot", "secret");
        let Entry::Open(first) = account.enter("bot", "secret") else { panic!("refused") };
        let Entry::Open(second) = account.enter("bot", "secret") else { panic!("refused") };
        assert_eq!(account.standing(&first), Standing::Kicked);
        assert_eq!(account.standing(&second), Standing::Live);
        account.end_sessions();
        assert_eq!(account.standing(&second), Standing::Lost);
    }

    #[test]
    fn five_wrong_passwords_freeze_the_account() {
        let mut account = Account::new("bot", "secret");
        let left: Vec<_> = (0..5).map(|_| account.enter("bot", "guess")).collect();
        assert_eq!(left, [Entry::Wrong(4), Entry::Wrong(3), Entry::Wrong(2), Entry::Wrong(1), Entry::Frozen]);
        assert_eq!(account.enter("bot", "secret"), Entry::Frozen);
    }

    #[test]
    fn a_session_ends_after_so_many_requests_and_a_person_kicks_it() {
        let mut account = Account::new("bot", "secret");
        account.set_requests_most(Some(2));
        let Entry::Open(session) = account.enter("bot", "secret") else { panic!("refused") };
        let standings = [(); 3].map(|()| account.standing(&session));
        assert_eq!(standings, [Standing::Live, Standing::Live, Standing::Lost]);
        account.set_requests_most(None);
        let Entry::Open(session) = account.enter("bot", "secret") else { panic!("refused") };
        account.kick();
        assert_eq!(account.standing(&session), Standing::Kicked);
        assert!(matches!(account.enter("bot", "secret"), Entry::Open(_)));
    }

    #[test]
    fn a_success_forgives_earlier_failures() {
        let mut account = Account::new("bot", "secret");
        account.enter("bot", "guess");
        assert!(matches!(account.enter("bot", "secret"), Entry::Open(_)));
        assert_eq!(account.enter("bot", "guess"), Entry::Wrong(4));
    }
}
