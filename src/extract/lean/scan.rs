//! A page cut into its pieces, as long as it is written plainly. `None` is always the same answer: not plain enough.

use std::ops::Range;

/// A piece of a page, by bytes of it.
pub(super) enum Piece {
    /// What stands between tags.
    Text(Range<usize>),
    /// The name in `<name …>`; the attributes are in [`Scan::attributes`].
    Start(Range<usize>),
    /// The name in `</name>`.
    End(Range<usize>),
    /// What stands in `<!-- … -->`.
    Comment(Range<usize>),
}

/// An attribute: its name, and its value (empty where it has none).
pub(super) type Attribute = (Range<usize>, Range<usize>);

/// The way over a page.
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// The attributes of the tag that was met last.
    pub attributes: Vec<Attribute>,
}

impl<'a> Scan<'a> {
    /// From byte `at` on.
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, attributes: Vec::new() }
    }

    /// The next piece: `None` when the page is not plain, `Some(None)` at its end.
    pub(super) fn next(&mut self) -> Option<Option<Piece>> {
        let rest = &self.text[self.at..];
        let piece = match rest.as_bytes().iter().position(|byte| *byte == b'<') {
            None if rest.is_empty() => return Some(None),
            None => Piece::Text(self.until(self.text.len())),
            Some(0) => self.markup()?,
            Some(tag) => Piece::Text(self.until(self.at + tag)),
        };
        Some(Some(piece))
    }

    /// Everything up to the end tag `</name>`, which is passed as well.
    pub(super) fn raw(&mut self, name: &str) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut from = self.at;
        loop {
            let tag = from + self.text[from..].find("</")?;
            let after = tag + 2 + name.len();
            if bytes.get(tag + 2..after).is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes())) {
                match bytes.get(after)? {
                    b'>' => {
                        let content = self.at..tag;
                        self.at = after + 1;
                        return Some(content);
                    }
                    byte if byte.is_ascii_alphanumeric() || *byte == b'-' => {}
                    _ => return None,
                }
            }
            from = tag + 2;
        }
    }

    /// Passes a line break that stands right here.
    pub(super) fn pass_line_break(&mut self) {
        self.at += usize::from(self.byte() == Some(b'\n'));
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// From here to there; then we are there.
    fn until(&mut self, end: usize) -> Range<usize> {
        let passed = self.at..end;
        self.at = end;
        passed
    }

    /// What begins with `<`.
    fn markup(&mut self) -> Option<Piece> {
        let rest = &self.text[self.at + 1..];
        match rest.as_bytes().first()? {
            byte if byte.is_ascii_alphabetic() => {
                self.at += 1;
                let name = self.name()?;
                self.attributes()?;
                Some(Piece::Start(name))
            }
            b'/' => {
                self.at += 2;
                self.byte().filter(u8::is_ascii_alphabetic)?;
                let name = self.name()?;
                self.pass_blanks();
                self.pass(b'>')?;
                Some(Piece::End(name))
            }
            b'!' => {
                let comment = rest.strip_prefix("!--")?;
                if comment.starts_with('>') || comment.starts_with("->") {
                    return None;
                }
                let end = comment.find("-->")?;
                if comment[..end].contains("--!>") {
                    return None;
                }
                self.at += "<!--".len();
                let content = self.until(self.at + end);
                self.at += "-->".len();
                Some(Piece::Comment(content))
            }
            _ => None,
        }
    }

    fn pass(&mut self, byte: u8) -> Option<()> {
        (self.byte() == Some(byte)).then(|| self.at += 1)
    }

    fn pass_blanks(&mut self) {
        while self.byte().is_some_and(is_blank) {
            self.at += 1;
        }
    }

    /// The name of a tag or an attribute.
    fn name(&mut self) -> Option<Range<usize>> {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.' | b'@');
        let length = self.text.as_bytes()[self.at..].iter().position(|byte| !plain(byte))?;
        (length > 0).then(|| self.until(self.at + length))
    }

    /// Attributes up to and with the `>` of the tag.
    fn attributes(&mut self) -> Option<()> {
        self.attributes.clear();
        loop {
            let before = self.at;
            self.pass_blanks();
            match self.byte()? {
                b'>' => return self.pass(b'>'),
                b'/' => {
                    self.at += 1;
                    return self.pass(b'>');
                }
                _ if before == self.at => return None,
                _ => {}
            }
            let name = self.name()?;
            let after_name = self.at;
            self.pass_blanks();
            if self.byte()? == b'=' {
                self.at += 1;
                self.pass_blanks();
                let value = self.value()?;
                self.attributes.push((name, value));
            } else {
                self.at = after_name;
                self.attributes.push((name, after_name..after_name));
            }
        }
    }

    fn value(&mut self) -> Option<Range<usize>> {
        let quote = self.byte()?;
        if matches!(quote, b'"' | b'\'') {
            self.at += 1;
            let length = self.text[self.at..].find(char::from(quote))?;
            let value = self.until(self.at + length);
            self.at += 1;
            return Some(value);
        }
        let bytes = &self.text.as_bytes()[self.at..];
        let length = bytes.iter().position(|byte| is_blank(*byte) || *byte == b'>')?;
        let odd = |byte: &u8| matches!(byte, b'"' | b'\'' | b'<' | b'=' | b'`');
        (length > 0 && !bytes[..length].iter().any(odd)).then(|| self.until(self.at + length))
    }
}

/// Whether a byte is white space between attributes.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\x0c')
}

/// The names of characters that are known here; pages with others are not plain.
const REFERENCES: &str = "amp=& lt=< gt=> quot=\" apos=' nbsp=\u{a0} copy=© reg=® laquo=« raquo=» middot=· times=× ensp=\u{2002} \
     emsp=\u{2003} ndash=– mdash=— hellip=… ldquo=“ rdquo=” lsquo=‘ rsquo=’ bull=• yen=¥ deg=°";

/// A text with its character references resolved; `value`: of an attribute, where `&name=` is no reference.
pub(super) fn resolved(text: &str, value: bool) -> Option<String> {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        resolved.push_str(before);
        rest = after;
        let run = after.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#').count();
        let (name, next) = (&after[..run], after[run..].bytes().next());
        match next {
            _ if name.is_empty() => resolved.push('&'),
            Some(b';') => {
                match name.strip_prefix('#') {
                    Some(number) => resolved.push(numbered(number)?),
                    None => resolved.push_str(named(name)?),
                }
                rest = &after[run + 1..];
            }
            Some(b'=') if value && !name.contains('#') => resolved.push('&'),
            _ => return None,
        }
    }
    resolved.push_str(rest);
    Some(resolved)
}

/// The character of `&name;`.
fn named(name: &str) -> Option<&'static str> {
    let mut known = REFERENCES.split(' ').filter_map(|reference| reference.split_once('='));
    known.find_map(|(own, character)| (own == name).then_some(character))
}

/// The character of `&#number;`, where that is an ordinary one.
fn numbered(number: &str) -> Option<char> {
    let digits = |text: &str, radix| {
        (!text.is_empty() && text.chars().all(|digit| digit.is_digit(radix)))
            .then(|| u32::from_str_radix(text, radix).ok())?
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => digits(hex, 16)?,
        None => digits(number, 10)?,
    };
    let ordinary = matches!(code, 0x20..=0x7e | 0xa0..=0xfdcf | 0xfdf0..=0xfffd);
    char::from_u32(code).filter(|_| ordinary)
}
