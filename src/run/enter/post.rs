//! Working a plain form over HTTP: hidden fields, tokens and encoding as the page gives them.

use serde_json::json;

use super::{
    super::{
        RunError,
        ask::Asked,
        evidence,
        page::{Look, Sight},
        signs,
        site::Site,
    },
    compare::Told,
    form::{Sent, Stop},
    life::{Life, Note},
    verdict::judge,
};
use crate::{
    adapter::{Candidates, FormStep, Page},
    base::chain,
    extract::{self, Document, ExtractError, Filled, Form, Press, Submission},
    ledger::Event,
    transport::TransportError,
};

/// What is done on a page, without what the network is needed for.
#[derive(Clone)]
enum Deed {
    /// A thing is filled with these words.
    Fill { thing: String, at: Candidates, words: String },
    /// A thing must be there.
    Wait { at: Candidates },
    /// A thing is pressed.
    Press { at: Candidates },
}

/// What a page asks for next.
#[derive(PartialEq)]
enum Next {
    /// A form is sent; then so many deeds are done.
    Send(Submission, usize),
    /// Another page is opened; then so many deeds are done.
    Go(String, usize),
    /// All deeds are done.
    Done,
    /// A thing does not take its words.
    Unfit { thing: String, why: String },
}

/// Fills the form, writes down that it is sent, and sends it.
pub(super) async fn submit(life: &mut Life<'_>) -> Result<(), Stop> {
    let site = std::sync::Arc::clone(life.site);
    let steps = &life.enter().form.steps;
    let mut walk = Walk { site: &site, page: None, sight: None, told: Vec::new() };
    let mut deeds = Vec::new();
    for step in steps {
        match step {
            FormStep::Open(name) => walk.open(life, name).await?,
            FormStep::On(name) => {
                // What was pressed leads here: all that comes before it belongs to the page before.
                walk.through(&std::mem::take(&mut deeds)).await?;
                walk.heed_refusal().await?;
                walk.page = Some(&site.run.system().pages[name]);
            }
            FormStep::Fields(fields) => {
                let page = walk.page();
                for field in fields {
                    let Some(words) = life.meant(page, field)? else { continue };
                    let (thing, at) = (field.thing.clone(), page.at[&field.thing].clone());
                    walk.told.push(Told { thing: thing.clone(), meant: words.clone(), shown: words.clone() });
                    deeds.push(Deed::Fill { thing, at, words });
                }
            }
            FormStep::Click { thing, .. } => deeds.push(Deed::Press { at: walk.page().at[thing].clone() }),
            FormStep::Wait(thing) => deeds.push(Deed::Wait { at: walk.page().at[thing].clone() }),
            FormStep::Submit { thing, .. } => {
                deeds.push(Deed::Press { at: walk.page().at[thing].clone() });
                return send(&mut walk, life, &deeds).await;
            }
            // Filling over HTTP refuses what it can't do; there is nothing more to compare, and nobody to ask.
            FormStep::Compare
            | FormStep::Press { .. }
            | FormStep::Read(_)
            | FormStep::Dialog { .. }
            | FormStep::Ask(_) => {}
        }
    }
    Ok(())
}

/// The way through a form's pages.
struct Walk<'a> {
    site: &'a Site,
    page: Option<&'a Page>,
    sight: Option<Sight>,
    told: Vec<Told>,
}

