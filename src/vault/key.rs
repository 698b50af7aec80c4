//! The master key: in a variable, handed over by the system, or in a file beside the secrets.

use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use secrecy::zeroize::Zeroizing;

use super::{
    VaultError, file, random,
    seal::{KEY_BYTES, Key},
};
use crate::base::hex;

/// The variable that holds the key itself, in hexadecimal digits.
pub(super) const VARIABLE: &str = "QUEQIAO_KEY";
/// Where the system's credential facility puts what a service gets (systemd's `LoadCredential=`).
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// The key's name there.
const CREDENTIAL: &str = "queqiao-key";
/// Bytes that a key's file may have: its digits and the end of a line.
const MOST_BYTES: u64 = 256;

/// Where the master key comes from.
#[derive(Clone)]
pub(super) enum Source {
    /// The variable [`VARIABLE`].
    Variable(Key),
    /// A file that the system's credential facility has put there.
    Credential(PathBuf),
    /// A file of ours, made when it is missing.
    File(PathBuf),
}

impl Source {
    /// The first there is of variable, credential and file.
    pub(super) fn of(
        file: Option<PathBuf>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Option<Self>, VaultError> {
        if let Some(digits) = environment.get(VARIABLE).filter(|digits| !digits.is_empty()) {
            let bad = || VaultError::BadKey { place: format!("${VARIABLE}") };
            return Ok(Some(Self::Variable(parse(digits.as_bytes()).ok_or_else(bad)?)));
        }
        let credential = environment.get(CREDENTIALS).map(|folder| Path::new(folder).join(CREDENTIAL));
        let credential = credential.filter(|path| path.exists()).map(Self::Credential);
        Ok(credential.or(file.map(Self::File)))
    }

    /// The keys that may be the right one, the likelier first: while a rotation is under way there are two.
    pub(super) fn keys(&self) -> Result<Vec<Key>, VaultError> {
        match self {
            Self::Variable(key) => Ok(vec![key.clone()]),
            Self::Credential(path) => Ok(read(path, false)?.into_iter().collect()),
            Self::File(path) => Ok([read(path, true)?, read(&next(path), true)?].into_iter().flatten().collect()),
        }
    }

    /// The key, made where it is missing and may be made.
    pub(super) fn key(&self) -> Result<Key, VaultError> {
        let missing = |path: &Path| VaultError::Key { path: path.to_owned(), source: ErrorKind::NotFound.into() };
        match self {
            Self::Variable(key) => Ok(key.clone()),
            Self::Credential(path) => read(path, false)?.ok_or_else(|| missing(path)),
            Self::File(path) => match read(path, true)? {
                Some(key) => Ok(key),
                None => {
                    make(path).map_err(|source| VaultError::Key { path: path.clone(), source })?;
                    // Read back what lies there now: another process may have made its key first.
                    read(path, true)?.ok_or_else(|| missing(path))
                }
            },
        }
    }

    /// Whether somebody has put the key there for us, so that it needs no file to be at hand.
    pub(super) fn is_given(&self) -> bool {
        match self {
            Self::Variable(_) | Self::Credential(_) => true,
            Self::File(_) => false,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(_) => write!(formatter, "${VARIABLE}"),
            Self::Credential(path) | Self::File(path) => path.display().fmt(formatter),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Source({self})")
    }
}

/// A new key.
pub(super) fn fresh() -> std::io::Result<Key> {
    let mut key = Key::default();
    random(&mut key[..])?;
    Ok(key)
}

/// Where a rotation puts the key to come, until the secrets are sealed with it.
pub(super) fn next(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

/// A key as its file holds it.
pub(super) fn written(key: &Key) -> Zeroizing<String> {
    Zeroizing::new(format!("{}\n", *Zeroizing::new(hex(&key[..]))))
}

/// The key in a file; none when there is no file.
fn read(path: &Path, ours: bool) -> Result<Option<Key>, VaultError> {
    let failed = |source| VaultError::Key { path: path.to_owned(), source };
    let opened = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(failed)?,
    };
    if ours {
        file::check_mode(&opened, path)?;
    }
    let mut bytes = Zeroizing::new(Vec::new());
    opened.take(MOST_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    parse(&bytes).map(Some).ok_or_else(|| VaultError::BadKey { place: path.display().to_string() })
}

/// The bytes themselves, or their digits.
fn parse(bytes: &[u8]) -> Option<Key> {
    let mut key = Key::default();
    if bytes.len() == KEY_BYTES {
        key.copy_from_slice(bytes);
        return Some(key);
    }
    let digits = bytes.trim_ascii();
    if digits.len() != 2 * KEY_BYTES {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16);
        *byte = u8::try_from(digit(0)? << 4 | digit(1)?).ok()?;
    }
    Some(key)
}

/// Puts a whole key there, unless there is one: written beside, then linked, so that nobody reads half a key.
fn make(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    file::make_folder(folder)?;
    let beside = file::beside(path)?;
    beside.as_file().write_all(written(&fresh()?).as_bytes())?;
    beside.as_file().sync_all()?;
    match std::fs::hard_link(beside.path(), path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other.and_then(|()| File::open(folder)?.sync_all()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_its_bytes_or_their_digits() {
        let key = fresh().unwrap();
        assert_eq!(parse(&key[..]), Some(key.clone()));
        assert_eq!(parse(written(&key).as_bytes()), Some(key.clone()));
        assert_eq!(parse(written(&key).to_uppercase().as_bytes()), Some(key.clone()));
        assert_eq!(parse(b"too short"), None);
        assert_eq!(parse("g".repeat(64).as_bytes()), None);
        assert!(!format!("{:?}", Source::Variable(key.clone())).contains(&*hex(&key[..])));
    }
}
