//! Whether what a form would send is what was meant, by all that its page could be asked. Pure: facts in, an objection out.

use super::{
    compare::agree,
    moment::{is_dated, same_moment},
};
use crate::{
    adapter::Verb,
    transport::{Carrier, CarrierKind, Evidence},
};

/// What one carrier says of a thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opinion {
    /// It holds what was meant, or has heard of a choice.
    Heard,
    /// It holds something else.
    Deaf,
    /// It need not have to do with it.
    Silent,
}

/// Why what would be sent is not what was meant; `None` where nothing speaks against it.
pub(super) fn objection(verb: Verb, meant: &str, shown: &str, evidence: &Evidence) -> Option<String> {
    if evidence.off {
        return Some(format!("it shows `{shown}` and is disabled now: the form would send nothing of it"));
    }
    let mut models = 0;
    let mut proven = false;
    let mut sent = false;
    for carrier in &evidence.carriers {
        if carrier.kind == CarrierKind::Model {
            models += 1;
            // Of a choice, the outermost model is what is held; those within it are what is shown and searched.
            if models > 1 && verb == Verb::Choose {
                continue;
            }
        }
        match opinion(verb, meant, evidence, carrier) {
            Opinion::Heard if carrier.kind == CarrierKind::Field => sent = true,
            Opinion::Heard => proven = true,
            Opinion::Deaf => return Some(told(shown, carrier)),
            Opinion::Silent => {}
        }
    }
    if evidence.forced && !proven {
        return Some(format!(
            "it shows `{shown}`, but nobody can type into it, and nothing tells that the form would send it"
        ));
    }
    // A file stands in a field of its own, which the one in sight only names.
    if verb != Verb::Upload && evidence.carries && !evidence.named && !proven && !sent {
        return Some(format!("it shows `{shown}`, and the form would send nothing of it: it has no name"));
    }
    None
}

fn opinion(verb: Verb, meant: &str, evidence: &Evidence, carrier: &Carrier) -> Opinion {
    if carrier.kind == CarrierKind::Drawn {
        return Opinion::Deaf;
    }
    if carrier.says.iter().any(|said| same(verb, meant, said)) {
        return Opinion::Heard;
    }
    match carrier.kind {
        CarrierKind::Field => field(verb, carrier),
        CarrierKind::Far | CarrierKind::Drawn => Opinion::Silent,
        CarrierKind::Model if verb == Verb::Choose => choice(meant, evidence, carrier),
        CarrierKind::Model if verb == Verb::Upload => Opinion::Silent,
        CarrierKind::Model => Opinion::Deaf,
        CarrierKind::Hidden => hidden(verb, meant, evidence, carrier),
    }
}

/// A field in sight sends what it holds; an option or a box sends a code of its own.
fn field(verb: Verb, carrier: &Carrier) -> Opinion {
    match verb {
        Verb::Fill | Verb::Date => Opinion::Deaf,
        Verb::Choose => Opinion::Heard,
        Verb::Upload if is_empty(carrier) => Opinion::Silent,
        Verb::Upload => Opinion::Heard,
    }
}

fn hidden(verb: Verb, meant: &str, evidence: &Evidence, carrier: &Carrier) -> Opinion {
    let counts = carrier.tied || carrier.related || !evidence.named;
    match verb {
        Verb::Choose if counts => choice(meant, evidence, carrier),
        Verb::Choose => Opinion::Silent,
        Verb::Upload if has_changed(carrier) && !is_empty(carrier) => Opinion::Heard,
        Verb::Upload => Opinion::Silent,
        Verb::Fill | Verb::Date if is_empty(carrier) && counts => Opinion::Deaf,
        Verb::Date if counts && carrier.says.iter().any(|said| is_dated(said)) => Opinion::Deaf,
        // Something else that the page keeps beside it.
        Verb::Fill | Verb::Date if evidence.named && !carrier.tied => Opinion::Silent,
        Verb::Fill | Verb::Date if carrier.tied || carrier.related || has_changed(carrier) => Opinion::Deaf,
        Verb::Fill | Verb::Date => Opinion::Silent,
    }
}

/// Of a code one can only tell whether there is one, and whether it has changed with what is shown.
fn choice(meant: &str, evidence: &Evidence, carrier: &Carrier) -> Opinion {
    let nothing = meant.trim().is_empty() || yes_or_no(meant) == Some(false);
    if is_empty(carrier) {
        return if nothing { Opinion::Heard } else { Opinion::Deaf };
    }
    let said = carrier.says.first().and_then(|said| yes_or_no(said));
    if let (Some(meant), Some(said)) = (yes_or_no(meant), said) {
        return if meant == said { Opinion::Heard } else { Opinion::Deaf };
    }
    match &carrier.before {
        None => Opinion::Silent,
        Some(_) if has_changed(carrier) => Opinion::Heard,
        Some(_) if evidence.changed == Some(true) => Opinion::Deaf,
        Some(_) => Opinion::Silent,
    }
}

fn is_empty(carrier: &Carrier) -> bool {
    carrier.says.iter().all(|said| said.trim().is_empty())
}

fn has_changed(carrier: &Carrier) -> bool {
    carrier.before.as_ref().is_some_and(|before| carrier.says.first() != Some(before))
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "是" => Some(true),
        "false" | "否" => Some(false),
        _ => None,
    }
}

