//! `queqiao test`: the tests inside the adapter files.

use std::process::ExitCode;

use super::tell;
use crate::{
    app,
    base::Message,
    run::{self, SavedOutcome},
    settings::Settings,
};

/// Runs the tests of these bots. Exit code 0 when all pass, 1 when one fails or a bot is unknown.
pub(super) fn test(settings: &Settings, bots: &[String]) -> anyhow::Result<ExitCode> {
    let adapters = app::load_adapters(settings)?;
    if let Some(unknown) = bots.iter().find(|bot| !adapters.bots.contains_key(*bot)) {
        let known: Vec<_> = adapters.bots.keys().map(String::as_str).collect();
        let message = Message::new("unknown-bot").with("bot", unknown).with("known", known.join(", "));
        return Ok(tell::failure(settings.lang, &message.say(settings.lang)));
    }
    let outcomes = run::run_saved(&settings.root, &adapters, bots);
    for outcome in &outcomes {
        tell::result(&line(outcome));
        for failure in &outcome.failures {
            tell::result(&format!("    {failure}"));
        }
    }
    let failed = outcomes.iter().filter(|outcome| !outcome.failures.is_empty()).count();
    tell::result(&format!("{} passed, {failed} failed", outcomes.len() - failed));
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn line(outcome: &SavedOutcome) -> String {
    let verdict = if outcome.failures.is_empty() { "ok    " } else { "FAILED" };
    format!("{verdict} bots/{}.toml:{} {}", outcome.bot, outcome.line, outcome.page)
}
