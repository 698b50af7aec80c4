//! One browser session: opening and closing.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::TempDir;
use thirtyfour::{TimeoutConfiguration, WebDriver, WindowHandle};

use super::{
    BYTES_PER_ANSWER, Driver, TransportError,
    beside::Spare,
    chromium::{self, Program},
    download::Downloads,
    driver::Running,
    error::Doing,
    relay::{Relay, Vouched},
    script::{Call, quietly},
    session::NEW_DOCUMENT,
    window::PENDING,
};
use crate::base::Clock;

/// Time for a browser to open; it takes 400 ms on an idle machine.
const OPEN_WITHIN: Duration = Duration::from_secs(60);
/// Time for a page to load, every picture included.
const PAGE_WITHIN: Duration = Duration::from_secs(30);
/// Time for one script of ours in the page.
const SCRIPT_WITHIN: Duration = Duration::from_secs(30);
/// Time for the processes of a closed browser to let go of its profile.
const REMOVE_WITHIN: Duration = Duration::from_secs(10);
/// How often that is tried.
const REMOVE_AGAIN: Duration = Duration::from_millis(50);

/// How a browser is opened.
#[derive(Clone, Debug)]
pub struct BrowserOptions {
    /// Whether a person can see it; needs a display.
    pub headed: bool,
    /// Width and height of its window in pixels.
    pub window: (u32, u32),
    /// Most time for a page to load.
    pub page_timeout: Duration,
    /// Most time for a script of ours, fetches within the page included.
    pub script_timeout: Duration,
    /// Whether pages with self-signed or expired certificates are opened.
    pub accept_invalid_certificates: bool,
    /// Whether every request has a connection of its own. Over one that was used before, a browser sends a form a second time
    /// by itself when the server closes it without an answer; whoever must not send twice needs this.
    pub fresh_connections: bool,
    /// A system whose certificate this machine does not know, and who vouches for it.
    pub vouched: Option<Vouched>,
    /// Where the time of readings comes from.
    pub clock: Clock,
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self {
            headed: false,
            window: (1366, 900),
            page_timeout: PAGE_WITHIN,
            script_timeout: SCRIPT_WITHIN,
            accept_invalid_certificates: false,
            fresh_connections: false,
            vouched: None,
            clock: Clock::system(),
        }
    }
}

/// One browser with a profile of its own. Close it with [`Browser::close`]; one that is merely dropped is closed in the
/// background.
#[derive(Debug)]
pub struct Browser {
    driver: Option<WebDriver>,
    profile: Option<TempDir>,
    running: Arc<Running>,
    pub(super) options: BrowserOptions,
    pub(super) next_mark: AtomicUsize,
    /// Whether the driver stands within a frame, because an act ended there.
    pub(super) within_frame: AtomicBool,
    pub(super) requests: AtomicU64,
    /// Where files go; none on another machine.
    pub(super) downloads: Option<Downloads>,
    /// The windows that were left for the one that is open, the first one first.
    pub(super) left: Mutex<Vec<WindowHandle>>,
    pub(super) spare: Mutex<Spare>,
    /// The way to a system that only an adapter vouches for.
    pub(super) relay: Option<Relay>,
}

impl Browser {
    /// Opens a browser with an empty profile.
    ///
    /// # Errors
    /// Those of [`Driver::address`], and [`TransportError::OpenBrowser`] or [`TransportError::Timeout`] (60 s).
    pub async fn open(driver: &Driver, options: &BrowserOptions) -> Result<Self, TransportError> {
        let running = driver.running().await?;
        let opening = {
            let (running, options) = (Arc::clone(&running), options.clone());
            // In a task of its own: a session that comes too late is then closed, not left behind.
            tokio::spawn(async move { Self::opened(running, options).await })
        };
        match tokio::time::timeout(OPEN_WITHIN, opening).await {
            Ok(Ok(opened)) => opened,
            Ok(Err(panicked)) => Err(TransportError::OpenBrowser { reason: panicked.to_string() }),
            Err(_) => {
                let address = running.address.to_string();
                Err(TransportError::Timeout { doing: Doing::Opening, address, limit: OPEN_WITHIN })
            }
        }
    }

