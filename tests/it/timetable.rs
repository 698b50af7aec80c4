//! Years of schedules, over days on which clocks are set, leap days, holidays, closed hours and maintenance, held against a walk
//! through every minute.

mod walk;

use std::{
    collections::BTreeSet,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::{America::New_York, Asia::Shanghai, Australia::Lord_Howe, Europe::Berlin, Tz};
use proptest::prelude::*;
use queqiao::{
    adapter::{Adapters, Schedule},
    calendar::Calendar,
    queue::timetable::{RuledOut, allowed_age, instants, next, next_due, previous, ruled_out},
};

use walk::{DAY, Fields, Minute};

/// Berlin and New York set their clocks by an hour in different weeks, Lord Howe Island by half an hour.
const ZONES: [Tz; 4] = [Berlin, New_York, Lord_Howe, Shanghai];
/// The second is a leap year.
const YEARS: [i32; 2] = [2026, 2024];
const EXPRESSIONS: [&str; 20] = [
    "*/20 * * * *",
    "*/5 * * 3,4,10,11 *",
    "*/4 8-18 * * 1-5",
    "0 * * * *",
    "0 9 * * *",
    "30 2 * * *",
    "45 1 * 3,4,10,11 *",
    "15 2 * * 0",
    "0 3 * * *",
    "0 0 * * *",
    "*/30 1-3 * * *",
    "0 0 29 2 *",
    "30 2 29 2 *",
    "0 12 1 1,7 *",
    "59 23 31 * *",
    "0,30 2,14 * * *",
    "15 30 2 * * *",
    "*/20 30 2 * * SUN",
    "10,40 */15 1-3 * * 6,7",
    "0 9-17/2 * * MON-FRI",
];

/// A folder with one system, one bot of it and these schedules.
fn adapters(system: &str, schedules: &str) -> Adapters {
    let folder = tempfile::tempdir().unwrap();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/schedule");
    for file in ["selectors/water.toml", "bots/water-collect.toml"].map(PathBuf::from) {
        fs::create_dir_all(folder.path().join(&file).parent().unwrap()).unwrap();
        let more = if file.starts_with("selectors") { system } else { "" };
        let contents = fs::read_to_string(own.join(&file)).unwrap();
        fs::write(folder.path().join(file), contents + more).unwrap();
    }
    fs::create_dir(folder.path().join("schedules")).unwrap();
    fs::write(folder.path().join("schedules/many.toml"), schedules).unwrap();
    Adapters::load(folder.path()).unwrap()
}

/// One schedule per expression, in that zone.
fn schedules(zone: Tz, expressions: &[&str]) -> Vec<Schedule> {
    let mut text = String::new();
    for cron in expressions {
        write!(text, "[[schedule]]\nbots = \"water-collect\"\ncron = \"{cron}\"\nzone = \"{zone}\"\n").unwrap();
    }
    adapters("", &text).schedules
}

fn second(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(at, 0).unwrap()
}

/// The instants of a schedule in those minutes, in seconds since the epoch.
fn found(schedule: &Schedule, minutes: &[Minute]) -> Vec<i64> {
    let (first, last) = (minutes[0].at * 60, minutes[minutes.len() - 1].at * 60 + 59);
    instants(schedule, second(first - 1), second(last)).map(|due| due.timestamp()).collect()
}

#[test]
fn years_of_schedules_are_what_a_walk_through_every_minute_finds() {
    let mut total = 0;
    for zone in ZONES {
        let schedules = schedules(zone, &EXPRESSIONS);
        for year in YEARS {
            let minutes = walk::year(zone, year);
            for (schedule, written) in schedules.iter().zip(EXPRESSIONS) {
                let (ours, walked) = (found(schedule, &minutes), Fields::of(written).due(&minutes));
                let odd = ours.iter().zip(&walked).find(|(one, other)| one != other);
                assert!(ours == walked, "{written} in {zone} {year}: {odd:?} of {} and {}", ours.len(), walked.len());
                total += walked.len();
            }
        }
    }
    assert!(total > 500_000, "{total}");
}

/// `croner` says itself what it means by an expression, where clocks are set too.
#[test]
fn croner_means_the_same() {
    use croner::parser::{CronParser, Seconds};

    // Each begins two days before clocks are set somewhere: Berlin, New York and Lord Howe Island, in spring and in autumn.
    for start in ["2026-03-27", "2026-03-06", "2026-04-03", "2026-10-23", "2026-10-30", "2026-10-02"] {
        let start: DateTime<Utc> = format!("{start}T00:00:00Z").parse().unwrap();
        for zone in ZONES {
            for (schedule, written) in schedules(zone, &EXPRESSIONS).iter().zip(EXPRESSIONS) {
                let end = start + TimeDelta::days(4);
                let meant = CronParser::builder().seconds(Seconds::Optional).build().parse(written).unwrap();
                let meant = meant.iter_after(start.with_timezone(&zone)).map(|due| due.to_utc());
                let meant: Vec<DateTime<Utc>> = meant.take_while(|due| *due <= end).collect();
                assert_eq!(instants(schedule, start, end).collect::<Vec<_>>(), meant, "{written} in {zone}");
            }
        }
    }
}

/// When the year's schedule and its system are shut, once as the files say it and once as the walk reads it.
const RESTRICTED: &str = r#"
calendar = "workdays"
hours    = ["08:30-12:00", "13:30-17:30", "23:00-02:40"]
jitter   = "30s"
timeout  = "10m"
[[schedule.maintenance]]
from    = "YEAR-03-27 16:00"
until   = "YEAR-03-31 09:10"
because = "the schedule rests"
"#;
const SYSTEM: &str = r#"
[limits]
quiet = ["22:00-06:00", "12:00-12:30"]
[[maintenance]]
from    = "YEAR-06-03 20:00"
until   = "YEAR-06-05 08:00"
because = "new version"
"#;

/// The kinds of [`RuledOut`], as the walk finds them.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    DayOff,
    OutsideHours,
    Rests,
    Maintenance,
    Quiet,
}

