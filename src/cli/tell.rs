//! Where all words leave the program: results on standard output, everything else on standard error.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};

use crate::{
    app::Installing,
    base::{Lang, Message},
    host::Step,
};

/// A result: what a command was asked for.
pub(super) fn result(words: &str) {
    emit(&mut io::stdout().lock(), words);
}

/// A line for the person watching; kept out of the way of results.
pub(super) fn note(words: &str) {
    emit(&mut io::stderr().lock(), words);
}

fn emit(output: &mut dyn Write, words: &str) {
    // A reader that has gone (`queqiao check | head`) is no trouble of the command's.
    let _ = writeln!(output, "{words}");
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

/// Tells a person what is being installed, and that it is for once.
pub(super) fn installing(lang: Lang) -> Installing {
    Arc::new(move |step| {
        let message = match step {
            Step::Waiting => Message::new("installing-waiting"),
            Step::Updating => Message::new("installing-updating"),
            Step::Installing(packages) => Message::new("installing-packages").with("packages", packages.join(" ")),
        };
        say(lang, &message);
    })
}
