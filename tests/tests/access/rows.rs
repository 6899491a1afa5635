//! One row per operation.

use ordervault_domain::id::OrderId;
use ordervault_domain::order::Status;
use ordervault_tests::shop::PASSWORD;
use serde_json::{Value, json};

use crate::fixture::Fixture;

/// Whom an operation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    /// Everybody, without a token.
    Anybody,
    /// Whoever wants to order: customers, and everybody without a token.
    Orderers,
    /// Customers, and whoever has a grant for the order.
    Buyers,
    /// Signed-in customers.
    Customers,
    /// Members with this permission; none: any member.
    Staff(Option<&'static str>),
}

/// What stands for `{id}`, made new for each request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    Nothing,
    Order(Status),
    /// An order under its id on the public board.
    Board,
    /// An order with a discount.
    Adjusted,
    /// An order for which too much was paid.
    Overpaid,
    /// The same, of which something is being paid back.
    Refunding,
    /// An order with a planned fulfillment.
    Planned,
    /// An order whose goods have left.
    Sent,
    /// An order whose goods are lost.
    Lost,
    /// An order whose goods have arrived.
    Delivered,
    /// An order in the trash.
    Trash,
    Store,
    Product,
    Customer,
    Member,
    /// A login of the customer's.
    Session,
    /// One that confirms an order and waits, of whoever asks.
    Batch,
    /// One that confirmed an order, of whoever asks.
    FinishedBatch,
}

/// An operation, and a good request for it.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) operation: &'static str,
    pub(crate) is_for: For,
    pub(crate) target: Target,
    pub(crate) query: &'static str,
    pub(crate) body: Option<fn(&Fixture) -> Value>,
}

fn money(minor_units: i64) -> Value {
    json!({"amount": minor_units, "currency": "TWD"})
}

fn row(operation: &'static str, is_for: For, target: Target) -> Row {
    Row { operation, is_for, target, query: "", body: None }
}

impl For {
    /// What the description says: the bearers of which one is needed; an empty name: none is.
    pub(crate) fn bearers(self) -> &'static [&'static str] {
        match self {
            Self::Anybody => &[],
            Self::Orderers => &["", "customer_bearer"],
            Self::Buyers => &["customer_bearer", "guest_bearer"],
            Self::Customers => &["customer_bearer"],
            Self::Staff(_) => &["staff_bearer"],
        }
    }

    /// Is it open without a token?
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Anybody | Self::Orderers)
    }
}

