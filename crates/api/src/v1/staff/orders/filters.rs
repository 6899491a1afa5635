//! What staff can ask of lists of orders.

use ordervault_domain::access::{Permission, Scope};
use ordervault_domain::contact::{Email, Phone};
use ordervault_domain::country::Country;
use ordervault_domain::id::{CustomerId, MemberId, OrderId, ProductId, StoreId};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{Attention, FulfillmentStatus, PaymentStatus, Source, Status, order_terms};
use ordervault_domain::parcel::TrackingNumber;
use ordervault_domain::product::MAX_SKU_CODE_POINTS;
use ordervault_domain::text::TextProblem;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::{CustomerFilter, OrderFilter, OrderSort, SortKey, Trash};
use serde::{Deserialize, Serialize};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::extract::Content;
use crate::names;
use crate::problem::{Code, FieldError, Problem};
use crate::state::AppState;
use crate::translations::Text;
use crate::v1::fields::faults_of;
use crate::v1::orders::list::number_search;
use crate::v1::paging::{Include, has_no_words};

/// Longest stock keeping unit, in code points, as the rule counts them.
const MAX_SKU_LENGTH: u64 = MAX_SKU_CODE_POINTS as u64;
/// Fewest digits of a phone number's end that can be searched for.
const MIN_PHONE_TAIL_DIGITS: usize = 3;

/// What asks for a page of a list and not for the list.
const PAGE_PARAMETERS: [&str; 4] = ["include_total", "include", "limit", "cursor"];
/// What asks how an export is written.
const EXPORT_PARAMETERS: [&str; 2] = ["form", "rows"];
/// What asks in which order they come.
const SORT: &str = "sort";

