//! The site's cases: made up from their numbers alone, so that every run reads the same.

use chrono::{Days, NaiveDate, NaiveDateTime};

/// Cases on a list page.
pub const ROWS: usize = 20;
/// The id of the first case.
pub const FIRST: usize = 100_000;

/// A case as the site shows it: placeholder → text.
pub type Fields = Vec<(&'static str, String)>;

const ITEMS: [&str; 8] = [
    "食品经营许可证核发（新办）",
    "建设工程规划许可证核发",
    "取水许可证延续",
    "道路货物运输经营许可",
    "公共场所卫生许可证核发",
    "特种设备使用登记",
    "排污许可证核发（简化管理）",
    "城镇污水排入排水管网许可",
];
const TOWNS: [&str; 4] = ["九曲街道", "相公街道", "汤河镇", "八湖镇"];
const CHANNELS: [&str; 3] = ["窗口", "网上", "自助终端"];

/// The case of that number.
pub fn fields(number: usize) -> Fields {
    let day = NaiveDate::from_ymd_opt(2025, 1, 6).expect("a day") + Days::new((number % 300) as u64);
    let applied = day.and_hms_opt(8 + (number % 9) as u32, (number * 7 % 60) as u32, (number % 60) as u32);
    let applied = applied.expect("a time of day");
    let accepted = applied + chrono::Duration::minutes(35);
    let finished = accepted + chrono::Duration::hours(50 + (number % 40) as i64);
    let (status, ended) = [("待受理", false), ("审核中", false), ("已办结", true), ("已办结", true)][number % 4];
    let time = |at: NaiveDateTime| at.format("%Y-%m-%d %H:%M:%S").to_string();
    let ended = |text: String| if ended { text } else { String::new() };
    vec![
        ("id", (FIRST + number).to_string()),
        ("no", format!("SP2025{number:06}")),
        ("code", format!("371312-bench-{:02}", number % 8)),
        ("item", ITEMS[number % 8].to_owned()),
        ("type", ["承诺件", "即办件"][number % 2].to_owned()),
        ("applicant", format!("测试单位{number:05}有限公司")),
        // Shaped like a credit code, with a letter that no real one has.
        ("idno", format!("9137131200{number:07}I")),
        ("contact", format!("测试员{number:05}")),
        ("phone", format!("1000{number:07}")),
        ("town", TOWNS[number % 4].to_owned()),
        ("channel", CHANNELS[number % 3].to_owned()),
        ("status", status.to_owned()),
        ("applied", time(applied)),
        ("accepted", time(accepted)),
        ("updated", time(finished)),
        ("due", (day + Days::new(14)).format("%Y年%m月%d日").to_string()),
        ("finished", ended(time(finished))),
        ("result", ended("准予许可".to_owned())),
        ("legal", "20".to_owned()),
        ("promise", "5".to_owned()),
        ("site", "区政务服务中心".to_owned()),
        ("window", format!("综合窗口{}", number % 12 + 1)),
        ("operator", format!("经办{:02}", number % 30)),
        ("parity", ["even", "odd"][number % 2].to_owned()),
    ]
}

/// A template with its placeholders filled.
pub fn fill(template: &str, fields: &[(&str, String)]) -> String {
    fields.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// The rows of a detail's history.
pub fn flow(case: &Fields) -> String {
    let text = |name: &str| case.iter().find(|(own, _)| *own == name).map_or("", |(_, text)| text);
    let steps = ["申请", "收件", "受理", "审查", "决定"];
    let row = |(at, step): (usize, &&str)| {
        let (number, time) = (at + 1, text(if at < 2 { "applied" } else { "accepted" }));
        format!(
            "<tr class=\"flow-row\" data-step=\"{number}\"><td class=\"center\">{number}</td><td><span class=\"step\">{step}</span></td>\
             <td>{}</td><td class=\"nowrap\">{time}</td><td class=\"nowrap\">{time}</td>\
             <td><div class=\"cell\"><span class=\"ellipsis\" title=\"同意\">同意</span></div></td></tr>\n",
            text("operator")
        )
    };
    steps.iter().enumerate().map(row).collect()
}

/// The rows of a detail's papers.
pub fn stuff() -> String {
    let papers = ["申请表", "营业执照", "法定代表人身份证明", "授权委托书", "场所平面图", "承诺书"];
    let row = |(at, paper): (usize, &&str)| {
        let number = at + 1;
        format!(
            "<tr class=\"stuff-row\"><td class=\"center\">{number}</td><td>{paper}</td><td>申请人自备</td><td class=\"center\">1</td>\
             <td><a class=\"btn btn-xs\" href=\"#\" onclick=\"return openTab('{paper}','/file/{number}')\"><i class=\"icon icon-file\"></i> 预览</a></td></tr>\n"
        )
    };
    papers.iter().enumerate().map(row).collect()
}