    async fn opened(running: Arc<Running>, options: BrowserOptions) -> Result<Self, TransportError> {
        let profile = match &running.local {
            Some(local) => Some(
                tempfile::Builder::new()
                    .prefix("profile-")
                    .tempdir_in(local.scratch.path())
                    .map_err(|error| TransportError::OpenBrowser { reason: format!("no profile: {error}") })?,
            ),
            None => None,
        };
        let program = running.local.as_ref().map(|local| match &local.headless_shell {
            Some(shell) if !options.headed => Program::HeadlessShell(shell),
            _ => Program::Whole(&local.binary),
        });
        let relay = match &options.vouched {
            Some(_) if running.local.is_none() => {
                let reason = "a browser on another machine can't be told of an `authority`".to_owned();
                return Err(TransportError::OpenBrowser { reason });
            }
            Some(vouched) => Relay::open(vouched).await?,
            None => None,
        };
        let led = relay.as_ref().map_or(&[][..], |relay| &relay.arguments);
        let wanted = chromium::capabilities(&options, program, profile.as_ref().map(TempDir::path), led);
        let builder = WebDriver::builder(running.address.as_str(), wanted).client(running.client.clone());
        let call = Call { doing: Doing::Opening, address: "", limit: OPEN_WITHIN, most_bytes: 0 };
        let driver = quietly(builder.connect()).await.map_err(|error| call.failed(&error))?;
        let browser = Self {
            driver: Some(driver),
            downloads: profile.as_ref().map(|profile| Downloads::within(profile.path())),
            left: Mutex::default(),
            spare: Mutex::default(),
            profile,
            running,
            options,
            next_mark: AtomicUsize::new(1),
            within_frame: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            relay,
        };
        let counting = browser.driver().cdp();
        let counted = quietly(counting.send_raw(NEW_DOCUMENT, json!({ "source": PENDING }))).await;
        counted.map_err(|error| call.failed(&error))?;
        if browser.options.fresh_connections {
            browser.close_each_connection().await?;
        }
        browser.use_next_folder().await?;
        // Last: until here a slow machine has the driver's own, longer limits.
        let limits =
            TimeoutConfiguration::new(Some(browser.options.script_timeout), Some(browser.options.page_timeout), None);
        quietly(browser.driver().update_timeouts(limits)).await.map_err(|error| call.failed(&error))?;
        Ok(browser)
    }

    /// Navigations and fetches so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Closes the browser and removes its profile; returns when both are gone.
    pub async fn close(mut self) {
        if let Some(driver) = self.driver.take() {
            shut(driver, self.profile.take(), Arc::clone(&self.running)).await;
        }
    }

    async fn close_each_connection(&self) -> Result<(), TransportError> {
        let call = self.call(Doing::Opening, "", OPEN_WITHIN);
        let cdp = self.driver().cdp();
        for (method, params) in [
            ("Network.enable", json!({})),
            ("Network.setExtraHTTPHeaders", json!({ "headers": { "Connection": "close" } })),
        ] {
            quietly(cdp.send_raw(method, params)).await.map_err(|error| call.failed(&error))?;
        }
        Ok(())
    }

    /// The folder of its profile; none on another machine.
    pub(super) fn profile(&self) -> Option<&std::path::Path> {
        self.profile.as_ref().map(TempDir::path)
    }

    pub(super) fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("only `close` and `drop` take it, and both own the browser")
    }

    pub(super) fn call<'a>(&self, doing: Doing, address: &'a str, limit: Duration) -> Call<'a> {
        Call { doing, address, limit, most_bytes: BYTES_PER_ANSWER }
    }

    /// Goes back to the page itself when an act has left the driver within a frame.
    pub(super) async fn leave_frames(&self) -> Result<(), TransportError> {
        self.turn_home().await?;
        if self.within_frame.load(Ordering::Relaxed) {
            let call = self.call(Doing::Reading, "", self.options.script_timeout);
            quietly(self.driver().enter_default_frame()).await.map_err(|error| call.failed(&error))?;
            self.within_frame.store(false, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let Some(driver) = self.driver.take() else { return };
        // Dropping a `WebDriver` blocks the thread until the browser has closed; a task does not. Without a runtime
        // there is nobody to block.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(shut(driver, self.profile.take(), Arc::clone(&self.running)));
        }
    }
}

async fn shut(driver: WebDriver, profile: Option<TempDir>, running: Arc<Running>) {
    if let Err(error) = quietly(driver.quit()).await {
        tracing::debug!(%error, "the browser was gone before it was closed");
    }
    if let Some(profile) = profile {
        // Processes of the browser that are just ending may still write.
        let deadline = Instant::now() + REMOVE_WITHIN;
        while std::fs::remove_dir_all(profile.path()).is_err() && profile.path().exists() && Instant::now() < deadline {
            tokio::time::sleep(REMOVE_AGAIN).await;
        }
    }
    drop(running);
}
