//! Made-up orders by the million, beside the demo shop: for whoever wants to see how a large shop behaves. Most are completed, few
//! open, some cancelled or invalid; one store has half of them and one has two; one customer has a hundredth, which is thousands.
//!
//! Each order is made from its number alone, so that it is the same on every run, and takes no memory before or after it. The
//! times at which orders with the numbers 0, 1, 2, … were placed divide the two years ever more finely (the sequence of van der
//! Corput): whoever seeds ten times as many gets the same ones and others in between. They are handed over by time, as a shop
//! comes by its orders, because rows at random places cost an index far more.

use std::fmt::Display;

use ordervault_domain::aggregate::Kind;
use ordervault_domain::contact::{Address, Contact};
use ordervault_domain::id::{CustomerId, OrderId, ProductId, StoreId};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{self, Import, ImportedLine, ImportedStep, Status};
use ordervault_domain::time::Timestamp;
use ordervault_domain::{customer, product, store};
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::Operation;
use ordervault_persistence::{Realm, read};

use super::dice::{Dice, mixed};
use super::vocabulary::{GOODS, PEOPLE, PLACES, RARE_FAMILIES, SHOPS, VARIANTS};
use super::{CUSTOMER_EMAIL, contact, email, parsed};
use crate::args::MAX_SEEDED_ORDERS;
use crate::exit::Failure;
use crate::ids;
use crate::intake::Piece;

/// Bits of a number below [`MAX_SEEDED_ORDERS`].
const NUMBER_BITS: u32 = 24;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// The orders were placed within this time.
const SPAN_MILLIS: i64 = 730 * DAY;
/// Until an order is this old it may be open.
const RECENT_MILLIS: i64 = 7 * DAY;
/// Between the times of two numbers lies more than this.
const JITTER_MILLIS: u64 = 3_000;
/// One order in so many is of the one customer,
const ORDERS_PER_REGULAR: u64 = 100;
/// or of somebody without an account.
const ORDERS_PER_GUEST: u64 = 8;
/// So many orders come with one customer more. The first ones have most, since they are there for all of them.
const ORDERS_PER_CUSTOMER: u64 = 8;
/// One customer in so many has a rare name.
const CUSTOMERS_PER_RARE_NAME: u64 = 2_000;
/// The only orders of the last store.
const OF_SMALL_SHOP: [u64; 2] = [3, 6];
const GREAT_SHOP: usize = 0;
const SMALL_SHOP: usize = SHOPS.len() - 1;
const UNITS_IN_THE_HOUSE: i64 = 1_000_000;
/// Of a thousand orders so many are invalid,
const INVALID_PERMILLE: u64 = 10;
/// called off,
const CANCELLED_PERMILLE: u64 = 30;
/// or open, however old they are.
const FORGOTTEN_PERMILLE: u64 = 2;

