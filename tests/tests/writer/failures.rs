//! What becomes of a group when something breaks (letters d, e, f and m of the write queue).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ordervault_domain::customer::Customer;
use ordervault_domain::order::{CancelReason, LineRequest, OrderCommand, Place, Status};
use ordervault_domain::product::Product;
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::Store;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::{DbOptions, POSTGRES_TRUSTED_IDLE};
use ordervault_persistence::sources::Sources;
use ordervault_persistence::statement::Template;
use ordervault_persistence::writer::{ActorRef, Operation, Receipt, Submission, WriteError, Writer};
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::proxy::{Fault, Proxy};
use ordervault_tests::queue::*;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, contact, keys, place, seeded, submission};

ordervault_tests::twin_tests!(
    a_poison_item_fails_alone,
    a_missing_customer_is_a_refusal_not_a_broken_batch,
    a_panic_hits_its_item_only,
    a_panic_elsewhere_does_not_end_the_writer,
);

/// A shop with something to sell and somebody to buy it.
struct Fixture {
    shop: Shop,
    store: Arc<Store>,
    tea: Arc<Product>,
    customer: Arc<Customer>,
}

impl Fixture {
    async fn open(db: &Db) -> Self {
        let shop = Shop::open(db).await;
        let store = shop.store().await;
        let tea = shop.product(&store, 100).await;
        let customer = shop.customer().await;
        Self { shop, store, tea, customer }
    }

    fn wish(&self, note: &str) -> Submission {
        let place = Place {
            shipping: None,
            payment: None,
            store_id: self.store.id,
            customer_id: None,
            lines: vec![LineRequest { product_id: self.tea.id, quantity: 1 }],
            contact: contact(1),
            note: note.to_owned(),
            unlisted: false,
            not_duplicate_of: vec![],
            expected_total: None,
        };
        let act = Operation::Order { id: None, expected_version: None, command: OrderCommand::Place(place) };
        submission(actor(&self.customer), vec![act])
    }

    async fn wishes<const N: usize>(&self, notes: [&str; N]) -> [SubmissionResult; N] {
        let wishes = notes.map(|note| self.wish(note));
        together(&self.shop.writer, wishes.into()).await.try_into().expect("an answer each")
    }
}

static POISON: Template = Template::forked(
    "CREATE TRIGGER poison BEFORE INSERT ON orders WHEN NEW.note = 'poison'
     BEGIN SELECT RAISE(ABORT, 'poison'); END",
    "ALTER TABLE orders ADD CONSTRAINT poison CHECK (note <> 'poison')",
);
static REMEDY: Template =
    Template::forked("DROP TRIGGER poison", "ALTER TABLE orders DROP CONSTRAINT poison");

async fn a_poison_item_fails_alone(db: Db) {
    let fixture = Fixture::open(&db).await;
    run_sql(&db, &POISON).await;
    let [a, poison, b, same_key, c] = {
        let wishes = [
            fixture.wish("a"),
            keyed(fixture.wish("poison"), "poison", "x"),
            fixture.wish("b"),
            // Would have been answered with what the first one did.
            keyed(fixture.wish("not poison"), "poison", "x"),
            fixture.wish("c"),
        ];
        let outcomes = together(&fixture.shop.writer, wishes.into()).await;
        <[SubmissionResult; 5]>::try_from(outcomes).expect("five answers")
    };
    assert_eq!(poison, Err(WriteError::Internal));
    let notes: Vec<_> = [a, b, same_key, c].map(|outcome| order_of(outcome).note.clone()).into();
    assert_eq!(notes, ["a", "b", "not poison", "c"]);
    assert_eq!(stock(&db, &fixture.tea).await, (100, 4));
    // Alone, too, it leaves nothing behind.
    let before = dump(&db).await;
    assert_eq!(fixture.shop.writer.submit(fixture.wish("poison")).await, Err(WriteError::Internal));
    assert_eq!(differences(&before, &dump(&db).await), [""; 0]);
    run_sql(&db, &REMEDY).await;
    fixture.shop.close().await;
}

