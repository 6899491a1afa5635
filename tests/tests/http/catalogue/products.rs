//! Products, as staff look after them and everybody sees them.

use super::stores::walk;
use super::*;

ordervault_tests::twin_tests!(
    a_product_lives_from_creation_to_deactivation,
    bad_products_are_refused_by_field,
    a_stock_keeping_unit_is_unique_within_its_store,
    stock_never_falls_below_what_is_reserved,
    a_repeated_adjustment_counts_once,
    lists_are_filtered_and_paged,
    what_is_sold_no_more_is_read_by_who_ordered_it,
);

const NEW: &str = "/v1/staff/products";

fn new_product(store: &Value) -> Value {
    json!({"store_id": store["id"], "sku": "TEA-001", "title": "高山烏龍茶 150g", "category": "tea", "price": 199_900,
        "on_hand": 12})
}

async fn a_product_lives_from_creation_to_deactivation(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let store = owner.new_store().await;
    let product = owner.post(NEW, new_product(&store)).await.created();
    let expected = json!({"id": product["id"], "version": 1, "store_id": store["id"], "sku": "TEA-001",
        "title": "高山烏龍茶 150g", "category": "tea", "active": true, "on_hand": 12, "reserved": 0, "available": 12,
        "price": {"amount": 199_900, "currency": "TWD", "exponent": 2},
        "created_at": "2026-01-31T08:00:00.000Z", "updated_at": "2026-01-31T08:00:00.000Z"});
    assert_eq!(product, expected);
    let at = path("products", &product);

    let edit = json!({"title": "Oolong", "category": null, "price": 0, "sku": "TEA-002"});
    let edited = owner.patch(&at, "\"1\"", edit).await.ok();
    assert_eq!((&edited["title"], edited.get("category")), (&json!("Oolong"), None));
    assert_eq!(
        (&edited["price"]["amount"], &edited["sku"], &edited["version"]),
        (&json!(0), &json!("TEA-002"), &json!(2))
    );

    let adjust = format!("{at}/stock-adjustments");
    let adjusted = owner.post(&adjust, json!({"delta": -2, "comment": "two broke"})).await.ok();
    assert_eq!((&adjusted["on_hand"], &adjusted["version"]), (&json!(10), &json!(3)));
    assert_eq!(owner.post(&adjust, json!({"delta": 0})).await.ok()["version"], 3, "nothing to do");
    let stale = owner.patch(&at, "\"1\"", json!({"title": "Tea"})).await;
    let changed = ["/sku", "/title", "/category", "/price"].map(|field| (field, "changed"));
    stale.faults(Code::PreconditionFailed, &changed);

    assert_eq!(owner.act(&format!("{at}/deactivate")).await.ok()["active"], false);
    assert_eq!(owner.act(&format!("{at}/deactivate")).await.ok()["version"], 4);
    assert_eq!(owner.act(&format!("{at}/activate")).await.ok()["active"], true);
    assert_eq!(owner.get(&at).await.header("etag"), Some("\"5\""));

    let history = owner.get(&format!("{at}/history")).await.rows(5);
    let adjusted = &history[2];
    assert_eq!((&adjusted["event"], &adjusted["delta"]), (&json!("stock_adjusted"), &json!(-2)));
    assert_eq!((&adjusted["comment"], &adjusted["changes"]), (&json!("two broke"), &json!([])));
    assert_eq!(history[1]["changes"][2], json!({"field": "category", "before": "tea"}));
    server.close().await;
}

async fn bad_products_are_refused_by_field(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let store = owner.new_store().await;
    let product = owner.new_product(&store, 1).await;
    let with = |field: &str, value: Value| {
        let mut body = new_product(&store);
        body[field] = value;
        body
    };
    for (field, value, code) in [
        ("store_id", json!("sto_1"), "unknown-store"),
        ("store_id", json!(product["id"]), "unknown-store"),
        ("on_hand", json!(-1), "out-of-range"),
        ("on_hand", json!(1_000_000_001), "out-of-range"),
    ] {
        owner
            .post(NEW, with(field, value))
            .await
            .faults(Code::ValidationFailed, &[(&format!("/{field}"), code)]);
    }
    for (field, value, code) in [
        ("sku", json!(" "), "blank"),
        ("sku", json!("x".repeat(101)), "too-long"),
        ("sku", json!("a\u{0007}b"), "forbidden-character"),
        ("title", json!("x".repeat(201)), "too-long"),
        ("category", json!(""), "blank"),
        ("category", json!("x".repeat(101)), "too-long"),
        ("price", json!(-1), "out-of-range"),
        ("price", json!(1_000_000_000_001_i64), "out-of-range"),
        ("price", json!(1.5), "wrong-type"),
        ("price", json!({"amount": 1}), "wrong-type"),
        ("reserved", json!(1), "unknown-field"),
    ] {
        let pointer = format!("/{field}");
        let expected = [(pointer.as_str(), code)];
        owner.post(NEW, with(field, value.clone())).await.faults(Code::ValidationFailed, &expected);
        let patched = owner.patch(&path("products", &product), "\"1\"", json!({field: value})).await;
        patched.faults(Code::ValidationFailed, &expected);
    }
    let stock = json!({"on_hand": 5});
    owner
        .patch(&path("products", &product), "\"1\"", stock)
        .await
        .faults(Code::ValidationFailed, &[("/on_hand", "unknown-field")]);
    let dearest = with("price", json!(1_000_000_000_000_i64));
    assert_eq!(owner.post(NEW, dearest).await.created()["price"]["amount"], 1_000_000_000_000_i64);
    server.close().await;
}

