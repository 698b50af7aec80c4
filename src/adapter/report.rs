//! Mistakes in adapter files, and how they are shown: the line, the words underlined, the mend.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fmt,
    ops::Range,
    path::{Path, PathBuf},
};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::base::{Lang, Message, Remedy};

/// How much a mistake matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The adapter cannot be used.
    Error,
    /// It can, but something in it is probably not meant.
    Warning,
}

/// One mistake in one adapter file.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// The file, relative to the root folder.
    pub file: PathBuf,
    /// The bytes of the file that are wrong; empty at 0 where the file as a whole is.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: Message,
    /// What to do about it.
    pub mend: Option<Message>,
    /// How much it matters.
    pub severity: Severity,
}

/// Every mistake of every file, in the order of files and lines.
#[derive(Debug, Default)]
pub struct Report {
    /// The mistakes.
    pub mistakes: Vec<Mistake>,
    sources: BTreeMap<PathBuf, String>,
}

impl Report {
    /// Whether there are errors; warnings alone leave the adapters usable.
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.mistakes.iter().filter(|mistake| mistake.severity == Severity::Error).count()
    }

    /// How many warnings there are.
    pub fn warnings(&self) -> usize {
        self.mistakes.len() - self.errors()
    }

    /// The same with only the mistakes of files at or below `path` (relative to the root).
    pub fn below(mut self, path: &Path) -> Self {
        self.mistakes.retain(|mistake| mistake.file.starts_with(path));
        self
    }

    /// Line and column (in characters) of a mistake, both from 1.
    pub fn place(&self, mistake: &Mistake) -> (usize, usize) {
        let source = self.sources.get(&mistake.file).map_or("", String::as_str);
        let before = source.get(..mistake.span.start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().filter(|c| *c != '\u{feff}').count() + 1)
    }

    /// All of it as a person reads it, with `file:line:column` for every mistake.
    pub fn render(&self, lang: Lang, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let shown: Vec<_> = self.mistakes.iter().map(|mistake| self.show(mistake, lang, &renderer)).collect();
        shown.join("\n\n")
    }

    /// What to do about adapters that do not load: only a person can mend them.
    pub const fn remedy(&self) -> Remedy {
        Remedy::Human
    }

    fn show(&self, mistake: &Mistake, lang: Lang, renderer: &Renderer) -> String {
        let (level, name) = match mistake.severity {
            Severity::Error => (Level::ERROR, "adapter-error"),
            Severity::Warning => (Level::WARNING, "adapter-warning"),
        };
        let name = Message::new(name).say(lang);
        let title = level.with_name(Some(name)).primary_title(mistake.message.say(lang));
        let source = self.sources.get(&mistake.file).map_or("", String::as_str);
        let snippet = Snippet::source(source)
            .path(mistake.file.display().to_string())
            .annotation(AnnotationKind::Primary.span(visible(source, &mistake.span)));
        let mut group = title.element(snippet);
        if let Some(mend) = &mistake.mend {
            let help = Level::HELP.with_name(Some(Message::new("adapter-mend").say(lang)));
            group = group.element(help.message(mend.say(lang)));
        }
        renderer.render(&[group])
    }

    pub(super) fn add(&mut self, findings: Findings, source: String) {
        let mut mistakes = findings.mistakes.into_inner();
        mistakes.sort_by_key(|mistake| (mistake.span.start, mistake.severity));
        self.mistakes.extend(mistakes);
        self.sources.insert(findings.file, source);
    }
}

/// In English, without colour.
impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.render(Lang::En, false))
    }
}

impl std::error::Error for Report {}

/// The span cut to its first line, so that one mistake never shows a whole file.
fn visible(source: &str, span: &Range<usize>) -> Range<usize> {
    let line = source.get(span.clone()).and_then(|text| text.lines().next()).unwrap_or("");
    span.start.min(source.len())..(span.start + line.len()).min(source.len())
}

/// The mistakes of one file while it is being read.
#[derive(Debug)]
pub(super) struct Findings {
    file: PathBuf,
    mistakes: RefCell<Vec<Mistake>>,
}

impl Findings {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, mistakes: RefCell::default() }
    }

    pub(super) fn error(&self, span: Range<usize>, message: Message, mend: impl Into<Option<Message>>) {
        self.push(Severity::Error, span, message, mend.into());
    }

    pub(super) fn warn(&self, span: Range<usize>, message: Message, mend: impl Into<Option<Message>>) {
        self.push(Severity::Warning, span, message, mend.into());
    }

    pub(super) fn has_errors(&self) -> bool {
        self.mistakes.borrow().iter().any(|mistake| mistake.severity == Severity::Error)
    }

    pub(super) fn len(&self) -> usize {
        self.mistakes.borrow().len()
    }

    /// Drops what was noted after the first `kept` mistakes on a line that already has one of those: a line that is no TOML
    /// says nothing else for sure.
    pub(super) fn drop_echoes(&self, kept: usize, source: &str) {
        let line = |mistake: &Mistake| source.get(..mistake.span.start).unwrap_or("").matches('\n').count();
        let mut mistakes = self.mistakes.borrow_mut();
        let broken: Vec<usize> = mistakes.iter().take(kept).map(line).collect();
        let mut index = 0;
        mistakes.retain(|mistake| {
            index += 1;
            index <= kept || !broken.contains(&line(mistake))
        });
    }

    fn push(&self, severity: Severity, span: Range<usize>, message: Message, mend: Option<Message>) {
        let file = self.file.clone();
        self.mistakes.borrow_mut().push(Mistake { file, span, message, mend, severity });
    }
}
