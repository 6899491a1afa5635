//! What is handed to the write queue, and what comes back.

use std::sync::Arc;

use ordervault_domain::access::{OrderGrant, StoreScope};
use ordervault_domain::batch::{Batch, BatchAction, ItemOutcome};
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::id::{BatchId, CustomerId, MemberId, OrderId, ProductId, SessionId, StoreId};
use ordervault_domain::installation::{Installation, InstallationCommand};
use ordervault_domain::member::{self, Member};
use ordervault_domain::order::{self, Order};
use ordervault_domain::product::{self, Product};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::{self, Store};
use ordervault_domain::time::Timestamp;
use strum::{EnumDiscriminants, EnumIter};

use super::mail_operation::{CodeOperation, MailOperation};
use crate::tables::history::HistoryRow;
use crate::tables::sessions::{Realm, Session};

/// Who wants something. What they may do is looked up in the transaction that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumDiscriminants)]
#[strum_discriminants(name(ActorRefKind), derive(EnumIter, Hash), doc = "The kinds of [`ActorRef`].")]
pub enum ActorRef {
    /// Somebody without an account, who wants one or wants in.
    Anonymous,
    /// A customer.
    Customer(CustomerId),
    /// Somebody without an account, who orders (none) or has proved to know an order.
    Guest(Option<OrderGrant>),
    /// A staff member.
    Member(MemberId),
    /// The command line.
    Operator,
    /// An import.
    Importer,
    /// The program itself.
    System,
}

impl ActorRef {
    /// Whose logins they come by, if by any.
    pub(crate) fn principal(self) -> Option<(Realm, i64)> {
        match self {
            Self::Customer(id) => Some((Realm::Customer, id.get())),
            Self::Member(id) => Some((Realm::Staff, id.get())),
            Self::Anonymous | Self::Guest(_) | Self::Operator | Self::Importer | Self::System => None,
        }
    }
}

/// Who waits for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A person.
    Interactive,
    /// A machine with much to do: import, bulk, timers.
    Background,
}

/// A client's key for "do this once".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The key with its scope, which is the principal, in front.
    pub scoped_key: String,
    /// Tells operation and body from others.
    pub fingerprint: String,
}

/// Operations that are carried out all or none.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Who wants them.
    pub actor: ActorRef,
    /// The login by which they come: refused unless it is the actor's and open. None: by no login.
    pub login: Option<SessionId>,
    /// The request that they came with, for the history.
    pub request_id: String,
    /// Who waits.
    pub class: Class,
    /// "Do this once."
    pub idempotency: Option<Idempotency>,
    /// At least one.
    pub operations: Vec<Operation>,
}

/// One change that is wanted.
#[derive(Clone, Debug, EnumDiscriminants)]
#[strum_discriminants(name(OperationKind), derive(EnumIter), doc = "The kinds of [`Operation`].")]
pub enum Operation {
    /// On an order; without id, on a new one. An import brings its own id.
    Order {
        /// Which.
        id: Option<OrderId>,
        /// The version that the caller has seen, if they said so.
        expected_version: Option<i64>,
        /// What.
        command: order::OrderCommand,
    },
    /// On a store.
    Store {
        /// Which; none makes a new one.
        id: Option<StoreId>,
        /// The version that the caller has seen.
        expected_version: Option<i64>,
        /// What.
        command: store::StoreCommand,
    },
    /// On a product.
    Product {
        /// Which; none makes a new one.
        id: Option<ProductId>,
        /// The version that the caller has seen.
        expected_version: Option<i64>,
        /// What.
        command: product::ProductCommand,
    },
    /// On a customer's account.
    Customer {
        /// Which; none makes a new one.
        id: Option<CustomerId>,
        /// The version that the caller has seen.
        expected_version: Option<i64>,
        /// What.
        command: customer::CustomerCommand,
        /// The hash of the new password, if the command sets one.
        password_hash: Option<String>,
    },
    /// On a staff member's account.
    Member {
        /// Which; none makes a new one.
        id: Option<MemberId>,
        /// The version that the caller has seen.
        expected_version: Option<i64>,
        /// What.
        command: member::MemberCommand,
        /// The hash of the new password, if the command sets one.
        password_hash: Option<String>,
    },
    /// On the installation, of which there is one.
    Installation(InstallationCommand),
    /// On logins.
    Session(SessionOperation),
    /// On batches.
    Batch(BatchOperation),
    /// On mails that wait to be sent.
    Mail(MailOperation),
    /// On one-time codes.
    Code(CodeOperation),
    /// A password was checked before: refused unless the account is active and its password still has this hash. In
    /// front of what the check gives a right to.
    Verified {
        /// For whom.
        realm: Realm,
        /// The customer or member.
        principal_id: i64,
        /// The hash that it was checked against.
        password_hash: String,
    },
    /// The same password under a stronger hash.
    Rehash {
        /// The customer or member.
        principal_id: i64,
        /// The new hash.
        password_hash: String,
    },
    /// On what may be tried only so often.
    Throttle(ThrottleOperation),
    /// A member has seen new orders: these, and everything up to a position in the outbox.
    Seen {
        /// Those that were seen one by one; others than there are do no harm.
        orders: Vec<OrderId>,
        /// Everything up to here; a mark never goes back.
        up_to: Option<i64>,
    },
    /// Takes over a resource from an export, history and all.
    ImportHistory(Arc<[HistoryRow]>),
}

