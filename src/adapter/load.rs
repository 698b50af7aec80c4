//! From a root folder to adapters, or to every mistake in them.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use toml::de::DeTable;
use url::Url;

use super::{
    Adapters, Bot, Report, System,
    read::{self, Known},
    report::Findings,
    sheet::Sheet,
    syntax::{self, Damage},
};
use crate::base::{Message, hex};

/// The largest adapter file: a hundred times what a large system needs.
const FILE_BYTES_MOST: u64 = 1024 * 1024;
/// Hex digits of a version.
const VERSION_DIGITS: usize = 12;

impl Adapters {
    /// Loads `selectors`, `bots` and `schedules` below `root`; the error holds every mistake of every file. Warnings
    /// are no errors: [`Adapters::check`] tells them.
    pub fn load(root: &Path) -> Result<Self, Report> {
        let (adapters, report) = Self::check(root);
        if report.has_errors() { Err(report) } else { Ok(adapters) }
    }

    /// The same without stopping: what can be used as it is, and every mistake and warning.
    pub fn check(root: &Path) -> (Self, Report) {
        let mut report = Report::default();
        let [selectors, bots, schedules] = ["selectors", "bots", "schedules"].map(|folder| Folder::read(root, folder));
        if [&selectors, &bots, &schedules].iter().all(|folder| folder.files.is_empty()) {
            let findings = Findings::new(PathBuf::from("."));
            let message = Message::new("adapter-none").with("root", root.display());
            findings.error(0..0, message, Message::new("adapter-none-mend"));
            report.add(findings, String::new());
        }
        for stray in [&selectors, &bots, &schedules].into_iter().flat_map(|folder| &folder.strays) {
            let findings = Findings::new(stray.clone());
            findings.warn(0..0, Message::new("adapter-stray"), Message::new("adapter-stray-mend"));
            report.add(findings, String::new());
        }
        let mut versions = BTreeMap::new();
        let (systems, good_systems) = read_systems(selectors, &mut versions, &mut report);
        let names: BTreeSet<String> = bots.files.keys().cloned().collect();
        let known = Known { root, systems: &systems, bots: &names, schedules: RefCell::default() };
        let mut adapters =
            Self { bots: read_bots(bots, &known, &versions, &mut report), root: root.to_owned(), ..Self::default() };
        for (name, file) in schedules.files {
            let read = file.walk(&mut report, |sheet| read::schedules(&name, sheet, &known));
            adapters.schedules.extend(read.value.into_iter().flatten());
        }
        adapters.systems = systems
            .into_iter()
            .filter(|(name, _)| good_systems.contains(name))
            .filter_map(|(name, system)| Some((name, system?)))
            .collect();
        adapters.bots.retain(|_, bot| good_systems.contains(&bot.system));
        (adapters, report)
    }

    /// Sets systems' base addresses (a practice system on a free port); gives back the names that no system bears.
    pub fn rebase(&mut self, bases: &BTreeMap<String, Url>) -> Vec<String> {
        let mut strangers = Vec::new();
        for (name, base) in bases {
            let Some(system) = self.systems.get_mut(name) else {
                strangers.push(name.clone());
                continue;
            };
            let mut base = base.clone();
            if !base.path().ends_with('/') {
                base.set_path(&format!("{}/", base.path()));
            }
            system.base = base;
        }
        strangers
    }
}

fn read_systems(
    folder: Folder,
    versions: &mut BTreeMap<String, String>,
    report: &mut Report,
) -> (BTreeMap<String, Option<System>>, BTreeSet<String>) {
    let (mut systems, mut good) = (BTreeMap::new(), BTreeSet::new());
    for (name, file) in folder.files {
        let contents = file.contents.clone();
        let read = file.walk(report, |sheet| read::system(&name, sheet));
        if read.good {
            good.insert(name.clone());
        }
        let version = version(&[&contents]);
        let system = read.value.map(|system| System { version: version.clone(), ..system });
        versions.insert(name.clone(), contents);
        systems.insert(name, system);
    }
    (systems, good)
}

