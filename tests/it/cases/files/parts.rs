//! Lists in several parts, and rows that do not fit their header.

use std::fs;

use super::{HEADERS, edited, is_good, over, packed, page, people, read, replace, words, workbook};

const HEADER: &str = "受理编号,申请人,状态,电话";

fn csv(rows: &[&str]) -> Vec<u8> {
    [&[HEADER], rows].concat().join("\n").into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_do_not_fit_are_quarantined_wherever_the_file_comes_from() {
    let shifted = csv(&["SL1,甲,在办,1", "SL2,山东,临沂,在办,2", "SL3,乙,在办,3"]);
    let pushed = csv(&["SL1,甲,在办,1", "SL2,山东,临沂,在办,", "SL3,乙,在办,3"]);
    let broken = csv(&["SL1,甲,在办,1", "SL2,山东", "新华,在办,2", "SL3,乙,在办,3"]);
    let short = csv(&["SL1,甲,在办,", "SL2,在办,2", "SL3,乙,在办,3"]);
    let row = |row: &str| row.split('|').map(|cell| format!("<td>{cell}</td>")).collect::<String>();
    let lines = ["SL1|甲|在办|1", "SL2|山东|临沂|在办|2", "SL3|乙|在办|3"];
    let body: String =
        [HEADERS.join("|").as_str()].into_iter().chain(lines).map(|line| format!("<tr>{}</tr>", row(line))).collect();
    let html = format!("<html><meta charset=utf-8><table>{body}</table></html>");
    let header = HEADERS.join("|");
    let book = workbook(&[("办件", &[header.as_str(), "SL1|甲|在办|1", "SL2|山东|临沂|在办|2", "SL3|乙|在办|3"])]);
    for (name, bytes, reason) in [
        ("a.csv", shifted.clone(), "5 cells under 4 headers"),
        ("a.zip", packed(&[("a.csv", &shifted)]), "5 cells under 4 headers"),
        ("a.csv", pushed, "5 cells under 4 headers"),
        ("a.csv", broken, "breaks off after 2 cells"),
        ("a.csv", short, "3 cells under 4 headers"),
        ("a.xls", html.into_bytes(), "5 cells under 4 headers"),
        ("a.xlsx", book, "5 cells under 4 headers"),
    ] {
        let (trial, report) = over(&[(name, &bytes)]).await;
        assert!(is_good(&report), "{name} {reason}: {report:?}");
        assert_eq!(people(&trial).await.into_keys().collect::<Vec<_>>(), ["SL1", "SL3"], "{name} {reason}");
        let rows = trial.quarantined().await;
        assert!(rows.len() == 1 && rows["SL2"].reason.contains(reason), "{name} {reason}: {rows:?}");
        assert!(!words(&report).contains("山东"), "a reason repeats no names");
        // The next reading says the same once more, and nothing new; a corrected one is read.
        assert_eq!(trial.run("files-collect").await.reading.changed, 0);
        if name == "a.csv" {
            fs::write(
                trial.root().join("inbox/a.csv"),
                csv(&["SL1,甲,在办,1", "SL2,\"山东,临沂\",在办,2", "SL3,乙,在办,3"]),
            )
            .unwrap();
            let report = trial.run("files-collect").await;
            assert!(is_good(&report) && report.reading.quarantined == 0, "{report:?}");
            assert_eq!(people(&trial).await["SL2"].0, "山东,临沂");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_not_even_the_key_can_be_told_nothing_is_read() {
    let text = "申请人,受理编号,状态,电话\n甲,SL1,在办,1\n山东,临沂,SL2,在办,2\n乙,SL3,在办,3\n";
    let (trial, report) = over(&[("a.csv", text.as_bytes())]).await;
    assert!(!is_good(&report) && trial.records().await.len() <= 1, "{report:?}");
    assert!(words(&report).contains("not even the key can be told"), "{report:?}");
    assert!(!words(&report).contains("临沂"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_an_archive_are_parts_of_one_list_where_the_adapter_says_so() {
    let (one, two) = (csv(&["SL1,甲,在办,1", "共 1 条"]), csv(&["SL2,乙,已受理,2"]));
    let header = HEADERS.join("|");
    let three = workbook(&[("办件", &[header.as_str(), "SL3|丙|在办|3"])]);
    let archive = packed(&[("说明.doc", b"x"), ("1.csv", &one), ("2.csv", &two), ("3.xlsx", &three)]);
    let (_trial, report) = over(&[("a.zip", &archive)]).await;
    assert!(words(&report).contains("member = \"*\""), "{report:?}");
    let say = |member: &'static str| {
        move |root: &std::path::Path| {
            replace(&root.join("selectors/files.toml"), "sheet = \"*\"", &format!("member = \"{member}\""))
        }
    };
    let (trial, report) = edited(&[("a.zip", &archive)], say("?.*")).await;
    assert!(is_good(&report), "{report:?}");
    assert_eq!(people(&trial).await.into_keys().collect::<Vec<_>>(), ["SL1", "SL2", "SL3"]);

    let other = "受理编号,申请人,状态,备注\nSL9,丁,在办,x\n".as_bytes();
    let (trial, report) = edited(&[("a.zip", &packed(&[("1.csv", &one), ("2.csv", other)]))], say("*.csv")).await;
    assert!(trial.cases().await.is_empty() && words(&report).contains("different headers"), "{report:?}");
    assert!(words(&report).contains("1.csv") && words(&report).contains("2.csv"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_folder_are_parts_of_one_list_where_the_adapter_says_so() {
    let files =
        [("1.csv", csv(&["SL1,甲,在办,1"])), ("2.csv", csv(&["SL2,乙,在办,2"])), ("0.csv", csv(&["SL3,丙,在办,3"]))];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let old = |root: &std::path::Path| {
        let before = std::time::SystemTime::now() - std::time::Duration::from_secs(3 * 86_400);
        fs::File::options().write(true).open(root.join("inbox/0.csv")).unwrap().set_modified(before).unwrap();
    };
    for (parts, expected) in [("newest", 1), ("day", 2), ("all", 3)] {
        let (trial, report) = edited(&files, |root| {
            replace(
                &root.join("selectors/files.toml"),
                "sheet = \"*\"",
                &format!("sheet = \"*\"\nparts = \"{parts}\""),
            );
            old(root);
        })
        .await;
        assert!(is_good(&report), "{parts}: {report:?}");
        assert_eq!(people(&trial).await.len(), expected, "{parts}");
    }
}

#[test]
fn sheets_are_parts_where_they_fit_are_seen_and_have_one_header() {
    let header = HEADERS.join("|");
    let book = workbook(&[
        ("说明", &["请看下一页"]),
        ("办件1", &["办件一览", &header, "SL1|甲|在办|1", "共 1 条"]),
        ("办件2", &[&header, "SL2|乙|在办|2"]),
        ("办件", &["受理编号|申请人|状态|备注", "SL3|丙|在办|x"]),
    ]);
    let numbers = |sheet: &str| read(&page(sheet, &HEADERS[..1]), &book).map(|list| super::column(&list, "受理编号"));
    assert_eq!(numbers("办件?").unwrap(), ["SL1", "SL2"]);
    assert_eq!(numbers("办件").unwrap(), ["SL3"]);
    assert_eq!(numbers("#1").unwrap_err().to_string().matches("no header").count(), 1);
    let different = numbers("办件*").unwrap_err().to_string();
    assert!(
        different.contains("办件1 has 受理编号, 申请人, 状态, 电话; 办件 has 受理编号, 申请人, 状态, 备注"),
        "{different}"
    );
    assert!(numbers("受理*").unwrap_err().to_string().contains("there are 说明, 办件1, 办件2, 办件"));

    let goes_on =
        workbook(&[("1月", &[&header, "SL1|甲|在办|1"]), ("2月", &[&header, "SL2|乙|在办|2"]), ("3月", &[&header])]);
    let first = read(&page("*", &HEADERS), &goes_on).unwrap_err().to_string();
    assert!(first.contains("there are 2月 with the same header"), "{first}");
    assert_eq!(read(&page("#1", &HEADERS), &goes_on).unwrap().rows.len(), 1);
    assert_eq!(read(&page("?*", &HEADERS), &goes_on).unwrap().rows.len(), 2);
}

#[test]
fn hidden_sheets_are_read_only_by_their_names() {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, number) in [("办件0", "SL0"), ("办件1", "SL1")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        for (header, column) in HEADERS.iter().zip(0..) {
            sheet.write(0, column, *header).unwrap();
        }
        sheet.write(1, 0, number).unwrap();
        sheet.set_hidden(name == "办件0");
        sheet.set_active(name == "办件1");
    }
    let bytes = book.save_to_buffer().unwrap();
    let numbers = |sheet: &str| super::column(&read(&page(sheet, &HEADERS[..1]), &bytes).unwrap(), "受理编号");
    assert_eq!(
        (numbers("*"), numbers("办件*"), numbers("办件0")),
        (vec!["SL1".into()], vec!["SL1".into()], vec![String::from("SL0")])
    );
}
