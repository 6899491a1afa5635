//! Which rows submissions touch, as far as their text tells.

use ordervault_domain::aggregate::Kind;
use ordervault_domain::contact::{Contact, Email};
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::id::{BatchId, CustomerId, MemberId, OrderId, ProductId};
use ordervault_domain::installation::InstallationCommand;
use ordervault_domain::member;
use ordervault_domain::order::{self, Order, References};
use ordervault_domain::product::{self, Product};

use crate::tables::history::{HistoryRow, fold};
use crate::tables::sessions::Realm;
use crate::writer::mail_operation::{CodeOperation, MailOperation};
use crate::writer::operation::{ActorRef, BatchOperation, Operation, SessionOperation, Submission};

/// The products and orders that a submission names.
pub(crate) struct Goods {
    /// The products.
    pub products: Vec<i64>,
    /// The orders, of which some may be new.
    pub orders: Vec<i64>,
}

impl Goods {
    /// Those of this one.
    pub(crate) fn of(submission: &Submission) -> Self {
        let named = Named::by(std::iter::once(submission));
        Self { products: named.products, orders: named.orders }
    }
}

/// The ids and keys that submissions name.
#[derive(Default)]
pub(crate) struct Named<'a> {
    pub(super) stores: Vec<i64>,
    pub(super) commanded_stores: Vec<i64>,
    pub(super) products: Vec<i64>,
    /// Orders to be placed, for these customers.
    pub(super) placed: Vec<(&'a order::Place, Option<CustomerId>)>,
    /// Who only order, are ordered for, or get an order into their account.
    pub(super) customers: Vec<i64>,
    pub(super) commanded_customers: Vec<i64>,
    /// Who want to leave.
    pub(super) leaving: Vec<i64>,
    pub(super) members: Vec<i64>,
    pub(super) commanded_members: Vec<i64>,
    pub(super) orders: Vec<i64>,
    /// Orders that are to come out of the account in which they are.
    pub(super) unlinked: Vec<i64>,
    pub(super) credentials: Vec<i64>,
    /// Customers of whom a code is shown.
    pub(super) codes: Vec<i64>,
    /// Sessions by which submissions come.
    pub(super) logins: Vec<i64>,
    pub(super) sessions: Vec<i64>,
    pub(super) session_principals: Vec<i64>,
    pub(super) batches: Vec<i64>,
    pub(super) batch_items: Vec<(BatchId, OrderId)>,
    pub(super) throttles: Vec<String>,
    pub(super) seeing: Vec<i64>,
    pub(super) keys: Vec<String>,
    /// By store.
    pub(super) skus: Vec<(i64, String)>,
    /// By the product that is to have them.
    pub(super) edited_skus: Vec<(i64, String)>,
    pub(super) customer_emails: Vec<String>,
    pub(super) member_emails: Vec<String>,
    pub(super) owners: bool,
    pub(super) installation: bool,
    pub(super) corrects_clock: bool,
    pub(super) imported: Vec<(i64, i64)>,
}

impl<'a> Named<'a> {
    /// What these submissions name.
    pub(crate) fn by(submissions: impl Iterator<Item = &'a Submission>) -> Self {
        let mut named = Self::default();
        submissions.for_each(|submission| named.note(submission));
        named
    }

    /// Notes what a submission names.
    fn note(&mut self, submission: &'a Submission) {
        match submission.actor {
            ActorRef::Member(id) => self.members.push(id.get()),
            ActorRef::Customer(id) => self.customers.push(id.get()),
            ActorRef::Anonymous
            | ActorRef::Guest(_)
            | ActorRef::Operator
            | ActorRef::Importer
            | ActorRef::System => {}
        }
        self.logins.extend(submission.login.map(|id| id.get()));
        if let Some(idempotency) = &submission.idempotency {
            self.keys.push(idempotency.scoped_key.clone());
        }
        for operation in &submission.operations {
            self.note_operation(submission.actor, operation);
        }
    }

    fn note_operation(&mut self, actor: ActorRef, operation: &'a Operation) {
        match operation {
            Operation::Order { id, command, .. } => {
                self.orders.extend(id.map(|id| id.get()));
                if let order::OrderCommand::Unlink { .. } = command {
                    self.unlinked.extend(id.map(OrderId::get));
                }
                self.note_order(actor, command);
            }
            Operation::Store { id, .. } => self.commanded_stores.extend(id.map(|id| id.get())),
            Operation::Product { id, command, .. } => self.note_product(*id, command),
            Operation::Customer { id, command, .. } => self.note_customer(*id, command),
            Operation::Member { id, command, .. } => self.note_member(*id, command),
            Operation::Session(session) => self.note_session(session),
            Operation::Batch(batch) => self.note_batch(batch),
            Operation::Mail(MailOperation::QueueTo { email, .. }) => self.customer_emails.push(email.key()),
            // Their rows are written whatever was there.
            Operation::Mail(
                MailOperation::Queue { .. } | MailOperation::PutOff { .. } | MailOperation::Settle { .. },
            ) => {}
            Operation::Code(CodeOperation::Issue { customer_id, .. }) => {
                self.commanded_customers.push(customer_id.get());
            }
            Operation::Code(CodeOperation::Redeem { customer_id, .. }) => self.codes.push(customer_id.get()),
            Operation::Code(CodeOperation::Void { .. }) => {}
            Operation::Throttle(throttle) => self.throttles.push(throttle.key().to_owned()),
            Operation::Verified { realm, principal_id, .. } => {
                self.credentials.push(*principal_id);
                // Locked as by whoever deactivates them or sets another password.
                match realm {
                    Realm::Customer => self.commanded_customers.push(*principal_id),
                    Realm::Staff => self.commanded_members.push(*principal_id),
                }
            }
            Operation::Rehash { principal_id, .. } => self.credentials.push(*principal_id),
            Operation::Seen { .. } => self.seeing.extend(match actor {
                ActorRef::Member(id) => Some(id.get()),
                // They are refused.
                ActorRef::Anonymous
                | ActorRef::Customer(_)
                | ActorRef::Guest(_)
                | ActorRef::Operator
                | ActorRef::Importer
                | ActorRef::System => None,
            }),
            Operation::Installation(command) => {
                self.installation = true;
                self.corrects_clock |= *command == InstallationCommand::CorrectClock;
            }
            Operation::ImportHistory(rows) => self.note_imported(rows),
        }
    }

