//! The file of secrets: where it may lie, who may read it, what it may hold.

use std::{
    collections::BTreeMap,
    fs::{DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::Path,
};

use rustix::fs::{FlockOperation, flock};
use secrecy::{ExposeSecret, zeroize::Zeroizing};
use tempfile::NamedTempFile;

use super::{Fields, VaultError};

/// The mode of a file of secrets.
pub(super) const OWNER_ONLY: u32 = 0o600;

/// The mode of a folder that is made for one.
const OWNER_FOLDER: u32 = 0o700;

/// How the names of files begin that are still being written.
const UNFINISHED: &str = ".queqiao-";

/// What others may do with a file: any of it is too much.
const OTHERS: u32 = 0o077;

/// The folders by which one sees that a folder is one of adapters.
const ADAPTERS: [&str; 3] = ["bots", "selectors", "schedules"];

/// Bytes that a file of secrets may have: some hundred accounts; more means that the path is wrong.
const MOST_BYTES: u64 = 1 << 20;

/// The accounts in the file that the settings name; none when there is no file.
pub(super) fn read(path: &Path, root: &Path) -> Result<BTreeMap<String, Fields>, VaultError> {
    if path.exists() {
        check_place(path, root, "secrets")?;
    }
    read_anywhere(path)
}

/// The accounts in a file, wherever it lies; none when there is no file.
pub(super) fn read_anywhere(path: &Path) -> Result<BTreeMap<String, Fields>, VaultError> {
    let failed = |source| VaultError::Read { path: path.to_owned(), source };
    let opened = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        other => other.map_err(failed)?,
    };
    check_mode(&opened, path)?;
    let mut text = Zeroizing::new(String::new());
    let bytes = opened.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
    if bytes as u64 > MOST_BYTES {
        return Err(failed(io::Error::other(format!("it has more than {MOST_BYTES} bytes"))));
    }
    parse(&text, path)
}

/// Writes a file that must not be there yet.
pub(super) fn write_new(path: &Path, accounts: &BTreeMap<String, Fields>) -> Result<(), VaultError> {
    let failed = |source| VaultError::Write { path: path.to_owned(), source };
    let mut text = Zeroizing::new(String::new());
    for (account, fields) in accounts {
        check_name(is_account(account), account, path)?;
        text.push_str(&format!("[{account}]\n"));
        for (name, secret) in fields {
            check_name(is_field(name), name, path)?;
            let quoted = Zeroizing::new(toml::Value::from(secret.expose_secret()).to_string());
            text.push_str(&format!("{name} = {}\n", *quoted));
        }
    }
    make_folder(folder_of(path)).map_err(failed)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

/// A file in the same folder, for the owner only; removed unless it takes the other's place.
pub(super) fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let make = |path: &Path| OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(path);
    tempfile::Builder::new().prefix(UNFINISHED).make_in(folder_of(path), make)
}

/// Puts these contents in the file's place, whole or not at all, whenever the process is killed or the disk is full.
pub(super) fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    make_folder(folder_of(path))?;
    let mut written = beside(path)?;
    written.write_all(contents)?;
    written.as_file().sync_all()?;
    written.persist(path)?;
    sync_folder(path)
}

/// Makes last what was renamed or removed there.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// Waits until nobody else changes the file. The lock goes with what is returned, and with the process, however it ends.
pub(super) fn lock(path: &Path) -> io::Result<File> {
    make_folder(folder_of(path))?;
    let mut open = OpenOptions::new();
    let lock = open.write(true).create(true).truncate(false).mode(OWNER_ONLY).open(path.with_extension("lock"))?;
    flock(&lock, FlockOperation::LockExclusive)?;
    // Whoever wrote these has died over it.
    for entry in folder_of(path).read_dir()?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(lock)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the folder and those above it, for the owner only, where they are missing.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(OWNER_FOLDER).create(folder)
}

