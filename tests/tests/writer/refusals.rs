//! Whatever is refused changes nothing: the whole database is the same before and after.

use std::collections::BTreeSet;
use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::id::{BatchId, CustomerId, MemberId, OrderId, ProductId, SessionId, StoreId};
use ordervault_domain::member::{self, Member};
use ordervault_domain::money::{Amount, Money};
use ordervault_domain::order::{
    AmendedLine, Amendment, CancelReason, Import, ImportedLine, ImportedStep, InvalidReason, LineRequest,
    MAX_BUYER_VERSION, MAX_LINES, Order, OrderCommand, OrderCommandKind, Place, Status,
};
use ordervault_domain::product::{self, Product};
use ordervault_domain::refusal::{Refusal, Rule};
use ordervault_domain::store::{self, Policy, Store};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::Realm;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{
    ActorRef, BatchOperation, Effect, Operation, SessionOperation, WriteError,
};
use ordervault_tests::dump::{differences, dump};
use ordervault_tests::queue::*;
use ordervault_tests::samples::Samples;
use ordervault_tests::shop::{Shop, contact, place, submission};
use strum::IntoEnumIterator;

use crate::priced::Priced;

use crate::goods::Goods;

ordervault_tests::twin_tests!(a_refusal_changes_nothing, nobody_has_no_rights);

/// What whoever is not known yet may do to an account: the API asks for a code before some of it.
const OPEN_TO_NOBODY: [customer::CustomerCommandKind; 3] = [
    customer::CustomerCommandKind::Register,
    customer::CustomerCommandKind::ResetPassword,
    customer::CustomerCommandKind::VerifyEmail,
];

fn open(principal_id: i64) -> Operation {
    Operation::Session(SessionOperation::Open {
        realm: Realm::Customer,
        principal_id,
        idle_millis: 1_000,
        absolute_millis: 1_000,
        token_hash: Arc::new(|id: SessionId, generation| format!("{} {generation}", id.get())),
    })
}

fn amendment(order: &Order, note: &str) -> Operation {
    let amendment = Amendment { note: Some(note.to_owned()), ..Amendment::default() };
    on_order(order.id, None, OrderCommand::Amend(amendment))
}

async fn a_refusal_changes_nothing(db: Db) {
    let shop = Shop::open(&db).await;
    let fixture = Fixture::set(&shop).await;
    let shown: BTreeSet<&str> = fixture.refused().iter().map(|refused| refused.0).collect();
    assert_eq!(shown, Rule::iter().map(<&str>::from).collect(), "every rule says no to something");
    let before = dump(&db).await;
    for (code, actor, operations) in fixture.refused() {
        let told = format!("{actor:?} {operations:?}");
        let outcome = shop.writer.submit(keyed(submission(actor, operations), &told, "x")).await;
        match outcome {
            Err(WriteError::Refused { refusal, .. }) => assert_eq!(<&str>::from(&refusal), code, "{told}"),
            other => panic!("{told}: {other:?}"),
        }
        assert_eq!(differences(&before, &dump(&db).await), [""; 0], "{told}");
    }
    // All at once, with somebody between them who may.
    let mut items: Vec<_> =
        fixture.refused().into_iter().map(|(_, actor, operations)| submission(actor, operations)).collect();
    let good = submission(actor(&fixture.customer), vec![place(fixture.store.id, &[(&fixture.tea, 1)])]);
    items.insert(items.len() / 2, good);
    let outcomes = together(&shop.writer, items).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let after = dump(&db).await;
    assert_eq!(after["orders"].len(), before["orders"].len() + 1);
    assert_eq!(after["history"].len(), before["history"].len() + 1);
    shop.close().await;
}

/// Whoever is not known yet may open an account; every other command of theirs is refused, on what there is and on what is
/// to be made.
async fn nobody_has_no_rights(db: Db) {
    let shop = Shop::open(&db).await;
    let fixture = Fixture::set(&shop).await;
    let before = dump(&db).await;
    for operation in fixture.every_command() {
        let told = format!("{operation:?}");
        match shop.submit(ActorRef::Anonymous, vec![operation]).await {
            Err(WriteError::Refused { refusal: Refusal::Forbidden(_), order: None }) => {}
            // What is the owner's of an account, nobody else learns of.
            Err(WriteError::Refused { refusal: Refusal::NotFound, order: None })
                if ["ChangePassword", "CustomerEdit", "Deletion"].iter().any(|own| told.contains(own)) => {}
            other => panic!("{told}: {other:?}"),
        }
    }
    assert_eq!(differences(&before, &dump(&db).await), [""; 0]);
    shop.close().await;
}

