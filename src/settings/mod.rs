//! The only reader of configuration and environment.
//!
//! `queqiao.toml` in the working directory (or the file that `--config` names), overridden by `QUEQIAO_…` variables: the
//! key `listen` is `QUEQIAO_LISTEN`, the base address of system `water` is `QUEQIAO_BASES_WATER`.

mod alert;
mod error;
mod source;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use secrecy::SecretString;
use url::Url;

pub use alert::{AlertKind, AlertSink};
pub use error::SettingsError;
use source::Found;

use crate::base::Lang;

/// The configuration file that is read when nobody names another.
pub const FILE: &str = "queqiao.toml";

/// Where the state lives when nobody says otherwise, below the working directory.
const DATA: &str = "queqiao-data";

/// The address that is served when nobody says otherwise: this machine only.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7100);

/// Days before a password expires from which on it is told, when nobody says otherwise: two weeks to get a new one.
const EXPIRY_WARNING: u64 = 14;
/// How long a question waits for a person when nobody says otherwise: time to be told, to come and to type, and less than systems
/// keep their login pages alive.
const ANSWER_WITHIN: Duration = Duration::from_secs(3 * 60);

/// What is logged when nobody says otherwise.
const LOG: &str = "queqiao=info,warn";

/// Runs at once when nobody says otherwise: browsers of some 300 MB each.
pub const RUNS_AT_ONCE: usize = 16;

/// Days that things are kept when nobody says otherwise: six months.
pub const KEEP_DAYS: u32 = 184;

/// What this process does of the bridge's work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Runs bots and serves the hub.
    #[default]
    Both,
    /// Runs bots and pushes what they read to the hub elsewhere.
    Runner,
    /// Serves the hub, runs no bot.
    Hub,
}

/// Everything an operator can set, checked, with the defaults filled in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of `bots/`, `selectors/` and `schedules/` (`root`; the working directory).
    pub root: PathBuf,
    /// The folder of the state: database, evidence (`data`; `queqiao-data`).
    pub data: PathBuf,
    /// Address of the database, which may hold a password (`store`); `None`: SQLite in `data`.
    pub store: Option<SecretString>,
    /// What the web server listens on (`listen`; 127.0.0.1:7100).
    pub listen: SocketAddr,
    /// The hub that records are pushed to, its path ending in `/` (`hub`); `None`: the hub in this process is the last.
    pub hub: Option<Url>,
    /// What this process does (`role`: `both`, `runner`, `hub`; `both`).
    pub role: Role,
    /// The file of secrets (`secrets`; `queqiao/secrets.toml` in `$XDG_CONFIG_HOME`, else in `~/.config`); `None` when
    /// neither is known.
    pub secrets: Option<PathBuf>,
    /// The file of the key that seals the secrets (`key`); `None`: beside the secrets. The variable `QUEQIAO_KEY` is no path but the
    /// key itself, which the vault takes.
    pub key: Option<PathBuf>,
    /// Days before a password expires from which on it is told (`expiry_warning`; 14).
    pub expiry_warning: u64,
    /// An operator's working-day calendar (`calendar`); `None`: the shipped one.
    pub calendar: Option<PathBuf>,
    /// The language of what people read (`lang`: `zh`, `en`; `zh`).
    pub lang: Lang,
    /// What is logged, as `tracing` filters are written (`log`; `queqiao=info,warn`).
    pub log: String,
    /// Base addresses that replace those in the selectors, by system, paths ending in `/` (`[bases]`).
    pub bases: BTreeMap<String, Url>,
    /// Runs at once in this process (`runs_at_once`; 16): each may have a browser.
    pub runs_at_once: usize,
    /// Days that ticks, runs, evidence and old readings are kept (`keep_days`; 184: logs are to be kept six months).
    pub keep_days: u32,
    /// How long a question of a bot waits for a person (`answer_within`: `30s`, `5m`; `3m`). Zero: nobody is asked in writing.
    pub answer_within: Duration,
    /// Where troubles are told (`[[alert]]`).
    pub alerts: Vec<AlertSink>,
    /// Where in the life of an entry this process stops until it is told to go on, as `BOT.EVENT.before` or `BOT.EVENT.after`
    /// (`hold_at`): for tests of what a process leaves behind that dies there.
    pub hold_at: Option<String>,
}

impl Settings {
    /// Reads the file `config`, or [`FILE`] in the working directory if there is one, and lays the environment over it.
    ///
    /// Paths in the file are relative to the file, paths in variables to the working directory. An empty variable is as
    /// good as none. `QUEQIAO_SECRET_…` and `QUEQIAO_KEY` belong to the vault, `QUEQIAO_FULL` to the tests; they are passed over.
    ///
    /// Errors: the first mistake found, with file or variable, key and what to do.
    pub fn load(
        config: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        let environment: BTreeMap<String, String> = environment.into_iter().collect();
        let mut found = Found::collect(config, &environment)?;
        let settings = Self {
            root: found.path("root")?.unwrap_or_else(|| PathBuf::from(".")),
            data: found.path("data")?.unwrap_or_else(|| PathBuf::from(DATA)),
            store: found.store("store")?,
            listen: found.parsed("listen", "write address:port, such as 127.0.0.1:7100")?.unwrap_or(LISTEN),
            hub: found.url("hub")?,
            role: found.one_of("role", &[("both", Role::Both), ("runner", Role::Runner), ("hub", Role::Hub)])?,
            secrets: found.path("secrets")?.or_else(|| default_secrets(&environment)),
            key: found.path("key")?,
            expiry_warning: found.parsed("expiry_warning", "write days, such as \"14\"")?.unwrap_or(EXPIRY_WARNING),
            calendar: found.path("calendar")?,
            lang: found.parsed("lang", "write zh or en")?.unwrap_or_default(),
            log: found.text("log")?.unwrap_or_else(|| LOG.to_owned()),
            bases: found.urls("bases")?,
            runs_at_once: found.number("runs_at_once", 1..=1_000)?.unwrap_or(RUNS_AT_ONCE),
            keep_days: found.number("keep_days", 1..=36_500)?.unwrap_or(KEEP_DAYS),
            answer_within: found.duration("answer_within")?.unwrap_or(ANSWER_WITHIN),
            alerts: alert::read(found.tables("alert")?)?,
            hold_at: found.text("hold_at")?,
        };
        match settings.role {
            Role::Runner if settings.hub.is_none() => Err(SettingsError::RunnerWithoutHub),
            Role::Hub if settings.hub.is_some() => Err(SettingsError::HubWithHub),
            Role::Both | Role::Runner | Role::Hub => Ok(settings),
        }
    }
}

/// The variables of this process, for [`Settings::load`] and the vault. A variable that is not Unicode is left out.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn default_secrets(environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    // The XDG specification says that a relative $XDG_CONFIG_HOME is to be ignored.
    let folder = |name: &str| environment.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(config.join("queqiao/secrets.toml"))
}

#[cfg(test)]
mod tests;
