//! Random submissions: every kind of act by every kind of actor, sensible or not, made from numbers and from what
//! earlier ones led to.

use std::collections::BTreeMap;
use std::iter::repeat_n;
use std::sync::Arc;

use ordervault_domain::access::{OrderGrant, Role, StoreScope};
use ordervault_domain::batch::BatchAction;
use ordervault_domain::contact::Contact;
use ordervault_domain::id::{BatchId, CustomerId, MemberId, OrderId, ProductId, SessionId, StoreId};
use ordervault_domain::money::{Amount, Money};
use ordervault_domain::order::{
    Adjust, AdjustReason, AdjustmentKind, AmendedLine, Amendment, Import, ImportedLine, ImportedStep,
    IssueRefund, LineRequest, OrderCommand, OrderCommandKind, PaymentMethod, Place, RecordPayment,
    RefundReason, SettleRefund, Status, WriteOff, WriteOffSide,
};
use ordervault_domain::time::Timestamp;
use ordervault_domain::totals::{
    self, Code, PaymentKind, PaymentRule, Rounding, STANDARD, ShippingRule, TaxTerms, Value,
};
use ordervault_domain::{customer, member, product, store};
use ordervault_persistence::writer::{
    ActorRef, BatchOperation, Effect, Operation, Rate, Receipt, SessionOperation, Submission, Throttle,
    ThrottleOperation, TokenHash,
};
use ordervault_persistence::{Realm, Session};
use strum::IntoEnumIterator as _;

use crate::queue::{SubmissionResult, keyed, on_customer, on_order, on_product, on_store};
use crate::samples::{about_goods, plain, reasons};
use crate::shop::{contact, submission};

/// The numbers that one submission is made from.
pub type Roll = [u16; 8];

/// Makes sure that there is something to act on: members, stores, products, customers, a batch, an order. Members come first,
/// so that what they say to have seen is beyond their own beginning; and an order has come to each store before they say so.
pub fn opening() -> Vec<Roll> {
    let mut rolls: Vec<Roll> = (0..4).map(|n| [10, 0, 0, 3, 0b11111 >> n, 4 + 3 * n + 1, 0, 1]).collect();
    rolls.extend([[8, 0, 0, 0, 0, 1, 0, 0], [8, 0, 0, 0, 1, 1, 0, 0]]);
    rolls.extend((0..6).map(|n| [9, 0, n, 0, 1_031 + 12 * n, 1, 0, 1]));
    rolls.extend((0..4).map(|n| [10, 0, 0, 0, n, 1, 0, 1]));
    rolls.extend([[0, 1, 1, 1, 2, 1, 0, 1], [0, 1, 0, 2, 2, 1, 0, 1]]);
    rolls.extend([[12, 2, 0, 0, 0, 1, 0, 1], [12, 2, 0, 3, 1, 1, 0, 1]]);
    rolls
}

/// What there is to act on.
#[derive(Default)]
pub struct Known {
    stores: Vec<StoreId>,
    products: Vec<(ProductId, String)>,
    customers: Vec<(CustomerId, Contact)>,
    members: Vec<MemberId>,
    orders: Vec<(OrderGrant, i64)>,
    sessions: Vec<Session>,
    batches: Vec<(BatchId, Vec<OrderId>)>,
}

