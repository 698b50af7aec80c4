//! The sealed file of secrets. Names and dates stand in it in the clear, values sealed one by one, and its first line seals the rest:
//! no line can be changed, moved, added or taken away without the key. That somebody puts a whole older file back it can't show.
//!
//! ```toml
//! seal = "…"
//! # Sealed by queqiao; change it with `queqiao secret`.
//! format = 1
//! key = "…"                    # tells one key from another
//! marks = "…"
//!
//! [account.water-bot]
//! expires = "2027-01-31"
//!
//! [account.water-bot.sealed]
//! password = "…"
//! ```

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{
    Fields, VaultError,
    file::{self, check_name},
    key::Source,
    seal::{self, Key},
    version,
};

/// The form of the file that this program writes.
const FORMAT: i64 = 1;
/// What stands before the first line's mark.
const SEAL: &str = "seal = \"";
/// For people who open it.
const HEAD: &str = "# Sealed by queqiao; change it with `queqiao secret`.\n";
/// What the key of the versions is sealed about.
const MARKS: &str = "marks";
/// Times that file and key are read anew before they are judged: a rotation may have come in between.
const LOOKS: usize = 3;

/// One account's part.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    /// The day on which its password expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<NaiveDate>,
    /// Sealed values by field.
    #[serde(default)]
    pub(super) sealed: BTreeMap<String, String>,
}

/// What stands below the first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    format: i64,
    key: String,
    marks: String,
    #[serde(default)]
    account: BTreeMap<String, Account>,
}

/// The sealed file, opened.
pub(super) struct Sealed {
    path: PathBuf,
    /// The master key that it was sealed with.
    pub(super) master: Key,
    /// The key of the versions.
    pub(super) marks: Key,
    /// Its accounts, still sealed.
    pub(super) accounts: BTreeMap<String, Account>,
}

impl Sealed {
    /// A file to be, without accounts.
    pub(super) fn empty(path: &Path, master: Key) -> Self {
        let marks = version::key(&master);
        Self { path: path.to_owned(), master, marks, accounts: BTreeMap::new() }
    }

    /// Reads the file and proves that it is whole; none when there is no file.
    pub(super) fn read(path: &Path, source: &Source) -> Result<Option<Self>, VaultError> {
        for look in 1.. {
            let text = match std::fs::read_to_string(path) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                // What is no text any more was changed, like any other.
                Err(error) if error.kind() == ErrorKind::InvalidData => return Err(tampered(path, "it is no text")),
                other => other.map_err(|source| VaultError::Read { path: path.to_owned(), source })?,
            };
            let keys = source.keys()?;
            if let Some(key) = keys.iter().find(|key| body(&text, key).is_some()) {
                return Self::open(path, &text, key).map(Some);
            }
            if look == LOOKS {
                return Err(judge(path, &text, &keys, source));
            }
        }
        unreachable!("the loop ends by itself")
    }

    fn open(path: &Path, text: &str, master: &Key) -> Result<Self, VaultError> {
        let body = body(text, master).unwrap_or_default();
        let Ok(Body { format: FORMAT, marks, account, .. }) = toml::from_str(body) else { return Err(newer(path)) };
        let opened = seal::unseal(&fields_key(master), MARKS, &marks);
        let opened = opened.and_then(|bytes| Some(Key::new(bytes.as_slice().try_into().ok()?)));
        let marks = opened.ok_or_else(|| tampered(path, "`marks` does not open"))?;
        Ok(Self { path: path.to_owned(), master: master.clone(), marks, accounts: account })
    }

    /// The secrets of an account; none for one that is not there.
    pub(super) fn fields(&self, account: &str) -> Result<Option<Fields>, VaultError> {
        let Some(held) = self.accounts.get(account) else { return Ok(None) };
        let key = fields_key(&self.master);
        let open = |(name, sealed): (&String, &String)| {
            let opened = seal::unseal(&key, &about(account, name), sealed);
            let text = opened.and_then(|bytes| Some(SecretString::from(std::str::from_utf8(&bytes).ok()?)));
            let text = text.ok_or_else(|| tampered(&self.path, &format!("`{account}.{name}` does not open")))?;
            Ok((name.clone(), text))
        };
        held.sealed.iter().map(open).collect::<Result<_, _>>().map(Some)
    }

    /// Seals these secrets over those that the account has.
    pub(super) fn put(&mut self, account: &str, fields: &Fields) -> Result<(), VaultError> {
        check_name(file::is_account(account), account, &self.path)?;
        let key = fields_key(&self.master);
        let held = self.accounts.entry(account.to_owned()).or_default();
        for (name, secret) in fields {
            check_name(file::is_field(name), name, &self.path)?;
            let sealed = seal::seal(&key, &about(account, name), secret.expose_secret().as_bytes());
            let sealed = sealed.map_err(|source| VaultError::Write { path: self.path.clone(), source })?;
            held.sealed.insert(name.clone(), sealed);
        }
        Ok(())
    }

    /// The same under another master key.
    pub(super) fn under(&self, master: Key) -> Result<Self, VaultError> {
        let mut other = Self { marks: self.marks.clone(), ..Self::empty(&self.path, master) };
        for (account, held) in &self.accounts {
            other.put(account, &self.fields(account)?.unwrap_or_default())?;
            other.accounts.entry(account.clone()).or_default().expires = held.expires;
        }
        Ok(other)
    }

    /// Puts it in the file's place, whole or not at all.
    pub(super) fn write(&self) -> Result<(), VaultError> {
        let failed = |source| VaultError::Write { path: self.path.clone(), source };
        let marks = seal::seal(&fields_key(&self.master), MARKS, &self.marks[..]).map_err(failed)?;
        let body = Body { format: FORMAT, key: name_of(&self.master), marks, account: self.accounts.clone() };
        let body = toml::to_string(&body).expect("texts and tables are always TOML");
        let body = format!("{HEAD}{body}");
        let text = format!("{SEAL}{}\"\n{body}", seal::mark(&file_key(&self.master), &body));
        file::replace(&self.path, text.as_bytes()).map_err(failed)
    }
}

