//! Forgets customers who have deleted their accounts: the account when its days of grace are over, who ordered when the
//! shop need not know any more.
//!
//! What is found here is only asked for; the decision, with the writer's clock and inside its transaction, says whether it is
//! time, and says no to whoever comes second.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use ordervault_domain::customer::Customer;
use ordervault_domain::id::{CustomerId, OrderId};
use ordervault_domain::order::OrderCommand;
use ordervault_domain::time::Timestamp;
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
/// Accounts that were erased, read at once.
const ERASED_PER_READ: i64 = 1_000;
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
        loop {
            let erased = read::erased_customers(conn, last, ERASED_PER_READ).await?;
            let Some(end) = erased.last() else { return Ok(()) };
            last = Some(*end);
            for id in erased.into_iter().filter(|id| !known.contains(id)) {
                journal.write(installation, id)?;
            }
        }
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
        if !is_done(&receipt) {
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

/// The job that erases who ordered. It walks through the customers who were erased, and looks at the orders of each once, and then
/// no more before the first of them can be due.
pub struct EraseOrders {
    retention: Retention,
    /// Since when the order that may be due first has been in its status; none: no order tells who the customer was.
    looked_at: BTreeMap<CustomerId, Option<Timestamp>>,
    /// Up to whom this walk has read, and who of these is still to be looked at.
    read_to: Option<CustomerId>,
    waiting: VecDeque<CustomerId>,
    /// Whose orders it is at, and how far with these.
    at: Option<Look>,
}

/// A look at the orders of a customer.
struct Look {
    customer_id: CustomerId,
    after: Option<LeftOrder>,
    first: Option<Timestamp>,
}

impl EraseOrders {
    /// Of orders that have been closed for so long.
    #[must_use]
    pub fn after(retention: Retention) -> Self {
        Self { retention, looked_at: BTreeMap::new(), read_to: None, waiting: VecDeque::new(), at: None }
    }

    async fn step_on(&mut self, tools: &Tools) -> Result<Remaining, JobError> {
        let closed_by = tools.now().plus_days(-i64::from(self.retention.order_personal_days));
        let mut conn = tools.db.read().await.map_err(Error::Db)?;
        if let Some(look) = self.at.take().or_else(|| self.next_look()) {
            let orders = read::left_orders(&mut conn, look.customer_id, look.after, ORDERS_PER_STEP).await?;
            drop(conn);
            self.look(tools, look, &orders, closed_by).await?;
            return Ok(Remaining::More);
        }
        let erased = read::erased_customers(&mut conn, self.read_to, ERASED_PER_READ).await?;
        self.read_to = erased.last().copied();
        let can_be_due = |id: &CustomerId| match self.looked_at.get(id) {
            Some(first) => first.is_some_and(|first| first <= closed_by),
            None => true,
        };
        self.waiting = erased.into_iter().filter(can_be_due).collect();
        Ok(if self.read_to.is_some() { Remaining::More } else { Remaining::Nothing })
    }

    fn next_look(&mut self) -> Option<Look> {
        self.waiting.pop_front().map(|customer_id| Look { customer_id, after: None, first: None })
    }

    /// Erases what is due of these orders, and notes what is left.
    async fn look(
        &mut self,
        tools: &Tools,
        look: Look,
        orders: &[LeftOrder],
        closed_by: Timestamp,
    ) -> Result<(), JobError> {
        let retention_days = self.retention.order_personal_days;
        let erased = join_all(orders.iter().map(async |order| match order.is_due(closed_by) {
            true => erase_order(tools, order.id(), retention_days).await,
            false => Ok(!order.tells_who),
        }));
        let erased = erased.await.into_iter().collect::<Result<Vec<bool>, WriteError>>()?;
        let left = orders.iter().zip(erased).filter(|(_, is_erased)| !is_erased);
        let first = left.map(|(order, _)| order.status_since()).chain(look.first).min();
        match orders.last() {
            Some(last) if orders.len() == ORDERS_PER_STEP => {
                self.at = Some(Look { after: Some(*last), first, ..look });
            }
            _ => _ = self.looked_at.insert(look.customer_id, first),
        }
        Ok(())
    }
}

/// False: it is not erased, and found again by the next walk.
async fn erase_order(tools: &Tools, id: OrderId, retention_days: u32) -> Result<bool, WriteError> {
    let command = OrderCommand::Erase { retention_days };
    let erase = Operation::Order { id: Some(id), expected_version: None, command };
    match submit(tools, "orders", vec![erase]).await {
        Err(error) if concerns_this_alone(&error) => {
            tracing::warn!(order = %id, %error, "who ordered is not erased yet");
            Ok(false)
        }
        outcome => Ok(is_done(&outcome?)),
    }
}

/// Did it erase somebody?
fn is_done(receipt: &Receipt) -> bool {
    let Receipt::Executed { done, .. } = receipt else { return false };
    done.iter().any(|effect| match effect {
        Effect::Customer(now) => now.erased_at.is_some(),
        Effect::Order(now) => now.erased_at.is_some(),
        _ => false,
    })
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
        self.step_on(tools).boxed()
    }
}
