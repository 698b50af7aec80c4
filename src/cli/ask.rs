//! Asking the person at the terminal.

use std::{
    io::{self, BufRead, IsTerminal},
    sync::Arc,
};

use futures::future::BoxFuture;

use super::tell;
use crate::{
    base::{Lang, Message},
    run::{Nobody, People, Question},
};

/// Whoever sits at the terminal; nobody where standard input is none.
pub(super) fn people(lang: Lang) -> Arc<dyn People> {
    if io::stdin().is_terminal() { Arc::new(Terminal(lang)) } else { Arc::new(Nobody) }
}

struct Terminal(Lang);

impl People for Terminal {
    fn ask(&self, question: Question) -> BoxFuture<'_, Option<String>> {
        let message = Message::new("ask-picture").with("system", question.system).with("field", question.field);
        tell::say(self.0, &message.with("picture", question.kept.display()));
        // An empty line is no answer.
        let read = || io::stdin().lock().lines().next()?.ok().filter(|line| !line.trim().is_empty());
        Box::pin(async move { tokio::task::spawn_blocking(read).await.ok().flatten() })
    }
}
