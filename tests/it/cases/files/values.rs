//! What single cells say: numbers with more digits than are known, formats of numbers, merged cells.

use axum::{Router, routing::get};
use rust_xlsxwriter::{Format, Workbook};

use super::{HEADERS, Trial, column, is_good, of_2003, over, page, people, read};

const OLD: &[u8] = include_bytes!("../../../pages/files/old.xls");

fn export(phone: f64) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (header, column) in HEADERS.iter().zip(0..) {
        sheet.write(0, column, *header).unwrap();
    }
    for (row, no) in [(1, "SL1"), (2, "SL2")] {
        sheet.write(row, 0, no).unwrap().write(row, 1, "甲").unwrap().write(row, 2, "在办").unwrap();
    }
    sheet.write_number(1, 3, phone).unwrap().write(2, 3, "999999199001010022").unwrap();
    book.save_to_buffer().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_that_no_number_holds_are_never_made_up() {
    // What a number keeps of 18 digits ends in others; of 16 digits all may be known.
    for (number, read) in [
        (999_999_199_001_010_011_f64, None),
        (2_026_110_212_345_670_f64, None),
        (2_026_110_212_345_678_f64, Some("2026110212345678")),
        (5_390_001_f64, Some("5390001")),
    ] {
        let (trial, report) = over(&[("a.xlsx", &export(number))]).await;
        let people = people(&trial).await;
        assert_eq!(people.get("SL1").map(|(_, phone)| phone.as_str()), read, "{number}: {report:?}");
        assert_eq!(people["SL2"].1, "999999199001010022");
        if read.is_none() {
            let row = &trial.quarantined().await["SL1"];
            assert!(row.field == "list.phone" && row.reason.contains("15 digits"), "{row:?}");
        }
    }
}

#[test]
fn older_workbooks_and_those_in_xml_make_no_digits_up_either() {
    let bytes = |number: f64| {
        let mut bytes = OLD.to_vec();
        let record = |kind: &[u8]| OLD.windows(4).position(|there| there == kind).unwrap() + 4;
        // The moment of the last row becomes the number of its last column, and that one goes where the moment was.
        let (moment, last) = (record(&[0x03, 0x02, 14, 0]), record(&[0x7E, 0x02, 10, 0]));
        let style = bytes[last + 4..last + 6].to_vec();
        bytes[moment + 2] = 4;
        bytes[moment + 4..moment + 6].copy_from_slice(&style);
        bytes[moment + 6..moment + 14].copy_from_slice(&number.to_le_bytes());
        bytes[last + 2] = 3;
        bytes
    };
    let page_of = page("办件", &["编号", "份数"]);
    let list = read(&page_of, &bytes(999_999_199_001_010_011_f64)).unwrap();
    assert_eq!(list.doubts.keys().collect::<Vec<_>>(), [&1], "{list:?}");
    assert!(!list.doubts[&1].is_shifted && !list.rows[1]["份数"].contains("000000"), "{list:?}");
    let list = read(&page_of, &bytes(2_026_110_212_345_678_f64)).unwrap();
    assert!(list.doubts.is_empty() && list.rows[1]["份数"] == "2026110212345678", "{list:?}");

    let cell = |number: &str| format!("<Cell><Data ss:Type=\"Number\">{number}</Data></Cell>");
    let rows: String = ["999999199001010011", "9.9999919900101E+17", "12345678901234567890123"]
        .map(|n| format!("<Row>{}</Row>", cell(n)))
        .concat();
    let header = "<Row><Cell><Data ss:Type=\"String\">编号</Data></Cell></Row>";
    let xml = of_2003("", &format!("<Worksheet ss:Name=\"a\"><Table>{header}{rows}</Table></Worksheet>"));
    let list = read(&page("*", &["编号"]), xml.as_bytes()).unwrap();
    assert_eq!(
        (list.rows[0]["编号"].as_str(), list.rows[2]["编号"].as_str()),
        ("999999199001010011", "12345678901234567890123")
    );
    assert_eq!(list.doubts.keys().collect::<Vec<_>>(), [&1]);
    // A column that nobody asks for puts no row in doubt.
    assert!(read(&page("办件", &["编号"]), &bytes(1e18)).unwrap().doubts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_an_answer_for_scripts_keep_their_digits() {
    let body = r#"{"rows":[
        {"no":"SL1","who":"甲","status":"在办","phone":12345678901234567890123},
        {"no":"SL2","who":"乙","status":"在办","phone":999999199001010011},
        {"no":"SL3","who":"丙","status":"在办","phone":1.5E7},
        {"no":"SL4","who":"丁","status":"在办","phone":-0.1234567890123456789}]}"#;
    let pages =
        Router::new().route("/list.json", get(move || async move { ([("content-type", "application/json")], body) }));
    let trial = Trial::start("files", pages).await;
    let report = trial.run("answer-collect").await;
    assert!(is_good(&report), "{report:?}");
    let phones: Vec<String> = people(&trial).await.into_values().map(|(_, phone)| phone).collect();
    assert_eq!(phones, ["12345678901234567890123", "999999199001010011", "15000000", "-0.1234567890123456789"]);
}

