//! The law of the working set: whatever a submission changes, refused or panicking it leaves everything as it was.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::batch::BatchAction;
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::CustomerCommand;
use ordervault_domain::id::{
    BatchId, CustomerId, IdSequence, MemberId, OrderId, ProductId, SessionId, StoreId,
};
use ordervault_domain::installation::InstallationCommand;
use ordervault_domain::member::{MemberCommand, NewMember};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{Amendment, LineRequest, OrderCommand, OrderCommandKind, Place};
use ordervault_domain::product::{NewProduct, ProductCommand};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::{NewStore, Policy, StoreCommand};
use ordervault_domain::time::Timestamp;
use strum::IntoEnumIterator as _;

use super::decide::Decider;
use super::mail_operation::{CodeOperation, CodeOperationKind, MailOperation, MailOperationKind};
use super::operation::{
    ActorRef, ActorRefKind, BatchOperation, BatchOperationKind, Class, Effect, EffectKind, Idempotency,
    Operation, OperationKind, Rate, Receipt, SessionOperation, SessionOperationKind, Submission, Throttle,
    ThrottleOperation, ThrottleOperationKind, WriteError,
};
use super::set::WorkingSet;
use crate::seal::KeyRing;
use crate::sources::Sources;
use crate::tables::history::HistoryRow;
use crate::tables::mails::{Mail, MailKind};
use crate::tables::one_time_codes::Purpose;
use crate::tables::sessions::Realm;

/// 2026-03-01, in milliseconds.
const NOW: Timestamp = Timestamp::from_millis(1_772_323_200_000);
const HOUR_MILLIS: i64 = 3_600_000;
/// A throttle that has counted an attempt.
const COUNTED: &str = "counted";

/// A shop in memory: everything that the examples act on has been read.
struct Fixture {
    set: WorkingSet,
    ids: IdSequence,
    store: StoreId,
    product: ProductId,
    customer: CustomerId,
    member: MemberId,
    order: OrderId,
    batch: BatchId,
    session: SessionId,
}

/// Operations of one kind that can be carried out in the fixture, and who may.
type Example = (ActorRef, Vec<Operation>);

#[test]
fn what_is_taken_back_has_never_been() {
    for (name, (actor, operations), changes) in examples() {
        let mut fixture = Fixture::new();
        let before = fixture.set.clone();
        let savepoint = fixture.set.savepoint();
        let receipt = fixture.decide(&calm(), actor, operations);
        assert!(matches!(receipt, Ok(Receipt::Executed { .. })), "{name}: {receipt:?}");
        assert_eq!(fixture.set != before, changes, "{name} changes something");
        fixture.set.roll_back(savepoint);
        assert_eq!(fixture.set, before, "{name}");
    }
}

