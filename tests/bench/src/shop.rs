//! The program, with clients at its door.

use std::path::Path;

use ordervault_persistence::engine::Engine;
use ordervault_tests::cluster::Cluster;
use ordervault_tests::program::{Installation, Running};
use ordervault_tests::shop::{PASSWORD, PASSWORD_HASH};

use crate::load::{self, Figures, Load, Phase, WITHOUT_THROTTLES};

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

/// A shop of its own that answers over HTTP. It ends with this value.
pub struct Shop {
    /// Where it lives.
    pub installation: Installation,
    server: Running,
    url: String,
    /// Its clients differ from run to run.
    seed: u64,
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
        let owner = [("ORDERVAULT_FIRST_RUN__OWNER_PASSWORD_HASH", PASSWORD_HASH)];
        let environment: Vec<_> = owner.into_iter().chain(WITHOUT_THROTTLES).collect();
        let (server, address) = installation.serve_with(&[], &environment);
        Self { installation, server, url: format!("http://{address}"), seed: 0 }
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
        self.seed += 1;
        let load = Load {
            url: self.url.clone(),
            staff_email: "owner@localhost".to_owned(),
            staff_password: PASSWORD.to_owned(),
            clients,
            customers: 50,
            seconds,
            seed: self.seed,
            phases: phases.to_vec(),
        };
        let figures = load::run(load).await.map_err(|failure| failure.to_string())?;
        figures.into_iter().map(Figures::without_errors).collect()
    }
}

/// What the engine is called on the command line.
#[must_use]
pub fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}