impl Row {
    fn asking(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    fn with(self, body: fn(&Fixture) -> Value) -> Self {
        Self { body: Some(body), ..self }
    }
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = for_everybody();
    rows.extend(for_customers());
    rows.extend(for_staff_themselves());
    rows.extend(for_staff_with_orders());
    rows.extend(for_staff_with_goods());
    rows.extend(for_staff_with_batches());
    rows.extend(for_staff_with_customers());
    rows.extend(for_staff_with_members());
    rows.extend(for_staff_with_the_catalogue());
    rows
}

fn for_everybody() -> Vec<Row> {
    let open = |operation| row(operation, For::Anybody, Target::Nothing);
    vec![
        open("get_livez"),
        open("get_readyz"),
        open("get_version"),
        open("get_openapi"),
        open("list_stores"),
        row("get_store", For::Orderers, Target::Store),
        open("list_products"),
        row("get_product", For::Orderers, Target::Product),
        open("get_labels"),
        open("list_board_orders"),
        row("get_board_order", For::Anybody, Target::Board),
        open("look_up_order").with(known_order),
        open("register_customer").with(|fixture| {
            json!({"email": fixture.new_address(), "password": "blue horses eat soup", "name": "Ana"})
        }),
        open("request_password_reset").with(|fixture| json!({"email": fixture.customer_email()})),
        open("complete_password_reset")
            .with(|_| json!({"code": "3f2a-77b0-91cc-04de", "new_password": "blue horses eat soup"})),
        open("verify_email").with(|_| json!({"code": "3f2a-77b0-91cc-04de"})),
        open("login_customer").with(|fixture| json!({"email": fixture.customer_email(), "password": PASSWORD})),
        open("refresh_customer").with(|fixture| json!({"refresh_token": fixture.customer_refresh})),
        open("login_staff").with(|fixture| json!({"email": fixture.member_email(), "password": PASSWORD})),
        open("refresh_staff").with(|fixture| json!({"refresh_token": fixture.staff_refresh})),
    ]
}

fn for_customers() -> Vec<Row> {
    let own = |operation, target| row(operation, For::Customers, target);
    let bought = |operation| row(operation, For::Buyers, Target::Order(Status::Confirmed));
    vec![
        own("get_me", Target::Nothing),
        own("edit_me", Target::Nothing).with(|_| json!({"name": "陳怡君"})),
        own("change_email", Target::Nothing)
            .with(|fixture| json!({"current_password": PASSWORD, "email": fixture.new_address()})),
        own("delete_me", Target::Nothing)
            .with(|_| json!({"current_password": PASSWORD, "despite_open_orders": true})),
        own("undelete_me", Target::Nothing),
        own("list_sessions", Target::Nothing),
        own("end_session", Target::Session),
        own("request_email_verification", Target::Nothing),
        own("logout_customer", Target::Nothing),
        own("list_orders", Target::Nothing),
        own("take_order", Target::Nothing).with(known_order),
        row("place_order", For::Orderers, Target::Nothing).with(Fixture::order_body),
        bought("get_order"),
        bought("get_order_history"),
        bought("get_order_timeline"),
        bought("explain_order_totals"),
        bought("amend_order").with(|_| json!({"note": "別按門鈴"})),
        bought("cancel_order").with(|_| json!({"reason": "customer"})),
        row("receive_fulfillment", For::Buyers, Target::Sent),
        bought("hide_order"),
        bought("show_order"),
        own("change_password", Target::Nothing).with(new_password),
    ]
}

fn known_order(fixture: &Fixture) -> Value {
    let phone = fixture.order.contact.phone.as_ref().map(ToString::to_string);
    json!({"number": fixture.order.id.number(), "phone": phone})
}

fn for_staff_themselves() -> Vec<Row> {
    let any = |operation| row(operation, For::Staff(None), Target::Nothing);
    vec![any("get_staff_me"), any("change_staff_password").with(new_password), any("logout_staff")]
}

fn new_password(_: &Fixture) -> Value {
    json!({"current_password": PASSWORD, "new_password": "blue horses eat soup"})
}

fn for_staff_with_orders() -> Vec<Row> {
    let order =
        |operation, permission, status| row(operation, For::Staff(Some(permission)), Target::Order(status));
    let test = |_: &Fixture| json!({"reason": "test"});
    let mistake = |_: &Fixture| json!({"reason": "mistake"});
    vec![
        row("list_staff_orders", For::Staff(Some("orders:read")), Target::Nothing),
        row("place_staff_order", For::Staff(Some("orders:place")), Target::Nothing).with(|fixture| {
            let mut body = fixture.order_body();
            body["customer_id"] = json!(fixture.customer.id.to_string());
            body
        }),
        row("export_staff_orders", For::Staff(Some("orders:read")), Target::Nothing),
        order("get_staff_order", "orders:read", Status::Confirmed),
        order("get_staff_order_history", "history:read", Status::Confirmed),
        order("get_staff_order_timeline", "history:read", Status::Confirmed),
        order("explain_staff_order_totals", "orders:read", Status::Confirmed),
        order("get_staff_order_diff", "history:read", Status::Confirmed).asking("?from=1"),
        row("mark_orders_seen", For::Staff(Some("orders:read")), Target::Nothing)
            .with(|_| json!({"ids": [OrderId::from_i64(1).to_string()]})),
        row("get_summary", For::Staff(Some("orders:read")), Target::Nothing),
        row("list_history", For::Staff(Some("history:read")), Target::Nothing),
        order("confirm_order", "orders:confirm", Status::PendingReview),
        order("reject_order", "orders:reject", Status::PendingReview).with(test),
        order("start_order", "orders:start", Status::Confirmed),
        order("complete_order", "orders:complete", Status::Processing),
        order("amend_staff_order", "orders:amend", Status::Confirmed).with(|_| json!({"note": "別按門鈴"})),
        order("adjust_order", "orders:discount", Status::Confirmed)
            .with(|_| json!({"kind": "discount", "amount": 1, "reason": "goodwill"})),
        row("remove_adjustment", For::Staff(Some("orders:discount")), Target::Adjusted).with(|_| json!({})),
        order("record_payment", "payments:record", Status::Confirmed)
            .with(|_| json!({"method": "cash", "amount": money(1)})),
        order("get_refund_proposal", "payments:read", Status::Confirmed),
        row("issue_refund", For::Staff(Some("refunds:issue")), Target::Overpaid)
            .with(|_| json!({"amount": money(1), "reason": "overpaid"})),
        row("settle_refund", For::Staff(Some("payments:record")), Target::Refunding)
            .with(|_| json!({"succeeded": true})),
        order("write_off", "refunds:approve", Status::Confirmed)
            .with(|_| json!({"side": "forgive", "amount": money(1)})),
        order("cancel_staff_order", "orders:cancel", Status::Confirmed)
            .with(|_| json!({"reason": "inventory"})),
        order("invalidate_order", "orders:invalidate", Status::Confirmed).with(test),
        order("hide_staff_order", "orders:amend", Status::Confirmed),
        order("show_staff_order", "orders:amend", Status::Confirmed),
        order("link_order", "orders:amend", Status::Confirmed)
            .with(|fixture| json!({"customer_id": fixture.customer.id.to_string()})),
        order("unlink_order", "orders:amend", Status::Confirmed).with(mistake),
        order("restore_order", "orders:restore", Status::Invalid),
        order("unconfirm_order", "orders:reverse", Status::Confirmed).with(mistake),
        order("unstart_order", "orders:reverse", Status::Processing).with(mistake),
        order("reopen_order", "orders:reverse", Status::Completed).with(mistake),
        order("reinstate_order", "orders:reverse", Status::Cancelled).with(mistake),
        order("delete_order", "orders:delete", Status::Invalid),
        row("undelete_order", For::Staff(Some("orders:delete")), Target::Trash),
    ]
}

fn for_staff_with_goods() -> Vec<Row> {
    let order = |operation, permission| {
        row(operation, For::Staff(Some(permission)), Target::Order(Status::Confirmed))
    };
    let planned = |operation| row(operation, For::Staff(Some("fulfillments:work")), Target::Planned);
    let sent = |operation, permission| row(operation, For::Staff(Some(permission)), Target::Sent);
    vec![
        order("plan_fulfillment", "fulfillments:work"),
        order("ship_order", "fulfillments:work").with(|_| json!({"lines": [{"no": 1, "units": 1}]})),
        order("cancel_lines", "orders:cancel").with(|_| json!({"reason": "inventory"})),
        planned("pick_fulfillment"),
        planned("pack_fulfillment"),
        planned("ship_fulfillment"),
        planned("cancel_fulfillment"),
        sent("track_fulfillment", "fulfillments:track")
            .with(|_| json!({"parcels": [{"tracking_number": "RR 1"}]})),
        sent("deliver_fulfillment", "fulfillments:work"),
        sent("fail_fulfillment", "fulfillments:work")
            .with(|_| json!({"outcome": "returning", "reason": "refused"})),
        row("take_back_fulfillment", For::Staff(Some("fulfillments:work")), Target::Lost),
        row("settle_loss", For::Staff(Some("fulfillments:correct")), Target::Lost)
            .with(|_| json!({"by": "reship"})),
        row("correct_delivery", For::Staff(Some("fulfillments:correct")), Target::Delivered),
        planned("get_packing_slip"),
        planned("print_packing_slip"),
        row("get_picking_list", For::Staff(Some("fulfillments:work")), Target::Nothing),
    ]
}

fn for_staff_with_batches() -> Vec<Row> {
    let with = |operation, permission, target| row(operation, For::Staff(Some(permission)), target);
    vec![
        with("run_batch", "orders:confirm", Target::Nothing)
            .with(|_| json!({"action": "confirm", "ids": [OrderId::from_i64(7).to_string()]})),
        with("list_batches", "orders:read", Target::Nothing),
        with("get_batch", "orders:read", Target::Batch),
        with("list_batch_items", "orders:read", Target::Batch),
        with("cancel_batch", "orders:confirm", Target::Batch),
        with("approve_expiries", "expiries:approve", Target::Nothing)
            .with(|_| json!({"through": "2026-01-31T08:00:00Z", "comment": "a slow week"})),
        with("undo_batch", "orders:reverse", Target::FinishedBatch),
    ]
}

fn for_staff_with_customers() -> Vec<Row> {
    let write = |operation| row(operation, For::Staff(Some("customers:write")), Target::Customer);
    let read = |operation, permission| row(operation, For::Staff(Some(permission)), Target::Customer);
    vec![
        row("list_customers", For::Staff(Some("orders:read")), Target::Nothing),
        read("get_customer", "orders:read"),
        read("get_customer_history", "history:read"),
        read("get_customer_diff", "history:read").asking("?from=1"),
        write("activate_customer"),
        write("undelete_customer"),
        write("hand_out_code"),
        write("deactivate_customer").with(|_| json!({"reason": "stolen", "comment": "by phone"})),
    ]
}

fn for_staff_with_members() -> Vec<Row> {
    let with = |operation, permission, target| row(operation, For::Staff(Some(permission)), target);
    let write = |operation| with(operation, "members:write", Target::Member);
    vec![
        with("list_members", "members:read", Target::Nothing),
        with("get_member", "members:read", Target::Member),
        with("get_member_history", "members:read", Target::Member),
        with("get_member_diff", "members:read", Target::Member).asking("?from=1"),
        with("create_member", "members:write", Target::Nothing).with(|fixture| {
            json!({
                "email": fixture.new_address(), "name": "Ana", "roles": ["clerk"],
                "password": "blue horses eat soup", "store_ids": [fixture.store.id.to_string()],
            })
        }),
        write("edit_member").with(|_| json!({"name": "Ana Souza"})),
        write("activate_member"),
        write("deactivate_member"),
        write("reset_member_password").with(|_| json!({"new_password": "blue horses eat soup"})),
    ]
}

fn for_staff_with_the_catalogue() -> Vec<Row> {
    let with = |operation, permission, target| row(operation, For::Staff(Some(permission)), target);
    vec![
        with("list_staff_stores", "stores:read", Target::Nothing),
        with("get_staff_store", "stores:read", Target::Store),
        with("get_store_history", "history:read", Target::Store),
        with("get_store_diff", "history:read", Target::Store).asking("?from=1"),
        with("create_store", "stores:write", Target::Nothing)
            .with(|_| json!({"name": "Loja", "currency": "BRL", "time_zone": "America/Sao_Paulo"})),
        with("edit_store", "stores:write", Target::Store).with(|_| json!({"name": "Loja Nova"})),
        with("preview_store_expiry", "stores:write", Target::Store).asking("?minutes=60"),
        with("activate_store", "stores:write", Target::Store),
        with("deactivate_store", "stores:write", Target::Store),
        with("list_staff_products", "products:read", Target::Nothing),
        with("get_staff_product", "products:read", Target::Product),
        with("get_product_history", "history:read", Target::Product),
        with("get_product_diff", "history:read", Target::Product).asking("?from=1"),
        with("create_product", "products:write", Target::Nothing).with(|fixture| {
            let sku = format!("NEW-{}", fixture.server.number());
            json!({"store_id": fixture.store.id.to_string(), "sku": sku, "title": "Copo", "price": 100})
        }),
        with("edit_product", "products:write", Target::Product).with(|_| json!({"title": "Copo azul"})),
        with("activate_product", "products:write", Target::Product),
        with("deactivate_product", "products:write", Target::Product),
        with("adjust_stock", "stock:adjust", Target::Product).with(|_| json!({"delta": 5})),
    ]
}
