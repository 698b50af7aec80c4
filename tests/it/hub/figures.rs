//! Figures with values computed by hand.

use std::collections::BTreeMap;

use chrono::Utc;
use queqiao::{
    calendar::Calendar,
    hub::{Coverage, Dim, Figure, Gap, Hub, StatsQuery},
    record::{CaseFields, Limit, LimitUnit, Outcome, Record, Status},
};

use super::{hub, proven};
use crate::{
    databases::{Fresh, on_both},
    sample::{self, at, card, case, done, reading, record},
};

on_both! {
    flows_are_counted_by_day_hour_town_and_item
    stocks_and_rates_are_as_computed_by_hand
    warnings_begin_by_working_days
    a_later_calendar_foresees_what_the_former_could_not
    a_figure_never_travels_alone
    an_unread_system_has_no_figure_not_zero
    the_overview_agrees_with_the_figures
    questions_without_an_answer_say_so
}

/// Seven cases: see the comments for what each is there for.
fn seven() -> Vec<Record> {
    let mut cases = vec![
        // Done on time, at 23:30 on the 20th, which in UTC is still the same day at 15:30.
        done("permits", "1", 1, "2026-11-20 23:30"),
        // Done one minute late.
        done("permits", "2", 1, "2026-11-28 00:00"),
        // Done without a promise: in `done`, not in the rate.
        done("permits", "3", 1, "2026-11-23 08:15"),
        // Open.
        case("permits", "4", 1, Status::InProgress),
        // Void with a result date: counted nowhere in done.
        case("permits", "5", 1, Status::Void),
        // Withdrawn without a date: accepted, not open.
        case("seals", "6", 1, Status::Withdrawn),
        // Only submitted, early in the morning of the 23rd.
        case("seals", "7", 1, Status::Submitted),
    ];
    cases[1].fields.promise_date = Some(at("2026-11-27 23:59"));
    cases[2].fields.promise_date = None;
    cases[4].fields.result_date = Some(at("2026-11-21 09:00"));
    cases[6].fields = CaseFields {
        apply_date: Some("2026-11-22T16:30:00+00:00".parse().unwrap()),
        task_name: Some("刻章备案".to_owned()),
        region_code: Some("371312104".to_owned()),
        ..CaseFields::default()
    };
    cases.into_iter().map(record).collect()
}

async fn filled(fresh: &Fresh) -> Hub {
    let (hub, clock) = hub(fresh).await;
    clock.set(at("2026-11-28 12:00").with_timezone(&Utc));
    let mut records = seven();
    records.push(reading("permits", "r1", "2026-11-28 11:59", Outcome::Good, Some(5)));
    records.push(reading("seals", "r2", "2026-11-28 11:58", Outcome::Good, Some(2)));
    hub.ingest(&records).await.unwrap();
    hub
}

/// A query in words; `only` is `DIMENSION:VALUE` or nothing.
fn query(measures: &str, by: &str, from: &str, to: &str, only: &str) -> StatsQuery {
    let mut query = StatsQuery::parse(measures, by).unwrap();
    query.from = from.parse().ok();
    query.to = to.parse().ok();
    query.only =
        only.split_once(':').map(|(dim, value)| (dim.parse().unwrap(), value.to_owned())).into_iter().collect();
    query
}

/// What was asked, as `dims joined by space = value of N`.
async fn asked(hub: &Hub, measures: &str, by: &str, from: &str, to: &str, only: &str) -> Vec<String> {
    let query = query(measures, by, from, to, only);
    let words = |figure: Figure| {
        let dims: Vec<String> = query.by.iter().map(|dim| figure.dims[dim.word()].clone()).collect();
        let value = figure.value.map_or("null".to_owned(), |value| value.to_string());
        format!("{} = {value} of {}", dims.join(" "), figure.of)
    };
    hub.stats(&query).await.unwrap().into_iter().map(words).collect()
}

