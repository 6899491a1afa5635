//! Laws of stores, products, members and customers: any commands, by anybody, at any times.
#![expect(clippy::expect_used, reason = "tests may")]

mod common;

use common::any::{any_actor, any_of, any_policy, any_wait, any_window};
use common::{NOW, STORE, contact, samples, staff_of, store, taxed, way_of_paying, way_of_sending};
use ordervault_domain::access::{Actor, Role, StoreScope};
use ordervault_domain::aggregate::{Aggregate, Envelope, Inconsistent, Personal, Stamp};
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::{self, Customer, CustomerCommand, CustomerCommandKind};
use ordervault_domain::id::StoreId;
use ordervault_domain::installation::{self, Installation, InstallationCommand, InstallationCommandKind};
use ordervault_domain::member::{self, Member, MemberCommand, MemberCommandKind, MemberEdit, NewMember};
use ordervault_domain::money::Amount;
use ordervault_domain::product::{
    self, NewProduct, Product, ProductCommand, ProductCommandKind, ProductEdit,
};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::{
    self, NewStore, PolicyEdit, Store, StoreCommand, StoreCommandKind, StoreEdit,
};
use ordervault_domain::time::Timestamp;
use ordervault_domain::totals::PaymentKind;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

type Verdict = Result<(), TestCaseError>;
type Decided<A> = Result<Vec<Envelope<<A as Aggregate>::Event>>, Refusal>;

/// A kind of thing as the laws see it.
trait Lawful: Aggregate + Serialize + DeserializeOwned
where
    Self::Event: PartialEq,
{
    type Command: std::fmt::Debug;

    fn decide(state: Option<&Self>, actor: &Actor, command: &Self::Command) -> Decided<Self>;

    /// Does asking twice mean it twice?
    fn counts_twice(command: &Self::Command) -> bool;

    /// May something happen by it that the state does not show?
    fn is_silent(command: &Self::Command) -> bool;

    /// May whoever is not known yet ask for it?
    fn is_for_nobody(command: &Self::Command) -> bool;
}

/// Lives through the commands and holds every step against the laws.
fn live<A: Lawful>(asks: &[(i64, Actor, A::Command)]) -> Verdict
where
    A::Event: PartialEq,
{
    const ID: i64 = 77;
    let (mut state, mut now): (Option<A>, Timestamp) = (None, NOW);
    let mut history: Vec<(Envelope<A::Event>, Stamp)> = vec![];
    for (wait, actor, command) in asks {
        now = now.plus_millis(*wait);
        let decided = A::decide(state.as_ref(), actor, command);
        prop_assert!(
            *actor != Actor::Anonymous || A::is_for_nobody(command) || decided.is_err(),
            "{:?}",
            command
        );
        let Ok(events) = decided else { continue };
        let before = state.clone();
        for event in events {
            let seq = state.as_ref().map_or(0, Aggregate::version) + 1;
            let stamp = Stamp { seq, recorded_at: now, occurred_at: now };
            state = Some(A::apply(state, ID, &event, stamp).expect("an event that fits"));
            history.push((event, stamp));
        }
        // What happened is told.
        if let (Some(before), Some(after)) = (&before, &state) {
            let is_new = after.version() > before.version();
            prop_assert!(
                !is_new || A::is_silent(command) || !after.changes(before).is_empty(),
                "{:?}",
                command
            );
            prop_assert!(is_new || after == before);
        }
        // Asking again writes nothing.
        if !A::counts_twice(command) && state != before {
            let again = A::decide(state.as_ref(), actor, command);
            prop_assert!(again.is_err() || again.as_ref() == Ok(&vec![]), "{:?}: {:?}", command, again);
        }
        // The state is the fold of its history, and both are the same after a trip through text.
        prop_assert_eq!(&told::<A>(ID, &history), &Ok(state.clone()));
        // A history leads there as well without what was erased.
        let through =
            history.iter().rposition(|(event, _)| A::erases(&event.event)).map_or(0, |last| last + 1);
        let mut left = history.clone();
        left.iter_mut().take(through).for_each(|(event, _)| event.personal = Personal::default());
        prop_assert_eq!(&told::<A>(ID, &left), &Ok(state.clone()));
        if let Some(state) = &state {
            let text = serde_json::to_string(state).expect("a state as text");
            prop_assert_eq!(&serde_json::from_str::<A>(&text).expect("the same state"), state);
        }
    }
    Ok(())
}

