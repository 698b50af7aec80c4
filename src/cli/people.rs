//! `queqiao people`: what waits for a person, and a person's answer.

use std::process::ExitCode;

use comfy_table::{Table, presets::NOTHING};
use serde_json::{Value, json};

use super::{
    entries::{self, person, when},
    tell,
};
use crate::{
    app::look_into_store,
    base::{Clock, Lang, Message},
    run::{Waiting, waiting},
    settings::Settings,
    store::{Answered, Entry, Store, Task, TaskState},
};

/// What `queqiao people` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A question of a bot: shows where its picture is kept.
    id: Option<i64>,
    /// The answer to it.
    #[arg(long, requires = "id")]
    answer: Option<String>,
    /// JSON, one line for each.
    #[arg(long)]
    json: bool,
}

/// Shows what waits for a person, or answers a question. Exit code 3 when something waits, 1 when an answer came too late.
pub(super) async fn people(arguments: &Arguments, settings: &Settings) -> anyhow::Result<ExitCode> {
    let (store, lang) = (look_into_store(settings).await?, settings.lang);
    if let (Some(id), Some(words)) = (arguments.id, &arguments.answer) {
        return answer(&store, lang, id, words).await;
    }
    let all = waiting(&store, Clock::system().now()).await?;
    let (mut questions, mut rest): (Vec<Task>, Vec<Entry>) = Default::default();
    for one in all {
        match one {
            Waiting::Question(task) if arguments.id.is_none_or(|id| id == task.id) => questions.push(*task),
            Waiting::Entry(entry) if arguments.id.is_none() => rest.push(*entry),
            Waiting::Question(_) | Waiting::Entry(_) => {}
        }
    }
    if let (Some(id), true) = (arguments.id, questions.is_empty()) {
        let message = match store.task(id, Clock::system().now()).await? {
            Some(task) => late(id, task.state),
            None => Message::new("people-unknown").with("id", id),
        };
        return Ok(tell::failure(lang, &message.say(lang)));
    }
    if arguments.json {
        questions.iter().for_each(|task| tell::result(&line(task).to_string()));
        entries::show(lang, &rest, true);
    } else {
        show(lang, settings, &questions, &rest);
    }
    Ok(if questions.is_empty() && rest.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

async fn answer(store: &Store, lang: Lang, id: i64, words: &str) -> anyhow::Result<ExitCode> {
    let words = words.trim();
    if words.is_empty() {
        return Ok(tell::failure(lang, &Message::new("people-empty").say(lang)));
    }
    match store.answer_person(id, words, &person(), Clock::system().now()).await? {
        Answered::Counts => {
            tell::result(&Message::new("people-answered").with("id", id).say(lang));
            Ok(ExitCode::SUCCESS)
        }
        Answered::Late(state) => Ok(tell::failure(lang, &late(id, state).say(lang))),
        Answered::NoTask => Ok(tell::failure(lang, &Message::new("people-unknown").with("id", id).say(lang))),
    }
}

fn late(id: i64, state: TaskState) -> Message {
    let message = match state {
        TaskState::Open | TaskState::Answered => Message::new("people-late-answered"),
        TaskState::Expired => Message::new("people-late-expired"),
        TaskState::Withdrawn => Message::new("people-late-withdrawn"),
    };
    message.with("id", id)
}

fn show(lang: Lang, settings: &Settings, questions: &[Task], rest: &[Entry]) {
    if questions.is_empty() && rest.is_empty() {
        tell::result(&Message::new("people-nobody").say(lang));
        return;
    }
    if !questions.is_empty() {
        let mut table = Table::new();
        table.load_style(NOTHING);
        let heads = ["people-id", "people-system", "people-wanted", "people-until", "people-picture"];
        table.set_header(heads.map(|head| Message::new(head).say(lang)));
        for Task { id, ask, .. } in questions {
            let kept = settings.data.join("evidence").join(&ask.run).join("question.png");
            let wanted = Message::new(wanted(&ask.kind)).say(lang);
            table.add_row([
                id.to_string(),
                format!("{}/{}", ask.system, ask.account),
                format!("{wanted} ({})", ask.field),
                when(ask.deadline),
                kept.display().to_string(),
            ]);
        }
        tell::result(&table.to_string());
        tell::say(lang, &Message::new("people-how-question"));
    }
    if !rest.is_empty() {
        entries::show(lang, rest, false);
        tell::say(lang, &Message::new("people-how"));
    }
}

/// What a question wants, as people call it.
fn wanted(kind: &str) -> &'static str {
    match kind {
        "code" => "people-kind-code",
        "decision" => "people-kind-decision",
        _ => "people-kind-captcha",
    }
}

fn line(task: &Task) -> Value {
    let Task { id, ask, .. } = task;
    json!({
        "task": id, "kind": ask.kind, "system": ask.system, "bot": ask.bot, "run": ask.run, "account": ask.account,
        "entry": ask.entry, "field": ask.field, "created_at": task.created_at, "deadline": ask.deadline,
    })
}
