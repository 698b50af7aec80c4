//! Opening the details that changed, side by side within the system's limit.

use std::sync::Arc;

use futures::{Stream, StreamExt, stream};

use super::{
    RunError,
    list::Listed,
    page::{Look, Place},
    site::Site,
};
use crate::extract::{self, Row};

/// A row with its detail, or why the detail could not be read.
pub(super) struct Detailed {
    pub(super) listed: Listed,
    pub(super) detail: Result<Option<(Row, Arc<Look>)>, RunError>,
}

/// The rows with their details, in the order in which they come in. A bot without detail page gets its rows back as they are.
pub(super) fn open(site: &Site, rows: Vec<Listed>) -> impl Stream<Item = Detailed> {
    let in_flight = site.run.system().limits.concurrency;
    stream::iter(rows).map(move |listed| one(site, listed)).buffer_unordered(in_flight)
}

async fn one(site: &Site, listed: Listed) -> Detailed {
    let Some(page) = &site.run.bot().collect.detail else {
        return Detailed { listed, detail: Ok(None) };
    };
    let place = Place { row: listed.row.clone(), ..Place::default() };
    let detail = site.read(page, &place, extract::detail).await;
    Detailed { listed, detail: detail.map(|(row, look)| Some((row, Arc::new(look)))) }
}
