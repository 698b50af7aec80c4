//! `queqiao secret`: the bots' passwords. Names and dates are shown, values never.

use std::{
    fs,
    io::{self, IsTerminal},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context, bail};
use chrono::{Days, NaiveDate};
use comfy_table::{Table, presets::NOTHING};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};
use serde_json::json;

use super::{hidden, tell};
use crate::{
    app::{open_vault, vault_of},
    base::{Clock, Lang, Message},
    settings::Settings,
    vault::{Expiry, Fields, Listed, Place, Vault},
};

/// What most accounts have.
const USUAL: [&str; 2] = ["username", "password"];

/// What `queqiao secret` does.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Seals secrets of an account: asks for each without showing it, or reads one line for each from standard input.
    Set {
        /// The account, as bots name it.
        account: String,
        /// What is asked for (username and password; nothing where only a date is said of an account that has them); `NAME=@FILE` takes a
        /// file's contents, such as a certificate.
        fields: Vec<String>,
        /// The day on which the password expires, such as 2027-01-31.
        #[arg(long, value_name = "DATE", value_parser = day)]
        expires: Option<NaiveDate>,
        /// The password never expires.
        #[arg(long, conflicts_with = "expires")]
        never: bool,
    },
    /// The accounts: names of their fields, where they stand, when a password expires.
    List {
        /// JSON, one line per account and place.
        #[arg(long)]
        json: bool,
    },
    /// Removes an account, or some of its fields.
    Remove {
        /// The account.
        account: String,
        /// Only these fields.
        fields: Vec<String>,
    },
    /// Makes a new key and seals everything anew.
    Rotate,
    /// Takes over a plain file of secrets: seals what stands in it, and removes it.
    Import {
        /// The file.
        file: PathBuf,
        /// Leaves the file where it is.
        #[arg(long)]
        keep: bool,
    },
}

