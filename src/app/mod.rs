//! The joiner: settings → store → hub → web, bridge → engine; ordered shutdown.

mod demo;
mod folder;
mod hold;
mod reload;
mod sweep;
mod troubles;

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use chrono::{Days, TimeDelta};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    adapter::{Adapters, Report},
    alert::Alerts,
    base::{Clock, Message, chain},
    calendar::Calendar,
    engine::{Engine, EngineOptions, Reports},
    host,
    hub::{Courier, Destination, Hub},
    queue::timetable,
    record::{Record, SystemCard},
    run::{Board, Both, Bridge, People},
    settings::{Role, Settings},
    store::Store,
    vault::{Vault, VaultError},
    web::{self, Condition, Web, WebOptions},
};

use troubles::Watching;

pub use demo::{Demo, DemoOptions, Once, SystemLine};

/// The vault's account that holds the token between runner and hub, in its field `token`.
pub const HUB_ACCOUNT: &str = "hub";

/// Adapter files with mistakes: everything that is wrong with them, ready to be shown.
#[derive(Debug, thiserror::Error)]
#[error("the adapter files have {} mistakes", .0.mistakes.len())]
pub struct BrokenAdapters(pub Report);

/// Hears what is being installed, while a person waits for it.
pub type Installing = Arc<dyn Fn(&host::Step) + Send + Sync>;

/// What of the bridge is wanted in this process.
#[derive(Clone)]
pub struct Wanted {
    /// Hears of packages that this machine lacks and gets.
    pub installing: Installing,
    /// Schedules run; takes each run's report.
    pub schedules: Option<Reports>,
    /// API and screen are served.
    pub web: bool,
    /// Who sits beside this process and answers what only a person can. What they don't, whoever looks at the page may.
    pub people: Arc<dyn People>,
}

/// The parts of which a runner is made.
struct Runner {
    adapters: Adapters,
    calendar: Arc<Calendar>,
    vault: Arc<Vault>,
    store: Store,
    evidence: PathBuf,
    people: Arc<dyn People>,
}

/// The bridge at work.
pub struct App {
    /// Runs bots; absent in a process that is only a hub.
    pub bridge: Option<Arc<Bridge>>,
    /// Holds the figures; absent in a runner that pushes to a hub elsewhere.
    pub hub: Option<Hub>,
    web: Option<Web>,
    engine: Option<Arc<Engine>>,
    /// Takes up changed files.
    reloading: Option<JoinHandle<()>>,
    courier: Option<Arc<Courier>>,
    carrying: Option<JoinHandle<()>>,
    telling: Option<JoinHandle<()>>,
    watching: Option<JoinHandle<()>>,
    sweeping: Option<JoinHandle<()>>,
    cancel: CancellationToken,
    claim: folder::Claim,
}

impl App {
    /// Starts what is wanted, in order; an error leaves nothing running.
    pub async fn start(settings: &Settings, adapters: Adapters, clock: Clock, wanted: Wanted) -> anyhow::Result<Self> {
        let claim = folder::claim(&settings.data)?;
        let evidence = claim.folder().join("evidence");
        let store = open_store(settings).await?;
        let calendar = Arc::new(load_calendar(settings)?);
        let vault = Arc::new(open_vault(settings)?);
        remind(&vault, settings, &clock)?;
        // Whether every place can be told shows now, not when it is needed.
        let alerts = Alerts::new(store.clone(), &vault, clock.clone(), &settings.alerts, settings.lang)?;
        let alerts = tells(settings, &wanted).then(|| Arc::new(alerts));
        let (condition, told) = watch::channel(Condition::default());
        let hub = match settings.role {
            Role::Both | Role::Hub if settings.hub.is_none() => {
                Some(Hub::open(store.clone(), clock.clone(), Arc::clone(&calendar)).await?)
            }
            Role::Both | Role::Hub | Role::Runner => None,
        };
        let mut app = Self {
            bridge: None,
            hub,
            web: None,
            engine: None,
            reloading: None,
            courier: None,
            carrying: None,
            telling: None,
            watching: None,
            sweeping: None,
            cancel: CancellationToken::new(),
            claim,
        };
        if wanted.web
            && let Some(hub) = &app.hub
        {
            let options = WebOptions {
                token: token(&vault)?,
                clock: clock.clone(),
                condition: Some(told),
                store: Some(store.clone()),
                ..WebOptions::at(settings.listen)
            };
            app.web = Some(web::serve(hub.clone(), options).await?);
            let keep = TimeDelta::days(i64::from(settings.keep_days));
            app.sweeping = Some(tokio::spawn(sweep::sweep(hub.clone(), clock.clone(), keep, app.cancel.clone())));
        }
        let warning = Days::new(settings.expiry_warning);
        let watching = Watching {
            store: store.clone(),
            vault: Arc::clone(&vault),
            clock: clock.clone(),
            warning,
            alerts: alerts.clone(),
            condition,
        };
        if settings.role != Role::Hub {
            prepare(wanted.installing).await?;
            let runner = Runner { adapters, calendar, vault, store, evidence, people: wanted.people };
            let schedules = wanted.schedules.map(|reports| hearing(alerts.clone(), reports));
            app.start_runner(settings, clock, runner, schedules).await?;
        }
        app.watch_and_tell(watching);
        Ok(app)
    }

