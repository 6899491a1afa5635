//! From what the source has to operations of ours.
//!
//! | here | from |
//! | --- | --- |
//! | store | the customer's federal state; BRL, `America/Sao_Paulo` |
//! | customer | `customer_unique_id` |
//! | product | federal state and `product_id`; the source has neither titles nor stock keeping units, so both are made of the category and the id; its price is the latest one paid |
//! | order | `order_id`, with `order_status` kept word for word |
//!
//! The source keeps no history but up to three times; the steps with a time come in at that time, then the status that
//! the source's status stands for, if no step has reached it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDateTime;
use ordervault_domain::aggregate::Kind;
use ordervault_domain::contact::{Address, Contact};
use ordervault_domain::country::Country;
use ordervault_domain::id::{CustomerId, OrderId, ProductId, StoreId};
use ordervault_domain::money::{Amount, Currency};
use ordervault_domain::order::{self, Import, ImportedLine, ImportedStep, Status};
use ordervault_domain::time::{TimeZone, Timestamp};
use ordervault_domain::{customer, product, store};
use ordervault_persistence::writer::Operation;

use super::data::{Olist, OlistLine, OlistOrder};
use super::fields::FEDERAL_STATES;
use super::status::OlistStatus;
use crate::exit::{Exit, Failure};
use crate::ids;
use crate::intake::Piece;

/// Symbols of the source's product id in the title.
const TITLE_SYMBOLS: usize = 8;
/// Symbols of the source's product id that are the stock keeping unit, unless two products of a store share them.
const SKU_SYMBOLS: usize = 12;

/// Makes operations of what was read.
#[derive(Debug, Clone, Copy)]
pub struct Translator {
    brl: Currency,
    time_zone: TimeZone,
    country: Country,
}

impl Translator {
    /// Knows the currency, the time zone and the country of the data.
    ///
    /// # Errors
    /// When this program knows them no longer.
    pub fn new() -> Result<Self, Failure> {
        let unknown = |what: &str| Failure::new(Exit::Internal, format!("{what} is not known any more"));
        let brl = "BRL".parse().map_err(|_| unknown("BRL"))?;
        let time_zone = "America/Sao_Paulo".parse().map_err(|_| unknown("America/Sao_Paulo"))?;
        let country = "BR".parse().map_err(|_| unknown("BR"))?;
        Ok(Self { brl, time_zone, country })
    }

    /// One store per federal state that has orders.
    #[must_use]
    pub fn stores(&self, olist: &Olist) -> Vec<Piece> {
        let states: BTreeSet<&str> = olist.orders.iter().map(|order| order.state.as_str()).collect();
        states.into_iter().filter_map(|state| self.store(state)).collect()
    }

    fn store(&self, state: &str) -> Option<Piece> {
        let name = FEDERAL_STATES.iter().find(|(code, _)| *code == state)?.1;
        let id = store_id(state)?;
        let command = store::StoreCommand::Create(store::NewStore {
            tax: None,
            shipping: vec![],
            payments: vec![],
            name: format!("{name} ({state})"),
            currency: self.brl,
            time_zone: self.time_zone,
            country: Some(self.country),
            change_window_minutes: None,
            policy: store::Policy {
                duplicate_window_minutes: Some(store::DEFAULT_DUPLICATE_WINDOW_MINUTES),
                ..store::Policy::default()
            },
            external_reference: Some(store_reference(state)),
        });
        let operation = Operation::Store { id: Some(id), expected_version: None, command };
        Some(Piece { name: format!("store {state}"), id: id.get(), needs: vec![], operation })
    }

