//! A second change within the unit that the list's own time shows.

use super::register::{Register, changed, phone, row};

/// Every notation of the minute in which it is: a second change within it is read by the next run, and then there is an end to it.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_change_within_the_minute_is_seen() {
    for shown in [
        "2026-12-01 10:00",
        "2026/12/1 10:00",
        "2026年12月1日 10:00",
        "12-01 10:00",
        "10:00",
        "今天 10:00",
        "Dec 1, 2026 10:00 AM",
        "2026-12-01T02:00Z",
    ] {
        let register =
            Register::open("2026-12-01 10:00", vec![row(1, "2026-11-02 09:00"), row(2, shown)], |_| {}).await;
        assert_eq!(register.run_at("2026-12-01 10:00").await.reading.changed, 2);
        register.change(2, |row| row.phone = phone(2, 1));
        let next = register.run_at("2026-12-01 10:01").await;
        assert_eq!((next.reading.reread, next.reading.changed), (1, 1), "{shown}");
        assert_eq!((register.opened(), register.phone(2).await), (vec!["2".to_owned()], phone(2, 1)), "{shown}");
        let after = register.run_at("2026-12-01 10:05").await;
        assert_eq!((after.reading.reread, after.reading.changed), (1, 0), "{shown}: read after the minute was over");
        assert_eq!(register.run_at("2026-12-01 10:10").await.reading.reread, 0, "{shown}");
        register.trial.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_are_rounded_are_read_again_while_they_may_hide_a_change() {
    for (shown, later) in
        [("刚刚", "刚刚"), ("1分钟前", "3 分钟前"), ("just now", "2 minutes ago"), ("30秒前", "1分钟前")]
    {
        let register = Register::open("2026-12-01 10:00", vec![row(1, shown)], |_| {}).await;
        register.run_at("2026-12-01 10:00").await;
        register.change(1, |row| (row.phone, row.updated) = (phone(1, 1), later.to_owned()));
        register.run_at("2026-12-01 10:02").await;
        assert_eq!(register.phone(1).await, phone(1, 1), "{shown}");
        register.trial.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_shows_days_is_read_again_until_the_day_is_over() {
    for shown in ["2026-12-01", "今天", "2026-12-01 00:00:00", "12月1日", "20261201"] {
        let register = Register::open("2026-12-01 10:00", vec![row(1, shown), row(2, "2026-11-30")], |_| {}).await;
        register.run_at("2026-12-01 10:00").await;
        for (change, now) in [(1, "2026-12-01 11:00"), (2, "2026-12-01 23:50")] {
            register.change(1, |row| row.phone = phone(1, change));
            assert_eq!(register.run_at(now).await.reading.reread, 1, "{shown}");
            assert_eq!(register.phone(1).await, phone(1, change), "{shown} at {now}");
        }
        register.change(1, |row| row.phone = phone(1, 3));
        if shown == "今天" {
            register.change(1, |row| row.updated = "昨天".to_owned());
        }
        assert_eq!(register.run_at("2026-12-02 08:00").await.reading.reread, 1, "{shown}: after midnight once more");
        assert_eq!(register.phone(1).await, phone(1, 3), "{shown}");
        assert_eq!(register.run_at("2026-12-02 08:05").await.reading.reread, 0, "{shown}: and then no more");
        register.trial.end().await;
    }
}

/// The word stays, what it means does not.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_word_on_another_day_is_another_moment() {
    for (first, second) in
        [("昨天", "昨天"), ("昨天 15:20", "昨天 15:20"), ("15:20", "15:20"), ("3天前", "3天前"), ("周一", "周一")]
    {
        let register = Register::open("2026-12-02 18:00", vec![row(1, first)], |_| {}).await;
        register.run_at("2026-12-02 18:00").await;
        let same = register.run_at("2026-12-02 19:00").await;
        assert_eq!(same.reading.reread, 0, "{first}: what it means is over");
        register.change(1, |row| (row.phone, row.updated) = (phone(1, 1), second.to_owned()));
        let later = if first == "周一" { "2026-12-09 18:00" } else { "2026-12-03 18:00" };
        assert_eq!(register.run_at(later).await.reading.changed, 1, "{first}");
        assert_eq!(register.phone(1).await, phone(1, 1), "{first}");
        register.trial.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_hides_no_second_change() {
    for (name, first, second) in [
        ("behind by half an hour", "2026-12-01 09:00", "2026-12-01 09:30"),
        ("ahead by half an hour", "2026-12-01 10:00", "2026-12-01 10:30"),
        ("in UTC, and nobody says so", "2026-12-01 01:00", "2026-12-01 02:00"),
    ] {
        let register = Register::open("2026-12-01 09:50", vec![row(1, first)], |_| {}).await;
        register.run_at("2026-12-01 09:50").await;
        register.run_at("2026-12-01 09:55").await;
        register.change(1, |row| (row.phone, row.updated) = (phone(1, 1), second.to_owned()));
        register.run_at("2026-12-01 10:00").await;
        register.change(1, |row| row.phone = phone(1, 2));
        register.run_at("2026-12-01 10:05").await;
        assert_eq!(register.phone(1).await, phone(1, 2), "{name}");
        register.trial.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_in_the_row_is_no_moment_of_a_change() {
    let register =
        Register::open("2026-12-01 10:00", vec![row(1, "2026-12-20"), row(2, "2026-12-01 19:00")], |_| {}).await;
    register.run_at("2026-12-01 10:00").await;
    assert_eq!(register.run_at("2026-12-01 10:01").await.reading.reread, 0);
    register.trial.end().await;
}

/// What the list itself shows of a case is never passed over, whatever `changed` says.
#[tokio::test(flavor = "multi_thread")]
async fn a_state_in_the_list_is_seen_although_changed_does_not_name_it() {
    let register =
        Register::open("2026-12-01 10:00", vec![row(1, "2026-11-02 09:00"), row(2, "2026-11-02 09:00")], |_| {}).await;
    register.run_at("2026-12-01 10:00").await;
    register.change(1, |row| row.status = "办结".to_owned());
    register.change(2, |row| row.item = "临时救助".to_owned());
    assert_eq!(register.run_at("2026-12-01 10:10").await.reading.changed, 2);
    let held = register.held().await;
    assert_eq!(held["1"].case.status, queqiao::record::Status::Done);
    assert_eq!(held["2"].case.fields.task_name.as_deref(), Some("临时救助"));
    register.trial.end().await;
}

/// Without `changed`, every field of the row counts, and every moment in it.
#[tokio::test(flavor = "multi_thread")]
async fn without_changed_the_moments_of_the_whole_row_count() {
    let register = Register::open("2026-12-01 10:00", vec![row(1, "张三 2026-12-01 10:00")], changed("")).await;
    register.run_at("2026-12-01 10:00").await;
    register.change(1, |row| row.phone = phone(1, 1));
    register.run_at("2026-12-01 10:01").await;
    assert_eq!(register.phone(1).await, phone(1, 1));
    register.trial.end().await;
}
