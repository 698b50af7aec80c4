//! Lists in files: workbooks of every age, CSV, and archives with one of them.

use std::io::{Cursor, Write};

use encoding_rs::GB18030;
use proptest::prelude::*;
use queqiao::{
    adapter::{FilePart, Page},
    base::Remedy,
    extract::{Document, ExtractError, Listing, SignsSeen, detail, is_binary, listing, signs},
    transport::Answer,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{at, page, row};

/// A list in a file.
fn file(part: FilePart, fields: &[(&str, &str)]) -> Page {
    Page { file: part, ..page(fields) }
}

fn any_sheet() -> FilePart {
    FilePart { sheet: Some("*".to_owned()), ..FilePart::default() }
}

fn sheet(name: &str) -> FilePart {
    FilePart { sheet: Some(name.to_owned()), ..FilePart::default() }
}

fn member(name: &str) -> FilePart {
    FilePart { member: Some(name.to_owned()), ..FilePart::default() }
}

fn document(page: &Page, bytes: &[u8]) -> Result<Document, ExtractError> {
    let answer = Answer::from_file("saved".as_ref(), bytes.to_vec().into(), chrono::DateTime::default());
    let text = if is_binary(bytes) { "".into() } else { answer.text(None).text };
    Document::of(page, bytes, &text, None)
}

fn read(page: &Page, bytes: &[u8]) -> Result<Listing, ExtractError> {
    listing(page, &document(page, bytes)?)
}

fn packed(files: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        // The writer takes names as bytes of Chinese Windows only by way of characters that stand for bytes.
        let options = SimpleFileOptions::default();
        zip.start_file(String::from_utf8_lossy(name), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An export as clerks know it: a title over all columns, a header of two rows, types of every kind, a count below.
fn export() -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("说明")?.write(0, 0, "请看下一页")?;
    let sheet = book.add_worksheet().set_name("办件")?;
    let bold = Format::new().set_bold();
    let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm");
    let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let code = Format::new().set_num_format("000000");
    sheet.merge_range(0, 0, 0, 7, "不动产登记业务明细表", &bold)?;
    sheet.write(1, 0, "导出时间：2026-03-02 10:00")?;
    for (column, header) in [(0, "受理编号"), (3, "受理时间"), (4, "承诺日期"), (5, "代码"), (6, "加急"), (7, "份数")]
    {
        sheet.merge_range(2, column, 3, column, header, &bold)?;
    }
    sheet.merge_range(2, 1, 2, 2, "权利人", &bold)?;
    sheet.write(3, 1, "姓名")?.write(3, 2, "证件号")?;
    for (row, no, name) in [(4, "0000123", "王𠮷"), (5, "0000124", "李四")] {
        sheet.write(row, 0, no)?.write(row, 1, name)?.write(row, 2, "371312190001011234")?;
        let accepted = ExcelDateTime::from_ymd(2026, 3, 2)?.and_hms(if row == 4 { 0 } else { 8 }, 30, 1)?;
        sheet.write_with_format(row, 3, &accepted, &moment)?;
        sheet.write_with_format(row, 4, ExcelDateTime::from_ymd(2026, 3, 9)?, &day)?;
        sheet.write_with_format(row, 5, 42, &code)?.write(row, 6, row == 4)?.write(row, 7, 1.5)?;
    }
    sheet.merge_range(6, 0, 6, 7, "共 2 条", &bold)?;
    book.save_to_buffer()
}

const FIELDS: &[(&str, &str)] = &[
    ("no", "column=受理编号"),
    ("name", "column=姓名"),
    ("id", "column=权利人/证件号"),
    ("accepted", "column=受理时间"),
    ("due", "column=承诺日期"),
    ("code", "column=代码"),
    ("urgent", "column=加急"),
    ("copies", "column=份数 /(\\d+)/"),
];

#[test]
fn a_workbook_reads_as_the_sheet_shows_it() {
    let page = Page { total: Some(at("/共 (\\d+) 条/")), ..file(sheet("办件"), FIELDS) };
    let export = export().unwrap();
    for bytes in [export.clone(), packed(&[("2026/不动产.xlsx".as_bytes(), &export)])] {
        let read = read(&page, &bytes).unwrap();
        let one = |no, name, accepted, urgent| {
            row(&[
                ("no", no),
                ("name", name),
                ("id", "371312190001011234"),
                ("accepted", accepted),
                ("due", "2026-03-09"),
                ("code", "000042"),
                ("urgent", urgent),
                ("copies", "1"),
            ])
        };
        let rows = [
            one("0000123", "王𠮷", "2026-03-02 00:30:01", "TRUE"),
            one("0000124", "李四", "2026-03-02 08:30:01", "FALSE"),
        ];
        assert_eq!((read.rows.as_slice(), read.total), (rows.as_slice(), Some(2)));
    }
}

#[test]
fn workbooks_of_before_2007_and_of_others_are_read() {
    let fields = [
        ("no", "column=编号"),
        ("name", "column=申请人/姓名"),
        ("accepted", "column=受理时间"),
        ("copies", "column=份数"),
    ];
    let page = Page { total: Some(at("/共 (\\d+) 条/")), ..file(sheet("办件"), &fields) };
    let rows = |copies: &str| {
        let first = [("no", "0012"), ("name", "王𠮷"), ("accepted", "2026-03-02 00:00:00"), ("copies", "3")];
        let last = [("no", "0013"), ("name", "李四"), ("accepted", "2026-03-02 08:30:01"), ("copies", copies)];
        [row(&first), row(&last)]
    };
    let old = read(&page, include_bytes!("../../pages/files/old.xls")).unwrap();
    assert_eq!((old.rows.as_slice(), old.total), (rows("1.5").as_slice(), Some(2)));

    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let moment = |at: &str| format!("<table:table-cell office:value-type=\"date\" office:date-value=\"{at}\"/>");
    let line = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let lines = [
        line(&["编号", "申请人", "", "受理时间", "份数"].map(cell)),
        line(&["", "姓名", "证件号", "", ""].map(cell)),
        line(&[cell("0012"), cell("王𠮷"), cell("1"), moment("2026-03-02"), cell("3")]),
        line(&[cell("0013"), cell("李四"), cell("2"), moment("2026-03-02T08:30:01"), cell("2")]),
        line(&[cell("共 2 条")]),
    ];
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"办件\">{}</table:table></office:spreadsheet></office:body>\
         </office:document-content>",
        lines.concat()
    );
    let mime = b"application/vnd.oasis.opendocument.spreadsheet";
    let manifest = b"<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let open =
        packed(&[(b"mimetype", mime), (b"META-INF/manifest.xml", manifest), (b"content.xml", content.as_bytes())]);
    let open = read(&page, &open).unwrap();
    assert_eq!((open.rows.as_slice(), open.total), (rows("2").as_slice(), Some(2)));
}

#[test]
fn csv_reads_in_every_encoding_and_with_every_separator() {
    let fields = [("no", "column=编号"), ("name", "column=纳税人"), ("note", "column=备注")];
    let page = Page { total: Some(at("/共 (\\d+) 条/")), ..file(any_sheet(), &fields) };
    let comma =
        "编号,纳税人,备注\r\n=\"0012\",王五,\"多行,\n含逗号\"\r\n0013,\"李\"\"四\"\"\",\r\n合计,,\r\n共 2 条\r\n";
    let tab = "涉税事项\n编号\t纳税人\t备注\n0012\t王五\t多行, 含逗号\n0013\t李\"四\"\t\n共 2 条\n";
    let semicolon = "编号;纳税人;备注\n0012;王五;\"多行, 含逗号\"\n0013;\"李\"\"四\"\"\";\n共 2 条\n";
    let expected = [
        row(&[("no", "0012"), ("name", "王五"), ("note", "多行, 含逗号")]),
        row(&[("no", "0013"), ("name", "李\"四\""), ("note", "")]),
    ];
    for text in [comma, tab, semicolon] {
        let utf16: Vec<u8> = "\u{feff}"
            .chars()
            .chain(text.chars())
            .collect::<String>()
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        for bytes in [text.as_bytes().to_vec(), marked, GB18030.encode(text).0.into_owned(), utf16] {
            for bytes in [packed(&[("说明.doc".as_bytes(), b""), ("2026/涉税.csv".as_bytes(), &bytes)]), bytes.clone()]
            {
                let read = read(&page, &bytes).unwrap();
                assert_eq!((read.rows.as_slice(), read.total), (expected.as_slice(), Some(2)), "{text}");
            }
        }
    }
    let lost = packed(&[(b"a.csv", &[b"\xB1\xE0\xBA\xC5\n\xFF\xFF\n".as_slice(), b"1\n"].concat())]);
    assert_eq!(document(&file(any_sheet(), &[("no", "column=编号")]), &lost).unwrap().undecodable(), 2);
}

#[test]
fn what_calls_itself_a_file_and_is_a_page_is_read_as_the_page() {
    let page = file(any_sheet(), &[("no", "column=编号")]);
    let table = "<html><table><tr><th>编号<th>状态</tr><tr><td>1<td>办结</tr></table></html>";
    assert_eq!(read(&page, table.as_bytes()).unwrap().rows, [row(&[("no", "1")])]);
    assert_eq!(read(&page, &packed(&[(b"a.xls", table.as_bytes())])).unwrap().rows, [row(&[("no", "1")])]);

    let system_signs = |text: &str| queqiao::adapter::Signs { busy: Some(at(text)), ..Default::default() };
    for (answer, sign) in [
        ("<form id=login>请登录</form>", "form#login"),
        ("{\"code\": 503, \"msg\": \"系统维护中\"}", "json=$[?@.code==503]"),
        ("系统维护中，请稍后再试", "text=系统维护中"),
    ] {
        let document = document(&page, answer.as_bytes()).unwrap();
        let seen: SignsSeen = signs(&system_signs(sign), &document);
        assert!(seen.busy.is_some(), "{answer}");
        assert!(listing(&page, &document).is_err(), "{answer} is no empty list");
    }
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let export = export().unwrap();
    let csv = "编号,状态\n1,办结\n".as_bytes();
    let why = |page: &Page, bytes: &[u8]| {
        let error = read(page, bytes).unwrap_err();
        assert_eq!(error.remedy(), Remedy::Human);
        error.to_string()
    };
    let of = |part: FilePart, field: &str| file(part, &[("no", field)]);
    for (page, bytes, words) in [
        (of(sheet("办理"), "column=受理编号"), export.as_slice(), "no sheet is called `办理`; there are 说明, 办件"),
        (of(sheet("办件"), "column=受理号"), &export, "there are 受理编号, 权利人/姓名, 权利人/证件号, 受理时间"),
        (of(sheet("办件"), "column=受理号"), &export, "did you mean 受理编号?"),
        (of(sheet("办件"), "label=受理编号"), &export, "column="),
        (of(sheet("办件"), "column=受理编号 a"), &export, "leave the CSS out"),
        (of(any_sheet(), "column=编码"), csv, "no header is 编码; there are 编号, 状态; did you mean 编号?"),
        (
            of(member("*.xlsx"), "column=编号"),
            &packed(&[(b"a.csv", csv)]),
            "no file in the archive fits `*.xlsx`; there are a.csv",
        ),
        (
            of(any_sheet(), "column=编号"),
            &packed(&[(b"a.csv", csv), (b"b.csv", csv)]),
            "a.csv, b.csv; say with `member` which",
        ),
        (
            of(any_sheet(), "column=编号"),
            &packed(&[(b"a.zip", &packed(&[(b"a.csv", csv)]))]),
            "no file in the archive can be read",
        ),
        (of(member("*"), "column=编号"), &packed(&[(b"a.zip", &packed(&[(b"a.csv", csv)]))]), "an archive again"),
        (of(any_sheet(), "column=编号"), &export[..export.len() / 2], "damaged"),
    ] {
        let told = why(&page, bytes);
        assert!(told.contains(words), "{told}");
    }
    let whole = file(any_sheet(), &[("no", "column=编号")]);
    assert_eq!(read(&whole, "编号,状态\n".as_bytes()).unwrap().rows, []);
    let document = document(&whole, csv).unwrap();
    assert!(detail(&whole, &document).is_err());
    assert!(!format!("{document:?}").contains("办结"), "what records say is not printed");
}

/// Texts as cells may hold them; the first column's never is empty, nor a total's.
fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    let cell = "[a-zA-Z0-9一-龥，。,;\"'+-]{0,12}";
    (2..6_usize).prop_flat_map(move |width| {
        let line = prop::collection::vec(cell, width - 1);
        prop::collection::vec(line, 1..20).prop_map(|lines| {
            let numbered = lines.into_iter().enumerate();
            numbered.map(|(number, line)| [vec![format!("A{number}")], line].concat()).collect()
        })
    })
}