/// A batch of one order, which has had its turn.
async fn completed_batch(shop: &Shop, maker: &Member, order: &Order) -> BatchId {
    let items = Arc::new([(order.id, None)]);
    let open = BatchOperation::Open {
        action: batch_action(OrderCommandKind::Confirm),
        undoes: None,
        stores: StoreScope::All,
        items,
    };
    let opened = shop.act(ActorRef::Member(maker.id), Operation::Batch(open)).await;
    let Effect::Batch(batch) = opened else { panic!("{opened:?}") };
    let run = BatchOperation::Run { id: batch.id, order_id: order.id };
    shop.act(ActorRef::System, Operation::Batch(run)).await;
    batch.id
}

/// People and things in every position from which something is refused.
struct Fixture {
    store: Arc<Store>,
    other_store: Arc<Store>,
    closed: Arc<Store>,
    tea: Arc<Product>,
    retired: Arc<Product>,
    elsewhere: Arc<Product>,
    customer: Arc<Customer>,
    stranger: Arc<Customer>,
    shut: Arc<Customer>,
    erased: Arc<Customer>,
    owner: Arc<Member>,
    manager: Arc<Member>,
    clerk: Arc<Member>,
    gone: Arc<Member>,
    pending: Arc<Order>,
    late: Arc<Order>,
    completed: Arc<Order>,
    invalid: Arc<Order>,
    /// Changed as often as a buyer may, and once more would be too often.
    worn: Arc<Order>,
    /// One unit costs all that an order can.
    dear: Arc<Product>,
    /// Of a store that asks about orders that look alike; the customer has just ordered one unit.
    asked: Arc<Product>,
    /// Every order of it has had its turn.
    batch: BatchId,
    priced: Priced,
    /// Orders with parcels.
    goods: Goods,
}