fn kind(ruled: &RuledOut) -> Kind {
    match ruled {
        RuledOut::DayOff { .. } => Kind::DayOff,
        RuledOut::OutsideHours => Kind::OutsideHours,
        RuledOut::Maintenance { system: None, .. } => Kind::Rests,
        RuledOut::Maintenance { system: Some(_), .. } => Kind::Maintenance,
        RuledOut::Quiet { .. } => Kind::Quiet,
    }
}

/// The dates of a list of the shipped calendar.
fn published(list: &str) -> BTreeSet<NaiveDate> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/calendar/district.toml");
    let years: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
    let dates = years.values().flat_map(|year| year[list].as_array().unwrap());
    dates.map(|date| date.as_str().unwrap().parse().unwrap()).collect()
}

/// What keeps the schedule from running in a minute.
fn walked_kind(minute: &Minute, holidays: &BTreeSet<NaiveDate>, worked: &BTreeSet<NaiveDate>) -> Option<Kind> {
    let weekend = minute.date.format("%a").to_string().starts_with('S');
    if holidays.contains(&minute.date) || weekend && !worked.contains(&minute.date) {
        return Some(Kind::DayOff);
    }
    let clock = |of_day: i64| format!("{:02}:{:02}", of_day / 60, of_day % 60);
    let time = clock(minute.of_day());
    let within = |time: &str, from: &str, until: &str| from <= time && time < until;
    if !(within(&time, "08:30", "12:00")
        || within(&time, "13:30", "17:30")
        || within(&time, "23:00", "24:00")
        || time.as_str() < "02:40")
    {
        return Some(Kind::OutsideHours);
    }
    let moment = format!("{} {time}", minute.date.format("%m-%d"));
    if within(&moment, "03-27 16:00", "03-31 09:10") {
        return Some(Kind::Rests);
    }
    // The district is eight hours ahead all year.
    let district = minute.at + 8 * 60;
    let (date, time) = (second(district * 60).format("%m-%d").to_string(), clock(district.rem_euclid(DAY)));
    if within(&format!("{date} {time}"), "06-03 20:00", "06-05 08:00") {
        return Some(Kind::Maintenance);
    }
    let quiet = within(&time, "22:00", "24:00") || time.as_str() < "06:00" || within(&time, "12:00", "12:30");
    quiet.then_some(Kind::Quiet)
}

