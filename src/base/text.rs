//! What a person reads, in Chinese and in English, from Fluent files beside this one.

use std::{cell::RefCell, collections::HashMap, fmt, str::FromStr};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

/// The languages that people read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// 简体中文: what the district's people read.
    #[default]
    Zh,
    /// English.
    En,
}

impl FromStr for Lang {
    type Err = String;

    /// Takes `zh`, `zh-CN`, `en`, `en-GB.UTF-8` …; the error names what is offered.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word.get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("zh") => Ok(Self::Zh),
            Some("en") => Ok(Self::En),
            _ => Err(format!("unknown language `{word}`: use zh or en")),
        }
    }
}

/// One thing to say: the id of a message in the Fluent files and the values it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The message's id in `text/*.ftl`.
    pub id: &'static str,
    /// Names and values that stand in the message.
    pub values: Vec<(&'static str, String)>,
}

impl Message {
    /// A message without values.
    pub fn new(id: &'static str) -> Self {
        Self { id, values: Vec::new() }
    }

    /// The same with one more value.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// The words in that language. A message that the files lack shows its id, so that it is noticed.
    pub fn say(&self, lang: Lang) -> String {
        BUNDLES.with_borrow_mut(|bundles| {
            let bundle = bundles.entry(lang).or_insert_with(|| bundle(lang));
            let Some(pattern) = bundle.get_message(self.id).and_then(|message| message.value()) else {
                return self.id.to_owned();
            };
            let args: FluentArgs = self.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
            bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
        })
    }
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.say(Lang::En))
    }
}

/// The Fluent sources of a language, one per room that speaks to people.
fn sources(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::Zh => [
            include_str!("text/adapter.zh.ftl"),
            include_str!("text/alert.zh.ftl"),
            include_str!("text/cli.zh.ftl"),
            include_str!("text/people.zh.ftl"),
            include_str!("text/queue.zh.ftl"),
            include_str!("text/web.zh.ftl"),
        ],
        Lang::En => [
            include_str!("text/adapter.en.ftl"),
            include_str!("text/alert.en.ftl"),
            include_str!("text/cli.en.ftl"),
            include_str!("text/people.en.ftl"),
            include_str!("text/queue.en.ftl"),
            include_str!("text/web.en.ftl"),
        ],
    }
}

fn bundle(lang: Lang) -> FluentBundle<FluentResource> {
    let tag = match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    let language: LanguageIdentifier = tag.parse().expect("both tags are well-formed");
    let mut bundle = FluentBundle::new(vec![language]);
    // Isolation marks would show up as odd characters in terminals.
    bundle.set_use_isolating(false);
    for source in sources(lang) {
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

thread_local! {
    static BUNDLES: RefCell<HashMap<Lang, FluentBundle<FluentResource>>> = RefCell::default();
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn ids(lang: Lang) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        for source in sources(lang) {
            FluentResource::try_new(source.to_owned()).expect("the file parses");
            for line in source.lines() {
                if let Some((id, _)) = line.split_once(" =")
                    && !id.starts_with([' ', '#', '.'])
                {
                    assert!(ids.insert(id.to_owned()), "{id} stands twice");
                }
            }
        }
        ids
    }

    #[test]
    fn both_languages_say_the_same_things() {
        assert_eq!(ids(Lang::Zh), ids(Lang::En));
    }

    #[test]
    fn a_missing_message_shows_its_id() {
        assert_eq!(Message::new("no-such-message").say(Lang::Zh), "no-such-message");
    }
}
