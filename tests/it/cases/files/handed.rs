//! Files of foreign systems, as they came.

use axum::Router;
use queqiao::record::Status;

use super::{Trial, is_good, people, replace, words};

/// One run of a bot over the files of a case.
async fn run(name: &str, bot: &str) -> (Trial, queqiao::run::RunReport) {
    let trial = Trial::start(name, Router::new()).await;
    let report = trial.run(bot).await;
    (trial, report)
}

/// What was read into the task's name, by number.
async fn tasks(trial: &Trial) -> Vec<String> {
    trial.cases().await.into_values().map(|case| case.fields.task_name.unwrap_or_default()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_with_more_cells_than_headers_is_told_and_not_read_shifted() {
    let (trial, report) = run("a-row-with-more-cells-than-headers", "csv-collect").await;
    let read = people(&trial).await;
    assert_eq!(read.keys().collect::<Vec<_>>(), ["SL26001", "SL26003"]);
    assert_eq!(read["SL26003"], ("李小红".to_owned(), "05390003".to_owned()));
    let row = &trial.quarantined().await["SL26002"];
    assert!(row.reason.contains("5 cells under 4 headers"), "{row:?}");
    assert!(is_good(&report), "{report:?}");

    let text = "受理编号,状态,申请人,电话,,\r\nSL26001,在办,王小明,05390001,,\r\nSL26002,已受理,\"山东新华,临沂分公司\",05390002,,\r\n\
                SL26003,在办,李小红,05390003,,\r\n共 3 条,,,,,\r\n";
    std::fs::write(trial.root().join("inbox/2026-12-01.csv"), encoding_rs::GB18030.encode(text).0).unwrap();
    let report = trial.run("csv-collect").await;
    assert!(is_good(&report) && report.reading.quarantined == 0, "{report:?}");
    assert_eq!(people(&trial).await["SL26002"], ("山东新华,临沂分公司".to_owned(), "05390002".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn identity_numbers_that_are_numbers_keep_the_digits_that_the_file_writes() {
    let (trial, report) = run("identity-numbers-that-are-numbers", "ids-collect").await;
    let cases = trial.cases().await;
    let id = |no: &str| cases[no].fields.applicant_id.as_deref();
    assert_eq!((id("SL26001"), id("SL26002")), (Some("999999199001010011"), Some("999999199001010022")), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_over_several_sheets_is_read_whole_or_said_to_go_on() {
    let (trial, report) = run("an-export-over-several-sheets", "sheets-collect").await;
    assert!(!is_good(&report) && trial.cases().await.is_empty(), "{report:?}");
    assert!(words(&report).contains("办件2") && words(&report).contains("sheet = \"办件*\""), "{report:?}");
    for pattern in ["办件*", "?*"] {
        let edit = |root: &std::path::Path| {
            replace(&root.join("selectors/sheets.toml"), "sheet = \"*\"", &format!("sheet = \"{pattern}\""));
        };
        let trial = Trial::edited("an-export-over-several-sheets", Router::new(), edit).await;
        let report = trial.run("sheets-collect").await;
        assert!(is_good(&report), "{report:?}");
        assert_eq!(
            trial.cases().await.into_keys().collect::<Vec<_>>(),
            [1, 2, 3, 4, 5, 6].map(|n| format!("SL2600{n}"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_the_last_workbooks_before_2007_are_unicode_whatever_code_page_they_state() {
    let name = "xls-that-states-code-page-1252";
    let (trial, report) = run(name, "jxl-collect").await;
    let at = |day: usize| format!("2026-03-0{day} 09:30:00");
    let jxl = [1, 2, 3].map(|n| format!("SL2026000{n} / 张三·李{n} / {} / {}", at(n), at(n)));
    assert_eq!(tasks(&trial).await, jxl, "{report:?}");
    let (trial, report) = run(name, "perl-collect").await;
    let perl = [1, 2, 3].map(|n| format!("SL2026000{n} / 张三·李{n} / 2026-03-0{0} / 2026-03-0{0}", n + 2));
    let read = tasks(&trial).await;
    assert!(
        read.len() == 3 && read.iter().zip(&perl).all(|(read, right)| read.starts_with(right)),
        "{read:?} {report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_sheet_is_the_first_that_a_person_sees() {
    let (trial, report) = run("first-sheet-that-nobody-sees", "hidden-collect").await;
    assert!(is_good(&report), "{report:?}");
    assert_eq!(
        trial.cases().await.into_keys().collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 6].map(|n| format!("SL2026000{n}"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_read_as_the_sheet_shows_them() {
    let name = "numbers-as-the-sheet-shows-them";
    let (trial, report) = run(name, "formats-collect").await;
    assert_eq!(tasks(&trial).await[0], "SL20260001 / 000421 / 000421 / SL00421 / 第421号 / 000421", "{report:?}");
    let (trial, report) = run(name, "poi-collect").await;
    assert!(tasks(&trial).await[0].ends_with(" / 000421"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_with_a_password_is_said_to_have_one() {
    let (_trial, report) = run("workbook-with-a-password", "locked-collect").await;
    assert!(words(&report).contains("protected by a password") && !words(&report).contains("damaged"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn excels_xml_of_2003_is_a_workbook() {
    let (trial, report) = run("excel-2003-xml", "xml-collect").await;
    assert!(is_good(&report), "{report:?}");
    let read = trial.cases().await;
    let said = |no: &str| {
        let case = &read[no];
        (case.status, case.fields.contact_phone.as_deref(), case.fields.accept_date.unwrap().to_rfc3339())
    };
    assert_eq!(said("SL26001"), (Status::InProgress, None, "2026-11-02T09:00:00+08:00".to_owned()));
    assert_eq!(said("SL26002"), (Status::Accepted, Some("100"), "2026-11-03T09:00:00+08:00".to_owned()));
}
