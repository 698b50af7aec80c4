//! What a form would send of what was entered, as far as its page can be asked.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Browser, Mark, TransportError, going::millis};

const SENT: &str = concat!(
    include_str!("page/marked.js"),
    include_str!("page/sent/models.js"),
    include_str!("page/sent/places.js"),
    include_str!("page/sent/evidence.js"),
    include_str!("page/sent/sent.js"),
);

/// How long requests of the page may go on before it is asked all the same.
const RESTS_WITHIN: Duration = Duration::from_secs(2);

/// What is known of one thing of a form beside what it shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Evidence {
    /// Whether its fields in sight show anything else than before something was entered; `None` where that is not known.
    pub changed: Option<bool>,
    /// Whether a text was put into a field into which nobody can type.
    pub forced: bool,
    /// Whether all its fields are disabled in a form: such are not sent.
    pub off: bool,
    /// Whether one of its fields in sight has a name.
    pub named: bool,
    /// Whether the form around it is sent by the names of its fields, and not by a framework's model.
    pub carries: bool,
    /// What else holds it.
    pub carriers: Vec<Carrier>,
}

/// One place that holds what would be sent of a thing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Carrier {
    /// What it is.
    pub kind: CarrierKind,
    /// Its name in the form; for models, that it is one.
    pub name: String,
    /// What it holds, in all readings of it (an instant by the clock of the page); one empty text for nothing.
    pub says: Vec<String>,
    /// What it held before something was entered, in its first reading; `None` where that is not known.
    pub before: Option<String>,
    /// Whether the page itself ties it to the thing.
    pub tied: bool,
    /// Whether its name is much like that of the thing.
    pub related: bool,
}

/// Where a value is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarrierKind {
    /// A field out of sight, beside the thing or tied to it.
    Hidden,
    /// A field in sight, as the form sends it.
    Field,
    /// A field elsewhere in the form that changed when something was entered.
    Far,
    /// The model of a framework.
    Model,
    /// What a framework drew for the field in sight, which shows something else: the model did not hear of it.
    Drawn,
}

impl Browser {
    /// What the form would send of these things, in their order, once the page has drawn what it was given. The page is only asked, and
    /// nothing in it changes.
    ///
    /// # Errors
    /// [`TransportError::StaleMark`] when one of them is gone; else when the page can't be asked.
    pub async fn evidence(&self, marks: &[Mark]) -> Result<Vec<Evidence>, TransportError> {
        if marks.is_empty() {
            return Ok(Vec::new());
        }
        let asked: Vec<Value> = marks.iter().map(|mark| json!({ "path": mark.frames, "index": mark.index })).collect();
        self.leave_frames().await?;
        let told = self.acting().awaited(self.driver(), SENT, vec![json!(asked), millis(RESTS_WITHIN)]).await?;
        Ok(told.unwrap_or_default())
    }
}
