//! Every way to a list and on from it, over plain HTTP, against a small system that the test controls.

mod covered;
mod early;
mod incremental;
mod landed;
mod moving;
mod onward;
mod released;
mod sessions;
mod shown;

use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::{Request, State},
    response::Response,
};
use queqiao::{
    adapter::Adapters,
    base::Clock,
    record::{Case, Record},
    run::{Bridge, RunOptions, RunReport},
    store::Store,
    vault::Vault,
};
use secrecy::SecretString;
use tempfile::TempDir;

/// A system that a test makes up: its cases, what was asked of it, and how it answers.
pub struct Office {
    /// Numbers and states, the newest first.
    cases: Mutex<Vec<(u32, &'static str)>>,
    asked: Mutex<Vec<String>>,
    counter: AtomicUsize,
}

type Answers = fn(&Office, &str, &str) -> Response;

impl Office {
    fn cases(&self) -> MutexGuard<'_, Vec<(u32, &'static str)>> {
        self.cases.lock().unwrap()
    }

    /// The addresses asked for since the last call.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// Counts up; from 1.
    fn count(&self) -> usize {
        self.counter.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The rows of a page of ten, counted from 1.
    fn page(&self, number: usize) -> String {
        rows(self.cases().iter().skip((number - 1) * 10).take(10))
    }
}

fn rows<'a>(cases: impl Iterator<Item = &'a (u32, &'static str)>) -> String {
    let row = |(number, status): &(u32, &str)| {
        format!("<tr><td>N{number}</td><td>{status}</td><td><a href='view?no={number}'>查看</a></td></tr>")
    };
    cases.map(row).collect()
}

fn table(rows: &str, total: usize, more: &str) -> Response {
    html(&format!(
        "<p class=user>当前用户 bot</p><table><thead><tr><th>编号</th><th>状态</th><th>操作</th></tr></thead>\
         <tbody>{rows}</tbody></table><p class=total>共 {total} 条</p>{more}"
    ))
}

fn html(body: &str) -> Response {
    Response::builder()
        .header("content-type", "text/html; charset=utf-8")
        .body(format!("<!DOCTYPE html><title>t</title><body>{body}</body>").into())
        .unwrap()
}

/// The value of a field in a query or a form's body.
fn field(text: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(text.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

const SYSTEM: &str = "title = \"t\"\nowner = \"o\"\nbase = \"BASE\"\n[limits]\nrequests_per_second = 1000\n\
    [signs]\nsigned_in = \"text=当前用户\"\nsigned_out = \"text=请登录\"\nkicked = \"text=在其他地方登录\"\nbusy = \"text=系统维护中\"\n";
const AT: &str = "[page.list.at]\nno = \"column=编号\"\nstatus = \"column=状态\"\nview = \"column=操作 a @href\"\n\
    [page.detail]\nvia = \"http\"\npath = \"{list.view}\"\n[page.detail.at]\nname = \"label=申请人\"\n";
const BOT: &str = "title = \"t\"\nsystem = \"office\"\n[case]\nsource_no = \"list.no\"\n\
    status = \"list.status | code('status')\"\n[codes.status]\n\"办结\" = \"done\"\n\"受理\" = \"accepted\"\n";

/// A login that is one page with something to press.
const LOGIN: &str = "account = \"bot\"\n[login]\nsteps = [{ open = \"login\" }, { click = \"submit\" }]";

/// A bridge with one bot before that system.
pub struct Bench {
    office: Arc<Office>,
    bridge: Arc<Bridge>,
    _folder: TempDir,
}

/// What of an adapter a test writes itself.
#[derive(Clone, Copy)]
pub struct Written {
    /// Lines of `[page.list]`.
    list: &'static str,
    /// Lines of `[collect]` after list and key.
    collect: &'static str,
    /// `[login]`, with the account above it; or nothing.
    login: &'static str,
    /// Lines of `[limits]`.
    limits: &'static str,
}

impl Bench {
    /// `cases` accepted cases, the newest first, in a system that answers so.
    async fn start(cases: u32, answers: Answers, written: Written) -> Self {
        queqiao::transport::install_tls();
        let office = Arc::new(Office {
            cases: Mutex::new((1..=cases).rev().map(|number| (number, "受理")).collect()),
            asked: Mutex::default(),
            counter: AtomicUsize::new(0),
        });
        let serve = move |State(office): State<Arc<Office>>, request: Request| async move {
            let target = request.uri().to_string();
            let [cookie, dest] = ["cookie", "sec-fetch-dest"]
                .map(|name| request.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned());
            let body = axum::body::to_bytes(request.into_body(), 1_000_000).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            office.asked.lock().unwrap().push(target.clone());
            answers(&office, &target, &format!("{body}&dest={dest}&cookie={cookie}"))
        };
        let router = Router::new().fallback(serve).with_state(Arc::clone(&office));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let folder = tempfile::tempdir().unwrap();
        let bridge = bridge(&folder, &base, written).await;
        Self { office, bridge, _folder: folder }
    }

    async fn run(&self) -> RunReport {
        self.run_with(RunOptions::default()).await
    }

    async fn run_with(&self, options: RunOptions) -> RunReport {
        self.bridge.run("office", options, Arc::new(|_| {})).await.unwrap()
    }

    /// The cases that were passed on, by number, the newest version of each.
    async fn cases(&self) -> BTreeMap<String, Case> {
        let lines = self.bridge.store.outbox(100_000).await.unwrap();
        let records = lines.iter().map(|line| serde_json::from_str(&line.line).unwrap());
        let cases = records.filter_map(|record| match record {
            Record::Case(case) => Some((case.source_no.clone(), *case)),
            _ => None,
        });
        cases.collect()
    }
}

async fn bridge(folder: &TempDir, base: &str, written: Written) -> Arc<Bridge> {
    let root: PathBuf = folder.path().join("root");
    for kind in ["selectors", "bots"] {
        fs::create_dir_all(root.join(kind)).unwrap();
    }
    let via = if written.list.contains("via") { "" } else { "via = \"http\"\n" };
    let system = format!(
        "{}[page.list]\n{via}table = \"table\"\ntotal = \"css=.total /共 (\\\\d+) 条/\"\n{}\n{AT}",
        SYSTEM.replace("BASE", base).replace("[limits]\n", &format!("[limits]\n{}", written.limits)),
        written.list
    );
    fs::write(root.join("selectors/office.toml"), system).unwrap();
    let collect = format!("[collect]\nlist = \"list\"\nkey = \"list.no\"\n{}\n", written.collect);
    let (head, rest) = BOT.split_once("[case]").unwrap();
    // What only the detail says.
    let name = if written.collect.contains("detail") { "applicant_name = \"detail.name\"\n" } else { "" };
    let rest = rest.replace("[codes.status]", &format!("{name}[codes.status]"));
    fs::write(root.join("bots/office.toml"), format!("{head}{}\n{collect}[case]{rest}", written.login)).unwrap();
    let adapters = Adapters::load(&root).unwrap_or_else(|report| {
        panic!("{}", report.render(queqiao::base::Lang::En, false));
    });
    let secrets = folder.path().join("secrets.toml");
    let fields = [("username", "bot"), ("password", "right"), ("cookie", "session=lent")];
    let fields = fields.map(|(name, value)| (name.to_owned(), SecretString::from(value)));
    Vault::write_new(&secrets, &BTreeMap::from([("bot".to_owned(), fields.into())])).unwrap();
    let vault = Vault::open(Some(&secrets), &root, std::iter::empty()).unwrap();
    let store = Store::open(&format!("sqlite:{}", folder.path().join("q.db").display())).await.unwrap();
    Arc::new(Bridge::new(Arc::new(adapters), store, Arc::new(vault), Clock::system(), folder.path().join("evidence")))
}
