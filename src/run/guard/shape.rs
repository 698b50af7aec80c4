//! How the texts of a field are built. Half a value, or a value written otherwise, shows in it where a person would see at once
//! that something is amiss and no expression refuses it.
//!
//! Words are no build: names and states differ as they like. A placeholder, or a state in words, may also give way to a date,
//! since that is how a case goes on; a date does not give way to half a date.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Baseline, Guard, Profile,
    baseline::{Column, written},
};
use crate::adapter::Page;

/// Texts from which a field can be said to be built alike.
const FEWEST: u64 = 20;
/// Texts from which it can be said not to be so any more.
const FEWEST_NOW: u64 = 10;
/// Texts from which a field of words can't have become one of numbers by what has happened to its cases.
const FEWEST_WORDS: u64 = 100;
/// Builds that are told apart: a field with more is free text.
const MOST: usize = 64;
/// Texts that share one build at least, on the average: with fewer, the next text may well have a new one.
const SHARING: u64 = 10;
/// Of a thousand texts, how many may have a build that is none of the field's.
const RARE: u64 = 20;
/// Signs of a build that are kept: what is longer is free text.
const LONGEST: usize = 80;
/// The build of every text without a digit.
const WORDS: &str = "字";

/// The builds of a field's texts in one reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shapes {
    /// Build → letters → texts.
    builds: BTreeMap<String, BTreeMap<usize, u64>>,
    /// Texts whose builds were too many to be told apart.
    other: u64,
    filled: u64,
}

/// The builds that a field's texts had in good readings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Builds {
    builds: BTreeMap<String, Build>,
    /// The most texts of one reading …
    texts: u64,
    /// … and the most with a digit.
    numbered: u64,
}

/// One build of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Build {
    /// Letters of its shortest text.
    shortest: usize,
    /// Its highest share in a reading, of a thousand.
    share: u64,
}

impl Shapes {
    /// Counts a text in; what says nothing, or is only a dash, has no build.
    pub(super) fn take(&mut self, text: &str) {
        let text = text.trim();
        self.filled += u64::from(!text.is_empty());
        let Some((build, letters)) = built(text) else { return };
        if self.builds.len() == MOST && !self.builds.contains_key(&build) {
            self.other += 1;
        } else {
            *self.builds.entry(build).or_default().entry(letters).or_default() += 1;
        }
    }

    /// How many texts said something.
    pub(super) fn filled(&self) -> u64 {
        self.filled
    }

    /// Texts with this build.
    fn count(&self, build: &str) -> u64 {
        self.builds.get(build).map_or(0, |letters| letters.values().sum())
    }

    /// Texts with any build, and those of them with a digit.
    fn counts(&self) -> (u64, u64) {
        let texts = self.other + self.builds.keys().map(|build| self.count(build)).sum::<u64>();
        (texts, texts - self.count(WORDS))
    }

    /// The build that most texts with a digit have, or else that of words, with the letters of its commonest length.
    fn commonest(&self) -> String {
        let most = self.builds.iter().max_by_key(|(build, _)| (*build != WORDS, self.count(build)));
        let letters = |letters: &BTreeMap<usize, u64>| letters.iter().max_by_key(|(_, texts)| **texts).map(|it| *it.0);
        most.map(|(build, lengths)| shown(build, letters(lengths).unwrap_or_default())).unwrap_or_default()
    }
}

impl Builds {
    /// Together with what a good reading showed.
    pub(super) fn with(mut self, now: &Shapes) -> Self {
        let (texts, numbered) = now.counts();
        for (build, letters) in &now.builds {
            let of = if build == WORDS { texts } else { numbered };
            let share = now.count(build) * 1_000 / of.max(1);
            let shortest = letters.keys().next().copied().unwrap_or_default();
            let known = self.builds.entry(build.clone()).or_insert(Build { shortest, share });
            *known = Build { shortest: known.shortest.min(shortest), share: known.share.max(share) };
        }
        (self.texts, self.numbered) = (self.texts.max(texts), self.numbered.max(numbered));
        self
    }

    /// Whether a text with a build that is not known would be a surprise.
    fn tells(&self) -> bool {
        let builds = self.builds.keys().filter(|build| *build != WORDS).count();
        builds < MOST && builds as u64 * SHARING <= self.numbered
    }

    /// The build that had the highest share.
    fn commonest(&self) -> String {
        let most =
            self.builds.iter().max_by_key(|(build, known)| (*build != WORDS || self.numbered < FEWEST, known.share));
        most.map(|(build, known)| shown(build, known.shortest)).unwrap_or_default()
    }

