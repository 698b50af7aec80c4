//! The steps in a form, followed on paper as those of a login are.

use super::{
    enter::Spoken,
    login::{Opened, find_page, find_thing, read_ask},
    page::check_name,
};
use crate::{
    adapter::{FORM_KEYS, FieldStep, FormStep, System, Verb, nearest::suggestion, sheet::Sheet},
    base::Message,
};

/// The verbs that put something into fields.
const VERBS: [(&str, Verb); 4] =
    [("fill", Verb::Fill), ("choose", Verb::Choose), ("date", Verb::Date), ("upload", Verb::Upload)];
/// What a step may be; exactly one of these.
const STEPS: [&str; 14] = [
    "open", "on", "fill", "choose", "date", "upload", "click", "press", "wait", "dialog", "read", "ask", "compare",
    "submit",
];

/// Reads the steps; the last one must submit, and no other may.
pub(super) fn steps(sheet: &Sheet<'_>, system: Option<&System>, spoken: &Spoken<'_>, http: bool) -> Vec<FormStep> {
    sheet.require("steps", Message::new("adapter-missing-mend").with("line", "steps = [ { open = \"…\" } ]"));
    let mut page = Opened::Nothing;
    let mut steps: Vec<FormStep> = Vec::new();
    let written = sheet.tables("steps");
    if written.is_empty() && sheet.get("steps").is_some() {
        let (message, mend) = (Message::new("adapter-submit"), Message::new("adapter-submit-mend"));
        sheet.findings.error(sheet.key_span("steps"), message, mend);
    }
    let last = written.len().saturating_sub(1);
    for (at, step) in written.into_iter().enumerate() {
        let read = read_step(&step, system, &mut page, spoken);
        let submits = matches!(read, Some(FormStep::Submit { .. }));
        if submits != (at == last) && read.is_some() {
            let (message, mend) = (Message::new("adapter-submit"), Message::new("adapter-submit-mend"));
            step.findings.error(step.span.clone(), message, mend);
        }
        if http {
            check_http(&step);
        }
        step.finish();
        match (steps.last_mut(), read) {
            // Fields in a row are entered together.
            (Some(FormStep::Fields(before)), Some(FormStep::Fields(more))) => before.extend(more),
            (_, Some(read)) => steps.push(read),
            (_, None) => {}
        }
    }
    steps
}

/// What only a browser can do.
fn check_http(step: &Sheet<'_>) {
    for key in ["upload", "dialog", "ask", "window", "press", "read"] {
        if step.get(key).is_some() {
            let message = Message::new("adapter-http-step").with("step", key);
            step.findings.error(step.key_span(key), message, Message::new("adapter-http-step-mend"));
        }
    }
}

fn read_step<'s>(
    step: &Sheet<'_>,
    system: Option<&'s System>,
    page: &mut Opened<'s>,
    spoken: &Spoken<'_>,
) -> Option<FormStep> {
    let named = STEPS.into_iter().filter(|key| step.get(key).is_some()).count();
    // A step with a key that is none is told by that key.
    if named > 1 || step.entries().is_empty() {
        step.findings.error(step.span.clone(), Message::new("adapter-step"), Message::new("adapter-form-step-mend"));
    }
    for (key, opens) in [("open", true), ("on", false)] {
        if let Some(name) = step.text(key) {
            *page = match system {
                None => Opened::Unknown,
                Some(system) => find_page(step, &name, system).map_or(Opened::Unknown, Opened::Page),
            };
            let name = name.value.to_owned();
            return Some(if opens { FormStep::Open(name) } else { FormStep::On(name) });
        }
    }
    if let Some((thing, wait)) =
        step.text("click").map(|text| (text, false)).or(step.text("wait").map(|text| (text, true)))
    {
        find_thing(step, &thing, page);
        let (thing, window) = (thing.value.to_owned(), !wait && step.flag("window"));
        return Some(if wait { FormStep::Wait(thing) } else { FormStep::Click { thing, window } });
    }
    if let Some(dialog) = step.table("dialog") {
        return read_dialog(dialog);
    }
    if let Some(press) = step.table("press") {
        return read_press(&press, page);
    }
    if let Some(read) = step.table("read") {
        let mut named = Vec::new();
        for (name, value) in read.entries() {
            let Some(thing) = read.as_text(value) else { continue };
            check_name(read.findings, &name);
            find_thing(&read, &thing, page);
            named.push((name.value.to_owned(), thing.value.to_owned()));
        }
        return Some(FormStep::Read(named));
    }
    if let Some(ask) = step.table("ask") {
        return read_ask(&ask, page).map(FormStep::Ask);
    }
    if step.get("compare").is_some() {
        step.flag("compare");
        return Some(FormStep::Compare);
    }
    if let Some(submit) = step.text("submit") {
        find_thing(step, &submit, page);
        let confirm = step.text("confirm").map(|words| words.value.to_owned());
        return Some(FormStep::Submit { thing: submit.value.to_owned(), confirm });
    }
    let (key, verb) = VERBS.into_iter().find(|(key, _)| step.get(key).is_some())?;
    let table = step.table(key)?;
    let mut fields = Vec::new();
    for (name, value) in table.entries() {
        find_thing(step, &name, page);
        let template = table.as_text(value).and_then(|text| spoken.later().template(step.findings, &text));
        fields.extend(template.map(|value| FieldStep { thing: name.value.to_owned(), verb, value }));
    }
    Some(FormStep::Fields(fields))
}

/// `{ thing = "Enter" }`: the thing that has the focus, and the key.
fn read_press(press: &Sheet<'_>, page: &Opened<'_>) -> Option<FormStep> {
    let entries = press.entries();
    let [(thing, key)] = entries.as_slice() else {
        let mend = Message::new("adapter-write").with("meant", "press = { keyword = \"Enter\" }");
        press.findings.error(press.span.clone(), Message::new("adapter-form-press"), mend);
        return None;
    };
    let key = press.as_text(key)?;
    find_thing(press, thing, page);
    if !FORM_KEYS.contains(&key.value) {
        let message = Message::new("adapter-word").with("word", key.value);
        press.findings.error(key.span.clone(), message, suggestion(key.value, FORM_KEYS));
    }
    Some(FormStep::Press { thing: thing.value.to_owned(), key: key.value.to_owned() })
}

/// `{ confirm = "words" }` or `{ dismiss = "words" }`.
fn read_dialog(dialog: Sheet<'_>) -> Option<FormStep> {
    let (confirm, dismiss) = (dialog.text("confirm"), dialog.text("dismiss"));
    let accept = confirm.is_some();
    if confirm.is_some() == dismiss.is_some() {
        let mend = Message::new("adapter-write").with("meant", "dialog = { confirm = \"…\" }");
        dialog.findings.error(dialog.span.clone(), Message::new("adapter-dialog"), mend);
    }
    dialog.finish();
    let words = confirm.or(dismiss)?.value.to_owned();
    Some(FormStep::Dialog { words, accept })
}
