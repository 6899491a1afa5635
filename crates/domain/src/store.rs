//! Stores: who sells, in which currency, and what "today" is there.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumDiscriminants, EnumIter, IntoStaticStr, VariantNames};

use crate::access::{Actor, Permission, Scope, StoreScope};
use crate::aggregate::{Aggregate, Envelope, Inconsistent, Kind, Stamp, compared};
use crate::country::Country;
use crate::id::StoreId;
use crate::money::{Amount, Currency};
use crate::refusal::Refusal;
use crate::status::Status;
use crate::time::{TimeZone, Timestamp};
use crate::totals::{
    Code, PaymentRule, Rate, STANDARD, ShippingRule, TaxTerms, TermsFault, payment_rule_faults, rule_faults,
};

/// Minutes within which an order like an earlier one needs a second look, in stores that do not say otherwise.
pub const DEFAULT_DUPLICATE_WINDOW_MINUTES: u32 = 10;
/// Longest such time: a day.
pub const MAX_DUPLICATE_WINDOW_MINUTES: u32 = 24 * 60;
/// Longest time that a policy may give: a year.
pub const MAX_POLICY_MINUTES: u32 = 366 * 24 * 60;

/// How a store handles orders. Whatever a decision takes from here goes into its event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Minutes within which placing what the same buyer has just placed needs a confirmation; none: never asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duplicate_window_minutes: Option<u32>,
    /// Minutes in which a placed order should be reviewed; none: no deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_minutes: Option<u32>,
    /// Minutes in which the execution of a confirmed order should start; none: no deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_minutes: Option<u32>,
    /// Minutes in which a started order should be completed; none: no deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_minutes: Option<u32>,
    /// Minutes in which a placed order that is to be paid beforehand should be; none: no deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_minutes: Option<u32>,
    /// Minutes in which all of a started order should have left; none: no deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_minutes: Option<u32>,
    /// Minutes after which the program cancels an order that is still not confirmed; none: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_unconfirmed_minutes: Option<u32>,
    /// Minutes in which the last step of an order can be taken back; none: at any time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversal_minutes: Option<u32>,
    /// The share of the goods' price up to which members give discounts who may not give any; none: they give none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_limit: Option<Rate>,
    /// The amount up to which members have money paid back who may not have any paid back; none: they have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_limit: Option<Amount>,
    /// Are confirmed orders shown to everybody, with masked contacts?
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub public_board: bool,
    /// Are whoever orders written to when their order arrives, is confirmed, completed or cancelled?
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub order_mails: bool,
}

impl Policy {
    /// When an order that enters this status now is due to leave it.
    #[must_use]
    pub fn due_at(&self, status: Status, now: Timestamp) -> Option<Timestamp> {
        let minutes = match status {
            Status::PendingReview => self.review_minutes,
            Status::Confirmed => self.start_minutes,
            Status::Processing => self.completion_minutes,
            Status::Completed | Status::Cancelled | Status::Invalid => None,
        };
        minutes.map(|minutes| now.plus_minutes(minutes))
    }

    fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// With what the edit says.
    fn edited(&self, edit: &PolicyEdit) -> Self {
        Self {
            duplicate_window_minutes: edit.duplicate_window_minutes.unwrap_or(self.duplicate_window_minutes),
            review_minutes: edit.review_minutes.unwrap_or(self.review_minutes),
            start_minutes: edit.start_minutes.unwrap_or(self.start_minutes),
            completion_minutes: edit.completion_minutes.unwrap_or(self.completion_minutes),
            payment_minutes: edit.payment_minutes.unwrap_or(self.payment_minutes),
            shipping_minutes: edit.shipping_minutes.unwrap_or(self.shipping_minutes),
            cancel_unconfirmed_minutes: edit
                .cancel_unconfirmed_minutes
                .unwrap_or(self.cancel_unconfirmed_minutes),
            reversal_minutes: edit.reversal_minutes.unwrap_or(self.reversal_minutes),
            discount_limit: edit.discount_limit.unwrap_or(self.discount_limit),
            refund_limit: edit.refund_limit.unwrap_or(self.refund_limit),
            public_board: edit.public_board.unwrap_or(self.public_board),
            order_mails: edit.order_mails.unwrap_or(self.order_mails),
        }
    }
}

