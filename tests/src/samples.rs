//! One command of each kind. Whoever adds a kind is asked by the compiler for its sample, and every test that goes
//! through the kinds has it.
#![expect(clippy::expect_used, reason = "a sample that is none fails its test")]

use ordervault_domain::access::{OrderGrant, Role, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::{CustomerCommand, CustomerCommandKind, CustomerEdit, DeactivationReason};
use ordervault_domain::id::{CustomerId, OrderId, ProductId, StoreId};
use ordervault_domain::member::{MemberCommand, MemberCommandKind, MemberEdit, NewMember};
use ordervault_domain::money::{Amount, Currency, Money};
use ordervault_domain::order::{
    Adjust, AdjustReason, AdjustmentKind, Amendment, CancelReason, Carriage, FailureReason, Import,
    InvalidReason, IssueRefund, LineRequest, LossSettlement, Order, OrderCommand, OrderCommandKind,
    PaymentMethod, Place, RecordPayment, RefundReason, ReversalReason, SettleRefund, Ship, Shipment,
    UnitsBack, WriteOff, WriteOffSide,
};
use ordervault_domain::parcel::{LineUnits, Parcel, TrackingNumber};
use ordervault_domain::product::{NewProduct, ProductCommand, ProductCommandKind, ProductEdit};
use ordervault_domain::store::{NewStore, Policy, StoreCommand, StoreCommandKind, StoreEdit};
use ordervault_domain::time::{TimeZone, Timestamp};
use ordervault_domain::totals::Value;
use strum::IntoEnumIterator as _;

/// A discount of one minor unit.
pub fn one_off() -> Adjust {
    Adjust {
        kind: AdjustmentKind::Discount,
        value: Value::Amount(Amount::new(1)),
        currency: None,
        lines: None,
        code: None,
        reason: AdjustReason::Goodwill,
        comment: None,
        expected_total: None,
    }
}

/// So much came in.
pub fn paid(amount: Money) -> OrderCommand {
    let method = PaymentMethod::Cash;
    OrderCommand::RecordPayment(Box::new(RecordPayment { method, amount, paid_at: None, comment: None }))
}

/// So much is to be paid back, because it is too much.
pub fn paid_back(amount: Money) -> OrderCommand {
    let (credit, payment, reason) = (None, None, RefundReason::Overpaid);
    OrderCommand::Refund(Box::new(IssueRefund { amount, credit, payment, reason, comment: None }))
}

/// Some command of this kind that is about fulfillments or units; none: it is about something else.
pub fn about_goods(kind: OrderCommandKind, how: u16) -> Option<OrderCommand> {
    let no = 1 + u32::from(how % 3);
    let lines = vec![LineUnits { no: 1 + u32::from(how % 2), units: 1 + u32::from(how / 2 % 3) }];
    let lines = Some(lines).filter(|_| !how.is_multiple_of(5));
    let number: TrackingNumber = format!("RR {} TW", how % 4).parse().expect("a tracking number");
    let parcel = Parcel { tracking_number: Some(number), ..Parcel::default() };
    let carriage = Carriage {
        carrier: how.is_multiple_of(3).then(|| format!("carrier {}", how % 2)),
        parcels: how.is_multiple_of(2).then(|| vec![parcel; usize::from(how % 3)]),
    };
    Some(match kind {
        OrderCommandKind::Plan => OrderCommand::Plan { lines, comment: None },
        OrderCommandKind::CancelLines => {
            OrderCommand::CancelLines { lines, reason: CancelReason::Inventory, comment: None }
        }
        OrderCommandKind::Ship if how.is_multiple_of(4) => {
            OrderCommand::Ship(Box::new(Ship { what: Shipment::Lines(lines), carriage }))
        }
        OrderCommandKind::Ship => {
            OrderCommand::Ship(Box::new(Ship { what: Shipment::Planned(no), carriage }))
        }
        OrderCommandKind::Pack => OrderCommand::Pack { no, carriage },
        OrderCommandKind::Track => OrderCommand::Track { no, carriage },
        OrderCommandKind::Fail => OrderCommand::Fail {
            no,
            lost: how.is_multiple_of(2),
            reason: FailureReason::Unclaimed,
            comment: None,
        },
        OrderCommandKind::SettleLoss if how.is_multiple_of(2) => {
            OrderCommand::SettleLoss { no, by: LossSettlement::Reship, lines, comment: None }
        }
        OrderCommandKind::TakeBack if how.is_multiple_of(2) => {
            let back = |no: u32| UnitsBack { no, restocked: u32::from(how % 2), broken: 1 };
            OrderCommand::TakeBack { no, lines: Some(vec![back(1 + u32::from(how / 2 % 2))]), comment: None }
        }
        _ => return kind.probe_of(no),
    })
}

/// What the commands name.
pub struct Samples {
    /// A store.
    pub store_id: StoreId,
    /// A product of it.
    pub product_id: ProductId,
    /// A customer.
    pub customer_id: CustomerId,
    /// The store's currency.
    pub currency: Currency,
    /// The zone of stores.
    pub time_zone: TimeZone,
    /// A contact by which somebody can be reached.
    pub contact: Contact,
    /// When imported things came to be.
    pub now: Timestamp,
}

impl Samples {
    /// A command on an order, with nothing in it that could be refused for its content.
    pub fn order(&self, kind: OrderCommandKind) -> OrderCommand {
        match kind {
            OrderCommandKind::Place => OrderCommand::Place(self.place()),
            OrderCommandKind::Import => OrderCommand::Import(Box::new(self.import())),
            OrderCommandKind::Amend => {
                OrderCommand::Amend(Amendment { note: Some("ring twice".into()), ..Amendment::default() })
            }
            OrderCommandKind::Adjust => OrderCommand::Adjust(Box::new(one_off())),
            OrderCommandKind::RemoveAdjustment => OrderCommand::RemoveAdjustment { no: 1, comment: None },
            OrderCommandKind::Link => {
                OrderCommand::Link { customer_id: self.customer_id, proof: None, comment: None }
            }
            OrderCommandKind::RecordPayment => paid(self.money(1)),
            OrderCommandKind::Refund => paid_back(self.money(1)),
            OrderCommandKind::SettleRefund => {
                OrderCommand::SettleRefund(SettleRefund { no: 1, succeeded: true, at: None, comment: None })
            }
            OrderCommandKind::WriteOff => OrderCommand::WriteOff(WriteOff {
                side: WriteOffSide::Forgive,
                amount: self.money(1),
                comment: None,
            }),
            _ => kind.probe().expect("a command that says no more than why"),
        }
    }

    fn money(&self, minor_units: i64) -> Money {
        Money { amount: Amount::new(minor_units), currency: self.currency }
    }

    /// A command on a store.
    pub fn store(&self, kind: StoreCommandKind) -> StoreCommand {
        match kind {
            StoreCommandKind::Create => StoreCommand::Create(NewStore {
                tax: None,
                shipping: vec![],
                payments: vec![],
                name: "Tea House".into(),
                currency: self.currency,
                time_zone: self.time_zone,
                country: "TW".parse().ok(),
                change_window_minutes: Some(30),
                policy: Policy::default(),
                external_reference: None,
            }),
            StoreCommandKind::Edit => {
                StoreCommand::Edit(StoreEdit { name: Some("Tea Room".into()), ..StoreEdit::default() })
            }
            StoreCommandKind::Activate => StoreCommand::Activate,
            StoreCommandKind::Deactivate => StoreCommand::Deactivate,
        }
    }

    /// A command on a product.
    pub fn product(&self, kind: ProductCommandKind) -> ProductCommand {
        match kind {
            ProductCommandKind::Create => ProductCommand::Create(NewProduct {
                tax_class: None,
                weight_grams: None,
                store_id: self.store_id,
                sku: "TEA-1".into(),
                title: "Tea".into(),
                category: None,
                price: Amount::new(250),
                on_hand: 10,
                external_reference: None,
            }),
            ProductCommandKind::Edit => ProductCommand::Edit(ProductEdit {
                title: Some("Green tea".into()),
                ..ProductEdit::default()
            }),
            ProductCommandKind::AdjustStock => ProductCommand::AdjustStock { delta: 1, comment: None },
            ProductCommandKind::Activate => ProductCommand::Activate,
            ProductCommandKind::Deactivate => ProductCommand::Deactivate,
        }
    }

    /// A command on a member.
    pub fn member(&self, kind: MemberCommandKind) -> MemberCommand {
        match kind {
            MemberCommandKind::Create => MemberCommand::Create(NewMember {
                contact: self.contact.clone(),
                roles: [Role::Clerk].into(),
                stores: StoreScope::All,
                must_change_password: true,
            }),
            MemberCommandKind::Edit => MemberCommand::Edit(MemberEdit {
                roles: Some([Role::Auditor].into()),
                ..MemberEdit::default()
            }),
            MemberCommandKind::Activate => MemberCommand::Activate,
            MemberCommandKind::Deactivate => MemberCommand::Deactivate,
            MemberCommandKind::ChangePassword => MemberCommand::ChangePassword,
            MemberCommandKind::ResetPassword => MemberCommand::ResetPassword,
        }
    }

    /// A command on a customer.
    pub fn customer(&self, kind: CustomerCommandKind) -> CustomerCommand {
        match kind {
            CustomerCommandKind::Register => CustomerCommand::Register {
                contact: self.contact.clone(),
                language: None,
                must_verify_email: false,
            },
            CustomerCommandKind::Import => {
                CustomerCommand::Import { external_reference: "elsewhere:2".into() }
            }
            CustomerCommandKind::Edit => CustomerCommand::Edit(CustomerEdit {
                name: Some("陳怡君".into()),
                ..CustomerEdit::default()
            }),
            CustomerCommandKind::ChangePassword => CustomerCommand::ChangePassword,
            CustomerCommandKind::ResetPassword => CustomerCommand::ResetPassword { by_mail: true },
            CustomerCommandKind::VerifyEmail => CustomerCommand::VerifyEmail,
            CustomerCommandKind::HandOutCode => CustomerCommand::HandOutCode,
            CustomerCommandKind::Deactivate => {
                CustomerCommand::Deactivate { reason: DeactivationReason::Stolen, comment: None }
            }
            CustomerCommandKind::Activate => CustomerCommand::Activate,
            CustomerCommandKind::RequestDeletion => {
                CustomerCommand::RequestDeletion { despite_open_orders: true }
            }
            CustomerCommandKind::TakeBackDeletion => CustomerCommand::TakeBackDeletion,
            CustomerCommandKind::Erase => CustomerCommand::Erase,
        }
    }

    fn place(&self) -> Place {
        Place {
            shipping: None,
            payment: None,
            store_id: self.store_id,
            customer_id: None,
            lines: vec![LineRequest { product_id: self.product_id, quantity: 1 }],
            contact: self.contact.clone(),
            note: String::new(),
            unlisted: false,
            not_duplicate_of: vec![],
            expected_total: None,
        }
    }

    fn import(&self) -> Import {
        Import {
            store_id: self.store_id,
            customer_id: None,
            external_reference: "elsewhere:1".into(),
            source_status: "shipped".into(),
            currency: self.currency,
            lines: vec![],
            shipping_total: Amount::ZERO,
            contact: self.contact.clone(),
            placed_at: self.now,
            steps: vec![],
        }
    }
}

/// What somebody without an account has proved who knows an order whose contact is still the first.
#[must_use]
pub fn first_grant(order: OrderId) -> OrderGrant {
    OrderGrant { order, contact_version: 1 }
}

/// What somebody without an account has proved: by the contact that the order has, and by another one.
pub fn grants(order: &Order) -> impl Iterator<Item = OrderGrant> + use<> {
    let now = order.grant();
    [now, OrderGrant { contact_version: now.contact_version + 1, ..now }].into_iter()
}

/// The reasons that commands of this kind take; none: they take none.
pub fn reasons(kind: OrderCommandKind) -> Vec<Option<&'static str>> {
    let cancel = CancelReason::iter().map(<&'static str>::from);
    let invalid = InvalidReason::iter().map(<&'static str>::from);
    let all = cancel.chain(invalid).chain(ReversalReason::iter().map(Into::into));
    let all = std::iter::once(None).chain(all.map(Some));
    all.filter(|reason| kind.plain(*reason, None).is_ok()).collect()
}

/// A command of this kind that says no more than why: with one of its reasons, and the comment if it takes one.
pub fn plain(kind: OrderCommandKind, n: usize, comment: Option<String>) -> OrderCommand {
    let reasons = reasons(kind);
    let reason = reasons[n % reasons.len()];
    kind.plain(reason, comment.filter(|_| reason.is_some())).expect("a reason of this kind")
}
