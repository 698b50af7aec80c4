//! Who we are on a page: asked of every answer before anything is read of it.

use super::{Run, RunError, account};
use crate::{
    adapter::{Candidates, Step},
    extract::{self, Document, Trouble},
    transport::Snapshot,
};

/// Signs decide, whatever the status code says.
pub(super) fn heed(run: &Run, document: &Document) -> Result<(), RunError> {
    let system = || run.system().name.clone();
    match extract::trouble(&run.system().signs, document) {
        None => Ok(()),
        Some(Trouble::Kicked(words)) => Err(account::kicked(run, &words)),
        Some(Trouble::Busy(words)) => Err(RunError::Busy { system: system(), words }),
        Some(Trouble::SignedOut) => Err(RunError::SessionLost { system: system() }),
    }
}

/// The signs of a page and of all its frames.
pub(super) fn heed_snapshot(run: &Run, snapshot: &Snapshot) -> Result<(), RunError> {
    for (page, _) in snapshot.pages() {
        let document = Document::parse(&page.html, Some("text/html"));
        heed(run, &document)?;
        if asks_to_sign_in(run, "", &document) {
            return Err(RunError::SessionLost { system: run.system().name.clone() });
        }
    }
    Ok(())
}

/// What a dialog says, read for signs as if it were a page.
pub(super) fn heed_words(run: &Run, words: &str) -> Result<(), RunError> {
    let escaped = words.replace('&', "&amp;").replace('<', "&lt;");
    let document = Document::parse(&format!("<p role=\"alertdialog\">{escaped}</p>"), Some("text/html"));
    heed(run, &document)
}

/// Whether a page asks for the password as the login page does. Asked of pages that can't be read as what they should be: one that
/// can is data, though a layer to sign in may stand in it as well.
pub(super) fn asks_to_sign_in(run: &Run, page: &str, document: &Document) -> bool {
    password_field(run, page).is_some_and(|field| extract::asks(field, document))
}

/// Where the login's steps put the password, on another page than this.
fn password_field<'r>(run: &'r Run, page: &str) -> Option<&'r Candidates> {
    let mut open = None;
    run.bot().login.iter().find_map(|step| match step {
        Step::Open(name) => {
            open = Some(name.as_str());
            None
        }
        Step::Fill(values) => {
            let login = open.filter(|login| *login != page)?;
            let (name, _) = values.iter().find(|(_, value)| value.uses("secret.password"))?;
            Some(&run.system().pages[login].at[name])
        }
        Step::Click(_) | Step::Ask { .. } | Step::Accept(_) => None,
    })
}
