//! Orders as JSON.

use ordervault_domain::access::Scope;
use ordervault_domain::order::{Line, Order};
use ordervault_domain::search::Field;
use ordervault_domain::time::Timestamp;
use ordervault_domain::totals::Rate;
use ordervault_persistence::read::OrderSummary;
use serde::Serialize;
use utoipa::ToSchema;

use super::contact::ContactBody;
use super::fulfillment_body::FulfillmentBody;
use super::money::{DifferenceBody, MoneyBody};
use super::order_payments::{OrderPaymentBody, PaymentBody, RefundBody};
use super::order_totals::{AdjustmentBody, OrderShippingBody, TaxOfRateBody};
use crate::names;
use crate::openapi::examples;
use crate::problem::{ActionBody, Offers};

/// An order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub(crate) struct OrderBody {
    /// The id.
    #[schema(min_length = 14, max_length = 14, example = json!(examples::ORDER))]
    pub id: String,
    /// The order number: the id in groups, for people.
    #[schema(min_length = 17, max_length = 17, example = json!(examples::ORDER_NUMBER))]
    pub number: String,
    /// Rises by one with every change; the ETag.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// Where it stands.
    #[schema(value_type = names::OrderStatus)]
    pub status: &'static str,
    /// The store that sells.
    #[schema(example = json!(examples::STORE))]
    pub store_id: String,
    /// What customers call the store today.
    #[schema(example = "台北茶館 Taipei Tea House")]
    pub store_name: String,
    /// The customer that buys, if they have an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(examples::CUSTOMER))]
    pub customer_id: Option<String>,
    /// How it came in.
    #[schema(value_type = names::OrderSource)]
    pub source: &'static str,
    /// Its status in the system that it was imported from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "shipped")]
    pub source_status: Option<String>,
    /// Its key in the system that it was imported from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "e481f51cbdc54678b7cc49136f2d6af7")]
    pub external_reference: Option<String>,
    /// What was ordered.
    pub lines: Vec<LineBody>,
    /// Sum of the lines.
    pub subtotal: MoneyBody,
    /// What is taken off them.
    pub discount_total: MoneyBody,
    /// How it is sent, if the store says how it sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub shipping: Option<OrderShippingBody>,
    /// Price of sending.
    pub shipping_total: MoneyBody,
    /// Fees.
    pub fee_total: MoneyBody,
    /// The tax on all that.
    pub tax_total: MoneyBody,
    /// Is the tax in these amounts already? Else it comes on top.
    #[schema(example = true)]
    pub prices_include_tax: bool,
    /// The tax by its rates.
    pub taxes: Vec<TaxOfRateBody>,
    /// Discounts and fees.
    pub adjustments: Vec<AdjustmentBody>,
    /// What it costs all in all.
    pub total: MoneyBody,
    /// How it is to be paid. Left out: its store has not said so, and nothing waits for a payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub payment: Option<OrderPaymentBody>,
    /// How far it is paid.
    #[schema(value_type = names::PaymentStatus)]
    pub payment_status: &'static str,
    /// What somebody has to look into. Staff only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<names::Attention>, example = json!([]))]
    pub attention: Vec<&'static str>,
    /// What of the total is not owed any more because units, or all, were called off.
    pub cancelled_total: MoneyBody,
    /// What of it the shop has given back though it was agreed.
    pub credited_total: MoneyBody,
    /// What of it the shop has let go of.
    pub written_off_total: MoneyBody,
    /// What was paid too much and stays with the shop, by the customer's leave.
    pub kept_total: MoneyBody,
    /// What was paid.
    pub paid_total: MoneyBody,
    /// What of that was paid back.
    pub refunded_total: MoneyBody,
    /// What of it is being paid back.
    pub refund_pending_total: MoneyBody,
    /// What of it the customer's bank has taken back.
    pub charged_back_total: MoneyBody,
    /// What the customer owes yet; below nothing: what the shop owes.
    pub balance_due: DifferenceBody,
    /// What was paid, and tried to be. Left out for staff who may not see it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<PaymentBody>,
    /// What is paid back, or was to be. Left out for staff who may not see it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<RefundBody>,
    /// Who gets it, and where. Left out for staff who may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub contact: Option<ContactBody>,
    /// The customer's note.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "請按兩次電鈴")]
    pub note: Option<String>,
    /// Is it kept off the shop's public board?
    #[schema(example = false)]
    pub unlisted: bool,
    /// When it came into its status.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub status_since: Timestamp,
    /// When it is due to leave its status. Left out: no deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub due_at: Option<Timestamp>,
    /// Is it late?
    #[schema(example = false)]
    pub overdue: bool,
    /// When contact, note and comments were erased, because the customer has deleted the account and the shop need not know any
    /// more. Only the trash is left to it since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2036-01-05T08:30:00.000Z")]
    pub erased_at: Option<Timestamp>,
    /// When it was put into the trash.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub deleted_at: Option<Timestamp>,
    /// The batch that put it there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(examples::BATCH))]
    pub deleted_in: Option<String>,
    /// Why it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<names::CancelReason>)]
    pub cancel_reason: Option<&'static str>,
    /// Why it is invalid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<names::InvalidReason>)]
    pub invalid_reason: Option<&'static str>,
    /// When it was placed.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub placed_at: Timestamp,
    /// When it was last written.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub updated_at: Timestamp,
    /// When it was confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub confirmed_at: Option<Timestamp>,
    /// When its execution started.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub started_at: Option<Timestamp>,
    /// When it was completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub completed_at: Option<Timestamp>,
    /// When it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub cancelled_at: Option<Timestamp>,
    /// When it was marked invalid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub invalidated_at: Option<Timestamp>,
    /// How far it is sent.
    #[schema(value_type = names::FulfillmentStatus)]
    pub fulfillment_status: &'static str,
    /// What leaves, or has left, together.
    pub fulfillments: Vec<FulfillmentBody>,
    /// What the caller may do now.
    pub actions: Vec<ActionBody>,
}

