//! Statements: SQL text for both engines and the values bound to it.
//!
//! Most SQL is a [`Template`]: a `static`, written once, valid on both engines but for a few tokens. Text whose
//! *shape* varies (filters, keyset lists) is built with sea-query and becomes a [`Statement`] by
//! [`Statement::built`]. What differs between the engines is listed in `docs/engines.md`.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::OnceLock;

use sea_query::{OptionEnum, PostgresQueryBuilder, QueryStatementWriter, SqliteQueryBuilder, Value, Values};
#[expect(
    clippy::disallowed_types,
    reason = "the one place: for text by sea-query, which binds every value, and for fixed texts put together"
)]
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, SqlSafeStr as _, SqlStr};

use crate::engine::Engine;
use crate::error::DbError;
use crate::json;

/// SQL text with one rendering per engine, made at first use and kept.
pub trait Sql: Sync {
    /// The text for an engine.
    fn text(&'static self, engine: Engine) -> &'static str;
}

/// One text per engine, rendered at first use.
pub(crate) struct Rendered {
    sqlite: OnceLock<String>,
    postgres: OnceLock<String>,
}

impl Rendered {
    pub(crate) const fn new() -> Rendered {
        Rendered { sqlite: OnceLock::new(), postgres: OnceLock::new() }
    }

    pub(crate) fn get(&'static self, engine: Engine, render: impl FnOnce() -> String) -> &'static str {
        match engine {
            Engine::Sqlite => &self.sqlite,
            Engine::Postgres => &self.postgres,
        }
        .get_or_init(render)
    }
}

/// A fixed SQL text. Binds are written `$1`, `$2` …; besides, two tokens stand for what the engines write
/// differently:
///
/// | token | SQLite | PostgreSQL |
/// | --- | --- | --- |
/// | `{in_keys:N}` | `IN (SELECT value FROM json_each($N))` | `= ANY($N)` |
/// | `{lock}` | nothing | `FOR NO KEY UPDATE` |
///
/// ```ignore
/// static LOAD: Template = Template::new("SELECT id, title FROM t WHERE id {in_keys:1} ORDER BY id {lock}");
/// let rows: Vec<(i64, String)> = tx.fetch_all(&LOAD.bind((vec![1, 2],))).await?;
/// ```
pub struct Template {
    text: Text,
    rendered: Rendered,
}

enum Text {
    Fixed { sqlite: &'static str, postgres: &'static str },
    Made(fn(Engine) -> String),
}

impl Template {
    /// A text that both engines take.
    pub const fn new(text: &'static str) -> Template {
        Template::forked(text, text)
    }

    /// Two texts, for the forks of `docs/engines.md`. Tokens work in them, too.
    pub const fn forked(sqlite: &'static str, postgres: &'static str) -> Template {
        Template { text: Text::Fixed { sqlite, postgres }, rendered: Rendered::new() }
    }

    /// A text that is put together of other fixed ones, such as the columns of a table. Tokens work in it, too.
    pub const fn made(text: fn(Engine) -> String) -> Template {
        Template { text: Text::Made(text), rendered: Rendered::new() }
    }

