//! An arithmetic captcha: a picture of a small sum whose signs are drawn as strokes, so that no text can be read from it.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many captchas that nobody answered are remembered, so that a long practice does not grow.
const KEPT: usize = 1000;
/// The picture's size in pixels.
const SIZE: (u32, u32) = (132, 40);
/// How wide one sign stands, in pixels.
const ADVANCE: f32 = 20.0;
/// Lines and dots over the signs.
const NOISE: (u32, u32) = (5, 40);

/// The captchas of one system.
#[derive(Debug, Default)]
pub(super) struct Captchas(Mutex<Shown>);

#[derive(Debug, Default)]
struct Shown {
    /// Whom each was shown to, oldest first.
    open: VecDeque<(String, u32)>,
    last: Option<u32>,
}

impl Captchas {
    /// A new captcha for `visitor`, as an SVG picture; one shown to him earlier no longer counts.
    pub(super) fn show(&self, visitor: &str) -> String {
        let (words, answer) = sum();
        let mut shown = self.shown();
        shown.open.retain(|(whom, _)| whom != visitor);
        shown.open.push_back((visitor.to_owned(), answer));
        if shown.open.len() > KEPT {
            shown.open.pop_front();
        }
        shown.last = Some(answer);
        picture(&words)
    }

    /// Whether `answer` is right for what `visitor` was shown. Right or wrong, it is asked once.
    pub(super) fn answered(&self, visitor: &str, answer: &str) -> bool {
        let mut shown = self.shown();
        let Some(place) = shown.open.iter().position(|(whom, _)| whom == visitor) else { return false };
        shown.open.remove(place).is_some_and(|(_, right)| answer.trim().parse() == Ok(right))
    }

