//! Lists as files, the way systems hand them out: workbooks with titles and merged headers, CSV and archives as Chinese
//! Windows writes them.

use std::io::{Cursor, Write};

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, Timelike};
use csv::{QuoteStyle, WriterBuilder};
use encoding_rs::GB18030;
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::case::Time;

/// What a cell holds.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Moment(Time),
    Day(Time),
    Number(u32),
}

/// A column: the group that it stands in, where there is one, and its header.
pub(super) type Column = (Option<&'static str>, &'static str);

/// A list to be handed out.
pub(super) struct Export {
    pub(super) title: &'static str,
    /// The sheet's name in a workbook.
    pub(super) sheet: &'static str,
    pub(super) columns: &'static [Column],
    pub(super) rows: Vec<Vec<Value>>,
    /// The line between title and header.
    pub(super) above: String,
    /// The line under the records.
    pub(super) below: String,
}

impl Export {
    /// A workbook: title and groups over merged cells, moments as moments, a last line over all columns.
    pub(super) fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name(self.sheet)?;
        let width = u16::try_from(self.columns.len()).unwrap_or(u16::MAX);
        let title = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center);
        sheet.merge_range(0, 0, 0, width - 1, self.title, &title)?;
        sheet.write(1, 0, self.above.as_str())?;
        self.write_header(sheet)?;
        let plain = Format::new().set_border(FormatBorder::Thin);
        let moment = plain.clone().set_num_format("yyyy-mm-dd hh:mm:ss");
        let day = plain.clone().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
        let mut row = 4;
        for values in &self.rows {
            for (column, value) in (0..).zip(values) {
                match value {
                    Value::Text(text) => sheet.write_with_format(row, column, text.as_str(), &plain)?,
                    Value::Moment(time) => sheet.write_with_format(row, column, excel(*time)?, &moment)?,
                    Value::Day(time) => {
                        let date = ExcelDateTime::from_ymd(year(*time), month(*time), day_of(*time))?;
                        sheet.write_with_format(row, column, date, &day)?
                    }
                    Value::Number(number) => sheet.write_with_format(row, column, *number, &plain)?,
                };
            }
            row += 1;
        }
        sheet.merge_range(row, 0, row, width - 1, &self.below, &Format::new())?;
        book.save_to_buffer()
    }

    fn write_header(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold().set_border(FormatBorder::Thin).set_align(FormatAlign::Center);
        let columns: Vec<(u16, &Column)> = (0..).zip(self.columns).collect();
        for group in columns.chunk_by(|(_, one), (_, other)| one.0.is_some() && one.0 == other.0) {
            let (Some((first, (name, _))), Some((last, _))) = (group.first(), group.last()) else { continue };
            match name {
                Some(name) if first == last => drop(sheet.write_with_format(2, *first, *name, &bold)?),
                Some(name) => drop(sheet.merge_range(2, *first, 2, *last, name, &bold)?),
                None => {}
            }
            for (at, (_, header)) in group {
                match name {
                    Some(_) => drop(sheet.write_with_format(3, *at, *header, &bold)?),
                    None => drop(sheet.merge_range(2, *at, 3, *at, header, &bold)?),
                }
            }
        }
        Ok(())
    }

    /// CSV in GB18030 with one header row; codes of digits are kept from being read as numbers (`="0012"`).
    pub(super) fn csv(&self, moment: &str, day: &str) -> Vec<u8> {
        let mut writer = WriterBuilder::new()
            .flexible(true)
            .quote_style(QuoteStyle::Necessary)
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        let header = self.columns.iter().map(|(group, header)| format!("{}{header}", group.unwrap_or_default()));
        let text = |value: &Value| match value {
            Value::Text(text) if is_code(text) => format!("=\"{text}\""),
            Value::Text(text) => text.clone(),
            Value::Moment(time) => time.format(moment).to_string(),
            Value::Day(time) => time.format(day).to_string(),
            Value::Number(number) => number.to_string(),
        };
        let lines = [header.collect()].into_iter().chain(self.rows.iter().map(|row| row.iter().map(text).collect()));
        for line in lines.chain([vec![self.below.clone()]]) {
            let line: Vec<String> = line;
            writer.write_record(&line).expect("a vector takes every record");
        }
        let text = writer.into_inner().expect("a vector takes everything");
        let text = String::from_utf8(text).expect("it was written from texts");
        GB18030.encode(&text).0.into_owned()
    }
}

/// An archive with one file, whose name is in GBK as Chinese Windows writes it.
pub(super) fn packed(name: &str, bytes: &[u8]) -> Vec<u8> {
    let name = GB18030.encode(name).0;
    // The writer takes texts for names: one of as many letters holds the place.
    let holder = "_".repeat(name.len());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let written = zip
        .start_file(holder.as_str(), SimpleFileOptions::default())
        .and_then(|()| Ok(zip.write_all(bytes)?))
        .and_then(|()| zip.finish());
    let mut packed = written.expect("memory takes everything").into_inner();
    let named = |packed: &[u8], from: usize| {
        packed[from..].windows(holder.len()).position(|there| there == holder.as_bytes()).map(|at| from + at)
    };
    // Once before the file, once in the table at the end.
    let first = named(&packed, 0).expect("the name stands before the file");
    let table = packed.windows(4).rposition(|there| there == b"PK\x01\x02").expect("an archive has a table");
    let second = named(&packed, table).expect("the name stands in the table");
    for at in [first, second] {
        packed[at..at + name.len()].copy_from_slice(&name);
    }
    packed
}

/// A file to be saved, with what its header says of that.
pub(super) fn file(kind: &'static str, disposition: &[u8], bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_bytes(disposition).expect("file names have no control characters");
    let kind = HeaderValue::from_static(kind);
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, bytes).into_response()
}

/// Whether a program would take the text for a number, and show another one.
fn is_code(text: &str) -> bool {
    text.len() > 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn excel(time: Time) -> Result<ExcelDateTime, XlsxError> {
    let seconds = u16::try_from(time.second()).unwrap_or(0);
    let (hour, minute) = (u16::try_from(time.hour()).unwrap_or(0), u8::try_from(time.minute()).unwrap_or(0));
    ExcelDateTime::from_ymd(year(time), month(time), day_of(time))?.and_hms(hour, minute, seconds)
}

fn year(time: Time) -> u16 {
    u16::try_from(time.year()).unwrap_or(1900)
}

fn month(time: Time) -> u8 {
    u8::try_from(time.month()).unwrap_or(1)
}

fn day_of(time: Time) -> u8 {
    u8::try_from(time.day()).unwrap_or(1)
}
