//! Bad input and broken surroundings: each a clear error that says what to do, and nothing lost.

use std::{fs, net::TcpListener, path::Path, process::Command};

use crate::rig::{Rig, finished, queqiao, stdout};

/// The standard error of a command that must have ended with this code.
fn stderr(command: &mut Command, code: i32) -> String {
    let output = finished(command);
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{err}");
    err
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_adapter_is_shown_with_its_place_before_anything_runs() {
    let rig = Rig::start(1, 0.0).await;
    let settings = rig.settings("data", "");
    let root = rig.path("adapters");
    for folder in ["selectors", "bots", "schedules"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::copy(source.join("selectors/water.toml"), root.join("selectors/water.toml")).unwrap();
    let bot = fs::read_to_string(source.join("bots/water-collect.toml")).unwrap();
    let broken = bot.replacen("list    = \"list\"", "list    = \"lst\"", 1);
    assert_ne!(bot, broken);
    fs::write(root.join("bots/water-collect.toml"), broken).unwrap();
    let line = fs::read_to_string(root.join("bots/water-collect.toml"))
        .unwrap()
        .lines()
        .position(|line| line.contains("\"lst\""))
        .unwrap()
        + 1;
    for arguments in [&["check"][..], &["run", "water-collect"], &["serve"]] {
        let output = finished(queqiao(&settings).arg("--root").arg(&root).args(arguments));
        let said = stdout(&output, 1);
        assert!(
            said.contains(&format!("water-collect.toml:{line}:")) && said.contains("did you mean `list`"),
            "{said}"
        );
    }
    assert_eq!(rig.practice("water").requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_left_untouched() {
    let rig = Rig::start(5, 0.0).await;
    let settings = rig.settings("data", "");
    stdout(&finished(queqiao(&settings).args(["run", "water-collect"])), 0);
    let database = rig.path("data").join("queqiao.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&database);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::query("UPDATE queqiao_version SET version = 9999").execute(&pool).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await.unwrap();
    pool.close().await;
    let before = fs::read(&database).unwrap();
    let said = stderr(queqiao(&settings).args(["run", "water-collect"]), 1);
    assert!(said.contains("9999") && said.contains("newer"), "{said}");
    assert!(fs::read(&database).unwrap() == before, "the database was touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_port_names_itself_and_the_setting() {
    let rig = Rig::start(1, 0.0).await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let settings = rig.settings("data", &format!("listen = \"{address}\""));
    let said = stderr(queqiao(&settings).arg("serve"), 1);
    assert!(said.contains(&address) && said.contains("listen"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_settings_bots_and_loose_secrets_say_what_to_do() {
    let rig = Rig::start(1, 0.0).await;
    let said = stderr(queqiao(&rig.settings("typo", "lisen = \"127.0.0.1:0\"")).arg("serve"), 1);
    assert!(said.contains("lisen") && said.contains("listen"), "{said}");
    let settings = rig.settings("data", "");
    let said = stderr(queqiao(&settings).args(["run", "water"]), 1);
    assert!(said.contains("water-collect"), "{said}");
    let mut loose = fs::metadata(rig.path("secrets.toml")).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut loose, 0o644);
    fs::set_permissions(rig.path("secrets.toml"), loose).unwrap();
    let said = stderr(queqiao(&settings).args(["run", "water-collect"]), 1);
    assert!(said.contains("chmod 600"), "{said}");
    assert_eq!(rig.practice("water").logins(), 0);
}

/// A disk that is full while rows come in: the bound of the store's file makes SQLite say what a full disk makes it say.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_the_run_and_loses_nothing() {
    let rig = Rig::start(300, 0.0).await;
    let database = rig.path("queqiao.db");
    let bounded = rig.settings("bounded", &format!("store = \"sqlite:{}?pages=150\"", database.display()));
    let full = finished(queqiao(&bounded).args(["run", "water-collect", "--json"]));
    let said = format!("{}{}", String::from_utf8_lossy(&full.stdout), String::from_utf8_lossy(&full.stderr));
    assert!(!full.status.success(), "{said}");
    assert!(said.contains("free some space"), "{said}");
    let roomy = rig.settings("roomy", &format!("store = \"sqlite:{}\"", database.display()));
    let after = stdout(&finished(queqiao(&roomy).args(["run", "water-collect", "--json"])), 0);
    let report: serde_json::Value = serde_json::from_str(after.trim()).unwrap();
    assert_eq!((&report["rows_read"], &report["stated_total"]), (&300.into(), &300.into()));
    let changed = report["changed"].as_u64().unwrap();
    assert!(changed < 300, "what was kept before the disk was full is not read again");
}
