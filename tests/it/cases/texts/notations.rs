//! Notations of others: told with what to write here, in both languages, and never taken as ours.

use std::fs;

use super::told;
use crate::cases::trial::replace;

const CRON: &str = "a-cron-expression-of-quartz";

/// What `check` tells of this expression alone.
async fn cron(written: &str) -> [String; 2] {
    told(CRON, |root| {
        fs::remove_file(root.join("schedules/never.toml")).unwrap();
        replace(&root.join("schedules/quartz.toml"), "0 0 8 ? * 2-6", written);
    })
    .await
}

#[tokio::test]
async fn a_cron_expression_of_quartz_is_told_with_the_days_that_it_means() {
    for (written, zh, en) in [
        ("0 0 8 ? * 2-6", "MON-FRI", "MON-FRI as Quartz counts them (TUE-SAT if 1 is Monday)"),
        ("0 8 ? * 2,4", "MON,WED", "MON,WED as Quartz"),
        ("0 0 8 ? * 7", "SAT", "SAT as Quartz"),
        ("0 0 8 ? * 2-6/2", "MON-FRI/2", "MON-FRI/2 as Quartz"),
        ("0 0 8 ? * MON-FRI 2026", "cron = \"0 0 8 ? * MON-FRI\"", "the seventh field (2026)"),
        ("0 0 8 ? * 2-6 *", "cron = \"0 0 8 ? * MON-FRI\"", "write: cron = \"0 0 8 ? * MON-FRI\""),
        ("0 0/15 8 * * ?", "0-59/15", "write: 0-59/15"),
        ("0 0 8 ? * 6L", "L、W", "L, W and #"),
        ("0 0 8 L * ?", "L、W", "L, W and #"),
        ("0 0 8 ? * 2#1", "L、W", "L, W and #"),
    ] {
        let said = cron(written).await;
        assert!(said[0].contains(zh) && said[1].contains(en), "{written}: {said:?}");
    }
}

#[tokio::test]
async fn what_means_the_same_everywhere_stays_good() {
    for written in [
        "0 0 8 ? * MON-FRI",
        "0 8 ? * mon,wed",
        "0 8 * * 1-5",
        "0 8 1 * ?",
        "0 8 * * 5-7",
        "0 8 * * SAT-SUN",
        "0 8 * * 0",
        "0 8 * * 7",
        "*/15 8-18 * * 1-5",
        "0 8 29 2 *",
        "0 8 31 1,3 *",
        "0 0 8 1 JAN-MAR/2 *",
    ] {
        assert_eq!(cron(written).await, ["", ""], "{written}");
    }
}

#[tokio::test]
async fn what_never_comes_or_steps_over_its_field_is_told() {
    for written in ["0 8 31 2 *", "0 8 30 2 *", "*/5 8-9 31 4,6,9,11 *", "0 0 8 31 NOV *"] {
        let said = cron(written).await;
        assert!(said[0].contains("永远不会到") && said[1].contains("never comes"), "{written}: {said:?}");
        assert!(said[1].contains("warning"), "{written}: {said:?}");
    }
    for (written, step) in [
        ("*/90 * * * *", "90"),
        ("*/60 * * * *", "60"),
        ("0 */36 * * *", "36"),
        ("0 8 */45 * *", "45"),
        ("0 8 1 */18 *", "18"),
        ("0 8 * * */14", "14"),
    ] {
        let said = cron(written).await;
        assert!(
            said[0].contains(&format!("步长 {step}")) && said[1].contains(&format!("the step {step}")),
            "{written}: {said:?}"
        );
        assert!(!said[1].contains("L, W"), "{written}: {said:?}");
    }
}

#[tokio::test]
async fn words_and_ranges_of_others_are_told_with_ours() {
    for (written, mend) in [
        ("@daily", "cron = \"0 0 * * *\""),
        ("@weekly", "cron = \"0 0 * * SUN\""),
        ("hourly", "cron = \"0 * * * *\""),
        ("@reboot", "minute hour day month weekday"),
        ("Mon..Fri 08:00", "minute hour day month weekday"),
        ("*-*-* 08:00:00", "minute hour day month weekday"),
        ("0 22-6 * * *", "22-23,0-6"),
        ("0 8 * * FRI-MON", "FRI-SAT,SUN-MON"),
        ("0 8 * * 7-2", "0-2"),
        ("50-10/5 * * * *", "50-59/5,0-10/5"),
        ("0 8 * NOV-FEB *", "NOV-DEC,JAN-FEB"),
        ("5/10 * * * *", "5-59/10"),
    ] {
        let said = cron(written).await;
        assert!(said.iter().all(|said| said.contains(mend) || mend.starts_with("minute")), "{written}: {said:?}");
        assert!(said[1].contains(mend) && !said[1].contains("L, W"), "{written}: {said:?}");
    }
}

#[tokio::test]
async fn forms_of_dates_of_others_are_told_with_ours() {
    for (written, ours) in [
        ("yyyy-MM-dd'T'HH:mm:ss", "minute"),
        ("yyyy-MM-dd HH:mm:ss", "datetime('%Y-%m-%d %H:%M:%S')"),
        ("YYYY/MM/DD HH:mm", "datetime('%Y/%m/%d %H:%M')"),
        ("YYYY-MM-DD HH24:MI:SS", "datetime('%Y-%m-%d %H:%M:%S')"),
        ("Y-m-d H:i", "datetime('%Y-%m-%d %H:%M')"),
    ] {
        let said = told("an-instant-in-utc", |root| {
            replace(
                &root.join("bots/utc-collect.toml"),
                "datetime('%Y-%m-%dT%H:%M:%S.000Z')",
                &format!("datetime('{written}')"),
            );
            replace(&root.join("bots/utc-collect.toml"), "date('%Y-%m-%dT%H:%M:%S.000Z')", "date('%Y-%m-%d')");
        })
        .await;
        assert!(
            !said[0].is_empty() && (written.contains('\'') || said.iter().all(|said| said.contains(ours))),
            "{written}: {said:?}"
        );
    }
}

#[tokio::test]
async fn placeholders_of_others_are_told_with_ours() {
    for (written, mend) in [
        ("rows?page=${page}", "rows?page={page}"),
        ("rows?page={{page}}", "rows?page={page}"),
        ("rows?page={{ page }}", "rows?page={page}"),
        ("rows?page=%{page}", "rows?page={page}"),
        ("rows?page=${ page }", "rows?page={page}"),
    ] {
        let said = told("a-cron-expression-of-quartz", |root| {
            fs::remove_dir_all(root.join("schedules")).unwrap();
            replace(&root.join("selectors/any.toml"), "rows?page={page}", written);
        })
        .await;
        assert!(said.iter().all(|said| said.contains(mend)), "{written}: {said:?}");
    }
}
