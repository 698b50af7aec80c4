//! The steps of a login, followed in the browser until the page says what became of them.

use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::{
    Run, RunError,
    account::{self, Attempt},
    encoding::first_address,
    evidence,
    page::{Place, SETTLE_LIMIT},
    people,
    sign_in::exposed,
};
use crate::{
    adapter::{Ask, Page, Scope, Step, System, Template},
    extract::{self, Document, SignsSeen},
    store::LoginEnd,
    transport::{Act, Browser, Mark, Snapshot, TransportError},
    vault::Credential,
};

/// How long after the last step a sign may take to show.
const SIGN_LIMIT: Duration = Duration::from_secs(20);
/// Pictures that a person may misread in one login.
const MISREADINGS: usize = 3;
/// The thing of a login page that says why it refused.
const ERROR: &str = "error";
/// The thing of a login page that says that the answer to its picture was wrong: no judgement of the password.
const AGAIN: &str = "again";

/// What a login has come to so far.
struct Login<'a> {
    run: &'a Run,
    browser: &'a Browser,
    credential: &'a Credential,
    page: Option<&'a Page>,
}

/// The steps of the login, then the wait for a sign; all over again where only the picture was misread.
///
/// The attempt is written down right before the first click: from there on the system may have got the secret. Gives the address that it
/// led to, where the page there has come to rest.
pub(super) async fn steps(
    run: &Run,
    browser: &Browser,
    credential: &Credential,
    attempt: &mut Option<Attempt>,
) -> Result<Option<String>, RunError> {
    let mut misread = 0;
    loop {
        let mut login = Login { run, browser, credential, page: None };
        for step in &run.bot().login {
            login.follow(step, attempt).await?;
        }
        match login.wait_for_sign().await {
            Err(RunError::Misread { .. }) if misread + 1 < MISREADINGS => {
                misread += 1;
                // That attempt's end was seen. Left open, it would freeze the account if nobody reads the next picture, or if the process
                // ends while a person is waited for.
                if let Some(attempt) = attempt.take() {
                    attempt.end(run, LoginEnd::NotJudged).await?;
                }
            }
            ended => return ended,
        }
    }
}

impl<'a> Login<'a> {
    async fn follow(&mut self, step: &'a Step, attempt: &mut Option<Attempt>) -> Result<(), RunError> {
        match step {
            Step::Open(name) => {
                let page = &self.run.system().pages[name];
                self.page = Some(page);
                self.open(page).await
            }
            Step::Fill(values) => self.fill(values).await,
            Step::Ask(ask) => self.ask(ask).await,
            Step::Accept(words) => self.accept(words).await,
            Step::Click(name) => {
                let mark = self.mark(name, &self.browser.snapshot(true).await?)?;
                if attempt.is_none() {
                    *attempt = Some(account::begin(self.run, self.credential).await?);
                }
                match self.browser.act(&mark, &Act::Click).await {
                    // What the click brought is the next step's business.
                    Ok(()) | Err(TransportError::DialogOpen { .. }) => Ok(()),
                    Err(error) => Err(error.into()),
                }
            }
        }
    }

