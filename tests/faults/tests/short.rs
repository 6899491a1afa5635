//! The short form: what takes seconds and no privileges, on every machine and in every test run.

use std::path::Path;

use ordervault_faults::report::Report;
use ordervault_faults::runner::{Plan, run};
use ordervault_faults::scenarios::ALL;
use ordervault_tests::seed::seeds;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_promised_holds_and_every_control_is_caught() {
    let program = Path::new(env!("CARGO_BIN_EXE_ordervault-faults")).to_owned();
    let seed = seeds(&[]).next().expect("a fresh one");
    let plan = Plan { program, is_full: false, rounds: None, seed: seed >> 1 };
    let mut report = Report::default();
    for scenario in ALL.iter().filter(|scenario| scenario.short.is_some()) {
        for engine in scenario.engines {
            report.rows.push(run(scenario, *engine, &plan).await);
        }
    }
    println!("{report}");
    assert!(report.holds(), "{report}");
}

#[test]
fn the_short_form_needs_no_privileges() {
    for scenario in ALL.iter().filter(|scenario| scenario.short.is_some()) {
        assert!(scenario.needs.is_empty(), "{}", scenario.name);
    }
}
