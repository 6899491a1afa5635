//! No statement's cost grows with the shop: each is run in a small and in a large one and must not look at more there, whatever
//! the planner knows.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

mod answers;
mod bounds;
mod built;
mod cases;
mod plans;
mod rows;
mod samples;

use std::fmt::Write as _;

use ordervault_persistence::engine::Engine;
use ordervault_tests::fabricate::{Numbers, analyze, fabricate, fabricate_beside};
use ordervault_tests::meter::Meter;
use ordervault_tests::twin::Fresh;

use answers::answers_are_right;
use cases::{Case, cases};
use plans::Plans;

const SMALL: i64 = 20_000;
const LARGE: i64 = 200_000;
/// Keys or rows that a statement is tried with.
const KEYS: i64 = 20;
/// The planner's state in which PostgreSQL keeps the plans that it made when there was nothing.
const KEPT: &str = "planned when the shop was empty";

#[tokio::test]
async fn nothing_grows_on_sqlite() {
    let mut trial = Trial::begin(Engine::Sqlite).await;
    let shop = Fresh::on(Engine::Sqlite).await;
    fill(&shop, &Numbers::of(LARGE)).await;
    trial.cases = cases(&shop.db, &Numbers::of(LARGE), KEYS).await;
    trial.measure("without statistics", &mut Meter::open(Engine::Sqlite, &shop.url).await).await;
    analyze(&shop.db).await;
    trial.measure("with statistics", &mut Meter::open(Engine::Sqlite, &shop.url).await).await;
    answers_are_right(&shop.db).await;
    shop.drop().await;
    trial.end();
}

#[tokio::test]
async fn nothing_grows_on_postgres() {
    let mut trial = Trial::begin(Engine::Postgres).await;
    let shop = Fresh::on(Engine::Postgres).await;
    trial.cases = cases(&shop.db, &Numbers::of(LARGE), KEYS).await;
    let mut old = Meter::open(Engine::Postgres, &shop.url).await;
    for case in &trial.cases {
        // Its plan is made and kept, even if it finds no row to refer to.
        let _ = old.cost(case.text, &case.sample).await;
    }
    fill(&shop, &Numbers::of(LARGE)).await;
    trial.measure(KEPT, &mut old).await;
    let mut meter = Meter::open(Engine::Postgres, &shop.url).await;
    meter.plan_for_values(true).await;
    trial.measure("without statistics", &mut meter).await;
    analyze(&shop.db).await;
    trial.measure("for these values", &mut meter).await;
    meter.plan_for_values(false).await;
    trial.measure("for any values", &mut meter).await;
    answers_are_right(&shop.db).await;
    shop.drop().await;
    trial.end();
}

/// All statements with values, what they cost in a small shop, and what has been found.
struct Trial {
    engine: Engine,
    small: Vec<u64>,
    cases: Vec<Case>,
    plans: Plans,
    faults: String,
}

impl Trial {
    async fn begin(engine: Engine) -> Self {
        let shop = Fresh::on(engine).await;
        fill(&shop, &Numbers::of(SMALL)).await;
        analyze(&shop.db).await;
        let mut meter = Meter::open(engine, &shop.url).await;
        meter.plan_for_values(true).await;
        let mut small = vec![];
        for case in cases(&shop.db, &Numbers::of(SMALL), KEYS).await {
            let cost = meter.cost(case.text, &case.sample).await;
            small.push(cost.unwrap_or_else(|error| panic!("{engine}: {}: {error}", case.name)));
        }
        meter.close().await;
        shop.drop().await;
        Self { engine, small, cases: vec![], plans: Plans::default(), faults: String::new() }
    }

    /// Measures everything in the large shop, as the planner is now.
    async fn measure(&mut self, state: &'static str, meter: &mut Meter) {
        assert_eq!(self.cases.len(), self.small.len(), "the same cases for every size");
        for (case, small) in self.cases.iter().zip(&self.small) {
            let most = bounds::most(&case.name, self.engine, *small);
            let plan = meter.plan(case.text, &case.sample).await.unwrap_or_default();
            let whole = match state {
                // It cannot be seen how a statement is carried out whose plan has been kept.
                KEPT => None,
                state => self.plans.note(&case.name, state, &plan),
            };
            let fault = match (meter.cost(case.text, &case.sample).await, whole) {
                (Ok(cost), None) if cost <= most => continue,
                (Ok(cost), None) => format!("{cost} instead of {most} at most, {small} in a small shop"),
                (Ok(_), Some(table)) => format!("reads all of {table}"),
                (Err(error), _) => error.to_string(),
            };
            let plan = plan.join("\n    ");
            let _ = writeln!(self.faults, "{}: {}, {state}: {fault}\n    {plan}", self.engine, case.name);
        }
    }

    fn end(self) {
        assert!(self.faults.is_empty(), "{}", self.faults);
        self.plans.compare(self.engine, LARGE);
    }
}

async fn fill(shop: &Fresh, numbers: &Numbers) {
    fabricate(&shop.db, numbers.orders).await;
    fabricate_beside(&shop.db, numbers).await;
}
