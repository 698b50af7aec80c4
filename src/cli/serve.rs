//! `queqiao serve`: the bridge, by the settings.

use std::{process::ExitCode, sync::Arc};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{run, secret, tell};
use crate::{
    app::{self, App, Wanted},
    base::{Clock, Lang, Message},
    engine::Reports,
    run::Nobody,
    settings::Settings,
};

/// Serves until SIGTERM or Ctrl-C.
pub(super) async fn serve(settings: &Settings) -> anyhow::Result<ExitCode> {
    let lang = settings.lang;
    let adapters = app::load_adapters(settings)?;
    let wanted = Wanted {
        installing: tell::installing(lang),
        schedules: Some(reports(lang)),
        web: true,
        people: Arc::new(Nobody),
    };
    secret::warn_of_plain(settings);
    let app = App::start(settings, adapters, Clock::system(), wanted).await?;
    // Before the address is told: whoever has read it may end this process.
    let terminated = signal(SignalKind::terminate())?;
    match (app.address(), &settings.hub) {
        (Some(address), _) => tell::result(&Message::new("serve-address").with("address", address).say(lang)),
        (None, Some(hub)) => tell::result(&Message::new("serve-runner").with("hub", hub).say(lang)),
        (None, None) => {}
    }
    interrupted_or(terminated).await?;
    tell::say(lang, &Message::new("stopping"));
    app.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Shows every run that did not end well, and every run that changed something.
pub(super) fn reports(lang: Lang) -> Reports {
    Arc::new(move |report| {
        if report.reading.changed > 0 || report.exit_code() != 0 {
            tell::note(&run::summary(lang, report));
            run::complain(lang, report);
        }
    })
}

/// Waits for Ctrl-C or SIGTERM.
pub(super) async fn interrupted() -> std::io::Result<()> {
    interrupted_or(signal(SignalKind::terminate())?).await
}

async fn interrupted_or(mut terminated: Signal) -> std::io::Result<()> {
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminated.recv() => Ok(()),
    }
}
