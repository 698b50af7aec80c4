//! A department's system that takes cases by a plain form, and does one thing wrong at a time. What it really holds is counted here.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Router,
    extract::{Form, Query, State},
    http::{StatusCode, header::LOCATION},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use tokio::sync::Notify;

/// How long the office is busy with a form before it answers, unless somebody is served meanwhile.
const BUSY: Duration = Duration::from_millis(20);

/// The number of the record that has always stood there.
pub const STOOD: &str = "YC0";

/// What it does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    Nothing,
    /// The page of the look-up has no table any more, and nothing that looks like one.
    LookUpWithoutTable,
    /// The same as the first, and another sentence fits the total: "消息中心共 0 条未读消息".
    LookUpSaysNought,
    /// The same, with an empty table of something else.
    LookUpOtherTable,
    /// It finds nothing, whatever is asked.
    SearchDown,
    /// It finds everything, whatever is asked: the parameter has another name.
    SearchIgnored,
    /// It shows the first row of many, and says how many there are.
    LookUpCut,
    LookUpMaintenance,
    LookUp500,
    LookUpLogin,
    /// It shows each record twice.
    LookUpTwice,
    /// It finds what begins with what is asked, too.
    LookUpPrefix,
    /// It gives records another number in the list.
    LookUpOtherNumber,
    /// The record is saved, and the connection ends without an answer.
    CutAfterSave,
    CutBeforeSave,
    Answer500AfterSave,
    /// It answers with the page to sign in, and has saved.
    LoginAfterSave,
    /// It sends to the page to sign in, and has not saved.
    LoginInstead,
    /// An error page with status 200; nothing is saved.
    ErrorWith200,
    /// The empty form again, without a word; nothing is saved.
    FormAgain,
    /// It says that it was taken and that it was not; it was.
    BothAnswers,
    /// It does not say under which number.
    NoNumber,
    /// It tells the number of the record before.
    NumberOfAnother,
    /// What it still had to say to somebody else in this session is said first.
    MessageOfAnother,
    /// The answer is that of another session: nothing of it is about this form, which is saved.
    AnswerOfAnother,
    /// It saves only when somebody looks for it for the second time.
    SavedLate,
    /// Redirects without an end, after it has saved.
    Redirects,
    /// One press, two records.
    SavesTwice,
    /// It keeps two letters of the name.
    CutsName,
    /// It writes the number in another way.
    RewritesNote,
    Refuses,
    VerifyUnreadable,
    Verify500,
    /// It shows the first record, whichever is asked for.
    VerifyOther,
    /// A field of the form has another name.
    FormChanged,
    Form500,
    /// The session ends between the pages of a form.
    SessionEndsInForm,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub no: String,
    pub note: String,
    pub applicant: String,
}

#[derive(Default)]
pub struct Desk {
    pub records: Vec<Record>,
    /// What was looked up.
    pub asked: Vec<String>,
    /// Forms that were sent.
    pub posts: usize,
    /// What the next page says, whatever it is.
    said: Option<String>,
    /// The form's token: the newest one alone is good.
    token: usize,
    draft: Option<(String, String)>,
    /// What will be saved at the second look.
    late: Vec<(usize, String, String)>,
    trick: Option<Trick>,
    ended: bool,
    /// Notes must begin so.
    pub prefix: String,
}

/// The office; clones are one. From its first day on a record stands there that this bridge has not brought.
#[derive(Clone)]
pub struct Office {
    desk: Arc<Mutex<Desk>>,
    served: Arc<Notify>,
}

type Asked = Query<BTreeMap<String, String>>;
type Filled = Form<BTreeMap<String, String>>;

impl Default for Office {
    fn default() -> Self {
        let office = Self { desk: Arc::default(), served: Arc::default() };
        office.desk().save(STOOD, "张三");
        office
    }
}

impl Office {
    pub fn pages(&self) -> Router {
        Router::new()
            .route("/register", get(form).post(register))
            .route("/done", get(done))
            .route("/round", get(|| async { go("/round") }))
            .route("/draft", get(draft).post(next))
            .route("/draft/save", get(done).post(confirm))
            .route("/registered", get(list))
            .route("/one", get(one))
            .with_state(self.clone())
    }

    pub fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap()
    }

    pub fn play(&self, trick: Trick) {
        let mut desk = self.desk();
        (desk.trick, desk.ended) = (Some(trick), false);
        if trick == Trick::MessageOfAnother {
            desk.said = Some("登记成功，受理编号：D001".to_owned());
        }
    }

    /// What the bridge has brought.
    pub fn brought(&self) -> Vec<Record> {
        self.desk().records.iter().filter(|record| record.note != STOOD).cloned().collect()
    }

    /// Something stands there already.
    pub fn holds(&self, note: &str, applicant: &str) {
        self.desk().save(note, applicant);
    }

    /// Waits for somebody else to be served, as long as a form takes: a message for one is then said to another, if anybody is let in.
    async fn is_busy(&self) {
        let _ = tokio::time::timeout(BUSY, self.served.notified()).await;
    }

    /// A page with whatever is still to be said; it is said once.
    fn page(&self, body: &str) -> Response {
        let said = self.desk().said.take();
        self.served.notify_waiters();
        let said = said.map(|said| format!("<p class=\"said\">{said}</p>")).unwrap_or_default();
        Html(format!("<!doctype html><meta charset=\"utf-8\"><title>审批</title>{said}{body}")).into_response()
    }
}

