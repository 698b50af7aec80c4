//! `queqiao sandbox`: the practice systems alone.

use std::process::ExitCode;

use super::{serve::interrupted, tell};
use crate::{
    base::{Clock, Lang, Message, new_id},
    sandbox::{Options, Sandbox},
};

/// What `queqiao sandbox` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Seed of the cases: the same seed gives the same cases.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Cases in each system.
    #[arg(long, default_value_t = 1000)]
    cases: usize,
    /// First port; the systems take it and the next ones (default: free ports).
    #[arg(long)]
    port: Option<u16>,
    /// New cases and state changes per second in each system.
    #[arg(long, default_value_t = 0.0)]
    pace: f64,
    /// Password of the account `bot` (default: a new one, printed).
    #[arg(long)]
    password: Option<String>,
}

/// Serves the practice systems until Ctrl-C.
pub(super) async fn sandbox(arguments: &Arguments, lang: Lang) -> anyhow::Result<ExitCode> {
    let password = arguments.password.clone().unwrap_or_else(new_id);
    let options = Options {
        seed: arguments.seed,
        cases: arguments.cases,
        pace: arguments.pace,
        today: Clock::system().local(),
        ports: arguments.port,
        username: "bot".to_owned(),
        password: password.clone(),
        only: None,
    };
    let sandbox = Sandbox::start(options).await?;
    for practice in sandbox.systems() {
        tell::result(&format!("{}  {}  {}", practice.address(), practice.name(), practice.title()));
    }
    tell::say(lang, &Message::new("sandbox-account").with("username", "bot").with("password", &password));
    interrupted().await?;
    sandbox.stop().await;
    Ok(ExitCode::SUCCESS)
}