/// A change of a policy; `None` leaves a setting as it is, `Some(None)` removes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyEdit {
    /// See [`Policy::duplicate_window_minutes`].
    pub duplicate_window_minutes: Option<Option<u32>>,
    /// See [`Policy::review_minutes`].
    pub review_minutes: Option<Option<u32>>,
    /// See [`Policy::start_minutes`].
    pub start_minutes: Option<Option<u32>>,
    /// See [`Policy::completion_minutes`].
    pub completion_minutes: Option<Option<u32>>,
    /// See [`Policy::payment_minutes`].
    pub payment_minutes: Option<Option<u32>>,
    /// See [`Policy::shipping_minutes`].
    pub shipping_minutes: Option<Option<u32>>,
    /// See [`Policy::cancel_unconfirmed_minutes`].
    pub cancel_unconfirmed_minutes: Option<Option<u32>>,
    /// See [`Policy::reversal_minutes`].
    pub reversal_minutes: Option<Option<u32>>,
    /// See [`Policy::discount_limit`].
    pub discount_limit: Option<Option<Rate>>,
    /// See [`Policy::refund_limit`].
    pub refund_limit: Option<Option<Amount>>,
    /// See [`Policy::public_board`].
    pub public_board: Option<bool>,
    /// See [`Policy::order_mails`].
    pub order_mails: Option<bool>,
}

/// A store as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// The id.
    pub id: StoreId,
    /// Number of the last history row.
    pub version: i64,
    /// What customers call it.
    pub name: String,
    /// The currency of its prices and orders.
    pub currency: Currency,
    /// The zone that decides which day it is.
    pub time_zone: TimeZone,
    /// Where it sells, and national phone numbers are dialled.
    pub country: Option<Country>,
    /// Does it take orders?
    pub active: bool,
    /// Minutes after placing in which customers may change an order; none: until its execution starts.
    pub change_window_minutes: Option<u32>,
    /// How it handles orders.
    pub policy: Policy,
    /// How it is taxed; none: not at all.
    pub tax: Option<TaxTerms>,
    /// How it sends, the usual way first; none: that is not said, and costs nothing.
    pub shipping: Vec<ShippingRule>,
    /// How it is paid, the usual way first; none: that is not said, and nothing waits for a payment.
    pub payments: Vec<PaymentRule>,
    /// Its key in the system that it was imported from.
    pub external_reference: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// What can be asked of a store.
#[derive(Clone, Debug, PartialEq, EnumDiscriminants)]
#[strum_discriminants(
    name(StoreCommandKind),
    derive(EnumIter, Hash, IntoStaticStr, Display),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`StoreCommand`], named like it."
)]
pub enum StoreCommand {
    /// Make it.
    Create(NewStore),
    /// Change what is given.
    Edit(StoreEdit),
    /// Take orders.
    Activate,
    /// Take no more orders.
    Deactivate,
}

/// A new store.
#[derive(Clone, Debug, PartialEq)]
pub struct NewStore {
    /// What customers call it.
    pub name: String,
    /// The currency of its prices and orders.
    pub currency: Currency,
    /// The zone that decides which day it is.
    pub time_zone: TimeZone,
    /// Where it sells, and national phone numbers are dialled.
    pub country: Option<Country>,
    /// See [`Store::change_window_minutes`].
    pub change_window_minutes: Option<u32>,
    /// How it handles orders.
    pub policy: Policy,
    /// How it is taxed; none: not at all.
    pub tax: Option<TaxTerms>,
    /// How it sends, the usual way first; none: that is not said, and costs nothing.
    pub shipping: Vec<ShippingRule>,
    /// How it is paid, the usual way first; none: that is not said, and nothing waits for a payment.
    pub payments: Vec<PaymentRule>,
    /// Its key in the system that it is imported from.
    pub external_reference: Option<String>,
}

/// A change of a store; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StoreEdit {
    /// New name.
    pub name: Option<String>,
    /// New currency; refused once there are products or orders.
    pub currency: Option<Currency>,
    /// New time zone.
    pub time_zone: Option<TimeZone>,
    /// New country. Orders that are placed already keep theirs.
    pub country: Option<Country>,
    /// New window; `Some(None)` removes it.
    pub change_window_minutes: Option<Option<u32>>,
    /// New settings.
    pub policy: PolicyEdit,
    /// New tax terms, whole; `Some(None)` removes them. Orders that are placed already keep theirs.
    pub tax: Option<Option<TaxTerms>>,
    /// New ways of sending, all of them. Orders that are placed already keep theirs.
    pub shipping: Option<Vec<ShippingRule>>,
    /// New ways of paying, all of them. Orders that are placed already keep theirs.
    pub payments: Option<Vec<PaymentRule>>,
}