fn read_bots(
    folder: Folder,
    known: &Known<'_>,
    systems: &BTreeMap<String, String>,
    report: &mut Report,
) -> BTreeMap<String, Bot> {
    let mut bots = BTreeMap::new();
    for (name, file) in folder.files {
        let contents = file.contents.clone();
        let read = file.walk(report, |sheet| read::bot(&name, sheet, known));
        if let Some(bot) = read.value.flatten().filter(|_| read.good) {
            let system = systems.get(&bot.system).map_or("", String::as_str);
            bots.insert(name, Bot { version: version(&[&contents, system]), ..bot });
        }
    }
    bots
}

/// Hash of files, 12 hex digits.
fn version(contents: &[&str]) -> String {
    let mut hash = Sha256::new();
    for content in contents {
        // The length keeps two files apart from one that is both.
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    hex(&hash.finalize())[..VERSION_DIGITS].to_owned()
}

/// The adapter files of one folder by name.
struct Folder {
    files: BTreeMap<String, File>,
    /// Files that are not read because of their names.
    strays: Vec<PathBuf>,
}

/// One file, as far as it could be read.
struct File {
    path: PathBuf,
    contents: String,
    unreadable: Option<(Message, Message)>,
}

/// What a file gave.
struct Read<T> {
    value: Option<T>,
    good: bool,
}

impl Folder {
    /// Every `.toml` file in it; a folder that is not there holds none.
    fn read(root: &Path, folder: &str) -> Self {
        let mut read = Self { files: BTreeMap::new(), strays: Vec::new() };
        for entry in fs::read_dir(root.join(folder)).into_iter().flatten().flatten() {
            let path = entry.path();
            let shown = Path::new(folder).join(entry.file_name());
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if path.extension().is_some_and(|end| end == "toml") {
                read.files.insert(name, File::read(&path, shown));
            } else if !name.starts_with('.') && path.extension().is_none_or(|end| end != "md") {
                read.strays.push(shown);
            }
        }
        read.strays.sort();
        read
    }
}

impl File {
    fn read(path: &Path, shown: PathBuf) -> Self {
        let too_large = || fs::metadata(path).is_ok_and(|metadata| metadata.len() > FILE_BYTES_MOST);
        let unreadable = |id, mend| Some((Message::new(id), Message::new(mend)));
        let (contents, unreadable) = match fs::read_to_string(path) {
            Ok(_) if too_large() => (String::new(), unreadable("adapter-file-large", "adapter-file-large-mend")),
            Ok(contents) => (contents, None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                (String::new(), unreadable("adapter-file-encoding", "adapter-file-encoding-mend"))
            }
            Err(error) => {
                let message = Message::new("adapter-file").with("why", error);
                (String::new(), Some((message, Message::new("adapter-file-mend"))))
            }
        };
        Self { path: shown, contents, unreadable }
    }

    /// Reads the file's top table with `read`, and hands its mistakes to the report.
    fn walk<T>(self, report: &mut Report, read: impl FnOnce(Sheet<'_>) -> T) -> Read<T> {
        let findings = Findings::new(self.path);
        let mut value = None;
        if let Some((message, mend)) = self.unreadable {
            findings.error(0..0, message, mend);
        } else {
            let (table, errors) = DeTable::parse_recoverable(&self.contents);
            let damage: Vec<Damage> =
                errors.iter().map(|error| syntax::explain(&findings, &self.contents, error)).collect();
            // Where whole tables may be lost, nothing sure can be said about what is left.
            if !damage.contains(&Damage::Structure) {
                let broken = findings.len();
                value = Some(read(Sheet::new(&findings, &self.contents, table.get_ref(), 0..0)));
                findings.drop_echoes(broken, &self.contents);
            }
        }
        let good = !findings.has_errors();
        report.add(findings, self.contents);
        Read { value, good }
    }
}
