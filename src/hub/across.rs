//! One case across systems: found by any of its numbers, followed along its links both ways.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::{
    record::{Case, Entry, Link, Record},
    store::{Found, Key},
};

use super::{
    Hub, HubError, InQuarantine, View,
    cases::in_quarantine,
    decide,
    honesty::Honesty,
    mask::{mask_case, mask_entry},
    timeline::{TimelineRow, timeline},
};

/// Records that are gathered for one case at most: what goes on beyond is a number that says nothing.
const RECORDS: usize = 400;

/// A case in all the systems that know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CaseAcross {
    /// 办件编号, as the system has it that the case comes from.
    pub project_no: String,
    /// What each system says; where the case comes from, first.
    pub cases: Vec<Case>,
    /// What happened, oldest first.
    pub events: Vec<TimelineRow>,
    /// Which record comes from which.
    pub links: Vec<Link>,
    /// Where its entries stand.
    pub entries: Vec<Entry>,
    /// Those of the cases whose newest reading is in quarantine: they say what was read before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quarantined: Vec<InQuarantine>,
    /// The systems that are named above.
    pub systems: Vec<NamedSystem>,
    /// Other cases that carry the number asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Namesake>,
}

/// A system, for people, and until when it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NamedSystem {
    /// Name of its selectors file.
    pub system: String,
    /// 系统名称.
    pub title: String,
    /// The department that owns it.
    pub owner: String,
    /// When its last good reading ended.
    pub as_of: Option<DateTime<FixedOffset>>,
    /// Whether that is recent enough.
    pub fresh: bool,
}

/// Another case that carries the number asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Namesake {
    /// 办件编号, by which it is found alone.
    pub project_no: String,
    /// The system in which it has the number.
    pub system: String,
    /// What it is about.
    pub task_name: Option<String>,
}

/// What records can have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    /// A record of a system.
    Of(Key),
    /// A number across systems.
    Project(String),
}

impl Hub {
    /// The case that carries a number: across systems, in any system, or as a receipt; `None` when nothing carries it. Of several
    /// cases it is the one whose number across systems it is, else the newest; [`CaseAcross::others`] names the rest.
    pub async fn case(&self, number: &str, view: View) -> Result<Option<CaseAcross>, HubError> {
        let number = number.trim();
        if number.is_empty() || number.contains('\0') {
            return Ok(None);
        }
        let mut seeds = read(self.store.numbered(number).await?)?;
        if seeds.is_empty() {
            return Ok(None);
        }
        seeds.sort_by_key(|record| project_no(record) != Some(number));
        let records = self.gather(seeds.clone()).await?;
        let mut groups: Vec<Vec<&Record>> = Vec::new();
        for seed in &seeds {
            if !groups.iter().any(|group| group.contains(&seed)) {
                groups.push(group(&records, seed));
            }
        }
        let mut answer = across(&groups.swap_remove(0), view);
        let namesake = |group: &Vec<&Record>| {
            let other = across(group, View::Masked);
            let case = other.cases.iter().find(|case| case.source_no == number).or(other.cases.first())?;
            let (system, task_name) = (case.system.clone(), case.fields.task_name.clone());
            Some(Namesake { project_no: other.project_no.clone(), system, task_name })
        };
        answer.others = groups.iter().filter_map(namesake).collect();
        answer.others.sort_by(|one, other| one.project_no.cmp(&other.project_no));
        answer.systems = self.named(&answer).await?;
        let keys = answer.cases.iter().map(|case| (case.system.clone(), case.source_no.clone())).collect();
        let marks = self.store.marks(&keys).await?;
        answer.quarantined = marks.iter().map(|(key, bad)| in_quarantine(bad, key)).collect::<Result<_, _>>()?;
        Ok(Some(answer))
    }

    /// Those records and all that have to do with them, however far.
    async fn gather(&self, seeds: Vec<Record>) -> Result<Vec<Record>, HubError> {
        let mut records = seeds;
        let mut asked: BTreeSet<Node> = BTreeSet::new();
        while records.len() < RECORDS {
            let nodes: BTreeSet<Node> = records.iter().flat_map(nodes).filter(|node| !asked.contains(node)).collect();
            if nodes.is_empty() {
                break;
            }
            let (mut keys, mut numbers) = (BTreeSet::new(), BTreeSet::new());
            for node in &nodes {
                match node {
                    Node::Of(key) => drop(keys.insert(key.clone())),
                    Node::Project(number) => drop(numbers.insert(number.clone())),
                }
            }
            asked.extend(nodes);
            for record in read(self.store.around(&keys, &numbers).await?)? {
                if !records.iter().any(|known| same(known, &record)) {
                    records.push(record);
                }
            }
        }
        Ok(records)
    }

