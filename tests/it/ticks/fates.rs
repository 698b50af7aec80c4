//! What becomes of instants.

use chrono::TimeDelta;
use queqiao::{
    base::{Clock, Lang, Remedy},
    queue::Why,
    store::{JobQuery, Paused},
};

use super::office::{Ends, Led, Office, at, on, told};
use crate::databases::{Fresh, on_both};

on_both! {
    every_instant_has_its_end
    what_was_missed_is_made_up_for_as_the_schedule_says
    overlaps_end_as_the_schedule_says
    a_pause_says_who_and_why
    news_of_one_bot_make_another_due
    what_may_pass_is_tried_again_and_nothing_else
    changed_schedules_are_taken_up_and_the_past_keeps_its_account
    a_clock_that_is_set_fires_nothing_twice
    a_bot_that_does_not_do_well_in_time_is_dead
    of_what_is_due_at_once_the_more_important_begins_first
}

const EVERY_MINUTE: &str = "[[schedule]]\nname = \"minutely\"\nbots = [\"read\"]\ncron = \"* * * * *\"\n";

async fn led(fresh: &Fresh, schedules: &str, bots: &[&str], time: &str) -> (std::sync::Arc<Office>, Led) {
    let office = Office::with(schedules, bots);
    let mut led = Led::new(&office, &fresh.store().await, &Clock::held_at(at(time)), "engine-1");
    // Schedules are known from now on.
    led.at(at(time)).await;
    (office, led)
}

async fn every_instant_has_its_end(fresh: Fresh) {
    let schedule = "[[schedule]]\nname = \"office hours\"\nbots = [\"read\"]\ncron = \"0 * * * *\"\ncalendar = \"workdays\"\n\
         hours = [\"09:00-11:30\"]\n[[schedule.maintenance]]\nfrom = \"2026-11-26 10:00\"\nuntil = \"2026-11-26 10:30\"\nbecause = \"upgrade\"\n";
    let (office, mut led) = led(&fresh, schedule, &["read"], "07:30:00").await;
    for hour in 7..13 {
        led.at(at(&format!("{hour:02}:00:00"))).await;
    }
    let ticks: Vec<String> = led.ticks().await.iter().map(told).collect();
    assert_eq!(
        ticks,
        [
            "08:00:00 skipped outside_hours",
            "09:00:00 ran",
            "10:00:00 skipped maintenance",
            "11:00:00 ran",
            "12:00:00 skipped outside_hours"
        ]
    );
    // 2026-11-28 is a Saturday.
    led.at(on("2026-11-28", "08:59:59")).await;
    led.at(on("2026-11-28", "09:00:00")).await;
    let last = led.ticks().await.pop().unwrap();
    assert_eq!(told(&last), "09:00:00 skipped day_off");
    assert!(Why::read(&last.why).unwrap().message().say(Lang::En).contains("2026-11-28"));
    // Passing again changes nothing.
    let before = led.ticks().await;
    led.at(on("2026-11-28", "09:00:30")).await;
    assert_eq!(led.ticks().await, before);
    assert!(office.begun().len() >= 2);
}

async fn what_was_missed_is_made_up_for_as_the_schedule_says(fresh: Fresh) {
    let one = |name: &str, bot: &str| {
        format!("[[schedule]]\nname = \"{name}\"\nbots = [\"{bot}\"]\ncron = \"*/10 * * * *\"\nmissed = \"{name}\"\n")
    };
    let schedules = ["none", "once", "all"].map(|name| one(name, &format!("read-{name}"))).concat();
    let (office, mut led) = led(&fresh, &schedules, &["read-none", "read-once", "read-all"], "08:55:00").await;
    // Nobody is there until 09:25.
    led.at(at("09:25:00")).await;
    let ticks = led.ticks().await;
    let of = |name: &str| ticks.iter().filter(|tick| tick.schedule == name).map(told).collect::<Vec<_>>();
    assert_eq!(of("none"), ["09:00:00 missed no_engine", "09:10:00 missed no_engine", "09:20:00 missed no_engine"]);
    assert_eq!(of("once"), ["09:00:00 missed caught", "09:10:00 missed caught", "09:20:00 ran late"]);
    assert_eq!(of("all"), ["09:00:00 ran late", "09:10:00 ran late", "09:20:00 ran late"]);
    assert_eq!(office.begun().len(), 4);
    assert_eq!(office.crowded.load(std::sync::atomic::Ordering::SeqCst), 0);
}

