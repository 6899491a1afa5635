//! Forgets customers who have deleted their accounts: the account when its days of grace are over, who ordered when the
//! shop need not know any more.
//!
//! What is found here is only asked for; the decision, with the writer's clock and inside its transaction, says whether it is
//! time, and says no to whoever comes second.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use ordervault_domain::customer::{Customer, CustomerCommand};
use ordervault_domain::id::{CustomerId, OrderId};
use ordervault_domain::order::OrderCommand;
use ordervault_persistence::Error;
use ordervault_persistence::read::{self, LeftOrder};
use ordervault_persistence::writer::{
    ActorRef, Class, Mail, MailKind, Operation, SessionOperation, Submission, WriteError,
};

use super::job::{Job, JobError, Remaining, Tools};
use crate::mail::{Mailer, NotSent, draft};
use crate::settings::Retention;
use crate::state::AppState;
use crate::translations::Translations;

/// Accounts of one step: each may wait for the mail server.
const ACCOUNTS_PER_STEP: i64 = 10;
/// Orders that are looked at in one step, of one customer.
const ORDERS_PER_STEP: usize = 100;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;
/// An account waits for so long that its last mail goes out, and no longer: three days.
const LAST_MAIL_MILLIS: i64 = 3 * DAY_MILLIS;

/// The job that erases accounts.
pub struct EraseAccounts {
    /// None: nothing is written to anybody.
    mailer: Option<Arc<Mailer>>,
    translations: Arc<Translations>,
}

impl EraseAccounts {
    /// With what a server has for it.
    pub fn of(state: &AppState) -> Self {
        Self { mailer: state.mailer.clone(), translations: state.translations.clone() }
    }

    async fn look(&self, tools: &Tools) -> Result<Remaining, JobError> {
        let mut conn = tools.db.read().await.map_err(Error::Db)?;
        let due = read::due_deletions(&mut conn, tools.now(), ACCOUNTS_PER_STEP).await?;
        drop(conn);
        let outcomes = join_all(due.iter().map(|customer| self.erase(tools, customer))).await;
        // All have had their turn before the first error counts.
        outcomes.into_iter().collect::<Result<(), JobError>>()?;
        Ok(if due.is_empty() { Remaining::Nothing } else { Remaining::More })
    }

    async fn erase(&self, tools: &Tools, customer: &Customer) -> Result<(), JobError> {
        self.say_farewell(tools, customer).await?;
        let end_all = SessionOperation::EndAll {
            principal_id: customer.id.get(),
            but: None,
            because: "account_erased",
        };
        let erase = Operation::Customer {
            id: Some(customer.id),
            expected_version: None,
            command: CustomerCommand::Erase,
            password_hash: None,
        };
        submit(tools, "accounts", vec![erase, Operation::Session(end_all)]).await?;
        tracing::info!(customer = %customer.id, "an account was erased");
        Ok(())
    }

    /// The last mail, as long as the address is known. What the mail server does not take for three days is not said.
    async fn say_farewell(&self, tools: &Tools, customer: &Customer) -> Result<(), JobError> {
        let (Some(mailer), Some(due_at)) = (&self.mailer, customer.deletion_due_at) else { return Ok(()) };
        let (entity_id, kind) = (customer.id.get(), MailKind::AccountErased);
        let mail = Mail { entity_id, kind, queued_at: due_at, due_at, attempts: 0 };
        let draft = draft(&mut tools.db.read().await.map_err(Error::Db)?, &mail).await?;
        let Some(draft) = draft else { return Ok(()) };
        let letter = draft.letter(&self.translations, mailer, None);
        match mailer.send(&draft.to, letter).await {
            Err(error @ NotSent::Later(_)) if tools.now().millis() - due_at.millis() < LAST_MAIL_MILLIS => {
                Err(error.into())
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

impl Job for EraseAccounts {
    fn name(&self) -> &'static str {
        "account_erasures"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        self.look(tools).boxed()
    }
}

/// The job that erases who ordered, walking through the customers who were erased, and through the orders of each.
pub struct EraseOrders {
    retention: Retention,
    /// How far this walk has come.
    done: Option<CustomerId>,
    /// Whose orders it is at, and how far with these.
    at: Option<(CustomerId, Option<LeftOrder>)>,
}

impl EraseOrders {
    /// Of orders that have been closed for so long.
    #[must_use]
    pub fn after(retention: Retention) -> Self {
        Self { retention, done: None, at: None }
    }

    async fn look(&mut self, tools: &Tools) -> Result<Remaining, JobError> {
        let retention_days = self.retention.order_personal_days;
        let closed_by = tools.now().plus_millis(-i64::from(retention_days) * DAY_MILLIS);
        let mut conn = tools.db.read().await.map_err(Error::Db)?;
        let at = match self.at {
            Some(at) => Some(at),
            None => read::next_erased_customer(&mut conn, self.done).await?.map(|next| (next, None)),
        };
        let Some((customer_id, after)) = at else {
            self.done = None;
            return Ok(Remaining::Nothing);
        };
        let orders = read::left_orders(&mut conn, customer_id, after, closed_by, ORDERS_PER_STEP).await?;
        drop(conn);
        let due = orders.iter().filter(|order| order.is_due);
        let erased = join_all(due.map(|order| erase_order(tools, order.id(), retention_days))).await;
        erased.into_iter().collect::<Result<(), WriteError>>()?;
        (self.done, self.at) = match orders.last() {
            Some(last) if orders.len() == ORDERS_PER_STEP => (self.done, Some((customer_id, Some(*last)))),
            _ => (Some(customer_id), None),
        };
        Ok(Remaining::More)
    }
}

/// What cannot be erased now is found again by the next walk.
async fn erase_order(tools: &Tools, id: OrderId, retention_days: u32) -> Result<(), WriteError> {
    let command = OrderCommand::Erase { retention_days };
    let erase = Operation::Order { id: Some(id), expected_version: None, command };
    match submit(tools, "orders", vec![erase]).await {
        Err(error @ (WriteError::Refused { .. } | WriteError::Internal | WriteError::Locked)) => {
            tracing::warn!(order = %id, %error, "who ordered is not erased yet");
            Ok(())
        }
        outcome => outcome,
    }
}

async fn submit(tools: &Tools, what: &str, operations: Vec<Operation>) -> Result<(), WriteError> {
    let submission = Submission {
        actor: ActorRef::System,
        login: None,
        request_id: format!("job-erasures {what}"),
        class: Class::Background,
        idempotency: None,
        operations,
    };
    tools.writer.submit(submission).await.map(drop)
}

impl Job for EraseOrders {
    fn name(&self) -> &'static str {
        "order_erasures"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        self.look(tools).boxed()
    }
}
