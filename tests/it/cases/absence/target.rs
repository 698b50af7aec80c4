//! A target whose look-up may lie, and which may save without an answer.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Form, Json, Router,
    body::Body,
    extract::{Query, State},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use futures::stream;
use serde_json::json;

/// What stands there from the start.
pub const CONTROL: &str = "LS1";

/// What the look-up shows instead of the truth; of the control, where it is a lie of one page, the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    No,
    /// The message centre's words, and no table.
    LostTable,
    /// The same with another, empty table.
    OtherTable,
    /// The same, whose headers are those of another list.
    OtherHeaders,
    /// The list without the column of marks.
    RenamedHeader,
    /// The list with empty marks.
    EmptyMarks,
    /// Marks are cut short.
    CutMarks,
    /// Rows that have not come yet.
    Loading,
    /// An error in the list's place.
    Failed,
    /// The rows stand in another table.
    MovedRows,
    /// A page of another kind.
    OtherPage,
    /// The rows of another question.
    OtherRows,
    /// Nothing, whatever is asked.
    Nothing,
    /// Everything, whatever is asked, without a total that counts it.
    All,
    /// The first record, whatever is asked.
    SamePage,
    /// No list at all where nothing is found, and words.
    NoDataInstead,
}

impl Lie {
    pub const OF_A_PAGE: [Self; 11] = [
        Self::LostTable,
        Self::OtherTable,
        Self::OtherHeaders,
        Self::RenamedHeader,
        Self::EmptyMarks,
        Self::CutMarks,
        Self::Loading,
        Self::Failed,
        Self::MovedRows,
        Self::OtherPage,
        Self::OtherRows,
    ];
}

struct Book {
    wanted: Vec<String>,
    /// Mark and applicant.
    held: Vec<(String, String)>,
    saved: usize,
    drops: usize,
    lie: Lie,
    /// The lie from when on something is saved.
    later: Option<Lie>,
    asked: Vec<String>,
}

#[derive(Clone)]
pub struct Office(Arc<Mutex<Book>>);

impl Office {
    pub fn of(wanted: &[&str], held: &[&str]) -> Self {
        let held = [CONTROL].iter().chain(held).map(|mark| ((*mark).to_owned(), "王小明".to_owned())).collect();
        let wanted = wanted.iter().map(|mark| (*mark).to_owned()).collect();
        let (saved, drops, lie, later, asked) = (0, 0, Lie::No, None, Vec::new());
        Self(Arc::new(Mutex::new(Book { wanted, held, saved, drops, lie, later, asked })))
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().expect("no handler panics")
    }

    pub fn lies(&self, lie: Lie) {
        self.book().lie = lie;
    }

    pub fn lies_after_saving(&self, lie: Lie) {
        self.book().later = Some(lie);
    }

    /// So many of the next forms are saved without an answer.
    pub fn drops(&self, forms: usize) {
        self.book().drops = forms;
    }

    /// Forms that were saved.
    pub fn saved(&self) -> usize {
        self.book().saved
    }

    /// How often it was asked for that.
    pub fn asked(&self, mark: &str) -> usize {
        self.book().asked.iter().filter(|asked| *asked == mark).count()
    }

    /// How often that stands there.
    pub fn held(&self, mark: &str) -> usize {
        self.book().held.iter().filter(|(held, _)| held == mark).count()
    }

    pub fn pages(&self) -> Router {
        Router::new()
            .route("/", get(async || page("")))
            .route("/rows", get(rows))
            .route("/registered", get(registered))
            .route("/register", get(async || page(FORM)).post(register))
            .route("/one", get(one))
            .with_state(self.clone())
    }
}

const FORM: &str = "<form method=post action=register><label for=n>来源编号</label><input id=n name=note>\
    <label for=a>申请人</label><input id=a name=applicant><input type=submit value=提交></form>";

fn page(text: &str) -> Response {
    Html(format!("<html><head><meta charset=utf-8></head><body>{text}</body></html>")).into_response()
}

async fn rows(State(office): State<Office>) -> Response {
    let book = office.book();
    let rows: Vec<_> =
        book.wanted.iter().map(|no| json!({ "no": no, "status": "已受理", "applicant": "王小明" })).collect();
    Json(json!({ "total": rows.len(), "rows": rows })).into_response()
}

fn table(headers: [&str; 3], rows: &[[String; 3]]) -> String {
    let head: String = headers.iter().map(|header| format!("<th>{header}</th>")).collect();
    let row =
        |cells: &[String; 3]| format!("<tr>{}</tr>", cells.each_ref().map(|cell| format!("<td>{cell}</td>")).concat());
    format!("<table><tr>{head}</tr>{}</table>", rows.iter().map(row).collect::<String>())
}