async fn overlaps_end_as_the_schedule_says(fresh: Fresh) {
    let one = |overlap: &str| {
        format!(
            "[[schedule]]\nname = \"{overlap}\"\nbots = [\"read-{overlap}\"]\ncron = \"* * * * *\"\noverlap = \"{overlap}\"\n"
        )
    };
    let schedules = ["skip", "queue", "replace"].map(one).concat();
    let bots = ["read-skip", "read-queue", "read-replace"];
    let (office, mut led) = led(&fresh, &schedules, &bots, "09:00:30").await;
    bots.iter().for_each(|bot| office.shut(bot));
    for minute in 1..4 {
        led.pass_at(at(&format!("09:{minute:02}:00"))).await;
        // What is to make room hears of it with the next heartbeat.
        let due = at(&format!("09:{minute:02}:00"));
        while !office.begun().contains(&("read-replace".to_owned(), due)) {
            led.pass_at(due + TimeDelta::seconds(11)).await;
            tokio::task::yield_now().await;
        }
    }
    office.open();
    led.at(at("09:03:30")).await;
    let ticks = led.ticks().await;
    let of = |name: &str| ticks.iter().filter(|tick| tick.schedule == name).map(told).collect::<Vec<_>>();
    assert_eq!(of("skip"), ["09:01:00 ran", "09:02:00 skipped busy", "09:03:00 skipped busy"]);
    assert_eq!(of("queue"), ["09:01:00 ran", "09:02:00 ran", "09:03:00 skipped busy"]);
    assert_eq!(of("replace"), ["09:01:00 skipped replaced", "09:02:00 skipped replaced", "09:03:00 ran"]);
    assert_eq!(office.crowded.load(std::sync::atomic::Ordering::SeqCst), 0, "a bot never runs twice at once");
}

async fn a_pause_says_who_and_why(fresh: Fresh) {
    let (_, mut led) = led(&fresh, EVERY_MINUTE, &["read"], "09:00:30").await;
    led.at(at("09:01:00")).await;
    let paused = Paused { at: at("09:01:30"), by: "li".to_owned(), because: "the system is moved".to_owned() };
    assert!(led.store.pause_schedule("minutely", Some(&paused)).await.unwrap());
    assert!(!led.store.pause_schedule("hourly", Some(&paused)).await.unwrap());
    led.at(at("09:02:00")).await;
    led.at(at("09:03:00")).await;
    assert!(led.store.pulses().await.unwrap().iter().all(|pulse| pulse.dead_at.is_none()), "nothing is expected");
    led.store.pause_schedule("minutely", None).await.unwrap();
    led.at(at("09:04:00")).await;
    let ticks = led.ticks().await;
    assert_eq!(
        ticks.iter().map(told).collect::<Vec<_>>(),
        ["09:01:00 ran", "09:02:00 skipped paused", "09:03:00 skipped paused", "09:04:00 ran"]
    );
    let words = Why::read(&ticks[1].why).unwrap().message().say(Lang::En);
    assert!(words.contains("li") && words.contains("the system is moved"), "{words}");
    assert!(led.store.pulses().await.unwrap().iter().all(|pulse| pulse.dead_at.is_some()));
}

