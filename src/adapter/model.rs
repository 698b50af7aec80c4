//! What the three kinds of file say, once checked: every name resolves, every locator and expression compiles.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use url::Url;

use super::{Candidates, CodeLists, Enter, Expression, Page, Schedule, Template};
use crate::calendar::{Hours, Window};

/// All adapters of one root folder.
#[derive(Debug, Default)]
pub struct Adapters {
    /// Systems by name (`selectors/NAME.toml`).
    pub systems: BTreeMap<String, System>,
    /// Bots by name (`bots/NAME.toml`).
    pub bots: BTreeMap<String, Bot>,
    /// Every `[[schedule]]` of every file, in the order of file names and lines.
    pub schedules: Vec<Schedule>,
    /// The folder that holds them, for files that people put there.
    pub root: PathBuf,
}

/// Where things are in one system.
#[derive(Debug)]
pub struct System {
    /// The file's name without `.toml`.
    pub name: String,
    /// 系统名称.
    pub title: String,
    /// The department that owns it.
    pub owner: String,
    /// The network it stands in.
    pub zone: Option<String>,
    /// Address that paths are relative to; ends with `/`.
    pub base: Url,
    /// What its pages are encoded in where their bytes leave it open: a label of the WHATWG encoding standard.
    pub charset: Option<String>,
    /// Limits for all bots of this system together.
    pub limits: Limits,
    /// Hours of the day, in the district's zone, in which no schedule disturbs it.
    pub quiet: Option<Hours>,
    /// When it is shut: no schedule disturbs it then.
    pub maintenance: Vec<Window>,
    /// What its accounts allow.
    pub account: AccountRules,
    /// How a page tells who we are.
    pub signs: Signs,
    /// Headers that the lent session carries, by name; values may use `storage.KEY` (local storage, then session storage).
    pub lend: BTreeMap<String, Template>,
    /// Pages by name.
    pub pages: BTreeMap<String, Page>,
    /// Hash of the file, 12 hex digits.
    pub version: String,
}

/// How much a system may be asked to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Requests in flight at once.
    pub concurrency: usize,
    /// Requests started per second.
    pub requests_per_second: u32,
    /// Pages that one browser opens before a fresh one takes its session over.
    pub browser_pages: u32,
    /// Most time for one answer.
    pub answer: Duration,
}

/// How long an answer may take unless the adapter says otherwise: beyond it the system is stuck, not slow.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// Pages of one browser unless the adapter says otherwise: pages that leak are never open for long.
const BROWSER_PAGES: u32 = 1_000;

impl Default for Limits {
    /// Gentle: what a clerk with a few tabs would cause.
    fn default() -> Self {
        Self { concurrency: 4, requests_per_second: 20, browser_pages: BROWSER_PAGES, answer: ANSWER_WITHIN }
    }
}

/// Whether a second login ends the first session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sessions {
    /// It does.
    #[default]
    One,
    /// It does not.
    Many,
}

/// What the accounts of a system allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountRules {
    /// Whether a second login kicks the first.
    pub sessions: Sessions,
    /// After this many failed logins the account stays untouched until its secret changes.
    pub failed_logins: u32,
    /// How long the bot stays away after someone else has signed in with its account.
    pub back_off: Duration,
}

/// How long a bot stays away from an account that someone else is using, unless the adapter says otherwise: long enough for a
/// clerk to finish a case.
const BACK_OFF: Duration = Duration::from_secs(600);

impl Default for AccountRules {
    fn default() -> Self {
        Self { sessions: Sessions::One, failed_logins: 1, back_off: BACK_OFF }
    }
}

/// How a page tells who we are. An absent sign never matches.
#[derive(Debug, Default)]
pub struct Signs {
    /// Seen only while signed in.
    pub signed_in: Option<Candidates>,
    /// Seen where a session has ended or never was; also on answers that should have been data.
    pub signed_out: Option<Candidates>,
    /// Seen after someone else signed in with this account.
    pub kicked: Option<Candidates>,
    /// Seen while the system wants to be left alone.
    pub busy: Option<Candidates>,
}

/// What to do with one system.
#[derive(Debug)]
pub struct Bot {
    /// The file's name without `.toml`.
    pub name: String,
    /// 名称.
    pub title: String,
    /// Name of the system.
    pub system: String,
    /// Name of the account in the vault.
    pub account: Option<String>,
    /// How to sign in.
    pub sign_in: SignIn,
    /// The steps of [`SignIn::Steps`].
    pub login: Vec<Step>,
    /// What it does there.
    pub work: Work,
    /// Unified field → expression over `list.…` and `detail.…`.
    pub case: BTreeMap<String, Expression>,
    /// How a row of `collect.events` becomes a step of the case's process.
    pub event: Option<EventFields>,
    /// Code lists.
    pub codes: CodeLists,
    /// The tests inside the file.
    pub tests: Vec<SavedTest>,
    /// Hash of the bot's and its system's files, 12 hex digits.
    pub version: String,
}

/// What a bot does.
#[derive(Debug)]
pub enum Work {
    /// It reads cases.
    Collect(Box<Collect>),
    /// It enters them.
    Enter(Box<Enter>),
}

impl Bot {
    /// What it reads, where it reads cases.
    pub fn collect(&self) -> Option<&Collect> {
        match &self.work {
            Work::Collect(collect) => Some(collect),
            Work::Enter(_) => None,
        }
    }

    /// What it reads.
    ///
    /// # Panics
    /// For a bot that enters cases: whoever asks has made sure that this one reads them.
    pub fn reading(&self) -> &Collect {
        self.collect().expect("a bot that reads cases")
    }

