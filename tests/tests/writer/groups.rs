//! What a group promises (letter a of the write queue): its items are decided one after another, each on what the
//! ones before it left; a refused one leaves no trace.

use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::id::SessionId;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{CancelReason, OrderCommand, Status};
use ordervault_domain::refusal::{Refusal, Shortage};
use ordervault_domain::{member, product, store};
use ordervault_persistence::Realm;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{
    ActorRef, Effect, Operation, Receipt, SessionOperation, TokenHash, WriteError,
};
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::queue::*;
use ordervault_tests::shop::{Shop, contact, place, submission};

ordervault_tests::twin_tests!(
    what_waits_together_is_one_batch,
    a_second_command_sees_the_first,
    the_last_piece_is_sold_once,
    a_second_equal_key_gets_the_first_answer,
    a_refused_item_leaves_no_trace_for_its_neighbours,
    a_refused_item_ends_no_session,
    a_stock_keeping_unit_changes_hands_within_a_batch,
    an_address_changes_hands_within_a_batch,
    a_product_made_in_a_batch_has_its_stock,
    a_refusal_shows_the_order_as_its_batch_left_it,
);

const HOUR_MILLIS: i64 = 60 * 60 * 1_000;

async fn what_waits_together_is_one_batch(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 100).await;
    let customer = shop.customer().await;
    let before = written_groups(&db).await;
    let orders = (0..20).map(|_| submission(actor(&customer), vec![place(store.id, &[(&tea, 1)])]));
    for outcome in together(&shop.writer, orders.collect()).await {
        assert_eq!(order_of(outcome).status(), Status::PendingReview);
    }
    assert_eq!(written_groups(&db).await, before + 1);
    assert_eq!(stock(&db, &tea).await, (100, 20));
    shop.close().await;
}

async fn a_second_command_sees_the_first(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 100).await;
    let customer = shop.customer().await;
    let order = shop.place(&customer, &store, &[(&tea, 2)]).await;
    let item =
        |expected, command| submission(ActorRef::Operator, vec![on_order(order.id, Some(expected), command)]);
    let outcomes = together(
        &shop.writer,
        vec![
            item(1, OrderCommand::Confirm),
            item(2, OrderCommand::Start),
            item(1, cancel(CancelReason::Staff)),
            item(3, OrderCommand::Confirm),
            item(3, cancel(CancelReason::Staff)),
        ],
    )
    .await;
    let [confirmed, started, stale, backwards, cancelled] =
        <[SubmissionResult; 5]>::try_from(outcomes).expect("five answers");
    let confirmed = order_of(confirmed);
    assert_eq!((confirmed.version, confirmed.status()), (2, Status::Confirmed));
    let started = order_of(started);
    assert_eq!((started.version, started.status()), (3, Status::Processing));
    assert_eq!(refusal_of(stale), Refusal::VersionConflict { current: 3 });
    assert_eq!(refusal_of(backwards), Refusal::StateConflict { current: Status::Processing });
    let cancelled = order_of(cancelled);
    assert_eq!((cancelled.version, cancelled.status()), (4, Status::Cancelled));
    assert_eq!(folded::<ordervault_domain::order::Order>(&db, order.id.get()).await, *cancelled);
    assert_eq!(row(&db, "orders", order.id.get()).await.int("version"), Some(4));
    assert_eq!(stock(&db, &tea).await, (100, 0));
    shop.close().await;
}

async fn the_last_piece_is_sold_once(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let (tea, pot) = (shop.product(&store, 1).await, shop.product(&store, 9).await);
    let customer = shop.customer().await;
    let wish = || submission(actor(&customer), vec![place(store.id, &[(&pot, 1), (&tea, 1)])]);
    let outcomes = together(&shop.writer, (0..5).map(|_| wish()).collect()).await;
    let mut outcomes = outcomes.into_iter();
    assert_eq!(order_of(outcomes.next().expect("an answer")).lines.len(), 2);
    for outcome in outcomes {
        let short = Shortage { line: 1, product_id: tea.id, requested: 1, available: 0 };
        assert_eq!(refusal_of(outcome), Refusal::InsufficientStock(vec![short]));
    }
    assert_eq!((stock(&db, &tea).await, stock(&db, &pot).await), ((1, 1), (9, 1)));
    shop.close().await;
}

