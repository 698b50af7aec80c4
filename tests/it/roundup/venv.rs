//! Roundup itself, from PyPI, in a virtual environment that later runs and parallel runs share.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use queqiao::host::{Need, ensure};

/// What `pip` is asked for.
const PACKAGE: &str = "roundup==2.6.*";

/// Part of the folder's name: another version gets another folder.
const VERSION: &str = "2.6";

/// The folder of Roundup's programs (`roundup-admin`, `roundup-server`), installed now if it is not there yet.
///
/// The folder lies under the temp folder, one per user and version. A lock keeps two runs from installing at once; a marker
/// is written last, so that an installation that was cut off is made anew.
pub fn programs() -> PathBuf {
    let user = rustix::process::getuid().as_raw();
    let name = format!("queqiao-roundup-{VERSION}-{user}");
    let folder = std::env::temp_dir().join(&name);
    let lock = File::create(std::env::temp_dir().join(name + ".lock")).expect("the temp folder can be written");
    lock.lock().expect("the lock can be waited for");
    let programs = folder.join("bin");
    let marker = folder.join("complete");
    // A Python that was upgraded meanwhile leaves an environment that no longer starts.
    let works =
        || Command::new(programs.join("roundup-server")).arg("-v").output().is_ok_and(|told| told.status.success());
    if !(marker.is_file() && works()) {
        install(&folder);
        fs::write(marker, PACKAGE).expect("the environment can be written");
    }
    programs
}

fn install(folder: &Path) {
    let found = ensure(Need::Python, &|_| ()).expect("Python can be had");
    if folder.exists() {
        fs::remove_dir_all(folder).expect("a broken environment can be removed");
    }
    run(Command::new(found.program("python3")).args(["-m", "venv"]).arg(folder));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE];
    run(Command::new(folder.join("bin/python")).args(pip));
}

/// Runs a program to its end; when it fails, its words are the test's failure. Returns what it wrote.
pub fn run(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let told = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{command:?}: {told}");
    told
}
