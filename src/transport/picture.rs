//! Pictures of pages. Numbers of people and phones are painted over before one is taken: a picture can't be masked afterwards.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{Browser, Mark, TransportError, error::Doing, script::quietly};

const HIDE: &str = include_str!("page/hide.js");
const SHOW: &str = include_str!("page/show.js");

/// A page whose answer broke off is never painted, and the browser waits with its picture until it is.
const PARSED: &str = "return document.readyState !== 'loading'";

/// Of 100: letters of twelve pixels stay clear.
const QUICK_QUALITY: u8 = 60;

impl Browser {
    /// A picture of what the window shows, PNG.
    pub async fn picture(&self) -> Result<Vec<u8>, TransportError> {
        self.leave_frames().await?;
        self.hiding(async {
            let call = self.call(Doing::Picturing, "", self.options.script_timeout);
            quietly(self.driver().screenshot_as_png()).await.map_err(|error| call.failed(&error))
        })
        .await
    }

    /// The same as JPEG: a fraction of the time and the room, and every word can still be read.
    pub async fn quick_picture(&self) -> Result<Vec<u8>, TransportError> {
        self.leave_frames().await?;
        self.hiding(async {
            let call = self.call(Doing::Picturing, "", self.options.script_timeout);
            let how = json!({ "format": "jpeg", "quality": QUICK_QUALITY, "optimizeForSpeed": true });
            let told = quietly(self.driver().cdp().send_raw("Page.captureScreenshot", how)).await;
            let told = told.map_err(|error| call.failed(&error))?;
            let picture = told["data"].as_str().and_then(|data| BASE64_STANDARD.decode(data).ok());
            picture.ok_or_else(|| TransportError::Act { reason: "the browser gave no picture".to_owned() })
        })
        .await
    }

    /// A picture of the marked element (a captcha), PNG.
    pub async fn picture_of(&self, mark: &Mark) -> Result<Vec<u8>, TransportError> {
        self.leave_frames().await?;
        self.hiding(async {
            let element = self.element(mark).await?;
            let call = self.call(Doing::Picturing, "", self.options.script_timeout);
            let picture = quietly(element.screenshot_as_png()).await.map_err(|error| call.failed(&error));
            self.leave_frames().await?;
            picture
        })
        .await
    }

    /// Takes a picture while nothing is shown that no picture may hold. Where that can't be hidden, there is no picture.
    async fn hiding<T>(&self, take: impl Future<Output = Result<T, TransportError>>) -> Result<T, TransportError> {
        let limit = self.options.script_timeout;
        let call = self.call(Doing::Picturing, "", limit);
        if !call.at_once::<bool>(self.driver(), PARSED, Vec::new()).await? {
            return Err(TransportError::Act {
                reason: "half a page was never painted: there is no picture of it".to_owned(),
            });
        }
        let hidden: Result<Value, _> = call.at_once(self.driver(), HIDE, Vec::new()).await;
        let taken = match hidden {
            Ok(_) => tokio::time::timeout(limit, take).await.unwrap_or_else(|_| {
                Err(TransportError::Timeout { doing: Doing::Picturing, address: String::new(), limit })
            }),
            Err(error) => Err(error),
        };
        // Also after half a hiding. A page that went away meanwhile has nothing painted.
        let _: Result<Value, _> = call.at_once(self.driver(), SHOW, Vec::new()).await;
        taken
    }
}
