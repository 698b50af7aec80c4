//! Where all words leave the program: results on standard output, everything else on standard error.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the place that prints")]

use std::process::ExitCode;

use crate::base::{Lang, Message};

/// A result: what a command was asked for.
pub(super) fn result(words: &str) {
    println!("{words}");
}

/// A line for the person watching; kept out of the way of results.
pub(super) fn note(words: &str) {
    eprintln!("{words}");
}

/// Says a message to the person watching.
pub(super) fn say(lang: Lang, message: &Message) {
    note(&message.say(lang));
}

/// Why the command could not do its work. Exit code 1.
pub(super) fn failure(lang: Lang, why: &str) -> ExitCode {
    say(lang, &Message::new("failure").with("why", why));
    ExitCode::FAILURE
}
