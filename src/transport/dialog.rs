//! What a page asks in an alert, a confirm or a prompt.

use thirtyfour::error::{WebDriverErrorInner, WebDriverResult};

use super::{Browser, TransportError, error::Doing, script::quietly};

impl Browser {
    /// What the open alert, confirm or prompt says, without answering it; none when none is open.
    pub async fn dialog_words(&self) -> Result<Option<String>, TransportError> {
        self.while_open(quietly(self.driver().get_alert_text()).await)
    }

    /// Answers the open alert, confirm or prompt with its "OK" or its "cancel"; nothing when none is open any more.
    pub async fn answer_dialog(&self, accept: bool) -> Result<(), TransportError> {
        let answered = match accept {
            true => quietly(self.driver().accept_alert()).await,
            false => quietly(self.driver().dismiss_alert()).await,
        };
        self.while_open(answered).map(|_| ())
    }

    /// The text of the alert, confirm or prompt that is open, which is thereby accepted; none when none is open.
    pub async fn dialog(&self) -> Result<Option<String>, TransportError> {
        let words = self.dialog_words().await?;
        if words.is_some() {
            self.answer_dialog(true).await?;
        }
        Ok(words)
    }

    /// What a dialog gave; none when it is not open, or has closed by itself.
    fn while_open<T>(&self, given: WebDriverResult<T>) -> Result<Option<T>, TransportError> {
        match given {
            Ok(given) => Ok(Some(given)),
            Err(error) if matches!(error.as_inner(), WebDriverErrorInner::NoSuchAlert(_)) => Ok(None),
            Err(error) => Err(self.call(Doing::Acting, "", self.options.script_timeout).failed(&error)),
        }
    }
}
