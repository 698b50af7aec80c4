//! `[login]` of a bot: steps that are followed on paper, so that none points at a thing that is not there.

use std::{
    fs,
    path::{Component, Path},
};

use rustls::pki_types::{CertificateDer, pem::PemObject};

use super::{expressions::Names, schedule::time_span};
use crate::{
    adapter::{
        Ask, AskKind, Candidates, Find, Page, SignIn, Step, System, Template,
        nearest::suggestion,
        sheet::{Sheet, Text},
    },
    base::Message,
};

/// Words by which a field for a secret is known.
const SECRET_WORDS: &[&str] = &["password", "passwd", "pwd", "secret", "密码", "口令"];

/// How a login may be done, as it is written.
const WAYS: &[(&str, SignIn)] = &[
    ("steps", SignIn::Steps),
    ("basic", SignIn::Basic),
    ("certificate", SignIn::Certificate),
    ("lent", SignIn::Lent),
    ("none", SignIn::Nothing),
];

/// `[login]` of a bot.
#[derive(Default)]
pub(super) struct Login {
    pub(super) sign_in: SignIn,
    pub(super) steps: Vec<Step>,
    /// The PEM text of the authority that is named.
    pub(super) authority: Option<String>,
}

/// Reads how to sign in, the steps, and who vouches for the system.
pub(super) fn read(sheet: Sheet<'_>, system: Option<&System>, root: &Path) -> Login {
    let by = sheet.text("by").map_or(SignIn::Steps, |text| {
        let found = WAYS.iter().find(|(word, _)| *word == text.value);
        if found.is_none() {
            let message = Message::new("adapter-word").with("word", text.value);
            sheet.findings.error(text.span, message, suggestion(text.value, WAYS.iter().map(|(word, _)| *word)));
        }
        found.map_or(SignIn::Steps, |(_, way)| *way)
    });
    if by == SignIn::Steps {
        sheet.require("steps", Message::new("adapter-missing-mend").with("line", "steps = [ { open = \"…\" } ]"));
    } else if sheet.get("steps").is_some() {
        sheet.findings.error(
            sheet.key_span("steps"),
            Message::new("adapter-steps"),
            Message::new("adapter-steps-mend"),
        );
    }
    let mut page = Opened::Nothing;
    let mut steps = Vec::new();
    for step in sheet.tables("steps") {
        steps.extend(read_step(&step, system, &mut page));
        step.finish();
    }
    let authority = sheet.text("authority").and_then(|file| authority(&sheet, &file, root));
    sheet.finish();
    Login { sign_in: by, steps, authority }
}

/// The certificates in a file of the adapters' folder.
fn authority(sheet: &Sheet<'_>, file: &Text<'_>, root: &Path) -> Option<String> {
    let refuse = |id, mend| {
        let message = Message::new(id).with("file", file.value);
        sheet.findings.error(file.span.clone(), message, Message::new(mend));
    };
    let path = Path::new(file.value);
    if path.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        refuse("adapter-saved-outside", "adapter-authority-mend");
        return None;
    }
    let Ok(text) = fs::read_to_string(root.join(path)) else {
        refuse("adapter-saved-missing", "adapter-authority-mend");
        return None;
    };
    let mut certificates = CertificateDer::pem_slice_iter(text.as_bytes()).peekable();
    if certificates.peek().is_none() || certificates.any(|certificate| certificate.is_err()) {
        refuse("adapter-authority", "adapter-authority-mend");
        return None;
    }
    Some(text)
}

/// Whether something from the vault is needed.
pub(super) fn needs_account(by: SignIn, steps: &[Step]) -> bool {
    match by {
        SignIn::Nothing => false,
        SignIn::Steps => uses_secrets(steps),
        SignIn::Basic | SignIn::Certificate | SignIn::Lent => true,
    }
}

fn uses_secrets(steps: &[Step]) -> bool {
    let secret = |template: &Template| {
        template.expressions().any(|expression| expression.names().iter().any(|name| name.starts_with("secret.")))
    };
    steps.iter().any(|step| match step {
        Step::Fill(fields) => fields.iter().any(|(_, template)| secret(template)),
        Step::Open(_) | Step::Click(_) | Step::Ask(_) | Step::Accept(_) => false,
    })
}

/// The page that the steps so far have led to.
pub(super) enum Opened<'s> {
    Nothing,
    /// A page that is not known: nothing more can be said.
    Unknown,
    Page(&'s Page),
}