    async fn named(&self, answer: &CaseAcross) -> Result<Vec<NamedSystem>, HubError> {
        let honesty = Honesty::read(self).await?;
        let of_cases = answer.cases.iter().map(|case| &case.system);
        let of_links = answer.links.iter().flat_map(|link| [&link.system, &link.origin_system]);
        let of_entries = answer.entries.iter().flat_map(|entry| [&entry.system, &entry.origin_system]);
        let of_others = answer.others.iter().map(|other| &other.system);
        let names: BTreeSet<&String> = of_cases.chain(of_links).chain(of_entries).chain(of_others).collect();
        let named = |system: &String| {
            let state = honesty.systems.get(system);
            let card = state.and_then(|state| state.card.as_ref());
            NamedSystem {
                system: system.clone(),
                title: card.map_or_else(|| system.clone(), |card| card.title.clone()),
                owner: card.map(|card| card.owner.clone()).unwrap_or_default(),
                as_of: state.and_then(|state| Some(state.good.as_ref()?.read_at)),
                fresh: state.is_some_and(|state| state.fresh(honesty.now)),
            }
        };
        Ok(names.into_iter().map(named).collect())
    }
}

fn read(found: Found) -> Result<Vec<Record>, HubError> {
    let mut records: Vec<Record> = Vec::new();
    for (key, body) in found.bodies {
        let record = decide::read(&body, &key)?;
        if project_no(&record).is_some() && !records.iter().any(|known| same(known, &record)) {
            records.push(record);
        }
    }
    Ok(records)
}

fn same(one: &Record, other: &Record) -> bool {
    (one.kind(), one.system(), one.key()) == (other.kind(), other.system(), other.key())
}

fn project_no(record: &Record) -> Option<&str> {
    match record {
        Record::Case(case) => Some(&case.project_no),
        Record::Link(link) => Some(&link.project_no),
        Record::Entry(entry) => Some(&entry.project_no),
        Record::Quarantined(_) | Record::Reading(_) | Record::System(_) => None,
    }
}

/// What a record has to do with.
fn nodes(record: &Record) -> Vec<Node> {
    let of = |system: &String, number: &String| Node::Of((system.clone(), number.clone()));
    let mut nodes = match record {
        Record::Case(case) => vec![of(&case.system, &case.source_no)],
        Record::Link(link) => vec![of(&link.system, &link.source_no), of(&link.origin_system, &link.origin_no)],
        Record::Entry(entry) => {
            // The number in a refusal or a conflict may be another case's.
            let made = entry.receipt.as_ref().filter(|_| entry.state.entered());
            let origin = of(&entry.origin_system, &entry.origin_no);
            made.map(|receipt| of(&entry.system, receipt)).into_iter().chain([origin]).collect()
        }
        Record::Quarantined(_) | Record::Reading(_) | Record::System(_) => Vec::new(),
    };
    nodes.extend(project_no(record).map(|number| Node::Project(number.to_owned())));
    nodes
}

/// The records that have to do with one of them, directly or through others.
fn group<'a>(records: &'a [Record], start: &Record) -> Vec<&'a Record> {
    let mut within: BTreeSet<Node> = nodes(start).into_iter().collect();
    loop {
        let inside = |record: &&Record| nodes(record).iter().any(|node| within.contains(node));
        let group: Vec<&Record> = records.iter().filter(inside).collect();
        let reached: BTreeSet<Node> = group.iter().flat_map(|record| nodes(record)).collect();
        if reached.len() == within.len() {
            return group;
        }
        within = reached;
    }
}

fn across(group: &[&Record], view: View) -> CaseAcross {
    let (mut cases, mut links, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for record in group {
        match record {
            Record::Case(case) => cases.push(Case::clone(case)),
            Record::Link(link) => links.push(link.clone()),
            Record::Entry(entry) => entries.push(Entry::clone(entry)),
            Record::Quarantined(_) | Record::Reading(_) | Record::System(_) => {}
        }
    }
    links.sort_by(|one, other| (one.at, one.system.as_str()).cmp(&(other.at, &other.system)));
    entries.sort_by(|one, other| (one.does, &one.system).cmp(&(other.does, &other.system)));
    let steps = |case: &Case| steps_from_origin(&links, (case.system.clone(), case.source_no.clone()));
    cases.sort_by_cached_key(|case| (steps(case), case.fields.apply_date, case.system.clone(), case.source_no.clone()));
    let project_no = cases.iter().map(|case| &case.project_no).chain(links.iter().map(|link| &link.project_no)).next();
    let project_no = project_no.or(entries.first().map(|entry| &entry.project_no)).cloned().unwrap_or_default();
    let whole = cases.clone();
    let person = |entry: &Entry| {
        whole.iter().find(|case| case.system == entry.origin_system && case.source_no == entry.origin_no)
    };
    let entries: Vec<Entry> = entries
        .into_iter()
        .map(|entry| {
            let case = person(&entry);
            mask_entry(entry, case, view)
        })
        .collect();
    let cases: Vec<Case> = cases.into_iter().map(|case| mask_case(case, view)).collect();
    let events = timeline(&cases, &links, &entries);
    let (quarantined, systems, others) = (Vec::new(), Vec::new(), Vec::new());
    CaseAcross { project_no, cases, events, links, entries, quarantined, systems, others }
}

/// How many links lie between a record and the one that the case comes from.
fn steps_from_origin(links: &[Link], key: Key) -> usize {
    let origin = |(system, number): &Key| {
        let link = links.iter().find(|link| link.system == *system && link.source_no == *number)?;
        Some((link.origin_system.clone(), link.origin_no.clone()))
    };
    std::iter::successors(Some(key), origin).take(links.len() + 1).count() - 1
}
