//! What can end a run, classified once.

mod classes;

pub use classes::About;

use super::Guard;
use crate::{extract::ExtractError, store::StoreError, transport::TransportError, vault::VaultError};

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The browser or the network failed.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A page was not as the adapter says.
    #[error("page `{page}` of {system}: {source}")]
    Extract {
        /// The system.
        system: String,
        /// The page's name in the adapter.
        page: String,
        /// What did not fit.
        source: Box<ExtractError>,
    },
    /// Details that could not be read; all others were, and are kept.
    #[error("{count} details could not be read; the first is that of {key}: {source}")]
    Details {
        /// How many.
        count: usize,
        /// The first one's key.
        key: String,
        /// What was wrong with it.
        source: Box<RunError>,
    },
    /// The runner's own store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The secret is missing or unreadable. That is no wrong password: the account stays as it is.
    #[error(transparent)]
    Vault(Box<VaultError>),
    /// An address or template of the adapter has no value here.
    #[error("page `{page}` of {system}: {why}")]
    Address {
        /// The system.
        system: String,
        /// The page's name in the adapter.
        page: String,
        /// What is missing.
        why: String,
    },
    /// The system refused the login, in its own words.
    #[error(
        "{system} refused to sign account `{account}` in: \"{words}\". The account is frozen so that it is not locked; \
         type `queqiao secret set {account}` with the right password and the bot will try again"
    )]
    LoginRefused {
        /// The system.
        system: String,
        /// The account's name in the vault.
        account: String,
        /// What the page said.
        words: String,
    },
    /// After the login steps, no sign told whether it worked.
    #[error(
        "after the login steps {system} shows neither its `signed_in` sign nor an error, so nobody knows whether account \
         `{account}` was signed in. Look at the kept page, and mend the adapter's signs if it shows one"
    )]
    LoginUnclear {
        /// The system.
        system: String,
        /// The account's name in the vault.
        account: String,
    },
    /// The account's budget of failed logins is used up.
    #[error(
        "account `{account}` is frozen since {since}: {why}. Nothing was sent. It thaws when any of its secrets changes: \
         `queqiao secret set {account} password`, or, where a look at the account shows that it works, \
         `queqiao secret set {account} checked` with any word"
    )]
    Frozen {
        /// The account's name in the vault.
        account: String,
        /// Since when, RFC 3339.
        since: String,
        /// Why.
        why: String,
    },
    /// The session ended while pages were read.
    #[error("{system} ended the session while pages were read")]
    SessionLost {
        /// The system.
        system: String,
    },
    /// Someone else signed in with the bot's account.
    #[error(
        "{system} says \"{words}\": someone uses the bot's account. The bot stays away until {until} (`account.back_off`)"
    )]
    Kicked {
        /// The system.
        system: String,
        /// What the page said.
        words: String,
        /// Until when, district time.
        until: String,
    },
    /// Someone else signed in with the bot's account a while ago.
    #[error(
        "someone uses the bot's account: {system} said \"{words}\". The bot stays away until {until}; nothing was sent"
    )]
    Away {
        /// The system.
        system: String,
        /// What the page said.
        words: String,
        /// Until when, district time.
        until: String,
    },
    /// Another process uses the account, of a system that allows one session.
    #[error(
        "account `{account}` is used by another process (worker {worker}, at least until {until}); nothing was sent"
    )]
    AccountHeld {
        /// The account's name in the vault.
        account: String,
        /// That process, by the name of its data folder.
        worker: String,
        /// Until when, district time.
        until: String,
    },
    /// What was read can't be believed.
    #[error("page `{page}` of {system}: {guard}. Nothing of it was published: look at the kept page and mend the adapter{}", accept(.bot, .guard))]
    Guard {
        /// The system.
        system: String,
        /// The page's name in the adapter.
        page: String,
        /// The bot.
        bot: String,
        /// What is wrong.
        guard: Box<Guard>,
    },
    /// A page ends in the middle.
    #[error("page `{page}` of {system} breaks off in the middle. Figures are stale until it comes whole")]
    BreaksOff {
        /// The system.
        system: String,
        /// The page's name in the adapter.
        page: String,
    },
    /// A page about one record that is not that record's.
    #[error(
        "page `{page}` of {system} for {key} {why}. It was not kept and is opened again at the next tick; if the system is right as \
         it is, take it with `queqiao run {bot} --accept`"
    )]
    Stranger {
        /// The system.
        system: String,
        /// The page's name in the adapter.
        page: String,
        /// The record's key.
        key: String,
        /// The bot.
        bot: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The system wants to be left alone.
    #[error("{system} says \"{words}\". The bot comes back at its next tick")]
    Busy {
        /// The system.
        system: String,
        /// What the page said.
        words: String,
    },
    /// The answer is an error page.
    #[error("{system} answered page `{page}` with HTTP {status}")]
    Status {
        /// The system.
        system: String,
        /// The page's name in the adapter.
        page: String,
        /// The HTTP status.
        status: u16,
    },
    /// The browser did not come to an end with a page.
    #[error("page `{page}` of {system} kept the browser busy for {seconds} s and was given up")]
    Hangs {
        /// The system.
        system: String,
        /// The page's name in the adapter.
        page: String,
        /// The limit in seconds.
        seconds: u64,
    },
    /// A page opened a dialog that the adapter says nothing of.
    #[error(
        "page `{page}` of {system} opened a dialog: \"{words}\". If that is harmless, say so with a step {{ accept = \"…\" }}; \
         if it means that the system is busy, add its words to the signs"
    )]
    Dialog {
        /// The system.
        system: String,
        /// The page's name in the adapter.
        page: String,
        /// What the dialog said.
        words: String,
    },
    /// A list that is scrolled was not read to its end.
    #[error(
        "page `{page}` of {system}: the list is to be scrolled, but {why}. Look how it scrolls, or read it in another way"
    )]
    Unscrolled {
        /// The system.
        system: String,
        /// The page's name in the adapter.
        page: String,
        /// What was seen.
        why: String,
    },
    /// What was pressed brought nothing.
    #[error("page `{page}` of {system}: what the adapter presses {why}. Look whether the page has changed")]
    Stuck {
        /// The system.
        system: String,
        /// The page's name in the adapter.
        page: String,
        /// What did not happen.
        why: &'static str,
    },
    /// No file is there to be read.
    #[error("{system} is read from a file, and none fits {pattern}. Whoever exports it has to put it there")]
    NoFile {
        /// The system.
        system: String,
        /// The files that were looked for.
        pattern: String,
    },
    /// A person was asked and nobody answered.
    #[error(
        "{system} asked what only a person can answer (the picture is kept as {kept}), and nobody did in time. The next run asks again: \
         answer it on the page /people, with `queqiao people`, or at the terminal that runs the bot; or let the system's owner exempt \
         its account"
    )]
    NobodyAnswered {
        /// The system.
        system: String,
        /// Where the picture is.
        kept: String,
    },
    /// The answer to the login's picture was wrong; the password was not judged.
    #[error("{system} says \"{words}\": the picture at its login was misread. The next run asks again")]
    Misread {
        /// The system.
        system: String,
        /// What the page said.
        words: String,
    },
    /// The session that a person lent has ended.
    #[error(
        "the session that was lent for account `{account}` of {system} has ended. Sign in there and hand the new session over: \
         `queqiao secret set {account} cookie`"
    )]
    LentOver {
        /// The system.
        system: String,
        /// The account's name in the vault.
        account: String,
    },
    /// Rows went away while the list was read, each time.
    #[error(
        "the list of {system} lost rows each time it was read, so some may have been missed. Figures are stale until it rests"
    )]
    Moving {
        /// The system.
        system: String,
    },
    /// One day has more rows than the system shows.
    #[error(
        "{system} shows at most {most} rows of a question, and {day} alone has as many. Rows are missing: ask for fewer, with a filter"
    )]
    TooDense {
        /// The system.
        system: String,
        /// The day.
        day: String,
        /// Rows shown.
        most: u64,
    },
    /// The list did not come to an end within the limit.
    #[error("the list of {system} has more than {limit} pages. Ask for more rows a page in the adapter's `path`")]
    TooManyPages {
        /// The system.
        system: String,
        /// The limit.
        limit: u64,
    },
    /// Two readings of the list did not give what the system itself states.
    #[error("{system} states {stated} cases, but {read} could be read. Figures are stale until both agree")]
    Missing {
        /// The system.
        system: String,
        /// The system's own total.
        stated: u64,
        /// Distinct rows read.
        read: u64,
    },
    /// The list has fewer or more rows than the bot expects.
    #[error("{system} shows {read} rows, outside of the bot's `expect.rows`. Nothing was published")]
    Unexpected {
        /// The system.
        system: String,
        /// Distinct rows read.
        read: u64,
    },
    /// The run took longer than its schedule allows.
    #[error(
        "the run was ended after {seconds} s, as its schedule's `timeout` says; what it kept stays, the next run goes on"
    )]
    TooLong {
        /// The limit in seconds.
        seconds: u64,
    },
    /// An entry can't be worked on as it stands.
    #[error("entry {entry}: {why}")]
    Entry {
        /// The entry's number.
        entry: i64,
        /// What is wrong with it.
        why: String,
    },
    /// What the bot has sent stands in the target as something else, or can't be read there: nothing more is sent.
    #[error(
        "{waiting} entries are not sent, because entry {entry} is not cleared up: {why}. What the bot sent before it may be wrong as          well: look at it with `queqiao entries {entry}`, mend the bot if it enters or reads something wrong, and decide about that entry"
    )]
    HeldBack {
        /// The entry that has to be cleared up.
        entry: i64,
        /// What is wrong with it.
        why: &'static str,
        /// How many are due and wait.
        waiting: u64,
    },
    /// The look-up can't tell that something is missing.
    #[error(
        "the look-up of {system} (page `{page}`) proves nothing, so nothing was sent: {why}. Entries stay where they are: look whether \
         the page has changed or its search is down, and mend the adapter"
    )]
    LookUp {
        /// The system.
        system: String,
        /// The page's name in the adapter.
        page: String,
        /// What was expected, and what was seen.
        why: String,
    },
    /// The target's own number can't be told.
    #[error("`receipt` of [enter.find] can't be worked out: {why}")]
    Receipt {
        /// What is wrong.
        why: String,
    },
    /// The ledger does not know such a move: a mistake of this program.
    #[error("{0}. Please report this with the log")]
    Ledger(#[from] crate::ledger::Illegal),
    /// A part of the program broke.
    #[error("a task of the run broke off: {0}. Please report this with the log")]
    Task(#[from] tokio::task::JoinError),
}

impl From<VaultError> for RunError {
    fn from(error: VaultError) -> Self {
        Self::Vault(Box::new(error))
    }
}

/// How a person says that the system is right, where that can be.
fn accept(bot: &str, guard: &Guard) -> String {
    if guard.acceptable() {
        format!("; if the system is right as it is, take it with `queqiao run {bot} --accept`")
    } else {
        String::new()
    }
}
