//! Follows the outbox, and notes for which orders something is to be written to whoever placed them: in stores that want that.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ordervault_domain::access::StoreScope;
use ordervault_domain::aggregate::Kind;
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
        drop(conn);
        let now = tools.now();
        let mails: Vec<Operation> = events.iter().filter_map(|event| mail(event, &stores, now)).collect();
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

/// What is to be written about an event, if anything is.
fn mail(event: &OutboxEvent, stores: &[Store], now: Timestamp) -> Option<Operation> {
    let is_news = now.millis() - event.recorded_at.millis() < NEWS_MILLIS;
    let is_wanted = |id: i64| stores.iter().any(|store| store.id.get() == id && store.policy.order_mails);
    if event.kind != Kind::Order || !is_news || !event.store_id.is_some_and(is_wanted) {
        return None;
    }
    let kind = match event.event.as_str() {
        "placed" => MailKind::OrderPlaced,
        "confirmed" => MailKind::OrderConfirmed,
        "completed" => MailKind::OrderCompleted,
        "cancelled" => MailKind::OrderCancelled,
        _ => return None,
    };
    Some(Operation::Mail(MailOperation::Queue { kind, entity_id: event.entity_id }))
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