#[test]
fn a_year_of_days_off_closed_hours_maintenance_and_quiet_hours_is_what_the_walk_finds() {
    let (holidays, worked) = (published("holidays"), published("working_weekends"));
    let calendar = Calendar::district();
    let cron = "*/10 * * * *";
    for (zone, year) in ZONES.into_iter().flat_map(|zone| YEARS.map(|year| (zone, year))) {
        let head = format!("[[schedule]]\nbots = \"water-collect\"\ncron = \"{cron}\"\nzone = \"{zone}\"");
        let year_in = |text: &str| text.replace("YEAR", &year.to_string());
        let adapters = adapters(&year_in(SYSTEM), &(head + year_in(RESTRICTED).as_str()));
        let (schedule, systems) = (&adapters.schedules[0], [&adapters.systems["water"]]);
        let mut minutes = walk::year(zone, year);
        // The calendar ends with the year, and some zones are ahead.
        minutes.truncate(minutes.len() - usize::try_from(DAY).unwrap());
        let (mut kinds, mut open) = (BTreeSet::new(), Vec::new());
        let due = found(schedule, &minutes);
        assert_eq!(due, Fields::of(cron).due(&minutes));
        for at in due {
            let ours = ruled_out(schedule, &systems, &calendar, second(at)).unwrap();
            let minute = &minutes[usize::try_from(at / 60 - minutes[0].at).unwrap()];
            let walked = walked_kind(minute, &holidays, &worked);
            assert_eq!(ours.as_ref().map(kind), walked, "{zone} {}", second(at));
            match walked {
                Some(kind) => _ = kinds.insert(kind),
                None => open.push(at),
            }
        }
        assert_eq!(kinds.len(), 5, "{kinds:?}");
        assert!(open.len() > 2000, "{}", open.len());
        what_is_expected_follows(schedule, &adapters, &open);
    }
}

/// The next run and the age that is allowed, at many times of the year, from all instants that nothing rules out.
fn what_is_expected_follows(schedule: &Schedule, adapters: &Adapters, open: &[i64]) {
    let calendar = Calendar::district();
    let systems = [&adapters.systems["water"]];
    // Jitter and timeout.
    let run = 30 + 600;
    // By a step that comes to all times of the day and the hour; from the third run to some days before the end.
    for now in (open[2] + run..open[open.len() - 1] - 20 * DAY * 60).step_by(11 * 3600 + 7 * 60 + 3) {
        let after = open.partition_point(|due| *due <= now);
        assert_eq!(next_due(schedule, &systems, &calendar, second(now)).unwrap(), Some(second(open[after])));
        let over = open.partition_point(|due| *due <= now - run);
        let age = allowed_age(&[schedule], &systems, &calendar, second(now));
        assert_eq!(age, Some(TimeDelta::seconds(now - open[over - 3])), "{} {}", schedule.zone, second(now));
    }
}

/// A zone, an expression, and two moments of 2026, more than half of them near days on which clocks are set.
fn anything() -> impl Strategy<Value = (usize, usize, i64, i64)> {
    let year = "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap().timestamp();
    // Days of the year on which clocks are set.
    let set = vec![66, 87, 94, 276, 297, 304];
    let near = (prop::sample::select(set), -86_400..86_400_i64).prop_map(|(day, near)| day * 86_400 + near);
    let start = prop_oneof![0..365 * 86_400_i64, near];
    (0..ZONES.len(), 0..EXPRESSIONS.len(), start, 0..3 * 86_400_i64)
        .prop_map(move |(zone, expression, start, length)| (zone, expression, year + start, year + start + length))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn instants_ascend_and_are_the_same_however_they_are_asked_for(
        (zone, expression, start, end) in anything(),
        cut in 0..=100_i64,
    ) {
        let schedule = &schedules(ZONES[zone], &EXPRESSIONS[expression..=expression])[0];
        let between = |start: i64, end: i64| instants(schedule, second(start), second(end)).collect::<Vec<_>>();
        let all = between(start, end);
        prop_assert!(all.is_sorted_by(|one, other| one < other));
        prop_assert!(all.iter().all(|due| *due > second(start) && *due <= second(end)));
        prop_assert_eq!(&all, &between(start, end));
        let middle = start + (end - start) * cut / 100;
        prop_assert_eq!(&[between(start, middle), between(middle, end)].concat(), &all);
        prop_assert_eq!(next(schedule, second(start)).filter(|due| *due <= second(end)), all.first().copied());
        prop_assert_eq!(previous(schedule, second(end)).filter(|due| *due > second(start)), all.last().copied());
    }
}
