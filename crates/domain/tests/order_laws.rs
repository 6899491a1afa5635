//! Laws of the order's life, over random runs of commands by random actors.
#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use std::collections::BTreeMap;

use common::{CUSTOMER, NOW, context, fold, place, product, staff, store};
use ordervault_domain::access::{Actor, Role};
use ordervault_domain::aggregate::{Aggregate, Envelope};
use ordervault_domain::id::{OrderId, ProductId};
use ordervault_domain::order::{
    Action, Amendment, CancelReason, InvalidReason, LineRequest, Order, OrderCommand, OrderEvent, Totals,
    actions, decide, stock_deltas,
};
use ordervault_domain::product::Product;
use proptest::prelude::*;
use strum::IntoEnumIterator;

fn any_actor() -> impl Strategy<Value = Actor> {
    let roles: Vec<Role> = Role::iter().collect();
    prop_oneof![
        Just(Actor::Customer(CUSTOMER)),
        Just(Actor::System),
        Just(Actor::Operator),
        proptest::sample::select(roles).prop_map(staff),
    ]
}

fn any_lines() -> impl Strategy<Value = Vec<(i64, u32)>> {
    proptest::collection::vec((10..14i64, 1..5u32), 1..5)
}

fn any_command() -> impl Strategy<Value = OrderCommand> {
    let cancel = proptest::sample::select(CancelReason::iter().collect::<Vec<_>>());
    let invalid = proptest::sample::select(InvalidReason::iter().collect::<Vec<_>>());
    prop_oneof![
        3 => any_lines().prop_map(|lines| place(&lines)),
        2 => Just(OrderCommand::Confirm),
        1 => invalid.clone().prop_map(|reason| OrderCommand::Reject { reason, comment: None }),
        3 => (proptest::option::of(any_lines()), proptest::option::of("[a-z]{0,5}")).prop_map(|(lines, note)| {
            let lines = lines.map(|lines| {
                lines
                    .into_iter()
                    .map(|(id, quantity)| LineRequest { product_id: ProductId::from_i64(id), quantity })
                    .collect()
            });
            OrderCommand::Amend(Amendment { lines, note, ..Amendment::default() })
        }),
        2 => Just(OrderCommand::Start),
        2 => Just(OrderCommand::Complete),
        1 => cancel.prop_map(|reason| OrderCommand::Cancel { reason, comment: None }),
        1 => invalid.prop_map(|reason| OrderCommand::Invalidate { reason, comment: None }),
        2 => Just(OrderCommand::Restore),
        2 => Just(OrderCommand::Delete { batch: None }),
        2 => Just(OrderCommand::Undelete { batch: None }),
        1 => Just(OrderCommand::Hide),
        1 => Just(OrderCommand::Show),
    ]
}

/// One order and the stock it draws on, driven by commands.
struct Shop {
    order: Option<Order>,
    history: Vec<Envelope<OrderEvent>>,
    products: Vec<Product>,
}

impl Shop {
    fn new() -> Self {
        Self { order: None, history: vec![], products: (10..14).map(|id| product(id, 6)).collect() }
    }

    fn run(&mut self, actor: &Actor, command: &OrderCommand) {
        let store = store();
        let decided = decide(self.order.as_ref(), &context(&store, &self.products), actor, command, NOW);
        let Ok(events) = decided else { return };
        let after = fold(self.order.clone(), &events, NOW);
        if let Some(after) = &after {
            for moved in stock_deltas(self.order.as_ref(), after) {
                let product = self
                    .products
                    .iter_mut()
                    .find(|product| product.id == moved.product_id)
                    .expect("a known product");
                product.on_hand += moved.on_hand;
                product.reserved += moved.reserved;
            }
        }
        self.history.extend(events);
        self.order = after;
    }
}

