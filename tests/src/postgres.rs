//! A throwaway PostgreSQL for tests: one cluster per test process, started at first use.
//!
//! The cluster lives in a temporary folder (in memory where there is room: each test makes a database of hundreds of files),
//! without fsync and without work of its own in the background, and dies with the test process, even when that is killed: its keeper, a shell, waits at a pipe that only this process holds open. A
//! server named in `ORDERVAULT_TEST_POSTGRES` (a URL with the right to create databases) is used instead.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use ordervault_persistence::db::Db;
use ordervault_persistence::engine::DbOptions;
use ordervault_persistence::migrate::migrate;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::sync::OnceCell;

/// Names a server to use instead of a throwaway one.
pub const SERVER_VARIABLE: &str = "ORDERVAULT_TEST_POSTGRES";

const OLDEST_MAJOR: u32 = 15;
const MAX_CONNECTIONS: u32 = 200;
pub(crate) const INSTALL_LINE: &str = "PostgreSQL 15 or later is needed for the tests: apt-get install postgresql (or: brew install postgresql)";

/// The URL of a new, migrated database. It stays until the cluster goes, or [`drop_database`].
pub async fn fresh_database() -> String {
    create_database(&format!("TEMPLATE {}", migrated_template().await)).await
}

/// The URL of a new database without a schema.
pub async fn empty_database() -> String {
    create_database("").await
}

/// The URL of a new database with all that the one at `url` holds, to which nobody may be connected.
pub async fn copy_of(url: &str) -> String {
    create_database(&format!("TEMPLATE {}", url.rsplit('/').next().unwrap_or_default())).await
}

/// Drops a database made by this module, whoever is still connected.
pub async fn drop_database(url: &str) {
    let name = url.rsplit('/').next().unwrap_or_default();
    administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
}

/// The URL of the server's `postgres` database.
pub fn server_url() -> &'static str {
    static SERVER: OnceLock<Server> = OnceLock::new();
    &SERVER.get_or_init(Server::find_or_start).url
}

/// The URL of a database of the server.
pub fn database_url(name: &str) -> String {
    let (server, _) = server_url().rsplit_once('/').expect("a server URL ends with a database");
    format!("{server}/{name}")
}

async fn create_database(options: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("ordervault_test_{}_{number}", std::process::id());
    administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    administer(&format!("CREATE DATABASE {name} {options}")).await;
    database_url(&name)
}

/// Migrates one database, from which the others are copied.
async fn migrated_template() -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let template = TEMPLATE.get_or_init(|| async {
        let url = empty_database().await;
        let db = Db::open(&DbOptions::new(&url)).await.expect("the template opens");
        migrate(&db).await.expect("the template migrates");
        db.close().await;
        url.rsplit('/').next().unwrap_or_default().to_owned()
    });
    template.await
}

/// Runs a statement that cannot run inside a transaction.
async fn administer(sql: &str) {
    let mut connection = PgConnection::connect(server_url()).await.expect("the test server answers");
    // The driver takes text that lives as long as the program; the names in it are made here.
    let sql: &'static str = sql.to_owned().leak();
    connection.execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    connection.close().await.expect("the connection closes");
}

struct Server {
    url: String,
    /// Its standard input is the pipe whose end stops the cluster.
    _keeper: Option<Child>,
}

impl Server {
    fn find_or_start() -> Server {
        #[expect(clippy::disallowed_methods, reason = "the tests' one setting")]
        match std::env::var(SERVER_VARIABLE) {
            Ok(url) if !url.is_empty() => Server { url, _keeper: None },
            _ => Server::start(),
        }
    }

    fn start() -> Server {
        let bin = binaries().expect(INSTALL_LINE);
        let account = account();
        let mut folder = tempfile::Builder::new();
        let folder = folder.prefix("ordervault-postgres-");
        let folder = if has_room_in_memory() { folder.tempdir_in(MEMORY) } else { folder.tempdir() };
        let folder = folder.expect("a temporary folder").keep();
        if let Some((uid, gid)) = account {
            chown(&folder, Some(uid), Some(gid)).expect("the folder can be given away");
        }
        let port = free_port();
        let mut keeper = Command::new("sh");
        keeper.arg("-c").arg(KEEPER).arg("keeper");
        keeper.arg(&bin).arg(&folder).arg(port.to_string()).arg(MAX_CONNECTIONS.to_string());
        keeper.current_dir(&folder).env("LC_ALL", "C");
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Out of reach of Ctrl-C: the keeper must outlive this process to clean up.
        keeper.process_group(0);
        if let Some((uid, gid)) = account {
            keeper.uid(uid).gid(gid);
        }
        let mut keeper = keeper.spawn().expect("a shell starts");
        let mut line = String::new();
        let output = keeper.stdout.take().expect("the keeper's output is a pipe");
        BufReader::new(output).read_line(&mut line).expect("the keeper answers");
        if line.trim() != "ready" {
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            panic!("PostgreSQL did not start from {}:\n{log}", bin.display());
        }
        Server { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), _keeper: Some(keeper) }
    }
}

/// A cluster of its own, for tests that stop it and put it back. It ends with this value.
pub struct OwnCluster {
    bin: PathBuf,
    account: Option<(u32, u32)>,
    port: u16,
    folder: tempfile::TempDir,
}

