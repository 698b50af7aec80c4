//! The district's towns and villages.

use std::sync::LazyLock;

use serde::Deserialize;

/// One town or street, with its villages.
#[derive(Debug, Deserialize)]
pub(super) struct Town {
    /// Nine digits, such as `371312104`.
    pub(super) code: String,
    pub(super) name: String,
    #[serde(rename = "children")]
    pub(super) villages: Vec<Village>,
}

/// One village or community.
#[derive(Debug, Deserialize)]
pub(super) struct Village {
    pub(super) name: String,
}

#[derive(Deserialize)]
struct District {
    towns: Vec<Town>,
}

/// The eleven towns and streets of the district, in the order of their codes.
pub(super) static TOWNS: LazyLock<Vec<Town>> = LazyLock::new(|| {
    serde_json::from_str::<District>(include_str!("hedong_371312.json"))
        .expect("the embedded list of towns is valid: a test reads it")
        .towns
});

/// A town, busy ones more often, and one of its villages.
pub(super) fn pick(rng: &mut fastrand::Rng) -> (&'static Town, &'static str) {
    // A town's number of villages stands in for its population.
    let weights: Vec<u32> = TOWNS.iter().map(|town| 20 + u32::try_from(town.villages.len()).unwrap_or(0)).collect();
    let town = &TOWNS[super::chance::weighted(rng, &weights)];
    let village = &town.villages[rng.usize(..town.villages.len())];
    (town, &village.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_district_has_eleven_towns_with_villages() {
        assert_eq!(TOWNS.len(), 11);
        assert!(TOWNS.iter().all(|town| town.code.len() == 9 && !town.villages.is_empty()));
    }
}