fn headed(rows: &[Vec<String>]) -> (Page, Vec<Vec<String>>) {
    let headers: Vec<String> = (0..rows[0].len()).map(|column| format!("第{column}列")).collect();
    let fields: Vec<(String, String)> =
        headers.iter().enumerate().map(|(column, header)| (format!("f{column}"), format!("column={header}"))).collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, locator)| (name.as_str(), locator.as_str())).collect();
    (file(any_sheet(), &fields), [vec![headers], rows.to_vec()].concat())
}

fn workbook(rows: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, texts) in rows.iter().enumerate() {
        for (column, text) in texts.iter().enumerate() {
            sheet.write_string(row.try_into().unwrap(), column.try_into().unwrap(), text).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn separated(rows: &[Vec<String>], separator: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_into_a_file_is_read_from_it(rows in table(), separator in 0..3_usize) {
        let (page, lines) = headed(&rows);
        let separator = b",;\t"[separator];
        for bytes in [workbook(&lines), separated(&lines, separator), packed(&[(b"a.csv", &separated(&lines, separator))])] {
            let read = read(&page, &bytes).unwrap();
            let texts: Vec<Vec<String>> = read.rows.iter().map(|row| row.values().cloned().collect()).collect();
            prop_assert_eq!(&texts, &rows);
        }
    }

    #[test]
    fn a_damaged_file_is_refused_or_read_but_never_breaks(
        rows in table(), places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8), cut in any::<prop::sample::Index>(),
    ) {
        let (page, lines) = headed(&rows);
        let files = [workbook(&lines), packed(&[(b"a.csv", &separated(&lines, b','))]), include_bytes!("../../pages/files/old.xls").to_vec()];
        for mut bytes in files {
            for (place, byte) in &places {
                let at = place.index(bytes.len());
                bytes[at] = *byte;
            }
            let _ = read(&page, &bytes);
            bytes.truncate(cut.index(bytes.len()));
            let _ = read(&page, &bytes);
        }
    }
}