impl<'a> Walk<'a> {
    fn page(&self) -> &'a Page {
        self.page.expect("the adapters were checked: a page is open")
    }

    async fn open(&mut self, life: &Life<'_>, name: &str) -> Result<(), Stop> {
        self.page = Some(&self.site.run.system().pages[name]);
        self.sight = Some(self.site.sight_by_http(name, &life.place()).await?);
        Ok(())
    }

    /// What the page that has come says against what was sent to it: it leads no further then.
    async fn heed_refusal(&mut self) -> Result<(), Stop> {
        let sight = self.sight.take().expect("the adapters were checked: a page is open");
        let run = std::sync::Arc::clone(&self.site.run);
        let judged = move |_: &Page, document: &Document| {
            let form = &run.bot().enter().expect("only bots that enter send forms").form;
            Ok(judge(form, run.system(), std::iter::once(document)))
        };
        let kept = sight.clone();
        let (verdict, _) = self.site.examine(&self.page().name, sight, judged).await?;
        self.sight = Some(kept);
        match Sent::of(verdict) {
            Some(sent) if sent.event == Event::Refused => Err(Stop::Refused(Box::new(sent.note))),
            _ => Ok(()),
        }
    }

    /// Does all of it, with what the network is needed for.
    async fn through(&mut self, deeds: &[Deed]) -> Result<(), Stop> {
        let mut done = 0;
        while let Some((asked, then)) = self.next(deeds, done).await? {
            self.sight = Some(self.site.send_form(&asked.0, None).await?);
            done = then;
        }
        Ok(())
    }

    /// Does all of it but the last request, which is given back with the form that it sends.
    async fn up_to_the_last(&mut self, deeds: &[Deed]) -> Result<(Asked, Submission), Stop> {
        let mut done = 0;
        while let Some(((asked, form), then)) = self.next(deeds, done).await? {
            if then == deeds.len() {
                let form = form.ok_or_else(|| {
                    self.site.wrong(self.page(), "what submits it is a link: it sends no form".to_owned())
                })?;
                return Ok((asked, form));
            }
            self.sight = Some(self.site.send_form(&asked, None).await?);
            done = then;
        }
        Err(self.site.wrong(self.page(), "nothing of it sends a form".to_owned()).into())
    }

    /// The next request, and how many deeds are done with it; `None` when all are done.
    async fn next(
        &mut self,
        deeds: &[Deed],
        done: usize,
    ) -> Result<Option<((Asked, Option<Submission>), usize)>, Stop> {
        if done >= deeds.len() {
            return Ok(None);
        }
        let (next, look) = self.advance(deeds, done).await?;
        let page = self.page();
        Ok(match next {
            Next::Done => None,
            Next::Unfit { thing, why } => return Err(Stop::unfit(page, &thing, &why)),
            Next::Go(to, then) => Some(((self.site.followed(page, &look, &to)?, None), then)),
            Next::Send(form, then) => {
                let asked = self.site.submission(page, &look, &form).map_err(|error| unwritable(page, error))?;
                Some(((asked, Some(form)), then))
            }
        })
    }

    /// Does as much on the page that is open as needs no network.
    async fn advance(&mut self, deeds: &[Deed], done: usize) -> Result<(Next, Look), Stop> {
        let sight = self.sight.take().expect("the adapters were checked: a page is open");
        let deeds = deeds.to_vec();
        let work = move |_: &Page, document: &Document| advance(document, &deeds, done);
        Ok(self.site.examine(&self.page().name, sight, work).await?)
    }
}

fn advance(document: &Document, deeds: &[Deed], done: usize) -> Result<Next, ExtractError> {
    let mut form = Form::of(document);
    for (deed, number) in deeds.iter().zip(1..).skip(done) {
        match deed {
            Deed::Fill { thing, at, words } => match form.fill(at, words) {
                Ok(Filled { posts_back: Some(sent), changed: true, .. }) => return Ok(Next::Send(sent, number)),
                Ok(_) => {}
                Err(ExtractError::Thing { there, .. }) => return Ok(Next::Unfit { thing: thing.clone(), why: there }),
                Err(error) => return Err(error),
            },
            Deed::Wait { at } => {
                if extract::read(at, document)?.is_none() {
                    return Err(cannot(at, "it is not there"));
                }
            }
            Deed::Press { at } => match form.press(at)? {
                Press::Go(address) => return Ok(Next::Go(address, number)),
                Press::Submit(sent) => {
                    let unfit = not_sent(&form, &deeds[..number], &sent);
                    return Ok(unfit.unwrap_or(Next::Send(sent, number)));
                }
                Press::Absent => return Err(cannot(at, "it is not there")),
                Press::Disabled => return Err(cannot(at, "it can't be pressed")),
                Press::Inert | Press::Script => {
                    return Err(cannot(
                        at,
                        "only a script of the page knows what it does; remove via = \"http\" from [enter.form]",
                    ));
                }
            },
        }
    }
    Ok(Next::Done)
}

