//! Programs of others that we need: where they are, and how they come here.

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{HostError, install};

/// What the product can need from the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Chromium, its WebDriver server, and a font with Chinese characters.
    Browser,
    /// The programs of a PostgreSQL server.
    Postgres,
    /// Python 3 that can make virtual environments.
    Python,
}

impl Need {
    /// The Debian packages that bring it.
    pub fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Browser => &["chromium", "chromium-driver", "fonts-noto-cjk"],
            Self::Postgres => &["postgresql"],
            Self::Python => &["python3-venv"],
        }
    }

    /// Packages that make it better, installed along with the others where the machine's sources have them.
    pub(super) fn extras(self) -> &'static [&'static str] {
        match self {
            Self::Browser => &["chromium-headless-shell"],
            Self::Postgres | Self::Python => &[],
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Browser => "Chromium",
            Self::Postgres => "PostgreSQL",
            Self::Python => "Python 3 with venv",
        })
    }
}

/// Programs that were found, by the role they play.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    programs: Vec<(&'static str, PathBuf)>,
    headless_shell: Option<PathBuf>,
    /// Parts that are missing without being indispensable (a Chinese font), for people.
    pub lacking: Vec<&'static str>,
}

impl Found {
    /// The program of that role: `chromium` and `chromedriver` of [`Need::Browser`]; `initdb`, `pg_ctl`, `postgres` and
    /// `psql` of [`Need::Postgres`]; `python3` of [`Need::Python`].
    ///
    /// # Panics
    /// When the need has no such role.
    pub fn program(&self, role: &str) -> &Path {
        let found = self.programs.iter().find(|(name, _)| *name == role);
        &found.unwrap_or_else(|| panic!("no program plays the role `{role}`")).1
    }

    /// The Chromium of [`Need::Browser`] without all that only a person at a screen needs, where it is there: it starts in half the
    /// time and holds a quarter less memory.
    pub fn headless_shell(&self) -> Option<&Path> {
        self.headless_shell.as_deref()
    }

    /// The Chromium of [`Need::Browser`] that is started where nobody looks on.
    pub fn headless_browser(&self) -> &Path {
        self.headless_shell().unwrap_or_else(|| self.program("chromium"))
    }
}

/// A step of [`ensure`], to be told to the person who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Another process installs something; we wait for it.
    Waiting,
    /// The package lists are being fetched.
    Updating,
    /// These packages are being installed.
    Installing(Vec<&'static str>),
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting => formatter.write_str("waiting for another installation on this machine"),
            Self::Updating => formatter.write_str("fetching the package lists (apt-get update)"),
            Self::Installing(packages) => write!(formatter, "installing {} (apt-get install)", packages.join(", ")),
        }
    }
}

/// Looks for what `need` asks for, without changing anything.
pub fn find(need: Need) -> Result<Found, HostError> {
    let (found, lacking) = look(need);
    if lacking.is_empty() {
        return Ok(found);
    }
    Err(HostError::Missing { need, lacking: lacking.join(", "), line: install::line(need) })
}

/// Looks for what `need` asks for and installs what is missing from the machine's own package sources, when we are
/// root or `sudo` asks for no password. `tell` hears every step. Blocks for as long as that takes (minutes): call it
/// from a thread that may wait. Parallel calls, of other processes too, install once.
pub fn ensure(need: Need, tell: &dyn Fn(&Step)) -> Result<Found, HostError> {
    if let Ok(found) = find(need)
        && found.lacking.is_empty()
    {
        return Ok(found);
    }
    let _lock = install::lock(tell)?;
    // Whoever held the lock may have installed it.
    let looked = find(need);
    match looked {
        Ok(found) if found.lacking.is_empty() => Ok(found),
        Ok(found) => {
            // Usable as it is: a failed installation of the rest must not stop the work.
            if let Err(error) = install::install(need, tell) {
                tracing::warn!(%need, lacking = ?found.lacking, %error, "works without, but not as well");
            }
            find(need)
        }
        Err(_) => {
            install::install(need, tell)?;
            find(need)
        }
    }
}

