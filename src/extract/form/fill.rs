//! Filling a form by what a person sees.

use scraper::{ElementRef, Html};

use super::{
    Form, Press, Submission,
    entries::{Held, barred, chosen, kind, option_disabled, option_value, owner, text, ticked},
    script::{Effect, effect},
};
use crate::{
    adapter::Candidates,
    extract::{
        Document, ExtractError,
        control::{caption, controls, is_control},
        css::{parent, select},
        thing,
        words::{key, nearest, normal},
    },
};

/// Options named in an error at most.
const MOST_NAMED: usize = 20;

/// Between the words for several options or boxes.
const SEPARATOR: char = '、';

/// What filling one thing did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The name under which the form sends it.
    pub control: String,
    /// What the form sends under it now; of several values, joined with commas.
    pub value: String,
    /// Whether it holds anything else than before.
    pub changed: bool,
    /// What the page sends at once because of this change, by itself.
    pub posts_back: Option<Submission>,
    /// Whether a script that only the page knows listens to the change.
    pub scripted: bool,
    /// Names and values that the form has to send for it, one by one.
    pub sends: Vec<(String, String)>,
}

impl<'a> Form<'a> {
    /// Fills one thing by what a person sees: the text of an option, the words beside a box (`true` and `false` for a box on
    /// its own), a text. Several options or boxes are joined by `、`.
    ///
    /// # Errors
    /// When it is not there, can't be filled, or offers no such thing.
    pub fn fill(&mut self, thing: &Candidates, words: &str) -> Result<Filled, ExtractError> {
        let page: &'a Document = self.page;
        let refuse = |why: String| thing::error(thing, why);
        let Document::Html(html) = page else {
            return Err(refuse("the page is a JSON answer; there is nothing to fill".to_owned()));
        };
        let mut found: Vec<ElementRef<'a>> = Vec::new();
        for element in thing::things(thing, page)? {
            let inner = if is_control(element) || hidden_field(element) { vec![element] } else { controls(element) };
            found.extend(inner.into_iter().filter(|control| !found.contains(control)).collect::<Vec<_>>());
        }
        if found.is_empty() {
            return Err(refuse("nothing there can be filled".to_owned()));
        }
        if found.iter().any(|control| barred(*control)) {
            return Err(refuse("the field is disabled".to_owned()));
        }
        let changed = self.change(html, &found, words).map_err(refuse)?;
        let filled = self.filled(html, &found, &changed);
        self.reaches(html, &found, &filled).map_err(refuse)?;
        Ok(filled)
    }

