//! The ledger of movements against what the events make.

use std::collections::{HashMap, HashSet};

use ordervault_domain::aggregate::Kind;
use ordervault_domain::id::ProductId;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;

use super::replay::replay;
use super::report::{Code, Finding, Report};
use crate::bulk::{Bulk as _, BulkTemplate, ColumnType::Int};
use crate::db::Db;
use crate::error::{Error, onwards};
use crate::scan::Scanned;
use crate::seal::KeyRing;
use crate::statement::{Template, statements};
use crate::tables::history;
use crate::tables::stock::StockMovement;
use crate::tx::Conn;

/// Movements that are in memory at a time.
pub(crate) const MOVEMENTS_PER_PAGE: i64 = 2_000;

statements! {
    // The pairs are the beginning of the primary key.
    OF_PAIRS: BulkTemplate = BulkTemplate::new(
        "SELECT m.product_id, m.entity_id, m.seq, m.on_hand, m.reserved FROM {rows}
         JOIN stock_movements m ON m.product_id = d.product_id AND m.entity_id = d.entity_id",
        &[("product_id", Int), ("entity_id", Int)]
    );
    pub(crate) COUNT: Template = Template::new("SELECT COUNT(*) FROM stock_movements");
    pub(crate) AFTER: Template = Template::new(
        "SELECT product_id, entity_id, seq, on_hand, reserved FROM stock_movements
         WHERE (product_id, entity_id, seq) > ($1, $2, $3) ORDER BY product_id, entity_id, seq LIMIT $4"
    );
}

/// The movements that these resources make, by resource, against those that are stored under the same pairs of product and
/// resource.
pub(super) async fn check_movements(
    conn: &mut Conn,
    report: &mut Report,
    made: &[StockMovement],
) -> Result<(), Error> {
    let compared = compare(conn, made).await?;
    report.looked("stock_movements", compared.stored);
    for misfit in &compared.misfits {
        report.add(misfit.finding());
    }
    Ok(())
}

/// What events move against what the ledger has of the same pairs of product and resource.
#[derive(Default)]
pub(crate) struct Compared {
    /// Rows of the ledger that were looked at.
    pub(crate) stored: usize,
    pub(crate) misfits: Vec<Misfit>,
}

/// A movement that the ledger does not have as its event makes it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Misfit {
    Missing(StockMovement),
    Other { made: StockMovement, stored: StockMovement },
    Surplus(StockMovement),
}

impl Misfit {
    /// What the event makes.
    pub(crate) fn made(self) -> Option<StockMovement> {
        match self {
            Self::Missing(made) | Self::Other { made, .. } => Some(made),
            Self::Surplus(_) => None,
        }
    }

    /// What the ledger has.
    pub(crate) fn stored(self) -> Option<StockMovement> {
        match self {
            Self::Missing(_) => None,
            Self::Other { stored, .. } | Self::Surplus(stored) => Some(stored),
        }
    }

    pub(crate) fn finding(self) -> Finding {
        match self {
            Self::Missing(made) => {
                finding_of(&made, "the event moves units, and the ledger does not have it")
            }
            Self::Other { made, .. } => finding_of(&made, "the units are not those that the event moves"),
            Self::Surplus(stored) => finding_of(&stored, "the event does not move this product"),
        }
    }
}