    /// Whether practically all texts with a digit had one of the builds that are not rare.
    fn are_covered(&self) -> bool {
        let often = self.builds.iter().filter(|(build, known)| *build != WORDS && known.share > RARE);
        often.map(|(_, known)| known.share).sum::<u64>() >= 1_000 - RARE
    }

    /// How many texts of a reading are built as none was, and of how many that can be judged. In a whole list a build that was
    /// always rare is none of the field's; a part may show all of the rare ones.
    fn otherwise(&self, now: &Shapes, whole: bool) -> (u64, u64) {
        let rare = |build: &String, known: &Build| known.share <= RARE && (build == WORDS || self.are_covered());
        let (mut otherwise, mut of) = (now.other, now.other);
        for (build, lengths) in &now.builds {
            let count = now.count(build);
            match self.builds.get(build).filter(|known| !whole || !rare(build, known)) {
                None => (otherwise, of) = (otherwise + count, of + count),
                // The state of other cases.
                Some(_) if build == WORDS && self.numbered >= FEWEST => {}
                Some(known) => {
                    let cut = lengths.iter().filter(|(letters, _)| **letters * 10 < known.shortest * 6);
                    (otherwise, of) = (otherwise + cut.map(|(_, texts)| texts).sum::<u64>(), of + count);
                }
            }
        }
        (otherwise, of)
    }
}

/// The build of a text, and its letters where they matter; none where it has neither digits nor letters.
pub(in crate::run) fn built(text: &str) -> Option<(String, usize)> {
    if !text.contains(|letter: char| letter.is_ascii_digit()) {
        return text.contains(char::is_alphanumeric).then(|| (WORDS.to_owned(), 0));
    }
    let mut build = String::new();
    for letter in text.chars() {
        let sign = match letter {
            '0'..='9' => '9',
            letter if letter.is_ascii_alphabetic() => 'a',
            letter if letter.is_alphabetic() => '字',
            other => other,
        };
        if !(matches!(sign, '9' | 'a' | '字') && build.ends_with(sign)) {
            build.push(sign);
        }
    }
    Some((build.chars().take(LONGEST).collect(), text.chars().count()))
}

fn shown(build: &str, letters: usize) -> String {
    if build == WORDS { "words without digits".to_owned() } else { format!("`{build}` in {letters} letters") }
}

/// The first field of a page of which most texts are built as none was in good readings.
pub(super) fn look(page: &Page, now: &Profile, before: &Baseline, whole: bool) -> Option<Guard> {
    page.at.keys().find_map(|field| {
        let (column, shapes) = before.column(page, field).zip(now.shapes(field))?;
        reshaped(page, field, column, shapes, whole)
    })
}

