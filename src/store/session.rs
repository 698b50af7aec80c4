//! One transaction on either database, with one SQL text for both: values are TEXT or BIGINT, placeholders `$n`.

use sqlx::{
    AssertSqlSafe, Column as _, Postgres, Row as _, Sqlite, Transaction, TypeInfo as _, ValueRef as _, postgres::PgRow,
    sqlite::SqliteRow,
};

use super::StoreError;

/// A value that goes in or comes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Int(i64),
    Text(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row that came out; columns are asked by place.
pub(super) struct Row(Vec<Value>);

impl Row {
    /// The text in that column; empty where it is null.
    pub(super) fn text(&mut self, column: usize) -> String {
        match std::mem::replace(&mut self.0[column], Value::Null) {
            Value::Text(text) => text,
            Value::Int(number) => number.to_string(),
            Value::Null => String::new(),
        }
    }

    /// The number in that column; 0 where it is null.
    pub(super) fn int(&self, column: usize) -> i64 {
        match &self.0[column] {
            Value::Int(number) => *number,
            Value::Text(_) | Value::Null => 0,
        }
    }
}

/// The type of a batch's column.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    Text(&'static str),
    Int(&'static str),
}

/// Rows of a batch that are bound at once: few enough that the statement is soon prepared, and stays prepared; and so many that whoever writes
/// need not often wait to be woken, which takes longer on a busy machine than the rows.
const PART: usize = 128;

/// Many rows that go in with one statement, which names them `{rows}` in its FROM clause.
pub(super) struct Batch {
    pub(super) columns: &'static [Column],
    pub(super) rows: Vec<Vec<Value>>,
}

/// A transaction. Dropping it without [`Session::commit`] leaves no trace.
pub(super) enum Session {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

macro_rules! bound {
    ($database:ty, $sql:expr, $values:expr) => {
        // The texts are this room's own; whatever comes from outside is bound, never written into them.
        $values.into_iter().fold(sqlx::query::<$database>(AssertSqlSafe($sql)), |query, value| match value {
            Value::Null => query.bind(None::<String>),
            Value::Int(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
        })
    };
}

impl Session {
    /// Runs a statement; gives the number of rows it wrote.
    pub(super) async fn run(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        let values = values.iter().cloned();
        Ok(match self {
            Self::Sqlite(open) => bound!(Sqlite, sql, values).execute(&mut **open).await?.rows_affected(),
            Self::Postgres(open) => bound!(Postgres, sql, values).execute(&mut **open).await?.rows_affected(),
        })
    }

    /// Runs a query.
    pub(super) async fn rows(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let values = values.iter().cloned();
        match self {
            Self::Sqlite(open) => {
                bound!(Sqlite, sql, values).fetch_all(&mut **open).await?.iter().map(from_sqlite).collect()
            }
            Self::Postgres(open) => {
                bound!(Postgres, sql, values).fetch_all(&mut **open).await?.iter().map(from_postgres).collect()
            }
        }
    }

    /// The first number of the first row; 0 where there is none.
    pub(super) async fn number(&mut self, sql: &str, values: &[Value]) -> Result<i64, StoreError> {
        Ok(self.rows(sql, values).await?.first().map_or(0, |row| row.int(0)))
    }

    /// Runs a statement over a batch.
    pub(super) async fn run_batch(&mut self, sql: &str, batch: &Batch) -> Result<(), StoreError> {
        if !batch.rows.is_empty() {
            match self {
                Self::Sqlite(open) => {
                    let sql = sql.replace("{rows}", &json_rows(batch.columns));
                    sqlx::query(AssertSqlSafe(sql)).bind(json(&batch.rows)).execute(&mut **open).await?;
                }
                Self::Postgres(open) => {
                    let sql = sql.replace("{rows}", &array_rows(batch.columns));
                    bind_arrays(sql, batch).execute(&mut **open).await?;
                }
            }
        }
        Ok(())
    }

    /// Runs a statement over a batch, where it does the same for each row whatever the others are: SQLite, where rows that are bound cost
    /// half of those that come as JSON, is given a part at a time.
    pub(super) async fn run_each(&mut self, sql: &str, batch: Batch) -> Result<(), StoreError> {
        let Batch { columns, rows } = batch;
        let mut rows = rows.into_iter();
        if let Self::Sqlite(open) = self
            && rows.len() >= PART
        {
            let part = sql.replace("{rows}", &value_rows(columns));
            while rows.len() >= PART {
                bound!(Sqlite, part.as_str(), rows.by_ref().take(PART).flatten()).execute(&mut **open).await?;
            }
        }
        self.run_batch(sql, &Batch { columns, rows: rows.collect() }).await
    }

    /// Puts a batch into a table, over what stands there under the same key: the first `key` columns.
    pub(super) async fn upsert(&mut self, table: &str, key: usize, batch: Batch) -> Result<(), StoreError> {
        let names: Vec<&str> = batch
            .columns
            .iter()
            .map(|column| match column {
                Column::Text(name) | Column::Int(name) => *name,
            })
            .collect();
        let given: Vec<String> = names.iter().map(|name| format!("r.{name}")).collect();
        let replaced: Vec<String> = names[key..].iter().map(|name| format!("{name} = excluded.{name}")).collect();
        let sql = format!(
            "INSERT INTO {table} ({}) SELECT {} FROM {{rows}} AS r WHERE true ON CONFLICT ({}) DO UPDATE SET {}",
            names.join(", "),
            given.join(", "),
            names[..key].join(", "),
            replaced.join(", ")
        );
        self.run_each(&sql, batch).await
    }

    /// Runs a query over a batch.
    pub(super) async fn rows_batch(&mut self, sql: &str, batch: &Batch) -> Result<Vec<Row>, StoreError> {
        if batch.rows.is_empty() {
            return Ok(Vec::new());
        }
        match self {
            Self::Sqlite(open) => {
                let sql = sql.replace("{rows}", &json_rows(batch.columns));
                let rows = sqlx::query(AssertSqlSafe(sql)).bind(json(&batch.rows)).fetch_all(&mut **open).await?;
                rows.iter().map(from_sqlite).collect()
            }
            Self::Postgres(open) => {
                let sql = sql.replace("{rows}", &array_rows(batch.columns));
                bind_arrays(sql, batch).fetch_all(&mut **open).await?.iter().map(from_postgres).collect()
            }
        }
    }

    /// Several statements without values, as a migration has them.
    pub(super) async fn script(&mut self, sql: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(open) => sqlx::raw_sql(sql).execute(&mut **open).await.map(drop)?,
            Self::Postgres(open) => sqlx::raw_sql(sql).execute(&mut **open).await.map(drop)?,
        }
        Ok(())
    }

    /// Makes everything done in it last.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(open) => open.commit().await?,
            Self::Postgres(open) => open.commit().await?,
        }
        Ok(())
    }
}

