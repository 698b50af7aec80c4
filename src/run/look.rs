//! Seeing one page: by HTTP, by the browser, or both ways until it is proven that they say the same.

use std::sync::Arc;

use url::Url;

use super::{
    RunError, evidence,
    page::{Look, Place, SETTLE_LIMIT},
    site::{Site, Way},
};
use crate::{
    adapter::{Candidates, Find, Page, Scope, Step, System, Via},
    extract::{self, Document, ExtractError, SignsSeen},
    record::Provenance,
};

/// What reading a page gives.
pub(super) type Extract<T> = fn(&Page, &Document) -> Result<T, ExtractError>;

impl Site {
    /// Reads a page the way its adapter says; `auto` is proven at its first page.
    pub(super) async fn read<T>(&self, page: &str, place: &Place, extract: Extract<T>) -> Result<(T, Look), RunError>
    where
        T: PartialEq + Send + 'static,
    {
        if let Some(way) = self.way(page).await {
            return self.read_by(way, page, place, extract).await;
        }
        // One proof at a time: pages that were asked for side by side wait for it, and then need none of their own.
        let _proof = self.proof.lock().await;
        match self.way(page).await {
            Some(way) => self.read_by(way, page, place, extract).await,
            None => self.prove(page, place, extract).await,
        }
    }

    /// How a page is read; `None` while that is not proven.
    async fn way(&self, page: &str) -> Option<Way> {
        match self.run.system().pages[page].via {
            Via::Http | Via::Folder => Some(Way::Http),
            Via::Browser => Some(Way::Browser),
            Via::Auto => self.held.lock().await.ways.get(page).copied(),
        }
    }