    /// An order. Needs its store, customer and products.
    ///
    /// # Errors
    /// Why it cannot come in: its time of purchase is one that no order can have. (An order of the future would keep
    /// the shop from writing anything until then, because ids hold the time and must not run ahead of the clock.)
    pub fn order(&self, order: &OlistOrder, now: Timestamp) -> Result<Piece, &'static str> {
        const NO_TIME: &str = "it was bought before 1970 or after 2089";
        let placed_at = self.time_zone.local_to_utc(order.purchased_at);
        if placed_at > now {
            return Err("it was bought in the future");
        }
        let external_reference = format!("olist:{}", order.order_id);
        let id = ids::timed(Kind::Order, &external_reference, placed_at)
            .filter(|_| placed_at > Timestamp::MIN)
            .ok_or(NO_TIME)?;
        let (store_id, customer_id) =
            store_id(&order.state).zip(customer_id(&order.customer_unique_id)).ok_or(NO_TIME)?;
        let lines = lines(order).ok_or("it has more units than an order can have")?;
        let needs = [store_id.get(), customer_id.get()];
        let needs = needs.into_iter().chain(lines.iter().map(|line| line.product_id.get())).collect();
        let address = Address {
            city: Some(order.city.clone()),
            region: Some(order.state.clone()),
            postal_code: Some(order.zip.clone()),
            ..Address::default()
        };
        let import = Import {
            store_id,
            customer_id: Some(customer_id),
            external_reference,
            source_status: order.status.as_str().to_owned(),
            currency: self.brl,
            lines,
            shipping_total: Amount::new(order.freight_total),
            contact: Contact { address: Some(address), ..Contact::default() },
            placed_at,
            steps: steps(order, |local| self.time_zone.local_to_utc(local)),
        };
        let operation = Operation::Order {
            id: Some(OrderId::from_i64(id)),
            expected_version: None,
            command: order::OrderCommand::Import(Box::new(import)),
        };
        Ok(Piece { name: format!("order {}", order.order_id), id, needs, operation })
    }
}

/// One customer per person who ordered.
#[must_use]
pub fn customers(olist: &Olist) -> Vec<Piece> {
    let persons: BTreeSet<&str> =
        olist.orders.iter().map(|order| order.customer_unique_id.as_str()).collect();
    persons.into_iter().filter_map(customer).collect()
}

fn customer(unique_id: &str) -> Option<Piece> {
    let id = customer_id(unique_id)?;
    let command = customer::CustomerCommand::Import { external_reference: customer_reference(unique_id) };
    let operation = Operation::on_customer(id, command);
    Some(Piece { name: format!("customer {unique_id}"), id: id.get(), needs: vec![], operation })
}

/// One product per federal state and product ordered there. Needs the stores.
#[must_use]
pub fn products(olist: &Olist) -> Vec<Piece> {
    // Orders come by time, so the last price stays.
    let mut prices: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for order in &olist.orders {
        for line in &order.lines {
            prices.insert((&order.state, &line.product_id), line.unit_price);
        }
    }
    let mut sharing: HashMap<(&str, &str), u32> = HashMap::new();
    for (state, product_id) in prices.keys() {
        *sharing.entry((state, head(product_id, SKU_SYMBOLS))).or_default() += 1;
    }
    let product = |((state, product_id), price): (&(&str, &str), &i64)| {
        let (id, store_id) = (product_id_in(state, product_id)?, store_id(state)?);
        let category = olist.products.get(*product_id).and_then(|product| product.category.clone());
        let symbols = head(product_id, SKU_SYMBOLS);
        let is_alone = sharing.get(&(*state, symbols)) == Some(&1);
        let words = category.as_deref().unwrap_or("product").replace('_', " ");
        let command = product::ProductCommand::Create(product::NewProduct {
            tax_class: None,
            weight_grams: None,
            store_id,
            sku: if is_alone { symbols } else { product_id }.to_owned(),
            title: format!("{words} {}", head(product_id, TITLE_SYMBOLS)),
            category,
            price: Amount::new(*price),
            on_hand: 0,
            external_reference: Some(product_reference(state, product_id)),
        });
        let operation = Operation::Product { id: Some(id), expected_version: None, command };
        let name = format!("product {product_id} in {state}");
        Some(Piece { name, id: id.get(), needs: vec![store_id.get()], operation })
    };
    prices.iter().filter_map(product).collect()
}

fn lines(order: &OlistOrder) -> Option<Vec<ImportedLine>> {
    let line = |line: &OlistLine| {
        Some(ImportedLine {
            product_id: product_id_in(&order.state, &line.product_id)?,
            quantity: u32::try_from(line.quantity).ok()?,
            unit_price: Amount::new(line.unit_price),
        })
    };
    order.lines.iter().map(line).collect()
}

