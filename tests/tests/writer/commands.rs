//! Every kind of command takes the one way through the write queue (letter k of the write queue).

use std::collections::HashSet;
use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::aggregate::Aggregate;
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::id::{CustomerId, OrderId, SessionId};
use ordervault_domain::member::{self, Member};
use ordervault_domain::money::{Amount, Money};
use ordervault_domain::order::{
    Amendment, CancelReason, Carriage, InvalidReason, IssueRefund, LineRequest, LossSettlement, OrderCommand,
    OrderCommandKind, RefundReason, SettleRefund, Status, UnitsBack, WriteOff, WriteOffSide,
};
use ordervault_domain::parcel::{LineUnits, Parcel};
use ordervault_domain::product::{self, Product};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::{self, Policy, Store};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{
    ActorRef, Effect, MAX_SESSIONS_PER_PRINCIPAL, Operation, REUSE_GRACE_MILLIS, Receipt, SessionOperation,
    TokenHash,
};
use ordervault_persistence::{Realm, Session};
use ordervault_tests::dump::{Dump, differences, dump};
use ordervault_tests::queue::*;
use ordervault_tests::samples::{Samples, one_off, paid};
use ordervault_tests::shop::{Shop, contact, submission};
use strum::IntoEnumIterator;

ordervault_tests::twin_tests!(
    every_command_on_orders,
    every_command_on_stores_and_products,
    every_command_on_people,
    every_act_on_logins,
    a_used_token_ends_its_login,
    an_eleventh_login_ends_the_oldest,
    what_is_so_already_writes_nothing,
    a_key_stands_for_what_changed_nothing_too_and_for_no_refusal,
);

const HOUR_MILLIS: i64 = 60 * 60 * 1_000;

/// The state that an act answered with, which is the fold of what it wrote.
async fn folded_as_answered<A: Aggregate>(db: &Db, answered: &A) {
    assert_eq!(folded::<A>(db, answered.raw_id()).await, *answered);
}

/// What is done to an order of two units of tea, the status that it ends in, and the tea that is reserved then.
fn lives(pot: &Product, buyer: &Customer) -> [(Vec<OrderCommand>, Status, i64); 9] {
    let amendment = Amendment {
        lines: Some(vec![LineRequest { product_id: pot.id, quantity: 3 }.into()]),
        contact: Some(contact(77)),
        note: Some(String::new()),
        comment: Some("by phone".into()),
        expected_total: None,
    };
    let reason = InvalidReason::Test;
    let comment = Some("no such house".to_owned());
    let invalidate = OrderCommand::Invalidate { reason, comment: comment.clone() };
    let cancel_for_staff = OrderCommand::Cancel { reason: CancelReason::Staff, comment: comment.clone() };
    let reject = OrderCommand::Reject { reason, comment };
    let amend = OrderCommand::Amend(amendment);
    let (delete, undelete) = (OrderCommand::Delete { batch: None }, OrderCommand::Undelete { batch: None });
    let (confirm, start, complete) = (OrderCommand::Confirm, OrderCommand::Start, OrderCommand::Complete);
    let back = |kind: OrderCommandKind| kind.probe().expect("a way back");
    let (unconfirm, unstart) = (back(OrderCommandKind::Unconfirm), back(OrderCommandKind::Unstart));
    let (reopen, reinstate) = (back(OrderCommandKind::Reopen), back(OrderCommandKind::Reinstate));
    let link = OrderCommand::Link { customer_id: buyer.id, proof: None, comment: Some("called".into()) };
    let off = OrderCommand::Adjust(Box::new(one_off()));
    let on_again = OrderCommand::RemoveAdjustment { no: 1, comment: None };
    let (hide, show, restore) = (OrderCommand::Hide, OrderCommand::Show, OrderCommand::Restore);
    [
        (
            [vec![amend, confirm.clone(), start.clone(), complete.clone(), reopen, complete], money()]
                .concat(),
            Status::Completed,
            0,
        ),
        (vec![confirm.clone(), start, cancel_for_staff], Status::Cancelled, 0),
        (vec![off, on_again, reject, restore.clone()], Status::PendingReview, 2),
        (vec![confirm, invalidate.clone(), restore.clone()], Status::Confirmed, 4),
        (vec![cancel(CancelReason::Duplicate), invalidate.clone(), restore], Status::Cancelled, 4),
        (vec![hide, show, invalidate, delete, undelete], Status::Invalid, 4),
        (vec![cancel(CancelReason::Expired), reinstate], Status::PendingReview, 6),
        (vec![OrderCommand::Confirm, OrderCommand::Start, unstart, unconfirm], Status::PendingReview, 8),
        (vec![back(OrderCommandKind::Unlink), link], Status::PendingReview, 10),
    ]
}