    async fn start_runner(
        &mut self,
        settings: &Settings,
        clock: Clock,
        runner: Runner,
        schedules: Option<Reports>,
    ) -> anyhow::Result<()> {
        let Runner { adapters, calendar, vault, store, evidence, people } = runner;
        let destination = match (&self.hub, &settings.hub) {
            (Some(hub), _) => Destination::Here(hub.clone()),
            (None, Some(address)) => Destination::There {
                address: address.clone(),
                token: token(&vault)?.with_context(|| {
                    format!("a hub elsewhere wants a token: type `queqiao secret set {HUB_ACCOUNT} token`")
                })?,
            },
            (None, None) => {
                anyhow::bail!("this process has neither a hub nor the address of one: set `hub` in queqiao.toml")
            }
        };
        let worker = self.claim.worker().to_owned();
        // Whoever held entries under this name is dead: the folder is ours.
        store.release_worker(&worker, None).await?;
        let people: Arc<dyn People> = match settings.answer_within {
            Duration::ZERO => people,
            within => Arc::new(Both(people, Arc::new(Board::new(store.clone(), clock.clone(), within)))),
        };
        let bridge = Bridge::new(Arc::new(adapters), store.clone(), vault, clock.clone(), evidence);
        let bridge = bridge.asking(people).named(worker);
        let bridge = Arc::new(match &settings.hold_at {
            None => bridge,
            Some(point) => bridge.pausing(hold::at(point, self.claim.folder())),
        });
        announce(&bridge, &clock).await?;
        let courier = Arc::new(Courier::new(store, destination)?);
        self.carrying = Some(courier.start(self.cancel.clone()));
        if let Some(reports) = schedules {
            let options = EngineOptions {
                at_once: settings.runs_at_once,
                keep: TimeDelta::days(i64::from(settings.keep_days)),
                evidence: bridge.keeps_evidence_in().to_vec(),
                ..EngineOptions::named(bridge.worker.clone(), reports)
            };
            let work = Arc::new(Arc::clone(&bridge));
            let engine = Arc::new(Engine::start(work, bridge.store.clone(), clock, calendar, options));
            let watching =
                reload::watch(settings.clone(), Arc::clone(&bridge), Arc::clone(&engine), self.cancel.clone());
            self.reloading = Some(tokio::spawn(watching));
            self.engine = Some(engine);
        }
        self.courier = Some(courier);
        self.bridge = Some(bridge);
        Ok(())
    }

    /// Watches for what no run tells of, and lets troubles be told, in a process that stays.
    fn watch_and_tell(&mut self, watching: Watching) {
        if let Some(alerts) = watching.alerts.clone() {
            let cancel = self.cancel.clone();
            self.telling = Some(tokio::spawn(async move { alerts.run(cancel).await }));
        }
        if watching.alerts.is_some() || self.web.is_some() {
            self.watching = Some(tokio::spawn(watching.run(self.cancel.clone())));
        }
    }

    /// Where API and screen are served, `http://…/`.
    pub fn address(&self) -> Option<String> {
        self.web.as_ref().map(|web| format!("http://{}/", web.address()))
    }

    /// Pushes everything in the outbox to the hub now.
    pub async fn deliver(&self) -> anyhow::Result<()> {
        if let Some(courier) = &self.courier {
            courier.drain().await?;
        }
        Ok(())
    }

    /// Stops in order: no new runs, then the browsers, then what is still to be carried, then the web.
    pub async fn stop(self) {
        if let Some(reloading) = self.reloading {
            reloading.abort();
            // Whatever it was at is given up: the files are read again at the next start.
            let _ = reloading.await;
        }
        if let Some(engine) = &self.engine {
            engine.stop().await;
        }
        if let Some(bridge) = &self.bridge {
            bridge.close().await;
        }
        self.cancel.cancel();
        if let Some(carrying) = self.carrying
            && let Err(error) = carrying.await
        {
            tracing::error!(%error, "the courier broke off; what it did not deliver stays in the store");
        }
        if let Some(watching) = self.watching
            && let Err(error) = watching.await
        {
            tracing::error!(%error, "the watching for troubles broke off");
        }
        if let Some(sweeping) = self.sweeping
            && let Err(error) = sweeping.await
        {
            tracing::error!(%error, "the removing of old readings broke off; it goes on at the next start");
        }
        if let Some(telling) = self.telling
            && let Err(error) = telling.await
        {
            tracing::error!(%error, "the telling of troubles broke off; what was not delivered stays in the store");
        }
        if let Some(web) = self.web
            && let Err(error) = web.stop().await
        {
            tracing::error!(error = chain(&error), "the web server did not end well");
        }
    }
}

