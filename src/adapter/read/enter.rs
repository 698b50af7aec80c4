//! `[enter]` of a bot.

use std::time::Duration;

use super::{
    expressions::{Fields, Names},
    form,
    locators::candidates,
    login::find_page,
    schedule::time_span,
    system::charset,
};
use crate::{
    adapter::{
        Candidates, CodeLists, Enter, EntryForm, FindRow, Page, System, Template, Verify, Via,
        nearest::suggestion,
        sheet::{Placed, Sheet, Text},
    },
    base::Message,
    record::{CaseFields, Does},
};

/// How long the page may take to say what became of a form, unless the adapter says otherwise.
const WITHIN: Duration = Duration::from_secs(30);
/// How long a target may take to show what it has received, unless the adapter says otherwise: longer than any gateway in
/// between keeps a request alive.
const SETTLES: Duration = Duration::from_secs(120);

/// Fields of a case that stand beside [`CaseFields`].
const OWN_FIELDS: &[&str] = &["system", "source_no", "project_no", "status", "result"];

/// What expressions of an enter-bot may speak of: `case.…`, for updates `link.…`; once they are known, `mark`, `receipt` and what steps have read.
pub(super) struct Spoken<'a> {
    does: Does,
    codes: &'a CodeLists,
}

impl Spoken<'_> {
    fn rows(&self) -> Vec<(&'static str, Fields<'static>)> {
        let case = OWN_FIELDS.iter().chain(CaseFields::NAMES).copied().collect();
        let link = match self.does {
            Does::Update => Fields::Known(vec!["system", "source_no", "project_no", "mark"]),
            Does::Enter => Fields::Absent("adapter-no-link", "adapter-no-link-mend"),
        };
        vec![("case", Fields::Known(case)), ("link", link)]
    }

    /// In `take` and `mark`.
    fn first(&self) -> Names<'_> {
        Names::rows(self.rows(), self.codes)
    }

    /// In everything that is entered or looked for.
    pub(super) fn later(&self) -> Names<'_> {
        self.first().with_row("read", Fields::Any).with_plain(&["mark", "receipt"])
    }
}

/// Reads `[enter]`; `None` where what it takes, or how, is missing.
pub(super) fn read(sheet: Sheet<'_>, system: Option<&System>, codes: &CodeLists) -> Option<Enter> {
    let does = does(&sheet);
    let spoken = Spoken { does, codes };
    let take = sheet.required_text("take").and_then(|text| spoken.first().expression(sheet.findings, &text));
    let mark = sheet.required_text("mark").and_then(|text| spoken.first().expression(sheet.findings, &text));
    let settles = sheet.text("settles").and_then(|text| time_span(&sheet, &text)).unwrap_or(SETTLES);
    if sheet.get("find").is_none() {
        let (message, mend) = (Message::new("adapter-no-find"), Message::new("adapter-no-find-mend"));
        sheet.findings.warn(sheet.span.clone(), message, mend);
    }
    let find = sheet.table("find").map(|find| read_find(find, system, &spoken));
    sheet.require("form", Message::new("adapter-missing-table-mend").with("key", "enter.form"));
    let form = sheet.table("form").map(|form| read_form(form, system, &spoken));
    let verify = sheet.table("verify").map(|verify| read_verify(verify, system, &spoken));
    let (find, verify) = (find.flatten(), verify.flatten());
    let gives = find.as_ref().is_some_and(|find| find.receipt.is_some())
        || form.as_ref().is_some_and(|form| form.proof.iter().any(|(name, _)| name == "receipt"));
    let uses =
        |page: &String| system.and_then(|system| system.pages.get(page)).is_some_and(|page| page.uses("receipt"));
    let needs = |verify: &&Verify| uses(&verify.page);
    if let Some(verify) = verify.as_ref().filter(needs).filter(|_| !gives) {
        let message = Message::new("adapter-no-receipt").with("page", &verify.page);
        sheet.findings.error(sheet.key_span("verify"), message, Message::new("adapter-no-receipt-mend"));
    }
    sheet.finish();
    Some(Enter { does, take: take?, mark: mark?, find, form: form?, verify, settles })
}

fn does(sheet: &Sheet<'_>) -> Does {
    let Some(text) = sheet.text("does") else { return Does::Enter };
    match text.value {
        "enter" => Does::Enter,
        "update" => Does::Update,
        other => {
            let message = Message::new("adapter-word").with("word", other);
            sheet.findings.error(text.span.clone(), message, suggestion(other, ["enter", "update"]));
            Does::Enter
        }
    }
}

