//! Reading back what stands in the target, field by field.

use serde::Serialize;

use super::{
    super::RunError,
    life::{Life, Note},
    look::{receipt, verdict},
};
use crate::{
    adapter::Page,
    extract::{self, Document},
    ledger::Event,
};

/// What one thing should say, and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Told {
    /// The thing's name in the adapter.
    pub(super) thing: String,
    /// What was meant.
    pub(super) meant: String,
    /// What the page shows.
    pub(super) shown: String,
}

impl Told {
    pub(super) fn agrees(&self) -> bool {
        agree(&self.meant, &self.shown)
    }
}

/// Whether two texts say the same: spaces tell nothing, and a box that is ticked says yes.
pub(super) fn agree(meant: &str, shown: &str) -> bool {
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let ticked = |text: &str| match text {
        "是" => "true".to_owned(),
        "否" => "false".to_owned(),
        other => other.to_owned(),
    };
    ticked(&bare(meant)) == ticked(&bare(shown))
}

impl Life<'_> {
    /// What the find row and the verify page say of it; `None` where the list does not show it, or more than once.
    pub(super) async fn read_back(&mut self) -> Result<Option<Vec<Told>>, RunError> {
        let mut told = Vec::new();
        let mut given = None;
        if let Some(find) = &self.enter().find {
            let mut rows = self.rows(find).await?;
            let Some(row) = rows.pop().filter(|_| rows.is_empty()) else { return Ok(None) };
            told.extend(self.tell(&find.fields, &row)?);
            given = receipt(find, &row)?;
            self.row = row;
        }
        told.extend(self.verified(given.as_ref()).await?);
        Ok(Some(told))
    }

    /// What the verify page says, under the number that the list has shown.
    async fn verified(&self, given: Option<&String>) -> Result<Vec<Told>, RunError> {
        let Some(verify) = &self.enter().verify else { return Ok(Vec::new()) };
        let mut place = self.place();
        if let Some(given) = given {
            place.given.retain(|(name, _)| *name != "receipt");
            place.given.push(("receipt", given.clone()));
        }
        let detail = |page: &Page, document: &Document| extract::detail(page, document);
        let (shown, _) = self.site.read(&verify.page, &place, detail).await?;
        self.tell(&verify.fields, &shown)
    }

    /// Reads back; what does not show yet is read again later.
    pub(super) async fn compare(&mut self) -> Result<(), RunError> {
        let mut told = Vec::new();
        let mut given = None;
        if let Some(find) = &self.enter().find {
            let mut rows = self.rows(find).await?;
            if rows.len() > 1 {
                let note = Note::saying(format!("the target has it {} times", rows.len()));
                return self.befall(Event::Differs, note).await;
            }
            let Some(row) = rows.pop() else {
                return self.later("the target says that it has taken it, and does not show it").await;
            };
            told.extend(self.tell(&find.fields, &row)?);
            given = receipt(find, &row)?;
            self.row = row;
        }
        if let (Some(given), Some(known)) = (&given, &self.entry().receipt)
            && !agree(given, known)
        {
            let words = format!("the target gave the number {known}, and shows it as {given}");
            return self.befall(Event::Differs, Note::saying(words)).await;
        }
        told.extend(self.verified(given.as_ref()).await?);
        let (same, note) = verdict(&told);
        let event = if same { Event::Agrees } else { Event::Differs };
        self.befall(event, Note { receipt: given, ..note }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_tell_nothing_and_ticked_boxes_say_yes() {
        assert!(agree("河东区 / 汤头街道", "河东区/汤头街道") && agree("是", "true") && agree(" a b ", "ab"));
        assert!(!agree("汤头街道", "汤头") && !agree("true", "否") && !agree("", "x"));
    }
}