/// Filters of the orders in scope. Everything given has to hold.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(in crate::v1::staff) struct ListStaffOrders {
    /// Only these statuses, with commas between: `pending_review,confirmed`.
    #[serde(default)]
    #[param(style = Form, explode = false, value_type = Option<Vec<names::KnownOrderStatus>>, min_items = 1)]
    status: Vec<Status>,
    /// Only orders of these stores, with commas between.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[param(style = Form, explode = false, value_type = Option<Vec<String>>, min_items = 1, max_items = 100,
        min_length = 18, max_length = 18, pattern = "^[Ss][Tt][Oo]_[0-9A-TV-Za-tv-z]{14}$")]
    store: Vec<StoreId>,
    /// Only the order with this number, however it is spelled, or those whose number begins or ends with these 4 or more
    /// symbols.
    #[validate(length(max = 100))]
    #[param(max_length = 100)]
    number: Option<String>,
    /// Only orders of this customer: an id, an e-mail address, a phone number (with the country code or as it is dialled at
    /// home) or its last 3 or more digits, or words of the contact, such as the name.
    #[validate(length(min = 1, max = 254))]
    #[param(max_length = 254)]
    customer: Option<String>,
    /// Only orders with a product of this category.
    #[validate(length(min = 1, max = 100))]
    #[param(max_length = 100)]
    category: Option<String>,
    /// Only orders with this product.
    #[param(value_type = Option<String>, min_length = 18, max_length = 18,
        pattern = "^[Pp][Rr][Dd]_[0-9A-TV-Za-tv-z]{14}$")]
    product: Option<ProductId>,
    /// Only orders with a product that has this stock keeping unit today.
    #[validate(length(min = 1, max = MAX_SKU_LENGTH))]
    #[param(max_length = 100)]
    sku: Option<String>,
    /// Only orders that came in by these ways, with commas between.
    #[serde(default)]
    #[param(style = Form, explode = false, value_type = Option<Vec<names::KnownOrderSource>>, min_items = 1)]
    source: Vec<Source>,
    /// Only imported orders that had these statuses where they come from, with commas between.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[param(style = Form, explode = false, value_type = Option<Vec<String>>, min_items = 1, max_items = 20)]
    source_status: Vec<String>,
    /// Only orders that are paid so far, with commas between.
    #[serde(default)]
    #[param(style = Form, explode = false, value_type = Option<Vec<names::KnownPaymentStatus>>, min_items = 1)]
    payment_status: Vec<PaymentStatus>,
    /// Only orders with one of these to be looked into, with commas between.
    #[serde(default)]
    #[param(style = Form, explode = false, value_type = Option<Vec<names::KnownAttention>>, min_items = 1)]
    attention: Vec<Attention>,
    /// Only orders that are sent as far as one of these says, with commas between.
    #[serde(default)]
    #[param(style = Form, explode = false, value_type = Option<Vec<names::KnownFulfillmentStatus>>, min_items = 1)]
    fulfillment_status: Vec<FulfillmentStatus>,
    /// Only orders with a parcel of this tracking number, however it is spaced.
    #[validate(length(min = 1, max = 100))]
    #[param(max_length = 100)]
    tracking: Option<String>,
    /// Only orders placed then or later.
    #[param(value_type = Option<String>, format = DateTime)]
    placed_after: Option<Timestamp>,
    /// Only orders placed before.
    #[param(value_type = Option<String>, format = DateTime)]
    placed_before: Option<Timestamp>,
    /// Only orders last written then or later.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_after: Option<Timestamp>,
    /// Only orders last written before.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_before: Option<Timestamp>,
    /// Only orders due then or later.
    #[param(value_type = Option<String>, format = DateTime)]
    due_after: Option<Timestamp>,
    /// Only orders due before.
    #[param(value_type = Option<String>, format = DateTime)]
    due_before: Option<Timestamp>,
    /// `true`: only late orders.
    #[param(default = false)]
    overdue: Option<bool>,
    /// `true`: only the orders in the trash, which are in no other list. Takes the permission orders:delete.
    #[param(default = false)]
    deleted: Option<bool>,
    /// Only orders that cost at least this, in minor units.
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[param(minimum = 0, maximum = 1_000_000_000_000_i64)]
    total_min: Option<i64>,
    /// Only orders that cost at most this, in minor units.
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[param(minimum = 0, maximum = 1_000_000_000_000_i64)]
    total_max: Option<i64>,
    /// Only orders with these words in products, contact or note, as far as you may see them; or with this number, or its last 4
    /// or more symbols.
    #[validate(length(min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// Only orders that are new for you: placed since you last saw everything, and not marked as seen. Or only the others.
    new: Option<bool>,
    /// In which order. `-` puts the greatest first: `-placed` the newest, `due` the most urgent. A list sorted by deadline
    /// has only orders with a deadline; amounts of several currencies are compared as numbers.
    #[param(inline)]
    sort: Option<Sort>,
    /// Count the rows too, up to 10,000.
    #[param(default = false)]
    pub(super) include_total: Option<bool>,
    /// What else to tell of each order: `actions`, what you may do now.
    #[serde(default)]
    #[param(style = Form, explode = false, inline, value_type = Option<Vec<Include>>, min_items = 1)]
    pub(super) include: Vec<Include>,
    /// Rows of a page.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub(super) limit: Option<u32>,
    /// The `next_cursor` of the page before, or the `previous_cursor` of the page behind, with the same filters.
    #[validate(length(min = 1, max = 200))]
    #[param(max_length = 200)]
    pub(super) cursor: Option<String>,
    /// For whom cells are written: `exact` for programs, `spreadsheet` for people.
    #[param(inline)]
    pub(super) form: Option<Form>,
    /// What a row is: one of the `orders`, or one of their `lines`.
    #[param(inline)]
    pub(super) rows: Option<Rows>,
}

impl Content for ListStaffOrders {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        self.number.as_deref().map(|number| faults_of(number_search(number))).unwrap_or_default()
    }
}

/// The same without what asks for an export.
pub(super) struct PagedList;

/// The same without what asks for a page.
pub(super) struct WholeList;

/// The same without anything but filters.
pub(super) struct OnlyFilters;

impl IntoParams for PagedList {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters_without(place, |name| EXPORT_PARAMETERS.contains(&name))
    }
}

impl IntoParams for WholeList {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters_without(place, |name| PAGE_PARAMETERS.contains(&name))
    }
}

impl IntoParams for OnlyFilters {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let others = [&PAGE_PARAMETERS[..], &EXPORT_PARAMETERS, &[SORT]].concat();
        parameters_without(place, |name| others.contains(&name))
    }
}

fn parameters_without(
    place: impl Fn() -> Option<ParameterIn>,
    is_foreign: impl Fn(&str) -> bool,
) -> Vec<Parameter> {
    let mut parameters = ListStaffOrders::into_params(place);
    parameters.retain(|parameter| !is_foreign(&parameter.name));
    parameters
}

