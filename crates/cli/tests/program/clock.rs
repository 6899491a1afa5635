//! `clock repair` as an operator sees it, beside a server that writes nothing because the clock was ahead.

use ordervault_api::auth::Secrets;
use ordervault_api::openapi::examples::OWNER_EMAIL;
use ordervault_domain::order::OrderCommand;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::{ActorRef, Writer};
use ordervault_tests::http::Request;
use ordervault_tests::queue;
use ordervault_tests::shop::{seeded, submission};

use crate::installation::{Installation, assert_ends, assert_fails, send, serve_both, sign_in, text};

const WEEK_MILLIS: i64 = 7 * 24 * 60 * 60_000;

/// What one boot with a clock that is a week ahead leaves: an order was confirmed.
async fn boot_a_week_ahead(installation: &Installation) -> String {
    let secrets = Secrets::load(&installation.path().join("data/secret.key")).unwrap();
    let db = installation.db().await;
    let system = ordervault::sources::system().unwrap();
    let ahead = Sources::new(move || system.now().plus_millis(WEEK_MILLIS), seeded(7));
    let (writer, task) = Writer::start(db.clone(), ahead, secrets.key_ring()).await.unwrap();
    let waiting = installation.orders().await.into_iter();
    let order = waiting.rev().find(|order| order.status.to_string() == "pending_review").unwrap();
    let confirm = queue::on_order(order.id, None, OrderCommand::Confirm);
    writer.submit(submission(ActorRef::Operator, vec![confirm])).await.unwrap();
    task.stop().await;
    queue::catch_up(&db).await;
    db.close().await;
    order.id.number()
}

#[tokio::test]
async fn a_clock_that_was_ahead_is_told_of_and_corrected_beside_a_server() {
    for installation in Installation::on_both().await {
        let (server, _) = installation.serve(&["--demo"]);
        server.signal("TERM");
        server.end();
        assert_fails(&installation.run(&["clock", "repair"]), 2, "there is nothing to repair");
        let number = boot_a_week_ahead(&installation).await;

        let (server, api, private) = serve_both(&installation, &[]);
        assert!(server.said.contains("behind the newest record"), "{}", server.said);
        // Requests are welcome, as far as they only read; the operator is told that nothing is written.
        assert_eq!(send(&api, &Request::get("/readyz")).await.ok()["status"], "ready");
        let details = send(&private, &Request::get("/readyz")).await.ok();
        assert!(details["details"]["clock"].to_string().contains("`ordervault clock repair`"), "{details}");
        let reset = installation.run(&["member", "reset-password", OWNER_EMAIL]);
        assert_ends(&reset, 0, "password");
        let password = text(&reset.stdout).split_whitespace().last().unwrap().to_owned();
        let refused = sign_in(&api, OWNER_EMAIL, &password).await;
        assert_eq!((refused.status, refused.code().as_str()), (503, "storage-unavailable"));

        let told = installation.run(&["clock", "repair", "--dry-run"]);
        assert_ends(&told, 0, "nothing was changed");
        assert_eq!(text(&told.stderr), "");
        let said = text(&told.stdout);
        assert!(said.contains("changed in a time to come: 1\n") && said.contains(&number), "{said}");
        assert_ends(
            &installation.run(&["clock", "repair", "--end-sessions"]),
            0,
            "corrected: times go on from ",
        );
        assert_fails(&installation.run(&["clock", "repair"]), 2, "there is nothing to repair");
        assert_ends(&installation.run(&["verify"]), 0, "everything holds");
        assert_eq!(sign_in(&api, OWNER_EMAIL, &password).await.status, 200);
        let details = send(&private, &Request::get("/readyz")).await.ok();
        assert!(details["details"].get("clock").is_none(), "{details}");
        server.signal("TERM");
        assert_eq!(server.end().0, Some(0));
    }
}