/// A line of an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderLine)]
pub(crate) struct LineBody {
    /// Its number within the order. It stays its own: no other line of the order gets it, even when this one has gone.
    #[schema(minimum = 1, example = 1)]
    pub no: u32,
    /// Which product.
    #[schema(example = json!(examples::PRODUCT))]
    pub product_id: String,
    /// Its stock keeping unit when it was ordered.
    #[schema(example = "TEA-001")]
    pub sku: String,
    /// Its title when it was ordered.
    #[schema(example = "高山烏龍茶 150g")]
    pub title: String,
    /// Its category when it was ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "tea")]
    pub category: Option<String>,
    /// Units.
    #[schema(minimum = 1, maximum = 1_000_000, example = 2)]
    pub quantity: u32,
    /// Units that were called off.
    #[schema(minimum = 0, maximum = 1_000_000, example = 0)]
    pub cancelled: u32,
    /// Units that are set aside in fulfillments, and still here.
    #[schema(minimum = 0, maximum = 1_000_000, example = 0)]
    pub allocated: u32,
    /// Units that have left.
    #[schema(minimum = 0, maximum = 1_000_000, example = 0)]
    pub shipped: u32,
    /// Of those: units that have arrived.
    #[schema(minimum = 0, maximum = 1_000_000, example = 0)]
    pub delivered: u32,
    /// Of those that have left: units that were lost or broken, and are not owed any more.
    #[schema(minimum = 0, maximum = 1_000_000, example = 0)]
    pub lost: u32,
    /// Price of one unit.
    pub unit_price: MoneyBody,
    /// Price of the line.
    pub total: MoneyBody,
    /// What is taken off that.
    pub discount: MoneyBody,
    /// The rate by which it is taxed, in thousandths of a percent.
    #[schema(value_type = u32, minimum = 0, maximum = 100_000, example = 5_000)]
    pub tax_rate: Rate,
    /// The tax in or on what is left.
    pub tax: MoneyBody,
    /// What it costs all in all.
    pub amount: MoneyBody,
}