    /// Reads a page both ways. Equal readings mean that HTTP will do; the second try is for lists that moved in between.
    async fn prove<T>(&self, page: &str, place: &Place, extract: Extract<T>) -> Result<(T, Look), RunError>
    where
        T: PartialEq + Send + 'static,
    {
        const TRIES: usize = 2;
        let mut seen = self.read_by(Way::Browser, page, place, extract).await?;
        for _ in 0..TRIES {
            match self.read_by(Way::Http, page, place, extract).await {
                Ok(plain) if plain.0 == seen.0 => {
                    tracing::debug!(page, "both ways read the same: plain HTTP from here on");
                    self.held.lock().await.ways.insert(page.to_owned(), Way::Http);
                    return Ok(plain);
                }
                Ok(_) => seen = self.read_by(Way::Browser, page, place, extract).await?,
                // The page reads otherwise without a browser, or the session is bound to it.
                Err(error @ (RunError::Extract { .. } | RunError::SessionLost { .. })) => {
                    tracing::debug!(page, %error, "plain HTTP can't read it");
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        tracing::debug!(page, "stays in the browser");
        self.held.lock().await.ways.insert(page.to_owned(), Way::Browser);
        Ok(seen)
    }

    async fn read_by<T>(&self, way: Way, page: &str, place: &Place, extract: Extract<T>) -> Result<(T, Look), RunError>
    where
        T: Send + 'static,
    {
        let address = self.address(page, place)?;
        let look = match way {
            Way::Http => self.look_by_http(address).await?,
            Way::Browser => self.look_by_browser(page, address).await?,
        };
        self.examine(page, look, extract).await
    }

    fn address(&self, page: &str, place: &Place) -> Result<Url, RunError> {
        let system = self.run.system();
        let wrong = |why: String| RunError::Address { system: system.name.clone(), page: page.to_owned(), why };
        let scope = Scope::new().value("page", place.page).value("offset", place.offset).row("list", &place.row);
        let path = system.pages[page].path.as_ref().ok_or_else(|| wrong("it has no path".to_owned()))?;
        let path = path.fill(&scope).map_err(wrong)?;
        system.base.join(&path).map_err(|error| wrong(format!("`{path}` is no address: {error}")))
    }

    async fn look_by_http(&self, address: Url) -> Result<Look, RunError> {
        // The lent client is a cheap handle: cloned so that pages are read side by side, without the lock.
        let lent = self.session(false).await?.lent.clone().expect("there is a session");
        Ok(Look::at(lent.get(address.as_str()).await?, self.run.system()))
    }

    async fn look_by_browser(&self, page: &str, address: Url) -> Result<Look, RunError> {
        let held = self.session(true).await?;
        let browser = held.browser.as_ref().expect("there is a session with its browser");
        let system = self.run.system();
        let page = &system.pages[page];
        if reads_json(page) {
            let answer = browser.fetch(address.as_str(), &held.headers).await?;
            return Ok(Look::at(answer, system));
        }
        if page.frame.is_empty() {
            browser.goto(address.as_str()).await?;
        } else {
            browser.goto_in_frame(&page.frame, address.as_str()).await?;
        }
        browser.settle(SETTLE_LIMIT).await?;
        let snapshot = browser.snapshot(false).await?;
        let Some((framed, _)) = snapshot.in_frame(&page.frame) else {
            evidence::keep_snapshot(&self.run, &page.name, &snapshot);
            let why = format!("the browser's page has no frame {}", page.frame.join(" > "));
            return Err(RunError::Address { system: system.name.clone(), page: page.name.clone(), why });
        };
        Ok(Look::of(framed))
    }

    /// Parses a page off the async threads, asks its signs who we are, and only then reads it.
    async fn examine<T>(&self, page: &str, look: Look, extract: Extract<T>) -> Result<(T, Look), RunError>
    where
        T: Send + 'static,
    {
        let run = Arc::clone(&self.run);
        let name = page.to_owned();
        let (signs, read, look) = tokio::task::spawn_blocking(move || {
            let document = Document::parse(&look.text, look.content_type.as_deref());
            let system = run.system();
            let mut signs = extract::signs(&system.signs, &document);
            signs.signed_out |= shows_login(run.bot().login.as_slice(), system, &name, &document);
            let read = extract(&system.pages[&name], &document);
            (signs, read, look)
        })
        .await?;
        self.heed(&signs)?;
        match read {
            Ok(read) => Ok((read, look)),
            Err(source) => {
                evidence::keep(&self.run, page, &look);
                Err(RunError::Extract {
                    system: self.run.system().name.clone(),
                    page: page.to_owned(),
                    source: source.into(),
                })
            }
        }
    }

    /// Signs decide, whatever the status code says.
    fn heed(&self, signs: &SignsSeen) -> Result<(), RunError> {
        let system = self.run.system().name.clone();
        if let Some(words) = &signs.kicked {
            return Err(RunError::Kicked { system, words: words.clone() });
        }
        if let Some(words) = &signs.busy {
            return Err(RunError::Busy { system, words: words.clone() });
        }
        if signs.signed_out {
            return Err(RunError::SessionLost { system });
        }
        Ok(())
    }

    /// Where a record comes from.
    pub(super) fn provenance(&self, look: &Look) -> Provenance {
        let bot = self.run.bot();
        Provenance {
            bot: bot.name.clone(),
            adapter: bot.version.clone(),
            run: self.run.id.clone(),
            read_at: look.read_at,
            page: look.address.clone(),
            evidence: look.evidence.clone(),
        }
    }
}

fn reads_json(page: &Page) -> bool {
    let json = |candidates: &Candidates| candidates.0.iter().any(|locator| matches!(locator.find, Find::Json(_)));
    page.rows.iter().chain(page.at.values()).any(json)
}

/// Whether the page asks for a password the way the login page does: then it is no data, whatever else it says.
fn shows_login(login: &[Step], system: &System, page: &str, document: &Document) -> bool {
    let mut open = None;
    for step in login {
        match step {
            Step::Open(name) => open = Some(name.as_str()),
            Step::Fill(values) if open.is_some_and(|open| open != page) => {
                let at = &system.pages[open.expect("checked right here")].at;
                let secret = values.iter().find(|(_, value)| value.uses("secret.password"));
                if let Some((name, _)) = secret {
                    return matches!(extract::read(&at[name], document), Ok(Some(_)));
                }
            }
            Step::Fill(_) | Step::Click(_) | Step::Ask { .. } | Step::Accept(_) => {}
        }
    }
    false
}
