//! Several processes on one database (letters c, j, k and l of the write queue), and races within one.

use std::sync::Arc;

use futures_util::future::join_all;
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::id::OrderId;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{Amendment, CancelReason, Import, OrderCommand, Status};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::time::Timestamp;
use ordervault_domain::{customer, member, product, store};
use ordervault_persistence::Realm;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{
    ActorRef, Class, Operation, Receipt, SessionOperation, Submission, WriteError,
};
use ordervault_tests::dump::dump;
use ordervault_tests::queue::*;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, PASSWORD_HASH, Shop, contact, place, submission};

ordervault_tests::twin_tests!(
    two_processes_sell_exactly_what_there_is,
    two_processes_and_one_key_make_one_order,
    two_processes_and_one_key_share_the_last_piece,
    two_processes_give_one_address_to_one_customer,
    two_processes_leave_the_shop_an_owner,
    no_price_changes_its_currency_between_two_processes,
    whatever_ends_logins_ends_those_that_begin_meanwhile,
    one_of_many_conflicting_commands_wins,
    a_hundred_equal_orders_are_one,
    an_import_and_a_shop_write_at_once,
    an_answer_can_be_read_by_everybody,
);

/// Another process on the same database, with its own clock and dice.
async fn other(db: &Db, seed: u64) -> (Db, Shop) {
    let db = another_process(db).await;
    let shop = Shop::with(&db, ManualClock::at(OPENING_MILLIS), seed).await;
    (db, shop)
}

