//! What became of a run: what it says, what the hub holds, and whether that is true.

use std::collections::{BTreeMap, BTreeSet};

use queqiao::{
    record::{Case, Outcome},
    run::RunReport,
};

use super::{
    rig::Rig,
    world::{World, truth},
};

/// What the hub holds after a run, against the truth.
pub struct Verdict {
    pub report: RunReport,
    pub stale: bool,
    /// Cases that are missing or say something that is not true now.
    pub untrue: BTreeSet<String>,
    /// Cases that say something that was never true.
    pub wrong: BTreeSet<String>,
    /// Cases that the office does not hold.
    pub surplus: BTreeSet<String>,
    /// Cases that changed at the hub by this run.
    pub moved: usize,
    /// The hub's cases against the total that the system states: below 0 when it holds more.
    pub gap: i64,
    held: usize,
}

/// What a case of the hub says, in the words of [`truth`].
fn said(case: &Case) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let time =
        |at: Option<chrono::DateTime<chrono::FixedOffset>>| at.map_or_else(|| "-".to_owned(), |at| at.to_rfc3339());
    let fields = &case.fields;
    format!(
        "{} {} {} {} {} {} {} {}",
        case.status.word(),
        text(&fields.task_name),
        text(&fields.applicant_name),
        text(&fields.contact_phone),
        text(&fields.applicant_id),
        time(fields.apply_date),
        time(fields.accept_date),
        time(fields.result_date)
    )
}

pub async fn held(rig: &Rig) -> BTreeMap<String, String> {
    rig.cases().await.iter().map(|case| (case.source_no.clone(), said(case))).collect()
}

impl Verdict {
    /// Looks at the hub after a run over `world`; `before` is what it held before.
    pub async fn of(rig: &Rig, report: RunReport, before: &BTreeMap<String, String>, world: &World) -> Self {
        let (held, truth) = (held(rig).await, truth(world));
        let overview = rig.hub.overview().await.expect("the hub answers");
        let untrue = truth.iter().filter(|(no, said)| held.get(*no) != Some(*said)).map(|(no, _)| no.clone());
        let known = |no: &String, said: &String| truth.get(no) == Some(said) || before.get(no) == Some(said);
        let wrong = held.iter().filter(|(no, said)| !known(no, said)).map(|(no, _)| no.clone());
        let surplus = held.keys().filter(|no| !truth.contains_key(*no)).cloned();
        Self {
            stale: overview.stale,
            gap: overview.gap.missing.unwrap_or_default(),
            untrue: untrue.collect(),
            wrong: wrong.collect(),
            surplus: surplus.collect(),
            moved: held.iter().filter(|(no, said)| before.get(*no) != Some(*said)).count(),
            held: held.len(),
            report,
        }
    }

    /// Whether everything at the hub is true; what stands in quarantine is not counted by any figure and is named.
    pub fn is_true(&self) -> bool {
        let named: BTreeSet<&String> = self.report.quarantined_rows.iter().map(|row| &row.source_no).collect();
        let quarantined = self.report.reading.quarantined as usize;
        let excused =
            |no: &String| named.contains(no) || (self.untrue.len() <= quarantined && !self.wrong.contains(no));
        // A case that the list no longer shows has happened all the same; the gap beside every figure says so.
        self.wrong.is_empty()
            && self.untrue.iter().all(excused)
            && (self.surplus.is_empty() || self.gap == -(self.surplus.len() as i64))
    }

    pub fn is_good(&self) -> bool {
        self.report.reading.outcome == Outcome::Good
    }

    /// Good, or fresh, and not true.
    pub fn is_false_green(&self) -> bool {
        (self.is_good() || !self.stale) && !self.is_true()
    }

    /// What the figures rest on now, in a few words.
    pub fn published(&self) -> String {
        let stale = if self.stale { ", stale" } else { "" };
        let what = if !self.wrong.is_empty() {
            format!("{} WRONG", self.wrong.len())
        } else if self.held == 0 {
            "nothing".to_owned()
        } else if self.untrue.is_empty() {
            "all, right".to_owned()
        } else if self.is_true() {
            format!("all but {} in quarantine, right", self.untrue.len())
        } else if self.moved == 0 {
            "the last good".to_owned()
        } else {
            format!("{} newer, the others the last good", self.moved)
        };
        format!("{what}{stale}")
    }

    /// What the run says of it.
    pub fn says(&self) -> String {
        let warnings = &self.report.reading.warnings;
        let said = self.report.reading.reason.clone().or_else(|| warnings.first().cloned()).unwrap_or_default();
        said.replace('\n', " ")
    }

    pub fn outcome(&self) -> String {
        let remedy = self.report.remedy.map_or_else(String::new, |remedy| format!(" ({remedy:?})").to_lowercase());
        format!("{}{remedy}", self.report.reading.outcome.word())
    }
}
