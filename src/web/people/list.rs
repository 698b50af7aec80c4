//! What waits for a person, as the page and the API show it, and what an answer does.

use axum::http::StatusCode;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use serde::Serialize;

use super::super::{problem::Problem, state::App};
use crate::{
    base::{Clock, Message, chain},
    ledger::Decision,
    record::{Case, EntryState, mask_words},
    run::{self, DecideError, Said, Waiting},
    store::{Answered, Entry, Store, StoreError, Task, TaskState},
};

/// How long what has ended is shown: a shift.
const ENDED_SHOWN: TimeDelta = TimeDelta::hours(8);
/// How much of it.
const ENDED_MOST: u32 = 50;
/// Characters of an answer; more is no code and no decision.
const ANSWER_MOST: usize = 200;
/// How an entry's number begins among the tasks.
const ENTRY: &str = "entry-";

/// What waits for a person.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Item {
    /// Its number, for the answer: `17`, or `entry-5`.
    pub id: String,
    /// What is wanted: `captcha`, `code`, `decision`; `entry` for an entry with which only a person can go on.
    pub kind: String,
    /// The system that asks, or that is entered into.
    pub system: String,
    /// The bot.
    pub bot: String,
    /// The bot's account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The field that takes the answer; of an entry, the one that the words belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The picture to look at, PNG, base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Since when it waits.
    pub since: DateTime<FixedOffset>,
    /// Until when an answer is of use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<DateTime<FixedOffset>>,
    /// What happens if nobody answers: `run_ends`, `entry_later`, `looked_up`, `rests`.
    pub otherwise: &'static str,
    /// The entry's number in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<i64>,
    /// Where an entry stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// System and number of the record that is entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// 办件编号 of that record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_no: Option<String>,
    /// What the target said, or why a person is needed; people's names and numbers are masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The number that the target gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// What may be answered; nothing here: free text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<&'static str>,
}

/// What has ended lately.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Ended {
    /// Its number.
    pub id: String,
    /// What was wanted.
    pub kind: String,
    /// The system.
    pub system: String,
    /// The bot.
    pub bot: String,
    /// How it ended: `answered`, `expired` or `withdrawn`.
    pub state: &'static str,
    /// Who answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    pub at: Option<DateTime<FixedOffset>>,
}

/// What waits for people, and what has ended lately.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PeopleList {
    /// The bridge's clock.
    pub now: DateTime<FixedOffset>,
    /// The most urgent first.
    pub waiting: Vec<Item>,
    /// The last one first.
    pub ended: Vec<Ended>,
}

/// What a person answers.
#[derive(Clone, Debug, Default)]
pub struct Reply<'a> {
    /// The answer: a text, or what is decided.
    pub answer: &'a str,
    /// Who.
    pub person: &'a str,
    /// Of an entry that stands in the target: its number there.
    pub receipt: Option<&'a str>,
    /// Of a decision: why.
    pub because: Option<&'a str>,
}

/// The store of what waits for people.
///
/// # Errors
/// 404 where this process has none.
pub fn store(app: &App) -> Result<&Store, Problem> {
    app.store.as_ref().ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, Message::new("web-people-none")))
}

/// All of it, as it stands now.
pub async fn list(app: &App) -> Result<PeopleList, Problem> {
    let (store, now) = (store(app)?, app.clock.now());
    let away = |error: StoreError| Problem::away(&error);
    let waiting = run::waiting(store, now).await.map_err(away)?.into_iter().map(|one| match one {
        Waiting::Question(task) => question(*task),
        Waiting::Entry(entry) => resting(*entry),
    });
    let ended = store.ended_tasks(now - ENDED_SHOWN, now, ENDED_MOST).await.map_err(away)?;
    Ok(PeopleList { now: local(now), waiting: waiting.collect(), ended: ended.into_iter().map(over).collect() })
}

/// Takes an answer to what has that number.
///
/// # Errors
/// 404 for a number that is none, 409 when it is too late, 400 for an answer that can't be one.
pub async fn take(app: &App, id: &str, reply: &Reply<'_>) -> Result<(), Problem> {
    let (store, clock) = (store(app)?, &app.clock);
    let unknown = || Problem::new(StatusCode::NOT_FOUND, Message::new("web-people-unknown").with("id", id));
    if let Some(number) = id.strip_prefix(ENTRY) {
        let number = number.parse().map_err(|_| unknown())?;
        store.entry(number).await.map_err(|error| Problem::away(&error))?.ok_or_else(unknown)?;
        return decide(store, clock, number, reply).await;
    }
    let number = id.parse().map_err(|_| unknown())?;
    let answer = reply.answer.trim();
    if answer.is_empty() || answer.chars().count() > ANSWER_MOST {
        return Err(Problem::bad_request(Message::new("web-people-answer").with("most", ANSWER_MOST)));
    }
    match store.answer_person(number, answer, reply.person, clock.now()).await.map_err(|error| Problem::away(&error))? {
        Answered::Counts => Ok(()),
        Answered::NoTask => Err(unknown()),
        Answered::Late(state) => {
            let message = match state {
                TaskState::Open | TaskState::Answered => Message::new("web-people-late-answered"),
                TaskState::Expired => Message::new("web-people-late-expired"),
                TaskState::Withdrawn => Message::new("web-people-late-withdrawn"),
            };
            Err(Problem::new(StatusCode::CONFLICT, message))
        }
    }
}

