//! What the office really holds, and its pages as they should be.

use std::{collections::BTreeMap, fmt::Write as _};

use chrono::{DateTime, Duration, FixedOffset};

use crate::sample::at;

/// Rows on a full page.
pub const PAGE: usize = 30;
/// Cases that the office begins with.
pub const CASES: usize = 120;

const ITEMS: [&str; 5] = [
    "取水许可",
    "水土保持方案审批",
    "河道管理范围内建设项目审批",
    "入河排污口设置审核",
    "农村集体经济组织修建水库审批",
];
const SURNAMES: [&str; 8] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄"];
const NAMES: [&str; 9] = ["小明", "建国", "秀英", "志强", "海燕", "文博", "玉兰", "子涵", "春生"];
const TOWNS: [&str; 3] = ["汤河镇", "八湖镇", "郑旺镇"];

/// One case.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub no: String,
    pub item: String,
    pub who: String,
    pub town: String,
    /// The page's own word.
    pub status: String,
    pub applied: DateTime<FixedOffset>,
    pub accepted: DateTime<FixedOffset>,
    pub updated: DateTime<FixedOffset>,
    pub finished: Option<DateTime<FixedOffset>>,
    pub phone: String,
    pub id: String,
    pub operator: String,
}

/// Everything that the office holds, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    pub cases: Vec<Case>,
}

impl World {
    pub fn new() -> Self {
        Self::of(CASES)
    }

    /// So many cases.
    pub fn of(cases: usize) -> Self {
        Self { cases: (0..cases).rev().map(case).collect() }
    }

    /// As it stands a little later: three new cases, and twelve that have moved on.
    pub fn later(&self) -> Self {
        let mut cases = self.cases.clone();
        for case in cases.iter_mut().skip(4).step_by(10) {
            case.updated = at("2026-11-23 10:01");
            (case.status, case.finished) = match case.status.as_str() {
                "已受理" => ("审批中".to_owned(), None),
                _ => ("办结".to_owned(), Some(at("2026-11-23 10:01"))),
            };
        }
        for number in self.cases.len()..self.cases.len() + 3 {
            cases.insert(0, case(number));
        }
        Self { cases }
    }

    /// One more new case.
    pub fn add(&mut self) {
        let newest: usize = self.cases[0].no[6..].parse().expect("numbers end in digits");
        self.cases.insert(0, case(newest - 1000 + 1));
    }

    pub fn list(&self, page: usize) -> List {
        let rows = self.cases.iter().skip((page - 1) * PAGE).take(PAGE).map(cells).collect();
        let total = format!("共 {} 条", self.cases.len());
        List { headers: HEADERS.map(str::to_owned).to_vec(), rows, total: Some(total), more: String::new() }
    }

    /// The whole list as a file: CSV.
    pub fn export(&self) -> String {
        let mut text = HEADERS[..7].join(",") + "\r\n";
        for case in &self.cases {
            let _ = write!(text, "{}\r\n", cells(case)[..7].join(","));
        }
        let _ = write!(text, "共 {} 条\r\n", self.cases.len());
        text
    }

    pub fn detail(&self, no: &str) -> Option<Detail> {
        let case = self.cases.iter().find(|case| case.no == no)?;
        let finished = case.finished.map(written).unwrap_or_default();
        let pairs = [
            ("受理编号", case.no.clone()),
            ("联系电话", case.phone.clone()),
            ("证件号码", case.id.clone()),
            ("申请时间", written(case.applied)),
            ("办结时间", finished),
            ("经办人", case.operator.clone()),
        ];
        Some(Detail { pairs: pairs.map(|(label, value)| (label.to_owned(), value)).to_vec() })
    }
}

const HEADERS: [&str; 8] = ["受理编号", "事项", "申请人", "所属镇街", "当前状态", "受理时间", "更新时间", "操作"];