async fn flows_are_counted_by_day_hour_town_and_item(fresh: Fresh) {
    let hub = filled(&fresh).await;
    assert_eq!(asked(&hub, "received,accepted,done", "", "", "", "").await, [" = 7 of 7", " = 6 of 6", " = 3 of 3"]);
    let days = asked(&hub, "received", "day", "", "", "").await;
    assert_eq!(days, ["2026-11-20 = 6 of 6", "2026-11-23 = 1 of 1"], "00:30 on the 23rd here is the 22nd in UTC");
    let hours = asked(&hub, "received", "system,hour", "", "", "").await;
    assert_eq!(hours, ["permits 9 = 5 of 5", "seals 0 = 1 of 1", "seals 9 = 1 of 1"]);
    let towns = asked(&hub, "accepted,received", "town", "", "", "").await;
    assert_eq!(towns, ["371312001 = 6 of 6", "371312001 = 6 of 6", "371312104 = 1 of 1"]);
    let items = asked(&hub, "received", "item", "2026-11-23", "", "").await;
    assert_eq!(items, ["刻章备案 = 1 of 1"]);
    assert_eq!(asked(&hub, "top_items", "", "2026-11-01", "", "system:permits").await[0].trim(), "= 5 of 5");
    assert_eq!(asked(&hub, "done", "", "2026-11-21", "2026-11-27", "").await, [" = 1 of 1"]);
    assert_eq!(asked(&hub, "done", "", "", "", "town:371312104").await, [" = 0 of 0"]);
    proven(&hub).await;
}

async fn stocks_and_rates_are_as_computed_by_hand(fresh: Fresh) {
    let hub = filled(&fresh).await;
    assert_eq!(asked(&hub, "on_time_rate", "", "", "", "").await, [" = 0.5 of 2"]);
    assert_eq!(asked(&hub, "on_time_rate", "", "", "2026-11-25", "").await, [" = 1 of 1"]);
    assert_eq!(asked(&hub, "on_time_rate", "", "2026-11-22", "2026-11-25", "").await, [" = null of 0"]);
    assert_eq!(asked(&hub, "open", "", "", "", "").await, [" = 1 of 1"]);
    // On the 20th six were accepted; 1 was done that day, 6 (withdrawn, day unknown) counts as ended when accepted.
    // On the 21st 5 was struck out, on the 23rd 3 was done, on the 28th 2.
    let days = asked(&hub, "open", "day", "2026-11-19", "", "").await;
    let days: Vec<&str> = days.iter().map(|day| day.split(" of").next().unwrap()).collect();
    let expected = ["20 = 4", "21 = 3", "22 = 3", "23 = 2", "24 = 2", "25 = 2", "26 = 2", "27 = 2", "28 = 1"];
    assert_eq!(days[0], "2026-11-19 = 0");
    assert_eq!(days[1..], expected.map(|day| format!("2026-11-{day}")));
    assert_eq!(asked(&hub, "open", "system", "", "2026-11-21", "").await, ["permits = 3 of 3", "seals = 0 of 0"]);
    assert_eq!(asked(&hub, "overdue_open", "", "", "", "").await, [" = 1 of 1"]);
    assert_eq!(asked(&hub, "overdue_open,warning", "department", "", "", "").await.len(), 2);
}