    /// What it enters, where it does.
    pub fn enter(&self) -> Option<&Enter> {
        match &self.work {
            Work::Collect(_) => None,
            Work::Enter(enter) => Some(enter),
        }
    }

    /// The names of all pages that are read, whichever way is quickest.
    pub fn pages(&self) -> Vec<&str> {
        match &self.work {
            Work::Collect(collect) => collect.pages().collect(),
            Work::Enter(enter) => enter.read_pages().collect(),
        }
    }
}

/// How a bot signs in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignIn {
    /// The system wants none.
    #[default]
    Nothing,
    /// In the browser, by steps.
    Steps,
    /// HTTP Basic: `username` and `password` of the account.
    Basic,
    /// A client certificate: `certificate`, `key` and, for the system's own, `authority` of the account, in PEM.
    Certificate,
    /// A session that a person lends: `cookie` of the account, or what `[lend]` takes from it.
    Lent,
}

impl SignIn {
    /// Whether a browser opens anyway, so that it can show whether plain HTTP reads the same.
    pub fn opens_browser(self) -> bool {
        match self {
            Self::Nothing | Self::Steps => true,
            Self::Basic | Self::Certificate | Self::Lent => false,
        }
    }
}

/// How a row of the process becomes an event.
#[derive(Debug)]
pub struct EventFields {
    /// What was done.
    pub name: Expression,
    /// When.
    pub time: Expression,
    /// By whom.
    pub actor: Option<Expression>,
    /// With what words.
    pub note: Option<Expression>,
}

/// What a person is asked: shown the picture of one thing, and to type into another.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What takes the answer.
    pub answer: String,
    /// What is shown.
    pub picture: String,
    /// What is wanted.
    pub kind: AskKind,
    /// How long an answer may take; `None`: as long as the bridge's setting allows.
    pub within: Option<Duration>,
}

/// What a person has to give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AskKind {
    /// What a picture says.
    #[default]
    Captcha,
    /// A code that came by phone.
    Code,
    /// What only a person may decide.
    Decision,
}

impl AskKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Captcha, Self::Code, Self::Decision];

    /// The word that adapters and tasks say.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Captcha => "captcha",
            Self::Code => "code",
            Self::Decision => "decision",
        }
    }
}

/// One step of a login.
#[derive(Debug)]
pub enum Step {
    /// `{ open = "page" }`
    Open(String),
    /// `{ fill = { at = "template" } }`: things of the page opened last; templates may use `secret.FIELD`.
    Fill(Vec<(String, Template)>),
    /// `{ click = "at" }`
    Click(String),
    /// `{ ask = { answer = "captcha" } }`
    Ask(Ask),
    /// `{ accept = "words" }`: a dialog that says these words is accepted.
    Accept(String),
}

/// What a collect-bot reads.
#[derive(Debug)]
pub struct Collect {
    /// Name of the list page.
    pub list: String,
    /// Name of the detail page.
    pub detail: Option<String>,
    /// Names of further pages of one record.
    pub also: Vec<String>,
    /// Name of the page that lists a record's process.
    pub events: Option<String>,
    /// The record's key: an expression over `list.…`.
    pub key: Expression,
    /// What on its pages is the record's key again: a detail that shows another one is that of another record.
    pub same: Option<Expression>,
    /// The detail is opened again only when one of these (over `list.…`) differs; empty means: when any field of the row differs.
    pub changed: Vec<Expression>,
    /// The fields of the list of which the case is made: what the list itself shows of it is never passed over.
    pub shown: Vec<String>,
    /// Whether the pages about every record are opened in every run: `changed = "always"`.
    pub always: bool,
    /// The share of the known records, in percent, whose pages are read again in each run, those first that were not read for longest.
    pub reread_percent: f64,
    /// The list begins with what changed last: reading ends where nothing is new.
    pub newest_first: bool,
    /// The files of `Page::files` are downloaded and hashed.
    pub attachments: bool,
    /// What a good reading looks like.
    pub expect: Expect,
}

impl Collect {
    /// The names of all pages that are read.
    pub fn pages(&self) -> impl Iterator<Item = &str> {
        [self.list.as_str()].into_iter().chain(self.about())
    }

    /// The names of the pages about one record.
    pub fn about(&self) -> impl Iterator<Item = &str> {
        self.detail.iter().chain(&self.also).chain(&self.events).map(String::as_str)
    }
}

/// What a good reading looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expect {
    /// Fewest rows.
    pub least_rows: u64,
    /// Most rows.
    pub most_rows: Option<u64>,
    /// Rows that may be missing against the stated total, in percent of it.
    pub missing_percent: f64,
    /// Rows by which a list may fall against a good reading, in percent of it.
    pub fall_percent: f64,
    /// New or changed records that may not be mapped, in percent of them.
    pub quarantined_percent: f64,
}

impl Default for Expect {
    fn default() -> Self {
        Self { least_rows: 0, most_rows: None, missing_percent: 0.0, fall_percent: 30.0, quarantined_percent: 10.0 }
    }
}

/// A saved page and what must be read from it.
#[derive(Debug)]
pub struct SavedTest {
    /// The page's name.
    pub page: String,
    /// The saved page's file, relative to the root.
    pub saved: PathBuf,
    /// How many rows must be read.
    pub rows: Option<usize>,
    /// The total that must be read.
    pub total: Option<u64>,
    /// Fields of the first row (or of the page, where it is no list).
    pub first: BTreeMap<String, String>,
    /// Fields of the last row.
    pub last: BTreeMap<String, String>,
    /// The line of the test in the bot's file, from 1.
    pub line: usize,
}
