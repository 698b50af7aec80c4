//! What bots ask people: written down before anybody is shown it, answered once, and the answer taken once.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use tokio::sync::watch;

use super::{
    Store, StoreError,
    runner::take_numbers,
    session::{Row, Session, Value},
};

/// How long a task that has ended is remembered: as long as logs have to be kept.
const REMEMBERED: TimeDelta = TimeDelta::days(183);

/// A question for a person, as a bot asks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What is wanted: `captcha`, `code` or `decision`.
    pub kind: String,
    /// The system that asks.
    pub system: String,
    /// The bot.
    pub bot: String,
    /// Its run.
    pub run: String,
    /// The bot's account in the system.
    pub account: String,
    /// The entry that is being entered; `None` at a login.
    pub entry: Option<i64>,
    /// The field that takes the answer, as the adapter names it.
    pub field: String,
    /// What a person has to see, PNG.
    pub picture: Vec<u8>,
    /// Until when an answer is of use.
    pub deadline: DateTime<Utc>,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// It waits for a person.
    Open,
    /// Somebody has answered.
    Answered,
    /// Nobody did in time.
    Expired,
    /// The run that asked has ended before.
    Withdrawn,
}

impl TaskState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Answered, Self::Expired, Self::Withdrawn];

    /// The word under which it is written down.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// A question and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number.
    pub id: i64,
    /// What is asked. The picture is empty once the task has ended.
    pub ask: Ask,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// Where it stands.
    pub state: TaskState,
    /// Who answered.
    pub answered_by: Option<String>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What became of a person's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It counts.
    Counts,
    /// The task had ended so before.
    Late(TaskState),
    /// There is no such task.
    NoTask,
}

/// What a bot hears that has asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Nothing yet.
    Nothing,
    /// The answer; it is gone from the store.
    Answer(String),
    /// Nobody will answer any more.
    Over,
}

const COLUMNS: &str =
    "id, kind, system, bot, run, account, entry, field, picture, created_at, deadline, state, answered_by, ended_at";

impl Store {
    /// Writes a question down; gives its number.
    pub async fn ask_person(&self, ask: &Ask, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let mut session = self.pools.write().await?;
        let id = take_numbers(&mut session, "task", 1).await?;
        let sql = "INSERT INTO task (id, kind, system, bot, run, account, entry, field, picture, created_at, deadline, state, \
             answered_by, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', '', 0)";
        let texts = [&ask.kind, &ask.system, &ask.bot, &ask.run, &ask.account].map(|text| Value::from(text.as_str()));
        let mut values: Vec<Value> = vec![id.into()];
        values.extend(texts);
        values.extend([ask.entry.unwrap_or(0).into(), ask.field.as_str().into(), STANDARD.encode(&ask.picture).into()]);
        values.extend([now, ask.deadline].map(|at| Value::from(at.timestamp_millis())));
        session.run(sql, &values).await?;
        session.commit().await?;
        self.tell_of_tasks();
        Ok(id)
    }

    /// What has been said to a question by now. An answer is given once.
    pub async fn take_answer(&self, id: i64, now: DateTime<Utc>) -> Result<Said, StoreError> {
        let sql = "SELECT state, answer, deadline FROM task WHERE id = $1";
        let mut rows = self.pools.read().await?.rows(sql, &[id.into()]).await?;
        let Some(row) = rows.first_mut() else { return Ok(Said::Over) };
        let (state, answer, deadline) = (row.text(0), row.text(1), row.int(2));
        match state.as_str() {
            "open" if deadline > now.timestamp_millis() => return Ok(Said::Nothing),
            "answered" if !answer.is_empty() => {}
            _ => return Ok(Said::Over),
        }
        let mut session = self.pools.write().await?;
        let taken =
            session.run("UPDATE task SET answer = NULL WHERE id = $1 AND answer IS NOT NULL", &[id.into()]).await?;
        session.commit().await?;
        Ok(if taken == 0 { Said::Over } else { Said::Answer(answer) })
    }

    /// Writes a person's answer down, if it comes first and in time.
    pub async fn answer_person(
        &self,
        id: i64,
        answer: &str,
        person: &str,
        now: DateTime<Utc>,
    ) -> Result<Answered, StoreError> {
        let mut session = self.pools.write().await?;
        let sql = "UPDATE task SET state = 'answered', answer = $1, answered_by = $2, ended_at = $3, picture = '' \
             WHERE id = $4 AND state = 'open' AND deadline > $3";
        let values = [answer.into(), person.into(), now.timestamp_millis().into(), id.into()];
        if session.run(sql, &values).await? > 0 {
            session.commit().await?;
            self.tell_of_tasks();
            return Ok(Answered::Counts);
        }
        Ok(one(&mut session, id, now).await?.map_or(Answered::NoTask, |task| Answered::Late(task.state)))
    }