async fn news_of_one_bot_make_another_due(fresh: Fresh) {
    let schedules = format!("{EVERY_MINUTE}[[schedule]]\nname = \"enter\"\nbots = [\"enter\"]\nafter = [\"read\"]\n");
    let (office, mut led) = led(&fresh, &schedules, &["read", "enter"], "09:00:30").await;
    led.at(at("09:01:00")).await;
    assert_eq!(office.begun().len(), 1, "nothing new, nothing to enter");
    office.end("read", Ends::with_news(3));
    led.at(at("09:02:00")).await;
    let begun: Vec<String> = office.begun().into_iter().map(|(bot, _)| bot).collect();
    assert_eq!(begun, ["read", "read", "enter"]);
    let called = led.ticks().await.into_iter().find(|tick| tick.schedule == "enter").unwrap();
    assert_eq!(told(&called), "09:02:00 ran after");
    // News that come while it runs are news to it: once more, and not twice.
    office.shut("enter");
    for minute in [3, 4, 5] {
        led.pass_at(at(&format!("09:{minute:02}:00"))).await;
        let ended = led.heart.pass().await;
        ended.unwrap();
        tokio::task::yield_now().await;
        led.pass_at(at(&format!("09:{minute:02}:30"))).await;
    }
    office.open();
    led.at(at("09:05:40")).await;
    let entered = office.begun().iter().filter(|(bot, _)| bot == "enter").count();
    assert!((2..=4).contains(&entered), "{entered}");
    let ticks = led.ticks().await;
    assert!(ticks.iter().all(|tick| tick.ended.is_some()), "{ticks:?}");
}

async fn what_may_pass_is_tried_again_and_nothing_else(fresh: Fresh) {
    let schedules = "[[schedule]]\nname = \"hourly\"\nbots = [\"read\", \"wrong\"]\ncron = \"0 * * * *\"\n\
         retry = { times = 2, first = \"10s\", most = \"1m\" }\n";
    let (office, mut led) = led(&fresh, schedules, &["read", "wrong"], "08:59:00").await;
    office.end("read", Ends::failing(Remedy::Retry));
    office.end("wrong", Ends::failing(Remedy::Human));
    led.at(at("09:00:00")).await;
    for second in 1..59 {
        led.at(at(&format!("09:00:{second:02}"))).await;
    }
    let count = |name: &str| office.begun().iter().filter(|(bot, _)| bot == name).count();
    assert_eq!((count("read"), count("wrong")), (3, 1));
    let ticks = led.ticks().await;
    assert_eq!(ticks.iter().map(told).collect::<Vec<_>>(), ["09:00:00 failed run"]);
    let jobs = led.store.jobs(&JobQuery { limit: 10, ..JobQuery::default() }).await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.attempt).max(), Some(3));
}

async fn changed_schedules_are_taken_up_and_the_past_keeps_its_account(fresh: Fresh) {
    let (_, mut led) = led(&fresh, EVERY_MINUTE, &["read"], "09:00:30").await;
    led.at(at("09:01:00")).await;
    let hourly = Office::with("[[schedule]]\nname = \"hourly\"\nbots = [\"read\"]\ncron = \"0 * * * *\"\n", &["read"]);
    led.adopt(&hourly);
    led.at(at("09:02:30")).await;
    let ticks: Vec<String> = led.ticks().await.iter().map(told).collect();
    assert_eq!(ticks, ["09:01:00 ran", "09:02:00 ran"], "what was due before the change is accounted for");
    led.at(at("10:00:00")).await;
    assert_eq!(told(led.ticks().await.last().unwrap()), "10:00:00 ran");
    let rows = led.store.schedules().await.unwrap();
    let gone: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.gone.is_some())).collect();
    assert_eq!(gone, [("hourly", false), ("minutely", true)]);
    // It comes back: while it was gone it was no schedule.
    led.adopt(&Office::with(EVERY_MINUTE, &["read"]));
    led.at(at("10:05:30")).await;
    led.at(at("10:06:00")).await;
    assert_eq!(led.ticks().await.iter().filter(|tick| tick.schedule == "minutely").count(), 3);
}