async fn a_second_equal_key_gets_the_first_answer(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let wish = |key, fingerprint| {
        keyed(submission(actor(&customer), vec![place(store.id, &[(&tea, 1)])]), key, fingerprint)
    };
    let outcomes =
        together(&shop.writer, vec![wish("a", "one"), wish("a", "one"), wish("a", "two"), wish("b", "one")])
            .await;
    let [first, second, other, another] = <[SubmissionResult; 4]>::try_from(outcomes).expect("four answers");
    let first = order_of(first);
    let replay = Receipt::Replayed { entity_id: first.id.get(), version: 1 };
    assert_eq!(second, Ok(replay.clone()));
    assert_eq!(other, Err(WriteError::KeyReused));
    assert_ne!(order_of(another).id, first.id);
    // Later, too, and whatever became of the order in between; until the key has served its time.
    shop.change(ActorRef::Operator, &first, OrderCommand::Confirm).await;
    assert_eq!(shop.writer.submit(wish("a", "one")).await, Ok(replay));
    assert_eq!(shop.writer.submit(wish("a", "two")).await, Err(WriteError::KeyReused));
    shop.clock.advance(ordervault_persistence::writer::IDEMPOTENCY_MILLIS + 1);
    assert_ne!(order_of(shop.writer.submit(wish("a", "two")).await).id, first.id);
    assert_eq!(stock(&db, &tea).await, (10, 3));
    shop.close().await;
}

async fn a_refused_item_leaves_no_trace_for_its_neighbours(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 1).await;
    let customer = shop.customer().await;
    let old = shop.place(&customer, &store, &[(&tea, 1)]).await;
    let replace = |version| {
        submission(
            actor(&customer),
            vec![
                on_order(old.id, Some(version), cancel(CancelReason::Customer)),
                place(store.id, &[(&tea, 2)]),
            ],
        )
    };
    let before = dump(&db).await;
    // The first act would give the piece back, the second asks for two.
    let refused = shop.writer.submit(keyed(replace(1), "replace", "x")).await;
    assert!(matches!(refusal_of(refused), Refusal::InsufficientStock(_)));
    assert_eq!(differences(&before, &dump(&db).await), [""; 0]);

    let wish = submission(actor(&customer), vec![place(store.id, &[(&tea, 1)])]);
    let confirm = submission(ActorRef::Operator, vec![on_order(old.id, Some(1), OrderCommand::Confirm)]);
    let outcomes = together(&shop.writer, vec![keyed(replace(1), "replace", "x"), wish, confirm]).await;
    let [replaced, wish, confirmed] = <[SubmissionResult; 3]>::try_from(outcomes).expect("three answers");
    assert!(matches!(refusal_of(replaced), Refusal::InsufficientStock(_)));
    assert!(matches!(refusal_of(wish), Refusal::InsufficientStock(_)));
    assert_eq!(order_of(confirmed).version, 2);
    // Nor does its key stand for anything.
    assert_eq!(dump(&db).await["idempotency_keys"], []);
    assert_eq!(stock(&db, &tea).await, (1, 1));
    shop.close().await;
}

