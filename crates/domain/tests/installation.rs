//! The installation: how many orders may expire unasked.

use ordervault_domain::installation::expiries_wait;

#[test]
fn few_expire_and_a_small_share_does() {
    for (due, open, waits) in [
        (0, 0, false),
        (20, 20, false),
        (21, 21, true),
        (21, 209, true),
        (21, 210, false),
        (1_000, 9_999, true),
        (1_000, 10_000, false),
    ] {
        assert_eq!(expiries_wait(due, open), waits, "{due} of {open}");
    }
}