fn told<A: Lawful>(id: i64, history: &[(Envelope<A::Event>, Stamp)]) -> Result<Option<A>, Inconsistent>
where
    A::Event: PartialEq,
{
    history.iter().try_fold(None, |state, (envelope, stamp)| {
        let text = serde_json::to_string(&envelope.event).expect("an event as text");
        let envelope =
            Envelope { event: serde_json::from_str(&text).expect("the same event"), ..envelope.clone() };
        A::apply(state, id, &envelope, *stamp).map(Some)
    })
}

impl Lawful for Store {
    type Command = (StoreCommand, bool);

    fn decide(state: Option<&Self>, actor: &Actor, (command, has_orders): &Self::Command) -> Decided<Self> {
        store::decide(state, *has_orders, actor, command)
    }

    fn counts_twice(_: &Self::Command) -> bool {
        false
    }

    fn is_silent(_: &Self::Command) -> bool {
        false
    }

    fn is_for_nobody(_: &Self::Command) -> bool {
        false
    }
}

fn any_store_command() -> impl Strategy<Value = (StoreCommand, bool)> {
    (any_of::<StoreCommandKind>().prop_flat_map(store_command), any::<bool>())
}

fn store_command(kind: StoreCommandKind) -> BoxedStrategy<StoreCommand> {
    let currency =
        || prop_oneof![Just("TWD"), Just("EUR")].prop_map(|code| code.parse().expect("a currency"));
    match kind {
        StoreCommandKind::Create => (currency(), any_policy(), any_window(), option::of("[ab]"))
            .prop_map(|(currency, policy, change_window_minutes, external_reference)| {
                let time_zone = store().time_zone;
                let name = "Tea House".into();
                StoreCommand::Create(NewStore {
                    tax: None,
                    shipping: vec![],
                    payments: vec![],
                    name,
                    currency,
                    time_zone,
                    country: store().country,
                    change_window_minutes,
                    policy,
                    external_reference,
                })
            })
            .boxed(),
        StoreCommandKind::Edit => {
            let zone = prop_oneof![Just("Asia/Taipei"), Just("America/Sao_Paulo")];
            let edit = (
                option::of("[a-c]"),
                option::of(currency()),
                option::of(zone),
                option::of(any_window()),
                option::of(any_policy()),
            );
            edit.prop_map(|(name, currency, zone, change_window_minutes, policy)| {
                let policy = policy.map_or_else(PolicyEdit::default, |policy| PolicyEdit {
                    duplicate_window_minutes: Some(policy.duplicate_window_minutes),
                    review_minutes: None,
                    start_minutes: Some(policy.start_minutes),
                    completion_minutes: None,
                    payment_minutes: None,
                    shipping_minutes: None,
                    cancel_unconfirmed_minutes: Some(policy.cancel_unconfirmed_minutes),
                    reversal_minutes: Some(policy.reversal_minutes),
                    discount_limit: None,
                    refund_limit: Some(policy.refund_limit),
                    public_board: Some(policy.public_board),
                    order_mails: Some(policy.order_mails),
                });
                let time_zone = zone.map(|name| name.parse().expect("a zone"));
                let country = zone.and_then(|_| "JP".parse().ok());
                StoreCommand::Edit(StoreEdit {
                    name,
                    currency,
                    time_zone,
                    country,
                    change_window_minutes,
                    policy,
                    tax: zone.map(|_| taxed().tax),
                    shipping: zone.map(|_| vec![way_of_sending()]),
                    payments: zone.map(|_| vec![way_of_paying(PaymentKind::OnDelivery)]),
                })
            })
            .boxed()
        }
        StoreCommandKind::Activate | StoreCommandKind::Deactivate => Just(samples().store(kind)).boxed(),
    }
}

