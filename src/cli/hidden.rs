//! Typing that nobody sees.

use std::io::{self, BufRead, IsTerminal};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::SecretString;

use super::tell;

/// How a shell calls the end by Ctrl-C.
const INTERRUPTED: i32 = 130;

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // A terminal that has gone shows nothing anyway.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
        tell::note("");
    }
}

/// The next line of standard input; at a terminal it is asked for with `question`, and not shown. None at the end of the input.
pub(super) async fn line(question: &str) -> io::Result<Option<SecretString>> {
    let hidden = if io::stdin().is_terminal() {
        tell::note(question);
        Some(Hidden::begin()?)
    } else {
        None
    };
    let read = || io::stdin().lock().lines().next().transpose();
    let read = tokio::select! {
        read = tokio::task::spawn_blocking(read) => read.map_err(io::Error::other)?,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            drop(hidden);
            // The thread that reads can't be stopped: the process ends with it.
            std::process::exit(INTERRUPTED);
        }
    };
    drop(hidden);
    Ok(read?.map(SecretString::from))
}