/// What can have happened to a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, EnumDiscriminants, VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
#[strum_discriminants(
    name(StoreEventKind),
    derive(EnumIter, Hash, IntoStaticStr, Display),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`StoreEvent`], named like it."
)]
pub enum StoreEvent {
    /// It was made.
    Created {
        /// Its name.
        name: String,
        /// Its currency.
        currency: Currency,
        /// Its time zone.
        time_zone: TimeZone,
        /// Its country.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        country: Option<Country>,
        /// See [`Store::change_window_minutes`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change_window_minutes: Option<u32>,
        /// How it handles orders.
        #[serde(default, skip_serializing_if = "Policy::is_default")]
        policy: Policy,
        /// How it is taxed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tax: Option<TaxTerms>,
        /// How it sends.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        shipping: Vec<ShippingRule>,
        /// How it is paid.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        payments: Vec<PaymentRule>,
        /// Its key elsewhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        external_reference: Option<String>,
    },
    /// Its settings were changed; they are given whole.
    Edited {
        /// Its name.
        name: String,
        /// Its currency.
        currency: Currency,
        /// Its time zone.
        time_zone: TimeZone,
        /// Its country.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        country: Option<Country>,
        /// See [`Store::change_window_minutes`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change_window_minutes: Option<u32>,
        /// How it handles orders.
        #[serde(default, skip_serializing_if = "Policy::is_default")]
        policy: Policy,
        /// How it is taxed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tax: Option<TaxTerms>,
        /// How it sends.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        shipping: Vec<ShippingRule>,
        /// How it is paid.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        payments: Vec<PaymentRule>,
    },
    /// It takes orders.
    Activated {},
    /// It takes no more orders.
    Deactivated {},
}

/// Decides one command on one store. `has_prices`: does it have a product, or an order that was imported without one?
///
/// # Errors
/// The first rule that says no.
pub fn decide(
    store: Option<&Store>,
    has_prices: bool,
    actor: &Actor,
    command: &StoreCommand,
) -> Result<Vec<Envelope<StoreEvent>>, Refusal> {
    authorize(store, actor, command.into())?;
    let event = match (store, command) {
        // It would be out of its maker's reach.
        (None, StoreCommand::Create(_)) if actor.stores() != StoreScope::All => {
            return Err(Refusal::Forbidden(None));
        }
        (None, StoreCommand::Create(new)) => {
            fit(new.tax.as_ref(), &new.shipping, &new.payments)?;
            let new = new.clone();
            StoreEvent::Created {
                name: new.name,
                currency: new.currency,
                time_zone: new.time_zone,
                country: new.country,
                change_window_minutes: new.change_window_minutes,
                policy: new.policy,
                tax: new.tax,
                shipping: new.shipping,
                payments: new.payments,
                external_reference: new.external_reference,
            }
        }
        (None, _) => return Err(Refusal::NotFound),
        (Some(store), StoreCommand::Create(new)) => {
            let again =
                new.external_reference.is_some() && new.external_reference == store.external_reference;
            return if again { Ok(vec![]) } else { Err(Refusal::Duplicate { field: "id" }) };
        }
        (Some(store), StoreCommand::Edit(edit)) => match edited(store, has_prices, edit.clone())? {
            Some(event) => event,
            None => return Ok(vec![]),
        },
        (Some(store), StoreCommand::Activate) if store.active => return Ok(vec![]),
        (Some(store), StoreCommand::Deactivate) if !store.active => return Ok(vec![]),
        (Some(_), StoreCommand::Activate) => StoreEvent::Activated {},
        (Some(_), StoreCommand::Deactivate) => StoreEvent::Deactivated {},
    };
    Ok(vec![Envelope::of(event)])
}

/// What an edit leads to, if it changes anything.
fn edited(store: &Store, has_prices: bool, edit: StoreEdit) -> Result<Option<StoreEvent>, Refusal> {
    let currency = edit.currency.unwrap_or(store.currency);
    if has_prices && currency != store.currency {
        return Err(Refusal::CurrencyFixed);
    }
    let name = edit.name.unwrap_or_else(|| store.name.clone());
    let time_zone = edit.time_zone.unwrap_or(store.time_zone);
    let country = edit.country.or(store.country);
    let change_window_minutes = edit.change_window_minutes.unwrap_or(store.change_window_minutes);
    let policy = store.policy.edited(&edit.policy);
    let tax = edit.tax.unwrap_or_else(|| store.tax.clone());
    let shipping = edit.shipping.unwrap_or_else(|| store.shipping.clone());
    let payments = edit.payments.unwrap_or_else(|| store.payments.clone());
    fit(tax.as_ref(), &shipping, &payments)?;
    let same = name == store.name
        && currency == store.currency
        && time_zone == store.time_zone
        && country == store.country
        && change_window_minutes == store.change_window_minutes
        && policy == store.policy
        && tax == store.tax
        && shipping == store.shipping
        && payments == store.payments;
    if same {
        return Ok(None);
    }
    Ok(Some(StoreEvent::Edited {
        name,
        currency,
        time_zone,
        country,
        change_window_minutes,
        policy,
        tax,
        shipping,
        payments,
    }))
}

