//! The key under which the target shows an entry: as its bot says it now, as long as nothing stands in the target under the old one.

use serde_json::json;

use super::{
    super::RunError,
    life::{Life, Note},
};
use crate::ledger::{self, Event, Sight};

impl Life<'_> {
    /// The mark that the bot would make now, where that is another one. What the bot can't say is no reason to look elsewhere.
    fn other_mark(&self) -> Option<String> {
        let new = self.enter().mark.evaluate(&self.scope()).ok().flatten()?;
        (new != self.entry().wish.mark).then_some(new)
    }

    /// Makes the mark anew where the bot was mended; `looked`: what a look-up has just shown. An entry that was sent is looked up by
    /// its old mark first, and that is told.
    pub(super) async fn remark(&mut self, looked: Option<Sight>) -> Result<bool, RunError> {
        let Some(new) = self.other_mark() else { return Ok(false) };
        let legal = ledger::step(self.enter().does, self.state(), Event::Remarked).is_ok();
        if legal && ledger::mark_may_change(self.lived(), looked) {
            let before = self.put_mark(new.clone());
            let note = Note { detail: json!({ "mark": new, "before": before }), ..Note::default() };
            self.befall(Event::Remarked, note).await?;
            return Ok(true);
        }
        if looked.is_none() && !ledger::mark_may_change(self.lived(), None) {
            let (id, old) = (self.entry().id, &self.entry().wish.mark);
            self.tell_run(format!(
                "entry {id} was sent or found under the mark `{old}`, and the bot says `{new}` now: it is looked up by the old one, \
                 which it keeps as long as the target shows it"
            ));
        }
        Ok(false)
    }
}
