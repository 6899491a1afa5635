//! The questions to the list of orders whose plans are committed and whose times are measured, on fabricated orders.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use ordervault_domain::id::{NumberEnding, NumberSearch, OrderId, compose};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{Attention, FulfillmentStatus, PaymentStatus, Source, Status};
use ordervault_domain::search::query_terms;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::{CustomerFilter, OrderFilter, OrderSort, SortKey, Trash};

use crate::fabricate::{COMMON_PRODUCT, CUSTOMER, GREAT_STORE, RARE_PRODUCT, SMALL_STORE, STEP_MILLIS};
use crate::shop::OPENING_MILLIS;

/// A list that somebody asks for.
pub struct ListQuery {
    /// In words.
    pub name: &'static str,
    /// What is asked for.
    pub filter: OrderFilter,
    /// In which order.
    pub sort: OrderSort,
    /// The same as a condition on `orders` in plain SQL, without regard to the trash.
    pub condition: String,
}

/// So many orders before the last one.
fn ago(orders: i64) -> Timestamp {
    Timestamp::from_millis(OPENING_MILLIS - orders * STEP_MILLIS)
}

/// The last order of all.
pub fn last_order() -> OrderId {
    OrderId::from_i64(compose(ago(0), 0).expect("a time after 2020"))
}

fn ask(name: &'static str, filter: OrderFilter, condition: impl Into<String>) -> ListQuery {
    ListQuery { name, filter, sort: OrderSort::NEWEST_FIRST, condition: condition.into() }
}

fn none() -> OrderFilter {
    OrderFilter::default()
}

/// All of them.
pub fn questions() -> Vec<ListQuery> {
    [by_columns(), by_contact(), by_lines(), by_ranges(), by_words(), combinations(), sorted()]
        .into_iter()
        .flatten()
        .collect()
}

fn by_columns() -> Vec<ListQuery> {
    let number = |search: NumberSearch| OrderFilter { number: Some(search), ..none() };
    let ends = |tail: i64| Some(NumberEnding { tail, mask: 0, bits: 0 });
    // Ids hold their time.
    let last = last_order();
    let first = OrderId::from_i64(last.get() >> 30 << 30);
    let begins = || Some(first..=last);
    let is_it = format!("id = {}", last.get());
    let begins_so = format!("id >= {} AND id <= {}", first.get(), last.get());
    let is_part = format!("({begins_so}) OR number_tail = 77");
    let statuses = |status| OrderFilter { statuses: vec![status], ..none() };
    let elsewhere = |text: &str| OrderFilter { source_statuses: vec![text.to_owned()], ..none() };
    let paid = |status| OrderFilter { payment_statuses: vec![status], ..none() };
    vec![
        ask("all", none(), "TRUE"),
        ask("great store", OrderFilter { stores: vec![GREAT_STORE], ..none() }, "store_id = 1"),
        ask("small store", OrderFilter { stores: vec![SMALL_STORE], ..none() }, "store_id = 5"),
        ask("pending", statuses(Status::PendingReview), "status = 'pending_review'"),
        ask("invalid", statuses(Status::Invalid), "status = 'invalid'"),
        ask("trash", OrderFilter { trash: Trash::Only, ..none() }, "deleted_at IS NOT NULL"),
        ask("number", number(NumberSearch::Whole(last)), is_it),
        ask("beginning of a number", number(NumberSearch::Part { begins: begins(), ends: None }), begins_so),
        ask(
            "end of a number",
            number(NumberSearch::Part { begins: None, ends: ends(77) }),
            "number_tail = 77",
        ),
        ask("part of a number", number(NumberSearch::Part { begins: begins(), ends: ends(77) }), is_part),
        ask("imported", OrderFilter { sources: vec![Source::Import], ..none() }, "source = 'import'"),
        ask(
            "partly sent",
            OrderFilter { fulfillments: vec![FulfillmentStatus::PartiallyFulfilled], ..none() },
            "fulfillment_status = 'partially_fulfilled'",
        ),
        ask(
            "tracking number",
            OrderFilter { tracking_key: Some("RR77TW".to_owned()), ..none() },
            "id IN (SELECT order_id FROM parcels WHERE tracking_key = 'RR77TW')",
        ),
        ask("status elsewhere", elsewhere("delivered"), "source_status = 'delivered'"),
        ask("rare status elsewhere", elsewhere("lost"), "source_status = 'lost'"),
        ask("unpaid", paid(PaymentStatus::Unpaid), "payment_status = 'unpaid'"),
        ask("paid", paid(PaymentStatus::Paid), "payment_status = 'paid'"),
        ask(
            "too much paid",
            OrderFilter { attention: vec![Attention::RefundDue], ..none() },
            "attention LIKE '%\"refund_due\"%'",
        ),
    ]
}

