//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use ordervault_domain::id::OrderId;

use crate::config::Flags;

/// What `--help` says about how the program ends.
pub const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 findings, or done in part; 2 wrong command line, or verify lacks a key; 69 database or server unreachable, or port \
taken; 70 internal error; 73 cannot create a file or folder; 74 reading or writing failed; 78 wrong or unsafe \
configuration.";

/// Widest line of `--help`, in columns; narrower on a narrower terminal.
const HELP_COLUMNS: usize = 80;

/// Most orders of `demo seed`.
pub const MAX_SEEDED_ORDERS: u64 = 10_000_000;

/// Order management in one binary: an API server and its tools.
#[derive(Debug, Parser)]
#[command(name = "ordervault", version, after_help = EXIT_CODES, max_term_width = HELP_COLUMNS)]
pub struct Cli {
    /// What all commands understand.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// TOML file with settings [default: ./ordervault.toml, if it is there] [env: `ORDERVAULT_CONFIG`]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Folder of everything that is kept in files [default: ./data] [env: `ORDERVAULT_DATA_DIR`]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// <sqlite://FILE> or <postgres://USER:PASSWORD@HOST/DATABASE> [default: ordervault.db in the data folder] [env: `ORDERVAULT_DATABASE__URL`]
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// No progress, only results and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the API server
    Serve(Serve),
    /// Bring the database schema up to date
    Migrate(Migrate),
    /// Look after staff accounts
    #[command(subcommand)]
    Member(Member),
    /// Look at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The OpenAPI document
    #[command(subcommand)]
    Openapi(Openapi),
    /// Check that orders, history, totals and stock agree
    Verify(Verify),
    /// Make rows, stock and words anew from the histories, where they differ
    Repair(Repair),
    /// Fold anew what is compared (phone numbers, e-mail addresses, words) after an upgrade that reads them otherwise
    Reindex(Reindex),
    /// Write down outside of the database what is in it now
    Checkpoint,
    /// Whole copies of a SQLite database, made beside a running server
    #[command(subcommand)]
    Backup(BackupCommand),
    /// Put a backup in the place of the database
    Restore(Restore),
    /// Go on after a clock that was ahead
    #[command(subcommand)]
    Clock(ClockCommand),
    /// Make a backup, restore it elsewhere, verify it, and tell how long that takes
    Drill,
    /// Bring orders in
    #[command(subcommand)]
    Import(Import),
    /// Write everything out
    #[command(subcommand)]
    Export(Export),
    /// A made-up shop to try things out on
    #[command(subcommand)]
    Demo(Demo),
    /// Ask the server whether it is ready, for containers without curl
    Healthcheck,
    /// Print what a shell needs to complete commands and flags
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// `verify`
#[derive(Debug, Args)]
pub struct Verify {
    /// Look at one order alone, by the number that people read or its id
    #[arg(long, value_name = "NUMBER", conflicts_with = "checkpoints")]
    pub order: Option<OrderId>,
    /// Go on behind this order, where a run was stopped
    #[arg(long, value_name = "NUMBER", conflicts_with = "order")]
    pub after: Option<OrderId>,
    /// Also check that the database is what the checkpoints tell
    #[arg(long)]
    pub checkpoints: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

/// `repair`
#[derive(Debug, Args)]
pub struct Repair {
    /// Do it; otherwise it is only told
    #[arg(long)]
    pub apply: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

/// `reindex`
#[derive(Debug, Args)]
pub struct Reindex {
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

/// `serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Address and port of the API, or one of the two; port 0 takes a free one [default: 127.0.0.1:8080] [env: `ORDERVAULT_SERVER__LISTEN`]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Address and port of /metrics, or off [default: 127.0.0.1:9464] [env: `ORDERVAULT_METRICS__LISTEN`]
    #[arg(long, value_name = "ADDRESS|off")]
    pub metrics_listen: Option<String>,
    /// Fill an empty database with a small made-up shop
    #[arg(long)]
    pub demo: bool,
    /// Begin a new shop where there was another one
    #[arg(long)]
    pub new: bool,
}

/// `migrate`
#[derive(Debug, Args)]
pub struct Migrate {
    /// Begin a new shop where there was another one
    #[arg(long)]
    pub new: bool,
}

/// `backup …`
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Make one in the folder of backups
    Create,
    /// List them, the newest first
    List,
    /// Check that one is whole and that everything in it agrees
    Verify {
        /// Its name or its path [default: the newest]
        backup: Option<PathBuf>,
    },
    /// Remove those beyond `backup.keep_hourly`, `backup.keep_daily` and `backup.keep_weekly`
    Prune,
}

/// `clock …`
#[derive(Debug, Subcommand)]
pub enum ClockCommand {
    /// Tell what was written in a time to come, and let times go on at that of the clock
    Repair(ClockRepair),
}

/// `clock repair`
#[derive(Debug, Args)]
pub struct ClockRepair {
    /// Only tell
    #[arg(long)]
    pub dry_run: bool,
    /// End the logins that began in a time to come
    #[arg(long)]
    pub end_sessions: bool,
}

/// `restore`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Restore {
    /// Its name in the folder of backups, or its path
    #[arg(required_unless_present = "in_place", conflicts_with = "in_place")]
    pub backup: Option<PathBuf>,
    /// Put the database that is there aside, under another name
    #[arg(long, conflicts_with = "in_place")]
    pub replace: bool,
    /// Restore although the secret file is another one than the backup belongs to
    #[arg(long, conflicts_with = "in_place")]
    pub other_secret: bool,
    /// The database was put back already, by PostgreSQL's tools: only begin a new epoch
    #[arg(long)]
    pub in_place: bool,
    /// Leave logins as they were then
    #[arg(long)]
    pub keep_sessions: bool,
}

/// `member …`
#[derive(Debug, Subcommand)]
pub enum Member {
    /// Make a staff account; its password is shown once
    Create(MemberCreate),
    /// Give an account a new password, shown once
    ResetPassword(MemberResetPassword),
    /// Let strangers try an account's password again, after many have failed
    Unlock(MemberUnlock),
    /// List the staff accounts
    List,
}

/// `member create`
#[derive(Debug, Args)]
pub struct MemberCreate {
    /// E-mail address to log in with
    pub email: String,
    /// Name shown to colleagues
    #[arg(long)]
    pub name: String,
    /// Roles: owner, manager, reviewer, clerk, warehouse, finance, auditor
    #[arg(long = "role", required = true, value_delimiter = ',', value_name = "ROLE")]
    pub roles: Vec<String>,
    /// Ids of the stores the account sees, such as sto_… [default: all]
    #[arg(long = "store", value_delimiter = ',', value_name = "STORE")]
    pub stores: Vec<String>,
    /// Read the password from standard input instead of making one
    #[arg(long)]
    pub password_stdin: bool,
}

/// `member reset-password`
#[derive(Debug, Args)]
pub struct MemberResetPassword {
    /// E-mail address of the account
    pub email: String,
    /// Read the password from standard input instead of making one
    #[arg(long)]
    pub password_stdin: bool,
}

/// `member unlock`
#[derive(Debug, Args)]
pub struct MemberUnlock {
    /// E-mail address of the account
    pub email: String,
}

/// `config …`
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// Print every setting with the place it was set at
    Show,
    /// Look for mistakes and, in production mode, for unsafe settings
    Check,
}

