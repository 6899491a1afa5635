//! What can be asked of a list of orders.

use ordervault_domain::access::Scope;
use ordervault_domain::id::{CustomerId, MemberId, NumberSearch, OrderId, ProductId, StoreId};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{Attention, FulfillmentStatus, PaymentStatus, Source, Status};
use ordervault_domain::search::{Field, Term};
use ordervault_domain::time::Timestamp;

/// Which orders are asked for. Everything given has to hold.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// One of these statuses.
    pub statuses: Vec<Status>,
    /// Of one of these stores.
    pub stores: Vec<StoreId>,
    /// With this number, or one that begins or ends so.
    pub number: Option<NumberSearch>,
    /// One of these orders.
    pub ids: Option<Vec<OrderId>>,
    /// Of this customer.
    pub customer: Option<CustomerFilter>,
    /// Come in by one of these ways.
    pub sources: Vec<Source>,
    /// With one of these statuses in the system that they were imported from.
    pub source_statuses: Vec<String>,
    /// Paid so far.
    pub payment_statuses: Vec<PaymentStatus>,
    /// With one of these to be looked into.
    pub attention: Vec<Attention>,
    /// Sent as far as one of these says.
    pub fulfillments: Vec<FulfillmentStatus>,
    /// With a parcel whose tracking number has this [key](ordervault_domain::parcel::TrackingNumber::key).
    pub tracking_key: Option<String>,
    /// With a line of this category.
    pub category: Option<String>,
    /// With a line of this product.
    pub product: Option<ProductId>,
    /// With a line of a product that has this stock keeping unit today.
    pub sku: Option<String>,
    /// Placed then or later.
    pub placed_after: Option<Timestamp>,
    /// Placed before.
    pub placed_before: Option<Timestamp>,
    /// Last written then or later.
    pub updated_after: Option<Timestamp>,
    /// Last written before.
    pub updated_before: Option<Timestamp>,
    /// Due then or later.
    pub due_after: Option<Timestamp>,
    /// Due before: late, if that is now.
    pub due_before: Option<Timestamp>,
    /// With at least this total, minor units.
    pub total_min: Option<Amount>,
    /// With at most this total, minor units.
    pub total_max: Option<Amount>,
    /// With or without what is in the trash.
    pub trash: Trash,
    /// With these words in lines, contact or note, as far as the scope may see them.
    pub terms: Vec<Term>,
    /// Or, instead of these words, with this number.
    pub or_number: Option<NumberSearch>,
    /// For whom it is told what is new.
    pub reader: Option<MemberId>,
    /// New for the reader, or not.
    pub new: Option<bool>,
}

/// What becomes of orders in the trash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trash {
    /// They are left out.
    #[default]
    Without,
    /// They alone are listed.
    Only,
    /// They are listed with all others.
    With,
}

/// How a customer is named.
#[derive(Clone, Debug)]
pub enum CustomerFilter {
    /// By their id.
    Id(CustomerId),
    /// By the order's e-mail address.
    Email(String),
    /// By the last digits of the order's phone number.
    PhoneTail(String),
    /// By words of the order's contact, such as the name.
    Words(Vec<Term>),
}

impl CustomerFilter {
    /// Are these words without a letter or digit? They name nobody.
    #[must_use]
    pub fn finds_nothing(&self) -> bool {
        matches!(self, Self::Words(terms) if terms.is_empty())
    }
}

/// What a list is sorted by. Orders that are equal in it are sorted by their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// The time of placing.
    Placed,
    /// The deadline. Orders without one are left out.
    Due,
    /// The total, whatever its currency.
    Total,
    /// The time of the last write.
    Updated,
}

/// In which order a list comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderSort {
    /// What it is sorted by.
    pub key: SortKey,
    /// The greatest first?
    pub descending: bool,
}

impl OrderSort {
    /// The last placed one first.
    pub const NEWEST_FIRST: Self = Self { key: SortKey::Placed, descending: true };

    /// The same from its end.
    pub(super) fn reversed(self) -> Self {
        Self { descending: !self.descending, ..self }
    }
}

impl SortKey {
    /// Its column, which an index has first and the id second.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Placed => "placed_at",
            Self::Due => "due_at",
            Self::Total => "total",
            Self::Updated => "updated_at",
        }
    }

    /// The key with this column.
    pub(super) fn of_column(name: &str) -> Option<Self> {
        [Self::Placed, Self::Due, Self::Total, Self::Updated].into_iter().find(|key| key.column() == name)
    }
}

impl OrderFilter {
    /// Only what is overdue at this time: the SQL twin of [`is_overdue`](ordervault_domain::order::is_overdue).
    #[must_use]
    pub fn only_overdue(self, now: Timestamp) -> Self {
        Self { due_before: self.due_before.into_iter().chain([now]).min(), ..self }
    }

    /// The words that are asked for, and where this scope looks for them.
    pub(super) fn words(&self, scope: &Scope) -> Vec<(&[Term], &'static [Field])> {
        let mut words: Vec<(&[Term], &'static [Field])> = vec![];
        if !self.terms.is_empty() {
            let shown: &[Field] = match scope.shows_contact() {
                true => &[Field::Items, Field::Contact, Field::Note],
                false => &[Field::Items],
            };
            words.push((&self.terms, shown));
        }
        if let Some(CustomerFilter::Words(terms)) = &self.customer {
            words.push((terms, &[Field::Contact]));
        }
        words
    }
}