/// All that is wrong with tax terms and ways of sending.
fn fit(tax: Option<&TaxTerms>, shipping: &[ShippingRule], payments: &[PaymentRule]) -> Result<(), Refusal> {
    let tax = tax.map(TaxTerms::faults).unwrap_or_default().into_iter().map(|fault| fault.under("/tax"));
    let shipping = rule_faults(shipping).into_iter().map(|fault| fault.under("/shipping"));
    let payments = payment_rule_faults(payments).into_iter().map(|fault| fault.under("/payments"));
    let faults: Vec<TermsFault> = tax.chain(shipping).chain(payments).collect();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::UnfitTerms(faults)) }
}

impl Store {
    /// Has it a tax class of this name? The standard one is everywhere, also where nothing is taxed.
    #[must_use]
    pub fn has_tax_class(&self, class: &Code) -> bool {
        class.as_str() == STANDARD || self.tax.as_ref().is_some_and(|tax| tax.classes.contains_key(class))
    }
}

impl StoreCommandKind {
    /// The permissions of which each opens this kind of command to staff.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Create | Self::Edit | Self::Activate | Self::Deactivate => &[Permission::StoresWrite],
        }
    }
}

fn authorize(store: Option<&Store>, actor: &Actor, kind: StoreCommandKind) -> Result<(), Refusal> {
    let imports = *actor == Actor::Importer && kind == StoreCommandKind::Create;
    match store {
        _ if !imports && !actor.may_any(kind.permissions()) => Err(Refusal::lacking(kind.permissions())),
        Some(store) if !actor.stores().covers(store.id) => Err(Refusal::NotFound),
        Some(_) | None => Ok(()),
    }
}

impl Scope {
    /// What everybody may see, masked; none: none of these stores has a public board.
    #[must_use]
    pub fn board<'a>(stores: impl IntoIterator<Item = &'a Store>) -> Option<Self> {
        let with_board = stores.into_iter().filter(|store| store.policy.public_board);
        let ids: BTreeSet<StoreId> = with_board.map(|store| store.id).collect();
        (!ids.is_empty()).then_some(Self::Board(ids))
    }
}

impl Aggregate for Store {
    const KIND: Kind = Kind::Store;
    type Event = StoreEvent;

    fn apply(
        state: Option<Self>,
        id: i64,
        envelope: &Envelope<StoreEvent>,
        stamp: Stamp,
    ) -> Result<Self, Inconsistent> {
        let misfit = |why| Inconsistent { seq: stamp.seq, why };
        let mut store = match (state, envelope.event.clone()) {
            (
                None,
                StoreEvent::Created {
                    name,
                    currency,
                    time_zone,
                    country,
                    change_window_minutes,
                    policy,
                    tax,
                    shipping,
                    payments,
                    external_reference,
                },
            ) => Self {
                id: StoreId::from_i64(id),
                version: 0,
                name,
                currency,
                time_zone,
                country,
                active: true,
                change_window_minutes,
                policy,
                tax,
                shipping,
                payments,
                external_reference,
                created_at: stamp.occurred_at,
                updated_at: stamp.recorded_at,
            },
            (None, _) => return Err(misfit("the store does not exist yet")),
            (Some(_), StoreEvent::Created { .. }) => return Err(misfit("the store exists already")),
            (
                Some(store),
                StoreEvent::Edited {
                    name,
                    currency,
                    time_zone,
                    country,
                    change_window_minutes,
                    policy,
                    tax,
                    shipping,
                    payments,
                },
            ) => Self {
                name,
                currency,
                time_zone,
                country,
                change_window_minutes,
                policy,
                tax,
                shipping,
                payments,
                ..store
            },
            (Some(store), StoreEvent::Activated {}) => Self { active: true, ..store },
            (Some(store), StoreEvent::Deactivated {}) => Self { active: false, ..store },
        };
        if stamp.seq != store.version + 1 {
            return Err(misfit("the number of the event leaves a gap"));
        }
        store.version = stamp.seq;
        store.updated_at = stamp.recorded_at;
        Ok(store)
    }

    fn raw_id(&self) -> i64 {
        self.id.get()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn store_id(&self) -> Option<StoreId> {
        Some(self.id)
    }

    compared! {
        fields { name, currency, time_zone, country, active, change_window_minutes, policy, tax, shipping, payments }
        left_out { id, version, external_reference, created_at, updated_at }
    }
}
