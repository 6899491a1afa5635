//! Taking over things from an export, history and all: the rows come as they were, the state is folded from them.

use ordervault_domain::access::Actor;
use ordervault_domain::customer::Customer;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::Store;

use super::decide::{ActorContext, Decider, Holds, OperationError};
use super::operation::Effect;
use super::working_set::{WorkingSet, own_movement};
use crate::tables::Stored;
use crate::tables::history::{FIRST, HistoryRow};

/// The refusal for a history that does not hold together.
const BROKEN: Refusal = Refusal::Invalid {
    pointer: String::new(),
    code: "broken-history",
    detail: "the hashes, personal values or events of the history do not fit together",
};
const UNKNOWN_CUSTOMER: Refusal = Refusal::Invalid {
    pointer: String::new(),
    code: "unknown-customer",
    detail: "its customer is not there",
};

impl Decider<'_> {
    pub(super) fn import_history(
        &mut self,
        actor_context: &ActorContext<'_>,
        rows: &[HistoryRow],
    ) -> Result<Effect, OperationError> {
        if !matches!(actor_context.actor, Actor::Importer | Actor::Operator) {
            return Err(Refusal::Forbidden(None).into());
        }
        let kind = rows.first().map(|row| row.kind.as_str());
        match kind {
            Some("store") => self.adopt_as::<Store>(rows).map(|_| ())?,
            Some("customer") => {
                if let Some((_, customer)) = self.adopt_as::<Customer>(rows)?.last() {
                    self.fits_customer(customer)?;
                }
            }
            Some("product") => {
                let steps = self.adopt_as::<Product>(rows)?;
                if let Some((_, product)) = steps.last() {
                    self.fits_product(product)?;
                }
                for (before, after) in steps {
                    self.set.pending.moves.extend(own_movement(before.as_ref(), &after));
                }
            }
            Some("order") => {
                for (before, after) in self.adopt_as::<Order>(rows)? {
                    self.fits_order(&after)?;
                    self.move_stock(before.as_ref(), &after);
                }
            }
            _ => return Err(BROKEN.into()),
        }
        Ok(Effect::HistoryImported)
    }

    /// The steps from state to state, empty if the thing is here already with the same history, or has gone on from it.
    fn adopt_as<A: Stored>(&mut self, rows: &[HistoryRow]) -> Result<Vec<(Option<A>, A)>, OperationError>
    where
        WorkingSet: Holds<A>,
    {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Err(BROKEN.into()) };
        let collection = Holds::<A>::collection(self.set);
        if collection.get(first.entity_id).is_some() {
            let passed = self.set.passed.get(&(last.entity_id, last.seq));
            return match collection.head(first.entity_id) == last.hash || passed == Some(&last.hash) {
                true => Ok(vec![]),
                false => Err(Refusal::Duplicate { field: "id" }.into()),
            };
        }
        let mut head = FIRST.to_owned();
        let mut state: Option<A> = None;
        let mut steps = Vec::with_capacity(rows.len());
        for row in rows {
            let whole = row.chained(&head) == row.hash && row.keeps_commitment() && !row.misses_values();
            if row.entity_id != first.entity_id || !whole {
                return Err(BROKEN.into());
            }
            head.clone_from(&row.hash);
            let event = row.decoded::<A>().map_err(|_| BROKEN)?;
            let after = A::apply(state.clone(), row.entity_id, &event, row.stamp()).map_err(|_| BROKEN)?;
            if row.misderived(state.as_ref(), &after).is_some() {
                return Err(BROKEN.into());
            }
            steps.push((state.replace(after.clone()), after));
        }
        if let Some(state) = state {
            self.set.collection_mut().set(state.raw_id(), state.clone(), Some(head));
        }
        self.set.pending.history.extend(rows.iter().cloned());
        Ok(steps)
    }

    fn fits_customer(&self, customer: &Customer) -> Result<(), Refusal> {
        let email = customer.contact.email.as_ref();
        match email.is_some_and(|email| self.customer_email_taken(customer.id.get(), email)) {
            true => Err(Refusal::Duplicate { field: "email" }),
            false => Ok(()),
        }
    }

    fn fits_product(&self, product: &Product) -> Result<(), Refusal> {
        if self.set.stores.get(product.store_id.get()).is_none() {
            return Err(Refusal::UnknownStore);
        }
        match self.sku_taken(product.id.get(), product.store_id, &product.sku) {
            true => Err(Refusal::Duplicate { field: "sku" }),
            false => Ok(()),
        }
    }

    fn fits_order(&self, order: &Order) -> Result<(), Refusal> {
        if self.set.stores.get(order.store_id.get()).is_none() {
            return Err(Refusal::UnknownStore);
        }
        if order.customer_id.is_some_and(|id| self.set.customers.get(id.get()).is_none()) {
            return Err(UNKNOWN_CUSTOMER);
        }
        let known = |id: i64| self.set.products.get(id).is_some_and(|found| found.store_id == order.store_id);
        let lines = order.lines.iter().enumerate();
        let unknown: Vec<usize> =
            lines.filter(|(_, line)| !known(line.product_id.get())).map(|(position, _)| position).collect();
        match unknown.is_empty() {
            true => Ok(()),
            false => Err(Refusal::UnknownProduct(unknown)),
        }
    }
}