fn case(number: usize) -> Case {
    let applied = at("2026-01-02 09:10") + Duration::days(number as i64 * 5 / 2) + Duration::minutes(number as i64);
    let status = ["已受理", "办结", "审批中", "办结", "已受理"][number % 5];
    Case {
        no: format!("SL2026{}", 1000 + number),
        item: ITEMS[number % 5].to_owned(),
        who: format!("{}{}", SURNAMES[number % 8], NAMES[number % 9]),
        town: TOWNS[number % 3].to_owned(),
        status: status.to_owned(),
        applied,
        accepted: applied + Duration::hours(1),
        updated: applied + Duration::hours(2),
        finished: (status == "办结").then(|| applied + Duration::hours(3)),
        phone: format!("1380000{number:04}"),
        id: format!("99999919900101{number:04}"),
        operator: format!("{}经办", SURNAMES[number % 3]),
    }
}

fn cells(case: &Case) -> Vec<String> {
    vec![
        case.no.clone(),
        case.item.clone(),
        case.who.clone(),
        case.town.clone(),
        case.status.clone(),
        written(case.accepted),
        written(case.updated),
        format!("<a href=\"detail.do?no={}\">查看</a>", case.no),
    ]
}

pub fn written(at: DateTime<FixedOffset>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

/// A list page before it is written as HTML.
#[derive(Clone, Debug)]
pub struct List {
    pub headers: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub total: Option<String>,
    /// Anything else, behind the table.
    pub more: String,
}

impl List {
    /// The same as an answer for scripts.
    pub fn json(&self) -> String {
        let row = |cells: &Vec<String>| {
            let names = ["no", "item", "who", "town", "status", "accepted", "updated"];
            let mut row: serde_json::Map<_, _> =
                names.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell.as_str().into())).collect();
            row.insert("href".to_owned(), format!("detail.do?no={}", cells[0]).into());
            serde_json::Value::Object(row)
        };
        let digits = self.total.iter().flat_map(|total| total.chars()).filter(char::is_ascii_digit).collect::<String>();
        let (rows, total): (Vec<_>, u64) = (self.rows.iter().map(row).collect(), digits.parse().unwrap_or_default());
        serde_json::json!({ "code": 0, "data": { "rows": rows, "total": total } }).to_string()
    }

    pub fn html(&self) -> String {
        let row = |cells: &Vec<String>, tag: &str| {
            let cells: String = cells.iter().fold(String::new(), |mut text, cell| {
                let _ = write!(text, "<{tag}>{cell}</{tag}>");
                text
            });
            format!("<tr>{cells}</tr>\n")
        };
        let head = if self.headers.is_empty() { String::new() } else { row(&self.headers, "th") };
        let rows: String = self.rows.iter().map(|cells| row(cells, "td")).collect();
        let total = self.total.as_ref().map_or_else(String::new, |total| format!("<div class=\"total\">{total}</div>"));
        page(&format!("<table class=\"list\">{head}{rows}</table>{}{total}", self.more))
    }
}

/// A detail page before it is written as HTML.
#[derive(Clone, Debug)]
pub struct Detail {
    pub pairs: Vec<(String, String)>,
}

impl Detail {
    pub fn set(&mut self, label: &str, value: &str) {
        self.change(label, |_| value.to_owned());
    }

    pub fn change(&mut self, label: &str, change: impl Fn(&str) -> String) {
        let pairs = self.pairs.iter_mut().filter(|(own, _)| own == label);
        pairs.for_each(|(_, value)| *value = change(value));
    }

    pub fn html(&self) -> String {
        let rows = self.pairs.iter().map(|(label, value)| format!("<tr><th>{label}</th><td>{value}</td></tr>\n"));
        page(&format!("<table class=\"detail\">{}</table>", rows.collect::<String>()))
    }
}

/// A page around this.
pub fn page(body: &str) -> String {
    format!(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>审批</title></head><body><h1>水利局</h1>{body}</body></html>\n"
    )
}

/// What a hub should hold: by number, everything that the adapter maps.
pub fn truth(world: &World) -> BTreeMap<String, String> {
    let status = |word: &str| match word {
        "已受理" => "accepted",
        "审批中" => "in_progress",
        "办结" => "done",
        other => panic!("no case is {other}"),
    };
    let said = |case: &Case| {
        format!(
            "{} {} {} {} {} {} {} {}",
            status(&case.status),
            case.item,
            case.who,
            case.phone,
            case.id,
            case.applied.to_rfc3339(),
            case.accepted.to_rfc3339(),
            case.finished.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339())
        )
    };
    world.cases.iter().map(|case| (case.no.clone(), said(case))).collect()
}
