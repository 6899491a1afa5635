//! A shop with its server on a port of its own, and the people who use it.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails")]

use std::future::ready;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::web::Data;
use ordervault_api::auth::{Realm, Secrets};
use ordervault_api::background::{
    EraseAccounts, EraseOrders, Job as _, JobError, MergeWords, OrderMails, Remaining, SendMails, Tools,
};
use ordervault_api::server::{Ends, Listeners, run};
use ordervault_api::settings::{Rates, Settings};
use ordervault_api::state::{AppState, BuildInfo};
use ordervault_api::waker::JobWaker;
use ordervault_domain::access::OrderGrant;
use ordervault_domain::customer::Customer;
use ordervault_domain::id::OrderId;
use ordervault_domain::member::Member;
use ordervault_domain::order::{CancelReason, InvalidReason, Order, OrderCommand, Status};
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_persistence::db::Db;
use ordervault_persistence::writer::{ActorRef, Effect, Operation, SessionOperation};
use ordervault_persistence::{Session, sequence};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::http::{Answer, Request};
use crate::queue::another_process;
use crate::shop::{PASSWORD, Shop};

/// The key of every server's secret file, so that two on one database know each other's tokens.
pub const SECRET: [u8; 32] = [7; 32];

/// A shop that answers over HTTP.
pub struct TestServer {
    /// The shop behind it.
    pub shop: Shop,
    /// Where it listens.
    pub address: SocketAddr,
    state: Data<AppState>,
    task: JoinHandle<std::io::Result<()>>,
    stop: oneshot::Sender<()>,
    made: AtomicU64,
}

impl TestServer {
    /// Opens a shop on this database, and its server.
    pub async fn open(db: &Db) -> Self {
        Self::of(Shop::open(db).await).await
    }

    /// A server for a shop, without throttles.
    pub async fn of(shop: Shop) -> Self {
        Self::with(shop, Settings { rates: Rates::unlimited(), ..Settings::default() }).await
    }

    /// A server for a shop, with these settings.
    pub async fn with(shop: Shop, settings: Settings) -> Self {
        // Connections go down with the server's threads that opened them: it must not share the test's.
        let db = another_process(&shop.db).await;
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("the port is known");
        let state = Data::new(AppState::new(
            Settings { public_url: format!("http://{address}"), ..settings },
            BuildInfo { version: "0.0.0", commit: None },
            (db, shop.writer.clone()),
            shop.clock.sources(0),
            &Secrets::from_keys(SECRET, None),
            vec![],
        ));
        let (stop, stopped) = oneshot::channel();
        let announced = async move { drop(stopped.await) };
        let task = tokio::spawn(run(
            state.clone(),
            Listeners { api: listener, metrics: None },
            Ends { announced, requested: ready(()) },
        ));
        Self { shop, address, state, task, stop, made: AtomicU64::new(0) }
    }

    /// Stops the server, then the shop.
    pub async fn close(self) {
        self.stop.send(()).expect("the server runs");
        self.task.await.expect("no panic").expect("a clean end");
        self.shop.close().await;
    }

    /// Sends the mails that wait by now, and notes those about orders, as the jobs of this server do.
    ///
    /// # Errors
    /// What the jobs say that do not get on.
    pub async fn send_mails(&self) -> Result<(), JobError> {
        let tools = self.tools();
        while sequence(&self.shop.db).await? > 0 {}
        let mut orders = OrderMails { waker: self.state.mail_waker.clone() };
        while orders.step(&tools).await? == Remaining::More {}
        let mut mails = SendMails::of(&self.state).expect("mail is configured");
        while mails.step(&tools).await? == Remaining::More {}
        Ok(())
    }

    /// Erases accounts and orders whose time has come, as the jobs of this server do.
    ///
    /// # Errors
    /// What the jobs say that do not get on.
    pub async fn erase(&self) -> Result<(), JobError> {
        let tools = self.tools();
        let mut accounts = EraseAccounts::of(&self.state);
        while accounts.step(&tools).await? == Remaining::More {}
        let mut orders = EraseOrders::after(self.state.settings.retention);
        while orders.step(&tools).await? == Remaining::More {}
        let mut words = MergeWords::default();
        while words.step(&tools).await? == Remaining::More {}
        Ok(())
    }

