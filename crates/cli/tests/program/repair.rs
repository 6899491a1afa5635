//! `repair` as an operator sees it.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use ordervault_api::openapi::examples::{OWNER_EMAIL, STAFF_PASSWORD};
use ordervault_persistence::statement::Template;
use ordervault_tests::damage::damage;
use ordervault_tests::http::Request;

use crate::installation::{Installation, Running, assert_ends, assert_fails, send, sign_in, text};

/// SQLite's usual size.
const PAGE_BYTES: u64 = 4096;
const NEW_NAMES: &str =
    "UPDATE stores SET name = 'changed'; UPDATE order_lines SET quantity = 7, total = 7 * unit_price";

static PAGES: Template =
    Template::new("SELECT pageno FROM dbstat WHERE name = 'orders' AND pagetype = 'leaf' ORDER BY path");

/// What clients remember of a store.
async fn tag_of_store(address: &str) -> String {
    let login = sign_in(address, OWNER_EMAIL, STAFF_PASSWORD).await.json();
    let store = Request::get("/v1/staff/stores/sto_0NEHNAF80JYTAF");
    let store = send(address, &store.bearer(login["access_token"].as_str().unwrap())).await;
    store.header("etag").unwrap().to_owned()
}

fn stop(server: Running) {
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
}

#[tokio::test]
async fn what_differs_is_told_first_and_made_anew_when_asked_for() {
    for shop in Installation::on_both().await {
        let (server, address) = shop.serve(&["--demo"]);
        let before = tag_of_store(&address).await;
        stop(server);
        assert_ends(&shop.run(&["repair"]), 0, "nothing is to be made anew");
        assert_ends(&shop.run(&["repair", "--apply"]), 0, "nothing is to be made anew");
        damage(&shop.url(), NEW_NAMES).await;
        let verified = shop.run(&["verify"]);
        assert_ends(&verified, 1, "see `ordervault repair`\n");
        let told = shop.run(&["repair"]);
        assert_ends(
            &told,
            1,
            "to be made anew: stores sto_0NEHNAF80JYTAF: name is not what the history makes of it\n",
        );
        assert_ends(&told, 1, "nothing was changed: `ordervault repair --apply` makes it anew\n");
        let json = shop.run(&["repair", "--json"]);
        assert_ends(&json, 1, r#"{"applied":false,"rebuilt":{"listed":[{"table":"stores""#);
        let done = shop.run(&["repair", "--apply"]);
        assert_ends(&done, 0, "made anew: stores sto_0NEHNAF80JYTAF: name");
        assert_ends(&done, 0, "epoch 2 begins");
        assert_ends(&shop.run(&["verify"]), 0, "everything holds");
        assert_ends(&shop.run(&["repair", "--apply"]), 0, "nothing is to be made anew");
        let (server, address) = shop.serve(&[]);
        assert_ne!(tag_of_store(&address).await, before, "what was read before does not count");
        stop(server);
    }
}

#[tokio::test]
async fn nobody_else_works_on_what_is_repaired() {
    for shop in Installation::on_both().await {
        let (server, _) = shop.serve(&["--demo"]);
        let says = if shop.url().starts_with("sqlite") { "another server runs on" } else { "stop it first" };
        for args in [&["repair"][..], &["repair", "--apply"]] {
            assert_fails(&shop.run(args), 69, says);
        }
        stop(server);
        assert_ends(&shop.run(&["repair"]), 0, "nothing is to be made anew");
    }
    // Whatever else has opened a file.
    let shop = Installation::on_sqlite();
    let (server, _) = shop.serve(&["--demo"]);
    stop(server);
    let db = shop.db().await;
    drop(db.read().await.unwrap());
    assert_fails(&shop.run(&["repair"]), 69, "another process has opened");
    db.close().await;
    assert_ends(&shop.run(&["repair"]), 0, "nothing is to be made anew");
}

#[tokio::test]
async fn nothing_is_repaired_without_the_secret_or_on_pages_that_cannot_be_read() {
    let shop = Installation::on_sqlite();
    assert_fails(&shop.run(&["repair"]), 78, "the secret file");
    let (server, _) = shop.serve(&["--demo"]);
    stop(server);
    let secret = shop.path().join("data/secret.key");
    std::fs::rename(&secret, shop.path().join("kept")).unwrap();
    assert_fails(&shop.run(&["repair", "--apply"]), 78, "without it nobody can tell which histories hold");
    std::fs::rename(shop.path().join("kept"), &secret).unwrap();
    damage(&shop.url(), "UPDATE history SET request_id = 'req_0' WHERE kind = 'store'").await;
    let left = shop.run(&["repair", "--apply"]);
    assert_ends(
        &left,
        1,
        "stays as it is: stores sto_0NEHNAF80JYTAF: its history does not hold (history-hash at event 1",
    );
    assert!(text(&left.stdout).ends_with("restore a backup, see docs/recovery.md\n"));

    let db = shop.db().await;
    let pages: Vec<(i64,)> = db.read().await.unwrap().fetch_all(&PAGES.bind(())).await.unwrap();
    db.close().await;
    let file = shop.file();
    let page = pages[0].0.unsigned_abs();
    File::options()
        .write(true)
        .open(&file)
        .unwrap()
        .write_all_at(&[0xa5; 4096], (page - 1) * PAGE_BYTES)
        .unwrap();
    let before = std::fs::read(&file).unwrap();
    assert_fails(&shop.run(&["repair", "--apply"]), 74, "cannot be repaired in its place: restore a backup");
    assert_eq!(std::fs::read(&file).unwrap(), before, "left as it is");
}
