//! Made-up records for the tests.

use chrono::{DateTime, FixedOffset};
use queqiao::record::{
    Case, CaseFields, Does, Entry, EntryEvent, EntryState, Link, Outcome, Provenance, Quarantined, Reading, Record,
    Status, SystemCard,
};

/// An instant written as `2026-11-23 10:00`, Asia/Shanghai.
pub fn at(text: &str) -> DateTime<FixedOffset> {
    format!("{}:00+08:00", text.replace(' ', "T")).parse().expect("a date and a time")
}

/// A case in process: applied for and accepted on 20 November 2026, promised for the 27th.
pub fn case(system: &str, source_no: &str, version: i64, status: Status) -> Case {
    Case {
        system: system.to_owned(),
        source_no: source_no.to_owned(),
        project_no: format!("{system}-{source_no}"),
        data_version: version,
        status,
        result: None,
        fields: CaseFields {
            task_name: Some("临时救助".to_owned()),
            applicant_name: Some("王小明".to_owned()),
            applicant_id: Some("999999199001010011".to_owned()),
            contact_phone: Some("13800001234".to_owned()),
            org_name: Some("民政局".to_owned()),
            region_code: Some("371312001001".to_owned()),
            apply_date: Some(at("2026-11-20 09:10")),
            accept_date: Some(at("2026-11-20 10:20")),
            promise_date: Some(at("2026-11-27 23:59")),
            ..CaseFields::default()
        },
        events: Vec::new(),
        attachments: Vec::new(),
        provenance: provenance(),
    }
}

/// The same, done at that instant.
pub fn done(system: &str, source_no: &str, version: i64, result: &str) -> Case {
    let mut case = case(system, source_no, version, Status::Done);
    case.fields.result_date = Some(at(result));
    case
}

pub fn record(case: Case) -> Record {
    Record::Case(Box::new(case))
}

pub fn quarantined(system: &str, source_no: &str, version: i64) -> Record {
    Record::Quarantined(Quarantined {
        system: system.to_owned(),
        source_no: source_no.to_owned(),
        data_version: version,
        field: "status".to_owned(),
        reason: "`奇怪` has no map".to_owned(),
        provenance: provenance(),
    })
}

/// The record `target` (system, number) is the same case as `origin`.
pub fn link(target: (&str, &str), origin: (&str, &str), version: i64) -> Record {
    Record::Link(Link {
        system: target.0.to_owned(),
        source_no: target.1.to_owned(),
        origin_system: origin.0.to_owned(),
        origin_no: origin.1.to_owned(),
        project_no: format!("{}-{}", origin.0, origin.1),
        data_version: version,
        at: at("2026-11-23 09:30"),
        bot: "enter".to_owned(),
        run: "run-1".to_owned(),
    })
}

/// An entry of `origin` into `system` in that state, with its receipt, reached on 23 November 2026 at 09:20.
pub fn entry(system: &str, origin: (&str, &str), version: i64, state: EntryState, receipt: Option<&str>) -> Entry {
    Entry {
        system: system.to_owned(),
        source_no: Entry::key(origin.0, origin.1, Does::Enter),
        does: Does::Enter,
        origin_system: origin.0.to_owned(),
        origin_no: origin.1.to_owned(),
        project_no: format!("{}-{}", origin.0, origin.1),
        state,
        receipt: receipt.map(str::to_owned),
        words: None,
        field: None,
        data_version: version,
        at: at("2026-11-23 09:20"),
        bot: "enter".to_owned(),
        run: "run-1".to_owned(),
        events: vec![EntryEvent { at: at("2026-11-23 09:10"), state: EntryState::Wanted, words: None }],
    }
}

pub fn reading(system: &str, run: &str, read_at: &str, outcome: Outcome, stated_total: Option<u64>) -> Record {
    Record::Reading(Reading {
        system: system.to_owned(),
        bot: "collect".to_owned(),
        run: run.to_owned(),
        outcome,
        reason: (outcome != Outcome::Good).then(|| "page 3 did not come".to_owned()),
        started_at: at(read_at),
        read_at: at(read_at),
        warnings: Vec::new(),
        rows_read: 0,
        stated_total,
        quarantined: 0,
        changed: 0,
        reread: 0,
        left_open: 0,
        left: Vec::new(),
        pages: 1,
        requests: 1,
        browser_requests: 0,
        seconds: 0.5,
    })
}

pub fn card(system: &str, version: i64) -> Record {
    Record::System(SystemCard {
        system: system.to_owned(),
        title: "民政审批".to_owned(),
        owner: "民政局".to_owned(),
        zone: None,
        fresh_for_seconds: 120,
        data_version: version,
    })
}

fn provenance() -> Provenance {
    Provenance { bot: "collect".to_owned(), read_at: at("2026-11-23 10:00"), ..Provenance::default() }
}
