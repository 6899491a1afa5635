//! `verify`, `export jsonl` and `import jsonl` as an operator sees them, on both engines.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use ordervault_tests::damage::damage;
use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::installation::{Installation, assert_ends, assert_fails, olist, text};

#[tokio::test]
async fn a_shop_moves_to_the_other_engine_and_back_byte_by_byte() {
    let [sqlite, postgres] = Installation::on_both().await;
    let (server, _) = sqlite.serve(&["--demo"]);
    let folder = olist(sqlite.path(), 1, 30);
    assert_ends(&sqlite.run(&["import", "olist", folder.to_str().unwrap()]), 0, "orders: 30 new");
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
    assert_ends(&sqlite.run(&["verify"]), 0, "everything holds");

    let exported = sqlite.path().join("shop.jsonl");
    let exported = exported.to_str().unwrap();
    let output = sqlite.run(&["export", "jsonl", exported]);
    assert!(text(&output.stderr).contains("exported 5 stores, "), "{}", text(&output.stderr));
    assert_ends(&output, 0, "");
    assert_eq!(sqlite.run(&["export", "jsonl", "-"]).stdout, fs::read(exported).unwrap());
    assert_fails(&sqlite.run(&["export", "jsonl", exported]), 73, "File exists");

    // With the same keys: the seals are the same.
    fs::create_dir(postgres.path().join("data")).unwrap();
    let secret = |shop: &Installation| shop.path().join("data/secret.key");
    fs::copy(secret(&sqlite), secret(&postgres)).unwrap();
    assert_ends(
        &postgres.run(&["import", "jsonl", exported]),
        0,
        "0 already there, 0 refused; the file is whole",
    );
    assert_ends(&postgres.run(&["verify"]), 0, "everything holds");
    let back = postgres.run(&["export", "jsonl", "-"]);
    assert!(back.stdout == fs::read(exported).unwrap(), "the export of the other engine differs");
    assert_ends(&postgres.run(&["import", "jsonl", exported]), 0, "lines: 0 taken over");
}

#[tokio::test]
async fn an_export_that_fails_leaves_nothing_behind() {
    let shop = Installation::on_sqlite();
    let folder = olist(shop.path(), 1, 3);
    assert_ends(&shop.run(&["import", "olist", folder.to_str().unwrap()]), 0, "orders: 3 new");
    let database = format!("sqlite:{}", shop.path().join("data/ordervault.db").display());
    let break_up = async |statement: &'static str| {
        let mut connection = SqliteConnection::connect(&database).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    };
    let out = shop.path().join("out");
    fs::create_dir(&out).unwrap();
    let file = out.join("shop.jsonl");
    break_up("UPDATE orders SET contact_email = 'nobody' WHERE external_reference = 'olist:o1'").await;
    let refused = shop.run(&["export", "jsonl", file.to_str().unwrap()]);
    assert_ends(&refused, 70, "");
    assert!(text(&refused.stderr).contains("with --salvage everything else is exported"));
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
    break_up("UPDATE orders SET contact_email = NULL WHERE external_reference = 'olist:o1'").await;
    assert_ends(&shop.run(&["export", "jsonl", file.to_str().unwrap()]), 0, "");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 1);
}

#[tokio::test]
async fn what_a_killed_export_leaves_the_next_one_removes() {
    let shop = Installation::on_postgres().await;
    assert_ends(&shop.run(&["migrate"]), 0, "");
    let folder = olist(shop.path(), 1, 3);
    assert_ends(&shop.run(&["import", "olist", folder.to_str().unwrap()]), 0, "orders: 3 new");
    let out = shop.path().join("out");
    fs::create_dir(&out).unwrap();
    let names = || -> Vec<_> { fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect() };
    let export = ["export", "jsonl", out.join("shop.jsonl").to_str().unwrap()].map(str::to_owned);
    let export = export.each_ref().map(String::as_str);

    // Somebody holds the orders, so that it stays in the middle of its work.
    let mut holder = PgConnection::connect(&shop.url()).await.unwrap();
    let mut holding = holder.begin().await.unwrap();
    sqlx::query("LOCK TABLE orders").execute(&mut *holding).await.unwrap();
    let killed = shop.start(&export, &[]);
    while names().is_empty() {
        tokio::task::yield_now().await;
    }
    killed.signal("KILL");
    killed.end();
    holding.rollback().await.unwrap();
    let left = names();
    assert_eq!(left.len(), 1);
    // Of another one that is still written nothing is known but that.
    let written = out.join("ordervault-export-x.part");
    let lock = fs::File::create_new(&written).unwrap();
    lock.lock().unwrap();
    assert_ends(&shop.run(&export), 0, "");
    assert_eq!((names().len(), left[0].exists(), written.exists()), (2, false, true));
    drop(lock);
    fs::remove_file(out.join("shop.jsonl")).unwrap();
    assert_ends(&shop.run(&export), 0, "");
    assert_eq!(names(), [out.join("shop.jsonl")]);
}