impl Lawful for Product {
    type Command = (ProductCommand, bool);

    fn decide(state: Option<&Self>, actor: &Actor, (command, sku_taken): &Self::Command) -> Decided<Self> {
        let store = store();
        let context = product::DecisionContext { store: Some(&store), sku_taken: *sku_taken };
        product::decide(state, &context, actor, command)
    }

    fn counts_twice((command, _): &Self::Command) -> bool {
        match ProductCommandKind::from(command) {
            ProductCommandKind::AdjustStock => true,
            ProductCommandKind::Create
            | ProductCommandKind::Edit
            | ProductCommandKind::Activate
            | ProductCommandKind::Deactivate => false,
        }
    }

    fn is_silent(_: &Self::Command) -> bool {
        false
    }

    fn is_for_nobody(_: &Self::Command) -> bool {
        false
    }
}

fn any_product_command() -> impl Strategy<Value = (ProductCommand, bool)> {
    (any_of::<ProductCommandKind>().prop_flat_map(product_command), prop::bool::weighted(0.2))
}

fn product_command(kind: ProductCommandKind) -> BoxedStrategy<ProductCommand> {
    match kind {
        ProductCommandKind::Create => ("[A-C]", -1..5_i64, option::of("[ab]"))
            .prop_map(|(sku, on_hand, external_reference)| {
                ProductCommand::Create(NewProduct {
                    tax_class: None,
                    weight_grams: None,
                    store_id: STORE,
                    sku,
                    title: "Tea".into(),
                    category: None,
                    price: Amount::new(250),
                    on_hand,
                    external_reference,
                })
            })
            .boxed(),
        ProductCommandKind::Edit => {
            let category = option::of(option::of("[a-b]"));
            (option::of("[A-C]"), option::of("[a-b]"), category, option::of(-1..3_i64))
                .prop_map(|(sku, title, category, price)| {
                    let price = price.map(Amount::new);
                    ProductCommand::Edit(ProductEdit {
                        sku,
                        title,
                        category,
                        price,
                        tax_class: price.map(|_| "standard".parse().ok()),
                        weight_grams: price.map(|_| Some(150)),
                    })
                })
                .boxed()
        }
        ProductCommandKind::AdjustStock => prop_oneof![-5..5_i64, Just(i64::MAX), Just(i64::MIN)]
            .prop_map(|delta| ProductCommand::AdjustStock { delta, comment: None })
            .boxed(),
        ProductCommandKind::Activate | ProductCommandKind::Deactivate => {
            Just(samples().product(kind)).boxed()
        }
    }
}

impl Lawful for Member {
    type Command = (MemberCommand, member::DecisionContext);

    fn decide(state: Option<&Self>, actor: &Actor, (command, context): &Self::Command) -> Decided<Self> {
        let decided = member::decide(state, *context, actor, command);
        // Nobody gives what they lack, or leaves the shop without an owner.
        if let (Ok(events), Some(before)) = (&decided, state) {
            let stays = events.iter().all(|event| match &event.event {
                member::MemberEvent::Edited { roles, .. } => roles.contains(&Role::Owner),
                member::MemberEvent::Deactivated {} => false,
                member::MemberEvent::Created { .. }
                | member::MemberEvent::Activated {}
                | member::MemberEvent::PasswordChanged {}
                | member::MemberEvent::PasswordReset {} => true,
            });
            assert!(stays || !before.is_active_owner() || context.active_owners > 1, "{command:?}");
        }
        for event in decided.iter().flatten() {
            if let member::MemberEvent::Created { roles, stores, .. }
            | member::MemberEvent::Edited { roles, stores } = &event.event
            {
                let given = ordervault_domain::access::permissions_of(roles);
                assert!(given.iter().all(|permission| actor.may(*permission)), "{actor:?} {command:?}");
                assert!(actor.stores().includes(stores), "{actor:?} {command:?}");
            }
        }
        decided
    }

