//! A batch to a hub in this process, on the same path as those that come over HTTP.

use std::borrow::Cow;

use super::super::{Fate, Hub, HubError, decide};
use crate::store::{Outgoing, Settled};

/// Hands lines over; gives one fate each. Those of `settled` are settled in the hub's own transaction, where the outbox is in its database.
pub(super) async fn batch(
    hub: &Hub,
    lines: &[Outgoing],
    settled: impl FnOnce(&[Fate]) -> Settled,
) -> Result<Vec<Fate>, HubError> {
    let (mut prepared, mut refused) = (Vec::with_capacity(lines.len()), Vec::with_capacity(lines.len()));
    for line in lines {
        let key = ("outbox".to_owned(), line.position.to_string());
        refused.push(match decide::read(&line.line, &key) {
            Ok(record) => {
                prepared.push(decide::prepare(Cow::Owned(record))?);
                None
            }
            Err(error) => Some(Fate::Refused { reason: crate::base::chain(&error) }),
        });
    }
    let all = |fates: &[Fate]| -> Vec<Fate> {
        let mut fates = fates.iter();
        let mut given = || fates.next().expect("the hub gives one fate per record").clone();
        refused.iter().map(|refused| refused.clone().unwrap_or_else(&mut given)).collect()
    };
    let fates = hub.take(prepared, |fates| settled(&all(fates))).await?;
    Ok(all(&fates))
}