    fn page(&self) -> &'a Page {
        self.page.expect("the adapters were checked: a page is open")
    }

    async fn open(&self, page: &Page) -> Result<(), RunError> {
        let system = self.run.system();
        let address = first_address(system, page, &Place::default())?;
        self.browser.goto(address.as_str()).await?;
        self.browser.settle(SETTLE_LIMIT).await?;
        let seen = seen_everywhere(system, None, &self.browser.snapshot(true).await?);
        match seen.signs.busy {
            Some(words) => Err(RunError::Busy { system: system.name.clone(), words }),
            None => Ok(()),
        }
    }

    async fn fill(&self, values: &[(String, Template)]) -> Result<(), RunError> {
        let page = self.page();
        let wrong = |why| RunError::Address { system: self.run.system().name.clone(), page: page.name.clone(), why };
        let secret = exposed(self.credential);
        let scope = Scope::new().row("secret", &secret);
        let snapshot = self.browser.snapshot(true).await?;
        for (name, value) in values {
            let mark = self.mark(name, &snapshot)?;
            let text = SecretString::from(value.fill(&scope).map_err(wrong)?);
            self.browser.act(&mark, &Act::Fill(text)).await?;
        }
        Ok(())
    }

    /// Shows a person the picture, and types what the person says.
    async fn ask(&self, ask: &Ask) -> Result<(), RunError> {
        let shown = self.mark(&ask.picture, &self.browser.snapshot(true).await?)?;
        let picture = self.browser.picture_of(&shown).await?;
        let said = people::ask(self.run, ask, picture, None).await?;
        let mark = self.mark(&ask.answer, &self.browser.snapshot(true).await?)?;
        self.browser.act(&mark, &Act::Fill(SecretString::from(said))).await?;
        Ok(())
    }

    /// Waits for a dialog, or for a sign that none will come. A dialog that says something else is no business of a program.
    async fn accept(&self, words: &str) -> Result<(), RunError> {
        let began = Instant::now();
        while began.elapsed() < SIGN_LIMIT {
            if let Some(said) = self.browser.dialog().await? {
                if said.contains(words) {
                    return Ok(());
                }
                let system = self.run.system().name.clone();
                return Err(RunError::Dialog { system, page: self.page().name.clone(), words: said });
            }
            match self.seen().await? {
                Some(seen) if seen.tells() => return Ok(()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Waits until the page says what became of the login; gives where it led to.
    async fn wait_for_sign(&self) -> Result<Option<String>, RunError> {
        let (run, name) = (self.run, &self.run.system().name);
        let system = || name.clone();
        let account = run.bot().account.clone().unwrap_or_default();
        let began = Instant::now();
        loop {
            let Some(seen) = self.seen().await? else {
                let words = self.browser.dialog().await?.unwrap_or_default();
                return Err(RunError::Dialog { system: system(), page: self.page().name.clone(), words });
            };
            if seen.signs.signed_in {
                return Ok(seen.at_rest);
            }
            if let Some(words) = seen.signs.kicked {
                return Err(account::kicked(run, &words));
            }
            if let Some(words) = seen.signs.busy {
                return Err(RunError::Busy { system: system(), words });
            }
            if let Some(words) = seen.again {
                return Err(RunError::Misread { system: system(), words });
            }
            if let Some(words) = seen.error {
                return Err(RunError::LoginRefused { system: system(), account, words: account::told(run, &words) });
            }
            if began.elapsed() > SIGN_LIMIT {
                evidence::keep_snapshot(run, "login", &self.browser.snapshot(true).await?);
                return Err(RunError::LoginUnclear { system: system(), account });
            }
        }
    }

    /// What the page and its frames say now; `None` while a dialog is in the way.
    async fn seen(&self) -> Result<Option<Seen>, RunError> {
        let quiet = self.browser.settle(SETTLE_LIMIT).await?;
        // Marked, because only then the snapshot says what is hidden: a sign that nobody sees is none.
        match self.browser.snapshot(true).await {
            Ok(snapshot) => {
                let seen = seen_everywhere(self.run.system(), self.page, &snapshot);
                Ok(Some(Seen { at_rest: quiet.then_some(snapshot.address), ..seen }))
            }
            Err(TransportError::DialogOpen { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The live element that a locator of the page means.
    fn mark(&self, name: &str, snapshot: &Snapshot) -> Result<Mark, RunError> {
        let (run, page) = (self.run, self.page());
        let (framed, frames) = snapshot.in_frame(&page.frame).unwrap_or((snapshot, Vec::new()));
        let document = Document::parse(&framed.html, Some("text/html"));
        match extract::mark(&page.at[name], &document) {
            Ok(index) => Ok(Mark { frames, index }),
            Err(source) => {
                evidence::keep_snapshot(run, &page.name, snapshot);
                let system = run.system().name.clone();
                Err(RunError::Extract { system, page: page.name.clone(), source: source.into() })
            }
        }
    }
}

/// What a page after a login says.
#[derive(Default)]
struct Seen {
    signs: SignsSeen,
    error: Option<String>,
    again: Option<String>,
    /// The page's address, if it has come to rest.
    at_rest: Option<String>,
}

impl Seen {
    /// Whether it says what became of the login.
    fn tells(&self) -> bool {
        let SignsSeen { signed_in, kicked, busy, .. } = &self.signs;
        *signed_in || kicked.is_some() || busy.is_some() || self.error.is_some() || self.again.is_some()
    }
}

/// The signs of a page and all its frames, and what the login page says of an error.
fn seen_everywhere(system: &System, login: Option<&Page>, snapshot: &Snapshot) -> Seen {
    let mut seen = Seen::default();
    for (page, _) in snapshot.pages() {
        let document = Document::parse(&page.html, Some("text/html"));
        let signs = extract::signs(&system.signs, &document);
        seen.signs.signed_in |= signs.signed_in;
        seen.signs.signed_out |= signs.signed_out;
        seen.signs.kicked = seen.signs.kicked.or(signs.kicked);
        seen.signs.busy = seen.signs.busy.or(signs.busy);
        let words = |name| {
            let read = login.and_then(|page| extract::read(page.at.get(name)?, &document).ok().flatten());
            read.filter(|words| !words.trim().is_empty())
        };
        seen.error = seen.error.or_else(|| words(ERROR));
        seen.again = seen.again.or_else(|| words(AGAIN));
    }
    seen
}
