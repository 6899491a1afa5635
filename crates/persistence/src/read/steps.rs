//! The events with which the steps of an order's life began.

use ordervault_domain::order::{Order, OrderEventKind};
use ordervault_domain::time::Timestamp;
use strum::IntoEnumIterator as _;

use super::past::past_events;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::history::HistoryRow;
use crate::tx::Conn;

statements! {
    BEGINNINGS: Template = Template::new(
        "SELECT seq FROM history WHERE entity_id = $1 AND seq > $2 AND seq <= $3 AND type {in_keys:4} ORDER BY seq LIMIT $5"
    );
    FIRST_OF_PAGE: Template = Template::new(
        "SELECT seq FROM history WHERE entity_id = $1 AND seq < $2 AND type {in_keys:3} ORDER BY seq DESC LIMIT $4"
    );
    LATEST: Template = Template::new(
        "SELECT MAX(occurred_at) FROM history WHERE entity_id = $1 AND seq <= $2 AND type {in_keys:3}"
    );
}

/// The beginning of a step.
#[derive(Clone, Debug)]
pub struct StepBeginning {
    /// The event.
    pub row: HistoryRow,
    /// The order at the end of the step, or as it is now.
    pub last: Order,
}

/// Steps of an order, as it is now, that begin behind the event `after`, oldest first: `limit` of them, and the one in which
/// these end, which is not followed to its own end.
///
/// # Errors
/// When the database fails or the history does not hold together.
pub async fn step_beginnings(
    conn: &mut Conn,
    order: &Order,
    after: i64,
    limit: i64,
) -> Result<Vec<StepBeginning>, Error> {
    let id = order.id.get();
    let found = BEGINNINGS.bind((id, after, order.version, beginning(), limit + 1));
    let begins: Vec<i64> = conn.fetch_all(&found).await?.into_iter().map(|(seq,)| seq).collect();
    let is_cut = i64::try_from(begins.len()).is_ok_and(|count| count > limit);
    let end = begins.last().copied().filter(|_| is_cut).unwrap_or(order.version);
    let ends = begins.iter().skip(1).map(|next| next - 1).chain([end]);
    let steps: Vec<(i64, i64)> = begins.iter().copied().zip(ends).collect();
    let wanted = steps.iter().flat_map(|(begin, end)| [(id, *begin), (id, *end)]);
    let mut events = past_events::<Order>(conn, wanted).await?;
    let step = |(begin, end)| {
        let last = events.get(&(id, end))?.after.clone();
        Some(StepBeginning { row: events.remove(&(id, begin))?.row, last })
    };
    Ok(steps.into_iter().filter_map(step).collect())
}

/// Behind which event the page of so many steps begins that ends before this one; 0: at the beginning.
///
/// # Errors
/// When the database fails.
pub async fn page_before(conn: &mut Conn, order: &Order, before: i64, limit: i64) -> Result<i64, Error> {
    let found = FIRST_OF_PAGE.bind((order.id.get(), before, beginning(), limit + 1));
    let seqs: Vec<(i64,)> = conn.fetch_all(&found).await?;
    let is_first = i64::try_from(seqs.len()).is_ok_and(|count| count <= limit);
    Ok(seqs.last().filter(|_| !is_first).map_or(0, |(seq,)| *seq))
}

/// When the latest of the steps of an order began that begin up to this event, each counted by its own time.
///
/// # Errors
/// When the database fails.
pub async fn latest_beginning(conn: &mut Conn, order: &Order, seq: i64) -> Result<Option<Timestamp>, Error> {
    let (latest,): (Option<i64>,) = conn.fetch_one(&LATEST.bind((order.id.get(), seq, beginning()))).await?;
    Ok(latest.map(Timestamp::from_millis))
}

/// The types of events with which steps begin.
fn beginning() -> Vec<String> {
    OrderEventKind::iter().filter(|kind| kind.begins_step()).map(|kind| kind.to_string()).collect()
}
