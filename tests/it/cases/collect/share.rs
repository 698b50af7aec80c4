//! Lists that show no change at all: every detail in every run, or a share of them.

use std::collections::BTreeSet;

use queqiao::{adapter::Adapters, base::Lang, run::RunOptions};

use super::register::{Register, changed, phone, row};
use crate::cases::trial::replace;

const OLD: &str = "2026-11-02 09:00";

#[tokio::test(flavor = "multi_thread")]
async fn always_opens_every_detail_in_every_run() {
    let rows = (1..=12).map(|no| row(no, OLD)).collect();
    let register = Register::open("2026-12-01 10:00", rows, changed("changed = \"always\"")).await;
    assert_eq!(register.run_at("2026-12-01 10:00").await.reading.reread, 0, "all are new");
    register.change(7, |row| row.phone = phone(7, 1));
    let next = register.run_at("2026-12-01 10:05").await;
    assert_eq!((next.reading.reread, next.reading.changed), (12, 1));
    assert_eq!(register.phone(7).await, phone(7, 1));
    register.trial.end().await;
}

/// Each is seen again within 100 / share runs, however the list moves, also where it is read from its beginning only.
#[tokio::test(flavor = "multi_thread")]
async fn a_share_of_the_details_is_read_again_in_each_run() {
    for more in ["", "\nnewest_first = true"] {
        let rows = (1..=31).map(|no| row(no, OLD)).collect();
        let written = format!("changed = \"list.updated\"\nreread = \"10 %\"{more}");
        let register = Register::open("2026-12-01 10:00", rows, changed(&written)).await;
        register.run_at("2026-12-01 10:00").await;
        (1..=31).for_each(|no| register.change(no, |row| row.phone = phone(no, 1)));
        let mut seen = BTreeSet::new();
        for run in 1..=10 {
            // One leaves: its turn is not lost to the others.
            if run == 2 {
                register.state().rows.retain(|row| row.no != "5");
            }
            // The list is in another order each time.
            register.state().rows.rotate_left(7);
            let report = register.run_at(&format!("2026-12-01 10:{:02}", run + 10)).await;
            assert_eq!(report.reading.reread, if run < 2 { 4 } else { 3 }, "run {run}");
            assert!(report.reading.changed <= register.opened().len() as u64);
            seen.extend(register.opened());
        }
        assert!((1..=31).filter(|no| *no != 5).all(|no| seen.contains(&no.to_string())), "{seen:?}");
        register.trial.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_counts_as_a_real_one_and_keeps_nothing() {
    let mut rows: Vec<_> = (1..=20).map(|no| row(no, OLD)).collect();
    rows[3].status = "已归档".to_owned();
    let register =
        Register::open("2026-12-01 10:00", rows, changed("changed = \"list.updated\"\nreread = \"10 %\"")).await;
    let dry = RunOptions { dry_run: true, ..RunOptions::default() };
    let figures = |report: queqiao::run::RunReport| {
        let reading = report.reading;
        (reading.rows_read, reading.quarantined, reading.changed, reading.reread, report.quarantined_rows.len())
    };
    assert_eq!(figures(register.try_at("2026-12-01 10:00", dry).await), (20, 1, 20, 0, 1));
    assert_eq!(figures(register.run_at("2026-12-01 10:01").await), (20, 1, 20, 0, 1));
    // One turns bad, one turns good, one leaves.
    register.change(9, |row| row.status = "已归档".to_owned());
    register.change(10, |row| row.status = "已归档".to_owned());
    register.change(4, |row| row.status = "审批中".to_owned());
    register.state().rows.retain(|row| row.no != "20");
    let tried = register.try_at("2026-12-01 10:11", dry).await;
    let left = |report: &queqiao::run::RunReport| (report.reading.left_open, report.reading.left.clone());
    let (tried_left, tried) = (left(&tried), figures(tried));
    let real = register.run_at("2026-12-01 10:12").await;
    assert_eq!((tried_left, tried), (left(&real), figures(real)));
    assert_eq!((tried.1, tried.2, tried_left_is_one(&register).await), (2, 3, true));
    register.trial.end().await;
}

async fn tried_left_is_one(register: &Register) -> bool {
    register.run_at("2026-12-01 10:20").await.reading.left == ["20"]
}

#[test]
fn check_warns_of_a_list_that_shows_no_change() {
    let told = |edit: &dyn Fn(&std::path::Path)| {
        let folder = tempfile::tempdir().unwrap();
        let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/moving");
        for file in ["selectors/moving.toml", "bots/moving-collect.toml"] {
            std::fs::create_dir_all(folder.path().join(file).parent().unwrap()).unwrap();
            std::fs::copy(from.join(file), folder.path().join(file)).unwrap();
        }
        edit(folder.path());
        let report = Adapters::check(folder.path()).1;
        assert!(!report.has_errors(), "{}", report.render(Lang::En, false));
        (report.render(Lang::En, false), report.render(Lang::Zh, false))
    };
    let bot = |root: &std::path::Path, old: &str, new: &str| replace(&root.join("bots/moving-collect.toml"), old, new);
    let blind = |root: &std::path::Path| {
        bot(root, "changed = \"list.updated\"\n", "");
        bot(root, "list.status | code('status')", "detail.phone | code('status')");
        bot(root, "'2026-11-20' if list.status == '办结' else ''", "''");
        replace(
            &root.join("selectors/moving.toml"),
            "status  = \"column=状态\"\nupdated = \"column=更新时间\"\n",
            "applied = \"column=受理时间\"\n",
        );
    };
    assert_eq!(told(&|_| {}).0, "");
    let (english, chinese) = told(&blind);
    assert!(english.contains("shows neither where a case stands nor when it was touched last"), "{english}");
    assert!(english.contains("changed = \"always\"") && english.contains("moving-collect.toml:4:"), "{english}");
    assert!(
        chinese.contains("既不显示办件状态，也不显示更新时间") && chinese.contains("reread = \"5 %\""),
        "{chinese}"
    );
    for key in ["changed = \"always\"", "reread  = \"5 %\""] {
        let mended = |root: &std::path::Path| {
            blind(root);
            bot(root, "key     = \"list.no\"\n", &format!("key     = \"list.no\"\n{key}\n"));
        };
        assert_eq!(told(&mended).0, "", "{key}");
    }
    // A time of change that no field of the case is made of is one all the same.
    let timed = |root: &std::path::Path| {
        blind(root);
        replace(&root.join("selectors/moving.toml"), "applied = \"column=受理时间\"\n", "at = \"column=最后修改\"\n");
    };
    assert_eq!(told(&timed).0, "");
}
