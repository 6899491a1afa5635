//! Backups, restores, drills, and databases that are missing, as an operator sees them.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::PathBuf;

use ordervault_api::openapi::examples::{CUSTOMER_EMAIL, CUSTOMER_PASSWORD, OWNER_EMAIL, STAFF_PASSWORD};
use ordervault_tests::http::Request;
use ordervault_tests::postgres::OwnCluster;
use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};

use crate::installation::{
    Installation, Running, assert_ends, assert_fails, send, serve_both, sign_in, text,
};

/// An order of the demo shop, like no other.
fn order(number: u32) -> Request {
    let order = format!(
        r#"{{"store_id":"sto_0NEHNAF80JYTAF","lines":[{{"product_id":"prd_0NEHQ5281VSJM0","quantity":1}}],
            "contact":{{"name":"Me","phone":"+8869{number:08}"}}}}"#
    );
    Request::post("/v1/orders").key(&format!("order-key-{number:08}")).text(order)
}

/// Places it; its number.
async fn place(address: &str, number: u32) -> String {
    let placed = send(address, &order(number)).await.created();
    placed["number"].as_str().unwrap().to_owned()
}

fn stop(server: Running) {
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
}

/// The copies in the folder of backups.
fn copies(shop: &Installation) -> Vec<PathBuf> {
    let entries = fs::read_dir(shop.path().join("data/backups")).unwrap();
    let mut copies: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "db"))
        .collect();
    copies.sort();
    copies
}

#[tokio::test]
async fn a_backup_beside_a_server_is_put_back_and_tells_what_is_missing() {
    let shop = Installation::on_sqlite();
    let (server, address) = shop.serve(&["--demo"]);
    let before = place(&address, 1).await;
    assert_ends(&shop.run(&["backup", "create"]), 0, "ordervault-");
    let after = place(&address, 2).await;
    let session = sign_in(&address, OWNER_EMAIL, STAFF_PASSWORD).await;
    assert_ends(&shop.run(&["backup", "verify"]), 0, "everything holds");
    let listed = shop.run(&["backup", "list"]);
    let name = text(&listed.stdout).split_whitespace().next().unwrap().to_owned();
    let mode = |path: &str| shop.path().join(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("data/backups"), mode(&format!("data/backups/{name}.db"))), (0o700, 0o600));

    assert_fails(&shop.run(&["restore", &name, "--replace"]), 69, "another server runs on");
    stop(server);
    assert_ends(&shop.run(&["checkpoint"]), 0, "checkpoint ");
    assert_fails(&shop.run(&["restore", &name]), 2, "--replace");
    let restored = shop.run(&["restore", &name, "--replace"]);
    assert_ends(&restored, 0, "epoch 2 begins, all sessions are ended");
    let said = text(&restored.stdout);
    assert!(said.contains("placed after the backup and are missing: 1\n") && said.contains(&after), "{said}");
    assert!(!said.contains(&before) && said.contains("is kept as"), "{said}");
    assert_ends(&shop.run(&["verify", "--checkpoints"]), 0, "everything holds");

    let (server, address) = shop.serve(&[]);
    let refresh = session.json()["refresh_token"].clone();
    let again = Request::post("/v1/staff/auth/refresh").json(&json!({"refresh_token": refresh}));
    assert_eq!(send(&address, &again).await.status, 401, "the login is over");
    stop(server);
    let numbers: Vec<String> = shop.orders().await.iter().map(|order| order.id.number()).collect();
    assert!(numbers.contains(&before) && !numbers.contains(&after));
}