impl Known {
    /// Learns from the answer to a wish.
    pub fn learn(&mut self, wish: &Submission, outcome: &SubmissionResult) {
        let Ok(Receipt::Executed { done, .. }) = outcome else { return };
        for (act, done) in wish.operations.iter().zip(done) {
            match done {
                Effect::Batch(batch) => {
                    if let Operation::Batch(BatchOperation::Open { items, .. }) = act {
                        let orders = items.iter().map(|(order, _)| *order);
                        self.batches.push((batch.id, orders.collect()));
                    }
                }
                Effect::Store(store) if store.version == 1 => self.stores.push(store.id),
                Effect::Product(product) if product.version == 1 => {
                    self.products.push((product.id, product.sku.clone()));
                }
                Effect::Customer(customer) if customer.version == 1 => {
                    self.customers.push((customer.id, customer.contact.clone()));
                }
                Effect::Member(member) if member.version == 1 => self.members.push(member.id),
                Effect::Order(order) => {
                    self.orders.retain(|(grant, _)| grant.order != order.id);
                    self.orders.push((order.grant(), order.version));
                }
                Effect::Session(Some(session)) => self.sessions.push(session.clone()),
                _ => {}
            }
        }
    }

    /// The submission that these numbers stand for.
    pub fn wish(&self, roll: Roll) -> Submission {
        let [kind, who, which, what, how, key, ..] = roll;
        let (actor, operations) = match kind % 14 {
            0..=2 => (self.buyer(who), vec![self.place(roll)]),
            3 | 4 => (self.clerk(who), vec![self.command(which, what, how)]),
            5 => (self.buyer(who), vec![self.command(which, what, how)]),
            6 => (self.clerk(who), vec![self.command(which, what, how), self.place(roll)]),
            7 => (self.importer(who), vec![self.import(roll)]),
            8 => (self.clerk(who), vec![self.of_store(which, what, how)]),
            9 => (self.clerk(who), vec![self.of_product(roll)]),
            10 => self.of_people(roll),
            11 => (ActorRef::Anonymous, self.of_logins(roll)),
            12 => self.of_batches(roll),
            _ => (self.member(who), vec![self.seen(which, what)]),
        };
        let operations = match key % 5 {
            0 => vec![attempt(roll)].into_iter().chain(operations).collect(),
            _ => operations,
        };
        let wish = submission(actor, operations);
        // Everybody waits in one line, which makes the order of a batch that of arrival.
        let wish = Submission { request_id: format!("req_{kind}"), ..wish };
        match key % 4 {
            0 => keyed(wish, &format!("{}", key % 24), &format!("{}", kind % 14)),
            _ => wish,
        }
    }

    fn buyer(&self, n: u16) -> ActorRef {
        match pick(&self.customers, n) {
            Some((id, _)) if !n.is_multiple_of(16) => ActorRef::Customer(*id),
            _ if n.is_multiple_of(32) => ActorRef::Guest(pick(&self.orders, n / 32).map(|(grant, _)| *grant)),
            None => ActorRef::Guest(None),
            _ => ActorRef::Customer(CustomerId::from_i64(2)),
        }
    }

    fn clerk(&self, n: u16) -> ActorRef {
        match (n % 4, pick(&self.members, n / 4)) {
            (0, _) | (_, None) => ActorRef::Operator,
            (1, _) if n.is_multiple_of(5) => ActorRef::Member(MemberId::from_i64(2)),
            (_, Some(id)) => ActorRef::Member(*id),
        }
    }

    /// One of the opening: whoever is made later may be new in the group in which they say what they have seen, and then
    /// does not know yet of what came before it.
    fn member(&self, n: u16) -> ActorRef {
        match pick(self.members.get(..4).unwrap_or(&self.members), n) {
            Some(id) if !n.is_multiple_of(16) => ActorRef::Member(*id),
            _ => ActorRef::Operator,
        }
    }

    fn importer(&self, n: u16) -> ActorRef {
        if n.is_multiple_of(8) { self.clerk(n / 8) } else { ActorRef::Importer }
    }

    fn store(&self, n: u16) -> StoreId {
        pick(&self.stores, n).copied().unwrap_or(StoreId::from_i64(2))
    }

    fn product(&self, n: u16) -> ProductId {
        pick(&self.products, n).map_or(ProductId::from_i64(2), |(id, _)| *id)
    }

