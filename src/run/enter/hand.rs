//! Working a form in the browser, as a person does.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    super::{RunError, evidence, page::SETTLE_LIMIT, people::Question, signs, site::Site},
    compare::Told,
    form::{Sent, Stop, spoken},
    life::{Life, Note},
    verdict::{Verdict, judge, judge_words},
};
use crate::{
    adapter::{FieldStep, FormStep, Page, Verb},
    base::chain,
    extract::{self, Document},
    ledger::Event,
    transport::{Act, Browser, Mark, Snapshot, Stroke, TransportError, encoding_named},
};

/// How long something on a page that was led to may take to show.
const SHOWS_WITHIN: Duration = Duration::from_secs(15);
/// How long the fields of a form may take: cascades wait for their options.
const FIELDS_WITHIN: Duration = Duration::from_secs(20);
/// Between two looks at a page.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Where no page is.
const NOWHERE: &str = "about:blank";
/// Pages that post-backs may put in the place of one form while it is filled.
const POST_BACKS_MOST: usize = 40;

/// A pair of hands at the form.
struct Hand<'a> {
    site: &'a Site,
    browser: &'a Browser,
    page: Option<&'a Page>,
    /// What was entered into the page that is open, by thing.
    entered: Vec<(String, String)>,
    /// All that was read back, of every page.
    told: Vec<Told>,
}

