//! Two laws over random submissions: both engines give the same answers and hold the same rows in the end; and a
//! batch is its items one after another (letter a of the write queue).
#![expect(clippy::expect_used, reason = "tests may")]

use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::sequence;
use ordervault_persistence::writer::Submission;
use ordervault_tests::dump::{Cell, Dump, differences, dump};
use ordervault_tests::queue::*;
use ordervault_tests::random_submissions::{Known, Roll};
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop};
use ordervault_tests::twin::Fresh;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const LIVES: u64 = 5;
const STEPS: usize = 150;

/// Submissions that are handed over at one moment, and how long the clock goes on before.
struct AsOf {
    pause_millis: i64,
    wishes: Vec<Submission>,
}

/// A life as numbers: the same for the same number, so that a failure can be looked into.
fn rolls(life: u64) -> Vec<Roll> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&life.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
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
    for roll in opening().into_iter().chain(rolls(life)) {
        let wish = known.wish(roll);
        if moments.is_empty() || roll[6] % 4 == 0 {
            let pause_millis = i64::from(roll[7] % 30_000) + 1;
            shop.clock.advance(pause_millis);
            moments.push(AsOf { pause_millis, wishes: vec![] });
        }
        let outcome = shop.writer.submit(wish.clone()).await;
        sequence(db).await.expect("numbered");
        known.learn(&wish, &outcome);
        moments.last_mut().expect("a moment").wishes.push(wish);
        outcomes.push(outcome);
    }
    shop.close().await;
    (moments, outcomes)
}

/// Makes sure that there is something to act on: members, stores, products, customers, a batch, an order. Members come first,
/// so that what they say to have seen is beyond their own beginning; and an order has come to each store before they say so.
fn opening() -> Vec<Roll> {
    let mut rolls: Vec<Roll> = (0..4).map(|n| [10, 0, 0, 3, 0b11111 >> n, 4 + 3 * n + 1, 0, 1]).collect();
    rolls.extend([[8, 0, 0, 0, 0, 1, 0, 0], [8, 0, 0, 0, 1, 1, 0, 0]]);
    rolls.extend((0..6).map(|n| [9, 0, n, 0, 1_031 + 12 * n, 1, 0, 1]));
    rolls.extend((0..4).map(|n| [10, 0, 0, 0, n, 1, 0, 1]));
    rolls.extend([[0, 1, 1, 1, 2, 1, 0, 1], [0, 1, 0, 21, 2, 1, 0, 1]]);
    rolls.extend([[12, 2, 0, 0, 0, 1, 0, 1], [12, 2, 0, 3, 1, 1, 0, 1]]);
    rolls
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
            sequence(db).await.expect("numbered");
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
    for life in 0..LIVES {
        let (sqlite, postgres) = (Fresh::on(Engine::Sqlite).await, Fresh::on(Engine::Postgres).await);
        let (moments, outcomes) = lead(&sqlite.db, life).await;
        let answers = follow(&postgres.db, &moments, false).await;
        assert_same_answers(life, &outcomes, &answers);
        let (left, right) = (dump(&sqlite.db).await, dump(&postgres.db).await);
        assert_eq!(differences(&left, &right), [""; 0], "life {life}");
        assert_lively(&outcomes, &left);
        sqlite.finish().await;
        postgres.finish().await;
    }
}

#[tokio::test]
async fn a_batch_is_its_items_one_after_another() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        for life in 100..100 + LIVES {
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

/// Without what tells how many batches there were. Throttles that have ended are dropped every so many batches.
fn timeless(mut dump: Dump) -> Dump {
    let writers = dump.remove("writers").unwrap_or_default();
    let end = writers.iter().filter_map(|row| row.int("updated_at")).max();
    if let Some(throttles) = dump.get_mut("throttles") {
        throttles.retain(|row| row.int("expires_at") > end);
    }
    for table in ["outbox", "order_arrivals"] {
        for row in dump.get_mut(table).into_iter().flatten() {
            row.0.insert("position".into(), Cell::Null);
        }
    }
    dump
}

/// A life in which everything is refused proves nothing.
fn assert_lively(outcomes: &[SubmissionResult], dump: &Dump) {
    let accepted = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert!((STEPS / 4..STEPS).contains(&accepted), "{accepted} of {}", outcomes.len());
    for (table, rows) in dump {
        assert!(!rows.is_empty(), "nothing in {table}");
    }
}