    /// Takes a question back whose run has ended; an answer that came meanwhile is forgotten.
    pub async fn withdraw_task(&self, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut session = self.pools.write().await?;
        session.run("UPDATE task SET answer = NULL WHERE id = $1", &[id.into()]).await?;
        let sql = "UPDATE task SET state = 'withdrawn', ended_at = $1, picture = '' WHERE id = $2 AND state = 'open'";
        session.run(sql, &[now.timestamp_millis().into(), id.into()]).await?;
        session.commit().await?;
        self.tell_of_tasks();
        Ok(())
    }

    /// Ends what nobody answered in time, forgets answers that nobody took, and tasks that ended half a year ago.
    pub async fn sweep_tasks(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let at = Value::from(now.timestamp_millis());
        let due = "SELECT COUNT(*) FROM task WHERE (state = 'open' OR answer IS NOT NULL) AND deadline <= $1";
        let old = Value::from((now - REMEMBERED).timestamp_millis());
        let forgotten = "SELECT COUNT(*) FROM task WHERE state <> 'open' AND ended_at < $1";
        let mut read = self.pools.read().await?;
        let idle = read.number(due, std::slice::from_ref(&at)).await? == 0
            && read.number(forgotten, std::slice::from_ref(&old)).await? == 0;
        drop(read);
        if idle {
            return Ok(());
        }
        let mut session = self.pools.write().await?;
        let sql = "UPDATE task SET state = 'expired', ended_at = deadline, picture = '' WHERE state = 'open' AND deadline <= $1";
        session.run(sql, std::slice::from_ref(&at)).await?;
        session.run("UPDATE task SET answer = NULL WHERE answer IS NOT NULL AND deadline <= $1", &[at]).await?;
        session.run("DELETE FROM task WHERE state <> 'open' AND ended_at < $1", &[old]).await?;
        session.commit().await?;
        self.tell_of_tasks();
        Ok(())
    }

    /// What waits for an answer, the most urgent first.
    pub async fn open_tasks(&self, now: DateTime<Utc>) -> Result<Vec<Task>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM task WHERE state = 'open' AND deadline > $1 ORDER BY deadline, id");
        let mut rows = self.pools.read().await?.rows(&sql, &[now.timestamp_millis().into()]).await?;
        Ok(rows.iter_mut().map(|row| task_of(row, now)).collect())
    }

    /// What has ended since then, the last one first, at most so many; without pictures.
    pub async fn ended_tasks(
        &self,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Task>, StoreError> {
        let columns = COLUMNS.replace("picture", "''");
        let sql = format!(
            "SELECT {columns} FROM task WHERE (state <> 'open' AND ended_at >= $1) OR (state = 'open' AND deadline <= $2 AND deadline >= $1) \
             ORDER BY CASE WHEN state = 'open' THEN deadline ELSE ended_at END DESC, id DESC LIMIT $3"
        );
        let values = [since.timestamp_millis().into(), now.timestamp_millis().into(), i64::from(limit).into()];
        let mut rows = self.pools.read().await?.rows(&sql, &values).await?;
        Ok(rows.iter_mut().map(|row| task_of(row, now)).collect())
    }

    /// One task.
    pub async fn task(&self, id: i64, now: DateTime<Utc>) -> Result<Option<Task>, StoreError> {
        one(&mut self.pools.read().await?, id, now).await
    }

    /// Woken by every change of a task that this process makes; those of others show when one looks.
    pub fn watch_tasks(&self) -> watch::Receiver<u64> {
        self.tasks.subscribe()
    }

    fn tell_of_tasks(&self) {
        self.tasks.send_modify(|changes| *changes += 1);
    }
}

async fn one(session: &mut Session, id: i64, now: DateTime<Utc>) -> Result<Option<Task>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM task WHERE id = $1");
    Ok(session.rows(&sql, &[id.into()]).await?.first_mut().map(|row| task_of(row, now)))
}

/// A row as it stands at that time: what nobody has ended yet may be over all the same.
fn task_of(row: &mut Row, now: DateTime<Utc>) -> Task {
    let deadline = instant(row.int(10));
    let written = row.text(11);
    let state = TaskState::ALL.into_iter().find(|state| state.word() == written).unwrap_or(TaskState::Withdrawn);
    let late = state == TaskState::Open && deadline <= now;
    let ask = Ask {
        kind: row.text(1),
        system: row.text(2),
        bot: row.text(3),
        run: row.text(4),
        account: row.text(5),
        entry: Some(row.int(6)).filter(|entry| *entry != 0),
        field: row.text(7),
        // What the store has written itself is base64.
        picture: STANDARD.decode(row.text(8)).unwrap_or_default(),
        deadline,
    };
    Task {
        id: row.int(0),
        ask,
        created_at: instant(row.int(9)),
        state: if late { TaskState::Expired } else { state },
        answered_by: Some(row.text(12)).filter(|person| !person.is_empty()),
        ended_at: if late { Some(deadline) } else { Some(row.int(13)).filter(|at| *at != 0).map(instant) },
    }
}

fn instant(millis: i64) -> DateTime<Utc> {
    Utc.timestamp_millis_opt(millis).single().unwrap_or_default()
}
