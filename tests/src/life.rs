//! A shop's random life: every kind of act, allowed or not, the same for the same seed.

use std::sync::Arc;

use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{
    AmendedLine, Amendment, Import, ImportedLine, ImportedStep, Order, OrderCommand, OrderCommandKind, Status,
};
use ordervault_domain::product::{self, Product};
use ordervault_domain::store::{self, Store};
use ordervault_persistence::Realm;
use ordervault_persistence::writer::{
    ActorRef, Effect, Idempotency, Operation, Receipt, SessionOperation, Submission,
};
use strum::IntoEnumIterator as _;

use crate::samples::{about_goods, plain, reasons};
use crate::shop::{Shop, contact, place, seeded, submission};

/// Numbers that are the same for the same seed.
pub struct Dice(Box<Bytes>);

type Bytes = dyn Fn(&mut [u8]) + Send + Sync;

impl Dice {
    /// Dice for a seed.
    pub fn new(seed: u64) -> Self {
        Self(Box::new(seeded(seed)))
    }

    /// 0 to `sides` - 1; 0 if there are no sides.
    pub fn roll(&self, sides: u32) -> u32 {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes);
        u32::from_le_bytes(bytes).checked_rem(sides).unwrap_or(0)
    }

    /// One of these, if there are any.
    pub fn pick<'a, T>(&self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.roll(u32::try_from(of.len()).unwrap_or(0)) as usize)
    }
}

/// What a life has made so far.
#[derive(Default)]
struct Made {
    stores: Vec<Arc<Store>>,
    products: Vec<Arc<Product>>,
    customers: Vec<Arc<Customer>>,
    orders: Vec<Arc<Order>>,
}

/// Lives so many steps. Whatever a rule refuses is no step, and none that matters.
pub async fn live(shop: &Shop, seed: u64, steps: usize) {
    let dice = Dice::new(seed);
    let mut made = Made::default();
    for _ in 0..2 {
        let store = shop.store().await;
        made.products.push(shop.product(&store, 20).await);
        made.stores.push(store);
    }
    made.customers.push(shop.customer().await);
    shop.member(Role::Clerk, StoreScope::All).await;
    for step in 0..steps {
        shop.clock.advance(i64::from(dice.roll(90_000)));
        let submission = made.next(shop, &dice, step).await;
        let Some(submission) = submission else { continue };
        if let Ok(Receipt::Executed { done, .. }) = shop.writer.submit(submission).await {
            made.note(done);
        }
    }
}

impl Made {
    async fn next(&mut self, shop: &Shop, dice: &Dice, step: usize) -> Option<Submission> {
        let operations = match dice.roll(20) {
            0 if self.stores.len() < 4 => {
                self.stores.push(shop.store().await);
                return None;
            }
            1 => {
                let on_hand = i64::from(dice.roll(30));
                self.products.push(shop.product(dice.pick(&self.stores)?, on_hand).await);
                return None;
            }
            2 => {
                self.customers.push(shop.customer().await);
                return None;
            }
            3 => vec![self.edit_store(dice)?],
            4 | 5 => vec![self.change_product(dice)?],
            6 => vec![self.import(dice, step)?],
            7 => vec![self.log_in(dice)?],
            8 => return self.password(dice),
            9..13 => return self.place(dice, step),
            _ => vec![self.change_order(dice)?],
        };
        let actor = match &operations[0] {
            Operation::Order { command: OrderCommand::Import(_), .. } => ActorRef::Importer,
            _ => ActorRef::Operator,
        };
        Some(submission(actor, operations))
    }

    fn note(&mut self, done: Vec<Effect>) {
        for done in done {
            if let Effect::Order(order) = done {
                self.orders.retain(|known| known.id != order.id);
                self.orders.push(order);
            }
        }
    }

