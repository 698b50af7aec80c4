//! Numbers as a workbook of today writes them: the reader gives only what a number can hold.

use std::{
    collections::HashMap,
    io::{Cursor, Read},
};

use quick_xml::events::Event;
use zip::ZipArchive;

use super::{UNPACKED_MOST, long, xml};

/// The digits of the numbers at these places of a sheet, where the file writes all of them.
pub(super) fn of(bytes: &[u8], sheet: &str, places: &[(usize, usize)]) -> HashMap<(usize, usize), String> {
    let written = if places.is_empty() { None } else { part(bytes, sheet) };
    let mut found = written.map(|part| numbers(&part)).unwrap_or_default();
    found.retain(|place, digits| places.contains(place) && long::believed(digits).is_some());
    found
}

/// The part of the workbook that holds this sheet.
fn part(bytes: &[u8], sheet: &str) -> Option<String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut read = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).ok()?.take(UNPACKED_MOST).read_to_string(&mut text).ok()?;
        Some(text)
    };
    let id = named(&read("xl/workbook.xml")?, "sheet", ("name", sheet), "id")?;
    let target = named(&read("xl/_rels/workbook.xml.rels")?, "Relationship", ("Id", &id), "Target")?;
    match target.strip_prefix('/') {
        Some(absolute) => read(absolute),
        None => read(&format!("xl/{target}")),
    }
}

/// An attribute of the element of which another one has this value.
fn named(text: &str, element: &str, (name, value): (&str, &str), wanted: &str) -> Option<String> {
    let mut reader = xml::reader(text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start)
                if start.local_name().as_ref() == element && xml::attribute(&start, name).as_deref() == Some(value) =>
            {
                return xml::attribute(&start, wanted);
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// The numbers of a sheet of more than 15 digits as they are written, by row and column.
fn numbers(text: &str) -> HashMap<(usize, usize), String> {
    let mut reader = xml::reader(text);
    let mut found = HashMap::new();
    let (mut at, mut value) = (None, None::<String>);
    while let Ok(event) = reader.read_event() {
        match &event {
            Event::Start(start) if start.local_name().as_ref() == "c" => {
                at = xml::attribute(start, "r").as_deref().and_then(place);
            }
            Event::Start(start) if start.local_name().as_ref() == "v" => value = Some(String::new()),
            Event::End(end) if end.local_name().as_ref() == "v" => {
                let long = value.take().filter(|digits| digits.len() > 15);
                found.extend(at.zip(long));
            }
            Event::Eof => break,
            event => {
                if let Some(value) = &mut value {
                    xml::add(value, event);
                }
            }
        }
    }
    found
}

/// Row and column of a name such as `D2`.
fn place(name: &str) -> Option<(usize, usize)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (column, row) = name.split_at(letters);
    let digit = |letter: u8| usize::from(letter.to_ascii_uppercase() - b'A') + 1;
    let column = column.bytes().try_fold(0_usize, |sum, letter| sum.checked_mul(26)?.checked_add(digit(letter)))?;
    Some((row.parse::<usize>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_from_their_names() {
        assert_eq!((place("A1"), place("D2"), place("AA10")), (Some((0, 0)), Some((1, 3)), Some((9, 26))));
        assert_eq!((place("A0"), place("1"), place("A")), (None, None, None));
    }
}
