//! The bridge on the test site, in a process of its own: a real store, a real hub, a real browser that signs in.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
    time::Instant,
};

use anyhow::{Context, ensure};
use queqiao::{
    adapter::{Adapters, Via},
    base::Clock,
    calendar::Calendar,
    hub::{Courier, Destination, Hub},
    record::Outcome,
    run::{Bridge, Listener, Progress, RunOptions},
    store::Store,
    transport::install_tls,
    vault::Vault,
};
use rustix::process::Pid;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::{machine, site};

const BOT: &str = "bench-collect";
const SYSTEM: &str = "bench";
/// Pages after which the memory is looked at for the first time.
const WARM_PAGES: u64 = 1_000;

/// What one process of the bridge is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    /// Where the site listens.
    pub base: String,
    /// Requests under way at once.
    pub in_flight: usize,
    /// How list and details are read: as in an adapter file.
    pub via: String,
    /// Cases that the hub must hold at the end.
    pub cases: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Told {
    /// Seconds from the start to the sign of being signed in.
    pub sign_in: f64,
    /// From there until the hub held every case.
    pub seconds: f64,
    /// Seconds of processor time in that, of this process.
    pub processor: f64,
    /// Seconds of a second run over the same, unchanged cases.
    pub again: f64,
    /// Highest memory of this process, MB.
    pub memory: f64,
    /// Memory after the first 1,000 pages and at the end, MB.
    pub memory_between: (f64, f64),
    /// Details that had been read when the browser was gone; none when it was there to the end.
    pub browser_gone_after: Option<u64>,
}

/// What the run has told so far.
#[derive(Default)]
struct Heard {
    signed_in: Option<(Instant, f64)>,
    browser: Option<Pid>,
    warm: Option<f64>,
    browser_gone_after: Option<u64>,
}

/// Runs the bot twice: once over everything, once over what has not changed.
pub async fn run(task: &Task) -> anyhow::Result<Told> {
    install_tls();
    let folder = tempfile::tempdir()?;
    let store = Store::open(&format!("sqlite:{}", folder.path().join("bench.db").display())).await?;
    let hub = Hub::open(store.clone(), Clock::system(), Arc::new(Calendar::district())).await?;
    let courier = Arc::new(Courier::new(store.clone(), Destination::Here(hub.clone()))?);
    let bridge = Arc::new(bridge(task, store, folder.path())?);
    let cancel = CancellationToken::new();
    let carrying = courier.start(cancel.clone());
    let heard = Arc::new(Mutex::new(Heard::default()));
    let began = Instant::now();
    collect(&bridge, listener(&heard)).await?;
    courier.drain().await?;
    let (ended, used) = (Instant::now(), machine::processor());
    let (now, highest) = machine::memory();
    let held = hub.overview().await?.systems.iter().filter_map(|system| system.ours).sum::<u64>();
    ensure!(held == task.cases, "the hub holds {held} cases of {}", task.cases);

    let again = Instant::now();
    collect(&bridge, Arc::new(|_| ())).await?;
    let again = again.elapsed().as_secs_f64();
    cancel.cancel();
    carrying.await?;
    bridge.close().await;
    let heard = heard.lock().expect("no listener panics");
    let (signed_in, used_before) = heard.signed_in.context("the run never said that it was signed in")?;
    Ok(Told {
        sign_in: (signed_in - began).as_secs_f64(),
        seconds: (ended - signed_in).as_secs_f64(),
        processor: used - used_before,
        again,
        memory: highest,
        memory_between: (heard.warm.unwrap_or(now), now),
        browser_gone_after: heard.browser_gone_after,
    })
}

async fn collect(bridge: &Arc<Bridge>, listener: Listener) -> anyhow::Result<()> {
    let report = bridge.run(BOT, RunOptions::default(), listener).await.context("there is such a bot")?;
    let reading = &report.reading;
    ensure!(reading.outcome == Outcome::Good && reading.quarantined == 0, "{report:?}");
    Ok(())
}

fn listener(heard: &Arc<Mutex<Heard>>) -> Listener {
    let heard = Arc::clone(heard);
    Arc::new(move |progress| {
        let mut heard = heard.lock().expect("no listener panics");
        match progress {
            Progress::SignedIn => {
                heard.browser = machine::browser();
                heard.signed_in = Some((Instant::now(), machine::processor()));
            }
            Progress::Details { done, .. } => {
                let gone = heard.browser.is_some_and(|browser| !machine::is_there(browser));
                if heard.browser_gone_after.is_none() && gone {
                    heard.browser_gone_after = Some(done);
                }
                if heard.warm.is_none() && done >= WARM_PAGES {
                    heard.warm = Some(machine::memory().0);
                }
            }
            _ => {}
        }
    })
}

/// A bridge with the bench's adapter, led to the site and without limit: no file can say that of a real system.
fn bridge(task: &Task, store: Store, folder: &Path) -> anyhow::Result<Bridge> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/collect/adapter");
    let mut adapters = Adapters::load(&root).map_err(|report| anyhow::anyhow!("{report:?}"))?;
    adapters.rebase(&BTreeMap::from([(SYSTEM.to_owned(), task.base.parse()?)]));
    let system = adapters.systems.get_mut(SYSTEM).context("the adapter is there")?;
    system.limits.concurrency = task.in_flight;
    system.limits.requests_per_second = 0;
    let via = match task.via.as_str() {
        "http" => Via::Http,
        "browser" => Via::Browser,
        _ => Via::Auto,
    };
    for page in ["list", "detail"] {
        system.pages.get_mut(page).context("the adapter has such a page")?.via = via;
    }
    let secrets = folder.join("secrets.toml");
    let (username, password) = site::ACCOUNT;
    let fields = [("username", username), ("password", password)];
    let fields = fields.map(|(name, secret)| (name.to_owned(), SecretString::from(secret)));
    Vault::write_new(&secrets, &BTreeMap::from([("bench-bot".to_owned(), fields.into_iter().collect())]))?;
    let vault = Arc::new(Vault::open(Some(&secrets), &root, [])?);
    Ok(Bridge::new(Arc::new(adapters), store, vault, Clock::system(), folder.join("evidence")))
}
