//! Workbooks of before 2007, looked through before they are read: what a damaged one says of its size, or of where it goes on,
//! must not cost all of the machine's memory.

use super::{CELLS_MOST, kinds, too_large};

/// Bytes of the smallest sectors.
const SECTOR: usize = 512;
/// Sector numbers from here on mean something else.
const RESERVED: u32 = 0xFFFF_FFFA;
/// Bytes of a name in the table of contents with all that belongs to it.
const ENTRY: usize = 128;
/// Files below this length stand in small sectors of their own.
const SMALL_BELOW: usize = 4_096;
/// Bytes of a small sector.
const SMALL: usize = 64;
/// Rows and columns of the largest sheet.
const LARGEST: (u64, u64) = (65_537, 257);

/// Records of a workbook.
mod kind {
    pub const EOF: u16 = 0x000A;
    pub const BOF: u16 = 0x0809;
    pub const SHEET: u16 = 0x0085;
    /// What comes behind it is encrypted.
    pub const ENCRYPTED: u16 = 0x002F;
    pub const DIMENSIONS: u16 = 0x0200;
    pub const MANY_NUMBERS: u16 = 0x00BD;
    /// Those of one cell, which begin with its row and column.
    pub const CELLS: [u16; 7] = [0x0006, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E];
}

/// The bytes of the workbook proper, once it is seen that it holds no more than is taken, and goes on where it says.
pub(super) fn check(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let damaged = || "the workbook is damaged".to_owned();
    let stream = match stream(bytes) {
        Ok(stream) => stream,
        Err(entries) => return Err(kinds::of_compound(&entries).unwrap_or_else(damaged)),
    };
    if records(&stream).take_while(|(kind, _)| *kind != kind::EOF).any(|(kind, _)| kind == kind::ENCRYPTED) {
        return Err(kinds::protected());
    }
    for sheet in sheets(&stream).ok_or_else(damaged)? {
        let (dimensions, used) = extent(stream.get(sheet..).ok_or_else(damaged)?).ok_or_else(damaged)?;
        if dimensions.0 > LARGEST.0 || dimensions.1 > LARGEST.1 || used > CELLS_MOST as u64 {
            return Err(too_large());
        }
    }
    Ok(stream)
}

/// The bytes of the workbook proper within its container; where there are none, what else is in it, by name.
fn stream(bytes: &[u8]) -> Result<Vec<u8>, Vec<String>> {
    let (container, contents) = Container::open(bytes).ok_or_else(Vec::new)?;
    let entries: Vec<&[u8]> = contents.chunks_exact(ENTRY).collect();
    let names = || entries.iter().map(|entry| called(entry)).collect::<Vec<_>>();
    let is = |name: &'static str| move |entry: &&&[u8]| called(entry).eq_ignore_ascii_case(name);
    let entry = ["workbook", "book"].iter().find_map(|name| entries.iter().find(is(name)));
    container.stream(&entries, entry.ok_or_else(names)?).ok_or_else(Vec::new)
}

/// A file with files in it.
struct Container<'a> {
    bytes: &'a [u8],
    sectors: Sectors<'a>,
    fat: Vec<u32>,
}

impl<'a> Container<'a> {
    /// Opens one; with its table of contents.
    fn open(bytes: &'a [u8]) -> Option<(Self, Vec<u8>)> {
        let size = match short(bytes, 30)? {
            9 => SECTOR,
            12 => 4_096,
            _ => return None,
        };
        let sectors = Sectors { bytes: bytes.get(size..)?, size };
        let fat = fat(bytes, &sectors)?;
        let contents = sectors.chain(long(bytes, 48)?, &fat)?;
        Some((Self { bytes, sectors, fat }, contents))
    }

    fn stream(&self, entries: &[&[u8]], entry: &[u8]) -> Option<Vec<u8>> {
        let root = self.sectors.chain(long(entries.first()?, 116)?, &self.fat);
        let small_fat = self.sectors.chain(long(self.bytes, 60)?, &self.fat);
        let (start, length) = (long(entry, 116)?, long(entry, 120)? as usize);
        // Only large sectors know files of more than 4 GB; nobody has such a workbook.
        if self.sectors.size > SECTOR && long(entry, 124)? > 0 {
            return None;
        }
        let mut stream = if length < SMALL_BELOW {
            let small_fat: Vec<u32> = longs(&small_fat?).collect();
            Sectors { bytes: &root?, size: SMALL }.chain(start, &small_fat)?
        } else {
            // Without small files nobody follows these two, and they may lead anywhere.
            if long(self.bytes, 64)? > 0 && (root.is_none() || small_fat.is_none()) {
                return None;
            }
            self.sectors.chain(start, &self.fat)?
        };
        stream.truncate(length);
        Some(stream)
    }
}

/// For each sector the one that follows it.
fn fat(bytes: &[u8], sectors: &Sectors<'_>) -> Option<Vec<u32>> {
    let mut places: Vec<u32> = longs(bytes.get(76..SECTOR)?).collect();
    let mut next = long(bytes, 68)?;
    let mut followed = 0;
    while next < RESERVED {
        followed += 1;
        if followed > sectors.count() {
            return None;
        }
        places.extend(longs(sectors.get(next)?));
        next = places.pop()?;
    }
    let mut fat = Vec::new();
    for place in places.into_iter().filter(|place| *place < RESERVED) {
        fat.extend(longs(sectors.get(place)?));
    }
    Some(fat)
}