fn by_contact() -> Vec<ListQuery> {
    let customer = |customer| OrderFilter { customer: Some(customer), ..none() };
    let words = CustomerFilter::Words(query_terms("Maria 4321"));
    vec![
        ask("customer", customer(CustomerFilter::Id(CUSTOMER)), "customer_id = 7"),
        ask(
            "e-mail",
            customer(CustomerFilter::Email("maria7@example.com".to_owned())),
            "contact_email = 'maria7@example.com'",
        ),
        ask(
            "end of the phone number",
            customer(CustomerFilter::PhoneTail("541".to_owned())),
            "contact_phone_reversed LIKE '145%'",
        ),
        ask("words of the contact", customer(words), "contact_name LIKE '% 4321%'"),
    ]
}

fn by_lines() -> Vec<ListQuery> {
    let line = |condition: &str| format!("id IN (SELECT order_id FROM order_lines WHERE {condition})");
    let category = |text: &str| OrderFilter { category: Some(text.to_owned()), ..none() };
    vec![
        ask(
            "common product",
            OrderFilter { product: Some(COMMON_PRODUCT), ..none() },
            line("product_id = 1"),
        ),
        ask("rare product", OrderFilter { product: Some(RARE_PRODUCT), ..none() }, line("product_id = 2000")),
        ask("common category", category("category-1"), line("category = 'category-1'")),
        ask("rare category", category("rare"), line("category = 'rare'")),
        ask(
            "stock keeping unit",
            OrderFilter { sku: Some("SKU-77".to_owned()), ..none() },
            line("sku = 'SKU-77'"),
        ),
    ]
}

fn by_ranges() -> Vec<ListQuery> {
    let (from, to) = (Some(ago(20_000)), Some(ago(18_560)));
    let day = |column: &str| {
        format!("{column} >= {} AND {column} < {}", ago(20_000).millis(), ago(18_560).millis())
    };
    let total = |total| OrderFilter { total_min: Some(Amount::new(total)), ..none() };
    vec![
        ask(
            "placed in a day",
            OrderFilter { placed_after: from, placed_before: to, ..none() },
            day("placed_at"),
        ),
        ask(
            "updated in a day",
            OrderFilter { updated_after: from, updated_before: to, ..none() },
            day("updated_at"),
        ),
        ask("due in a day", OrderFilter { due_after: from, due_before: to, ..none() }, day("due_at")),
        ask("late", OrderFilter { due_before: Some(ago(0)), ..none() }, format!("due_at < {OPENING_MILLIS}")),
        ask("great totals", total(999_000), "total >= 999000"),
        ask("half of the totals", total(500_000), "total >= 500000"),
        ask("small totals", OrderFilter { total_max: Some(Amount::new(500)), ..none() }, "total <= 500"),
    ]
}

/// The number of a fabricated order, from its text.
const NUMBER: &str = "CAST(substr(contact_name, 11) AS BIGINT)";

fn by_words() -> Vec<ListQuery> {
    let words = |text: &str| OrderFilter { terms: query_terms(text), ..none() };
    let even = format!("{NUMBER} % 2 = 0");
    vec![
        ask("common word", words("thermos"), even.clone()),
        ask("beginning of a common word", words("the"), even.clone()),
        ask("two characters", words("保温"), even.clone()),
        ask("three characters", words("保温杯"), even.clone()),
        ask("one character", words("杯"), even),
        ask("rare word", words("rare"), format!("{NUMBER} % 20011 = 0")),
        ask("words in two classes", words("rare 王小明"), format!("{NUMBER} % 20011 = 0")),
        ask("word of nowhere", words("nowhere"), "FALSE"),
        ask("characters of nowhere", words("杯保温"), "FALSE"),
    ]
}