/// What stands below the first line, where that line is its mark under this key.
fn body<'t>(text: &'t str, master: &Key) -> Option<&'t str> {
    let (mark, body) = text.strip_prefix(SEAL)?.split_once("\"\n")?;
    seal::marks(&file_key(master), body, mark).then_some(body)
}

/// Why none of these keys opens the file.
fn judge(path: &Path, text: &str, keys: &[Key], source: &Source) -> VaultError {
    if keys.is_empty() {
        return VaultError::KeyMissing { path: path.to_owned(), key: source.to_string() };
    }
    let below = text.split_once('\n').map_or("", |(_, below)| below);
    let table: toml::Table = match below.parse() {
        Ok(table) => table,
        Err(_) => return tampered(path, "it is no TOML any more"),
    };
    if table.get("format").and_then(toml::Value::as_integer).is_some_and(|format| format > FORMAT) {
        return newer(path);
    }
    let text = |name: &str| table.get(name).and_then(toml::Value::as_str).unwrap_or_default();
    if text("key").is_empty() && text("marks").is_empty() {
        return tampered(path, "it is cut off");
    }
    // Either of the two says that it is the right key, whichever of them was changed.
    let ours =
        |key: &Key| text("key") == name_of(key) || seal::unseal(&fields_key(key), MARKS, text("marks")).is_some();
    match keys.iter().any(ours) {
        true => tampered(path, "its first line does not fit the rest"),
        false => VaultError::WrongKey { path: path.to_owned(), key: source.to_string() },
    }
}

fn tampered(path: &Path, what: &str) -> VaultError {
    VaultError::Tampered { path: path.to_owned(), what: what.to_owned() }
}

fn newer(path: &Path) -> VaultError {
    VaultError::Parse { path: path.to_owned(), reason: "a newer queqiao has sealed it: start that one".to_owned() }
}

fn about(account: &str, field: &str) -> String {
    format!("{account}/{field}")
}

fn fields_key(master: &Key) -> Key {
    seal::derive(master, "queqiao fields")
}

fn file_key(master: &Key) -> Key {
    seal::derive(master, "queqiao file")
}

/// What tells one master key from another, and nothing else of it.
fn name_of(master: &Key) -> String {
    seal::mark(&seal::derive(master, "queqiao name"), "")[..16].to_owned()
}
