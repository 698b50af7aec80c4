//! What was collected against what is in the database, record by record.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, SubsecRound, Utc};
use queqiao::record::{Case, Status};

use super::database::Issue;

/// Every difference, in words; none when each issue became exactly one case that says the same.
pub fn compare(cases: &[Case], issues: &[Issue]) -> Vec<String> {
    let mut differences = Vec::new();
    let mut collected: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        collected.entry(&case.source_no).or_default().push(case);
    }
    for issue in issues {
        match collected.remove(issue.id.to_string().as_str()).as_deref() {
            Some([case]) => differences.extend(fields(case, issue)),
            Some(several) => differences.push(format!("issue {} became {} cases", issue.id, several.len())),
            None => differences.push(format!("issue {} was not collected", issue.id)),
        }
    }
    differences.extend(collected.keys().map(|number| format!("case {number} is no issue")));
    differences
}

fn fields(case: &Case, issue: &Issue) -> Vec<String> {
    let status = status(&issue.status);
    let done_at = issue.status_since.filter(|_| status == Status::Done);
    let fields = &case.fields;
    let pairs = [
        ("status", format!("{:?}", case.status), format!("{status:?}")),
        ("task_name", format!("{:?}", fields.task_name), format!("{:?}", Some(&issue.title))),
        ("task_type", format!("{:?}", fields.task_type), format!("{:?}", Some(priority(&issue.priority)))),
        ("applicant_name", format!("{:?}", fields.applicant_name), format!("{:?}", Some(&issue.creator))),
        ("operator", format!("{:?}", fields.operator), format!("{:?}", issue.assigned)),
        ("apply_date", shown(fields.apply_date), shown(Some(second(issue.creation)))),
        ("result_date", shown(fields.result_date), shown(done_at.map(second))),
    ];
    let differing = pairs.into_iter().filter(|(_, ours, theirs)| ours != theirs);
    differing.map(|(name, ours, theirs)| format!("issue {}: {name} is {ours}, not {theirs}", issue.id)).collect()
}

/// What the adapter makes of a status, told a second time and from the database's own words.
fn status(name: &str) -> Status {
    match name {
        "unread" => Status::Received,
        "deferred" => Status::Suspended,
        "need-eg" => Status::Correction,
        "chatting" | "in-progress" | "testing" => Status::InProgress,
        "done-cbb" | "resolved" => Status::Done,
        other => panic!("the classic template has no status {other}"),
    }
}

/// A priority as the shipped Chinese words show it on an issue's page: two of the five were never translated.
fn priority(name: &str) -> &str {
    match name {
        "critical" => "关键",
        "urgent" => "紧急",
        "feature" => "特性",
        "bug" | "wish" => name,
        other => panic!("the classic template has no priority {other}"),
    }
}

/// Pages show whole seconds, the database has milliseconds.
fn second(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.trunc_subsecs(0).fixed_offset()
}

fn shown(at: Option<DateTime<FixedOffset>>) -> String {
    at.map_or_else(|| "nothing".to_owned(), |at| at.to_utc().to_rfc3339())
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use queqiao::record::{CaseFields, Provenance};

    use super::*;

    fn issue(id: i64) -> Issue {
        let creation = Utc.with_ymd_and_hms(2025, 3, 1, 1, 30, 0).unwrap() + chrono::Duration::milliseconds(999);
        Issue {
            id,
            title: "路灯 <不亮>".to_owned(),
            status: "resolved".to_owned(),
            priority: "urgent".to_owned(),
            creator: "li_na".to_owned(),
            assigned: None,
            creation,
            status_since: Some(creation + chrono::Duration::days(2)),
        }
    }

    fn case(id: i64) -> Case {
        let at = |text: &str| Some(text.parse().unwrap());
        Case {
            system: "roundup".to_owned(),
            source_no: id.to_string(),
            project_no: format!("roundup-{id}"),
            data_version: 1,
            status: Status::Done,
            result: None,
            fields: CaseFields {
                task_name: Some("路灯 <不亮>".to_owned()),
                task_type: Some("紧急".to_owned()),
                applicant_name: Some("li_na".to_owned()),
                apply_date: at("2025-03-01T09:30:00+08:00"),
                result_date: at("2025-03-03T09:30:00+08:00"),
                ..CaseFields::default()
            },
            events: Vec::new(),
            attachments: Vec::new(),
            provenance: Provenance::default(),
        }
    }

    #[test]
    fn equal_when_every_issue_is_one_case_that_says_the_same() {
        assert_eq!(compare(&[case(2), case(1)], &[issue(1), issue(2)]), Vec::<String>::new());
    }

    #[test]
    fn every_difference_is_told() {
        let missing = "issue 1 was not collected".to_owned();
        assert_eq!(compare(&[case(3)], &[issue(1)]), [missing, "case 3 is no issue".to_owned()]);
        assert_eq!(compare(&[case(1), case(1)], &[issue(1)]), ["issue 1 became 2 cases"]);
        type Change = fn(&mut Case);
        let changes: [(&str, Change); 7] = [
            ("status", |case| case.status = Status::Returned),
            ("task_name", |case| case.fields.task_name = Some("路灯".to_owned())),
            ("task_type", |case| case.fields.task_type = Some("urgent".to_owned())),
            ("applicant_name", |case| case.fields.applicant_name = None),
            ("operator", |case| case.fields.operator = Some("admin".to_owned())),
            ("apply_date", |case| case.fields.apply_date = case.fields.result_date),
            ("result_date", |case| case.fields.result_date = None),
        ];
        for (name, change) in changes {
            let mut changed = case(1);
            change(&mut changed);
            let told = compare(&[changed], &[issue(1)]);
            assert!(told.len() == 1 && told[0].starts_with(&format!("issue 1: {name} is ")), "{name}: {told:?}");
        }
    }
}
