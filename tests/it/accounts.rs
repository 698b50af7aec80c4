//! A wrong password costs one failed login, and a login page is never data.

use queqiao::base::Clock;
use serde_json::Value;

use crate::rig::{PASSWORD, Rig, finished, queqiao, stdout};

fn report(text: &str) -> Value {
    serde_json::from_str(text.trim()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_costs_one_failed_login_then_the_account_is_frozen() {
    let rig = Rig::start(20, 0.0).await;
    for (system, bot) in [("permits", "permits-collect"), ("water", "water-collect")] {
        let settings = rig.settings(system, "");
        rig.write_secrets("wrong");
        let first = report(&stdout(&finished(queqiao(&settings).args(["run", bot, "--json"])), 3));
        assert_eq!(first["outcome"], "needs_person");
        assert!(first["reason"].as_str().unwrap().contains("用户名或密码错误"), "{first}");
        for _ in 0..3 {
            let again = report(&stdout(&finished(queqiao(&settings).args(["run", bot, "--json"])), 3));
            assert!(again["reason"].as_str().unwrap().contains("frozen"), "{again}");
            assert_eq!(again["rows_read"], 0);
        }
        assert_eq!(rig.practice(system).failed_logins(), 1);
        rig.write_secrets(PASSWORD);
        let mended = report(&stdout(&finished(queqiao(&settings).args(["run", bot, "--json"])), 0));
        assert_eq!(mended["rows_read"], 20);
        assert_eq!(rig.practice(system).failed_logins(), 1);
    }
}

/// A bridge in this process, so that its session lives from run to run.
mod in_process {
    use std::sync::Arc;

    use queqiao::{
        app::{self, App, Wanted},
        run::{Nobody, RunOptions, RunReport},
        settings::Settings,
    };

    use super::{Clock, Rig};

    pub async fn start(rig: &Rig) -> App {
        let settings = Settings::load(Some(&rig.settings("data", "")), []).unwrap();
        let adapters = app::load_adapters(&settings).unwrap();
        App::start(
            &settings,
            adapters,
            Clock::system(),
            Wanted { installing: Arc::new(|_| {}), schedules: None, web: false, people: Arc::new(Nobody) },
        )
        .await
        .unwrap()
    }

    pub async fn run(app: &App, bot: &str) -> RunReport {
        let bridge = app.bridge.as_ref().unwrap();
        bridge.run(bot, RunOptions { full: true, ..RunOptions::default() }, Arc::new(|_| {})).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_is_renewed_and_its_login_page_is_no_data() {
    let rig = Rig::start(60, 0.0).await;
    let app = in_process::start(&rig).await;
    for (system, bot) in [("permits", "permits-collect"), ("water", "water-collect")] {
        let practice = rig.practice(system);
        let first = in_process::run(&app, bot).await;
        assert!(first.reconciled(), "{first:?}");
        practice.end_sessions();
        let logins = practice.logins();
        let second = in_process::run(&app, bot).await;
        assert!(second.reconciled(), "{second:?}");
        assert_eq!((second.reading.rows_read, second.reading.changed), (60, 0), "{second:?}");
        assert_eq!(practice.logins(), logins + 1);
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn maintenance_is_waited_out_and_keeps_what_was_read() {
    let rig = Rig::start(60, 0.0).await;
    let app = in_process::start(&rig).await;
    for (system, bot) in [("permits", "permits-collect"), ("water", "water-collect")] {
        assert!(in_process::run(&app, bot).await.reconciled());
        rig.practice(system).set_maintenance(true);
        for _ in 0..3 {
            let busy = in_process::run(&app, bot).await;
            assert_eq!(busy.remedy, Some(queqiao::base::Remedy::Backoff), "{busy:?}");
            // The next one has to sign in, and meets the same banner there.
            rig.practice(system).end_sessions();
        }
        assert_eq!(rig.practice(system).failed_logins(), 0);
        rig.practice(system).set_maintenance(false);
    }
    app.deliver().await.unwrap();
    let overview = app.hub.as_ref().unwrap().overview().await.unwrap();
    assert!(overview.stale, "figures of a system that is away say so");
    assert!(overview.systems.iter().all(|system| system.ours == Some(60)), "and keep their last good value");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_opens_only_the_details_of_rows_that_changed() {
    let rig = Rig::start(60, 0.0).await;
    let app = in_process::start(&rig).await;
    let bridge = app.bridge.clone().unwrap();
    for (system, bot) in [("permits", "permits-collect"), ("water", "water-collect")] {
        assert!(in_process::run(&app, bot).await.reconciled());
        let practice = rig.practice(system);
        let opened = practice.detail_requests();
        practice.add_case();
        let open =
            practice.truth().into_iter().find(|case| case.bad.is_none() && case.status == "in_progress").unwrap();
        practice.advance(&open.source_no);
        let options = queqiao::run::RunOptions::default();
        let second = bridge.run(bot, options, std::sync::Arc::new(|_| {})).await.unwrap();
        assert!(second.reconciled(), "{second:?}");
        assert_eq!((second.reading.rows_read, second.reading.changed), (61, 2));
        assert_eq!(practice.detail_requests(), opened + 2);
    }
    app.stop().await;
}