    fn lines(&self, n: u16) -> Vec<LineRequest> {
        let line = |i: u16| LineRequest {
            product_id: self.product(n.rotate_left(u32::from(3 * i))),
            quantity: u32::from((n >> i) % 4),
        };
        (0..n % 4).map(line).collect()
    }

    /// Mostly without numbers, so that some amendments are taken.
    fn amended_lines(&self, n: u16) -> Vec<AmendedLine> {
        let numbered = |(i, line): (u32, LineRequest)| AmendedLine {
            no: n.rotate_right(i).is_multiple_of(5).then_some(1 + i),
            ..line.into()
        };
        (0..).zip(self.lines(n)).map(numbered).collect()
    }

    fn place(&self, [_, who, which, what, how, ..]: Roll) -> Operation {
        let customer_id = (how % 3 == 1).then(|| pick(&self.customers, who)).flatten().map(|(id, _)| *id);
        let place = Place {
            shipping: None,
            payment: None,
            store_id: self.store(which),
            customer_id,
            lines: self.lines(what),
            contact: contact((how % 5).into()),
            note: telling(how),
            unlisted: how.is_multiple_of(5),
            not_duplicate_of: (how % 7 == 1)
                .then(|| pick(&self.orders, who))
                .flatten()
                .map(|(grant, _)| grant.order)
                .into_iter()
                .collect(),
            expected_total: expected_total(how),
        };
        Operation::Order { id: None, expected_version: None, command: OrderCommand::Place(place) }
    }

    /// An order and its version; if there is none yet, one that never is.
    fn order(&self, n: u16) -> (OrderId, i64) {
        let known = pick(&self.orders, n).map(|(grant, version)| (grant.order, *version));
        known.unwrap_or((OrderId::from_i64(2), 1))
    }

    #[expect(clippy::too_many_lines, reason = "a table, one entry a command")]
    fn command(&self, which: u16, what: u16, how: u16) -> Operation {
        let (id, version) = self.order(which);
        let comment = how.is_multiple_of(3).then(|| telling(how / 3));
        let roll = [0, which, what, how, which, what, how, 0];
        let kinds = OrderCommandKind::iter().flat_map(|kind| repeat_n(kind, share(kind)));
        let kinds: Vec<OrderCommandKind> = kinds.collect();
        let command = match kinds[usize::from(what) % kinds.len()] {
            OrderCommandKind::Place => return self.place(roll),
            OrderCommandKind::Import => return self.import(roll),
            OrderCommandKind::Amend => OrderCommand::Amend(Amendment {
                lines: how.is_multiple_of(2).then(|| self.amended_lines(how / 2)),
                contact: how.is_multiple_of(3).then(|| contact((how % 7).into())),
                note: how.is_multiple_of(5).then(|| telling(how / 5)),
                comment,
                expected_total: expected_total(what),
            }),
            OrderCommandKind::Adjust => OrderCommand::Adjust(Box::new(Adjust {
                kind: if how.is_multiple_of(4) { AdjustmentKind::Fee } else { AdjustmentKind::Discount },
                value: match how.is_multiple_of(3) {
                    true => Value::Amount(Amount::new((how % 2_000).into())),
                    false => Value::Rate(totals::Rate::try_from(u32::from(how) % 30_000).unwrap_or_default()),
                },
                currency: None,
                lines: how.is_multiple_of(5).then(|| vec![1]),
                code: how.is_multiple_of(7).then(|| "SPRING".into()),
                reason: AdjustReason::Goodwill,
                comment,
                expected_total: expected_total(what),
            })),
            OrderCommandKind::RemoveAdjustment => {
                OrderCommand::RemoveAdjustment { no: 1 + u32::from(how % 3), comment }
            }
            OrderCommandKind::Link => OrderCommand::Link {
                customer_id: pick(&self.customers, how).map_or(CustomerId::from_i64(2), |(id, _)| *id),
                proof: pick(&self.orders, which).map(|(grant, _)| *grant).filter(|_| how.is_multiple_of(2)),
                comment,
            },
            OrderCommandKind::RecordPayment => OrderCommand::RecordPayment(Box::new(RecordPayment {
                method: pick(&PaymentMethod::iter().collect::<Vec<_>>(), how)
                    .copied()
                    .unwrap_or(PaymentMethod::Cash),
                amount: money(how),
                paid_at: None,
                comment,
            })),
            OrderCommandKind::Refund => OrderCommand::Refund(Box::new(IssueRefund {
                amount: money(how),
                credit: how.is_multiple_of(2).then(|| money(how)),
                payment: how.is_multiple_of(3).then_some(1),
                reason: RefundReason::Goodwill,
                comment,
            })),
            OrderCommandKind::SettleRefund => OrderCommand::SettleRefund(SettleRefund {
                no: 1 + u32::from(how % 2),
                succeeded: !how.is_multiple_of(3),
                at: None,
                comment,
            }),
            OrderCommandKind::WriteOff => OrderCommand::WriteOff(WriteOff {
                side: if how.is_multiple_of(3) { WriteOffSide::Keep } else { WriteOffSide::Forgive },
                amount: money(how),
                comment,
            }),
            OrderCommandKind::Erase => OrderCommand::Erase { retention_days: u32::from(how % 2) },
            // Often all that there is, so that some of it leaves.
            OrderCommandKind::Ship if how.is_multiple_of(2) => {
                about_goods(OrderCommandKind::Ship, how / 20 * 20).unwrap_or(OrderCommand::Start)
            }
            kind => about_goods(kind, how).unwrap_or_else(|| plain(kind, how.into(), comment)),
        };
        let expected = match how % 7 {
            0 => Some(version),
            1 => Some(version - 1),
            _ => None,
        };
        on_order(id, expected, command)
    }

