//! `queqiao run BOT`: one run now, with progress.

use std::{process::ExitCode, sync::Arc};

use anyhow::Context;

use super::{ask, entries::state, tell};
use crate::{
    app::{self, App, Wanted},
    base::{Clock, Lang, Message},
    record::Outcome,
    run::{EntryTally, Listener, Progress, RunOptions, RunReport},
    settings::Settings,
};

/// What `queqiao run` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The bot's name (its file in bots/ without .toml).
    bot: String,
    /// One JSON line on standard output at the end.
    #[arg(long)]
    json: bool,
    /// Shows the browser.
    #[arg(long)]
    headed: bool,
    /// Reads and maps everything, keeps and sends nothing.
    #[arg(long)]
    dry_run: bool,
    /// Opens every detail, whether its row has changed or not.
    #[arg(long)]
    full: bool,
    /// Takes what the system shows as right, however it differs from before: after a guard has stopped a run.
    #[arg(long)]
    accept: bool,
}

/// Runs one bot. Exit code 0 good, 2 incomplete, 3 needs a person, 1 failed.
pub(super) async fn run(arguments: &Arguments, settings: &Settings) -> anyhow::Result<ExitCode> {
    let lang = settings.lang;
    let adapters = app::load_adapters(settings)?;
    if !adapters.bots.contains_key(&arguments.bot) {
        let known: Vec<_> = adapters.bots.keys().map(String::as_str).collect();
        let message = Message::new("unknown-bot").with("bot", &arguments.bot).with("known", known.join(", "));
        return Ok(tell::failure(lang, &message.say(lang)));
    }
    let app = App::start(
        settings,
        adapters,
        Clock::system(),
        Wanted { installing: tell::installing(lang), schedules: None, web: false, people: ask::people(lang) },
    )
    .await?;
    let bridge = app.bridge.clone().context("this process is only a hub: `role` in queqiao.toml says so")?;
    let options = RunOptions {
        full: arguments.full,
        dry_run: arguments.dry_run,
        headed: arguments.headed,
        accept: arguments.accept,
        timeout: None,
    };
    let report = bridge.run(&arguments.bot, options, progress(lang)).await.context("the bot vanished")?;
    let delivered = app.deliver().await;
    app.stop().await;
    if arguments.json {
        tell::result(&serde_json::to_string(&report)?);
    } else {
        tell::result(&summary(lang, &report));
    }
    complain(lang, &report);
    delivered.context("the run is kept, but the hub did not take it; it will be sent again by itself")?;
    Ok(ExitCode::from(report.exit_code()))
}

/// Tells a person how a run goes on.
pub(super) fn progress(lang: Lang) -> Listener {
    Arc::new(move |progress| {
        let message = match progress {
            Progress::SigningIn => Message::new("progress-signing-in"),
            Progress::SignedIn => Message::new("progress-signed-in"),
            Progress::Rows { read, total: Some(total) } => {
                Message::new("progress-rows-of").with("read", read).with("total", total)
            }
            Progress::Rows { read, total: None } => Message::new("progress-rows").with("read", read),
            Progress::Details { done, needed } => {
                Message::new("progress-details").with("done", done).with("needed", needed)
            }
            Progress::Entries { done } => Message::new("progress-entries").with("done", done),
        };
        tell::say(lang, &message);
    })
}

/// A run in one line for people.
pub(super) fn summary(lang: Lang, report: &RunReport) -> String {
    let reading = &report.reading;
    let outcome = Message::new(match reading.outcome {
        Outcome::Good => "outcome-good",
        Outcome::Incomplete => "outcome-incomplete",
        Outcome::NeedsPerson => "outcome-needs-person",
        Outcome::Failed => "outcome-failed",
    });
    if let Some(entries) = &report.entries {
        return entered(report, outcome.say(lang), entries).say(lang);
    }
    let stated = reading.stated_total.map_or_else(|| "–".to_owned(), |total| total.to_string());
    Message::new("run-summary")
        .with("bot", &reading.bot)
        .with("outcome", outcome.say(lang))
        .with("rows", reading.rows_read)
        .with("stated", stated)
        .with("changed", reading.changed)
        .with("quarantined", reading.quarantined)
        .with("seconds", format!("{:.1}", reading.seconds))
        .say(lang)
}

/// The same for a bot that enters.
fn entered(report: &RunReport, outcome: String, entries: &EntryTally) -> Message {
    Message::new("enter-summary")
        .with("bot", &report.reading.bot)
        .with("outcome", outcome)
        .with("taken", entries.taken)
        .with("verified", entries.verified)
        .with("refused", entries.refused)
        .with("conflict", entries.conflict)
        .with("waiting", entries.waiting)
        .with("unknown", entries.unknown)
        .with("later", entries.later)
        .with("seconds", format!("{:.1}", report.reading.seconds))
}

/// Says what was wrong, and where the pages are that show it.
pub(super) fn complain(lang: Lang, report: &RunReport) {
    if let Some(reason) = &report.reading.reason {
        tell::say(lang, &Message::new("run-reason").with("reason", reason));
    }
    if report.reading.reread > 0 {
        tell::say(lang, &Message::new("run-reread").with("reread", report.reading.reread));
    }
    for warning in &report.reading.warnings {
        tell::say(lang, &Message::new("run-warning").with("warning", warning));
    }
    for row in &report.quarantined_rows {
        let message = Message::new("run-quarantined");
        tell::say(lang, &message.with("no", &row.source_no).with("field", &row.field).with("reason", &row.reason));
    }
    let entries = report.entries.as_ref();
    for told in entries.iter().flat_map(|entries| &entries.told) {
        let words = told.field.as_ref().map_or_else(|| told.words.clone(), |field| format!("{field}: {}", told.words));
        let message = Message::new("entry-told").with("entry", told.entry).with("origin", &told.origin);
        tell::say(lang, &message.with("state", state(lang, &told.state)).with("words", words));
    }
    if let Some(entries) = entries.filter(|entries| !entries.tried.is_empty()) {
        tell::say(lang, &Message::new("enter-dry"));
        for tried in &entries.tried {
            for (field, shown) in &tried.fields {
                let message = Message::new("entry-tried").with("origin", &tried.origin).with("field", field);
                tell::say(lang, &message.with("shown", shown));
            }
        }
    }
    for page in &report.evidence {
        tell::say(lang, &Message::new("run-evidence").with("page", page));
    }
}
