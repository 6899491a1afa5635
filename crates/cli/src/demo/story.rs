//! What happens in the demo shop, in order of time: a fixed tale, told by dice that always fall the same way.

use ordervault_domain::order::{Amendment, CancelReason, InvalidReason, OrderCommand, OrderCommandKind};

use super::cast::{CLERK, MANAGER, OWNER, REVIEWER, STAFF, STORES, WAREHOUSE};
use super::dice::Dice;

/// Orders in the tale.
const ORDERS: usize = 200;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Customers come from the second day on.
const FIRST_ORDER: i64 = 48 * HOUR;
/// Time from one order to the next, about.
const PACE: i64 = 10 * HOUR;
/// The last orders are still waiting: they are the work of the day.
const FIRST_PENDING: usize = 184;
const FIRST_CONFIRMED: usize = 164;
const FIRST_PROCESSING: usize = 140;

/// Who does something.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    Operator,
    Stranger,
    /// By the place in the staff.
    Staff(usize),
    /// By the store and the place among its customers.
    Customer(usize, usize),
    Program,
}

/// What somebody does. Things are named by their places.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Hire(usize),
    Open(usize),
    Stock(usize, usize),
    Register(usize, usize),
    Place(usize),
    Change(usize, Box<OrderCommand>),
    /// The order's lines as they shall be: products of its store and quantities.
    Reorder(usize, Vec<(usize, u32)>),
    /// To all of these orders at once.
    Bulk(OrderCommandKind, Vec<usize>),
    /// The turn of an order in a batch.
    Turn(usize, usize),
    CallOff(usize),
}

/// An order as it is placed.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) store: usize,
    pub(super) customer: usize,
    /// Products of the store and quantities.
    pub(super) lines: Vec<(usize, u32)>,
    pub(super) note: &'static str,
}

/// Everything that happens, by time since the shop opened, milliseconds.
pub(super) struct Tale {
    pub(super) deeds: Vec<(i64, Who, Deed)>,
    /// The orders in the order of their placing.
    pub(super) orders: Vec<Placed>,
}

/// The tale.
pub(super) fn tale() -> Tale {
    let mut teller = Teller { dice: Dice::from(0), tale: Tale { deeds: vec![], orders: vec![] } };
    teller.opening();
    for place in 0..ORDERS {
        teller.order(place);
    }
    teller.clean_up();
    // Stable: what happens at the same time stays in the order of telling.
    teller.tale.deeds.sort_by_key(|deed| deed.0);
    teller.tale
}

fn change(order: usize, command: OrderCommand) -> Deed {
    Deed::Change(order, Box::new(command))
}

struct Teller {
    dice: Dice,
    tale: Tale,
}

impl Teller {
    /// A number below `sides`.
    fn dice(&mut self, sides: usize) -> usize {
        self.dice.place(sides)
    }

    /// So much time, in milliseconds, give or take a quarter.
    fn about(&mut self, millis: i64) -> i64 {
        let quarters = i64::try_from(self.dice(1_000)).unwrap_or(0) - 500;
        millis + millis * quarters / 2_000
    }

    fn tell(&mut self, at: i64, who: Who, deed: Deed) {
        self.tale.deeds.push((at, who, deed));
    }

    /// The owner comes first, then stores, the others, products and customers, a minute apart.
    fn opening(&mut self) {
        let mut at = 0;
        let mut next = || {
            at += MINUTE;
            at
        };
        let mut deeds = vec![(next(), Who::Operator, Deed::Hire(OWNER))];
        deeds.extend((0..STORES.len()).map(|store| (next(), Who::Staff(OWNER), Deed::Open(store))));
        deeds.extend((1..STAFF.len()).map(|place| (next(), Who::Staff(OWNER), Deed::Hire(place))));
        for (store, seed) in STORES.iter().enumerate() {
            let wares = 0..seed.products.len();
            deeds.extend(wares.map(|ware| (next(), Who::Staff(MANAGER), Deed::Stock(store, ware))));
        }
        for (store, seed) in STORES.iter().enumerate() {
            let people = 0..seed.customers.len();
            deeds.extend(people.map(|person| (next(), Who::Stranger, Deed::Register(store, person))));
        }
        self.tale.deeds.extend(deeds);
    }

    fn order(&mut self, place: usize) {
        let begun = i64::try_from(place).unwrap_or(0) * PACE;
        let at = FIRST_ORDER + begun + self.about(2 * HOUR);
        // The customer of the examples comes back often.
        let (store, customer) = if place.is_multiple_of(9) {
            (0, 0)
        } else {
            let store = self.dice(STORES.len());
            (store, self.dice(STORES[store].customers.len()))
        };
        let lines = self.lines(store);
        let notes = STORES[store].notes;
        let note = notes[self.dice(notes.len())];
        // Now and then somebody orders by telephone.
        let who = match place % 17 {
            16 if store < 2 => Who::Staff(CLERK),
            _ => Who::Customer(store, customer),
        };
        self.tale.orders.push(Placed { store, customer, lines, note });
        self.tell(at, who, Deed::Place(place));
        self.fate(place, at, who);
    }

    /// One to three unlike products; never the scarce last one of a store.
    fn lines(&mut self, store: usize) -> Vec<(usize, u32)> {
        let wares = STORES[store].products.len() - 1;
        let first = self.dice(wares);
        let count = 1 + self.dice(3);
        let quantity = |number: usize| u32::try_from(1 + number).unwrap_or(1);
        (0..count).map(|line| ((first + line * 5) % wares, quantity(self.dice(2)))).collect()
    }