    /// Some orders, or everything up to a place that the opening of a life has reached at least.
    fn seen(&self, which: u16, what: u16) -> Operation {
        let some = (0..what % 3).filter_map(|n| pick(&self.orders, which ^ (n * 5)));
        let up_to = (!what.is_multiple_of(4)).then(|| i64::from(which % 13));
        Operation::Seen { orders: some.map(|(grant, _)| grant.order).collect(), up_to }
    }

    fn import(&self, [_, who, which, what, how, ..]: Roll) -> Operation {
        let at = |n: u16| Timestamp::from_millis(1_500_000_000_000 + i64::from(n));
        let line = |line: LineRequest| ImportedLine {
            product_id: line.product_id,
            quantity: line.quantity + 1,
            unit_price: Amount::new((how % 999).into()),
        };
        let road = [Status::Confirmed, Status::Processing, Status::Completed, Status::Cancelled];
        let steps = road.into_iter().take((how % 5).into());
        let import = Import {
            store_id: self.store(which),
            customer_id: pick(&self.customers, who).filter(|_| how.is_multiple_of(2)).map(|(id, _)| *id),
            external_reference: format!("source:{}", which % 16),
            source_status: telling(how),
            currency: "BRL".parse().unwrap_or_else(|_| unreachable!("a currency")),
            lines: self.lines(what).into_iter().map(line).collect(),
            shipping_total: Amount::new((what % 100).into()),
            contact: contact((how % 5).into()),
            placed_at: at(what),
            steps: steps.map(|to| ImportedStep { to, at: (what % 3 > 0).then(|| at(what ^ how)) }).collect(),
        };
        let id = OrderId::from_i64(100 + i64::from(which % 16));
        Operation::Order {
            id: Some(id),
            expected_version: None,
            command: OrderCommand::Import(Box::new(import)),
        }
    }

