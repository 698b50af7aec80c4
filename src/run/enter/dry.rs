//! A dry run: everything but the submission, and what would be read back afterwards; nothing is written down.

use std::sync::Arc;

use super::{
    super::{
        RunError,
        report::{ReadBack, Seen},
        site::Site,
    },
    Counted, Gate, LEASE,
    compare::Told,
    counted,
    life::Life,
    one,
};

/// Tries every entry that is due, and reads back a record that is known to stand in the target: whether it can be read shows before
/// anything is sent.
pub(super) async fn try_out(site: &Arc<Site>, tally: &Counted, gate: &Gate) -> Result<(), RunError> {
    let (bridge, now) = (&site.run.bridge, site.run.bridge.clock.now());
    for id in bridge.store.due_entries(&site.run.bot, now).await? {
        if let Some(entry) = bridge.store.take_entry(id, &bridge.worker, now, now + LEASE).await? {
            one(site, entry, tally, gate).await?;
        }
    }
    let Some(entry) = bridge.store.last_settled(&site.run.bot).await? else {
        gate.tell(
            "no record of this bot stands verified in the target yet, so what it reads back could not be tried"
                .to_owned(),
        );
        return Ok(());
    };
    let origin = format!("{}/{}", entry.wish.origin_system, entry.wish.origin_no);
    let (number, mut life) = (entry.id, Life::of(site, gate, entry).await?);
    let told = life.read_back().await?;
    if told.is_none() {
        gate.tell(format!("entry {number} is verified, and the target's list does not show it under its mark"));
    }
    let seen = |told: Told| Seen { agrees: told.agrees(), field: told.thing, meant: told.meant, shown: told.shown };
    let fields = told.into_iter().flatten().map(seen).collect();
    counted(tally).read_back = Some(ReadBack { entry: number, origin, fields });
    Ok(())
}