/// Refuses a file that anybody but its owner may read or write.
pub(super) fn check_mode(file: &File, path: &Path) -> Result<(), VaultError> {
    // Of the opened file, so that nobody swaps it between the question and the reading.
    let told = file.metadata().map_err(|source| VaultError::Read { path: path.to_owned(), source })?;
    match told.mode() & OTHERS {
        // A folder's mode is no trouble of ours, and `chmod 600` would make it useless.
        _ if told.is_dir() => Err(VaultError::NoFile { path: path.to_owned() }),
        0 => Ok(()),
        _ => Err(VaultError::Open { path: path.to_owned(), mode: told.mode() & 0o777 }),
    }
}

/// Whether that is an account's name.
pub(super) fn is_account(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && !name.starts_with('-') && name.bytes().all(inner)
}

/// Whether that is a field's name.
pub(super) fn is_field(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Refuses a place from which files are copied, mailed or committed, for a file that is there or is to be made; `setting` is what
/// names another.
pub(super) fn check_place(path: &Path, root: &Path, setting: &'static str) -> Result<(), VaultError> {
    let failed = |source| VaultError::Read { path: path.to_owned(), source };
    let absolute = std::path::absolute(path).map_err(failed)?;
    // Of a file to be, the nearest folder that is there shows where its way leads.
    let there = absolute.ancestors().find(|way| way.exists()).unwrap_or(Path::new("/"));
    let real = there.canonicalize().map_err(failed)?;
    let refused = |place: String| Err(VaultError::Place { path: path.to_owned(), place, setting });
    // A folder without any of them, such as a home from which somebody types, is no folder of adapters.
    let adapters = |root: &Path| ADAPTERS.iter().any(|folder| root.join(folder).is_dir());
    if let Ok(root) = root.canonicalize()
        && real.starts_with(&root)
        && adapters(&root)
    {
        return refused(format!("the folder of the adapters ({})", root.display()));
    }
    if let Some(tree) = real.ancestors().find(|folder| folder.join(".git").exists()) {
        return refused(format!("a git work tree ({})", tree.display()));
    }
    Ok(())
}

/// Refuses, of what somebody types for an account, a name that is none.
pub(super) fn check_typed<'n>(account: &str, fields: impl IntoIterator<Item = &'n str>) -> Result<(), VaultError> {
    if !is_account(account) {
        let made_of = "lower-case letters, digits and `-`";
        return Err(VaultError::Name { name: account.to_owned(), of: "of an account", made_of });
    }
    match fields.into_iter().find(|field| !is_field(field)) {
        None => Ok(()),
        Some(field) => {
            let made_of = "lower-case letters and digits";
            Err(VaultError::Name { name: field.to_owned(), of: "of a field", made_of })
        }
    }
}

/// The accounts in the text. No message repeats a value, nor a line of the text.
fn parse(text: &str, path: &Path) -> Result<BTreeMap<String, Fields>, VaultError> {
    let wrong = |reason: String| VaultError::Parse { path: path.to_owned(), reason };
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        wrong(format!(
            "line {} is not TOML: write name = \"value\" below a line [account]",
            before.matches('\n').count() + 1
        ))
    })?;
    let mut accounts = BTreeMap::new();
    for (account, section) in table {
        check_name(is_account(&account), &account, path)?;
        let toml::Value::Table(section) = section else {
            return Err(wrong(format!("`{account}` stands outside an account: write it below a line [account]")));
        };
        let mut fields = Fields::new();
        for (name, value) in section {
            check_name(is_field(&name), &name, path)?;
            let toml::Value::String(value) = value else {
                return Err(wrong(format!("`{account}.{name}` is not a text: put the value in quotation marks")));
            };
            fields.insert(name, value.into());
        }
        accounts.insert(account, fields);
    }
    Ok(accounts)
}

/// Refuses what is no name.
pub(super) fn check_name(good: bool, name: &str, path: &Path) -> Result<(), VaultError> {
    let reason = || format!("`{name}` is no name: use lower-case letters and digits, and `-` in an account's name");
    if good { Ok(()) } else { Err(VaultError::Parse { path: path.to_owned(), reason: reason() }) }
}
