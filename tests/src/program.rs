//! The program as a process, in a folder with a database of its own.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use ordervault_domain::access::Scope;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::DbOptions;
use ordervault_persistence::read::{OrderFilter, OrderSort, OrderSummary, Trash, list_orders};
use tempfile::TempDir;

use crate::postgres;

/// How the program is called.
pub const NAME: &str = "ordervault";

/// A folder to run the program in, with a database of its own.
pub struct Installation {
    program: PathBuf,
    folder: TempDir,
    url: Option<String>,
}

impl Installation {
    /// With the embedded database, and the program that cargo built for the tests of its package.
    pub fn on_sqlite() -> Self {
        Self::of(&built(), None)
    }

    /// The same with an empty PostgreSQL database.
    pub async fn on_postgres() -> Self {
        Self::of(&built(), Some(postgres::empty_database().await))
    }

    /// With the database behind this URL, and the same program.
    pub fn at(url: &str) -> Self {
        Self::of(&built(), Some(url.to_owned()))
    }

    /// One on each engine.
    pub async fn on_both() -> [Self; 2] {
        [Self::on_sqlite(), Self::on_postgres().await]
    }

    /// Of this program; with the embedded database, unless there is the URL of another.
    pub fn of(program: &Path, url: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self { program: program.to_owned(), folder, url }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The file of the embedded database.
    pub fn file(&self) -> PathBuf {
        self.path().join("data/ordervault.db")
    }

    /// The URL of its database.
    pub fn url(&self) -> String {
        self.url.clone().unwrap_or_else(|| format!("sqlite:{}", self.file().display()))
    }

    fn command(&self, args: &[&str], environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg0(NAME).args(args).env_clear().envs(environment.iter().copied()).current_dir(self.path());
        if let Some(url) = &self.url {
            command.env("ORDERVAULT_DATABASE__URL", url);
        }
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, &[])
    }

    /// Runs the program to its end, with variables.
    pub fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Output {
        self.command(args, environment).output().expect("the program starts")
    }

    /// Runs the program to its end, where no file may be longer than so many blocks of 512 bytes.
    pub fn run_limited(&self, blocks: u64, args: &[&str]) -> Output {
        let mut limited = Command::new("sh");
        let script = format!("ulimit -f {blocks} && exec \"$0\" \"$@\"");
        limited.args(["-c", &script]).arg(&self.program).args(args).env_clear().current_dir(self.path());
        limited.output().expect("a shell")
    }

    /// Runs the program to its end, with something to read.
    pub fn run_reading(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command(args, &[]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(input.as_bytes()).expect("the program reads");
        drop(stdin);
        child.wait_with_output().expect("the program ends")
    }

    /// Starts the program.
    pub fn start(&self, args: &[&str], environment: &[(&str, &str)]) -> Running {
        let mut command = self.command(args, environment);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let (told, lines) = channel();
        // Always read: a full pipe would stop the program.
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| told.send(line)));
        Running { child, lines, said: String::new() }
    }

    /// Starts a server on a free port and waits until it listens.
    pub fn serve(&self, args: &[&str]) -> (Running, String) {
        self.serve_with(args, &[])
    }

    /// The same, with variables.
    pub fn serve_with(&self, args: &[&str], environment: &[(&str, &str)]) -> (Running, String) {
        let mut server = self.start_server("127.0.0.1:0", args, environment);
        let line = server.wait_for("\"listening\"");
        let address = line.split("\"api\":\"").nth(1).and_then(|rest| rest.split('"').next());
        (server, address.expect("an address").to_owned())
    }

    /// Starts a server at this address and waits until it listens. An error tells all that it said instead.
    pub fn serve_at(&self, address: SocketAddr, environment: &[(&str, &str)]) -> Result<Running, String> {
        let mut server = self.start_server(&address.to_string(), &[], environment);
        match server.try_wait_for("\"listening\"") {
            Some(_) => Ok(server),
            None => Err(server.end().2),
        }
    }

    fn start_server(&self, listen: &str, args: &[&str], environment: &[(&str, &str)]) -> Running {
        let all = [&["serve", "--listen", listen, "--metrics-listen", "off"], args].concat();
        // Without a line for each request.
        let log = [
            ("ORDERVAULT_LOG__FORMAT", "json"),
            ("ORDERVAULT_LOG__LEVEL", "info,ordervault_api::middleware=warn"),
        ];
        self.start(&all, &[&log, environment].concat())
    }

    /// The database, from outside.
    pub async fn db(&self) -> Db {
        Db::open(&DbOptions::new(self.url())).await.expect("the database opens")
    }

    /// Every order, also those in the trash, newest first.
    pub async fn orders(&self) -> Vec<OrderSummary> {
        let db = self.db().await;
        let mut conn = db.read().await.expect("a connection");
        let filter = OrderFilter { trash: Trash::With, ..OrderFilter::default() };
        let (newest, mut orders, mut after) = (OrderSort::NEWEST_FIRST, vec![], None);
        loop {
            let page = list_orders(&mut conn, &Scope::Everything, &filter, newest, after, 1_000).await;
            let page = page.expect("orders");
            orders.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        drop(conn);
        db.close().await;
        orders
    }
}

/// Where cargo says that the program of the package is whose tests these are.
#[expect(clippy::disallowed_methods, reason = "cargo's way of telling it")]
fn built() -> PathBuf {
    std::env::var_os("CARGO_BIN_EXE_ordervault").expect("cargo tells where the program is").into()
}

/// The program while it runs. Killed when dropped, so that a failed test leaves nothing behind.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    /// What was read of what it has said so far.
    pub said: String,
}

impl Running {
    /// Reads what it says until a line has this in it.
    ///
    /// # Panics
    /// When it ends without saying so.
    pub fn wait_for(&mut self, text: &str) -> String {
        let line = self.try_wait_for(text);
        assert!(line.is_some(), "never said {text}:\n{}", self.said);
        line.unwrap_or_default()
    }

    /// The same with a program that may end instead.
    pub fn try_wait_for(&mut self, text: &str) -> Option<String> {
        while let Ok(line) = self.lines.recv() {
            self.said.push_str(&line);
            self.said.push('\n');
            if line.contains(text) {
                return Some(line);
            }
        }
        None
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let killed = Command::new("kill").args([format!("-{name}"), self.id().to_string()]).status();
        assert!(killed.expect("kill starts").success());
    }

    /// Sets the size, in bytes, beyond which the operating system lets it write into no file.
    pub fn limit_files(&self, bytes: &str) {
        let (id, limit) = (self.id().to_string(), format!("--fsize={bytes}:unlimited"));
        let limited = Command::new("prlimit").args(["--pid", &id, &limit]).status();
        assert!(limited.expect("prlimit starts").success());
    }

    /// Waits for its end: exit code, standard output, everything said on standard error.
    pub fn end(mut self) -> (Option<i32>, String, String) {
        let mut out = String::new();
        let stdout = self.child.stdout.take();
        stdout.expect("a pipe").read_to_string(&mut out).expect("text");
        for line in &self.lines {
            self.said.push_str(&line);
            self.said.push('\n');
        }
        let code = self.child.wait().expect("its end").code();
        (code, out, std::mem::take(&mut self.said))
    }

    /// Has it ended? If so, by which signal, or with which exit code.
    pub fn has_ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().expect("a child")?;
        Some(status.signal().map_or_else(
            || format!("exit code {}", status.code().unwrap_or_default()),
            |signal| format!("signal {signal}"),
        ))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
