//! Kinds of file that are no list one can read, whatever they are called: what each is, and what to do.

/// What every refusal ends with.
const MEND: &str = "have the list exported as .xlsx or CSV";

/// Kinds that their first bytes tell.
const MAGIC: [(&[u8], &str); 12] = [
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1F\x8B", "a packed file (gzip), which is not unpacked"),
    (b"Rar!\x1A\x07", "a RAR archive, which is not unpacked"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive, which is not unpacked"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xFF\xD8\xFF", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    // Workbooks of Excel 2, 3 and 4.
    (b"\x09\x00\x04\x00", "a workbook of Excel 2"),
    (b"\x09\x02\x06\x00", "a workbook of Excel 3"),
    (b"\x09\x04\x06\x00", "a workbook of Excel 4"),
    (b"SQLite format 3", "a database (SQLite)"),
];

/// Kinds that a file in an archive tells, by the end of its name.
const MEMBERS: [(&str, &str); 7] = [
    ("ofd.xml", "a sealed document (OFD)"),
    ("xl/workbook.bin", "a binary workbook (.xlsb), which says of its size what it likes"),
    ("word/document.xml", "a text document (.docx)"),
    ("ppt/presentation.xml", "a presentation (.pptx)"),
    ("index/document.iwa", "a document of Apple's (Numbers or Pages)"),
    ("index.zip", "a document of Apple's (Numbers or Pages)"),
    ("index/calculationengine.iwa", "a document of Apple's (Numbers or Pages)"),
];

/// Kinds that a file in a container of before 2007 tells.
const ENTRIES: [(&str, &str); 5] = [
    ("worddocument", "a text document (.doc, .wps)"),
    ("powerpoint document", "a presentation (.ppt, .dps)"),
    ("wpsdocument", "a text document (.wps)"),
    ("__properties_version1.0", "a mail (.msg)"),
    ("visiodocument", "a drawing (.vsd)"),
];

/// Letters of a text by which its kind is told.
const HEAD: usize = 2_048;

/// Whether these bytes are a kind of file that is no text.
pub(super) fn is_known(bytes: &[u8]) -> bool {
    MAGIC.iter().any(|(magic, _)| bytes.starts_with(magic))
}

/// What these bytes are, where they are no list.
pub(super) fn of_bytes(bytes: &[u8]) -> Option<String> {
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| refused(kind))
}

/// What an archive with these files is, where it is no archive of files.
pub(super) fn of_archive(names: &[String]) -> Option<String> {
    let is = |name: &str| names.iter().any(|own| own.eq_ignore_ascii_case(name));
    MEMBERS.iter().find(|(name, _)| is(name)).map(|(_, kind)| refused(kind))
}

/// What a container with these files is, where it is no workbook.
pub(super) fn of_compound(names: &[String]) -> Option<String> {
    let is = |name: &str| names.iter().any(|own| own.to_lowercase().starts_with(name));
    if is("encryptedpackage") || is("encryptioninfo") {
        return Some(protected());
    }
    ENTRIES.iter().find(|(name, _)| is(name)).map(|(_, kind)| refused(kind))
}

/// What a text is that calls itself a list and is none, nor a page.
pub(super) fn of_text(text: &str) -> Option<String> {
    let head = text[..text.floor_char_boundary(HEAD)].trim_start_matches('\u{feff}').trim_start();
    let lower = head.to_ascii_lowercase();
    let has = |words: &str| lower.contains(words);
    if head.is_empty() {
        return Some(format!("the file is empty; {MEND} again"));
    }
    let is_mail = lower.starts_with("mime-version:") || lower.starts_with("from: <saved by");
    let kind = match () {
        () if is_mail || (has("content-type: multipart/related") && has("mime-version:")) => "a web archive (.mht)",
        () if has("<w:worddocument") || has("progid=\"word.document\"") => "a text document (Word's XML of 2003)",
        () if has("<pkg:package") => "a document of Office in one XML file",
        () if has("<uof:uof") || has("schemas.uof.org") => "a document in the national format (UOF)",
        () if has("<office:document") => "a document of LibreOffice in one XML file (.fods)",
        () if lower.starts_with("id;p") => "a table in Microsoft's old form of exchange (SYLK)",
        () => return None,
    };
    Some(refused(kind))
}

/// Says that a password is in the way.
pub(super) fn protected() -> String {
    "the workbook is protected by a password, and no bot has one: have it exported without, or have the protection taken off"
        .to_owned()
}

fn refused(kind: &str) -> String {
    format!("it is {kind}: {MEND}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_list_is_called_by_its_kind() {
        for (bytes, kind) in [(b"%PDF-1.7".as_slice(), "PDF"), (b"\x1F\x8B\x08", "gzip"), (b"{\\rtf1 x}", "RTF")] {
            assert!(is_known(bytes) && of_bytes(bytes).unwrap().contains(kind));
        }
        assert_eq!(of_bytes(b"PK"), None);
        assert!(of_archive(&["OFD.xml".to_owned()]).unwrap().contains("OFD"));
        assert!(of_compound(&["Root Entry".to_owned(), "EncryptedPackage".to_owned()]).unwrap().contains("password"));
        assert!(of_text("MIME-Version: 1.0\r\nContent-Type: multipart/related;").unwrap().contains(".mht"));
        assert!(of_text(" \n").unwrap().contains("empty"));
        assert_eq!(of_text("编号,状态\n1,办结\n"), None);
    }
}