const HEADERS: [&str; 3] = ["受理编号", "来源编号", "申请人"];

async fn registered(State(office): State<Office>, Query(asked): Query<BTreeMap<String, String>>) -> Response {
    let mut held = office.book();
    let book = &mut *held;
    let mark = asked["keyword"].clone();
    book.asked.push(mark.clone());
    let all: Vec<[String; 3]> = (1..)
        .zip(&book.held)
        .map(|(number, (mark, applicant))| [format!("D{number:03}"), mark.clone(), applicant.clone()])
        .collect();
    let found: Vec<[String; 3]> = all.iter().filter(|row| row[1] == mark).cloned().collect();
    let total = |rows: usize| format!("<p>共 {rows} 条</p>");
    let truth = table(HEADERS, &found) + total(found.len()).as_str();
    let message = "<p>消息中心共 0 条未读消息</p><p>查询功能已移至新版页面</p>";
    let with_mark = |change: &dyn Fn(&str) -> String| {
        let rows: Vec<_> = found.iter().map(|[no, mark, who]| [no.clone(), change(mark), who.clone()]).collect();
        table(HEADERS, &rows) + total(rows.len()).as_str()
    };
    let lone = |words: &str| {
        format!(
            "<table><tr><th>受理编号</th><th>来源编号</th><th>申请人</th></tr><tr><td colspan=3>{words}</td></tr></table>"
        )
    };
    let of_a_page = Lie::OF_A_PAGE.contains(&book.lie) && mark == CONTROL;
    page(&match book.lie {
        _ if of_a_page => truth,
        Lie::No => truth,
        Lie::LostTable => message.to_owned(),
        Lie::OtherTable => format!("{message}<table><tr><th>消息</th><th>时间</th></tr></table>"),
        Lie::OtherHeaders => table(["受理编号", "办件编号", "申请人"], &[]) + message,
        Lie::RenamedHeader => table(["受理编号", "来源号", "申请人"], &found) + total(found.len()).as_str(),
        Lie::EmptyMarks => with_mark(&|_| String::new()),
        Lie::CutMarks => with_mark(&|mark| format!("{}…", mark.chars().take(3).collect::<String>())),
        Lie::Loading => lone("正在加载，请稍候"),
        Lie::Failed => lone("系统繁忙，请稍后再试") + total(0).as_str(),
        Lie::MovedRows => table(HEADERS, &[]) + total(0).as_str() + table(["单号", "来源", "姓名"], &found).as_str(),
        Lie::OtherPage => "<h1>系统维护公告</h1><table><tr><th>时间</th><th>内容</th></tr></table>".to_owned(),
        Lie::OtherRows => table(HEADERS, &all[..1]) + total(1).as_str(),
        Lie::Nothing => table(HEADERS, &[]) + total(0).as_str(),
        // The newest first, and only so many.
        Lie::All => table(HEADERS, &all[..2]),
        Lie::SamePage => {
            table(HEADERS, &[["D000".to_owned(), "LS0".to_owned(), "李某某".to_owned()]]) + total(1).as_str()
        }
        Lie::NoDataInstead if found.is_empty() => "<div class=nodata>没有查询到相关数据</div>".to_owned(),
        Lie::NoDataInstead => truth,
    })
}

async fn register(State(office): State<Office>, Form(sent): Form<BTreeMap<String, String>>) -> Response {
    let mut book = office.book();
    book.held.push((sent["note"].clone(), sent["applicant"].clone()));
    book.saved += 1;
    book.lie = book.later.take().unwrap_or(book.lie);
    if let Some(left) = book.drops.checked_sub(1) {
        book.drops = left;
        let broken = [Ok("<"), Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))];
        return Body::from_stream(stream::iter(broken)).into_response();
    }
    let number = book.held.len();
    page(&format!("<p>登记成功</p><table><tr><th>受理编号</th><td>D{number:03}</td></tr></table>"))
}

async fn one(State(office): State<Office>, Query(asked): Query<BTreeMap<String, String>>) -> Response {
    let number = asked["no"].trim_start_matches('D').parse::<usize>().unwrap_or_default();
    let book = office.book();
    let Some((mark, applicant)) = number.checked_sub(1).and_then(|at| book.held.get(at)) else {
        return page("<p>没有</p>");
    };
    page(&format!(
        "<table><tr><th>来源编号</th><td>{mark}</td></tr><tr><th>申请人</th><td>{applicant}</td></tr></table>"
    ))
}