async fn a_missing_customer_is_a_refusal_not_a_broken_batch(db: Db) {
    let fixture = Fixture::open(&db).await;
    let nobody = ordervault_domain::id::CustomerId::from_i64(4);
    let mut for_nobody = fixture.wish("x");
    for_nobody.actor = ActorRef::Operator;
    if let [Operation::Order { command: OrderCommand::Place(place), .. }] = &mut for_nobody.operations[..] {
        place.customer_id = Some(nobody);
    }
    let mut by_nobody = fixture.wish("y");
    by_nobody.actor = ActorRef::Customer(nobody);
    let before = written_groups(&db).await;
    let outcomes = together(&fixture.shop.writer, vec![for_nobody, by_nobody, fixture.wish("z")]).await;
    let [for_nobody, by_nobody, good] = <[SubmissionResult; 3]>::try_from(outcomes).expect("three answers");
    assert_eq!(refusal_of(for_nobody), Refusal::UnknownCustomer);
    assert_eq!(refusal_of(by_nobody), Refusal::Inactive);
    assert!(good.is_ok(), "{good:?}");
    assert_eq!(written_groups(&db).await, before + 1);
    fixture.shop.close().await;
}

/// The dice of the second salt of a group break while it is decided.
async fn a_panic_hits_its_item_only(db: Db) {
    let fixture = Fixture::open(&db).await;
    let armed = Arc::new(AtomicBool::new(false));
    let (trap, dice) = (Arc::clone(&armed), seeded(9));
    let fallen = AtomicBool::new(false);
    let random = move |bytes: &mut [u8]| {
        const SALT_BYTES: usize = 16;
        if bytes.len() == SALT_BYTES
            && trap.load(Ordering::SeqCst)
            && fallen.fetch_xor(true, Ordering::SeqCst)
        {
            trap.store(false, Ordering::SeqCst);
            panic!("the dice fell off the table, as they should in this test");
        }
        dice(bytes);
    };
    let clock = ManualClock::at(OPENING_MILLIS);
    let sources = Sources::new(move || clock.now(), random);
    let (writer, task) = Writer::start(db.clone(), sources, keys()).await.expect("a writer");
    let before = written_groups(&db).await;
    armed.store(true, Ordering::SeqCst);
    let wishes = ["a", "b", "c"].map(|note| fixture.wish(note));
    let outcomes = together(&writer, wishes.into()).await;
    let [a, broken, c] = <[SubmissionResult; 3]>::try_from(outcomes).expect("three answers");
    assert_eq!(broken, Err(WriteError::Internal));
    assert_eq!([order_of(a).note.as_str(), order_of(c).note.as_str()], ["a", "c"]);
    assert_eq!(written_groups(&db).await, before + 1);
    assert_eq!(stock(&db, &fixture.tea).await, (100, 2));
    assert!(!armed.load(Ordering::SeqCst));
    assert!(writer.submit(fixture.wish("d")).await.is_ok());
    task.stop().await;
    fixture.shop.close().await;
}

/// The clock breaks, which is asked before any decision.
async fn a_panic_elsewhere_does_not_end_the_writer(db: Db) {
    let fixture = Fixture::open(&db).await;
    let armed = Arc::new(AtomicBool::new(false));
    let trap = Arc::clone(&armed);
    let clock = ManualClock::at(OPENING_MILLIS);
    let now = move || {
        assert!(
            !trap.swap(false, Ordering::SeqCst),
            "the clock fell off the wall, as it should in this test"
        );
        clock.now()
    };
    let (writer, task) =
        Writer::start(db.clone(), Sources::new(now, seeded(9)), keys()).await.expect("a writer");
    armed.store(true, Ordering::SeqCst);
    let outcomes = together(&writer, vec![fixture.wish("a"), fixture.wish("b")]).await;
    assert_eq!(outcomes, vec![Err(WriteError::OutcomeUnknown); 2]);
    assert!(writer.submit(fixture.wish("c")).await.is_ok());
    assert_eq!(stock(&db, &fixture.tea).await, (100, 1));
    task.stop().await;
    fixture.shop.close().await;
}

