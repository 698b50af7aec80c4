//! Which details are read again although nothing in their row has changed: a share of them in each run, so that each is seen again
//! within a stated number of runs. Pure.
//!
//! Of `n` rows that are known and still listed, each run reads the `k = ⌈n · share / 100⌉` again that were not read for longest (of equally
//! old ones the first by number). While `n` stays, each is read again within `⌈n / k⌉`, that is at most `⌈100 / share⌉`, runs.

use std::collections::{HashMap, HashSet};

use crate::store::Seen;

/// The keys whose turn it is, of those that `listed` may hold.
pub(super) fn turn(
    seen: &HashMap<String, Seen>,
    bot: &str,
    percent: f64,
    listed: impl Fn(&str) -> bool,
) -> HashSet<String> {
    let ours = seen.iter().filter(|(key, seen)| seen.left_at == 0 && may_be_of(seen, bot) && listed(key));
    let mut oldest: Vec<(i64, &String)> = ours.map(|(key, seen)| (seen.read_at, key)).collect();
    oldest.sort_unstable();
    let share = (oldest.len() as f64 * percent / 100.0).ceil();
    oldest.into_iter().take(share as usize).map(|(_, key)| key.clone()).collect()
}

/// Whether that bot may be the one that read it: older versions of the program did not write that down.
pub(super) fn may_be_of(seen: &Seen, bot: &str) -> bool {
    seen.bot == bot || seen.bot.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(read_at: i64, left_at: i64, bot: &str) -> Seen {
        let (row_print, contents, marks) = (String::new(), String::new(), String::new());
        let (version, quarantined, sure_from, open, bot) = (1, false, 0, true, bot.to_owned());
        Seen { row_print, contents, version, marks, quarantined, read_at, sure_from, open, bot, left_at }
    }

    /// However many there are and whatever the share, nobody waits longer than is stated.
    #[test]
    fn each_has_its_turn_within_the_stated_runs() {
        for (rows, percent) in
            [(1, 5.0), (7, 5.0), (20, 5.0), (21, 5.0), (100, 5.0), (100, 33.0), (333, 0.5), (9, 100.0)]
        {
            let mut known: HashMap<String, Seen> = (0..rows).map(|no| (no.to_string(), seen(0, 0, "b"))).collect();
            known.insert("gone".to_owned(), seen(-5, 7, "b"));
            known.insert("another's".to_owned(), seen(-5, 0, "c"));
            let runs = (100.0_f64 / percent).ceil() as i64;
            for run in 1..=runs {
                let turn = turn(&known, "b", percent, |_| true);
                assert_eq!(turn.len() as f64, (f64::from(rows) * percent / 100.0).ceil(), "{rows} at {percent} %");
                turn.iter().for_each(|key| known.get_mut(key).unwrap().read_at = run);
            }
            let waiting = known.values().filter(|seen| seen.read_at == 0).count();
            assert_eq!(waiting, 0, "{rows} rows at {percent} %");
            assert_eq!(
                known.values().filter(|seen| seen.read_at < 0).count(),
                2,
                "what left, and what is another bot's"
            );
        }
    }

    #[test]
    fn only_what_is_listed_has_a_turn() {
        let known = HashMap::from([("1".to_owned(), seen(1, 0, "")), ("2".to_owned(), seen(2, 0, ""))]);
        assert_eq!(turn(&known, "b", 5.0, |key| key == "2"), HashSet::from(["2".to_owned()]));
        assert_eq!(turn(&known, "b", 5.0, |_| true), HashSet::from(["1".to_owned()]));
    }
}
