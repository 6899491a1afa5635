//! Every kind of command takes the one way through the write queue (letter k); what is refused changes nothing.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::aggregate::Aggregate;
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::id::{CustomerId, MemberId, OrderId, ProductId, SessionId, StoreId};
use ordervault_domain::member::{self, Member};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{
    Amendment, CancelReason, Command, Import, ImportedLine, ImportedStep, InvalidReason, LineRequest, Order,
    Place, Status,
};
use ordervault_domain::product::{self, Product};
use ordervault_domain::store::{self, Store};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{
    Act, ActorRef, Done, MAX_SESSIONS_PER_PRINCIPAL, REUSE_GRACE_MILLIS, Receipt, SessionAct, TokenHash,
    WriteError,
};
use ordervault_persistence::{Realm, Session};
use ordervault_tests::dump::{Dump, differences, dump};
use ordervault_tests::queue::*;
use ordervault_tests::shop::{Shop, contact, place, submission};

ordervault_tests::twin_tests!(
    every_command_on_orders,
    every_command_on_stores_and_products,
    every_command_on_people,
    every_act_on_logins,
    a_used_token_ends_its_login,
    an_eleventh_login_ends_the_oldest,
    what_is_so_already_writes_nothing,
    a_refusal_changes_nothing,
);

const HOUR_MILLIS: i64 = 60 * 60 * 1_000;

/// The state that an act answered with, which is the fold of what it wrote.
async fn folded_as_answered<A: Aggregate>(db: &Db, answered: &A) {
    assert_eq!(folded::<A>(db, answered.raw_id()).await, *answered);
}

async fn every_command_on_orders(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let (tea, pot) = (shop.product(&store, 10).await, shop.product(&store, 10).await);
    let customer = shop.customer().await;
    let owner = ActorRef::Member(shop.member(Role::Owner, StoreScope::All).await.id);
    let amendment = Amendment {
        lines: Some(vec![LineRequest { product_id: pot.id, quantity: 3 }]),
        contact: Some(contact(77)),
        note: Some(String::new()),
        comment: Some("by phone".into()),
    };
    let reason = InvalidReason::Test;
    let comment = Some("no such house".to_owned());
    let lives: [(&[Command], Status, (i64, i64), (i64, i64)); 5] = [
        (
            &[Command::Amend(amendment), Command::Confirm, Command::Start, Command::Complete],
            Status::Completed,
            (10, 0),
            (7, 0),
        ),
        (
            &[
                Command::Confirm,
                Command::Start,
                Command::Cancel { reason: CancelReason::Staff, comment: comment.clone() },
            ],
            Status::Cancelled,
            (10, 0),
            (7, 0),
        ),
        (
            &[Command::Reject { reason, comment: comment.clone() }, Command::Restore],
            Status::PendingReview,
            (10, 2),
            (7, 0),
        ),
        (
            &[Command::Confirm, Command::Invalidate { reason, comment: comment.clone() }, Command::Restore],
            Status::Confirmed,
            (10, 4),
            (7, 0),
        ),
        (
            &[cancel(CancelReason::Duplicate), Command::Invalidate { reason, comment }, Command::Restore],
            Status::Cancelled,
            (10, 4),
            (7, 0),
        ),
    ];
    for (commands, status, of_tea, of_pot) in lives {
        let mut order = shop.place(&customer, &store, &[(&tea, 2)]).await;
        folded_as_answered(&db, &*order).await;
        for command in commands {
            shop.clock.advance(1_000);
            let item = on_order(order.id, Some(order.version), command.clone());
            let changed = order_of(shop.submit(owner, vec![item]).await);
            assert_eq!(changed.version, order.version + 1);
            folded_as_answered(&db, &*changed).await;
            order = changed;
        }
        assert_eq!(order.status, status);
        assert_eq!((stock(&db, &tea).await, stock(&db, &pot).await), (of_tea, of_pot), "{commands:?}");
    }
    shop.close().await;
}

