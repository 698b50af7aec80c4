//! A target with one plain form and no login, in this process: it counts what it really received.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Form, Router,
    body::Body,
    extract::{Path, Query, State},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use futures::stream;
use tokio::net::TcpListener;

/// Digits of a phone number.
const PHONE: usize = 11;
/// What a form holds, with the words beside it.
const FIELDS: [(&str, &str); 4] =
    [("来源编号", "note"), ("申请人", "applicant"), ("联系电话", "phone"), ("所属镇街", "town")];
const TOWNS: [&str; 3] = ["汤河镇", "九曲街道", "太平街道"];

/// What it has taken, and what is made hard about that.
#[derive(Debug, Default)]
pub struct Book {
    /// Every form that was saved, in order, duplicates included.
    pub all: Vec<BTreeMap<String, String>>,
    /// From now on a form is saved only after so long.
    pub late: Duration,
    /// So many of the next answers to a form end in their middle.
    pub cut: usize,
}

/// The counter, open until it is dropped with its runtime.
#[derive(Clone, Debug, Default)]
pub struct Counter(Arc<Mutex<Book>>);

impl Counter {
    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The counter, and its address.
    pub async fn open() -> (Self, String) {
        let counter = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let pages = Router::new()
            .route("/register", get(async || page(&form(&BTreeMap::new(), None))).post(register))
            .route("/registered", get(list))
            .route("/registered/{receipt}", get(view))
            .with_state(counter.clone());
        tokio::spawn(async move { axum::serve(listener, pages).await });
        (counter, address)
    }

    /// Saves what was sent as if someone else had entered it.
    pub fn save(&self, fields: BTreeMap<String, String>) -> usize {
        let mut book = self.book();
        book.all.push(fields);
        book.all.len()
    }
}

fn page(body: &str) -> Response {
    Html(format!("<!doctype html><html lang=zh><title>登记台</title><body>{body}</body></html>")).into_response()
}

fn form(said: &BTreeMap<String, String>, wrong: Option<&str>) -> String {
    let text = |name: &str| said.get(name).map(String::as_str).unwrap_or_default();
    let inputs = FIELDS.iter().filter(|(_, name)| *name != "town").map(|(label, name)| {
        let error = wrong.filter(|_| *name == "phone").map(|words| format!("<span class=error>{words}</span>"));
        let error = error.unwrap_or_default();
        format!("<p><label for={name}>{label}</label><input id={name} name={name} value=\"{}\">{error}</p>", text(name))
    });
    let towns = TOWNS.map(|town| format!("<option value={town}>{town}</option>")).concat();
    format!(
        "<form method=post action=/register>{}<p><label for=town>所属镇街</label>\
         <select id=town name=town><option value=\"\">请选择</option>{towns}</select></p>\
         <button type=submit>提交</button></form>",
        inputs.collect::<String>()
    )
}

/// It is saved even if whoever sent it goes away in the meantime, as in a real system.
async fn register(State(counter): State<Counter>, Form(sent): Form<BTreeMap<String, String>>) -> Response {
    let digits = sent.get("phone").map(String::as_str).unwrap_or_default();
    if digits.len() != PHONE {
        return page(&form(&sent, Some("联系电话须为11位数字")));
    }
    let late = counter.book().late;
    let saving = tokio::spawn(async move {
        tokio::time::sleep(late).await;
        let receipt = counter.save(sent);
        let mut book = counter.book();
        let cut = book.cut > 0;
        book.cut = book.cut.saturating_sub(1);
        (receipt, cut)
    });
    let (receipt, cut) = saving.await.unwrap();
    if cut {
        let broken = [Ok("<"), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
        return Body::from_stream(stream::iter(broken)).into_response();
    }
    page(&format!("<p class=saved>登记成功</p><table><tr><th>受理编号</th><td>{receipt}</td></tr></table>"))
}

async fn list(State(counter): State<Counter>, Query(wanted): Query<BTreeMap<String, String>>) -> Response {
    let keyword = wanted.get("keyword").cloned().unwrap_or_default();
    let book = counter.book();
    let rows: Vec<String> = (1..)
        .zip(&book.all)
        .filter(|(_, fields)| fields["note"].contains(&keyword))
        .map(|(receipt, fields)| {
            let (note, applicant) = (&fields["note"], &fields["applicant"]);
            format!("<tr><td>{receipt}</td><td>{note}</td><td>{applicant}</td></tr>")
        })
        // A clerk has entered it long ago.
        .chain("LS1".contains(&keyword).then(|| "<tr><td>0</td><td>LS1</td><td>李某某</td></tr>".to_owned()))
        .collect();
    page(&format!(
        "<table class=grid><thead><tr><th>受理编号</th><th>来源编号</th><th>申请人</th></tr></thead><tbody>{}</tbody></table>\
         <p class=total>共 {} 条</p>",
        rows.concat(),
        rows.len()
    ))
}

async fn view(State(counter): State<Counter>, Path(receipt): Path<usize>) -> Response {
    let book = counter.book();
    let Some(fields) = receipt.checked_sub(1).and_then(|index| book.all.get(index)) else {
        return page("<p>没有</p>");
    };
    let lines = FIELDS.map(|(label, name)| format!("<tr><th>{label}</th><td>{}</td></tr>", fields[name]));
    page(&format!("<table class=info>{}</table>", lines.concat()))
}
