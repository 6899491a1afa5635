//! Forgets customers who have deleted their accounts: the account when its days of grace are over, who ordered when the
//! shop need not know any more.
//!
//! What is found here is only asked for; the decision, with the writer's clock and inside its transaction, says whether it is
//! time, and says no to whoever comes second.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use ordervault_domain::customer::Customer;
use ordervault_domain::id::{CustomerId, OrderId};
use ordervault_domain::order::OrderCommand;
use ordervault_persistence::Error;
use ordervault_persistence::backup::ErasureJournal;
use ordervault_persistence::read::{self, LeftOrder};
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::{
    ActorRef, Class, Effect, Mail, MailKind, Operation, Receipt, Submission, WriteError,
};

use super::job::{Job, JobError, Remaining, Tools};
use super::mails::{Sending, send};
use crate::mail::{Mailer, draft};
use crate::settings::Retention;
use crate::state::AppState;
use crate::translations::Translations;

/// Accounts of one step.
const ACCOUNTS_PER_STEP: i64 = 100;
/// So many of them are written to side by side.
const MAILS_AT_ONCE: usize = 10;
/// Orders that are looked at in one step, of one customer.
const ORDERS_PER_STEP: usize = 100;

/// The job that erases accounts.
pub struct EraseAccounts {
    /// None: nothing is written to anybody.
    mailer: Option<Arc<Mailer>>,
    translations: Arc<Translations>,
    journal: Option<ErasureJournal>,
    /// Does the journal have every account that was erased?
    is_written_down: bool,
    /// Who has got the last mail, and is not erased yet: it is sent once.
    told: BTreeSet<CustomerId>,
}

impl EraseAccounts {
    /// With what a server has for it.
    pub fn of(state: &AppState) -> Self {
        Self {
            mailer: state.mailer.clone(),
            translations: state.translations.clone(),
            journal: state.settings.erasure_journal.clone(),
            is_written_down: false,
            told: BTreeSet::new(),
        }
    }

    async fn look(&mut self, tools: &Tools) -> Result<Remaining, JobError> {
        let mut conn = tools.db.read().await.map_err(Error::Db)?;
        if !self.is_written_down {
            self.write_down(tools, &mut conn).await?;
        }
        let due = read::due_deletions(&mut conn, tools.now(), ACCOUNTS_PER_STEP).await?;
        drop(conn);
        // Until everything has gone well: who was erased is looked for in the next step.
        self.is_written_down = due.is_empty();
        let mut is_any_erased = false;
        for some in due.chunks(MAILS_AT_ONCE) {
            let told = join_all(some.iter().map(|customer| self.is_told(tools, customer))).await;
            for (customer, is_told) in some.iter().zip(told) {
                // Whoever cannot be written to yet keeps nobody else waiting.
                if is_told? {
                    self.told.insert(customer.id);
                    is_any_erased |= self.erase(tools, customer.id).await?;
                }
            }
        }
        self.is_written_down = true;
        Ok(if is_any_erased { Remaining::More } else { Remaining::Nothing })
    }

    /// Writes down every erased account that the journal lacks: those of the step before, or of a server that was killed.
    async fn write_down(&self, tools: &Tools, conn: &mut Conn) -> Result<(), JobError> {
        let Some(journal) = &self.journal else { return Ok(()) };
        let installation = tools.writer.installation().id;
        let known = journal.read(installation)?;
        let mut last = None;
        while let Some(id) = read::next_erased_customer(conn, last).await? {
            if !known.contains(&id) {
                journal.write(installation, id)?;
            }
            last = Some(id);
        }
        Ok(())
    }

    /// False: it is not erased, because its customer keeps it, or because of what the log says.
    async fn erase(&mut self, tools: &Tools, id: CustomerId) -> Result<bool, JobError> {
        let receipt = match submit(tools, "accounts", Operation::erase_account(id)).await {
            Err(error) if concerns_this_alone(&error) => {
                tracing::warn!(customer = %id, %error, "an account is not erased yet");
                return Ok(false);
            }
            outcome => outcome?,
        };
        self.told.remove(&id);
        let is_erased = |effect: &Effect| matches!(effect, Effect::Customer(now) if now.erased_at.is_some());
        if !matches!(receipt, Receipt::Executed { done, .. } if done.iter().any(is_erased)) {
            return Ok(false);
        }
        tracing::info!(customer = %id, "an account was erased");
        if let Some(journal) = &self.journal {
            journal.write(tools.writer.installation().id, id)?;
        }
        Ok(true)
    }

    /// Has the last mail gone out, as long as the address is known? What the mail server does not take for three days is not said.
    async fn is_told(&self, tools: &Tools, customer: &Customer) -> Result<bool, JobError> {
        let (Some(mailer), Some(due_at)) = (&self.mailer, customer.deletion_due_at) else { return Ok(true) };
        if self.told.contains(&customer.id) {
            return Ok(true);
        }
        let (entity_id, kind) = (customer.id.get(), MailKind::AccountErased);
        let mail = Mail { entity_id, kind, queued_at: due_at, due_at, attempts: 0 };
        let draft = draft(&mut tools.db.read().await.map_err(Error::Db)?, &mail).await?;
        let Some(draft) = draft else { return Ok(true) };
        let to = draft.to.clone();
        let letter = draft.letter(&self.translations, mailer, None);
        match send(mailer, &mail, &to, letter, tools.now()).await {
            Sending::Done | Sending::Never => Ok(true),
            Sending::Later(error) => {
                tracing::warn!(customer = %customer.id, %error, "an account waits for its last mail");
                Ok(false)
            }
        }
    }
}

/// Is it about what was asked for, and not about the database or the queue?
fn concerns_this_alone(error: &WriteError) -> bool {
    matches!(error, WriteError::Refused { .. } | WriteError::Internal | WriteError::Locked)
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
        let closed_by = tools.now().plus_days(-i64::from(retention_days));
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
        Err(error) if concerns_this_alone(&error) => {
            tracing::warn!(order = %id, %error, "who ordered is not erased yet");
            Ok(())
        }
        outcome => outcome.map(drop),
    }
}

async fn submit(tools: &Tools, what: &str, operations: Vec<Operation>) -> Result<Receipt, WriteError> {
    let submission = Submission {
        actor: ActorRef::System,
        login: None,
        request_id: format!("job-erasures {what}"),
        class: Class::Background,
        idempotency: None,
        operations,
    };
    tools.writer.submit(submission).await
}

impl Job for EraseOrders {
    fn name(&self) -> &'static str {
        "order_erasures"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        self.look(tools).boxed()
    }
}
