//! What an enter-bot does, once checked: which records it takes, how it finds them in the target, how it fills the form.

use std::time::Duration;

use super::{Ask, Candidates, Expression, Template};
use crate::record::Does;

/// What a bot enters.
#[derive(Debug)]
pub struct Enter {
    /// New records, or fields of those that are there.
    pub does: Does,
    /// Which records, over `case.…`: those for which it says `true`.
    pub take: Expression,
    /// The key by which the target shows the record, over `case.…` and, for updates, `link.…`.
    pub mark: Expression,
    /// Where the target shows whether it has the record; without it a doubt is a person's.
    pub find: Option<FindRow>,
    /// How it is entered.
    pub form: EntryForm,
    /// Where the record is read back.
    pub verify: Option<Verify>,
    /// How long the target may take to show what it has received: what is absent before that may still be under way.
    pub settles: Duration,
}

/// Where the target shows whether it has a record.
#[derive(Debug)]
pub struct FindRow {
    /// The list page; its address may use `mark`.
    pub page: String,
    /// What a row must say to be the record's: fields of the page's rows.
    pub row: Vec<(String, Template)>,
    /// What else a row must say to say the same as the record.
    pub fields: Vec<(String, Template)>,
    /// The target's own number, over `list.…`.
    pub receipt: Option<Expression>,
    /// The mark of a record that stands in the target from the start: by it the look-up is proven before the first entry of all.
    pub control: Option<String>,
}

impl FindRow {
    /// What a row must say to be the record's, as far as its mark alone tells.
    pub fn by_mark(&self) -> impl Iterator<Item = &(String, Template)> {
        let alone = |(_, template): &&(String, Template)| {
            let mut names = template.expressions().flat_map(Expression::names).peekable();
            names.peek().is_some() && names.all(|name| name == "mark")
        };
        self.row.iter().filter(alone)
    }
}

/// How a record is entered.
#[derive(Debug)]
pub struct EntryForm {
    /// Posted over plain HTTP, not worked in a browser.
    pub http: bool,
    /// What it is sent in, where that is not what its page is written in.
    pub charset: Option<String>,
    /// What is done, in order; the last step submits.
    pub steps: Vec<FormStep>,
    /// What the page shows once the target has taken it, by name; `receipt` is the number that it gave.
    pub proof: Vec<(String, Candidates)>,
    /// What the page shows once the target has taken it.
    pub done: Option<Candidates>,
    /// Where the page says why it did not.
    pub refused: Option<Candidates>,
    /// Where the page says that it does not know itself what became of it.
    pub doubt: Option<Candidates>,
    /// How long the page may take to say either.
    pub within: Duration,
}

/// Where a record is read back, and what must stand there.
#[derive(Debug)]
pub struct Verify {
    /// The page; its address may use `mark`, `receipt` and fields of the row that was found.
    pub page: String,
    /// Thing of the page → what it must say.
    pub fields: Vec<(String, Template)>,
}

/// One step in a form.
#[derive(Debug)]
pub enum FormStep {
    /// `{ open = "page" }`
    Open(String),
    /// `{ on = "page" }`: what was pressed has led there; it is waited for.
    On(String),
    /// `{ fill = { … } }`, `{ choose = { … } }`, `{ date = { … } }`, `{ upload = { … } }`, as many as stand in a row.
    Fields(Vec<FieldStep>),
    /// `{ click = "thing" }`; with `window = true` it opens a window of its own.
    Click {
        /// What is pressed.
        thing: String,
        /// Whether a window opens.
        window: bool,
    },
    /// `{ press = { thing = "Enter" } }`: a key, while the thing has the focus.
    Press {
        /// The thing.
        thing: String,
        /// The key: one of [`FORM_KEYS`].
        key: String,
    },
    /// `{ read = { name = "thing" } }`: what the thing says is `read.NAME` from here on.
    Read(Vec<(String, String)>),
    /// `{ wait = "thing" }`: until it can be seen.
    Wait(String),
    /// `{ confirm = "words" }`, `{ dismiss = "words" }`: a dialog that says these words is answered.
    Dialog {
        /// The words.
        words: String,
        /// Whether it is accepted.
        accept: bool,
    },
    /// `{ ask = { answer = "picture" } }`
    Ask(Ask),
    /// `{ compare = true }`: everything entered so far is read back once more (a draft that was saved).
    Compare,
    /// `{ submit = "thing", confirm = "words" }`: from here on the target may have it.
    Submit {
        /// What is pressed.
        thing: String,
        /// What a dialog says that asks whether one is sure.
        confirm: Option<String>,
    },
}

/// The keys that a step may press.
pub const FORM_KEYS: [&str; 3] = ["Enter", "Tab", "Escape"];

/// What goes into one thing of a form.
#[derive(Debug)]
pub struct FieldStep {
    /// The thing.
    pub thing: String,
    /// How.
    pub verb: Verb,
    /// What, as a person sees it.
    pub value: Template,
}

/// How something goes into a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Typed.
    Fill,
    /// Chosen from what is offered.
    Choose,
    /// A day or a time, in inputs that may be read-only.
    Date,
    /// A file, by its path from the adapters' folder.
    Upload,
}

impl EntryForm {
    /// The names of the pages that its steps are on.
    pub fn pages(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match step {
            FormStep::Open(page) | FormStep::On(page) => Some(page.as_str()),
            _ => None,
        })
    }
}

impl Enter {
    /// All that its values are made of.
    pub fn expressions(&self) -> Vec<&Expression> {
        let fields = self.form.steps.iter().flat_map(|step| match step {
            FormStep::Fields(fields) => fields.as_slice(),
            _ => &[],
        });
        let find = self.find.iter().flat_map(|find| find.row.iter().chain(&find.fields));
        let verify = self.verify.iter().flat_map(|verify| &verify.fields);
        let told = find.chain(verify).map(|(_, template)| template);
        let templates = fields.map(|field| &field.value).chain(told);
        templates.flat_map(Template::expressions).chain([&self.take, &self.mark]).collect()
    }

    /// The names of the pages that are read, not worked: the look-up and the read-back.
    pub fn read_pages(&self) -> impl Iterator<Item = &str> {
        let found = self.find.iter().map(|find| find.page.as_str());
        found.chain(self.verify.iter().map(|verify| verify.page.as_str()))
    }
}