    fn counts_twice((command, _): &Self::Command) -> bool {
        match MemberCommandKind::from(command) {
            MemberCommandKind::ChangePassword | MemberCommandKind::ResetPassword => true,
            MemberCommandKind::Create
            | MemberCommandKind::Edit
            | MemberCommandKind::Activate
            | MemberCommandKind::Deactivate => false,
        }
    }

    fn is_silent(command: &Self::Command) -> bool {
        // A password is in no state.
        Self::counts_twice(command)
    }

    fn is_for_nobody(_: &Self::Command) -> bool {
        false
    }
}

fn any_member_command() -> impl Strategy<Value = (MemberCommand, member::DecisionContext)> {
    let context = (prop::bool::weighted(0.2), 0..3_i64)
        .prop_map(|(email_taken, active_owners)| member::DecisionContext { email_taken, active_owners });
    (any_of::<MemberCommandKind>().prop_flat_map(member_command), context)
}

fn member_command(kind: MemberCommandKind) -> BoxedStrategy<MemberCommand> {
    let roles = || vec(any_of::<Role>(), 0..3).prop_map(|roles| roles.into_iter().collect());
    match kind {
        MemberCommandKind::Create => (roles(), any_stores(), any::<bool>())
            .prop_map(|(roles, stores, must_change_password)| {
                MemberCommand::Create(NewMember { contact: contact(), roles, stores, must_change_password })
            })
            .boxed(),
        MemberCommandKind::Edit => {
            let contact = option::of("[a-c]").prop_map(|name| {
                name.map(|name| Contact {
                    email: format!("{name}@example.com").parse().ok(),
                    name: Some(name),
                    ..Contact::default()
                })
            });
            (contact, option::of(roles()), option::of(any_stores()))
                .prop_map(|(contact, roles, stores)| {
                    MemberCommand::Edit(MemberEdit { contact, roles, stores })
                })
                .boxed()
        }
        MemberCommandKind::Activate
        | MemberCommandKind::Deactivate
        | MemberCommandKind::ChangePassword
        | MemberCommandKind::ResetPassword => Just(samples().member(kind)).boxed(),
    }
}

fn any_stores() -> impl Strategy<Value = StoreScope> {
    let some = vec(1..4_i64, 0..3)
        .prop_map(|ids| StoreScope::Only(ids.into_iter().map(StoreId::from_i64).collect()));
    prop_oneof![Just(StoreScope::All), some]
}

/// Anybody, and members who lead with some of the stores only, the one with the id among them.
fn any_leader() -> impl Strategy<Value = Actor> {
    let member = (any_of::<Role>(), any_stores(), prop_oneof![Just(9), Just(77)])
        .prop_map(|(role, stores, id)| staff_of(id, role, stores));
    prop_oneof![any_actor(), member]
}

impl Lawful for Customer {
    type Command = (CustomerCommand, bool);

    fn decide(state: Option<&Self>, actor: &Actor, (command, email_taken): &Self::Command) -> Decided<Self> {
        let context = customer::DecisionContext { email_taken: *email_taken, open_orders: &[], now: NOW };
        customer::decide(state, &context, actor, command)
    }

    fn counts_twice((command, _): &Self::Command) -> bool {
        match CustomerCommandKind::from(command) {
            CustomerCommandKind::ChangePassword
            | CustomerCommandKind::ResetPassword
            | CustomerCommandKind::HandOutCode => true,
            CustomerCommandKind::Register
            | CustomerCommandKind::Import
            | CustomerCommandKind::Edit
            | CustomerCommandKind::VerifyEmail
            | CustomerCommandKind::Deactivate
            | CustomerCommandKind::Activate
            | CustomerCommandKind::RequestDeletion
            | CustomerCommandKind::TakeBackDeletion
            | CustomerCommandKind::Erase => false,
        }
    }

    fn is_silent(command: &Self::Command) -> bool {
        Self::counts_twice(command)
    }

    fn is_for_nobody((command, _): &Self::Command) -> bool {
        matches!(
            CustomerCommandKind::from(command),
            CustomerCommandKind::Register
                | CustomerCommandKind::ResetPassword
                | CustomerCommandKind::VerifyEmail
        )
    }
}

