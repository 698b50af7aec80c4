//! `queqiao demo`: everything at once, with nothing to prepare.

use std::{net::SocketAddr, process::ExitCode};

use anyhow::Context;

use super::{
    run::progress,
    serve::{interrupted, reports},
    tell::{self, installing},
};
use crate::{
    app::{Demo, DemoOptions},
    base::{Lang, Message},
    settings::Settings,
};

/// What `queqiao demo` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Every bot once, then one JSON line of reconciliation.
    #[arg(long)]
    once: bool,
    /// Seed of the cases: the same seed gives the same cases.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Cases in each practice system.
    #[arg(long, default_value_t = 1000)]
    cases: usize,
    /// New cases and state changes per second in each practice system (default: 0.5; with --once: none).
    #[arg(long)]
    pace: Option<f64>,
    /// Where API and screen listen (default: the setting `listen`).
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

/// Changes per second that make a screen move without hiding anything.
const PACE: f64 = 0.5;

/// Runs the demo until Ctrl-C, or once. Exit code 0 only when every system reconciles.
pub(super) async fn demo(arguments: &Arguments, settings: &Settings) -> anyhow::Result<ExitCode> {
    let lang = settings.lang;
    let options = DemoOptions {
        root: settings.root.clone(),
        seed: arguments.seed,
        cases: arguments.cases,
        pace: arguments.pace.unwrap_or(if arguments.once { 0.0 } else { PACE }),
        listen: arguments.listen.unwrap_or(settings.listen),
        lang,
    };
    if arguments.once { once(&options, lang).await } else { live(&options, lang).await }
}

async fn once(options: &DemoOptions, lang: Lang) -> anyhow::Result<ExitCode> {
    let demo = Demo::start(options, installing(lang), None).await?;
    let once = demo.once(progress(lang)).await;
    demo.stop().await;
    let once = once?;
    tell::result(&serde_json::to_string(&once)?);
    Ok(if once.reconciled { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn live(options: &DemoOptions, lang: Lang) -> anyhow::Result<ExitCode> {
    let demo = Demo::start(options, installing(lang), Some(reports(lang))).await?;
    for practice in demo.sandbox.systems() {
        let message = Message::new("demo-practice").with("title", practice.title());
        tell::result(&message.with("address", practice.address()).say(lang));
    }
    let address = demo.app.address().context("the demo serves no screen: this is a defect, please report it")?;
    tell::result(&Message::new("demo-screen").with("address", format!("{address}screen")).say(lang));
    tell::say(lang, &Message::new("demo-hint"));
    interrupted().await?;
    tell::say(lang, &Message::new("stopping"));
    demo.stop().await;
    Ok(ExitCode::SUCCESS)
}