fn read_step<'s>(step: &Sheet<'_>, system: Option<&'s System>, page: &mut Opened<'s>) -> Option<Step> {
    let open = step.text("open");
    let fill = step.table("fill");
    let click = step.text("click");
    let (ask, accept) = (step.table("ask"), step.text("accept"));
    let named = ["open", "fill", "click", "ask", "accept"].into_iter().filter(|key| step.get(key).is_some()).count();
    // A step with a key that is none is told by that key.
    if named > 1 || step.entries().is_empty() {
        step.findings.error(step.span.clone(), Message::new("adapter-step"), Message::new("adapter-step-mend"));
    }
    if let Some(open) = open {
        *page = match system {
            None => Opened::Unknown,
            Some(system) => match find_page(step, &open, system) {
                Some(found) => Opened::Page(found),
                None => Opened::Unknown,
            },
        };
        return Some(Step::Open(open.value.to_owned()));
    }
    if let Some(click) = click {
        find_thing(step, &click, page);
        return Some(Step::Click(click.value.to_owned()));
    }
    if let Some(accept) = accept {
        return Some(Step::Accept(accept.value.to_owned()));
    }
    if let Some(ask) = ask {
        return read_ask(&ask, page).map(Step::Ask);
    }
    let fill = fill?;
    let mut filled = Vec::new();
    for (name, value) in fill.entries() {
        let thing = find_thing(step, &name, page);
        let Some(text) = fill.as_text(value) else { continue };
        let Some(template) = Names::secret().template(step.findings, &text) else { continue };
        let secret = is_secret(name.value) || thing.is_some_and(|found| found.0.iter().any(|l| is_secret(&l.written)));
        if secret && template.expressions().next().is_none() {
            let mend = Message::new("adapter-secret-mend").with("name", name.value);
            step.findings.error(text.span.clone(), Message::new("adapter-secret").with("name", name.value), mend);
        }
        filled.push((name.value.to_owned(), template));
    }
    Some(Step::Fill(filled))
}

/// `{ answer = "captcha" }`: the thing that takes the answer, and the thing that is shown; `as` and `within` say more of it.
pub(super) fn read_ask(ask: &Sheet<'_>, page: &Opened<'_>) -> Option<Ask> {
    let within = ask.text("within").and_then(|written| time_span(ask, &written));
    let kind = ask.text("as").map_or(Some(AskKind::default()), |written| {
        let found = AskKind::ALL.into_iter().find(|kind| kind.word() == written.value);
        if found.is_none() {
            let mend = suggestion(written.value, AskKind::ALL.map(AskKind::word));
            ask.findings.error(written.span.clone(), Message::new("adapter-ask-kind"), mend);
        }
        found
    });
    let mut entries = ask.entries();
    entries.retain(|(name, _)| !["as", "within"].contains(&name.value));
    let [(answer, picture)] = entries.as_slice() else {
        let mend = Message::new("adapter-write").with("meant", "ask = { answer = \"captcha\" }");
        ask.findings.error(ask.span.clone(), Message::new("adapter-ask"), mend);
        return None;
    };
    let picture = ask.as_text(picture)?;
    find_thing(ask, answer, page);
    find_thing(ask, &picture, page);
    Some(Ask { answer: answer.value.to_owned(), picture: picture.value.to_owned(), kind: kind?, within })
}

/// The page of that name; a mistake where there is none.
pub(super) fn find_page<'s>(sheet: &Sheet<'_>, name: &Text<'_>, system: &'s System) -> Option<&'s Page> {
    let found = system.pages.get(name.value);
    if found.is_none() {
        let message = Message::new("adapter-unknown-page").with("page", name.value).with("system", &system.name);
        let mend = suggestion(name.value, system.pages.keys().map(String::as_str));
        sheet.findings.error(name.span.clone(), message, mend);
    }
    found
}

pub(super) fn find_thing<'s>(step: &Sheet<'_>, name: &Text<'_>, page: &Opened<'s>) -> Option<&'s Candidates> {
    match page {
        Opened::Unknown => None,
        Opened::Nothing => {
            step.findings.error(
                name.span.clone(),
                Message::new("adapter-no-page"),
                Message::new("adapter-no-page-mend"),
            );
            None
        }
        Opened::Page(page) => {
            let found = page.at.get(name.value);
            if found.is_none() {
                let message = Message::new("adapter-unknown-thing").with("name", name.value).with("page", &page.name);
                let mend = suggestion(name.value, page.at.keys().map(String::as_str));
                step.findings.error(name.span.clone(), message, mend);
            } else if let Some(candidates) = found
                && candidates.0.iter().any(|locator| matches!(locator.find, Find::Json(_)))
            {
                let mend = Message::new("adapter-json-thing-mend");
                step.findings.error(name.span.clone(), Message::new("adapter-json-thing"), mend);
            }
            found
        }
    }
}

fn is_secret(word: &str) -> bool {
    let word = word.to_lowercase();
    SECRET_WORDS.iter().any(|secret| word.contains(secret))
}
