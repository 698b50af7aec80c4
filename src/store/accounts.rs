//! Logins per account and version of its secret: written down before they are tried, so that no crash can exceed the budget.

use chrono::{DateTime, SecondsFormat, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;

use super::{
    Store, StoreError,
    session::{Row, Session},
};

/// How many logins may go wrong before the account is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginBudget {
    /// Logins that the system refused.
    pub failed: u32,
    /// Logins of a secret that has worked before, begun in a row without anyone having seen their end (the process was killed).
    /// A secret that never worked has none: such a login counts as failed.
    pub unknown: u32,
}

/// Whether a login may be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginPermit {
    /// It may, and is written down as begun.
    Go,
    /// It may not, until the secret changes.
    Frozen {
        /// When the login happened that used the budget up: RFC 3339, district time.
        since: String,
        /// What the system said then.
        why: String,
    },
}

/// How a login ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginEnd {
    /// The signs said "signed in": the secret is proven and the count starts anew.
    SignedIn,
    /// The system refused, in these words.
    Refused(String),
    /// The system answered without having judged the secret (busy, or someone else signed in): it does not count.
    NotJudged,
    /// It was sent, and nobody saw the end.
    Unknown,
}

/// What is written about an account's secret.
#[derive(Default)]
struct Logins {
    failed: i64,
    open: i64,
    proven: bool,
    since: i64,
    why: String,
}

impl Store {
    /// Whether a login may be tried; writes nothing.
    pub async fn login_permit(
        &self,
        account: &str,
        version: &str,
        budget: LoginBudget,
    ) -> Result<LoginPermit, StoreError> {
        let mut session = self.pools.read().await?;
        Ok(logins(&mut session, account, version).await?.permit(budget))
    }

    /// Writes a login down before it is tried, unless the budget of this version of the secret is used up.
    pub async fn begin_login(
        &self,
        account: &str,
        version: &str,
        budget: LoginBudget,
        now: DateTime<Utc>,
    ) -> Result<LoginPermit, StoreError> {
        let mut session = self.pools.write().await?;
        let logins = logins(&mut session, account, version).await?;
        let permit = logins.permit(budget);
        if permit != LoginPermit::Go {
            return Ok(permit);
        }
        let sql = "INSERT INTO accounts (account, version, failed, open, proven, since, why) VALUES ($1, $2, 0, 1, 0, $3, '') \
             ON CONFLICT (account, version) DO UPDATE SET open = accounts.open + 1, since = excluded.since";
        session.run(sql, &[account.into(), version.into(), now.timestamp_millis().into()]).await?;
        session.commit().await?;
        Ok(LoginPermit::Go)
    }

    /// Writes down how a login ended that [`Store::begin_login`] allowed.
    pub async fn end_login(
        &self,
        account: &str,
        version: &str,
        end: &LoginEnd,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (change, why) = match end {
            LoginEnd::SignedIn => ("failed = 0, open = 0, proven = 1, why = $4", ""),
            LoginEnd::Refused(words) => ("failed = failed + 1, open = open - 1, why = $4", words.as_str()),
            // The words of an earlier refusal stay; $4 is named so that both databases know its type.
            LoginEnd::NotJudged => ("open = open - 1, why = why || $4", ""),
            // It stays open: the budget of unknown ends decides.
            LoginEnd::Unknown => ("why = why || $4", ""),
        };
        let sql = format!("UPDATE accounts SET {change}, since = $3 WHERE account = $1 AND version = $2");
        let mut session = self.pools.write().await?;
        let values = [account.into(), version.into(), now.timestamp_millis().into(), why.into()];
        session.run(&sql, &values).await?;
        session.commit().await
    }

    /// How many rows of a system stand in quarantine.
    pub async fn quarantined(&self, system: &str) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM seen WHERE system = $1 AND quarantined = 1";
        Ok(self.pools.read().await?.number(sql, &[system.into()]).await?.unsigned_abs())
    }
}

impl Logins {
    fn permit(&self, budget: LoginBudget) -> LoginPermit {
        let Some(why) = self.spent(budget) else { return LoginPermit::Go };
        let since = Utc.timestamp_millis_opt(self.since).single().unwrap_or_default().with_timezone(&Shanghai);
        LoginPermit::Frozen { since: since.to_rfc3339_opts(SecondsFormat::Secs, false), why }
    }

    /// Why no further login is allowed; `None` while one is.
    fn spent(&self, budget: LoginBudget) -> Option<String> {
        if self.failed >= i64::from(budget.failed) {
            return Some(format!("the system said \"{}\"", self.why));
        }
        let unknown = if self.proven { budget.unknown } else { 1 };
        (self.open >= i64::from(unknown)).then(|| {
            format!("{} logins were begun whose end nobody saw; look whether the account still works", self.open)
        })
    }
}

async fn logins(session: &mut Session, account: &str, version: &str) -> Result<Logins, StoreError> {
    let sql = "SELECT failed, open, proven, since, why FROM accounts WHERE account = $1 AND version = $2";
    let mut rows = session.rows(sql, &[account.into(), version.into()]).await?;
    let read = |row: &mut Row| Logins {
        failed: row.int(0),
        open: row.int(1),
        proven: row.int(2) == 1,
        since: row.int(3),
        why: row.text(4),
    };
    Ok(rows.first_mut().map(read).unwrap_or_default())
}
