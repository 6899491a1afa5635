//! Two laws over random submissions: both engines give the same answers and hold the same rows in the end; and a
//! group is its items one after another (letter a of the write queue).

use std::collections::BTreeMap;

use ordervault_domain::product::ProductCommand;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::writer::{ActorRef, Effect, Receipt, Submission};
use ordervault_tests::dump::{Cell, Dump, differences, dump};
use ordervault_tests::queue::*;
use ordervault_tests::random_submissions::{Known, Roll, opening};
use ordervault_tests::seed::seeds;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, submission};
use ordervault_tests::twin::Fresh;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngSeed, TestRunner};

const STEPS: usize = 150;

/// Submissions that are handed over at one moment, and how long the clock goes on before.
struct AsOf {
    pause_millis: i64,
    wishes: Vec<Submission>,
}

/// A life as numbers: the same for the same number, so that a failure can be looked into.
fn rolls(life: u64) -> Vec<Roll> {
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(life), ..Config::default() });
    let strategy = prop::collection::vec(any::<Roll>(), STEPS);
    strategy.new_tree(&mut runner).expect("numbers").current()
}

async fn shop_on(db: &Db) -> Shop {
    Shop::with(db, ManualClock::at(OPENING_MILLIS), 1).await
}

/// The first to live it: what is wished for depends on what there is.
async fn lead(db: &Db, life: u64) -> (Vec<AsOf>, Vec<SubmissionResult>) {
    let shop = shop_on(db).await;
    let mut known = Known::default();
    let (mut moments, mut outcomes) = (vec![], vec![]);
    let rolls = opening().into_iter().chain(rolls(life));
    for roll in rolls.map(Some).chain([None]) {
        let wish = match roll {
            Some(roll) => known.wish(roll),
            // The history of one product is long in the end.
            None => count_often(&outcomes),
        };
        let roll = roll.unwrap_or_default();
        if moments.is_empty() || roll[6] % 4 == 0 {
            let pause_millis = i64::from(roll[7] % 30_000) + 1;
            shop.clock.advance(pause_millis);
            moments.push(AsOf { pause_millis, wishes: vec![] });
        }
        let outcome = shop.writer.submit(wish.clone()).await;
        catch_up(db).await;
        known.learn(&wish, &outcome);
        moments.last_mut().expect("a moment").wishes.push(wish);
        outcomes.push(outcome);
    }
    let refused = outcomes.iter().take(opening().len()).find(|outcome| outcome.is_err());
    assert!(refused.is_none(), "the opening makes what is acted on: {refused:?}");
    shop.close().await;
    (moments, outcomes)
}

/// A hundred corrections of the stock of a product that is there.
fn count_often(outcomes: &[SubmissionResult]) -> Submission {
    let done = outcomes.iter().flatten().filter_map(|receipt| match receipt {
        Receipt::Executed { done, .. } => Some(done),
        Receipt::Replayed { .. } => None,
    });
    let product = done.flatten().find_map(|effect| match effect {
        Effect::Product(product) => Some(product.id),
        _ => None,
    });
    let product = product.expect("a product");
    let adjust = |delta| on_product(product, ProductCommand::AdjustStock { delta, comment: None });
    submission(ActorRef::Operator, (1..=100).map(adjust).collect())
}

/// The others: the same wishes, one by one or each moment at once.
async fn follow(db: &Db, moments: &[AsOf], at_once: bool) -> Vec<SubmissionResult> {
    let shop = shop_on(db).await;
    let mut outcomes = vec![];
    for moment in moments {
        shop.clock.advance(moment.pause_millis);
        let chunk = if at_once { moment.wishes.len() } else { 1 };
        for wishes in moment.wishes.chunks(chunk) {
            outcomes.extend(together(&shop.writer, wishes.to_vec()).await);
            catch_up(db).await;
        }
    }
    shop.close().await;
    outcomes
}

fn assert_same_answers(life: u64, expected: &[SubmissionResult], found: &[SubmissionResult]) {
    for (step, (expected, found)) in expected.iter().zip(found).enumerate() {
        assert_eq!(found, expected, "life {life}, step {step}");
    }
    assert_eq!(found.len(), expected.len());
}

#[tokio::test]
async fn both_engines_live_the_same_life() {
    let mut all = Liveliness::default();
    for life in seeds(&[0, 1, 2, 3]) {
        let (sqlite, postgres) = (Fresh::on(Engine::Sqlite).await, Fresh::on(Engine::Postgres).await);
        let (moments, outcomes) = lead(&sqlite.db, life).await;
        let answers = follow(&postgres.db, &moments, false).await;
        assert_same_answers(life, &outcomes, &answers);
        let (left, right) = (dump(&sqlite.db).await, dump(&postgres.db).await);
        assert_eq!(differences(&left, &right), [""; 0], "life {life}");
        all.note(&outcomes, &left);
        sqlite.finish().await;
        postgres.finish().await;
    }
    all.assert_enough();
}

#[tokio::test]
async fn a_group_is_its_items_one_after_another() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for life in seeds(&[100, 101, 102, 103]) {
            let (single, batched) = (Fresh::on(engine).await, Fresh::on(engine).await);
            let (moments, outcomes) = lead(&single.db, life).await;
            assert!(moments.iter().any(|moment| moment.wishes.len() > 5));
            let answers = follow(&batched.db, &moments, true).await;
            assert_same_answers(life, &outcomes, &answers);
            let (left, right) = (dump(&single.db).await, dump(&batched.db).await);
            assert_eq!(differences(&timeless(left), &timeless(right)), [""; 0], "{engine}, life {life}");
            single.finish().await;
            batched.finish().await;
        }
    }
}

/// Without what tells how many groups there were. Throttles that have ended are dropped every so many groups.
fn timeless(mut dump: Dump) -> Dump {
    let writers = dump.remove("writers").unwrap_or_default();
    let end = writers.iter().filter_map(|row| row.int("updated_at")).max();
    if let Some(throttles) = dump.get_mut("throttles") {
        throttles.retain(|row| row.int("expires_at") > end);
    }
    for row in dump.get_mut("outbox").into_iter().flatten() {
        row.0.insert("position".into(), Cell::Null);
    }
    dump
}

/// Lives in which everything is refused prove nothing.
#[derive(Default)]
struct Liveliness {
    submitted: usize,
    accepted: usize,
    rows: BTreeMap<&'static str, usize>,
}

impl Liveliness {
    fn note(&mut self, outcomes: &[SubmissionResult], dump: &Dump) {
        self.submitted += outcomes.len();
        self.accepted += outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        for (table, rows) in dump {
            *self.rows.entry(table).or_default() += rows.len();
        }
    }

    fn assert_enough(&self) {
        let Self { submitted, accepted, rows } = self;
        assert!((submitted / 4..*submitted).contains(accepted), "{accepted} of {submitted}");
        let mut empty: Vec<_> =
            rows.iter().filter(|(_, count)| **count == 0).map(|(table, _)| *table).collect();
        // Few lives are long enough for a parcel; `goods.rs` sees to them.
        empty.retain(|table| *table != "parcels");
        // Nobody follows the outbox here, and mails, with the codes in them, are asked for in tests of their own.
        assert_eq!(empty, ["followers", "mails", "one_time_codes"], "nothing in these");
    }
}