/// `openapi …`
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum Openapi {
    /// Print the document of this version
    Print,
}

/// `import …`
#[derive(Debug, Subcommand)]
pub enum Import {
    /// The Olist marketplace data set: seven CSV files, plain or gzip'ed
    Olist {
        /// The folder with the files
        folder: PathBuf,
    },
    /// A file that `export jsonl` wrote
    Jsonl {
        /// The file
        file: PathBuf,
    },
}

/// `export …`
#[derive(Debug, Subcommand)]
pub enum Export {
    /// Stores, products, customers and orders with their history, one JSON object a line
    Jsonl {
        /// The file to write; - for standard output
        file: PathBuf,
        /// Of a damaged database, write what can be read and is whole, and list the rest
        #[arg(long)]
        salvage: bool,
    },
}

/// `demo …`
#[derive(Debug, Subcommand)]
pub enum Demo {
    /// Fill an empty database, or the demo shop, with very many orders; run again, it goes on or changes nothing
    Seed {
        /// How many
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..=MAX_SEEDED_ORDERS))]
        orders: u64,
    },
}

impl Cli {
    /// May a new shop take the place of one that was there?
    #[must_use]
    pub fn is_new(&self) -> bool {
        match &self.command {
            Command::Serve(serve) => serve.new,
            Command::Migrate(migrate) => migrate.new,
            _ => false,
        }
    }

    /// The settings among the flags.
    #[must_use]
    pub fn settings(&self) -> Flags {
        let (listen, metrics_listen, demo) = match &self.command {
            Command::Serve(serve) => (serve.listen.clone(), serve.metrics_listen.clone(), serve.demo),
            Command::Demo(_) => (None, None, true),
            _ => (None, None, false),
        };
        Flags {
            config: self.global.config.clone(),
            data_dir: self.global.data_dir.clone(),
            database_url: self.global.database_url.clone(),
            listen,
            metrics_listen,
            demo,
        }
    }
}
