//! Archives: which file in them is meant, and how much they may unpack to.

use std::io::{Cursor, Read};
use std::sync::LazyLock;

use encoding_rs::GB18030;
use zip::ZipArchive;

use super::{CELLS_MOST, MEMBERS_MOST, UNPACKED_MOST, glob, kinds, too_large};

/// How the names of files end that can be read.
const READ: [&str; 8] = [".csv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".htm", ".html"];
/// Bytes in which a file's first element stands.
const HEAD: u64 = 4_096;
/// Names repeated in an error at most.
const MOST_NAMED: usize = 20;

/// Workbooks that are archives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Book {
    Office,
    OpenDocument,
}

/// An archive whose files unpack to no more than is taken.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
}

impl<'a> Archive<'a> {
    /// Opens an archive, and unpacks it once to see that it is whole and no larger than is taken.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, String> {
        let damaged = |error: zip::result::ZipError| format!("it is damaged ({error})");
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        if zip.len() > MEMBERS_MOST {
            return Err(format!("it holds {} files, and {MEMBERS_MOST} at most are read", zip.len()));
        }
        let mut names = Vec::with_capacity(zip.len());
        let mut left = UNPACKED_MOST;
        for index in 0..zip.len() {
            let mut file = match zip.by_index(index) {
                Ok(file) => file,
                Err(zip::result::ZipError::UnsupportedArchive(why)) => {
                    return Err(format!("the archive can't be unpacked ({why}): have it made without a password"));
                }
                Err(error) => return Err(damaged(error)),
            };
            names.push(name(file.name_raw()));
            let is_strings = file.name_raw().ends_with(b"sharedStrings.xml");
            // What an archive says of its files' sizes may be wrong: only unpacking tells.
            let mut head = Vec::new();
            let mut taken = (&mut file).take(left + 1);
            let read = (&mut taken).take(HEAD).read_to_end(&mut head);
            let unpacked = read.and_then(|read| Ok(read as u64 + std::io::copy(&mut taken, &mut std::io::sink())?));
            let unpacked = unpacked.map_err(|error| format!("it is damaged ({error})"))?;
            if is_strings && says_too_many(&head) {
                return Err(too_large());
            }
            left = left.checked_sub(unpacked).ok_or_else(|| {
                format!("it unpacks to more than {} MB; ask the system for less at a time", UNPACKED_MOST / 1_000_000)
            })?;
        }
        Ok(Self { zip, names })
    }

    /// Which kind of workbook the archive itself is; none where it is an archive of files. The error says what else it is.
    pub(super) fn workbook(&self) -> Result<Option<Book>, String> {
        let holds = |name: &str| self.names.iter().any(|own| own == name);
        if let Some(kind) = kinds::of_archive(&self.names) {
            return Err(kind);
        }
        if holds("mimetype") && holds("content.xml") {
            return Ok(Some(Book::OpenDocument));
        }
        Ok(holds("[Content_Types].xml").then_some(Book::Office))
    }

    /// The files that are meant, by name: all that fit a pattern, or the only one that can be read.
    pub(super) fn members(&mut self, wanted: Option<&str>) -> Result<Vec<(String, Vec<u8>)>, String> {
        let pattern = wanted.map(glob);
        let meant = |name: &&String| {
            let base = name.rsplit('/').next().unwrap_or(name);
            match &pattern {
                Some(pattern) => pattern.is_match(name) || pattern.is_match(base),
                None => READ.iter().any(|end| base.to_lowercase().ends_with(end)),
            }
        };
        let files: Vec<&String> = self.names.iter().filter(|name| is_file(name)).collect();
        let fitting: Vec<&String> = files.iter().copied().filter(meant).collect();
        let named = |names: &[&String]| {
            let names: Vec<&str> = names.iter().take(MOST_NAMED).map(|name| name.as_str()).collect();
            names.join(", ")
        };
        let what = wanted.map_or_else(|| "can be read".to_owned(), |wanted| format!("fits `{wanted}`"));
        match fitting.as_slice() {
            [] if files.is_empty() => return Err("the archive is empty".to_owned()),
            [] => return Err(format!("no file in the archive {what}; there are {}", named(&files))),
            many if many.len() > 1 && wanted.is_none() => {
                return Err(format!(
                    "{} files in the archive could be meant: {}; say with `member` which one, or all that are parts of one list \
                     (`member = \"*\"`)",
                    many.len(),
                    named(many)
                ));
            }
            _ => {}
        }
        let mut order: Vec<(String, usize)> = Vec::new();
        for (place, name) in self.names.iter().enumerate() {
            if fitting.contains(&name) {
                order.push((name.clone(), place));
            }
        }
        let mut members = Vec::with_capacity(order.len());
        for (name, place) in order {
            let mut bytes = Vec::new();
            let file = self.zip.by_index(place).map_err(|error| format!("it is damaged ({error})"))?;
            file.take(UNPACKED_MOST).read_to_end(&mut bytes).map_err(|error| format!("it is damaged ({error})"))?;
            members.push((name, bytes));
        }
        Ok(members)
    }
}

