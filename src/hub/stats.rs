//! Figures on demand: any measure, split and narrowed.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use chrono::{Days, NaiveDate};

use crate::{
    measure::{Flow, Measure},
    store::{Cells, Dim, Moment},
};

use super::{Figure, Hub, HubError, honesty::Honesty};

mod unknown;

pub(super) use unknown::DATED;
use unknown::{add_undated, is_time};

/// Days of a window that has no `from`, where a measure needs one: the month that the screen shows.
pub(super) const WINDOW_DAYS: u64 = 30;
/// Items in `top_items`.
const TOP_ITEMS: usize = 10;
/// Hours of a day.
const HOURS: u8 = 24;
/// Days that a split by day may span: ten years, so that an odd date does not fill memory.
const MAX_DAYS: i64 = 3_660;

/// Which figures. `from` and `to` bound flows by day (both included; open-ended where missing); `open` is the stock at the
/// end of `to`, or now; `overdue_open` and `warning` are always of now.
#[derive(Clone, Debug, Default)]
pub struct StatsQuery {
    /// The measures.
    pub measures: Vec<Measure>,
    /// Split by these.
    pub by: Vec<Dim>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Only where these dimensions have these values.
    pub only: Vec<(Dim, String)>,
}

impl StatsQuery {
    /// Reads lists of words, as addresses have them: `received,done` by `town,day`. Without bounds; empty words count for
    /// nothing.
    ///
    /// # Errors
    /// [`HubError::Ask`] with what is offered.
    pub fn parse(measures: &str, by: &str) -> Result<Self, HubError> {
        fn words<T: FromStr<Err = String>>(list: &str) -> Result<Vec<T>, HubError> {
            let words = list.split(',').map(str::trim).filter(|word| !word.is_empty());
            words.map(|word| word.parse().map_err(|reason| HubError::Ask { reason })).collect()
        }
        Ok(Self { measures: words(measures)?, by: words(by)?, ..Self::default() })
    }

    fn cells(&self) -> Cells {
        Cells { by: self.by.clone(), from: self.from, to: self.to, only: self.only.clone() }
    }

    /// Whether days or hours bound it.
    fn is_bounded(&self) -> bool {
        self.from.is_some() || self.to.is_some() || self.only.iter().any(|(dim, _)| is_time(*dim))
    }

    /// The same values without those of days and hours.
    fn place_of(&self, dims: &[String]) -> Vec<String> {
        let places = self.by.iter().zip(dims).filter(|(dim, _)| !is_time(**dim));
        places.map(|(_, value)| value.clone()).collect()
    }

    /// The system that a figure is about, where it is about one.
    fn system_of<'a>(&'a self, dims: &'a [String]) -> Option<&'a str> {
        let split = self.by.iter().zip(dims).find(|(dim, _)| **dim == Dim::System).map(|(_, value)| value.as_str());
        let narrowed = || self.only.iter().find(|(dim, _)| *dim == Dim::System).map(|(_, value)| value.as_str());
        split.or_else(narrowed)
    }

    fn uses(&self, dim: Dim) -> bool {
        self.by.contains(&dim) || self.only.iter().any(|(only, _)| *only == dim)
    }
}

/// A value and over how many records it was computed.
type Count = (Option<f64>, i64);
/// Counts by the values of the dimensions asked for.
type Counts = BTreeMap<Vec<String>, Count>;

impl Hub {
    /// The figures that a query asks for, measure by measure, each split in the order of its dimensions.
    ///
    /// # Errors
    /// [`HubError::Ask`] for a split that a measure does not have.
    pub async fn stats(&self, query: &StatsQuery) -> Result<Vec<Figure>, HubError> {
        let honesty = Honesty::read(self).await?;
        let mut figures = Vec::new();
        for measure in &query.measures {
            figures.extend(self.figures(*measure, query, &honesty).await?);
        }
        Ok(figures)
    }