/// SQLite: the batch is one JSON text, an array of rows that are arrays.
fn json_rows(columns: &[Column]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| match column {
            Column::Text(name) | Column::Int(name) => format!("value ->> {place} AS {name}"),
        })
        .collect();
    format!("(SELECT {} FROM json_each($1))", columns.join(", "))
}

/// SQLite: a part of the batch, its values bound one after the other.
fn value_rows(columns: &[Column]) -> String {
    let name = |(place, column): (usize, &Column)| match column {
        Column::Text(name) | Column::Int(name) => format!("column{} AS {name}", place + 1),
    };
    let names: Vec<String> = columns.iter().enumerate().map(name).collect();
    let row = format!("({})", vec!["?"; columns.len()].join(", "));
    format!("(SELECT {} FROM (VALUES {}))", names.join(", "), vec![row; PART].join(", "))
}

fn json(rows: &[Vec<Value>]) -> String {
    let rows: Vec<Vec<serde_json::Value>> = rows
        .iter()
        .map(|row| {
            row.iter()
                .map(|value| match value {
                    Value::Null => serde_json::Value::Null,
                    Value::Int(number) => (*number).into(),
                    Value::Text(text) => text.as_str().into(),
                })
                .collect()
        })
        .collect();
    serde_json::to_string(&rows).expect("texts, numbers and nulls are always JSON")
}

/// PostgreSQL: the batch is one array per column.
fn array_rows(columns: &[Column]) -> String {
    let mut arrays = Vec::new();
    let mut names = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let (name, kind) = match column {
            Column::Text(name) => (name, "text"),
            Column::Int(name) => (name, "bigint"),
        };
        arrays.push(format!("${}::{kind}[]", place + 1));
        names.push(*name);
    }
    format!("(SELECT * FROM UNNEST({}) AS given ({}))", arrays.join(", "), names.join(", "))
}

fn bind_arrays(sql: String, batch: &Batch) -> sqlx::query::Query<'_, Postgres, sqlx::postgres::PgArguments> {
    let mut query = sqlx::query::<Postgres>(AssertSqlSafe(sql));
    for (place, column) in batch.columns.iter().enumerate() {
        let values = batch.rows.iter().map(|row| &row[place]);
        query = match column {
            Column::Text(_) => query.bind(
                values
                    .map(|value| match value {
                        Value::Text(text) => Some(text.as_str()),
                        Value::Int(_) | Value::Null => None,
                    })
                    .collect::<Vec<_>>(),
            ),
            Column::Int(_) => query.bind(
                values
                    .map(|value| match value {
                        Value::Int(number) => Some(*number),
                        Value::Text(_) | Value::Null => None,
                    })
                    .collect::<Vec<_>>(),
            ),
        };
    }
    query
}

macro_rules! read_row {
    ($row:expr, $integer:literal) => {{
        let mut values = Vec::with_capacity($row.columns().len());
        for column in $row.columns() {
            let place = column.ordinal();
            let raw = $row.try_get_raw(place)?;
            values.push(if raw.is_null() {
                Value::Null
            } else if raw.type_info().name() == $integer {
                Value::Int($row.try_get(place)?)
            } else {
                Value::Text($row.try_get(place)?)
            });
        }
        Ok(Row(values))
    }};
}

fn from_sqlite(row: &SqliteRow) -> Result<Row, StoreError> {
    read_row!(row, "INTEGER")
}

fn from_postgres(row: &PgRow) -> Result<Row, StoreError> {
    read_row!(row, "INT8")
}
