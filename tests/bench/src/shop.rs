//! The program, with clients at its door.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use ordervault::demo;
use ordervault_persistence::engine::Engine;
use ordervault_tests::cluster::Cluster;
use ordervault_tests::program::{Installation, Running};
use ordervault_tests::shop::{PASSWORD, PASSWORD_HASH};

use crate::load::{self, Client, Figures, Load, Mix, Phase, Request, WITHOUT_THROTTLES};

/// Clients at a busy door.
pub const MANY: u64 = 64;

/// How often and how long.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Rounds, of which the median counts.
    pub rounds: usize,
    /// Seconds of each measurement.
    pub seconds: u64,
}

/// A shop that answers over HTTP. It ends with this value.
pub struct Shop {
    /// Where it lives.
    pub installation: Installation,
    /// What the program is told each time: where the data are, if they are not there.
    arguments: Vec<String>,
    server: Running,
    url: String,
    /// E-mail address and password of an owner.
    owner: (&'static str, &'static str),
    /// Its clients differ from run to run.
    seed: u64,
}

/// What is in a shop before anybody comes.
#[derive(Clone, Debug)]
pub enum Database {
    /// So many made-up orders, beside the demo shop.
    MadeUp(u64),
    /// What is in this data folder: the demo shop, and whatever was put beside it. It is written to.
    Folder(PathBuf),
    /// The same in the PostgreSQL database behind this URL.
    Url(String),
}

impl Database {
    /// Is it there already?
    #[must_use]
    pub fn is_there(&self) -> bool {
        !matches!(self, Self::MadeUp(_))
    }
}

/// A PostgreSQL as careful as its defaults are, with an empty database; as much memory as the anchors' has.
#[must_use]
pub fn cluster() -> Cluster {
    let cluster = Cluster::plan();
    cluster.make(&["shared_buffers=512MB"]);
    cluster
}

impl Shop {
    /// A new one, of this program, on this engine; with PostgreSQL in the database behind the URL.
    #[must_use]
    pub fn open(program: &Path, url: Option<&str>) -> Self {
        let installation = Installation::of(program, url.map(str::to_owned));
        Self::at(installation, vec![], ("owner@localhost", PASSWORD))
    }

    /// One with these orders in it, of this program, on this engine; with PostgreSQL in the empty database behind the URL.
    ///
    /// # Errors
    /// When no orders can be made up.
    pub fn grown(program: &Path, url: Option<&str>, database: &Database) -> Result<Self, String> {
        let (url, arguments) = match database {
            Database::MadeUp(_) => (url, vec![]),
            Database::Folder(folder) => (None, vec!["--data-dir".to_owned(), folder.display().to_string()]),
            Database::Url(url) => (Some(url.as_str()), vec![]),
        };
        let installation = Installation::of(program, url.map(str::to_owned));
        if let Database::MadeUp(orders) = database {
            succeed(&installation.run(&["--quiet", "demo", "seed", "--orders", &orders.to_string()]))?;
        }
        Ok(Self::at(installation, arguments, (demo::OWNER_EMAIL, demo::STAFF_PASSWORD)))
    }

    fn at(installation: Installation, arguments: Vec<String>, owner: (&'static str, &'static str)) -> Self {
        let (server, url) = serve(&installation, &arguments);
        Self { installation, arguments, server, url, owner, seed: 0 }
    }

    /// Ends the server and starts it again: how long it takes from the start until it is ready.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn restart(&mut self) -> Result<Duration, String> {
        self.server.signal("TERM");
        while self.server.has_ended().is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let begun = Instant::now();
        (self.server, self.url) = serve(&self.installation, &self.arguments);
        let mut client = Client::of(&self.url);
        client.ask(Request::get("/readyz")).await.map_err(|failure| failure.to_string())?;
        Ok(begun.elapsed())
    }

    /// Runs a command beside the server.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(&self, command: &[&str]) -> Result<(), String> {
        let arguments: Vec<&str> =
            self.arguments.iter().map(String::as_str).chain(command.iter().copied()).collect();
        succeed(&self.installation.run(&arguments))
    }

    /// The server's anonymous memory, MiB.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn memory_mib(&self) -> Result<f64, String> {
        anonymous_mib(self.process()).ok_or_else(|| "no RssAnon in /proc".to_owned())
    }

    /// The server's process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.server.id()
    }

    /// So many clients do this for so long.
    ///
    /// # Errors
    /// When the shop cannot be furnished, or when any request fails.
    pub async fn visit(
        &mut self,
        phases: &[Phase],
        clients: u64,
        seconds: u64,
    ) -> Result<Vec<Figures>, String> {
        let load = self.load(phases, clients, seconds);
        let figures = load::run(load).await.map_err(|failure| failure.to_string())?;
        figures.into_iter().map(Figures::without_errors).collect()
    }

    /// So many clients do all that there is to do for so long, and one more exports.
    ///
    /// # Errors
    /// When the shop cannot be furnished. Requests that fail are counted instead.
    pub async fn mix(&mut self, clients: u64, seconds: u64) -> Result<Mix, String> {
        load::mix(self.load(&[], clients, seconds)).await.map_err(|failure| failure.to_string())
    }

    fn load(&mut self, phases: &[Phase], clients: u64, seconds: u64) -> Load {
        self.seed += 1;
        let (email, password) = self.owner;
        Load {
            url: self.url.clone(),
            staff_email: email.to_owned(),
            staff_password: password.to_owned(),
            clients,
            customers: 50,
            seconds,
            seed: self.seed,
            phases: phases.to_vec(),
        }
    }
}

/// The server, and its URL.
fn serve(installation: &Installation, arguments: &[String]) -> (Running, String) {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let owner = [("ORDERVAULT_FIRST_RUN__OWNER_PASSWORD_HASH", PASSWORD_HASH)];
    let environment: Vec<_> = owner.into_iter().chain(WITHOUT_THROTTLES).collect();
    let (server, address) = installation.serve_with(&arguments, &environment);
    (server, format!("http://{address}"))
}

fn succeed(output: &Output) -> Result<(), String> {
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// Anonymous memory of a process, MiB.
#[must_use]
pub fn anonymous_mib(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    kib.split_whitespace().next()?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

/// What the engine is called on the command line.
#[must_use]
pub fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}
