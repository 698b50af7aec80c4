//! `queqiao entries`: the ledger, and a person's word in it.

mod life;

use std::process::ExitCode;

use chrono::{DateTime, Utc};
use chrono_tz::Asia::Shanghai;
use comfy_table::{Table, presets::NOTHING};
use serde_json::{Value, json};

use super::tell;
use crate::{
    app::look_into_store,
    base::{Clock, Lang, Message, chain},
    ledger::Decision,
    record::EntryState,
    run::{DecideError, Said, decide},
    settings::Settings,
    store::{Entry, EntryEvent, EntryQuery, Store},
};
use life::life;

/// Characters of what was said that a list shows: some systems tell a whole page, and a list is to be overlooked at a glance.
const WORDS_SHOWN: usize = 60;
/// Entries shown when nobody says how many.
const USUAL: u32 = 50;

/// What `queqiao entries` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// One entry: its life, with what was typed, said and compared.
    id: Option<i64>,
    /// Only those in this state (wanted, submitting, verified, refused, conflict, waiting, unknown …).
    #[arg(long)]
    state: Option<EntryState>,
    /// Only those into this system.
    #[arg(long)]
    system: Option<String>,
    /// Only those of this bot.
    #[arg(long)]
    bot: Option<String>,
    /// So many at most.
    #[arg(long, default_value_t = USUAL)]
    limit: u32,
    /// JSON, one line per entry.
    #[arg(long)]
    json: bool,
    /// You have looked: the target does not have it, and it is to be entered.
    #[arg(long, requires = "id", group = "decision")]
    enter: bool,
    /// You have looked: it stands in the target as it should.
    #[arg(long, requires = "id", group = "decision")]
    settled: bool,
    /// It is not to be entered.
    #[arg(long, requires = "id", group = "decision")]
    cancel: bool,
    /// It was cancelled, and is to be entered after all: the bot looks first whether the target has it.
    #[arg(long, requires = "id", group = "decision")]
    reopen: bool,
    /// With --settled: the number under which the target has it.
    #[arg(long, requires = "settled")]
    receipt: Option<String>,
    /// Why, for those who read it later.
    #[arg(long, requires = "decision")]
    because: Option<String>,
}

/// Shows entries, or takes a decision about one.
pub(super) async fn entries(arguments: &Arguments, settings: &Settings) -> anyhow::Result<ExitCode> {
    let store = look_into_store(settings).await?;
    if let (Some(id), Some(decision)) = (arguments.id, decision(arguments)) {
        return settle(&store, settings.lang, id, decision, arguments).await;
    }
    if let Some(id) = arguments.id {
        let Some(entry) = store.entry(id).await? else {
            return Ok(refusal(settings.lang, &DecideError::Missing { id }));
        };
        let events = store.entry_events(id).await?;
        tell::result(&if arguments.json {
            whole(&entry, &events).to_string()
        } else {
            life(settings.lang, &entry, &events)
        });
        return Ok(ExitCode::SUCCESS);
    }
    let query = EntryQuery {
        state: arguments.state.map(|state| state.word().to_owned()),
        target: arguments.system.clone(),
        bot: arguments.bot.clone(),
        limit: arguments.limit,
    };
    show(settings.lang, &store.entries(&query).await?, arguments.json);
    Ok(ExitCode::SUCCESS)
}

fn decision(arguments: &Arguments) -> Option<Decision> {
    let decided = [
        (arguments.enter, Decision::Enter),
        (arguments.settled, Decision::Settled),
        (arguments.cancel, Decision::Cancel),
        (arguments.reopen, Decision::Reopen),
    ];
    decided.into_iter().find(|(said, _)| *said).map(|(_, decision)| decision)
}

async fn settle(
    store: &Store,
    lang: Lang,
    id: i64,
    decision: Decision,
    arguments: &Arguments,
) -> anyhow::Result<ExitCode> {
    let person = person();
    let said = Said { person: &person, words: arguments.because.as_deref(), receipt: arguments.receipt.as_deref() };
    let entry = match decide(store, &Clock::system(), id, decision, said).await {
        Ok(entry) => entry,
        Err(refused) => return Ok(refusal(lang, &refused)),
    };
    let message = Message::new(match decision {
        Decision::Enter | Decision::Reopen => "entry-decided-enter",
        Decision::Settled => "entry-decided-settled",
        Decision::Cancel => "entry-decided-cancel",
    });
    let receipt = entry.receipt.as_deref().unwrap_or("–");
    let message = message.with("id", id).with("bot", &entry.wish.bot).with("receipt", receipt);
    tell::result(&message.with("state", state(lang, &entry.state)).say(lang));
    Ok(ExitCode::SUCCESS)
}

