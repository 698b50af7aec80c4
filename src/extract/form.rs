//! What plain HTML says that pressing or filling something does. No script is run; the few phrases that pages write into
//! their attributes (post-backs, `this.form.submit()`) are read as what they say.

mod encode;
mod entries;
mod fill;
mod script;

use scraper::{ElementRef, Html};

pub use self::{
    encode::{address, encode, encode_parts},
    fill::Filled,
};
use self::{
    entries::{Changes, owner},
    script::{Effect, effect},
};
use super::{
    Document, ExtractError,
    css::{self, ancestors},
    shown::{shown, visible},
    thing,
    words::key,
};
use crate::adapter::{Candidates, Page};

/// The hidden fields by which a post-back says what was pressed.
const EVENT_TARGET: &str = "__EVENTTARGET";
const EVENT_ARGUMENT: &str = "__EVENTARGUMENT";

/// How a form is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The fields replace the query of the address.
    Get,
    /// The fields are the body.
    Post,
}

/// A form as it would be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// How.
    pub method: Method,
    /// Where to, as written: relative, or empty for the page's own address.
    pub action: String,
    /// Names and values in the page's order.
    pub fields: Vec<(String, String)>,
    /// Whether the form asks for `multipart/form-data`.
    pub multipart: bool,
    /// The names of those fields that take files; no file is ever in them.
    pub files: Vec<String>,
    /// The encoding that the form itself asks for (`accept-charset`), where it names one that is known; else it has its page's.
    pub charset: Option<&'static encoding_rs::Encoding>,
}

/// What happens when a person presses something, as far as plain HTML says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// Another page is opened: its address as written.
    Go(String),
    /// A form is sent.
    Submit(Submission),
    /// There is no such thing.
    Absent,
    /// It is there and says that it can't be pressed: the last page's "next".
    Disabled,
    /// It is there, and nothing in the HTML makes it do anything: over plain HTTP an end as well; in a browser a script may
    /// listen.
    Inert,
    /// Only a script of the page knows.
    Script,
}

/// What happens when a person presses this thing of a page that was just opened.
///
/// # Errors
/// When several things are there that do not do the same.
pub fn press(page: &Document, thing: &Candidates) -> Result<Press, ExtractError> {
    Form::of(page).press(thing)
}

/// What happens when a person presses this thing of a list's record (counted from 0).
///
/// # Errors
/// When the list has no such record, or several things are there that do not do the same.
pub fn press_row(page: &Page, document: &Document, record: usize, thing: &Candidates) -> Result<Press, ExtractError> {
    let found = thing::in_record(page, document, record, thing)?;
    Form::of(document).pressed(thing, found)
}

/// What a person's filling of one thing does on a page that was just opened.
///
/// # Errors
/// As [`Form::fill`].
pub fn fill(page: &Document, thing: &Candidates, words: &str) -> Result<Filled, ExtractError> {
    Form::of(page).fill(thing, words)
}

/// A page whose forms are being filled.
#[derive(Clone, Debug)]
pub struct Form<'a> {
    page: &'a Document,
    changes: Changes,
}

impl<'a> Form<'a> {
    /// The page as it was opened.
    pub fn of(page: &'a Document) -> Self {
        Self { page, changes: Changes::default() }
    }

    /// What happens when a person presses this thing now.
    ///
    /// # Errors
    /// When several things are there that do not do the same.
    pub fn press(&self, thing: &Candidates) -> Result<Press, ExtractError> {
        let found = thing::things(thing, self.page)?;
        self.pressed(thing, found)
    }

    fn pressed(&self, thing: &Candidates, found: Vec<ElementRef<'a>>) -> Result<Press, ExtractError> {
        let Document::Html(page) = self.page else {
            return Ok(Press::Absent);
        };
        let mut presses: Vec<Press> = Vec::new();
        for element in found {
            let press = self.press_of(page, element);
            if !presses.contains(&press) {
                presses.push(press);
            }
        }
        match presses.len() {
            0 => Ok(Press::Absent),
            1 => Ok(presses.remove(0)),
            several => Err(thing::error(thing, format!("it fits things that do {several} different things"))),
        }
    }