#[tokio::test]
async fn what_is_whole_is_salvaged_and_the_rest_is_named() {
    let shop = Installation::on_sqlite();
    let folder = olist(shop.path(), 1, 3);
    assert_ends(&shop.run(&["import", "olist", folder.to_str().unwrap()]), 0, "orders: 3 new");
    let database = format!("sqlite:{}", shop.path().join("data/ordervault.db").display());
    let salvage = || shop.run(&["export", "jsonl", "-", "--salvage"]);
    let whole = salvage();
    assert_ends(&whole, 0, "");
    assert!(text(&whole.stderr).contains("exported 2 stores, 3 products, 2 customers, 3 orders"));
    // A row is made anew of its history.
    damage(&database, "UPDATE orders SET contact_email = 'nobody' WHERE external_reference = 'olist:o1'")
        .await;
    let again = salvage();
    assert!(again.status.code() == Some(0) && again.stdout == whole.stdout, "{}", text(&again.stderr));
    damage(
        &database,
        "UPDATE history SET event = 'x' WHERE seq = 1 AND entity_id IN
             (SELECT id FROM orders WHERE external_reference = 'olist:o1')",
    )
    .await;
    let file = shop.path().join("rest.jsonl");
    let file = file.to_str().unwrap();
    let rest = shop.run(&["export", "jsonl", file, "--salvage"]);
    assert_ends(&rest, 1, "");
    let told = text(&rest.stderr);
    assert!(told.contains("left out: history-text: history "), "{told}");
    assert!(told.contains("exported 2 stores, 3 products, 2 customers, 2 orders"), "{told}");
    let other = Installation::on_sqlite();
    assert_ends(&other.run(&["import", "jsonl", file]), 0, "0 refused; the file is whole");
    assert_ends(&other.run(&["verify"]), 0, "everything holds");
}

#[tokio::test]
async fn damage_is_a_finding_and_the_exit_code_says_so() {
    let shop = Installation::on_sqlite();
    assert_fails(&shop.run(&["verify"]), 69, "there is no database file ./data/ordervault.db");
    let folder = olist(shop.path(), 1, 3);
    assert_ends(&shop.run(&["import", "olist", folder.to_str().unwrap()]), 0, "orders: 3 new");
    let file = shop.path().join("data/ordervault.db");
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    sqlx::query("UPDATE orders SET note = 'x' WHERE external_reference = 'olist:o1'")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    assert_ends(&shop.run(&["verify"]), 1, "fold-differs: orders ");
}

#[tokio::test]
async fn an_empty_database_is_told_from_one_that_was_not_looked_at() {
    for shop in Installation::on_both().await {
        assert_ends(&shop.run(&["migrate"]), 0, "is up to date");
        let nothing = "looked at 0 batches, 0 credentials, 0 customer_search, 0 customers, 0 installations, 0 mails, 0 members, \
                       0 one_time_codes, 0 order_search, 0 orders, 0 outbox, 0 personal_values, 0 product_search, 0 products, 0 seen_marks, \
                       0 seen_orders, 0 sessions, 0 state_snapshots, 0 stores\neverything holds\n";
        assert_ends(&shop.run(&["verify"]), 0, nothing);
    }
}

#[test]
fn a_file_that_is_no_whole_export_is_refused() {
    let shop = Installation::on_sqlite();
    let import = |content: &str| {
        let file = shop.path().join("file.jsonl");
        fs::write(&file, content).unwrap();
        shop.run(&["-q", "import", "jsonl", file.to_str().unwrap()])
    };
    assert_fails(&import("order_id\n"), 74, "this is not an export of ordervault");
    assert_fails(&import("{\"format\":\"ordervault-export\",\"version\":9}\n"), 74, "version 9");
    assert_fails(&import("{\"format\":\"ordervault-export\",\"version\":1}\n"), 74, "is cut off");
    assert_fails(&shop.run(&["-q", "import", "jsonl", "none.jsonl"]), 74, "No such file");
}