async fn every_command_on_stores_and_products(db: Db) {
    let shop = Shop::open(&db).await;
    let mut store = shop.store().await;
    let mut tea = shop.product(&store, 10).await;
    let edit = store::StoreEdit {
        name: Some("茶館".into()),
        currency: Some("JPY".parse().expect("a currency")),
        time_zone: Some("Asia/Tokyo".parse().expect("a zone")),
        change_window_minutes: Some(Some(30)),
    };
    for command in [store::Command::Edit(edit), store::Command::Deactivate, store::Command::Activate] {
        let act = Act::Store { id: Some(store.id), expected_version: Some(store.version), command };
        let Done::Store(changed) = shop.act(ActorRef::Operator, act).await else { panic!("a store") };
        assert_eq!(changed.version, store.version + 1);
        folded_as_answered::<Store>(&db, &changed).await;
        store = changed;
    }
    let edit = product::ProductEdit {
        sku: Some("T-1".into()),
        title: Some("Oolong 烏龍茶".into()),
        category: Some(None),
        price: Some(Amount::new(0)),
    };
    let comment = Some("counted".to_owned());
    let commands = [
        product::Command::Edit(edit),
        product::Command::AdjustStock { delta: -10, comment: comment.clone() },
        product::Command::AdjustStock { delta: 25, comment },
        product::Command::Deactivate,
        product::Command::Activate,
    ];
    for command in commands {
        let act = Act::Product { id: Some(tea.id), expected_version: Some(tea.version), command };
        let Done::Product(changed) = shop.act(ActorRef::Operator, act).await else { panic!("a product") };
        assert_eq!(changed.version, tea.version + 1);
        folded_as_answered::<Product>(&db, &changed).await;
        tea = changed;
    }
    assert_eq!((tea.on_hand, tea.active, tea.category.clone()), (25, true, None));
    assert_eq!(stock(&db, &tea).await, (25, 0));
    shop.close().await;
}

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
        let command = customer::Command::ChangePassword;
        submission(actor, vec![Act::Customer { id: Some(id), command, password_hash: Some(hash.to_owned()) }])
    };
    // Of two in a batch the last one counts.
    let me = actor(&customer);
    let changes = vec![change(me, customer.id, "second"), change(me, customer.id, "third")];
    for outcome in together(&shop.writer, changes).await {
        assert!(matches!(done(outcome), Done::Customer(_)));
    }
    assert_eq!(hash_of(customer.id.get()).await.as_deref(), Some("third"));
    let rehash = Act::Rehash { principal_id: customer.id.get(), password_hash: "stronger".into() };
    assert_eq!(shop.act(ActorRef::System, rehash).await, Done::Rehashed);
    assert_eq!(hash_of(customer.id.get()).await.as_deref(), Some("stronger"));
    let import = customer::Command::Import { external_reference: "olist:c1".into() };
    let imported = Act::Customer { id: Some(CustomerId::from_i64(9)), command: import, password_hash: None };
    let Done::Customer(imported) = shop.act(ActorRef::Importer, imported).await else { panic!("a customer") };
    folded_as_answered::<Customer>(&db, &imported).await;
    assert_eq!(hash_of(9).await, None);

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
        (by_owner, member::Command::Edit(edit), None),
        (by_owner, member::Command::ResetPassword, Some("reset")),
        (by_self, member::Command::ChangePassword, Some("own")),
        (by_owner, member::Command::Deactivate, None),
        (by_owner, member::Command::Activate, None),
    ];
    for (actor, command, hash) in commands {
        let act = Act::Member {
            id: Some(member.id),
            expected_version: Some(member.version),
            command,
            password_hash: hash.map(str::to_owned),
        };
        let Done::Member(changed) = shop.act(actor, act).await else { panic!("a member") };
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

fn open(principal_id: i64) -> Act {
    Act::Session(SessionAct::Open {
        realm: Realm::Customer,
        principal_id,
        idle_millis: HOUR_MILLIS,
        absolute_millis: 3 * HOUR_MILLIS,
        token_hash: token_hash(),
    })
}

fn rotate(session: &Session, presented_hash: &str) -> Act {
    Act::Session(SessionAct::Rotate {
        id: session.id,
        realm: session.realm,
        presented_hash: presented_hash.to_owned(),
        idle_millis: HOUR_MILLIS,
        token_hash: token_hash(),
    })
}

async fn session(shop: &Shop, act: Act) -> Session {
    match shop.act(ActorRef::Anonymous, act).await {
        Done::Session(Some(session)) => session,
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
    let ended = session(&shop, Act::Session(SessionAct::End { id: first.id })).await;
    assert_eq!(ended.ended_because.as_deref(), Some("logout"));
    let again = shop.submit(ActorRef::Anonymous, vec![Act::Session(SessionAct::End { id: first.id })]).await;
    assert_eq!(again, Ok(Receipt::Done { done: vec![Done::Session(None)], applied: false }));
    let third = session(&shop, open(other)).await;
    let others = SessionAct::EndAll { principal_id: other, but: Some(third.id), because: "password changed" };
    shop.act(ActorRef::Operator, Act::Session(others)).await;
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
    assert_eq!(shop.act(ActorRef::Anonymous, rotate(&opened, &opened.token_hash)).await, Done::TokenReused);
    let refused = shop.submit(ActorRef::Anonymous, vec![rotate(&rotated, &rotated.token_hash)]).await;
    assert_eq!(refusal_of(refused), ordervault_domain::refusal::Refusal::InvalidCredentials);
    assert_eq!(row(&db, "sessions", opened.id.get()).await.text("ended_because"), Some("token_reused"));
    // A token that never was is no better.
    let opened = session(&shop, open(who)).await;
    assert_eq!(shop.act(ActorRef::Anonymous, rotate(&opened, "made up")).await, Done::TokenReused);
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
async fn writes_nothing(shop: &Shop, before: &Dump, actor: ActorRef, act: Act) {
    let told = format!("{act:?}");
    let outcome = shop.writer.submit(keyed(submission(actor, vec![act]), &told, "x")).await;
    assert!(matches!(outcome, Ok(Receipt::Done { applied: false, .. })), "{told}: {outcome:?}");
    assert_eq!(differences(before, &dump(&shop.db).await), [""; 0], "{told}");
}

async fn what_is_so_already_writes_nothing(db: Db) {
    let shop = Shop::open(&db).await;
    let store = shop.store().await;
    let tea = shop.product(&store, 10).await;
    let customer = shop.customer().await;
    let member = shop.member(Role::Clerk, StoreScope::All).await;
    let confirmed = shop.place(&customer, &store, &[(&tea, 1)]).await;
    shop.change(ActorRef::Operator, &confirmed, Command::Confirm).await;
    let cancelled = shop.place(&customer, &store, &[(&tea, 1)]).await;
    shop.change(actor(&customer), &cancelled, cancel(CancelReason::Customer)).await;
    let same = Amendment {
        lines: Some(vec![LineRequest { product_id: tea.id, quantity: 1 }]),
        contact: Some(confirmed.contact.clone()),
        note: Some(confirmed.note.clone()),
        comment: Some("nothing".into()),
    };
    let reference = || customer::Command::Import { external_reference: "a".into() };
    let imported =
        Act::Customer { id: Some(CustomerId::from_i64(9)), command: reference(), password_hash: None };
    shop.act(ActorRef::Importer, imported.clone()).await;
    shop.clock.advance(1_000);
    let before = dump(&db).await;
    let acts = [
        on_order(confirmed.id, None, Command::Confirm),
        on_order(confirmed.id, Some(2), Command::Amend(same)),
        on_order(cancelled.id, None, cancel(CancelReason::Customer)),
        on_store(store.id, store::Command::Activate),
        on_store(store.id, store::Command::Edit(store::StoreEdit::default())),
        on_product(tea.id, product::Command::Activate),
        on_product(tea.id, product::Command::AdjustStock { delta: 0, comment: None }),
        on_product(tea.id, product::Command::Edit(product::ProductEdit::default())),
        on_member(member.id, member::Command::Activate),
        on_member(member.id, member::Command::Edit(member::MemberEdit::default())),
    ];
    for act in acts {
        writes_nothing(&shop, &before, ActorRef::Operator, act).await;
    }
    writes_nothing(&shop, &before, ActorRef::Importer, imported).await;
    shop.close().await;
}

async fn a_refusal_changes_nothing(db: Db) {
    let shop = Shop::open(&db).await;
    let scene = Scene::set(&shop).await;
    let before = dump(&db).await;
    for (code, actor, acts) in scene.refused() {
        let told = format!("{actor:?} {acts:?}");
        let outcome = shop.writer.submit(keyed(submission(actor, acts), &told, "x")).await;
        match outcome {
            Err(WriteError::Refused { refusal, .. }) => assert_eq!(<&str>::from(&refusal), code, "{told}"),
            other => panic!("{told}: {other:?}"),
        }
        assert_eq!(differences(&before, &dump(&db).await), [""; 0], "{told}");
    }
    // All at once, with somebody between them who may.
    let mut items: Vec<_> =
        scene.refused().into_iter().map(|(_, actor, acts)| submission(actor, acts)).collect();
    let good = submission(actor(&scene.customer), vec![place(scene.store.id, &[(&scene.tea, 1)])]);
    items.insert(items.len() / 2, good);
    let outcomes = together(&shop.writer, items).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let after = dump(&db).await;
    assert_eq!(after["orders"].len(), before["orders"].len() + 1);
    assert_eq!(after["history"].len(), before["history"].len() + 1);
    shop.close().await;
}

/// People and things in every position from which something is refused.
struct Scene {
    store: Arc<Store>,
    other_store: Arc<Store>,
    closed: Arc<Store>,
    tea: Arc<Product>,
    retired: Arc<Product>,
    elsewhere: Arc<Product>,
    customer: Arc<Customer>,
    stranger: Arc<Customer>,
    owner: Arc<Member>,
    clerk: Arc<Member>,
    gone: Arc<Member>,
    pending: Arc<Order>,
    late: Arc<Order>,
    completed: Arc<Order>,
    invalid: Arc<Order>,
}

impl Scene {
    async fn set(shop: &Shop) -> Self {
        let operator = ActorRef::Operator;
        let store = shop.store().await;
        let other_store = shop.store().await;
        let closed = shop.store().await;
        let (tea, retired) = (shop.product(&store, 11).await, shop.product(&store, 10).await);
        let elsewhere = shop.product(&other_store, 10).await;
        let (customer, stranger) = (shop.customer().await, shop.customer().await);
        let owner = shop.member(Role::Owner, StoreScope::All).await;
        let clerk = shop.member(Role::Clerk, StoreScope::Only([store.id].into())).await;
        let gone = shop.member(Role::Manager, StoreScope::All).await;
        shop.act(operator, on_member(gone.id, member::Command::Deactivate)).await;
        let late = shop.place(&customer, &store, &[(&tea, 1)]).await;
        let window = store::StoreEdit { change_window_minutes: Some(Some(5)), ..store::StoreEdit::default() };
        shop.act(operator, on_store(store.id, store::Command::Edit(window))).await;
        let timed = shop.place(&customer, &store, &[(&tea, 1)]).await;
        let pending = shop.place(&customer, &store, &[(&tea, 8)]).await;
        let invalid = shop.place(&customer, &other_store, &[(&elsewhere, 10)]).await;
        let invalidate = Command::Invalidate { reason: InvalidReason::Test, comment: None };
        shop.change(operator, &invalid, invalidate).await;
        shop.place(&customer, &other_store, &[(&elsewhere, 1)]).await;
        for command in [Command::Confirm, Command::Start, Command::Complete] {
            shop.change(operator, &late, command).await;
        }
        shop.act(operator, on_store(closed.id, store::Command::Deactivate)).await;
        shop.act(operator, on_product(retired.id, product::Command::Deactivate)).await;
        shop.clock.advance(10 * 60 * 1_000);
        Self {
            store,
            other_store,
            closed,
            tea,
            retired,
            elsewhere,
            customer,
            stranger,
            owner,
            clerk,
            gone,
            pending,
            late: timed,
            completed: late,
            invalid,
        }
    }

    /// Code, actor, acts.
    fn refused(&self) -> Vec<(&'static str, ActorRef, Vec<Act>)> {
        let mut refused = self.refused_orders();
        refused.extend(self.refused_catalogue());
        refused.extend(self.refused_people());
        refused
            .into_iter()
            .map(|(code, actor, act)| (code, actor, vec![act]))
            .chain(self.refused_lists())
            .collect()
    }

    /// Several acts, of which a later one is refused.
    fn refused_lists(&self) -> Vec<(&'static str, ActorRef, Vec<Act>)> {
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
                    on_order(self.pending.id, Some(1), Command::Confirm),
                    on_order(self.pending.id, Some(1), Command::Start),
                ],
            ),
            (
                "last-owner",
                operator,
                vec![
                    on_store(self.store.id, store::Command::Deactivate),
                    on_member(self.owner.id, member::Command::Deactivate),
                ],
            ),
            (
                "not-found",
                operator,
                vec![open(self.customer.id.get()), on_order(OrderId::from_i64(1), None, Command::Confirm)],
            ),
        ]
    }

    fn refused_orders(&self) -> Vec<(&'static str, ActorRef, Act)> {
        let operator = ActorRef::Operator;
        let (customer, stranger) = (actor(&self.customer), actor(&self.stranger));
        let clerk = ActorRef::Member(self.clerk.id);
        let buy = |store: &Store, product: &Product, quantity| place(store.id, &[(product, quantity)]);
        let with = |change: &dyn Fn(&mut Place)| {
            let mut act = buy(&self.store, &self.tea, 1);
            if let Act::Order { command: Command::Place(place), .. } = &mut act {
                change(place);
            }
            act
        };
        let unknown = ProductId::from_i64(3);
        let amend = |lines: Vec<LineRequest>| {
            Command::Amend(Amendment { lines: Some(lines), ..Amendment::default() })
        };
        let eleven = vec![LineRequest { product_id: self.tea.id, quantity: 11 }];
        let invalidate = Command::Invalidate { reason: InvalidReason::Test, comment: None };
        vec![
            ("insufficient-stock", customer, buy(&self.store, &self.tea, 11)),
            ("unknown-product", customer, buy(&self.store, &self.elsewhere, 1)),
            ("unknown-product", customer, buy(&self.store, &self.retired, 1)),
            ("unknown-product", customer, with(&|place| place.lines[0].product_id = unknown)),
            ("unknown-store", customer, buy(&self.closed, &self.tea, 1)),
            ("unknown-store", customer, with(&|place| place.store_id = StoreId::from_i64(3))),
            ("unknown-store", clerk, buy(&self.other_store, &self.elsewhere, 1)),
            ("invalid", customer, with(&|place| place.lines.clear())),
            ("invalid", customer, with(&|place| place.lines[0].quantity = 0)),
            ("invalid", customer, with(&|place| place.contact = Contact::default())),
            ("invalid", operator, with(&|place| place.customer_id = Some(CustomerId::from_i64(3)))),
            ("inactive", ActorRef::Customer(CustomerId::from_i64(3)), buy(&self.store, &self.tea, 1)),
            (
                "inactive",
                ActorRef::Member(MemberId::from_i64(3)),
                on_order(self.pending.id, None, Command::Confirm),
            ),
            ("inactive", ActorRef::Member(self.gone.id), on_order(self.pending.id, None, Command::Confirm)),
            ("not-found", operator, on_order(OrderId::from_i64(3), None, Command::Confirm)),
            ("not-found", stranger, on_order(self.pending.id, None, cancel(CancelReason::Customer))),
            ("not-found", clerk, on_order(self.invalid.id, None, cancel(CancelReason::Staff))),
            ("forbidden", customer, on_order(self.pending.id, None, Command::Confirm)),
            ("forbidden", clerk, on_order(self.pending.id, None, Command::Complete)),
            ("forbidden", ActorRef::Importer, on_order(self.pending.id, None, Command::Confirm)),
            ("forbidden", customer, self.import(&self.store, &self.tea)),
            ("unknown-product", ActorRef::Importer, self.import(&self.store, &self.elsewhere)),
            ("version-conflict", operator, on_order(self.pending.id, Some(7), Command::Confirm)),
            ("state-conflict", operator, on_order(self.pending.id, None, Command::Complete)),
            ("state-conflict", operator, on_order(self.completed.id, None, cancel(CancelReason::Staff))),
            ("state-conflict", operator, on_order(self.completed.id, None, invalidate)),
            ("state-conflict", operator, on_order(self.pending.id, None, Command::Restore)),
            ("insufficient-stock", operator, on_order(self.invalid.id, None, Command::Restore)),
            ("insufficient-stock", operator, on_order(self.pending.id, Some(1), amend(eleven))),
            ("invalid", operator, on_order(self.pending.id, None, amend(vec![]))),
            ("cut-off-passed", customer, on_order(self.late.id, None, cancel(CancelReason::Customer))),
            ("duplicate", operator, on_order(self.pending.id, None, Command::Place(self.place()))),
        ]
    }

    fn place(&self) -> Place {
        Place {
            store_id: self.store.id,
            customer_id: None,
            lines: vec![LineRequest { product_id: self.tea.id, quantity: 1 }],
            contact: contact(1),
            note: String::new(),
        }
    }

    fn import(&self, store: &Store, product: &Product) -> Act {
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
        let command = Command::Import(Box::new(import));
        Act::Order { id: Some(OrderId::from_i64(12)), expected_version: None, command }
    }

    fn refused_catalogue(&self) -> Vec<(&'static str, ActorRef, Act)> {
        let operator = ActorRef::Operator;
        let clerk = ActorRef::Member(self.clerk.id);
        let edit = |change: &dyn Fn(&mut product::ProductEdit)| {
            let mut edit = product::ProductEdit::default();
            change(&mut edit);
            on_product(self.tea.id, product::Command::Edit(edit))
        };
        let create = |store_id, sku: &str, on_hand| {
            let new = product::NewProduct {
                store_id,
                sku: sku.to_owned(),
                title: "x".into(),
                category: None,
                price: Amount::new(1),
                on_hand,
                external_reference: None,
            };
            Act::Product { id: None, expected_version: None, command: product::Command::Create(new) }
        };
        let adjust = |delta| on_product(self.tea.id, product::Command::AdjustStock { delta, comment: None });
        let currency =
            store::StoreEdit { currency: Some("EUR".parse().expect("a currency")), ..Default::default() };
        let stale = |command| Act::Store { id: Some(self.store.id), expected_version: Some(9), command };
        vec![
            ("duplicate", operator, create(self.store.id, &self.tea.sku, 1)),
            ("unknown-store", operator, create(StoreId::from_i64(3), "new", 1)),
            ("invalid", operator, create(self.store.id, "new", -1)),
            ("forbidden", clerk, create(self.store.id, "new", 1)),
            ("duplicate", operator, edit(&|edit| edit.sku = Some(self.retired.sku.clone()))),
            ("invalid", operator, edit(&|edit| edit.price = Some(Amount::new(-1)))),
            ("stock-below-reserved", operator, adjust(-9)),
            ("invalid", operator, adjust(i64::MAX)),
            ("not-found", operator, on_product(ProductId::from_i64(3), product::Command::Activate)),
            ("not-found", operator, on_store(StoreId::from_i64(3), store::Command::Activate)),
            ("currency-fixed", operator, on_store(self.store.id, store::Command::Edit(currency.clone()))),
            ("version-conflict", operator, stale(store::Command::Edit(currency))),
            ("forbidden", clerk, on_store(self.store.id, store::Command::Deactivate)),
        ]
    }

    fn refused_people(&self) -> Vec<(&'static str, ActorRef, Act)> {
        let operator = ActorRef::Operator;
        let owner = ActorRef::Member(self.owner.id);
        let taken = customer::Command::Register { contact: self.customer.contact.clone() };
        let create = |role, email_of: &Member| {
            let new = member::NewMember {
                contact: email_of.contact.clone(),
                roles: [role].into(),
                stores: StoreScope::All,
                must_change_password: true,
            };
            Act::Member {
                id: None,
                expected_version: None,
                command: member::Command::Create(new),
                password_hash: None,
            }
        };
        let fewer = member::MemberEdit { roles: Some([Role::Clerk].into()), ..member::MemberEdit::default() };
        vec![
            (
                "duplicate",
                ActorRef::Anonymous,
                Act::Customer { id: None, command: taken, password_hash: Some("x".into()) },
            ),
            (
                "not-found",
                actor(&self.stranger),
                on_customer(self.customer.id, customer::Command::ChangePassword),
            ),
            ("duplicate", operator, create(Role::Clerk, &self.clerk)),
            ("forbidden", ActorRef::Member(self.clerk.id), create(Role::Clerk, &self.clerk)),
            ("own-account", owner, on_member(self.owner.id, member::Command::Deactivate)),
            ("last-owner", operator, on_member(self.owner.id, member::Command::Deactivate)),
            ("last-owner", operator, on_member(self.owner.id, member::Command::Edit(fewer))),
            ("not-found", owner, on_member(self.clerk.id, member::Command::ChangePassword)),
            ("not-found", operator, on_member(MemberId::from_i64(3), member::Command::Activate)),
        ]
    }
}
