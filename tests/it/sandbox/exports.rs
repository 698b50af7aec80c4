//! `estate` and `tax` as a client meets them: exports instead of lists, HTTP Basic and a certificate instead of a login page.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use queqiao::sandbox::TrueCase;
use reqwest::{Certificate, Identity, Response};

use super::*;

/// Few enough cases to keep their exports under `tests/pages`.
fn exporting(cases: usize) -> Options {
    Options { cases, only: Some(vec!["estate".into(), "tax".into()]), ..options() }
}

async fn basic(estate: &Practice, path: &str, password: &str) -> Response {
    client().get(format!("{}{path}", estate.address())).basic_auth("bot", Some(password)).send().await.unwrap()
}

/// A client that trusts the system, and shows its certificate where it is to.
fn visitor(tax: &Practice, shows: bool) -> Client {
    let secret = tax.secret();
    let authority = Certificate::from_pem(secret["authority"].as_bytes()).unwrap();
    let identity = Identity::from_pem(format!("{}{}", secret["certificate"], secret["key"]).as_bytes()).unwrap();
    client();
    let builder = Client::builder().tls_certs_only([authority]);
    if shows { builder.identity(identity).build().unwrap() } else { builder.build().unwrap() }
}

async fn export(tax: &Practice, from: &str, to: &str) -> Response {
    let address = format!("{}export.do?from={from}&to={to}", tax.address());
    visitor(tax, true).get(address).send().await.unwrap()
}

fn rows(workbook: &[u8]) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(workbook)).unwrap();
    let sheet = book.worksheet_range("登记业务").unwrap();
    sheet.rows().map(<[Data]>::to_vec).collect()
}

/// The name (in the bytes of the archive) and the text of the only file in it.
fn unpacked(archive: &[u8]) -> (String, String) {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    assert_eq!(zip.len(), 1);
    let mut file = zip.by_index(0).unwrap();
    let name = decode(file.name_raw());
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    (name, decode(&bytes))
}

/// The numbers in a CSV whose first column they are, without header and footer.
fn numbers(csv: &str) -> Vec<String> {
    let mut lines: Vec<&str> = csv.lines().skip(1).collect();
    assert!(lines.pop().unwrap().starts_with("共 "));
    let first = |line: &&str| line.split(',').next().unwrap().trim_matches(['=', '"']).to_owned();
    lines.iter().map(first).collect()
}

fn numbers_of<'a>(truth: impl DoubleEndedIterator<Item = &'a TrueCase>) -> Vec<String> {
    truth.rev().map(|case| case.source_no.clone()).collect()
}

#[tokio::test]
async fn estate_wants_name_and_password_in_every_request_and_freezes() {
    let sandbox = Sandbox::start(exporting(30)).await.unwrap();
    let [estate, _] = sandbox.systems() else { panic!("two systems") };
    let nobody = client().get(estate.address()).send().await.unwrap();
    assert_eq!((nobody.status(), estate.failed_logins()), (StatusCode::UNAUTHORIZED, 0));
    assert!(nobody.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic "));
    let page = basic(estate, "", PASSWORD).await.text().await.unwrap();
    assert!(page.contains("共 30 条") && page.contains("当前用户：bot"), "{page}");

    for left in (1..5).rev() {
        let wrong = basic(estate, "", "guess").await;
        assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
        assert!(wrong.text().await.unwrap().contains(&format!("还可尝试 {left} 次")));
    }
    assert_eq!(basic(estate, "", "guess").await.status(), StatusCode::FORBIDDEN);
    let frozen = basic(estate, "", PASSWORD).await;
    assert_eq!((frozen.status(), estate.failed_logins()), (StatusCode::FORBIDDEN, 6));
    assert!(frozen.text().await.unwrap().contains("账号已冻结"));
    sandbox.stop().await;
}

#[tokio::test]
async fn estate_exports_hold_every_case_once_as_the_answer_sheet_says() {
    let sandbox = Sandbox::start(exporting(300)).await.unwrap();
    let [estate, _] = sandbox.systems() else { panic!("two systems") };
    let truth = estate.truth();
    let book = basic(estate, "export.do?type=xlsx", PASSWORD).await.bytes().await.unwrap();
    let rows = rows(&book);
    assert_eq!(rows.len(), 4 + truth.len() + 1);
    assert_eq!(rows[4 + truth.len()][0], Data::String("共 300 条".into()));
    for (row, case) in rows[4..].iter().zip(truth.iter().rev()) {
        assert_eq!(row[0], Data::String(case.source_no.clone()));
        assert_eq!(row[4], Data::String(case.applicant_name.clone()));
        assert!(matches!(row[12], Data::DateTime(_)));
        let impossible = case.bad.as_ref().is_some_and(|bad| bad.contains("date"));
        assert_eq!(matches!(row[13], Data::DateTime(_)), case.accept_date.is_some() && !impossible, "{case:?}");
    }
    let csv = basic(estate, "export.do?type=csv", PASSWORD).await;
    assert!(
        csv.headers()["content-disposition"].as_bytes().windows(4).any(|bytes| bytes == b"\xB2\xBB\xB6\xAF"),
        "不动 in GBK"
    );
    let csv = decode(&csv.bytes().await.unwrap());
    assert_eq!(numbers(&csv), numbers_of(truth.iter()));
    let zip = basic(estate, "export.do?type=zip", PASSWORD).await.bytes().await.unwrap();
    assert_eq!(unpacked(&zip), ("不动产登记业务明细.csv".to_owned(), csv));
    assert_eq!((estate.list_requests(), estate.failed_logins()), (3, 0));
    sandbox.stop().await;
}

#[tokio::test]
async fn tax_knows_its_visitors_by_their_certificate() {
    let sandbox = Sandbox::start(exporting(30)).await.unwrap();
    let [_, tax] = sandbox.systems() else { panic!("two systems") };
    assert!(tax.address().starts_with("https://"));
    let page = visitor(tax, true).get(tax.address()).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(visitor(tax, false).get(tax.address()).send().await.is_err());
    let began = Instant::now();
    while tax.failed_logins() == 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "the refusal is counted");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(client().get(tax.address()).send().await.is_err(), "nobody knows its authority");
    let other = Sandbox::start(exporting(1)).await.unwrap();
    assert_ne!(other.systems()[1].secret()["key"], tax.secret()["key"], "keys are new in every practice");
    other.stop().await;
    sandbox.stop().await;
}

