use super::*;

const NOW: &str = "2026-12-01 10:00";

fn at(text: &str) -> DateTime<FixedOffset> {
    let clock = NaiveDateTime::parse_from_str(&format!("{text}:00"), "%Y-%m-%d %H:%M:%S").unwrap();
    Shanghai.from_local_datetime(&clock).unwrap().fixed_offset()
}

/// From when on a reading has seen it all, without the slack: `-` where nothing is said, as `MM-DD HH:MM`.
fn over(text: &str) -> String {
    let said = said(text, at(NOW));
    said.sure_from.map_or_else(|| "-".to_owned(), |from| (from - SLACK).format("%m-%d %H:%M").to_string())
}

#[test]
fn a_unit_is_over_at_its_end() {
    for (text, end) in [
        ("2026-12-01 09:58", "12-01 09:59"),
        ("2026/12/1 9:58", "12-01 09:59"),
        ("2026年12月1日 09:58", "12-01 09:59"),
        ("2026年12月01日 09时58分", "12-01 09:59"),
        ("2026-12-01 09:58:30", "12-01 09:58"),
        ("2026-12-01T09:58:30.250+08:00", "12-01 09:58"),
        ("2026-12-01T01:58:00Z", "12-01 09:58"),
        ("2026-12-01", "12-02 00:00"),
        ("2026.12.1", "12-02 00:00"),
        ("2026-12-01 00:00:00", "12-02 00:00"),
        ("二〇二六年十二月一日", "12-02 00:00"),
        ("20261201", "12-02 00:00"),
        ("20261201095830", "12-01 09:58"),
        ("1 Dec 2026", "12-02 00:00"),
        ("Dec 1, 2026 9:58 AM", "12-01 09:59"),
        ("12/01/2026", "12-02 00:00"),
        ("12-01 09:58", "12-01 09:59"),
        ("12月1日", "12-02 00:00"),
        ("09:58", "12-01 09:59"),
        ("今天 09:58", "12-01 09:59"),
        ("今天", "12-02 00:00"),
        ("昨天", "12-01 00:00"),
        ("昨天 下午 03:20", "11-30 15:21"),
        ("yesterday", "12-01 00:00"),
        ("更新于 2026-12-01 09:58（张三）", "12-01 09:59"),
    ] {
        assert_eq!(over(text), end, "{text}");
    }
}

#[test]
fn rounded_words_are_over_when_they_were_for_a_while() {
    let sure = |text: &str| said(text, at(NOW)).sure_from.map(|from| (from - at(NOW)).num_minutes());
    assert_eq!(sure("刚刚"), Some(10), "never over while it is said");
    assert_eq!(sure("just now"), Some(10));
    assert_eq!((sure("3分钟前"), sure("30 秒前"), sure("12 minutes ago")), (Some(7), Some(9), Some(-2)));
    assert_eq!((sure("2小时前"), sure("an hour ago"), sure("半小时前")), (Some(-110), Some(-50), Some(10)));
    assert_eq!(sure("3天前"), Some(10 - 3 * 24 * 60));
}

#[test]
fn what_is_no_moment_of_a_change_says_nothing() {
    for text in
        ["", "审批中", "SL20261001", "13800001234", "1.5", "3/7", "共 12 条", "2026-12-20", "2027-01-05 10:00", "25:99"]
    {
        assert_eq!(over(text), "-", "{text}");
    }
    assert_eq!(over("2026-12-01 11:30"), "12-01 11:31", "a clock that is ahead");
}

#[test]
fn words_are_compared_by_what_they_mean() {
    let print = |text: &str, now: &str| said(text, at(now)).print;
    assert_ne!(print("昨天", "2026-12-01 10:00"), print("昨天", "2026-12-02 10:00"), "the same word a day later");
    assert_eq!(print("昨天", "2026-12-01 10:00"), print("前天", "2026-12-02 10:00"));
    assert_eq!(print("昨天 15:20", "2026-12-01 10:00"), print("前天 15:20", "2026-12-02 10:00"));
    assert_ne!(print("15:20", "2026-12-01 16:00"), print("15:20", "2026-12-02 16:00"));
    assert_eq!(print("15:20", "2026-12-01 16:00"), print("15:20", "2026-12-02 09:00"), "yesterday's still");
    assert_eq!(print("3天前", "2026-12-01 10:00"), print("4天前", "2026-12-02 10:00"));
    assert_eq!(print("3分钟前", "2026-12-01 10:00"), print("8分钟前", "2026-12-01 10:05"));
    assert_ne!(print("周一", "2026-12-01 10:00"), print("周一", "2026-12-08 10:00"));
    assert_eq!(print("更新：昨天，张三", "2026-12-01 10:00"), "更新：2026-11-30，张三");
    for unchanged in ["2026-12-01 09:58", "2026-12-01（周二）", "刚刚", "12-01 09:58", "审批中"] {
        assert_eq!(print(unchanged, NOW), unchanged);
    }
}
