//! `serve` and `member` as an operator sees them.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use ordervault_domain::order::Status;
use ordervault_persistence::read::OrderSummary;
use ordervault_tests::http::Request;
use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};

use crate::installation::{
    Installation, assert_ends, assert_fails, framed, newest_schema, olist, send, sign_in, text,
};

#[tokio::test]
async fn the_first_start_makes_an_owner_and_tells_the_password_once() {
    for shop in Installation::on_both().await {
        let (mut server, address) = shop.serve(&[]);
        server.wait_for("└");
        let password = framed(&server.said, "password");
        assert_eq!(server.said.matches(&password).count(), 1, "shown once, and in no line for a shell");
        assert_eq!(framed(&server.said, "e-mail"), "owner@localhost");
        assert_eq!(sign_in(&address, "owner@localhost", &password).await.status, 200, "{password}");
        assert_eq!(sign_in(&address, "owner@localhost", "something else").await.status, 401);
        assert_eq!(send(&address, &Request::get("/readyz")).await.status, 200);
        server.signal("TERM");
        let (code, out, said) = server.end();
        assert_eq!((code, out.as_str()), (Some(0), ""), "{said}");
        assert!(said.contains("\"stopped\""), "{said}");

        let (server, address) = shop.serve(&[]);
        assert_eq!(sign_in(&address, "owner@localhost", &password).await.status, 200);
        server.signal("INT");
        let (code, _, said) = server.end();
        assert_eq!(code, Some(0));
        assert!(!said.contains("password"), "{said}");
    }
}

#[tokio::test]
async fn a_pause_before_the_end_is_for_the_proxy_and_ends_at_a_second_signal() {
    for shop in Installation::on_both().await {
        let (mut server, address) =
            shop.serve_with(&["--demo"], &[("ORDERVAULT_SERVER__DRAIN_PAUSE", "10m")]);
        assert_eq!(send(&address, &Request::get("/readyz")).await.status, 200);
        server.signal("TERM");
        server.wait_for("\"draining");
        let problem = send(&address, &Request::get("/readyz")).await;
        assert_eq!((problem.status, &problem.json()["errors"][0]["code"]), (503, &json!("stopping")));
        let before = shop.orders().await.len();
        let order = r#"{"store_id":"sto_0NEHNAF80JYTAF","lines":[{"product_id":"prd_0NEHQ5281VSJM0","quantity":1}],
            "contact":{"name":"Me","phone":"+886912345678"}}"#;
        send(&address, &Request::post("/v1/orders").key("an order comes late").text(order)).await.created();
        server.signal("TERM");
        let (code, _, said) = server.end();
        assert_eq!(code, Some(0), "{said}");
        assert!(std::net::TcpStream::connect(&address).is_err());
        assert_eq!(shop.orders().await.len(), before + 1);
        assert_ends(&shop.run(&["verify"]), 0, "everything holds");
    }
}

/// The log of the database may not grow, which also is what a full disk looks like.
#[tokio::test]
async fn a_file_that_may_not_grow_stops_writes_only_and_for_as_long_as_that() {
    let order = r#"{"store_id":"sto_0NEHNAF80JYTAF","lines":[{"product_id":"prd_0NEHQ5281VSJM0","quantity":1}],
        "contact":{"name":"Me","phone":"+886912345678"}}"#;
    let place = Request::post("/v1/orders").key("the same each time").text(order);
    let shop = Installation::on_sqlite();
    let (server, address) = shop.serve(&["--demo"]);
    let before = shop.orders().await.len();
    server.limit_files("4096");
    for _ in 0..2 {
        let refused = send(&address, &place).await;
        assert_eq!((refused.status, &refused.json()["code"]), (503, &json!("storage-unavailable")));
        assert_eq!(refused.header("retry-after"), Some("1"));
        let problem = send(&address, &Request::get("/readyz")).await;
        assert_eq!((problem.status, &problem.json()["errors"][0]["pointer"]), (503, &json!("writes")));
        assert_eq!(send(&address, &Request::get("/v1/products")).await.status, 200);
    }
    server.limit_files("unlimited");
    while send(&address, &Request::get("/readyz")).await.status == 503 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    send(&address, &place).await.created();
    server.signal("TERM");
    let (code, _, said) = server.end();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(shop.orders().await.len(), before + 1);
    assert_ends(&shop.run(&["verify"]), 0, "everything holds");
}

