//! `import olist` as an operator sees it, on both engines.

use ordervault_tests::http::Request;
use serde_json::json;

use crate::installation::{Installation, assert_ends, assert_fails, newest_schema, olist, send, text};

#[tokio::test]
async fn a_slice_comes_in_once_and_another_one_on_top() {
    for shop in Installation::on_both().await {
        let folder = olist(shop.path(), 1, 8);
        let folder = folder.to_str().unwrap();
        let first = shop.run(&["import", "olist", folder]);
        assert_ends(&first, 0, "stores: 2 new, 0 already there, 0 refused\n");
        assert_ends(&first, 0, "customers: 5 new,");
        assert_ends(&first, 0, "products: 5 new,");
        assert_ends(&first, 0, "orders: 8 new, 0 already there, 0 refused\n");
        let orders = shop.orders().await;
        assert_eq!(orders.iter().map(|order| order.total.get()).sum::<i64>(), 8 * 2_300);
        let of = |status: &str| {
            orders.iter().filter(|order| order.source_status.as_deref() == Some(status)).count()
        };
        assert_eq!(["delivered", "shipped", "canceled", "created"].map(of), [2; 4]);

        let again = shop.run(&["import", "olist", folder]);
        assert_ends(&again, 0, "orders: 0 new, 8 already there, 0 refused\nnothing new");
        assert_eq!(shop.orders().await, orders, "twice changes nothing");

        let more = olist(shop.path(), 6, 12);
        let more = shop.run(&["import", "olist", more.to_str().unwrap()]);
        assert_ends(&more, 0, "orders: 4 new, 3 already there, 0 refused\n");
        assert_ends(&more, 0, "products: 1 new, 4 already there");
        assert_eq!(shop.orders().await.len(), 12);
    }
}

#[tokio::test]
async fn a_broken_row_costs_its_order_and_the_exit_code_says_so() {
    for shop in Installation::on_both().await {
        let folder = olist(shop.path(), 1, 4);
        let items = folder.join("olist_order_items_dataset.csv");
        let broken = std::fs::read_to_string(&items).unwrap().replacen("o3,2,p0,s1", "o3,2,p0", 1);
        std::fs::write(&items, broken).unwrap();
        let output = shop.run(&["import", "olist", folder.to_str().unwrap()]);
        assert_ends(&output, 1, "orders: 3 new, 0 already there, 0 refused\n");
        assert_ends(&output, 1, "3 orders, 0 of them without lines; 1 skipped\n");
        let told = "olist_order_items_dataset.csv:7: wrong number of fields (order o3 is skipped)\n";
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
        assert_eq!(shop.orders().await.len(), 3);
    }
}

#[test]
fn an_order_of_the_future_is_refused_and_nothing_else() {
    let shop = Installation::on_sqlite();
    let folder = olist(shop.path(), 1, 2);
    let orders = folder.join("olist_orders_dataset.csv");
    let later = std::fs::read_to_string(&orders).unwrap().replacen("2017-04", "2077-04", 1);
    std::fs::write(&orders, later).unwrap();
    let output = shop.run(&["import", "olist", folder.to_str().unwrap()]);
    assert_ends(&output, 1, "orders: 1 new, 0 already there, 1 refused\n");
    assert!(text(&output.stderr).contains("order o1: it was bought in the future\n"));
}

#[tokio::test]
async fn two_imports_at_once_bring_everything_in_once() {
    for shop in Installation::on_both().await {
        let folder = olist(shop.path(), 1, 400);
        let args = ["import", "olist", folder.to_str().unwrap()];
        assert_ends(&shop.run(&["migrate"]), 0, &format!("schema {} is up to date", newest_schema()));
        let (one, other) = (shop.start(&args, &[]), shop.start(&args, &[]));
        let (one, other) = (one.end(), other.end());
        assert_eq!((one.0, other.0), (Some(0), Some(0)), "{}{}", one.2, other.2);
        let new = |out: &str| -> usize {
            let line = out.lines().find(|line| line.starts_with("orders: ")).unwrap();
            line.split(' ').nth(1).unwrap().parse().unwrap()
        };
        assert_eq!(new(&one.1) + new(&other.1), 400);
        assert_eq!(shop.orders().await.len(), 400);
    }
}

#[tokio::test]
async fn orders_come_in_while_a_server_runs() {
    for shop in Installation::on_both().await {
        let (server, address) = shop.serve(&["--demo"]);
        let folder = olist(shop.path(), 1, 600);
        let mut import = shop.start(&["import", "olist", folder.to_str().unwrap()], &[]);
        import.wait_for("orders: ");
        let login = json!({"email": "ming@example.com", "password": "correct horse battery"});
        // Logins are written, too.
        send(&address, &Request::post("/v1/auth/login").json(&login)).await.ok();
        let (code, out, said) = import.end();
        assert_eq!(code, Some(0), "{out}{said}");
        server.signal("TERM");
        assert_eq!(server.end().0, Some(0));
        assert_eq!(shop.orders().await.len(), 800);
    }
}

#[tokio::test]
async fn a_stopped_import_says_so_and_the_next_one_brings_the_rest() {
    for (shop, signal) in Installation::on_both().await.into_iter().zip(["INT", "TERM"]) {
        let folder = olist(shop.path(), 1, 6_000);
        let args = ["import", "olist", folder.to_str().unwrap()];
        let mut import = shop.start(&args, &[]);
        import.wait_for("orders: ");
        import.signal(signal);
        let (code, out, said) = import.end();
        assert_eq!(code, Some(1), "{out}{said}");
        assert!(out.contains("not taken up\nstopped before the end"), "{out}");
        let left = shop.orders().await.len();
        assert!(left < 6_000, "{left}");
        assert_ends(&shop.run(&args), 0, &format!("{left} already there, 0 refused\n"));
        assert_eq!(shop.orders().await.len(), 6_000);
    }
}

#[test]
fn a_missing_file_leaves_no_database_behind() {
    let shop = Installation::on_sqlite();
    let folder = olist(shop.path(), 1, 2);
    std::fs::remove_file(folder.join("olist_sellers_dataset.csv")).unwrap();
    let output = shop.run(&["-q", "import", "olist", folder.to_str().unwrap()]);
    assert_fails(&output, 74, "has no olist_sellers_dataset");
    assert!(!shop.path().join("data").exists());
}
