//! Acting on an element that a snapshot showed.

use std::{
    path::PathBuf,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use thirtyfour::{
    WebElement,
    error::{WebDriverError, WebDriverErrorInner},
};

use super::{
    Browser, TransportError,
    error::Doing,
    going::millis,
    script::{Call, quietly},
};

const FILL: &str = concat!(include_str!("page/marked.js"), include_str!("page/fill.js"));
const CHOOSE: &str = concat!(include_str!("page/marked.js"), include_str!("page/choose.js"));
const ON_TOP: &str = concat!(include_str!("page/marked.js"), include_str!("page/top.js"));
const HOLDER: &str = include_str!("page/holder.js");
const ELEMENT: &str = include_str!("page/element.js");
pub(super) const STILL: &str = include_str!("page/still.js");

/// How long something that is to be pressed may move, or be covered: drawers slide in, masks fade out.
pub(super) const CLEAR_WITHIN: Duration = Duration::from_secs(2);
/// Between two tries to press what is covered.
pub(super) const TRY_AGAIN: Duration = Duration::from_millis(50);

/// An element of the last marked snapshot: the number in its `data-queqiao` attribute, and the frames around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The way through [`super::Snapshot::frames`], outermost first; empty for the page itself.
    pub frames: Vec<usize>,
    /// The number in `data-queqiao`. Numbers are never used twice in one browser.
    pub index: usize,
}

/// What to do with an element.
#[derive(Clone, Debug)]
pub enum Act {
    /// Write into an input, a textarea or an editable element, with the events that typing causes.
    Fill(SecretString),
    /// The same, and read-only inputs are written too, as a date picker does it.
    Date(String),
    /// Choose the option of a `<select>` that shows this text.
    Choose(String),
    /// Give files to a file input.
    Upload(Vec<PathBuf>),
    /// Press a key while it has the focus.
    Key(Key),
    /// Scroll it into view and press it with the mouse, once it stands still and nothing covers it.
    Click,
}

/// A key that forms listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Enter.
    Enter,
    /// Tab.
    Tab,
    /// Escape.
    Escape,
}

impl Key {
    fn code(self) -> thirtyfour::Key {
        match self {
            Self::Enter => thirtyfour::Key::Enter,
            Self::Tab => thirtyfour::Key::Tab,
            Self::Escape => thirtyfour::Key::Escape,
        }
    }
}

impl Browser {
    /// Acts on the marked element.
    ///
    /// # Errors
    /// [`TransportError::StaleMark`] when the element is gone and [`TransportError::Act`] when the page doesn't take
    /// it (disabled, covered, no such option): nothing has happened then. After any other error it may have happened.
    pub async fn act(&self, mark: &Mark, act: &Act) -> Result<(), TransportError> {
        self.leave_frames().await?;
        match act {
            Act::Fill(text) => self.write(FILL, mark, vec![json!(text.expose_secret()), json!(false)]).await,
            Act::Date(text) => self.write(FILL, mark, vec![json!(text), json!(true)]).await,
            Act::Choose(text) => self.write(CHOOSE, mark, vec![json!(text)]).await,
            Act::Upload(files) => {
                let paths: Vec<String> = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
                let element = self.element(mark).await?;
                let sent = quietly(element.send_keys(paths.join("\n"))).await;
                self.done(sent).await
            }
            Act::Key(key) => {
                let element = self.element(mark).await?;
                let sent = quietly(element.send_keys(key.code())).await;
                self.done(sent).await
            }
            Act::Click => {
                let element = self.element(mark).await?;
                let args = vec![json!(mark.index), millis(CLEAR_WITHIN)];
                let _: Option<Value> = self.acting().awaited(self.driver(), STILL, args).await?;
                let began = Instant::now();
                loop {
                    let clicked = quietly(element.click()).await;
                    let covered = clicked.as_ref().is_err_and(is_covered);
                    if !covered || began.elapsed() > CLEAR_WITHIN {
                        return self.done(clicked).await;
                    }
                    tokio::time::sleep(TRY_AGAIN).await;
                }
            }
        }
    }

    /// Which of these elements of one frame, copies of each other, is not covered by something else: that which a person
    /// would press. `None` when all are.
    pub async fn on_top(&self, frames: &[usize], copies: &[usize]) -> Result<Option<usize>, TransportError> {
        self.leave_frames().await?;
        self.acting().awaited(self.driver(), ON_TOP, vec![json!(frames), json!(copies)]).await
    }

    async fn write(&self, script: &str, mark: &Mark, more: Vec<Value>) -> Result<(), TransportError> {
        let args = [vec![json!(mark.frames), json!(mark.index)], more].concat();
        let _: Option<Value> = self.acting().reply(self.driver(), script, args).await?;
        Ok(())
    }

    /// The element behind a mark. The driver stands in the element's frame afterwards.
    pub(super) async fn element(&self, mark: &Mark) -> Result<WebElement, TransportError> {
        self.element_by(ELEMENT, mark).await
    }

    /// The same for what a script means by the mark.
    pub(super) async fn element_by(&self, script: &str, mark: &Mark) -> Result<WebElement, TransportError> {
        for place in &mark.frames {
            let holder = self.live(HOLDER, *place).await?;
            self.within_frame.store(true, Ordering::Relaxed);
            quietly(holder.enter_frame()).await.map_err(|error| self.acting().failed(&error))?;
        }
        self.live(script, mark.index).await
    }

    async fn live(&self, script: &str, number: usize) -> Result<WebElement, TransportError> {
        let found = quietly(self.driver().execute(script, vec![json!(number)])).await;
        let found = found.map_err(|error| self.acting().failed(&error))?;
        if found.json().is_null() {
            return Err(TransportError::StaleMark);
        }
        found.element().map_err(|error| self.acting().failed(&error))
    }

    /// Goes back to the page itself after an act. That fails while a dialog is open, which the act may have caused:
    /// then the next operation goes back.
    pub(super) async fn done(&self, acted: thirtyfour::error::WebDriverResult<()>) -> Result<(), TransportError> {
        let acted = acted.map_err(|error| self.acting().failed(&error));
        let _ = self.leave_frames().await;
        acted
    }

    pub(super) fn acting(&self) -> Call<'_> {
        self.call(Doing::Acting, "", self.options.script_timeout)
    }
}

/// Whether something else would have been pressed instead, or nothing: then nothing has happened.
pub(super) fn is_covered(error: &WebDriverError) -> bool {
    matches!(
        error.as_inner(),
        WebDriverErrorInner::ElementClickIntercepted(_) | WebDriverErrorInner::ElementNotInteractable(_)
    )
}
