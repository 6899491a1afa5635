//! The policy as two committed tables: a change of it is a diff.

mod common;

use std::fmt::Write;

use common::{CUSTOMER, NOW, after, assert_committed, context, fold, place, product, samples, staff, store};
use ordervault_domain::access::{Actor, Permission, Role};
use ordervault_domain::order::{
    CancelReason, InvalidReason, Order, OrderCommand, OrderCommandKind, Status, decide,
};
use strum::IntoEnumIterator;

/// An order in each status, brought there by commands.
fn orders() -> Vec<Option<Order>> {
    let store = store();
    let products = [product(10, 5)];
    let context = context(&store, &products);
    let owner = staff(Role::Owner);
    let road: &[(Status, &[OrderCommand])] = &[
        (Status::PendingReview, &[]),
        (Status::Confirmed, &[OrderCommand::Confirm]),
        (Status::Processing, &[OrderCommand::Confirm, OrderCommand::Start]),
        (Status::Completed, &[OrderCommand::Confirm, OrderCommand::Start, OrderCommand::Complete]),
        (Status::Cancelled, &[OrderCommand::Cancel { reason: CancelReason::Customer, comment: None }]),
        (Status::Invalid, &[OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None }]),
    ];
    let invalidate = OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None };
    let deleted =
        after(&owner, &context, &[place(&[(10, 1)]), invalidate, OrderCommand::Delete { batch: None }]);
    let deleted = Some(Order { customer_id: Some(CUSTOMER), ..deleted });
    let reached = road.iter().map(|(status, commands)| {
        let mut all = vec![place(&[(10, 1)])];
        all.extend(commands.iter().cloned());
        let order = after(&owner, &context, &all);
        assert_eq!(order.status(), *status);
        Some(Order { customer_id: Some(CUSTOMER), ..order })
    });
    std::iter::once(None).chain(reached).chain([deleted]).collect()
}

/// The status, or the trash.
fn state(order: &Order) -> &'static str {
    if order.is_deleted() { "deleted" } else { order.status().into() }
}

#[test]
fn state_by_command() {
    let store = store();
    let products = [product(10, 5)];
    let context = context(&store, &products);
    let mut table = String::from("What each command does in each state: the next state, or the refusal.\n");
    for (who, actor) in
        [("the operator", Actor::Operator), ("the order's customer", Actor::Customer(CUSTOMER))]
    {
        write!(table, "\nasked by {who}\n{:18}", "").expect("writing to a string");
        let orders = orders();
        for order in &orders {
            write!(table, "{:16}", order.as_ref().map_or("–", state)).expect("writing to a string");
        }
        for kind in OrderCommandKind::iter() {
            let command = samples().order(kind);
            let name = kind.to_string();
            write!(table, "\n{name:18}").expect("writing to a string");
            for order in &orders {
                let cell: &str = match decide(order.as_ref(), &context, &actor, &command, NOW) {
                    Ok(events) if events.is_empty() => "=",
                    Ok(events) => state(&fold(order.clone(), &events, NOW).expect("an order")),
                    Err(refusal) => (&refusal).into(),
                };
                write!(table, "{cell:16}").expect("writing to a string");
            }
        }
        table.push('\n');
    }
    let tidy: Vec<&str> = table.lines().map(str::trim_end).collect();
    assert_committed("state_by_command.txt", &(tidy.join("\n") + "\n"));
}

#[test]
fn role_by_permission() {
    let mut table = String::from("What each role may do.\n\n");
    write!(table, "{:26}", "").expect("writing to a string");
    for role in Role::iter() {
        write!(table, "{role:11}").expect("writing to a string");
    }
    for permission in Permission::iter() {
        let name = permission.to_string();
        write!(table, "\n{name:26}").expect("writing to a string");
        for role in Role::iter() {
            let tick = if role.permissions().contains(&permission) { "✔" } else { "–" };
            write!(table, "{tick:11}").expect("writing to a string");
        }
    }
    let tidy: Vec<&str> = table.lines().map(str::trim_end).collect();
    assert_committed("role_by_permission.txt", &(tidy.join("\n") + "\n"));
}