#[test]
fn the_examples_have_every_effect() {
    let mut effects = HashSet::new();
    for (name, (actor, operations), _) in examples() {
        match Fixture::new().decide(&calm(), actor, operations) {
            Ok(Receipt::Executed { done, .. }) => effects.extend(done.iter().map(EffectKind::from)),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!(effects, EffectKind::iter().collect());
}

#[test]
fn everybody_who_may_ask_is_somebody() {
    for kind in ActorRefKind::iter() {
        let mut fixture = Fixture::new();
        let actor = match kind {
            ActorRefKind::Anonymous => ActorRef::Anonymous,
            ActorRefKind::Customer => ActorRef::Customer(fixture.customer),
            ActorRefKind::Guest => ActorRef::Guest(None),
            ActorRefKind::Member => ActorRef::Member(fixture.member),
            ActorRefKind::Operator => ActorRef::Operator,
            ActorRefKind::Importer => ActorRef::Importer,
            ActorRefKind::System => ActorRef::System,
        };
        let outcome = fixture.decide(
            &calm(),
            actor,
            vec![Operation::Throttle(throttle_example(ThrottleOperationKind::Count))],
        );
        assert!(outcome.is_ok(), "{kind:?}: {outcome:?}");
        // Whoever was let in and is not there any more is nobody, not somebody else.
        let gone = match actor {
            ActorRef::Customer(_) => ActorRef::Customer(CustomerId::from_i64(1)),
            ActorRef::Member(_) => ActorRef::Member(MemberId::from_i64(1)),
            _ => continue,
        };
        let outcome = fixture.decide(&calm(), gone, vec![place(fixture.store, fixture.product)]);
        assert!(
            matches!(outcome, Err(WriteError::Refused { refusal: Refusal::Inactive, .. })),
            "{kind:?}: {outcome:?}"
        );
    }
}

#[test]
fn a_refused_submission_leaves_no_trace() {
    for (name, (actor, mut operations), _) in examples() {
        let mut fixture = Fixture::new();
        let before = fixture.set.clone();
        operations.push(refused());
        let outcome = fixture.decide(&calm(), actor, operations);
        assert!(matches!(outcome, Err(WriteError::Refused { .. })), "{name}: {outcome:?}");
        assert_eq!(fixture.set, before, "{name}");
    }
}

#[test]
fn a_panicking_submission_leaves_no_trace() {
    for (name, (actor, mut operations), _) in examples() {
        operations.push(panicking());
        // In the middle of it, wherever bytes are drawn, and after all of it.
        for bytes_drawn in 0.. {
            let mut fixture = Fixture::new();
            let before = fixture.set.clone();
            let drawn = Arc::new(AtomicUsize::new(0));
            let outcome = fixture.decide(&jumpy(bytes_drawn, &drawn), actor, operations.clone());
            assert_eq!(outcome, Err(WriteError::Internal), "{name}");
            assert_eq!(fixture.set, before, "{name}, at the draw {bytes_drawn}");
            if drawn.load(Ordering::Relaxed) <= bytes_drawn {
                break;
            }
        }
    }
}

/// Of every kind of operation at least one example, with its name and whether it changes anything.
fn examples() -> Vec<(String, Example, bool)> {
    let fixture = Fixture::new();
    let of_kind = |kind: OperationKind| {
        let examples = fixture.examples(kind);
        assert!(!examples.is_empty(), "{kind:?} has an example");
        examples.into_iter().map(move |example| {
            let changes = !example.1.iter().any(only_asks);
            (format!("{kind:?}: {:?}", example.1), example, changes)
        })
    };
    OperationKind::iter().flat_map(of_kind).collect()
}

/// Is it no more than a condition of what comes behind it?
fn only_asks(operation: &Operation) -> bool {
    use ThrottleOperation::LetThrough;
    matches!(operation, Operation::Verified { .. } | Operation::Throttle(LetThrough(_)))
}

fn confirm() -> BatchAction {
    BatchAction::new(OrderCommandKind::Confirm, None, None).unwrap()
}

impl Fixture {
    fn new() -> Self {
        let mut fixture = Self {
            set: WorkingSet::default(),
            ids: IdSequence::default(),
            store: StoreId::from_i64(0),
            product: ProductId::from_i64(0),
            customer: CustomerId::from_i64(0),
            member: MemberId::from_i64(0),
            order: OrderId::from_i64(0),
            batch: BatchId::from_i64(0),
            session: SessionId::from_i64(0),
        };
        fixture.store = StoreId::from_i64(fixture.made(new_store("The first")));
        fixture.product = ProductId::from_i64(fixture.made(new_product(fixture.store)));
        fixture.customer = CustomerId::from_i64(fixture.made(register("maria@example.com")));
        fixture.member = MemberId::from_i64(fixture.made(new_member("owner@example.com")));
        fixture.order = OrderId::from_i64(fixture.made(place(fixture.store, fixture.product)));
        let open = BatchOperation::Open {
            action: confirm(),
            undoes: None,
            stores: StoreScope::All,
            items: Arc::from([(fixture.order, None)]),
        };
        let (Effect::Batch(batch), Effect::Session(Some(session))) = (
            fixture.done(ActorRef::Member(fixture.member), Operation::Batch(open)),
            fixture.done(ActorRef::Anonymous, Operation::Session(open_session(fixture.customer))),
        ) else {
            panic!("a batch and a login");
        };
        (fixture.batch, fixture.session) = (batch.id, session.id);
        fixture.done(ActorRef::Anonymous, Operation::Throttle(ThrottleOperation::Count(throttle(COUNTED))));
        fixture.set.put_mark(fixture.member.get(), 1, 3);
        fixture
    }

    fn decide(
        &mut self,
        sources: &Sources,
        actor: ActorRef,
        operations: Vec<Operation>,
    ) -> Result<Receipt, WriteError> {
        let submission = Submission {
            actor,
            login: None,
            request_id: "request".into(),
            class: Class::Interactive,
            idempotency: Some(Idempotency { scoped_key: "key".into(), fingerprint: "print".into() }),
            operations,
        };
        let keys = &keys();
        Decider { set: &mut self.set, ids: &mut self.ids, sources, keys, now: NOW }.decide(&submission)
    }

    /// Carries out one operation without a key.
    fn done(&mut self, actor: ActorRef, operation: Operation) -> Effect {
        let submission = Submission {
            actor,
            login: None,
            request_id: "setup".into(),
            class: Class::Interactive,
            idempotency: None,
            operations: vec![operation],
        };
        let (sources, keys) = (&calm(), &keys());
        let mut decider = Decider { set: &mut self.set, ids: &mut self.ids, sources, keys, now: NOW };
        match decider.decide(&submission) {
            Ok(Receipt::Executed { done, .. }) => done.into_iter().next().expect("an effect"),
            other => panic!("{operation:?}: {other:?}", operation = submission.operations),
        }
    }

    /// The id of what an operation makes.
    fn made(&mut self, operation: Operation) -> i64 {
        match self.done(ActorRef::Operator, operation) {
            Effect::Store(store) => store.id.get(),
            Effect::Product(product) => product.id.get(),
            Effect::Customer(customer) => customer.id.get(),
            Effect::Member(member) => member.id.get(),
            Effect::Order(order) => order.id.get(),
            other => panic!("nothing was made: {other:?}"),
        }
    }

    /// Examples of this kind: add those of a new one here.
    fn examples(&self, kind: OperationKind) -> Vec<Example> {
        let operator = |operations: Vec<Operation>| (ActorRef::Operator, operations);
        let member = ActorRef::Member(self.member);
        match kind {
            OperationKind::Order => self.order_examples(),
            OperationKind::Store => vec![operator(vec![
                new_store("Another"),
                Operation::Store {
                    id: Some(self.store),
                    expected_version: None,
                    command: StoreCommand::Deactivate,
                },
            ])],
            OperationKind::Product => vec![operator(vec![
                new_product_as(self.store, "SKU-2"),
                Operation::Product {
                    id: Some(self.product),
                    expected_version: None,
                    command: ProductCommand::AdjustStock { delta: 5, comment: None },
                },
            ])],
            OperationKind::Customer => vec![(ActorRef::Anonymous, vec![register("second@example.com")])],
            OperationKind::Member => vec![operator(vec![
                new_member("second@example.com"),
                Operation::Member {
                    id: Some(self.member),
                    expected_version: None,
                    command: MemberCommand::ResetPassword,
                    password_hash: Some("reset".into()),
                },
            ])],
            OperationKind::Installation => {
                let (install, restore) =
                    (InstallationCommand::Install, InstallationCommand::Restore { position: 1 });
                let (repair, correct) = (InstallationCommand::Repair, InstallationCommand::CorrectClock);
                let (through, comment) = (Timestamp::MIN, "a slow week".into());
                let approve = InstallationCommand::ApproveExpiries { through, comment };
                let all = [install, restore, repair, approve, correct].map(Operation::Installation);
                vec![operator(all.into())]
            }
            OperationKind::Session => SessionOperationKind::iter()
                .map(|kind| self.session_example(kind))
                .chain([self.rotation("used before")])
                .map(|operation| (ActorRef::Anonymous, vec![Operation::Session(operation)]))
                .collect(),
            OperationKind::Batch => BatchOperationKind::iter()
                .map(|kind| (member, vec![Operation::Batch(self.batch_example(kind))]))
                .collect(),
            OperationKind::Verified => vec![(ActorRef::Anonymous, vec![self.verified()])],
            OperationKind::Rehash => {
                let (principal_id, password_hash) = (self.customer.get(), "stronger".into());
                vec![(ActorRef::Anonymous, vec![Operation::Rehash { principal_id, password_hash }])]
            }
            OperationKind::Throttle => ThrottleOperationKind::iter()
                .map(|kind| (ActorRef::Anonymous, vec![Operation::Throttle(throttle_example(kind))]))
                .collect(),
            OperationKind::Mail => self.mail_examples(),
            OperationKind::Code => self.code_examples(),
            OperationKind::Seen => {
                vec![(member, vec![Operation::Seen { orders: vec![self.order], up_to: Some(2) }])]
            }
            OperationKind::ImportHistory => vec![(ActorRef::Importer, histories_from_elsewhere())],
        }
    }

    fn verified(&self) -> Operation {
        Operation::Verified {
            realm: Realm::Customer,
            principal_id: self.customer.get(),
            password_hash: "hash".into(),
        }
    }

    fn mail_examples(&self) -> Vec<Example> {
        let (entity_id, kind, now) = (self.customer.get(), MailKind::PasswordReset, Timestamp::MIN);
        let other = MailOperation::Queue { kind: MailKind::AccountExists, entity_id };
        let example = |kind_of: MailOperationKind| match kind_of {
            MailOperationKind::Queue => vec![MailOperation::Queue { kind, entity_id }],
            MailOperationKind::QueueTo => {
                vec![MailOperation::QueueTo { kind, email: "maria@example.com".parse().unwrap() }]
            }
            MailOperationKind::PutOff => {
                let mail = Mail { entity_id, kind, queued_at: now, due_at: now, attempts: 0 };
                vec![MailOperation::PutOff { mail, due_at: now.plus_minutes(1) }]
            }
            MailOperationKind::Settle => {
                let queue = MailOperation::Queue { kind, entity_id };
                vec![queue, other.clone(), MailOperation::Settle { kind, entity_id }]
            }
        };
        let operations = |kind| example(kind).into_iter().map(Operation::Mail).collect();
        MailOperationKind::iter().map(|kind| (ActorRef::System, operations(kind))).collect()
    }

    fn code_examples(&self) -> Vec<Example> {
        let customer_id = self.customer;
        let issue = |purpose: Purpose| CodeOperation::Issue {
            customer_id,
            purpose,
            hash: purpose.to_string(),
            expires_at: Timestamp::from_millis(i64::MAX / 2),
        };
        let (purpose, other) = (Purpose::PasswordReset, Purpose::EmailVerification);
        let example = |kind: CodeOperationKind| match kind {
            CodeOperationKind::Issue => vec![issue(purpose)],
            CodeOperationKind::Redeem => {
                let redeem = CodeOperation::Redeem { customer_id, purpose, hash: purpose.to_string() };
                vec![issue(purpose), issue(other), redeem]
            }
            CodeOperationKind::Void => {
                vec![issue(purpose), issue(other), CodeOperation::Void { customer_id, purpose }]
            }
        };
        let operations = |kind| example(kind).into_iter().map(Operation::Code).collect();
        CodeOperationKind::iter().map(|kind| (ActorRef::System, operations(kind))).collect()
    }

    fn order_examples(&self) -> Vec<Example> {
        let on_order = |command| {
            let operation = Operation::Order { id: Some(self.order), expected_version: None, command };
            (ActorRef::Operator, vec![operation])
        };
        vec![
            (ActorRef::Member(self.member), vec![place(self.store, self.product)]),
            on_order(OrderCommand::Confirm),
            on_order(OrderCommand::Amend(Amendment {
                lines: Some(vec![LineRequest { product_id: self.product, quantity: 3 }.into()]),
                ..Amendment::default()
            })),
            on_order(OrderCommand::Hide),
        ]
    }

    fn session_example(&self, kind: SessionOperationKind) -> SessionOperation {
        match kind {
            SessionOperationKind::Open => open_session(self.customer),
            SessionOperationKind::Rotate => self.rotation(&token_hash(self.session, 1)),
            SessionOperationKind::End => SessionOperation::End { id: self.session },
            SessionOperationKind::EndAll => SessionOperation::EndAll {
                principal_id: self.customer.get(),
                but: None,
                because: "password_changed",
            },
        }
    }

    fn rotation(&self, presented_hash: &str) -> SessionOperation {
        SessionOperation::Rotate {
            id: self.session,
            realm: Realm::Customer,
            presented_hash: presented_hash.to_owned(),
            idle_millis: HOUR_MILLIS,
            token_hash: Arc::new(token_hash),
        }
    }

    fn batch_example(&self, kind: BatchOperationKind) -> BatchOperation {
        let (id, order_id) = (self.batch, self.order);
        match kind {
            BatchOperationKind::Preview => {
                BatchOperation::Preview { digest: "digest".into(), versions: Arc::from([(order_id, 1)]) }
            }
            BatchOperationKind::Open => BatchOperation::Open {
                action: confirm(),
                undoes: None,
                stores: StoreScope::All,
                items: Arc::from([(order_id, Some(1))]),
            },
            BatchOperationKind::Run => BatchOperation::Run { id, order_id },
            BatchOperationKind::GiveUp => BatchOperation::GiveUp { id, order_id, code: "internal" },
            BatchOperationKind::Cancel => BatchOperation::Cancel { id },
        }
    }
}

fn throttle_example(kind: ThrottleOperationKind) -> ThrottleOperation {
    match kind {
        ThrottleOperationKind::Count => ThrottleOperation::Count(throttle("fresh")),
        ThrottleOperationKind::LetThrough => ThrottleOperation::LetThrough(throttle(COUNTED)),
        ThrottleOperationKind::Know => {
            ThrottleOperation::Know { key: "known".into(), for_millis: HOUR_MILLIS }
        }
    }
}

/// A store and a product of another shop, with their histories.
fn histories_from_elsewhere() -> Vec<Operation> {
    // Ids of a working set that has done more than the fixture are not in it.
    let mut elsewhere = Fixture::new();
    let known = elsewhere.set.events().len();
    let store = StoreId::from_i64(elsewhere.made(new_store("Elsewhere")));
    elsewhere.made(new_product(store));
    let events: Vec<HistoryRow> = elsewhere.set.events().split_off(known);
    let histories = events.chunk_by(|a, b| a.entity_id == b.entity_id);
    histories.map(|rows| Operation::ImportHistory(rows.into())).collect()
}

fn new_store(name: &str) -> Operation {
    let command = StoreCommand::Create(NewStore {
        tax: None,
        shipping: vec![],
        payments: vec![],
        name: name.into(),
        currency: "TWD".parse().expect("a currency"),
        time_zone: "Asia/Taipei".parse().expect("a time zone"),
        country: "TW".parse().ok(),
        change_window_minutes: None,
        policy: Policy::default(),
        external_reference: None,
    });
    Operation::Store { id: None, expected_version: None, command }
}

fn new_product(store_id: StoreId) -> Operation {
    new_product_as(store_id, "SKU-1")
}

fn new_product_as(store_id: StoreId, sku: &str) -> Operation {
    let command = ProductCommand::Create(NewProduct {
        tax_class: None,
        weight_grams: None,
        store_id,
        sku: sku.into(),
        title: "Thermos".into(),
        category: None,
        price: Amount::new(100),
        on_hand: 10,
        external_reference: None,
    });
    Operation::Product { id: None, expected_version: None, command }
}

fn contact(email: &str) -> Contact {
    Contact {
        name: Some("Maria".into()),
        email: Some(email.parse().expect("an address")),
        ..Contact::default()
    }
}

fn register(email: &str) -> Operation {
    let command =
        CustomerCommand::Register { contact: contact(email), language: None, must_verify_email: false };
    Operation::Customer { id: None, expected_version: None, command, password_hash: Some("hash".into()) }
}

fn new_member(email: &str) -> Operation {
    let command = MemberCommand::Create(NewMember {
        contact: contact(email),
        roles: BTreeSet::from([Role::Owner]),
        stores: StoreScope::All,
        must_change_password: false,
    });
    Operation::Member { id: None, expected_version: None, command, password_hash: Some("hash".into()) }
}

fn place(store_id: StoreId, product_id: ProductId) -> Operation {
    let command = OrderCommand::Place(Place {
        shipping: None,
        payment: None,
        store_id,
        customer_id: None,
        lines: vec![LineRequest { product_id, quantity: 2 }],
        contact: contact("maria@example.com"),
        note: String::new(),
        unlisted: false,
        not_duplicate_of: vec![],
        expected_total: None,
    });
    Operation::Order { id: None, expected_version: None, command }
}

fn open_session(customer: CustomerId) -> SessionOperation {
    SessionOperation::Open {
        realm: Realm::Customer,
        principal_id: customer.get(),
        idle_millis: HOUR_MILLIS,
        absolute_millis: HOUR_MILLIS,
        token_hash: Arc::new(token_hash),
    }
}

fn token_hash(id: SessionId, generation: i64) -> String {
    format!("{}-{generation}", id.get())
}

fn throttle(key: &str) -> Throttle {
    Throttle { key: key.into(), rate: Rate { limit: 10, window_millis: HOUR_MILLIS } }
}

/// Something that is always refused.
fn refused() -> Operation {
    let id = Some(OrderId::from_i64(1));
    Operation::Order { id, expected_version: None, command: OrderCommand::Confirm }
}

/// Something that always panics.
fn panicking() -> Operation {
    Operation::Session(SessionOperation::Open {
        realm: Realm::Customer,
        principal_id: 1,
        idle_millis: HOUR_MILLIS,
        absolute_millis: HOUR_MILLIS,
        token_hash: Arc::new(|_, _| panic!("no hash")),
    })
}

/// A clock that stands still, and zeros.
fn calm() -> Sources {
    Sources::new(|| NOW, |bytes| bytes.fill(0))
}

fn keys() -> KeyRing {
    KeyRing::new([7; 32], [])
}

/// The same, but after so many draws it panics.
fn jumpy(draws: usize, drawn: &Arc<AtomicUsize>) -> Sources {
    let drawn = Arc::clone(drawn);
    Sources::new(
        || NOW,
        move |bytes| {
            assert!(drawn.fetch_add(1, Ordering::Relaxed) < draws, "no bytes left");
            bytes.fill(0);
        },
    )
}
