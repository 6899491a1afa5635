//! Bulk statements: many rows in one statement whose text does not depend on how many.
//!
//! A group of the write queue costs statements, not rows. The rows travel as one array per column on PostgreSQL
//! (`UNNEST`) and as one JSON array of arrays on SQLite (`jsonb_each`); the text stays the same for every group,
//! so that it is prepared once.

use sqlx::Arguments as _;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

use crate::engine::Engine;
use crate::error::DbError;
use crate::json;
use crate::statement::{Bind, Binds, Rendered, Sql};

/// The type of a bulk column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// BIGINT.
    Int,
    /// TEXT.
    Text,
    /// BOOLEAN; 0 or 1 on SQLite.
    Bool,
}

/// Name and type of a bulk column.
pub type Column = (&'static str, ColumnType);

/// A statement that takes [`Rows`].
pub trait Bulk: Sql {
    /// The types of a row's values, in order.
    fn column_types(&self) -> Vec<ColumnType>;

    /// An empty set of rows for this statement.
    fn rows(&self) -> Rows {
        Rows::new(&self.column_types())
    }
}

/// `INSERT INTO table (columns) SELECT … FROM rows`.
pub struct BulkInsert {
    table: &'static str,
    columns: &'static [Column],
    suffix: &'static str,
    rendered: Rendered,
}

impl BulkInsert {
    /// Inserts rows of `columns` into `table`.
    pub const fn new(table: &'static str, columns: &'static [Column]) -> BulkInsert {
        BulkInsert { table, columns, suffix: "", rendered: Rendered::new() }
    }

    /// Appends text, such as `ON CONFLICT (id) DO NOTHING`.
    pub const fn suffix(mut self, text: &'static str) -> BulkInsert {
        self.suffix = text;
        self
    }
}

impl Sql for BulkInsert {
    fn text(&'static self, engine: Engine) -> &'static str {
        self.rendered.get(engine, || {
            let names = list(self.columns, |name| name.to_owned());
            let values = list(self.columns, |name| format!("d.{name}"));
            let rows = rows_source(engine, self.columns.iter().map(|(name, kind)| (name.to_string(), *kind)));
            // Without WHERE, SQLite takes the ON of ON CONFLICT for that of a join.
            let text = format!("INSERT INTO {} ({names}) SELECT {values} FROM {rows} WHERE TRUE", self.table);
            with_suffix(text, self.suffix)
        })
    }
}

impl Bulk for BulkInsert {
    fn column_types(&self) -> Vec<ColumnType> {
        self.columns.iter().map(|column| column.1).collect()
    }
}

/// `UPDATE table SET … FROM rows WHERE table.key = rows.key AND …`.
///
/// A row holds the values of the keys, then those to set. A column may be both (the version: expected, then
/// new). Every row must meet at most one row of the table, and no two rows the same.
pub struct BulkUpdate {
    table: &'static str,
    keys: &'static [Column],
    sets: &'static [Column],
    kept: &'static [(&'static str, &'static str)],
    suffix: &'static str,
    rendered: Rendered,
}

impl BulkUpdate {
    /// Sets the columns `sets` of the rows of `table` that agree in all of `keys`. `suffix` is appended, such as
    /// `AND NOT orders.deleted`, or nothing; in it the rows are called `d` and their keys `d.key_NAME`.
    pub const fn new(
        table: &'static str,
        keys: &'static [Column],
        sets: &'static [Column],
        suffix: &'static str,
    ) -> BulkUpdate {
        BulkUpdate { table, keys, sets, kept: &[], suffix, rendered: Rendered::new() }
    }

    /// Of each of these pairs the first column stays as it is where the second one does.
    pub const fn keeping(mut self, kept: &'static [(&'static str, &'static str)]) -> BulkUpdate {
        self.kept = kept;
        self
    }

    /// How many columns it sets.
    pub(crate) fn sets(&self) -> usize {
        self.sets.len()
    }
}

impl Sql for BulkUpdate {
    fn text(&'static self, engine: Engine) -> &'static str {
        self.rendered.get(engine, || {
            let table = self.table;
            let sets = list(self.sets, |name| match self.kept.iter().find(|(kept, _)| *kept == name) {
                None => format!("{name} = d.{name}"),
                Some((_, with)) => format!(
                    "{name} = CASE WHEN {table}.{with} IS NOT DISTINCT FROM d.{with} THEN {table}.{name} ELSE d.{name} END"
                ),
            });
            let keys = self.keys.iter().map(|(name, _)| format!("{table}.{name} = d.key_{name}"));
            let keys = keys.collect::<Vec<_>>().join(" AND ");
            let columns = self.keys.iter().map(|(name, kind)| (format!("key_{name}"), *kind));
            let columns = columns.chain(self.sets.iter().map(|(name, kind)| (name.to_string(), *kind)));
            let rows = rows_source(engine, columns);
            with_suffix(format!("UPDATE {table} SET {sets} FROM {rows} WHERE {keys}"), self.suffix)
        })
    }
}

impl Bulk for BulkUpdate {
    fn column_types(&self) -> Vec<ColumnType> {
        self.keys.iter().chain(self.sets).map(|column| column.1).collect()
    }
}

/// Any other statement over rows: `{rows}` in its text stands for them, under the name `d`.
///
/// ```ignore
/// static RESERVE: BulkTemplate = BulkTemplate::new(
///     "UPDATE products SET reserved = reserved + d.quantity FROM {rows} WHERE products.id = d.id",
///     &[("id", ColumnType::Int), ("quantity", ColumnType::Int)],
/// );
/// ```
pub struct BulkTemplate {
    text: &'static str,
    columns: &'static [Column],
    rendered: Rendered,
}

impl BulkTemplate {
    /// The statement `text` over rows of `columns`.
    pub const fn new(text: &'static str, columns: &'static [Column]) -> BulkTemplate {
        BulkTemplate { text, columns, rendered: Rendered::new() }
    }
}

impl Sql for BulkTemplate {
    fn text(&'static self, engine: Engine) -> &'static str {
        self.rendered.get(engine, || {
            let columns = self.columns.iter().map(|(name, kind)| (name.to_string(), *kind));
            self.text.replace("{rows}", &rows_source(engine, columns))
        })
    }
}

impl Bulk for BulkTemplate {
    fn column_types(&self) -> Vec<ColumnType> {
        self.columns.iter().map(|column| column.1).collect()
    }
}

/// The rows as something to select from, called `d`.
fn rows_source(engine: Engine, columns: impl Iterator<Item = (String, ColumnType)>) -> String {
    let columns: Vec<_> = columns.collect();
    match engine {
        Engine::Sqlite => {
            let values = columns.iter().enumerate();
            let values = values.map(|(index, (name, _))| format!("value ->> {index} AS {name}"));
            // Not `json_each`, which would print each row as text, only to have it parsed again.
            format!("(SELECT {} FROM jsonb_each($1)) AS d", values.collect::<Vec<_>>().join(", "))
        }
        Engine::Postgres => {
            let arrays = columns.iter().enumerate().map(|(index, (_, kind))| {
                let kind = match kind {
                    ColumnType::Int => "bigint",
                    ColumnType::Text => "text",
                    ColumnType::Bool => "boolean",
                };
                format!("${}::{kind}[]", index + 1)
            });
            let arrays = arrays.collect::<Vec<_>>().join(", ");
            let names = columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
            format!("UNNEST({arrays}) AS d({names})")
        }
    }
}

fn list(columns: &[Column], item: impl Fn(&str) -> String) -> String {
    columns.iter().map(|(name, _)| item(name)).collect::<Vec<_>>().join(", ")
}

fn with_suffix(mut text: String, suffix: &str) -> String {
    if !suffix.is_empty() {
        text.push(' ');
        text.push_str(suffix);
    }
    text
}

/// The rows of one bulk statement, kept by column.
pub struct Rows {
    columns: Vec<Values>,
    count: usize,
    misuse: Option<String>,
}

enum Values {
    Int(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Bool(Vec<Option<bool>>),
}

impl Rows {
    fn new(types: &[ColumnType]) -> Rows {
        let columns = types.iter().map(|kind| match kind {
            ColumnType::Int => Values::Int(Vec::new()),
            ColumnType::Text => Values::Text(Vec::new()),
            ColumnType::Bool => Values::Bool(Vec::new()),
        });
        Rows { columns: columns.collect(), count: 0, misuse: None }
    }

    /// Adds a row: a tuple, an array or a vector of values, in the order of the columns. A wrong number or type
    /// of values is reported when the rows are run.
    pub fn push(&mut self, row: impl Binds) {
        let mut width = 0;
        row.each(|value| {
            let fits = match (self.columns.get_mut(width), value) {
                (Some(Values::Int(column)), Bind::Int(value)) => {
                    column.push(value);
                    true
                }
                (Some(Values::Text(column)), Bind::Text(value)) => {
                    column.push(value);
                    true
                }
                (Some(Values::Bool(column)), Bind::Bool(value)) => {
                    column.push(value);
                    true
                }
                _ => false,
            };
            if !fits {
                self.blame(format!("row {}: value {} has no column of its type", self.count + 1, width + 1));
            }
            width += 1;
        });
        self.count += 1;
        if width != self.columns.len() {
            let columns = self.columns.len();
            self.blame(format!("row {}: {width} values for {columns} columns", self.count));
        }
    }

    fn blame(&mut self, misuse: String) {
        self.misuse.get_or_insert(misuse);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are no rows; running them does nothing then.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Finds rows that were put together wrongly, or for another statement.
    pub(crate) fn check(&self, statement: &'static dyn Bulk) -> Result<(), DbError> {
        let types: Vec<_> = self.columns.iter().map(Values::kind).collect();
        let misuse = match &self.misuse {
            Some(misuse) => misuse.clone(),
            None if types != statement.column_types() => "the rows belong to another statement".to_owned(),
            None => return Ok(()),
        };
        Err(DbError::misuse(statement.text(Engine::Postgres), misuse))
    }

    pub(crate) fn add_to_sqlite(&self, arguments: &mut SqliteArguments) -> Result<(), sqlx::Error> {
        arguments.add(self.to_json()).map_err(sqlx::Error::Encode)
    }

    pub(crate) fn add_to_postgres(&self, arguments: &mut PgArguments) -> Result<(), sqlx::Error> {
        for column in &self.columns {
            match column {
                Values::Int(values) => arguments.add(values),
                Values::Text(values) => arguments.add(values),
                Values::Bool(values) => arguments.add(values),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok(())
    }

    fn to_json(&self) -> String {
        let width: usize = self.columns.iter().map(|column| column.json_bytes() + 4 * self.count).sum();
        let mut json = String::with_capacity(width + 3 * self.count + 2);
        json.push('[');
        for row in 0..self.count {
            json.push_str(if row == 0 { "[" } else { ",[" });
            for (index, column) in self.columns.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                column.push_json(row, &mut json);
            }
            json.push(']');
        }
        json.push(']');
        json
    }
}

impl Values {
    fn kind(&self) -> ColumnType {
        match self {
            Values::Int(_) => ColumnType::Int,
            Values::Text(_) => ColumnType::Text,
            Values::Bool(_) => ColumnType::Bool,
        }
    }

    /// About how much text the values make.
    fn json_bytes(&self) -> usize {
        match self {
            Values::Int(values) => values.len() * 12,
            Values::Text(values) => values.iter().flatten().map(String::len).sum(),
            Values::Bool(values) => values.len(),
        }
    }

    fn push_json(&self, row: usize, json: &mut String) {
        match self {
            Values::Int(values) => json::push_int(json, values[row]),
            Values::Bool(values) => json::push_int(json, values[row].map(i64::from)),
            Values::Text(values) => match &values[row] {
                Some(text) => json::push_text(json, text),
                None => json.push_str("null"),
            },
        }
    }
}
