use proptest::prelude::*;

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn refused(text: &str) -> String {
    Calendar::parse(text, "edited.toml").unwrap_err().to_string()
}

#[test]
fn vectors_of_the_domain_page() {
    let calendar = Calendar::district();
    for (start, days, end) in [
        ("2022-09-30", 5, "2022-10-12"),
        ("2022-01-28", 3, "2022-02-07"),
        ("2022-04-29", 5, "2022-05-10"),
        ("2022-10-08", 1, "2022-10-09"), // a Sunday
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-09-30", 3, "2026-10-10"), // a Saturday
    ] {
        assert_eq!(calendar.add(date(start), days).unwrap(), date(end), "{start} + {days}");
        assert_eq!(calendar.between(date(start), date(end)).unwrap(), i64::from(days), "{start} to {end}");
    }
}

#[test]
fn working_days_per_year() {
    let calendar = Calendar::district();
    for (year, days) in [(2022, 249), (2025, 248), (2026, 248)] {
        let days_of = |year: i32| -> Vec<NaiveDate> {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            first.iter_days().take_while(|date| date.year() == year).collect()
        };
        let worked = days_of(year).into_iter().filter(|&date| calendar.is_working(date).unwrap()).count();
        assert_eq!(worked, days, "{year}");
    }
}

#[test]
fn knows_each_year_from_2004_to_2026() {
    assert!(Calendar::district().years().eq(2004..=2026));
}

#[test]
fn a_year_that_was_not_published_is_named() {
    let calendar = Calendar::district();
    let error = calendar.add(date("2026-12-31"), 1).unwrap_err();
    assert!(matches!(error, CalendarError::MissingYear { year: 2027, .. }));
    assert_eq!(
        error.to_string(),
        "working days of 2027 are not known (the shipped calendar has 2004 to 2026): write a section [2027] with its \
         `holidays` and `working_weekends` into a copy of src/calendar/district.toml, and name that file as `calendar` in \
         queqiao.toml"
    );
    let asked = |result: Result<i64, CalendarError>| match result {
        Err(CalendarError::MissingYear { year, .. }) => year,
        other => panic!("{other:?}"),
    };
    assert_eq!(asked(calendar.between(date("2026-12-31"), date("2030-01-01"))), 2027);
    assert_eq!(asked(calendar.between(date("2004-01-01"), date("2003-12-31"))), 2003);
    assert_eq!(asked(calendar.between(NaiveDate::MIN, NaiveDate::MAX)), NaiveDate::MIN.year());
    assert!(calendar.is_working(date("2027-01-01")).is_err());
    assert!(calendar.add(date("2003-12-31"), 0).is_err(), "an unknown year is unknown even for a promise of no days");
    assert!(calendar.add(date("2020-01-01"), u32::MAX).is_err());
}

#[test]
fn a_gap_between_years_is_never_jumped() {
    let empty = "holidays = []\nworking_weekends = []\n";
    let calendar = Calendar::parse(&format!("[2024]\n{empty}[2026]\n{empty}"), "edited.toml").unwrap();
    let error = calendar.add(date("2024-12-30"), 2).unwrap_err().to_string();
    assert!(error.starts_with("working days of 2025 are not known (edited.toml has 2024 to 2026)"), "{error}");
    assert!(calendar.between(date("2024-12-30"), date("2026-01-05")).is_err());
}

#[test]
fn an_operators_file_is_checked() {
    let year =
        |holidays: &str, weekends: &str| format!("[2026]\nholidays = [{holidays}]\nworking_weekends = [{weekends}]");
    for (text, part) in [
        (String::new(), "has no year"),
        ("[next]\nholidays = []\nworking_weekends = []".to_owned(), "section [next] is not a year"),
        (year("\"2025-01-01\"", ""), "2025-01-01 is of another year"),
        (year("\"2026-01-04\"", "\"2026-01-04\""), "2026-01-04 is both a holiday and a working weekend"),
        (year("", "\"2026-01-05\""), "2026-01-05 is no Saturday or Sunday"),
        (year("\"2026-02-30\"", ""), "line 2"),
        ("[2026]\nholidays = []\nworking_weekends = []\nworkdays = []".to_owned(), "unknown field `workdays`"),
    ] {
        let message = refused(&text);
        assert!(message.contains(part) && message.contains("edited.toml"), "{message}");
    }
}

#[test]
fn an_edited_copy_is_loaded_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calendar.toml");
    let next = "\n[2027]\nholidays = [\"2027-01-01\"]\nworking_weekends = []\n";
    std::fs::write(&path, format!("{}{next}", include_str!("district.toml"))).unwrap();
    let calendar = Calendar::load(&path).unwrap();
    assert_eq!(calendar.add(date("2026-12-31"), 1).unwrap(), date("2027-01-04"));
    let missing = Calendar::load(&folder.path().join("none.toml")).unwrap_err();
    assert!(missing.to_string().contains("none.toml"), "{missing}");
}

prop_compose! {
    /// A day of 2004 to 2025, so that a year's promise still ends in a published year.
    fn any_day()(days in 0..8000u64) -> NaiveDate {
        date("2004-01-01") + chrono::Days::new(days)
    }
}

proptest! {
    #[test]
    fn between_undoes_add(start in any_day(), days in 0..250u32) {
        let calendar = Calendar::district();
        let end = calendar.add(start, days).unwrap();
        prop_assert_eq!(calendar.between(start, end).unwrap(), i64::from(days));
        prop_assert!(days == 0 || calendar.is_working(end).unwrap());
    }

    #[test]
    fn add_undoes_between_for_working_days(one in any_day(), other in any_day()) {
        let calendar = Calendar::district();
        let (start, end) = (one.min(other), one.max(other));
        prop_assume!(calendar.is_working(end).unwrap());
        let days = u32::try_from(calendar.between(start, end).unwrap()).unwrap();
        prop_assert_eq!(calendar.add(start, days).unwrap(), end);
    }

    #[test]
    fn between_counts_day_by_day_and_swaps_its_sign(one in any_day(), span in 0..400u64) {
        let calendar = Calendar::district();
        let other = one + chrono::Days::new(span);
        let walked = one.iter_days().skip(1).take_while(|&day| day <= other).filter(|&day| calendar.is_working(day).unwrap());
        let walked = i64::try_from(walked.count()).unwrap();
        prop_assert_eq!(calendar.between(one, other).unwrap(), walked);
        prop_assert_eq!(calendar.between(other, one).unwrap(), -walked);
    }
}