impl OrderBody {
    /// The order as somebody with this scope sees it now.
    pub(crate) fn new(
        order: &Order,
        store_name: &str,
        scope: &Scope,
        offers: Offers,
        now: Timestamp,
    ) -> Self {
        let money = |amount| MoneyBody::new(amount, order.currency);
        let stage = order.stage.parts();
        let shows_contact = scope.shows_contact();
        Self {
            id: order.id.to_string(),
            number: order.id.number(),
            version: order.version,
            status: stage.status.into(),
            store_id: order.store_id.to_string(),
            store_name: store_name.to_owned(),
            customer_id: order.customer_id.map(|id| id.to_string()),
            source: order.source.into(),
            source_status: order.source_status.clone(),
            external_reference: order.external_reference.clone(),
            lines: order.lines.iter().map(|line| LineBody::new(line, order)).collect(),
            subtotal: money(order.totals.subtotal),
            discount_total: money(order.totals.discount_total),
            shipping: OrderShippingBody::of(order),
            shipping_total: money(order.totals.shipping_total),
            fee_total: money(order.totals.fee_total),
            tax_total: money(order.totals.tax_total),
            prices_include_tax: order.terms.tax.as_ref().is_none_or(|tax| tax.prices_include_tax),
            taxes: TaxOfRateBody::of(order),
            adjustments: AdjustmentBody::of(order),
            total: money(order.totals.total),
            payment: OrderPaymentBody::of(order),
            payment_status: order.derived.payment_status.into(),
            attention: match scope {
                Scope::Staff { .. } | Scope::Everything => order.attention.iter().map(Into::into).collect(),
                Scope::Customer(_) | Scope::Guest(_) | Scope::Board(_) => vec![],
            },
            cancelled_total: money(order.balance.cancelled),
            credited_total: money(order.balance.credited),
            written_off_total: money(order.balance.written_off),
            kept_total: money(order.balance.kept),
            paid_total: money(order.balance.paid),
            refunded_total: money(order.balance.refunded),
            refund_pending_total: money(order.balance.refund_pending),
            charged_back_total: money(order.balance.charged_back),
            balance_due: DifferenceBody::new(order.balance.open(order.totals.total), order.currency),
            payments: PaymentBody::of(order, scope),
            refunds: RefundBody::of(order, scope),
            contact: shows_contact.then(|| ContactBody::from(&order.contact)),
            note: Some(order.note.clone()).filter(|note| shows_contact && !note.is_empty()),
            unlisted: order.unlisted,
            status_since: order.status_since,
            due_at: order.due_at,
            overdue: order.is_overdue(now),
            erased_at: order.erased_at,
            deleted_at: stage.deleted_at,
            deleted_in: stage.deleted_in.map(|id| id.to_string()),
            cancel_reason: stage.cancel_reason.map(Into::into),
            invalid_reason: stage.invalid_reason.map(Into::into),
            placed_at: order.placed_at,
            updated_at: order.updated_at,
            confirmed_at: stage.confirmed_at,
            started_at: stage.started_at,
            completed_at: stage.completed_at,
            cancelled_at: stage.cancelled_at,
            invalidated_at: stage.invalidated_at,
            fulfillment_status: order.derived.fulfillment_status.into(),
            fulfillments: FulfillmentBody::of(order, &offers),
            actions: offers.order,
        }
    }
}

impl LineBody {
    /// A line of this order.
    pub(crate) fn new(line: &Line, order: &Order) -> Self {
        let units = order.units(line.no);
        Self {
            no: line.no,
            product_id: line.product_id.to_string(),
            sku: line.sku.clone(),
            title: line.title.clone(),
            category: line.category.clone(),
            quantity: line.quantity,
            cancelled: units.cancelled,
            allocated: units.allocated,
            shipped: units.shipped,
            delivered: units.delivered,
            lost: units.lost,
            unit_price: MoneyBody::new(line.unit_price, order.currency),
            total: MoneyBody::new(line.total, order.currency),
            discount: MoneyBody::new(line.discount, order.currency),
            tax_rate: line.tax_rate,
            tax: MoneyBody::new(line.tax, order.currency),
            amount: MoneyBody::new(line.amount(), order.currency),
        }
    }
}

