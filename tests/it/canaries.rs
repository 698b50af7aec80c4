//! No secret and no number of a person is anywhere where it has no business: everything that the bridge leaves is searched for all of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use queqiao::vault::Vault;
use serde_json::Value;
use sqlx::{Row as _, SqlitePool, sqlite::SqliteConnectOptions};

use crate::rig::{Process, Rig, finished, queqiao};

const USERNAME: &str = "canary-user-8d1e";
const PASSWORD: &str = "Canary!pass-53c7";
const TOKEN: &str = "canary-hub-token-90ab";

/// Where numbers of people may stand, and why. Secrets may stand nowhere.
const BY_DESIGN: [(&str, &str); 8] = [
    ("outbox", "cases on their way to the hub"),
    ("refused", "cases that the hub did not take, for whoever mends that"),
    ("journal", "the hub's cases, as they came; masked for whoever may not see them"),
    ("states", "the hub's cases, as they stand"),
    ("links", "which record is the same case as which"),
    ("entry", "the record that is to be entered, and what the target said of it"),
    ("entry_event", "what was typed, read back and compared: the proof of an entry"),
    ("entry_states", "where each entry stands, with the target's words"),
];

/// Something to be searched: what it is, and its text.
type Place = (String, String);

fn run(settings: &Path, bot: &str, places: &mut Vec<Place>) -> String {
    let output = finished(queqiao(settings).args(["run", bot, "--full"]));
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    places.push((format!("what `run {bot}` said and logged ({})", places.len()), said.clone()));
    said
}

/// Everything below a folder but the database, whose rows are looked at one by one.
fn files(folder: &Path, places: &mut Vec<Place>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, places);
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            places.push((path.display().to_string(), text));
        }
    }
}

/// Every row of every table as text, by table.
async fn rows(database: &Path) -> Vec<(String, String)> {
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(database)).await.unwrap();
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'").fetch_all(&pool).await.unwrap();
    let mut all = Vec::new();
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!("SELECT * FROM {table}"));
        for row in sqlx::query(sql).fetch_all(&pool).await.unwrap() {
            let cell = |place: usize| row.try_get::<String, _>(place).unwrap_or_default();
            all.push((table.clone(), (0..row.columns().len()).map(cell).collect::<Vec<_>>().join("\n")));
        }
    }
    pool.close().await;
    all
}

/// The ids of persons and the phone numbers in the cases that were read. A firm's code is public.
fn people(rows: &[(String, String)]) -> BTreeSet<String> {
    let bodies = rows.iter().filter(|(table, _)| table == "states").flat_map(|(_, row)| row.lines());
    let cases = bodies.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let numbers =
        cases.flat_map(|case| ["applicant_id", "contact_phone"].map(|field| case[field].as_str().map(str::to_owned)));
    let of_people =
        |text: &String| text.len() >= 11 && text.bytes().take(text.len() - 1).all(|byte| byte.is_ascii_digit());
    numbers.flatten().filter(of_people).collect()
}

/// What the sessions that are kept hold: cookies, tokens.
fn sessions(rig: &Rig, rows: &[(String, String)]) -> BTreeSet<String> {
    let vault = Vault::open(Some(&rig.path("secrets.toml")), &rig.path("root"), []).unwrap();
    let mut found = BTreeSet::new();
    for (_, row) in rows.iter().filter(|(table, _)| table == "sessions") {
        let (about, body) = (row.lines().next().unwrap(), row.lines().last().unwrap());
        let credential = vault.get(about.split_once('/').unwrap().1).unwrap();
        let opened = vault.unseal(&credential, about, body).unwrap().expect("there is a key");
        let kept: Value = serde_json::from_slice(&opened).unwrap();
        let storage = &kept["storage"];
        let cookies = storage["cookies"].as_array().unwrap().iter().map(|cookie| &cookie["value"]);
        let stored = ["local", "session"].iter().flat_map(|area| storage[*area].as_object().unwrap().values());
        let values = cookies.chain(stored).filter_map(Value::as_str).map(|text| text.trim_matches('"').to_owned());
        found.extend(values.filter(|text| text.len() >= 16));
    }
    found
}

/// Writes another word into an adapter: what it points at is not found any more.
fn break_adapter(rig: &Rig, file: &str, word: &str) -> String {
    let path = rig.path("root").join(file);
    let whole = fs::read_to_string(&path).unwrap();
    assert!(whole.contains(word), "{file} does not say {word}");
    let kind = word.split_once('=').unwrap().0;
    let nowhere = if kind == "json" { "json=$.nowhere".to_owned() } else { format!("{kind}=没有这一处") };
    fs::write(&path, whole.replacen(word, &nowhere, 1)).unwrap();
    whole
}

/// What the API and the pages for people say.
async fn answers(settings: &Path, rows: &[(String, String)], places: &mut Vec<Place>) {
    let mut serve = Process::start(queqiao(settings).arg("serve"));
    serve.wait_for("/screen");
    let told = serve.told();
    let base = told.split_whitespace().find_map(|word| word.strip_suffix("screen,")).expect("it says where").to_owned();
    let numbers = rows.iter().filter(|(table, _)| table == "entry").filter_map(|(_, row)| row.lines().nth(3));
    let one = numbers.take(5).map(|number| format!("api/v1/cases/{number}"));
    let fixed = [
        "api/v1/overview",
        "api/v1/cases?limit=200",
        "api/v1/changes?after=0&limit=1000",
        "api/v1/openapi.json",
        "metrics",
        "readyz",
        "screen",
        "desk",
        "api/v1/stats?measure=accepted,done&by=site,day",
        "api/v1/cases?q=100&limit=200",
        "nothing/here",
    ];
    for address in fixed.map(str::to_owned).into_iter().chain(one) {
        let answer = reqwest::get(format!("{base}{address}")).await.unwrap();
        places.push((format!("{address}, HTTP {}", answer.status()), answer.text().await.unwrap()));
    }
    places.push(("what `serve` said and logged".to_owned(), serve.told()));
    serve.terminate();
}

