//! The runner of timed jobs: turns, ticks, the bell, failures, stops, several servers.
#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ordervault_api::jobs::{Job, JobError, JobWaker, Jobs, Progress, Tools};
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::leader;
use ordervault_persistence::writer::WriteError;
use ordervault_tests::queue::another_process;
use ordervault_tests::shop::Shop;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

ordervault_tests::twin_tests!(
    jobs_take_turns_and_rest_when_nothing_is_left,
    a_job_that_fails_or_panics_leaves_the_others_alone,
    a_stop_waits_for_the_step_and_no_longer,
    one_server_at_a_time_runs_a_job,
);

/// What a step of a made-up job does.
enum Play {
    Say(Result<Progress, JobError>),
    Panic,
    Wait(Arc<Notify>),
}

const MORE: Play = Play::Say(Ok(Progress::More));
const DONE: Play = Play::Say(Ok(Progress::Done));

/// A job that does what is written, tells of each step, and then has nothing more to do.
struct Actor {
    name: &'static str,
    plays: std::vec::IntoIter<Play>,
    told: UnboundedSender<&'static str>,
}

impl Job for Actor {
    fn name(&self) -> &'static str {
        self.name
    }

    fn step<'a>(&'a mut self, _: &'a Tools) -> BoxFuture<'a, Result<Progress, JobError>> {
        async move {
            self.told.send(self.name).expect("the test listens");
            match self.plays.next().unwrap_or(DONE) {
                Play::Say(outcome) => outcome,
                Play::Panic => panic!("a made-up mistake"),
                Play::Wait(gate) => {
                    gate.notified().await;
                    Ok(Progress::More)
                }
            }
        }
        .boxed()
    }
}

/// Two jobs at work, and the ways to move them.
struct Stage {
    shop: Shop,
    bell: JobWaker,
    tick: Arc<Notify>,
    told: UnboundedReceiver<&'static str>,
    stop: oneshot::Sender<()>,
    runner: JoinHandle<()>,
}

impl Stage {
    async fn open(db: &Db, a: Vec<Play>, b: Vec<Play>) -> Self {
        let shop = Shop::open(db).await;
        let clock = shop.clock.clone();
        let tools =
            Tools { db: db.clone(), writer: shop.writer.clone(), clock: Arc::new(move || clock.now()) };
        let (bell, tick) = (JobWaker::default(), Arc::new(Notify::new()));
        let (tell, told) = unbounded_channel();
        let (stop, stopped) = oneshot::channel();
        let actor = |name, plays: Vec<Play>| Actor { name, plays: plays.into_iter(), told: tell.clone() };
        let jobs = Jobs::new(tools, bell.clone()).with(actor("a", a)).with(actor("b", b));
        let ticks = Arc::clone(&tick);
        let runner = tokio::spawn(jobs.run(
            move || {
                tell.send("rest").expect("the test listens");
                let ticks = Arc::clone(&ticks);
                async move { ticks.notified().await }
            },
            async move { _ = stopped.await },
        ));
        Self { shop, bell, tick, told, stop, runner }
    }

    async fn expect(&mut self, expected: &str) {
        for name in expected.split(' ') {
            assert_eq!(self.told.recv().await, Some(name), "of {expected}");
        }
    }

    async fn close(mut self) {
        self.stop.send(()).expect("the runner runs");
        self.runner.await.expect("no panic");
        assert_eq!(self.told.recv().await, None);
        self.shop.close().await;
    }
}

async fn jobs_take_turns_and_rest_when_nothing_is_left(db: Db) {
    let mut stage = Stage::open(&db, vec![MORE, MORE, DONE, DONE, DONE, MORE], vec![DONE, MORE, DONE]).await;
    stage.expect("a b a b a b rest").await;
    stage.tick.notify_one();
    stage.expect("a b rest").await;
    stage.bell.ring();
    stage.expect("a b rest").await;
    stage.bell.ring();
    stage.expect("a b a b rest").await;
    stage.close().await;
}

async fn a_job_that_fails_or_panics_leaves_the_others_alone(db: Db) {
    let fail = || Play::Say(Err(WriteError::Overloaded.into()));
    let mut stage = Stage::open(&db, vec![fail(), Play::Panic, fail(), MORE], vec![]).await;
    for _ in 0..3 {
        // However it fails, it waits for the next tick like everybody else.
        stage.expect("a b rest").await;
        stage.tick.notify_one();
    }
    stage.expect("a b a b rest").await;
    stage.close().await;
}

async fn a_stop_waits_for_the_step_and_no_longer(db: Db) {
    let gate = Arc::new(Notify::new());
    let mut stage = Stage::open(&db, vec![Play::Wait(Arc::clone(&gate))], vec![]).await;
    stage.expect("a").await;
    stage.stop.send(()).expect("the runner runs");
    tokio::task::yield_now().await;
    assert!(!stage.runner.is_finished());
    gate.notify_one();
    stage.runner.await.expect("no panic");
    assert_eq!(stage.told.recv().await, None, "b has no turn any more");
    stage.shop.close().await;
}

async fn one_server_at_a_time_runs_a_job(db: Db) {
    let elsewhere = another_process(&db).await;
    let step = async {
        let same = leader::alone(&elsewhere, "job", async { "done" }).await.expect("the database answers");
        let other = leader::alone(&elsewhere, "other", async { "done" }).await.expect("the database answers");
        (same, other)
    };
    let (same, other) = leader::alone(&db, "job", step).await.expect("it answers").expect("nobody else");
    let expected = match db.engine() {
        // A file has one server.
        Engine::Sqlite => Some("done"),
        Engine::Postgres => None,
    };
    assert_eq!((same, other), (expected, Some("done")));
    let after = leader::alone(&elsewhere, "job", async { "done" }).await.expect("the database answers");
    assert_eq!(after, Some("done"));
    elsewhere.close().await;
}
