//! Taking over resources from an export, history and all: the events come as they were and are sealed with a key of this
//! installation; the state is folded from them.

use ordervault_domain::access::Actor;
use ordervault_domain::aggregate::Kind;
use ordervault_domain::customer::Customer;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::Store;

use super::decider::{ActorContext, Decider, OperationError};
use crate::tables::history::{FIRST, HistoryRow, erased_through};
use crate::tables::stock::own_movement;
use crate::writer::operation::Effect;
use crate::writer::set::{Change, Held};

impl Decider<'_> {
    pub(in crate::writer) fn import_history(
        &mut self,
        actor_context: &ActorContext<'_>,
        rows: &[HistoryRow],
    ) -> Result<Effect, OperationError> {
        if !matches!(actor_context.actor, Actor::Importer | Actor::Operator) {
            return Err(Refusal::Forbidden(None).into());
        }
        let kind =
            rows.first().and_then(|row| row.kind.parse::<Kind>().ok()).ok_or(Refusal::BrokenHistory)?;
        match kind {
            Kind::Store => self.steps_of::<Store>(rows).map(|_| ())?,
            Kind::Customer => {
                if let Some((_, customer)) = self.steps_of::<Customer>(rows)?.last() {
                    self.fits_customer(customer)?;
                }
            }
            Kind::Product => {
                let steps = self.steps_of::<Product>(rows)?;
                if let Some((_, product)) = steps.last() {
                    self.fits_product(product)?;
                }
                for (before, after) in steps {
                    if let Some(movement) = own_movement(before.as_ref(), &after) {
                        self.set.apply(Change::StockMovement(movement));
                    }
                }
            }
            Kind::Order => {
                for (before, after) in self.steps_of::<Order>(rows)? {
                    self.fits_order(&after)?;
                    self.move_stock(before.as_ref(), &after);
                }
            }
            // They do not travel.
            Kind::Member | Kind::Installation => return Err(Refusal::BrokenHistory.into()),
        }
        Ok(Effect::HistoryImported)
    }

    /// The steps from state to state, empty if the resource is here already with the same history, or has gone on from it.
    fn steps_of<A: Held>(&mut self, rows: &[HistoryRow]) -> Result<Vec<(Option<A>, A)>, OperationError> {
        let Some(first) = rows.first() else { return Err(Refusal::BrokenHistory.into()) };
        let (sealed, head) = self.sealed(rows);
        if self.set.get::<A>(first.entity_id).is_some() {
            let is_here = self.set.head::<A>(first.entity_id) == head || self.set.has_passed(rows);
            return match is_here {
                true => Ok(vec![]),
                false => Err(Refusal::Duplicate { field: "id" }.into()),
            };
        }
        let (mut theirs, mut state) = (FIRST, None::<A>);
        let erased_through = erased_through::<A>(rows);
        let mut steps = Vec::with_capacity(rows.len());
        for row in rows {
            // What somebody else's key sealed only they can check.
            let is_sealed =
                self.keys.find(&row.key_id).is_none_or(|key| row.chained(key, theirs) == row.hash);
            let is_erased = row.seq <= erased_through;
            let is_kept = if is_erased { row.content.is_none() } else { !row.misses_values() };
            let whole = is_sealed && row.keeps_commitment() && is_kept;
            if row.entity_id != first.entity_id || !whole {
                return Err(Refusal::BrokenHistory.into());
            }
            theirs = &row.hash;
            let event = row.decoded::<A>().map_err(|_| Refusal::BrokenHistory)?;
            let after = A::apply(state.clone(), row.entity_id, &event, row.stamp())
                .map_err(|_| Refusal::BrokenHistory)?;
            if row.misderived(state.as_ref(), &after, is_erased).is_some() {
                return Err(Refusal::BrokenHistory.into());
            }
            steps.push((state.replace(after.clone()), after));
        }
        if let Some(state) = state {
            self.set.set_state(state, Some(head));
        }
        for (row, (_, after)) in sealed.into_iter().zip(&steps) {
            self.set.write_down(row, after)?;
        }
        Ok(steps)
    }

    /// The rows under this installation's key, and the hash of the last.
    fn sealed(&self, rows: &[HistoryRow]) -> (Vec<HistoryRow>, String) {
        let mut head = FIRST.to_owned();
        let mut sealed = rows.to_vec();
        for row in &mut sealed {
            row.seal(self.keys.sealing(), &head);
            head.clone_from(&row.hash);
        }
        (sealed, head)
    }

    fn fits_customer(&self, customer: &Customer) -> Result<(), Refusal> {
        let email = customer.contact.email.as_ref();
        match email.is_some_and(|email| self.set.customer_email_taken(customer.id.get(), email)) {
            true => Err(Refusal::Duplicate { field: "email" }),
            false => Ok(()),
        }
    }

    fn fits_product(&self, product: &Product) -> Result<(), Refusal> {
        if self.set.get::<Store>(product.store_id.get()).is_none() {
            return Err(Refusal::UnknownStore);
        }
        match self.set.sku_taken(product.id.get(), product.store_id.get(), &product.sku) {
            true => Err(Refusal::Duplicate { field: "sku" }),
            false => Ok(()),
        }
    }

    fn fits_order(&self, order: &Order) -> Result<(), Refusal> {
        if self.set.get::<Store>(order.store_id.get()).is_none() {
            return Err(Refusal::UnknownStore);
        }
        if order.customer_id.is_some_and(|id| self.set.get::<Customer>(id.get()).is_none()) {
            return Err(Refusal::UnknownCustomer);
        }
        let known =
            |id: i64| self.set.get::<Product>(id).is_some_and(|found| found.store_id == order.store_id);
        let lines = order.lines.iter().enumerate();
        let unknown: Vec<usize> =
            lines.filter(|(_, line)| !known(line.product_id.get())).map(|(position, _)| position).collect();
        match unknown.is_empty() {
            true => Ok(()),
            false => Err(Refusal::UnknownProduct(unknown)),
        }
    }
}