fn told(shown: &str, carrier: &Carrier) -> String {
    let holds = match carrier.says.first().map(|said| said.trim()) {
        None | Some("") => "nothing".to_owned(),
        Some(said) => format!("`{said}`"),
    };
    match carrier.kind {
        CarrierKind::Model | CarrierKind::Drawn => {
            format!("it shows `{shown}`, and the page itself holds {holds} for it")
        }
        CarrierKind::Hidden | CarrierKind::Field | CarrierKind::Far => {
            format!("it shows `{shown}`, and the form would send {holds} as `{}`", carrier.name)
        }
    }
}

/// Whether a text that would be sent says what was meant.
fn same(verb: Verb, meant: &str, said: &str) -> bool {
    if agree(meant, said) {
        return true;
    }
    match verb {
        Verb::Fill => same_text(meant, said),
        Verb::Date => same_moment(meant, said),
        Verb::Choose => false,
        Verb::Upload => said.rsplit(['/', '\\']).next() == Some(meant),
    }
}

/// Numbers by their value; other texts without the signs that fields put between their groups, and without markup.
fn same_text(meant: &str, said: &str) -> bool {
    if let (Some(meant), Some(said)) = (number(meant), number(said)) {
        return meant == said;
    }
    let grouped = |text: &str| text.chars().filter(|c| !c.is_whitespace() && !"-()·".contains(*c)).collect::<String>();
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    if digits(&grouped(meant)) && grouped(meant) == grouped(said) {
        return true;
    }
    said.contains('<') && agree(meant, &without_markup(said))
}

/// A number without the ways to write it: groups, a plus, zeros at its end. Zeros at its beginning make it a number of something.
fn number(text: &str) -> Option<(bool, String, String)> {
    let plain = text.trim().replace([',', '，'], "");
    let (minus, digits) = match plain.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = !whole.is_empty() && all(whole) && all(part) && (whole == "0" || !whole.starts_with('0'));
    fits.then(|| (minus, whole.to_owned(), part.trim_end_matches('0').to_owned()))
}

fn without_markup(text: &str) -> String {
    let mut inside = false;
    let kept = text.chars().filter(|c| {
        let was = inside;
        inside = (inside || *c == '<') && *c != '>';
        !was && !inside
    });
    let kept: String = kept.collect();
    kept.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carrier(kind: CarrierKind, says: &str, before: Option<&str>) -> Carrier {
        let (says, before) = (vec![says.to_owned()], before.map(str::to_owned));
        Carrier { kind, name: "applied".to_owned(), says, before, tied: false, related: false }
    }

    fn evidence(carriers: Vec<Carrier>) -> Evidence {
        Evidence { changed: Some(true), carriers, ..Evidence::default() }
    }

    #[test]
    fn what_a_partner_holds_decides_over_what_is_shown() {
        let hidden = |says, before| evidence(vec![carrier(CarrierKind::Hidden, says, Some(before))]);
        let words = objection(Verb::Date, "2026-11-20", "2026-11-20", &hidden("", "")).unwrap();
        assert_eq!(words, "it shows `2026-11-20`, and the form would send nothing as `applied`");
        assert!(objection(Verb::Date, "2026-11-20", "", &hidden("2026-01-01", "2026-01-01")).is_some());
        assert!(objection(Verb::Date, "2026-11-20", "", &hidden("20261120", "")).is_none());
        assert!(objection(Verb::Choose, "河东区", "河东区", &hidden("371312", "")).is_none());
        assert!(objection(Verb::Choose, "河东区", "河东区", &hidden("371302", "371302")).is_some());
        assert!(objection(Verb::Fill, "1234.5", "1,234.50", &hidden("1234.50", "")).is_none());
        assert!(objection(Verb::Fill, "1.5", "1.5", &hidden("15", "")).is_some());
        assert!(objection(Verb::Fill, "说明", "说明", &hidden("<p>说明</p>", "")).is_none());
        // A field that has a name, with something else beside it.
        let named = Evidence { named: true, ..hidden("7", "7") };
        assert!(objection(Verb::Fill, "张三", "张三", &named).is_none());
    }

    #[test]
    fn a_text_that_nobody_can_type_needs_a_proof_and_a_field_without_a_name_a_partner() {
        let field = || carrier(CarrierKind::Field, "2026-11-20", Some(""));
        let forced = Evidence { forced: true, named: true, ..evidence(vec![field()]) };
        assert!(objection(Verb::Date, "2026-11-20", "2026-11-20", &forced).is_some());
        let model = carrier(CarrierKind::Model, "2026-11-20 00:00:00", Some(""));
        let heard = Evidence { carriers: vec![field(), model], ..forced };
        assert!(objection(Verb::Date, "2026-11-20", "2026-11-20", &heard).is_none());
        let nameless = Evidence { carries: true, ..evidence(Vec::new()) };
        assert!(objection(Verb::Fill, "x", "x", &nameless).unwrap().contains("no name"));
        let far = Evidence { carries: true, ..evidence(vec![carrier(CarrierKind::Far, "x", Some(""))]) };
        assert!(objection(Verb::Fill, "x", "x", &far).is_none());
    }

    #[test]
    fn leading_zeros_are_no_number_and_long_ones_keep_their_end() {
        assert!(same_text("12", "12.00") && same_text("12,000", "12000") && !same_text("0012", "12"));
        assert!(!same_text("371312199001011234", "371312199001011235") && same_text("138 0000 0000", "138-0000-0000"));
        assert!(!same_text("-5", "5"));
    }
}