/// The name of an entry.
fn called(entry: &[u8]) -> String {
    let letters = entry.chunks_exact(2).take(32).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let own: Vec<u16> = letters.take_while(|letter| *letter != 0).collect();
    String::from_utf16_lossy(&own)
}

/// Where the sheets begin.
pub(super) fn sheets(stream: &[u8]) -> Option<Vec<usize>> {
    let mut sheets = Vec::new();
    for (kind, data) in records(stream) {
        match kind {
            kind::SHEET => sheets.push(long(data, 0)? as usize),
            kind::EOF => break,
            _ => {}
        }
    }
    Some(sheets)
}

/// What a sheet says of its rows and columns, and the cells between the first and the last that it has.
fn extent(sheet: &[u8]) -> Option<((u64, u64), u64)> {
    let mut dimensions = (0, 0);
    let mut used: Option<[u16; 4]> = None;
    let mut depth = 0_usize;
    for (kind, data) in records(sheet) {
        match kind {
            kind::BOF => depth += 1,
            // That of an embedded chart ends that one.
            kind::EOF if depth > 1 => depth -= 1,
            kind::EOF => break,
            kind::DIMENSIONS if depth <= 1 => dimensions = said(data)?,
            kind if depth <= 1 && (kind::CELLS.contains(&kind) || kind == kind::MANY_NUMBERS) => {
                let (row, first) = (short(data, 0)?, short(data, 2)?);
                let last = if kind == kind::MANY_NUMBERS { short(data, data.len().checked_sub(2)?)? } else { first };
                let [top, left, bottom, right] = used.unwrap_or([row, first, row, last]);
                used = Some([top.min(row), left.min(first), bottom.max(row), right.max(first).max(last)]);
            }
            _ => {}
        }
    }
    let cells = used.map_or(0, |[top, left, bottom, right]| {
        (u64::from(bottom - top) + 1) * (u64::from(right.saturating_sub(left)) + 1)
    });
    Some((dimensions, cells))
}

/// Rows and columns as a sheet says them: from the first to behind the last.
fn said(data: &[u8]) -> Option<(u64, u64)> {
    let (top, bottom, left, right) = if data.len() < 14 {
        (u32::from(short(data, 0)?), u32::from(short(data, 2)?), short(data, 4)?, short(data, 6)?)
    } else {
        (long(data, 0)?, long(data, 4)?, short(data, 8)?, short(data, 10)?)
    };
    // A first column behind the largest is taken for none.
    let left = if left > 0xFF { 0 } else { left };
    Some((u64::from(bottom.checked_sub(top)?) + 1, u64::from(right.checked_sub(left)?) + 1))
}

/// Kind and bytes of each record, to the first that does not end.
pub(super) fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (kind, length) = (short(stream, 0)?, usize::from(short(stream, 2)?));
        let data = stream.get(4..4 + length)?;
        stream = &stream[4 + length..];
        Some((kind, data))
    })
}

/// The equal parts of a file.
struct Sectors<'a> {
    bytes: &'a [u8],
    size: usize,
}

impl Sectors<'_> {
    fn count(&self) -> usize {
        self.bytes.len().div_ceil(self.size)
    }

    /// A sector; the last one of a file may be cut short.
    fn get(&self, number: u32) -> Option<&[u8]> {
        let start = (number as usize).checked_mul(self.size)?;
        let rest = self.bytes.get(start..)?;
        Some(&rest[..rest.len().min(self.size)])
    }

    /// All sectors from this one on; none where they go round in a circle or out of the file.
    fn chain(&self, mut number: u32, fat: &[u32]) -> Option<Vec<u8>> {
        let mut chained = Vec::new();
        let mut followed = 0;
        while number < RESERVED {
            followed += 1;
            if followed > self.count() {
                return None;
            }
            chained.extend_from_slice(self.get(number)?);
            number = *fat.get(number as usize)?;
        }
        Some(chained)
    }
}

pub(super) fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn longs(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &[u8] = include_bytes!("../../../tests/pages/files/old.xls");

    /// The file with another value where these bytes stand.
    fn with(found: &[u8], at: usize, value: &[u8]) -> Vec<u8> {
        let mut bytes = OLD.to_vec();
        let place = bytes.windows(found.len()).rposition(|there| there == found).unwrap() + at;
        bytes[place..place + value.len()].copy_from_slice(value);
        bytes
    }

    #[test]
    fn what_says_that_it_is_larger_than_any_sheet_is_not_read() {
        check(OLD).unwrap();
        let dimensions: &[u8] = &[0x00, 0x02, 14, 0];
        assert!(check(&with(dimensions, 8, &[0xFF; 4])).unwrap_err().contains("rows"));
        assert_eq!(check(&with(dimensions, 4, &[0xFF; 4])).unwrap_err(), "the workbook is damaged");
        let number: &[u8] = &[0x03, 0x02, 14, 0];
        assert!(check(&with(number, 4, &[0xFF; 4])).unwrap_err().contains("rows"));
    }

    #[test]
    fn what_goes_round_in_circles_is_not_followed() {
        // The first sector of the table of contents follows itself.
        let start = long(OLD, 48).unwrap() as usize;
        let fat = SECTOR + long(OLD, 76).unwrap() as usize * SECTOR;
        let mut bytes = OLD.to_vec();
        bytes[fat + start * 4..fat + start * 4 + 4].copy_from_slice(&u32::try_from(start).unwrap().to_le_bytes());
        assert_eq!(check(&bytes).unwrap_err(), "the workbook is damaged");
    }
}