async fn decide(store: &Store, clock: &Clock, number: i64, reply: &Reply<'_>) -> Result<(), Problem> {
    let decision = match reply.answer {
        "enter" => Decision::Enter,
        "settled" => Decision::Settled,
        "cancel" => Decision::Cancel,
        REOPEN => Decision::Reopen,
        other => {
            let message = Message::new("web-people-decision").with("answer", other);
            return Err(Problem::bad_request(message.with("known", [&ANSWERS[..], &[REOPEN]].concat().join(", "))));
        }
    };
    let said = Said { person: reply.person, words: reply.because, receipt: reply.receipt };
    match run::decide(store, clock, number, decision, said).await {
        Ok(_) => Ok(()),
        Err(DecideError::NoReceipt { .. }) => {
            Err(Problem::bad_request(Message::new("entry-no-receipt").with("id", number)))
        }
        Err(error @ (DecideError::Held { .. } | DecideError::Missing { .. } | DecideError::Meaningless { .. })) => {
            tracing::info!(error = chain(&error), "a decision that came too late");
            Err(Problem::new(StatusCode::CONFLICT, Message::new("web-people-moved").with("id", number)))
        }
        Err(error @ (DecideError::Unknown(_) | DecideError::Store(_))) => Err(Problem::away(&error)),
    }
}

/// The way back of what was cancelled; nothing that waits is cancelled, so it is no answer to anything in the list.
const REOPEN: &str = "reopen";
/// What may be decided about an entry that waits.
const ANSWERS: [&str; 3] = ["enter", "settled", "cancel"];

fn question(task: Task) -> Item {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let Task { id, ask, created_at, .. } = task;
    Item {
        id: id.to_string(),
        kind: ask.kind,
        system: ask.system,
        bot: ask.bot,
        account: Some(ask.account),
        field: Some(ask.field),
        picture: Some(STANDARD.encode(&ask.picture)),
        since: local(created_at),
        deadline: Some(local(ask.deadline)),
        otherwise: if ask.entry.is_some() { "entry_later" } else { "run_ends" },
        entry: ask.entry,
        state: None,
        origin: None,
        project_no: None,
        words: None,
        receipt: None,
        answers: Vec::new(),
    }
}

fn resting(entry: Entry) -> Item {
    let words = entry.words.as_deref().map(|words| masked(words, &entry.wish.wanted));
    let wish = entry.wish;
    Item {
        id: format!("{ENTRY}{}", entry.id),
        kind: "entry".to_owned(),
        system: wish.target,
        bot: wish.bot,
        account: None,
        field: entry.field,
        picture: None,
        since: local(entry.changed_at),
        deadline: None,
        otherwise: if entry.state == EntryState::Unknown.word() { "looked_up" } else { "rests" },
        entry: Some(entry.id),
        state: Some(entry.state),
        origin: Some(format!("{}/{}", wish.origin_system, wish.origin_no)),
        project_no: Some(wish.project_no),
        words,
        receipt: entry.receipt,
        answers: ANSWERS.to_vec(),
    }
}

fn over(task: Task) -> Ended {
    Ended {
        id: task.id.to_string(),
        kind: task.ask.kind,
        system: task.ask.system,
        bot: task.ask.bot,
        state: task.state.word(),
        by: task.answered_by,
        at: task.ended_at.map(local),
    }
}

/// What a target says of a record, without the names and numbers that it may repeat.
fn masked(words: &str, wanted: &str) -> String {
    let case = serde_json::from_str::<serde_json::Value>(wanted).ok();
    let case = case.and_then(|mut wanted| serde_json::from_value::<Case>(wanted["case"].take()).ok());
    let Some(case) = case else { return mask_words(words, &[], &[]) };
    let fields = &case.fields;
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let names = [text(&fields.applicant_name), text(&fields.contact_name)];
    let numbers = [text(&fields.applicant_id), text(&fields.contact_phone)];
    mask_words(words, &names.each_ref().map(String::as_str), &numbers.each_ref().map(String::as_str))
}

fn local(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&Shanghai).fixed_offset()
}
