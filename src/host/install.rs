//! Installing Debian packages. Nothing is ever fetched from elsewhere than the machine's own package sources.

use std::{
    env,
    fs::{File, OpenOptions, TryLockError},
    path::Path,
    process::{Command, Stdio},
};

use super::{HostError, Need, Step};

/// Seconds to wait for another package manager to finish.
const APT_LOCK_SECONDS: u32 = 600;
/// Lines of a failed installation that are shown.
const TOLD_LINES: usize = 4;

/// The one line that an operator types to install `need`.
pub(super) fn line(need: Need) -> String {
    let apt = format!("apt-get update && {{}}apt-get install -y --no-install-recommends {}", need.packages().join(" "));
    let before = if is_root() { "" } else { "sudo " };
    format!("{before}{}", apt.replace("{}", before))
}

/// Waits until no other process of this user installs anything through us. The lock ends with the returned file.
pub(super) fn lock(tell: &dyn Fn(&Step)) -> Result<File, HostError> {
    let user = rustix::process::getuid().as_raw();
    let path = env::temp_dir().join(format!("queqiao-packages-{user}.lock"));
    let failed = |source| HostError::LockInstall { path: path.clone(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            report(tell, &Step::Waiting);
            file.lock().map_err(failed)?;
        }
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    Ok(file)
}

/// Installs the packages of `need`, with fresh package lists when the present ones don't do.
pub(super) fn install(need: Need, tell: &dyn Fn(&Step)) -> Result<(), HostError> {
    let Some(before) = privilege() else {
        let lacking = format!("packages {}, and this user may not install them", need.packages().join(", "));
        return Err(HostError::Missing { need, lacking, line: line(need) });
    };
    let lists_are_there = Path::new("/var/lib/apt/lists").read_dir().is_ok_and(|entries| entries.count() > 2);
    let all = [need.packages(), need.extras()].concat();
    let lock = format!("DPkg::Lock::Timeout={APT_LOCK_SECONDS}");
    let install = |packages: &[&'static str]| {
        report(tell, &Step::Installing(packages.to_vec()));
        let words = ["install", "-y", "--no-install-recommends", "-o", &lock];
        apt(before, &[words.as_slice(), packages].concat())
    };
    if lists_are_there && install(&all).is_ok() {
        return Ok(());
    }
    report(tell, &Step::Updating);
    let updated = apt(before, &["update", "-o", &lock]);
    if !need.extras().is_empty() && install(&all).is_ok() {
        return Ok(());
    }
    install(need.packages()).map_err(|told| {
        let told = updated.err().map_or(told.clone(), |update| format!("{update}; {told}"));
        HostError::Install { need, told, line: line(need) }
    })
}

/// The words to put before `apt-get` so that it may install: none for root, `sudo -n` where that needs no password.
fn privilege() -> Option<&'static [&'static str]> {
    if is_root() {
        return Some(&[]);
    }
    let mut probe = Command::new("sudo");
    probe.args(["-n", "true"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok_and(|status| status.success()).then_some(&["sudo", "-n"])
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Runs `apt-get`; the error is its last words.
fn apt(before: &[&str], args: &[&str]) -> Result<(), String> {
    let words: Vec<&str> = before
        .iter()
        .copied()
        .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .chain(args.iter().copied())
        .collect();
    let mut command = Command::new(words[0]);
    let done = command.args(&words[1..]).stdin(Stdio::null()).output().map_err(|error| format!("apt-get: {error}"))?;
    if done.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&done.stderr).into_owned() + &*String::from_utf8_lossy(&done.stdout);
    let lines: Vec<&str> = told.lines().filter(|line| !line.trim().is_empty()).take(TOLD_LINES).collect();
    Err(lines.join(" / "))
}

fn report(tell: &dyn Fn(&Step), step: &Step) {
    tracing::info!(%step, "installing");
    tell(step);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_to_type_updates_first_and_names_every_package() {
        let line = line(Need::Browser);
        assert!(line.contains("apt-get update && "), "{line}");
        assert!(line.ends_with("chromium chromium-driver fonts-noto-cjk"), "{line}");
        assert!(!line.contains('{'), "{line}");
    }
}
