//! Our scripts in the page, and the one shape of their replies.

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use thirtyfour::{WebDriver, error::WebDriverResult};
use tracing::{instrument::WithSubscriber, subscriber::NoSubscriber};

use super::error::{Doing, TransportError, from_driver, refused};

/// What a script replies: a value, or the fault that stopped it.
#[derive(Deserialize)]
pub(super) struct Reply<T> {
    value: Option<T>,
    fault: Option<Fault>,
}

/// What stopped a script.
#[derive(Deserialize)]
pub(super) struct Fault {
    kind: FaultKind,
    words: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FaultKind {
    Stale,
    Refused,
    Large,
    Timeout,
}

/// One script call: what it is for, and the limits that its faults name.
pub(super) struct Call<'a> {
    pub doing: Doing,
    pub address: &'a str,
    pub limit: Duration,
    pub most_bytes: usize,
}

impl Call<'_> {
    /// Runs a script that returns its value at once.
    pub async fn at_once<T: DeserializeOwned>(
        &self,
        driver: &WebDriver,
        script: &str,
        args: Vec<Value>,
    ) -> Result<T, TransportError> {
        let returned = quietly(driver.execute(script, args)).await.map_err(|error| self.failed(&error))?;
        T::deserialize(returned.json()).map_err(|error| self.refused(error.to_string()))
    }

    /// Runs a script that returns a reply at once.
    pub async fn reply<T: DeserializeOwned>(
        &self,
        driver: &WebDriver,
        script: &str,
        args: Vec<Value>,
    ) -> Result<Option<T>, TransportError> {
        let reply = self.at_once(driver, script, args).await?;
        self.open(reply)
    }

    /// Runs a script that calls back with a reply, within the session's script timeout.
    pub async fn awaited<T: DeserializeOwned>(
        &self,
        driver: &WebDriver,
        script: &str,
        args: Vec<Value>,
    ) -> Result<Option<T>, TransportError> {
        let returned = quietly(driver.execute_async(script, args)).await.map_err(|error| self.failed(&error))?;
        let reply = Reply::deserialize(returned.json()).map_err(|error| self.refused(error.to_string()))?;
        self.open(reply)
    }

    /// Names a fault of the driver.
    pub fn failed(&self, error: &thirtyfour::error::WebDriverError) -> TransportError {
        from_driver(self.doing, self.address, self.limit, error)
    }

    fn refused(&self, reason: String) -> TransportError {
        refused(self.doing, self.address.to_owned(), reason)
    }

    /// What a reply holds.
    pub fn open<T>(&self, reply: Reply<T>) -> Result<Option<T>, TransportError> {
        reply.fault.map_or(Ok(reply.value), |fault| Err(self.named(fault)))
    }

    /// Names what stopped a script.
    pub fn named(&self, fault: Fault) -> TransportError {
        let address = self.address.to_owned();
        match fault.kind {
            FaultKind::Stale => TransportError::StaleMark,
            FaultKind::Refused => self.refused(fault.words),
            FaultKind::Large => TransportError::TooLarge { address, limit: self.most_bytes },
            FaultKind::Timeout => TransportError::Timeout { doing: self.doing, address, limit: self.limit },
        }
    }
}

/// Runs a driver command without logging it: thirtyfour logs whole commands and answers at debug level, and those hold
/// passwords, session tokens and people's data.
pub(super) async fn quietly<T>(command: impl Future<Output = WebDriverResult<T>>) -> WebDriverResult<T> {
    command.with_subscriber(NoSubscriber::default()).await
}