#[tokio::test]
async fn a_backup_under_load_has_everything_that_was_acknowledged_before() {
    let shop = Installation::on_sqlite();
    let unlimited = [("ORDERVAULT_THROTTLES__PLACE_ACCOUNT", "1000000/1s")];
    let (server, address) = shop.serve_with(&["--demo"], &unlimited);
    let mut acknowledged = vec![];
    for number in 0..20 {
        acknowledged.push(place(&address, number).await);
    }
    // People go on ordering while the backup is made.
    let load = async {
        for number in 0..60 {
            place(&address, 100 + number).await;
        }
    };
    let backup = tokio::task::spawn_blocking({
        let path = shop.path().to_owned();
        move || {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ordervault"));
            command.args(["backup", "create"]).env_clear().current_dir(path).output().unwrap()
        }
    });
    let ((), backup) = tokio::join!(load, backup);
    assert_ends(&backup.unwrap(), 0, "ordervault-");
    stop(server);
    let copy = copies(&shop).pop().unwrap();
    assert_ends(&shop.run(&["restore", copy.to_str().unwrap(), "--replace"]), 0, "restored");
    assert_ends(&shop.run(&["verify"]), 0, "everything holds");
    let there: Vec<String> = shop.orders().await.iter().map(|order| order.id.number()).collect();
    let missing: Vec<_> = acknowledged.iter().filter(|number| !there.contains(number)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A limit to the size of files is what a full disk looks like.
#[tokio::test]
async fn where_there_is_no_room_nothing_is_left_behind() {
    let shop = Installation::on_sqlite();
    let (server, _) = shop.serve(&["--demo"]);
    stop(server);
    assert_ends(&shop.run(&["backup", "create"]), 0, "ordervault-");
    let copy = copies(&shop).pop().unwrap();
    let there = files(&shop);
    for (command, says) in [
        (&["backup", "create"][..], "cannot copy the database to "),
        (&["drill"], "cannot copy the database to "),
        (&["restore", copy.to_str().unwrap(), "--replace"], "cannot write "),
        (&["export", "jsonl", "shop.jsonl"], "File too large"),
    ] {
        assert_fails(&shop.run_limited(200, &[&["-q"], command].concat()), 74, says);
        assert_eq!(files(&shop), there, "{command:?}");
    }
    assert_ends(&shop.run(&["verify"]), 0, "everything holds");
}

/// Every file of a shop, with its length, but for those that SQLite keeps beside another as it goes.
fn files(shop: &Installation) -> BTreeMap<PathBuf, u64> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![shop.path().to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => _ = files.insert(entry.path(), entry.metadata().unwrap().len()),
            }
        }
    }
    files.retain(|path, _| {
        ![Some("db-wal"), Some("db-shm")].contains(&path.extension().and_then(OsStr::to_str))
    });
    files
}

#[tokio::test]
async fn a_database_that_somebody_has_opened_is_not_put_aside() {
    let shop = Installation::on_sqlite();
    let (server, _) = shop.serve(&["--demo"]);
    stop(server);
    assert_ends(&shop.run(&["backup", "create"]), 0, "ordervault-");
    let copy = copies(&shop).pop().unwrap();
    let restore = || shop.run(&["-q", "restore", copy.to_str().unwrap(), "--replace"]);
    let mut import = SqliteConnection::connect(&shop.url()).await.unwrap();
    sqlx::query("SELECT COUNT(*) FROM orders").execute(&mut import).await.unwrap();
    assert_fails(&restore(), 69, "another process has opened ");
    import.close().await.unwrap();
    assert_ends(&restore(), 0, "epoch 2 begins");
}

#[tokio::test]
async fn logins_are_kept_where_that_is_asked_for() {
    let shop = Installation::on_sqlite();
    let (server, address) = shop.serve(&["--demo"]);
    let session = sign_in(&address, OWNER_EMAIL, STAFF_PASSWORD).await;
    assert_ends(&shop.run(&["backup", "create"]), 0, "ordervault-");
    stop(server);
    let copy = copies(&shop).pop().unwrap();
    let restored = shop.run(&["restore", copy.to_str().unwrap(), "--replace", "--keep-sessions"]);
    assert_ends(&restored, 0, "epoch 2 begins");
    assert!(!text(&restored.stdout).contains("sessions are ended"));
    let (server, address) = shop.serve(&[]);
    let refresh = json!({"refresh_token": session.json()["refresh_token"]});
    let again = Request::post("/v1/staff/auth/refresh").json(&refresh);
    assert_eq!(send(&address, &again).await.status, 200);
    stop(server);
}