async fn a_stock_keeping_unit_is_unique_within_its_store(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let (store, other_store) = (owner.new_store().await, owner.new_store().await);
    owner.post(NEW, new_product(&store)).await.created();
    let taken = [("/sku", "duplicate")];
    owner.post(NEW, new_product(&store)).await.faults(Code::Duplicate, &taken);
    owner.post(NEW, new_product(&other_store)).await.created();
    let another = owner.new_product(&store, 1).await;
    owner
        .patch(&path("products", &another), "\"1\"", json!({"sku": "TEA-001"}))
        .await
        .faults(Code::Duplicate, &taken);
    server.close().await;
}

async fn stock_never_falls_below_what_is_reserved(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let store = owner.new_store().await;
    let product = owner.new_product(&store, 5).await;
    let customer = server.customer().await;
    customer.post_once("/v1/orders", "k", order_of(&product, 3)).await.created();
    let at = path("products", &product);
    let read = owner.get(&at).await;
    let numbers = |body: &Value| {
        ["on_hand", "reserved", "available"].map(|name| body[name].as_i64().expect("a number"))
    };
    assert_eq!(
        (numbers(&read.ok()), read.header("etag")),
        ([5, 3, 2], Some("\"1\"")),
        "orders do not raise the version"
    );

    let adjust = format!("{at}/stock-adjustments");
    let refused = owner.post(&adjust, json!({"delta": -3})).await.problem(Code::StockReserved);
    assert!(refused["detail"].as_str().expect("a text").contains('3'), "{refused}");
    assert_eq!(numbers(&owner.post(&adjust, json!({"delta": -2})).await.ok()), [3, 3, 0]);
    for (delta, code) in
        [(1_000_000_001, "out-of-range"), (1_000_000_000, "out-of-range"), (-1_000_000_001, "out-of-range")]
    {
        owner
            .post(&adjust, json!({"delta": delta}))
            .await
            .faults(Code::ValidationFailed, &[("/delta", code)]);
    }
    owner.post(&adjust, json!({})).await.faults(Code::ValidationFailed, &[("/delta", "missing")]);
    assert_eq!(server.anonymous().get("/v1/products").await.rows(1)[0]["available"], 0);
    server.close().await;
}

async fn a_repeated_adjustment_counts_once(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let store = owner.new_store().await;
    let product = owner.new_product(&store, 5).await;
    let at = path("products", &product);
    let adjust = format!("{at}/stock-adjustments");
    let body = json!({"delta": 10});
    assert_eq!(owner.post_once(&adjust, "delivery", body.clone()).await.ok()["on_hand"], 15);
    server.customer().await.post_once("/v1/orders", "k", order_of(&product, 4)).await.created();
    owner.patch(&at, "\"2\"", json!({"title": "Later"})).await.ok();
    let again = owner.post_once(&adjust, "delivery", body.clone()).await;
    assert_eq!((again.header("idempotent-replayed"), again.header("etag")), (Some("true"), Some("\"2\"")));
    let again = again.ok();
    assert_eq!(again["title"], product["title"], "the product as it was then");
    assert_eq!([&again["on_hand"], &again["reserved"]], [15, 4], "and its stock of now");
    owner.post_once(&adjust, "delivery", json!({"delta": 11})).await.problem(Code::IdempotencyKeyReused);
    let other = format!("{}/stock-adjustments", path("products", &owner.new_product(&store, 1).await));
    owner.post_once(&other, "delivery", body).await.problem(Code::IdempotencyKeyReused);
    server.close().await;
}

