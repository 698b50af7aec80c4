//! Scrolling a list to its end.

use std::collections::HashSet;

use super::{Hands, Listing, Look, Onward, RunError, SETTLE_LIMIT};
use crate::transport::Scrolled;

/// Turns of the wheel after which the same rows are the end: a wheel tells nothing of where a list stands.
const TURNS: usize = 3;
/// Screens without a new row after which a list is at its end: some move themselves to and fro there.
const SCREENS: usize = 3;

/// How scrolling has gone so far.
#[derive(Default)]
pub(super) struct Scrolling {
    /// Whether anything has ever moved.
    moved: bool,
    /// Whether something was higher than its box and could not be moved.
    stuck: bool,
    /// Screens in a row without a new row.
    idle: usize,
    /// How many records the list last said it has.
    of: Option<u64>,
}

impl Scrolling {
    /// Takes note of a screen with so many new rows; says whether there may be more further down.
    pub(super) fn goes_on(&mut self, fresh: usize) -> bool {
        self.idle = if fresh > 0 { 0 } else { self.idle + 1 };
        self.idle < SCREENS
    }

    /// What the list says itself.
    pub(super) fn says(&mut self, of: Option<u64>) {
        self.of = of.or(self.of);
    }
}

impl Hands<'_> {
    /// Scrolls until other rows are shown; `None` at the end.
    pub(super) async fn scroll(
        &self,
        before: &[String],
        scrolling: &mut Scrolling,
    ) -> Result<Option<(Listing, Look, Onward)>, RunError> {
        let mut places = HashSet::new();
        let mut turns = 0;
        loop {
            let Scrolled { moved, heard, at, stuck } = self.browser.scroll().await?;
            self.browser.settle(SETTLE_LIMIT).await?;
            let shown = self.look().await?;
            let other = self.keys(&shown.0)? != before;
            scrolling.moved |= moved || other;
            scrolling.stuck = stuck;
            if other {
                return Ok(Some(shown));
            }
            turns += usize::from(!moved);
            // What has moved itself back stands where it stood before.
            let ends = if moved { !places.insert(at) } else { !heard || turns >= TURNS };
            if ends {
                return Ok(None);
            }
        }
    }

    /// Whether a list that was scrolled to its end can be all of it.
    ///
    /// # Errors
    /// When nothing could be moved although something is higher than its box, or the list itself says that it has more rows.
    pub(super) fn scrolled_all(&self, scrolling: &Scrolling, read: u64) -> Result<(), RunError> {
        if scrolling.stuck && !scrolling.moved {
            return Err(
                self.unscrolled("nothing on it could be scrolled, though something is higher than its box".to_owned())
            );
        }
        match scrolling.of {
            Some(of) if of > read => Err(self.unscrolled(format!(
                "it was scrolled to its end and showed {read} rows, and says itself that it has {of}"
            ))),
            _ => Ok(()),
        }
    }

    fn unscrolled(&self, why: String) -> RunError {
        RunError::Unscrolled { system: self.site.run.system().name.clone(), page: self.page.name.clone(), why }
    }
}
