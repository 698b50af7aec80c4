//! What the screen shows, in one answer.

use std::{cmp::Reverse, collections::BTreeMap};

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Asia::Shanghai;
use serde::{Deserialize, Serialize};

use crate::{
    measure::{self, Flow, Measure},
    record::{Does, EntryState, region_name, towns},
    store::{Cells, Dim, Moment, Page, StateQuery},
};

use super::{
    Coverage, Figure, Gap, Hub, HubError, StatsQuery, View,
    cases::view,
    honesty::{Honesty, SystemState},
    stats::WINDOW_DAYS,
};

mod rows;

pub use rows::{DepartmentRow, EntriesRow, HourRow, ItemRow, NewestRow, SystemRow, TownRow, TrendRow, WarningRow};

/// The district's name, as screens show it.
const DISTRICT_NAME: &str = "河东区";
/// What people read where a case names no town or department.
const UNNAMED: &str = "未注明";
/// Newest cases shown: two screens of the column that scrolls.
const NEWEST: u32 = 20;
/// Warnings shown: what a clerk can look through; the figure beside them counts all.
const WARNINGS: u32 = 30;
/// Items shown.
const ITEMS: usize = 10;

/// What the screen shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Overview {
    /// Name of the district.
    pub district: String,
    /// Journal position that it was read at or after: a feed that goes on from here misses nothing.
    pub position: i64,
    /// When it was computed.
    pub now: DateTime<FixedOffset>,
    /// The oldest of the last good readings.
    pub as_of: Option<DateTime<FixedOffset>>,
    /// Systems fresh of systems expected.
    pub coverage: Coverage,
    /// Ours against theirs.
    pub gap: Gap,
    /// Whether any system is not fresh or was not read well.
    pub stale: bool,
    /// received, accepted, done (today), open, on_time_rate (30 days), overdue_open, warning.
    pub figures: Vec<Figure>,
    /// 30 days, oldest first.
    pub trend: Vec<TrendRow>,
    /// The 24 hours of today.
    pub hours: Vec<HourRow>,
    /// Towns over 30 days, most accepted first.
    pub towns: Vec<TownRow>,
    /// Departments over 30 days, most accepted first.
    pub departments: Vec<DepartmentRow>,
    /// The items accepted most over 30 days.
    pub items: Vec<ItemRow>,
    /// Every expected system.
    pub systems: Vec<SystemRow>,
    /// The newest changes, masked.
    pub newest: Vec<NewestRow>,
    /// Open cases that are due, most urgent first.
    pub warnings: Vec<WarningRow>,
    /// How entries into other systems stand.
    #[serde(default)]
    pub entries: EntriesRow,
}

/// received, accepted, done.
type Flows = [i64; 3];

impl Hub {
    /// What the screen shows.
    pub async fn overview(&self) -> Result<Overview, HubError> {
        let position = self.position().await?;
        let honesty = Honesty::read(self).await?;
        let behind = honesty.behind(None);
        let today = honesty.now.date_naive();
        let month = Cells { from: Some(today - Days::new(WINDOW_DAYS - 1)), to: Some(today), ..Cells::default() };
        Ok(Overview {
            district: DISTRICT_NAME.to_owned(),
            position,
            now: honesty.now,
            as_of: behind.as_of,
            coverage: behind.coverage,
            gap: behind.gap,
            stale: behind.stale,
            figures: self.headline(&honesty).await?,
            trend: self.trend(&month, today).await?,
            hours: self.hours(today).await?,
            towns: self.towns(&month, &honesty).await?,
            departments: self.departments(&month, &honesty).await?,
            items: self.items(&month).await?,
            systems: honesty.systems.iter().map(|(name, state)| system_row(name, state, honesty.now)).collect(),
            newest: self.newest().await?,
            warnings: self.due(&honesty).await?,
            entries: self.entries(today).await?,
        })
    }

    async fn headline(&self, honesty: &Honesty) -> Result<Vec<Figure>, HubError> {
        let today = honesty.now.date_naive();
        let day = StatsQuery { by: vec![Dim::Day], from: Some(today), to: Some(today), ..StatsQuery::default() };
        let now = StatsQuery::default();
        let month =
            StatsQuery { from: Some(today - Days::new(WINDOW_DAYS - 1)), to: Some(today), ..StatsQuery::default() };
        let asked = [
            (Measure::Received, &day),
            (Measure::Accepted, &day),
            (Measure::Done, &day),
            (Measure::Open, &now),
            (Measure::OnTimeRate, &month),
            (Measure::OverdueOpen, &now),
            (Measure::Warning, &now),
        ];
        let mut figures = Vec::new();
        for (measure, query) in asked {
            figures.extend(self.figures(measure, query, honesty).await?);
        }
        Ok(figures)
    }

