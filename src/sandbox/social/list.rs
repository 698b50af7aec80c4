//! The list: filters that depend on each other, a button, and a grid whose pager sends the form back.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use minijinja::{Value, context};
use serde::{Deserialize, Serialize};

use super::super::case::Case;
use super::super::ledger::Ledger;
use super::super::office::Office;
use super::super::places::{TOWNS, Town};
use super::super::status::Status;
use super::super::webforms::{Offer, Posted};
use super::{KIND, Visitor, form, framed, refused, row};

const PAGE: &str = "CaseList.aspx";
/// Rows on a page.
const ROWS: usize = 20;
/// Page numbers that the pager shows at once.
const NUMBERS: usize = 10;
/// The counties of the city that can be chosen, the district's own first.
const COUNTIES: [(&str, &str); 3] = [(OWN_COUNTY, "河东区"), ("371302", "兰山区"), ("371311", "罗庄区")];
const OWN_COUNTY: &str = "371312";

const COUNTY: &str = "ctl00$Main$ddlCounty";
const TOWN: &str = "ctl00$Main$ddlTown";
const STATE: &str = "ctl00$Main$ddlState";
const KEYWORD: &str = "ctl00$Main$txtKeyword";
const QUERY: &str = "ctl00$Main$btnQuery";
const GRID: &str = "ctl00$Main$gvCase";

/// What the filters say.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Filters {
    county: String,
    town: String,
    state: String,
    keyword: String,
}

/// What the page remembers from one rendering to the next.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Memory {
    /// What the filters said when 查询 was pressed last.
    asked: Option<Filters>,
    page: usize,
}

/// The pages that the pager leads to.
struct Pager {
    page: usize,
    last: usize,
}

impl Pager {
    /// The first and the last number that it shows.
    fn numbers(&self) -> (usize, usize) {
        let first = (self.page - 1) / NUMBERS * NUMBERS + 1;
        (first, (first + NUMBERS - 1).min(self.last))
    }

    /// What it shows: where each link leads, and its text; the number of the page itself leads nowhere.
    fn links(&self) -> Vec<(String, String)> {
        let to = |argument: &str, text: &str| (format!("Page${argument}"), text.to_owned());
        let (first, last) = self.numbers();
        let mut links = Vec::new();
        if self.page > 1 {
            links.extend([to("First", "首页"), to("Prev", "上一页")]);
        }
        if first > 1 {
            links.push(to(&(first - 1).to_string(), "..."));
        }
        let number = |number: usize| {
            let text = number.to_string();
            if number == self.page { (String::new(), text) } else { to(&text, &text) }
        };
        links.extend((first..=last).map(number));
        if last < self.last {
            links.push(to(&(last + 1).to_string(), "..."));
        }
        if self.page < self.last {
            links.extend([to("Next", "下一页"), to("Last", "末页")]);
        }
        links
    }
}

pub(super) async fn show(State(office): State<Arc<Office>>, Visitor(session): Visitor) -> Response {
    page(&office, &session, &Filters::default(), Memory::default(), "请选择查询条件后点击查询。")
}

pub(super) async fn post(State(office): State<Arc<Office>>, Visitor(session): Visitor, sent: String) -> Response {
    let posted: Posted<Memory> = match form(PAGE, &office, &session).read(&sent, &[KEYWORD]) {
        Ok(posted) => posted,
        Err(refusal) => return refused(refusal),
    };
    let field = |name: &str| posted.field(name).trim().to_owned();
    let mut filters =
        Filters { county: field(COUNTY), town: field(TOWN), state: field(STATE), keyword: field(KEYWORD) };
    let (target, argument) = &posted.event;
    let pressed = posted.pressed(QUERY);
    let mut memory = posted.state;
    if pressed && filters.county.is_empty() {
        return page(&office, &session, &filters, Memory::default(), "请选择所属区县！");
    }
    if target == COUNTY {
        // Its towns are others.
        filters.town = String::new();
    }
    if pressed {
        memory = Memory { asked: Some(filters.clone()), page: 1 };
    } else if target == GRID {
        memory.page = match argument.trim_start_matches("Page$") {
            "Next" => memory.page + 1,
            "Prev" => memory.page.saturating_sub(1),
            "First" => 1,
            "Last" => usize::MAX,
            number => number.parse().unwrap_or(1),
        };
    }
    if pressed || target == GRID {
        office.list_is_read();
    }
    page(&office, &session, &filters, memory, "")
}

/// The cases that were asked for, newest first.
fn found<'a>(ledger: &'a Ledger, asked: &Filters) -> Vec<&'a Case> {
    let mut found = ledger.find(&asked.keyword, &asked.state);
    found.retain(|case| asked.county == OWN_COUNTY && (asked.town.is_empty() || case.town.code == asked.town));
    found
}

fn page(office: &Office, session: &str, filters: &Filters, mut memory: Memory, message: &str) -> Response {
    let ledger = office.ledger();
    let found = memory.asked.as_ref().map(|asked| found(&ledger, asked)).unwrap_or_default();
    let last = found.len().div_ceil(ROWS).max(1);
    let pager = Pager { page: memory.page.clamp(1, last), last };
    memory.page = pager.page;
    let rows: Vec<Value> = found.iter().skip((pager.page - 1) * ROWS).take(ROWS).map(|case| row(case)).collect();
    let towns: &[Town] = if filters.county == OWN_COUNTY { &TOWNS } else { &[] };
    let mut offers = choices(towns);
    if memory.asked.is_some() {
        let arguments = pager.links().into_iter().map(|(argument, _)| argument).filter(|argument| !argument.is_empty());
        offers.extend(arguments.map(|argument| (GRID.to_owned(), argument)));
    }
    let hidden = form(PAGE, office, session).hidden(&memory, &offers);
    let values = context! {
        rows, message, last,
        links => pager.links(),
        page => pager.page,
        counties => COUNTIES,
        towns => towns.iter().map(|town| (town.code.as_str(), town.name.as_str())).collect::<Vec<_>>(),
        states => Status::ALL.map(|status| status.word(&KIND)),
        county => filters.county.as_str(),
        town => filters.town.as_str(),
        state => filters.state.as_str(),
        keyword => filters.keyword.as_str(),
        asked => memory.asked.is_some(),
        total => found.len(),
    };
    framed(office, "list.html", "业务查询", PAGE, hidden, values)
}

/// What can be chosen and pressed above the grid.
fn choices(towns: &[Town]) -> Vec<Offer> {
    let mut choices: Vec<(&str, &str)> = vec![(QUERY, "查询")];
    // A select that sends the form by itself does so without an argument; each also has a first choice without a value.
    choices.extend([COUNTY, TOWN, STATE].map(|select| (select, "")));
    choices.extend(COUNTIES.map(|(code, _)| (COUNTY, code)));
    choices.extend(towns.iter().map(|town| (TOWN, town.code.as_str())));
    choices.extend(Status::ALL.map(|status| (STATE, status.word(&KIND))));
    choices.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