    fn of_store(&self, which: u16, what: u16, how: u16) -> Operation {
        let currency = || if how.is_multiple_of(2) { "TWD" } else { "JPY" }.parse().ok();
        let command = match (what % 5, currency(), "Asia/Tokyo".parse()) {
            (0, Some(currency), Ok(time_zone)) => {
                let new = store::NewStore {
                    tax: taxed(how),
                    shipping: shipping(how),
                    payments: payments(how),
                    name: telling(how),
                    currency,
                    time_zone,
                    country: if how.is_multiple_of(2) { "TW" } else { "" }.parse().ok(),
                    change_window_minutes: how.is_multiple_of(3).then_some(u32::from(how % 90)),
                    policy: policy(how),
                    external_reference: None,
                };
                return Operation::Store {
                    id: None,
                    expected_version: None,
                    command: store::StoreCommand::Create(new),
                };
            }
            (1, ..) => store::StoreCommand::Deactivate,
            (2 | 3, ..) => store::StoreCommand::Activate,
            _ => store::StoreCommand::Edit(store::StoreEdit {
                tax: what.is_multiple_of(7).then(|| taxed(how)),
                shipping: what.is_multiple_of(9).then(|| shipping(how)),
                payments: what.is_multiple_of(13).then(|| payments(how)),
                name: Some(telling(how)),
                currency: currency().filter(|_| how.is_multiple_of(3)),
                time_zone: None,
                country: if how.is_multiple_of(5) { "JP" } else { "" }.parse().ok(),
                change_window_minutes: Some((how % 3 == 1).then_some(u32::from(how % 90))),
                policy: store::PolicyEdit {
                    review_minutes: Some(policy(how).review_minutes),
                    ..store::PolicyEdit::default()
                },
            }),
        };
        on_store(self.store(which), command)
    }

    fn of_product(&self, [_, _, which, what, how, key, ..]: Roll) -> Operation {
        // One that is taken, or was, or one that nobody else will ask for.
        let sku = match pick(&self.products, key) {
            Some((_, sku)) if how.is_multiple_of(4) => sku.clone(),
            _ => format!("N-{how}-{key}-{which}"),
        };
        let category = (how % 3 > 0).then(|| telling(how / 3));
        let price = Amount::new(i64::from(how) - 100);
        let command = match what % 9 {
            0 | 1 => {
                let new = product::NewProduct {
                    tax_class: None,
                    weight_grams: None,
                    store_id: self.store(which),
                    sku,
                    title: telling(key),
                    category,
                    price,
                    on_hand: i64::from(how % 12) - 1,
                    external_reference: None,
                };
                return Operation::Product {
                    id: None,
                    expected_version: None,
                    command: product::ProductCommand::Create(new),
                };
            }
            2 => product::ProductCommand::Deactivate,
            3 | 4 => product::ProductCommand::Activate,
            5 | 6 => {
                let comment = how.is_multiple_of(3).then(|| telling(how));
                product::ProductCommand::AdjustStock { delta: i64::from(how % 11) - 5, comment }
            }
            _ => product::ProductCommand::Edit(product::ProductEdit {
                tax_class: None,
                weight_grams: how.is_multiple_of(5).then_some(Some(u32::from(how))),
                sku: Some(sku).filter(|_| how.is_multiple_of(3)),
                title: Some(telling(key)),
                category: Some(category),
                price: Some(price).filter(|_| how.is_multiple_of(2)),
            }),
        };
        on_product(self.product(which), command)
    }

    fn of_customer(
        &self,
        id: CustomerId,
        who: u16,
        how: u16,
        password_hash: Option<String>,
    ) -> (ActorRef, Vec<Operation>) {
        use customer::CustomerCommand as Command;
        let command = match how % 5 {
            0 => Command::ChangePassword,
            1 => Command::Deactivate { reason: customer::DeactivationReason::Stolen, comment: None },
            2 => Command::Activate,
            _ => Command::Edit(customer::CustomerEdit {
                email: contact((how % 40).into()).email,
                ..customer::CustomerEdit::default()
            }),
        };
        let actor = match command {
            Command::Deactivate { .. } | Command::Activate => self.clerk(who),
            _ => self.buyer(who),
        };
        let password_hash = password_hash.filter(|_| matches!(command, Command::ChangePassword));
        (actor, vec![Operation::Customer { id: Some(id), expected_version: None, command, password_hash }])
    }

