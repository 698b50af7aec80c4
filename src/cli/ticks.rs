//! `queqiao ticks` and `queqiao runs`: what became of every instant, and the runs that came of it.

use std::process::ExitCode;

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;
use comfy_table::{Table, presets::NOTHING};
use serde_json::json;

use super::{
    schedules::{state, unknown},
    tell,
};
use crate::{
    adapter::System,
    app::{load_adapters, load_calendar, look_into_store},
    base::{Clock, Lang, Message},
    queue::{
        Why, clock as shown,
        timetable::{self, WhyNot},
    },
    settings::Settings,
    store::{JobQuery, JobRow, ScheduleRow, Store, TickQuery, TickRow},
};

/// Rows shown when nobody says how many.
const USUAL: u32 = 30;
/// What a person asks about.
const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// What `queqiao ticks` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Only those of this schedule.
    schedule: Option<String>,
    /// Why did it not run at that minute? 14:00 (today), 2026-11-26 14:00, or with a zone.
    #[arg(long, requires = "schedule")]
    at: Option<String>,
    /// Only those that ended like this: ran, skipped, missed, failed (or queued, running).
    #[arg(long, value_parser = ["queued", "running", "ran", "skipped", "missed", "failed"])]
    state: Option<String>,
    /// So many at most, the newest first.
    #[arg(long, default_value_t = USUAL)]
    limit: u32,
    /// JSON, one line per tick.
    #[arg(long)]
    json: bool,
}

/// What `queqiao runs` takes.
#[derive(Debug, clap::Args)]
pub(super) struct RunsArguments {
    /// Only those of this bot.
    bot: Option<String>,
    /// So many at most, the newest first.
    #[arg(long, default_value_t = USUAL)]
    limit: u32,
    /// JSON, one line per run.
    #[arg(long)]
    json: bool,
}

/// Shows ticks, or says what became of a minute.
pub(super) async fn ticks(arguments: &Arguments, settings: &Settings) -> anyhow::Result<ExitCode> {
    let (store, lang) = (look_into_store(settings).await?, settings.lang);
    if let Some(name) = &arguments.schedule {
        let Some(row) = store.schedules().await?.into_iter().find(|row| row.name == *name) else {
            return unknown(&store, lang, name).await;
        };
        if let Some(at) = &arguments.at {
            let now = Clock::system().now();
            let Some(at) = minute(at, now) else {
                return Ok(tell::failure(lang, &Message::new("ticks-at").say(lang)));
            };
            return minute_told(&store, settings, &row, (at, now)).await;
        }
    }
    let query = TickQuery {
        schedule: arguments.schedule.clone(),
        state: arguments.state.clone(),
        limit: arguments.limit,
        ..TickQuery::default()
    };
    show(&store.ticks(&query).await?, lang, arguments.json);
    Ok(ExitCode::SUCCESS)
}