impl Operation {
    /// On a customer's account, whatever version it has, with the password as it is.
    #[must_use]
    pub fn on_customer(id: CustomerId, command: customer::CustomerCommand) -> Self {
        Self::Customer { id: Some(id), expected_version: None, command, password_hash: None }
    }

    /// Forgets who has an account, and ends its logins.
    #[must_use]
    pub fn erase_account(id: CustomerId) -> Vec<Self> {
        let end = SessionOperation::EndAll { principal_id: id.get(), but: None, because: "account_erased" };
        vec![Self::on_customer(id, customer::CustomerCommand::Erase), Self::Session(end)]
    }
}

/// A change of batches.
#[derive(Clone, Debug, EnumDiscriminants)]
#[strum_discriminants(name(BatchOperationKind), derive(EnumIter), doc = "The kinds of [`BatchOperation`].")]
pub enum BatchOperation {
    /// Remembers what a member was shown, to tell later what has changed.
    Preview {
        /// Stands for the member, what is done, and the orders with their versions.
        digest: String,
        /// The orders with their versions, sorted; 0: not there.
        versions: Arc<[(OrderId, i64)]>,
    },
    /// A new batch of the member who acts.
    Open {
        /// What is done to each order.
        action: BatchAction,
        /// The batch that it takes back, if it does.
        undoes: Option<BatchId>,
        /// The stores of the orders, as far as the member reaches them.
        stores: StoreScope,
        /// The orders, each once, with the version that they must still have at their turn, if it matters.
        items: Arc<[(OrderId, Option<i64>)]>,
    },
    /// One order's turn, in the name of the batch's maker. A refusal is the result, not an error.
    Run {
        /// The batch.
        id: BatchId,
        /// The order.
        order_id: OrderId,
    },
    /// One order gets no further turn, because its turn ends in an error each time.
    GiveUp {
        /// The batch.
        id: BatchId,
        /// The order.
        order_id: OrderId,
        /// The code of the error.
        code: &'static str,
    },
    /// What is not done yet is left.
    Cancel {
        /// The batch.
        id: BatchId,
    },
}

/// How often something may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many attempts.
    pub limit: u32,
    /// Within this time from the first one, milliseconds.
    pub window_millis: i64,
}

/// What is left of a rate after an attempt that was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// So many attempts are let through yet.
    pub left: u32,
    /// Then they begin anew.
    pub window_ends_at: Timestamp,
}

/// Something that somebody may try only so often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// A hash of what and who.
    pub key: String,
    /// How often.
    pub rate: Rate,
}

/// What is done about attempts. An attempt is judged first and counted afterwards, and nobody hears what came of it
/// before the queue has said that there were not too many: so not even a thousand at once get more than their limit, and
/// what could not be judged counts for nothing.
#[derive(Clone, Debug, EnumDiscriminants)]
#[strum_discriminants(
    name(ThrottleOperationKind),
    derive(EnumIter),
    doc = "The kinds of [`ThrottleOperation`]."
)]
pub enum ThrottleOperation {
    /// One more attempt that was no good; refused when there were too many.
    Count(Throttle),
    /// The attempt was a good one, and does not count; refused when there were too many that were not.
    LetThrough(Throttle),
    /// Whoever comes under this key is known for a while.
    Know {
        /// A hash of what and who.
        key: String,
        /// For how long at least, milliseconds.
        for_millis: i64,
    },
}