    fn of_people(&self, [_, who, which, what, how, key, ..]: Roll) -> (ActorRef, Vec<Operation>) {
        let password_hash = Some(format!("hash {key}"));
        let roles = [Role::Owner, Role::Manager, Role::Clerk, Role::Warehouse, Role::Auditor];
        let roles = roles.into_iter().filter(|role| how >> (*role as u16) & 1 == 1).collect();
        let stores = match key % 3 {
            0 => StoreScope::Only(pick(&self.stores, key).copied().into_iter().collect()),
            _ => StoreScope::All,
        };
        let id = pick(&self.members, which).copied().unwrap_or(MemberId::from_i64(2));
        let command = match what % 12 {
            0 => {
                let command = customer::CustomerCommand::Register {
                    contact: contact((how % 40).into()),
                    language: None,
                    must_verify_email: false,
                };
                return (
                    ActorRef::Anonymous,
                    vec![Operation::Customer { id: None, expected_version: None, command, password_hash }],
                );
            }
            1 => {
                let id = CustomerId::from_i64(200 + i64::from(how % 4));
                let external_reference = format!("source:{}", how % 4);
                return (
                    ActorRef::Importer,
                    vec![on_customer(id, customer::CustomerCommand::Import { external_reference })],
                );
            }
            2 => {
                let id = pick(&self.customers, which).map_or(CustomerId::from_i64(2), |(id, _)| *id);
                return self.of_customer(id, who, how, password_hash);
            }
            3 => {
                let contact = contact((key % 40).into());
                let new =
                    member::NewMember { contact, roles, stores, must_change_password: how.is_multiple_of(2) };
                let command = member::MemberCommand::Create(new);
                let act = Operation::Member { id: None, expected_version: None, command, password_hash };
                return (self.clerk(who), vec![act]);
            }
            4 => member::MemberCommand::Deactivate,
            5..=7 => member::MemberCommand::Activate,
            8 => member::MemberCommand::ResetPassword,
            9 => member::MemberCommand::ChangePassword,
            _ => member::MemberCommand::Edit(member::MemberEdit {
                contact: key.is_multiple_of(2).then(|| contact((500 + key % 40).into())),
                roles: how.is_multiple_of(2).then_some(roles),
                stores: how.is_multiple_of(3).then_some(stores),
            }),
        };
        let actor = if what % 12 == 9 { ActorRef::Member(id) } else { self.clerk(who) };
        let password_hash = password_hash.filter(|_| matches!(what % 12, 8 | 9));
        (actor, vec![Operation::Member { id: Some(id), expected_version: None, command, password_hash }])
    }

