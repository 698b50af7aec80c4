//! Other kinds of file that are called .xls, .xlsx or .csv.

use super::{HEADERS, column, of_2003, over, packed, page, read, rows_of_2003, words};

#[test]
fn what_is_no_list_is_called_what_it_is_with_what_to_do() {
    let document: &[u8] = b"<xml/>";
    let archive = |name: &str| packed(&[("[Content_Types].xml", document), (name, document)]);
    let locked = include_bytes!("../../../cases/workbook-with-a-password/inbox/enc.xlsx").as_slice();
    let torn = of_2003("", "<Worksheet ss:Name=\"a\"><Table>").replace("</Table></Worksheet></Workbook>", "");
    let torn = &torn[..torn.len() - 20];
    for (bytes, kind) in [
        (b"%PDF-1.7\n%x".to_vec(), "a PDF"),
        (b"{\\rtf1\\ansi x}".to_vec(), "RTF"),
        (b"\x1F\x8B\x08\x00x".to_vec(), "gzip"),
        (b"Rar!\x1A\x07\x00".to_vec(), "RAR"),
        (b"\x89PNG\r\n".to_vec(), "a picture"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00".to_vec(), "Excel 4"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n".to_vec(), "web archive"),
        (b"From: <Saved by Windows>\r\nSubject: x\r\n".to_vec(), "web archive"),
        (b"ID;PWXL;N;E\r\nP;PGeneral\r\n".to_vec(), "SYLK"),
        (
            "<?xml version=\"1.0\"?><uof:UOF xmlns:uof=\"http://schemas.uof.org/cn/2003/uof\"/>".as_bytes().to_vec(),
            "UOF",
        ),
        (b" \r\n".to_vec(), "the file is empty"),
        (Vec::new(), "the file is empty"),
        (packed(&[("OFD.xml", document)]), "OFD"),
        (archive("word/document.xml"), ".docx"),
        (archive("xl/workbook.bin"), ".xlsb"),
        (packed(&[("Index/Document.iwa", document)]), "Apple's"),
        (locked.to_vec(), "protected by a password"),
        (torn.as_bytes().to_vec(), "(XML of 2003) is damaged"),
        (b"<html><form id=login>x</form></html>".to_vec(), "a page without a table instead of a file"),
    ] {
        let told = read(&page("*", &HEADERS), &bytes).unwrap_err().to_string();
        assert!(told.contains(kind), "{kind}: {told}");
        let says_what_to_do = ["export", ".xlsx", "look at", "damaged"].iter().any(|words| told.contains(words));
        assert!(says_what_to_do, "{kind}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_tells_the_kind_of_file_and_publishes_nothing() {
    for (name, bytes, kind) in [
        ("a.xls", b"%PDF-1.7\n".as_slice(), "a PDF"),
        ("a.xls", b"MIME-Version: 1.0\r\n", "web archive"),
        ("a.csv", b"", "is empty"),
    ] {
        let (trial, report) = over(&[(name, bytes)]).await;
        assert!(words(&report).contains(kind) && trial.cases().await.is_empty(), "{report:?}");
    }
}

#[test]
fn excels_xml_of_2003_is_read_with_its_gaps_sheets_and_letters() {
    let header = HEADERS.join("|");
    let gap = "<Row ss:Index=\"9\"><Cell><Data ss:Type=\"String\">SL2</Data></Cell><Cell ss:Index=\"3\"><Data ss:Type=\"String\">在办</Data></Cell></Row>";
    let table = |rows: &[&str], more: &str| format!("<Table>{}{more}</Table>", rows_of_2003(rows));
    let hidden = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>";
    let sheets = [
        format!("<Worksheet ss:Name=\"旧\">{}{hidden}</Worksheet>", table(&[&header, "OLD|甲|在办|1"], "")),
        format!("<Worksheet ss:Name=\"办件1\">{}</Worksheet>", table(&["办件一览", &header, "SL1|甲|在办|1"], gap)),
        format!("<Worksheet ss:Name=\"办件2\">{}</Worksheet>", table(&[&header, "SL3|乙|在办|3"], "")),
    ];
    let xml = of_2003("", &sheets.concat());
    let utf16: Vec<u8> = format!("\u{feff}{xml}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let chinese = encoding_rs::GB18030
        .encode(&xml.replace("version=\"1.0\"", "version=\"1.0\" encoding=\"gb2312\""))
        .0
        .into_owned();
    let prefixed = xml.replace("<Worksheet", "<ss:Worksheet").replace("</Worksheet", "</ss:Worksheet");
    for bytes in [xml.clone().into_bytes(), utf16, chinese, prefixed.into_bytes(), packed(&[("a.xls", xml.as_bytes())])]
    {
        let list = read(&page("办件*", &HEADERS), &bytes).unwrap();
        assert_eq!(column(&list, "受理编号"), ["SL1", "SL2", "SL3"]);
        assert_eq!((column(&list, "状态")[1].as_str(), column(&list, "申请人")[1].as_str()), ("在办", ""));
        let old = read(&page("旧", &HEADERS), &bytes).unwrap();
        assert_eq!(column(&old, "受理编号"), ["OLD"]);
        assert!(read(&page("*", &HEADERS), &bytes).unwrap_err().to_string().contains("办件2"));
    }
}
