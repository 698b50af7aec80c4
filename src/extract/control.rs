//! Form controls: what an input, a select, a text area holds now.

use scraper::ElementRef;

use super::{
    css::{self, has_class, next_element, parent},
    shown::{self, hidden, label_text, shown},
    words::normal,
};

/// Between the captions of several ticked boxes.
pub(super) const SEPARATOR: &str = "、";

/// Whether the element is a control that holds a value: not a button, not a hidden field.
pub(super) fn is_control(element: ElementRef<'_>) -> bool {
    match element.value().name() {
        "select" | "textarea" => true,
        "input" => !matches!(kind(element).as_str(), "hidden" | "submit" | "button" | "reset" | "image"),
        _ => false,
    }
}

/// The text that a control shows in the flow of the page. Boxes show none of their own.
pub(super) fn control_text(control: ElementRef<'_>) -> String {
    match control.value().name() {
        "select" => normal(&chosen(control).join(SEPARATOR)),
        "textarea" => normal(&control.text().collect::<String>()),
        _ if ticks(control) => String::new(),
        _ => normal(control.attr("value").unwrap_or_default()),
    }
}

/// What a control holds: its text; `true` or `false` for a box, for a ticked radio the words beside it.
pub(super) fn control_value(control: ElementRef<'_>) -> String {
    match ticked(control) {
        None => control_text(control),
        Some(true) if kind(control) == "radio" => {
            Some(caption(control)).filter(|words| !words.is_empty()).unwrap_or_else(|| true.to_string())
        }
        Some(ticked) => ticked.to_string(),
    }
}

/// Whether the element is a box that says yes or no by itself: no radio.
pub(super) fn is_checkbox(element: ElementRef<'_>) -> bool {
    element.value().name() == "input" && kind(element) == "checkbox"
}

/// Whether a box is ticked; `None` for anything else.
pub(super) fn ticked(control: ElementRef<'_>) -> Option<bool> {
    ticks(control).then(|| control.attr("checked").is_some())
}

/// The words beside the ticked ones of several boxes.
pub(super) fn captions(boxes: &[ElementRef<'_>]) -> String {
    let ticked = boxes.iter().filter(|control| ticked(**control) == Some(true)).map(|control| caption(*control));
    ticked.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(SEPARATOR)
}

/// The boxes among the controls in an element, where it holds boxes and no other controls.
pub(super) fn boxes(element: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    let controls = controls(element);
    if controls.iter().all(|control| ticks(*control)) { controls } else { Vec::new() }
}

/// The visible controls inside an element (or itself).
pub(super) fn controls<'a>(element: ElementRef<'a>) -> Vec<ElementRef<'a>> {
    shown::visible(element).filter(|inner| is_control(*inner) && !searches(*inner)).collect()
}

/// What belongs to a label: the value of the control in it, the captions of the ticked boxes in it, or its text.
pub(super) fn held(element: ElementRef<'_>) -> String {
    if !is_control(element) && element.child_elements().next().is_none() {
        return switched(element).map_or_else(|| shown(element), |on| on.to_string());
    }
    let tags = tags(element);
    if !tags.is_empty() {
        return tags.join(SEPARATOR);
    }
    if let Some(choice) = choice(element) {
        return choice;
    }
    let mut controls = controls(element);
    // A widget's own fields beside the select that it stands for.
    if let Some(select) = controls.iter().copied().find(|control| has_class(*control, "select2-hidden-accessible")) {
        controls = vec![select];
    }
    // EasyUI writes the names of the files once more, beside the field that holds them.
    let boxed = |control: &ElementRef<'_>| css::ancestors(*control).any(|around| has_class(around, "filebox"));
    if let Some(field) = controls.iter().copied().find(|control| kind(*control) == "file" && boxed(control)) {
        controls = vec![field];
    }
    match controls.as_slice() {
        [] => {
            let on = switched(element).map(|on| on.to_string());
            on.or_else(|| files(element)).unwrap_or_else(|| shown(element))
        }
        [control] => control_value(*control),
        several if several.iter().any(|control| ticks(*control)) => {
            let held = several.iter().map(|control| match ticked(*control) {
                Some(true) => caption(*control),
                Some(false) => String::new(),
                None => control_text(*control),
            });
            held.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(SEPARATOR)
        }
        _ => shown(element),
    }
}

/// What widgets put each of several choices into.
const TAGS: &str = ".el-select__tags-text, .el-tag .el-tag__content, .ant-select-multiple .ant-select-selection-item-content, \
     .ant-select-selection__choice__content, .search-choice > span, .xm-label-block > span, .textbox-tag-text, .tagbox-label";

/// The choices that a widget for several shows as tags.
fn tags(element: ElementRef<'_>) -> Vec<String> {
    let mut tags: Vec<ElementRef<'_>> = Vec::new();
    for tag in css::select(element, TAGS) {
        if !tags.iter().any(|around| css::ancestors(tag).any(|ancestor| ancestor == *around))
            && !shown::out_of_sight(tag)
        {
            tags.push(tag);
        }
    }
    tags.into_iter().map(shown).filter(|text| !text.is_empty()).collect()
}