/// Runs that read and enter, and runs that fail in every way that leaves something: a changed list, a changed detail, a form that is
/// refused, maintenance, a session taken over, a session lost, a wrong password.
fn everything(rig: &Rig, settings: &Path, places: &mut Vec<Place>) {
    for bot in ["onewindow-collect", "water-collect", "permits-collect", "water-enter"] {
        run(settings, bot, places);
    }
    rig.practice("permits").set_closed(true);
    run(settings, "permits-enter", places);
    for (file, word, bot) in [
        ("selectors/water.toml", "column=当前状态", "water-collect"),
        ("selectors/water.toml", "label=承诺办结时间", "water-collect"),
        ("selectors/onewindow.toml", "column=办件编号", "onewindow-collect"),
        ("selectors/onewindow.toml", "label=承诺办结日期", "onewindow-collect"),
        ("selectors/permits.toml", "json=$.data.rows", "permits-collect"),
        ("selectors/permits.toml", "json=$.data.promiseLimit", "permits-collect"),
    ] {
        let whole = break_adapter(rig, file, word);
        run(settings, bot, places);
        fs::write(rig.path("root").join(file), whole).unwrap();
    }
    let water = rig.practice("water");
    water.end_sessions();
    run(settings, "water-collect", places);
    water.set_maintenance(true);
    assert!(run(settings, "water-collect", places).contains("系统维护中"));
    water.set_maintenance(false);
}

fn seal(rig: &Rig, settings: &Path) {
    let file = rig.path("secrets.toml");
    let output = finished(queqiao(settings).args(["secret", "import"]).arg(&file));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_is_found() {
    let rig = Rig::start_as((USERNAME, PASSWORD), &["onewindow", "water", "permits"], 40, 0.0).await;
    let settings = rig.settings("data", "listen = \"127.0.0.1:0\"");
    let written = fs::read_to_string(&settings).unwrap().replace("log = \"warn\"", "log = \"debug\"");
    fs::write(&settings, written).unwrap();
    let hub = Vault::open(Some(&rig.path("secrets.toml")), &rig.path("root"), []).unwrap();
    assert!(hub.get("hub").is_ok());
    seal(&rig, &settings);
    let vault = Vault::open(Some(&rig.path("secrets.toml")), &rig.path("root"), []).unwrap();
    vault.set("hub", &[("token".to_owned(), TOKEN.into())].into(), queqiao::vault::Expiry::Unsaid).unwrap();
    let mut places = Vec::new();
    everything(&rig, &settings, &mut places);
    let database = rig.path("data/queqiao.db");
    let early = rows(&database).await;
    answers(&settings, &early, &mut places).await;
    let sealed = sessions(&rig, &rows(&database).await);
    rig.practice("permits").kick();
    let said = run(&settings, "permits-collect", &mut places);
    assert!(said.contains("someone uses the bot's account"), "{said}");
    vault
        .set("water-bot", &[("password".to_owned(), "Canary!wrong-1111".into())].into(), queqiao::vault::Expiry::Unsaid)
        .unwrap();
    let said = run(&settings, "water-collect", &mut places);
    assert!(said.contains("frozen"), "{said}");
    files(&rig.path("data"), &mut places);
    let rows = rows(&database).await;

    let (evidence, pictures) = (count(&places, "/evidence/"), count(&places, ".jpg"));
    assert!(
        evidence >= 4 && pictures >= 2,
        "{evidence} pages and {pictures} pictures are kept: too few to say anything"
    );
    let secrets =
        [PASSWORD, TOKEN, "Canary!wrong-1111"].map(str::to_owned).into_iter().chain(sealed).collect::<Vec<_>>();
    let people = people(&rows);
    assert!(secrets.len() >= 6 && people.len() >= 100, "{} secrets, {} numbers", secrets.len(), people.len());
    let mut found = BTreeMap::new();
    let mut look = |place: &str, text: &str, canaries: &mut dyn Iterator<Item = &String>| {
        for canary in canaries.filter(|canary| text.contains(canary.as_str())) {
            let at = text.find(canary.as_str()).unwrap_or_default();
            let around = text[text.floor_char_boundary(at.saturating_sub(80))..].chars().take(160).collect::<String>();
            found.entry(place.to_owned()).or_insert((canary.clone(), around));
        }
    };
    let user = USERNAME.to_owned();
    for (place, text) in &places {
        let file = PathBuf::from(place);
        let is_database = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("queqiao.db"));
        look(place, text, &mut secrets.iter());
        if !is_database {
            look(place, text, &mut people.iter().chain([&user]));
        }
    }
    for (table, row) in &rows {
        look(&format!("table {table}"), row, &mut secrets.iter());
        if !BY_DESIGN.iter().any(|(by_design, _)| by_design == table) {
            look(&format!("table {table}"), row, &mut people.iter().chain([&user]));
        }
    }
    let planted = secrets.len() + people.len() + 1;
    println!("canaries: {planted} planted, {} places searched, {} found", places.len() + rows.len(), found.len());
    assert!(found.is_empty(), "{found:#?}");
}

fn count(places: &[Place], word: &str) -> usize {
    places.iter().filter(|(place, _)| place.contains(word)).count()
}