async fn a_refused_item_ends_no_session(db: Db) {
    let shop = Shop::open(&db).await;
    let customer = shop.customer().await;
    let token_hash: TokenHash = Arc::new(|id: SessionId, generation| format!("{} {generation}", id.get()));
    let open = SessionOperation::Open {
        realm: Realm::Customer,
        principal_id: customer.id.get(),
        idle_millis: HOUR_MILLIS,
        absolute_millis: HOUR_MILLIS,
        token_hash: Arc::clone(&token_hash),
    };
    let Effect::Session(Some(session)) = shop.act(ActorRef::Anonymous, Operation::Session(open)).await else {
        unreachable!("a login")
    };
    let end_all = SessionOperation::EndAll { principal_id: customer.id.get(), but: None, because: "test" };
    let unknown = on_order(ordervault_domain::id::OrderId::from_i64(1), None, OrderCommand::Confirm);
    let rotate = |presented_hash: &str| {
        Operation::Session(SessionOperation::Rotate {
            id: session.id,
            realm: Realm::Customer,
            presented_hash: presented_hash.to_owned(),
            idle_millis: HOUR_MILLIS,
            token_hash: Arc::clone(&token_hash),
        })
    };
    let outcomes = together(
        &shop.writer,
        vec![
            submission(ActorRef::Operator, vec![Operation::Session(end_all), unknown]),
            submission(ActorRef::Anonymous, vec![rotate(&session.token_hash)]),
            submission(ActorRef::Anonymous, vec![rotate(&session.token_hash)]),
        ],
    )
    .await;
    let [refused, rotated, repeated] = <[SubmissionResult; 3]>::try_from(outcomes).expect("three answers");
    assert_eq!(refusal_of(refused), Refusal::NotFound);
    let Effect::Session(Some(rotated)) = done(rotated) else { unreachable!("a session") };
    assert_eq!((rotated.generation, rotated.ended_at), (2, None));
    // Within the grace, the token before is a request that was sent twice.
    assert_eq!(done(repeated), Effect::Session(Some(rotated.clone())));
    let stored = row(&db, "sessions", session.id.get()).await;
    assert_eq!((stored.int("generation"), stored.text("ended_because")), (Some(2), None));
    shop.close().await;
}

async fn a_stock_keeping_unit_changes_hands_within_a_batch(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let (tea, pot) = (shop.product(&store, 1).await, shop.product(&store, 1).await);
    let rename = |product: &product::Product, sku: &str| {
        let edit = product::ProductEdit { sku: Some(sku.to_owned()), ..product::ProductEdit::default() };
        submission(ActorRef::Operator, vec![on_product(product.id, product::ProductCommand::Edit(edit))])
    };
    let wanted = vec![rename(&pot, &tea.sku), rename(&tea, "NEW"), rename(&pot, &tea.sku)];
    let outcomes = together(&shop.writer, wanted).await;
    let [early, given, taken] = <[SubmissionResult; 3]>::try_from(outcomes).expect("three answers");
    assert_eq!(refusal_of(early), Refusal::Duplicate { field: "sku" });
    assert!(given.is_ok() && taken.is_ok(), "{given:?} {taken:?}");
    assert_eq!(row(&db, "products", pot.id.get()).await.text("sku"), Some(tea.sku.as_str()));
    shop.close().await;
}

async fn an_address_changes_hands_within_a_batch(db: Db) {
    let shop = Shop::open(&db).await;
    let first = shop.member(Role::Clerk, StoreScope::All).await;
    let second = shop.member(Role::Clerk, StoreScope::All).await;
    let move_to = |member: &member::Member, contact: Contact| {
        let edit = member::MemberEdit { contact: Some(contact), ..member::MemberEdit::default() };
        submission(ActorRef::Operator, vec![on_member(member.id, member::MemberCommand::Edit(edit))])
    };
    let address = first.contact.clone();
    let wanted = vec![
        move_to(&second, address.clone()),
        move_to(&first, contact(99)),
        move_to(&second, address.clone()),
    ];
    let outcomes = together(&shop.writer, wanted).await;
    let [early, given, taken] = <[SubmissionResult; 3]>::try_from(outcomes).expect("three answers");
    assert_eq!(refusal_of(early), Refusal::Duplicate { field: "email" });
    assert!(given.is_ok() && taken.is_ok(), "{given:?} {taken:?}");
    let email = address.email.expect("an address").to_string();
    assert_eq!(row(&db, "members", second.id.get()).await.text("email"), Some(email.as_str()));
    shop.close().await;
}

