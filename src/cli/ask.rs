//! Asking the person at the terminal.

use std::{
    io::{self, BufRead, IsTerminal},
    sync::Arc,
};

use futures::future::BoxFuture;
use tokio::sync::{Mutex, mpsc};

use super::tell;
use crate::{
    base::{Lang, Message},
    run::{Nobody, People, Question},
};

/// Whoever sits at the terminal; nobody where standard input is none.
pub(super) fn people(lang: Lang) -> Arc<dyn People> {
    if !io::stdin().is_terminal() {
        return Arc::new(Nobody);
    }
    Arc::new(Terminal { lang, lines: Mutex::new(None) })
}

struct Terminal {
    lang: Lang,
    /// What is typed, from the first question on: a process in the background must not read before.
    lines: Mutex<Option<mpsc::UnboundedReceiver<String>>>,
}

/// Reads on a thread of its own, which nobody waits for at the end: it stands in a read that only a key ends.
fn typed() -> mpsc::UnboundedReceiver<String> {
    let (typed, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if typed.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

impl People for Terminal {
    fn ask(&self, question: Question) -> BoxFuture<'_, Option<String>> {
        let message = Message::new("ask-picture").with("system", question.system).with("field", question.field);
        Box::pin(async move {
            let mut lines = self.lines.lock().await;
            let lines = lines.get_or_insert_with(typed);
            // What was typed before is no answer to this.
            while lines.try_recv().is_ok() {}
            tell::say(self.lang, &message.with("picture", question.kept.display()));
            // An empty line is no answer.
            lines.recv().await.filter(|line| !line.trim().is_empty())
        })
    }
}