impl ThrottleOperation {
    /// Lets strangers try an account's password again, however many have failed. `principal_id`: the customer or member.
    pub fn unlock(principal_id: i64) -> Self {
        const UNLOCKED_MILLIS: i64 = 60 * 60 * 1_000;
        Self::Know { key: Self::unlocked(principal_id), for_millis: UNLOCKED_MILLIS }
    }

    /// The key that is known while an account is unlocked.
    pub fn unlocked(principal_id: i64) -> String {
        format!("unlocked {principal_id}")
    }

    /// The key of the counter that is meant.
    pub(crate) fn key(&self) -> &str {
        match self {
            Self::Count(Throttle { key, .. })
            | Self::LetThrough(Throttle { key, .. })
            | Self::Know { key, .. } => key,
        }
    }
}

/// Hashes the refresh token of a family and a generation.
pub type TokenHash = Arc<dyn Fn(SessionId, i64) -> String + Send + Sync>;

/// A change of logins.
#[derive(Clone, EnumDiscriminants)]
#[strum_discriminants(
    name(SessionOperationKind),
    derive(EnumIter),
    doc = "The kinds of [`SessionOperation`]."
)]
pub enum SessionOperation {
    /// A new login.
    Open {
        /// For whom.
        realm: Realm,
        /// The customer or member.
        principal_id: i64,
        /// Life of an unused token, milliseconds.
        idle_millis: i64,
        /// Life of the family, milliseconds.
        absolute_millis: i64,
        /// Makes token hashes.
        token_hash: TokenHash,
    },
    /// A token against its successor.
    Rotate {
        /// The family.
        id: SessionId,
        /// For whom.
        realm: Realm,
        /// Hash of the token that was shown.
        presented_hash: String,
        /// Life of an unused token, milliseconds.
        idle_millis: i64,
        /// Makes token hashes.
        token_hash: TokenHash,
    },
    /// A logout.
    End {
        /// The family.
        id: SessionId,
    },
    /// Every login of a principal but one.
    EndAll {
        /// The customer or member.
        principal_id: i64,
        /// The login that stays.
        but: Option<SessionId>,
        /// Why, for whoever looks at the row.
        because: &'static str,
    },
}

impl std::fmt::Debug for SessionOperation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the maker of hashes, which has no text, and the hashes, which are nobody's business.
        std::fmt::Debug::fmt(&SessionOperationKind::from(self), f)
    }
}

/// What one operation led to, as it is after the commit.
#[derive(Clone, Debug, PartialEq, EnumDiscriminants)]
#[strum_discriminants(name(EffectKind), derive(EnumIter, Hash), doc = "The kinds of [`Effect`].")]
pub enum Effect {
    /// The order.
    Order(Arc<Order>),
    /// The store.
    Store(Arc<Store>),
    /// The product.
    Product(Arc<Product>),
    /// The customer.
    Customer(Arc<Customer>),
    /// The member.
    Member(Arc<Member>),
    /// The installation.
    Installation(Arc<Installation>),
    /// The login; none if there was nothing to end.
    Session(Option<Session>),
    /// The batch.
    Batch(Arc<Batch>),
    /// What became of an order of a batch; none: it had its turn before, or never gets one.
    BatchItem(Option<ItemOutcome>),
    /// What was shown is remembered.
    Previewed,
    /// A used token was shown again: the family is ended.
    TokenReused,
    /// It still is.
    Verified,
    /// Kept.
    Rehashed,
    /// The attempt is let through, or whoever made it is known.
    LetThrough,
    /// The attempt is counted.
    Counted(Allowance),
    /// Noted.
    Seen,
    /// It waits, or waits no longer.
    Mail,
    /// The code is kept, was good, or is void.
    Code,
    /// Taken over, or there already.
    HistoryImported,
}

/// The answer to a submission that was carried out.
#[derive(Clone, Debug, PartialEq)]
pub enum Receipt {
    /// It was carried out now; one entry per operation.
    Executed {
        /// What each operation led to.
        done: Vec<Effect>,
        /// Was anything written? If not, everything was so already.
        applied: bool,
    },
    /// Its key was used before, for the same request: this is what it did then.
    Replayed {
        /// The resource that it made or changed.
        entity_id: i64,
        /// The version that it had after that.
        version: i64,
    },
}