async fn a_product_made_in_a_batch_has_its_stock(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let create = product::ProductCommand::Create(product::NewProduct {
        tax_class: None,
        weight_grams: None,
        store_id: store.id,
        sku: "SKU".into(),
        title: "Tea".into(),
        category: None,
        price: ordervault_domain::money::Amount::new(5),
        on_hand: 7,
        external_reference: None,
    });
    let make = || {
        let act = Operation::Product { id: None, expected_version: None, command: create.clone() };
        submission(ActorRef::Operator, vec![act])
    };
    let outcomes = together(&shop.writer, vec![make(), make()]).await;
    let [made, again] = <[SubmissionResult; 2]>::try_from(outcomes).expect("two answers");
    let Effect::Product(tea) = done(made) else { unreachable!("a product") };
    assert_eq!(refusal_of(again), Refusal::Duplicate { field: "sku" });
    assert_eq!(stock(&db, &tea).await, (7, 0));
    let moves = &dump(&db).await["stock_movements"];
    assert_eq!(moves.iter().map(|row| row.int("on_hand")).collect::<Vec<_>>(), [Some(7)]);

    let adjust = |delta| {
        let command = product::ProductCommand::AdjustStock { delta, comment: None };
        submission(ActorRef::Operator, vec![on_product(tea.id, command)])
    };
    let customer = shop.customer().await;
    let wish = submission(actor(&customer), vec![place(store.id, &[(&tea, 8)])]);
    let outcomes = together(&shop.writer, vec![adjust(2), wish, adjust(-2), adjust(-1)]).await;
    let [more, order, too_many, fewer] = <[SubmissionResult; 4]>::try_from(outcomes).expect("four answers");
    assert!(more.is_ok() && order.is_ok() && fewer.is_ok(), "{more:?} {order:?} {fewer:?}");
    assert_eq!(refusal_of(too_many), Refusal::StockBelowReserved { reserved: 8 });
    assert_eq!(stock(&db, &tea).await, (8, 8));
    shop.close().await;
}

async fn a_refusal_shows_the_order_as_its_batch_left_it(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 1).await;
    let customer = shop.customer().await;
    let stranger = shop.customer().await;
    let order = shop.place(&customer, &store, &[(&tea, 1)]).await;
    let item = |who, command| submission(who, vec![on_order(order.id, Some(1), command)]);
    let outcomes = together(
        &shop.writer,
        vec![
            item(ActorRef::Operator, OrderCommand::Confirm),
            item(actor(&customer), cancel(CancelReason::Customer)),
            item(actor(&stranger), cancel(CancelReason::Customer)),
            item(actor(&customer), OrderCommand::Confirm),
        ],
    )
    .await;
    let shown: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| match outcome {
            Err(WriteError::Refused { refusal, order }) => {
                (<&str>::from(&refusal).to_owned(), order.map(|order| order.version))
            }
            other => ("done".to_owned(), Some(order_of(other).version)),
        })
        .collect();
    let expected =
        [("done", Some(2)), ("version-conflict", Some(2)), ("not-found", None), ("forbidden", None)];
    assert_eq!(shown, expected.map(|(code, version)| (code.to_owned(), version)));
    // A store's currency stays as soon as the group at hand holds a product of it.
    let fresh = shop.store().await;
    let edit = store::StoreEdit {
        currency: Some("EUR".parse().expect("a currency")),
        ..store::StoreEdit::default()
    };
    let edit = submission(ActorRef::Operator, vec![on_store(fresh.id, store::StoreCommand::Edit(edit))]);
    let new = product::NewProduct {
        tax_class: None,
        weight_grams: None,
        store_id: fresh.id,
        sku: "POT".into(),
        title: "Pot".into(),
        category: None,
        price: Amount::new(100),
        on_hand: 1,
        external_reference: None,
    };
    let create = product::ProductCommand::Create(new);
    let create = Operation::Product { id: None, expected_version: None, command: create };
    let outcomes = together(&shop.writer, vec![submission(ActorRef::Operator, vec![create]), edit]).await;
    let [created, edited] = <[SubmissionResult; 2]>::try_from(outcomes).expect("two answers");
    assert!(created.is_ok(), "{created:?}");
    assert_eq!(refusal_of(edited), Refusal::CurrencyFixed);
    shop.close().await;
}
