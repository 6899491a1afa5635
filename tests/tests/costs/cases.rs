//! Every statement with values: the fixed ones from their catalogue, the built ones by what is asked for.

use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_tests::fabricate::Numbers;
use ordervault_tests::meter::{Sample, kept};

use crate::bounds;
use crate::built::built;
use crate::rows::rows;
use crate::samples::Shop;

/// A statement with values.
pub(crate) struct Case {
    /// Of the statement.
    pub(crate) name: String,
    /// For the engine at hand.
    pub(crate) text: &'static str,
    /// The values.
    pub(crate) sample: Sample,
}

/// All of them for a shop of this size, in the same order for every size.
pub(crate) async fn cases(db: &Db, numbers: &Numbers, keys: i64) -> Vec<Case> {
    let engine = db.engine();
    let mut cases = fixed(engine, numbers, keys);
    for (name, statement) in built(db, numbers).await {
        let (text, values) = statement.rendered(engine).expect("a text");
        cases.push(Case { name, text: kept(text), sample: Sample::Values(values) });
    }
    cases
}

fn fixed(engine: Engine, numbers: &Numbers, keys: i64) -> Vec<Case> {
    let shop = Shop { numbers: *numbers, keys };
    let foreign = match engine {
        Engine::Sqlite => "_POSTGRES",
        Engine::Postgres => "_SQLITE",
    };
    let mut cases = vec![];
    for (name, sqlite, postgres) in ordervault_persistence::sql_texts() {
        let name = name.trim_start_matches("ordervault_persistence::");
        if !bounds::is_measured(name) || name.ends_with(foreign) {
            continue;
        }
        let text = match engine {
            Engine::Sqlite => sqlite,
            Engine::Postgres => postgres,
        };
        let samples = if postgres.contains("AS d(") {
            vec![Sample::Rows(rows(name, postgres, numbers, keys))]
        } else if !postgres.contains("$1") {
            vec![Sample::Values(vec![])]
        } else {
            let values = shop.values(name);
            let values =
                values.unwrap_or_else(|| panic!("{name}: say in samples.rs with which values it is tried"));
            values.into_iter().map(Sample::Values).collect()
        };
        cases.extend(samples.into_iter().map(|sample| Case { name: name.to_owned(), text, sample }));
    }
    cases
}