#[tokio::test]
async fn what_is_no_whole_backup_of_this_shop_is_refused_and_harms_nothing() {
    let shop = Installation::on_sqlite();
    assert_fails(&shop.run(&["backup", "create"]), 69, "there is no database file");
    let (server, _) = shop.serve(&["--demo"]);
    stop(server);
    assert_fails(&shop.run(&["restore", "nothing"]), 74, "is no backup");
    assert_ends(&shop.run(&["backup", "create"]), 0, "ordervault-");
    let copy = copies(&shop).pop().unwrap();
    let manifest = copy.with_extension("json");
    let (bytes, told) = (fs::read(&copy).unwrap(), fs::read_to_string(&manifest).unwrap());
    let restore = || shop.run(&["restore", copy.to_str().unwrap(), "--replace"]);
    let database = shop.path().join("data/ordervault.db");
    let there = fs::read(&database).unwrap();

    fs::write(&copy, &bytes[..bytes.len() / 2]).unwrap();
    assert_fails(&restore(), 74, "is cut off");
    let mut altered = bytes.clone();
    altered[bytes.len() / 2] ^= 1;
    fs::write(&copy, &altered).unwrap();
    assert_fails(&restore(), 74, "was altered");
    assert_fails(&shop.run(&["backup", "verify"]), 74, "was altered");
    fs::write(&copy, &bytes).unwrap();
    for (before, after, says) in [
        ("\"epoch\": 1", "\"epoch\": 7", "does not tell what is in it"),
        ("\"format\": 1", "\"format\": 9", "is no backup"),
    ] {
        fs::write(&manifest, told.replace(before, after)).unwrap();
        assert_fails(&restore(), 74, says);
    }
    fs::write(&manifest, &told).unwrap();

    let secret = shop.path().join("data/secret.key");
    fs::rename(&secret, shop.path().join("kept.key")).unwrap();
    assert_fails(&restore(), 78, "--other-secret");
    fs::copy(shop.path().join("kept.key"), &secret).unwrap();
    assert_eq!(fs::read(&database).unwrap(), there, "nothing was touched");
    assert_ends(&restore(), 0, "no order is missing");

    let newest = shop.path().join("data/checkpoints/newest.json");
    let kept = fs::read(&newest).unwrap();
    fs::write(&newest, "{}").unwrap();
    assert_ends(&restore(), 1, "no checkpoint was written: ");
    fs::write(&newest, kept).unwrap();
    assert_ends(&shop.run(&["restore", "--in-place"]), 0, "checkpoint ");
    fs::remove_file(&secret).unwrap();
    let other = shop.run(&["restore", copy.to_str().unwrap(), "--replace", "--other-secret"]);
    assert_ends(&other, 0, "checkpoint ");
    assert_ends(&shop.run(&["verify", "--checkpoints"]), 2, "not checked: key k");
}

#[tokio::test]
async fn what_is_no_whole_database_gets_one_line() {
    let shop = Installation::on_sqlite();
    let (server, _) = shop.serve(&["--demo"]);
    stop(server);
    let database = shop.path().join("data/ordervault.db");
    let whole = fs::read(&database).unwrap();
    for part in [
        &whole[..whole.len() / 2],
        b"something else, and long enough to be a file of its own",
        &whole[..5_000],
    ] {
        fs::write(&database, part).unwrap();
        for args in [&["verify"][..], &["checkpoint"], &["backup", "create"]] {
            assert_fails(&shop.run(args), 74, "is no whole SQLite database");
        }
        assert_eq!(fs::read(&database).unwrap(), part, "left as it is");
    }
}

