//! Rows to cases, or the reasons why not.

use std::collections::BTreeMap;

use chrono::DateTime;
use queqiao::{
    adapter::{Bot, CodeLists, Collect, Expect, Expression, SignIn, Work},
    extract::{Fault, Reads, Row, map_case},
    record::{Case, CaseResult, Provenance, Status},
};

use super::row;

fn bot(case: &[(&str, &str)]) -> Bot {
    let case = case.iter().map(|(field, written)| ((*field).to_owned(), Expression::parse(written).unwrap()));
    let words = [("办结", "done"), ("审批中", "in_progress"), ("准予", "granted"), ("错", "finished")];
    let words = words.map(|(theirs, ours)| (theirs.to_owned(), ours.to_owned()));
    let collect = Collect {
        list: "list".to_owned(),
        detail: Some("detail".to_owned()),
        key: Expression::parse("list.no").unwrap(),
        same: None,
        also: Vec::new(),
        events: None,
        changed: Vec::new(),
        shown: Vec::new(),
        always: false,
        reread_percent: 0.0,
        newest_first: false,
        attachments: false,
        expect: Expect::default(),
    };
    Bot {
        name: "water-collect".to_owned(),
        title: "取水许可".to_owned(),
        system: "water".to_owned(),
        account: None,
        sign_in: SignIn::Nothing,
        login: Vec::new(),
        work: Work::Collect(Box::new(collect)),
        case: case.collect(),
        event: None,
        codes: CodeLists::new(BTreeMap::from([("status".to_owned(), BTreeMap::from(words))])),
        tests: Vec::new(),
        version: "0".repeat(12),
    }
}

fn read(
    fields: &[(&str, &str)],
    list: &Row,
    pages: &[(String, Row)],
    provenance: &Provenance,
) -> Result<Case, (Option<String>, Vec<Fault>)> {
    map_case(&bot(fields), Reads { list, pages, events: &[] }, provenance)
}

const FIELDS: &[(&str, &str)] = &[
    ("source_no", "list.no"),
    ("status", "list.status | code('status')"),
    ("result", "detail.result | code('status')"),
    ("applicant_name", "detail.applicant"),
    ("accept_date", "detail.accepted | datetime('%Y-%m-%d %H:%M')"),
    ("promise_date", "detail.due | date('%Y年%m月%d日')"),
    ("result_date", "detail.ended | date('%Y-%m-%d')"),
    ("region_code", "'371312104'"),
];

const LIST: &[(&str, &str)] = &[("no", " SL1 "), ("status", "办结")];
const DETAIL: &[(&str, &str)] = &[
    ("result", "准予"),
    ("applicant", "张三"),
    ("accepted", "2026-03-01 09:30"),
    ("due", "2026年03月20日"),
    ("ended", "2026-03-02"),
];

fn map(
    fields: &[(&str, &str)],
    list: &[(&str, &str)],
    detail: &[(&str, &str)],
) -> Result<Case, (Option<String>, Vec<Fault>)> {
    let read_at = DateTime::parse_from_rfc3339("2026-03-05T12:00:00+08:00").unwrap();
    read(fields, &row(list), &[("detail".to_owned(), row(detail))], &Provenance { read_at, ..Provenance::default() })
}

/// The pairs with one of them replaced or added.
fn with<'a>(pairs: &[(&'a str, &'a str)], name: &'a str, text: &'a str) -> Vec<(&'a str, &'a str)> {
    pairs.iter().copied().filter(|(own, _)| *own != name).chain([(name, text)]).collect()
}

fn faults(fields: &[(&str, &str)], list: &[(&str, &str)], detail: &[(&str, &str)]) -> Vec<(String, String)> {
    let (_, faults) = map(fields, list, detail).unwrap_err();
    faults.into_iter().map(|fault| (fault.field, fault.reason)).collect()
}

#[test]
fn a_row_and_its_detail_become_a_case() {
    let case = map(FIELDS, LIST, DETAIL).unwrap();
    assert_eq!(
        (case.system.as_str(), case.source_no.as_str(), case.project_no.as_str()),
        ("water", "SL1", "water-SL1")
    );
    assert_eq!((case.status, case.result, case.data_version), (Status::Done, Some(CaseResult::Granted), 0));
    assert_eq!(case.fields.applicant_name.as_deref(), Some("张三"));
    assert_eq!(case.fields.accept_date.unwrap().to_rfc3339(), "2026-03-01T09:30:00+08:00");
    assert_eq!(case.fields.promise_date.unwrap().to_rfc3339(), "2026-03-20T23:59:59+08:00");
    assert_eq!(case.fields.contact_phone, None);
    let numbered = map(&with(FIELDS, "project_no", "'37-' ~ list.no | trim"), LIST, DETAIL).unwrap();
    assert_eq!(numbered.project_no, "37-SL1");
}

#[test]
fn what_a_detail_would_say_is_absent_without_one() {
    let list = with(LIST, "status", "审批中");
    let case = read(FIELDS, &row(&list), &[], &Provenance::default()).unwrap();
    assert_eq!((case.status, case.result, case.fields.applicant_name), (Status::InProgress, None, None));
}

#[test]
fn every_fault_is_told_at_once_with_the_words_to_map() {
    let told = faults(FIELDS, &with(LIST, "status", "已归档"), &with(DETAIL, "ended", "2026-02-30"));
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], ("result_date".to_owned(), "`2026-02-30` is not a date of the form %Y-%m-%d".to_owned()));
    assert_eq!(told[1], ("status".to_owned(), "`已归档` has no entry in [codes.status]".to_owned()));
    let told = faults(FIELDS, &with(LIST, "status", "错"), DETAIL);
    assert!(told[0].0 == "status" && told[0].1.starts_with("`finished` is not one of submitted, "), "{told:?}");
}

#[test]
fn a_case_needs_its_number_and_its_status() {
    let (source_no, faults) = map(FIELDS, &[("no", ""), ("status", "")], DETAIL).unwrap_err();
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!((source_no, fields), (None, vec!["source_no", "status"]));
    let (source_no, _) = map(FIELDS, &with(LIST, "status", ""), DETAIL).unwrap_err();
    assert_eq!(source_no.as_deref(), Some("SL1"));
}

#[test]
fn the_impossible_is_a_fault_of_its_field() {
    let told = faults(FIELDS, LIST, &with(DETAIL, "ended", "2026-02-01"));
    assert_eq!((told.len(), told[0].0.as_str()), (1, "result_date"));
    let told = faults(FIELDS, &with(LIST, "status", "审批中"), DETAIL);
    assert_eq!((told.len(), told[0].0.as_str()), (1, "result"));
}

#[test]
fn reasons_hold_nothing_about_people() {
    let misplaced = with(FIELDS, "applicant_name", "detail.applicant | date('%Y')");
    let told = faults(&misplaced, LIST, DETAIL);
    assert!(told[0].0 == "applicant_name" && !told[0].1.contains("张三"), "{told:?}");
    let told = faults(FIELDS, LIST, &with(DETAIL, "due", "99999919900101001X"));
    assert!(told[0].0 == "promise_date" && !told[0].1.contains("19900101"), "{told:?}");
    assert!(told[0].1.ends_with("is not a date of the form %Y年%m月%d日"), "{told:?}");
}
