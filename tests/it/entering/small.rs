//! The steps that the practice systems do not need: a frame, a window, a key, what the page says, dialogs, and a person who reads
//! a picture.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::{Query, State},
    response::Html,
    routing::{get, post},
};
use futures::future::BoxFuture;
use queqiao::{
    adapter::Adapters,
    base::Clock,
    record::Status,
    run::{Bridge, People, Question, RunOptions, RunReport},
    store::{Entry, EntryQuery, Store},
    vault::Vault,
};

use super::{WINDOW, wanted};
use crate::sample;

const START: &str =
    r#"<!doctype html><meta charset="utf-8"><title>小系统</title><iframe name="main" src="/list"></iframe>"#;
const LIST: &str = r#"<!doctype html><meta charset="utf-8"><button onclick="window.open('/form')">登记</button>"#;
const FORM: &str = r#"<!doctype html><meta charset="utf-8"><title>登记</title>
<p><label>来源编号 <input id="note"></label> <label>申请人 <input id="applicant" onkeydown="if (event.key === 'Enter') given.textContent = 'CG' + note.value"></label></p>
<p>草稿号：<b id="given"></b> <label>核对草稿号 <input id="draft"></label></p>
<p><label>验证码 <input id="answer"></label> <img id="code" width="40" height="20" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></p>
<button onclick="if (confirm('撤回后不能恢复，确定撤回？')) note.value = ''">撤回</button>
<button onclick="if (answer.value === '7F3K') { alert('校验通过'); setTimeout(() => { ready.hidden = false; }, 200); }">校验</button>
<p id="ready" hidden><b>校验通过，可以提交</b></p><button onclick="save()">提交</button><p id="said"></p><p id="wrong"></p>
<script>
  async function save() {
    if (draft.value !== 'CG' + note.value || !confirm('确定提交吗？')) return;
    const answer = await fetch('/save', { method: 'POST', body: JSON.stringify([note.value, applicant.value]) });
    said.textContent = '受理编号：' + await answer.text();
  }
</script>"#;

type Saved = Arc<Mutex<Vec<[String; 2]>>>;

async fn save(State(saved): State<Saved>, body: String) -> String {
    let mut saved = saved.lock().unwrap();
    saved.push(serde_json::from_str(&body).unwrap());
    format!("XX{}", saved.len())
}

async fn found(State(saved): State<Saved>, Query(asked): Query<BTreeMap<String, String>>) -> Html<String> {
    let saved = saved.lock().unwrap();
    let rows = saved.iter().zip(1..).filter(|([note, _], _)| note.contains(&asked["keyword"]));
    let rows = rows
        .map(|([note, applicant], number)| format!("<tr><td>XX{number}</td><td>{note}</td><td>{applicant}</td></tr>"));
    // A clerk has entered it long ago.
    let earlier =
        "LS1".contains(&asked["keyword"]).then(|| "<tr><td>XX0</td><td>LS1</td><td>李某某</td></tr>".to_owned());
    let rows = rows.chain(earlier);
    let head = "<tr><th>受理编号</th><th>来源编号</th><th>申请人</th></tr>";
    Html(format!("<meta charset=utf-8><table>{head}{}</table>", rows.collect::<String>()))
}

/// Someone who reads what the picture says, and remembers what was asked.
struct Reader(&'static str, Mutex<Vec<String>>);

impl People for Reader {
    fn ask(&self, question: Question) -> BoxFuture<'_, Option<String>> {
        assert!(question.picture.starts_with(b"\x89PNG"), "it is shown");
        self.1.lock().unwrap().push(question.field);
        Box::pin(async { Some(self.0.to_owned()) })
    }
}

/// One case entered into that form while that person is there; what was saved, the entry, and the report.
async fn entered(people: Arc<Reader>, form: &str) -> (Vec<[String; 2]>, Entry, RunReport) {
    queqiao::transport::install_tls();
    let saved = Saved::default();
    let pages = Router::new()
        .route("/start", get(Html(START)))
        .route("/list", get(Html(LIST)))
        .route("/form", get(Html(form.to_owned())))
        .route("/found", get(found))
        .route("/save", post(save))
        .with_state(Arc::clone(&saved));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move { axum::serve(listener, pages).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/entering/small");
    let mut adapters = Adapters::load(&root).unwrap_or_else(|report| {
        panic!("{}", report.render(queqiao::base::Lang::En, false));
    });
    adapters.rebase(&BTreeMap::from([("small".to_owned(), base)]));
    let store = Store::open(&format!("sqlite:{}", folder.path().join("queqiao.db").display())).await.unwrap();
    let vault = Arc::new(Vault::open(None, &root, []).unwrap());
    let evidence = folder.path().join("evidence");
    let bridge = Bridge::new(Arc::new(adapters), store.clone(), vault, Clock::system(), evidence).asking(people);
    let case = sample::case(WINDOW, "YC1", 7, Status::Accepted);
    store.keep(WINDOW, &[wanted("small-enter", "YC1", &case)]).await.unwrap();
    let bridge = Arc::new(bridge);
    let report = bridge.run("small-enter", RunOptions::default(), Arc::new(|_| ())).await.unwrap();
    let entry = store.entries(&EntryQuery { limit: 10, ..EntryQuery::default() }).await.unwrap().remove(0);
    bridge.close().await;
    let saved = saved.lock().unwrap().clone();
    (saved, entry, report)
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_windows_dialogs_and_a_persons_answer_lead_to_the_end_of_a_form() {
    let people = Arc::new(Reader("7F3K", Mutex::default()));
    let (saved, entry, report) = entered(Arc::clone(&people), FORM).await;
    assert_eq!(saved, [["YC1".to_owned(), "王小明".to_owned()]], "{report:?}");
    assert_eq!((entry.state.as_str(), entry.receipt.as_deref()), ("verified", Some("XX1")));
    assert_eq!(*people.1.lock().unwrap(), ["code"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dialog_that_does_not_open_ends_the_form_before_anything_is_sent() {
    let people = Arc::new(Reader("7F3X", Mutex::default()));
    let (saved, entry, report) = entered(people, FORM).await;
    assert!(saved.is_empty());
    assert_eq!(entry.state, "wanted", "it is tried again: {report:?}");
    assert!(entry.words.unwrap().contains("opens no dialog"));
}

/// Apps of one page often show why a request failed, and only then their page to sign in.
#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_that_gives_way_to_the_page_to_sign_in_is_no_refusal() {
    let (before, saving) = FORM.split_once("    const answer").unwrap();
    let (_, after) = saving.split_once("await answer.text();").unwrap();
    let leaving = "wrong.textContent = '登录已失效，请重新登录'; setTimeout(() => { document.body.innerHTML = '<form id=login>登录</form>'; }, 100);";
    for (becomes, state) in [(leaving, "unknown"), ("wrong.textContent = '申请人已登记';", "refused")] {
        let people = Arc::new(Reader("7F3K", Mutex::default()));
        let (_, entry, report) = entered(people, &format!("{before}{becomes}{after}")).await;
        assert_eq!(entry.state, state, "{:?} {report:?}", entry.words);
    }
}
