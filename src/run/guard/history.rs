//! The process of a case only grows: what stands in it stays. Half a step's name, or steps and people swapped, are gone from it
//! although no expression refuses them.

use std::collections::BTreeSet;

use super::lasting::{Changes, hash};
use crate::{
    adapter::{Bot, Expression},
    extract::Row,
};

/// Under this name expressions speak of the steps of a process, and the baseline of their page is kept.
pub(in crate::run) const EVENT: &str = "event";
/// Steps of one case that are remembered.
const REMEMBERED: usize = 8;

/// The fields that make up a step: all but its note, which people amend.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    fields: BTreeSet<String>,
    /// Those of them that say when it was.
    times: BTreeSet<String>,
}

impl History {
    /// What makes up the steps of this bot's cases.
    pub(super) fn of(bot: &Bot) -> Self {
        let fields = |expression: &Expression| {
            expression.names().iter().filter_map(|name| own(name)).map(str::to_owned).collect::<Vec<_>>()
        };
        let Some(event) = &bot.event else { return Self::default() };
        let times: BTreeSet<String> = fields(&event.time).into_iter().collect();
        let said = [&event.name].into_iter().chain(&event.actor).flat_map(fields);
        Self { fields: said.chain(times.iter().cloned()).collect(), times }
    }

    /// The marks of a process: `event.step=1a2b3c,4d5e6f event.time=…`. Whatever order the page shows the steps in, they are the
    /// same.
    pub(super) fn marks(&self, steps: &[Row]) -> Vec<String> {
        let mark = |field: &String| {
            let mut said = said(steps, field);
            said.sort_unstable();
            said.truncate(REMEMBERED);
            (!said.is_empty()).then(|| format!("{EVENT}.{field}={}", said.join(",")))
        };
        self.fields.iter().filter_map(mark).collect()
    }

    /// Counts what of a case's former process is no longer in it. One step may have changed: the one that was under way. A process of
    /// which no time is left may have begun anew, and counts once.
    pub(super) fn compare(&self, steps: &[Row], former: &str, same: impl Fn(&str) -> bool, changes: &mut Changes) {
        let mut counts: Vec<(&str, u64, u64)> = Vec::new();
        for (name, marks) in former.split(' ').filter_map(|mark| mark.split_once('=')) {
            let Some(field) = own(name).filter(|field| self.fields.contains(*field) && same(field)) else { continue };
            let now = said(steps, field);
            // What says nothing any more is another guard's matter.
            if !now.is_empty() {
                let (gone, of) = gone(marks, now);
                counts.push((field, gone, of));
            }
        }
        let anew = counts.iter().any(|(field, gone, of)| self.times.contains(*field) && gone == of);
        for (field, gone, of) in counts {
            let (changed, compared) = changes.entry(field.to_owned()).or_default();
            let counted = match (anew, gone) {
                (true, _) => (u64::from(gone == of), 1),
                (false, 1) => (0, of - 1),
                (false, _) => (gone, of),
            };
            (*changed, *compared) = (*changed + counted.0, *compared + counted.1);
        }
    }
}

/// How many of the former marks are no longer there, and how many there were.
fn gone(marks: &str, mut now: Vec<String>) -> (u64, u64) {
    let (mut gone, mut of) = (0, 0);
    for mark in marks.split(',') {
        of += 1;
        match now.iter().position(|now| now == mark) {
            Some(at) => drop(now.swap_remove(at)),
            None => gone += 1,
        }
    }
    (gone, of)
}

/// The field of a step that a name means.
fn own(name: &str) -> Option<&str> {
    name.strip_prefix(EVENT)?.strip_prefix('.')
}

/// What the steps say in one field, as marks.
fn said(steps: &[Row], field: &str) -> Vec<String> {
    let texts = steps.iter().filter_map(|step| step.get(field)).map(|text| text.trim()).filter(|text| !text.is_empty());
    texts.map(|text| format!("{:06x}", hash(text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Step<'a> = (&'a str, &'a str, &'a str);

    fn rows(steps: &[Step<'_>]) -> Vec<Row> {
        let row = |(step, actor, time): &Step<'_>| {
            [("step", step), ("actor", actor), ("time", time)]
                .map(|(field, text)| (field.to_owned(), (*text).to_owned()))
        };
        steps.iter().map(|step| row(step).into()).collect()
    }

    /// Changed and compared of actor, step and time.
    fn changes(before: &[Step<'_>], now: &[Step<'_>]) -> [(u64, u64); 3] {
        let fields = ["step", "actor", "time"].map(str::to_owned).into();
        let history = History { fields, times: ["time".to_owned()].into() };
        let mut changes = Changes::new();
        history.compare(&rows(now), &history.marks(&rows(before)).join(" "), |_| true, &mut changes);
        ["actor", "step", "time"].map(|field| changes[field])
    }

    const BEFORE: &[Step<'_>] =
        &[("提交申请", "申请人", "9:01"), ("收件登记", "顾青源", "9:02"), ("受理", "顾青源", "9:03")];

    #[test]
    fn a_process_that_grows_is_the_same_in_either_order() {
        let mut grown = [BEFORE, &[("办结送达", "林文琴", "9:04")]].concat();
        assert_eq!(changes(BEFORE, &grown), [(0, 3); 3]);
        grown.reverse();
        assert_eq!(changes(BEFORE, &grown), [(0, 3); 3]);
    }

    #[test]
    fn the_step_under_way_may_change() {
        let now = [BEFORE[0], BEFORE[1], ("受理通过", "林文琴", "10:00")];
        assert_eq!(changes(BEFORE, &now), [(0, 2); 3]);
    }

    #[test]
    fn what_is_cut_or_swapped_is_gone() {
        let cut = [("提交", "申请人", "9:01"), ("收件", "顾青源", "9:02"), ("受", "顾青源", "9:03")];
        assert_eq!(changes(BEFORE, &cut), [(0, 3), (3, 3), (0, 3)]);
        let swapped: Vec<_> = BEFORE.iter().map(|(step, actor, time)| (*actor, *step, *time)).collect();
        assert_eq!(changes(BEFORE, &swapped), [(3, 3), (3, 3), (0, 3)]);
    }

    #[test]
    fn a_process_that_begins_anew_counts_once() {
        let anew = [("提交申请", "申请人", "14:01"), ("收件登记", "林文琴", "14:02"), ("受理", "林文琴", "14:03")];
        assert_eq!(changes(BEFORE, &anew), [(0, 1), (0, 1), (1, 1)]);
        assert_eq!(changes(BEFORE, &[("撤回", "王小明", "15:00")]), [(1, 1); 3]);
    }

    #[test]
    fn long_processes_are_remembered_in_part() {
        let names: Vec<String> = (0..40).map(|number| format!("第{number}步")).collect();
        let many: Vec<_> = names.iter().map(|name| (name.as_str(), "顾青源", name.as_str())).collect();
        assert_eq!(changes(&many, &many), [(0, REMEMBERED as u64); 3]);
    }
}
