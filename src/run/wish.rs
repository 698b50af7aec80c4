//! Which of the records that were read are to stand elsewhere as well.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Run, RunError};
use crate::{
    adapter::{Bot, Enter, Scope},
    record::{Case, Does, EntryState},
    store::{Entry, Wish},
};

/// What an entry is to say: the record as its source says it and, for an update, the record that it belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) case: Case,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<Link>,
}

/// The record from which another one was entered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Link {
    pub(super) system: String,
    pub(super) source_no: String,
    pub(super) project_no: String,
    /// The key under which the other one stands.
    pub(super) mark: String,
}

impl Wanted {
    /// `case.…` and `link.…`.
    pub(super) fn scope(&self) -> Scope<'static> {
        let scope = Scope::new().row("case", &flat(&self.case));
        let Some(link) = &self.link else { return scope };
        let fields = [
            ("system", &link.system),
            ("source_no", &link.source_no),
            ("project_no", &link.project_no),
            ("mark", &link.mark),
        ];
        scope.row("link", &fields.map(|(name, text)| (name.to_owned(), text.clone())).into())
    }
}

/// The bots that may take what a run reads, and what they need to know.
#[derive(Default)]
pub(super) struct Takers {
    bots: Vec<String>,
    /// By the number that this system gave what was entered here.
    links: BTreeMap<String, Link>,
}

impl Takers {
    /// Those of this bridge; what was entered into the run's system is looked up once.
    pub(super) async fn of(run: &Run) -> Result<Self, RunError> {
        let takes = |bot: &&Bot| bot.enter().is_some();
        let bots: Vec<&Bot> = run.bridge.adapters.bots.values().filter(takes).collect();
        let updates = |bot: &&Bot| bot.enter().is_some_and(|enter| enter.does == Does::Update);
        let mut links = BTreeMap::new();
        if bots.iter().any(updates) {
            for entry in run.bridge.store.entered(&run.bot().system).await? {
                if !is_ours(&entry) {
                    continue;
                }
                let Some(receipt) = entry.receipt else { continue };
                let wish = entry.wish;
                let link = Link {
                    system: wish.origin_system,
                    source_no: wish.origin_no,
                    project_no: wish.project_no,
                    mark: wish.mark,
                };
                links.insert(receipt, link);
            }
        }
        Ok(Self { bots: bots.into_iter().map(|bot| bot.name.clone()).collect(), links })
    }

    /// What becomes of a case; what can't be told is said beside it, in words for the run's warnings.
    pub(super) fn take(&self, run: &Run, case: &Case) -> (Vec<Wish>, Vec<String>) {
        let (mut wishes, mut faults) = (Vec::new(), Vec::new());
        for name in &self.bots {
            let bot = &run.bridge.adapters.bots[name];
            let enter = bot.enter().expect("only bots that enter are asked");
            match self.wish(bot, enter, case) {
                Ok(wish) => wishes.extend(wish),
                Err(why) => faults.push(format!("{name} can't tell whether it takes {}: {why}", case.source_no)),
            }
        }
        (wishes, faults)
    }

    fn wish(&self, bot: &Bot, enter: &Enter, case: &Case) -> Result<Option<Wish>, String> {
        let link = self.links.get(&case.source_no);
        // What comes from the target is no news there; an update needs to know of what.
        let link = match enter.does {
            Does::Enter if case.system == bot.system => return Ok(None),
            Does::Enter => None,
            Does::Update => match link.filter(|link| link.system == bot.system) {
                None => return Ok(None),
                Some(link) => Some(link.clone()),
            },
        };
        let wanted = Wanted { case: case.clone(), link };
        let scope = wanted.scope().codes(&bot.codes);
        if !enter.take.holds(&scope)? {
            return Ok(None);
        }
        let mark = enter.mark.evaluate(&scope)?.ok_or_else(|| "its `mark` is empty".to_owned())?;
        Ok(Some(Wish {
            target: bot.system.clone(),
            purpose: enter.does.word().to_owned(),
            bot: bot.name.clone(),
            origin_system: case.system.clone(),
            origin_no: case.source_no.clone(),
            project_no: case.project_no.clone(),
            mark,
            version: case.data_version,
            wanted: serde_json::to_string(&wanted).expect("a case has only plain fields"),
        }))
    }
}

/// Whether what stands in the target under the entry's number came from there. What was merely found under the same mark, and says
/// something else, may be anybody's.
fn is_ours(entry: &Entry) -> bool {
    entry.submitted_at.is_some() || entry.state.parse::<EntryState>().is_ok_and(EntryState::entered)
}

/// A case's fields as texts; limits are their number.
fn flat(case: &Case) -> BTreeMap<String, String> {
    let Ok(Value::Object(fields)) = serde_json::to_value(case) else { return BTreeMap::new() };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Object(limit) => limit.get("count").map(Value::to_string),
        Value::Null | Value::Array(_) => None,
    };
    fields.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapter::Expression;

    fn case(more: &str) -> Case {
        let json = format!(
            r#"{{"system":"onewindow","source_no":"YC1","project_no":"YC1","data_version":1,"status":"accepted",
            "org_name":"区水利局","legal_limit":{{"count":20,"unit":"working_days"}},"deficient_accept":true,{more}
            "provenance":{{"bot":"","adapter":"","run":"","read_at":"2026-11-23T10:00:00+08:00","page":"","evidence":""}}}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn a_records_fields_are_texts_and_what_is_not_there_is_nothing() {
        let wanted = Wanted { case: case(""), link: None };
        let said = |written: &str| Expression::parse(written).unwrap().evaluate(&wanted.scope());
        let takes = "case.system == 'onewindow' and case.status == 'accepted' and case.org_name == '区水利局'";
        let holds = |written: &str| Expression::parse(written).unwrap().holds(&wanted.scope());
        assert_eq!((holds(takes), holds("case.result == 'granted'")), (Ok(true), Ok(false)));
        assert_eq!(said("case.legal_limit"), Ok(Some("20".to_owned())));
        assert_eq!(said("case.deficient_accept"), Ok(Some("true".to_owned())));
        assert_eq!(said("case.result"), Ok(None));
    }
}
