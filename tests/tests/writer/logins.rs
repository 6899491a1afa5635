//! By which login somebody comes is looked at in the transaction that decides (letter j of the write queue).

use std::sync::Arc;

use ordervault_domain::id::SessionId;
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::Realm;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Effect, Operation, SessionOperation, Submission};
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::queue::{keyed, refusal_of, together};
use ordervault_tests::shop::{Shop, place, submission};

ordervault_tests::twin_tests!(a_login_that_is_over_or_of_somebody_else_is_refused);

const HOUR_MILLIS: i64 = 3_600_000;

async fn log_in(shop: &Shop, principal_id: i64) -> SessionId {
    let open = SessionOperation::Open {
        realm: Realm::Customer,
        principal_id,
        idle_millis: HOUR_MILLIS,
        absolute_millis: HOUR_MILLIS,
        token_hash: Arc::new(|_, _| String::new()),
    };
    match shop.act(ActorRef::Anonymous, Operation::Session(open)).await {
        Effect::Session(Some(session)) => session.id,
        other => panic!("{other:?}"),
    }
}

async fn a_login_that_is_over_or_of_somebody_else_is_refused(db: Db) {
    let shop = Shop::open(&db).await;
    let (customer, other) = (shop.customer().await, shop.customer().await);
    let store = shop.store().await;
    let product = shop.product(&store, 100).await;
    let login = log_in(&shop, customer.id.get()).await;
    let by = |login: Option<SessionId>, actor: ActorRef, quantity: u32| Submission {
        login,
        ..submission(actor, vec![place(store.id, &[(&product, quantity)])])
    };
    let own = ActorRef::Customer(customer.id);
    let placed = keyed(by(Some(login), own, 1), "once", "one");
    assert!(shop.writer.submit(placed.clone()).await.is_ok());

    let before = dump(&db).await;
    let unknown = Some(SessionId::from_i64(7));
    let strangers = [ActorRef::Customer(other.id), ActorRef::Anonymous, ActorRef::Operator];
    let strangers = strangers.into_iter().map(|actor| by(Some(login), actor, 2));
    for wish in strangers.chain([by(unknown, own, 2)]) {
        assert_eq!(refusal_of(shop.writer.submit(wish).await), Refusal::Inactive);
    }
    assert_eq!(differences(&before, &dump(&db).await), [""; 0]);

    // Also in the group that ends it, and of a repeated request no more is told.
    let end = submission(own, vec![Operation::Session(SessionOperation::End { id: login })]);
    let outcomes =
        together(&shop.writer, vec![by(Some(login), own, 3), end, by(Some(login), own, 4), placed]).await;
    let mut outcomes = outcomes.into_iter();
    assert!(outcomes.next().is_some_and(|placed| placed.is_ok()));
    assert!(outcomes.next().is_some_and(|ended| ended.is_ok()));
    for outcome in outcomes {
        assert_eq!(refusal_of(outcome), Refusal::Inactive);
    }

    let brief = log_in(&shop, customer.id.get()).await;
    shop.clock.advance(HOUR_MILLIS);
    assert_eq!(refusal_of(shop.writer.submit(by(Some(brief), own, 5)).await), Refusal::Inactive);
    shop.close().await;
}
