//! How Chromium is started.

use std::path::Path;

use serde_json::{Value, json};
use thirtyfour::Capabilities;

use super::BrowserOptions;

/// The arguments of every browser, with the reason for each.
const ARGUMENTS: &[&str] = &[
    // Ties the browser's life to the driver's: when the driver dies, the pipe closes and the browser ends.
    "--remote-debugging-pipe",
    // The networks that this runs in let TCP through, not UDP.
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    // Nothing but the system's own pages is to be fetched.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    // A tab that nobody sees must not run slower.
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    // A new frame for every page, even of the same site, takes a fifth more time than it is worth here: nothing is shown to anybody.
    "--disable-features=RenderDocument",
    // A "save this password?" bubble would cover the page.
    "--password-store=basic",
    "--lang=zh-CN",
    // As the preference below, which the headless shell does not read: what speaks two languages must not speak the other one.
    "--accept-lang=zh-CN,zh,en",
];

/// What the browser's processes share stands in files of the temporary folder then.
const SHARE_FILES: &str = "--disable-dev-shm-usage";
/// Where it stands otherwise: in memory, so that no disk has to write it. That is a twentieth of the processors' time.
const SHARED_MEMORY: &str = "/dev/shm";
/// Bytes free there from which on that is safe: containers give it 64 MB, too little for a large page, and a dozen windows take 200.
const ROOMY: u64 = 1 << 30;

/// Chromium's setting for no connections in advance.
const NEVER_PREDICT: u32 = 2;

/// Which Chromium is started.
#[derive(Clone, Copy)]
pub(super) enum Program<'a> {
    /// The one with windows, tabs and menus, also where nobody sees them.
    Whole(&'a Path),
    /// The one without.
    HeadlessShell(&'a Path),
}

/// What the driver is asked for: a browser with that profile and further arguments, and dialogs that wait to be read.
pub(super) fn capabilities(
    options: &BrowserOptions,
    program: Option<Program<'_>>,
    profile: Option<&Path>,
    further: &[String],
) -> Capabilities {
    let mut args: Vec<String> = ARGUMENTS.iter().map(|arg| (*arg).to_owned()).collect();
    if !options.headed {
        // Servers have no GPU either, and starting its process takes 200 ms.
        args.extend(["--headless", "--disable-gpu"].map(str::to_owned));
    }
    let (width, height) = options.window;
    args.push(format!("--window-size={width},{height}"));
    if rustix::process::geteuid().is_root() {
        // Chromium refuses to start its sandbox as root.
        args.push("--no-sandbox".to_owned());
    }
    if let Some(profile) = profile {
        args.push(format!("--user-data-dir={}", profile.display()));
    }
    // Without a profile of ours it is another machine's browser.
    let free = profile.and_then(|_| rustix::fs::statvfs(SHARED_MEMORY).ok()).map(|room| room.f_bavail * room.f_frsize);
    args.extend(sharing(free).map(str::to_owned));
    args.extend_from_slice(further);
    let mut chrome = json!({ "args": args, "prefs": { "intl.accept_languages": "zh-CN,zh,en" } });
    if options.fresh_connections {
        // A connection that was opened in advance counts as used: over it, too, a form that nobody answers is sent again.
        chrome["prefs"]["net.network_prediction_options"] = json!(NEVER_PREDICT);
    }
    // The driver starts each in its own way; asked for the other, it waits for a page that never opens.
    let name = if let Some(Program::HeadlessShell(_)) = program { "chrome-headless-shell" } else { "chrome" };
    if let Some(Program::Whole(binary) | Program::HeadlessShell(binary)) = program {
        chrome["binary"] = Value::from(binary.to_string_lossy());
    }
    let wanted = json!({
        "browserName": name,
        "acceptInsecureCerts": options.accept_invalid_certificates,
        "pageLoadStrategy": "normal",
        "unhandledPromptBehavior": "ignore",
        "goog:chromeOptions": chrome,
    });
    match wanted {
        Value::Object(map) => map.into(),
        _ => unreachable!("the literal above is an object"),
    }
}

/// The argument for a machine with so many bytes free in its shared memory, none where that is not known.
fn sharing(free: Option<u64>) -> Option<&'static str> {
    free.is_none_or(|free| free < ROOMY).then_some(SHARE_FILES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_shared_in_files_where_a_container_gives_too_little() {
        for little in [None, Some(0), Some(64 << 20)] {
            assert_eq!(sharing(little), Some(SHARE_FILES), "{little:?}");
        }
        assert_eq!(sharing(Some(ROOMY)), None);
        // Nothing is known of a browser on another machine.
        let asked = serde_json::to_value(capabilities(&BrowserOptions::default(), None, None, &[])).unwrap();
        let args = asked["goog:chromeOptions"]["args"].as_array().unwrap();
        assert!(args.contains(&json!(SHARE_FILES)));
    }

    #[test]
    fn the_driver_is_asked_for_each_program_by_its_name() {
        let (options, path) = (BrowserOptions::default(), Path::new("/opt/browser"));
        for (program, name) in
            [(Program::Whole(path), "chrome"), (Program::HeadlessShell(path), "chrome-headless-shell")]
        {
            let asked = serde_json::to_value(capabilities(&options, Some(program), None, &[])).unwrap();
            assert_eq!((&asked["browserName"], &asked["goog:chromeOptions"]["binary"]), (&json!(name), &json!(path)));
        }
        let elsewhere = serde_json::to_value(capabilities(&options, None, None, &[])).unwrap();
        assert_eq!(elsewhere["browserName"], "chrome");
        assert!(elsewhere["goog:chromeOptions"]["binary"].is_null());
    }
}