/// The widget around the field in which one searches it or which it hides, where what it holds stands beside the field; any
/// other control as it is.
pub(super) fn widget_around(control: ElementRef<'_>) -> ElementRef<'_> {
    let widget = match control.value().name() {
        "input" if kind(control) == "file" => "ant-upload-wrapper",
        _ if searches(control) => "ant-select",
        _ => return control,
    };
    css::ancestors(control).find(|around| has_class(*around, widget) && !has_class(*around, WRITES)).unwrap_or(control)
}

/// The names of the files that a widget for them lists, or that the field holds which a button stands for.
fn files(element: ElementRef<'_>) -> Option<String> {
    let fields = css::select(element, "input[type=file]");
    let [field] = fields.as_slice() else { return None };
    let listed = css::select(element, ".el-upload-list__item-name, .ant-upload-list-item-name");
    match listed.as_slice() {
        [] => Some(control_text(*field)),
        listed => Some(listed.iter().map(|name| shown(*name)).collect::<Vec<_>>().join(", ")),
    }
}

/// A widget that takes any text and only proposes some.
const WRITES: &str = "ant-select-auto-complete";

/// What the one such widget in an element shows as chosen: not the hint that it shows instead.
fn choice(element: ElementRef<'_>) -> Option<String> {
    let widgets: Vec<_> = shown::visible(element).filter(|inner| has_class(*inner, "ant-select")).collect();
    let [widget] = widgets.as_slice() else { return None };
    if has_class(*widget, WRITES) {
        return css::select(*widget, "input").first().map(|field| control_text(*field));
    }
    let chosen = css::select(*widget, ".ant-select-selection-item, .ant-select-selection-selected-value");
    let hint = css::select(*widget, ".ant-select-selection-placeholder").is_empty();
    match chosen.is_empty() {
        true if hint => None,
        _ => Some(chosen.into_iter().map(shown).collect::<Vec<_>>().join(SEPARATOR)),
    }
}

/// Whether a switch that is no input is on.
fn switched(element: ElementRef<'_>) -> Option<bool> {
    let switches: Vec<_> = shown::visible(element).filter(|inner| inner.attr("role") == Some("switch")).collect();
    match switches.as_slice() {
        [switch] => switch.attr("aria-checked").map(|checked| checked == "true"),
        _ => None,
    }
}

/// Whether a widget of layui stands for this select or box, which the widget's own style hides.
pub(super) fn has_stand_in(control: ElementRef<'_>) -> bool {
    let stands =
        |classes: &[&str]| next_element(control).is_some_and(|next| classes.iter().any(|class| has_class(next, class)));
    match control.value().name() {
        "select" => stands(&["layui-form-select"]),
        "input" => ticks(control) && stands(&["layui-form-radio", "layui-form-checkbox", "layui-form-switch"]),
        _ => false,
    }
}

/// Whether the element is such a widget for a select: its list of options is no text of the page.
pub(super) fn is_stand_in(element: ElementRef<'_>) -> bool {
    has_class(element, "layui-form-select") && element.prev_siblings().filter_map(ElementRef::wrap).any(has_stand_in)
}

fn kind(input: ElementRef<'_>) -> String {
    css::attr(input, "type").unwrap_or("text").trim().to_ascii_lowercase()
}

fn ticks(control: ElementRef<'_>) -> bool {
    control.value().name() == "input" && matches!(kind(control).as_str(), "checkbox" | "radio")
}

/// The inner search field of a select widget, whose choice stands beside it as a text.
fn searches(control: ElementRef<'_>) -> bool {
    let fields = ["select2-search__field", "el-select__input", "chosen-search-input", "xm-search-input"];
    parent(control).is_some_and(|parent| has_class(parent, "ant-select-selection-search"))
        || fields.iter().any(|class| has_class(control, class))
}

/// The visible texts of the chosen options; a select of one line without a choice shows its first.
fn chosen(select: ElementRef<'_>) -> Vec<String> {
    let options = css::select(select, "option");
    let chosen: Vec<_> = options.iter().filter(|option| option.attr("selected").is_some()).collect();
    let shown = match (chosen.as_slice(), select.attr("multiple")) {
        ([], None) => options.iter().take(1).collect(),
        // Of several in a select of one line, the browser shows the last.
        ([.., last], None) => vec![*last],
        (_, Some(_)) => chosen,
    };
    shown.iter().map(|option| normal(&option.text().collect::<String>())).collect()
}

/// The words beside a box.
pub(super) fn caption(control: ElementRef<'_>) -> String {
    if let Some(around) = css::ancestors(control).find(|around| around.value().name() == "label") {
        return label_text(around, usize::MAX).unwrap_or_default();
    }
    if let Some(id) = control.attr("id").filter(|id| !id.is_empty()) {
        let root = css::ancestors(control).last().unwrap_or(control);
        let label = css::select(root, "label[for]").into_iter().find(|label| label.attr("for") == Some(id));
        if let Some(label) = label {
            return shown(label);
        }
    }
    if let Some(title) = control.attr("title") {
        return normal(title);
    }
    let beside = control.next_sibling().map(|next| match ElementRef::wrap(next) {
        Some(element) if !hidden(element) => shown(element),
        Some(_) => String::new(),
        None => next.value().as_text().map(|text| normal(text)).unwrap_or_default(),
    });
    beside.unwrap_or_default()
}
