//! The shop that the operations are tried on, and what the committed documents say about them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use ordervault_api::settings::{MailSettings, Rates, Settings};
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::Contact;
use ordervault_domain::customer::Customer;
use ordervault_domain::member::{self, Member, MemberEdit};
use ordervault_domain::money::{Amount, Money};
use ordervault_domain::order::{FailureReason, Order, OrderCommand, OrderCommandKind, Status};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_persistence::Realm;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, BatchOperation, Effect, Operation};
use ordervault_tests::http::Request;
use ordervault_tests::queue::{batch_action, on_member};
use ordervault_tests::samples::{first_grant, one_off, paid, paid_back};
use ordervault_tests::server::TestServer;
use ordervault_tests::shop::Shop;
use serde_json::{Value, json};

use crate::rows::{Row, Target};

/// What the API's description says about one operation.
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// The kinds of token of which it takes one; an empty name: or none.
    pub(crate) bearers: Vec<String>,
    /// The status of the good answer.
    pub(crate) success: u16,
    /// The names of the parameters of its query.
    pub(crate) queries: Vec<String>,
    headers: Vec<String>,
}

/// Every operation of the committed description.
pub(crate) fn operations() -> Vec<Endpoint> {
    let document: Value = serde_json::from_str(&committed("openapi/openapi.json")).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let all = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods");
        methods.iter().map(move |(method, operation)| Endpoint::new(path, method, operation))
    });
    all.collect()
}

impl Endpoint {
    fn new(path: &str, method: &str, operation: &Value) -> Self {
        let statuses = operation["responses"].as_object().expect("answers").keys();
        // Of two, the later one is that of the act itself and not of its preview.
        let good = statuses.filter_map(|status| status.parse().ok()).filter(|status| *status < 300);
        let names = operation["parameters"].as_array().cloned().unwrap_or_default();
        let named = |place: &str| {
            let here = names.iter().filter(|parameter| parameter["in"] == place);
            here.filter_map(|parameter| Some(parameter["name"].as_str()?.to_owned())).collect()
        };
        let bearers = operation["security"].as_array().expect("who may").iter();
        let bearers = bearers.map(|one| one.as_object().and_then(|one| one.keys().next().cloned()));
        Self {
            id: operation["operationId"].as_str().expect("a name").to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            bearers: bearers.map(Option::unwrap_or_default).collect(),
            success: good.max().expect("a good answer"),
            queries: named("query"),
            headers: named("header"),
        }
    }

    fn takes(&self, header: &str) -> bool {
        self.headers.iter().any(|name| name == header)
    }
}

/// Does the committed matrix tick this permission for this role?
pub(crate) fn role_has(role: Role, permission: &str) -> bool {
    let matrix = committed("crates/domain/tests/matrices/role_by_permission.txt");
    let mut lines = matrix.lines().skip(2).map(|line| line.split_whitespace().collect::<Vec<_>>());
    let roles = lines.next().expect("the roles");
    let column = roles.iter().position(|name| *name == role.to_string()).expect("a column for the role");
    let row = lines.find(|row| row[0] == permission);
    row.unwrap_or_else(|| unreachable!("no line for {permission}"))[column + 1] == "✔"
}

fn committed(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).expect("a committed file")
}

/// A store with all that the requests speak of.
pub(crate) struct Fixture {
    pub(crate) server: TestServer,
    pub(crate) store: Arc<Store>,
    pub(crate) product: Arc<Product>,
    pub(crate) customer: Arc<Customer>,
    /// Some order of the customer's.
    pub(crate) order: Arc<Order>,
    pub(crate) customer_refresh: String,
    pub(crate) staff_refresh: String,
    pub(crate) member: Arc<Member>,
}

impl Fixture {
    pub(crate) async fn open(db: &Db) -> Self {
        let mail = MailSettings::new("file:unused", "shop@example.com", "https://shop.example/account");
        let settings = Settings { rates: Rates::unlimited(), mail: mail.ok(), ..Settings::default() };
        let server = TestServer::with(Shop::open(db).await, settings).await;
        let store = server.shop.store_with_board().await;
        let product = server.shop.product(&store, 1_000).await;
        let customer = server.shop.customer().await;
        let order = server.order_in(Status::Completed, &customer, &store, &product).await;
        let member = server.shop.member(Role::Owner, StoreScope::All).await;
        let refresh = async |realm, contact: &Contact| {
            let tokens = server.log_in(realm, &address(contact)).await;
            tokens["refresh_token"].as_str().expect("a token").to_owned()
        };
        let customer_refresh = refresh(Realm::Customer, &customer.contact).await;
        let staff_refresh = refresh(Realm::Staff, &member.contact).await;
        Self { server, store, product, customer, order, customer_refresh, staff_refresh, member }
    }

    /// A grant for the order in a request's path; for some other order where the path names none.
    pub(crate) fn grant(&self, request: &Request) -> String {
        let in_path = request.line().split('/').find_map(|segment| segment.parse().ok());
        self.server.grant(first_grant(in_path.unwrap_or(self.order.id)))
    }

    /// A good request for an operation on things of the store, without a token. With a `version` instead of any, where
    /// the operation takes one.
    pub(crate) async fn request(&self, operation: &Endpoint, row: &Row, version: Option<&str>) -> Request {
        self.request_of(&self.member, operation, row, version).await
    }

