//! Windows beside the one that is worked in, where pages of the same session load side by side.
//!
//! They are there to be read and for nothing else: whatever is unusual about a page (a dialog, a window that goes away, an address
//! that does not answer) ends its window, and the page has to be opened alone, where that is understood.

use std::{
    sync::{LazyLock, MutexGuard, PoisonError, atomic::Ordering},
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::WindowHandle;

use super::{
    Browser, Snapshot, TransportError,
    error::Doing,
    going::{QUIET, millis},
    reading::{Reading, SNAPSHOT},
    script::quietly,
    session::NEW_DOCUMENT,
    window::PENDING,
};

const OPEN: &str = concat!(include_str!("page/beside.js"), include_str!("page/beside_open.js"));
const LEAD: &str = concat!(include_str!("page/beside.js"), include_str!("page/beside_lead.js"));
const CLOSE: &str = concat!(include_str!("page/beside.js"), include_str!("page/beside_close.js"));
/// What every page beside meets first.
static FIRST: LazyLock<String> = LazyLock::new(|| [PENDING, include_str!("page/stirred.js")].concat());
/// What a window is called that was just opened.
const NAME: &str = "return window[Symbol.for('queqiao.name')] ?? null";

/// Waiting and reading in one: what windows share is a browser's time, and each command to it takes some.
static TAKE: LazyLock<String> = LazyLock::new(|| {
    let function = |name: &str, body: &str| format!("const {name} = function () {{\n{body}\n}};\n");
    let [asked, snapshot] = [("asked", include_str!("page/asked.js")), ("snapshot", SNAPSHOT)];
    let [windows, rest] = [include_str!("page/beside.js"), include_str!("page/rest.js")].map(str::to_owned);
    let take = include_str!("page/beside_take.js").to_owned();
    [windows, rest, function(asked.0, asked.1), function(snapshot.0, snapshot.1), take].concat()
});

/// What the script says of one window.
#[derive(Deserialize)]
struct Ended {
    /// Its place among those that were asked for.
    at: usize,
    /// Whether it can't be read from the window that is worked in.
    #[serde(default)]
    far: bool,
    /// What the page has asked in a dialog.
    asked: Option<String>,
    /// The page; none where it asks something, or where none has come.
    reading: Option<Reading>,
}

/// A page that loads in a window beside.
#[derive(Debug)]
pub struct Beside {
    window: WindowHandle,
    name: String,
}

/// What became of a page beside.
#[derive(Debug)]
pub struct Taken {
    /// Its place among those that were waited for.
    pub at: usize,
    /// The page. After an error its window is to be ended, and the page should be opened alone.
    pub page: Result<Snapshot, TransportError>,
}

/// The windows beside that a browser has open.
#[derive(Debug, Default)]
pub(super) struct Spare {
    /// Those that nobody waits for.
    free: Vec<Beside>,
    /// How many were ever opened: each has a name of its own.
    opened: usize,
    /// The window that is worked in, once that was left for one beside.
    home: Option<WindowHandle>,
    /// Whether the driver stands in a window beside.
    aside: bool,
}

impl Spare {
    /// The window that is worked in has become another one.
    pub(super) fn moved(&mut self) {
        self.home = None;
        self.aside = false;
    }
}

impl Browser {
    /// Begins to load addresses in windows beside, with the session of the page that is open; does not wait for them. Gives their windows,
    /// in the same order: as many as there can be, at least one.
    ///
    /// # Errors
    /// Whatever keeps a window from opening. The window that is worked in is as before.
    pub async fn begin_beside(&self, urls: &[&str]) -> Result<Vec<Beside>, TransportError> {
        let mut windows = {
            let mut spare = self.spare();
            let kept = spare.free.len().saturating_sub(urls.len());
            spare.free.split_off(kept)
        };
        let mut begun = Vec::new();
        // Twice: the page that is open may have forgotten what was free, but knows what it has opened itself.
        for _ in 0..2 {
            let left = &urls[begun.len()..];
            match self.open_beside(left.len() - windows.len()).await {
                Ok(new) => windows.extend(new),
                Err(error) if windows.is_empty() && begun.is_empty() => return Err(error),
                Err(_) => {}
            }
            begun.extend(self.lead(windows, left).await?);
            windows = Vec::new();
        }
        let closed = "a window beside was closed as soon as it was opened";
        if begun.is_empty() && !urls.is_empty() {
            return Err(TransportError::Snapshot { reason: closed.to_owned() });
        }
        Ok(begun)
    }

    /// Waits until at least one of these pages is there and quiet, and reads all that are. The first of them, for which has been
    /// `waited` already, is taken as it is when that comes to `limit`. It may come back with nothing: then it is to be called again.
    ///
    /// # Errors
    /// Those of a browser that is gone or asks something; the windows are as before.
    pub async fn take_beside(
        &self,
        loading: &[&Beside],
        waited: Duration,
        limit: Duration,
    ) -> Result<Vec<Taken>, TransportError> {
        self.leave_frames().await?;
        let names: Vec<&str> = loading.iter().map(|beside| beside.name.as_str()).collect();
        let left = limit.saturating_sub(waited);
        let stay = left.min(self.options.script_timeout * 9 / 10);
        let args = vec![millis(QUIET), millis(left), millis(stay), json!(names)];
        let call = self.call(Doing::Settling, "", limit);
        let silent =
            || TransportError::Snapshot { reason: "the page says nothing of the windows beside it".to_owned() };
        let ended: Vec<Ended> = call.awaited(self.driver(), &TAKE, args).await?.ok_or_else(silent)?;
        let mut taken = Vec::with_capacity(ended.len());
        let mut turned = false;
        for one in ended {
            let at = one.at;
            // One of these at a time: it may take its whole limit.
            if one.far && std::mem::replace(&mut turned, true) {
                continue;
            }
            let patience = if at == 0 { left } else { limit };
            let page = if one.far { self.take_there(loading[at], patience).await } else { self.came(one, limit) };
            taken.push(Taken { at, page });
        }
        Ok(taken)
    }

    /// Reads a window beside by turning to it: the page that opened it has gone, or it stands at another origin.
    async fn take_there(&self, beside: &Beside, limit: Duration) -> Result<Snapshot, TransportError> {
        self.turn_aside(&beside.window).await?;
        let ended: Option<[Ended; 1]> = self.settling(limit, &TAKE, vec![millis(limit), Value::Null]).await?;
        let nothing = || TransportError::Timeout { doing: Doing::Settling, address: String::new(), limit };
        ended.ok_or_else(nothing).and_then(|[one]| self.came(one, limit))
    }

    /// The page that came in a window beside.
    fn came(&self, ended: Ended, limit: Duration) -> Result<Snapshot, TransportError> {
        match ended {
            Ended { reading: Some(reading), .. } => self.as_read_now(reading),
            Ended { asked: Some(text), .. } => Err(TransportError::DialogOpen { doing: Doing::Reading, text }),
            _ => Err(TransportError::Timeout { doing: Doing::Settling, address: String::new(), limit }),
        }
    }

    /// Keeps a window beside that nothing loads in, for the next page.
    pub fn free_beside(&self, beside: Beside) {
        self.spare().free.push(beside);
    }

    /// Whether there is a window beside that nothing loads in.
    pub fn has_beside(&self) -> bool {
        !self.spare().free.is_empty()
    }

    /// Closes the windows beside that nothing loads in: all at once, where the page that is open still knows them; a command to each takes
    /// a twentieth of a second.
    pub async fn close_beside(&self) {
        let mut free = std::mem::take(&mut self.spare().free);
        if free.is_empty() {
            return;
        }
        match self.close_known(&free).await {
            Ok(closed) => free.retain(|beside| !closed.contains(&beside.name)),
            Err(error) => tracing::debug!(%error, "windows beside are closed one by one"),
        }
        for beside in free {
            self.end_beside(beside).await;
        }
    }

    /// Closes those of these windows that the open page knows; gives their names.
    async fn close_known(&self, windows: &[Beside]) -> Result<Vec<String>, TransportError> {
        self.leave_frames().await?;
        let names: Vec<&str> = windows.iter().map(|beside| beside.name.as_str()).collect();
        self.turning().at_once(self.driver(), CLOSE, vec![json!(names)]).await
    }

    /// Closes a window beside, as well as that goes: what is left of it ends with the browser.
    pub async fn end_beside(&self, beside: Beside) {
        let closed = async {
            self.turn_aside(&beside.window).await?;
            let failed = |error| self.turning().failed(&error);
            quietly(self.driver().close_window()).await.map_err(failed)
        };
        if let Err(error) = closed.await {
            tracing::debug!(%error, "a window beside is left open");
        }
    }

    /// Turns back to the window that is worked in.
    pub(super) async fn turn_home(&self) -> Result<(), TransportError> {
        let home = {
            let spare = self.spare();
            spare.home.clone().filter(|_| spare.aside)
        };
        if let Some(home) = home {
            self.turn_to(home).await?;
            self.spare().aside = false;
        }
        Ok(())
    }

    async fn turn_aside(&self, window: &WindowHandle) -> Result<(), TransportError> {
        if self.spare().home.is_none() {
            let home = quietly(self.driver().window()).await.map_err(|error| self.turning().failed(&error))?;
            self.spare().home = Some(home);
        }
        // Before: whoever is stopped in between must find the way back.
        self.spare().aside = true;
        self.turn_to(window.clone()).await
    }

    /// Opens windows beside: so many, or fewer where the browser opens no more.
    async fn open_beside(&self, count: usize) -> Result<Vec<Beside>, TransportError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        self.leave_frames().await?;
        let before = self.windows().await?;
        let names: Vec<String> = {
            let mut spare = self.spare();
            let first = spare.opened;
            spare.opened += count;
            (first..spare.opened).map(|name| name.to_string()).collect()
        };
        let _: Value = self.turning().at_once(self.driver(), OPEN, vec![json!(names)]).await?;
        let mut opened = Vec::with_capacity(count);
        for window in self.windows().await?.new_since(&before) {
            self.turn_aside(&window).await?;
            // Whoever else opened a window gave it no name.
            let Some(name) = self.turning().at_once(self.driver(), NAME, Vec::new()).await? else { continue };
            let told = quietly(self.driver().cdp().send_raw(NEW_DOCUMENT, json!({ "source": *FIRST }))).await;
            told.map_err(|error| self.turning().failed(&error))?;
            opened.push(Beside { window, name });
        }
        let refused = || TransportError::Snapshot { reason: "the browser opens no window beside".to_owned() };
        if opened.is_empty() { Err(refused()) } else { Ok(opened) }
    }

    /// Leads windows beside to addresses, one each in their order; gives those windows. What the open page does not know any more is closed.
    async fn lead(&self, windows: Vec<Beside>, urls: &[&str]) -> Result<Vec<Beside>, TransportError> {
        if windows.is_empty() {
            return Ok(windows);
        }
        self.leave_frames().await?;
        let names: Vec<&str> = windows.iter().map(|beside| beside.name.as_str()).collect();
        let led: Vec<String> = self.turning().at_once(self.driver(), LEAD, vec![json!(names), json!(urls)]).await?;
        self.requests.fetch_add(led.len() as u64, Ordering::Relaxed);
        let (led, unknown): (Vec<_>, Vec<_>) = windows.into_iter().partition(|beside| led.contains(&beside.name));
        for beside in unknown {
            self.end_beside(beside).await;
        }
        Ok(led)
    }

    pub(super) fn spare(&self) -> MutexGuard<'_, Spare> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
