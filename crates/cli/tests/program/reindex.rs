//! `reindex` as an operator sees it.

use ordervault_tests::damage::damage;

use crate::installation::{Installation, assert_ends, assert_fails};

#[tokio::test]
async fn what_an_upgrade_reads_otherwise_is_told_and_folded_anew_beside_a_server() {
    for shop in Installation::on_both().await {
        let (server, _) = shop.serve(&["--demo"]);
        assert_ends(&shop.run(&["reindex"]), 0, "everything is folded by today's rules\n");
        server.signal("TERM");
        assert_eq!(server.end().0, Some(0));
        damage(&shop.url(), "UPDATE orders SET folded_by = 0, contact_phone_reversed = '1'").await;
        let (server, _) = shop.serve(&[]);
        let verified = shop.run(&["verify"]);
        assert_ends(&verified, 0, "everything holds\n");
        assert_ends(&verified, 0, "× orders folded by other rules than today's: run `ordervault reindex`\n");
        assert_ends(&shop.run(&["verify", "--json"]), 0, r#""stale":{"orders":"#);
        assert_ends(&shop.run(&["reindex"]), 0, "× orders folded anew\n");
        assert_ends(
            &shop.run(&["reindex", "--json"]),
            0,
            r#"{"folded":{},"left":{"listed":[],"totals":{}}}"#,
        );
        assert!(!String::from_utf8_lossy(&shop.run(&["verify"]).stdout).contains("reindex"));
        server.signal("TERM");
        let said = server.end().2;
        assert!(said.contains("run `ordervault reindex`"), "{said}");
        damage(
            &shop.url(),
            "UPDATE members SET folded_by = 0, email_key = 'old ' || id; UPDATE customers SET folded_by = 0",
        )
        .await;
        let rows = "UPDATE customers SET email = 'one@example.com', email_key = 'old ' || id WHERE email IS NOT NULL";
        damage(&shop.url(), rows).await;
        let left = shop.run(&["reindex"]);
        assert_ends(&left, 1, "stays as it is: customers cus_");
        assert_ends(&left, 1, "which only one may have: nothing was merged");
        assert_ends(&left, 1, "× members folded anew\n");
    }
    assert_fails(
        &Installation::on_sqlite().run(&["reindex", "--data-dir", "nowhere"]),
        69,
        "there is no database file",
    );
}