/// What became of a minute: its ticks, or why there is none, with what lies around it.
async fn minute_told(
    store: &Store,
    settings: &Settings,
    row: &ScheduleRow,
    (at, now): (DateTime<Utc>, DateTime<Utc>),
) -> anyhow::Result<ExitCode> {
    let lang = settings.lang;
    let within = |from, until, limit| TickQuery {
        schedule: Some(row.name.clone()),
        from: Some(from),
        until: Some(until),
        limit,
        ..TickQuery::default()
    };
    let found = store.ticks(&within(at, at + MINUTE - TimeDelta::milliseconds(1), USUAL)).await?;
    if !found.is_empty() {
        show(&found, lang, false);
        return Ok(ExitCode::SUCCESS);
    }
    if at < row.since {
        let message = Message::new("ticks-unknown-yet").with("name", &row.name).with("since", shown(row.since));
        tell::result(&message.say(lang));
    } else {
        let adapters = load_adapters(settings)?;
        if let Some(schedule) = adapters.schedules.iter().find(|schedule| schedule.name == row.name) {
            let bots = schedule.bots.iter().filter_map(|bot| adapters.bots.get(bot));
            let systems: Vec<&System> = bots.filter_map(|bot| adapters.systems.get(&bot.system)).collect();
            let why = match timetable::why_not(schedule, &systems, &load_calendar(settings)?, at)? {
                WhyNot::Due { due } if due > now => Message::new("ticks-to-come").with("due", shown(due)),
                why => why.message(schedule.zone),
            };
            tell::result(&why.say(lang));
        }
    }
    if let Some(tick) = store.ticks(&within(DateTime::UNIX_EPOCH, at, 1)).await?.first() {
        tell::result(
            &Message::new("ticks-before")
                .with("due", shown(tick.due))
                .with("state", state(&tick.state, lang))
                .say(lang),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// A minute as a person writes it.
fn minute(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let local =
        ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"].iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let today = || {
        let time = NaiveTime::parse_from_str(text, "%H:%M").ok()?;
        Some(now.with_timezone(&Shanghai).date_naive().and_time(time))
    };
    Shanghai.from_local_datetime(&local.or_else(today)?).earliest().map(|at| at.to_utc())
}

fn show(ticks: &[TickRow], lang: Lang, as_json: bool) {
    if as_json {
        for tick in ticks {
            let why: serde_json::Value = serde_json::from_str(&tick.why).unwrap_or_default();
            let line = json!({
                "schedule": tick.schedule, "due": tick.due, "state": tick.state, "why": why, "ended": tick.ended,
            });
            tell::result(&line.to_string());
        }
        return;
    }
    if ticks.is_empty() {
        tell::result(&Message::new("ticks-none").say(lang));
        return;
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    let heads = ["ticks-due", "schedules-name", "ticks-state", "ticks-why"];
    table.set_header(heads.map(|head| Message::new(head).say(lang)));
    for tick in ticks {
        table.add_row([shown(tick.due), tick.schedule.clone(), state(&tick.state, lang), why(&tick.why, lang)]);
    }
    tell::result(&table.to_string());
}

fn why(stored: &str, lang: Lang) -> String {
    Why::read(stored).map_or_else(String::new, |why| why.message().say(lang))
}

/// Shows the runs that came of ticks.
pub(super) async fn runs(arguments: &RunsArguments, settings: &Settings) -> anyhow::Result<ExitCode> {
    let (store, lang) = (look_into_store(settings).await?, settings.lang);
    let query = JobQuery { bot: arguments.bot.clone(), runs: true, limit: arguments.limit, ..JobQuery::default() };
    let jobs = store.jobs(&query).await?;
    if arguments.json {
        jobs.iter().for_each(|job| tell::result(&run_line(job).to_string()));
        return Ok(ExitCode::SUCCESS);
    }
    if jobs.is_empty() {
        let message = match &arguments.bot {
            Some(bot) => Message::new("runs-none-of").with("bot", bot),
            None => Message::new("runs-none"),
        };
        tell::result(&message.say(lang));
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new();
    table.load_style(NOTHING);
    let heads = ["runs-started", "runs-bot", "ticks-state", "runs-seconds", "runs-run", "ticks-why"];
    table.set_header(heads.map(|head| Message::new(head).say(lang)));
    for job in &jobs {
        table.add_row([
            job.started.map_or_else(String::new, shown),
            job.bot.clone(),
            state(&job.state, lang),
            seconds(job).map_or_else(String::new, |seconds| format!("{seconds:.1}")),
            job.run.clone(),
            why(&job.why, lang),
        ]);
    }
    tell::result(&table.to_string());
    Ok(ExitCode::SUCCESS)
}

fn seconds(job: &JobRow) -> Option<f64> {
    Some((job.ended? - job.started?).as_seconds_f64())
}

fn run_line(job: &JobRow) -> serde_json::Value {
    let why: serde_json::Value = serde_json::from_str(&job.why).unwrap_or_default();
    json!({
        "run": job.run, "bot": job.bot, "schedule": job.schedule, "due": job.due, "state": job.state, "outcome": job.outcome,
        "started": job.started, "ended": job.ended, "tries": job.attempt, "taken_over": job.taken, "why": why,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_read_as_people_write_it() {
        let now: DateTime<Utc> = "2026-11-26T02:00:00Z".parse().unwrap();
        let two: DateTime<Utc> = "2026-11-26T06:00:00Z".parse().unwrap();
        for text in
            ["14:00", "2026-11-26 14:00", "2026-11-26T14:00", "2026-11-26T14:00:00+08:00", "2026-11-26T06:00:00Z"]
        {
            assert_eq!(minute(text, now), Some(two), "{text}");
        }
        assert_eq!(minute("two o'clock", now), None);
    }
}