#[test]
fn formats_are_followed_in_workbooks_of_every_age() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let formats = [
        ("元", 1_234_567.5, "#,##0.00", "1,234,567.50"),
        ("比例", 0.125, "0.0%", "12.5%"),
        ("电话", 53_901_234_567.0, "0000-0000000", "5390-1234567"),
        ("天数", -3.0, "0\"天\";\"超\"0\"天\"", "超3天"),
        ("科学", 1_200.0, "0.0E+00", "1200"),
    ];
    for ((header, value, format, _), column) in formats.iter().zip(0..) {
        sheet.write(0, column, *header).unwrap();
        sheet.write_number_with_format(1, column, *value, &Format::new().set_num_format(*format)).unwrap();
    }
    let headers = formats.map(|(header, ..)| header);
    let list = read(&page("*", &headers), &book.save_to_buffer().unwrap()).unwrap();
    for (header, _, _, shown) in formats {
        assert_eq!(list.rows[0][header], shown, "{header}");
    }

    let styles = "<Style ss:ID=\"n\"><NumberFormat ss:Format=\"000000\"/></Style><Style ss:ID=\"s\"><NumberFormat ss:Format=\"Standard\"/></Style>\
                  <Style ss:ID=\"d\"><NumberFormat ss:Format=\"Short Date\"/></Style>";
    let cell = |style: &str, kind: &str, text: &str| {
        format!("<Cell ss:StyleID=\"{style}\"><Data ss:Type=\"{kind}\">{text}</Data></Cell>")
    };
    let header = super::rows_of_2003(&["号|元|日期|加急|备注"]);
    let row = [
        cell("n", "Number", "421"),
        cell("s", "Number", "1234.5"),
        cell("d", "DateTime", "2026-11-02T00:00:00.000"),
        cell("x", "Boolean", "1"),
        cell("x", "String", "甲&amp;乙&#10;丙"),
    ];
    let xml = of_2003(
        styles,
        &format!("<Worksheet ss:Name=\"a\"><Table>{header}<Row>{}</Row></Table></Worksheet>", row.concat()),
    );
    let list = read(&page("*", &["号", "元", "日期", "加急", "备注"]), xml.as_bytes()).unwrap();
    let said = ["号", "元", "日期", "加急", "备注"].map(|header| list.rows[0][header].as_str());
    assert_eq!(said, ["000421", "1,234.50", "2026-11-02", "TRUE", "甲&乙 丙"]);
}

#[test]
fn a_merged_cell_says_the_same_in_all_rows_that_it_covers() {
    let format = Format::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0..).zip(["编号|申请人|状态|结果", "A1|王|在办|", "A2||在办|", "A3||退回|", "A4|李|在办|准予"])
    {
        for (column, text) in (0..).zip(cells.split('|')).filter(|(_, text)| !text.is_empty()) {
            sheet.write(row, column, text).unwrap();
        }
    }
    sheet.merge_range(1, 1, 3, 1, "王", &format).unwrap();
    sheet.merge_range(3, 2, 3, 3, "退回", &format).unwrap();
    let list = read(&page("*", &["编号", "申请人", "状态", "结果"]), &book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(column(&list, "申请人"), ["王", "王", "王", "李"]);
    assert_eq!(
        (column(&list, "状态"), column(&list, "结果")),
        (
            vec!["在办".into(), "在办".into(), "退回".into(), "在办".into()],
            vec!["".into(), "".into(), "退回".into(), String::from("准予")]
        )
    );

    let cell =
        |attributes: &str, text: &str| format!("<Cell {attributes}><Data ss:Type=\"String\">{text}</Data></Cell>");
    let rows = [
        format!("<Row>{}{}{}</Row>", cell("", "A1"), cell("ss:MergeDown=\"1\"", "王"), cell("", "在办")),
        format!("<Row>{}{}</Row>", cell("", "A2"), cell("ss:Index=\"3\"", "退回")),
    ];
    let sheet = |rows: &str| {
        let header = super::rows_of_2003(&["编号|申请人|状态"]);
        of_2003("", &format!("<Worksheet ss:Name=\"a\"><Table>{header}{rows}</Table></Worksheet>"))
    };
    let wanted = page("*", &["编号", "申请人", "状态"]);
    let list = read(&wanted, sheet(&rows.concat()).as_bytes()).unwrap();
    assert_eq!(
        (column(&list, "申请人"), column(&list, "状态")),
        (vec!["王".to_owned(), "王".to_owned()], vec!["在办".to_owned(), "退回".to_owned()])
    );
    // A cell where a merged one stands already: which column the rest belongs to can't be told.
    let clash = sheet(&rows.concat().replace("ss:Index=\"3\"", ""));
    assert!(read(&wanted, clash.as_bytes()).unwrap_err().to_string().contains("a merged one stands"), "{clash}");
}
