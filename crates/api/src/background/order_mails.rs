//! Follows the outbox, and notes for which orders something is to be written to whoever placed them: in stores that want that,
//! and warnings in all.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ordervault_domain::access::StoreScope;
use ordervault_domain::aggregate::Kind;
use ordervault_domain::order::Order;
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::{ActorRef, Class, MailKind, MailOperation, Operation, Submission};
use ordervault_persistence::{Error, OutboxEvent, follow, read};

use super::job::{Job, JobError, Remaining, Tools};
use crate::waker::JobWaker;

/// What happened longer ago is no news: mail may have been switched on only now.
const NEWS_MILLIS: i64 = 24 * 60 * 60 * 1_000;

/// The follower that notes what is to be written about orders.
pub struct OrderMails {
    /// Wakes the job that sends.
    pub waker: JobWaker,
}

impl OrderMails {
    async fn note(&self, tools: &Tools, events: Vec<OutboxEvent>) -> Result<(), JobError> {
        let mut conn = tools.db.read().await.map_err(Error::Db)?;
        let stores = read::stores(&mut conn, &StoreScope::All).await?;
        let now = tools.now();
        let news: Vec<OutboxEvent> = events.into_iter().filter(|event| is_news(event, now)).collect();
        let amended = news.iter().filter(|event| event.event == "amended");
        let amended = amended.map(|event| (event.entity_id, event.seq));
        let amended = read::past_events::<Order>(&mut conn, amended).await?;
        drop(conn);
        let moved = |event: &&OutboxEvent| {
            let amendment = amended.get(&(event.entity_id, event.seq));
            amendment.is_some_and(|amendment| amendment.after.contact_version == event.seq)
        };
        let moved = news.iter().filter(moved).map(|event| queue(MailKind::OrderContactChanged, event));
        let others = news.iter().filter_map(|event| Some(queue(kind(event, &stores)?, event)));
        let mails: Vec<Operation> = moved.chain(others).collect();
        if mails.is_empty() {
            return Ok(());
        }
        let submission = Submission {
            actor: ActorRef::System,
            login: None,
            request_id: "job-order_mails".to_owned(),
            class: Class::Background,
            idempotency: None,
            operations: mails,
        };
        tools.writer.submit(submission).await?;
        self.waker.wake();
        Ok(())
    }
}

fn is_news(event: &OutboxEvent, now: Timestamp) -> bool {
    event.kind == Kind::Order && now.millis() - event.recorded_at.millis() < NEWS_MILLIS
}

/// What is to be written about an event whose name tells, if anything is.
fn kind(event: &OutboxEvent, stores: &[Store]) -> Option<MailKind> {
    let kind = match event.event.as_str() {
        "placed" => MailKind::OrderPlaced,
        "confirmed" => MailKind::OrderConfirmed,
        "completed" => MailKind::OrderCompleted,
        "cancelled" => MailKind::OrderCancelled,
        "linked" => MailKind::OrderLinked,
        "unlinked" => MailKind::OrderUnlinked,
        _ => return None,
    };
    let is_wanted = |id: i64| stores.iter().any(|store| store.id.get() == id && store.policy.order_mails);
    (kind.warns() || event.store_id.is_some_and(is_wanted)).then_some(kind)
}

fn queue(kind: MailKind, event: &OutboxEvent) -> Operation {
    Operation::Mail(MailOperation::Queue { kind, entity_id: event.entity_id })
}

impl Job for OrderMails {
    fn name(&self) -> &'static str {
        "order_mails"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        async {
            match follow(&tools.db, "order_mails", |events| self.note(tools, events)).await? {
                0 => Ok(Remaining::Nothing),
                _ => Ok(Remaining::More),
            }
        }
        .boxed()
    }
}