/// The steps that are known and lie on the way to where the order stands, and that one, known or not. An order that
/// was called off keeps all of its known steps: they happened, however far it had come.
fn steps(order: &OlistOrder, utc: impl Fn(NaiveDateTime) -> Timestamp) -> Vec<ImportedStep> {
    let target = status(order.status);
    let known = [
        (Status::Confirmed, order.approved_at),
        (Status::Processing, order.carrier_at),
        (Status::Completed, order.delivered_at),
    ];
    let mut steps = Vec::new();
    for (to, at) in known {
        if target != Status::PendingReview && to <= target && (at.is_some() || to == target) {
            steps.push(ImportedStep { to, at: at.map(&utc) });
        }
    }
    if target == Status::Cancelled {
        steps.push(ImportedStep { to: Status::Cancelled, at: None });
    }
    steps
}

/// Where an order stands here that stands so in the source.
fn status(status: OlistStatus) -> Status {
    match status {
        OlistStatus::Created => Status::PendingReview,
        OlistStatus::Approved => Status::Confirmed,
        OlistStatus::Invoiced | OlistStatus::Processing | OlistStatus::Shipped => Status::Processing,
        OlistStatus::Delivered => Status::Completed,
        OlistStatus::Unavailable | OlistStatus::Canceled => Status::Cancelled,
    }
}

fn store_reference(state: &str) -> String {
    format!("olist:{state}")
}

fn store_id(state: &str) -> Option<StoreId> {
    ids::timeless(Kind::Store, &store_reference(state)).map(StoreId::from_i64)
}

fn customer_reference(unique_id: &str) -> String {
    format!("olist:{unique_id}")
}

fn customer_id(unique_id: &str) -> Option<CustomerId> {
    ids::timeless(Kind::Customer, &customer_reference(unique_id)).map(CustomerId::from_i64)
}

fn product_reference(state: &str, product_id: &str) -> String {
    format!("olist:{state}:{product_id}")
}

fn product_id_in(state: &str, product_id: &str) -> Option<ProductId> {
    ids::timeless(Kind::Product, &product_reference(state, product_id)).map(ProductId::from_i64)
}

