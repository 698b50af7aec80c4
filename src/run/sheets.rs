//! The style sheets that pages link to: without a browser, what they hide has to be found out by us.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use url::Url;

use super::{page::Sight, site::Site};
use crate::extract::{self, Sheets};

/// Sheets of one page that are asked for.
const MOST: usize = 16;

/// What the sheets say that this run has asked for, each once; nothing where there is none.
#[derive(Default)]
pub(super) struct Linked(Mutex<HashMap<Url, Option<Arc<str>>>>);

impl Linked {
    fn get(&self, url: &Url) -> Option<Option<Arc<str>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned()
    }

    fn put(&self, url: Url, sheet: Option<Arc<str>>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(url, sheet);
    }
}

impl Site {
    /// The sheets of the same system that a page links to, where no browser has shown it.
    pub(super) async fn sheets_of(&self, sight: &Sight) -> Sheets {
        let mut sheets = Sheets::new();
        let Sight::Answer(answer) = sight else { return sheets };
        let Ok(address) = Url::parse(&answer.address) else { return sheets };
        for href in extract::linked_sheets(&answer.body).into_iter().take(MOST) {
            // Browsers take a sheet of another host too. It may be out of reach for us, and it knows nothing of the system's own classes.
            let Ok(url) = address.join(&href) else { continue };
            if url.origin() != address.origin() {
                tracing::debug!(%url, "a style sheet of another host is not applied");
                continue;
            }
            let sheet = match self.linked.get(&url) {
                Some(known) => known,
                None => {
                    let sheet = self.sheet(&url).await;
                    self.linked.put(url, sheet.clone());
                    sheet
                }
            };
            sheets.extend(sheet.map(|sheet| (href, sheet)));
        }
        sheets
    }

    /// Asks for one sheet. One that does not come says nothing, as in a browser.
    async fn sheet(&self, url: &Url) -> Option<Arc<str>> {
        let lent = self.lent().await.ok()?;
        let answer = lent.get(url.as_str()).await;
        let answer = answer.inspect_err(|error| tracing::debug!(%url, %error, "a style sheet does not come")).ok()?;
        let is_page = answer.content_type.as_deref().is_some_and(|kind| kind.contains("html"));
        (answer.status == 200 && !is_page).then(|| Arc::from(answer.text(None).text.as_ref()))
    }
}