/// What was filled and is not in the form that is sent: it stands in another one, or the page has come back without it.
fn not_sent(form: &Form<'_>, deeds: &[Deed], sent: &Submission) -> Option<Next> {
    deeds.iter().zip(1..).find_map(|(deed, number)| {
        let Deed::Fill { thing, at, words } = deed else { return None };
        if deeds[number..].iter().any(|later| matches!(later, Deed::Fill { thing: again, .. } if again == thing)) {
            return None;
        }
        // What is not on this page was sent with the one before it.
        let filled = form.clone().fill(at, words).ok()?;
        let why = match filled.sends.iter().find(|pair| !sent.fields.contains(pair)) {
            _ if filled.changed => "the page has come back without it".to_owned(),
            Some((name, _)) => format!("`{name}` is not in the form that is sent"),
            None => return None,
        };
        Some(Next::Unfit { thing: thing.clone(), why })
    })
}

fn cannot(at: &Candidates, there: &str) -> ExtractError {
    let written: Vec<_> = at.0.iter().map(|locator| locator.written.as_str()).collect();
    ExtractError::Thing { locator: written.join(" | "), there: there.to_owned() }
}

/// A character that the target's encoding lacks is one record's trouble; anything else is everybody's.
fn unwritable(page: &Page, error: RunError) -> Stop {
    match error {
        RunError::Extract { source, .. }
            if matches!(*source, ExtractError::Encode { .. } | ExtractError::Address { .. }) =>
        {
            Stop::Unfit(Box::new(Note::saying(format!("{}: {source}", page.name))))
        }
        other => other.into(),
    }
}

/// The one request that counts: written down before, judged after.
async fn send(walk: &mut Walk<'_>, life: &mut Life<'_>, deeds: &[Deed]) -> Result<(), Stop> {
    let (site, page) = (walk.site, walk.page());
    let (asked, form) = walk.up_to_the_last(deeds).await?;
    if site.run.options.dry_run {
        life.tried(std::mem::take(&mut walk.told));
        return Ok(());
    }
    let detail = json!({ "typed": walk.told, "sent": form.fields.len() });
    life.befall(Event::Submitting, Note { detail, ..Note::default() }).await?;
    let left = life.may_still_send().await?;
    let answered = site.send_form(&asked, Some(left)).await;
    site.run.bridge.pause_at(&site.run.bot, "press", "after").await;
    let sent = match answered {
        Err(error @ RunError::Transport(TransportError::TooLate { .. })) => Sent::not(chain(&error)),
        Err(error) => Sent::lost(chain(&error)),
        Ok(sight) => judged(life, page, sight).await.unwrap_or_else(|error| Sent::lost(chain(&error))),
    };
    life.befall(sent.event, sent.note).await?;
    Ok(())
}

/// What the answer says of it; an error page that says why is a refusal like any other.
async fn judged(life: &Life<'_>, page: &Page, sight: Sight) -> Result<Sent, RunError> {
    let (run, name) = (std::sync::Arc::clone(&life.site.run), page.name.clone());
    let sheets = life.site.sheets_of(&sight).await;
    let judging = tokio::task::spawn_blocking(move || {
        let (system, bot) = (run.system(), run.bot());
        let form = &bot.enter().expect("only bots that enter send forms").form;
        let status = match &sight {
            Sight::Answer(answer) => answer.status,
            Sight::Snapshot(snapshot) => snapshot.status.unwrap_or_default(),
        };
        let opened = sight.open(system, &system.pages[&name], &sheets);
        let document = opened.document.map_err(|source| RunError::Extract {
            system: system.name.clone(),
            page: name.clone(),
            source: source.into(),
        })?;
        let sent = Sent::of(judge(form, system, std::iter::once(&document)));
        if sent.as_ref().is_none_or(|sent| sent.event == Event::Refused) {
            // A page to sign in may complain too, and that is no refusal.
            signs::heed(&run, &document)?;
        }
        if let Some(sent) = sent {
            return Ok(sent);
        }
        evidence::keep(&run, &name, &opened.look, &opened.bytes);
        Ok(Sent::lost(format!("the target answered with HTTP {status} and says neither that it was taken nor why not")))
    });
    judging.await?
}