    /// The statement with its values: a tuple, an array or a vector, in the order of `$1`, `$2` ….
    pub fn bind(&'static self, values: impl Binds) -> Statement {
        let mut binds = Vec::new();
        values.each(|bind| binds.push(bind));
        Statement(Inner::Fixed { template: self, binds })
    }
}

impl Sql for Template {
    fn text(&'static self, engine: Engine) -> &'static str {
        self.rendered.get(engine, || match (&self.text, engine) {
            (Text::Fixed { sqlite, .. }, Engine::Sqlite) => render(sqlite, engine),
            (Text::Fixed { postgres, .. }, Engine::Postgres) => render(postgres, engine),
            (Text::Made(make), _) => render(&make(engine), engine),
        })
    }
}

/// Replaces the tokens. What looks like a token and is none stays, and the engine refuses it.
fn render(text: &str, engine: Engine) -> String {
    const IN_KEYS: &str = "{in_keys:";
    let mut text = text.replace("{lock}", if engine == Engine::Postgres { "FOR NO KEY UPDATE" } else { "" });
    while let Some(start) = text.find(IN_KEYS) {
        let Some(length) = text[start..].find('}') else { break };
        let bind = &text[start + IN_KEYS.len()..start + length];
        let list = match engine {
            Engine::Sqlite => format!("IN (SELECT value FROM json_each(${bind}))"),
            Engine::Postgres => format!("= ANY(${bind})"),
        };
        text.replace_range(start..=start + length, &list);
    }
    text.trim_end().to_owned()
}

/// A value to bind. `None` is NULL.
#[derive(Clone, Debug, PartialEq)]
pub enum Bind {
    /// BIGINT; INTEGER on SQLite.
    Int(Option<i64>),
    /// TEXT.
    Text(Option<String>),
    /// BOOLEAN; 0 or 1 on SQLite.
    Bool(Option<bool>),
    /// A list of keys for `{in_keys:N}`: BIGINT[]; a JSON array on SQLite.
    Ints(Vec<i64>),
    /// A list of keys for `{in_keys:N}`: TEXT[]; a JSON array on SQLite.
    Texts(Vec<String>),
}

macro_rules! bind_from {
    ($($from:ty => $bind:ident($value:ident $convert:expr)),* $(,)?) => {
        $(impl From<$from> for Bind {
            fn from($value: $from) -> Bind {
                Bind::$bind($convert)
            }
        })*
    };
}

bind_from! {
    i64 => Int(v Some(v)),
    Option<i64> => Int(v v),
    i32 => Int(v Some(v.into())),
    Option<i32> => Int(v v.map(i64::from)),
    u32 => Int(v Some(v.into())),
    Option<u32> => Int(v v.map(i64::from)),
    String => Text(v Some(v)),
    Option<String> => Text(v v),
    &str => Text(v Some(v.to_owned())),
    Option<&str> => Text(v v.map(str::to_owned)),
    &String => Text(v Some(v.clone())),
    bool => Bool(v Some(v)),
    Option<bool> => Bool(v v),
    Vec<i64> => Ints(v v),
    &[i64] => Ints(v v.to_vec()),
    Vec<String> => Texts(v v),
    &[String] => Texts(v v.to_vec()),
}

/// Values for the binds of a statement or the columns of a row: a tuple of whatever becomes a [`Bind`], or an
/// array or vector of binds.
pub trait Binds {
    /// Hands over each value in turn.
    fn each(self, take: impl FnMut(Bind));
}

impl Binds for () {
    fn each(self, _: impl FnMut(Bind)) {}
}

impl<const N: usize> Binds for [Bind; N] {
    fn each(self, take: impl FnMut(Bind)) {
        self.into_iter().for_each(take);
    }
}

impl Binds for Vec<Bind> {
    fn each(self, take: impl FnMut(Bind)) {
        self.into_iter().for_each(take);
    }
}

macro_rules! tuple_binds {
    ($($name:ident)+) => {
        impl<$($name: Into<Bind>),+> Binds for ($($name,)+) {
            fn each(self, mut take: impl FnMut(Bind)) {
                #[allow(non_snake_case, reason = "the type parameters name the elements")]
                let ($($name,)+) = self;
                $(take($name.into());)+
            }
        }
    };
}

tuple_binds!(A);
tuple_binds!(A B);
tuple_binds!(A B C);
tuple_binds!(A B C D);
tuple_binds!(A B C D E);
tuple_binds!(A B C D E F);
tuple_binds!(A B C D E F G);
tuple_binds!(A B C D E F G H);
tuple_binds!(A B C D E F G H I);
tuple_binds!(A B C D E F G H I J);
tuple_binds!(A B C D E F G H I J K);
tuple_binds!(A B C D E F G H I J K L);

/// A statement ready to run on either engine.
pub struct Statement(Inner);

enum Inner {
    Fixed { template: &'static Template, binds: Vec<Bind> },
    Built(Box<dyn Fn(Engine) -> (String, Values) + Send + Sync>),
    Explained(Box<Statement>),
    Packed { row: PackedRow, rows: Box<Statement> },
    PutTogether { text: String, binds: Vec<Bind> },
}

impl Statement {
    /// A statement built with sea-query; rendered in the dialect of the engine that runs it.
    pub fn built(query: impl QueryStatementWriter + Send + Sync + 'static) -> Statement {
        Statement(Inner::Built(Box::new(move |engine| match engine {
            Engine::Sqlite => query.build(SqliteQueryBuilder),
            Engine::Postgres => query.build(PostgresQueryBuilder),
        })))
    }

    /// Text and values for an engine: for snapshots of the SQL and for EXPLAIN.
    pub fn rendered(&self, engine: Engine) -> Result<(String, Vec<Bind>), DbError> {
        let (text, binds) = self.parts(engine)?;
        Ok((text.as_str().to_owned(), binds.into_owned()))
    }

    /// The rows of this one as one row with one text: an array of what each comes to.
    pub(crate) fn packed(self, row: PackedRow) -> Statement {
        Statement(Inner::Packed { row, rows: Box::new(self) })
    }

    /// A text that was put together from others, with the values of all.
    pub(crate) fn put_together(text: String, binds: Vec<Bind>) -> Statement {
        Statement(Inner::PutTogether { text, binds })
    }