    /// How the order goes on.
    fn fate(&mut self, place: usize, at: i64, customer: Who) {
        let recent = match place {
            FIRST_PENDING.. => 0,
            FIRST_CONFIRMED.. => 1,
            FIRST_PROCESSING.. => 2,
            _ => 3,
        };
        match (recent, place % 10) {
            (0, 3) => self.reorders(place, at, customer),
            (0, _) => {}
            (1, 0) => self.cancelled_by_customer(place, at, customer),
            (1, _) => _ = self.confirmed(place, at),
            (2, _) => _ = self.started(place, at),
            (_, 6) => self.cancelled_by_customer(place, at, customer),
            (_, 7) => self.cancelled_by_staff(place, at),
            (_, 8) => self.invalid(place, at),
            (_, 2) => {
                self.reorders(place, at, customer);
                self.completed(place, at);
            }
            _ => self.completed(place, at),
        }
    }

    /// The customer thinks again while they may.
    fn reorders(&mut self, place: usize, at: i64, customer: Who) {
        let lines = self.lines(self.tale.orders[place].store);
        self.tell(at + 20 * MINUTE, customer, Deed::Reorder(place, lines));
    }

    fn confirmed(&mut self, place: usize, at: i64) -> i64 {
        let at = at + self.about(3 * HOUR);
        self.tell(at, Who::Staff(REVIEWER), change(place, OrderCommand::Confirm));
        at
    }

    fn started(&mut self, place: usize, at: i64) -> i64 {
        let confirmed = self.confirmed(place, at);
        let at = confirmed + self.about(20 * HOUR);
        self.tell(at, Who::Staff(WAREHOUSE), change(place, OrderCommand::Start));
        at
    }

    fn completed(&mut self, place: usize, at: i64) {
        let started = self.started(place, at);
        let at = started + self.about(60 * HOUR);
        self.tell(at, Who::Staff(MANAGER), change(place, OrderCommand::Complete));
    }

    fn cancelled_by_customer(&mut self, place: usize, at: i64, customer: Who) {
        let cancel = OrderCommand::Cancel { reason: CancelReason::Customer, comment: None };
        self.tell(at + 45 * MINUTE, customer, change(place, cancel));
    }

    fn cancelled_by_staff(&mut self, place: usize, at: i64) {
        let (reason, comment) = match place % 4 {
            0 => (CancelReason::Inventory, "最後一件有瑕疵"),
            1 => (CancelReason::Duplicate, "ordered twice, the customer called"),
            2 => (CancelReason::Fraud, "three cards within a minute"),
            _ => (CancelReason::Other, "お客様とお電話で相談済み"),
        };
        let at = match place % 20 {
            7 => self.started(place, at),
            _ => self.confirmed(place, at),
        };
        let cancel = OrderCommand::Cancel { reason, comment: Some(comment.to_owned()) };
        self.tell(at + 2 * HOUR, Who::Staff(MANAGER), change(place, cancel));
    }

    /// Rejected, marked invalid later, or marked by mistake and restored.
    fn invalid(&mut self, place: usize, at: i64) {
        let invalidate =
            |reason| OrderCommand::Invalidate { reason, comment: Some("地址不存在".to_owned()) };
        match place % 30 {
            8 => {
                let reject =
                    OrderCommand::Reject { reason: InvalidReason::Test, comment: Some("asdf".to_owned()) };
                self.tell(at + HOUR, Who::Staff(REVIEWER), change(place, reject));
            }
            18 => {
                let at = self.confirmed(place, at) + 5 * HOUR;
                let mark = change(place, invalidate(InvalidReason::BadAddress));
                self.tell(at, Who::Staff(MANAGER), mark);
            }
            _ => {
                let note = Amendment { note: Some("已確認地址".to_owned()), ..Amendment::default() };
                let mark = change(place, invalidate(InvalidReason::UnreachableContact));
                self.tell(at + HOUR, Who::Staff(MANAGER), mark);
                self.tell(at + 3 * HOUR, Who::Staff(MANAGER), change(place, OrderCommand::Restore));
                self.tell(at + 4 * HOUR, Who::Staff(MANAGER), change(place, OrderCommand::Amend(note)));
                self.completed(place, at + 4 * HOUR);
            }
        }
    }

    /// After the last order: the oldest invalid orders go into the trash, and what was begun by mistake is called off.
    fn clean_up(&mut self) {
        const OLDEST_INVALID: [usize; 3] = [8, 18, 38];
        const BY_MISTAKE: [usize; 2] = [48, 68];
        let at = FIRST_ORDER + i64::try_from(ORDERS).unwrap_or(0) * PACE + 3 * HOUR;
        self.tell(at, Who::Staff(MANAGER), Deed::Bulk(OrderCommandKind::Delete, OLDEST_INVALID.to_vec()));
        for order in OLDEST_INVALID {
            self.tell(at + MINUTE, Who::Program, Deed::Turn(0, order));
        }
        self.tell(at + HOUR, Who::Staff(OWNER), Deed::Bulk(OrderCommandKind::Delete, BY_MISTAKE.to_vec()));
        self.tell(at + HOUR + MINUTE, Who::Staff(OWNER), Deed::CallOff(1));
    }
}
