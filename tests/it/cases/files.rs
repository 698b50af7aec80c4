//! Files that systems and people drop into a folder: what stands in them is read as it stands there, or it is said why it can't be.

mod handed;
mod kinds;
mod parts;
mod values;

use std::{collections::BTreeMap, fs, path::Path};

use axum::Router;
use queqiao::{
    adapter::{Candidates, FilePart, FolderParts, Locator, Page},
    extract::{Document, ExtractError, Listing, is_binary, listing},
    record::Case,
    run::RunReport,
    transport::Answer,
};
use rust_xlsxwriter::Workbook;

use super::trial::{Trial, replace};

const HEADERS: [&str; 4] = ["受理编号", "申请人", "状态", "电话"];

/// One run over these files.
async fn over(files: &[(&str, &[u8])]) -> (Trial, RunReport) {
    edited(files, |_| {}).await
}

/// The same after the adapters were changed.
async fn edited(files: &[(&str, &[u8])], edit: impl FnOnce(&Path)) -> (Trial, RunReport) {
    let put = |root: &Path| {
        files.iter().for_each(|(name, bytes)| fs::write(root.join("inbox").join(name), bytes).unwrap());
        edit(root);
    };
    let trial = Trial::edited("files", Router::new(), put).await;
    let report = trial.run("files-collect").await;
    (trial, report)
}

/// Number → applicant and phone of the cases that were passed on.
async fn people(trial: &Trial) -> BTreeMap<String, (String, String)> {
    let text = |text: Option<String>| text.unwrap_or_default();
    let said = |case: Case| (text(case.fields.applicant_name), text(case.fields.contact_phone));
    trial.cases().await.into_iter().map(|(no, case)| (no, said(case))).collect()
}

/// Everything that a run says.
fn words(report: &RunReport) -> String {
    let rows = report.quarantined_rows.iter().map(|row| format!("{} {}", row.source_no, row.reason));
    let said = report.reading.reason.iter().chain(&report.reading.warnings).cloned().chain(rows);
    said.collect::<Vec<_>>().join("\n")
}

fn is_good(report: &RunReport) -> bool {
    report.reading.reason.is_none() && report.reconciled()
}

/// A page that is a file with these columns, each under its own header's name.
fn page(sheet: &str, headers: &[&str]) -> Page {
    let one = |header: &&str| {
        let locator = Locator::parse(&format!("column={header}")).expect("a column");
        ((*header).to_owned(), Candidates(vec![locator]))
    };
    let file = FilePart { sheet: Some(sheet.to_owned()), member: None, parts: FolderParts::Newest };
    Page { name: "list".to_owned(), file, at: headers.iter().map(one).collect(), ..Page::default() }
}

fn read(page: &Page, bytes: &[u8]) -> Result<Listing, ExtractError> {
    let answer = Answer::from_file("saved".as_ref(), bytes.to_vec().into(), chrono::DateTime::default());
    let text = if is_binary(bytes) { "".into() } else { answer.text(None).text };
    listing(page, &Document::of(page, bytes, &text, None)?)
}

/// The texts of a field, from the top.
fn column(listing: &Listing, field: &str) -> Vec<String> {
    listing.rows.iter().map(|row| row[field].clone()).collect()
}

/// A workbook with these sheets: name, and rows whose cells are set apart by `|`.
fn workbook(sheets: &[(&str, &[&str])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0..).zip(*rows) {
            for (column, text) in (0..).zip(cells.split('|')).filter(|(_, text)| !text.is_empty()) {
                sheet.write_string(row, column, text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// An archive of these files.
fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut archive, bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook in Excel's XML of 2003, with these styles and sheets as they stand in it.
fn of_2003(styles: &str, sheets: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><Styles>{styles}</Styles>{sheets}</Workbook>\n"
    )
}

/// Rows of it, their texts set apart by `|`.
fn rows_of_2003(rows: &[&str]) -> String {
    let cell = |text: &str| format!("<Cell><Data ss:Type=\"String\">{text}</Data></Cell>");
    let row = |row: &&str| format!("<Row>{}</Row>", row.split('|').map(cell).collect::<String>());
    rows.iter().map(row).collect()
}
