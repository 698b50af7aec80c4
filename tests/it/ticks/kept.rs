//! What is left after thousands of runs: what has to be kept, and nothing else.

use chrono::TimeDelta;
use queqiao::{base::Clock, store::JobQuery};

use super::office::{Led, Office, at};
use crate::databases::{Fresh, on_both};

on_both! {
    what_is_older_than_it_has_to_be_kept_is_removed
}

async fn what_is_older_than_it_has_to_be_kept_is_removed(fresh: Fresh) {
    let hourly = "[[schedule]]\nname = \"hourly\"\nbots = [\"read\"]\ncron = \"0 * * * *\"\n";
    let office = Office::with(hourly, &["read"]);
    let clock = Clock::held_at(at("00:00:30"));
    let mut led = Led::new(&office, &fresh.store().await, &clock, "engine");
    let mut now = at("00:00:30");
    led.at(now).await;
    for _ in 0..300 {
        now += TimeDelta::days(1);
        led.at(now).await;
    }
    let ticks = led.ticks().await;
    let oldest = ticks.first().unwrap().due;
    let kept = TimeDelta::days(184);
    assert!(now - oldest <= kept + TimeDelta::hours(7), "{oldest} is older than it has to be kept");
    assert!(now - oldest >= kept - TimeDelta::days(1), "{oldest}: what has to be kept is kept");
    assert_eq!(ticks.len(), usize::try_from((now - oldest).num_hours()).unwrap() + 1, "without gaps");
    let jobs = led.store.jobs(&JobQuery { limit: 100_000, ..JobQuery::default() }).await.unwrap();
    assert!(jobs.iter().all(|job| job.due >= oldest) && jobs.len() < 200, "{}", jobs.len());
}
