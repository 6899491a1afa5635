//! The one way to run background work: steps, pauses, the waker, failures, stops, several servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use ordervault_api::background::{Background, Job, JobError, Pace, Remaining, Tools};
use ordervault_api::waker::JobWaker;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::leader::Leader;
use ordervault_persistence::writer::WriteError;
use ordervault_tests::queue::another_process;
use ordervault_tests::shop::Shop;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::JoinHandle;

ordervault_tests::twin_tests!(
    jobs_go_on_while_there_is_more_and_look_again_after_a_pause,
    a_job_is_woken_before_its_pause_is_over,
    a_job_that_fails_or_panics_backs_off_and_leaves_the_others_alone,
    a_stop_waits_for_the_step_and_for_no_pause,
    one_server_at_a_time_runs_a_job,
    two_servers_never_run_a_job_at_once,
    whoever_is_gone_leads_no_more,
);

/// The pause of every job here.
const PAUSE: Duration = Duration::from_hours(1);
/// Longer than anything may take.
const HOPELESS: Duration = Duration::from_secs(30);

/// What a step of a made-up job does.
enum Play {
    Say(Result<Remaining, JobError>),
    Panic,
    Wait(Arc<Notify>),
}

const MORE: Play = Play::Say(Ok(Remaining::More));
const NOTHING: Play = Play::Say(Ok(Remaining::Nothing));

/// A job that does what is written, tells of each step, and then has nothing more to do.
struct Actor {
    name: &'static str,
    plays: std::vec::IntoIter<Play>,
    told: UnboundedSender<Told>,
}

/// What a job and its pauses tell.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Step(&'static str),
    Pause(Duration),
}

impl Job for Actor {
    fn name(&self) -> &'static str {
        self.name
    }

    fn step<'a>(&'a mut self, _: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        async move {
            self.told.send(Told::Step(self.name)).expect("the test listens");
            match self.plays.next().unwrap_or(NOTHING) {
                Play::Say(outcome) => outcome,
                Play::Panic => panic!("a made-up mistake"),
                Play::Wait(gate) => {
                    gate.notified().await;
                    Ok(Remaining::More)
                }
            }
        }
        .boxed()
    }
}

/// Jobs at work, and the ways to move them.
struct Stage {
    shop: Shop,
    waker: JobWaker,
    /// One permit ends one pause.
    time: Arc<Semaphore>,
    told: UnboundedReceiver<Told>,
    stop: oneshot::Sender<()>,
    runner: JoinHandle<()>,
}

impl Stage {
    /// One job that can be woken.
    async fn open(db: &Db, plays: Vec<Play>) -> Self {
        let shop = Shop::open(db).await;
        let (waker, time, (tell, told)) =
            (JobWaker::default(), Arc::new(Semaphore::new(0)), unbounded_channel());
        let (stop, stopped) = oneshot::channel();
        let actor = Actor { name: "actor", plays: plays.into_iter(), told: tell.clone() };
        let passing = Arc::clone(&time);
        let background = Background::new(tools(&shop))
            .with(actor, Pace::every(PAUSE).or_woken_by(waker.clone()))
            .sleeping(move |pause| {
                _ = tell.send(Told::Pause(pause));
                let passing = Arc::clone(&passing);
                async move { passing.acquire().await.expect("it stays open").forget() }.boxed()
            });
        let runner = tokio::spawn(background.run(async move { _ = stopped.await }));
        Self { shop, waker, time, told, stop, runner }
    }

    /// So many steps, then a pause of so many seconds.
    async fn expect(&mut self, steps: usize, pause_seconds: u64) {
        for _ in 0..steps {
            assert_eq!(self.told.recv().await, Some(Told::Step("actor")));
        }
        assert_eq!(self.told.recv().await, Some(Told::Pause(Duration::from_secs(pause_seconds))));
    }

    async fn close(mut self) {
        self.stop.send(()).expect("the runner runs");
        tokio::time::timeout(HOPELESS, self.runner).await.expect("it ends").expect("no panic");
        assert_eq!(self.told.recv().await, None);
        self.shop.close().await;
    }
}

fn tools(shop: &Shop) -> Tools {
    Tools { db: shop.db.clone(), writer: shop.writer.clone(), sources: shop.clock.sources(0) }
}

async fn jobs_go_on_while_there_is_more_and_look_again_after_a_pause(db: Db) {
    let mut stage = Stage::open(&db, vec![MORE, MORE, NOTHING, NOTHING, MORE]).await;
    stage.expect(3, PAUSE.as_secs()).await;
    stage.time.add_permits(1);
    stage.expect(1, PAUSE.as_secs()).await;
    stage.time.add_permits(1);
    stage.expect(2, PAUSE.as_secs()).await;
    stage.close().await;
}

async fn a_job_is_woken_before_its_pause_is_over(db: Db) {
    let gate = Arc::new(Notify::new());
    let mut stage = Stage::open(&db, vec![NOTHING, Play::Wait(Arc::clone(&gate))]).await;
    stage.expect(1, PAUSE.as_secs()).await;
    stage.waker.wake();
    assert_eq!(stage.told.recv().await, Some(Told::Step("actor")));
    // Whoever is at work hears it afterwards: a step for "more", a pause, a step for the waker.
    stage.waker.wake();
    gate.notify_one();
    stage.expect(1, PAUSE.as_secs()).await;
    stage.expect(1, PAUSE.as_secs()).await;
    stage.close().await;
}

