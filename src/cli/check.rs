//! `queqiao check`: every mistake of every adapter file at once.

use std::{io::IsTerminal, path::Path, process::ExitCode};

use super::tell;
use crate::{
    adapter::{Adapters, Report},
    base::{Lang, Message},
};

/// Checks the adapters below `root`. Exit code 0 when all is well, 1 with mistakes.
pub(super) fn check(root: &Path, lang: Lang) -> ExitCode {
    let (adapters, report) = Adapters::check(root);
    if report.has_errors() {
        return show(&report, lang);
    }
    if !report.mistakes.is_empty() {
        tell::result(report.render(lang, std::io::stdout().is_terminal()).trim_end());
    }
    let message = Message::new("check-clean")
        .with("systems", adapters.systems.len())
        .with("bots", adapters.bots.len())
        .with("schedules", adapters.schedules.len());
    tell::result(&message.say(lang));
    ExitCode::SUCCESS
}

/// Shows mistakes as a person wants to see them. Exit code 1.
pub(super) fn show(report: &Report, lang: Lang) -> ExitCode {
    tell::result(report.render(lang, std::io::stdout().is_terminal()).trim_end());
    tell::result(&Message::new("check-mistakes").with("count", report.mistakes.len()).say(lang));
    ExitCode::FAILURE
}
