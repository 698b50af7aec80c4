//! Sessions are kept, sealed, and the next process goes on with them: nobody signs in who need not.

use std::path::Path;

use serde_json::Value;

use crate::rig::{Rig, finished, queqiao, stdout};

/// One whole run in a process of its own: its report, and what it logged.
fn run(settings: &Path, bot: &str) -> (Value, String) {
    let output = finished(queqiao(settings).args(["run", bot, "--json", "--full"]));
    let said = stdout(&output, 0);
    let report = serde_json::from_str(said.trim()).unwrap_or_else(|error| panic!("{error}: {said}"));
    (report, String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Seals the rig's secrets.
fn seal(rig: &Rig, settings: &Path) {
    stdout(&finished(queqiao(settings).args(["secret", "import"]).arg(rig.path("secrets.toml"))), 0);
}

/// Changes the store behind the bridge's back; gives how many sessions are kept in it.
async fn meddle(database: &Path, sql: &'static str) -> i64 {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    sqlx::raw_sql(sql).execute(&pool).await.unwrap();
    let kept = sqlx::query_scalar("SELECT COUNT(*) FROM sessions").fetch_one(&pool).await.unwrap();
    pool.close().await;
    kept
}

/// The systems here are a token in the browser's storage, a cookie over frames, WebForms with pages that stay in the browser, and the
/// window's plain pages.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_signs_in_only_where_the_session_is_lost() {
    let systems = ["permits", "water", "social", "onewindow"];
    let rig = Rig::start_with(&systems, 20, 0.0).await;
    let settings = rig.settings("data", "");
    seal(&rig, &settings);
    for system in systems {
        let (practice, bot) = (rig.practice(system), format!("{system}-collect"));
        let (first, _) = run(&settings, &bot);
        assert_eq!((practice.logins(), &first["outcome"]), (1, &"good".into()), "{system}");
        let (second, told) = run(&settings, &bot);
        assert_eq!((practice.logins(), &second["rows_read"]), (1, &first["rows_read"]), "{system}: {told}");
        if system == "permits" || system == "water" {
            assert_eq!(second["browser_requests"], 0, "{system}: what is proven needs no browser");
        }
        practice.end_sessions();
        let (third, told) = run(&settings, &bot);
        assert_eq!((practice.logins(), &third["rows_read"]), (2, &first["rows_read"]), "{system}: {told}");
        let (_, told) = run(&settings, &bot);
        assert_eq!(practice.logins(), 2, "{system}: the new one is kept in its place: {told}");
        assert_eq!(practice.failed_logins(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_open_is_passed_over_with_a_word_and_one_login() {
    let rig = Rig::start_with(&["water"], 10, 0.0).await;
    let settings = rig.settings("data", "");
    let (database, practice) = (rig.path("data/queqiao.db"), rig.practice("water"));
    let again = |logins: u64, passed_over: bool| {
        let (_, told) = run(&settings, "water-collect");
        assert_eq!(practice.logins(), logins, "{told}");
        assert_eq!(told.contains("a kept session is passed over"), passed_over, "{told}");
    };
    again(1, false);
    again(2, false);
    assert_eq!(meddle(&database, "").await, 0, "without a sealed vault nothing is kept");
    seal(&rig, &settings);
    again(3, false);
    again(3, false);
    assert_eq!(
        meddle(&database, "UPDATE sessions SET body = substr(body, 1, 40) || 'AAAA' || substr(body, 45)").await,
        1
    );
    again(4, true);
    again(4, false);
    stdout(&finished(queqiao(&settings).args(["secret", "rotate"])), 0);
    again(5, true);
    meddle(&database, "UPDATE sessions SET account = 'land/water-bot'").await;
    again(6, false);
}