fn any_customer_command() -> impl Strategy<Value = (CustomerCommand, bool)> {
    let command = any_of::<CustomerCommandKind>().prop_map(|kind| samples().customer(kind));
    (command, prop::bool::weighted(0.2))
}

impl Lawful for Installation {
    type Command = InstallationCommand;

    fn decide(state: Option<&Self>, actor: &Actor, command: &Self::Command) -> Decided<Self> {
        let decided = installation::decide(
            state,
            actor,
            command,
            installation::DecisionContext { now: NOW, newest: NOW.plus_minutes(60) },
        );
        let kind = InstallationCommandKind::from(command);
        let may = actor.may_any(kind.permissions()) && actor.stores() == StoreScope::All;
        assert!(decided.is_err() || may || matches!(actor, Actor::Operator | Actor::System), "{actor:?}");
        decided
    }

    fn counts_twice(command: &Self::Command) -> bool {
        match InstallationCommandKind::from(command) {
            InstallationCommandKind::Restore
            | InstallationCommandKind::Repair
            | InstallationCommandKind::CorrectClock => true,
            InstallationCommandKind::Install | InstallationCommandKind::ApproveExpiries => false,
        }
    }

    fn is_silent(command: &Self::Command) -> bool {
        *command == InstallationCommand::CorrectClock
    }

    fn is_for_nobody(_: &Self::Command) -> bool {
        false
    }
}

fn installation_command(kind: InstallationCommandKind) -> InstallationCommand {
    match kind {
        InstallationCommandKind::Install => InstallationCommand::Install,
        InstallationCommandKind::Restore => InstallationCommand::Restore { position: 1 },
        InstallationCommandKind::Repair => InstallationCommand::Repair,
        InstallationCommandKind::ApproveExpiries => {
            InstallationCommand::ApproveExpiries { through: NOW, comment: "a slow week".into() }
        }
        InstallationCommandKind::CorrectClock => InstallationCommand::CorrectClock,
    }
}

/// A life that begins with something made by somebody who may.
fn life_of<C: std::fmt::Debug + Clone>(
    first: impl Strategy<Value = (Actor, C)>,
    actor: impl Strategy<Value = Actor>,
    command: impl Strategy<Value = C>,
) -> impl Strategy<Value = Vec<(i64, Actor, C)>> {
    (first, vec((any_wait(), actor, command), 0..20)).prop_map(|((actor, command), later)| {
        let mut asks = vec![(0, actor, command)];
        asks.extend(later);
        asks
    })
}

fn by_operator<C: Clone + std::fmt::Debug>(
    command: impl Strategy<Value = C>,
) -> impl Strategy<Value = (Actor, C)> {
    command.prop_map(|command| (Actor::Operator, command))
}

proptest! {
    #[test]
    fn stores(asks in life_of(
        by_operator((store_command(StoreCommandKind::Create), any::<bool>())),
        any_leader(),
        any_store_command(),
    )) {
        live::<Store>(&asks)?;
    }

    #[test]
    fn products(asks in life_of(
        by_operator((product_command(ProductCommandKind::Create), Just(false))),
        any_leader(),
        any_product_command(),
    )) {
        live::<Product>(&asks)?;
    }

    #[test]
    fn members(asks in life_of(
        by_operator((member_command(MemberCommandKind::Create), Just(member::DecisionContext::default()))),
        any_leader(),
        any_member_command(),
    )) {
        live::<Member>(&asks)?;
    }

    #[test]
    fn installations(asks in life_of(
        by_operator(Just(InstallationCommand::Install)),
        any_actor(),
        any_of::<InstallationCommandKind>().prop_map(installation_command),
    )) {
        live::<Installation>(&asks)?;
    }

    #[test]
    fn customers(asks in life_of(
        Just((Actor::Anonymous, (samples().customer(CustomerCommandKind::Register), false))),
        prop_oneof![any_actor(), Just(Actor::Customer(ordervault_domain::id::CustomerId::from_i64(77)))],
        any_customer_command(),
    )) {
        live::<Customer>(&asks)?;
    }
}