impl OwnCluster {
    /// A new one, in the folder `data` of [`OwnCluster::folder`]. It is not started yet.
    pub fn create() -> Self {
        let (bin, account) = (binaries().expect(INSTALL_LINE), account());
        let folder = tempfile::Builder::new().prefix("ordervault-postgres-").tempdir();
        let folder = folder.expect("a temporary folder");
        if let Some((uid, gid)) = account {
            chown(folder.path(), Some(uid), Some(gid)).expect("the folder can be given away");
        }
        let cluster = Self { bin, account, port: free_port(), folder };
        cluster.shell("initdb -D data -U postgres -A trust -E UTF8 --no-sync");
        cluster
    }

    /// Where it lives.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its database `postgres`.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts the cluster in this folder, and waits until it takes writes.
    pub fn start(&self, data: &str) {
        let (port, folder) = (self.port, self.folder().display());
        self.shell(&format!(
            "pg_ctl -D {data} -l log -w -t 60 -s start -o '-p {port} -k {folder} -c listen_addresses=127.0.0.1' </dev/null
             until [ \"$(psql -At {url} -c 'SELECT pg_is_in_recovery()')\" = f ]; do sleep 0.1; done",
            url = self.url()
        ));
    }

    /// Stops the cluster in this folder.
    pub fn stop(&self, data: &str) {
        self.shell(&format!("pg_ctl -D {data} -m fast -w -s stop"));
    }

    /// Runs lines of shell in its folder, by its account and with PostgreSQL's programs at hand; what they print.
    pub fn shell(&self, lines: &str) -> String {
        let output = self.command(lines).output().expect("a shell starts");
        let (said, wrong) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{lines}\n{said}\n{wrong}");
        said.trim().to_owned()
    }

    fn command(&self, lines: &str) -> Command {
        let mut command = Command::new("sh");
        let path = format!("{}:/usr/bin:/bin", self.bin.display());
        command.args(["-euc", lines]).env_clear().env("PATH", path).env("LC_ALL", "C");
        command.current_dir(self.folder()).stdin(Stdio::null());
        if let Some((uid, gid)) = self.account {
            command.uid(uid).gid(gid);
        }
        command
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        let stop = "for data in */postmaster.pid; do pg_ctl -D \"${data%/*}\" -m immediate -s stop; done";
        // Mostly nothing runs any more.
        _ = self.command(stop).output();
    }
}

/// Arguments: folder of the binaries, folder to use, port, connections. Says "ready", waits for the end of its
/// input, stops the cluster and removes the folder.
///
/// The locale sorts unlike bytes, so that a query which forgets `COLLATE "C"` is found out.
const KEEPER: &str = r#"
bin=$1 dir=$2 port=$3 connections=$4
# Whoever waits for the answer below may be gone by then.
trap '' PIPE
start() {
    "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale-provider=icu --icu-locale=en --no-sync &&
    "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 -s start -o "-p $port -k $dir \
        -c listen_addresses=127.0.0.1 -c max_connections=$connections -c fsync=off -c full_page_writes=off -c autovacuum=off"
}
if start </dev/null >>"$dir/log" 2>&1; then echo ready; else echo failed; fi
read -r _
"$bin/pg_ctl" -D "$dir/data" -m immediate -s stop >/dev/null 2>&1
cd / && rm -rf "$dir"
"#;

/// Files below it are in memory, on Linux.
const MEMORY: &str = "/dev/shm";

/// Whether all databases of a test program may lie there: the largest takes less than half of it.
fn has_room_in_memory() -> bool {
    const MIN_KIB: u64 = 8 * 1024 * 1024;
    let free = Command::new("df").args(["-Pk", MEMORY]).output();
    let free = free.ok().and_then(|output| {
        let text = String::from_utf8(output.stdout).ok()?;
        text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    free.is_some_and(|kib| kib >= MIN_KIB)
}

/// The folder of the newest PostgreSQL that is new enough.
pub fn binaries() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "programs are found where the shell finds them")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).collect::<Vec<_>>();
    let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let packaged = packaged.map(|entry| entry.path().join("bin"));
    let found = on_path.into_iter().chain(packaged).filter_map(|bin| Some((major(&bin)?, bin)));
    let (major, bin) = found.max_by_key(|(major, _)| *major)?;
    (major >= OLDEST_MAJOR).then_some(bin)
}

/// Asks for "initdb (PostgreSQL) 15.4".
fn major(bin: &Path) -> Option<u32> {
    let output = Command::new(bin.join("initdb")).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok())
}

/// The account to become: PostgreSQL refuses to run as root.
pub(crate) fn account() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").is_ok_and(|me| me.uid() != 0) {
        return None;
    }
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    ["postgres", "nobody"].iter().find_map(|name| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(str::parse);
        Some((ids.next()?.ok()?, ids.next()?.ok()?))
    })
}

/// A port that nobody listens at, and none of those that the operating system gives to whoever connects somewhere: such a one could
/// be taken while a server that was killed is started again.
pub fn free_port() -> u16 {
    const PORTS: std::ops::Range<u32> = 10_000..32_000;
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    // Test programs that run side by side begin in different places.
    let first = std::process::id().wrapping_mul(101);
    let ports = (0..PORTS.len()).filter_map(|_| {
        let next = first.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
        u16::try_from(PORTS.start + next % (PORTS.end - PORTS.start)).ok()
    });
    ports.into_iter().find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a port is free")
}