/// A little is paid and paid back, and the rest of it let go of.
fn money() -> Vec<OrderCommand> {
    let little = Money { amount: Amount::new(1), currency: "TWD".parse().expect("a currency") };
    let (credit, reason) = (Some(little), RefundReason::Goodwill);
    vec![
        paid(little),
        OrderCommand::Refund(Box::new(IssueRefund {
            amount: little,
            credit,
            payment: None,
            reason,
            comment: None,
        })),
        OrderCommand::SettleRefund(SettleRefund { no: 1, succeeded: true, at: None, comment: None }),
        OrderCommand::WriteOff(WriteOff { side: WriteOffSide::Forgive, amount: little, comment: None }),
    ]
}

async fn every_command_on_orders(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let (tea, pot) = (shop.product(&store, 10).await, shop.product(&store, 10).await);
    let customer = shop.customer().await;
    let owner = ActorRef::Member(shop.member(Role::Owner, StoreScope::All).await.id);
    let lives = lives(&pot, &customer);
    for (commands, status, reserved) in &lives {
        let mut order = shop.place(&customer, &store, &[(&tea, 2)]).await;
        folded_as_answered(&db, &*order).await;
        for command in commands {
            shop.clock.advance(1_000);
            let item = on_order(order.id, Some(order.version), command.clone());
            let changed = order_of(shop.submit(owner, vec![item]).await);
            assert!(changed.version > order.version);
            folded_as_answered(&db, &*changed).await;
            order = changed;
        }
        assert_eq!(order.status(), *status);
        // The first one went with three pots instead.
        let stocks = (stock(&db, &tea).await, stock(&db, &pot).await);
        assert_eq!(stocks, ((10, *reserved), (7, 0)), "{commands:?}");
    }
    let late = deadlines_on_orders(&db, &shop).await;
    let imported = an_import(&db, &shop, &store, &tea).await;
    let goods = goods_on_orders(&db, &shop).await;
    let others = late.into_iter().chain([OrderCommandKind::Place, imported]).chain(goods);
    assert_all(lives.iter().flat_map(|life| &life.0).map(OrderCommandKind::from).chain(others));
    shop.close().await;
}

/// All kinds are among those that were shown.
#[track_caller]
fn assert_all<K: IntoEnumIterator + Eq + std::hash::Hash + std::fmt::Debug>(shown: impl Iterator<Item = K>) {
    let shown: HashSet<K> = shown.collect();
    let missing: Vec<K> = K::iter().filter(|kind| !shown.contains(kind)).collect();
    assert!(missing.is_empty(), "not shown: {missing:?}");
}

/// What the program itself does with an order that waits for too long, and is forgotten.
async fn deadlines_on_orders(db: &Db, shop: &Shop) -> [OrderCommandKind; 3] {
    let policy = Policy { review_minutes: Some(1), cancel_unconfirmed_minutes: Some(2), ..Policy::default() };
    let store = shop.store_with(policy).await;
    let tea = shop.product(&store, 1).await;
    let mut order = shop.place(&*shop.customer().await, &store, &[(&tea, 1)]).await;
    let commands =
        [OrderCommand::NoteBreach, OrderCommand::Expire, OrderCommand::Erase { retention_days: 0 }];
    for command in &commands {
        shop.clock.advance(61_000);
        let changed = shop.change(ActorRef::System, &order, command.clone()).await;
        assert_eq!(changed.version, order.version + 1);
        folded_as_answered(db, &*changed).await;
        order = changed;
    }
    assert_eq!((order.status(), stock(db, &tea).await), (Status::Cancelled, (1, 0)));
    commands.map(|command| OrderCommandKind::from(&command))
}