fn combinations() -> Vec<ListQuery> {
    let open = vec![Status::PendingReview, Status::Confirmed, Status::Processing];
    let is_open = "status IN ('pending_review', 'confirmed', 'processing')";
    let product = "id IN (SELECT order_id FROM order_lines WHERE product_id = 1)";
    vec![
        ask(
            "great store, pending",
            OrderFilter { stores: vec![GREAT_STORE], statuses: vec![Status::PendingReview], ..none() },
            "store_id = 1 AND status = 'pending_review'",
        ),
        ask(
            "two stores, open",
            OrderFilter { stores: vec![GREAT_STORE, SMALL_STORE], statuses: open.clone(), ..none() },
            format!("store_id IN (1, 5) AND {is_open}"),
        ),
        ask(
            "open, common word",
            OrderFilter { statuses: open, terms: query_terms("thermos"), ..none() },
            format!("{is_open} AND {NUMBER} % 2 = 0"),
        ),
        ask(
            "common product, common word, half of the totals",
            OrderFilter {
                product: Some(COMMON_PRODUCT),
                terms: query_terms("杯"),
                total_min: Some(Amount::new(500_000)),
                ..none()
            },
            format!("{product} AND total >= 500000"),
        ),
        ask(
            "common product, common word that excludes it",
            OrderFilter { product: Some(COMMON_PRODUCT), terms: query_terms("茶壶"), ..none() },
            "FALSE",
        ),
        ask(
            "common words that exclude each other",
            OrderFilter { terms: query_terms("保温 茶壶"), ..none() },
            "FALSE",
        ),
        ask(
            "customer, category",
            OrderFilter {
                customer: Some(CustomerFilter::Id(CUSTOMER)),
                category: Some("category-1".to_owned()),
                ..none()
            },
            "customer_id = 7 AND id IN (SELECT order_id FROM order_lines WHERE category = 'category-1')",
        ),
        ask(
            "completed, imported, common product, which excludes it",
            OrderFilter {
                statuses: vec![Status::Completed],
                sources: vec![Source::Import],
                product: Some(COMMON_PRODUCT),
                ..none()
            },
            "FALSE",
        ),
    ]
}

fn sorted() -> Vec<ListQuery> {
    let pending = || OrderFilter { statuses: vec![Status::PendingReview], ..none() };
    let great = || OrderFilter { stores: vec![GREAT_STORE], ..none() };
    let by = |key, descending| OrderSort { key, descending };
    let (is_pending, is_great) = ("status = 'pending_review'", "store_id = 1");
    let due = |condition: &str| format!("{condition} AND due_at IS NOT NULL");
    let dearest = by(SortKey::Total, true);
    let in_both = OrderFilter { terms: query_terms("thermos"), ..great() };
    let all = [
        ("all, oldest first", none(), by(SortKey::Placed, false), "TRUE".to_owned()),
        ("all, most urgent first", none(), by(SortKey::Due, false), due("TRUE")),
        ("all, dearest first", none(), dearest, "TRUE".to_owned()),
        ("all, last written first", none(), by(SortKey::Updated, true), "TRUE".to_owned()),
        ("pending, most urgent first", pending(), by(SortKey::Due, false), due(is_pending)),
        ("pending, dearest first", pending(), dearest, is_pending.to_owned()),
        ("great store, dearest first", great(), dearest, is_great.to_owned()),
        ("great store, cheapest first", great(), by(SortKey::Total, false), is_great.to_owned()),
        ("great store, last written first", great(), by(SortKey::Updated, true), is_great.to_owned()),
        ("great store, common word, dearest first", in_both, dearest, is_great.to_owned()),
    ];
    all.into_iter()
        .map(|(name, filter, sort, condition)| ListQuery { name, filter, sort, condition })
        .collect()
}