/// Runs one of them.
pub(super) async fn secret(command: Command, settings: &Settings) -> anyhow::Result<ExitCode> {
    let lang = settings.lang;
    // Unchecked: that two files differ about an account is what an import settles.
    let vault = vault_of(settings)?;
    match command {
        Command::Set { account, fields, expires, never } => {
            let expiry = match (expires, never) {
                (Some(day), _) => Expiry::On(day),
                (None, true) => Expiry::Never,
                (None, false) => Expiry::Unsaid,
            };
            set(&vault, lang, &account, &fields, expiry).await?;
        }
        Command::List { json } => list(&vault.list()?, settings, json),
        Command::Remove { account, fields } => {
            vault.remove(&account, &fields)?;
            tell::result(&Message::new("secret-removed").with("account", account).say(lang));
        }
        Command::Rotate => {
            let count = vault.rotate()?;
            tell::result(&Message::new("secret-rotated").with("count", count).say(lang));
        }
        Command::Import { file, keep } => {
            let accounts = vault.import(&file, keep)?;
            if accounts.is_empty() {
                return Ok(tell::failure(
                    lang,
                    &Message::new("secret-imported-none").with("file", file.display()).say(lang),
                ));
            }
            let message = Message::new("secret-imported").with("count", accounts.len());
            tell::result(&message.with("accounts", accounts.join(", ")).say(lang));
            let left = Message::new(if keep { "secret-import-kept" } else { "secret-import-gone" });
            tell::say(lang, &left.with("file", file.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Says to whoever starts the bridge that passwords stand in plain text.
pub(super) fn warn_of_plain(settings: &Settings) {
    if let Some(file) = vault_of(settings).ok().as_ref().and_then(Vault::plain) {
        tell::say(settings.lang, &Message::new("secret-plain-file").with("file", file.display()));
    }
}

/// The same and more to whoever checks it; secrets that can't be read are not this one's business.
pub(super) fn warn(settings: &Settings) {
    warn_of_plain(settings);
    let Ok(vault) = open_vault(settings) else { return };
    let today = Clock::system().local().date_naive();
    for (account, day) in vault.expiring(today, Days::new(settings.expiry_warning)).unwrap_or_default() {
        tell::say(settings.lang, &Message::new("secret-expiring").with("account", account).with("day", day));
    }
}

/// A day as it is typed.
fn day(text: &str) -> Result<NaiveDate, &'static str> {
    text.parse().map_err(|_| "write a day such as 2027-01-31")
}

async fn set(vault: &Vault, lang: Lang, account: &str, named: &[String], expiry: Expiry) -> anyhow::Result<()> {
    let usual = USUAL.map(str::to_owned);
    let wanted: &[String] = match named {
        [] if expiry == Expiry::Unsaid => &usual,
        [] if vault.names()?.contains(account) => &[],
        // A date of nothing helps nobody, and lines that were meant for something else are no passwords.
        [] if !io::stdin().is_terminal() => {
            bail!("{}", Message::new("secret-date-alone").with("account", account).say(lang));
        }
        [] => &usual,
        named => named,
    };
    let name = |field: &'_ str| field.split_once('=').map_or(field, |(name, _)| name).to_owned();
    let names: Vec<String> = wanted.iter().map(|field| name(field)).collect();
    // Before somebody types what can't be kept.
    vault.may_set(account, names.iter().map(String::as_str))?;
    let mut fields = Fields::new();
    for field in wanted {
        let (name, value) = match field.split_once('=') {
            None => (field.as_str(), ask(lang, account, field).await?),
            Some((name, source)) => (name, contents(lang, name, source)?),
        };
        fields.insert(name.to_owned(), value);
    }
    vault.set(account, &fields, expiry)?;
    let expires = expires(vault, account, expiry)?.say(lang);
    let message = match names.as_slice() {
        [] => Message::new("secret-date-set"),
        names => Message::new("secret-set").with("fields", names.join(", ")),
    };
    tell::result(&message.with("account", account).with("expires", expires).say(lang));
    Ok(())
}

/// When the account's password expires now, in words.
fn expires(vault: &Vault, account: &str, said: Expiry) -> anyhow::Result<Message> {
    let mut listed = vault.list()?.into_iter();
    let sealed = listed.find(|listed| listed.account == account && listed.place == Place::Sealed);
    let message = match sealed.and_then(|listed| listed.expires) {
        Some(day) if day < Clock::system().local().date_naive() => Message::new("secret-expires-past").with("day", day),
        Some(day) => Message::new("secret-expires").with("day", day),
        None if said == Expiry::Never => Message::new("secret-expires-never"),
        None => Message::new("secret-expires-unsaid"),
    };
    Ok(message)
}

/// Asks for a value, or reads the next line.
async fn ask(lang: Lang, account: &str, field: &str) -> anyhow::Result<SecretString> {
    let question = Message::new("secret-ask").with("account", account).with("field", field).say(lang);
    match hidden::line(&question).await? {
        None => bail!("{}", Message::new("secret-no-line").with("field", field).say(lang)),
        Some(line) if line.expose_secret().is_empty() => {
            bail!("{}", Message::new("secret-empty").with("field", field).say(lang))
        }
        Some(line) => Ok(line),
    }
}

/// What stands in a file. A value on the command line is not taken: it has been seen already.
fn contents(lang: Lang, name: &str, source: &str) -> anyhow::Result<SecretString> {
    let Some(path) = source.strip_prefix('@') else {
        bail!("{}", Message::new("secret-in-clear").with("name", name).say(lang));
    };
    let bytes = Zeroizing::new(
        fs::read(path)
            .with_context(|| Message::new("secret-file-away").with("name", name).with("file", path).say(lang))?,
    );
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(SecretString::from(text)),
        Err(_) => bail!("{}", Message::new("secret-file-no-text").with("name", name).with("file", path).say(lang)),
    }
}

fn list(listed: &[Listed], settings: &Settings, as_json: bool) {
    let lang = settings.lang;
    if as_json {
        for Listed { account, place, fields, expires } in listed {
            let place = format!("{place:?}").to_lowercase();
            tell::result(
                &json!({ "account": account, "fields": fields, "place": place, "expires": expires }).to_string(),
            );
        }
        return;
    }
    if listed.is_empty() {
        tell::result(&Message::new("secret-none").say(lang));
        return;
    }
    let today = Clock::system().local().date_naive();
    let mut table = Table::new();
    table.load_style(NOTHING);
    let heads = ["secret-account", "secret-fields", "secret-place", "secret-until"];
    table.set_header(heads.map(|head| Message::new(head).say(lang)));
    for Listed { account, place, fields, expires } in listed {
        let place = match place {
            Place::Sealed => "secret-sealed",
            Place::Plain => "secret-plain",
            Place::Environment => "secret-environment",
        };
        let until = expires.map_or_else(String::new, |day| until(lang, day, today, settings.expiry_warning));
        table.add_row([account.clone(), fields.join(", "), Message::new(place).say(lang), until]);
    }
    tell::result(&table.to_string());
}

/// A date of expiry, with how far away it is where that matters.
fn until(lang: Lang, day: NaiveDate, today: NaiveDate, warning: u64) -> String {
    let days = (day - today).num_days();
    let id = match u64::try_from(days) {
        Err(_) => "secret-expired",
        Ok(days) if days <= warning => "secret-soon",
        Ok(_) => return day.to_string(),
    };
    Message::new(id).with("day", day).with("days", days).say(lang)
}