/// Whether this process tells of troubles: where schedules run; a hub that shares its runner's store does too, where it knows whom to tell.
fn tells(settings: &Settings, wanted: &Wanted) -> bool {
    wanted.schedules.is_some() && (settings.role != Role::Hub || !settings.alerts.is_empty())
}

/// Lets alerts hear of every run's report.
fn hearing(alerts: Option<Arc<Alerts>>, reports: Reports) -> Reports {
    Arc::new(move |report| {
        if let Some(alerts) = &alerts {
            alerts.heard(report);
        }
        reports(report);
    })
}

/// Makes sure that this machine has a browser, its driver and a Chinese font, before anything needs them.
async fn prepare(installing: Installing) -> anyhow::Result<()> {
    tokio::task::spawn_blocking(move || host::ensure(host::Need::Browser, &*installing)).await??;
    Ok(())
}

/// Adapters of a root folder with the settings' base addresses; [`BrokenAdapters`] has all their mistakes at once.
pub fn load_adapters(settings: &Settings) -> anyhow::Result<Adapters> {
    let mut adapters = Adapters::load(&settings.root).map_err(BrokenAdapters)?;
    let unknown = adapters.rebase(&settings.bases);
    if !unknown.is_empty() {
        let known: Vec<_> = adapters.systems.keys().map(String::as_str).collect();
        anyhow::bail!("the setting `bases` names {}, but the systems are: {}", unknown.join(", "), known.join(", "));
    }
    Ok(adapters)
}

/// The working days that the settings name.
pub fn load_calendar(settings: &Settings) -> anyhow::Result<Calendar> {
    Ok(match &settings.calendar {
        Some(path) => Calendar::load(path)?,
        None => Calendar::district(),
    })
}

/// The store of a bridge that has run before, for whoever only looks. A database is not made for that: where there is none, nothing has run.
pub async fn look_into_store(settings: &Settings) -> anyhow::Result<Store> {
    if settings.store.is_none() && !settings.data.join("queqiao.db").exists() {
        let folder = std::path::absolute(&settings.data)?;
        anyhow::bail!(Message::new("store-none-yet").with("data", folder.display()).say(settings.lang));
    }
    open_store(settings).await
}

/// The store that the settings name; what it holds may be read beside a running bridge.
async fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    let url = match &settings.store {
        Some(url) => url.expose_secret().to_owned(),
        None => format!("sqlite:{}", settings.data.join("queqiao.db").display()),
    };
    Ok(Store::open(&url).await?)
}

/// The secrets that the settings name, all of them read once, so that what is wrong shows now.
pub fn open_vault(settings: &Settings) -> Result<Vault, VaultError> {
    let vault = vault_of(settings)?;
    vault.check()?;
    Ok(vault)
}

/// The same, without looking at what is there.
pub fn vault_of(settings: &Settings) -> Result<Vault, VaultError> {
    let Settings { secrets, key, root, .. } = settings;
    Vault::at(secrets.as_deref(), key.as_deref(), root, crate::settings::environment())
}

/// Says in the log which passwords expire soon.
fn remind(vault: &Vault, settings: &Settings, clock: &Clock) -> Result<(), VaultError> {
    let today = clock.local().date_naive();
    for (account, expires) in vault.expiring(today, Days::new(settings.expiry_warning))? {
        tracing::warn!(account, %expires, "a password expires: `queqiao secret set ACCOUNT password --expires DATE`");
    }
    Ok(())
}

/// The token between runner and hub, where one is set.
fn token(vault: &Vault) -> Result<Option<SecretString>, VaultError> {
    match vault.get(HUB_ACCOUNT) {
        Ok(credential) => credential.field("token").cloned().map(Some),
        Err(VaultError::UnknownAccount { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Tells the hub which systems to expect: those that some bot reads.
async fn announce(bridge: &Bridge, clock: &Clock) -> anyhow::Result<()> {
    let now = clock.now();
    let adapters = &bridge.adapters;
    let collects = |system: &str| adapters.bots.values().any(|bot| bot.system == system && bot.collect().is_some());
    let read = adapters.systems.values().filter(|system| collects(&system.name));
    let cards = read.map(|system| {
        let reads = |bot: &String| {
            adapters.bots.get(bot).is_some_and(|bot| bot.system == system.name && bot.collect().is_some())
        };
        let schedules = adapters.schedules.iter().filter(|schedule| schedule.bots.iter().any(reads));
        Record::System(SystemCard {
            system: system.name.clone(),
            title: system.title.clone(),
            owner: system.owner.clone(),
            zone: system.zone.clone(),
            fresh_for_seconds: timetable::fresh_for(schedules, now),
            data_version: now.timestamp_millis(),
        })
    });
    bridge.store.post(&cards.collect::<Vec<_>>()).await?;
    Ok(())
}