async fn warnings_begin_by_working_days(fresh: Fresh) {
    let (hub, clock) = hub(&fresh).await;
    // Accepted Friday the 20th, promised Friday the 27th: 5 working days, a fifth is 1: yellow from Thursday the 26th.
    let short = case("permits", "1", 1, Status::Accepted);
    // 20 working days promised until 18 December, a fifth is 4: yellow from Monday the 14th.
    let mut long = case("permits", "2", 1, Status::Accepted);
    long.fields.promise_date = Some(at("2026-12-18 23:59"));
    long.fields.promise_limit = Some(Limit { count: 20, unit: LimitUnit::WorkingDays });
    // Promised for a year whose holidays nobody has published: no yellow can be foreseen, red still comes.
    let mut far = case("permits", "3", 1, Status::Accepted);
    far.fields.promise_date = Some(at("2027-01-20 23:59"));
    // Suspended cases are open; done ones are not.
    let over = done("permits", "4", 1, "2026-11-21 10:00");
    let good = reading("permits", "r", "2026-11-23 09:59", Outcome::Good, None);
    hub.ingest(&[record(short), record(long), record(far), record(over), good]).await.unwrap();
    let expected = [
        ("2026-11-25 23:59", "0 0"),
        ("2026-11-26 00:00", "1 0"),
        ("2026-11-27 23:59", "1 0"),
        ("2026-11-28 00:00", "1 1"),
        ("2026-12-13 23:59", "1 1"),
        ("2026-12-14 00:00", "2 1"),
        ("2026-12-19 00:00", "2 2"),
        ("2027-01-21 00:00", "3 3"),
    ];
    for (now, counts) in expected {
        clock.set(at(now).with_timezone(&Utc));
        let told = asked(&hub, "warning,overdue_open", "", "", "", "").await.join("");
        let values: Vec<&str> = told.split(" = ").skip(1).map(|part| part.split(' ').next().unwrap()).collect();
        assert_eq!(values.join(" "), counts, "at {now}");
    }
    clock.set(at("2026-12-15 10:00").with_timezone(&Utc));
    let warnings = hub.overview().await.unwrap().warnings;
    let rows: Vec<_> =
        warnings.iter().map(|row| (row.project_no.as_str(), row.level.as_str(), row.remaining_days)).collect();
    assert_eq!(rows, [("permits-1", "red", Some(-12)), ("permits-2", "yellow", Some(3))]);
}

async fn a_later_calendar_foresees_what_the_former_could_not(fresh: Fresh) {
    let (hub, clock) = hub(&fresh).await;
    let mut far = case("permits", "3", 1, Status::Accepted);
    far.fields.promise_date = Some(at("2027-01-20 23:59"));
    let good = reading("permits", "r", "2026-11-23 09:59", Outcome::Good, None);
    hub.ingest(&[record(far), good]).await.unwrap();
    clock.set(at("2027-01-20 10:00").with_timezone(&Utc));
    assert_eq!(asked(&hub, "warning", "", "", "", "").await, [" = 0 of 1"]);
    let longer = format!(
        "{}\n[2027]\nholidays = []\nworking_weekends = []\n",
        include_str!("../../../src/calendar/district.toml")
    );
    let calendar = Calendar::parse(&longer, "a test's calendar").unwrap();
    let again = Hub::open(fresh.store().await, clock, std::sync::Arc::new(calendar)).await.unwrap();
    assert_eq!(asked(&again, "warning", "", "", "", "").await, [" = 1 of 1"]);
}

async fn a_figure_never_travels_alone(fresh: Fresh) {
    let (hub, clock) = hub(&fresh).await;
    let given = [
        record(case("permits", "1", 1, Status::Accepted)),
        sample::quarantined("permits", "2", 1),
        record(case("seals", "3", 1, Status::Accepted)),
        card("permits", 1),
        card("seals", 1),
        reading("permits", "p1", "2026-11-23 09:58", Outcome::Good, Some(4)),
        reading("permits", "p2", "2026-11-23 09:59", Outcome::Failed, None),
        reading("seals", "s1", "2026-11-23 09:59", Outcome::Good, None),
    ];
    hub.ingest(&given).await.unwrap();
    let figure = async |only: &str| hub.stats(&query("accepted", "", "", "", only)).await.unwrap().remove(0);
    let all = figure("").await;
    assert_eq!(all.value, Some(2.0));
    assert_eq!(all.as_of, Some(at("2026-11-23 09:58")), "the oldest of the last good readings");
    assert_eq!(all.coverage, Coverage { fresh: 2, expected: 2 });
    assert_eq!(
        all.gap,
        Gap { ours: 3, stated: Some(4), missing: 2, quarantined: 1 },
        "a quarantined row is known; seals states nothing"
    );
    assert!(all.stale, "the last reading of permits failed");
    let seals = figure("system:seals").await;
    assert!(!seals.stale);
    assert_eq!(seals.gap, Gap { ours: 1, stated: None, missing: 0, quarantined: 0 });
    clock.set(at("2026-11-23 10:01").with_timezone(&Utc));
    let later = figure("").await;
    assert_eq!(later.coverage, Coverage { fresh: 1, expected: 2 }, "two minutes after a card of 120 seconds");
    assert_eq!(later.value, Some(2.0), "the last good value stays");
    // A reading that comes late replaces no newer one; one that comes again changes nothing.
    let late = [reading("permits", "p0", "2026-11-23 09:50", Outcome::Good, Some(9)), given[5].clone()];
    let fates = hub.ingest(&late).await.unwrap();
    assert_eq!(
        serde_json::to_value(fates).unwrap(),
        serde_json::json!([{"fate": "superseded"}, {"fate": "unchanged"}])
    );
    assert_eq!(figure("").await.gap, all.gap);
}