    fn press_of(&self, page: &'a Html, element: ElementRef<'a>) -> Press {
        if disabled(element) {
            return Press::Disabled;
        }
        let Some(carrier) = carrier(element) else {
            return if listens(element) { Press::Script } else { Press::Inert };
        };
        if disabled(carrier) {
            return Press::Disabled;
        }
        let onclick = carrier.attr("onclick").map_or(Effect::Nothing, effect);
        match (carrier.value().name(), onclick) {
            ("button" | "input", onclick) => self.button(page, carrier, onclick),
            ("a" | "area", onclick) if carrier.attr("href").is_some() => self.link(page, carrier, onclick),
            (_, Effect::Nothing) => Press::Script,
            (_, effect) => self.apply(page, carrier, effect),
        }
    }

    fn link(&self, page: &'a Html, link: ElementRef<'a>, onclick: Effect) -> Press {
        let href = link.attr("href").unwrap_or_default().trim();
        let scheme = href.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        let leads =
            !href.starts_with('#') && !matches!(scheme.as_deref(), Some("javascript" | "mailto" | "tel" | "data"));
        match onclick {
            Effect::Nothing | Effect::Unknown { vetoes: false } if leads => Press::Go(href.to_owned()),
            Effect::Nothing if scheme.as_deref() == Some("javascript") => match effect(href) {
                Effect::Nothing => Press::Script,
                effect => self.apply(page, link, effect),
            },
            Effect::Nothing => Press::Script,
            effect => self.apply(page, link, effect),
        }
    }

    fn button(&self, page: &'a Html, button: ElementRef<'a>, onclick: Effect) -> Press {
        let default = if button.value().name() == "button" { "submit" } else { "text" };
        let kind = button.attr("type").unwrap_or(default).trim().to_ascii_lowercase();
        let submits = matches!(kind.as_str(), "submit" | "image");
        match (onclick, owner(page, button)) {
            (Effect::Nothing, Some(form)) if submits => self.submit(page, form, Some(button)),
            (Effect::Nothing, _) => Press::Script,
            (effect, _) => self.apply(page, button, effect),
        }
    }

    /// What a phrase of script in an element's attribute does.
    fn apply(&self, page: &'a Html, element: ElementRef<'a>, effect: Effect) -> Press {
        match effect {
            Effect::Go(address) => Press::Go(address),
            Effect::PostBack { target, argument, action } => self.post_back(page, element, &target, &argument, action),
            Effect::SubmitOwn => owner(page, element).map_or(Press::Script, |form| self.send(page, form)),
            Effect::SubmitNamed(name) => named_form(page, &name).map_or(Press::Script, |form| self.send(page, form)),
            Effect::Nothing | Effect::Unknown { .. } => Press::Script,
        }
    }

    /// A form as its button sends it.
    fn submit(&self, page: &'a Html, form: ElementRef<'a>, button: Option<ElementRef<'a>>) -> Press {
        match form.attr("onsubmit").map_or(Effect::Nothing, effect) {
            Effect::Nothing => self.submission(page, form, button).map_or(Press::Script, Press::Submit),
            _ => Press::Script,
        }
    }

    /// A form as a script sends it: without a button, and without asking `onsubmit`.
    fn send(&self, page: &'a Html, form: ElementRef<'a>) -> Press {
        self.submission(page, form, None).map_or(Press::Script, Press::Submit)
    }

    fn submission(&self, page: &'a Html, form: ElementRef<'a>, button: Option<ElementRef<'a>>) -> Option<Submission> {
        let stated = |own: &str, buttons: &str| {
            let text = button.and_then(|button| button.attr(buttons)).or(form.attr(own)).unwrap_or_default();
            text.trim().to_owned()
        };
        let method = match stated("method", "formmethod").to_ascii_lowercase().as_str() {
            "post" => Method::Post,
            "dialog" => return None,
            _ => Method::Get,
        };
        Some(Submission {
            method,
            action: stated("action", "formaction"),
            fields: entries::entries(page, form, button, &self.changes),
            multipart: method == Method::Post
                && stated("enctype", "formenctype").eq_ignore_ascii_case("multipart/form-data"),
            files: entries::files(page, form),
            charset: accepted(form),
        })
    }

    fn post_back(
        &self,
        page: &'a Html,
        element: ElementRef<'a>,
        target: &str,
        argument: &str,
        action: Option<String>,
    ) -> Press {
        let Some(form) = post_back_form(page, element) else {
            return Press::Script;
        };
        let Press::Submit(mut submission) = self.submit(page, form, None) else {
            return Press::Script;
        };
        for (name, value) in [(EVENT_ARGUMENT, argument), (EVENT_TARGET, target)] {
            match submission.fields.iter_mut().find(|(own, _)| own == name) {
                Some((_, own)) => value.clone_into(own),
                None => submission.fields.insert(0, (name.to_owned(), value.to_owned())),
            }
        }
        if let Some(action) = action {
            submission.action = action;
        }
        Press::Submit(submission)
    }
}