    /// Changes the controls; the ones that changed.
    fn change(&mut self, html: &'a Html, found: &[ElementRef<'a>], words: &str) -> Result<Vec<ElementRef<'a>>, String> {
        if found.iter().all(|control| is_box(*control)) {
            return self.tick(html, found, words);
        }
        match found {
            [control] if control.value().name() == "select" => self.choose(*control, words),
            [control] => self.write(*control, words),
            several => Err(format!("it fits {} fields", several.len())),
        }
    }

    fn write(&mut self, control: ElementRef<'a>, words: &str) -> Result<Vec<ElementRef<'a>>, String> {
        if kind(control) == "file" {
            return Err("it takes a file".to_owned());
        }
        if text(control, &self.changes) != words && control.attr("readonly").is_some() {
            return Err("the field is read-only: only a script of the page fills it".to_owned());
        }
        let longest = control.attr("maxlength").and_then(|text| text.trim().parse::<usize>().ok());
        if longest.is_some_and(|longest| words.encode_utf16().count() > longest) {
            return Err(format!("the field takes {} letters at most", longest.unwrap_or_default()));
        }
        if text(control, &self.changes) == words {
            return Ok(Vec::new());
        }
        self.changes.insert(control.id(), Held::Text(words.to_owned()));
        Ok(vec![control])
    }

    fn choose(&mut self, choice: ElementRef<'a>, words: &str) -> Result<Vec<ElementRef<'a>>, String> {
        let options = select(choice, "option");
        let offered: Vec<String> = options.iter().map(|option| key(&option.text().collect::<String>())).collect();
        let wanted = wanted(words, &offered, choice.attr("multiple").is_some())?;
        let mut picked = Vec::new();
        for name in &wanted {
            let named: Vec<_> = (0..options.len()).filter(|at| offered[*at] == *name).collect();
            let first = options[named[0]];
            if named.iter().any(|at| option_value(options[*at]) != option_value(first)) {
                return Err(format!("{} options show {name}", named.len()));
            }
            if option_disabled(first) {
                return Err(format!("the option {name} is disabled"));
            }
            picked.push(first);
        }
        if chosen(choice, &self.changes) == picked {
            return Ok(Vec::new());
        }
        for option in options {
            self.changes.insert(option.id(), Held::Ticked(picked.contains(&option)));
        }
        Ok(vec![choice])
    }

    fn tick(&mut self, html: &'a Html, boxes: &[ElementRef<'a>], words: &str) -> Result<Vec<ElementRef<'a>>, String> {
        let captions: Vec<String> = boxes.iter().map(|own| key(&caption(*own))).collect();
        let alone = match (boxes.len(), normal(words).as_str()) {
            (1, "true" | "是") => Some(true),
            (1, "false" | "否") => Some(false),
            _ => None,
        };
        let radio = kind(boxes[0]) == "radio";
        let wanted = if alone.is_none() { wanted(words, &captions, !radio)? } else { Vec::new() };
        let group = |control: ElementRef<'a>| (owner(html, control), control.attr("name").unwrap_or_default());
        let mut changed = Vec::new();
        for (control, caption) in boxes.iter().zip(&captions) {
            let now = alone.unwrap_or_else(|| wanted.contains(caption));
            if ticked(*control, &self.changes) == now {
                continue;
            }
            self.changes.insert(control.id(), Held::Ticked(now));
            if !radio || now {
                changed.push(*control);
            }
            // Of the radios of one name, one is ticked.
            if radio && now {
                let all = select(html.root_element(), "input[type=radio i]");
                for other in all.into_iter().filter(|other| other != control && group(*other) == group(*control)) {
                    self.changes.insert(other.id(), Held::Ticked(false));
                }
            }
        }
        Ok(changed)
    }

    fn filled(&self, html: &'a Html, found: &[ElementRef<'a>], changed: &[ElementRef<'a>]) -> Filled {
        let effects = changed.iter().map(|control| (*control, change_effect(*control)));
        let mut posts_back = None;
        let mut scripted = false;
        for (control, effect) in effects {
            match self.apply(html, control, effect.clone()) {
                Press::Submit(submission) => posts_back = Some(submission),
                Press::Go(_) | Press::Absent | Press::Disabled | Press::Inert | Press::Script => {
                    scripted |= effect != Effect::Nothing;
                }
            }
        }
        let values: Vec<String> = found.iter().flat_map(|control| self.values(*control)).collect();
        let control = changed.first().or(found.first()).and_then(|control| control.attr("name")).unwrap_or_default();
        let named = |control: &ElementRef<'a>| control.attr("name").unwrap_or_default().to_owned();
        let sends = found.iter().flat_map(|control| {
            let name = named(control);
            self.values(*control).into_iter().map(move |value| (name.clone(), value))
        });
        Filled {
            control: control.to_owned(),
            value: values.join(","),
            changed: !changed.is_empty(),
            posts_back,
            scripted,
            sends: sends.collect(),
        }
    }

    /// Whether what was filled reaches anybody: a form sends nothing of what has no name, and no script fills what lies beside it.
    fn reaches(&self, html: &'a Html, found: &[ElementRef<'a>], filled: &Filled) -> Result<(), String> {
        if filled.posts_back.is_some() || !filled.changed {
            return Ok(());
        }
        if filled.sends.iter().any(|(name, _)| name.is_empty()) {
            return Err("it has no name, so a form sends nothing of it".to_owned());
        }
        let Some(form) = found.first().and_then(|control| owner(html, *control)) else { return Ok(()) };
        let labelled = |place: ElementRef<'a>| match place.value().name() {
            "label" => parent(place).unwrap_or(place),
            _ => place,
        };
        let seen = found.iter().filter(|control| !hidden_field(**control));
        let beside = seen.filter_map(|control| parent(*control)).map(labelled);
        for partner in beside.flat_map(|place| select(place, "input[type=hidden i][name]")) {
            let name = partner.attr("name").unwrap_or_default();
            let alone = owner(html, partner) == Some(form) && text(partner, &self.changes).trim().is_empty();
            if alone && !barred(partner) && related(name, &filled.control) {
                return Err(format!(
                    "the form sends nothing as `{name}` beside it, which only a script of the page fills; remove via = \"http\" from [enter.form]"
                ));
            }
        }
        Ok(())
    }

    fn values(&self, control: ElementRef<'a>) -> Vec<String> {
        if is_box(control) {
            let value = control.attr("value").unwrap_or("on").to_owned();
            return ticked(control, &self.changes).then_some(value).into_iter().collect();
        }
        if control.value().name() == "select" {
            return chosen(control, &self.changes).into_iter().map(option_value).collect();
        }
        vec![text(control, &self.changes)]
    }
}