/// Whether the head of a workbook's texts says that there are more than a list can have: room is made for as many.
fn says_too_many(head: &[u8]) -> bool {
    static COUNT: LazyLock<regex::bytes::Regex> = LazyLock::new(|| {
        regex::bytes::Regex::new(r#"uniqueCount\s*=\s*["']\s*\+?(\d+)"#).expect("the pattern is a constant")
    });
    let count = COUNT.captures(head).and_then(|found| std::str::from_utf8(&found[1]).ok()?.parse().ok());
    COUNT.is_match(head) && count.is_none_or(|count: usize| count > CELLS_MOST)
}

/// A file's name: UTF-8 where it is that, as Chinese Windows writes it otherwise.
fn name(raw: &[u8]) -> String {
    let name = match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(raw).0.into_owned(),
    };
    name.replace('\\', "/")
}

/// Folders and what a Mac adds are no files.
fn is_file(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    !base.is_empty() && !base.starts_with('.') && !name.starts_with("__MACOSX/")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn member(files: &[(&str, &[u8])], wanted: Option<&str>) -> Result<String, String> {
        let bytes = packed(files);
        let read = Archive::open(&bytes)?.members(wanted)?;
        let texts: Vec<&str> = read.iter().map(|(_, bytes)| std::str::from_utf8(bytes).unwrap()).collect();
        Ok(texts.join(" "))
    }

    #[test]
    fn the_file_that_is_meant_is_found_or_the_choice_is_named() {
        let files: &[(&str, &[u8])] =
            &[("说明.doc", b"x"), ("2026/办件.CSV", b"cases"), ("2026/", b""), ("__MACOSX/._办件.csv", b"")];
        assert_eq!(member(files, None).unwrap(), "cases");
        for wanted in ["*.csv", "办件*", "2026/*", "??.csv"] {
            assert_eq!(member(files, Some(wanted)).unwrap(), "cases", "{wanted}");
        }
        assert!(member(files, Some("*.xlsx")).unwrap_err().contains("办件.CSV"));
        let two: &[(&str, &[u8])] = &[("a.csv", b"1"), ("b.csv", b"2")];
        assert!(member(two, None).unwrap_err().contains("`member`"));
        assert_eq!(member(two, Some("*.csv")).unwrap(), "1 2");
        assert!(member(&[], None).unwrap_err().contains("empty"));
    }

    #[test]
    fn a_workbook_that_says_that_it_holds_more_texts_than_a_list_is_refused() {
        let named = |count: &str| {
            let head = format!("<?xml version=\"1.0\"?><sst count=\"1\" uniqueCount=\"{count}\"><si/></sst>");
            Archive::open(&packed(&[("xl/sharedStrings.xml", head.as_bytes())])).is_ok()
        };
        assert!(named("4000000") && !named("4000001") && !named("99999999999999999999999"));
    }

    #[test]
    fn a_name_of_chinese_windows_is_read() {
        assert_eq!(name(&GB18030.encode("涉税事项.csv").0), "涉税事项.csv");
        assert_eq!(name("a\\b.csv".as_bytes()), "a/b.csv");
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let zeros = vec![0; 50_000_000];
        let names: Vec<String> = (0..9).map(|number| format!("{number}.csv")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), zeros.as_slice())).collect();
        assert!(Archive::open(&packed(&files[1..])).is_ok());
        assert!(Archive::open(&packed(&files)).err().unwrap().contains("400 MB"));
    }
}
