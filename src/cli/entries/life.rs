//! An entry's life in words: what befell it and who did it, with what was typed, said and compared.

use serde_json::Value;

use super::{state, when};
use crate::{
    base::{Lang, Message},
    store::{Entry, EntryEvent},
};

/// What the words of the ledger mean to an operator.
const TITLES: [(&str, &str); 24] = [
    ("looked_absent", "event-looked-absent"),
    ("looked_absent_so_far", "event-looked-absent-so-far"),
    ("looked_same", "event-looked-same"),
    ("looked_different", "event-looked-different"),
    ("looked_several", "event-looked-several"),
    ("blind", "event-blind"),
    ("intended", "event-intended"),
    ("submitting", "event-submitting"),
    ("not_sent", "event-not-sent"),
    ("submitted", "event-submitted"),
    ("refused", "event-refused"),
    ("lost", "event-lost"),
    ("agrees", "event-agrees"),
    ("differs", "event-differs"),
    ("unread", "event-unread"),
    ("broken_off", "event-broken-off"),
    ("held_back", "event-held-back"),
    ("remarked", "event-remarked"),
    ("stuck", "event-stuck"),
    ("corrected", "event-corrected"),
    ("decided_enter", "event-decided-enter"),
    ("decided_settled", "event-decided-settled"),
    ("decided_cancel", "event-decided-cancel"),
    ("decided_reopen", "event-decided-reopen"),
];

/// The whole life, one event after the other, what is known of each below it.
pub(super) fn life(lang: Lang, entry: &Entry, events: &[EntryEvent]) -> String {
    let wish = &entry.wish;
    let head = Message::new("entry-head")
        .with("id", entry.id)
        .with("origin", format!("{}/{}", wish.origin_system, wish.origin_no))
        .with("target", &wish.target)
        .with("bot", &wish.bot)
        .with("state", state(lang, &entry.state))
        .with("receipt", entry.receipt.clone().unwrap_or_else(|| "–".to_owned()));
    let mut lines = vec![head.say(lang)];
    for event in events {
        lines.push(format!("{}  {} → {}", when(event.at), title(lang, &event.event), state(lang, &event.state)));
        let detail = serde_json::from_str(&event.detail).unwrap_or_default();
        lines.extend(known(lang, &detail).into_iter().map(|line| format!("    {line}")));
    }
    lines.join("\n")
}

/// What an event is called; one of a newer version of this program by its own word.
fn title(lang: Lang, event: &str) -> String {
    let known = TITLES.iter().find(|(word, _)| *word == event);
    known.map_or_else(|| event.to_owned(), |(_, id)| Message::new(id).say(lang))
}

/// What is known of an event, a line each.
fn known(lang: Lang, detail: &Value) -> Vec<String> {
    let text = |name: &str| detail[name].as_str().filter(|text| !text.trim().is_empty());
    let mut lines = Vec::new();
    if let Some(person) = text("person") {
        lines.push(Message::new("event-person").with("person", person).say(lang));
    }
    match (text("field"), text("words")) {
        (Some(field), Some(words)) => lines.push(format!("{field}: {words}")),
        (None, Some(words)) => lines.push(words.to_owned()),
        (_, None) => {}
    }
    if let Some(receipt) = text("receipt") {
        lines.push(Message::new("event-receipt").with("receipt", receipt).say(lang));
    }
    if let (Some(before), Some(mark)) = (text("before"), text("mark")) {
        lines.push(Message::new("event-mark").with("before", before).with("mark", mark).say(lang));
    }
    match &detail["typed"] {
        Value::Object(fields) => {
            lines.extend(
                fields.iter().map(|(thing, typed)| format!("{thing} = {}", typed.as_str().unwrap_or_default())),
            );
        }
        Value::Array(held) => lines.push(Message::new("event-held").with("count", held.len()).say(lang)),
        _ => {}
    }
    lines.extend(detail["compared"].as_array().into_iter().flatten().filter_map(|one| differing(lang, one)));
    if let Some(picture) = text("picture") {
        lines.push(Message::new("event-picture").with("picture", picture).say(lang));
    }
    lines
}

/// A field of the target that says something else than it should.
fn differing(lang: Lang, compared: &Value) -> Option<String> {
    let part = |name: &str| compared[name].as_str().unwrap_or_default();
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let (meant, shown) = (part("meant"), part("shown"));
    let message = Message::new("event-differing").with("field", part("thing")).with("meant", meant);
    (bare(meant) != bare(shown)).then(|| message.with("shown", shown).say(lang))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_event_has_words_in_both_languages() {
        let known = |event: &crate::ledger::Event| TITLES.iter().any(|(word, _)| *word == event.word());
        assert!(crate::ledger::Event::ALL.iter().all(known));
        for (word, id) in TITLES {
            for lang in [Lang::Zh, Lang::En] {
                let said = title(lang, word);
                assert!(said != id && said != word, "{word} has no words");
            }
        }
        assert_eq!(title(Lang::En, "from_tomorrow"), "from_tomorrow");
    }

    #[test]
    fn what_is_known_of_an_event_is_told_a_line_each() {
        let told = known(Lang::En, &json!({ "typed": { "applicant": "王小明", "phone": "13800001234" } }));
        assert_eq!(told, ["applicant = 王小明", "phone = 13800001234"]);
        let told = known(Lang::En, &json!({ "person": "li", "words": null, "receipt": "SL1" }));
        assert_eq!(told, ["by li", "receipt SL1"]);
        let compared = [("phone", "1", "2"), ("town", "a b", "ab")];
        let compared = compared.map(|(thing, meant, shown)| json!({ "thing": thing, "meant": meant, "shown": shown }));
        let told = known(Lang::En, &json!({ "field": "phone", "words": "no", "compared": compared }));
        assert_eq!(told, ["phone: no", "phone should be `1` and is `2`"]);
    }
}