/// What is done so that goods leave the house, and with what does not.
async fn goods_on_orders(db: &Db, shop: &Shop) -> Vec<OrderCommandKind> {
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let of_first = |kind: OrderCommandKind| kind.probe_of(1).expect("a step");
    let of_second = |kind: OrderCommandKind| kind.probe_of(2).expect("a step");
    let units = |units| Some(vec![LineUnits { no: 1, units }]);
    let parcel = Parcel { tracking_number: "RR 1".parse().ok(), ..Parcel::default() };
    let carriage = Carriage { carrier: Some("cat".into()), parcels: Some(vec![parcel]) };
    let plan = |lines| OrderCommand::Plan { lines, comment: Some("in two parcels".into()) };
    let broken = vec![UnitsBack { no: 1, restocked: 2, broken: 1 }];
    let (reason, comment) = (CancelReason::Inventory, None);
    let commands = [
        OrderCommand::Confirm,
        OrderCommand::Start,
        OrderCommand::CancelLines { lines: units(1), reason, comment },
        plan(units(1)),
        of_first(OrderCommandKind::CancelFulfillment),
        plan(None),
        of_second(OrderCommandKind::Pick),
        of_second(OrderCommandKind::Pack),
        of_second(OrderCommandKind::Ship),
        OrderCommand::Track { no: 2, carriage },
        of_second(OrderCommandKind::Received),
        of_second(OrderCommandKind::CorrectDelivery),
        of_second(OrderCommandKind::Deliver),
        OrderCommand::Complete,
    ];
    let shipped = [
        OrderCommand::Confirm,
        OrderCommand::Start,
        plan(None),
        of_first(OrderCommandKind::Ship),
        of_first(OrderCommandKind::Fail),
        OrderCommand::TakeBack { no: 1, lines: Some(broken), comment: None },
        OrderCommand::SettleLoss { no: 1, by: LossSettlement::Reship, lines: None, comment: None },
        plan(units(1)),
        of_second(OrderCommandKind::Ship),
        of_second(OrderCommandKind::Deliver),
    ];
    for life in [commands.as_slice(), &shipped] {
        let mut order = shop.place(&customer, &store, &[(&tea, 3)]).await;
        for command in life {
            let actor = match command {
                OrderCommand::Received { .. } => ActorRef::Customer(customer.id),
                _ => ActorRef::Operator,
            };
            shop.clock.advance(1_000);
            let changed = shop.change(actor, &order, command.clone()).await;
            assert_eq!(changed.version, order.version + 1, "{command:?}");
            folded_as_answered(db, &*changed).await;
            order = changed;
        }
    }
    // Two of the first have left; of the second one is broken, one has arrived, and two are still promised.
    assert_eq!(stock(db, &tea).await, (6, 2));
    commands.iter().chain(&shipped).map(OrderCommandKind::from).collect()
}

async fn an_import(db: &Db, shop: &Shop, store: &Store, product: &Product) -> OrderCommandKind {
    let kind = OrderCommandKind::Import;
    let id = Some(OrderId::from_i64(12));
    let act =
        Operation::Order { id, expected_version: None, command: samples(shop, store, product).order(kind) };
    let Effect::Order(order) = shop.act(ActorRef::Importer, act).await else { panic!("an order") };
    folded_as_answered(db, &*order).await;
    kind
}

fn samples(shop: &Shop, store: &Store, product: &Product) -> Samples {
    Samples {
        store_id: store.id,
        product_id: product.id,
        customer_id: CustomerId::from_i64(2),
        currency: store.currency,
        time_zone: store.time_zone,
        contact: contact(1_234),
        now: shop.clock.now(),
    }
}

