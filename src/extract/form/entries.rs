//! The successful controls of a form, as the HTML standard counts them.

use std::collections::HashMap;

use ego_tree::NodeId;
use scraper::{ElementRef, Html};

use crate::extract::css::{ancestors, by_id, select};

/// What was changed on a page since it was opened, by control (for a choice: by option).
pub(super) type Changes = HashMap<NodeId, Held>;

/// What a control holds after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// A text.
    Text(String),
    /// A box is ticked or not, an option chosen or not.
    Ticked(bool),
}

/// Whatever may be sent with a form.
const SUBMITTABLE: &str = "input, select, textarea, button";

/// Names and values that the form sends when this button (or none) is pressed.
pub(super) fn entries<'a>(
    page: &'a Html,
    form: ElementRef<'a>,
    button: Option<ElementRef<'a>>,
    changes: &Changes,
) -> Vec<(String, String)> {
    let controls = select(page.root_element(), SUBMITTABLE);
    let own = controls.into_iter().filter(|control| owner(page, *control) == Some(form) && !barred(*control));
    own.flat_map(|control| sent(control, button, changes)).collect()
}

/// The names of the form's fields that take files.
pub(super) fn files<'a>(page: &'a Html, form: ElementRef<'a>) -> Vec<String> {
    let own = select(page.root_element(), "input").into_iter().filter(|control| kind(*control) == "file");
    let own = own.filter(|control| owner(page, *control) == Some(form) && !barred(*control));
    own.filter_map(|control| control.attr("name").map(str::to_owned)).collect()
}

/// The form that a control belongs to.
pub(super) fn owner<'a>(page: &'a Html, control: ElementRef<'a>) -> Option<ElementRef<'a>> {
    if let Some(id) = control.attr("form").filter(|id| !id.is_empty()) {
        return by_id(control, id).filter(|named| named.value().name() == "form");
    }
    ancestors(control).find(|around| around.value().name() == "form").or_else(|| table_form(page, control))
}

/// Old pages write `<table><form><tr>`. A browser closes such a form at once and lets it own what follows in the table.
fn table_form<'a>(page: &'a Html, control: ElementRef<'a>) -> Option<ElementRef<'a>> {
    let table = ancestors(control).find(|around| around.value().name() == "table")?;
    let in_table = |form: &ElementRef<'a>| {
        let parent = ancestors(*form).next().map(|around| around.value().name());
        form.child_elements().next().is_none() && matches!(parent, Some("table" | "tbody" | "thead" | "tfoot" | "tr"))
    };
    let around = |form: &ElementRef<'a>| ancestors(*form).any(|around| around == table);
    let mut before = None;
    for element in select(page.root_element(), "form, input, select, textarea, button, a") {
        if element == control {
            break;
        }
        if element.value().name() == "form" && in_table(&element) && around(&element) {
            before = Some(element);
        }
    }
    before
}

/// Whether a control is never sent: disabled, by itself or by a field set around it, or part of a list of proposals.
pub(super) fn barred(control: ElementRef<'_>) -> bool {
    let legend = |fieldset: ElementRef<'_>| {
        let first = fieldset.child_elements().find(|child| child.value().name() == "legend");
        first.is_some_and(|legend| ancestors(control).any(|around| around == legend))
    };
    let bars = |around: ElementRef<'_>| match around.value().name() {
        "fieldset" => around.attr("disabled").is_some() && !legend(around),
        "datalist" | "template" => true,
        _ => false,
    };
    control.attr("disabled").is_some() || ancestors(control).any(bars)
}

/// What one control sends.
fn sent(control: ElementRef<'_>, button: Option<ElementRef<'_>>, changes: &Changes) -> Vec<(String, String)> {
    let name = control.attr("name").unwrap_or_default();
    let pair = |value: &str| vec![(name.to_owned(), value.to_owned())];
    let pressed = button == Some(control);
    let kind = kind(control);
    match (control.value().name(), kind.as_str()) {
        ("input", "image") if pressed => {
            let point = |axis: &str| if name.is_empty() { axis.to_owned() } else { format!("{name}.{axis}") };
            vec![(point("x"), "0".to_owned()), (point("y"), "0".to_owned())]
        }
        _ if name.is_empty() => Vec::new(),
        ("input", "submit") | ("button", "submit") if pressed => pair(control.attr("value").unwrap_or_default()),
        ("button", _) | ("input", "submit" | "button" | "reset" | "image") => Vec::new(),
        ("input", "checkbox" | "radio") => {
            if ticked(control, changes) {
                pair(control.attr("value").unwrap_or("on"))
            } else {
                Vec::new()
            }
        }
        ("select", _) => {
            let chosen = chosen(control, changes).into_iter().filter(|option| !option_disabled(*option));
            chosen.map(|option| (name.to_owned(), option_value(option))).collect()
        }
        _ => pair(&text(control, changes)),
    }
}

/// The kind of an input or button, as its `type` says.
pub(super) fn kind(control: ElementRef<'_>) -> String {
    let default = if control.value().name() == "button" { "submit" } else { "text" };
    control.attr("type").unwrap_or(default).trim().to_ascii_lowercase()
}

/// Whether a box is ticked now.
pub(super) fn ticked(control: ElementRef<'_>, changes: &Changes) -> bool {
    match changes.get(&control.id()) {
        Some(Held::Ticked(ticked)) => *ticked,
        _ => control.attr("checked").is_some(),
    }
}

/// What a text field holds now.
pub(super) fn text(control: ElementRef<'_>, changes: &Changes) -> String {
    if let Some(Held::Text(text)) = changes.get(&control.id()) {
        return text.clone();
    }
    if control.value().name() == "textarea" {
        return control.text().collect();
    }
    let value = control.attr("value").unwrap_or_default();
    match kind(control).as_str() {
        "hidden" => value.to_owned(),
        // Nobody can have chosen a file.
        "file" => String::new(),
        _ => value.replace(['\r', '\n'], ""),
    }
}

/// The options that are chosen now.
pub(super) fn chosen<'a>(choice: ElementRef<'a>, changes: &Changes) -> Vec<ElementRef<'a>> {
    let options = select(choice, "option");
    let is_chosen = |option: &&ElementRef<'a>| match changes.get(&option.id()) {
        Some(Held::Ticked(chosen)) => *chosen,
        _ => option.attr("selected").is_some(),
    };
    let chosen: Vec<_> = options.iter().filter(is_chosen).copied().collect();
    if choice.attr("multiple").is_some() {
        return chosen;
    }
    let rows = choice.attr("size").and_then(|size| size.trim().parse().ok()).unwrap_or(1);
    match chosen.last() {
        Some(last) => vec![*last],
        None if rows <= 1 => options.into_iter().find(|option| !option_disabled(*option)).into_iter().collect(),
        None => Vec::new(),
    }
}

/// What an option sends.
pub(super) fn option_value(option: ElementRef<'_>) -> String {
    option.attr("value").map_or_else(
        || option.text().collect::<String>().split_ascii_whitespace().collect::<Vec<_>>().join(" "),
        ToOwned::to_owned,
    )
}

/// Whether an option can't be chosen.
pub(super) fn option_disabled(option: ElementRef<'_>) -> bool {
    let group = ancestors(option).find(|around| around.value().name() == "optgroup");
    option.attr("disabled").is_some() || group.is_some_and(|group| group.attr("disabled").is_some())
}