    fn of_batches(&self, [_, who, which, what, how, key, ..]: Roll) -> (ActorRef, Vec<Operation>) {
        let order = |n: u16| self.order(n);
        let (id, orders) = pick(&self.batches, which).cloned().unwrap_or((BatchId::from_i64(2), vec![]));
        let order_id = pick(&orders, key).copied().unwrap_or(order(how).0);
        let act = match what % 10 {
            0..=2 => {
                // The first four are those that the opening of a life needs.
                let first = [
                    OrderCommandKind::Delete,
                    OrderCommandKind::Undelete,
                    OrderCommandKind::Confirm,
                    OrderCommandKind::Invalidate,
                ];
                let others =
                    OrderCommandKind::iter().filter(|kind| kind.is_action() && !first.contains(kind));
                let kinds: Vec<OrderCommandKind> = first.into_iter().chain(others).collect();
                let kind = kinds[usize::from(how) % kinds.len()];
                let action = action(kind, how).or_else(|| action(OrderCommandKind::Delete, how));
                let action = action.unwrap_or_else(|| unreachable!("an action"));
                let pinned = how.is_multiple_of(3);
                let items: BTreeMap<OrderId, Option<i64>> = (0..key % 6)
                    .map(|i| order(which.wrapping_add(i)))
                    .map(|(id, version)| (id, pinned.then_some(version)))
                    .collect();
                let stores = StoreScope::Only([self.store(who)].into());
                let undoes = pick(&self.batches, how).filter(|_| pinned).map(|(id, _)| *id);
                BatchOperation::Open { action, undoes, stores, items: items.into_iter().collect() }
            }
            3 => {
                let versions = (0..how % 4).map(|i| order(which.wrapping_add(i))).collect();
                BatchOperation::Preview { digest: format!("digest {}", key % 8), versions }
            }
            4 => BatchOperation::Cancel { id },
            5 => BatchOperation::GiveUp { id, order_id, code: "internal-error" },
            _ => BatchOperation::Run { id, order_id },
        };
        let actor = match act {
            BatchOperation::Run { .. } | BatchOperation::GiveUp { .. } => ActorRef::System,
            _ => self.clerk(who),
        };
        (actor, vec![Operation::Batch(act)])
    }

    fn of_logins(&self, [_, _, which, what, how, ..]: Roll) -> Vec<Operation> {
        const IDLE_MILLIS: i64 = 30_000;
        let token_hash: TokenHash =
            Arc::new(|id: SessionId, generation| format!("{} {generation}", id.get()));
        let someone = || pick(&self.customers, which).map(|(id, _)| id.get());
        let act = match (what % 6, pick(&self.sessions, which)) {
            (0..=2, Some(session)) => {
                let hashes = [Some(&session.token_hash), session.previous_hash.as_ref()];
                let presented = pick(&hashes, how).copied().flatten();
                SessionOperation::Rotate {
                    id: session.id,
                    realm: if how.is_multiple_of(9) { Realm::Staff } else { Realm::Customer },
                    presented_hash: presented.cloned().unwrap_or_default(),
                    idle_millis: IDLE_MILLIS,
                    token_hash,
                }
            }
            (3, Some(session)) => SessionOperation::End { id: session.id },
            (4, Some(session)) => SessionOperation::EndAll {
                principal_id: session.principal_id,
                but: how.is_multiple_of(2).then_some(session.id),
                because: "wished",
            },
            _ => match someone() {
                Some(principal_id) => SessionOperation::Open {
                    realm: Realm::Customer,
                    principal_id,
                    idle_millis: IDLE_MILLIS,
                    absolute_millis: 3 * IDLE_MILLIS,
                    token_hash,
                },
                None => SessionOperation::End { id: SessionId::from_i64(2) },
            },
        };
        match how % 5 {
            // Taken back with the act behind it.
            0 => vec![Operation::Session(act), on_order(OrderId::from_i64(2), None, OrderCommand::Confirm)],
            _ => vec![Operation::Session(act)],
        }
    }
}

/// One attempt of those that are counted together, a good one, or somebody who is known.
fn attempt([.., which, _, how, _, _, _]: Roll) -> Operation {
    let key = format!("attempts {}", which % 4);
    let throttle = Throttle { key, rate: Rate { limit: 6, window_millis: 60_000 } };
    Operation::Throttle(match how % 4 {
        0 => ThrottleOperation::LetThrough(throttle),
        1 => ThrottleOperation::Know { key: format!("known {}", which % 4), for_millis: 60_000 },
        _ => ThrottleOperation::Count(throttle),
    })
}

/// What is done to many orders at once, if they can be.
fn action(kind: OrderCommandKind, how: u16) -> Option<BatchAction> {
    let reasons = reasons(kind);
    let reason = *reasons.get(usize::from(how).checked_rem(reasons.len())?)?;
    BatchAction::new(kind, reason, reason.map(|_| telling(how))).ok()
}

