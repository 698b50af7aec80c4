//! A schedule in words: what `croner` reads in it, in both languages.

use croner::{
    describe::{English, Language},
    parser::CronParser,
};

use super::{Cron, Schedule};
use crate::base::{Lang, Message};

impl Schedule {
    /// When it runs, as a person says it: `At 09:00, on Monday.`, `09:00，星期一。`
    pub fn describe(&self, lang: Lang) -> String {
        let clock = self.cron.as_ref().map(|cron| spoken(cron, lang));
        let (comma, gap) = match lang {
            Lang::En => (", ", " "),
            Lang::Zh => ("、", ""),
        };
        let after = Message::new("adapter-spoken-after").with("bots", self.after.join(comma)).say(lang);
        let after = Some(after).filter(|_| !self.after.is_empty());
        clock.into_iter().chain(after).collect::<Vec<_>>().join(gap)
    }
}

fn spoken(cron: &Cron, lang: Lang) -> String {
    let Ok(parsed) = CronParser::new().parse(&cron.written) else {
        // Loading has read it with the same parser.
        return cron.written.clone();
    };
    match lang {
        Lang::En => parsed.describe_lang(English),
        Lang::Zh => parsed.describe_lang(Chinese).replace(", ", "，").replace('.', "。"),
    }
}

/// Chinese for `croner`.
struct Chinese;

impl Language for Chinese {
    fn every_minute(&self) -> &'static str {
        "每分钟"
    }

    fn every_second_phrase(&self) -> &'static str {
        "每秒"
    }

    fn every_x_minutes(&self, step: u16) -> String {
        format!("每 {step} 分钟")
    }

    fn every_x_seconds(&self, step: u16) -> String {
        format!("每 {step} 秒")
    }

    fn every_x_hours(&self, step: u16) -> String {
        format!("每 {step} 小时")
    }

    fn every_minute_of_every_x_hours(&self, step: u16) -> String {
        format!("每 {step} 小时中的每分钟")
    }

    fn at_time(&self, time: &str) -> String {
        time.to_owned()
    }

    fn at_time_and_every_x_seconds(&self, time: &str, step: u16) -> String {
        format!("{time} 起的一分钟内每 {step} 秒")
    }

    fn at_time_at_second(&self, time: &str, second: &str) -> String {
        format!("{time} 的第 {second} 秒")
    }

    fn at_phrase(&self, phrase: &str) -> String {
        phrase.to_owned()
    }

    fn on_phrase(&self, phrase: &str) -> String {
        phrase.to_owned()
    }

    fn in_phrase(&self, phrase: &str) -> String {
        phrase.to_owned()
    }

    fn second_phrase(&self, s: &str) -> String {
        format!("第 {s} 秒")
    }

    fn minute_phrase(&self, s: &str) -> String {
        format!("{s} 分")
    }

    fn minute_past_every_hour_phrase(&self, s: &str) -> String {
        format!("每小时的 {s}")
    }

    fn hour_phrase(&self, s: &str) -> String {
        format!("{s} 时")
    }

    fn year_phrase(&self, s: &str) -> String {
        format!("{s} 年")
    }

    fn day_phrase(&self, s: &str) -> String {
        format!("每月 {s} 日")
    }

    fn the_last_day_of_the_month(&self) -> &'static str {
        "每月最后一天"
    }

    fn the_weekday_nearest_day(&self, day: &str) -> String {
        format!("离每月 {day} 日最近的工作日")
    }

    fn the_last_weekday_of_the_month(&self, day: &str) -> String {
        format!("每月最后一个{day}")
    }

    fn the_nth_weekday_of_the_month(&self, n: u8, day: &str) -> String {
        format!("每月第 {n} 个{day}")
    }

    fn dom_and_dow_if_also(&self, dow: &str) -> String {
        format!("且为{dow}")
    }

    fn dom_and_dow_if_also_one_of(&self, dow: &str) -> String {
        format!("且为{dow}之一")
    }

    fn list_conjunction_and(&self) -> &'static str {
        "和"
    }

    fn list_conjunction_or(&self) -> &'static str {
        "或"
    }

    fn list_conjunction_and_comma(&self) -> &'static str {
        "和"
    }

    fn day_of_week_names(&self) -> [&'static str; 7] {
        ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"]
    }

    fn month_names(&self) -> [&'static str; 12] {
        ["1 月", "2 月", "3 月", "4 月", "5 月", "6 月", "7 月", "8 月", "9 月", "10 月", "11 月", "12 月"]
    }

    fn every_past_phrase(&self, every: &str, hours: &str) -> String {
        format!("{hours}内{every}")
    }

    fn past_hour_phrase(&self, s: &str) -> String {
        format!("{s} 时")
    }

    fn every_x_months(&self, step: u16) -> String {
        format!("每 {step} 个月")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(cron: Option<&str>, after: &[&str]) -> Schedule {
        let cron = cron.map(|written| Cron { schedule: "0 * * * * *".parse().unwrap(), written: written.to_owned() });
        let after = after.iter().map(|bot| (*bot).to_owned()).collect();
        Schedule { cron, after, ..Schedule::new("day#1") }
    }

    #[test]
    fn a_schedule_is_said_in_both_languages() {
        let said = |cron, after: &[&str]| [Lang::Zh, Lang::En].map(|lang| schedule(cron, after).describe(lang));
        assert_eq!(said(Some("*/5 * * * * *"), &[]), ["每 5 秒。", "At every 5 seconds."]);
        assert_eq!(said(Some("0 9 * * 1"), &[]), ["09:00，星期一。", "At 09:00, on Monday."]);
        assert_eq!(said(Some("*/2 8-18 * * *"), &[]), ["每 2 分钟，8-18 时。", "At every 2 minutes, of hour 8-18."]);
        let after = ["a、b 采到新内容之后。", "After a, b has brought something new."];
        assert_eq!(said(None, &["a", "b"]), after);
        assert_eq!(said(Some("0 9 * * 1"), &["a"])[1], "At 09:00, on Monday. After a has brought something new.");
    }
}
