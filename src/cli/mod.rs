//! The tongue: one file per command. The only room that prints.

mod ask;
mod check;
mod demo;
mod entries;
mod hidden;
mod log;
mod people;
mod run;
mod sandbox;
mod saved;
mod schedules;
mod secret;
mod serve;
mod tell;
mod ticks;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    app::BrokenAdapters,
    base::{Lang, chain},
    settings::{self, Settings},
    transport,
};

/// 鹊桥: reads departmental approval systems that have no API, and shows live figures of the district.
#[derive(Debug, Parser)]
#[command(name = "queqiao", version, about, arg_required_else_help = true)]
struct Cli {
    /// Settings file (default: queqiao.toml in the working directory, where there is one).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of bots/, selectors/ and schedules/ (default: the working directory).
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Language of what people read: zh or en.
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Practice systems, bots, hub and screen in one process; nothing to prepare, nothing left behind.
    Demo(demo::Arguments),
    /// The bridge: schedules, hub and screen, by the settings.
    Serve,
    /// Checks every adapter file and shows all mistakes at once.
    Check {
        /// Folder of bots/, selectors/ and schedules/.
        path: Option<PathBuf>,
    },
    /// Runs the tests inside the adapter files, without network or browser.
    Test {
        /// Only these bots.
        bots: Vec<String>,
    },
    /// Runs one bot now.
    Run(run::Arguments),
    /// What will run and when; pauses a schedule, or lets it go on.
    Schedules(schedules::Arguments),
    /// What became of every instant: "why did it not run at 14:00?"
    Ticks(ticks::Arguments),
    /// The runs that came of ticks, with how they ended.
    Runs(ticks::RunsArguments),
    /// What is entered elsewhere and where it stands; one entry's life; a person's decision about it.
    Entries(entries::Arguments),
    /// What waits for a person, with what to do about it; an answer to a bot's question.
    People(people::Arguments),
    /// The bots' passwords: sets, lists, removes and imports them, and changes the key they are sealed with.
    #[command(subcommand)]
    Secret(secret::Command),
    /// The practice systems alone.
    Sandbox(sandbox::Arguments),
}

/// Parses the command line, runs the command and turns its outcome into an exit code.
pub fn main() -> ExitCode {
    transport::install_tls();
    let cli = Cli::parse();
    let environment: Vec<_> = settings::environment().collect();
    let settings = match Settings::load(cli.config.as_deref(), environment) {
        Ok(settings) => settings,
        Err(error) => return tell::failure(cli.lang.unwrap_or_default(), &chain(&error)),
    };
    let settings =
        Settings { root: cli.root.unwrap_or(settings.root), lang: cli.lang.unwrap_or(settings.lang), ..settings };
    let lang = settings.lang;
    log::start(&settings.log);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return tell::failure(lang, &chain(&error)),
    };
    match runtime.block_on(dispatch(cli.command, settings)) {
        Ok(code) => code,
        Err(error) => explain(lang, &error),
    }
}

async fn dispatch(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(arguments) => demo::demo(&arguments, &settings).await,
        Command::Serve => serve::serve(&settings).await,
        Command::Check { path } => {
            secret::warn(&settings);
            Ok(check::check(&path.unwrap_or(settings.root), settings.lang))
        }
        Command::Test { bots } => saved::test(&settings, &bots),
        Command::Run(arguments) => run::run(&arguments, &settings).await,
        Command::Schedules(arguments) => schedules::schedules(&arguments, &settings).await,
        Command::Ticks(arguments) => ticks::ticks(&arguments, &settings).await,
        Command::Runs(arguments) => ticks::runs(&arguments, &settings).await,
        Command::Entries(arguments) => entries::entries(&arguments, &settings).await,
        Command::People(arguments) => people::people(&arguments, &settings).await,
        Command::Secret(command) => secret::secret(command, &settings).await,
        Command::Sandbox(arguments) => sandbox::sandbox(&arguments, settings.lang).await,
    }
}

/// Says why a command could not do its work; broken adapters are shown as `check` shows them.
fn explain(lang: Lang, error: &anyhow::Error) -> ExitCode {
    if let Some(BrokenAdapters(report)) = error.downcast_ref() {
        return check::show(report, lang);
    }
    tell::failure(lang, &chain(error.as_ref()))
}