fn read_find(sheet: Sheet<'_>, system: Option<&System>, spoken: &Spoken<'_>) -> Option<FindRow> {
    let name = sheet.required_text("page");
    let page = name.as_ref().and_then(|name| find_page(&sheet, name, system?));
    if let (Some(name), Some(page)) = (&name, page.filter(|page| !is_asked(page))) {
        let message = Message::new("adapter-find-way").with("page", &page.name);
        sheet.findings.error(name.span.clone(), message, Message::new("adapter-find-way-mend"));
    }
    if let (Some(name), Some(page)) = (&name, page.filter(|page| !page.is_list())) {
        let message = Message::new("adapter-no-list").with("page", &page.name);
        let mend = Message::new("adapter-no-list-mend").with("page", &page.name);
        sheet.findings.error(name.span.clone(), message, mend);
    }
    if let (Some(name), Some(page)) =
        (&name, page.filter(|page| page.is_list() && !page.uses("mark") && page.total.is_none()))
    {
        let message = Message::new("adapter-find-page").with("page", &page.name);
        let mend = Message::new("adapter-find-page-mend").with("page", &page.name);
        sheet.findings.error(name.span.clone(), message, mend);
    }
    let line = || Message::new("adapter-missing-mend").with("line", "row = { note = \"{mark}\" }");
    sheet.require("row", line());
    let row = sheet.table("row").map_or_else(Vec::new, |row| {
        if row.entries().is_empty() {
            row.findings.error(row.span.clone(), Message::new("adapter-find-row"), line());
        }
        wanted(&row, page, spoken)
    });
    let fields = sheet.table("fields").map_or_else(Vec::new, |fields| wanted(&fields, page, spoken));
    let list = Fields::of_page(page);
    let receipt = sheet
        .text("receipt")
        .and_then(|text| Names::rows(vec![("list", list)], spoken.codes).expression(sheet.findings, &text));
    let control = sheet.text("control");
    if control.is_none() && spoken.does == Does::Enter {
        let (message, mend) = (Message::new("adapter-no-control"), Message::new("adapter-no-control-mend"));
        sheet.findings.warn(sheet.span.clone(), message, mend);
    }
    let findings = sheet.findings;
    sheet.finish();
    let named = control.as_ref().map(|text| text.value.to_owned());
    let find = FindRow { page: name?.value.to_owned(), row, fields, receipt, control: named };
    if let Some(control) = control.filter(|_| !find.row.is_empty() && find.by_mark().next().is_none()) {
        let mend = Message::new("adapter-missing-mend").with("line", "row = { note = \"{mark}\" }");
        findings.error(control.span, Message::new("adapter-control"), mend);
    }
    Some(find)
}

/// Whether the page is an answer to a question that stands in its address: nothing is pressed, and it is no file of some time ago.
fn is_asked(page: &Page) -> bool {
    let way = &page.way;
    page.via != Via::Folder && way.press.is_none() && way.apply.is_none() && way.filter.is_empty()
}

fn read_verify(sheet: Sheet<'_>, system: Option<&System>, spoken: &Spoken<'_>) -> Option<Verify> {
    let name = sheet.required_text("page");
    let page = name.as_ref().and_then(|name| find_page(&sheet, name, system?));
    sheet.require("fields", Message::new("adapter-missing-mend").with("line", "fields = { … = \"{case.…}\" }"));
    let fields = sheet.table("fields").map_or_else(Vec::new, |fields| wanted(&fields, page, spoken));
    sheet.finish();
    Some(Verify { page: name?.value.to_owned(), fields })
}

/// Things of a page and what they must say.
fn wanted(sheet: &Sheet<'_>, page: Option<&Page>, spoken: &Spoken<'_>) -> Vec<(String, Template)> {
    let mut wanted = Vec::new();
    for (name, value) in sheet.entries() {
        if let Some(page) = page.filter(|page| !page.at.contains_key(name.value)) {
            let message = Message::new("adapter-unknown-thing").with("name", name.value).with("page", &page.name);
            let mend = suggestion(name.value, page.at.keys().map(String::as_str));
            sheet.findings.error(name.span.clone(), message, mend);
        }
        let template = sheet.as_text(value).and_then(|text| spoken.later().template(sheet.findings, &text));
        wanted.extend(template.map(|template| (name.value.to_owned(), template)));
    }
    wanted
}

fn read_form(sheet: Sheet<'_>, system: Option<&System>, spoken: &Spoken<'_>) -> EntryForm {
    let http = sheet.text("via").is_some_and(|text| via(&sheet, &text));
    let read = |placed: &Placed<'_>| candidates(sheet.findings, &sheet.as_texts(placed));
    let steps = form::steps(&sheet, system, spoken, http);
    let proof = sheet.table("proof").map_or_else(Vec::new, |proof| proofs(&proof));
    let [done, refused, doubt] = ["done", "refused", "doubt"].map(|key| sheet.get(key).map(read));
    let charset = sheet.text("charset").and_then(|text| charset(&sheet, &text));
    if proof.is_empty() && done.is_none() {
        let (message, mend) = (Message::new("adapter-no-proof"), Message::new("adapter-no-proof-mend"));
        sheet.findings.error(sheet.span.clone(), message, mend);
    }
    let within = sheet.text("within").and_then(|text| time_span(&sheet, &text)).unwrap_or(WITHIN);
    sheet.finish();
    EntryForm { http, charset, steps, proof, done, refused, doubt, within }
}

fn proofs(sheet: &Sheet<'_>) -> Vec<(String, Candidates)> {
    let proof = |(name, value): (Text<'_>, &Placed<'_>)| {
        (name.value.to_owned(), candidates(sheet.findings, &sheet.as_texts(value)))
    };
    sheet.entries().into_iter().map(|(name, value)| proof((name, value))).collect()
}

/// Whether the form is posted over plain HTTP.
fn via(sheet: &Sheet<'_>, text: &Text<'_>) -> bool {
    if !matches!(text.value, "http" | "browser") {
        let message = Message::new("adapter-word").with("word", text.value);
        sheet.findings.error(text.span.clone(), message, suggestion(text.value, ["http", "browser"]));
    }
    text.value == "http"
}