/// The first symbols of an id, which are ASCII.
fn head(id: &str, symbols: usize) -> &str {
    id.get(..symbols).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::super::tests::sound_olist;
    use super::*;

    const NOW: &str = "2032-01-01T00:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn import(order: &OlistOrder) -> (Piece, Import) {
        let piece = Translator::new().unwrap().order(order, at(NOW)).unwrap();
        match piece.operation.clone() {
            Operation::Order { command: order::OrderCommand::Import(import), .. } => (piece, *import),
            other => panic!("{other:?}"),
        }
    }

    /// The first order of the sound files with this status and these hours of 2031-05-02.
    fn with_steps(status: OlistStatus, hours: [Option<u32>; 3]) -> Vec<(Status, Option<String>)> {
        let time = |hour: Option<u32>| {
            let day = chrono::NaiveDate::from_ymd_opt(2031, 5, 2).unwrap();
            hour.map(|hour| day.and_hms_opt(hour, 0, 0).unwrap())
        };
        let [approved_at, carrier_at, delivered_at] = hours.map(time);
        let order =
            OlistOrder { status, approved_at, carrier_at, delivered_at, ..sound_olist().orders[0].clone() };
        let steps = import(&order).1.steps;
        steps.into_iter().map(|step| (step.to, step.at.map(|at| at.to_string()[11..13].to_owned()))).collect()
    }

    #[test]
    fn an_order_brings_everything_it_has() {
        let olist = sound_olist();
        let (piece, import) = import(&olist.orders[0]);
        assert_eq!((piece.name.as_str(), import.external_reference.as_str()), ("order aa", "olist:aa"));
        assert_eq!(import.source_status, "delivered");
        assert_eq!(import.placed_at, at("2031-05-01T12:00:00Z"), "São Paulo is three hours behind");
        assert_eq!(import.shipping_total, Amount::new(505));
        let lines: Vec<_> = import.lines.iter().map(|line| (line.quantity, line.unit_price.get())).collect();
        assert_eq!(lines, [(2, 1050), (1, 700), (1, 950)]);
        let address = import.contact.address.unwrap();
        assert_eq!(address.city.as_deref(), Some("sao paulo"));
        assert_eq!((address.region.as_deref(), address.postal_code.as_deref()), (Some("SP"), Some("01001")));
        // Store, customer, and a product for each line, all of which come in before.
        let before: Vec<i64> = Translator::new()
            .unwrap()
            .stores(&olist)
            .iter()
            .chain(&customers(&olist))
            .chain(&products(&olist))
            .map(|piece| piece.id)
            .collect();
        assert_eq!(piece.needs.len(), 5);
        assert!(piece.needs.iter().all(|id| before.contains(id)));
    }

    #[test]
    fn known_steps_come_at_their_times_and_the_last_one_even_without() {
        use OlistStatus as S;
        use Status::{Cancelled, Completed, Confirmed, Processing};
        let known = |to, hour: &str| (to, Some(hour.to_owned()));
        let (nine, ten, eleven) = (known(Confirmed, "12"), known(Processing, "13"), known(Completed, "14"));
        let all = [Some(9), Some(10), Some(11)];
        let none = [None; 3];
        let cases = [
            (S::Created, all, vec![]),
            (S::Approved, all, vec![nine.clone()]),
            (S::Approved, none, vec![(Confirmed, None)]),
            (S::Invoiced, none, vec![(Processing, None)]),
            (S::Processing, [Some(9), None, None], vec![nine.clone(), (Processing, None)]),
            (S::Shipped, all, vec![nine.clone(), ten.clone()]),
            (S::Delivered, all, vec![nine.clone(), ten.clone(), eleven.clone()]),
            (S::Delivered, [None, Some(10), None], vec![ten.clone(), (Completed, None)]),
            (S::Unavailable, [Some(9), None, None], vec![nine.clone(), (Cancelled, None)]),
            (S::Canceled, none, vec![(Cancelled, None)]),
            (S::Canceled, all, vec![nine, ten, eleven, (Cancelled, None)]),
        ];
        for (status, hours, expected) in cases {
            assert_eq!(with_steps(status, hours), expected, "{status} {hours:?}");
        }
    }

    #[test]
    fn products_get_names_that_the_source_lacks() {
        let mut olist = sound_olist();
        let long = |tail: &str| format!("0123456789ab{tail}");
        olist.orders[0].lines[0].product_id = long("1");
        olist.orders[0].lines[1].product_id = long("2");
        let named: Vec<_> = products(&olist)
            .into_iter()
            .map(|piece| match piece.operation {
                Operation::Product { command: product::ProductCommand::Create(new), .. } => {
                    (new.sku, new.title, new.price.get(), new.external_reference.unwrap())
                }
                other => panic!("{other:?}"),
            })
            .collect();
        let product = |sku: &str, title: &str, price, reference: &str| {
            (sku.to_owned(), title.to_owned(), price, reference.to_owned())
        };
        assert_eq!(
            named,
            [
                product("p2", "product p2", 99, "olist:DF:p2"),
                product("0123456789ab1", "product 01234567", 1050, "olist:SP:0123456789ab1"),
                product("0123456789ab2", "product 01234567", 700, "olist:SP:0123456789ab2"),
                product("p1", "toys x p1", 950, "olist:SP:p1"),
            ]
        );
    }

    #[test]
    fn times_that_no_order_can_have_are_refused() {
        let order = sound_olist().orders[0].clone();
        let translator = Translator::new().unwrap();
        assert!(translator.order(&order, at("2031-05-01T12:00:00Z")).is_ok());
        let early = translator.order(&order, at("2031-05-01T11:59:59Z")).unwrap_err();
        assert_eq!(early, "it was bought in the future");
        let long_ago = "1969-12-31 20:00:00";
        let purchased_at = NaiveDateTime::parse_from_str(long_ago, "%Y-%m-%d %H:%M:%S").unwrap();
        assert!(translator.order(&OlistOrder { purchased_at, ..order }, at(NOW)).is_err());
    }
}
