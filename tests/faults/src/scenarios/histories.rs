//! Many clients at one order, every call and every answer written down.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::join_all;
use ordervault_persistence::engine::Engine;
use ordervault_tests::balancer::Balancer;
use ordervault_tests::http::Request;
use ordervault_tests::postgres::free_port;
use serde_json::json;

use crate::clients::Counter;
use crate::dice::Dice;
use crate::ledger::Number;
use crate::linear::model::{Act, Answer, Command, OrderState, Shown};
use crate::linear::{Operation, contradiction};
use crate::subject::{Subject, installation};
use crate::trial::{Outcome, Trial};

const CLIENTS: u64 = 8;
/// Each of them; of 60 operations at most the checker finds its way in time.
const OPERATIONS: usize = 7;

pub(super) async fn round(trial: Trial) -> Outcome {
    let (dice, histories) = (trial.dice(), trial.size(50, 6));
    let mut outcome = Outcome { struck: histories, ..Outcome::default() };
    let replicas = [("ORDERVAULT_SERVER__REPLICAS", "2")];
    let environment = if trial.engine == Engine::Postgres { &replicas[..] } else { &[] };
    let mut subject = Subject::with(installation(&trial).await, environment).await;
    // On PostgreSQL through two replicas.
    let beside = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let _other = match trial.engine {
        Engine::Sqlite => None,
        Engine::Postgres => subject.start_another(beside),
    };
    let mut servers = vec![subject.listen];
    servers.extend((trial.engine == Engine::Postgres).then_some(beside));
    let proxy = Balancer::before(servers).await;
    for _ in 0..histories {
        let (number, order) = subject.place().await;
        subject.counter.address = proxy.address;
        let people = (0..CLIENTS).map(|_| Dice::of(dice.below(u64::MAX))).collect();
        let history = record(&subject.counter, (number, &order), people, trial.is_control).await;
        outcome.checked += history.len() as u64;
        outcome.broken.extend(
            contradiction(&OrderState::placed(&number.to_string()), &history)
                .map(|why| format!("CONTRADICTION: {why}")),
        );
    }
    let judged = subject.judge(0).await;
    outcome.checked += judged.checked;
    outcome.broken.extend(judged.broken);
    outcome
}

/// What everybody asks of an order, and is answered.
async fn record(
    counter: &Counter,
    (number, order): (Number, &str),
    people: Vec<Dice>,
    is_control: bool,
) -> Vec<Operation> {
    let clock = AtomicU64::new(0);
    let work = people.iter().enumerate().map(async |(person, dice)| {
        let mut history = vec![];
        let mut version = 1;
        for turn in 0..OPERATIONS {
            let command = choose(dice, version, &format!("{number}/{person}.{turn}"));
            let request = request(order, &command, is_control).bearer(&counter.token);
            let called = clock.fetch_add(1, Ordering::SeqCst);
            let answer = answered(counter.ask(&request).await.as_ref());
            let returned = (answer != Answer::Unknown).then(|| clock.fetch_add(1, Ordering::SeqCst));
            if let Answer::Order(shown) = &answer {
                version = shown.version;
            }
            history.push(Operation { called, returned, command, answer });
        }
        history
    });
    join_all(work).await.concat()
}

fn choose(dice: &Dice, version: i64, note: &str) -> Command {
    let act = match dice.below(12) {
        0..=3 => return Command::Read,
        4..=7 => Act::Amend(note.to_owned()),
        8 => Act::Confirm,
        9 => Act::Start,
        10 => dice.pick(&[Act::Complete, Act::Cancel]).clone(),
        _ => dice.pick(&[Act::Invalidate, Act::Restore]).clone(),
    };
    Command::Change(act, version)
}

fn request(order: &str, command: &Command, is_control: bool) -> Request {
    let path = format!("/v1/staff/orders/{order}");
    let Command::Change(act, version) = command else { return Request::get(path) };
    let version = if is_control { "*".to_owned() } else { format!("\"{version}\"") };
    let post = |what: &str| Request::post(format!("{path}/{what}")).if_match(&version);
    match act {
        Act::Amend(note) => post("amendments").json(&json!({"note": note})),
        Act::Confirm => post("confirm"),
        Act::Start => post("start"),
        Act::Complete => post("complete"),
        Act::Cancel => post("cancel").json(&json!({"reason": "other"})),
        Act::Invalidate => post("invalidate").json(&json!({"reason": "other"})),
        Act::Restore => post("restore"),
    }
}

fn answered(answer: Option<&ordervault_tests::http::Answer>) -> Answer {
    match answer.map(|answer| (answer.status, answer)) {
        Some((200, answer)) => Answer::Order(Shown::of(&answer.json())),
        Some((412, _)) => Answer::Stale,
        Some((409, _)) => Answer::Conflict,
        _ => Answer::Unknown,
    }
}
