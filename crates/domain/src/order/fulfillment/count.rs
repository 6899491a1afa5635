//! The counters of lines, from what is in fulfillments and what was called off.

use crate::money::Amount;
use crate::order::{Fulfillment, FulfillmentState, Line, Order, Status, Units};
use crate::parcel::LineUnits;
use crate::totals::part;

impl Order {
    /// Counts anew what has become of the units of each line.
    pub(in crate::order) fn count_units(&mut self) {
        let counted = self.lines.iter().map(|line| (line.no, self.counted(line)));
        self.units = counted.filter(|(_, units)| *units != Units::default()).collect();
    }

    /// An order that is completed without fulfillments was sent and delivered as a whole; one that is called off, or never was a real one,
    /// has no open units.
    fn counted(&self, line: &Line) -> Units {
        let mut units = Units {
            cancelled: self.called_off(line.no),
            allocated: self.units_in(FulfillmentState::is_inside, |one| one.units(line.no)),
            shipped: self.units_in(FulfillmentState::has_left, |one| one.out(line.no)),
            delivered: self.units_in(|state| state == FulfillmentState::Delivered, |one| one.units(line.no)),
            replaced: self.units_in(FulfillmentState::has_left, |one| one.anew(line.no)),
            lost: self.units_in(FulfillmentState::has_left, |one| one.credited(line.no)),
            credited: self.units_in(FulfillmentState::has_left, |one| one.credited(line.no)),
            credited_value: self.credited_value(line.no),
            ..self.units(line.no)
        };
        let open = units.open(line.quantity);
        match self.status() {
            Status::PendingReview | Status::Confirmed | Status::Processing => {}
            Status::Completed => {
                units.shipped += open;
                units.delivered = units.shipped.saturating_sub(units.lost);
            }
            Status::Cancelled | Status::Invalid => units.cancelled += open,
        }
        // Whatever units go, in whatever portions: together they take what the first so many of the line cost.
        let gone = units.cancelled + units.credited;
        let value = part(line.amount(), gone, line.quantity, self.terms.step());
        units.cancelled_value = Amount::new(value.get() - units.credited_value.get());
        units
    }

    /// What was credited with lost units of this line.
    fn credited_value(&self, line: u32) -> Amount {
        let all = self.fulfillments.iter().flat_map(|one| &one.credited);
        Amount::new(all.filter(|one| one.no == line).map(|one| one.value.get()).sum())
    }

    fn units_in(&self, is_meant: fn(FulfillmentState) -> bool, count: impl Fn(&Fulfillment) -> u32) -> u32 {
        let meant = self.fulfillments.iter().filter(|fulfillment| is_meant(fulfillment.state));
        meant.map(count).sum()
    }
}

impl Order {
    /// The fulfillment of this number, if it has one.
    #[must_use]
    pub fn fulfillment(&self, no: u32) -> Option<&Fulfillment> {
        self.fulfillments.iter().find(|fulfillment| fulfillment.no == no)
    }

    /// Units of this line that were called off by themselves, not with the whole order.
    #[must_use]
    pub fn called_off(&self, line: u32) -> u32 {
        self.cancellations.iter().filter(|of| of.no == line).map(|of| of.units).sum()
    }

    /// The units of each line that this counts, of those lines of which it counts any.
    pub(super) fn units_where(&self, count: impl Fn(&Units, u32) -> u32) -> Vec<LineUnits> {
        let counted = self.lines.iter().map(|line| {
            let units = count(&self.units(line.no), line.quantity);
            LineUnits { no: line.no, units }
        });
        counted.filter(|line| line.units > 0).collect()
    }

    /// Those that are open.
    pub(super) fn open_units(&self) -> Vec<LineUnits> {
        self.units_where(Units::open)
    }
}
