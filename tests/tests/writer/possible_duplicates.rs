//! An order like the one that the same buyer has just placed is asked about (letter a of the write queue), also when both
//! come at once, and also through two processes.

use std::sync::Arc;

use futures_util::future::join_all;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{CancelReason, LineRequest, Order, OrderCommand};
use ordervault_domain::product::Product;
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::{DEFAULT_DUPLICATE_WINDOW_MINUTES, Policy, Store};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::queue::*;
use ordervault_tests::shop::{ManualClock, OPENING_MILLIS, Shop, place, submission};

ordervault_tests::twin_tests!(
    a_second_order_like_the_first_is_asked_about,
    of_two_that_come_at_once_one_is_asked_about,
    of_two_through_two_processes_one_is_asked_about,
    guests_are_known_by_their_contact,
    an_amended_order_looks_like_what_it_is_now,
    an_order_that_was_just_called_off_may_be_repeated,
);

const MINUTE_MILLIS: i64 = 60_000;

/// A store that asks.
async fn asking_store(shop: &Shop) -> Arc<Store> {
    let duplicate_window_minutes = Some(DEFAULT_DUPLICATE_WINDOW_MINUTES);
    shop.store_with(Policy { duplicate_window_minutes, ..Policy::default() }).await
}

/// The same once more, but not a repetition of these.
fn place_besides(store: &Store, lines: &[(&Product, u32)], earlier: &[OrderId]) -> Operation {
    let mut act = place(store.id, lines);
    if let Operation::Order { command: OrderCommand::Place(place), .. } = &mut act {
        place.not_duplicate_of = earlier.to_vec();
    }
    act
}

async fn ask(shop: &Shop, who: ActorRef, act: Operation) -> Result<Arc<Order>, Refusal> {
    match shop.submit(who, vec![act]).await {
        Err(error) => Err(refusal_of(Err(error))),
        done => Ok(order_of(done)),
    }
}

async fn a_second_order_like_the_first_is_asked_about(db: Db) {
    let shop = Shop::open(&db).await;
    let store = asking_store(&shop).await;
    let tea = shop.product(&store, 100).await;
    let who = actor(shop.customer().await.as_ref());
    let first = ask(&shop, who, place(store.id, &[(&tea, 2)])).await.expect("the first");
    let refused = Err(Refusal::PossibleDuplicate(vec![first.id]));
    assert_eq!(ask(&shop, who, place(store.id, &[(&tea, 2)])).await, refused);
    assert!(ask(&shop, who, place(store.id, &[(&tea, 3)])).await.is_ok(), "another basket");
    let other = actor(shop.customer().await.as_ref());
    assert!(ask(&shop, other, place(store.id, &[(&tea, 2)])).await.is_ok(), "another buyer");
    let second = ask(&shop, who, place_besides(&store, &[(&tea, 2)], &[first.id])).await.expect("on purpose");
    let refused = Err(Refusal::PossibleDuplicate(vec![second.id]));
    assert_eq!(ask(&shop, who, place_besides(&store, &[(&tea, 2)], &[first.id])).await, refused);
    shop.clock.advance(i64::from(DEFAULT_DUPLICATE_WINDOW_MINUTES) * MINUTE_MILLIS);
    assert!(ask(&shop, who, place(store.id, &[(&tea, 2)])).await.is_ok(), "long ago");
    shop.close().await;
}

async fn of_two_that_come_at_once_one_is_asked_about(db: Db) {
    let shop = Shop::open(&db).await;
    let store = asking_store(&shop).await;
    let tea = shop.product(&store, 100).await;
    let who = actor(shop.customer().await.as_ref());
    let before = written_groups(&db).await;
    let both = (0..2).map(|_| submission(who, vec![place(store.id, &[(&tea, 2)])]));
    let mut outcomes = together(&shop.writer, both.collect()).await;
    assert_eq!(written_groups(&db).await, before + 1);
    let second = refusal_of(outcomes.pop().expect("two answers"));
    let first = order_of(outcomes.pop().expect("two answers"));
    assert_eq!(second, Refusal::PossibleDuplicate(vec![first.id]));
    shop.close().await;
}

async fn of_two_through_two_processes_one_is_asked_about(db: Db) {
    let here = Shop::open(&db).await;
    let store = asking_store(&here).await;
    let tea = here.product(&store, 1_000).await;
    let there_db = another_process(&db).await;
    let there = Shop::with(&there_db, ManualClock::at(OPENING_MILLIS), 2).await;
    for quantity in 1..=10 {
        let who = actor(here.customer().await.as_ref());
        let lines = [(tea.as_ref(), quantity)];
        let asked = [&here, &there].map(|shop| ask(shop, who, place(store.id, &lines)));
        let outcomes = join_all(asked).await;
        let placed: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
        assert_eq!(placed.len(), 1, "{outcomes:?}");
        assert!(outcomes.contains(&Err(Refusal::PossibleDuplicate(vec![placed[0].id]))));
    }
    there.close().await;
    there_db.close().await;
    here.close().await;
}

async fn guests_are_known_by_their_contact(db: Db) {
    let shop = Shop::open(&db).await;
    let store = asking_store(&shop).await;
    let tea = shop.product(&store, 100).await;
    let guest = ActorRef::Guest(None);
    let first = ask(&shop, guest, place(store.id, &[(&tea, 1)])).await.expect("the first");
    let again = ask(&shop, guest, place(store.id, &[(&tea, 1)])).await;
    assert_eq!(again, Err(Refusal::PossibleDuplicate(vec![first.id])));
    shop.close().await;
}

async fn an_amended_order_looks_like_what_it_is_now(db: Db) {
    let shop = Shop::open(&db).await;
    let store = asking_store(&shop).await;
    let tea = shop.product(&store, 100).await;
    let who = actor(shop.customer().await.as_ref());
    let first = ask(&shop, who, place(store.id, &[(&tea, 1)])).await.expect("the first");
    let lines = Some(vec![LineRequest { product_id: tea.id, quantity: 5 }.into()]);
    let amendment = ordervault_domain::order::Amendment { lines, ..Default::default() };
    shop.change(who, &first, OrderCommand::Amend(amendment)).await;
    let again = ask(&shop, who, place(store.id, &[(&tea, 5)])).await;
    assert_eq!(again, Err(Refusal::PossibleDuplicate(vec![first.id])));
    assert!(ask(&shop, who, place(store.id, &[(&tea, 1)])).await.is_ok());
    shop.close().await;
}

async fn an_order_that_was_just_called_off_may_be_repeated(db: Db) {
    let shop = Shop::open(&db).await;
    let store = asking_store(&shop).await;
    let tea = shop.product(&store, 100).await;
    let who = actor(shop.customer().await.as_ref());
    let first = ask(&shop, who, place(store.id, &[(&tea, 1)])).await.expect("the first");
    shop.change(who, &first, cancel(CancelReason::Customer)).await;
    assert!(ask(&shop, who, place(store.id, &[(&tea, 1)])).await.is_ok());
    shop.close().await;
}
