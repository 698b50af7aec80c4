//! Faults of a list that comes as a file.

use rust_xlsxwriter::Workbook;

use super::{
    Fault,
    Must::{Quarantine, Right, Say},
    file,
};
use crate::faults::office::{Corrupt::Reply as Answer, Reply};

/// Another text where the list is asked for as a file.
fn text(reply: Reply, change: impl Fn(String) -> String) -> Reply {
    bytes(reply, |text| change(text).into_bytes())
}

/// Other bytes there.
fn bytes(reply: Reply, change: impl Fn(String) -> Vec<u8>) -> Reply {
    let body = change(reply.text());
    Reply { body, ..reply }
}

/// The list as a workbook: its sheets by name, with the rows that each is to have and whether it is hidden.
fn workbook(csv: &str, sheets: &[(&str, bool, std::ops::Range<usize>)]) -> Vec<u8> {
    let lines: Vec<&str> = csv.lines().collect();
    let mut book = Workbook::new();
    for (name, hidden, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).expect("a name");
        sheet.set_hidden(*hidden).set_active(!hidden);
        let body = &lines[1..lines.len() - 1];
        let shown =
            [lines[0]].into_iter().chain(body[rows.start.min(body.len())..rows.end.min(body.len())].iter().copied());
        for (row, line) in (0..).zip(shown) {
            for (column, value) in (0..).zip(line.split(',')) {
                sheet.write(row, column, value).expect("a text");
            }
        }
        if rows.end >= body.len() {
            sheet.write(1_000, 0, lines[lines.len() - 1]).expect("a text");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

/// The list in Excel's XML of 2003.
fn of_2003(csv: &str) -> String {
    let cell = |value: &str| format!("<Cell><Data ss:Type=\"String\">{value}</Data></Cell>");
    let row = |line: &str| format!("<Row>{}</Row>", line.split(',').map(cell).collect::<String>());
    format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"办件\"><Table>{}</Table></Worksheet></Workbook>",
        csv.lines().map(row).collect::<String>()
    )
}

/// An archive with half of the list in each of two files.
fn halves(csv: &str) -> Vec<u8> {
    let lines: Vec<&str> = csv.lines().collect();
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, rows) in [("1.csv", &lines[1..60]), ("2.csv", &lines[60..])] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("a file");
        let text = [&lines[..1], rows].concat().join("\n");
        std::io::Write::write_all(&mut archive, text.as_bytes()).expect("memory");
    }
    archive.finish().expect("an archive").into_inner()
}

/// A fault of the file.
macro_rules! files {
    ($(($name:literal, |$reply:ident| $change:expr, $must:expr)),* $(,)?) => {
        &[$(file($name, Answer(|ask, $reply| if ask.file { $change } else { $reply }), $must)),*]
    };
}

pub static FILES: &[Fault] = files![
    (
        "a comma without quotes in a name",
        |reply| text(reply, |text| text.replacen("小明,", "小,明,", 1)),
        Quarantine(1)
    ),
    (
        "a line break without quotes in a name",
        |reply| text(reply, |text| text.replacen("小明,", "小\n明,", 1)),
        Quarantine(1)
    ),
    ("a comma at the end of every line", |reply| text(reply, |text| text.replace("\r\n", ",\r\n")), Right),
    ("a comma before every key", |reply| text(reply, |text| text.replace("\r\nSL", "\r\n1,SL")), Say("")),
    ("the file as a workbook", |reply| bytes(reply, |csv| workbook(&csv, &[("办件", false, 0..999)])), Right),
    (
        "a hidden sheet of old rows first",
        |reply| bytes(reply, |csv| workbook(&csv, &[("旧", true, 100..110), ("办件", false, 0..999)])),
        Right
    ),
    (
        "a workbook that goes on in a second sheet",
        |reply| bytes(reply, |csv| workbook(&csv, &[("办件1", false, 0..60), ("办件2", false, 60..999)])),
        Say("the list goes on")
    ),
    ("Excel's XML of 2003", |reply| text(reply, |csv| of_2003(&csv)), Right),
    (
        "half of Excel's XML of 2003",
        |reply| text(reply, |csv| {
            let whole = of_2003(&csv);
            whole[..whole.floor_char_boundary(3_000)].to_owned()
        }),
        Say("damaged")
    ),
    ("an archive with the file in two", |reply| bytes(reply, |csv| halves(&csv)), Say("member")),
    ("a PDF instead of the file", |reply| text(reply, |_| "%PDF-1.7\n".to_owned()), Say("it is a PDF")),
    (
        "a web archive instead of the file",
        |reply| text(reply, |_| "MIME-Version: 1.0\r\n".to_owned()),
        Say("web archive")
    ),
    ("a packed file", |reply| bytes(reply, |_| b"\x1F\x8B\x08\x00".to_vec()), Say("gzip")),
    ("an empty file", |reply| text(reply, |_| " \r\n".to_owned()), Say("the file is empty")),
    (
        "a workbook with a password",
        |reply| bytes(reply, |_| include_bytes!("../../../cases/workbook-with-a-password/inbox/enc.xlsx").to_vec()),
        Say("password")
    ),
    ("a page instead of the file", |reply| text(reply, |_| "<p>门户</p>".to_owned()), Say("instead of a file")),
];