/// Compares the movements that some resources make with the ledger.
pub(crate) async fn compare(conn: &mut Conn, made: &[StockMovement]) -> Result<Compared, Error> {
    let mut pairs: Vec<(i64, i64)> = made.iter().map(|made| (made.product_id, made.entity_id)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut rows = OF_PAIRS.rows();
    for pair in pairs {
        rows.push(pair);
    }
    let stored: Vec<StockMovement> = conn.fetch_bulk(&OF_PAIRS, &rows).await?;
    let rows = stored.len();
    let mut stored: HashMap<_, StockMovement> =
        stored.into_iter().map(|stored| (key(&stored), stored)).collect();
    let mut misfits = vec![];
    for made in made.iter().copied() {
        match stored.remove(&key(&made)) {
            Some(stored) if stored == made => {}
            Some(stored) => misfits.push(Misfit::Other { made, stored }),
            None => misfits.push(Misfit::Missing(made)),
        }
    }
    misfits.extend(stored.into_values().map(Misfit::Surplus));
    Ok(Compared { stored: rows, misfits })
}

/// Movements beside those that belong to a pair that was looked at. Beside a server there may be newer ones, which their
/// histories explain.
pub(super) async fn check_surplus(db: &Db, report: &mut Report) -> Result<(), Error> {
    let (count,): (i64,) = db.read().await?.fetch_one(&COUNT.bind(())).await?;
    if report.looked_at.get("stock_movements").copied().unwrap_or_default() == count.unsigned_abs() {
        return Ok(());
    }
    let mut after = (i64::MIN, 0, 0);
    loop {
        let mut conn = db.snapshot().await?;
        let page: Vec<StockMovement> =
            conn.fetch_all(&AFTER.bind((after.0, after.1, after.2, MOVEMENTS_PER_PAGE))).await?;
        let Some(last) = page.last() else { return Ok(()) };
        onwards("stock_movements", last.entity_id, &after, &key(last))?;
        after = key(last);
        let known = Known::of(&mut conn, &page, None).await?;
        for surplus in page.iter().filter(|stored| !known.explains(stored)) {
            report.looked("stock_movements", 1);
            report.add(finding_of(surplus, "no event moves this product"));
        }
    }
}

/// What the histories behind some movements explain.
#[derive(Default)]
pub(crate) struct Known {
    pairs: HashSet<(i64, i64)>,
    /// Resources whose histories are broken: anything may have happened to them.
    broken: HashSet<i64>,
}

impl Known {
    /// With keys, a history with a seal that does not hold is broken, too.
    pub(crate) async fn of(
        conn: &mut Conn,
        page: &[StockMovement],
        keys: Option<&KeyRing>,
    ) -> Result<Self, Error> {
        let mut ids: Vec<i64> = page.iter().map(|stored| stored.entity_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows = history::load(conn, &ids).await?;
        let mut known = Self::default();
        for rows in rows.chunk_by(|a, b| a.entity_id == b.entity_id) {
            let (id, reported) = (rows[0].entity_id, &mut Report::default());
            let movements = match rows[0].kind.parse() {
                Ok(Kind::Product) => replay::<Product>(id, rows, keys, reported).movements,
                Ok(Kind::Order) => replay::<Order>(id, rows, keys, reported).movements,
                // They move nothing: a movement of theirs is explained by no event.
                Ok(Kind::Store | Kind::Customer | Kind::Member | Kind::Installation) => Some(vec![]),
                Err(_) => None,
            };
            match movements.filter(|_| keys.is_none() || reported.is_clean()) {
                Some(movements) => {
                    known.pairs.extend(movements.iter().map(|made| (made.product_id, made.entity_id)));
                }
                None => {
                    known.broken.insert(id);
                }
            }
        }
        Ok(known)
    }

    pub(crate) fn explains(&self, stored: &StockMovement) -> bool {
        self.pairs.contains(&(stored.product_id, stored.entity_id)) || self.broken.contains(&stored.entity_id)
    }
}

pub(crate) fn key(of: &StockMovement) -> (i64, i64, i64) {
    (of.product_id, of.entity_id, of.seq)
}

fn finding_of(about: &StockMovement, detail: &str) -> Finding {
    let resource = match about.entity_id == about.product_id {
        true => "its own event".to_owned(),
        false => format!("an event of {}", Order::text(about.entity_id)),
    };
    Finding {
        code: Code::StockMovement,
        table: "stock_movements",
        id: Some(about.product_id),
        name: ProductId::from_i64(about.product_id).to_string(),
        seq: Some(about.seq),
        detail: format!("{detail} ({resource})"),
    }
}