#[tokio::test]
async fn an_older_file_is_named_by_the_newest_checkpoint() {
    let shop = Installation::on_sqlite();
    let (server, _) = shop.serve(&["--demo"]);
    stop(server);
    let (data, database) = (shop.path().join("data"), shop.path().join("data/ordervault.db"));
    fs::copy(&database, shop.path().join("older.db")).unwrap();
    let (server, address) = shop.serve(&[]);
    let number = place(&address, 1).await;
    assert_ends(
        &shop.run(&["verify", "--order", &number]),
        0,
        "looked at 1 history, 1 order_lines, 1 order_search, 1 orders",
    );
    stop(server);
    assert_ends(&shop.run(&["checkpoint"]), 0, "checkpoint ");
    assert_ends(&shop.run(&["checkpoint"]), 0, "nothing has happened since");
    assert_ends(&shop.run(&["verify", "--checkpoints"]), 0, "everything holds");
    fs::copy(shop.path().join("older.db"), &database).unwrap();
    assert_fails(&shop.run(&["verify", "--order", &number]), 2, &format!("there is no order {number}"));
    assert_ends(&shop.run(&["verify"]), 0, "everything holds");
    assert_ends(&shop.run(&["verify", "--checkpoints"]), 1, "checkpoint-ahead");
    assert_fails(&shop.run(&["checkpoint"]), 1, "it is an older one, or was cut");
    let report = shop.run(&["verify", "--checkpoints", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report["totals"]["checkpoint-ahead"], 1, "{report}");
    // Lost and doubled ones get a line each.
    let name = |number: u32| data.join(format!("checkpoints/checkpoint-{number:08}.json"));
    fs::copy(name(1), name(9)).unwrap();
    fs::remove_file(name(1)).unwrap();
    let said = shop.run(&["verify", "--checkpoints"]);
    assert_ends(&said, 1, "number 1 is not there");
    assert!(
        text(&said.stdout).contains("checkpoint-00000009.json is not what was written"),
        "{}",
        text(&said.stdout)
    );
}

#[tokio::test]
async fn two_at_once_wait_for_each_other_and_the_last_good_one_stays() {
    let shop = Installation::on_sqlite();
    let (server, _) = shop.serve(&["--demo"]);
    stop(server);
    for _ in 0..3 {
        assert_ends(&shop.run(&["backup", "create"]), 0, "ordervault-");
    }
    let none = [
        ("ORDERVAULT_BACKUP__KEEP_HOURLY", "0"),
        ("ORDERVAULT_BACKUP__KEEP_DAILY", "0"),
        ("ORDERVAULT_BACKUP__KEEP_WEEKLY", "0"),
    ];
    // The newest is broken: the one before it stays.
    let all = copies(&shop);
    fs::write(&all[2], "cut").unwrap();
    assert_ends(&shop.run_with(&["backup", "prune"], &none), 0, "1 removed, 2 kept");
    assert_eq!(copies(&shop), all[1..]);
    let lock = fs::File::options().write(true).open(shop.path().join("data/backups/lock")).unwrap();
    lock.lock().unwrap();
    assert_fails(&shop.run(&["backup", "create"]), 69, "another backup is being made");
    drop(lock);
    assert_ends(&shop.run(&["backup", "create"]), 0, "ordervault-");
}

#[test]
fn a_drill_rehearses_all_of_it() {
    let shop = Installation::on_sqlite();
    let (server, _) = shop.serve(&["--demo"]);
    let drill = shop.run(&["drill"]);
    assert_ends(&drill, 0, "the drill succeeded");
    assert!(text(&drill.stdout).contains(" in both"), "{}", text(&drill.stdout));
    stop(server);
    let left: Vec<_> = fs::read_dir(shop.path().join("data/backups")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    assert_ends(&shop.run(&["verify"]), 0, "everything holds");
}

/// What the operator is told of this on the listener of the metrics.
async fn told(private: &str, of: &str) -> Option<String> {
    let details = send(private, &Request::get("/readyz")).await.ok();
    details["details"].get(of).map(|said| said.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn after_a_killed_server_the_pages_are_checked() {
    let shop = Installation::on_sqlite();
    let (server, _, private) = serve_both(&shop, &["--demo"]);
    assert_eq!(told(&private, "storage").await, None);
    stop(server);
    let (server, _, private) = serve_both(&shop, &[]);
    assert_eq!(told(&private, "storage").await, None, "it had stopped as it should");
    kill(server);
    let (mut server, _, private) = serve_both(&shop, &[]);
    server.wait_for("the pages of the database are sound");
    assert!(told(&private, "storage").await.unwrap().ends_with("are sound"));
    kill(server);
    overwrite_a_page(&shop, "history").await;
    let (mut server, api, private) = serve_both(&shop, &[]);
    server.wait_for("pages of the database are damaged");
    // Requests are welcome all the same: other rows are well.
    assert_eq!(send(&api, &Request::get("/readyz")).await.ok()["status"], "ready");
    assert!(told(&private, "storage").await.unwrap().contains("run `ordervault verify`"));
    kill(server);
}

fn kill(server: Running) {
    server.signal("KILL");
    server.end();
}

/// Overwrites a page of a table of a shop that nobody uses.
async fn overwrite_a_page(shop: &Installation, table: &str) {
    let mut connection = SqliteConnection::connect(&shop.url()).await.unwrap();
    let (page,): (i64,) =
        sqlx::query_as("SELECT MAX(pageno) FROM dbstat WHERE name = $1 AND pagetype = 'leaf'")
            .bind(table)
            .fetch_one(&mut connection)
            .await
            .unwrap();
    connection.close().await.unwrap();
    let file = fs::File::options().write(true).open(shop.file()).unwrap();
    file.write_all_at(&[0xa5; 4096], (page.unsigned_abs() - 1) * 4096).unwrap();
}

#[tokio::test]
async fn the_operator_is_told_of_the_newest_backup() {
    let shop = Installation::on_sqlite();
    let (server, _, private) = serve_both(&shop, &["--demo"]);
    assert_eq!(told(&private, "backup").await.as_deref(), Some("there is none"));
    assert_ends(&shop.run(&["backup", "create"]), 0, "ordervault-");
    let said = told(&private, "backup").await.unwrap();
    assert!(said.starts_with("the newest, ordervault-") && said.ends_with(" 0 minutes ago"), "{said}");
    stop(server);
}

#[tokio::test]
async fn a_schedule_makes_backups_by_itself() {
    let shop = Installation::on_sqlite();
    let (mut server, _) = shop.serve_with(&["--demo"], &[("ORDERVAULT_BACKUP__SCHEDULE", "1h")]);
    server.wait_for("a backup was made");
    stop(server);
    assert_eq!(copies(&shop).len(), 1);
    assert_ends(&shop.run(&["backup", "verify"]), 0, "everything holds");
    let nonsense = shop.run_with(&["serve"], &[("ORDERVAULT_BACKUP__SCHEDULE", "nightly")]);
    assert_fails(&nonsense, 78, "ORDERVAULT_BACKUP__SCHEDULE");
}

#[test]
fn no_new_shop_takes_the_place_of_a_lost_one_unasked() {
    let shop = Installation::on_sqlite();
    let (server, _) = shop.serve(&[]);
    stop(server);
    let file = |name: &str| shop.path().join("data").join(name);
    let kept = fs::read(file("ordervault.db")).unwrap();
    fs::remove_file(file("ordervault.db")).unwrap();
    let commands: [&[&str]; 3] = [&["serve"], &["migrate"], &["member", "list"]];
    for command in commands {
        assert_fails(&shop.run(command), 69, "");
    }
    assert!(!file("ordervault.db").exists(), "nothing was made");
    fs::write(file("ordervault.db"), "").unwrap();
    assert_fails(&shop.run(&["serve"]), 69, "is missing or empty, but");
    // Without the file of the server, the secret file tells.
    fs::remove_file(file("ordervault.db-server")).unwrap();
    assert_fails(&shop.run(&["serve"]), 69, "secret.key");
    // The database of another shop.
    let other = Installation::on_sqlite();
    let (server, _) = other.serve(&[]);
    stop(server);
    fs::write(file("ordervault.db"), &kept).unwrap();
    let (server, _) = shop.serve(&[]);
    stop(server);
    fs::copy(other.path().join("data/ordervault.db"), file("ordervault.db")).unwrap();
    assert_fails(&shop.run(&["serve"]), 69, "is of the shop ins_");
    // On purpose.
    fs::remove_file(file("ordervault.db")).unwrap();
    let (server, _) = shop.serve(&["--new"]);
    stop(server);
    assert_ends(&shop.run(&["verify"]), 0, "everything holds");
}

#[tokio::test]
async fn a_database_that_is_deleted_under_a_server_is_noticed() {
    let shop = Installation::on_sqlite();
    let (mut server, address) = shop.serve(&["--demo"]);
    place(&address, 1).await;
    fs::rename(shop.path().join("data/ordervault.db"), shop.path().join("elsewhere.db")).unwrap();
    server.wait_for("was deleted or replaced");
    let ready = send(&address, &Request::get("/readyz")).await;
    assert_eq!((ready.status, &ready.json()["errors"][0]["pointer"]), (503, &json!("installation")));
    let refused = send(&address, &order(2)).await;
    assert_eq!((refused.status, &refused.json()["code"]), (503, &json!("storage-unavailable")));
    stop(server);
}

#[tokio::test]
async fn postgres_is_put_back_to_a_moment_by_its_own_tools() {
    let cluster = OwnCluster::create();
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/postgres-backup.sh");
    fs::copy(script, cluster.folder().join("backup.sh")).unwrap();
    cluster.shell("sh ./backup.sh prepare data \"$PWD/archive\"");
    cluster.start("data");
    let url = cluster.url();
    let shop = Installation::at(&url);
    let (server, address) = shop.serve(&["--demo"]);
    let first = place(&address, 1).await;
    cluster.shell(&format!("sh ./backup.sh base {url} backup"));
    let second = place(&address, 2).await;
    let moment = cluster.shell(&format!("psql -At {url} -c 'SELECT clock_timestamp()'"));
    let third = place(&address, 3).await;
    stop(server);
    cluster.stop("data");
    cluster.shell(&format!("sh ./backup.sh restore backup \"$PWD/archive\" restored '{moment}'"));
    cluster.start("restored");
    assert_ends(&shop.run(&["verify"]), 0, "everything holds");
    assert_ends(&shop.run(&["restore", "--in-place"]), 0, "epoch 2 begins, all sessions are ended");
    assert_fails(&shop.run(&["restore", "a-backup"]), 78, "--in-place");
    assert_fails(&shop.run(&["backup", "create"]), 78, "PostgreSQL has tools of its own");
    let numbers: Vec<String> = shop.orders().await.iter().map(|order| order.id.number()).collect();
    assert!(numbers.contains(&first) && numbers.contains(&second) && !numbers.contains(&third));
    assert_ends(&shop.run(&["verify"]), 0, "everything holds");
    cluster.stop("restored");
}

#[tokio::test]
async fn who_was_erased_after_a_backup_is_erased_again() {
    let shop = Installation::on_sqlite();
    let (server, address) = shop.serve(&["--demo"]);
    let login = Request::post("/v1/auth/login")
        .json(&json!({"email": CUSTOMER_EMAIL, "password": CUSTOMER_PASSWORD}));
    let session = send(&address, &login).await.ok();
    let token = session["access_token"].as_str().unwrap();
    let me = send(&address, &Request::get("/v1/me").bearer(token)).await.ok();
    assert_ends(&shop.run(&["backup", "create"]), 0, "ordervault-");
    stop(server);
    let copy = copies(&shop).pop().unwrap();
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(copy.with_extension("json")).unwrap()).unwrap();
    // What the server writes when the days of grace are over.
    let line = json!({"installation": manifest["installation"], "customer": me["id"]});
    fs::write(copy.with_file_name("erased.jsonl"), format!("{line}\n")).unwrap();
    assert_ends(&shop.run(&["backup", "list"]), 0, "bytes\n");
    let restored = shop.run(&["restore", copy.to_str().unwrap(), "--replace"]);
    assert_ends(&restored, 0, "restored");
    assert!(text(&restored.stdout).contains("are erased again: 1\n"), "{}", text(&restored.stdout));
    // The backup still tells of them, and says for how long.
    for command in ["list", "verify"] {
        let told = shop.run(&["backup", command]);
        let told = text(&told.stdout);
        assert!(
            told.contains("tells of 1 accounts and 0 orders that were erased since; pruned on 20"),
            "{told}"
        );
    }
    assert_ends(&shop.run(&["verify"]), 0, "everything holds");
    let (server, address) = shop.serve(&[]);
    assert_eq!(send(&address, &login).await.status, 401);
    stop(server);
}