impl Desk {
    fn plays(&self, trick: Trick) -> bool {
        self.trick == Some(trick)
    }

    fn save(&mut self, note: &str, applicant: &str) -> String {
        let no = format!("D{:03}", self.records.len());
        let applicant =
            if self.plays(Trick::CutsName) { applicant.chars().take(2).collect() } else { applicant.to_owned() };
        let note = if self.plays(Trick::RewritesNote) { format!("转{note}") } else { note.to_owned() };
        self.records.push(Record { no: no.clone(), note, applicant });
        no
    }
}

fn go(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}

/// The connection ends in the middle of the answer.
fn cut() -> Response {
    let parts = futures::stream::iter([Ok("<p>"), Err(std::io::Error::other("cut"))]);
    axum::body::Body::from_stream(parts).into_response()
}

const LOGIN: &str = "<form id=\"login\"><label>用户名 <input></label></form>";

fn fields() -> &'static str {
    "<p><label>来源编号 <input name=\"note\"></label></p><p><label>申请人 <input name=\"applicant\"></label></p>"
}

async fn form(State(office): State<Office>) -> Response {
    let (token, trick) = {
        let mut desk = office.desk();
        desk.token += 1;
        (desk.token, desk.trick)
    };
    let fields =
        if trick == Some(Trick::FormChanged) { fields().replace("申请人", "对象") } else { fields().to_owned() };
    if trick == Some(Trick::Form500) {
        return (StatusCode::INTERNAL_SERVER_ERROR, office.page("<p>出错了</p>")).into_response();
    }
    let token = format!("<input type=\"hidden\" name=\"token\" value=\"{token}\">");
    office.page(&format!("<form action=\"/register\" method=\"post\">{token}{fields}<button>提交</button></form>"))
}

async fn register(State(office): State<Office>, Form(filled): Filled) -> Response {
    {
        let mut desk = office.desk();
        desk.posts += 1;
        if filled.get("token") != Some(&desk.token.to_string()) {
            drop(desk);
            return office.page("<p class=\"wrong\">请勿重复提交</p>");
        }
    }
    taken(&office, &filled["note"], &filled["applicant"], "/done").await
}

/// What becomes of a form that was sent.
async fn taken(office: &Office, note: &str, applicant: &str, then: &str) -> Response {
    let trick = office.desk().trick.unwrap_or(Trick::Nothing);
    let prefix = office.desk().prefix.clone();
    match trick {
        _ if !note.starts_with(&prefix) => return office.page("<p class=\"wrong\">来源编号格式不对</p>"),
        Trick::Refuses => return office.page("<p class=\"wrong\">受理期已截止</p>"),
        Trick::CutBeforeSave => return cut(),
        Trick::LoginInstead => return office.page(LOGIN),
        Trick::ErrorWith200 => return office.page("<p>系统异常，请联系管理员</p>"),
        Trick::FormAgain => return go("/register"),
        Trick::SavedLate => {
            office.desk().late.push((2, note.to_owned(), applicant.to_owned()));
            return (StatusCode::GATEWAY_TIMEOUT, office.page("<p>超时</p>")).into_response();
        }
        _ => {}
    }
    let no = office.desk().save(note, applicant);
    let said = match trick {
        Trick::SavesTwice => {
            office.desk().save(note, applicant);
            format!("登记成功，受理编号：{no}")
        }
        Trick::CutAfterSave => return cut(),
        Trick::Answer500AfterSave => {
            return (StatusCode::INTERNAL_SERVER_ERROR, office.page("<p>出错了</p>")).into_response();
        }
        Trick::LoginAfterSave => return office.page(LOGIN),
        Trick::Redirects => return go("/round"),
        Trick::BothAnswers => format!("登记成功，受理编号：{no}</p><p class=\"wrong\">请检查申请人"),
        Trick::NoNumber => "登记成功".to_owned(),
        Trick::NumberOfAnother | Trick::AnswerOfAnother => "登记成功，受理编号：D001".to_owned(),
        Trick::MessageOfAnother => {
            let before = "登记成功，受理编号：D001</p><p class=\"said\">";
            format!("{before}登记成功，受理编号：{no}")
        }
        _ => format!("登记成功，受理编号：{no}"),
    };
    office.desk().said = Some(said);
    office.is_busy().await;
    go(then)
}

async fn done(State(office): State<Office>) -> Response {
    office.page("<p><a href=\"/register\">再登记一件</a></p>")
}