/// What is there, and which indispensable parts are not.
fn look(need: Need) -> (Found, Vec<&'static str>) {
    let mut found = Found { programs: Vec::new(), headless_shell: None, lacking: Vec::new() };
    let mut lacking = Vec::new();
    let mut take = |role, place: Option<PathBuf>| match place {
        Some(place) => found.programs.push((role, place)),
        None => lacking.push(role),
    };
    match need {
        Need::Browser => {
            take("chromium", in_path(&["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]));
            let beside = ["/usr/bin", "/usr/lib/chromium", "/usr/lib/chromium-browser"];
            let driver = in_path(&["chromedriver"]).or_else(|| in_places(&beside, "chromedriver"));
            take("chromedriver", driver);
            found.headless_shell = headless_shell(&found);
            if !shows_chinese() {
                found.lacking.push("a font with Chinese characters");
            }
        }
        Need::Postgres => {
            // Debian's own directory first: what stands in PATH may be a wrapper that manages clusters.
            let places = postgres_places();
            for role in ["initdb", "pg_ctl", "postgres", "psql"] {
                let place = places.iter().map(|place| place.join(role)).find(|path| is_program(path));
                take(role, place.or_else(|| in_path(&[role])));
            }
        }
        Need::Python => {
            let candidates = [in_path(&["python3"]), Some(PathBuf::from("/usr/bin/python3"))];
            take("python3", candidates.into_iter().flatten().find(|python| makes_environments(python)));
        }
    }
    (found, lacking)
}

/// The headless shell of the same package source as the browser that was found, and so of its version: the driver serves no other. The
/// program itself: the script before it in `/usr/bin` stays alive as its parent, and what ends that script does not end the browser.
fn headless_shell(found: &Found) -> Option<PathBuf> {
    let debians = |(role, path): &(&str, PathBuf)| *role == "chromium" && path == Path::new("/usr/bin/chromium");
    let shell = PathBuf::from("/usr/lib/chromium/chromium-headless-shell");
    (found.programs.iter().any(debians) && is_program(&shell)).then_some(shell)
}

fn in_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let places: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().find_map(|name| places.iter().map(|place| place.join(name)).find(|path| is_program(path)))
}

fn in_places(places: &[&str], name: &str) -> Option<PathBuf> {
    places.iter().map(|place| Path::new(place).join(name)).find(|path| is_program(path))
}

/// An executable file that is not a stub of a snap: a snap's browser can't be driven with a profile outside its home.
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let Ok(facts) = fs::metadata(path) else { return false };
    let executable = facts.is_file() && facts.permissions().mode() & 0o111 != 0;
    executable && !is_snap(path, facts.len())
}

fn is_snap(path: &Path, bytes: u64) -> bool {
    /// Larger than every stub script, smaller than every browser.
    const STUB_BYTES: u64 = 4_096;
    let leads_there = |place: &Path| place.starts_with("/snap") || place.ends_with("usr/bin/snap");
    let resolved = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    leads_there(&resolved)
        || bytes < STUB_BYTES && fs::read(path).is_ok_and(|text| String::from_utf8_lossy(&text).contains("/snap/bin"))
}

/// `/usr/lib/postgresql/*/bin`, the newest version first.
fn postgres_places() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir("/usr/lib/postgresql") else { return Vec::new() };
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let mut places: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    places.sort_by_key(|path| std::cmp::Reverse(version(path)));
    places.into_iter().map(|path| path.join("bin")).collect()
}

fn shows_chinese() -> bool {
    let fonts = Command::new("fc-list").args([":lang=zh", "family"]).stderr(Stdio::null()).output();
    fonts.is_ok_and(|listed| !listed.stdout.is_empty())
}

fn makes_environments(python: &Path) -> bool {
    let mut probe = Command::new(python);
    probe.args(["-c", "import venv, ensurepip"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn program(place: &Path, text: &str) -> PathBuf {
        let path = place.join("chromium-browser");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn the_stub_of_a_snap_is_no_browser() {
        let place = tempfile::tempdir().unwrap();
        assert!(!is_program(&program(place.path(), "#!/bin/sh\nexec /snap/bin/chromium \"$@\"\n")));
        assert!(is_program(&program(place.path(), "#!/bin/sh\nexec /usr/lib/chromium/chromium \"$@\"\n")));
    }

    #[test]
    fn a_file_that_can_not_be_executed_is_no_program() {
        let place = tempfile::tempdir().unwrap();
        let path = program(place.path(), "text");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(!is_program(&path));
        assert!(!is_program(place.path()));
    }
}