    /// The figures of one measure.
    pub(super) async fn figures(
        &self,
        measure: Measure,
        query: &StatsQuery,
        honesty: &Honesty,
    ) -> Result<Vec<Figure>, HubError> {
        let mut query = query.clone();
        if measure == Measure::TopItems {
            if let Some(dim) = query.by.iter().find(|dim| **dim != Dim::Item) {
                let (name, dim) = (measure.word(), dim.word());
                let reason = format!(
                    "{name} is split by item and by nothing else, not by {dim}: ask for one value at a time (where=system:NAME)"
                );
                return Err(HubError::Ask { reason });
            }
            query.by = vec![Dim::Item];
            query.from.get_or_insert(honesty.now.date_naive() - Days::new(WINDOW_DAYS - 1));
        }
        check(measure, &query, honesty.now.date_naive())?;
        let mut counts = self.counts(measure, &query, honesty).await?;
        let undated = self.undated(measure, &query).await?;
        add_undated(measure, &query, &undated, &mut counts);
        for key in expected_keys(&query, honesty) {
            let nothing = if measure == Measure::OnTimeRate { None } else { Some(0.0) };
            counts.entry(key).or_insert((nothing, 0));
        }
        let mut rows: Vec<(Vec<String>, Count)> = counts.into_iter().collect();
        if measure == Measure::TopItems {
            rows.sort_by_key(|(dims, (_, of))| (Reverse(*of), dims.clone()));
            rows.truncate(TOP_ITEMS);
        }
        let mut figures = Vec::with_capacity(rows.len());
        for (dims, (value, of)) in rows {
            let unknown_day = undated.get(&query.place_of(&dims)).copied().unwrap_or_default();
            let zero = value == Some(0.0);
            let value = if zero && self.is_unknown(measure, &query, &dims, honesty).await? { None } else { value };
            figures.push(figure(measure, &query, dims, (value, of), unknown_day, honesty));
        }
        Ok(figures)
    }

    async fn counts(
        &self,
        measure: Measure,
        query: &StatsQuery,
        honesty: &Honesty,
    ) -> Result<BTreeMap<Vec<String>, Count>, HubError> {
        let today = honesty.now.date_naive();
        match measure {
            Measure::Received => self.flow(Flow::Received, query).await,
            Measure::Accepted | Measure::TopItems => self.flow(Flow::Accepted, query).await,
            Measure::Done => self.flow(Flow::Done, query).await,
            Measure::OnTimeRate => self.on_time(query).await,
            Measure::Open if query.uses(Dim::Day) || query.to.is_some_and(|to| to < today) => {
                self.stock(query, today).await
            }
            Measure::Open => self.moment(Moment::Open, Moment::Open, query, honesty).await,
            Measure::OverdueOpen => self.moment(Moment::Overdue, Moment::Promised, query, honesty).await,
            Measure::Warning => self.moment(Moment::Warned, Moment::Promised, query, honesty).await,
        }
    }

    async fn flow(&self, flow: Flow, query: &StatsQuery) -> Result<BTreeMap<Vec<String>, Count>, HubError> {
        let sums = self.store.sums(&[flow.word()], &query.cells()).await?;
        Ok(sums.into_iter().map(|cell| (cell.dims, (Some(cell.n as f64), cell.n))).collect())
    }

    async fn on_time(&self, query: &StatsQuery) -> Result<BTreeMap<Vec<String>, Count>, HubError> {
        let flows = [Flow::DonePromised.word(), Flow::DoneOnTime.word()];
        let mut shares: BTreeMap<Vec<String>, (i64, i64)> = BTreeMap::new();
        for cell in self.store.sums(&flows, &query.cells()).await? {
            let share = shares.entry(cell.dims).or_default();
            if cell.measure == Flow::DonePromised.word() {
                share.0 = cell.n;
            } else {
                share.1 = cell.n;
            }
        }
        let ratio = |(of, on_time): (i64, i64)| ((of > 0).then(|| on_time as f64 / of as f64), of);
        Ok(shares.into_iter().map(|(dims, share)| (dims, ratio(share))).collect())
    }

    async fn moment(
        &self,
        counted: Moment,
        among: Moment,
        query: &StatsQuery,
        honesty: &Honesty,
    ) -> Result<BTreeMap<Vec<String>, Count>, HubError> {
        let now = honesty.now.timestamp_millis();
        let cells = query.cells();
        let mut counts: BTreeMap<Vec<String>, Count> = BTreeMap::new();
        for cell in self.store.moment(among, now, &cells).await? {
            counts.insert(cell.dims, (Some(0.0), cell.n));
        }
        for cell in self.store.moment(counted, now, &cells).await? {
            counts.entry(cell.dims).or_insert((None, cell.n)).0 = Some(cell.n as f64);
        }
        Ok(counts)
    }