/// An order in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderSummary)]
pub(crate) struct OrderSummaryBody {
    /// The id.
    #[schema(min_length = 14, max_length = 14, example = json!(examples::ORDER))]
    pub id: String,
    /// The order number.
    #[schema(min_length = 17, max_length = 17, example = json!(examples::ORDER_NUMBER))]
    pub number: String,
    /// Its version.
    #[schema(minimum = 1, example = 1)]
    pub version: i64,
    /// Where it stands.
    #[schema(value_type = names::OrderStatus)]
    pub status: &'static str,
    /// The store that sells.
    #[schema(example = json!(examples::STORE))]
    pub store_id: String,
    /// What customers call the store today.
    #[schema(example = "台北茶館 Taipei Tea House")]
    pub store_name: String,
    /// The customer that buys, if they have an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(examples::CUSTOMER))]
    pub customer_id: Option<String>,
    /// Who ordered. Left out for staff who may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "王小明")]
    pub orderer: Option<String>,
    /// How it came in.
    #[schema(value_type = names::OrderSource)]
    pub source: &'static str,
    /// Its status in the system that it was imported from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "shipped")]
    pub source_status: Option<String>,
    /// How many lines it has.
    #[schema(minimum = 0, maximum = 200, example = 1)]
    pub line_count: u32,
    /// The first three of them.
    #[schema(max_items = 3)]
    pub first_lines: Vec<FirstLineBody>,
    /// What it costs.
    pub total: MoneyBody,
    /// How far it is paid.
    #[schema(value_type = names::PaymentStatus)]
    pub payment_status: &'static str,
    /// What the customer owes yet; below nothing: what the shop owes.
    pub balance_due: DifferenceBody,
    /// When it was placed.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub placed_at: Timestamp,
    /// When it was last written.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub updated_at: Timestamp,
    /// Is it new for you: placed since you last saw everything, and not marked as seen? Staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = true)]
    pub is_new: Option<bool>,
    /// When it is due to leave its status. Left out: no deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub due_at: Option<Timestamp>,
    /// Is it late?
    #[schema(example = false)]
    pub overdue: bool,
    /// Is it in the trash?
    #[schema(example = false)]
    pub deleted: bool,
    /// Where the words that were asked for are. Left out when none were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<names::MatchedField>, example = json!(["items"]))]
    pub matched: Vec<Field>,
    /// What the caller may do now; left out where `include` does not ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub actions: Option<Vec<ActionBody>>,
}

/// A line of an order in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OrderSummaryLine)]
pub(crate) struct FirstLineBody {
    /// What was ordered.
    #[schema(example = "高山烏龍茶 150g")]
    pub title: String,
    /// Units.
    #[schema(minimum = 1, maximum = 1_000_000, example = 2)]
    pub quantity: u32,
}

impl OrderSummaryBody {
    /// The order as it stands now.
    pub(crate) fn new(order: OrderSummary, store_name: &str, now: Timestamp) -> Self {
        let overdue = order.is_overdue(now);
        Self {
            id: order.id.to_string(),
            number: order.id.number(),
            version: order.version,
            status: order.status.into(),
            store_id: order.store_id.to_string(),
            store_name: store_name.to_owned(),
            customer_id: order.customer_id.map(|id| id.to_string()),
            overdue,
            orderer: order.contact_name,
            source: order.source.into(),
            source_status: order.source_status,
            line_count: order.glance.line_count,
            first_lines: order.glance.first_lines.into_iter().map(FirstLineBody::from).collect(),
            total: MoneyBody::new(order.total, order.currency),
            payment_status: order.payment_status.into(),
            balance_due: DifferenceBody::new(order.balance_due, order.currency),
            placed_at: order.placed_at,
            updated_at: order.updated_at,
            is_new: order.is_new,
            due_at: order.due_at,
            deleted: order.deleted_at.is_some(),
            matched: order.matched,
            actions: None,
        }
    }
}

impl From<(String, u32)> for FirstLineBody {
    fn from((title, quantity): (String, u32)) -> Self {
        Self { title, quantity }
    }
}