/// Why a decision was not taken, for whoever typed it. Exit code 1.
fn refusal(lang: Lang, error: &DecideError) -> ExitCode {
    let message = match error {
        DecideError::Missing { id } => Message::new("entry-missing").with("id", id),
        DecideError::Held { id } => Message::new("entry-held").with("id", id),
        DecideError::NoReceipt { id } => Message::new("entry-no-receipt").with("id", id),
        DecideError::Meaningless { id, state: here, fits } => {
            let fits: Vec<String> = fits.iter().map(|fit| state(lang, fit.word())).collect();
            let fits = fits.join(if lang == Lang::Zh { "、" } else { ", " });
            Message::new("entry-meaningless").with("id", id).with("state", state(lang, here.word())).with("fits", fits)
        }
        DecideError::Unknown(_) | DecideError::Store(_) => return tell::failure(lang, &chain(error)),
    };
    tell::failure(lang, &message.say(lang))
}

/// Who sits at the terminal.
pub(super) fn person() -> String {
    std::env::var("USER").unwrap_or_else(|_| "operator".to_owned())
}

/// Shows entries, one a line.
pub(super) fn show(lang: Lang, entries: &[Entry], as_json: bool) {
    if as_json {
        entries.iter().for_each(|entry| tell::result(&line(entry).to_string()));
        return;
    }
    if entries.is_empty() {
        tell::result(&Message::new("entries-none").say(lang));
        return;
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    let heads = [
        "entries-id",
        "entries-target",
        "entries-origin",
        "entries-state",
        "entries-receipt",
        "entries-changed",
        "entries-words",
    ];
    table.set_header(heads.map(|head| Message::new(head).say(lang)));
    for entry in entries {
        let words = match (&entry.field, &entry.words) {
            (Some(field), Some(words)) => format!("{field}: {words}"),
            (None, Some(words)) => words.clone(),
            (_, None) => String::new(),
        };
        table.add_row([
            entry.id.to_string(),
            entry.wish.target.clone(),
            format!("{}/{}", entry.wish.origin_system, entry.wish.origin_no),
            state(lang, &entry.state),
            entry.receipt.clone().unwrap_or_default(),
            when(entry.changed_at),
            beginning(&words),
        ]);
    }
    tell::result(&table.to_string());
}

/// The beginning of what is long; the entry's life has the whole.
fn beginning(words: &str) -> String {
    match words.char_indices().nth(WORDS_SHOWN) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words.to_owned(),
    }
}

pub(super) fn line(entry: &Entry) -> Value {
    json!({
        "id": entry.id, "system": entry.wish.target, "does": entry.wish.purpose, "bot": entry.wish.bot,
        "origin_system": entry.wish.origin_system, "origin_no": entry.wish.origin_no, "project_no": entry.wish.project_no,
        "state": entry.state, "receipt": entry.receipt, "field": entry.field, "words": entry.words,
        "changed_at": entry.changed_at, "due_at": entry.due_at,
    })
}

fn whole(entry: &Entry, events: &[EntryEvent]) -> Value {
    let event = |event: &EntryEvent| {
        let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
        json!({ "at": event.at, "event": event.event, "state": event.state, "worker": event.worker, "detail": detail })
    };
    let mut whole = line(entry);
    whole["events"] = events.iter().map(event).collect();
    whole
}

/// A state as a person calls it.
pub(super) fn state(lang: Lang, word: &str) -> String {
    match (lang, word.parse::<EntryState>()) {
        (Lang::Zh, Ok(state)) => state.title().to_owned(),
        (Lang::En, _) | (Lang::Zh, Err(_)) => word.replace('_', " "),
    }
}

pub(super) fn when(at: DateTime<Utc>) -> String {
    at.with_timezone(&Shanghai).format("%Y-%m-%d %H:%M:%S").to_string()
}
