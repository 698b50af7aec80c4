//! The browser's driver: one process of ours, started when first needed and again when it has died.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;
use url::Url;

use super::{TransportError, scratch::Scratch, tls};
use crate::host::{self, Child, HostError, Launch, Need};

/// Time for chromedriver to listen; it takes 30 ms on an idle machine, and seconds on one that swaps.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// Starts before a driver that meets taken ports is given up.
const STARTS: usize = 5;
/// What the driver says of a port that is taken.
const PORT_TAKEN: &str = "port not available";
/// How often a starting driver is looked at.
const READY_LOOK: Duration = Duration::from_millis(20);
/// Time for a stopping driver to close its browsers.
const STOP_WITHIN: Duration = Duration::from_secs(5);
/// What Chromium sets in its own environment while other threads of it read that. Where it is new, the table of all variables moves, and a
/// thread that reads it just then crashes: one browser in a hundred or so, and its driver doesn't notice. What is there already is only
/// given another value.
const SET_BY_CHROMIUM: (&str, &str) = ("FC_FONTATIONS", "1");
/// Time for one command of WebDriver: above every limit that a browser itself keeps (page load, script), so that it
/// strikes only when the browser or its driver hangs.
const COMMAND_WITHIN: Duration = Duration::from_secs(100);

/// The driver of all browsers of this process. Clones share it. It belongs to the tokio runtime that first used it.
#[derive(Clone, Debug)]
pub struct Driver {
    place: Place,
    running: Arc<Mutex<Option<Arc<Running>>>>,
}

#[derive(Clone, Debug)]
enum Place {
    Here,
    At(Url),
}

/// A driver that answers. Lives as long as a browser of it does.
#[derive(Debug)]
pub(super) struct Running {
    /// Where it listens.
    pub address: Url,
    /// For its commands; never goes through a proxy.
    pub client: reqwest::Client,
    /// What belongs to a driver on this machine.
    pub local: Option<Local>,
}

/// The process of a driver on this machine. Fields drop in this order: the process first, then what it wrote.
#[derive(Debug)]
pub(super) struct Local {
    child: std::sync::Mutex<Child>,
    /// The browser to start where somebody looks on.
    pub binary: PathBuf,
    /// The one to start where nobody does, if there is one of its own.
    pub headless_shell: Option<PathBuf>,
    /// Where profiles go.
    pub scratch: Scratch,
}

impl Default for Driver {
    fn default() -> Self {
        Self::new()
    }
}

impl Driver {
    /// A driver on this machine. Nothing is started yet.
    pub fn new() -> Self {
        Self { place: Place::Here, running: Arc::default() }
    }

    /// A driver or a grid that listens elsewhere.
    pub fn at(address: Url) -> Self {
        Self { place: Place::At(address), running: Arc::default() }
    }

    /// The address of the driver, which is started for that when it does not run.
    ///
    /// # Errors
    /// [`TransportError::StartDriver`] when Chromium or its driver is missing (the text gives the line to type), and
    /// [`TransportError::AwaitDriver`] when it does not become ready within 20 s.
    pub async fn address(&self) -> Result<Url, TransportError> {
        Ok(self.running().await?.address.clone())
    }

    /// Closes the driver and every browser of it. A later use starts another one.
    pub async fn stop(&self) {
        let Some(running) = self.running.lock().await.take() else { return };
        if let Ok(Running { local: Some(local), .. }) = Arc::try_unwrap(running) {
            let Local { child, scratch, .. } = local;
            child.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).stop(STOP_WITHIN).await;
            drop(scratch);
        }
    }

    pub(super) async fn running(&self) -> Result<Arc<Running>, TransportError> {
        let mut running = self.running.lock().await;
        if let Some(alive) = running.as_ref().filter(|running| running.is_alive()) {
            return Ok(Arc::clone(alive));
        }
        if running.take().is_some() {
            tracing::warn!("chromedriver has died and is started again");
        }
        let started = Arc::new(match &self.place {
            Place::Here => start_on_a_port().await?,
            Place::At(address) => Running { address: address.clone(), client: client()?, local: None },
        });
        *running = Some(Arc::clone(&started));
        Ok(started)
    }
}

