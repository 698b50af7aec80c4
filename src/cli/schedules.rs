//! `queqiao schedules`: what will run and when, and a person's word in it.

use std::process::ExitCode;

use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::{Table, presets::NOTHING};
use serde_json::{Value, json};

use super::{entries::person, tell};
use crate::{
    app::look_into_store,
    base::{Clock, Lang, Message},
    queue::clock as shown,
    settings::Settings,
    store::{EngineRow, Paused, ScheduleRow, Store, TickQuery, TickRow},
};

/// An engine that was not heard of for so long is not running.
const SILENT: TimeDelta = TimeDelta::seconds(60);

/// What `queqiao schedules` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    word: Option<Word>,
    /// JSON, one line per schedule.
    #[arg(long)]
    json: bool,
}

/// What a person may say about a schedule.
#[derive(Debug, clap::Subcommand)]
enum Word {
    /// Its instants are skipped until it is resumed, and say by whom and why.
    Pause {
        /// The schedule's name.
        name: String,
        /// Why, for those who ask later.
        #[arg(long)]
        because: String,
    },
    /// It goes on. What was skipped stays skipped.
    Resume {
        /// The schedule's name.
        name: String,
    },
}

/// Shows schedules, or pauses or resumes one.
pub(super) async fn schedules(arguments: &Arguments, settings: &Settings) -> anyhow::Result<ExitCode> {
    let (store, lang) = (look_into_store(settings).await?, settings.lang);
    match &arguments.word {
        None => show(&store, lang, arguments.json).await,
        Some(Word::Pause { name, because }) => {
            if because.trim().is_empty() {
                return Ok(tell::failure(lang, &Message::new("schedule-because").say(lang)));
            }
            let paused = Paused { at: Clock::system().now(), by: person(), because: because.clone() };
            let known = store.pause_schedule(name, Some(&paused)).await?;
            said(&store, lang, known, "schedule-paused", name).await
        }
        Some(Word::Resume { name }) => {
            let known = store.pause_schedule(name, None).await?;
            said(&store, lang, known, "schedule-resumed", name).await
        }
    }
}

async fn said(store: &Store, lang: Lang, known: bool, done: &'static str, name: &str) -> anyhow::Result<ExitCode> {
    if known {
        tell::result(&Message::new(done).with("name", name).say(lang));
        return Ok(ExitCode::SUCCESS);
    }
    unknown(store, lang, name).await
}

/// Says that there is no such schedule, and which there are.
pub(super) async fn unknown(store: &Store, lang: Lang, name: &str) -> anyhow::Result<ExitCode> {
    let known: Vec<String> =
        store.schedules().await?.into_iter().filter(|row| row.gone.is_none()).map(|row| row.name).collect();
    let message = Message::new("schedule-unknown").with("name", name).with("known", known.join(", "));
    Ok(tell::failure(lang, &message.say(lang)))
}

async fn show(store: &Store, lang: Lang, as_json: bool) -> anyhow::Result<ExitCode> {
    let rows = store.schedules().await?;
    if rows.is_empty() {
        tell::result(&Message::new("schedules-none").say(lang));
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    let heads =
        ["schedules-name", "schedules-when", "schedules-bots", "schedules-next", "schedules-last", "schedules-state"];
    table.set_header(heads.map(|head| Message::new(head).say(lang)));
    for row in &rows {
        let query = TickQuery { schedule: Some(row.name.clone()), limit: 1, ..TickQuery::default() };
        let last = store.ticks(&query).await?.pop();
        if as_json {
            tell::result(&line(row, last.as_ref()).to_string());
            continue;
        }
        table.add_row([
            row.name.clone(),
            when(row, lang),
            texts(row, "bots").join(", "),
            row.next_due.map_or_else(|| "–".to_owned(), shown),
            last.map_or_else(|| "–".to_owned(), |tick| format!("{} {}", shown(tick.due), state(&tick.state, lang))),
            standing(row).say(lang),
        ]);
    }
    if !as_json {
        tell::result(&table.to_string());
        engines(&store.engines().await?, Clock::system().now(), lang);
    }
    Ok(ExitCode::SUCCESS)
}

/// Which engines are alive, and what they say of the files.
fn engines(engines: &[EngineRow], now: DateTime<Utc>, lang: Lang) {
    let alive: Vec<_> = engines.iter().filter(|one| one.ended.is_none() && now - one.beat < SILENT).collect();
    if alive.is_empty() {
        tell::say(lang, &Message::new("schedules-no-engine"));
    }
    for engine in alive {
        let message = Message::new("schedules-engine").with("worker", &engine.worker);
        tell::say(lang, &message.with("beat", shown(engine.beat)));
        if !engine.files.is_empty() {
            tell::say(lang, &Message::new("schedules-files").with("worker", &engine.worker));
            tell::note(&engine.files);
        }
    }
}

fn body(row: &ScheduleRow) -> Value {
    serde_json::from_str(&row.body).unwrap_or_default()
}

fn texts(row: &ScheduleRow, key: &str) -> Vec<String> {
    let body = body(row);
    let texts = body.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    texts.iter().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
}

fn when(row: &ScheduleRow, lang: Lang) -> String {
    let after = texts(row, "after");
    let cron = body(row).get("cron").and_then(Value::as_str).map(str::to_owned);
    let after = (!after.is_empty()).then(|| Message::new("schedules-after").with("bots", after.join(", ")).say(lang));
    cron.into_iter().chain(after).collect::<Vec<_>>().join("; ")
}

fn standing(row: &ScheduleRow) -> Message {
    match (&row.gone, &row.paused) {
        (Some(at), _) => Message::new("schedules-gone").with("at", shown(*at)),
        (None, Some(paused)) => Message::new("schedules-paused")
            .with("by", &paused.by)
            .with("at", shown(paused.at))
            .with("because", &paused.because),
        (None, None) => Message::new("schedules-active"),
    }
}

/// The end of a tick in words.
pub(super) fn state(word: &str, lang: Lang) -> String {
    let id = match word {
        "queued" => "tick-queued",
        "running" => "tick-running",
        "ran" => "tick-ran",
        "skipped" => "tick-skipped",
        "missed" => "tick-missed",
        _ => "tick-failed",
    };
    Message::new(id).say(lang)
}

fn line(row: &ScheduleRow, last: Option<&TickRow>) -> Value {
    json!({
        "name": row.name,
        "is": body(row),
        "next_due": row.next_due,
        "last": last.map(|tick| json!({ "due": tick.due, "state": tick.state })),
        "paused": row.paused.as_ref().map(|paused| json!({ "at": paused.at, "by": paused.by, "because": paused.because })),
        "gone": row.gone,
    })
}