    /// The same for a member; what belongs to somebody is theirs.
    pub(crate) async fn request_of(
        &self,
        member: &Member,
        operation: &Endpoint,
        row: &Row,
        version: Option<&str>,
    ) -> Request {
        let path =
            operation.path.replace("{id}", &self.target(row.target, member).await).replace("{no}", "1");
        let mut request = Request::new(&operation.method, path).more(row.query);
        if operation.takes("If-Match") {
            request = request.if_match(version.unwrap_or("*"));
        }
        if operation.takes("Idempotency-Key") {
            request = request.key(&self.server.key());
        }
        match row.body {
            Some(body) => request.json(&body(self)),
            None => request,
        }
    }

    async fn target(&self, target: Target, member: &Member) -> String {
        let shop = &self.server.shop;
        let order =
            async |status| self.server.order_in(status, &self.customer, &self.store, &self.product).await;
        match target {
            Target::Nothing => String::new(),
            Target::Order(status) => order(status).await.id.to_string(),
            Target::Board => self.server.board_id(order(Status::Confirmed).await.id),
            Target::Adjusted => {
                let adjust = OrderCommand::Adjust(Box::new(one_off()));
                let placed = order(Status::PendingReview).await;
                shop.change(ActorRef::Operator, &placed, adjust).await.id.to_string()
            }
            Target::Overpaid => self.overpaid(&*order(Status::Confirmed).await).await.id.to_string(),
            Target::Refunding => {
                let overpaid = self.overpaid(&*order(Status::Confirmed).await).await;
                let refund = paid_back(Money { amount: Amount::new(1), currency: overpaid.currency });
                shop.change(ActorRef::Operator, &overpaid, refund).await.id.to_string()
            }
            Target::Planned | Target::Sent | Target::Lost | Target::Delivered => {
                let confirmed = order(Status::Confirmed).await;
                let kind = match target {
                    Target::Planned => OrderCommandKind::Plan,
                    _ => OrderCommandKind::Ship,
                };
                let command = kind.probe().expect("a command");
                let sent = shop.change(ActorRef::Operator, &confirmed, command).await;
                let (no, comment) = (1, None);
                let further = match target {
                    Target::Lost => {
                        Some(OrderCommand::Fail { no, lost: true, reason: FailureReason::Missing, comment })
                    }
                    Target::Delivered => Some(OrderCommand::Deliver { no, at: None }),
                    _ => None,
                };
                if let Some(further) = further {
                    shop.change(ActorRef::Operator, &sent, further).await;
                }
                sent.id.to_string()
            }
            Target::Trash => {
                let invalid = order(Status::Invalid).await;
                let delete = OrderCommand::Delete { batch: None };
                shop.change(ActorRef::Operator, &invalid, delete).await.id.to_string()
            }
            Target::Batch => self.batch(member, &*order(Status::PendingReview).await).await,
            Target::FinishedBatch => self.finished_batch(member, &*order(Status::PendingReview).await).await,
            Target::Store => shop.store().await.id.to_string(),
            Target::Product => shop.product(&self.store, 10).await.id.to_string(),
            Target::Customer => shop.customer().await.id.to_string(),
            Target::Session => {
                let token = self.server.customer_token(&self.customer).await;
                let sessions = Request::get("/v1/me/sessions").bearer(&token);
                let sessions = self.server.good(&sessions, 200).await.json();
                sessions["items"][0]["id"].as_str().expect("a session").to_owned()
            }
            Target::Member => {
                let here = StoreScope::Only(BTreeSet::from([self.store.id]));
                shop.member(Role::Clerk, here).await.id.to_string()
            }
        }
    }

    async fn overpaid(&self, order: &Order) -> Arc<Order> {
        let more = Amount::new(order.totals.total.get() + 100);
        let paid = paid(Money { amount: more, currency: order.currency });
        self.server.shop.change(ActorRef::Operator, order, paid).await
    }

    /// Whoever may not begin one may have been allowed to when they did.
    pub(crate) async fn batch(&self, maker: &Member, order: &Order) -> String {
        let shop = &self.server.shop;
        let turn_into = async |roles| {
            let edit = MemberEdit { roles: Some(roles), ..MemberEdit::default() };
            let act = on_member(maker.id, member::MemberCommand::Edit(edit));
            shop.act(ActorRef::Operator, act).await
        };
        turn_into(BTreeSet::from([Role::Owner])).await;
        let stores = StoreScope::Only(BTreeSet::from([order.store_id]));
        let items = Arc::new([(order.id, None)]);
        let open = Operation::Batch(BatchOperation::Open {
            action: batch_action(OrderCommandKind::Confirm),
            undoes: None,
            stores,
            items,
        });
        let opened = shop.act(ActorRef::Member(maker.id), open).await;
        turn_into(maker.roles.clone()).await;
        match opened {
            Effect::Batch(batch) => batch.id.to_string(),
            other => unreachable!("{other:?}"),
        }
    }

    /// The same, after the order's turn.
    pub(crate) async fn finished_batch(&self, maker: &Member, order: &Order) -> String {
        let batch = self.batch(maker, order).await;
        let run = BatchOperation::Run { id: batch.parse().expect("an id"), order_id: order.id };
        self.server.shop.act(ActorRef::System, Operation::Batch(run)).await;
        batch
    }

    pub(crate) fn customer_email(&self) -> String {
        address(&self.customer.contact)
    }

    pub(crate) fn member_email(&self) -> String {
        address(&self.member.contact)
    }

    pub(crate) fn new_address(&self) -> String {
        format!("new{}@example.com", self.server.number())
    }

    pub(crate) fn order_body(&self) -> Value {
        json!({
            "store_id": self.store.id.to_string(),
            "lines": [{"product_id": self.product.id.to_string(), "quantity": 1}],
            "contact": {"name": "王小明", "phone": "+886912345678"},
        })
    }
}

fn address(contact: &Contact) -> String {
    contact.email.as_ref().map(ToString::to_string).unwrap_or_default()
}
