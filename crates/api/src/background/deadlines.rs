//! Orders whose time is up: a missed deadline is noted, and what stays unconfirmed for too long is cancelled where the
//! store's policy says so.
//!
//! All times are durations in UTC: a deadline of a day is 24 hours away, also over a change of clocks. What is found here is
//! only asked for; the order's own decision, with the writer's clock and inside its transaction, says whether it is time, and
//! says no to whoever comes second. So several servers note a breach once, and one whose clock is ahead of the writer's
//! does nothing early.
//!
//! Where very many expire at once, the clock may be wrong, or nobody was there to confirm them. They wait until a person has
//! approved that ([`read::expiries`]); each look asks anew, so with the reason the question goes away.

use std::collections::BTreeMap;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::OrderCommand;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::{self, TimeUp};
use ordervault_persistence::writer::{ActorRef, Class, Operation, Receipt, Submission, WriteError};
use ordervault_persistence::{Error, tx};

use super::job::{Job, JobError, Remaining, Tools};
use crate::telemetry;

/// Orders of one step: few enough that it stays short when one of them breaks the batch and they are written one by one.
const ORDERS_OF_A_STEP: usize = 100;
/// An order that cannot be changed is left alone for so long: an hour.
const PUT_OFF_MILLIS: i64 = 60 * 60 * 1_000;

/// One of the two timers, walking through the orders that it finds.
pub struct Deadlines {
    timer: Timer,
    /// How far this walk has come.
    after: Option<TimeUp>,
    /// Orders that could not be changed, and until when they are left alone.
    put_off: BTreeMap<OrderId, Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timer {
    Breaches,
    Expiries,
}

impl Timer {
    const fn name(self) -> &'static str {
        match self {
            Self::Breaches => "breaches",
            Self::Expiries => "expiries",
        }
    }

    async fn find(
        self,
        conn: &mut tx::Conn,
        now: Timestamp,
        after: Option<TimeUp>,
    ) -> Result<Vec<TimeUp>, Error> {
        match self {
            Self::Breaches => read::overdue(conn, now, after, ORDERS_OF_A_STEP).await,
            Self::Expiries => {
                let expiries = read::expiries(conn, now).await?;
                telemetry::set_waiting_expiries(expiries.waiting.map_or(0, |waiting| waiting.orders.total));
                match expiries.until {
                    Some(until) => read::waited_too_long(conn, until, None, after, ORDERS_OF_A_STEP).await,
                    None => Ok(vec![]),
                }
            }
        }
    }

    fn submission(self, id: OrderId) -> Submission {
        let command = match self {
            Self::Breaches => OrderCommand::NoteBreach,
            Self::Expiries => OrderCommand::Expire,
        };
        Submission {
            actor: ActorRef::System,
            login: None,
            request_id: format!("job-{}", self.name()),
            class: Class::Background,
            idempotency: None,
            operations: vec![Operation::Order { id: Some(id), expected_version: None, command }],
        }
    }

    fn count(self, orders: u64) {
        match self {
            Self::Breaches => telemetry::count_breaches(orders),
            Self::Expiries => telemetry::count_expiries(orders),
        }
    }
}

impl Deadlines {
    /// Notes that orders were not taken on in time, once per step of theirs.
    pub fn breaches() -> Self {
        Self::of(Timer::Breaches)
    }

    /// Cancels orders that stay unconfirmed for longer than their store waits.
    pub fn expiries() -> Self {
        Self::of(Timer::Expiries)
    }

    fn of(timer: Timer) -> Self {
        Self { timer, after: None, put_off: BTreeMap::new() }
    }

    async fn look(&mut self, tools: &Tools) -> Result<Remaining, JobError> {
        let now = tools.now();
        let longest = now.plus_millis(PUT_OFF_MILLIS);
        self.put_off.retain(|_, until| *until > now && *until <= longest);
        let after = self.after.take();
        let mut conn = tools.db.read().await.map_err(Error::Db)?;
        let found = self.timer.find(&mut conn, now, after).await?;
        drop(conn);
        self.act(tools, &found, now).await?;
        if found.len() < ORDERS_OF_A_STEP {
            return Ok(Remaining::Nothing);
        }
        self.after = found.last().copied();
        Ok(Remaining::More)
    }

    /// Asks for all at once and each on its own, so that one that cannot be changed stops no other.
    async fn act(&mut self, tools: &Tools, found: &[TimeUp], now: Timestamp) -> Result<(), WriteError> {
        let ids: Vec<OrderId> =
            found.iter().map(|found| found.id).filter(|id| !self.put_off.contains_key(id)).collect();
        let submissions = ids.iter().map(|id| tools.writer.submit(self.timer.submission(*id)));
        let outcomes = join_all(submissions).await;
        let (mut applied, mut answered, mut failed) = (0, false, None);
        for (id, outcome) in ids.into_iter().zip(outcomes) {
            match outcome {
                Ok(receipt) => {
                    answered = true;
                    applied += u64::from(matches!(receipt, Receipt::Executed { applied: true, .. }));
                }
                // Somebody is at it right now: the next walk finds it again.
                Err(WriteError::Locked) => {}
                Err(error @ (WriteError::Refused { .. } | WriteError::KeyReused | WriteError::Internal)) => {
                    tracing::warn!(job = self.timer.name(), order = %id, %error, "left alone for an hour");
                    self.put_off.insert(id, now.plus_millis(PUT_OFF_MILLIS));
                }
                Err(error) => failed = Some(error),
            }
        }
        if applied > 0 {
            tracing::info!(job = self.timer.name(), orders = applied, "the time of orders was up");
            self.timer.count(applied);
        }
        // Where some are answered, the others have a trouble of their own.
        failed.filter(|_| !answered).map_or(Ok(()), Err)
    }
}

impl Job for Deadlines {
    fn name(&self) -> &'static str {
        self.timer.name()
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        self.look(tools).boxed()
    }
}
