//! How the texts of a field are built. Half a value, or a value written otherwise, shows in it where a person would see at once
//! that something is amiss and no expression refuses it.

use std::collections::BTreeMap;

use super::{
    Guard,
    baseline::{Column, written},
};
use crate::adapter::Page;

/// Texts from which a field can be said to be built alike.
const FEWEST: u64 = 20;
/// Texts from which it can be said not to be so any more.
const FEWEST_NOW: u64 = 10;
/// Builds that are told apart: a field with more is free text.
const MOST: usize = 64;

/// The builds of one field's texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shapes {
    /// With the length of each run: `9{4}-9{2}`.
    exact: BTreeMap<String, u64>,
    /// Without: `9-9`.
    loose: BTreeMap<String, u64>,
    of: u64,
}

impl Shapes {
    /// Counts a text in; what says nothing has no build.
    pub(super) fn take(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.of += 1;
        let (exact, loose) = built(text);
        for (counts, shape) in [(&mut self.exact, exact), (&mut self.loose, loose)] {
            let known = counts.len();
            match counts.get_mut(&shape) {
                Some(count) => *count += 1,
                None if known < MOST => drop(counts.insert(shape, 1)),
                None => {}
            }
        }
    }

    /// How many texts there were.
    pub(super) fn filled(&self) -> u64 {
        self.of
    }

    /// The build of practically all of the texts, the exact one if there is one; empty where there is none.
    pub(super) fn common(&self) -> String {
        let all = |counts: &BTreeMap<String, u64>| {
            let (shape, count) = counts.iter().max_by_key(|(_, count)| **count)?;
            (self.of >= FEWEST && count * 100 >= self.of * 98).then(|| shape.clone())
        };
        all(&self.exact).or_else(|| all(&self.loose)).unwrap_or_default()
    }

    /// How many texts are built so.
    fn fitting(&self, shape: &str) -> u64 {
        self.exact.get(shape).or_else(|| self.loose.get(shape)).copied().unwrap_or_default()
    }
}

/// The build of a text, with and without the length of its runs.
fn built(text: &str) -> (String, String) {
    let (mut exact, mut loose) = (String::new(), String::new());
    let mut run: Option<(char, usize)> = None;
    let mut close = |run: &mut Option<(char, usize)>, next: Option<char>| {
        if let Some((sign, length)) = run.take() {
            exact.push_str(&format!("{sign}{{{length}}}"));
            loose.push(sign);
        }
        if let Some(next) = next {
            exact.push(next);
            loose.push(next);
        }
    };
    for letter in text.chars() {
        let sign = match letter {
            '0'..='9' => '9',
            letter if letter.is_ascii_alphabetic() => 'a',
            letter if letter.is_alphabetic() => '字',
            other => {
                close(&mut run, Some(other));
                continue;
            }
        };
        match &mut run {
            Some((own, length)) if *own == sign => *length += 1,
            _ => {
                close(&mut run, None);
                run = Some((sign, 1));
            }
        }
    }
    close(&mut run, None);
    (exact, loose)
}

/// Whether most texts of a field are built otherwise than practically all were. An address may be written otherwise and lead
/// to the same page.
pub(super) fn reshaped(page: &Page, field: &str, before: &Column, now: &Shapes) -> Option<Guard> {
    let candidates = page.at.get(field)?;
    let address = candidates.0.iter().any(|locator| locator.attribute.is_some());
    let fitting = now.fitting(&before.shape);
    let most = !before.shape.is_empty() && now.of >= FEWEST_NOW && fitting * 2 < now.of;
    (most && !address).then(|| Guard::Reshaped {
        field: field.to_owned(),
        locator: written(candidates),
        otherwise: now.of - fitting,
        of: now.of,
        shape: before.shape.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(texts: impl IntoIterator<Item = String>) -> Shapes {
        let mut shapes = Shapes::default();
        texts.into_iter().for_each(|text| shapes.take(&text));
        shapes
    }

    fn numbered(count: usize, text: impl Fn(usize) -> String) -> Shapes {
        shapes((1..=count).map(text))
    }

    #[test]
    fn practically_all_texts_make_a_shape() {
        assert_eq!(numbered(30, |number| format!("SL2026{number:04}")).common(), "a{2}9{8}");
        assert_eq!(numbered(30, |number| format!("2026/1/{number} 9:00")).common(), "9/9/9 9:9");
        assert_eq!(numbered(30, |number| "王".repeat(1 + number % 3)).common(), "字");
        assert_eq!(numbered(19, |_| "1".to_owned()).common(), "", "too few to tell");
        assert_eq!(numbered(30, |number| if number % 2 == 0 { "甲 1" } else { "乙" }.to_owned()).common(), "");
        assert_eq!(numbered(30, |_| " ".to_owned()).common(), "");
    }

    #[test]
    fn most_of_them_have_to_differ() {
        let day = |number: usize| format!("2026-01-{number:02}");
        let now = |share: usize| {
            numbered(30, |number| if number <= share { day(number) } else { format!("{number}.1.2026") })
        };
        let shape = numbered(30, day).common();
        assert_eq!((now(30).fitting(&shape), now(15).fitting(&shape), now(0).fitting(&shape)), (30, 15, 0));
    }
}