#[expect(clippy::too_many_lines, reason = "one list, asked in every way")]
async fn lists_are_filtered_and_paged(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let (store, other) = (owner.new_store().await, owner.new_store().await);
    let mut made = vec![];
    for (store, sku, title, category) in [
        (&store, "A-1", "高山烏龍茶", json!("tea")),
        (&store, "A-2", "Thermos cup", json!("kitchen")),
        (&store, "A-3", "保温杯 tea cup", json!("kitchen")),
        (&other, "B-1", "Rooibos", json!("tea")),
        (&other, "B-2", "Gift", Value::Null),
    ] {
        let mut body =
            json!({"store_id": store["id"], "sku": sku, "title": title, "price": 100, "category": category});
        if category.is_null() {
            body.as_object_mut().expect("an object").remove("category");
        }
        made.push(owner.post(NEW, body).await.created());
    }
    owner.act(&format!("{}/deactivate", path("products", &made[1]))).await.ok();
    let closed = owner.new_store().await;
    made.push(owner.new_product(&closed, 1).await);
    owner.act(&format!("{}/deactivate", path("stores", &closed))).await.ok();

    let anonymous = server.anonymous();
    let id = |store: &Value| store["id"].as_str().expect("a text").to_owned();
    let unknown = ordervault_domain::id::StoreId::from_i64(7);
    for (query, for_all, for_staff) in [
        (String::new(), vec![4, 3, 2, 0], vec![5, 4, 3, 2, 1, 0]),
        (format!("store={}", id(&store)), vec![2, 0], vec![2, 1, 0]),
        ("category=tea".into(), vec![3, 0], vec![5, 3, 0]),
        ("q=cup".into(), vec![2], vec![2, 1]),
        ("q=%E7%83%8F%E9%BE%8D".into(), vec![0], vec![5, 0]),
        ("q=b-2".into(), vec![4], vec![4]),
        (format!("store={}&category=kitchen&q=tea", id(&store)), vec![2], vec![2]),
        ("category=nothing".into(), vec![], vec![]),
    ] {
        for (client, list, expected) in [(&anonymous, "/v1/products", for_all), (&owner, NEW, for_staff)] {
            let expected: Vec<_> =
                expected.into_iter().map(|index: usize| made[index]["id"].clone()).collect();
            let found = walk(client, &format!("{list}?{query}")).await;
            assert_eq!(found, expected, "{list}?{query}");
            assert_eq!(walk(client, &format!("{list}?limit=1&{query}")).await, expected, "{list}?{query}");
        }
    }
    for (query, count) in [("active=true", 4), ("active=false", 2)] {
        let found = owner.get(&format!("{NEW}?{query}&include_total=true&limit=1")).await.ok();
        assert_eq!(
            (&found["total"], &found["total_is_lower_bound"]),
            (&json!(count), &json!(false)),
            "{query}"
        );
    }
    for client in [&anonymous, &owner] {
        let list = if client.id.is_empty() { "/v1/products" } else { NEW };
        client.get(&format!("{list}?store={unknown}")).await.rows(0);
        for bad in ["store=x", "limit=0", "limit=101", "q=", "categori=tea", "cursor=!"] {
            client.get(&format!("{list}?{bad}")).await.problem(Code::InvalidParameter);
        }
        let cursor = client.get(&format!("{list}?limit=1")).await.ok()["next_cursor"]
            .as_str()
            .expect("a text")
            .to_owned();
        client.get(&format!("{list}?category=tea&cursor={cursor}")).await.problem(Code::InvalidParameter);
    }
    anonymous.get("/v1/products?active=false").await.problem(Code::InvalidParameter);

    let public = anonymous.get("/v1/products?q=rooibos").await.rows(1);
    let expected = json!({"id": made[3]["id"], "store_id": other["id"], "sku": "B-1", "title": "Rooibos", "category": "tea",
        "price": {"amount": 100, "currency": "TWD", "exponent": 2}, "available": 0, "active": true});
    assert_eq!(public[0], expected);
    server.close().await;
}

async fn what_is_sold_no_more_is_read_by_who_ordered_it(db: Db) {
    let server = TestServer::open(&db).await;
    let owner = server.staff(Role::Owner).await;
    let (buyer, other, nobody) = (server.customer().await, server.customer().await, server.anonymous());
    let store = owner.new_store().await;
    let [ordered, gone, sold] = [
        owner.new_product(&store, 9).await,
        owner.new_product(&store, 9).await,
        owner.new_product(&store, 9).await,
    ];
    let open = |kind: &str, found: &Value| format!("/v1/{kind}/{}", found["id"].as_str().unwrap_or_default());
    let stops = |kind: &str, found: &Value| format!("{}/deactivate", path(kind, found));
    buyer.post_once("/v1/orders", &server.key(), order_of(&ordered, 1)).await.created();
    for reader in [&buyer, &other, &nobody] {
        let listed = reader.get("/v1/products").await.rows(3);
        assert_eq!(reader.get(&open("products", &sold)).await.ok(), listed[0]);
        assert_eq!(reader.get(&open("stores", &store)).await.ok(), nobody.get("/v1/stores").await.rows(1)[0]);
        reader.get("/v1/products/prd_x").await.problem(Code::NotFound);
    }
    for product in [&ordered, &gone] {
        owner.act(&stops("products", product)).await.ok();
    }
    for (reader, is_seen) in [(&buyer, true), (&other, false), (&nobody, false)] {
        sees(reader, open("products", &ordered), is_seen).await;
        sees(reader, open("products", &gone), false).await;
    }
    owner.act(&stops("stores", &store)).await.ok();
    for (reader, is_seen) in [(&buyer, true), (&other, false), (&nobody, false)] {
        sees(reader, open("stores", &store), is_seen).await;
        sees(reader, open("products", &ordered), is_seen).await;
        sees(reader, open("products", &sold), false).await;
    }
    server.close().await;
}

async fn sees(reader: &Client<'_>, at: String, is_seen: bool) {
    let answer = reader.get(&at).await;
    if is_seen {
        assert_eq!(answer.ok()["active"], false, "{at}");
    } else {
        answer.problem(Code::NotFound);
    }
}
