//! What reading over HTTP costs without any of the product: actix, sqlx and serde, with as many workers and connections as the
//! server has. No login, rights, scope, filters, cursors, request ids, log, lines, actions or words.

use std::cell::Cell;
use std::net::SocketAddr;
use std::path::Path;
use std::thread::{JoinHandle, available_parallelism, spawn};

use actix_web::dev::ServerHandle;
use actix_web::error::ErrorInternalServerError;
use actix_web::{App, HttpServer, Result, rt, web};
use ordervault_persistence::engine::DEFAULT_READERS;
use serde::Serialize;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use sqlx::{ConnectOptions as _, Executor as _};

use crate::load::{self, Client, Figures, Request};

/// Rows of the table.
const ROWS: i64 = 20_000;
/// From one row that is asked for to the next.
const STRIDE: i64 = 7_919;
/// Rows of a page.
const PAGE: i64 = 50;

const SCHEMA: &str = include_str!("../../sql/reads.sql");
const ONE: &str = "SELECT * FROM bare_orders WHERE id = $1";
const NEWEST: &str = "SELECT * FROM bare_orders ORDER BY id DESC LIMIT $1";

/// A server on a table of its own. It ends with [`BareServer::close`].
pub struct BareServer {
    url: String,
    handle: ServerHandle,
    thread: JoinHandle<()>,
}

#[derive(Clone)]
enum Rows {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

#[derive(Serialize, sqlx_macros::FromRow)]
struct Row {
    id: i64,
    version: i64,
    status: String,
    store_id: i64,
    customer_id: i64,
    contact_name: Option<String>,
    contact_email: Option<String>,
    contact_phone: Option<String>,
    source: String,
    note: String,
    total: i64,
    currency: String,
    placed_at: i64,
    updated_at: i64,
    due_at: Option<i64>,
    deleted_at: Option<i64>,
}

impl BareServer {
    /// On a new SQLite file in this folder, or on the empty PostgreSQL database behind the URL.
    ///
    /// # Errors
    /// When the database does not open, or nobody may listen.
    pub async fn open(folder: &Path, url: Option<&str>) -> Result<Self, String> {
        let rows = Rows::open(folder, url).await.map_err(|error| format!("bare table: {error}"))?;
        let workers = available_parallelism().map_or(1, usize::from);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(rows.clone()))
                .route("/orders/{id}", web::get().to(one))
                .route("/orders", web::get().to(newest))
        });
        let listening = server.workers(workers).disable_signals().bind("127.0.0.1:0");
        let listening = listening.map_err(|error| format!("bare server: {error}"))?;
        let address = listening.addrs().first().copied();
        let address: SocketAddr = address.ok_or("bare server: no address")?;
        let server = listening.run();
        let handle = server.handle();
        let thread = spawn(|| _ = rt::System::new().block_on(server));
        Ok(Self { url: format!("http://{address}"), handle, thread })
    }

    /// So many clients read one row each by its key, for so many seconds.
    ///
    /// # Errors
    /// When any request fails.
    pub async fn read_one(&self, clients: u64, seconds: u64) -> Result<Figures, String> {
        let turn = Cell::new(0_i64);
        self.read("bare row", clients, seconds, || {
            turn.set(turn.get() + STRIDE);
            Request::get(&format!("/orders/{}", turn.get() % ROWS + 1))
        })
        .await
    }

    /// So many clients read the newest page, for so many seconds.
    ///
    /// # Errors
    /// When any request fails.
    pub async fn read_page(&self, clients: u64, seconds: u64) -> Result<Figures, String> {
        self.read("bare page", clients, seconds, || Request::get("/orders")).await
    }

    async fn read(
        &self,
        name: &str,
        clients: u64,
        seconds: u64,
        request: impl Fn() -> Request,
    ) -> Result<Figures, String> {
        let ask = async |client: &mut Client| Some(client.ask(request()).await.map(drop));
        load::measure(name, &self.url, clients, seconds, ask).await.without_errors()
    }

    /// Ends it.
    pub async fn close(self) {
        self.handle.stop(false).await;
        // It has ended: the thread is about to.
        let _ = self.thread.join();
    }
}

impl Rows {
    async fn open(folder: &Path, url: Option<&str>) -> Result<Self, sqlx::Error> {
        if let Some(url) = url {
            let pool = PgPoolOptions::new().max_connections(DEFAULT_READERS).test_before_acquire(false);
            let pool = pool.connect(url).await?;
            pool.execute(SCHEMA).await?;
            // An INTEGER is SQLite's own key, and half as long here.
            pool.execute("ALTER TABLE bare_orders ALTER COLUMN id TYPE BIGINT; ANALYZE bare_orders").await?;
            return Ok(Self::Postgres(pool));
        }
        let file = SqliteConnectOptions::new().filename(folder.join("bare_reads.db"));
        let file =
            file.create_if_missing(true).journal_mode(SqliteJournalMode::Wal).disable_statement_logging();
        let pool = SqlitePoolOptions::new().max_connections(DEFAULT_READERS).test_before_acquire(false);
        let pool = pool.connect_with(file).await?;
        pool.execute(SCHEMA).await?;
        Ok(Self::Sqlite(pool))
    }
}

async fn one(rows: web::Data<Rows>, id: web::Path<i64>) -> Result<web::Json<Row>> {
    let row = match rows.get_ref() {
        Rows::Sqlite(pool) => sqlx::query_as(ONE).bind(*id).fetch_one(pool).await,
        Rows::Postgres(pool) => sqlx::query_as(ONE).bind(*id).fetch_one(pool).await,
    };
    row.map(web::Json).map_err(ErrorInternalServerError)
}

async fn newest(rows: web::Data<Rows>) -> Result<web::Json<Vec<Row>>> {
    let page = match rows.get_ref() {
        Rows::Sqlite(pool) => sqlx::query_as(NEWEST).bind(PAGE).fetch_all(pool).await,
        Rows::Postgres(pool) => sqlx::query_as(NEWEST).bind(PAGE).fetch_all(pool).await,
    };
    page.map(web::Json).map_err(ErrorInternalServerError)
}
