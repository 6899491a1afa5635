//! Batches: how far they are, and what became of their orders.

use ordervault_domain::access::MemberAuthority;
use ordervault_domain::batch::{self, Batch, ItemOutcome};
use ordervault_domain::id::{BatchId, MemberId, OrderId};
use ordervault_domain::time::Timestamp;
use strum::IntoEnumIterator as _;

use super::page::{Edge, Found, Page};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::batches::BatchRow;
use crate::tables::columns::Row;
use crate::tx::Conn;

/// Rows that one step over the batches reads.
const BATCHES_PER_STEP: i64 = 100;

statements! {
    READ: Template = Template::new("SELECT * FROM batches WHERE id = $1");
    OF_MEMBER: Template = Template::new(
        "SELECT * FROM batches WHERE created_by = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
    );
    OF_MEMBER_BACK: Template = Template::new(
        "SELECT * FROM batches WHERE created_by = $1 AND id > $2 ORDER BY id LIMIT $3"
    );
    LATEST_BACK: Template = Template::new("SELECT * FROM batches WHERE id > $1 ORDER BY id LIMIT $2");
    LATEST: Template = Template::new("SELECT * FROM batches WHERE id < $1 ORDER BY id DESC LIMIT $2");
    OPEN: Template = Template::new("SELECT * FROM batches WHERE finished_at IS NULL ORDER BY id LIMIT $1");
    ITEMS: Template = Template::new(
        "SELECT order_id, result, code FROM batch_items
         WHERE batch_id = $1 AND order_id > $2 AND result {in_keys:3} ORDER BY order_id LIMIT $4"
    );
    ITEMS_BACK: Template = Template::new(
        "SELECT order_id, result, code FROM batch_items
         WHERE batch_id = $1 AND order_id < $2 AND result {in_keys:3} ORDER BY order_id DESC LIMIT $4"
    );
    DONE: Template = Template::new(
        "SELECT order_id, done_version FROM batch_items
         WHERE batch_id = $1 AND result = 'succeeded' ORDER BY order_id"
    );
    WAITING: Template = Template::new(
        "SELECT order_id FROM batch_items WHERE batch_id = $1 AND result = 'waiting' ORDER BY order_id LIMIT $2"
    );
    PREVIEW: Template = Template::new(
        "SELECT versions FROM batch_previews WHERE digest = $1 AND member_id = $2 AND expires_at > $3"
    );
}

/// An order of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchItem {
    /// The order, which may be one that is not there for the batch's maker.
    pub order_id: OrderId,
    /// What became of it.
    pub outcome: ItemOutcome,
    /// Which rule said no, if one did.
    pub code: Option<String>,
}

/// The batch, if it is there for this member.
///
/// # Errors
/// When the database fails.
pub async fn batch(conn: &mut Conn, member: &MemberAuthority, id: BatchId) -> Result<Option<Batch>, Error> {
    let row: Option<BatchRow> = conn.fetch_optional(&READ.bind((id.get(),))).await?;
    let batch = row.map(Batch::try_from).transpose()?;
    Ok(batch.filter(|batch| batch.is_visible_to(member)))
}

/// The batches that are there for this member, newest first, from the edge. They are few compared with orders:
/// whatever is out of reach is left out row by row.
///
/// # Errors
/// When the database fails.
pub async fn batches(
    conn: &mut Conn,
    member: &MemberAuthority,
    from: Option<Edge<i64>>,
    limit: u64,
) -> Result<Page<Batch, i64>, Error> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let mut found = Vec::new();
    let (all, own) = match from.is_some_and(Edge::is_back) {
        true => (&LATEST_BACK, &OF_MEMBER_BACK),
        false => (&LATEST, &OF_MEMBER),
    };
    let mut after = from.map_or(i64::MAX, Edge::key);
    while found.len() < wanted {
        let statement = match batch::leads(member) {
            true => all.bind((after, BATCHES_PER_STEP)),
            false => own.bind((member.id.get(), after, BATCHES_PER_STEP)),
        };
        let rows: Vec<BatchRow> = conn.fetch_all(&statement).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        let step: Vec<Batch> = rows.into_iter().map(Batch::try_from).collect::<Result<_, _>>()?;
        found.extend(step.into_iter().filter(|batch| batch.is_visible_to(member)));
    }
    let id = |batch: &Batch| batch.id.get();
    Ok(Found::of(found, limit, id).page(from, true, id))
}