    /// Is it the same fixed text with the same values?
    pub(crate) fn is_same(&self, other: &Statement) -> bool {
        match (&self.0, &other.0) {
            (Inner::Fixed { template, binds }, Inner::Fixed { template: other, binds: others }) => {
                std::ptr::eq(*template, *other) && binds == others
            }
            _ => false,
        }
    }

    /// The statement that asks the engine how it would run this one.
    pub fn explained(self) -> Statement {
        Statement(Inner::Explained(Box::new(self)))
    }

    pub(crate) fn for_sqlite(&self) -> Result<(SqlStr, SqliteArguments), DbError> {
        let (text, binds) = self.parts(Engine::Sqlite)?;
        let arguments = sqlite_arguments(&binds).map_err(|problem| DbError::new(text.as_str(), problem))?;
        Ok((text, arguments))
    }

    pub(crate) fn for_postgres(&self) -> Result<(SqlStr, PgArguments), DbError> {
        let (text, binds) = self.parts(Engine::Postgres)?;
        let arguments = postgres_arguments(&binds).map_err(|problem| DbError::new(text.as_str(), problem))?;
        Ok((text, arguments))
    }

    /// Text and values.
    pub(crate) fn parts(&self, engine: Engine) -> Result<(SqlStr, Cow<'_, [Bind]>), DbError> {
        match &self.0 {
            Inner::Fixed { template, binds } => {
                let text = template.text(engine);
                check_count(text, binds.len())?;
                Ok((text.into_sql_str(), binds.into()))
            }
            Inner::Built(build) => {
                let (text, values) = build(engine);
                let binds: Result<Vec<Bind>, String> = values.into_iter().map(bind_of).collect();
                let binds = binds.map_err(|problem| DbError::misuse(&text, problem))?;
                Ok((composed(text), binds.into()))
            }
            Inner::Packed { row, rows } => {
                let (text, binds) = rows.parts(engine)?;
                Ok((composed(packed(engine, text.as_str(), *row)), binds))
            }
            Inner::PutTogether { text, binds } => Ok((composed(text.clone()), binds.into())),
            Inner::Explained(statement) => {
                let (text, binds) = statement.parts(engine)?;
                let explain = match engine {
                    Engine::Sqlite => "EXPLAIN QUERY PLAN",
                    Engine::Postgres => "EXPLAIN (COSTS OFF)",
                };
                Ok((composed(format!("{explain} {}", text.as_str())), binds))
            }
        }
    }
}

/// How a row that has a name becomes one value, in SQL.
pub(crate) type PackedRow = fn(Engine, &str) -> String;

/// A statement with one row, an array of what each row of this text comes to.
pub(crate) fn packed(engine: Engine, text: &str, row: PackedRow) -> String {
    let rows = json::packed_rows(engine, &row(engine, "unpacked"), "");
    format!("SELECT CAST({rows} AS TEXT) AS packed FROM ({text}) AS unpacked")
}

/// A text that sea-query wrote, or that was put together from fixed ones: all values are bound.
pub(crate) fn composed(text: String) -> SqlStr {
    AssertSqlSafe(text).into_sql_str()
}

/// SQLite takes a missing value for NULL, so that it must be found here.
fn check_count(text: &str, given: usize) -> Result<(), DbError> {
    let highest = text
        .split('$')
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok())
        .max()
        .unwrap_or(0);
    if highest == given {
        Ok(())
    } else {
        Err(DbError::misuse(text, format!("the statement has {highest} binds and was given {given} values")))
    }
}

fn bind_of(value: Value) -> Result<Bind, String> {
    Ok(match value {
        Value::Bool(v) => v.into(),
        Value::TinyInt(v) => Bind::Int(v.map(i64::from)),
        Value::SmallInt(v) => Bind::Int(v.map(i64::from)),
        Value::Int(v) => v.into(),
        Value::BigInt(v) => v.into(),
        Value::TinyUnsigned(v) => Bind::Int(v.map(i64::from)),
        Value::SmallUnsigned(v) => Bind::Int(v.map(i64::from)),
        Value::Unsigned(v) => v.into(),
        Value::BigUnsigned(None) => Bind::Int(None),
        Value::BigUnsigned(Some(v)) => {
            i64::try_from(v).map_err(|_| format!("{v} is too large for BIGINT"))?.into()
        }
        Value::String(v) => v.into(),
        Value::Char(v) => Bind::Text(v.map(String::from)),
        Value::Enum(OptionEnum::Some(v)) => Bind::Text(Some(v.value.into_owned())),
        Value::Enum(OptionEnum::None(_)) => Bind::Text(None),
        other => return Err(format!("no column has the type of {other:?}")),
    })
}

fn sqlite_arguments(binds: &[Bind]) -> Result<SqliteArguments, sqlx::Error> {
    let mut arguments = SqliteArguments::default();
    for bind in binds {
        match bind {
            Bind::Int(v) => arguments.add(v),
            Bind::Text(v) => arguments.add(v),
            Bind::Bool(v) => arguments.add(v),
            Bind::Ints(v) => {
                arguments.add(json::array(v, |text, key| write!(text, "{key}").unwrap_or_default()))
            }
            Bind::Texts(v) => arguments.add(json::array(v, |text, key| json::push_text(text, key))),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn postgres_arguments(binds: &[Bind]) -> Result<PgArguments, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for bind in binds {
        match bind {
            Bind::Int(v) => arguments.add(v),
            Bind::Text(v) => arguments.add(v),
            Bind::Bool(v) => arguments.add(v),
            Bind::Ints(v) => arguments.add(v),
            Bind::Texts(v) => arguments.add(v),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// Declares the fixed statements of a module as statics, and `STATEMENTS`, the list of them all, which
/// `ordervault_persistence::sql_texts` names (the compiler misses it there otherwise).
///
/// ```ignore
/// statements! {
///     LOAD: Template = Template::new("SELECT id FROM t WHERE id {in_keys:1} ORDER BY id {lock}");
///     INSERT: BulkInsert = BulkInsert::new("t", &[("id", ColumnType::Int)]);
/// }
/// ```
macro_rules! statements {
    ($($(#[$attribute:meta])* $visibility:vis $name:ident: $kind:ty = $statement:expr;)*) => {
        $($(#[$attribute])* $visibility static $name: $kind = $statement;)*

        /// Every fixed statement of this module by name.
        pub(crate) static STATEMENTS: $crate::statement::Statements =
            &[$((concat!(module_path!(), "::", stringify!($name)), &$name),)*];
    };
}
pub(crate) use statements;

/// The fixed statements of a module, by name.
pub(crate) type Statements = &'static [(&'static str, &'static dyn Sql)];

/// The texts of fixed statements on both engines, for a committed snapshot: (name, SQLite, PostgreSQL).
pub(crate) fn catalogue(lists: &[Statements]) -> Vec<(&'static str, &'static str, &'static str)> {
    let all = lists.iter().flat_map(|list| list.iter());
    all.map(|(name, sql)| (*name, sql.text(Engine::Sqlite), sql.text(Engine::Postgres))).collect()
}

#[cfg(test)]
mod tests {
    use sea_query::{Expr, ExprTrait as _, Query};

    use super::*;

    statements! {
        LOAD: Template = Template::new("SELECT a FROM t WHERE id {in_keys:2} AND s = $1 ORDER BY id {lock}");
        CLOCK: Template = Template::forked("SELECT 1", "SELECT 2");
    }

    #[test]
    fn tokens_become_the_dialect() {
        assert_eq!(
            LOAD.text(Engine::Sqlite),
            "SELECT a FROM t WHERE id IN (SELECT value FROM json_each($2)) AND s = $1 ORDER BY id"
        );
        assert_eq!(
            LOAD.text(Engine::Postgres),
            "SELECT a FROM t WHERE id = ANY($2) AND s = $1 ORDER BY id FOR NO KEY UPDATE"
        );
        assert_eq!(CLOCK.text(Engine::Postgres), "SELECT 2");
    }

    #[test]
    fn a_missing_or_surplus_value_is_refused() {
        assert!(LOAD.bind(("x", vec![1, 2])).for_sqlite().is_ok());
        assert!(LOAD.bind(("x",)).for_sqlite().is_err());
        assert!(LOAD.bind(("x", vec![1, 2], 3_i64)).for_postgres().is_err());
    }

    #[test]
    fn built_statements_follow_the_engine() -> Result<(), DbError> {
        let query = Query::select().column("a").from("t").and_where(Expr::col("b").eq("x")).limit(5).take();
        let statement = Statement::built(query);
        let binds = vec![Bind::from("x"), Bind::from(5_i64)];
        assert_eq!(
            statement.rendered(Engine::Postgres)?,
            (r#"SELECT "a" FROM "t" WHERE "b" = $1 LIMIT $2"#.to_owned(), binds.clone())
        );
        assert_eq!(
            statement.rendered(Engine::Sqlite)?,
            (r#"SELECT "a" FROM "t" WHERE "b" = ? LIMIT ?"#.to_owned(), binds)
        );
        Ok(())
    }

    #[test]
    fn values_without_a_column_type_are_refused() {
        for value in
            [Value::Double(Some(1.5)), Value::Bytes(Some(vec![1])), Value::BigUnsigned(Some(u64::MAX))]
        {
            assert!(bind_of(value).is_err());
        }
    }

    #[test]
    fn the_catalogue_names_every_statement() {
        let names: Vec<_> = catalogue(&[STATEMENTS]).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(names.len(), 2);
        assert!(names[0].ends_with("::LOAD"), "{names:?}");
    }
}