#[test]
fn files_are_private() {
    let shop = Installation::on_sqlite();
    let (server, _) = shop.serve(&[]);
    server.signal("TERM");
    assert_eq!(server.end().0, Some(0));
    let mode = |path: &str| shop.path().join(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    for file in ["data/ordervault.db", "data/secret.key"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
    assert!(!shop.path().join("data/ordervault.db-wal").exists(), "the log is written back at the end");
}

#[tokio::test]
async fn a_configured_owner_is_made_without_telling_the_password() {
    let shop = Installation::on_sqlite();
    let environment = [
        ("ORDERVAULT_FIRST_RUN__OWNER_EMAIL", "chefin@shop.example"),
        ("ORDERVAULT_FIRST_RUN__OWNER_PASSWORD", "vier Pferde 14 cm"),
        ("ORDERVAULT_LOG__FORMAT", "json"),
    ];
    let args = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off"];
    let mut server = shop.start(&args, &environment);
    let line = server.wait_for("\"listening\"");
    let address = line.split("\"api\":\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(sign_in(address, "chefin@shop.example", "vier Pferde 14 cm").await.status, 200);
    server.signal("TERM");
    let (code, _, said) = server.end();
    assert_eq!(code, Some(0));
    assert!(!said.contains("Pferde"), "{said}");

    let shop = Installation::on_sqlite();
    let hash =
        "$argon2id$v=19$m=19456,t=2,p=1$Ohyx8orpZnGvOs7au+szFg$wAsVF8pGNYVQ4iX191PBViF1Mrk4GkmzQO7rBZ1POKE";
    let hashed = [("ORDERVAULT_FIRST_RUN__OWNER_PASSWORD_HASH", hash), ("ORDERVAULT_LOG__FORMAT", "json")];
    let mut server = shop.start(&args, &hashed);
    let line = server.wait_for("\"listening\"");
    let address = line.split("\"api\":\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(sign_in(address, "owner@localhost", "vier Pferde 14 cm").await.status, 200);
    drop(server);

    let short = [("ORDERVAULT_FIRST_RUN__OWNER_PASSWORD", "short")];
    let refused =
        Installation::on_sqlite().run_with(&["-q", args[0], args[1], args[2], args[3], args[4]], &short);
    assert_fails(&refused, 78, "first_run: the password is refused: staff need at least 15 characters");
}

#[tokio::test]
async fn the_demo_shop_is_the_same_on_both_engines_and_loaded_once() {
    let mut seen = Vec::new();
    for shop in Installation::on_both().await {
        for _ in 0..2 {
            let (server, address) = shop.serve(&["--demo"]);
            assert_eq!(
                sign_in(&address, "owner@example.com", "correct horse battery staple").await.status,
                200
            );
            server.signal("TERM");
            let (code, _, said) = server.end();
            assert_eq!(code, Some(0), "{said}");
            assert!(!said.contains("the time of orders was up"), "the past is no news: {said}");
        }
        let mut orders = shop.orders().await;
        let opening = orders.last().unwrap().placed_at.millis();
        for order in &mut orders {
            let OrderSummary { placed_at, updated_at, due_at, deleted_at, .. } = order;
            for time in [placed_at, updated_at].into_iter().chain(due_at).chain(deleted_at) {
                *time = time.plus_millis(-opening);
            }
        }
        seen.push(orders);
    }
    assert_eq!(seen[0].len(), 200);
    assert_eq!(seen[0], seen[1], "but for when it was loaded");
}

#[test]
fn a_sqlite_file_has_one_server() {
    let shop = Installation::on_sqlite();
    let serve = ["-q", "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off"];
    for signal in ["KILL", "TERM"] {
        let (server, _) = shop.serve(&[]);
        assert_fails(&shop.run(&serve), 69, "another server runs on ");
        // Commands go on beside it.
        assert_ends(&shop.run(&["-q", "verify"]), 0, "");
        server.signal(signal);
        server.end();
    }
}

#[tokio::test]
async fn members_are_made_listed_and_given_new_passwords() {
    for shop in Installation::on_both().await {
        let shown = |out: &[u8]| text(out).lines().last().unwrap().rsplit(' ').next().unwrap().to_owned();
        let create = ["member", "create", "Ana@Shop.example", "--name", "Ana 林", "--role", "owner,clerk"];
        let made = shop.run(&create);
        assert_ends(
            &made,
            0,
            "\tana@shop.example\tAna 林\towner,clerk\tall stores\tactive\npassword, shown this once",
        );
        assert_fails(&shop.run(&create), 2, "another one has this email already");
        assert_ends(&shop.run(&["member", "list"]), 0, "\tana@shop.example\t");
        let (server, address) = shop.serve(&[]);
        assert!(!server.said.contains("There was no staff account"));
        let first = shown(&made.stdout);
        assert_eq!(sign_in(&address, "ana@shop.example", &first).await.status, 200, "{first}");
        let reset = shop.run(&["member", "reset-password", "ana@shop.example"]);
        let second = shown(&reset.stdout);
        assert_eq!(sign_in(&address, "ana@shop.example", &first).await.status, 401);
        assert_eq!(sign_in(&address, "ana@shop.example", &second).await.status, 200, "{second}");
        let unlocked = shop.run(&["member", "unlock", "ana@shop.example"]);
        assert_ends(&unlocked, 0, "\tactive\nfor an hour, logins from new addresses are let through\n");
        let given = ["member", "reset-password", "ana@shop.example", "--password-stdin"];
        assert_ends(&shop.run_reading(&given, "sieben Ziegen am Zaun\n"), 0, "ana@shop.example");
        assert_eq!(sign_in(&address, "ana@shop.example", "sieben Ziegen am Zaun").await.status, 200);
        server.signal("TERM");
        assert_eq!(server.end().0, Some(0));
    }
}

#[test]
fn members_that_cannot_be_are_refused_in_one_line() {
    let shop = Installation::on_sqlite();
    let create = |email: &str, name: &str, role: &str, store: &[&str]| {
        let args = ["-q", "member", "create", email, "--name", name, "--role", role];
        shop.run(&[&args[..], store].concat())
    };
    assert_fails(&create("ana", "Ana", "owner", &[]), 2, "ana: not an e-mail address");
    assert_fails(&create("a@b.example", " ", "owner", &[]), 2, "the name must not be blank");
    assert_fails(&create("a@b.example", "Ana", "admin", &[]), 2, "there is no role admin; there are owner,");
    assert_fails(&create("a@b.example", "Ana", "clerk", &["--store", "x"]), 2, "store x: not an id");
    let unknown = ["--store", "sto_0NEHNAF80JYTAF"];
    assert_fails(&create("a@b.example", "Ana", "clerk", &unknown), 2, "there is no store sto_0NEHNAF80JYTAF");
    let nobody = shop.run(&["-q", "member", "reset-password", "nobody@b.example"]);
    assert_fails(&nobody, 2, "no member signs in as nobody@b.example");
    assert_fails(&shop.run(&["-q", "member", "unlock", "nobody@b.example"]), 2, "no member signs in as");
    let short =
        ["-q", "member", "create", "a@b.example", "--name", "Ana", "--role", "clerk", "--password-stdin"];
    assert_fails(&shop.run_reading(&short, "short\n"), 2, "staff need at least 15 characters");
}

#[tokio::test]
async fn what_keeps_a_command_from_working_is_told_in_one_line() {
    let shop = Installation::on_sqlite();
    let unreachable = ["migrate", "--database-url", "postgres://shop:hush@127.0.0.1:1/shop"];
    let output = shop.run(&unreachable);
    assert_fails(&output, 69, "cannot reach postgres://shop:***@127.0.0.1:1/shop: Connection refused");
    assert!(!text(&output.stderr).contains("hush"));

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = shop.run(&["serve", "--listen", &address]);
    assert_fails(&output, 69, &format!("cannot listen on {address}: Address already in use"));
    let output = shop.run(&["serve", "--listen", "127.0.0.1:0", "--metrics-listen", &address]);
    assert_fails(&output, 69, "--metrics-listen");
    assert!(!shop.path().join("data").exists(), "nothing is made before it is clear that it can serve");

    // A file where the folder should be stands for every folder that cannot be made.
    std::fs::write(shop.path().join("data"), "").unwrap();
    for args in [&["migrate"][..], &["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off"]] {
        assert_fails(&shop.run(args), 73, "cannot make the folder ./data: ");
    }
    let nowhere = ["migrate", "--database-url", "sqlite:///nowhere/at/all.db"];
    assert_fails(&shop.run(&nowhere), 73, "cannot open the database file /nowhere/at/all.db: ");
    assert_fails(
        &shop.run(&["member", "list", "--data-dir", "none"]),
        69,
        "there is no database file none/ordervault.db",
    );
}

#[test]
fn a_secret_file_that_others_can_read_is_refused() {
    let shop = Installation::on_sqlite();
    // A secret file and no database: a lost shop, unless a new one is meant.
    let args = ["-q", "serve", "--new", "--listen", "127.0.0.1:0", "--metrics-listen", "off"];
    std::fs::create_dir(shop.path().join("data")).unwrap();
    let secret = shop.path().join("data/secret.key");
    std::fs::write(&secret, "x").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_fails(&shop.run(&args), 78, "chmod 600 ./data/secret.key");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_fails(&shop.run(&args), 78, "must hold one or two lines, each 32 bytes in base64");
}

#[tokio::test]
async fn a_schema_that_is_not_this_programs_is_refused() {
    let shop = Installation::on_sqlite();
    let production = [("ORDERVAULT_MODE", "production")];
    let args = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off"];
    assert_fails(&shop.run_with(&args, &production), 78, "run `ordervault migrate`");
    assert_ends(
        &shop.run_with(&["migrate"], &production),
        0,
        &format!("schema {} is up to date\n", newest_schema()),
    );
    let file = shop.path().join("data/ordervault.db");
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    sqlx::query("UPDATE _sqlx_migrations SET version = version + 9000")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    for args in [&["migrate"][..], &["member", "list"], &args] {
        let newer = format!(
            "schema {}, this program knows {}: use the newer program",
            newest_schema() + 9_000,
            newest_schema()
        );
        assert_fails(&shop.run(args), 78, &newer);
    }
}

#[tokio::test]
async fn a_schema_that_was_never_released_is_refused_and_left_as_it_is() {
    let shop = Installation::on_sqlite();
    let folder = olist(shop.path(), 1, 3);
    assert_ends(&shop.run(&["import", "olist", folder.to_str().unwrap()]), 0, "orders: 3 new");
    let file = shop.path().join("data/ordervault.db");
    let mut connection = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    for older in ["UPDATE _sqlx_migrations SET checksum = x'01'", "DROP INDEX orders_by_time"] {
        sqlx::query(older).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let before = std::fs::read(&file).unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off"];
    for args in
        [&serve[..], &["migrate"], &["verify"], &["export", "jsonl", "shop.jsonl"], &["member", "list"]]
    {
        assert_fails(
            &shop.run(args),
            78,
            "was never released: export it (`ordervault export jsonl`) with the program",
        );
        assert!(std::fs::read(&file).unwrap() == before, "{args:?} changed the file");
    }
    assert!(!shop.path().join("shop.jsonl").exists());
}

#[tokio::test]
async fn a_server_runs_its_timers() {
    for shop in Installation::on_both().await {
        let args = ["serve", "--demo", "--listen", "127.0.0.1:0", "--metrics-listen", "off"];
        let settings = [("ORDERVAULT_LOG__FORMAT", "json"), ("ORDERVAULT_JOBS__INTERVAL", "1s")];
        let mut server = shop.start(&args, &settings);
        let line = server.wait_for("\"listening\"");
        let address = line.split("\"api\":\"").nth(1).unwrap().split('"').next().unwrap();
        let login = sign_in(address, "owner@example.com", "correct horse battery staple").await.ok();
        let token = login["access_token"].as_str().unwrap();
        let waiting = || async {
            let orders = shop.orders().await;
            orders.iter().filter(|order| order.status == Status::PendingReview).count()
        };
        assert!(waiting().await > 0);
        for store in ["sto_0NEHNAF80JYTAF", "sto_0NEHNHSM1N77WS", "sto_0NEHNS401X8Z8V"] {
            let on = json!({"policy": {"cancel_unconfirmed_minutes": 60}});
            let change = Request::new("PATCH", format!("/v1/staff/stores/{store}")).if_match("*").json(&on);
            send(address, &change.bearer(token)).await.ok();
            server.wait_for("\"job\":\"expiries\"");
        }
        server.signal("TERM");
        assert_eq!(server.end().0, Some(0));
        assert_eq!(waiting().await, 0);
    }
}