#[tokio::test]
async fn a_row_held_by_another_session_stalls_only_who_needs_it() {
    static HOLD: Template = Template::new("SELECT id FROM products WHERE id = $1 {lock}");
    postgres_test(async |db| {
        let fixture = Fixture::open(&db).await;
        let pot = fixture.shop.product(&fixture.store, 10).await;
        let elsewhere = another_process(&db).await;
        let mut holder = elsewhere.begin().await.expect("a transaction");
        let _: (i64,) = holder.fetch_one(&HOLD.bind((pot.id.get(),))).await.expect("held");
        let wish = submission(actor(&fixture.customer), vec![place(fixture.store.id, &[(&pot, 1)])]);
        let begun = Instant::now();
        let outcomes =
            together(&fixture.shop.writer, vec![fixture.wish("a"), wish.clone(), fixture.wish("b")]).await;
        let [a, held, b] = <[SubmissionResult; 3]>::try_from(outcomes).expect("three answers");
        assert_eq!(held, Err(WriteError::Locked));
        assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
        // Twice the lock time-out, and room for a slow machine.
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        holder.rollback().await;
        assert!(fixture.shop.writer.submit(wish).await.is_ok());
        elsewhere.close().await;
        fixture.shop.close().await;
    })
    .await;
}

/// Whoever wants what is held waits aside, in the order in which they came, and nobody else with them.
#[tokio::test]
async fn who_wants_a_held_product_waits_aside_and_keeps_the_order() {
    static HOLD: Template = Template::new("SELECT id FROM products WHERE id = $1 {lock}");
    postgres_test(async |db| {
        let fixture = Fixture::open(&db).await;
        let pot = fixture.shop.product(&fixture.store, 10).await;
        let old = fixture.shop.place(&fixture.customer, &fixture.store, &[(&pot, 1)]).await;
        let elsewhere = another_process(&db).await;
        let mut holder = elsewhere.begin().await.expect("a transaction");
        let _: (i64,) = holder.fetch_one(&HOLD.bind((pot.id.get(),))).await.expect("held");
        let pots = |quantity| {
            let act = place(fixture.store.id, &[(&pot, quantity), (&fixture.tea, 1)]);
            submission(actor(&fixture.customer), vec![act])
        };
        // What the second one needs is found in its order.
        let cancelled = submission(
            actor(&fixture.customer),
            vec![on_order(old.id, None, cancel(CancelReason::Customer))],
        );
        let waiting = together(&fixture.shop.writer, vec![pots(9), cancelled, pots(1)]);
        let others = async {
            for note in ["a", "b", "c"] {
                let [first, second] = fixture.wishes([note, note]).await;
                assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
            }
            holder.rollback().await;
        };
        let (waited, ()) = tokio::join!(waiting, others);
        let [first, cancelled, last] = <[SubmissionResult; 3]>::try_from(waited).expect("three answers");
        assert_eq!(order_of(cancelled).status(), Status::Cancelled);
        // All nine were taken when one was given back, and went to the last.
        assert!(order_of(first).id < order_of(last).id);
        assert_eq!(stock(&db, &pot).await, (10, 10));
        elsewhere.close().await;
        fixture.shop.close().await;
    })
    .await;
}

/// Behind thirty held rows nobody waits for all of their time-outs.
#[tokio::test]
async fn whoever_waits_aside_for_too_long_is_sent_away() {
    static HOLD: Template = Template::new("SELECT id FROM products ORDER BY id {lock}");
    postgres_test(async |db| {
        let fixture = Fixture::open(&db).await;
        let mut wishes = vec![];
        for _ in 0..30 {
            let product = fixture.shop.product(&fixture.store, 1).await;
            wishes
                .push(submission(actor(&fixture.customer), vec![place(fixture.store.id, &[(&product, 1)])]));
        }
        let elsewhere = another_process(&db).await;
        let mut holder = elsewhere.begin().await.expect("a transaction");
        let _: Vec<(i64,)> = holder.fetch_all(&HOLD.bind(())).await.expect("held");
        let outcomes = together(&fixture.shop.writer, wishes.clone()).await;
        assert_eq!(outcomes, vec![Err(WriteError::Locked); 30]);
        holder.rollback().await;
        for outcome in together(&fixture.shop.writer, wishes).await {
            assert!(outcome.is_ok(), "{outcome:?}");
        }
        elsewhere.close().await;
        fixture.shop.close().await;
    })
    .await;
}

