//! The hub's half, counting: sums of tallies, and counts of open cases at a moment.

use std::str::FromStr;

use chrono::NaiveDate;

use super::{Store, StoreError, session::Value};

/// What a figure can be split by or narrowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dim {
    /// Day of Asia/Shanghai, `YYYY-MM-DD`.
    Day,
    /// Hour of the day, 0 to 23.
    Hour,
    /// Town code, 9 digits.
    Town,
    /// Department, by name.
    Department,
    /// System, by the name of its selectors file.
    System,
    /// Item, by name.
    Item,
}

impl Dim {
    /// Every dimension.
    pub const ALL: [Self; 6] = [Self::Day, Self::Hour, Self::Town, Self::Department, Self::System, Self::Item];

    /// Its word in addresses, JSON and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Town => "town",
            Self::Department => "department",
            Self::System => "system",
            Self::Item => "item",
        }
    }
}

impl FromStr for Dim {
    type Err = String;

    /// The error names what is offered.
    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|dim| dim.word() == word).ok_or_else(|| {
            let offered = Self::ALL.map(Self::word).join(", ");
            format!("`{word}` is not a dimension; there are: {offered}")
        })
    }
}

/// What of the tallies, or of the open cases, is wanted.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// Split by these.
    pub by: Vec<Dim>,
    /// From that day on.
    pub from: Option<NaiveDate>,
    /// Up to and including that day.
    pub to: Option<NaiveDate>,
    /// Only where these dimensions have these values.
    pub only: Vec<(Dim, String)>,
}

/// A sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Of what.
    pub measure: String,
    /// The values of the dimensions it was split by, in the order asked.
    pub dims: Vec<String>,
    /// How many.
    pub n: i64,
}

/// What can be counted among the open cases at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// All of them.
    Open,
    /// Those that have a promise date.
    Promised,
    /// Those whose promise date has passed.
    Overdue,
    /// Those of which it is known when their warning begins.
    Warnable,
    /// Those whose warning has begun, or whose promise date has passed.
    Warned,
}

impl Store {
    /// Sums the tallies of some measures. Split or narrowed by item, it reads the item grain, which has neither hour, town
    /// nor department.
    pub async fn sums(&self, measures: &[&str], cells: &Cells) -> Result<Vec<Cell>, StoreError> {
        let item = cells.by.contains(&Dim::Item) || cells.only.iter().any(|(dim, _)| *dim == Dim::Item);
        let mut values: Vec<Value> = measures.iter().map(|measure| Value::from(*measure)).collect();
        let places: Vec<String> = (1..values.len() + 1).map(|place| format!("${place}")).collect();
        let mut demands = format!("measure IN ({}) AND item {} ''", places.join(", "), if item { "<>" } else { "=" });
        for (sign, day) in [(">=", cells.from), ("<=", cells.to)] {
            if let Some(day) = day {
                values.push(day.to_string().into());
                demands += &format!(" AND day {sign} ${}", values.len());
            }
        }
        narrow(&cells.only, &mut demands, &mut values);
        let split: String = cells.by.iter().map(|dim| format!(", {}", dim.word())).collect();
        let sql = format!(
            "SELECT CAST(SUM(n) AS BIGINT), measure{split} FROM tallies WHERE {demands} GROUP BY measure{split} \
             HAVING SUM(n) <> 0"
        );
        let mut rows = self.pools.read().await?.rows(&sql, &values).await?;
        Ok(rows
            .iter_mut()
            .map(|row| Cell {
                n: row.int(0),
                measure: row.text(1),
                dims: (2..cells.by.len() + 2).map(|column| row.text(column)).collect(),
            })
            .collect())
    }

    /// Counts the cases that are open at `now` (milliseconds since the epoch, the present). Days and hours do not apply.
    pub async fn moment(&self, moment: Moment, now: i64, cells: &Cells) -> Result<Vec<Cell>, StoreError> {
        let demand = match moment {
            Moment::Open => "",
            Moment::Promised => " AND due_at IS NOT NULL",
            Moment::Overdue => " AND due_at < $1",
            Moment::Warnable => " AND warn_at IS NOT NULL",
            Moment::Warned => " AND (warn_at <= $1 OR due_at < $1)",
        };
        let mut values: Vec<Value> = vec![now.into()];
        let mut demands = format!("open = 1 AND accept_at <= $1{demand}");
        narrow(&cells.only, &mut demands, &mut values);
        let split: Vec<&str> = cells.by.iter().map(|dim| dim.word()).collect();
        let columns: String = split.iter().map(|column| format!(", {column}")).collect();
        let group = if split.is_empty() { String::new() } else { format!(" GROUP BY {}", split.join(", ")) };
        let sql = format!("SELECT COUNT(*){columns} FROM states WHERE {demands}{group}");
        let mut rows = self.pools.read().await?.rows(&sql, &values).await?;
        Ok(rows
            .iter_mut()
            .map(|row| Cell {
                n: row.int(0),
                measure: String::new(),
                dims: (1..=split.len()).map(|column| row.text(column)).collect(),
            })
            .collect())
    }
}

fn narrow(only: &[(Dim, String)], demands: &mut String, values: &mut Vec<Value>) {
    for (dim, wanted) in only {
        // An hour that is no number fits nothing, as it should.
        let value = if *dim == Dim::Hour { Value::Int(wanted.parse().unwrap_or(-2)) } else { wanted.as_str().into() };
        values.push(value);
        *demands += &format!(" AND {} = ${}", dim.word(), values.len());
    }
}