    fn note_product(&mut self, id: Option<ProductId>, command: &product::ProductCommand) {
        self.products.extend(id.map(ProductId::get));
        match command {
            product::ProductCommand::Create(new) => {
                self.stores.push(new.store_id.get());
                self.skus.push((new.store_id.get(), new.sku.clone()));
            }
            product::ProductCommand::Edit(edit) => {
                self.edited_skus.extend(id.map(ProductId::get).zip(edit.sku.clone()));
            }
            product::ProductCommand::AdjustStock { .. }
            | product::ProductCommand::Activate
            | product::ProductCommand::Deactivate => {}
        }
    }

    fn note_customer(&mut self, id: Option<CustomerId>, command: &customer::CustomerCommand) {
        self.commanded_customers.extend(id.map(CustomerId::get));
        self.customer_emails.extend(command.new_email().map(Email::key));
        if let customer::CustomerCommand::RequestDeletion { .. } = command {
            self.leaving.extend(id.map(CustomerId::get));
        }
    }

    fn note_member(&mut self, id: Option<MemberId>, command: &member::MemberCommand) {
        self.commanded_members.extend(id.map(MemberId::get));
        self.owners |= matches!(command, member::MemberCommand::Edit(_) | member::MemberCommand::Deactivate);
        self.member_emails.extend(command.new_email().map(Email::skeleton));
    }

    fn note_session(&mut self, operation: &SessionOperation) {
        match operation {
            SessionOperation::Open { principal_id, .. } | SessionOperation::EndAll { principal_id, .. } => {
                self.session_principals.push(*principal_id);
            }
            SessionOperation::Rotate { id, .. } | SessionOperation::End { id } => {
                self.sessions.push(id.get());
            }
        }
    }

    fn note_batch(&mut self, operation: &BatchOperation) {
        match operation {
            BatchOperation::Run { id, order_id } => {
                self.batches.push(id.get());
                self.batch_items.push((*id, *order_id));
                self.orders.push(order_id.get());
            }
            // The order may be what cannot be read.
            BatchOperation::GiveUp { id, order_id, .. } => {
                self.batches.push(id.get());
                self.batch_items.push((*id, *order_id));
            }
            BatchOperation::Cancel { id } => self.batches.push(id.get()),
            BatchOperation::Preview { .. } | BatchOperation::Open { .. } => {}
        }
    }

    fn note_order(&mut self, actor: ActorRef, command: &'a order::OrderCommand) {
        let references = References::of(command, None);
        self.stores.extend(references.store.map(|id| id.get()));
        self.products.extend(references.products.iter().map(|id| id.get()));
        match command {
            order::OrderCommand::Place(place) => {
                self.customers.extend(place.customer_id.map(|id| id.get()));
                let customer_id = match actor {
                    ActorRef::Customer(id) => Some(id),
                    _ => place.customer_id,
                };
                self.placed.push((place, customer_id));
            }
            order::OrderCommand::Import(import) => {
                self.customers.extend(import.customer_id.map(|id| id.get()));
            }
            order::OrderCommand::Link { customer_id, .. } => self.customers.push(customer_id.get()),
            // What the others have to do with is found in the order itself.
            _ => {}
        }
    }

    /// What is taken over is looked for by its id; what it refers to, and what it may not share with others, with it.
    fn note_imported(&mut self, rows: &[HistoryRow]) {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
        self.imported.push((last.entity_id, last.seq));
        // A kind that is unknown, a member and the installation are refused: there is nothing to look for.
        let Ok(kind) = first.kind.parse::<Kind>() else { return };
        match kind {
            Kind::Store => self.commanded_stores.push(first.entity_id),
            Kind::Product => {
                self.products.push(first.entity_id);
                if let Ok(Some(product)) = fold::<Product>(rows) {
                    self.stores.push(product.store_id.get());
                    self.skus.push((product.store_id.get(), product.sku));
                }
            }
            Kind::Customer => {
                self.commanded_customers.push(first.entity_id);
                if let Ok(Some(Customer { contact: Contact { email: Some(email), .. }, .. })) = fold(rows) {
                    self.customer_emails.push(email.key());
                }
            }
            Kind::Order => {
                self.orders.push(first.entity_id);
                if let Ok(Some(order)) = fold::<Order>(rows) {
                    self.stores.push(order.store_id.get());
                    self.customers.extend(order.customer_id.map(|id| id.get()));
                }
                // Products of lines that were amended away held stock, too.
                let events = rows.iter().filter_map(|row| row.decoded::<Order>().ok());
                for envelope in events {
                    self.products.extend(envelope.event.lines().iter().map(|line| line.product_id.get()));
                }
            }
            Kind::Member | Kind::Installation => {}
        }
    }
}
