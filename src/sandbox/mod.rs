//! Practice systems with the real front-end frameworks, for demo, tests and training. Knows nothing of the bridge.
//!
//! Each is as a bot meets such systems: `permits` a Vue + Element UI single-page app over a JSON API with a bearer token;
//! `water` a layui admin page in iframes, rendered on the server in GB18030; `housing` a datagrid with frozen columns whose
//! rows come by POST, in GB18030 too, and a form that a script fills; `social` ASP.NET WebForms; `medical` a frameset behind
//! a login that encrypts the password and asks a sum; `civil` and `finance` behind one single sign-on; `estate` an export
//! behind HTTP Basic; `tax` exports of a month behind a client certificate; `onewindow` plain pages of the window that accepts
//! cases for departments. Their cases come from a seeded generator; while
//! they run, new cases arrive and open ones move on. [`Practice::truth`] is the answer sheet.

mod accounts;
mod assets;
mod benefits;
mod captcha;
mod case;
mod chance;
mod civil;
mod control;
mod error;
mod estate;
mod export;
mod finance;
mod gb;
mod generate;
mod guest;
mod history;
mod housing;
mod intake;
mod items;
mod kind;
mod ledger;
mod line;
mod medical;
mod medical_login;
mod numerals;
mod office;
mod onewindow;
mod papers;
mod people;
mod permits;
mod places;
mod practice;
mod redesign;
mod revenue;
mod secure;
mod serve;
mod social;
mod sso;
mod status;
mod tax;
mod token;
mod truth;
mod water;
mod webforms;
mod worktime;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use error::SandboxError;
pub use intake::Registered;
pub use practice::Practice;
pub use truth::TrueCase;

use kind::System;
use office::Office;
use sso::Sso;

/// The highest pace, in events per second: beyond it the pages would be busier than any real system's.
const PACE_MOST: f64 = 1000.0;
/// How often daily business is looked at, so that a pace may be a fraction or many per second.
const TICK: Duration = Duration::from_millis(50);
/// How long open connections may take to end when the practice stops.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// How a practice is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// Decides all generated cases and events; the same seed and `today` give the same ones.
    pub seed: u64,
    /// How many cases each system holds at the start.
    pub cases: usize,
    /// Events (new cases and changes of state) per second in each system; 0 for a still system.
    pub pace: f64,
    /// The systems' clock at the start, in the zone that their pages show; it runs on from there.
    pub today: chrono::DateTime<chrono::FixedOffset>,
    /// The first system's port, the next system's being one higher; none for free ports.
    pub ports: Option<u16>,
    /// The one account's name, the same in each system.
    pub username: String,
    /// The account's password.
    pub password: String,
    /// The names of the systems to start; none for all.
    pub only: Option<Vec<String>>,
}

/// All systems, in the order of their ports.
const ALL: &[System] = &[
    &permits::KIND,
    &water::KIND,
    &housing::KIND,
    &social::KIND,
    &medical::KIND,
    &civil::KIND,
    &finance::KIND,
    &estate::KIND,
    &tax::KIND,
    &onewindow::KIND,
];

/// The running practice systems. Dropping it ends them too, without waiting.
#[derive(Debug)]
pub struct Sandbox {
    systems: Vec<Practice>,
    tasks: Vec<JoinHandle<()>>,
    end: CancellationToken,
    /// Ends with `end`, or before it.
    business: CancellationToken,
}

impl Sandbox {
    /// Starts the systems, each on its own loopback port; they answer when this returns.
    ///
    /// # Errors
    /// [`SandboxError::Pace`] and [`SandboxError::Ports`] for impossible options, [`SandboxError::Listen`] for a busy port.
    pub async fn start(options: Options) -> Result<Sandbox, SandboxError> {
        if !(0.0..=PACE_MOST).contains(&options.pace) {
            return Err(SandboxError::Pace { pace: options.pace, most: PACE_MOST });
        }
        let chosen =
            |system: &&System| options.only.as_ref().is_none_or(|only| only.iter().any(|name| name == system.name));
        let all: Vec<System> = ALL.iter().filter(chosen).copied().collect();
        let end = CancellationToken::new();
        let quiet = end.child_token();
        let mut sandbox = Sandbox { systems: Vec::new(), tasks: Vec::new(), end, business: quiet };
        let mut ports = Ports { first: options.ports, taken: 0, needed: all.len() };
        let sso = sandbox.sign_on(&all, &options, &mut ports).await?;
        for system in all.iter().copied() {
            let office = Arc::new(Office::new(system, &options, sso.as_ref()));
            let (port, end) = (ports.next()?, sandbox.end.clone());
            let (address, server) = match &office.keys {
                Some(keys) => serve::listen_securely(&office, keys, port, end).await?,
                None => serve::listen(system.title, serve::router(Arc::clone(&office)), port, end).await?,
            };
            sandbox.tasks.push(server);
            if let Some(sso) = &office.sso {
                sso.register(&address, &office);
            }
            if options.pace > 0.0 {
                let events = business(Arc::clone(&office), options.pace, sandbox.business.clone());
                sandbox.tasks.push(tokio::spawn(events));
            }
            sandbox.systems.push(Practice { office, address });
        }
        Ok(sandbox)
    }

    /// Starts the single sign-on where one of the systems stands behind it; its port comes after theirs.
    async fn sign_on(
        &mut self,
        all: &[System],
        options: &Options,
        ports: &mut Ports,
    ) -> Result<Option<Arc<Sso>>, SandboxError> {
        if !all.iter().copied().any(Sso::fronts) {
            return Ok(None);
        }
        let sso = Arc::new(Sso::new(options));
        let router = sso::router(Arc::clone(&sso));
        let (address, server) = serve::listen(sso::TITLE, router, ports.last()?, self.end.clone()).await?;
        self.tasks.push(server);
        sso.opened_at(&address);
        Ok(Some(sso))
    }

    /// The running systems, in the order of their ports.
    pub fn systems(&self) -> &[Practice] {
        &self.systems
    }

    /// Ends the daily business: from here on cases change only when asked to.
    pub fn hold_still(&self) {
        self.business.cancel();
    }

    /// Ends all of the practice's tasks and waits for them, for two seconds at most.
    pub async fn stop(mut self) {
        self.end.cancel();
        for mut task in std::mem::take(&mut self.tasks) {
            if tokio::time::timeout(STOP_PATIENCE, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.end.cancel();
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// The ports that were asked for, in a row.
struct Ports {
    /// The first; none for free ports.
    first: Option<u16>,
    taken: usize,
    needed: usize,
}

impl Ports {
    fn next(&mut self) -> Result<u16, SandboxError> {
        let port = self.above(self.taken)?;
        self.taken += 1;
        Ok(port)
    }

    /// One more, after all the others.
    fn last(&mut self) -> Result<u16, SandboxError> {
        self.needed += 1;
        self.above(self.needed - 1)
    }

    fn above(&self, above: usize) -> Result<u16, SandboxError> {
        let Some(first) = self.first else { return Ok(0) };
        let port = u16::try_from(above).ok().and_then(|above| first.checked_add(above));
        port.ok_or(SandboxError::Ports { first, needed: self.needed })
    }
}

/// Lets events happen at `pace` per second until `end`.
async fn business(office: Arc<Office>, pace: f64, end: CancellationToken) {
    let mut tick = tokio::time::interval(TICK);
    let mut due = 0.0;
    while end.run_until_cancelled(tick.tick()).await.is_some() {
        due += pace * TICK.as_secs_f64();
        while due >= 1.0 {
            due -= 1.0;
            office.ledger().happen(office.now());
        }
    }
}
