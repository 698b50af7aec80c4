//! Entering whole forms, in one script call each.

use std::{path::PathBuf, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use super::{
    Browser, Mark, TransportError,
    going::millis,
    script::{Fault, quietly},
};

const ENTRY: &str = concat!(
    include_str!("page/marked.js"),
    include_str!("page/sent/models.js"),
    include_str!("page/sent/places.js"),
    include_str!("page/sent/evidence.js"),
    include_str!("page/entry/hands.js"),
    include_str!("page/entry/boxes.js"),
    include_str!("page/entry/options.js"),
    include_str!("page/entry/calendars.js"),
    include_str!("page/entry/dates.js"),
    include_str!("page/entry/entry.js"),
);
const FILES: &str = include_str!("page/entry/files.js");
const LEFT: &str = include_str!("page/entry/left.js");

/// Where the page keeps how far the script came when the page went away under it.
const LEFT_AT: &str = "queqiao.entered";

/// One thing to enter.
#[derive(Clone, Debug)]
pub enum Stroke {
    /// Write into an input, a text area or an editable element, in place of what it holds.
    Fill(SecretString),
    /// Choose what shows this text: an option, a node of a tree, a step of a cascade (`区 / 镇 / 村`), the words beside a box; several
    /// with 、 between. `true`, `false`, 是 and 否 for one box or switch alone.
    Choose(String),
    /// Enter a date into whatever takes it, even where nobody can type; as the field writes it, or as `2026-11-26 08:30`.
    Date(String),
    /// Give files to a file input, which may be hidden behind a button.
    Upload(Vec<PathBuf>),
}

/// The page did not take one of several things to enter. Those before it have been entered, those after it have not.
#[derive(Debug, Error)]
#[error("entry {} of the form: {source}", index + 1)]
pub struct Untaken {
    /// Which, counted from 0.
    pub index: usize,
    /// Why. [`TransportError::StaleMark`] when the page or its field was made anew meanwhile (a post-back does so): a new snapshot
    /// has to be taken, and entering goes on here.
    pub source: TransportError,
}

/// What the script replies.
#[derive(Deserialize)]
struct Reply {
    entered: usize,
    fault: Option<Fault>,
}

impl Browser {
    /// Enters many fields of the page, in order, with the events that a person's hands cause, in one script call (file inputs take
    /// one more each). Every stroke waits for what it needs (options that are still coming, a field that is disabled until then)
    /// until `limit`. Where the mark means the wrapper, the visible text or the hidden field of a widget, the widget is meant.
    ///
    /// Dialogs that the page opens meanwhile are closed (a confirm with "cancel"); what one says is the error of its stroke.
    ///
    /// # Errors
    /// The first stroke that the page does not take, and why; nothing after it has been entered.
    pub async fn enter(&self, strokes: &[(Mark, Stroke)], limit: Duration) -> Result<(), Untaken> {
        let mut at = 0;
        while let Some((mark, stroke)) = strokes.get(at) {
            let entered = match stroke {
                Stroke::Upload(files) => self.upload(mark, files).await.map(|()| 1).map_err(|source| (0, source)),
                _ => self.enter_together(&strokes[at..], limit).await,
            };
            match entered {
                Ok(count) => at += count,
                // Nothing is left to be entered into the page that has come instead.
                Err((count, TransportError::StaleMark)) if at + count >= strokes.len() => return Ok(()),
                Err((count, source)) => return Err(Untaken { index: at + count, source }),
            }
        }
        Ok(())
    }

    /// Enters what stands before the next file; how many those were, or as many as the time of one call allowed.
    async fn enter_together(
        &self,
        strokes: &[(Mark, Stroke)],
        limit: Duration,
    ) -> Result<usize, (usize, TransportError)> {
        let written = strokes.iter().map_while(|(mark, stroke)| {
            let (verb, text) = match stroke {
                Stroke::Fill(text) => ("fill", text.expose_secret()),
                Stroke::Choose(text) => ("choose", text.as_str()),
                Stroke::Date(text) => ("date", text.as_str()),
                Stroke::Upload(_) => return None,
            };
            Some(json!({ "path": mark.frames, "index": mark.index, "verb": verb, "text": text }))
        });
        let written: Vec<Value> = written.collect();
        self.leave_frames().await.map_err(|source| (0, source))?;
        // The script must end before the browser gives up on it.
        let budget = self.options.script_timeout * 9 / 10;
        let limit = limit.min(budget * 9 / 10);
        let args = vec![json!(written), millis(limit), millis(budget), json!(LEFT_AT)];
        let returned = quietly(self.driver().execute_async(ENTRY, args)).await;
        let failed = match returned.map(|returned| Reply::deserialize(returned.json())) {
            Ok(Ok(Reply { entered, fault: None })) => return Ok(entered),
            Ok(Ok(Reply { entered, fault: Some(fault) })) => {
                let source = self.acting().named(fault);
                if matches!(source, TransportError::StaleMark) {
                    self.settle(limit).await.map_err(|source| (entered, source))?;
                }
                return Err((entered, source));
            }
            Ok(Err(unreadable)) => TransportError::Act { reason: unreadable.to_string() },
            Err(error) => self.acting().failed(&error),
        };
        if matches!(failed, TransportError::DialogOpen { .. } | TransportError::BrowserGone { .. }) {
            return Err((0, failed));
        }
        match self.left(limit).await {
            Ok(Some(entered)) => Err((entered.min(written.len()), TransportError::StaleMark)),
            Ok(None) | Err(_) => Err((0, failed)),
        }
    }

    /// How far the script came before the page went away under it, once the next page has settled; none when it did not go.
    async fn left(&self, limit: Duration) -> Result<Option<usize>, TransportError> {
        self.settle(limit).await?;
        self.acting().at_once(self.driver(), LEFT, vec![json!(LEFT_AT)]).await
    }

    async fn upload(&self, mark: &Mark, files: &[PathBuf]) -> Result<(), TransportError> {
        self.leave_frames().await?;
        let paths: Vec<String> = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
        let field = self.element_by(FILES, mark).await?;
        let sent = quietly(field.send_keys(paths.join("\n"))).await;
        self.done(sent).await
    }
}
