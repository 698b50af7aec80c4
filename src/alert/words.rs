//! What people read of a trouble: what failed, why, what to do, where; in the language of the place that is told.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use serde::{Deserialize, Serialize};

use crate::{
    base::{Lang, Message},
    store::Trouble,
};

/// What is to be told of a trouble. Nothing in it is secret, or about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// What fails.
    pub what: Message,
    /// Why, as the program says it.
    pub why: Option<String>,
    /// What to do.
    pub mend: Option<Message>,
    /// Where.
    pub place: Option<Message>,
}

/// Whether a trouble has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It has.
    Begun,
    /// It is over.
    Over,
}

/// An alert in one language, as it waits for its delivery; a plain webhook gets just this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Begun or over.
    pub event: Event,
    /// The trouble's key: the same when it begins and when it is over.
    pub key: String,
    /// What fails, or has failed.
    pub what: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What to do.
    #[serde(default, rename = "do", skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
    /// Where.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Since when: RFC 3339, district time.
    pub since: String,
    /// When this came about: RFC 3339, district time.
    pub at: String,
    /// All of it as a person reads it; the first line says what.
    pub text: String,
}

/// What a trouble is called, in both languages; kept as long as it goes on, so that its end can name it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Called {
    zh: String,
    en: String,
}

/// What is to be kept of a trouble for its end, as text.
pub(super) fn called(what: &Message) -> String {
    let called = Called { zh: what.say(Lang::Zh), en: what.say(Lang::En) };
    serde_json::to_string(&called).expect("two texts are always JSON")
}

impl Alert {
    /// That a trouble has begun.
    pub(super) fn begun(key: &str, telling: &Telling, lang: Lang, now: DateTime<Utc>) -> Self {
        let what = telling.what.say(lang);
        let (why, mend, place) = (
            telling.why.clone(),
            telling.mend.as_ref().map(|mend| mend.say(lang)),
            telling.place.as_ref().map(|place| place.say(lang)),
        );
        let mut lines = vec![Message::new("alert-begun").with("what", &what).say(lang)];
        let further = [("alert-why", &why), ("alert-mend", &mend), ("alert-place", &place)];
        lines.extend(
            further.into_iter().filter_map(|(id, text)| Some(Message::new(id).with("text", text.as_ref()?).say(lang))),
        );
        lines.push(Message::new("alert-at").with("at", shown(now)).say(lang));
        let (since, at) = (stamp(now), stamp(now));
        Self { event: Event::Begun, key: key.to_owned(), what, why, mend, place, since, at, text: lines.join("\n") }
    }

    /// That a trouble is over.
    pub(super) fn over(trouble: &Trouble, lang: Lang, now: DateTime<Utc>) -> Self {
        let called: Called = serde_json::from_str(&trouble.words).unwrap_or_default();
        let what = match lang {
            Lang::Zh => called.zh,
            Lang::En => called.en,
        };
        let lasted = Message::new("alert-lasted").with("since", shown(trouble.began_at));
        let lines = [
            Message::new("alert-over").with("what", &what).say(lang),
            lasted.with("minutes", (now - trouble.began_at).max(TimeDelta::zero()).num_minutes()).say(lang),
            Message::new("alert-at").with("at", shown(now)).say(lang),
        ];
        Self {
            event: Event::Over,
            key: trouble.key.clone(),
            what,
            why: None,
            mend: None,
            place: None,
            since: stamp(trouble.began_at),
            at: stamp(now),
            text: lines.join("\n"),
        }
    }

    /// The first line.
    pub(super) fn title(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }
}

pub(super) fn shown(at: DateTime<Utc>) -> String {
    at.with_timezone(&Shanghai).format("%Y-%m-%d %H:%M").to_string()
}

fn stamp(at: DateTime<Utc>) -> String {
    at.with_timezone(&Shanghai).fixed_offset().to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
}