/// What the disk does not take is certainly not written; nothing more is tried until a look finds the disk well.
#[tokio::test]
async fn a_full_disk_refuses_everything_and_passes() {
    static FILL: [Template; 2] = [
        Template::new(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$",
        ),
        Template::new(
            "CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON writers FOR EACH ROW EXECUTE FUNCTION full_disk()",
        ),
    ];
    static EMPTY: Template = Template::new("DROP TRIGGER full_disk ON writers");
    postgres_test(async |db| {
        let fixture = Fixture::open(&db).await;
        assert!(fixture.wishes(["a"]).await[0].is_ok());
        for statement in &FILL {
            run_sql(&db, statement).await;
        }
        assert!(!fixture.shop.writer.is_failing());
        let before = dump(&db).await;
        for wishes in [["b", "c"], ["d", "e"]] {
            assert_eq!(fixture.wishes(wishes).await, [Err(WriteError::Storage), Err(WriteError::Storage)]);
            assert!(fixture.shop.writer.is_failing());
        }
        assert_eq!(differences(&before, &dump(&db).await), [""; 0]);
        run_sql(&db, &EMPTY).await;
        while fixture.shop.writer.is_failing() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(fixture.wishes(["b"]).await[0].is_ok());
        fixture.shop.close().await;
    })
    .await;
}