/// What is handed over: a piece, or its name and why it cannot be made.
type Handed = Result<Piece, (String, &'static str)>;

/// What orders refer to besides what is seeded with them.
#[derive(Debug, Clone, Copy)]
pub struct Seed {
    /// When the shop was seeded first: the end of the two years.
    until: Timestamp,
    /// The customer of the demo shop who has thousands.
    regular: CustomerId,
}

impl Seed {
    /// Of a demo shop. `None`: its [`stores`] have not come in.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn of(db: &Db) -> Result<Option<Self>, Failure> {
        let mut conn = db.read().await?;
        let Some(id) = store_id(GREAT_SHOP) else { return Ok(None) };
        let store = read::store(&mut conn, id).await?;
        let regular = read::sign_in(&mut conn, Realm::Customer, &parsed(CUSTOMER_EMAIL)?).await?;
        Ok(store
            .zip(regular)
            .map(|(store, (id, _))| Self { until: store.created_at, regular: CustomerId::from_i64(id) }))
    }

    /// The orders with the numbers below this, by time.
    pub fn orders(self, orders: u64) -> impl ExactSizeIterator<Item = Handed> {
        ByTime::of(orders).map(move |number| handed("order", number, self.order(number)))
    }

    fn order(self, number: u64) -> Option<Piece> {
        let mut dice = Dice::from(mixed(number));
        let placed_at = self.placed_at(number, &mut dice)?;
        let (shop, customer_id, contact) = self.buyer(number, &mut dice)?;
        let external_reference = format!("seed:{number}");
        let id = ids::timed(Kind::Order, &external_reference, placed_at)?;
        let lines = lines(shop, &mut dice)?;
        let steps = self.steps(placed_at, &mut dice);
        let status = steps.last().map_or(Status::PendingReview, |step| step.to);
        let store_id = store_id(shop)?;
        let needs = [store_id.get()].into_iter().chain(customer_id.map(CustomerId::get));
        let needs = needs.chain(lines.iter().map(|line| line.product_id.get())).collect();
        let import = Import {
            store_id,
            customer_id,
            external_reference,
            source_status: <&str>::from(status).to_owned(),
            currency: SHOPS.get(shop)?.1.parse().ok()?,
            lines,
            shipping_total: Amount::new(signed(500 * dice.below(4))),
            contact,
            placed_at,
            steps,
        };
        let command = order::OrderCommand::Import(Box::new(import));
        let operation = Operation::Order { id: Some(OrderId::from_i64(id)), expected_version: None, command };
        Some(Piece { name: format!("order {number}"), id, needs, operation })
    }

    fn placed_at(self, number: u64, dice: &mut Dice) -> Option<Timestamp> {
        let place = i64::try_from(reversed(number, NUMBER_BITS)).ok()?;
        let since = (SPAN_MILLIS >> NUMBER_BITS) * place + signed(dice.below(JITTER_MILLIS));
        Some(self.until.plus_millis(since - SPAN_MILLIS))
    }

    /// The store, who buys there, and how they can be reached.
    fn buyer(self, number: u64, dice: &mut Dice) -> Option<(usize, Option<CustomerId>, Contact)> {
        let shop = match dice.below(2) {
            _ if OF_SMALL_SHOP.contains(&number) => SMALL_SHOP,
            0 => GREAT_SHOP,
            _ => 1 + dice.place(SMALL_SHOP - 1),
        };
        if dice.below(ORDERS_PER_REGULAR) == 0 {
            return Some((shop, Some(self.regular), contact(0, 0).ok()?));
        }
        if dice.below(ORDERS_PER_GUEST) == 0 {
            // Nobody else has this number.
            return Some((shop, None, person(MAX_SEEDED_ORDERS + number)?));
        }
        let customer = dice.below(1 + number / ORDERS_PER_CUSTOMER);
        Some((shop, Some(customer_id(customer)?), person(customer)?))
    }

    fn steps(self, placed_at: Timestamp, dice: &mut Dice) -> Vec<ImportedStep> {
        use Status::{Cancelled, Completed, Confirmed, Invalid, Processing};
        let is_recent = self.until.millis() - placed_at.millis() < RECENT_MILLIS;
        let permille = dice.below(1_000);
        let called_off = INVALID_PERMILLE + CANCELLED_PERMILLE;
        let way: &[Status] = match dice.below(6) {
            _ if permille < INVALID_PERMILLE => &[Invalid],
            0 if permille < called_off => &[Confirmed, Cancelled],
            _ if permille < called_off => &[Cancelled],
            0 if is_recent => &[],
            1 | 2 if is_recent => &[Confirmed],
            3 if is_recent => &[Confirmed, Processing],
            _ if permille < called_off + FORGOTTEN_PERMILLE => &[Confirmed, Processing],
            _ => &[Confirmed, Processing, Completed],
        };
        let mut at = placed_at;
        let mut step = |to| {
            at = at.plus_millis(signed(dice.below(1_440)) * MINUTE).min(self.until);
            ImportedStep { to, at: Some(at) }
        };
        way.iter().map(|to| step(*to)).collect()
    }
}

fn handed(what: &str, number: impl Display, piece: Option<Piece>) -> Handed {
    piece.ok_or_else(|| (format!("{what} {number}"), "it cannot be made"))
}

/// The stores.
pub fn stores() -> impl ExactSizeIterator<Item = Handed> {
    (0..SHOPS.len()).map(|shop| handed("store", shop, store(shop)))
}

fn store(shop: usize) -> Option<Piece> {
    let (name, currency, time_zone, country) = *SHOPS.get(shop)?;
    let id = store_id(shop)?;
    let command = store::StoreCommand::Create(store::NewStore {
        tax: None,
        shipping: vec![],
        payments: vec![],
        name: name.to_owned(),
        currency: currency.parse().ok()?,
        time_zone: time_zone.parse().ok()?,
        country: Some(country.parse().ok()?),
        change_window_minutes: None,
        policy: store::Policy {
            duplicate_window_minutes: Some(store::DEFAULT_DUPLICATE_WINDOW_MINUTES),
            ..store::Policy::default()
        },
        external_reference: Some(shop_reference(shop)),
    });
    let operation = Operation::Store { id: Some(id), expected_version: None, command };
    Some(Piece { name: format!("store {shop}"), id: id.get(), needs: vec![], operation })
}

