//! The bridge on the test site, in a process of its own: a real store, a real hub, a real browser that signs in.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Instant,
};

use anyhow::{Context, ensure};
use queqiao::{
    adapter::Adapters,
    base::Clock,
    calendar::Calendar,
    hub::{Courier, Destination, Hub},
    record::Outcome,
    run::{Bridge, Listener, Progress, RunOptions, RunReport},
    store::{EntryQuery, Store},
    transport::install_tls,
    vault::Vault,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::site;

const OFFICE: &str = "office";
/// Where the office's bot says how its form is sent.
const FORM: &str = "[enter.form]\n";

/// What came of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Told {
    /// Seconds from the sign of being signed in until every entry was verified and the hub had heard of it.
    pub seconds: f64,
    /// Requests that the office got from the bridge in that time, with those of the sign-in.
    pub requests: u64,
}

/// Collects from the window, which is not timed, and enters what it has into the office, which is.
pub async fn run(base: &str, http: bool) -> anyhow::Result<Told> {
    install_tls();
    let folder = tempfile::tempdir()?;
    let store = Store::open(&format!("sqlite:{}", folder.path().join("bench.db").display())).await?;
    let hub = Hub::open(store.clone(), Clock::system(), Arc::new(Calendar::district())).await?;
    let courier = Arc::new(Courier::new(store.clone(), Destination::Here(hub.clone()))?);
    let bridge = Arc::new(bridge(base, http, store.clone(), folder.path())?);
    let cancel = CancellationToken::new();
    let carrying = courier.start(cancel.clone());
    run_bot(&bridge, "window-collect", Arc::new(|_| ())).await?;
    courier.drain().await?;

    let signed_in = Arc::new(Mutex::new(None));
    let report = run_bot(&bridge, "office-enter", listener(&signed_in)).await?;
    courier.drain().await?;
    let ended = Instant::now();
    let signed_in =
        signed_in.lock().expect("no listener panics").context("the run never said that it was signed in")?;
    let verified = EntryQuery { state: Some("verified".to_owned()), limit: 10_000, ..EntryQuery::default() };
    let verified = store.entries(&verified).await?.len();
    ensure!(verified == site::CASES, "{verified} entries of {} are verified: {report:?}", site::CASES);
    cancel.cancel();
    carrying.await?;
    bridge.close().await;
    Ok(Told { seconds: (ended - signed_in).as_secs_f64(), requests: report.reading.requests })
}

async fn run_bot(bridge: &Arc<Bridge>, bot: &str, listener: Listener) -> anyhow::Result<RunReport> {
    let report = bridge.run(bot, RunOptions::default(), listener).await.context("there is such a bot")?;
    let reading = &report.reading;
    ensure!(reading.outcome == Outcome::Good && reading.rows_read == site::CASES as u64, "{report:?}");
    Ok(report)
}

fn listener(signed_in: &Arc<Mutex<Option<Instant>>>) -> Listener {
    let signed_in = Arc::clone(signed_in);
    Arc::new(move |progress| {
        if matches!(progress, Progress::SignedIn) {
            *signed_in.lock().expect("no listener panics") = Some(Instant::now());
        }
    })
}

/// A bridge with the bench's adapters, led to the site and without limit: no file can say that of a real system.
fn bridge(base: &str, http: bool, store: Store, folder: &Path) -> anyhow::Result<Bridge> {
    let root = folder.join("root");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/enter/adapter"), &root)?;
    if http {
        let bot = root.join("bots/office-enter.toml");
        let text = fs::read_to_string(&bot)?;
        ensure!(text.contains(FORM), "the bot has a form");
        fs::write(&bot, text.replace(FORM, "[enter.form]\nvia = \"http\"\n"))?;
    }
    let mut adapters = Adapters::load(&root).map_err(|report| anyhow::anyhow!("{report:?}"))?;
    let bases = ["window", OFFICE].map(|system| Ok((system.to_owned(), base.parse()?)));
    adapters.rebase(&bases.into_iter().collect::<anyhow::Result<BTreeMap<_, _>>>()?);
    let system = adapters.systems.get_mut(OFFICE).context("the adapter is there")?;
    system.limits.requests_per_second = 0;
    let secrets = folder.join("secrets.toml");
    let (username, password) = site::ACCOUNT;
    let fields = [("username", username), ("password", password)];
    let fields = fields.map(|(name, secret)| (name.to_owned(), SecretString::from(secret)));
    Vault::write_new(&secrets, &BTreeMap::from([("bench-bot".to_owned(), fields.into_iter().collect())]))?;
    let vault = Arc::new(Vault::open(Some(&secrets), &root, [])?);
    Ok(Bridge::new(Arc::new(adapters), store, vault, Clock::system(), folder.join("evidence")))
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    for folder in ["bots", "selectors"] {
        fs::create_dir_all(to.join(folder))?;
        for file in fs::read_dir(from.join(folder))? {
            let file = file?;
            fs::copy(file.path(), to.join(folder).join(file.file_name()))?;
        }
    }
    Ok(())
}