/// How often a command of this kind is asked for, beside others.
fn share(kind: OrderCommandKind) -> usize {
    match kind {
        // What brings an order on comes often enough to bring it to its end.
        OrderCommandKind::Confirm => 3,
        OrderCommandKind::Ship => 7,
        OrderCommandKind::Amend | OrderCommandKind::Start | OrderCommandKind::Delete => 2,
        _ => 1,
    }
}

fn pick<T>(of: &[T], n: u16) -> Option<&T> {
    of.get(usize::from(n).checked_rem(of.len())?)
}

/// What somebody may have been told that it costs, seldom right.
fn expected_total(n: u16) -> Option<Money> {
    let currency = "TWD".parse().ok().filter(|_| n % 13 == 3)?;
    Some(Money { amount: Amount::new(10_000 * i64::from(n % 4)), currency })
}

/// Mostly some tax, in the prices or on top of them.
fn taxed(n: u16) -> Option<TaxTerms> {
    let standard: Code = STANDARD.parse().ok()?;
    (!n.is_multiple_of(3)).then(|| TaxTerms {
        prices_include_tax: n.is_multiple_of(2),
        rounding: if n.is_multiple_of(5) { Rounding::HalfUp } else { Rounding::HalfEven },
        step: if n.is_multiple_of(7) { 100 } else { 1 },
        classes: [(standard.clone(), totals::Rate::try_from(8_875).unwrap_or_default())].into(),
        shipping_class: standard,
    })
}

/// Seldom a way of sending, which is free for many pieces.
fn shipping(n: u16) -> Vec<ShippingRule> {
    let rule = |code| ShippingRule {
        code,
        name: "Home".into(),
        price: Amount::new(4_990),
        free_above: Some(Amount::new(35_000)),
        bands: vec![],
    };
    "home".parse().ok().filter(|_| n.is_multiple_of(4)).map(rule).into_iter().collect()
}

/// Of a piece or of several, now and then of another currency.
fn money(n: u16) -> Money {
    let code = if n.is_multiple_of(11) { "JPY" } else { "TWD" };
    let Ok(currency) = code.parse() else { unreachable!("a currency") };
    Money { amount: Amount::new(i64::from(n % 97) * i64::from(n % 211)), currency }
}

/// Often no rule; else one that is prepaid, on delivery or by invoice.
fn payments(n: u16) -> Vec<PaymentRule> {
    let kind = pick(&PaymentKind::iter().collect::<Vec<_>>(), n / 3).copied();
    let rule = |(code, kind)| PaymentRule { code, name: "Pay".into(), kind };
    "pay".parse().ok().zip(kind).filter(|_| n.is_multiple_of(3)).map(rule).into_iter().collect()
}

/// Texts that engines might treat differently.
fn telling(n: u16) -> String {
    const TEXTS: &[&str] = &[
        "",
        "plain words",
        "保温杯 500ml",
        "O'Hara \"quoted\" \\ back",
        "Ünïcödé straße İstanbul",
        "{\"json\": [1, null]}",
        "%_*?",
        " \t tabs and\nlines ",
        "123",
        "e\u{301} ﬁ １２３",
        "한국어 ガギグ",
        "\u{1F680}🇧🇷",
        "'a':1 & !b | <->",
        "AND OR NOT NEAR(\"x\")",
    ];
    pick(TEXTS, n).copied().unwrap_or_default().to_owned()
}

fn policy(how: u16) -> store::Policy {
    store::Policy {
        duplicate_window_minutes: how.is_multiple_of(2).then_some(10),
        review_minutes: how.is_multiple_of(3).then_some(u32::from(how % 60)),
        start_minutes: how.is_multiple_of(4).then_some(5),
        public_board: how.is_multiple_of(5),
        order_mails: how.is_multiple_of(7),
        ..store::Policy::default()
    }
}