proptest! {
    #[test]
    fn every_listed_action_succeeds_and_no_other(
        runs in proptest::collection::vec((any_actor(), any_command()), 1..25),
        caller in any_actor(),
    ) {
        let mut shop = Shop::new();
        for (actor, command) in &runs {
            shop.run(actor, command);
            let Some(order) = &shop.order else { continue };
            let order = &Order { customer_id: Some(CUSTOMER), ..order.clone() };
            let store = store();
            let context = context(&store, &shop.products);
            let offers: BTreeMap<&str, _> = actions(order, &context, &caller, NOW)
                .into_iter()
                .map(|offer| (<&str>::from(offer.action), offer))
                .collect();
            for action in Action::iter() {
                let tried = decide(Some(order), &context, &caller, &action.probe(), NOW);
                let offer = offers.get(<&str>::from(action));
                let allowed = offer.is_some_and(|offer| offer.allowed);
                let does_something = action == Action::Amend || tried.as_ref().is_ok_and(|events| !events.is_empty());
                prop_assert_eq!(allowed, tried.is_ok() && does_something, "{:?}: {:?}", action, tried);
                prop_assert!(allowed || offer.is_none_or(|offer| offer.blocked_by.is_some()));
            }
        }
    }

    #[test]
    fn the_row_is_the_fold_of_its_history(runs in proptest::collection::vec((any_actor(), any_command()), 1..25)) {
        let mut shop = Shop::new();
        for (actor, command) in &runs {
            shop.run(actor, command);
        }
        // Events are kept as text: the fold must be the same after a trip through it.
        let reread: Vec<Envelope<OrderEvent>> = shop.history.iter().map(|envelope| {
            let text = serde_json::to_string(&envelope.event).expect("an event as text");
            Envelope { event: serde_json::from_str(&text).expect("the same event"), ..envelope.clone() }
        }).collect();
        prop_assert_eq!(fold(None, &reread, NOW), shop.order.clone());
        if let Some(order) = shop.order {
            prop_assert_eq!(order.version, i64::try_from(reread.len()).expect("a short history"));
            prop_assert_eq!(Totals::of(&order.lines, order.totals.shipping_total), Some(order.totals));
        }
    }

    #[test]
    fn stock_is_never_promised_twice_and_never_lost(runs in proptest::collection::vec((any_actor(), any_command()), 1..40)) {
        let mut shop = Shop::new();
        for (actor, command) in &runs {
            shop.run(actor, command);
            for product in &shop.products {
                prop_assert!(product.reserved >= 0 && product.on_hand >= product.reserved, "{:?}", product);
                let open = shop.order.as_ref().filter(|order| order.status.is_open());
                let promised: i64 = open.map_or(0, |order| order.lines.iter()
                    .filter(|line| line.product_id == product.id).map(|line| i64::from(line.quantity)).sum());
                prop_assert_eq!(product.reserved, promised);
            }
        }
    }

    #[test]
    fn repeating_a_command_writes_nothing(runs in proptest::collection::vec((any_actor(), any_command()), 1..25)) {
        let mut shop = Shop::new();
        for (actor, command) in &runs {
            let before = shop.order.clone();
            shop.run(actor, command);
            if shop.order == before || matches!(command, OrderCommand::Place(_) | OrderCommand::Restore) {
                continue;
            }
            let store = store();
            let again = decide(shop.order.as_ref(), &context(&store, &shop.products), actor, command, NOW);
            prop_assert_eq!(again, Ok(vec![]), "{:?}", command);
        }
    }
}

#[test]
fn a_gap_in_the_history_is_an_inconsistency() {
    let store = store();
    let products = [product(10, 5)];
    let order = common::after(&staff(Role::Owner), &context(&store, &products), &[place(&[(10, 1)])]);
    let stamp = ordervault_domain::aggregate::Stamp { seq: 3, recorded_at: NOW, occurred_at: NOW };
    let event = Envelope::of(OrderEvent::Confirmed { due_at: None });
    let error = Order::apply(Some(order), OrderId::from_i64(7).get(), &event, stamp).expect_err("a gap");
    assert_eq!(error.seq, 3);
}