async fn every_command_on_stores_and_products(db: Db) {
    let shop = Shop::open(&db).await;
    let mut store = shop.store().await;
    let edit = store::StoreEdit {
        name: Some("茶館".into()),
        currency: Some("JPY".parse().expect("a currency")),
        time_zone: Some("Asia/Tokyo".parse().expect("a zone")),
        country: "JP".parse().ok(),
        change_window_minutes: Some(Some(30)),
        ..store::StoreEdit::default()
    };
    let commands =
        [store::StoreCommand::Edit(edit), store::StoreCommand::Deactivate, store::StoreCommand::Activate];
    let shown = commands.iter().map(store::StoreCommandKind::from);
    assert_all(shown.chain([store::StoreCommandKind::Create]));
    for command in commands {
        let act = Operation::Store { id: Some(store.id), expected_version: Some(store.version), command };
        let Effect::Store(changed) = shop.act(ActorRef::Operator, act).await else { panic!("a store") };
        assert_eq!(changed.version, store.version + 1);
        folded_as_answered::<Store>(&db, &changed).await;
        store = changed;
    }
    let mut tea = shop.product(&store, 10).await;
    let edit = product::ProductEdit {
        sku: Some("T-1".into()),
        title: Some("Oolong 烏龍茶".into()),
        category: Some(None),
        price: Some(Amount::new(0)),
        tax_class: Some("standard".parse().ok()),
        weight_grams: Some(Some(180)),
    };
    let comment = Some("counted".to_owned());
    let commands = [
        product::ProductCommand::Edit(edit),
        product::ProductCommand::AdjustStock { delta: -10, comment: comment.clone() },
        product::ProductCommand::AdjustStock { delta: 25, comment },
        product::ProductCommand::Deactivate,
        product::ProductCommand::Activate,
    ];
    let shown = commands.iter().map(product::ProductCommandKind::from);
    assert_all(shown.chain([product::ProductCommandKind::Create]));
    for command in commands {
        let act = Operation::Product { id: Some(tea.id), expected_version: Some(tea.version), command };
        let Effect::Product(changed) = shop.act(ActorRef::Operator, act).await else { panic!("a product") };
        assert_eq!(changed.version, tea.version + 1);
        folded_as_answered::<Product>(&db, &changed).await;
        tea = changed;
    }
    assert_eq!((tea.on_hand, tea.active, tea.category.clone()), (25, true, None));
    assert_eq!(stock(&db, &tea).await, (25, 0));
    shop.close().await;
}

