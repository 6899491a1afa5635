//! What the black-box tests share: the program as a process, databases on both engines, made-up data sets.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use ordervault_domain::access::Scope;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::DbOptions;
use ordervault_persistence::read::{OrderFilter, OrderSort, OrderSummary, Trash, list_orders};
use ordervault_tests::http::{Answer, Request};
use ordervault_tests::postgres;
use serde_json::json;
use tempfile::TempDir;

/// A folder to run the program in, with a database of its own.
pub(crate) struct Installation {
    folder: TempDir,
    url: Option<String>,
}

impl Installation {
    /// With the embedded database.
    pub(crate) fn on_sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: None }
    }

    /// With an empty PostgreSQL database.
    pub(crate) async fn on_postgres() -> Self {
        let url = postgres::empty_database().await;
        Self { folder: tempfile::tempdir().unwrap(), url: Some(url) }
    }

    /// With the database behind this URL.
    pub(crate) fn at(url: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: Some(url.to_owned()) }
    }

    /// One on each engine.
    pub(crate) async fn on_both() -> [Self; 2] {
        [Self::on_sqlite(), Self::on_postgres().await]
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, args: &[&str], environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ordervault"));
        command.args(args).env_clear().envs(environment.iter().copied()).current_dir(self.path());
        if let Some(url) = &self.url {
            command.env("ORDERVAULT_DATABASE__URL", url);
        }
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, &[])
    }

    /// Runs the program to its end, with variables.
    pub(crate) fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Output {
        self.command(args, environment).output().unwrap()
    }

    /// Runs the program to its end, with something to read.
    pub(crate) fn run_reading(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command(args, &[]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Starts the program.
    pub(crate) fn start(&self, args: &[&str], environment: &[(&str, &str)]) -> Running {
        let mut command = self.command(args, environment);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Running { child, stderr, said: String::new() }
    }

    /// Starts a server on a free port and waits until it listens.
    pub(crate) fn serve(&self, args: &[&str]) -> (Running, String) {
        self.serve_with(args, &[])
    }

    /// The same, with variables.
    pub(crate) fn serve_with(&self, args: &[&str], environment: &[(&str, &str)]) -> (Running, String) {
        let all = [&["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off"], args].concat();
        // Without a line for each request: nobody reads on, and a full pipe would stop the server.
        let log = [
            ("ORDERVAULT_LOG__FORMAT", "json"),
            ("ORDERVAULT_LOG__LEVEL", "info,ordervault_api::middleware=warn"),
        ];
        let mut server = self.start(&all, &[&log, environment].concat());
        let line = server.wait_for("\"listening\"");
        let address = line.split("\"api\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        (server, address)
    }

    /// The database, from outside.
    pub(crate) async fn db(&self) -> Db {
        let file = self.path().join("data/ordervault.db");
        let url = self.url.clone().unwrap_or_else(|| format!("sqlite:{}", file.display()));
        Db::open(&DbOptions::new(url)).await.unwrap()
    }

    /// Every order, also those in the trash, newest first.
    pub(crate) async fn orders(&self) -> Vec<OrderSummary> {
        let db = self.db().await;
        let mut conn = db.read().await.unwrap();
        let filter = OrderFilter { trash: Trash::With, ..OrderFilter::default() };
        let page =
            list_orders(&mut conn, &Scope::Everything, &filter, OrderSort::NEWEST_FIRST, None, 100_000)
                .await
                .unwrap();
        drop(conn);
        db.close().await;
        page.items
    }
}

/// The program while it runs. Killed when dropped, so that a failed test leaves nothing behind.
pub(crate) struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
    /// What it has said so far.
    pub(crate) said: String,
}

impl Running {
    /// Reads what it says until a line has this in it.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.stderr.read_line(&mut line).unwrap(), 0, "never said {text}:\n{}", self.said);
            self.said.push_str(&line);
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args([format!("-{name}"), id]).status().unwrap().success());
    }

    /// Sets the size, in bytes, beyond which the operating system lets it write into no file.
    pub(crate) fn limit_files(&self, bytes: &str) {
        let (id, limit) = (self.child.id().to_string(), format!("--fsize={bytes}:unlimited"));
        assert!(Command::new("prlimit").args(["--pid", &id, &limit]).status().unwrap().success());
    }

    /// Waits for its end: exit code, standard output, everything said on standard error.
    pub(crate) fn end(mut self) -> (Option<i32>, String, String) {
        self.stderr.read_to_string(&mut self.said).unwrap();
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        let code = self.child.wait().unwrap().code();
        (code, out, std::mem::take(&mut self.said))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

/// It ended with this code and has this on standard output.
#[track_caller]
pub(crate) fn assert_ends(output: &Output, code: i32, says: &str) {
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{out}{error}");
    assert!(out.contains(says), "{says} is not in:\n{out}{error}");
}

/// It ended with this code and one line on standard error, with nothing on standard output.
#[track_caller]
pub(crate) fn assert_fails(output: &Output, code: i32, says: &str) {
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(error.starts_with("ordervault: ") && error.contains(says), "{says} is not in:\n{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert_eq!(text(&output.stdout), "");
}

/// Sends a request to a server that was started.
pub(crate) async fn send(address: &str, request: &Request) -> Answer {
    request.send(address.parse().unwrap()).await
}

/// The value behind `name` in the frame that shows an account.
pub(crate) fn framed(said: &str, name: &str) -> String {
    let line = said.lines().find(|line| line.trim_matches('│').trim().starts_with(name)).unwrap();
    line.trim_matches('│').trim().trim_start_matches(name).trim().to_owned()
}

/// Signs a member in.
pub(crate) async fn sign_in(address: &str, email: &str, password: &str) -> Answer {
    let login = json!({"email": email, "password": password});
    send(address, &Request::post("/v1/staff/auth/login").json(&login)).await
}

/// A made-up slice of the Olist data set: orders `first` to `last`, three products, a customer for every two orders.
pub(crate) fn olist(folder: &Path, first: usize, last: usize) -> PathBuf {
    const STATUSES: [&str; 4] = ["delivered", "shipped", "canceled", "created"];
    let (mut orders, mut items, mut payments, mut customers) =
        (String::new(), String::new(), String::new(), String::new());
    for number in first..=last {
        let status = STATUSES[number % 4];
        let (day, minute) = (1 + number / 1_440 % 28, number % 1_440);
        let at = |month: &str| format!("2017-{month}-{day:02} {:02}:{:02}:00", minute / 60, minute % 60);
        let approved = if status == "created" { String::new() } else { at("05") };
        let carrier = if status == "shipped" || status == "delivered" { at("06") } else { String::new() };
        let delivered = if status == "delivered" { at("07") } else { String::new() };
        let bought = at("04");
        writeln!(
            orders,
            "o{number},c{number},{status},{bought},{approved},{carrier},{delivered},2017-08-01 00:00:00"
        )
        .unwrap();
        writeln!(items, "o{number},1,p{},s1,2017-05-01 00:00:00,10.00,1.50", number % 3).unwrap();
        writeln!(items, "o{number},2,p{},s1,2017-05-01 00:00:00,10.00,1.50", number % 3).unwrap();
        writeln!(payments, "o{number},1,boleto,1,23.00").unwrap();
        let state = ["SP", "RJ"][number / 2 % 2];
        writeln!(customers, "c{number},u{},01001,sao paulo,{state}", number / 2).unwrap();
    }
    let folder = folder.join(format!("olist-{first}-{last}"));
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, columns: &str, rows: &str| {
        std::fs::write(folder.join(format!("{name}.csv")), format!("{columns}\n{rows}")).unwrap();
    };
    write(
        "olist_orders_dataset",
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,\
         order_delivered_customer_date,order_estimated_delivery_date",
        &orders,
    );
    write(
        "olist_order_items_dataset",
        "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value",
        &items,
    );
    write(
        "olist_order_payments_dataset",
        "order_id,payment_sequential,payment_type,payment_installments,payment_value",
        &payments,
    );
    write(
        "olist_customers_dataset",
        "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state",
        &customers,
    );
    write("olist_products_dataset", "product_id,product_category_name", "p0,casa\np1,\np2,casa\n");
    write("olist_sellers_dataset", "seller_id", "s1\n");
    write(
        "product_category_name_translation",
        "product_category_name,product_category_name_english",
        "casa,house\n",
    );
    folder
}

/// Number of the newest migration.
pub(crate) fn newest_schema() -> usize {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/sqlite");
    let numbers = std::fs::read_dir(folder).unwrap().map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name.split('_').next().unwrap().parse().unwrap()
    });
    numbers.max().unwrap()
}