/// Whether most texts of a field are built as none was in good readings. An address may be written otherwise and lead to the
/// same page.
fn reshaped(page: &Page, field: &str, before: &Column, now: &Shapes, whole: bool) -> Option<Guard> {
    let candidates = page.at.get(field)?;
    let address = candidates.0.iter().any(|locator| locator.attribute.is_some());
    let known = &before.builds;
    let numbers = known.numbered >= FEWEST && known.tells();
    let words = whole && known.numbered < FEWEST && known.texts >= FEWEST_WORDS;
    let (otherwise, of) = known.otherwise(now, whole);
    let most = (numbers || words) && of >= FEWEST_NOW && otherwise * 2 > of;
    (most && !address).then(|| Guard::Reshaped {
        field: field.to_owned(),
        locator: written(candidates),
        otherwise,
        of,
        now: now.commonest(),
        before: known.commonest(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::Candidates;

    fn reading(texts: impl IntoIterator<Item = String>) -> Shapes {
        let mut shapes = Shapes::default();
        texts.into_iter().for_each(|text| shapes.take(&text));
        shapes
    }

    fn numbered(count: usize, text: impl Fn(usize) -> String) -> Shapes {
        reading((1..=count).map(text))
    }

    /// Whether a reading after a good one is seen to be built otherwise.
    fn seen(before: &Shapes, now: &Shapes, whole: bool) -> bool {
        after(&Builds::default().with(before), now, whole)
    }

    fn after(known: &Builds, now: &Shapes, whole: bool) -> bool {
        let page = Page { at: [("it".to_owned(), Candidates(Vec::new()))].into(), ..Page::default() };
        let before = Column { builds: known.clone(), ..Column::default() };
        reshaped(&page, "it", &before, now, whole).is_some()
    }

    fn half(text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        letters[..letters.len() / 2].iter().collect()
    }

    #[test]
    fn half_a_value_is_seen() {
        let texts: [fn(usize) -> String; 6] = [
            |number| format!("2026-11-{:02}", number % 28 + 1),
            |number| format!("2026/1/{} 9:{:02}", number % 28 + 1, number % 60),
            |number| format!("河东财补〔2026〕{}号", 900 + number),
            |number| format!("SL2026{number:06}"),
            |number| format!("138{number:08}"),
            |number| format!("综合窗口{}", number % 9),
        ];
        for text in texts {
            let before = numbered(30, text);
            assert!(seen(&before, &numbered(30, |number| half(&text(number))), true), "{}", text(1));
            assert!(seen(&before, &numbered(12, |number| half(&text(number))), false), "{}", text(1));
            assert!(!seen(&before, &numbered(9, |number| half(&text(number))), true), "too few to tell");
            assert!(!seen(&numbered(19, text), &numbered(19, |number| half(&text(number))), true), "too few to tell");
            let some = |number: usize| if number <= 15 { half(&text(number)) } else { text(number) };
            assert!(!seen(&before, &numbered(30, some), true), "not most of them");
        }
    }

    #[test]
    fn what_grows_or_begins_anew_is_the_same() {
        let year = |from: usize| move |number: usize| format!("河东财补〔2026〕{}号", from + number);
        assert!(!seen(&numbered(40, year(900)), &numbered(40, year(9_900)), true), "a further digit");
        assert!(!seen(&numbered(40, year(900)), &numbered(40, year(0)), true), "a new year");
        let day = |month: usize| move |number: usize| format!("2026-{month}-{number}");
        assert!(!seen(&numbered(28, day(9)), &numbered(28, day(10)), true));
        assert!(!seen(&numbered(28, day(12)), &numbered(28, day(1)), true));
        let ago = |word: &'static str, from: usize| move |number: usize| format!("{}{word}", from + number);
        assert!(!seen(&numbered(40, ago("分钟前", 10)), &numbered(40, ago("天前", 1)), true));
    }

    #[test]
    fn a_date_that_appears_is_how_a_case_goes_on() {
        let day = |number: usize| format!("2026-11-{number:02}");
        for open in ["", "—", "未办结"] {
            let all = numbered(40, |_| open.to_owned());
            assert!(!seen(&all, &numbered(40, day), true) && !seen(&all, &numbered(40, day), false), "{open}");
            let most = numbered(1_000, |number| if number <= 10 { open.to_owned() } else { day(number % 28) });
            assert!(!seen(&most, &numbered(50, |_| open.to_owned()), false), "the newest ones are all open: {open}");
            let cut = |number: usize| if number <= 20 { open.to_owned() } else { half(&day(number)) };
            assert!(seen(&most, &numbered(40, cut), false), "{open}");
        }
        assert!(
            seen(&numbered(200, |_| "未办结".to_owned()), &numbered(200, day), true),
            "in all of a long list at once"
        );
        assert!(seen(&numbered(200, day), &numbered(200, |_| "未办结".to_owned()), true), "and back");
    }

    #[test]
    fn a_list_that_is_new_every_day_is_known_by_all_of_its_days() {
        let day = |number: usize| format!("2026-11-{number:02} 15:20");
        let open = |number: usize| format!("剩余{number}天");
        let known = Builds::default().with(&numbered(25, open)).with(&numbered(25, day));
        assert!(!after(&known, &numbered(25, open), true) && !after(&known, &numbered(25, day), true));
        assert!(after(&known, &numbered(25, |number| half(&day(number))), true));
    }

    #[test]
    fn free_text_is_not_judged_and_rare_builds_are_no_reason_to_be_silent() {
        let free = |number: usize| format!("{}{number}", "a-".repeat(number % 17));
        assert!(!seen(&numbered(60, free), &numbered(60, |number| format!("?{number}")), true));
        let many = numbered(3_000, |number| format!("{}{number}", "-".repeat(number % 60)));
        assert!(!seen(&many, &many, true), "none of its builds is common");
        let day = |number: usize| format!("2026-11-{:02} 15:20:{:02}", number % 28 + 1, number % 60);
        let odd = numbered(100, |number| if number == 1 { "2026-11-03".to_owned() } else { day(number) });
        assert!(seen(&odd, &numbered(100, |number| day(number)[..10].to_owned()), true));
        assert!(
            !seen(&odd, &numbered(20, |number| day(number)[..10].to_owned()), false),
            "a part may show all of the rare ones"
        );
    }
}