/// Orders of a batch with one of these outcomes (none named: with any), in the order of their turns, from the edge.
/// Without regard to who asks.
///
/// # Errors
/// When the database fails.
pub async fn batch_items(
    conn: &mut Conn,
    id: BatchId,
    outcomes: &[ItemOutcome],
    from: Option<Edge<i64>>,
    limit: u64,
) -> Result<Page<BatchItem, i64>, Error> {
    let wanted = ItemOutcome::iter().filter(|outcome| outcomes.is_empty() || outcomes.contains(outcome));
    let outcomes: Vec<String> = wanted.map(|outcome| outcome.to_string()).collect();
    let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let statement = if from.is_some_and(Edge::is_back) { &ITEMS_BACK } else { &ITEMS };
    let statement = statement.bind((id.get(), from.map_or(i64::MIN, Edge::key), outcomes, most));
    let rows: Vec<(i64, String, Option<String>)> = conn.fetch_all(&statement).await?;
    let at = Row { table: "batch_items", id: id.get() };
    let items = rows.into_iter().map(|(order_id, result, code)| {
        let outcome = at.parsed("result", &result)?;
        Ok(BatchItem { order_id: OrderId::from_i64(order_id), outcome, code })
    });
    let items: Vec<BatchItem> = items.collect::<Result<_, Error>>()?;
    let id = |item: &BatchItem| item.order_id.get();
    Ok(Found::of(items, limit, id).page(from, false, id))
}

/// The oldest batches that are not finished.
///
/// # Errors
/// When the database fails.
pub async fn open_batches(conn: &mut Conn, most: i64) -> Result<Vec<Batch>, Error> {
    let rows: Vec<BatchRow> = conn.fetch_all(&OPEN.bind((most,))).await?;
    rows.into_iter().map(Batch::try_from).collect()
}

/// The next orders of a batch that wait for their turn.
///
/// # Errors
/// When the database fails.
pub async fn waiting_items(conn: &mut Conn, id: BatchId, most: i64) -> Result<Vec<OrderId>, Error> {
    let rows: Vec<(i64,)> = conn.fetch_all(&WAITING.bind((id.get(), most))).await?;
    Ok(rows.into_iter().map(|row| OrderId::from_i64(row.0)).collect())
}

/// The orders to which a batch did what it does, each with the version that this led to; at most as many as a batch has.
///
/// # Errors
/// When the database fails.
pub async fn done_items(conn: &mut Conn, id: BatchId) -> Result<Vec<(OrderId, i64)>, Error> {
    let rows: Vec<(i64, i64)> = conn.fetch_all(&DONE.bind((id.get(),))).await?;
    Ok(rows.into_iter().map(|(order_id, version)| (OrderId::from_i64(order_id), version)).collect())
}

/// The orders with their versions that a member was shown under this digest, as long as that is remembered.
///
/// # Errors
/// When the database fails.
pub async fn previewed(
    conn: &mut Conn,
    member: MemberId,
    digest: &str,
    now: Timestamp,
) -> Result<Option<Vec<(OrderId, i64)>>, Error> {
    let statement = PREVIEW.bind((digest, member.get(), now.millis()));
    let row: Option<(String,)> = conn.fetch_optional(&statement).await?;
    let at = Row { table: "batch_previews", id: member.get() };
    row.map(|(versions,)| at.json("versions", &versions)).transpose()
}