async fn an_unread_system_has_no_figure_not_zero(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    let nothing = hub.overview().await.unwrap();
    assert!(nothing.figures.iter().all(|figure| figure.value.is_none() && figure.stale), "nobody has reported");
    let given = [
        card("permits", 1),
        card("seals", 1),
        record(case("permits", "1", 1, Status::Accepted)),
        reading("seals", "s", "2026-11-23 09:59", Outcome::Good, Some(0)),
        reading("permits", "p", "2026-11-23 09:59", Outcome::Incomplete, Some(8)),
    ];
    hub.ingest(&given).await.unwrap();
    assert_eq!(asked(&hub, "accepted", "system", "", "", "").await, ["permits = null of 1", "seals = 0 of 0"]);
    assert_eq!(asked(&hub, "accepted", "", "", "", "system:nowhere").await, [" = null of 0"]);
}

async fn the_overview_agrees_with_the_figures(fresh: Fresh) {
    let hub = filled(&fresh).await;
    let seen = hub.overview().await.unwrap();
    let values: BTreeMap<&str, Option<f64>> =
        seen.figures.iter().map(|figure| (figure.measure.as_str(), figure.value)).collect();
    let expected = BTreeMap::from([
        ("received", Some(0.0)),
        ("accepted", Some(0.0)),
        ("done", Some(1.0)),
        ("open", Some(1.0)),
        ("on_time_rate", Some(0.5)),
        ("overdue_open", Some(1.0)),
        ("warning", Some(1.0)),
    ]);
    assert_eq!(values, expected);
    assert_eq!(seen.figures[0].dims["day"], "2026-11-28");
    assert_eq!((seen.trend.len(), seen.hours.len(), seen.towns.len()), (30, 24, 11));
    assert_eq!(seen.trend[21].accepted, 6);
    assert_eq!(seen.trend[29].done, 1);
    assert_eq!(seen.hours[0].done, 1);
    assert_eq!((seen.towns[0].name.as_str(), seen.towns[0].accepted, seen.towns[0].open), ("九曲街道", 6, 1));
    let departments: Vec<_> = seen.departments.iter().map(|row| (row.name.as_str(), row.received)).collect();
    assert_eq!(departments, [("民政局", 6), ("未注明", 1)]);
    assert_eq!((seen.items[0].name.as_str(), seen.items[0].accepted), ("临时救助", 6));
    assert_eq!((seen.newest.len(), seen.newest[0].project_no.as_str()), (7, "seals-7"));
    assert_eq!(seen.newest[1].applicant.as_deref(), Some("王**"));
    assert_eq!(seen.systems.len(), 2);
    assert_eq!(seen.gap, Gap { ours: 7, stated: Some(7), missing: 0, quarantined: 0 });
    assert_eq!(seen.position, 9);
    let json = serde_json::to_value(&seen).unwrap();
    assert_eq!(json["warnings"][0]["level"], "red");
    assert_eq!(json["newest"][1]["status_title"], "撤销");
}

async fn questions_without_an_answer_say_so(fresh: Fresh) {
    let (hub, _) = hub(&fresh).await;
    for (measures, by, only, word) in [
        ("warning", "day", "", "moment"),
        ("open", "hour", "", "stock"),
        ("accepted", "item,town", "", "item"),
        ("open", "", "day:2026-11-20", "to"),
    ] {
        let query = query(measures, by, "", "", only);
        let error = hub.stats(&query).await.unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    for (measures, by, word) in [("acepted", "", "accepted"), ("accepted", "site", "town")] {
        let error = StatsQuery::parse(measures, by).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    assert_eq!("town".parse::<Dim>(), Ok(Dim::Town));
}