/// The products of all stores.
pub fn products() -> impl ExactSizeIterator<Item = Handed> {
    (0..SHOPS.len() * GOODS.len())
        .map(|number| handed("product", number, product(number / GOODS.len(), number % GOODS.len())))
}

fn product(shop: usize, place: usize) -> Option<Piece> {
    let (id, store_id) = (product_id(shop, place)?, store_id(shop)?);
    let (title, category) = *GOODS.get(place)?;
    let variant = VARIANTS.get((shop + place) % VARIANTS.len())?;
    let command = product::ProductCommand::Create(product::NewProduct {
        tax_class: None,
        weight_grams: None,
        store_id,
        sku: format!("{}-{place:03}", category.to_uppercase()),
        title: format!("{title} {variant}"),
        category: Some(category.to_owned()),
        price: price(shop, place),
        on_hand: UNITS_IN_THE_HOUSE,
        external_reference: Some(product_reference(shop, place)),
    });
    let operation = Operation::Product { id: Some(id), expected_version: None, command };
    Some(Piece {
        name: format!("product {place} of store {shop}"),
        id: id.get(),
        needs: vec![store_id.get()],
        operation,
    })
}

/// The customers of so many orders.
pub fn customers(orders: u64) -> impl ExactSizeIterator<Item = Handed> {
    let customers = orders.min(MAX_SEEDED_ORDERS).div_ceil(ORDERS_PER_CUSTOMER);
    (0..usize::try_from(customers).unwrap_or(usize::MAX))
        .map(|number| handed("customer", number, customer(number as u64)))
}

fn customer(number: u64) -> Option<Piece> {
    let id = customer_id(number)?;
    let command = customer::CustomerCommand::Import { external_reference: customer_reference(number) };
    let operation = Operation::on_customer(id, command);
    Some(Piece { name: format!("customer {number}"), id: id.get(), needs: vec![], operation })
}

/// One to three lines. The smallest of three throws is the product, so that the last ones are rare.
fn lines(shop: usize, dice: &mut Dice) -> Option<Vec<ImportedLine>> {
    let mut line = || {
        let place = (0..3).map(|_| dice.place(GOODS.len())).min()?;
        let quantity = u32::try_from(1 + dice.below(3)).ok()?;
        Some(ImportedLine { product_id: product_id(shop, place)?, quantity, unit_price: price(shop, place) })
    };
    let first = line()?;
    let more = usize::try_from(first.quantity).ok()? - 1;
    std::iter::once(Some(first)).chain((0..more).map(|_| line())).collect()
}

fn price(shop: usize, place: usize) -> Amount {
    Amount::new(signed(100 + mixed((shop * GOODS.len() + place) as u64) % 900 * 100))
}

/// Somebody with this number.
fn person(number: u64) -> Option<Contact> {
    let mut dice = Dice::from(mixed(!number));
    let people = dice.one(&PEOPLE)?;
    let family = match dice.below(CUSTOMERS_PER_RARE_NAME) {
        0 => dice.one(&RARE_FAMILIES)?,
        _ => dice.one(people.families)?,
    };
    let (given, gap) = (dice.one(people.given)?, people.gap);
    let name = if people.is_family_first { [*family, *given] } else { [*given, *family] };
    let (line1, city, postal_code, country) = *dice.one(&PLACES)?;
    Some(Contact {
        name: Some(name.join(gap)),
        phone: format!("+8869{:08}", mixed(number) % 100_000_000).parse().ok(),
        email: email(&format!("person{number}")).parse().ok(),
        address: Some(Address {
            line1: Some(line1.to_owned()),
            city: Some(city.to_owned()),
            postal_code: Some(postal_code.to_owned()),
            country: Some(country.to_owned()),
            ..Address::default()
        }),
    })
}

fn shop_reference(shop: usize) -> String {
    format!("seed:{shop}")
}

fn store_id(shop: usize) -> Option<StoreId> {
    ids::timeless(Kind::Store, &shop_reference(shop)).map(StoreId::from_i64)
}

fn product_reference(shop: usize, place: usize) -> String {
    format!("seed:{shop}:{place}")
}

fn product_id(shop: usize, place: usize) -> Option<ProductId> {
    ids::timeless(Kind::Product, &product_reference(shop, place)).map(ProductId::from_i64)
}

fn customer_reference(number: u64) -> String {
    format!("seed:{number}")
}