async fn two_processes_sell_exactly_what_there_is(db: Db) {
    const PIECES: i64 = 40;
    const WISHES: usize = 60;
    let ours = Shop::open(&db).await;
    let (elsewhere, theirs) = other(&db, 2).await;
    let store = ours.store().await;
    let hot = [
        ours.product(&store, PIECES).await,
        ours.product(&store, PIECES).await,
        ours.product(&store, PIECES).await,
    ];
    let customer = ours.customer().await;
    // In every order of products, so that whoever locks in the order of lines would deadlock.
    let wish = |n: usize| {
        let lines = [(&*hot[n % 3], 1), (&*hot[(n + 1 + n / 3 % 2) % 3], 1)];
        submission(actor(&customer), vec![place(store.id, &lines)])
    };
    let mut accepted = 0;
    for round in 0..4 {
        let wishes = (0..WISHES / 4).flat_map(|n| [(&ours, n), (&theirs, n + round)]);
        let outcomes = join_all(wishes.map(|(shop, n)| shop.writer.submit(wish(n)))).await;
        for outcome in outcomes {
            match outcome {
                Ok(_) => accepted += 1,
                Err(WriteError::Refused { refusal: Refusal::InsufficientStock(_), .. }) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    let dump = dump(&db).await;
    assert_eq!(dump["orders"].len(), accepted);
    let mut sold = 0;
    for tea in &hot {
        let of_tea = |table: &str, column: &str| -> i64 {
            let rows = dump[table].iter().filter(|row| row.int("product_id") == Some(tea.id.get()));
            rows.filter_map(|row| row.int(column)).sum()
        };
        let (on_hand, reserved) = stock(&db, tea).await;
        assert_eq!((on_hand, reserved), (PIECES, of_tea("order_lines", "quantity")));
        assert_eq!(
            (on_hand, reserved),
            (of_tea("stock_movements", "on_hand"), of_tea("stock_movements", "reserved"))
        );
        assert!(reserved <= PIECES);
        sold += reserved;
    }
    // Two pieces to an order; at most one kind of the three can be left, because every order wants two kinds.
    assert_eq!(sold, 2 * i64::try_from(accepted).expect("few"));
    assert!(3 * PIECES - sold <= PIECES, "{sold} sold");
    theirs.close().await;
    elsewhere.close().await;
    ours.close().await;
}

async fn two_processes_and_one_key_make_one_order(db: Db) {
    let ours = Shop::open(&db).await;
    let (elsewhere, theirs) = other(&db, 2).await;
    let store = ours.store().await;
    let tea = ours.product(&store, 1_000).await;
    let customer = ours.customer().await;
    for round in 0..10 {
        let wish = |key: usize| {
            let wish = submission(actor(&customer), vec![place(store.id, &[(&tea, 1)])]);
            keyed(wish, &format!("{round} {key}"), "the same")
        };
        let wishes = (0..8).flat_map(|n| [(&ours, n), (&theirs, 7 - n), (&ours, n)]);
        let outcomes = join_all(wishes.map(|(shop, key)| {
            let answer = shop.writer.submit(wish(key));
            async move { (key, answer.await) }
        }))
        .await;
        for key in 0..8 {
            let of_key =
                outcomes.iter().filter(|(asked, _)| *asked == key).map(|(_, outcome)| outcome.clone());
            let (made, replayed): (Vec<SubmissionResult>, Vec<SubmissionResult>) =
                of_key.partition(|outcome| matches!(outcome, Ok(Receipt::Executed { .. })));
            let [made] = <[SubmissionResult; 1]>::try_from(made).expect("one order is made");
            let replay = Receipt::Replayed { entity_id: order_of(made).id.get(), version: 1 };
            assert_eq!(replayed, vec![Ok(replay); 2]);
        }
    }
    assert_eq!(stock(&db, &tea).await, (1_000, 80));
    assert_eq!(dump(&db).await["idempotency_keys"].len(), 80);
    theirs.close().await;
    elsewhere.close().await;
    ours.close().await;
}

async fn two_processes_and_one_key_share_the_last_piece(db: Db) {
    let ours = Shop::open(&db).await;
    let (elsewhere, theirs) = other(&db, 2).await;
    let store = ours.store().await;
    let customer = ours.customer().await;
    for round in 0..10 {
        let last = ours.product(&store, 1).await;
        let wish = || {
            let wish = submission(actor(&customer), vec![place(store.id, &[(&last, 1)])]);
            keyed(wish, &format!("{round}"), "the same")
        };
        let outcomes = join_all([&ours, &theirs].map(|shop| shop.writer.submit(wish()))).await;
        // Whoever came second has waited for the piece, sees that it is gone, and has to see where it went.
        let replayed = outcomes.iter().filter(|outcome| matches!(outcome, Ok(Receipt::Replayed { .. })));
        assert_eq!(replayed.count(), 1, "{outcomes:?}");
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    }
    assert_eq!(dump(&db).await["orders"].len(), 10);
    theirs.close().await;
    elsewhere.close().await;
    ours.close().await;
}

async fn two_processes_give_one_address_to_one_customer(db: Db) {
    let ours = Shop::open(&db).await;
    let (elsewhere, theirs) = other(&db, 2).await;
    for number in 0..10 {
        let register = || {
            let command = customer::CustomerCommand::Register {
                contact: contact(number),
                language: None,
                must_verify_email: false,
            };
            submission(
                ActorRef::Anonymous,
                vec![Operation::Customer {
                    id: None,
                    expected_version: None,
                    command,
                    password_hash: Some("x".into()),
                }],
            )
        };
        let (a, b) = tokio::join!(ours.writer.submit(register()), theirs.writer.submit(register()));
        let refused = if a.is_ok() { b } else { a };
        assert_eq!(refusal_of(refused), Refusal::Duplicate { field: "email" });
    }
    let dump = dump(&db).await;
    assert_eq!((dump["customers"].len(), dump["credentials"].len()), (10, 10));
    theirs.close().await;
    elsewhere.close().await;
    ours.close().await;
}

async fn two_processes_leave_the_shop_an_owner(db: Db) {
    use ordervault_domain::access::{Role, StoreScope};
    let ours = Shop::open(&db).await;
    let (elsewhere, theirs) = other(&db, 2).await;
    let first = ours.member(Role::Owner, StoreScope::All).await;
    let second = ours.member(Role::Owner, StoreScope::All).await;
    for _ in 0..5 {
        let (a, b) = tokio::join!(
            ours.submit(
                ActorRef::Member(first.id),
                vec![on_member(second.id, member::MemberCommand::Deactivate)]
            ),
            theirs.submit(
                ActorRef::Member(second.id),
                vec![on_member(first.id, member::MemberCommand::Deactivate)]
            ),
        );
        let refused = if a.is_ok() { b } else { a };
        assert!(matches!(refusal_of(refused), Refusal::LastOwner | Refusal::Inactive));
        let members = &dump(&db).await["members"];
        assert_eq!(members.iter().filter_map(|row| row.int("active")).sum::<i64>(), 1);
        for member in [&first, &second] {
            ours.submit(ActorRef::Operator, vec![on_member(member.id, member::MemberCommand::Activate)])
                .await
                .expect("active again");
        }
    }
    theirs.close().await;
    elsewhere.close().await;
    ours.close().await;
}

/// A login whose password was checked before: it opens only if that is still the password.
fn log_in(realm: Realm, principal_id: i64) -> Submission {
    let operations = vec![
        Operation::Verified { realm, principal_id, password_hash: PASSWORD_HASH.into() },
        Operation::Session(SessionOperation::Open {
            realm,
            principal_id,
            idle_millis: 60_000,
            absolute_millis: 60_000,
            token_hash: Arc::new(|id, generation| format!("token {} {generation}", id.get())),
        }),
    ];
    submission(ActorRef::Anonymous, operations)
}

/// One process edits a store's currency again and again while another one makes a product: from that product on no edit comes
/// through.
async fn no_price_changes_its_currency_between_two_processes(db: Db) {
    let ours = Shop::open(&db).await;
    let (elsewhere, theirs) = other(&db, 2).await;
    for _ in 0..5 {
        let store = ours.store().await;
        let edit = |code: &str| {
            let edit = store::StoreEdit { currency: code.parse().ok(), ..store::StoreEdit::default() };
            ours.submit(ActorRef::Operator, vec![on_store(store.id, store::StoreCommand::Edit(edit))])
        };
        let editing = async {
            let mut accepted = 0;
            for code in ["EUR", "JPY"].into_iter().cycle() {
                match edit(code).await {
                    Ok(_) => accepted += 1,
                    Err(WriteError::Refused { refusal, .. }) => {
                        assert_eq!(refusal, Refusal::CurrencyFixed);
                        return accepted;
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
            accepted
        };
        let (accepted, product) = tokio::join!(editing, theirs.product(&store, 1));
        let order = theirs.place(&*theirs.customer().await, &store, &[(&product, 1)]).await;
        let currency = ["TWD", "EUR", "JPY"][if accepted == 0 { 0 } else { 1 + (accepted - 1) % 2 }];
        assert_eq!(order.currency.code(), currency, "that of the last edit before the product");
        assert_eq!(order.version, 1);
    }
    theirs.close().await;
    elsewhere.close().await;
    ours.close().await;
}

async fn whatever_ends_logins_ends_those_that_begin_meanwhile(db: Db) {
    let ours = Shop::open(&db).await;
    let (elsewhere, theirs) = other(&db, 2).await;
    let owner = ours.member(Role::Owner, StoreScope::All).await;
    for _ in 0..10 {
        let customer = ours.customer().await;
        let member = ours.member(Role::Clerk, StoreScope::All).await;
        let (who, clerk) = (customer.id.get(), member.id.get());
        let end_all = |principal_id| {
            Operation::Session(SessionOperation::EndAll { principal_id, but: None, because: "meanwhile" })
        };
        let new_password = Operation::Customer {
            id: Some(customer.id),
            expected_version: None,
            command: customer::CustomerCommand::ChangePassword,
            password_hash: Some("new".into()),
        };
        let verified = Operation::Verified {
            realm: Realm::Customer,
            principal_id: who,
            password_hash: PASSWORD_HASH.into(),
        };
        let changed = submission(actor(&customer), vec![verified.clone(), new_password, end_all(who)]);
        let deactivate = member::MemberCommand::Deactivate;
        let left = Operation::Member {
            id: Some(member.id),
            expected_version: None,
            command: deactivate,
            password_hash: None,
        };
        let left = submission(ActorRef::Member(owner.id), vec![left, end_all(clerk)]);
        let (a, b, changed, left) = tokio::join!(
            theirs.writer.submit(log_in(Realm::Customer, who)),
            theirs.writer.submit(log_in(Realm::Staff, clerk)),
            ours.writer.submit(changed),
            ours.writer.submit(left),
        );
        assert!(changed.is_ok() && left.is_ok(), "{changed:?} {left:?}");
        for outcome in [a, b] {
            if outcome.is_err() {
                assert_eq!(refusal_of(outcome), Refusal::InvalidCredentials);
            }
        }
        // The old hash opens nothing any more, and does not come back under a stronger one.
        let rehash = Operation::Rehash { principal_id: who, password_hash: "old".into() };
        let late = [
            log_in(Realm::Customer, who),
            log_in(Realm::Staff, clerk),
            submission(ActorRef::Anonymous, vec![verified, rehash]),
        ];
        for outcome in together(&theirs.writer, late.into()).await {
            assert_eq!(refusal_of(outcome), Refusal::InvalidCredentials);
        }
    }
    let dump = dump(&db).await;
    assert!(dump["sessions"].iter().all(|row| row.int("ended_at").is_some()));
    assert!(dump["credentials"].iter().all(|row| row.text("password_hash") != Some("old")));
    theirs.close().await;
    ours.close().await;
    elsewhere.close().await;
}

async fn one_of_many_conflicting_commands_wins(db: Db) {
    let ours = Shop::open(&db).await;
    let (elsewhere, theirs) = other(&db, 2).await;
    let store = ours.store().await;
    let tea = ours.product(&store, 100).await;
    let customer = ours.customer().await;
    for round in 0..5 {
        let order = ours.place(&customer, &store, &[(&tea, 2)]).await;
        let commands = (0..24).map(|n| {
            let amendment = Amendment { note: Some(format!("note {n}")), ..Amendment::default() };
            let command = match (n + round) % 3 {
                0 => OrderCommand::Confirm,
                1 => cancel(CancelReason::Staff),
                _ => OrderCommand::Amend(amendment),
            };
            let shop = if n % 2 == 0 { &ours } else { &theirs };
            let item = submission(ActorRef::Operator, vec![on_order(order.id, Some(1), command)]);
            shop.writer.submit(item)
        });
        let outcomes = join_all(commands).await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        let [won] = <[SubmissionResult; 1]>::try_from(won).expect("one wins");
        let won = order_of(won);
        assert_eq!(won.version, 2);
        for outcome in lost {
            assert_eq!(refusal_of(outcome), Refusal::VersionConflict { current: 2 });
        }
        assert_eq!(folded::<ordervault_domain::order::Order>(&db, order.id.get()).await, *won);
        let rest = ours
            .submit(ActorRef::Operator, vec![on_order(order.id, None, cancel(CancelReason::Staff))])
            .await;
        assert_eq!(order_of(rest).status(), Status::Cancelled);
    }
    // Without an expected version everything is carried out, one after another.
    let order = ours.place(&customer, &store, &[(&tea, 2)]).await;
    let commands = (0..24).map(|n| {
        let amendment = Amendment { note: Some(format!("note {n}")), ..Amendment::default() };
        let shop = if n % 2 == 0 { &ours } else { &theirs };
        shop.writer.submit(submission(
            ActorRef::Operator,
            vec![on_order(order.id, None, OrderCommand::Amend(amendment))],
        ))
    });
    let mut versions: Vec<_> =
        join_all(commands).await.into_iter().map(|outcome| order_of(outcome).version).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..26).collect::<Vec<_>>());
    let seqs: Vec<_> = history(&db, order.id.get()).await.iter().map(|row| row.seq).collect();
    assert_eq!(seqs, (1..26).collect::<Vec<_>>());
    theirs.close().await;
    elsewhere.close().await;
    ours.close().await;
}

async fn a_hundred_equal_orders_are_one(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 100).await;
    let customer = shop.customer().await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let writer = shop.writer.clone();
        let wish = keyed(submission(actor(&customer), vec![place(store.id, &[(&tea, 1)])]), "key", "body");
        tasks.spawn(async move { writer.submit(wish).await });
    }
    let answers: Vec<_> = tasks
        .join_all()
        .await
        .into_iter()
        .map(|outcome| match outcome {
            Ok(Receipt::Replayed { entity_id, version }) => (entity_id, version),
            other => {
                let order = order_of(other);
                (order.id.get(), order.version)
            }
        })
        .collect();
    assert_eq!(answers, vec![answers[0]; 100]);
    assert_eq!(dump(&db).await["orders"].len(), 1);
    assert_eq!(stock(&db, &tea).await, (100, 1));
    shop.close().await;
}

async fn an_import_and_a_shop_write_at_once(db: Db) {
    let shop = Shop::open(&db).await;
    let (elsewhere, importer) = other(&db, 2).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 1_000).await;
    let customer = shop.customer().await;
    let import = |n: i64| {
        let placed_at = Timestamp::from_millis(1_500_000_000_000 + n);
        let import = Import {
            store_id: store.id,
            customer_id: Some(customer.id),
            external_reference: format!("source:{n}"),
            source_status: "created".into(),
            currency: "TWD".parse().expect("a currency"),
            lines: vec![ordervault_domain::order::ImportedLine {
                product_id: tea.id,
                quantity: 3,
                unit_price: Amount::new(7),
            }],
            shipping_total: Amount::new(1),
            contact: contact(1),
            placed_at,
            steps: vec![],
        };
        let id = OrderId::from_i64(1 + n);
        let command = OrderCommand::Import(Box::new(import));
        let act = Operation::Order { id: Some(id), expected_version: None, command };
        Submission { class: Class::Background, ..submission(ActorRef::Importer, vec![act]) }
    };
    let wish = || submission(actor(&customer), vec![place(store.id, &[(&tea, 1)])]);
    let adjust = || {
        let command = product::ProductCommand::AdjustStock { delta: 1, comment: None };
        submission(ActorRef::Operator, vec![on_product(tea.id, command)])
    };
    let imports = join_all((0..200).map(|n| importer.writer.submit(import(n))));
    let serving = async {
        let mut outcomes = vec![];
        for _ in 0..10 {
            outcomes.extend(together(&shop.writer, vec![wish(), wish(), adjust()]).await);
        }
        outcomes
    };
    let (imported, served) = tokio::join!(imports, serving);
    for outcome in imported.into_iter().chain(served) {
        assert!(matches!(outcome, Ok(Receipt::Executed { applied: true, .. })), "{outcome:?}");
    }
    assert_eq!(dump(&db).await["orders"].len(), 220);
    assert_eq!(stock(&db, &tea).await, (1_010, 20));
    importer.close().await;
    elsewhere.close().await;
    shop.close().await;
}

/// Reads follow writes: whoever has an answer finds what it says, in this process and in others.
async fn an_answer_can_be_read_by_everybody(db: Db) {
    let shop = Shop::open(&db).await;
    let elsewhere = another_process(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 1_000).await;
    let customer = shop.customer().await;
    for _ in 0..20 {
        let order = shop.place(&customer, &store, &[(&tea, 1)]).await;
        for reader in [&db, &elsewhere] {
            assert_eq!(history(reader, order.id.get()).await.len(), 1);
        }
    }
    elsewhere.close().await;
    shop.close().await;
}