/// Why a submission was not carried out (or, for one of them, is not known to be).
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WriteError {
    /// A rule says no.
    #[error("refused: {refusal:?}")]
    Refused {
        /// Which rule.
        refusal: Refusal,
        /// The order as it stands, if the operation was on one that the actor may see.
        order: Option<Arc<Order>>,
    },
    /// The idempotency key stands for something else.
    #[error("the idempotency key was used for something else")]
    KeyReused,
    /// Too many attempts in too short a time. Nothing was written.
    #[error("too many attempts: the next one is let through in {retry_after_seconds} s")]
    Throttled {
        /// When the next one is let through, at least 1.
        retry_after_seconds: u32,
    },
    /// The queue is full, or somebody has too many places in it.
    #[error("too much waits to be written: try again later")]
    Overloaded,
    /// Not taken up in time, or the program stops. Nothing was written.
    #[error("not carried out in time; nothing was written")]
    NotExecuted,
    /// A row is held by somebody else for too long. Nothing was written.
    #[error("a row is held by somebody else for too long; nothing was written")]
    Locked,
    /// The database cannot store anything now. Nothing was written.
    #[error("the database cannot store anything now; nothing was written")]
    Storage,
    /// The answer of the database was lost. The same request with the same key finds out.
    #[error("whether it was written is not known: repeat with the same idempotency key")]
    OutcomeUnknown,
    /// The clock is far behind the newest record. Nothing was written.
    #[error(
        "the server's clock is {behind_seconds} s behind the newest record: set it right, or, if the clock was ahead, run \
         `ordervault clock repair`; nothing was written"
    )]
    ClockBehind {
        /// By how much.
        behind_seconds: i64,
    },
    /// A mistake in this program. Nothing was written.
    #[error("internal error; nothing was written")]
    Internal,
}

impl Submission {
    /// Is it for the correction of the clock?
    pub(crate) fn corrects_clock(&self) -> bool {
        let corrects = |operation: &Operation| {
            matches!(operation, Operation::Installation(InstallationCommand::CorrectClock))
        };
        self.operations.iter().all(corrects)
    }

    /// Does the operator look after accounts with it, or begin a new epoch, which both have to go on whatever the clock shows?
    pub(crate) fn passes_wrong_clock(&self) -> bool {
        let passes = |operation: &Operation| match operation {
            Operation::Member { .. } | Operation::Session(_) | Operation::Throttle(_) => true,
            Operation::Installation(command) => {
                matches!(command, InstallationCommand::Restore { .. } | InstallationCommand::Repair)
            }
            _ => false,
        };
        self.actor == ActorRef::Operator && self.operations.iter().all(passes)
    }

    /// About how many rows it writes: what a group is measured by.
    pub(crate) fn weight(&self) -> usize {
        const ROWS_OF_ANY_OPERATION: usize = 5;
        const ROWS_OF_A_LINE: usize = 3;
        const VERSIONS_OF_A_ROW: usize = 10;
        let throttles =
            self.operations.iter().filter(|operation| matches!(operation, Operation::Throttle(_))).count();
        let others = self.operations.len() - throttles;
        let lines: usize = self
            .operations
            .iter()
            .map(|operation| match operation {
                Operation::Order { command: order::OrderCommand::Place(place), .. } => place.lines.len(),
                Operation::Order { command: order::OrderCommand::Import(import), .. } => {
                    import.lines.len() + import.steps.len()
                }
                Operation::Order { command: order::OrderCommand::Amend(amendment), .. } => {
                    amendment.lines.as_ref().map_or(0, Vec::len)
                }
                Operation::ImportHistory(rows) => rows.len(),
                Operation::Batch(BatchOperation::Open { items, .. }) => items.len(),
                // One row, but as long as this.
                Operation::Batch(BatchOperation::Preview { versions, .. }) => {
                    versions.len() / VERSIONS_OF_A_ROW
                }
                Operation::Seen { orders, .. } => orders.len(),
                Operation::Order { .. }
                | Operation::Store { .. }
                | Operation::Product { .. }
                | Operation::Customer { .. }
                | Operation::Member { .. }
                | Operation::Installation(_)
                | Operation::Session(_)
                | Operation::Batch(
                    BatchOperation::Run { .. }
                    | BatchOperation::GiveUp { .. }
                    | BatchOperation::Cancel { .. },
                )
                | Operation::Mail(_)
                | Operation::Code(_)
                | Operation::Verified { .. }
                | Operation::Rehash { .. }
                | Operation::Throttle(_) => 0,
            })
            .sum();
        throttles + others * ROWS_OF_ANY_OPERATION + lines * ROWS_OF_A_LINE
    }

    /// About how much memory it holds, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        const BYTES_OF_A_ROW: usize = 200;
        self.weight() * BYTES_OF_A_ROW
    }
}