#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn every_command_on_people(db: Db) {
    let shop = Shop::open(&db).await;
    let hash_of = async |id: i64| {
        let rows = &dump(&db).await["credentials"];
        let row = rows.iter().find(|row| row.int("principal_id") == Some(id));
        row.and_then(|row| row.text("password_hash")).map(str::to_owned)
    };
    let customer = shop.customer().await;
    folded_as_answered::<Customer>(&db, &customer).await;
    let change = |actor, id: CustomerId, hash: &str| {
        let command = customer::CustomerCommand::ChangePassword;
        submission(
            actor,
            vec![Operation::Customer {
                id: Some(id),
                expected_version: None,
                command,
                password_hash: Some(hash.to_owned()),
            }],
        )
    };
    // Of two in a group the last one counts.
    let me = actor(&customer);
    let changes = vec![change(me, customer.id, "second"), change(me, customer.id, "third")];
    for outcome in together(&shop.writer, changes).await {
        assert!(matches!(done(outcome), Effect::Customer(_)));
    }
    assert_eq!(hash_of(customer.id.get()).await.as_deref(), Some("third"));
    let rehash = Operation::Rehash { principal_id: customer.id.get(), password_hash: "stronger".into() };
    assert_eq!(shop.act(ActorRef::System, rehash).await, Effect::Rehashed);
    assert_eq!(hash_of(customer.id.get()).await.as_deref(), Some("stronger"));
    let import = customer::CustomerCommand::Import { external_reference: "olist:c1".into() };
    let imported = Operation::Customer {
        id: Some(CustomerId::from_i64(9)),
        expected_version: None,
        command: import,
        password_hash: None,
    };
    let Effect::Customer(imported) = shop.act(ActorRef::Importer, imported).await else {
        panic!("a customer")
    };
    folded_as_answered::<Customer>(&db, &imported).await;
    assert_eq!(hash_of(9).await, None);
    let edit = customer::CustomerEdit { phone: Some(None), ..customer::CustomerEdit::default() };
    let off = customer::CustomerCommand::Deactivate {
        reason: customer::DeactivationReason::Stolen,
        comment: Some("called".into()),
    };
    for (by, command) in [
        (me, customer::CustomerCommand::Edit(edit)),
        (ActorRef::Operator, off),
        (ActorRef::Operator, customer::CustomerCommand::Activate),
        (ActorRef::Operator, customer::CustomerCommand::HandOutCode),
        (ActorRef::Anonymous, customer::CustomerCommand::VerifyEmail),
        (me, customer::CustomerCommand::RequestDeletion { despite_open_orders: false }),
        (me, customer::CustomerCommand::TakeBackDeletion),
    ] {
        let Effect::Customer(customer) = shop.act(by, on_customer(customer.id, command)).await else {
            panic!("a customer")
        };
        folded_as_answered::<Customer>(&db, &customer).await;
    }
    let reset = Operation::Customer {
        id: Some(customer.id),
        expected_version: None,
        command: customer::CustomerCommand::ResetPassword { by_mail: false },
        password_hash: Some("reset".into()),
    };
    let Effect::Customer(reset) = shop.act(ActorRef::Anonymous, reset).await else { panic!("a customer") };
    folded_as_answered::<Customer>(&db, &reset).await;
    assert_eq!(hash_of(customer.id.get()).await.as_deref(), Some("reset"));
    let erase = on_customer(customer.id, customer::CustomerCommand::Erase);
    let Effect::Customer(erased) = shop.act(ActorRef::Operator, erase).await else { panic!("a customer") };
    folded_as_answered::<Customer>(&db, &erased).await;
    assert_eq!((hash_of(customer.id.get()).await, &erased.contact), (None, &Contact::default()));
    let shown = [
        "register",
        "import",
        "edit",
        "change_password",
        "reset_password",
        "verify_email",
        "hand_out_code",
        "deactivate",
        "activate",
        "request_deletion",
        "take_back_deletion",
        "erase",
    ];
    assert_eq!(customer::CustomerCommandKind::iter().map(<&str>::from).collect::<Vec<_>>(), shown);

    let owner = shop.member(Role::Owner, StoreScope::All).await;
    let store = shop.store().await;
    let mut member = shop.member(Role::Clerk, StoreScope::Only([store.id].into())).await;
    folded_as_answered::<Member>(&db, &member).await;
    let edit = member::MemberEdit {
        contact: Some(Contact { name: Some("陳".into()), ..contact(50) }),
        roles: Some([Role::Manager, Role::Warehouse].into()),
        stores: Some(StoreScope::All),
    };
    let (by_owner, by_self) = (ActorRef::Member(owner.id), ActorRef::Member(member.id));
    let commands = [
        (by_owner, member::MemberCommand::Edit(edit), None),
        (by_owner, member::MemberCommand::ResetPassword, Some("reset")),
        (by_self, member::MemberCommand::ChangePassword, Some("own")),
        (by_owner, member::MemberCommand::Deactivate, None),
        (by_owner, member::MemberCommand::Activate, None),
    ];
    let shown = commands.iter().map(|(_, command, _)| member::MemberCommandKind::from(command));
    assert_all(shown.chain([member::MemberCommandKind::Create]));
    for (actor, command, hash) in commands {
        let act = Operation::Member {
            id: Some(member.id),
            expected_version: Some(member.version),
            command,
            password_hash: hash.map(str::to_owned),
        };
        let Effect::Member(changed) = shop.act(actor, act).await else { panic!("a member") };
        assert_eq!(changed.version, member.version + 1);
        folded_as_answered::<Member>(&db, &changed).await;
        if hash.is_some() {
            assert_eq!(hash_of(member.id.get()).await.as_deref(), hash);
        }
        member = changed;
    }
    shop.close().await;
}

fn token_hash() -> TokenHash {
    Arc::new(|id: SessionId, generation| format!("token {} {generation}", id.get()))
}

fn open(principal_id: i64) -> Operation {
    Operation::Session(SessionOperation::Open {
        realm: Realm::Customer,
        principal_id,
        idle_millis: HOUR_MILLIS,
        absolute_millis: 3 * HOUR_MILLIS,
        token_hash: token_hash(),
    })
}

fn rotate(session: &Session, presented_hash: &str) -> Operation {
    Operation::Session(SessionOperation::Rotate {
        id: session.id,
        realm: session.realm,
        presented_hash: presented_hash.to_owned(),
        idle_millis: HOUR_MILLIS,
        token_hash: token_hash(),
    })
}

async fn session(shop: &Shop, act: Operation) -> Session {
    match shop.act(ActorRef::Anonymous, act).await {
        Effect::Session(Some(session)) => session,
        other => panic!("no session: {other:?}"),
    }
}

