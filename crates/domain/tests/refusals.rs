//! Every refusal has a case that meets it. Whoever adds one is asked by the compiler for its case.
#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use common::{
    CUSTOMER, NOW, after, batch, context, member, place, placement, product, samples, staff, store,
};
use ordervault_domain::access::{Actor, Role};
use ordervault_domain::batch::ItemOutcome;
use ordervault_domain::contact::Contact;
use ordervault_domain::id::ProductId;
use ordervault_domain::member::{self, MemberCommand, MemberCommandKind};
use ordervault_domain::money::{Amount, MAX_TOTAL_MINOR_UNITS};
use ordervault_domain::order::{self, Order, OrderCommand, OrderCommandKind, Place};
use ordervault_domain::product::{self, Product, ProductCommand};
use ordervault_domain::refusal::{Refusal, Rule};
use ordervault_domain::store::{self, Store, StoreCommand, StoreEdit};
use strum::IntoEnumIterator;

/// What refuses, if a decision of the domain does.
fn met(rule: Rule) -> Option<Refusal> {
    let (store, products) = (store(), [product(10, 5)]);
    let on_order = |order: Option<&Order>, actor: Actor, command: OrderCommand| {
        order::decide(order, &context(&store, &products), &actor, &command, NOW).err()
    };
    let sample = |kind| samples().order(kind);
    let placed = || after(&Actor::Operator, &context(&store, &products), &[place(&[(10, 1)])]);
    match rule {
        Rule::NotFound => on_order(None, Actor::Operator, sample(OrderCommandKind::Confirm)),
        Rule::Forbidden => on_order(None, staff(Role::Auditor), sample(OrderCommandKind::Place)),
        Rule::StateConflict => on_order(Some(&placed()), Actor::Operator, sample(OrderCommandKind::Complete)),
        Rule::CutOffPassed => {
            let late = Order { customer_id: Some(CUSTOMER), change_until: Some(NOW), ..placed() };
            on_order(Some(&late), Actor::Customer(CUSTOMER), sample(OrderCommandKind::Cancel))
        }
        Rule::InsufficientStock => on_order(None, Actor::Guest(None), place(&[(10, 6)])),
        Rule::UnknownProduct => on_order(None, Actor::Guest(None), place(&[(99, 1)])),
        Rule::LooksLike => {
            let earlier = placed();
            let mut context = context(&store, &products);
            context.possible_duplicates = vec![&earlier];
            order::decide(None, &context, &Actor::Operator, &place(&[(10, 1)]), NOW).err()
        }
        Rule::UnknownStore => {
            let closed = Store { active: false, ..store.clone() };
            let context = context(&closed, &products);
            order::decide(None, &context, &Actor::Operator, &place(&[(10, 1)]), NOW).err()
        }
        Rule::Invalid => {
            let unreachable = Place { contact: Contact::default(), ..placement(&[(10, 1)]) };
            on_order(None, Actor::Guest(None), OrderCommand::Place(unreachable))
        }
        Rule::AmountOutOfRange => {
            let dear = [Product { price: Amount::new(MAX_TOTAL_MINOR_UNITS), ..product(10, 5) }];
            let context = context(&store, &dear);
            order::decide(None, &context, &Actor::Operator, &place(&[(10, 2)]), NOW).err()
        }
        Rule::Duplicate => on_order(Some(&placed()), Actor::Operator, place(&[(10, 1)])),
        Rule::StockBelowReserved => {
            let promised = Product { reserved: 5, id: ProductId::from_i64(10), ..product(10, 5) };
            let take = ProductCommand::AdjustStock { delta: -1, comment: None };
            product::decide(Some(&promised), &product::DecisionContext::default(), &Actor::Operator, &take)
                .err()
        }
        Rule::LastOwner => on_member(Actor::Operator, MemberCommand::Deactivate),
        Rule::OwnAccount => on_member(staff(Role::Owner), MemberCommand::ResetPassword),
        Rule::BeyondOwnRights => on_member(staff(Role::Manager), samples().member(MemberCommandKind::Edit)),
        Rule::CurrencyFixed => {
            let euro = StoreEdit { currency: "EUR".parse().ok(), ..StoreEdit::default() };
            store::decide(Some(&store), true, &Actor::Operator, &StoreCommand::Edit(euro)).err()
        }
        Rule::BatchCompleted => batch(1).settled(ItemOutcome::Succeeded, NOW).cancelled(NOW).err(),
        // What only the writer knows: versions, accounts and passwords. Its own tests meet these.
        Rule::VersionConflict | Rule::Inactive | Rule::InvalidCredentials => None,
    }
}

/// On the only owner.
fn on_member(actor: Actor, command: MemberCommand) -> Option<Refusal> {
    let context = member::DecisionContext { email_taken: false, active_owners: 1 };
    member::decide(Some(&member(Role::Owner)), context, &actor, &command).err()
}

#[test]
fn every_refusal_is_met() {
    for rule in Rule::iter() {
        let is_the_writers =
            matches!(rule, Rule::VersionConflict | Rule::Inactive | Rule::InvalidCredentials);
        let refusal = met(rule);
        assert_eq!(refusal.is_none(), is_the_writers, "{rule:?}");
        if let Some(refusal) = refusal {
            assert_eq!(Rule::from(&refusal), rule, "{refusal:?}");
        }
    }
}