async fn a_job_that_fails_or_panics_backs_off_and_leaves_the_others_alone(db: Db) {
    let fail = || Play::Say(Err(WriteError::Overloaded.into()));
    let mut stage = Stage::open(&db, vec![fail(), Play::Panic, fail(), MORE, NOTHING, fail()]).await;
    for seconds in [1, 2, 4] {
        stage.expect(1, seconds).await;
        // Nobody wakes a job that fails.
        stage.waker.wake();
        stage.time.add_permits(1);
    }
    // It works again, was woken meanwhile, and then fails for the first time again.
    stage.expect(2, PAUSE.as_secs()).await;
    stage.expect(1, 1).await;
    stage.close().await;

    let shop = Shop::open(&db).await;
    let ((a, mut of_a), (b, mut of_b)) = (unbounded_channel(), unbounded_channel());
    let failing = Actor { name: "a", plays: vec![fail()].into_iter(), told: a };
    let working = Actor { name: "b", plays: vec![].into_iter(), told: b };
    let waker = JobWaker::default();
    let background = Background::new(tools(&shop))
        .with(failing, Pace::every(PAUSE))
        .with(working, Pace::every(PAUSE).or_woken_by(waker.clone()))
        .sleeping(|_| std::future::pending().boxed());
    let runner = tokio::spawn(background.run(std::future::pending()));
    assert_eq!(of_a.recv().await, Some(Told::Step("a")));
    for _ in 0..3 {
        assert_eq!(of_b.recv().await, Some(Told::Step("b")));
        waker.wake();
    }
    assert!(of_a.try_recv().is_err(), "it still pauses");
    runner.abort();
    _ = runner.await;
    shop.close().await;
}

async fn a_stop_waits_for_the_step_and_for_no_pause(db: Db) {
    let gate = Arc::new(Notify::new());
    let mut stage = Stage::open(&db, vec![Play::Wait(Arc::clone(&gate))]).await;
    assert_eq!(stage.told.recv().await, Some(Told::Step("actor")));
    stage.stop.send(()).expect("the runner runs");
    tokio::task::yield_now().await;
    assert!(!stage.runner.is_finished());
    gate.notify_one();
    tokio::time::timeout(HOPELESS, stage.runner).await.expect("it ends").expect("no panic");
    assert_eq!(stage.told.recv().await, None, "no further step, and no pause");
    stage.shop.close().await;
    // In a pause after a failure, and in one without, it ends at once.
    for (play, seconds) in [(Play::Panic, 1), (NOTHING, PAUSE.as_secs())] {
        let mut stage = Stage::open(&db, vec![play]).await;
        stage.expect(1, seconds).await;
        stage.close().await;
    }
}

async fn one_server_at_a_time_runs_a_job(db: Db) {
    let elsewhere = another_process(&db).await;
    let (here, there) = (Leader::new(db.clone()), Leader::new(elsewhere.clone()));
    let step = async {
        let same = there.alone("job", async { "done" }).await.expect("the database answers");
        let other = there.alone("other", async { "done" }).await.expect("the database answers");
        (same, other)
    };
    let (same, other) = here.alone("job", step).await.expect("it answers").expect("nobody else");
    let expected = match db.engine() {
        // A file has one server.
        Engine::Sqlite => Some("done"),
        Engine::Postgres => None,
    };
    assert_eq!((same, other), (expected, Some("done")));
    let after = there.alone("job", async { "done" }).await.expect("the database answers");
    assert_eq!(after, Some("done"));
    drop(there);
    elsewhere.close().await;
}

/// A job that counts how many are at it, and how often it was done.
#[derive(Clone, Default)]
struct Crowd {
    inside: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    steps: Arc<AtomicUsize>,
}

impl Job for Crowd {
    fn name(&self) -> &'static str {
        "crowd"
    }

    fn step<'a>(&'a mut self, _: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        async {
            let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(inside, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(2)).await;
            self.inside.fetch_sub(1, Ordering::SeqCst);
            self.steps.fetch_add(1, Ordering::SeqCst);
            Ok(Remaining::Nothing)
        }
        .boxed()
    }
}

async fn two_servers_never_run_a_job_at_once(db: Db) {
    if db.engine() == Engine::Sqlite {
        // A file has one server.
        return;
    }
    let (shop, elsewhere) = (Shop::open(&db).await, another_process(&db).await);
    let crowd = Crowd::default();
    let tools = tools(&shop);
    let runners = [db.clone(), elsewhere.clone()].map(|db| {
        let background = Background::new(Tools { db, ..tools.clone() });
        let background = background.with(crowd.clone(), Pace::every(Duration::from_millis(1)));
        tokio::spawn(background.run(std::future::pending()))
    });
    let enough = async {
        while crowd.steps.load(Ordering::SeqCst) < 50 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(HOPELESS, enough).await.expect("it is done again and again");
    assert_eq!(crowd.most.load(Ordering::SeqCst), 1);
    for runner in runners {
        runner.abort();
        _ = runner.await;
    }
    elsewhere.close().await;
    shop.close().await;
}

async fn whoever_is_gone_leads_no_more(db: Db) {
    let elsewhere = another_process(&db).await;
    let (begun, leads) = oneshot::channel();
    let here = Leader::new(db.clone());
    let gone = tokio::spawn(async move {
        let step = async {
            begun.send(()).expect("the test listens");
            std::future::pending::<()>().await;
        };
        here.alone("job", step).await
    });
    leads.await.expect("it leads");
    let there = Leader::new(elsewhere.clone());
    if db.engine() == Engine::Postgres {
        assert_eq!(there.alone("job", async {}).await.expect("it answers"), None);
    }
    gone.abort();
    _ = gone.await;
    let taken_over = async {
        while there.alone("job", async {}).await.expect("it answers").is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(HOPELESS, taken_over).await.expect("another one leads");
    drop(there);
    elsewhere.close().await;
}
