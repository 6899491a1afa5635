//! Submissions that wait aside because somebody outside of this process holds a product that they need: nobody else waits
//! with them.
//!
//! A product counts as held from the time-out that it caused until a look finds it free, so that one held product costs
//! the others one time-out and not one for each group. Whoever needs it in between goes aside as well: the order of the
//! submissions on one product stays what it was.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::operation::WriteError;
use super::queue::{Item, MAX_WAITING_ITEMS};
use super::set::Goods;
use crate::db::Db;
use crate::engine::Engine;
use crate::error::Error;
use crate::tables::{order_lines, products};

/// So long after it got in line a submission gives up a held product.
pub const ASIDE_LIMIT: Duration = Duration::from_millis(1_500);
/// Most submissions that wait aside.
const MAX_ASIDE_ITEMS: usize = MAX_WAITING_ITEMS / 4;
/// Pause between two looks at what is held.
const LOOK_PAUSE: Duration = Duration::from_millis(20);

/// Who waits aside, and for what.
#[derive(Default)]
pub(super) struct Aside {
    held: HashSet<i64>,
    /// In the order in which they came, each with the products that it needs.
    waiting: Vec<(Item, HashSet<i64>)>,
    looked: Option<Instant>,
}

impl Aside {
    /// Does nobody wait, and is nothing held?
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty() && self.waiting.is_empty()
    }

    /// Takes those out of a group that need what is held.
    pub(super) async fn sort(&mut self, db: &Db, items: Vec<Item>) -> Vec<Item> {
        if self.held.is_empty() {
            return items;
        }
        match products_of(db, &items).await {
            Ok(products) => self.take(items.into_iter().zip(products)),
            // They meet the same error where it has an answer.
            Err(_) => items,
        }
    }

    /// A group waited for a row until its time was up: finds out which of its products are held, and takes those who need
    /// them.
    pub(super) async fn learn(&mut self, db: &Db, items: Vec<Item>) -> Vec<Item> {
        if db.engine() == Engine::Sqlite {
            return items;
        }
        let Ok(products) = products_of(db, &items).await else { return items };
        let Ok(held) = held(db, products.iter().flatten().copied().collect()).await else { return items };
        self.held.extend(held);
        self.looked = Some(Instant::now());
        self.take(items.into_iter().zip(products))
    }

    /// Looks, now and then, at what is still held. Answers with those who need nothing of it, in the order in which they came;
    /// who has waited for too long is sent away.
    pub(super) async fn look(&mut self, db: &Db) -> Vec<Item> {
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK_PAUSE) {
            return vec![];
        }
        if let Ok(held) = held(db, self.held.clone()).await {
            self.held = held;
        }
        self.looked = Some(Instant::now());
        let mut free = vec![];
        for (item, products) in std::mem::take(&mut self.waiting) {
            if products.is_disjoint(&self.held) {
                free.push(item);
            } else if item.since.elapsed() > ASIDE_LIMIT {
                let _ = item.answer.send(Err(WriteError::Locked));
            } else {
                self.waiting.push((item, products));
            }
        }
        free
    }

    fn take(&mut self, items: impl Iterator<Item = (Item, HashSet<i64>)>) -> Vec<Item> {
        let mut others = vec![];
        for (item, products) in items {
            if products.is_disjoint(&self.held) {
                others.push(item);
            } else if self.waiting.len() < MAX_ASIDE_ITEMS {
                self.waiting.push((item, products));
            } else {
                let _ = item.answer.send(Err(WriteError::Locked));
            }
        }
        others
    }
}

/// The products that each of them needs: those it names, and those of the orders it names.
async fn products_of(db: &Db, items: &[Item]) -> Result<Vec<HashSet<i64>>, Error> {
    let goods: Vec<Goods> = items.iter().map(|item| Goods::of(&item.submission)).collect();
    let named: Vec<i64> = goods.iter().flat_map(|goods| goods.orders.iter().copied()).collect();
    let mut of_orders: HashMap<i64, Vec<i64>> = HashMap::new();
    if !named.is_empty() {
        for (order, product) in order_lines::products(&mut db.read().await?, &named).await? {
            of_orders.entry(order).or_default().push(product);
        }
    }
    let of_each = goods.into_iter().map(|goods| {
        let of_orders = goods.orders.iter().filter_map(|order| of_orders.get(order));
        of_orders.flatten().copied().chain(goods.products).collect()
    });
    Ok(of_each.collect())
}

/// Which of the products somebody else holds.
async fn held(db: &Db, products: HashSet<i64>) -> Result<HashSet<i64>, Error> {
    if products.is_empty() {
        return Ok(products);
    }
    let mut tx = db.begin().await?;
    let held = products::held(tx.conn(), products.into_iter().collect()).await?;
    tx.rollback().await;
    Ok(held.into_iter().collect())
}