    /// The answer to the captcha shown last: what a person in front of it would type.
    pub(super) fn last_answer(&self) -> Option<String> {
        self.shown().last.map(|answer| answer.to_string())
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sum and its answer, which is not negative. Not from the seed: a captcha must not be foreseeable.
fn sum() -> (String, u32) {
    let (left, right) = (fastrand::u32(1..=9), fastrand::u32(1..=9));
    match fastrand::u32(..3) {
        0 => (format!("{left}+{right}=?"), left + right),
        1 => (format!("{}-{}=?", left.max(right), left.min(right)), left.abs_diff(right)),
        _ => (format!("{left}*{right}=?"), left * right),
    }
}

/// The picture of `words`: each sign shaken, and lines and dots over all.
fn picture(words: &str) -> String {
    let (width, height) = SIZE;
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"><rect width="{width}" height="{height}" fill="#eef3f8"/><g fill="none" stroke-linecap="round" stroke-linejoin="round">"##
    );
    let mut left = 12.0;
    for sign in words.chars() {
        let (angle, scale) = ((fastrand::f32() - 0.5) * 0.5, 1.15 + fastrand::f32() * 0.35);
        let (sine, cosine) = (angle.sin() * scale, angle.cos() * scale);
        let top = 8.0 + fastrand::f32() * 4.0;
        let strokes = strokes(sign).iter().fold(String::new(), |path, stroke| {
            stroke.iter().enumerate().fold(path, |mut path, (index, &(x, y))| {
                let (x, y) = (f32::from(x) - 5.0 + shake(), f32::from(y) - 8.0 + shake());
                let (x, y) = (left + 6.0 + x * cosine - y * sine, top + 11.0 + x * sine + y * cosine);
                let letter = if index == 0 { 'M' } else { 'L' };
                write!(path, "{letter}{x:.1} {y:.1}").expect("writing to a string never fails");
                path
            })
        });
        svg += &format!(r#"<path d="{strokes}" stroke="{}" stroke-width="2.4"/>"#, ink());
        left += ADVANCE + fastrand::f32() * 4.0;
    }
    for _ in 0..NOISE.0 {
        let [x1, x2, x3] = [(); 3].map(|()| fastrand::u32(..width));
        let [y1, y2, y3] = [(); 3].map(|()| fastrand::u32(..height));
        svg += &format!(r#"<path d="M{x1} {y1}Q{x2} {y2} {x3} {y3}" stroke="{}" stroke-width="0.8"/>"#, ink());
    }
    for _ in 0..NOISE.1 {
        let (x, y) = (fastrand::u32(..width), fastrand::u32(..height));
        svg += &format!(r#"<path d="M{x} {y}h1" stroke="{}"/>"#, ink());
    }
    svg + "</g></svg>"
}

/// How far a point strays, in the units of [`strokes`].
fn shake() -> f32 {
    (fastrand::f32() - 0.5) * 1.4
}

fn ink() -> &'static str {
    ["#1d4e89", "#7a1f3d", "#20603d", "#5b3a8c", "#8a4b08"][fastrand::usize(..5)]
}

/// The strokes of a sign in a field of 10 by 16.
fn strokes(sign: char) -> &'static [&'static [(u8, u8)]] {
    match sign {
        '0' => &[&[(5, 0), (9, 4), (9, 12), (5, 16), (1, 12), (1, 4), (5, 0)]],
        '1' => &[&[(2, 4), (5, 0), (5, 16)], &[(2, 16), (8, 16)]],
        '2' => &[&[(1, 4), (3, 0), (7, 0), (9, 4), (1, 16), (9, 16)]],
        '3' => &[&[(1, 1), (8, 1), (4, 7), (8, 9), (9, 13), (5, 16), (1, 14)]],
        '4' => &[&[(7, 16), (7, 0), (1, 11), (10, 11)]],
        '5' => &[&[(9, 0), (2, 0), (1, 7), (6, 6), (9, 10), (7, 15), (1, 16)]],
        '6' => &[&[(8, 0), (3, 5), (1, 11), (4, 16), (8, 14), (8, 9), (2, 10)]],
        '7' => &[&[(1, 0), (9, 0), (4, 16)]],
        '8' => &[&[(5, 7), (1, 4), (3, 0), (7, 0), (9, 4), (5, 7), (1, 12), (3, 16), (7, 16), (9, 12), (5, 7)]],
        '9' => &[&[(9, 6), (3, 8), (1, 4), (4, 0), (8, 2), (9, 6), (7, 16)]],
        '+' => &[&[(5, 4), (5, 12)], &[(1, 8), (9, 8)]],
        '-' => &[&[(1, 8), (9, 8)]],
        '*' => &[&[(2, 4), (8, 12)], &[(8, 4), (2, 12)]],
        '=' => &[&[(1, 6), (9, 6)], &[(1, 11), (9, 11)]],
        _ => &[&[(1, 4), (3, 0), (7, 0), (9, 4), (5, 8), (5, 11)], &[(5, 15), (5, 16)]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_captcha_is_bound_to_its_visitor_and_asked_once() {
        let captchas = Captchas::default();
        assert_eq!(captchas.last_answer(), None);
        captchas.show("one");
        let answer = captchas.last_answer().unwrap();
        assert!(!captchas.answered("two", &answer), "another visitor's");
        assert!(captchas.answered("one", &format!(" {answer} ")));
        assert!(!captchas.answered("one", &answer), "used up");
        captchas.show("one");
        assert!(!captchas.answered("one", "100"), "no such sum");
        assert!(!captchas.answered("one", &captchas.last_answer().unwrap()), "a wrong answer uses it up too");
    }

    #[test]
    fn a_picture_tells_nothing_in_text() {
        for _ in 0..50 {
            let svg = picture("7+5=?");
            assert!(!svg.contains("<text") && !svg.contains("7+5") && svg.matches("<path").count() > 40, "{svg}");
        }
    }

    #[test]
    fn answers_are_what_the_sum_says() {
        for _ in 0..200 {
            let (words, answer) = sum();
            let numbers: Vec<u32> =
                words.trim_end_matches("=?").split(['+', '-', '*']).map(|part| part.parse().unwrap()).collect();
            let right = match words.chars().nth(1) {
                Some('+') => numbers[0] + numbers[1],
                Some('-') => numbers[0] - numbers[1],
                _ => numbers[0] * numbers[1],
            };
            assert_eq!(answer, right, "{words}");
        }
    }
}
