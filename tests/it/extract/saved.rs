//! Pages as the practice systems really serve them.

use std::{fs, path::Path};

use queqiao::{
    adapter::Page,
    extract::{Document, detail, listing, mark},
};

use super::{at, page, row, rows, table};

/// A saved page; bytes that are no UTF-8 are GB18030.
fn saved(name: &str) -> Document {
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(name)).unwrap();
    let text =
        String::from_utf8(bytes).unwrap_or_else(|other| encoding_rs::GB18030.decode(other.as_bytes()).0.into_owned());
    Document::parse(&text, None)
}

const LIST: [(&str, &str, &str); 6] = [
    ("no", "办件编号", "caseNo"),
    ("item", "事项名称", "taskName"),
    ("applicant", "申请人", "applicantName"),
    ("org", "受理部门", "orgName"),
    ("accepted", "受理时间", "acceptTime"),
    ("updated", "更新时间", "updateTime"),
];

#[test]
fn an_element_ui_list_says_the_same_as_the_answer_it_was_made_from() {
    let columns = LIST.map(|(field, header, _)| (field, format!("column={header}")));
    let paths = LIST.map(|(field, _, name)| (field, format!("json=$.{name}")));
    let seen = Page {
        total: Some(at("css=.el-pagination__total /共 (\\d+) 条/")),
        ..table(".el-table", &columns.each_ref().map(|(field, written)| (*field, written.as_str())))
    };
    let sent = Page {
        total: Some(at("json=$.data.total")),
        ..rows("json=$.data.rows[*]", &paths.each_ref().map(|(field, written)| (*field, written.as_str())))
    };
    let (seen, sent) =
        (listing(&seen, &saved("permits/list.html")).unwrap(), listing(&sent, &saved("permits/list.json")).unwrap());
    assert_eq!((seen.rows.len(), seen.total), (20, Some(1000)));
    assert_eq!((seen.rows, seen.total), (sent.rows, sent.total));
}

#[test]
fn an_element_ui_description_says_the_same_as_the_answer_it_was_made_from() {
    let fields = [
        ("no", "label=办件编号", "json=$.data.caseNo"),
        ("status", "label=办件状态", "json=$.data.status"),
        ("org_code", "label=部门信用代码", "json=$.data.orgCode"),
        ("village", "label=所属村居", "json=$.data.villageName"),
        ("applicant", "label=申请人", "json=$.data.applicantName"),
        ("phone", "label=联系电话", "json=$.data.phone"),
        ("accepted", "label=受理时间", "json=$.data.acceptTime"),
        ("result", "label=办理结果", "json=$.data.result"),
    ];
    let seen = detail(&page(&fields.map(|(field, label, _)| (field, label))), &saved("permits/detail.html")).unwrap();
    let sent = detail(&page(&fields.map(|(field, _, path)| (field, path))), &saved("permits/detail.json")).unwrap();
    assert_eq!(seen, sent);
}

#[test]
fn a_layui_list_in_gb18030_is_read_to_its_rare_characters() {
    let fields = [
        ("no", "column=受理编号"),
        ("status", "column=当前状态"),
        ("accepted", "column=受理时间"),
        ("detail", "column=操作 a @href"),
    ];
    let list =
        Page { total: Some(at("css=.layui-laypage-count /共 (\\d+) 条/")), ..table("table.layui-table", &fields) };
    let read = listing(&list, &saved("water/list-1.html")).unwrap();
    assert_eq!((read.rows.len(), read.total), (20, Some(1000)));
    let second =
        [("no", "SL20260999"), ("status", "待受理"), ("accepted", ""), ("detail", "/case/detail.do?id=100999")];
    assert_eq!(read.rows[1], row(&second));
    let fields = [
        ("applicant", "label=申请人"),
        ("kind", "label=申请人类型"),
        ("due", "label=承诺办结时间"),
        ("updated", "label=更新时间"),
    ];
    let read = detail(&page(&fields), &saved("water/detail.html")).unwrap();
    let expected =
        [("applicant", "龙𣲗"), ("kind", "自然人"), ("due", "2026年11月25日"), ("updated", "2026-11-19 16:46:05")];
    assert_eq!(read, row(&expected));
}

/// The page as a marked snapshot gives it, with every element numbered, and the number of the element that has `sign`.
fn numbered(name: &str, sign: &str) -> (Document, usize) {
    let Document::Html(html) = saved(name) else { panic!("{name} is HTML") };
    let mut text = String::new();
    let mut number = 0;
    let mut wanted = None;
    for piece in html.html().split_inclusive('>') {
        let start =
            piece.rfind('<').filter(|start| piece[start + 1..].starts_with(|letter: char| letter.is_ascii_lowercase()));
        let Some(start) = start else {
            text.push_str(piece);
            continue;
        };
        if piece[start..].contains(sign) {
            wanted = Some(number);
        }
        let name_end = start + piece[start..].find([' ', '>']).unwrap();
        text.push_str(&format!("{} data-queqiao=\"{number}\"{}", &piece[..name_end], &piece[name_end..]));
        number += 1;
    }
    (Document::parse(&text, None), wanted.unwrap())
}

#[test]
fn the_fields_and_the_button_of_both_logins_are_found_by_what_people_see() {
    for name in ["permits/login.html", "water/login.html"] {
        for (locator, sign) in [
            ("label=用户名", "name=\"username\""),
            ("label=密码", "name=\"password\""),
            ("text=登录", "type=\"submit\""),
        ] {
            let (document, wanted) = numbered(name, sign);
            assert_eq!(mark(&at(locator), &document).unwrap(), wanted, "{name} {locator}");
        }
    }
}