    fn lines<'a>(&'a self, dice: &Dice, store: &Store) -> Vec<(&'a Product, u32)> {
        let of_store: Vec<&Product> =
            self.products.iter().map(Arc::as_ref).filter(|product| product.store_id == store.id).collect();
        let count = 1 + dice.roll(3);
        (0..count).filter_map(|_| Some((*dice.pick(&of_store)?, 1 + dice.roll(4)))).collect()
    }

    fn place(&self, dice: &Dice, step: usize) -> Option<Submission> {
        let store = dice.pick(&self.stores)?;
        let customer = dice.pick(&self.customers)?;
        let actor = match dice.roll(4) {
            0 => ActorRef::Operator,
            _ => ActorRef::Customer(customer.id),
        };
        let idempotency = Idempotency { scoped_key: format!("key {step}"), fingerprint: "same".into() };
        let placed = submission(actor, vec![place(store.id, &self.lines(dice, store))]);
        Some(Submission { idempotency: Some(idempotency), ..placed })
    }

    /// Mostly the next step of the order's life, so that some come to its end; else anything.
    fn change_order(&self, dice: &Dice) -> Option<Operation> {
        let order = dice.pick(&self.orders)?;
        let comment = (dice.roll(2) == 0).then(|| format!("comment {}", dice.roll(100)));
        let command = match (dice.roll(16), order.status()) {
            (0..5, Status::PendingReview) => OrderCommand::Confirm,
            (5, Status::PendingReview) => plain(OrderCommandKind::Reject, dice.roll(100) as usize, comment),
            (0..6, Status::Confirmed) => OrderCommand::Start,
            (0..6, Status::Processing) => OrderCommand::Complete,
            (0..3, Status::Invalid) => OrderCommand::Delete { batch: None },
            (3..6, Status::Invalid) if order.is_deleted() => OrderCommand::Undelete { batch: None },
            (0..6, Status::Invalid) => OrderCommand::Restore,
            (6, _) => plain(OrderCommandKind::Cancel, dice.roll(100) as usize, comment),
            (12 | 13, Status::Confirmed | Status::Processing) => {
                let kinds: Vec<OrderCommandKind> =
                    OrderCommandKind::iter().filter(|kind| about_goods(*kind, 0).is_some()).collect();
                about_goods(*dice.pick(&kinds)?, u16::try_from(dice.roll(1_000)).unwrap_or_default())?
            }
            (7..12, _) => {
                let kinds: Vec<OrderCommandKind> =
                    OrderCommandKind::iter().filter(|kind| !reasons(*kind).is_empty()).collect();
                plain(*dice.pick(&kinds)?, dice.roll(100) as usize, comment)
            }
            _ => OrderCommand::Amend(self.amendment(dice, comment)?),
        };
        Some(Operation::Order { id: Some(order.id), expected_version: None, command })
    }

    fn amendment(&self, dice: &Dice, comment: Option<String>) -> Option<Amendment> {
        let store = dice.pick(&self.stores)?;
        let lines = self.lines(dice, store);
        let lines = lines
            .into_iter()
            .map(|(product, quantity)| {
                let no = (dice.roll(4) == 0).then(|| 1 + dice.roll(3));
                AmendedLine { no, product_id: product.id, quantity }
            })
            .collect();
        Some(Amendment {
            lines: (dice.roll(2) == 0).then_some(lines),
            contact: (dice.roll(2) == 0).then(|| contact(u64::from(dice.roll(1_000)))),
            note: (dice.roll(2) == 0).then(|| format!("備註 \"{}\"\n", dice.roll(10))),
            comment,
            expected_total: None,
        })
    }

    fn edit_store(&self, dice: &Dice) -> Option<Operation> {
        let command = match dice.roll(3) {
            0 => store::StoreCommand::Deactivate,
            1 => store::StoreCommand::Activate,
            _ => store::StoreCommand::Edit(store::StoreEdit {
                name: Some(format!("Loja {}", dice.roll(100))),
                change_window_minutes: Some((dice.roll(2) == 0).then_some(30)),
                policy: store::PolicyEdit {
                    review_minutes: Some((dice.roll(2) == 0).then_some(1)),
                    start_minutes: Some((dice.roll(2) == 0).then_some(3)),
                    cancel_unconfirmed_minutes: Some((dice.roll(4) == 0).then_some(4)),
                    reversal_minutes: Some((dice.roll(2) == 0).then_some(5)),
                    public_board: Some(dice.roll(2) == 0),
                    ..store::PolicyEdit::default()
                },
                ..store::StoreEdit::default()
            }),
        };
        Some(Operation::Store { id: Some(dice.pick(&self.stores)?.id), expected_version: None, command })
    }

    fn change_product(&self, dice: &Dice) -> Option<Operation> {
        let command = match dice.roll(5) {
            0 => product::ProductCommand::Deactivate,
            1 => product::ProductCommand::Activate,
            2 => product::ProductCommand::Edit(product::ProductEdit {
                title: Some(format!("Caneca {}", dice.roll(100))),
                price: Some(Amount::new(i64::from(dice.roll(100_000)))),
                ..product::ProductEdit::default()
            }),
            _ => product::ProductCommand::AdjustStock {
                delta: i64::from(dice.roll(12)) - 4,
                comment: Some("count".into()),
            },
        };
        Some(Operation::Product { id: Some(dice.pick(&self.products)?.id), expected_version: None, command })
    }

    fn import(&self, dice: &Dice, step: usize) -> Option<Operation> {
        let store = dice.pick(&self.stores)?;
        let lines = self.lines(dice, store).into_iter().map(|(product, quantity)| ImportedLine {
            product_id: product.id,
            quantity,
            unit_price: Amount::new(199),
        });
        let placed_at = store.created_at.plus_millis(-i64::from(dice.roll(1_000_000)));
        let import = Import {
            store_id: store.id,
            customer_id: dice.pick(&self.customers).map(|customer| customer.id),
            external_reference: format!("elsewhere/{step}"),
            source_status: "delivered".into(),
            currency: store.currency,
            lines: lines.take(dice.roll(4) as usize).collect(),
            shipping_total: Amount::new(50),
            contact: contact(7),
            placed_at,
            steps: vec![
                ImportedStep { to: Status::Confirmed, at: Some(placed_at.plus_millis(5)) },
                ImportedStep { to: Status::Processing, at: None },
                ImportedStep { to: Status::Completed, at: Some(placed_at.plus_millis(3)) },
            ],
        };
        let command = OrderCommand::Import(Box::new(import));
        Some(Operation::Order { id: None, expected_version: None, command })
    }

    fn log_in(&self, dice: &Dice) -> Option<Operation> {
        Some(Operation::Session(SessionOperation::Open {
            realm: Realm::Customer,
            principal_id: dice.pick(&self.customers)?.id.get(),
            idle_millis: 1_000,
            absolute_millis: 2_000,
            token_hash: Arc::new(|id, generation| format!("{id}/{generation}")),
        }))
    }

    fn password(&self, dice: &Dice) -> Option<Submission> {
        let id = dice.pick(&self.customers)?.id;
        let command = customer::CustomerCommand::ChangePassword;
        let act = Operation::Customer {
            id: Some(id),
            expected_version: None,
            command,
            password_hash: Some("another".into()),
        };
        Some(submission(ActorRef::Customer(id), vec![act]))
    }
}