/// For whom an export is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(default = json!("exact"))]
pub(super) enum Form {
    #[default]
    Exact,
    Spreadsheet,
}

/// What a row of an export is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(default = json!("orders"))]
pub(super) enum Rows {
    #[default]
    Orders,
    Lines,
}

/// In which order a list comes.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, ToSchema)]
#[schema(default = json!("-placed_at"))]
pub(super) enum Sort {
    #[default]
    #[serde(rename = "-placed_at")]
    NewestPlaced,
    #[serde(rename = "placed_at")]
    OldestPlaced,
    #[serde(rename = "due_at")]
    MostUrgent,
    #[serde(rename = "-due_at")]
    LeastUrgent,
    #[serde(rename = "-total")]
    Dearest,
    #[serde(rename = "total")]
    Cheapest,
    #[serde(rename = "-updated_at")]
    NewestUpdated,
    #[serde(rename = "updated_at")]
    OldestUpdated,
}

impl From<Sort> for OrderSort {
    fn from(sort: Sort) -> Self {
        let (key, descending) = match sort {
            Sort::NewestPlaced => (SortKey::Placed, true),
            Sort::OldestPlaced => (SortKey::Placed, false),
            Sort::MostUrgent => (SortKey::Due, false),
            Sort::LeastUrgent => (SortKey::Due, true),
            Sort::Dearest => (SortKey::Total, true),
            Sort::Cheapest => (SortKey::Total, false),
            Sort::NewestUpdated => (SortKey::Updated, true),
            Sort::OldestUpdated => (SortKey::Updated, false),
        };
        Self { key, descending }
    }
}

impl ListStaffOrders {
    /// The order that is asked for.
    pub(super) fn sort(&self) -> OrderSort {
        self.sort.unwrap_or_default().into()
    }

    /// The same for every page of the list.
    pub(super) fn of_any_page(&self) -> Self {
        let sort = Some(self.sort.unwrap_or_default());
        Self { limit: None, cursor: None, include_total: None, include: vec![], sort, ..self.clone() }
    }

    /// The first of what it has that asks for a page.
    fn of_a_page(&self) -> Option<&'static str> {
        first_given(
            PAGE_PARAMETERS,
            [
                self.include_total.is_some(),
                !self.include.is_empty(),
                self.limit.is_some(),
                self.cursor.is_some(),
            ],
        )
    }

    /// The first of what it has that asks for an export.
    fn of_an_export(&self) -> Option<&'static str> {
        first_given(EXPORT_PARAMETERS, [self.form.is_some(), self.rows.is_some()])
    }

    /// The first of what it has that does not say which orders.
    pub(in crate::v1::staff) fn no_filter(&self) -> Option<&'static str> {
        self.of_a_page().or(self.of_an_export()).or(self.sort.map(|_| SORT))
    }

    /// Refuses what asks for a page.
    ///
    /// # Errors
    /// 400 `invalid-parameter`.
    pub(super) fn whole(self) -> Result<Self, Problem> {
        self.without(Self::of_a_page)
    }

    /// Refuses what asks for an export.
    ///
    /// # Errors
    /// 400 `invalid-parameter`.
    pub(super) fn paged(self) -> Result<Self, Problem> {
        self.without(Self::of_an_export)
    }

    fn without(self, foreign: fn(&Self) -> Option<&'static str>) -> Result<Self, Problem> {
        match foreign(&self) {
            Some(name) => Err(Problem::new(Code::InvalidParameter)
                .errors(vec![FieldError::new(name, "unknown-parameter").detail(Text::new("page-unasked"))])),
            None => Ok(self),
        }
    }

    /// What the reader asks for, with phone numbers as they are dialled in this country; `None`: words without a letter or digit, which find nothing.
    ///
    /// # Errors
    /// 400 when a value is none of its kind, 403 when the scope does not show what is searched for.
    pub(in crate::v1::staff) fn filter(
        &self,
        scope: &Scope,
        reader: Option<MemberId>,
        home: Option<Country>,
        now: Timestamp,
    ) -> Result<Option<OrderFilter>, Problem> {
        let filter = self.predicates(scope, reader, home)?;
        if filter.trash == Trash::Only && matches!(scope, Scope::Staff { trash: false, .. }) {
            let detail =
                Text::new("trash-forbidden").with("permission", <&str>::from(Permission::OrdersDelete));
            return Err(Problem::new(Code::Forbidden).detail(detail));
        }
        let finds_nothing = has_no_words(self.q.as_deref())
            || filter.customer.as_ref().is_some_and(CustomerFilter::finds_nothing);
        let filter = if self.overdue == Some(true) { filter.only_overdue(now) } else { filter };
        Ok((!finds_nothing).then_some(filter))
    }

    /// What each parameter asks for. All of them are named, so that none is read and forgotten.
    fn predicates(
        &self,
        scope: &Scope,
        reader: Option<MemberId>,
        home: Option<Country>,
    ) -> Result<OrderFilter, Problem> {
        let Self {
            status,
            store,
            number,
            customer,
            category,
            product,
            sku,
            source,
            source_status,
            payment_status,
            attention,
            fulfillment_status,
            tracking,
            placed_after,
            placed_before,
            updated_after,
            updated_before,
            due_after,
            due_before,
            overdue: _,
            deleted,
            total_min,
            total_max,
            q,
            new,
            sort: _,
            include_total: _,
            include: _,
            limit: _,
            cursor: _,
            form: _,
            rows: _,
        } = self;
        let customer =
            customer.as_deref().map(|text| customer_filter("customer", text, scope, home)).transpose()?;
        let number = number.as_deref().map(number_search).transpose()?;
        Ok(OrderFilter {
            statuses: status.clone(),
            stores: store.clone(),
            number,
            ids: None,
            customer,
            sources: source.clone(),
            source_statuses: source_status.clone(),
            payment_statuses: payment_status.clone(),
            attention: attention.clone(),
            fulfillments: fulfillment_status.clone(),
            tracking_key: tracking.as_deref().map(tracking_key).transpose()?,
            category: category.clone(),
            product: *product,
            sku: sku.clone(),
            placed_after: *placed_after,
            placed_before: *placed_before,
            updated_after: *updated_after,
            updated_before: *updated_before,
            due_after: *due_after,
            due_before: *due_before,
            total_min: total_min.map(Amount::new),
            total_max: total_max.map(Amount::new),
            trash: if *deleted == Some(true) { Trash::Only } else { Trash::Without },
            terms: q.as_deref().map(order_terms).unwrap_or_default(),
            or_number: q.as_deref().and_then(OrderId::search_among_words),
            reader,
            new: *new,
        })
    }
}

