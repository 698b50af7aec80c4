//! A register whose list shows a number, a state and a moment, and whose details hold a phone number; and a bridge with a clock of its own.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{Router, extract::Query, response::Html, routing::get};
use queqiao::{
    base::Clock,
    calendar::Calendar,
    hub::{CaseFilter, CaseView, Courier, Destination, Hub, View},
    record::Outcome,
    run::{RunOptions, RunReport},
};

use crate::{
    cases::trial::{Trial, replace},
    sample::at,
};

/// The bot that reads it.
pub const BOT: &str = "moving-collect";
/// Rows on a page of the list.
const PAGE: usize = 10;

#[derive(Clone, Debug)]
pub struct Row {
    pub no: String,
    pub item: String,
    pub status: String,
    pub updated: String,
    pub phone: String,
}

pub fn row(no: usize, updated: &str) -> Row {
    let text = str::to_owned;
    Row {
        no: no.to_string(),
        item: text("社会救助"),
        status: text("审批中"),
        updated: text(updated),
        phone: phone(no, 0),
    }
}

/// The phone number of a row after so many changes.
pub fn phone(no: usize, change: usize) -> String {
    format!("138{no:04}{change:04}")
}

/// What the register shows, and what was asked of it.
#[derive(Default)]
pub struct State {
    pub rows: Vec<Row>,
    /// Beside the rows that it shows: what the total says too much.
    pub hidden: usize,
    /// The numbers whose details were asked for, in order.
    pub opened: Vec<String>,
    /// Called before a page of the list is shown.
    pub before_page: Option<fn(usize, &mut Vec<Row>)>,
}

pub struct Register {
    state: Arc<Mutex<State>>,
    pub trial: Trial,
    pub clock: Clock,
    pub hub: Hub,
    courier: Courier,
}

type Asked = Query<BTreeMap<String, String>>;

impl Register {
    /// The register with these rows, a bridge whose clock stands there, and a hub.
    pub async fn open(now: &str, rows: Vec<Row>, edit: impl FnOnce(&Path)) -> Self {
        let state = Arc::new(Mutex::new(State { rows, ..State::default() }));
        let (lists, details) = (Arc::clone(&state), Arc::clone(&state));
        let pages = Router::new()
            .route("/list", get(move |asked: Asked| list(Arc::clone(&lists), asked)))
            .route("/detail", get(move |asked: Asked| detail(Arc::clone(&details), asked)));
        let mut trial = Trial::edited("moving", pages, edit).await;
        let clock = Clock::held_at(at(now).to_utc());
        Arc::get_mut(&mut trial.bridge).expect("nobody else has it yet").clock = clock.clone();
        let store = trial.bridge.store.clone();
        let hub = Hub::open(store.clone(), clock.clone(), Arc::new(Calendar::district())).await.expect("the hub opens");
        let courier = Courier::new(store, Destination::Here(hub.clone())).expect("a courier");
        Self { state, trial, clock, hub, courier }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no request panics")
    }

    pub fn change(&self, no: usize, change: impl FnOnce(&mut Row)) {
        change(self.state().rows.iter_mut().find(|row| row.no == no.to_string()).expect("it has that row"));
    }

    /// Runs the bot at that moment, hands over what it read, and gives what it says; it must have ended well.
    pub async fn run_at(&self, now: &str) -> RunReport {
        let report = self.try_at(now, RunOptions::default()).await;
        assert_eq!(report.reading.outcome, Outcome::Good, "{report:?}");
        report
    }

    pub async fn try_at(&self, now: &str, options: RunOptions) -> RunReport {
        self.clock.set(at(now).to_utc());
        self.state().opened.clear();
        let report = self.trial.run_with(BOT, options).await;
        self.courier.drain().await.expect("the hub is in this process");
        report
    }

    /// What the hub holds, by number.
    pub async fn held(&self) -> BTreeMap<String, CaseView> {
        let filter = CaseFilter { limit: 200, view: View::Full, ..CaseFilter::default() };
        let page = self.hub.cases(&filter).await.expect("the hub answers");
        page.cases.into_iter().map(|view| (view.case.source_no.clone(), view)).collect()
    }

    pub async fn phone(&self, no: usize) -> String {
        self.held().await[&no.to_string()].case.fields.contact_phone.clone().expect("every case has one")
    }

    pub fn opened(&self) -> Vec<String> {
        let mut opened = self.state().opened.clone();
        opened.sort();
        opened
    }
}

/// Writes the bot's `changed` and whatever follows anew.
pub fn changed(written: &str) -> impl FnOnce(&Path) + use<'_> {
    move |root| replace(&root.join("bots/moving-collect.toml"), "changed = \"list.updated\"", written)
}

async fn list(state: Arc<Mutex<State>>, Query(asked): Asked) -> Html<String> {
    let mut state = state.lock().expect("no request panics");
    let page: usize = asked["page"].parse().expect("a number");
    if let Some(before) = state.before_page {
        before(page, &mut state.rows);
    }
    let mut rows = String::new();
    for row in state.rows.iter().skip((page - 1) * PAGE).take(PAGE) {
        let Row { no, item, status, updated, .. } = row;
        let _ = write!(rows, "<tr><td>{no}</td><td>{item}</td><td>{status}</td><td>{updated}</td></tr>");
    }
    let total = state.rows.len() + state.hidden;
    Html(format!(
        "<!doctype html><meta charset=utf-8><table class=list><tr><th>编号</th><th>事项</th><th>状态</th><th>更新时间</th></tr>{rows}</table>\
         <p class=total>共 {total} 条</p></html>"
    ))
}

async fn detail(state: Arc<Mutex<State>>, Query(asked): Asked) -> Html<String> {
    let mut state = state.lock().expect("no request panics");
    state.opened.push(asked["no"].clone());
    let row = state.rows.iter().find(|row| row.no == asked["no"]).expect("only what is listed is asked for");
    let Row { no, phone, .. } = row;
    Html(format!(
        "<!doctype html><meta charset=utf-8><table><tr><th>编号</th><td>{no}</td></tr><tr><th>电话</th><td>{phone}</td></tr></table></html>"
    ))
}