    /// received, accepted and done, by one dimension.
    async fn flows(&self, cells: &Cells, by: Dim) -> Result<BTreeMap<String, Flows>, HubError> {
        let flows = [Flow::Received, Flow::Accepted, Flow::Done].map(Flow::word);
        let mut rows: BTreeMap<String, Flows> = BTreeMap::new();
        for cell in self.store.sums(&flows, &Cells { by: vec![by], ..cells.clone() }).await? {
            let place = flows.iter().position(|flow| *flow == cell.measure).expect("only these were asked for");
            rows.entry(cell.dims.concat()).or_default()[place] = cell.n;
        }
        Ok(rows)
    }

    /// The same with what is open now.
    async fn places(
        &self,
        cells: &Cells,
        by: Dim,
        honesty: &Honesty,
    ) -> Result<BTreeMap<String, (Flows, i64)>, HubError> {
        let flows = self.flows(cells, by).await?;
        let mut rows: BTreeMap<String, (Flows, i64)> =
            flows.into_iter().map(|(name, flows)| (name, (flows, 0))).collect();
        let open = Cells { by: vec![by], ..Cells::default() };
        for cell in self.store.moment(Moment::Open, honesty.now.timestamp_millis(), &open).await? {
            rows.entry(cell.dims.concat()).or_default().1 = cell.n;
        }
        Ok(rows)
    }

    async fn trend(&self, month: &Cells, today: NaiveDate) -> Result<Vec<TrendRow>, HubError> {
        let rows = self.flows(month, Dim::Day).await?;
        let first = month.from.unwrap_or(today);
        Ok(first
            .iter_days()
            .take_while(|day| *day <= today)
            .map(|day| {
                let [received, accepted, done] = rows.get(&day.to_string()).copied().unwrap_or_default();
                TrendRow { day, received, accepted, done }
            })
            .collect())
    }

    async fn hours(&self, today: NaiveDate) -> Result<Vec<HourRow>, HubError> {
        const HOURS: i64 = 24;
        let cells = Cells { from: Some(today), to: Some(today), ..Cells::default() };
        let rows = self.flows(&cells, Dim::Hour).await?;
        Ok((0..HOURS)
            .map(|hour| {
                let [received, accepted, done] = rows.get(&hour.to_string()).copied().unwrap_or_default();
                HourRow { hour, received, accepted, done }
            })
            .collect())
    }

    async fn towns(&self, month: &Cells, honesty: &Honesty) -> Result<Vec<TownRow>, HubError> {
        let mut rows = self.places(month, Dim::Town, honesty).await?;
        for town in towns() {
            rows.entry(town.code.clone()).or_default();
        }
        let mut towns: Vec<TownRow> = rows
            .into_iter()
            .map(|(code, ([received, accepted, done], open))| TownRow {
                name: town_name(&code).unwrap_or_else(|| UNNAMED.to_owned()),
                code,
                received,
                accepted,
                done,
                open,
            })
            .collect();
        towns.sort_by_key(|town| (Reverse(town.accepted), town.code.clone()));
        Ok(towns)
    }

    async fn departments(&self, month: &Cells, honesty: &Honesty) -> Result<Vec<DepartmentRow>, HubError> {
        let rows = self.places(month, Dim::Department, honesty).await?;
        let mut departments: Vec<DepartmentRow> = rows
            .into_iter()
            .map(|(name, ([received, accepted, done], open))| {
                let name = if name.is_empty() { UNNAMED.to_owned() } else { name };
                DepartmentRow { name, received, accepted, done, open }
            })
            .collect();
        departments.sort_by_key(|row| (Reverse(row.accepted), row.name.clone()));
        Ok(departments)
    }