impl Running {
    fn is_alive(&self) -> bool {
        self.local
            .as_ref()
            .is_none_or(|local| local.child.lock().unwrap_or_else(std::sync::PoisonError::into_inner).is_running())
    }
}

/// Starts the driver; again when it dies at once because of its port. It picks a free one for IPv6 and then wants the same for
/// IPv4, which another program may have: seen with many browsers on one machine.
async fn start_on_a_port() -> Result<Running, TransportError> {
    for _ in 1..STARTS {
        match start().await {
            Err(TransportError::AwaitDriver { told }) if told.contains(PORT_TAKEN) => {
                tracing::info!("chromedriver met a port that is taken and is started again");
            }
            other => return other,
        }
    }
    start().await
}

async fn start() -> Result<Running, TransportError> {
    let missing = |source| TransportError::StartDriver { source };
    // Whoever uses a browser first installs what is missing, where it may; `app` does so before, and tells the person.
    let ensured = tokio::task::spawn_blocking(|| host::ensure(Need::Browser, &|step| tracing::info!(%step)));
    let found = ensured.await.map_err(|broke| TransportError::AwaitDriver { told: broke.to_string() })?;
    let found = found.map_err(missing)?;
    let program = found.program("chromedriver").to_owned();
    let unwritable = |source| missing(HostError::StartChild { program: program.clone(), source });
    let scratch = Scratch::new(&std::env::temp_dir()).map_err(unwritable)?;
    // The driver binds a free port itself and says which. What it and its browsers put into temporary directories or
    // into the user's own (crash reports, caches; a service's user often has no home) goes where we remove it.
    let (name, value) = SET_BY_CHROMIUM;
    let launch = ["TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"]
        .into_iter()
        .fold(Launch::new(&program).arg("--port=0").env(name, value), |launch, name| launch.env(name, scratch.path()));
    let mut child = Child::start(&launch).map_err(missing)?;
    let client = client()?;
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        if let Some(address) = child.tail().iter().find_map(|line| address_in(line))
            && says_ready(&client, &address).await
        {
            let binary = found.program("chromium").to_owned();
            let headless_shell = found.headless_shell().map(ToOwned::to_owned);
            let local = Local { child: child.into(), binary, headless_shell, scratch };
            return Ok(Running { address, client, local: Some(local) });
        }
        if !child.is_running() || Instant::now() > deadline {
            return Err(TransportError::AwaitDriver { told: child.tail().join(" / ") });
        }
        tokio::time::sleep(READY_LOOK).await;
    }
}

/// `ChromeDriver was started successfully on port 41337.`
fn address_in(line: &str) -> Option<Url> {
    let port = line.split_once("successfully on port ")?.1.trim_end_matches('.');
    let port: u16 = port.parse().ok()?;
    Url::parse(&format!("http://127.0.0.1:{port}/")).ok()
}

async fn says_ready(client: &reqwest::Client, address: &Url) -> bool {
    let Ok(address) = address.join("status") else { return false };
    let Ok(answer) = client.get(address).send().await else { return false };
    let status = answer.json::<serde_json::Value>().await.unwrap_or_default();
    status["value"]["ready"] == true
}

fn client() -> Result<reqwest::Client, TransportError> {
    tls::install_tls();
    let built = reqwest::Client::builder().no_proxy().timeout(COMMAND_WITHIN).build();
    built.map_err(|error| TransportError::OpenBrowser { reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_what_the_driver_says() {
        let address = address_in("ChromeDriver was started successfully on port 41337.").unwrap();
        assert_eq!(address.as_str(), "http://127.0.0.1:41337/");
        assert_eq!(address_in("Starting ChromeDriver 156.0 (…) on port 0"), None);
    }
}
