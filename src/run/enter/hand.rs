//! Working a form in the browser, as a person does.

mod there;

use std::{
    path::{Component, Path, PathBuf},
    time::{Duration, Instant},
};

use super::{
    super::{RunError, evidence, page::SETTLE_LIMIT, people, signs, site::Site},
    compare::Told,
    form::Stop,
    held::Entered,
    life::{Life, Note},
};
use crate::{
    adapter::{Ask, FieldStep, FormStep, Page, Verb},
    extract::{self, Document},
    transport::{Act, Browser, Key, Lent, Mark, Snapshot, Stroke, TransportError, Turn},
};

/// How long something on a page that was led to may take to show.
const SHOWS_WITHIN: Duration = Duration::from_secs(15);
/// How long the fields of a form may take: cascades wait for their options.
pub(super) const FIELDS_WITHIN: Duration = Duration::from_secs(20);
/// Between two looks at a page.
pub(super) const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Pages that post-backs may put in the place of one form while it is filled.
const POST_BACKS_MOST: usize = 40;

/// A pair of hands at the form.
pub(super) struct Hand<'a> {
    pub(super) site: &'a Site,
    pub(super) browser: &'a Browser,
    /// The same session by plain HTTP.
    pub(super) lent: Option<Lent>,
    /// The form's share of what the system is asked for at once; given back while a person thinks.
    turn: Option<Turn>,
    page: Option<&'a Page>,
    /// The page as it was last seen, with its marks, as long as nothing has been done on it since.
    pub(super) seen: Option<Snapshot>,
    /// What was entered into the page that is open, by thing.
    pub(super) entered: Vec<Entered>,
    /// All that was read back, of every page.
    pub(super) told: Vec<Told>,
    /// How much of that is of the pages before the one that is open.
    pub(super) told_before: usize,
}

/// Fills the form, writes down that it is sent, and sends it.
pub(super) async fn submit(life: &mut Life<'_>) -> Result<(), Stop> {
    let site = std::sync::Arc::clone(life.site);
    let turn = Some(site.turn_to_ask().await?);
    let mut held = site.session(true).await?;
    held.close_beside().await;
    let browser = held.browser.as_ref().expect("there is a session with its browser");
    let (entered, told, lent) = (Vec::new(), Vec::new(), held.lent.clone());
    let mut hand = Hand { site: &site, browser, lent, turn, page: None, seen: None, entered, told, told_before: 0 };
    let form = &life.enter().form;
    let windows = browser.windows().await?;
    let worked = hand.work(life, &form.steps).await;
    // A window of the form's own must not stay open, however it has ended.
    let gone = matches!(&worked, Err(Stop::Error(RunError::Transport(TransportError::BrowserGone { .. }))));
    if !gone && browser.windows().await.is_ok_and(|now| now.count() > windows.count()) {
        browser.close_window().await?;
    }
    worked
}

impl<'a> Hand<'a> {
    async fn work(&mut self, life: &mut Life<'_>, steps: &'a [FormStep]) -> Result<(), Stop> {
        for step in steps {
            match step {
                FormStep::Submit { thing, confirm } => return self.send(life, thing, confirm.as_deref()).await,
                step => self.follow(life, step).await?,
            }
        }
        Ok(())
    }

    async fn follow(&mut self, life: &Life<'_>, step: &'a FormStep) -> Result<(), Stop> {
        match step {
            FormStep::Open(name) => self.open(life, name).await,
            FormStep::On(name) => {
                self.page = Some(&self.site.run.system().pages[name]);
                (self.seen, self.entered, self.told_before) = (None, Vec::new(), self.told.len());
                Ok(())
            }
            FormStep::Fields(fields) => self.enter(life, fields).await,
            FormStep::Wait(thing) => self.find(thing).await.map(drop),
            FormStep::Click { thing, window } => self.click(thing, *window).await,
            FormStep::Press { thing, key } => self.key(thing, key).await,
            FormStep::Read(named) => self.read(life, named).await,
            FormStep::Dialog { words, accept } => self.dialog(words, *accept).await,
            FormStep::Ask(ask) => self.ask(life, ask).await,
            FormStep::Compare => self.compare(life).await.map(drop),
            FormStep::Submit { .. } => Ok(()),
        }
    }