/// The form that post-backs send: the one with the hidden field for it, or else the element's own, or the only one.
fn post_back_form<'a>(page: &'a Html, element: ElementRef<'a>) -> Option<ElementRef<'a>> {
    let mut forms = css::select(page.root_element(), "form");
    if let Some(form) = owner(page, element) {
        return Some(form);
    }
    forms.retain(|form| {
        let hidden = css::select(*form, "input[name=__EVENTTARGET], input[name=__VIEWSTATE]");
        !hidden.is_empty()
    });
    match forms.as_slice() {
        [form] => Some(*form),
        _ => None,
    }
}

/// The form that a script calls by its name, its id or its number.
fn named_form<'a>(page: &'a Html, name: &str) -> Option<ElementRef<'a>> {
    let forms = css::select(page.root_element(), "form");
    if let Ok(number) = name.parse::<usize>() {
        return forms.get(number).copied();
    }
    forms.into_iter().find(|form| form.attr("name") == Some(name) || form.attr("id") == Some(name))
}

/// The first encoding of `accept-charset` that is known.
fn accepted(form: ElementRef<'_>) -> Option<&'static encoding_rs::Encoding> {
    let named = form.attr("accept-charset")?.split([' ', ',', ';', '\t', '\n']).filter(|label| !label.is_empty());
    named.filter_map(|label| encoding_rs::Encoding::for_label(label.as_bytes())).next()
}

/// What takes the press of this element: itself, the one such thing in it, or what it lies in.
fn carrier(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    if carries(element) {
        return Some(element);
    }
    let inner: Vec<_> = visible(element).filter(|inner| carries(*inner)).collect();
    if let [inner] = inner.as_slice() {
        return Some(*inner);
    }
    ancestors(element)
        .take_while(|around| !matches!(around.value().name(), "body" | "html"))
        .find(|around| carries(*around))
}

fn carries(element: ElementRef<'_>) -> bool {
    let made_for_it = match element.value().name() {
        "a" | "area" => element.attr("href").is_some(),
        "button" => true,
        "input" => {
            let kind = element.attr("type").unwrap_or_default().to_ascii_lowercase();
            matches!(kind.as_str(), "submit" | "image" | "button" | "reset")
        }
        _ => false,
    };
    made_for_it || element.attr("onclick").is_some()
}

/// Whether something about the element says that a script listens: it can be reached by keyboard, has a role, an event's name.
fn listens(element: ElementRef<'_>) -> bool {
    let says = |element: ElementRef<'_>| {
        element.value().attrs().any(|(name, value)| match name {
            "tabindex" => value.trim() != "-1",
            "aria-disabled" => value == "false",
            "role" => matches!(value, "button" | "link" | "tab" | "menuitem" | "option"),
            _ => name.starts_with("lay-") || name == "data-toggle" || name == "data-bs-toggle" || name == "data-page",
        })
    };
    alone(element).any(says)
}

/// Whether the element says that it can't be pressed, or what shows nothing but it does.
fn disabled(element: ElementRef<'_>) -> bool {
    alone(element).any(|element| {
        let value = element.value();
        value.attr("disabled").is_some_and(|text| text != "false")
            || value.attr("aria-disabled").is_some_and(|text| text.eq_ignore_ascii_case("true"))
            || value.classes().any(says_disabled)
    })
}

fn says_disabled(class: &str) -> bool {
    let class = class.to_ascii_lowercase();
    matches!(class.as_str(), "disabled" | "disable" | "aspnetdisabled")
        || ["-disabled", "_disabled", "-disable"].iter().any(|end| class.ends_with(end))
}

/// The element, what lies around it and what lies in it, as far as that shows the same and nothing else.
fn alone(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    let says = key(&shown(element));
    let same = move |other: &ElementRef<'_>| key(&shown(*other)) == says;
    let around: Vec<_> = ancestors(element).take_while(&same).collect();
    let inside: Vec<_> =
        if key(&shown(element)).is_empty() { Vec::new() } else { visible(element).skip(1).filter(&same).collect() };
    [element].into_iter().chain(around).chain(inside)
}