async fn every_act_on_logins(db: Db) {
    let shop = Shop::open(&db).await;
    let (who, other) = (shop.customer().await.id.get(), shop.customer().await.id.get());
    let mut current = session(&shop, open(who)).await;
    assert_eq!((current.generation, current.previous_hash.clone()), (1, None));
    // The idle time moves with each use, but not beyond the end of the family.
    for generation in 2..=4 {
        shop.clock.advance(HOUR_MILLIS - 600_000);
        let rotated = session(&shop, rotate(&current, &current.token_hash)).await;
        assert_eq!(
            (rotated.generation, rotated.previous_hash.as_ref()),
            (generation, Some(&current.token_hash))
        );
        assert!(rotated.idle_until <= rotated.expires_at);
        current = rotated;
    }
    assert_eq!(current.idle_until, current.expires_at);
    let wrong_realm = Session { realm: Realm::Staff, ..current.clone() };
    let unknown = Session { id: SessionId::from_i64(1), ..current.clone() };
    for (session, hash) in [(&wrong_realm, &current.token_hash), (&unknown, &current.token_hash)] {
        let refused = shop.submit(ActorRef::Anonymous, vec![rotate(session, hash)]).await;
        assert_eq!(refusal_of(refused), ordervault_domain::refusal::Refusal::InvalidCredentials);
    }
    shop.clock.advance(HOUR_MILLIS);
    let late = shop.submit(ActorRef::Anonymous, vec![rotate(&current, &current.token_hash)]).await;
    assert_eq!(refusal_of(late), ordervault_domain::refusal::Refusal::InvalidCredentials);

    let (first, second) = (session(&shop, open(other)).await, session(&shop, open(other)).await);
    let ended = session(&shop, Operation::Session(SessionOperation::End { id: first.id })).await;
    assert_eq!(ended.ended_because.as_deref(), Some("logout"));
    let again = shop
        .submit(ActorRef::Anonymous, vec![Operation::Session(SessionOperation::End { id: first.id })])
        .await;
    assert_eq!(again, Ok(Receipt::Executed { done: vec![Effect::Session(None)], applied: false }));
    let third = session(&shop, open(other)).await;
    let others =
        SessionOperation::EndAll { principal_id: other, but: Some(third.id), because: "password changed" };
    shop.act(ActorRef::Operator, Operation::Session(others)).await;
    let ended_because = |id: SessionId| {
        let db = db.clone();
        async move { row(&db, "sessions", id.get()).await.text("ended_because").map(str::to_owned) }
    };
    assert_eq!(ended_because(second.id).await.as_deref(), Some("password changed"));
    assert_eq!(ended_because(third.id).await, None);
    assert_eq!(ended_because(current.id).await, None);
    shop.close().await;
}

async fn a_used_token_ends_its_login(db: Db) {
    let shop = Shop::open(&db).await;
    let who = shop.customer().await.id.get();
    let opened = session(&shop, open(who)).await;
    let rotated = session(&shop, rotate(&opened, &opened.token_hash)).await;
    shop.clock.advance(REUSE_GRACE_MILLIS);
    assert_eq!(session(&shop, rotate(&opened, &opened.token_hash)).await, rotated);
    shop.clock.advance(1);
    assert_eq!(shop.act(ActorRef::Anonymous, rotate(&opened, &opened.token_hash)).await, Effect::TokenReused);
    let refused = shop.submit(ActorRef::Anonymous, vec![rotate(&rotated, &rotated.token_hash)]).await;
    assert_eq!(refusal_of(refused), ordervault_domain::refusal::Refusal::InvalidCredentials);
    assert_eq!(row(&db, "sessions", opened.id.get()).await.text("ended_because"), Some("token_reused"));
    // A token that never was is no better.
    let opened = session(&shop, open(who)).await;
    assert_eq!(shop.act(ActorRef::Anonymous, rotate(&opened, "made up")).await, Effect::TokenReused);
    shop.close().await;
}

async fn an_eleventh_login_ends_the_oldest(db: Db) {
    let shop = Shop::open(&db).await;
    let who = shop.customer().await.id.get();
    let first = session(&shop, open(who)).await;
    shop.clock.advance(1);
    let logins = (0..MAX_SESSIONS_PER_PRINCIPAL).map(|_| submission(ActorRef::Anonymous, vec![open(who)]));
    let outcomes = together(&shop.writer, logins.collect()).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let sessions = &dump(&db).await["sessions"];
    let open: Vec<_> = sessions.iter().filter(|row| row.int("ended_at").is_none()).collect();
    assert_eq!(open.len(), MAX_SESSIONS_PER_PRINCIPAL);
    assert_eq!(row(&db, "sessions", first.id.get()).await.text("ended_because"), Some("too_many_logins"));
    shop.close().await;
}