/// Which of what is offered the words mean: all of them, or each part of them where there may be several.
fn wanted(words: &str, offered: &[String], several: bool) -> Result<Vec<String>, String> {
    let whole = key(words);
    if offered.contains(&whole) {
        return Ok(vec![whole]);
    }
    if several && whole.is_empty() {
        return Ok(Vec::new());
    }
    let parts: Vec<String> = words.split(SEPARATOR).map(key).collect();
    if several && parts.len() > 1 && parts.iter().all(|part| offered.contains(part)) {
        return Ok(parts);
    }
    let meant = nearest(&whole, offered.iter().map(String::as_str).filter(|name| !name.is_empty()));
    let meant = meant.map_or_else(String::new, |name| format!("; did you mean {name}?"));
    let mut named: Vec<&str> = offered.iter().map(String::as_str).collect();
    named.truncate(MOST_NAMED);
    Err(format!("it does not offer {whole}; there are {}{meant}", named.join(", ")))
}

/// Letters that the names of two fields of one thing share at their beginning, at least.
const STEM: usize = 3;

/// Whether two names are of one thing: `applied` and `applied_show`, `unitName` and `unitId`.
fn related(one: &str, other: &str) -> bool {
    let bare = |name: &str| name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<Vec<_>>();
    let (a, b) = (bare(one), bare(other));
    let (short, long) = if a.len() < b.len() { (&a, &b) } else { (&b, &a) };
    if short.is_empty() || one == other {
        return false;
    }
    let shared = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    long.windows(short.len()).any(|part| part == short.as_slice()) || (shared >= STEM && shared * 2 >= short.len())
}

fn is_box(control: ElementRef<'_>) -> bool {
    control.value().name() == "input" && matches!(kind(control).as_str(), "checkbox" | "radio")
}

fn hidden_field(element: ElementRef<'_>) -> bool {
    element.value().name() == "input" && kind(element) == "hidden"
}

/// What the page says that a change of this control does. Boxes say it as a click, lists of boxes around themselves.
fn change_effect(control: ElementRef<'_>) -> Effect {
    let attributes: &[&str] = if is_box(control) { &["onchange", "onclick"] } else { &["onchange"] };
    let phrases = attributes.iter().filter_map(|name| control.attr(name)).map(effect);
    phrases.into_iter().find(|effect| *effect != Effect::Nothing).unwrap_or(Effect::Nothing)
}
