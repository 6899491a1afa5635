//! The table `products`.

use ordervault_domain::folding;
use ordervault_domain::id::{ProductId, StoreId};
use ordervault_domain::money::Amount;
use ordervault_domain::product::Product;
use ordervault_domain::time::Timestamp;

use super::columns::{Row, TableRow as _, but_ends, table_row};
use super::{LockedRow, Stored};
use crate::bulk::{Bulk as _, BulkInsert, BulkTemplate, BulkUpdate, Column, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    READ: Template = Template::new("SELECT * FROM products WHERE id {in_keys:1} ORDER BY id");
    LOCK: Template = Template::new("SELECT * FROM products WHERE id {in_keys:1} ORDER BY id {lock}");
    // SQLite locks no rows.
    HELD: Template = Template::forked(
        "SELECT id FROM products WHERE id {in_keys:1} AND FALSE",
        "WITH free AS (SELECT id FROM products WHERE id = ANY($1) {lock} SKIP LOCKED)
         SELECT id FROM products WHERE id = ANY($1) AND NOT EXISTS (SELECT 1 FROM free WHERE free.id = products.id)"
    );
    BY_SKU: BulkTemplate = BulkTemplate::new(
        "SELECT p.store_id, p.sku, p.id FROM {rows} JOIN products p ON p.store_id = d.store_id AND p.sku = d.sku",
        &[("store_id", Int), ("sku", Text)]
    );
    INSERT: BulkInsert = BulkInsert::new("products", ProductRow::COLUMNS);
    UPDATE: BulkUpdate = BulkUpdate::new("products", &[("id", Int), ("version", Int)], but_ends(ProductRow::COLUMNS), "");
    // Guarded by what was read, so that units never vanish between two writers.
    pub(crate) MOVE_STOCK: BulkTemplate = BulkTemplate::new(
        "UPDATE products SET on_hand = d.on_hand, reserved = d.reserved FROM {rows}
         WHERE products.id = d.id AND products.on_hand = d.on_hand_before AND products.reserved = d.reserved_before",
        &[("id", Int), ("on_hand_before", Int), ("reserved_before", Int), ("on_hand", Int), ("reserved", Int)]
    );
}

table_row! {
    /// A row of the table.
    pub(crate) struct ProductRow {
        id: i64,
        version: i64,
        head_hash: String,
        store_id: i64,
        sku: String,
        title: String,
        category: Option<String>,
        price: i64,
        tax_class: Option<String>,
        weight_grams: Option<i64>,
        active: bool,
        pub(crate) on_hand: i64,
        pub(crate) reserved: i64,
        external_reference: Option<String>,
        created_at: i64,
        updated_at: i64,
        folded_by: i64,
    }
}

impl TryFrom<ProductRow> for LockedRow<Product> {
    type Error = Error;

    fn try_from(row: ProductRow) -> Result<Self, Error> {
        let at = Row { table: "products", id: row.id };
        let state = Product {
            id: ProductId::from_i64(row.id),
            version: row.version,
            store_id: StoreId::from_i64(row.store_id),
            sku: row.sku,
            title: row.title,
            category: row.category,
            price: Amount::new(row.price),
            tax_class: at.parsed_option("tax_class", row.tax_class.as_deref())?,
            weight_grams: row.weight_grams.map(|grams| at.fitting("weight_grams", grams)).transpose()?,
            active: row.active,
            on_hand: row.on_hand,
            reserved: row.reserved,
            external_reference: row.external_reference,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        };
        Ok(Self { state, head: row.head_hash })
    }
}

impl Stored for Product {
    type Row = ProductRow;

    const READ: &'static Template = &READ;
    const LOCK: &'static Template = &LOCK;
    const INSERT: &'static BulkInsert = &INSERT;
    const UPDATE: &'static BulkUpdate = &UPDATE;
    const FOLDED: &'static [Column] = &[("folded_by", Int)];

    async fn states(_conn: &mut Conn, rows: Vec<Self::Row>) -> Result<Vec<LockedRow<Self>>, Error> {
        rows.into_iter().map(LockedRow::try_from).collect()
    }

    fn folded_by(row: &Self::Row) -> i64 {
        row.folded_by
    }

    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    fn row(&self, head: &str) -> ProductRow {
        ProductRow {
            id: self.id.get(),
            version: self.version,
            head_hash: head.to_owned(),
            store_id: self.store_id.get(),
            sku: self.sku.clone(),
            title: self.title.clone(),
            category: self.category.clone(),
            price: self.price.get(),
            tax_class: self.tax_class.as_ref().map(ToString::to_string),
            weight_grams: self.weight_grams.map(i64::from),
            active: self.active,
            on_hand: self.on_hand,
            reserved: self.reserved,
            external_reference: self.external_reference.clone(),
            created_at: self.created_at.millis(),
            updated_at: self.updated_at.millis(),
            folded_by: folding::VERSION,
        }
    }
}

/// Who has these stock keeping units of these stores.
pub(crate) async fn by_sku(
    conn: &mut Conn,
    skus: &[(i64, String)],
) -> Result<impl Iterator<Item = ((i64, String), i64)>, Error> {
    let mut rows = BY_SKU.rows();
    for (store_id, sku) in skus {
        rows.push((*store_id, sku));
    }
    let found: Vec<(i64, String, i64)> = conn.fetch_bulk(&BY_SKU, &rows).await?;
    Ok(found.into_iter().map(|(store_id, sku, id)| ((store_id, sku), id)))
}

/// Those of the products that another transaction holds. Asked in a transaction of its own, which takes the others.
pub(crate) async fn held(conn: &mut Conn, ids: Vec<i64>) -> Result<Vec<i64>, Error> {
    let held: Vec<(i64,)> = conn.fetch_all(&HELD.bind((ids,))).await?;
    Ok(held.into_iter().map(|(id,)| id).collect())
}