/// Carries the acts out and sees that nothing was written.
async fn writes_nothing(shop: &Shop, before: &Dump, actor: ActorRef, act: Operation) {
    let told = format!("{act:?}");
    let outcome = shop.submit(actor, vec![act]).await;
    assert!(matches!(outcome, Ok(Receipt::Executed { applied: false, .. })), "{told}: {outcome:?}");
    assert_eq!(differences(before, &dump(&shop.db).await), [""; 0], "{told}");
}

async fn what_is_so_already_writes_nothing(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let member = shop.member(Role::Clerk, StoreScope::All).await;
    let confirmed = shop.place(&customer, &store, &[(&tea, 1)]).await;
    shop.change(ActorRef::Operator, &confirmed, OrderCommand::Confirm).await;
    let cancelled = shop.place(&customer, &store, &[(&tea, 1)]).await;
    shop.change(actor(&customer), &cancelled, cancel(CancelReason::Customer)).await;
    let same = Amendment {
        lines: Some(vec![LineRequest { product_id: tea.id, quantity: 1 }.into()]),
        contact: Some(confirmed.contact.clone()),
        note: Some(confirmed.note.clone()),
        comment: Some("nothing".into()),
        expected_total: None,
    };
    let reference = || customer::CustomerCommand::Import { external_reference: "a".into() };
    let imported = Operation::Customer {
        id: Some(CustomerId::from_i64(9)),
        expected_version: None,
        command: reference(),
        password_hash: None,
    };
    shop.act(ActorRef::Importer, imported.clone()).await;
    shop.clock.advance(1_000);
    let before = dump(&db).await;
    let operations = [
        on_order(confirmed.id, None, OrderCommand::Confirm),
        on_order(confirmed.id, Some(2), OrderCommand::Amend(same)),
        on_order(cancelled.id, None, cancel(CancelReason::Customer)),
        on_store(store.id, store::StoreCommand::Activate),
        on_store(store.id, store::StoreCommand::Edit(store::StoreEdit::default())),
        on_product(tea.id, product::ProductCommand::Activate),
        on_product(tea.id, product::ProductCommand::AdjustStock { delta: 0, comment: None }),
        on_product(tea.id, product::ProductCommand::Edit(product::ProductEdit::default())),
        on_member(member.id, member::MemberCommand::Activate),
        on_member(member.id, member::MemberCommand::Edit(member::MemberEdit::default())),
    ];
    for act in operations {
        writes_nothing(&shop, &before, ActorRef::Operator, act).await;
    }
    writes_nothing(&shop, &before, ActorRef::Importer, imported).await;
    shop.close().await;
}

async fn a_key_stands_for_what_changed_nothing_too_and_for_no_refusal(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let order = shop.place(&*shop.customer().await, &store, &[(&tea, 1)]).await;
    let once = async |key: &str, command: OrderCommand| {
        let act = on_order(order.id, None, command);
        shop.writer.submit(keyed(submission(ActorRef::Operator, vec![act]), key, "x")).await
    };
    // It is shown already. When the request comes again, somebody has hidden it on purpose.
    let first = once("show", OrderCommand::Show).await;
    assert!(matches!(first, Ok(Receipt::Executed { applied: false, .. })), "{first:?}");
    let hidden = shop.change(ActorRef::Operator, &order, OrderCommand::Hide).await;
    let again = once("show", OrderCommand::Show).await;
    assert_eq!(again, Ok(Receipt::Replayed { entity_id: order.id.get(), version: 1 }));
    folded_as_answered(&db, &*hidden).await;
    // A refusal stands for nothing: once its reason is gone, the same request is carried out.
    assert!(matches!(refusal_of(once("start", OrderCommand::Start).await), Refusal::StateConflict { .. }));
    shop.change(ActorRef::Operator, &hidden, OrderCommand::Confirm).await;
    assert_eq!(order_of(once("start", OrderCommand::Start).await).status(), Status::Processing);
    shop.close().await;
}
