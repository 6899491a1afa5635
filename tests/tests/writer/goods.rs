//! Orders with parcels, and what is refused of them.

use std::sync::Arc;

use ordervault_domain::customer::Customer;
use ordervault_domain::order::{
    Amendment, CancelReason, Carriage, MAX_FULFILLMENTS, MAX_PARCELS, Order, OrderCommand, OrderCommandKind,
    UnitsBack,
};
use ordervault_domain::parcel::{LineUnits, Parcel};
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::{ActorRef, Operation};
use ordervault_tests::queue::*;
use ordervault_tests::shop::Shop;

/// Orders of which parcels were sent, or units called off.
pub(crate) struct Goods {
    /// All of it has left.
    sent: Arc<Order>,
    /// All of it is coming back.
    returning: Arc<Order>,
    /// One of two units is called off.
    lessened: Arc<Order>,
    /// It has had as many fulfillments as an order can.
    crowded: Arc<Order>,
}

impl Goods {
    pub(crate) async fn set(shop: &Shop, store: &Store, customer: &Customer) -> Self {
        let operator = ActorRef::Operator;
        let product = shop.product(store, 10).await;
        let place = async || {
            let order = shop.place(customer, store, &[(&product, 2)]).await;
            shop.change(operator, &order, OrderCommand::Confirm).await
        };
        let (sent, lessened, crowded) = (place().await, place().await, place().await);
        let ship = OrderCommandKind::Ship.probe().expect("a command");
        let fail = OrderCommandKind::Fail.probe_of(1).expect("a command");
        let returning = shop.change(operator, &*place().await, ship.clone()).await;
        let lines = Some(vec![LineUnits { no: 1, units: 1 }]);
        let cancel = OrderCommand::CancelLines { lines, reason: CancelReason::Staff, comment: None };
        let there_and_back = |no| {
            let plan = OrderCommand::Plan { lines: None, comment: None };
            let cancel = OrderCommand::CancelFulfillment { no, comment: None };
            [plan, cancel].map(|command| on_order(crowded.id, None, command))
        };
        let all = (1..).flat_map(there_and_back).take(2 * MAX_FULFILLMENTS);
        shop.submit(operator, all.collect()).await.expect("planned and called off");
        Self {
            returning: shop.change(operator, &returning, fail).await,
            sent: shop.change(operator, &sent, ship).await,
            lessened: shop.change(operator, &lessened, cancel).await,
            crowded,
        }
    }

    /// Code, actor, act.
    pub(crate) fn refused(&self) -> Vec<(&'static str, ActorRef, Operation)> {
        let on = |order: &Order, command| (ActorRef::Operator, on_order(order.id, None, command));
        let amend = Amendment { lines: Some(vec![]), ..Amendment::default() };
        let parcels = Some(vec![Parcel::default(); MAX_PARCELS + 1]);
        let many = OrderCommand::Track { no: 1, carriage: Carriage { carrier: None, parcels } };
        let late = OrderCommand::Deliver { no: 1, at: Some(Timestamp::from_millis(i64::MAX / 2)) };
        let lines = Some(vec![UnitsBack { no: 1, restocked: 2, broken: 1 }]);
        let back = OrderCommand::TakeBack { no: 1, lines, comment: None };
        let plan = || OrderCommand::Plan { lines: None, comment: None };
        let refused = [
            ("units-not-open", on(&self.sent, plan())),
            ("units-out", on(&self.sent, cancel(CancelReason::Staff))),
            ("units-undelivered", on(&self.sent, OrderCommand::Complete)),
            ("units-moved", on(&self.lessened, OrderCommand::Amend(amend))),
            ("unknown-fulfillment", on(&self.sent, OrderCommand::Pick { no: 9 })),
            ("fulfillment-conflict", on(&self.sent, OrderCommand::Pick { no: 1 })),
            ("too-many-fulfillments", on(&self.crowded, plan())),
            ("too-many-parcels", on(&self.sent, many)),
            ("units-back-differ", on(&self.returning, back)),
            ("delivery-time-out-of-range", on(&self.sent, late)),
        ];
        refused.map(|(code, (actor, operation))| (code, actor, operation)).into()
    }
}