fn customer_id(number: u64) -> Option<CustomerId> {
    ids::timeless(Kind::Customer, &customer_reference(number)).map(CustomerId::from_i64)
}

/// A small number.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The number whose bits are those of this one, read from the other end.
fn reversed(number: u64, bits: u32) -> u64 {
    number.reverse_bits().checked_shr(u64::BITS - bits).unwrap_or(0)
}

/// The numbers below a bound, in the order of the times at which their orders were placed.
#[derive(Debug, Clone)]
struct ByTime {
    bound: u64,
    bits: u32,
    /// The place that comes next, of 2 to the power of `bits`.
    next: u64,
    left: usize,
}

impl ByTime {
    fn of(bound: u64) -> Self {
        let bound = bound.min(MAX_SEEDED_ORDERS);
        let bits = u64::BITS - bound.saturating_sub(1).leading_zeros();
        Self { bound, bits, next: 0, left: usize::try_from(bound).unwrap_or(usize::MAX) }
    }
}

impl Iterator for ByTime {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.left = self.left.checked_sub(1)?;
        loop {
            let number = reversed(self.next, self.bits);
            self.next += 1;
            if number < self.bound {
                return Some(number);
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for ByTime {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SEED: Seed =
        Seed { until: Timestamp::from_millis(1_800_000_000_000), regular: CustomerId::from_i64(7) };

    fn order(number: u64) -> (Piece, Import) {
        let piece = SEED.order(number).unwrap();
        match piece.operation.clone() {
            Operation::Order { command: order::OrderCommand::Import(import), .. } => (piece, *import),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_number_below_the_bound_comes_once_and_by_time() {
        for bound in [1, 2, 3, 7, 8, 9, 1_000, 1_024, 1_025] {
            let numbers: Vec<u64> = ByTime::of(bound).collect();
            assert_eq!(ByTime::of(bound).len(), numbers.len());
            assert_eq!(numbers.iter().copied().collect::<BTreeSet<_>>(), (0..bound).collect());
            let times: Vec<Timestamp> = numbers.iter().map(|number| order(*number).1.placed_at).collect();
            assert!(times.is_sorted_by(|one, next| one < next), "{bound}");
            let (first, last) = (times[0].millis(), times[times.len() - 1].millis());
            assert!(first >= SEED.until.millis() - SPAN_MILLIS && last < SEED.until.millis());
        }
        assert_eq!(ByTime::of(0).next(), None);
        assert_eq!(ByTime::of(u64::MAX).len() as u64, MAX_SEEDED_ORDERS);
        const { assert!(MAX_SEEDED_ORDERS < 1 << NUMBER_BITS) };
        assert!(i64::try_from(JITTER_MILLIS).unwrap() < SPAN_MILLIS >> NUMBER_BITS);
    }

    #[test]
    fn an_order_is_the_same_on_every_run_and_refers_to_what_is_there() {
        let (piece, import) = order(4_711);
        assert_eq!(
            (piece.id, import.placed_at.to_string().as_str()),
            (905_218_659_383_138_287, "2026-11-02T22:15:46.546Z")
        );
        let there: BTreeSet<i64> =
            [stores().collect::<Vec<_>>(), products().collect(), customers(5_000).collect()]
                .into_iter()
                .flatten()
                .map(|piece| piece.unwrap().id)
                .chain([SEED.regular.get()])
                .collect();
        assert_eq!(there.len(), SHOPS.len() * (1 + GOODS.len()) + 625 + 1);
        for number in 0..5_000 {
            let (piece, import) = order(number);
            assert!(piece.needs.iter().all(|id| there.contains(id)), "{number}");
            assert!(import.steps.iter().all(|step| step.at.is_some_and(|at| at <= SEED.until)));
        }
    }

    #[test]
    fn words_are_common_and_rare() {
        let titles = |number| {
            let places = order(number).1.lines.into_iter();
            places.map(|line| line.product_id).collect::<Vec<_>>()
        };
        let [common, rare] = [0, GOODS.len() - 3].map(|place| {
            let products: Vec<_> = (0..SHOPS.len()).filter_map(|shop| product_id(shop, place)).collect();
            (0..20_000).filter(|number| titles(*number).iter().any(|id| products.contains(id))).count()
        });
        assert!(common > 1_000 && (1..40).contains(&rare), "{common} {rare}");
        let of_regular = (0..20_000).filter(|number| order(*number).1.customer_id == Some(SEED.regular));
        assert!((150..250).contains(&of_regular.count()));
    }
}