    async fn items(&self, month: &Cells) -> Result<Vec<ItemRow>, HubError> {
        let cells = Cells { by: vec![Dim::Item], ..month.clone() };
        let sums = self.store.sums(&[Flow::Accepted.word()], &cells).await?;
        let mut items: Vec<ItemRow> =
            sums.into_iter().map(|cell| ItemRow { name: cell.dims.concat(), accepted: cell.n }).collect();
        items.sort_by_key(|item| (Reverse(item.accepted), item.name.clone()));
        items.truncate(ITEMS);
        Ok(items)
    }

    async fn entries(&self, today: NaiveDate) -> Result<EntriesRow, HubError> {
        let midnight = Shanghai.from_local_datetime(&today.and_time(NaiveTime::MIN)).earliest();
        let since = midnight.map_or(0, |instant| instant.timestamp_millis());
        let mut row = EntriesRow::default();
        for count in self.store.entry_counts(since).await? {
            let Ok(state) = count.state.parse::<EntryState>() else { continue };
            match state {
                EntryState::Submitted | EntryState::Verified if count.does == Does::Enter.word() => {
                    row.entered_today += count.since;
                }
                EntryState::Submitted | EntryState::Verified => row.updated_today += count.since,
                EntryState::Wanted | EntryState::LookedUp | EntryState::Intended | EntryState::Submitting => {
                    row.under_way += count.all;
                }
                EntryState::Unknown => row.in_doubt += count.all,
                EntryState::Waiting | EntryState::Conflict => row.waiting += count.all,
                EntryState::Refused => row.refused += count.all,
                EntryState::Cancelled => {}
            }
        }
        Ok(row)
    }

    async fn newest(&self) -> Result<Vec<NewestRow>, HubError> {
        let rows = self.store.cases(&StateQuery::default(), Page { before: None, limit: NEWEST }).await?;
        rows.into_iter()
            .map(|row| {
                let shown = view(row, View::Masked)?;
                let (case, at) = (shown.case, shown.at);
                Ok(NewestRow {
                    town: town_name(&measure::town(&case)),
                    project_no: case.project_no,
                    system: case.system,
                    task_name: case.fields.task_name,
                    applicant: case.fields.applicant_name,
                    org_name: case.fields.org_name,
                    status: case.status,
                    status_title: case.status.title().to_owned(),
                    at,
                })
            })
            .collect()
    }

    async fn due(&self, honesty: &Honesty) -> Result<Vec<WarningRow>, HubError> {
        let rows = self.store.warnings(honesty.now.timestamp_millis(), WARNINGS).await?;
        rows.into_iter()
            .map(|row| {
                let case = view(row, View::Masked)?.case;
                let promise = case.fields.promise_date;
                let overdue = promise.is_some_and(|promise| honesty.now > promise);
                let left = |promise| measure::remaining_days(promise, honesty.now, &self.calendar).ok();
                Ok(WarningRow {
                    town: town_name(&measure::town(&case)),
                    project_no: case.project_no,
                    system: case.system,
                    task_name: case.fields.task_name,
                    org_name: case.fields.org_name,
                    promise_date: promise,
                    level: if overdue { "red" } else { "yellow" }.to_owned(),
                    remaining_days: promise.and_then(left),
                })
            })
            .collect()
    }
}

/// A town's name; its code where it lies outside the district; `None` for no code.
fn town_name(code: &str) -> Option<String> {
    (!code.is_empty()).then(|| region_name(code).unwrap_or(code).to_owned())
}

fn system_row(name: &str, state: &SystemState, now: DateTime<FixedOffset>) -> SystemRow {
    let card = state.card.as_ref();
    SystemRow {
        system: name.to_owned(),
        title: card.map_or_else(|| name.to_owned(), |card| card.title.clone()),
        owner: card.map(|card| card.owner.clone()).unwrap_or_default(),
        zone: card.and_then(|card| card.zone.clone()),
        fresh: state.fresh(now),
        read_at: state.good.as_ref().map(|good| good.read_at),
        age_seconds: state.age(now),
        fresh_for_seconds: state.fresh_for(),
        ours: state.known,
        stated_total: state.stated.as_ref().and_then(|stated| stated.stated_total),
        outcome: state.latest.as_ref().map(|latest| latest.outcome.word().to_owned()),
        reason: state.latest.as_ref().and_then(|latest| latest.reason.clone()),
        quarantined: state.quarantined,
        left_open: state.latest.as_ref().map_or(0, |latest| latest.left_open),
        left: state.latest.as_ref().map(|latest| latest.left.clone()).unwrap_or_default(),
    }
}