    pub(super) fn page(&self) -> &'a Page {
        self.page.expect("the adapters were checked: a page is open")
    }

    /// The page as it stands, with marks, and the part of it that the adapter means.
    pub(super) async fn look(&self) -> Result<Snapshot, RunError> {
        self.site.snapshot(self.browser, self.page(), true).await
    }

    /// Waits until a thing is there. The page in which it was found is then the one that was seen last.
    pub(super) async fn find(&mut self, thing: &str) -> Result<Mark, Stop> {
        let page = self.page();
        let began = Instant::now();
        let mut refused = None;
        loop {
            let snapshot = match self.seen.take() {
                Some(snapshot) => snapshot,
                None => self.look().await?,
            };
            match self.marks(&snapshot, [thing]).remove(0) {
                Ok(mark) => {
                    self.seen = Some(snapshot);
                    return Ok(mark);
                }
                Err(error) if began.elapsed() > SHOWS_WITHIN => {
                    evidence::keep_snapshot(&self.site.run, &page.name, &snapshot);
                    return Err(refused.map_or_else(|| error.into(), Stop::Refused));
                }
                Err(_) => {
                    signs::heed_snapshot(&self.site.run, &snapshot)?;
                    // What the page says against what was entered may be gone before the waiting ends.
                    refused = self.refusal(&snapshot).or(refused);
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            }
        }
    }

    /// The marks of things, read from the page once. What is to be pressed must be one thing; what is entered may be the first of
    /// several boxes.
    pub(super) fn marks<'t>(
        &self,
        snapshot: &Snapshot,
        things: impl IntoIterator<Item = &'t str>,
    ) -> Vec<Result<Mark, RunError>> {
        let page = self.page();
        let (framed, frames) = snapshot.in_frame(&page.frame).unwrap_or((snapshot, Vec::new()));
        let document = Document::parse(&framed.html, Some("text/html"));
        let mark = |thing| {
            let at = &page.at[thing];
            let one = extract::mark(at, &document);
            let index = one.or_else(|error| extract::mark_entry(at, &document).map_err(|_| error));
            Ok(Mark { frames: frames.clone(), index: index.map_err(|source| self.unfit(source))? })
        };
        things.into_iter().map(mark).collect()
    }

    fn unfit(&self, source: extract::ExtractError) -> RunError {
        let (system, page) = (self.site.run.system().name.clone(), self.page().name.clone());
        RunError::Extract { system, page, source: source.into() }
    }

    /// Enters fields, as many in one call as the page allows, and reads them back.
    async fn enter(&mut self, life: &Life<'_>, fields: &'a [FieldStep]) -> Result<(), Stop> {
        let page = self.page();
        let mut meant = Vec::new();
        for field in fields {
            if let Some(text) = life.meant(page, field)? {
                if field.verb == Verb::Upload && self.file(&text).is_none() {
                    let why = format!("there is no file `{text}` in the adapters' folder");
                    return Err(Stop::unfit(page, &field.thing, &why));
                }
                meant.push((field, text));
            }
        }
        let mut done = 0;
        for _ in 0..POST_BACKS_MOST {
            let Some((first, _)) = meant.get(done) else { return self.read_back(life, &meant).await };
            self.find(&first.thing).await?;
            let snapshot = self.seen.take().expect("something was just found in it");
            self.can_hold(&snapshot, &meant)?;
            let left = &meant[done..];
            let marks = self.marks(&snapshot, left.iter().map(|(field, _)| field.thing.as_str()));
            // What is not there yet may come with what stands before it.
            let there = left.iter().zip(marks).map_while(|((field, text), mark)| Some((field, text, mark.ok()?)));
            let strokes: Vec<_> = there.map(|(field, text, mark)| (mark, self.stroke(field.verb, text))).collect();
            match self.browser.enter(&strokes, FIELDS_WITHIN).await {
                Ok(()) => done += strokes.len(),
                Err(untaken) if matches!(untaken.source, TransportError::StaleMark) => done += untaken.index,
                Err(untaken) if matches!(untaken.source, TransportError::Act { .. }) => {
                    let (field, _) = meant[done + untaken.index];
                    let TransportError::Act { reason } = untaken.source else { continue };
                    return Err(Stop::unfit(page, &field.thing, &reason));
                }
                Err(untaken) => return Err(untaken.source.into()),
            }
        }
        let why = "it was made anew by the page each time something was entered".to_owned();
        Err(self.site.wrong(page, why).into())
    }

    fn stroke(&self, verb: Verb, text: &str) -> Stroke {
        match verb {
            Verb::Fill => Stroke::Fill(text.to_owned().into()),
            Verb::Choose => Stroke::Choose(text.to_owned()),
            Verb::Date => Stroke::Date(text.to_owned()),
            Verb::Upload => Stroke::Upload(self.file(text).into_iter().collect()),
        }
    }

    /// A file of the adapters' folder; what a record says must not lead out of it.
    fn file(&self, named: &str) -> Option<PathBuf> {
        let inside = Path::new(named).components().all(|part| matches!(part, Component::Normal(_)));
        // The browser knows nothing of our working directory.
        let path = std::path::absolute(self.site.run.bridge.adapters.root.join(named)).ok()?;
        (inside && path.is_file()).then_some(path)
    }

    /// A page sends its forms in its own encoding, and browsers replace what that can't hold without a word.
    fn can_hold(&self, snapshot: &Snapshot, meant: &[(&FieldStep, String)]) -> Result<(), Stop> {
        let page = self.page();
        let framed = snapshot.in_frame(&page.frame).map_or(snapshot, |(framed, _)| framed);
        let form = &self.site.run.bot().enter().expect("only bots that enter work forms").form;
        let charset = form.charset.as_deref().unwrap_or(&framed.charset);
        // Not what it is read as: a page that calls itself GBK reads all of GB18030, and can't send it.
        let Some(encoding) = encoding_rs::Encoding::for_label(charset.as_bytes()) else { return Ok(()) };
        for (field, text) in meant {
            let mut letters = text.chars().map(String::from);
            if let Some(letter) = letters.find(|letter| encoding.encode(letter).2) {
                let why = format!("the target writes {} and has no `{letter}`", encoding.name());
                return Err(Stop::unfit(page, &field.thing, &why));
            }
        }
        Ok(())
    }

    async fn click(&mut self, thing: &str, window: bool) -> Result<(), Stop> {
        let mark = self.find(thing).await?;
        self.seen = None;
        let before = self.browser.windows().await?;
        match self.browser.act(&mark, &Act::Click).await {
            // What it asks is the next step's business.
            Ok(()) | Err(TransportError::DialogOpen { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if window && !self.browser.to_new_window(&before, SHOWS_WITHIN).await? {
            let (system, page) = (self.site.run.system().name.clone(), self.page().name.clone());
            return Err(RunError::Stuck { system, page, why: "opens no window" }.into());
        }
        if self.browser.dialog_words().await?.is_none() {
            self.browser.settle(SETTLE_LIMIT).await?;
        }
        Ok(())
    }

    async fn key(&mut self, thing: &str, key: &str) -> Result<(), Stop> {
        let key = match key {
            "Tab" => Key::Tab,
            "Escape" => Key::Escape,
            _ => Key::Enter,
        };
        let mark = self.find(thing).await?;
        self.seen = None;
        match self.browser.act(&mark, &Act::Key(key)).await {
            // What it asks is the next step's business.
            Ok(()) | Err(TransportError::DialogOpen { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if self.browser.dialog_words().await?.is_none() {
            self.browser.settle(SETTLE_LIMIT).await?;
        }
        Ok(())
    }

    /// What things of the page say, once they say something.
    async fn read(&mut self, life: &Life<'_>, named: &[(String, String)]) -> Result<(), Stop> {
        let page = self.page();
        for (name, thing) in named {
            let began = Instant::now();
            let text = loop {
                let snapshot = self.look().await?;
                let framed = snapshot.in_frame(&page.frame).map_or(&snapshot, |(framed, _)| framed);
                let said = extract::read(&page.at[thing], &Document::parse(&framed.html, Some("text/html")));
                match said.map_err(|source| self.unfit(source))? {
                    Some(text) => break text,
                    None if began.elapsed() > SHOWS_WITHIN => {
                        return Err(Stop::unfit(page, thing, "the page says nothing there"));
                    }
                    None => tokio::time::sleep(LOOK_AGAIN).await,
                }
            };
            life.remember(name, text);
        }
        Ok(())
    }

    async fn dialog(&mut self, words: &str, accept: bool) -> Result<(), Stop> {
        self.seen = None;
        let began = Instant::now();
        loop {
            if let Some(said) = self.browser.dialog_words().await? {
                if said.contains(words) {
                    self.browser.answer_dialog(accept).await?;
                    return Ok(());
                }
                self.browser.answer_dialog(false).await?;
                return Err(Stop::Unfit(Box::new(Note::saying(said))));
            }
            if began.elapsed() > SHOWS_WITHIN {
                let (system, page) = (self.site.run.system().name.clone(), self.page().name.clone());
                return Err(RunError::Stuck { system, page, why: "opens no dialog" }.into());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Shows a person the picture, and types what the person says.
    async fn ask(&mut self, life: &Life<'_>, ask: &Ask) -> Result<(), Stop> {
        let shown = self.find(&ask.picture).await?;
        let picture = self.browser.picture_of(&shown).await?;
        // While a person thinks, the page may change.
        self.seen = None;
        let run = &self.site.run;
        drop(self.turn.take());
        let said = people::ask(run, ask, picture, Some(life.entry())).await?;
        self.turn = Some(run.bridge.pace(run.system()).turn().await);
        let mark = self.find(&ask.answer).await?;
        self.seen = None;
        self.browser.act(&mark, &Act::Fill(said.into())).await?;
        Ok(())
    }
}
