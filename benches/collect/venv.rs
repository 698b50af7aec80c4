//! The peers, from PyPI, in a virtual environment that later runs share.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::Command,
};

use anyhow::{Context, ensure};
use queqiao::host::{self, Need};

/// What `pip` is asked for. Another list gets another folder.
const PACKAGES: &[&str] =
    &["scrapy==2.19.*", "lxml==6.1.*", "uvloop==0.23.*", "playwright==1.65.*", "selenium==4.51.*"];

/// The environment's Python, installed now if it is not there yet.
///
/// The folder lies under the temp folder, one per user and list of packages. A lock keeps two runs from installing at once;
/// a marker is written last, so that an installation that was cut off is made anew.
pub fn python() -> anyhow::Result<PathBuf> {
    let user = rustix::process::getuid().as_raw();
    let versions: String = PACKAGES.concat().chars().filter(char::is_ascii_digit).collect();
    let name = format!("queqiao-peers-{versions}-{user}");
    let folder = std::env::temp_dir().join(&name);
    let lock = File::create(std::env::temp_dir().join(name + ".lock"))?;
    lock.lock()?;
    let (python, marker) = (folder.join("bin/python"), folder.join("complete"));
    let works = || finished(Command::new(&python).args(["-c", "import scrapy, uvloop, playwright, selenium"])).is_ok();
    if !(marker.is_file() && works()) {
        let found = host::ensure(Need::Python, &|step| eprintln!("{step}"))?;
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        finished(Command::new(found.program("python3")).args(["-m", "venv"]).arg(&folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        finished(Command::new(&python).args(pip).args(PACKAGES))?;
        fs::write(marker, PACKAGES.join("\n"))?;
    }
    Ok(python)
}

fn finished(command: &mut Command) -> anyhow::Result<()> {
    let done = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}
