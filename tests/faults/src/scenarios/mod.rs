//! What breaks: one file a subject, and the table of all of them.
#![expect(clippy::expect_used, reason = "a scenario that cannot be set up fails")]

mod backups;
mod clock;
mod clock_ahead;
mod cut_commits;
mod damaged_pages;
mod disk_errors;
mod disk_full;
mod file_limit;
mod first_start;
mod histories;
mod kill;
mod login_flood;
mod power;
mod replicas;
mod slow_clients;
mod stalls;
mod tampers;

use futures_util::FutureExt as _;
use ordervault_persistence::engine::Engine::{self, Postgres, Sqlite};

use crate::needs::Need;
use crate::runner::Scenario;

const BOTH: &[Engine] = &[Sqlite, Postgres];
const HASTY: &str = "a proxy that acknowledges orders before it hands them on";
const FORGETFUL: &str = "clients that ask for every order a second time, under another key";

/// Every scenario, in the order in which they run.
pub const ALL: &[Scenario] = &[
    Scenario {
        name: "kill",
        promise: "what was acknowledged survives kill -9 of the server under load",
        control: HASTY,
        engines: BOTH,
        needs: &[],
        short: Some(1),
        full: 20,
        round: |trial| kill::round(trial).boxed_local(),
    },
    Scenario {
        name: "first-start",
        promise: "a first start or a migration that was killed is taken up by the next",
        control: "a database of which half is missing",
        engines: BOTH,
        needs: &[],
        short: Some(2),
        full: 40,
        round: |trial| first_start::round(trial).boxed_local(),
    },
    Scenario {
        name: "power",
        promise: "what was acknowledged survives a power cut",
        control: "a disk that says yes to fsync and does nothing; on PostgreSQL fsync=off",
        engines: BOTH,
        needs: &[Need::LoopDisk, Need::Strace],
        short: None,
        full: 10,
        round: |trial| power::round(trial).boxed_local(),
    },
    Scenario {
        name: "disk-full",
        promise: "a full disk is told, loses nothing, and is over when there is room again",
        control: HASTY,
        engines: &[Sqlite],
        needs: &[Need::Root],
        short: None,
        full: 10,
        round: |trial| disk_full::round(trial).boxed_local(),
    },
    Scenario {
        name: "disk-errors",
        promise: "EIO, EROFS and ENOSPC, once or for a while, lose nothing and are over with their cause",
        control: HASTY,
        engines: &[Sqlite],
        needs: &[Need::Strace],
        short: None,
        full: 20,
        round: |trial| disk_errors::round(trial).boxed_local(),
    },
    Scenario {
        name: "file-limit",
        promise: "a limit to the size of files is told, loses nothing, and is over when it is lifted",
        control: HASTY,
        engines: &[Sqlite],
        needs: &[],
        short: None,
        full: 10,
        round: |trial| file_limit::round(trial).boxed_local(),
    },
    Scenario {
        name: "clock",
        promise: "a clock that is set back an hour and right again, or forward within a minute, loses nothing",
        control: HASTY,
        engines: BOTH,
        needs: &[Need::FakeTime],
        short: None,
        full: 10,
        round: |trial| clock::round(trial).boxed_local(),
    },
    Scenario {
        name: "clock-ahead",
        promise: "a clock that is a week ahead for one boot loses nothing, and is over with `clock repair`",
        control: "nobody repairs anything",
        engines: BOTH,
        needs: &[Need::FakeTime],
        short: None,
        full: 10,
        round: |trial| clock_ahead::round(trial).boxed_local(),
    },
    Scenario {
        name: "cut-commits",
        promise: "a COMMIT that is lost before, during or after makes no false success and no second order",
        control: FORGETFUL,
        engines: &[Postgres],
        needs: &[],
        short: Some(1),
        full: 10,
        round: |trial| cut_commits::round(trial).boxed_local(),
    },
    Scenario {
        name: "stalls",
        promise: "a server or a database that stands still for seconds makes no second order and loses none",
        control: FORGETFUL,
        engines: BOTH,
        needs: &[],
        short: Some(1),
        full: 10,
        round: |trial| stalls::round(trial).boxed_local(),
    },
    Scenario {
        name: "replicas",
        promise: "one replica is enough while another is killed, and nothing is lost or doubled",
        control: FORGETFUL,
        engines: &[Postgres],
        needs: &[],
        short: Some(1),
        full: 10,
        round: |trial| replicas::round(trial).boxed_local(),
    },
    Scenario {
        name: "histories",
        promise: "concurrent changes to one order are those of an order that is changed by one after another",
        control: "clients that say which version they mean to change and send `If-Match: *`",
        engines: BOTH,
        needs: &[],
        short: Some(1),
        full: 10,
        round: |trial| histories::round(trial).boxed_local(),
    },
    Scenario {
        name: "tampers",
        promise: "verify names what was changed behind the program's back",
        control: "a tamper that changes nothing",
        engines: BOTH,
        needs: &[],
        short: Some(1),
        full: 1,
        round: |trial| tampers::round(trial).boxed_local(),
    },
    Scenario {
        name: "damaged-pages",
        promise: "verify calls no file clean of which a page was zeroed or overwritten; what is salvaged of it comes in elsewhere",
        control: "a page that is left as it is",
        engines: &[Sqlite],
        needs: &[],
        short: Some(1),
        full: 5,
        round: |trial| damaged_pages::round(trial).boxed_local(),
    },
    Scenario {
        name: "backups",
        promise: "a backup made under load has all that was acknowledged before, and can be restored",
        control: "copies of the database file alone",
        engines: &[Sqlite],
        needs: &[],
        short: Some(1),
        full: 5,
        round: |trial| backups::round(trial).boxed_local(),
    },
    Scenario {
        name: "slow-clients",
        promise: "clients that never finish a request are cut off and are in nobody's way",
        control: "a server that stands still",
        engines: &[Sqlite],
        needs: &[],
        short: Some(1),
        full: 3,
        round: |trial| slow_clients::round(trial).boxed_local(),
    },
    Scenario {
        name: "login-flood",
        promise: "a flood of logins stops no orders",
        control: "a server that stands still",
        engines: &[Sqlite],
        needs: &[],
        short: Some(1),
        full: 3,
        round: |trial| login_flood::round(trial).boxed_local(),
    },
];
