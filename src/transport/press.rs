//! A press that must not come late.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    Browser, Mark, TransportError,
    act::{CLEAR_WITHIN, STILL, TRY_AGAIN, is_covered},
    going::millis,
    script::quietly,
};
use crate::base::Remedy;

const CLOCK: &str = include_str!("page/press/clock.js");
const GUARD: &str = concat!(include_str!("page/marked.js"), include_str!("page/press/guard.js"));
const FAILED: &str = include_str!("page/failed.js");
const WITHHELD: &str = include_str!("page/press/withheld.js");

impl Browser {
    /// How many requests of the page's scripts came to nothing (no answer, or one of 500 and above) since it was opened. What a
    /// page says after one more is its guess.
    pub async fn failed_requests(&self) -> Result<u64, TransportError> {
        self.leave_frames().await?;
        self.acting().at_once(self.driver(), FAILED, Vec::new()).await
    }

    /// Presses with the mouse as [`super::Act::Click`] does, unless the press would reach the page later than `within` from now: then
    /// the page is kept from noticing it. Whoever has lost the right to press while the machine, the driver or the page stood still
    /// presses nothing.
    ///
    /// # Errors
    /// [`TransportError::TooLate`] when it came too late, and those of [`Browser::act`]: nothing has happened then.
    pub async fn press_within(&self, mark: &Mark, within: Duration) -> Result<(), TransportError> {
        let began = Instant::now();
        self.leave_frames().await?;
        // The page's clock is read before anything else: what passes until the answer is here is taken off.
        let clock: Value = self.acting().at_once(self.driver(), CLOCK, Vec::new()).await?;
        let left = within.saturating_sub(began.elapsed());
        let args = vec![json!(mark.frames), json!(mark.index), clock, millis(left)];
        let _: Option<Value> = self.acting().reply(self.driver(), GUARD, args).await?;
        let element = self.element(mark).await?;
        let clear = CLEAR_WITHIN.min(within.saturating_sub(began.elapsed()));
        let _: Option<Value> =
            self.acting().awaited(self.driver(), STILL, vec![json!(mark.index), millis(clear)]).await?;
        let pressed = loop {
            let clicked = quietly(element.click()).await;
            let covered = clicked.as_ref().is_err_and(is_covered);
            if !covered || began.elapsed() > CLEAR_WITHIN.min(within) {
                break self.done(clicked).await;
            }
            tokio::time::sleep(TRY_AGAIN).await;
        };
        // A page that a press has led away, or that asks something now, has noticed it.
        let over = pressed.as_ref().err().is_none_or(|error| error.remedy() != Remedy::OutcomeUnknown);
        let withheld: Result<bool, _> = self.acting().at_once(self.driver(), WITHHELD, vec![json!(over)]).await;
        if withheld.is_ok_and(|withheld| withheld) { Err(TransportError::TooLate { within }) } else { pressed }
    }
}
