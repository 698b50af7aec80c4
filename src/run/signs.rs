//! Who we are on a page: asked of every answer before anything is read of it.

use super::{Run, RunError, account};
use crate::{
    adapter::{Step, System},
    extract::{self, Document, SignsSeen},
    transport::Snapshot,
};

/// Signs decide, whatever the status code says.
pub(super) fn heed(run: &Run, page: &str, document: &Document) -> Result<(), RunError> {
    let system = run.system();
    let signs = extract::signs(&system.signs, document);
    decide(run, &signs)?;
    if shows_login(&run.bot().login, system, page, document) {
        return Err(RunError::SessionLost { system: system.name.clone() });
    }
    Ok(())
}

/// The signs of a page and of all its frames.
pub(super) fn heed_snapshot(run: &Run, snapshot: &Snapshot) -> Result<(), RunError> {
    for (page, _) in snapshot.pages() {
        heed(run, "", &Document::parse(&page.html, Some("text/html")))?;
    }
    Ok(())
}

/// What a dialog says, read for signs as if it were a page.
pub(super) fn heed_words(run: &Run, words: &str) -> Result<(), RunError> {
    let escaped = words.replace('&', "&amp;").replace('<', "&lt;");
    let document = Document::parse(&format!("<p role=\"alertdialog\">{escaped}</p>"), Some("text/html"));
    decide(run, &extract::signs(&run.system().signs, &document))
}

fn decide(run: &Run, signs: &SignsSeen) -> Result<(), RunError> {
    let system = || run.system().name.clone();
    if let Some(words) = &signs.kicked {
        return Err(account::kicked(run, words));
    }
    if let Some(words) = &signs.busy {
        return Err(RunError::Busy { system: system(), words: words.clone() });
    }
    if signs.signed_out {
        return Err(RunError::SessionLost { system: system() });
    }
    Ok(())
}

/// Whether the page asks for a password the way the login page does: then it is no data, whatever else it says.
fn shows_login(login: &[Step], system: &System, page: &str, document: &Document) -> bool {
    let mut open = None;
    for step in login {
        match step {
            Step::Open(name) => open = Some(name.as_str()),
            Step::Fill(values) if open.is_some_and(|open| open != page) => {
                let at = &system.pages[open.expect("checked right here")].at;
                let secret = values.iter().find(|(_, value)| value.uses("secret.password"));
                if let Some((name, _)) = secret {
                    return matches!(extract::read(&at[name], document), Ok(Some(_)));
                }
            }
            Step::Fill(_) | Step::Click(_) | Step::Ask { .. } | Step::Accept(_) => {}
        }
    }
    false
}
