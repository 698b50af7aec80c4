//! What a redesign may do to a page.

use fastrand::Rng;

use super::{dom::Dom, pages::Saved};

/// One way to change a page.
#[derive(Clone, Copy)]
pub struct Mutation {
    pub name: &'static str,
    /// Changes the page; `None` where it does not apply.
    pub change: fn(&mut Dom, &Facts, &mut Rng) -> Option<Touched>,
}

/// What a mutation needs to know about a page.
pub struct Facts {
    /// Whether it is a list.
    pub list: bool,
    /// The headers or labels that its adapter asks for, without blanks.
    pub words: Vec<String>,
}

/// What was changed that an adapter may have meant: headers, labels.
#[derive(Clone, Debug, Default)]
pub struct Touched(pub Vec<String>);

impl Facts {
    pub fn of(saved: &Saved<'_>) -> Self {
        Self { list: saved.page.is_list(), words: saved.words().iter().map(|word| bare(word)).collect() }
    }

    /// A made-up English name for one of the words.
    pub fn english(&self, word: &str) -> String {
        let number = self.words.iter().position(|own| *own == bare(word)).unwrap_or(self.words.len());
        let greek = ["alpha", "beta", "gamma", "delta", "zeta", "kappa", "lambda", "omega"];
        format!("Field {} {}", greek[number % greek.len()], greek[number / greek.len() % greek.len()])
    }

    /// The word that a text is, as an adapter would ask for it.
    pub fn asked(&self, text: &str) -> Option<&String> {
        let text = bare(text);
        self.words.iter().find(|word| **word == text)
    }
}

/// A header or label without blanks and marks.
pub fn bare(text: &str) -> String {
    let marks = [':', '：', '*', '▲', '▼'];
    text.chars().filter(|letter| !letter.is_whitespace() && !marks.contains(letter)).collect()
}

/// Changed, and nothing that an adapter names.
pub fn done(changed: bool) -> Option<Touched> {
    changed.then(Touched::default)
}