/// By what parcels of this number are found.
fn tracking_key(text: &str) -> Result<String, Problem> {
    let number: TrackingNumber =
        text.parse().map_err(|problem: TextProblem| Problem::parameter("tracking", problem.code()))?;
    Ok(number.key())
}

/// What this parameter asks of a customer. Whoever may not see contacts may not search by them either.
///
/// # Errors
/// 400 for too few digits, 403 when the scope does not show what is searched for.
pub(in crate::v1::staff) fn customer_filter(
    parameter: &'static str,
    text: &str,
    scope: &Scope,
    home: Option<Country>,
) -> Result<CustomerFilter, Problem> {
    if let Ok(id) = text.parse::<CustomerId>() {
        return Ok(CustomerFilter::Id(id));
    }
    if !scope.shows_contact() {
        return Err(contact_search_forbidden());
    }
    if let Ok(email) = text.parse::<Email>() {
        return Ok(CustomerFilter::Email(email.key()));
    }
    match Phone::searched_tail(text, home) {
        Some(tail) if tail.len() < MIN_PHONE_TAIL_DIGITS => {
            let error = FieldError::new(parameter, "too-short");
            let detail = Text::new("phone-digits").with("limit", MIN_PHONE_TAIL_DIGITS);
            Err(Problem::new(Code::InvalidParameter).errors(vec![error.detail(detail)]))
        }
        Some(tail) => Ok(CustomerFilter::PhoneTail(tail)),
        None => Ok(CustomerFilter::Words(order_terms(text))),
    }
}

/// The first of these names that is given.
fn first_given<const N: usize>(names: [&'static str; N], given: [bool; N]) -> Option<&'static str> {
    names.into_iter().zip(given).find_map(|(name, is_given)| is_given.then_some(name))
}

/// 403: whoever may not see contacts searches by them.
pub(in crate::v1::staff) fn contact_search_forbidden() -> Problem {
    let detail = Text::new("contact-search-forbidden");
    Problem::new(Code::Forbidden).detail(detail.with("permission", <&str>::from(Permission::ContactRead)))
}