    /// The stock at the end of each day: everything accepted up to it minus everything ended up to it.
    async fn stock(&self, query: &StatsQuery, today: NaiveDate) -> Result<BTreeMap<Vec<String>, Count>, HubError> {
        let to = query.to.unwrap_or(today).min(today);
        let by_day = query.by.iter().position(|dim| *dim == Dim::Day);
        let from = match (by_day, query.from) {
            (None, _) => to,
            (Some(_), from) => from.unwrap_or(to - Days::new(WINDOW_DAYS - 1)),
        };
        // The day goes first here, so that the rest of a cell's dimensions names its group.
        let rest = query.by.iter().copied().filter(|dim| *dim != Dim::Day);
        let by = std::iter::once(Dim::Day).chain(rest).collect();
        let cells = Cells { by, from: None, to: Some(to), only: query.only.clone() };
        let flows = [Flow::Accepted.word(), Flow::EndedAccepted.word()];
        let mut groups: BTreeMap<Vec<String>, BTreeMap<String, i64>> = BTreeMap::new();
        for mut cell in self.store.sums(&flows, &cells).await? {
            let day = cell.dims.remove(0);
            let sign = if cell.measure == Flow::Accepted.word() { 1 } else { -1 };
            *groups.entry(cell.dims).or_default().entry(day).or_default() += sign * cell.n;
        }
        let mut counts = BTreeMap::new();
        for (group, changes) in groups {
            for day in from.iter_days().take_while(|day| *day <= to) {
                let stock: i64 = changes.range(..=day.to_string()).map(|(_, change)| change).sum();
                let mut dims = group.clone();
                if let Some(place) = by_day {
                    dims.insert(place, day.to_string());
                }
                counts.insert(dims, (Some(stock as f64), stock));
            }
        }
        Ok(counts)
    }
}

/// Says which splits a measure does not have.
fn check(measure: Measure, query: &StatsQuery, today: NaiveDate) -> Result<(), HubError> {
    let ask = |reason: String| Err(HubError::Ask { reason });
    let name = measure.word();
    let moment = matches!(measure, Measure::OverdueOpen | Measure::Warning);
    if moment && (query.uses(Dim::Day) || query.uses(Dim::Hour)) {
        return ask(format!("{name} is a figure of this moment: it has no day and no hour"));
    }
    if moment && (query.from.is_some_and(|from| from > today) || query.to.is_some_and(|to| to < today)) {
        return ask(format!("{name} is a figure of this moment: it has no other day than today"));
    }
    for (dim, value) in &query.only {
        let fits = match dim {
            Dim::Hour => value.parse().is_ok_and(|hour: u8| hour < HOURS),
            Dim::Day => value.parse::<NaiveDate>().is_ok(),
            _ => true,
        };
        if !fits {
            return ask(format!("`{value}` is no {} (such as hour:9, day:2026-11-01)", dim.word()));
        }
    }
    if measure == Measure::Open && query.uses(Dim::Hour) {
        return ask(format!("{name} is a stock: it can be split by day, not by hour"));
    }
    if measure == Measure::Open && query.only.iter().any(|(dim, _)| *dim == Dim::Day) {
        return ask(format!("{name} is a stock: say its day with `to`"));
    }
    let place = [Dim::Hour, Dim::Town, Dim::Department].into_iter().find(|dim| query.uses(*dim));
    if let (false, true, Some(place)) = (moment, query.uses(Dim::Item), place) {
        return ask(format!("{name} by item is not kept by {} as well: ask for one of the two", place.word()));
    }
    match (query.from, query.to) {
        (Some(from), Some(to)) if from > to => ask(format!("from {from} is later than to {to}: swap them")),
        (Some(from), Some(to)) if (to - from).num_days() > MAX_DAYS => ask(format!("at most {MAX_DAYS} days at once")),
        _ => Ok(()),
    }
}

/// Keys that must have a figure even when nothing was counted under them: a missing 0 would read as "not known".
fn expected_keys(query: &StatsQuery, honesty: &Honesty) -> Vec<Vec<String>> {
    let wanted = |dim: Dim, value: &str| query.only.iter().all(|(only, held)| *only != dim || held == value);
    match query.by.as_slice() {
        [] => vec![Vec::new()],
        [Dim::System] => {
            let systems: BTreeSet<&String> = honesty.systems.keys().filter(|name| wanted(Dim::System, name)).collect();
            systems.into_iter().map(|name| vec![name.clone()]).collect()
        }
        [Dim::Day] => match (query.from, query.to) {
            (Some(from), Some(to)) => from
                .iter_days()
                .take_while(|day| *day <= to)
                .map(|day| day.to_string())
                .filter(|day| wanted(Dim::Day, day))
                .map(|day| vec![day])
                .collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn figure(
    measure: Measure,
    query: &StatsQuery,
    dims: Vec<String>,
    count: Count,
    unknown_day: i64,
    honesty: &Honesty,
) -> Figure {
    let (value, of) = count;
    let behind = honesty.behind(query.system_of(&dims));
    let dims: BTreeMap<String, String> = query.by.iter().map(|dim| dim.word().to_owned()).zip(dims).collect();
    Figure {
        measure: measure.word().to_owned(),
        title: measure.title().to_owned(),
        unit: measure.unit().word().to_owned(),
        dims,
        // Before the first complete reading nobody knows: that is not 0.
        value: value.filter(|_| behind.as_of.is_some()),
        of: of.max(0).unsigned_abs(),
        unknown_day: unknown_day.max(0).unsigned_abs(),
        as_of: behind.as_of,
        coverage: behind.coverage,
        gap: behind.gap,
        stale: behind.stale,
    }
}