#[tokio::test]
async fn tax_exports_a_month_at_most_and_so_many_rows() {
    let sandbox = Sandbox::start(exporting(1000)).await.unwrap();
    let [_, tax] = sandbox.systems() else { panic!("two systems") };
    let truth = tax.truth();
    for (from, to) in [("2026-10-01", "2026-11-01"), ("2026-11-02", "2026-11-01"), ("2026-02-30", "2026-03-01")] {
        let refused = export(tax, from, to).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{from} {to}");
    }
    let whole = export(tax, "2026-10-24", "2026-11-23").await;
    let (name, csv) = unpacked(&whole.bytes().await.unwrap());
    assert_eq!((name.as_str(), numbers(&csv).len()), ("涉税事项_20261024_20261123.csv", 200));
    let day = |case: &&TrueCase| case.apply_date.unwrap().date_naive().to_string();
    let in_month = truth.iter().filter(|case| day(case).as_str() >= "2026-10-24").count();
    assert!(in_month > 200 && csv.ends_with(&format!("共 {in_month} 条\r\n")));

    let (_, csv) = unpacked(&export(tax, "2026-11-19", "2026-11-20").await.bytes().await.unwrap());
    let days = ["2026-11-19", "2026-11-20"];
    assert_eq!(numbers(&csv), numbers_of(truth.iter().filter(|case| days.contains(&day(case).as_str()))));
    let (_, csv) = unpacked(&export(tax, "2026-01-01", "2026-01-31").await.bytes().await.unwrap());
    assert!(numbers(&csv).is_empty());
    tax.set_maintenance(true);
    assert!(export(tax, "2026-11-19", "2026-11-20").await.text().await.unwrap().contains("系统维护中"));
    sandbox.stop().await;
}

/// Workbooks say when they were made: their cells are compared instead of their bytes.
#[tokio::test]
async fn the_saved_exports_are_what_the_systems_serve() {
    let sandbox = Sandbox::start(exporting(32)).await.unwrap();
    let [estate, tax] = sandbox.systems() else { panic!("two systems") };
    let (book, kept) = (basic(estate, "export.do", PASSWORD).await.bytes().await.unwrap(), saved("estate/export.xlsx"));
    let except_when = |book: &[u8]| {
        let mut rows = rows(book);
        rows.remove(1);
        rows
    };
    assert_eq!(except_when(&book), except_when(&kept));
    for name in ["csv", "zip"] {
        let served = basic(estate, &format!("export.do?type={name}"), PASSWORD).await.bytes().await.unwrap();
        assert!(served == saved(&format!("estate/export.{name}")), "{name}");
    }
    let served = export(tax, "2026-10-24", "2026-11-23").await.bytes().await.unwrap();
    assert!(served == saved("tax/export.zip"));
    sandbox.stop().await;
}