async fn a_clock_that_is_set_fires_nothing_twice(fresh: Fresh) {
    let (office, mut led) = led(&fresh, EVERY_MINUTE, &["read"], "09:00:30").await;
    led.at(at("09:01:00")).await;
    // An hour forward by mistake, and back again.
    led.at(at("10:01:00")).await;
    led.at(at("09:01:30")).await;
    for minute in 2..62 {
        let hour = 9 + minute / 60;
        led.at(at(&format!("{hour:02}:{:02}:00", minute % 60))).await;
    }
    let ticks = led.ticks().await;
    assert_eq!(ticks.len(), 61, "one row per instant");
    let ran = ticks.iter().filter(|tick| tick.state == "ran").count();
    assert_eq!((ran, office.begun().len()), (61, 61), "{:?}", ticks.iter().map(told).collect::<Vec<_>>());
    // Back by less than what is waited for: nothing is fired again.
    led.at(at("09:58:00")).await;
    led.at(at("10:01:30")).await;
    assert_eq!(office.begun().len(), 61);
}

async fn a_bot_that_does_not_do_well_in_time_is_dead(fresh: Fresh) {
    let schedule = "[[schedule]]\nname = \"hours\"\nbots = [\"read\"]\ncron = \"0 * * * *\"\nhours = [\"09:00-17:30\"]\ntimeout = \"5m\"\n";
    let (office, mut led) = led(&fresh, schedule, &["read"], "15:30:00").await;
    led.at(at("16:00:00")).await;
    let pulse = led.store.pulses().await.unwrap().remove(0);
    assert_eq!(pulse.good_at, Some(at("16:00:00")));
    // 17:00, and 09:00 and 10:00 of the next day; closed hours count for nothing.
    assert_eq!(pulse.dead_at, Some(on("2026-11-27", "10:05:00")));
    office.end("read", Ends::failing(Remedy::Human));
    led.at(at("17:00:00")).await;
    led.at(on("2026-11-27", "09:00:00")).await;
    assert_eq!(led.store.pulses().await.unwrap().remove(0), pulse, "what fails keeps nobody alive");
    office.end("read", Ends::well());
    led.at(on("2026-11-27", "10:00:00")).await;
    let alive = led.store.pulses().await.unwrap().remove(0);
    assert_eq!(alive.dead_at, Some(on("2026-11-27", "13:00:00") + TimeDelta::minutes(5)));
}

async fn of_what_is_due_at_once_the_more_important_begins_first(fresh: Fresh) {
    let schedule = |bot: &str, cron: &str, line: &str| {
        format!("[[schedule]]\nname = \"{bot}\"\nbots = [\"{bot}\"]\ncron = \"{cron}\"\n{line}\n")
    };
    // Neither their names nor their places in the file put them in this order, and one has the usual priority.
    let schedules = [
        schedule("a", "* * * * *", "priority = -5"),
        schedule("b", "* * * * *", "priority = 3"),
        schedule("c", "* * * * *", ""),
        schedule("d", "* * * * *", "priority = 20"),
        schedule("later", "3 9 * * *", "priority = 10"),
    ];
    let office = Office::with(&schedules.concat(), &["a", "b", "c", "d", "later"]);
    let mut led = Led::one_by_one(&office, &fresh.store().await, &Clock::held_at(at("09:00:30")), "engine-1");
    let begun = || office.begun().into_iter().map(|(bot, _)| bot).collect::<Vec<_>>();
    led.at(at("09:00:30")).await;
    led.at(at("09:01:00")).await;
    assert_eq!(begun(), ["d", "b", "c", "a"]);
    // What waits is overtaken by what is more important and falls due later.
    office.shut("d");
    led.pass_at(at("09:02:00")).await;
    assert_eq!(begun()[4..], ["d"]);
    led.pass_at(at("09:03:00")).await;
    office.open();
    led.at(at("09:03:30")).await;
    assert_eq!(begun()[4..], ["d", "later", "b", "c", "a"]);
}