impl Fixture {
    async fn set(shop: &Shop) -> Self {
        let operator = ActorRef::Operator;
        let store = shop.store().await;
        let other_store = shop.store().await;
        let closed = shop.store().await;
        let (tea, retired) = (shop.product(&store, 11).await, shop.product(&store, 10).await);
        let elsewhere = shop.product(&other_store, 10).await;
        let (customer, stranger) = (shop.customer().await, shop.customer().await);
        let (shut, erased) = shop.shut_and_erased().await;
        let owner = shop.member(Role::Owner, StoreScope::All).await;
        let clerk = shop.member(Role::Clerk, StoreScope::Only([store.id].into())).await;
        let manager = shop.member(Role::Manager, StoreScope::All).await;
        let gone = shop.member(Role::Manager, StoreScope::All).await;
        shop.act(operator, on_member(gone.id, member::MemberCommand::Deactivate)).await;
        let late = shop.place(&customer, &store, &[(&tea, 1)]).await;
        let window = store::StoreEdit { change_window_minutes: Some(Some(5)), ..store::StoreEdit::default() };
        shop.act(operator, on_store(store.id, store::StoreCommand::Edit(window))).await;
        let timed = shop.place(&customer, &store, &[(&tea, 1)]).await;
        let pending = shop.place(&customer, &store, &[(&tea, 8), (&retired, 1)]).await;
        let invalid = shop.place(&customer, &other_store, &[(&elsewhere, 10)]).await;
        let invalidate = OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None };
        shop.change(operator, &invalid, invalidate).await;
        let worn = shop.place(&customer, &other_store, &[(&elsewhere, 1)]).await;
        let amended = (1..MAX_BUYER_VERSION).map(|number| amendment(&worn, &format!("the {number}th note")));
        shop.submit(operator, amended.collect()).await.expect("amended");
        for command in [OrderCommand::Confirm, OrderCommand::Start, OrderCommand::Complete] {
            shop.change(operator, &late, command).await;
        }
        shop.act(operator, on_store(closed.id, store::StoreCommand::Deactivate)).await;
        shop.act(operator, on_product(retired.id, product::ProductCommand::Deactivate)).await;
        shop.clock.advance(10 * 60 * 1_000);
        let asking = Policy { duplicate_window_minutes: Some(10), ..Policy::default() };
        let asking = shop.store_with(asking).await;
        let asked = shop.product(&asking, 10).await;
        shop.place(&customer, &asking, &[(&asked, 1)]).await;
        let dear = shop.product(&store, 10).await;
        let price = Some(Amount::new(1_000_000_000_000));
        let edit = product::ProductEdit { price, ..product::ProductEdit::default() };
        shop.act(operator, on_product(dear.id, product::ProductCommand::Edit(edit))).await;
        let batch = completed_batch(shop, &owner, &invalid).await;
        let priced = Priced::set(shop, &customer).await;
        Self {
            priced,
            dear,
            asked,
            batch,
            goods: Goods::set(shop, &store, &customer).await,
            store,
            other_store,
            closed,
            tea,
            retired,
            elsewhere,
            customer,
            stranger,
            shut,
            erased,
            owner,
            manager,
            clerk,
            gone,
            pending,
            late: timed,
            completed: late,
            invalid,
            worn,
        }
    }

    /// Code, actor, acts.
    fn refused(&self) -> Vec<(&'static str, ActorRef, Vec<Operation>)> {
        let mut refused = self.refused_orders();
        refused.extend(self.refused_catalogue());
        refused.extend(self.refused_customers());
        refused.extend(self.refused_people());
        refused.extend(self.refused_rest());
        refused.extend(self.priced.refused());
        refused.extend(self.goods.refused());
        refused
            .into_iter()
            .map(|(code, actor, act)| (code, actor, vec![act]))
            .chain(self.refused_lists())
            .collect()
    }

    /// Several acts, of which a later one is refused.
    fn refused_lists(&self) -> Vec<(&'static str, ActorRef, Vec<Operation>)> {
        let operator = ActorRef::Operator;
        vec![
            (
                "insufficient-stock",
                operator,
                vec![
                    on_order(self.pending.id, Some(1), cancel(CancelReason::Staff)),
                    place(self.store.id, &[(&self.tea, 10)]),
                ],
            ),
            (
                "version-conflict",
                operator,
                vec![
                    on_order(self.pending.id, Some(1), OrderCommand::Confirm),
                    on_order(self.pending.id, Some(1), OrderCommand::Start),
                ],
            ),
            (
                "last-owner",
                operator,
                vec![
                    on_store(self.store.id, store::StoreCommand::Deactivate),
                    on_member(self.owner.id, member::MemberCommand::Deactivate),
                ],
            ),
            (
                "not-found",
                operator,
                vec![
                    open(self.customer.id.get()),
                    on_order(OrderId::from_i64(1), None, OrderCommand::Confirm),
                ],
            ),
        ]
    }

    fn refused_orders(&self) -> Vec<(&'static str, ActorRef, Operation)> {
        let operator = ActorRef::Operator;
        let (customer, stranger) = (actor(&self.customer), actor(&self.stranger));
        let clerk = ActorRef::Member(self.clerk.id);
        let buy = |store: &Store, product: &Product, quantity| place(store.id, &[(product, quantity)]);
        let with = |change: &dyn Fn(&mut Place)| {
            let mut act = buy(&self.store, &self.tea, 1);
            if let Operation::Order { command: OrderCommand::Place(place), .. } = &mut act {
                change(place);
            }
            act
        };
        let unknown = ProductId::from_i64(3);
        let amend = |lines: Vec<LineRequest>| {
            let lines = Some(lines.into_iter().map(Into::into).collect());
            OrderCommand::Amend(Amendment { lines, ..Amendment::default() })
        };
        let eleven = vec![LineRequest { product_id: self.tea.id, quantity: 11 }];
        let invalidate = OrderCommand::Invalidate { reason: InvalidReason::Test, comment: None };
        vec![
            ("insufficient-stock", customer, buy(&self.store, &self.tea, 11)),
            ("unknown-product", customer, buy(&self.store, &self.elsewhere, 1)),
            ("unknown-product", customer, buy(&self.store, &self.retired, 1)),
            ("unknown-product", customer, with(&|place| place.lines[0].product_id = unknown)),
            ("unknown-store", customer, buy(&self.closed, &self.tea, 1)),
            ("unknown-store", customer, with(&|place| place.store_id = StoreId::from_i64(3))),
            ("unknown-store", clerk, buy(&self.other_store, &self.elsewhere, 1)),
            ("no-lines", customer, with(&|place| place.lines.clear())),
            ("too-many-lines", customer, with(&|place| place.lines = vec![place.lines[0]; MAX_LINES + 1])),
            ("quantity-out-of-range", customer, with(&|place| place.lines[0].quantity = 0)),
            ("name-missing", customer, with(&|place| place.contact = Contact::default())),
            (
                "unreachable",
                customer,
                with(&|place| (place.contact.phone, place.contact.email) = (None, None)),
            ),
            ("unknown-customer", operator, with(&|place| place.customer_id = Some(CustomerId::from_i64(3)))),
            ("inactive", ActorRef::Customer(CustomerId::from_i64(3)), buy(&self.store, &self.tea, 1)),
            (
                "inactive",
                ActorRef::Member(MemberId::from_i64(3)),
                on_order(self.pending.id, None, OrderCommand::Confirm),
            ),
            (
                "inactive",
                ActorRef::Member(self.gone.id),
                on_order(self.pending.id, None, OrderCommand::Confirm),
            ),
            ("not-found", operator, on_order(OrderId::from_i64(3), None, OrderCommand::Confirm)),
            ("not-found", stranger, on_order(self.pending.id, None, cancel(CancelReason::Customer))),
            ("not-found", clerk, on_order(self.invalid.id, None, cancel(CancelReason::Staff))),
            ("forbidden", customer, on_order(self.pending.id, None, OrderCommand::Confirm)),
            ("forbidden", clerk, on_order(self.pending.id, None, OrderCommand::Complete)),
            ("forbidden", ActorRef::Importer, on_order(self.pending.id, None, OrderCommand::Confirm)),
            ("forbidden", customer, import(&self.store, &self.tea)),
            ("unknown-product", ActorRef::Importer, import(&self.store, &self.elsewhere)),
            ("version-conflict", operator, on_order(self.pending.id, Some(7), OrderCommand::Confirm)),
            ("state-conflict", operator, on_order(self.pending.id, None, OrderCommand::Complete)),
            ("state-conflict", operator, on_order(self.completed.id, None, cancel(CancelReason::Staff))),
            ("state-conflict", operator, on_order(self.completed.id, None, invalidate)),
            ("state-conflict", operator, on_order(self.pending.id, None, OrderCommand::Restore)),
            ("insufficient-stock", operator, on_order(self.invalid.id, None, OrderCommand::Restore)),
            ("insufficient-stock", operator, on_order(self.pending.id, Some(1), amend(eleven))),
            ("no-lines", operator, on_order(self.pending.id, None, amend(vec![]))),
            ("cut-off-passed", customer, on_order(self.late.id, None, cancel(CancelReason::Customer))),
            ("duplicate", operator, on_order(self.pending.id, None, OrderCommand::Place(self.place()))),
        ]
    }

    /// Rules that are asked of nothing else.
    fn refused_rest(&self) -> Vec<(&'static str, ActorRef, Operation)> {
        let customer = actor(&self.customer);
        let named = |no, product: &Product| AmendedLine { no: Some(no), product_id: product.id, quantity: 1 };
        let amend = |lines| {
            let amendment = Amendment { lines: Some(lines), ..Amendment::default() };
            on_order(self.pending.id, None, OrderCommand::Amend(amendment))
        };
        let expected_total = Some(Money { amount: Amount::new(1), currency: self.store.currency });
        let dearer = OrderCommand::Place(Place { expected_total, ..self.place() });
        let dearer = Operation::Order { id: None, expected_version: None, command: dearer };
        let link = OrderCommand::Link { customer_id: self.stranger.id, proof: None, comment: None };
        let seen = Operation::Seen { orders: vec![], up_to: Some(i64::MAX) };
        vec![
            (
                "not-sold",
                ActorRef::Operator,
                amend(vec![AmendedLine { quantity: 2, ..named(2, &self.retired) }]),
            ),
            ("price-changed", customer, dearer),
            ("in-another-account", ActorRef::Operator, on_order(self.pending.id, None, link)),
            ("too-many-changes", customer, amendment(&self.worn, "the last note")),
            ("unknown-line", ActorRef::Operator, amend(vec![named(3, &self.tea)])),
            ("line-of-another-product", ActorRef::Operator, amend(vec![named(1, &self.dear)])),
            ("line-named-twice", ActorRef::Operator, amend(vec![named(1, &self.tea), named(1, &self.tea)])),
            ("position-not-reached", ActorRef::Member(self.owner.id), seen),
            ("broken-history", ActorRef::Operator, Operation::ImportHistory(Arc::new([]))),
            ("possible-duplicate", customer, place(self.asked.store_id, &[(&self.asked, 1)])),
            ("amount-out-of-range", customer, place(self.store.id, &[(&self.dear, 2)])),
            (
                "batch-completed",
                ActorRef::Member(self.owner.id),
                Operation::Batch(BatchOperation::Cancel { id: self.batch }),
            ),
        ]
    }

    fn place(&self) -> Place {
        Place {
            shipping: None,
            payment: None,
            store_id: self.store.id,
            customer_id: None,
            lines: vec![LineRequest { product_id: self.tea.id, quantity: 1 }],
            contact: contact(1),
            note: String::new(),
            unlisted: false,
            not_duplicate_of: vec![],
            expected_total: None,
        }
    }

    fn refused_catalogue(&self) -> Vec<(&'static str, ActorRef, Operation)> {
        let operator = ActorRef::Operator;
        let clerk = ActorRef::Member(self.clerk.id);
        let edit = |change: &dyn Fn(&mut product::ProductEdit)| {
            let mut edit = product::ProductEdit::default();
            change(&mut edit);
            on_product(self.tea.id, product::ProductCommand::Edit(edit))
        };
        let create = |store_id, sku: &str, on_hand| {
            let new = product::NewProduct {
                tax_class: None,
                weight_grams: None,
                store_id,
                sku: sku.to_owned(),
                title: "x".into(),
                category: None,
                price: Amount::new(1),
                on_hand,
                external_reference: None,
            };
            Operation::Product {
                id: None,
                expected_version: None,
                command: product::ProductCommand::Create(new),
            }
        };
        let adjust =
            |delta| on_product(self.tea.id, product::ProductCommand::AdjustStock { delta, comment: None });
        let currency =
            store::StoreEdit { currency: Some("EUR".parse().expect("a currency")), ..Default::default() };
        let stale =
            |command| Operation::Store { id: Some(self.store.id), expected_version: Some(9), command };
        vec![
            ("duplicate", operator, create(self.store.id, &self.tea.sku, 1)),
            ("unknown-store", operator, create(StoreId::from_i64(3), "new", 1)),
            ("opening-stock-out-of-range", operator, create(self.store.id, "new", -1)),
            ("forbidden", clerk, create(self.store.id, "new", 1)),
            ("duplicate", operator, edit(&|edit| edit.sku = Some(self.retired.sku.clone()))),
            ("price-out-of-range", operator, edit(&|edit| edit.price = Some(Amount::new(-1)))),
            ("stock-below-reserved", operator, adjust(-9)),
            ("stock-above-limit", operator, adjust(i64::MAX)),
            ("not-found", operator, on_product(ProductId::from_i64(3), product::ProductCommand::Activate)),
            ("not-found", operator, on_store(StoreId::from_i64(3), store::StoreCommand::Activate)),
            (
                "currency-fixed",
                operator,
                on_store(self.store.id, store::StoreCommand::Edit(currency.clone())),
            ),
            ("version-conflict", operator, stale(store::StoreCommand::Edit(currency))),
            ("forbidden", clerk, on_store(self.store.id, store::StoreCommand::Deactivate)),
        ]
    }

    /// Every kind of command, each on something that is there and on something new, without those that make a customer.
    fn every_command(&self) -> Vec<Operation> {
        let samples = Samples {
            store_id: self.store.id,
            product_id: self.tea.id,
            customer_id: self.customer.id,
            currency: self.store.currency,
            time_zone: self.store.time_zone,
            contact: contact(1_234),
            now: Timestamp::from_millis(1_700_000_000_000),
        };
        let mut all = vec![];
        for is_there in [true, false] {
            all.extend(OrderCommandKind::iter().map(|kind| Operation::Order {
                id: is_there.then_some(self.pending.id),
                expected_version: None,
                command: samples.order(kind),
            }));
            all.extend(store::StoreCommandKind::iter().map(|kind| Operation::Store {
                id: is_there.then_some(self.store.id),
                expected_version: None,
                command: samples.store(kind),
            }));
            all.extend(product::ProductCommandKind::iter().map(|kind| Operation::Product {
                id: is_there.then_some(self.tea.id),
                expected_version: None,
                command: samples.product(kind),
            }));
            all.extend(member::MemberCommandKind::iter().map(|kind| Operation::Member {
                id: is_there.then_some(self.clerk.id),
                expected_version: None,
                command: samples.member(kind),
                password_hash: Some("x".into()),
            }));
            let of_customers =
                customer::CustomerCommandKind::iter().filter(|kind| !OPEN_TO_NOBODY.contains(kind));
            all.extend(of_customers.map(|kind| Operation::Customer {
                id: is_there.then_some(self.customer.id),
                expected_version: None,
                command: samples.customer(kind),
                password_hash: Some("x".into()),
            }));
        }
        all
    }

    fn refused_customers(&self) -> Vec<(&'static str, ActorRef, Operation)> {
        use customer::CustomerCommand as Command;
        let on = |command| on_customer(self.customer.id, command);
        let email = self.stranger.contact.email.clone();
        let edit = Command::Edit(customer::CustomerEdit { email, ..customer::CustomerEdit::default() });
        let leave = Command::RequestDeletion { despite_open_orders: false };
        let operator = ActorRef::Operator;
        vec![
            ("not-found", actor(&self.stranger), on(Command::ChangePassword)),
            ("duplicate", actor(&self.customer), on(edit)),
            ("forbidden", ActorRef::Member(self.clerk.id), on(Command::Activate)),
            ("account-deactivated", operator, on_customer(self.shut.id, Command::HandOutCode)),
            ("account-erased", operator, on_customer(self.erased.id, Command::Activate)),
            ("open-orders", actor(&self.customer), on(leave)),
        ]
    }

    fn refused_people(&self) -> Vec<(&'static str, ActorRef, Operation)> {
        let operator = ActorRef::Operator;
        let owner = ActorRef::Member(self.owner.id);
        let taken = customer::CustomerCommand::Register {
            contact: self.customer.contact.clone(),
            language: None,
            must_verify_email: false,
        };
        let create = |role, email_of: &Member| {
            let new = member::NewMember {
                contact: email_of.contact.clone(),
                roles: [role].into(),
                stores: StoreScope::All,
                must_change_password: true,
            };
            Operation::Member {
                id: None,
                expected_version: None,
                command: member::MemberCommand::Create(new),
                password_hash: None,
            }
        };
        let none = member::MemberEdit { roles: Some([].into()), ..member::MemberEdit::default() };
        let fewer = member::MemberEdit { roles: Some([Role::Clerk].into()), ..member::MemberEdit::default() };
        vec![
            (
                "duplicate",
                ActorRef::Anonymous,
                Operation::Customer {
                    id: None,
                    expected_version: None,
                    command: taken,
                    password_hash: Some("x".into()),
                },
            ),
            (
                "invalid-credentials",
                ActorRef::Anonymous,
                Operation::Verified {
                    realm: Realm::Customer,
                    principal_id: self.customer.id.get(),
                    password_hash: "another".into(),
                },
            ),
            (
                "beyond-own-rights",
                ActorRef::Member(self.manager.id),
                on_member(self.owner.id, member::MemberCommand::Deactivate),
            ),
            ("duplicate", operator, create(Role::Clerk, &self.clerk)),
            ("forbidden", ActorRef::Member(self.clerk.id), create(Role::Clerk, &self.clerk)),
            ("own-account", owner, on_member(self.owner.id, member::MemberCommand::Deactivate)),
            ("last-owner", operator, on_member(self.owner.id, member::MemberCommand::Deactivate)),
            ("last-owner", operator, on_member(self.owner.id, member::MemberCommand::Edit(fewer))),
            ("no-role", operator, on_member(self.clerk.id, member::MemberCommand::Edit(none))),
            ("not-found", owner, on_member(self.clerk.id, member::MemberCommand::ChangePassword)),
            ("not-found", operator, on_member(MemberId::from_i64(3), member::MemberCommand::Activate)),
        ]
    }
}

fn import(store: &Store, product: &Product) -> Operation {
    let at = Timestamp::from_millis(1_500_000_000_000);
    let import = Import {
        store_id: store.id,
        customer_id: None,
        external_reference: "x:1".into(),
        source_status: "delivered".into(),
        currency: store.currency,
        lines: vec![ImportedLine { product_id: product.id, quantity: 1, unit_price: Amount::new(1) }],
        shipping_total: Amount::ZERO,
        contact: contact(1),
        placed_at: at,
        steps: vec![ImportedStep { to: Status::Confirmed, at: None }],
    };
    let command = OrderCommand::Import(Box::new(import));
    Operation::Order { id: Some(OrderId::from_i64(12)), expected_version: None, command }
}
