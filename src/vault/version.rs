//! A mark of "the same secrets as then" that can lie in a database.
//!
//! A plain hash of a password is as good as the password to whoever has a word list, and the mark lies in the state database,
//! whose backups travel. So the hash is keyed (HMAC-SHA-256) with a random key that lies beside the file of secrets: who has the
//! key has the secrets anyway, who has only the database can guess nothing.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, zeroize::Zeroizing};
use sha2::Sha256;

use super::{Fields, VaultError, file};
use crate::base::hex;

/// Bytes of the key: the width of SHA-256, more adds nothing.
const KEY_BYTES: usize = 32;

/// Bytes of the mark: 64 bits, so that two secrets share one about never.
const MARK_BYTES: usize = 8;

pub(super) type Key = Zeroizing<[u8; KEY_BYTES]>;

/// The mark of those secrets, [`MARK_BYTES`] in hex.
pub(super) fn of(account: &str, fields: &Fields, key: &Key) -> String {
    let mut hash = Hmac::<Sha256>::new_from_slice(&key[..]).expect("HMAC takes a key of any length");
    let mut part = |text: &str| {
        // The length first, so that no two different lists of texts are the same bytes.
        hash.update(&(text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    part(account);
    for (name, secret) in fields {
        part(name);
        part(secret.expose_secret());
    }
    hex(&hash.finalize().into_bytes()[..MARK_BYTES])
}

/// The key beside the file of secrets, made at its first use.
pub(super) fn key(secrets: Option<&Path>) -> Result<Key, VaultError> {
    let path = secrets.map(|secrets| secrets.with_extension("key")).ok_or(VaultError::NoKeyPlace)?;
    let failed = |source| VaultError::Key { path: path.clone(), source };
    match read(&path)? {
        Some(key) => Ok(key),
        None => {
            make(&path).map_err(failed)?;
            // Read back what lies there now: another process may have made its key first.
            read(&path)?.ok_or_else(|| failed(ErrorKind::NotFound.into()))
        }
    }
}

fn read(path: &PathBuf) -> Result<Option<Key>, VaultError> {
    let failed = |source| VaultError::Key { path: path.clone(), source };
    let mut opened = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(failed)?,
    };
    file::check_mode(&opened, path)?;
    let mut key = Key::default();
    opened.read_exact(&mut key[..]).map_err(failed)?;
    Ok(Some(key))
}

/// Puts a whole key there, unless there is one: written beside, then linked, so that nobody reads half a key.
fn make(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    file::make_folder(folder)?;
    let mut key = Key::default();
    File::open("/dev/urandom")?.read_exact(&mut key[..])?;
    let beside = tempfile::Builder::new()
        .make_in(folder, |path| OpenOptions::new().write(true).create_new(true).mode(file::OWNER_ONLY).open(path))?;
    beside.as_file().write_all(&key[..])?;
    beside.as_file().sync_all()?;
    match std::fs::hard_link(beside.path(), path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}