#[tokio::test]
async fn another_process_that_holds_the_file_is_waited_for() {
    ordervault_tests::twin::on_sqlite(async |db: Db| {
        let fixture = Fixture::open(&db).await;
        let elsewhere = another_process(&db).await;
        let holder = elsewhere.begin().await.expect("a transaction");
        let held = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            holder.rollback().await;
        };
        let ([a, b], ()) = tokio::join!(fixture.wishes(["a", "b"]), held);
        assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
        elsewhere.close().await;
        fixture.shop.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_killed_connection_costs_nobody_an_order() {
    static KILL: Template = Template::new(
        "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    postgres_test(async |db| {
        let fixture = Fixture::open(&db).await;
        for round in 0..5 {
            run_sql(&db, &KILL).await;
            let [a, b] = fixture.wishes(["a", "b"]).await;
            assert!(a.is_ok() && b.is_ok(), "round {round}: {a:?} {b:?}");
        }
        // Connections for reading were killed as well, and are taken for well as long as they rest no longer than this.
        tokio::time::sleep(POSTGRES_TRUSTED_IDLE).await;
        assert_eq!(stock(&db, &fixture.tea).await, (100, 10));
        fixture.shop.close().await;
    })
    .await;
}

/// What the network does to one COMMIT; whatever it does, each order is there once and everybody hears so.
async fn a_lost_commit_is_settled(direct: Db, fault: Fault, first_group: bool, expected_groups: i64) {
    let proxy = Proxy::before(&url_of(&direct).await).await;
    let db = Db::open(&DbOptions::new(proxy.url())).await.expect("the database opens");
    let fixture = Fixture::open(&direct).await;
    let clock = ManualClock::at(OPENING_MILLIS);
    let sources = Sources::new(move || clock.now(), seeded(9));
    let (writer, task) = Writer::start(db.clone(), sources, keys()).await.expect("a writer");
    if !first_group {
        writer.submit(fixture.wish("warm")).await.expect("placed");
    }
    let before = (written_groups(&direct).await, dump(&direct).await["orders"].len());
    proxy.arm(fault);
    let wishes =
        vec![keyed(fixture.wish("a"), "a", "x"), fixture.wish("b"), keyed(fixture.wish("a"), "a", "x")];
    let outcomes = together(&writer, wishes).await;
    assert!(proxy.has_fired());
    let [a, b, replayed] = <[SubmissionResult; 3]>::try_from(outcomes).expect("three answers");
    let (a, b) = (order_of(a), order_of(b));
    assert_eq!(replayed, Ok(Receipt::Replayed { entity_id: a.id.get(), version: 1 }));
    assert_eq!([a.note.as_str(), b.note.as_str()], ["a", "b"]);
    for order in [a, b] {
        assert_eq!(folded::<ordervault_domain::order::Order>(&direct, order.id.get()).await, *order);
    }
    assert_eq!(dump(&direct).await["orders"].len(), before.1 + 2);
    assert_eq!(written_groups(&direct).await, before.0 + expected_groups);
    task.stop().await;
    fixture.shop.close().await;
    db.close().await;
}

#[tokio::test]
async fn a_commit_that_the_server_never_heard_of_is_run_again() {
    // The numbers of groups that came to nothing are not used again: 1 was lost, then each order alone.
    postgres_test(|db| a_lost_commit_is_settled(db, Fault::LoseCommit, false, 3)).await;
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_took_place() {
    postgres_test(|db| a_lost_commit_is_settled(db, Fault::LoseAnswer, false, 1)).await;
}

#[tokio::test]
async fn a_commit_that_is_still_on_its_way_is_waited_for() {
    postgres_test(|db| a_lost_commit_is_settled(db, Fault::DelayCommit, false, 1)).await;
}

/// There is no row of the writer yet to wait for.
#[tokio::test]
async fn the_first_commit_of_a_process_is_waited_for_as_well() {
    postgres_test(|db| a_lost_commit_is_settled(db, Fault::DelayCommit, true, 1)).await;
}

#[tokio::test]
async fn a_connection_that_dies_in_commit_is_replaced_and_the_batch_run_again() {
    static CUT: [Template; 3] = [
        Template::new("CREATE SEQUENCE cuts"),
        Template::new(
            "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 IF NEW.note = 'always' OR (NEW.note = 'once' AND nextval('cuts') = 1) THEN
                     PERFORM pg_terminate_backend(pg_backend_pid());
                 END IF;
                 RETURN NULL;
             END $$",
        ),
        Template::new(
            "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION cut()",
        ),
    ];
    static REMEDY: Template = Template::new("DROP TRIGGER cut ON orders");
    postgres_test(async |db| {
        let fixture = Fixture::open(&db).await;
        for statement in &CUT {
            run_sql(&db, statement).await;
        }
        let [a, once, b] = fixture.wishes(["a", "once", "b"]).await;
        assert_eq!([a, once, b].map(|outcome| order_of(outcome).status()), [Status::PendingReview; 3]);
        let [c, always, d] = fixture.wishes(["c", "always", "d"]).await;
        assert_eq!(always, Err(WriteError::Storage));
        assert!(c.is_ok() && d.is_ok(), "{c:?} {d:?}");
        assert_eq!(stock(&db, &fixture.tea).await, (100, 5));
        run_sql(&db, &REMEDY).await;
        fixture.shop.close().await;
    })
    .await;
}

/// A deferred rule speaks up at COMMIT: certainly rolled back, and nobody else's affair.
#[tokio::test]
async fn a_rule_that_speaks_up_at_commit_fails_its_item_alone() {
    static RULE: [Template; 2] = [
        Template::new(
            "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 IF NEW.note = 'late' THEN RAISE EXCEPTION 'late'; END IF;
                 RETURN NULL;
             END $$",
        ),
        Template::new(
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION late()",
        ),
    ];
    static REMEDY: Template = Template::new("DROP TRIGGER late ON orders");
    postgres_test(async |db| {
        let fixture = Fixture::open(&db).await;
        for statement in &RULE {
            run_sql(&db, statement).await;
        }
        let [a, late, b] = fixture.wishes(["a", "late", "b"]).await;
        assert_eq!(late, Err(WriteError::Internal));
        assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
        run_sql(&db, &REMEDY).await;
        fixture.shop.close().await;
    })
    .await;
}

/// What only PostgreSQL can do.
async fn postgres_test(body: impl AsyncFnOnce(Db)) {
    ordervault_tests::twin::on_postgres(async |db| body(db).await).await;
}