async fn draft(State(office): State<Office>) -> Response {
    office.page(&format!("<form action=\"/draft\" method=\"post\">{}<button>下一步</button></form>", fields()))
}

/// The first page of a form of two; what was filled in is kept in the session.
async fn next(State(office): State<Office>, Form(filled): Filled) -> Response {
    {
        let mut desk = office.desk();
        if desk.plays(Trick::SessionEndsInForm) && !desk.ended {
            desk.ended = true;
            drop(desk);
            return office.page(LOGIN);
        }
        desk.draft = Some((filled["note"].clone(), filled["applicant"].clone()));
    }
    office.is_busy().await;
    office.page("<form action=\"/draft/save\" method=\"post\"><button>确认提交</button></form>")
}

async fn confirm(State(office): State<Office>) -> Response {
    let draft = {
        let mut desk = office.desk();
        desk.posts += 1;
        desk.draft.take()
    };
    match draft {
        Some((note, applicant)) => taken(&office, &note, &applicant, "/draft/save").await,
        None => office.page("<p class=\"wrong\">草稿不存在</p>"),
    }
}

async fn list(State(office): State<Office>, Query(asked): Asked) -> Response {
    let keyword = asked.get("keyword").cloned().unwrap_or_default();
    let (rows, trick) = {
        let mut desk = office.desk();
        desk.asked.push(keyword.clone());
        for late in &mut desk.late {
            late.0 -= usize::from(late.1 == keyword && late.0 > 0);
        }
        let (now, late) = std::mem::take(&mut desk.late).into_iter().partition(|late: &(usize, _, _)| late.0 == 0);
        desk.late = late;
        let now: Vec<(usize, String, String)> = now;
        for (_, note, applicant) in now {
            desk.save(&note, &applicant);
        }
        let trick = desk.trick.unwrap_or(Trick::Nothing);
        let fits = |record: &&Record| match trick {
            Trick::SearchDown => false,
            Trick::SearchIgnored => true,
            Trick::LookUpPrefix => record.note.starts_with(&keyword),
            _ => record.note == keyword,
        };
        (desk.records.iter().filter(fits).cloned().collect::<Vec<_>>(), trick)
    };
    match trick {
        Trick::LookUpWithoutTable => return office.page("<h2>统一查询</h2><p>查询已迁移</p>"),
        Trick::LookUpSaysNought => return office.page("<p class=\"total\">消息中心共 0 条未读消息</p>"),
        Trick::LookUpOtherTable => {
            let table = "<table class=\"grid\"><tr><th>标题</th><th>时间</th></tr></table>";
            return office.page(&format!("{table}<p class=\"total\">消息中心共 0 条未读消息</p>"));
        }
        Trick::LookUpMaintenance => return office.page("<h2>系统维护中</h2>"),
        Trick::LookUpLogin => return office.page(LOGIN),
        Trick::LookUp500 => return (StatusCode::INTERNAL_SERVER_ERROR, office.page("<p>出错了</p>")).into_response(),
        _ => {}
    }
    let times = if trick == Trick::LookUpTwice { 2 } else { 1 };
    let total = if trick == Trick::LookUpCut { 37 } else { rows.len() * times };
    let number = |no: &str| if trick == Trick::LookUpOtherNumber { format!("内{no}") } else { no.to_owned() };
    let row = |Record { no, note, applicant }: &Record| {
        format!("<tr><td>{}</td><td>{note}</td><td>{applicant}</td></tr>", number(no)).repeat(times)
    };
    let rows: String = rows.iter().map(row).collect();
    let head = "<tr><th>受理编号</th><th>来源编号</th><th>申请人</th></tr>";
    office.page(&format!("<table class=\"grid\">{head}{rows}</table><p class=\"total\">共 {total} 条</p>"))
}

async fn one(State(office): State<Office>, Query(asked): Asked) -> Response {
    let (record, trick) = {
        let desk = office.desk();
        let trick = desk.trick.unwrap_or(Trick::Nothing);
        let no = asked.get("no").map(String::as_str).unwrap_or_default();
        let is = |record: &&Record| record.no == no || trick == Trick::VerifyOther;
        (desk.records.iter().find(is).cloned(), trick)
    };
    match (record, trick) {
        (_, Trick::VerifyUnreadable) => office.page("<p>详情页已升级</p>"),
        (_, Trick::Verify500) => (StatusCode::INTERNAL_SERVER_ERROR, office.page("<p>出错了</p>")).into_response(),
        (None, _) => (StatusCode::NOT_FOUND, office.page("<p>没有这件</p>")).into_response(),
        (Some(Record { note, applicant, .. }), _) => {
            let cell = |name: &str, text: &str| format!("<tr><th>{name}</th><td>{text}</td></tr>");
            office.page(&format!("<table>{}{}</table>", cell("来源编号", &note), cell("申请人", &applicant)))
        }
    }
}