/// Fills the form, writes down that it is sent, and sends it.
pub(super) async fn submit(life: &mut Life<'_>) -> Result<(), Stop> {
    let site = std::sync::Arc::clone(life.site);
    let _turn = site.turn_to_ask().await?;
    let held = site.session(true).await?;
    let browser = held.browser.as_ref().expect("there is a session with its browser");
    let mut hand = Hand { site: &site, browser, page: None, entered: Vec::new(), told: Vec::new() };
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
                self.entered.clear();
                Ok(())
            }
            FormStep::Fields(fields) => self.enter(life, fields).await,
            FormStep::Wait(thing) => self.find(thing).await.map(drop),
            FormStep::Click { thing, window } => self.click(thing, *window).await,
            FormStep::Dialog { words, accept } => self.dialog(words, *accept).await,
            FormStep::Ask { answer, picture } => self.ask(answer, picture).await,
            FormStep::Compare => self.compare(life).await.map(drop),
            FormStep::Submit { .. } => Ok(()),
        }
    }

    fn page(&self) -> &'a Page {
        self.page.expect("the adapters were checked: a page is open")
    }

    async fn open(&mut self, life: &Life<'_>, name: &str) -> Result<(), Stop> {
        let page = &self.site.run.system().pages[name];
        self.page = Some(page);
        self.entered.clear();
        let address = self.site.address(page, &life.place())?;
        let going = async {
            if address.fragment().is_some() {
                // An app that is at this place already would go on showing what it shows.
                self.browser.goto(NOWHERE).await?;
            }
            self.browser.goto_in_frame(&page.frame, address.as_str()).await?;
            self.browser.settle(SETTLE_LIMIT).await?;
            Ok(())
        };
        self.site.in_time(page, going).await?;
        let snapshot = self.site.snapshot(self.browser, page, false).await?;
        signs::heed_snapshot(&self.site.run, &snapshot)?;
        Ok(())
    }

    /// The page as it stands, with marks, and the part of it that the adapter means.
    async fn look(&self) -> Result<Snapshot, RunError> {
        self.site.snapshot(self.browser, self.page(), true).await
    }

    /// Waits until a thing is there.
    async fn find(&self, thing: &str) -> Result<Mark, Stop> {
        let page = self.page();
        let began = Instant::now();
        let mut refused = None;
        loop {
            let snapshot = self.look().await?;
            match self.mark(&snapshot, thing) {
                Ok(mark) => return Ok(mark),
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

    /// What is to be pressed must be one thing; what is entered may be the first of several boxes.
    fn mark(&self, snapshot: &Snapshot, thing: &str) -> Result<Mark, RunError> {
        let page = self.page();
        let (framed, frames) = snapshot.in_frame(&page.frame).unwrap_or((snapshot, Vec::new()));
        let document = Document::parse(&framed.html, Some("text/html"));
        let at = &page.at[thing];
        let index = extract::mark(at, &document).or_else(|error| extract::mark_entry(at, &document).map_err(|_| error));
        let index = index.map_err(|source| self.unfit(source))?;
        Ok(Mark { frames, index })
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
                meant.push((field, text));
            }
        }
        let mut done = 0;
        for _ in 0..POST_BACKS_MOST {
            let Some((first, _)) = meant.get(done) else { return self.read_back(life, &meant).await };
            self.find(&first.thing).await?;
            let snapshot = self.look().await?;
            self.can_hold(&snapshot, &meant)?;
            let mut strokes = Vec::new();
            for (field, text) in &meant[done..] {
                // What is not there yet may come with what stands before it.
                let Ok(mark) = self.mark(&snapshot, &field.thing) else { break };
                strokes.push((mark, self.stroke(field.verb, text)));
            }
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
            Verb::Upload => Stroke::Upload(vec![self.site.run.bridge.adapters.root.join(text)]),
        }
    }

    /// A page sends its forms in its own encoding, and browsers replace what that can't hold without a word.
    fn can_hold(&self, snapshot: &Snapshot, meant: &[(&FieldStep, String)]) -> Result<(), Stop> {
        let page = self.page();
        let framed = snapshot.in_frame(&page.frame).map_or(snapshot, |(framed, _)| framed);
        let Some(encoding) = encoding_named(&framed.charset) else { return Ok(()) };
        for (field, text) in meant {
            let mut letters = text.chars().map(String::from);
            if let Some(letter) = letters.find(|letter| encoding.encode(letter).2) {
                let why = format!("the target writes {} and has no `{letter}`", encoding.name());
                return Err(Stop::unfit(page, &field.thing, &why));
            }
        }
        Ok(())
    }

    async fn read_back(&mut self, life: &Life<'_>, meant: &[(&FieldStep, String)]) -> Result<(), Stop> {
        let shown = |field: &FieldStep, text: &String| match field.verb {
            Verb::Upload => text.rsplit('/').next().unwrap_or_default().to_owned(),
            Verb::Fill | Verb::Choose | Verb::Date => text.clone(),
        };
        self.entered.extend(meant.iter().map(|(field, text)| (field.thing.clone(), shown(field, text))));
        let told = self.compare(life).await?;
        self.told.extend(told);
        Ok(())
    }

    /// Everything that was entered into the page that is open must stand there.
    async fn compare(&self, life: &Life<'_>) -> Result<Vec<Told>, Stop> {
        let page = self.page();
        let began = Instant::now();
        loop {
            let snapshot = self.look().await?;
            let framed = snapshot.in_frame(&page.frame).map_or(&snapshot, |(framed, _)| framed);
            let told = self.held(page, &Document::parse(&framed.html, Some("text/html")));
            match life.insist(page, &told) {
                Ok(()) => return Ok(told),
                // Widgets show what they were given a moment later.
                Err(_) if began.elapsed() < FIELDS_WITHIN / 10 => tokio::time::sleep(LOOK_AGAIN).await,
                Err(stop) => {
                    evidence::keep_snapshot(&self.site.run, &page.name, &snapshot);
                    return Err(stop);
                }
            }
        }
    }

    fn held(&self, page: &Page, document: &Document) -> Vec<Told> {
        let told = self.entered.iter().map(|(thing, meant)| {
            let shown = extract::read(&page.at[thing], document).ok().flatten().unwrap_or_default();
            Told { thing: thing.clone(), meant: meant.clone(), shown }
        });
        told.collect()
    }

    async fn click(&mut self, thing: &str, window: bool) -> Result<(), Stop> {
        let mark = self.find(thing).await?;
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

    async fn dialog(&self, words: &str, accept: bool) -> Result<(), Stop> {
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
    async fn ask(&self, answer: &str, picture: &str) -> Result<(), Stop> {
        let (run, system) = (&self.site.run, self.site.run.system().name.clone());
        let shown = self.find(picture).await?;
        let picture = self.browser.picture_of(&shown).await?;
        let kept = evidence::keep_picture(run, "question", &picture);
        let account = run.bot().account.clone().unwrap_or_default();
        let question =
            Question { system: system.clone(), account, field: answer.to_owned(), picture, kept: kept.clone() };
        let said = run.bridge.people.ask(question).await;
        let said = said.ok_or_else(|| RunError::NobodyAnswered { system, kept: kept.display().to_string() })?;
        let mark = self.find(answer).await?;
        self.browser.act(&mark, &Act::Fill(said.into())).await?;
        Ok(())
    }

    /// The one press that counts: written down before, judged after.
    async fn send(&mut self, life: &mut Life<'_>, thing: &str, confirm: Option<&str>) -> Result<(), Stop> {
        let page = self.page();
        let told = self.compare(life).await?;
        let mark = self.find(thing).await?;
        if let Some(sent) = Sent::of(self.judge(&self.look().await?)) {
            // What stands there before anything was sent would say nothing afterwards.
            let said = sent.note.words.unwrap_or_else(|| "the page says that it was taken".to_owned());
            return match sent.event {
                Event::Submitted => Err(self
                    .site
                    .wrong(page, format!("before anything was sent, {said}: mend `proof` or `done`"))
                    .into()),
                Event::Refused => Err(Stop::Refused(Box::new(Note { field: sent.note.field, ..Note::saying(said) }))),
                _ => Err(Stop::Unfit(Box::new(Note::saying(said)))),
            };
        }
        self.told.extend(told);
        if self.site.run.options.dry_run {
            life.tried(std::mem::take(&mut self.told));
            return Ok(());
        }
        let picture = self.picture(life, "before").await;
        let detail = json!({ "typed": self.told, "picture": picture });
        // The marks are of the look before the last: this one is the page as it is sent.
        let mark = self.find(thing).await.unwrap_or(mark);
        life.befall(Event::Submitting, Note { detail, ..Note::default() }).await?;
        let left = life.may_still_send().await?;
        let sent = self.press(life, &mark, confirm, left).await;
        let picture = self.picture(life, "after").await;
        let evidence = picture.into_iter().map(|path| ("picture", path)).collect::<BTreeMap<_, _>>();
        let sent = sent.with(evidence);
        life.befall(sent.event, sent.note).await?;
        Ok(())
    }

    async fn press(&self, life: &Life<'_>, mark: &Mark, confirm: Option<&str>, within: Duration) -> Sent {
        let failed = self.browser.failed_requests().await.unwrap_or_default();
        let pressed = self.browser.press_within(mark, within).await;
        life.site.run.bridge.pause_at(&life.site.run.bot, "press", "after").await;
        match pressed {
            Ok(()) | Err(TransportError::DialogOpen { .. }) => {}
            Err(error @ (TransportError::TooLate { .. } | TransportError::StaleMark | TransportError::Act { .. })) => {
                return Sent::not(chain(&error));
            }
            Err(error @ TransportError::BrowserGone { .. }) => return Sent::lost(chain(&error)),
            Err(error) => tracing::debug!(error = chain(&error), "a press did not end well; the page is asked"),
        }
        match self.wait_for_verdict(life, confirm).await {
            Ok(sent) if sent.event == Event::Refused => {
                // A page that got no answer says so where it says why the server refuses.
                let more = self.browser.failed_requests().await.unwrap_or(u64::MAX);
                let words = sent.note.words.as_deref().unwrap_or_default();
                if more > failed {
                    Sent::lost(format!("a request of the page got no answer, and it says: {words}"))
                } else {
                    sent
                }
            }
            Ok(sent) => sent,
            Err(error) => Sent::lost(chain(&error)),
        }
    }

    /// Waits until the page says what became of it; answers what it asks meanwhile.
    async fn wait_for_verdict(&self, life: &Life<'_>, mut confirm: Option<&str>) -> Result<Sent, RunError> {
        let (form, system) = (&life.enter().form, self.site.run.system());
        let began = Instant::now();
        let mut said = None;
        while began.elapsed() < form.within {
            if let Some(words) = self.browser.dialog_words().await? {
                if confirm.is_some_and(|asked| words.contains(asked)) {
                    confirm = None;
                    self.browser.answer_dialog(true).await?;
                    continue;
                }
                let judged = Sent::of(judge_words(form, system, &words));
                self.browser.answer_dialog(judged.is_none() && confirm.is_none()).await?;
                if let Some(sent) = judged {
                    return Ok(sent);
                }
                if confirm.is_some() {
                    return Ok(Sent::lost(format!("instead of asking whether one is sure, the page said: {words}")));
                }
                said = Some(words);
                continue;
            }
            let snapshot = match self.browser.snapshot(true).await {
                Ok(snapshot) => snapshot,
                Err(TransportError::DialogOpen { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            if let Some(sent) = Sent::of(self.judge(&snapshot)) {
                return Ok(sent);
            }
            signs::heed_snapshot(&self.site.run, &snapshot)?;
            if let Some(status) = snapshot.status.filter(|status| *status >= 500) {
                return Ok(Sent::lost(format!("the target answered with HTTP {status}")));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        let silent = || format!("the page said nothing within {} s", form.within.as_secs());
        Ok(Sent::lost(said.map_or_else(silent, |words| format!("{}; it had said: {words}", silent()))))
    }

    fn judge(&self, snapshot: &Snapshot) -> Verdict {
        let form = &self.site.run.bot().enter().expect("only bots that enter work forms").form;
        let documents: Vec<Document> =
            snapshot.pages().iter().map(|(page, _)| Document::parse(&page.html, Some("text/html"))).collect();
        judge(form, self.site.run.system(), documents.iter())
    }

    /// What the page says against what was entered.
    fn refusal(&self, snapshot: &Snapshot) -> Option<Box<Note>> {
        let sent = Sent::of(self.judge(snapshot))?;
        (sent.event == Event::Refused).then(|| Box::new(sent.note))
    }

    /// A picture for the entry's evidence; that there is none must not end the entry.
    async fn picture(&self, life: &Life<'_>, when: &str) -> Option<String> {
        match self.browser.picture().await {
            Ok(png) => {
                Some(evidence::keep_entry_picture(&self.site.run, life.entry(), when, &png).display().to_string())
            }
            Err(error) => {
                tracing::debug!(error = chain(&error), page = spoken(self.page(), ""), "no picture of an entry");
                None
            }
        }
    }
}
