use std::collections::BTreeMap;

use super::{
    Baseline, Details, Ending, Guard, Known, Lasting, Listing, Opened, Profile, Stranger, drift, ending, list, twice,
};
use crate::{
    adapter::{Candidates, Expect, Locator, Page},
    extract::Row,
    run::report::QuarantinedRow,
};

fn page(fields: &[(&str, &str)]) -> Page {
    let candidates =
        |written: &str| Candidates(written.split(" | ").map(|written| Locator::parse(written).unwrap()).collect());
    let at = fields.iter().map(|(name, written)| ((*name).to_owned(), candidates(written))).collect();
    Page { name: "list".to_owned(), at, ..Page::default() }
}

fn row(fields: &[(&str, &str)]) -> Row {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn profile(count: usize, who: impl Fn(usize) -> &'static str) -> Profile {
    let mut profile = Profile::default();
    (0..count).for_each(|number| profile.take(&row(&[("no", "1"), ("who", who(number))])));
    profile
}

/// The verdict over `now` after `before` was good.
fn verdict(before: &Profile, now: &Profile, whole: bool) -> Result<(), Guard> {
    let page = page(&[("no", "column=编号"), ("who", "column=申请人")]);
    let before = Baseline::of_list(&page, before, &BTreeMap::new(), None);
    let listing = Listing { profile: now, stated: None, whole, changes: &BTreeMap::new() };
    list(&page, listing, &before, &Expect::default())
}

#[test]
fn a_list_may_shrink_a_little_and_not_much() {
    let full = |count| profile(count, |_| "王");
    assert_eq!(verdict(&full(120), &full(0), true), Err(Guard::Empty { before: 120 }));
    assert_eq!(verdict(&full(4), &full(0), true), Ok(()), "four cases may all have gone");
    assert!(matches!(verdict(&full(120), &full(83), true), Err(Guard::Fell { now: 83, before: 120, .. })));
    assert_eq!(verdict(&full(120), &full(84), true), Ok(()));
    assert_eq!(verdict(&full(19), &full(6), true), Ok(()), "few rows may fall far");
    assert_eq!(verdict(&full(120), &full(20), false), Ok(()), "only its first pages were read");
}

#[test]
fn small_falls_are_not_forgiven_one_by_one() {
    let page = page(&[("no", "column=编号")]);
    let shrink =
        |before: Option<&Baseline>, rows| Baseline::of_list(&page, &profile(rows, |_| ""), &BTreeMap::new(), before);
    let second = shrink(Some(&shrink(None, 120)), 90);
    assert_eq!(second.rows, 120);
    assert_eq!(shrink(None, 90).rows, 90, "a person has accepted it");
}

#[test]
fn a_column_that_went_empty_is_seen_and_one_that_was_half_empty_is_not() {
    let empty = |count| profile(count, |_| "");
    let emptied = verdict(&profile(120, |_| "王"), &empty(120), true).unwrap_err();
    assert!(
        matches!(&emptied, Guard::Emptied { field, locator, filled: 0, of: 120, percent: 100 }
        if field == "who" && locator == "column=申请人"),
        "{emptied:?}"
    );
    assert_eq!(verdict(&profile(120, |number| if number % 5 < 2 { "王" } else { "" }), &empty(120), true), Ok(()));
    assert_eq!(verdict(&profile(9, |_| "王"), &empty(9), true), Ok(()), "too few to tell");
    let half = profile(120, |number| if number < 50 { "王" } else { "" });
    assert!(verdict(&profile(120, |_| "王"), &half, true).is_err(), "most of it went empty");
    assert!(verdict(&profile(120, |_| "王"), &empty(2), false).is_err(), "it always said something");
    let mostly = profile(120, |number| if number % 20 > 0 { "王" } else { "" });
    assert_eq!(verdict(&mostly, &empty(9), false), Ok(()), "a part of a list is no fair sample");
}

#[test]
fn a_field_that_was_pointed_elsewhere_is_another_one() {
    let before = Baseline::of_list(&page(&[("who", "column=甲")]), &profile(120, |_| "王"), &BTreeMap::new(), None);
    let listing = Listing { profile: &profile(120, |_| ""), stated: None, whole: true, changes: &BTreeMap::new() };
    assert_eq!(list(&page(&[("who", "column=乙")]), listing, &before, &Expect::default()), Ok(()));
}

#[test]
fn swapped_columns_show_in_what_never_changes() {
    let page = page(&[("who", "column=申请人"), ("item", "column=事项")]);
    let lasting = Lasting::naming(&["list.who", "list.item"]);
    let before = row(&[("who", "王小明"), ("item", "取水许可")]);
    let marks = lasting.marks([("list", &before)], &[]);
    assert!(!marks.contains('王'), "{marks}");
    let verdict = |swapped: usize, of: usize| {
        let mut changes = BTreeMap::new();
        for number in 0..of {
            let swap = row(&[("who", "取水许可"), ("item", "王小明")]);
            lasting.compare("list", if number < swapped { &swap } else { &before }, &marks, |_| true, &mut changes);
        }
        let profile = Profile::default();
        let listing = Listing { profile: &profile, stated: None, whole: true, changes: &changes };
        list(&page, listing, &Baseline::default(), &Expect::default())
    };
    assert!(matches!(verdict(120, 120), Err(Guard::Rewritten { changed: 120, compared: 120, .. })));
    assert!(verdict(3, 3).is_err());
    assert_eq!(verdict(20, 100), Ok(()), "corrections");
    assert_eq!(verdict(2, 2), Ok(()));
    let gone = row(&[("who", ""), ("item", "取水许可")]);
    let mut changes = BTreeMap::new();
    lasting.compare("list", &gone, &marks, |_| true, &mut changes);
    assert_eq!(changes.get("who"), None, "what says nothing says nothing else");
}

#[test]
fn one_key_in_two_rows_of_a_page_tells_nothing_apart() {
    assert_eq!(twice(["1", "2", "3"], "list.no"), Ok(()));
    assert!(matches!(twice(["1", "2", "1"], "list.no"), Err(Guard::Twice { key, rows: 2, .. }) if key == "1"));
    assert!(!twice(["1", "1"], "list.no").unwrap_err().acceptable());
}

fn bad(key: &str, reason: &str) -> QuarantinedRow {
    QuarantinedRow { source_no: key.to_owned(), field: "status".to_owned(), reason: reason.to_owned() }
}

fn mapped<'a>(pages: &'a [(String, Row)], quarantined: Option<&'a QuarantinedRow>) -> Opened<'a> {
    Opened { pages, steps: &[], named: Some(true), same: None, former: None, quarantined }
}

fn known<'a>(page: &'a Page, before: Option<&'a Baseline>) -> BTreeMap<String, Known<'a>> {
    BTreeMap::from([("detail".to_owned(), Known { page, before })])
}

fn detail(fields: &[(&str, &str)]) -> Vec<(String, Row)> {
    vec![("detail".to_owned(), row(fields))]
}

#[test]
fn many_new_rows_in_quarantine_stop_and_a_few_do_not() {
    let row = bad("1", "`奇怪` has no entry");
    let verdict = |count: usize, of: usize, row: &QuarantinedRow| {
        let mut details = Details::default();
        let batch: Vec<_> = (0..of).map(|number| mapped(&[], (number < count).then_some(row))).collect();
        assert_eq!(details.take(&BTreeMap::new(), &batch, &Lasting::default()), []);
        details.judge(&BTreeMap::new(), &Expect::default()).map_or(Ok(()), |(_, guard)| Err(guard))
    };
    assert!(matches!(verdict(11, 100, &row), Err(Guard::Quarantined { count: 11, of: 100, .. })));
    assert_eq!(verdict(10, 100, &row), Ok(()));
    assert_eq!(verdict(4, 4, &row), Ok(()), "a few may all be bad");
    let future = bad("7", "apply_date 2036-01-01 lies in the future");
    assert!(matches!(verdict(3, 100, &future), Err(Guard::Future { count: 3, .. })));
    assert_eq!(verdict(2, 100, &future), Ok(()), "a slip of the pen");
}

#[test]
fn a_detail_that_never_shows_its_own_key_is_not_kept() {
    let page = page(&[("a", "label=甲"), ("b", "label=乙"), ("c", "label=丙")]);
    let full = detail(&[("a", "1"), ("b", "2"), ("c", "3")]);
    let take = |before: Option<&Baseline>, named: &dyn Fn(usize) -> Option<bool>, count: usize| {
        let batch: Vec<_> = (0..count).map(|number| Opened { named: named(number), ..mapped(&full, None) }).collect();
        Details::default().take(&known(&page, before), &batch, &Lasting::default())
    };
    assert_eq!(take(None, &|number| Some(number != 3), 20), [(3, Stranger::Other)], "all the others show theirs");
    assert_eq!(take(None, &|_| Some(false), 20), [], "this page never shows it");
    assert_eq!(take(None, &|_| None, 20), [], "nobody looked");
    let mut before = Baseline { named: 100, of: 100, ..Baseline::default() };
    assert_eq!(take(Some(&before), &|_| Some(false), 1), [(0, Stranger::Other)]);
    let opened = |same| Opened { same: Some(same), ..mapped(&full, None) };
    let told = |same| Details::default().take(&known(&page, None), &[opened(same)], &Lasting::default());
    assert_eq!((told(false), told(true)), (vec![(0, Stranger::Other)], vec![]), "the bot says what is the same");
    before.named = 40;
    assert_eq!(take(Some(&before), &|_| Some(false), 1), []);
}

#[test]
fn a_detail_without_anything_is_not_kept() {
    let page = page(&[("a", "label=甲"), ("b", "label=乙"), ("c", "label=丙"), ("d", "label=丁")]);
    let hollow = detail(&[("a", ""), ("b", " "), ("c", ""), ("d", "")]);
    let take = |pages: &[(String, Row)], before, named| {
        let opened = Opened { named: Some(named), ..mapped(pages, None) };
        Details::default().take(&known(&page, before), &[opened], &Lasting::default())
    };
    assert_eq!(take(&hollow, None, false), [(0, Stranger::Hollow)]);
    assert_eq!(take(&hollow, None, true), [], "it may have begun just now");
    let mut seen = Profile::default();
    (0..50).for_each(|_| seen.take(&row(&[("a", "1"), ("b", "2"), ("c", "3"), ("d", "")])));
    let before = Baseline::of_details(&page, &seen, &BTreeMap::new(), (50, 50), None);
    assert_eq!(
        take(&detail(&[("a", ""), ("b", ""), ("c", ""), ("d", "4")]), Some(&before), true),
        [(0, Stranger::Hollow)]
    );
    assert_eq!(take(&detail(&[("a", ""), ("b", ""), ("c", "3"), ("d", "")]), Some(&before), true), []);
}

#[test]
fn a_field_that_is_gone_from_the_details_stops() {
    let page = page(&[("phone", "label=联系电话"), ("done", "label=办结时间")]);
    let mut seen = Profile::default();
    (0..50).for_each(|number| seen.take(&row(&[("phone", "1"), ("done", if number % 2 > 0 { "1" } else { "" })])));
    let before = Baseline::of_details(&page, &seen, &BTreeMap::new(), (0, 0), None);
    let verdict = |phone: &str, count: usize| {
        let pages = detail(&[("phone", phone), ("done", "")]);
        let mut details = Details::default();
        details.take(&known(&page, Some(&before)), &vec![mapped(&pages, None); count], &Lasting::default());
        details.judge(&known(&page, Some(&before)), &Expect::default())
    };
    assert_eq!(verdict("13", 30), None, "new cases are not done yet");
    let (name, guard) = verdict("", 3).unwrap();
    assert!(name == "detail" && matches!(guard, Guard::Emptied { field, .. } if field == "phone"));
}

#[test]
fn baselines_of_details_forget_slowly() {
    let page = page(&[("who", "label=申请人")]);
    let many = Baseline::of_details(&page, &profile(1_000, |_| "王"), &BTreeMap::new(), (1_000, 1_000), None);
    let more = Baseline::of_details(&page, &profile(100, |_| ""), &BTreeMap::new(), (0, 100), Some(&many));
    let column = &more.columns["who"];
    assert_eq!((more.rows, more.named, column.filled, column.of), (1_000, 900, 900, 1_000));
}

#[test]
fn drift_is_told_before_anything_breaks() {
    let page = page(&[("who", "column=申请人 | column=申请单位")]);
    let matched = BTreeMap::from([("who".to_owned(), 1)]);
    let told = drift(&page, &matched, &[], None);
    assert!(told.len() == 1 && told[0].contains("column=申请单位") && told[0].contains("number 2"), "{told:?}");
    let headers = |headers: &[&str]| headers.iter().map(|header| (*header).to_owned()).collect::<Vec<_>>();
    let before = Baseline { headers: headers(&["编号", "申请人"]), ..Baseline::default() };
    let told = drift(&page, &BTreeMap::new(), &headers(&["编号", "单位"]), Some(&before));
    assert!(told.len() == 1 && told[0].contains("gone: 申请人; new: 单位"), "{told:?}");
    assert!(drift(&page, &BTreeMap::new(), &headers(&["编号", "申请人"]), Some(&before)).is_empty());
}

#[test]
fn a_page_that_breaks_off_is_known_by_its_end() {
    assert_eq!(ending(b"<!doctype html><html><body><table><tr><td>1"), Ending::Open);
    assert_eq!(ending(b"<html><body></body></html>\n<!-- served by 7 -->"), Ending::Closed);
    assert_eq!(ending(br#"{"rows":[{"no":"1"},{"n"#), Ending::Broken);
    for text in ["<div>a fragment", r#" {"rows":[]} "#, "", "a,b\n1,2"] {
        assert_eq!(ending(text.as_bytes()), Ending::Unknown, "{text}");
    }
}

#[test]
fn a_field_that_is_suddenly_written_otherwise_is_seen() {
    let page = page(&[("no", "column=编号"), ("at", "column=更新时间"), ("open", "column=操作 a @href")]);
    let profile = |count: usize, cut: usize| {
        let mut profile = Profile::default();
        for number in 0..count {
            let at = format!("2026/11/{number} 15:20:4{}", number % 10);
            let open = if cut < 20 { "#/cases/1" } else { "/cases/1?tab=2" };
            profile.take(&row(&[("no", "1"), ("at", &at[..cut.min(at.len())]), ("open", open)]));
        }
        profile
    };
    let before = Baseline::of_list(&page, &profile(40, 30), &BTreeMap::new(), None);
    let verdict = |now: &Profile| {
        let listing = Listing { profile: now, stated: None, whole: true, changes: &BTreeMap::new() };
        list(&page, listing, &before, &Expect::default())
    };
    assert_eq!(verdict(&profile(40, 30)), Ok(()));
    let cut = verdict(&profile(40, 9)).unwrap_err();
    assert!(matches!(&cut, Guard::Reshaped { field, otherwise: 40, .. } if field == "at"), "{cut:?}");
    assert!(cut.to_string().contains("`at` (column=更新时间) is written otherwise in 40 of 40 records"), "{cut}");
}

#[test]
fn the_beginning_of_a_list_teaches_how_its_texts_are_built() {
    let page = page(&[("no", "column=编号")]);
    let numbered = |count: usize, year: &str| {
        let mut profile = Profile::default();
        (0..count).for_each(|number| profile.take(&row(&[("no", &format!("{year}{number:03}"))])));
        profile
    };
    let before = Baseline::of_list(&page, &numbered(200, "SL2026-"), &BTreeMap::new(), None);
    let verdict = |before: &Baseline, now: &Profile| {
        let listing = Listing { profile: now, stated: None, whole: false, changes: &BTreeMap::new() };
        list(&page, listing, before, &Expect::default())
    };
    let new = |count: usize| {
        let mut profile = numbered(20 - count, "SL2026-");
        (0..count).for_each(|number| profile.take(&row(&[("no", &format!("2027/{number}"))])));
        profile
    };
    assert!(verdict(&before, &new(20)).is_err(), "all of a sudden");
    assert_eq!(verdict(&before, &new(3)), Ok(()));
    let after = before.with_part(&page, &new(3));
    assert_eq!((after.rows, verdict(&after, &new(20))), (200, Ok(())), "one by one");
}

#[test]
fn a_detail_that_is_written_otherwise_stops_and_a_case_that_goes_on_does_not() {
    let page = page(&[("phone", "label=联系电话"), ("done", "label=办结时间")]);
    let profile = |phone: &str, done: &str, count: usize| {
        let mut profile = Profile::default();
        (0..count).for_each(|_| profile.take(&row(&[("phone", phone), ("done", done)])));
        profile
    };
    let seen = profile("10014027988", "未办结", 50);
    let before = Baseline::of_details(&page, &seen, &BTreeMap::new(), (0, 0), None);
    let verdict = |phone: &str, done: &str| {
        let pages = detail(&[("phone", phone), ("done", done)]);
        let mut details = Details::default();
        details.take(&known(&page, Some(&before)), &vec![mapped(&pages, None); 12], &Lasting::default());
        details.judge(&known(&page, Some(&before)), &Expect::default())
    };
    assert_eq!(verdict("10014027988", "2026-11-23"), None, "cases that are done now");
    let (name, guard) = verdict("10014", "未办结").unwrap();
    assert!(name == "detail" && matches!(guard, Guard::Reshaped { field, .. } if field == "phone"));
}