    fn tools(&self) -> Tools {
        let (db, writer) = (self.shop.db.clone(), self.shop.writer.clone());
        Tools { db, writer, sources: self.shop.clock.sources(self.number()) }
    }

    /// Wakes the jobs that listen to this server.
    pub fn waker(&self) -> JobWaker {
        self.state.waker.clone()
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: &Request) -> Answer {
        request.send(self.address).await
    }

    /// Sends a request that has to be answered with this status.
    pub async fn good(&self, request: &Request, status: u16) -> Answer {
        let answer = self.send(request).await;
        assert_eq!(answer.status, status, "{}: {}", request.line(), answer.text());
        answer
    }

    /// A number that is new each time, for keys and names.
    pub fn number(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// An idempotency key that is new each time, and long enough for those without an account.
    pub fn key(&self) -> String {
        format!("key-{:012}", self.number())
    }

    /// A new login of a customer, without the price of checking a password: an access token.
    pub async fn customer_token(&self, customer: &Customer) -> String {
        self.token(Realm::Customer, customer.id.get(), &customer.id.to_string()).await
    }

    /// A new login of a member: an access token.
    pub async fn member_token(&self, member: &Member) -> String {
        self.token(Realm::Staff, member.id.get(), &member.id.to_string()).await
    }

    /// By what the public board names an order.
    pub fn board_id(&self, order: OrderId) -> String {
        self.state.board_ids.id(order).expect("an id")
    }

    /// The order that the public board names so.
    pub fn of_board(&self, id: &str) -> Option<OrderId> {
        self.state.board_ids.order(id)
    }

    /// A grant for one order, for whoever has proved to know it: an access token.
    pub fn grant(&self, grant: OrderGrant) -> String {
        let grant = self.state.access_tokens.grant(grant, "token", self.shop.clock.now());
        grant.expect("a grant").text
    }

    /// Logs in over HTTP: the pair of tokens.
    pub async fn log_in(&self, realm: Realm, email: &str) -> Value {
        let path = match realm {
            Realm::Customer => "/v1/auth/login",
            Realm::Staff => "/v1/staff/auth/login",
        };
        let login = Request::post(path).json(&json!({"email": email, "password": PASSWORD}));
        self.good(&login, 200).await.json()
    }

    async fn token(&self, realm: Realm, principal_id: i64, subject: &str) -> String {
        let session = self.session(realm, principal_id).await;
        let now = self.shop.clock.now();
        let token = self.state.access_tokens.issue(realm, subject, &session.id.to_string(), "token", now);
        token.expect("a token").text
    }

    async fn session(&self, realm: Realm, principal_id: i64) -> Session {
        let lifetime = self.state.settings.lifetimes.of(realm);
        let open = SessionOperation::Open {
            realm,
            principal_id,
            idle_millis: lifetime.idle_millis,
            absolute_millis: lifetime.absolute_millis,
            token_hash: Arc::new(|_, _| "never shown".to_owned()),
        };
        match self.shop.act(ActorRef::Anonymous, Operation::Session(open)).await {
            Effect::Session(Some(session)) => session,
            other => panic!("{other:?}"),
        }
    }

    /// An order of one unit that was brought to a status.
    pub async fn order_in(
        &self,
        status: Status,
        customer: &Customer,
        store: &Store,
        product: &Product,
    ) -> Arc<Order> {
        let road: &[OrderCommand] = match status {
            Status::PendingReview => &[],
            Status::Confirmed => &[OrderCommand::Confirm],
            Status::Processing => &[OrderCommand::Confirm, OrderCommand::Start],
            Status::Completed => &[OrderCommand::Confirm, OrderCommand::Start, OrderCommand::Complete],
            Status::Cancelled => &[OrderCommand::Cancel { reason: CancelReason::Other, comment: None }],
            Status::Invalid => &[OrderCommand::Invalidate { reason: InvalidReason::Other, comment: None }],
        };
        let mut order = self.shop.place(customer, store, &[(product, 1)]).await;
        for command in road {
            order = self.shop.change(ActorRef::Operator, &order, command.clone()).await;
        }
        order
    }
}
