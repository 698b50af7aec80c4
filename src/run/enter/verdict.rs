//! What a page says about a form that was sent. Pure: pages in, a verdict out.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    adapter::{EntryForm, System},
    extract::{self, Complaint, Document},
};

/// What became of a form, as far as the page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was taken; what proves it, by name.
    Taken(BTreeMap<String, String>),
    /// It was refused.
    Refused(Vec<Complaint>),
    /// The page says nothing of it.
    Nothing,
    /// It says both.
    Unclear,
}

/// Judges a page by all the documents in it.
pub(super) fn judge<'d>(form: &EntryForm, system: &System, documents: impl Iterator<Item = &'d Document>) -> Verdict {
    let (mut taken, mut complaints) = (None, Vec::new());
    for document in documents {
        taken = taken.or_else(|| proof(form, document));
        if let Some(at) = &form.refused {
            let pages: BTreeSet<&str> = form.pages().collect();
            let fields = pages
                .into_iter()
                .map(|page| &system.pages[page])
                .flat_map(|page| page.at.iter().map(|(name, at)| (name.as_str(), at)));
            complaints.extend(extract::complaints(at, document, fields));
        }
    }
    match (taken, complaints.is_empty()) {
        (None, true) => Verdict::Nothing,
        (None, false) => Verdict::Refused(complaints),
        (Some(proof), true) => Verdict::Taken(proof),
        (Some(_), false) => Verdict::Unclear,
    }
}

/// Judges what a dialog says.
pub(super) fn judge_words(form: &EntryForm, system: &System, words: &str) -> Verdict {
    let escaped = words.replace('&', "&amp;").replace('<', "&lt;");
    let document = Document::parse(&format!("<p role=\"alertdialog\">{escaped}</p>"), Some("text/html"));
    judge(form, system, std::iter::once(&document))
}

/// What proves that the form was taken: all of `proof`, or `done` where nothing is to be read.
fn proof(form: &EntryForm, document: &Document) -> Option<BTreeMap<String, String>> {
    let read = |at| extract::read(at, document).ok().flatten();
    let proven: Option<BTreeMap<_, _>> = form.proof.iter().map(|(name, at)| Some((name.clone(), read(at)?))).collect();
    let done = form.done.as_ref().is_none_or(|done| read(done).is_some());
    proven.filter(|_| done)
}

/// All complaints in one line, the first one's field with them.
pub(super) fn in_one(complaints: &[Complaint]) -> (String, Option<String>) {
    let words: Vec<&str> = complaints.iter().map(|one| one.words.as_str()).collect();
    (words.join("; "), complaints.iter().find_map(|one| one.field.clone()))
}
