//! The database of a command: opened as configured, with the schema that this program knows.

use std::fs::DirBuilder;
use std::path::Path;

use ordervault_api::settings::Mode;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::DbOptions;
use ordervault_persistence::error::DbError;
use ordervault_persistence::leader::Presence;
use ordervault_persistence::migrate::{self, SchemaVersion};
use ordervault_persistence::seal::KeyRing;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::{Writer, WriterTask};

use crate::config::Config;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::rights;
use crate::secrets;
use crate::server_lock::{refuse_foreign, refuse_lost};

/// A database with its write queue.
pub struct Database {
    /// For reading.
    pub db: Db,
    /// For every change.
    pub writer: Writer,
    task: WriterTask,
    /// For as long as it is open, nobody repairs the database.
    presence: Presence,
}

impl Database {
    /// Opens the database, brings it up to date if that is configured, and starts the write queue.
    ///
    /// # Errors
    /// When it cannot be reached, made or read, or its schema is not this program's; when there is no secret file.
    pub async fn open(context: &Context, sources: Sources) -> Result<Self, Failure> {
        let db = open(context).await?;
        if context.config.made_secret_file().is_some() {
            make_folder(&context.config.data_dir)?;
        }
        let keys = secrets::load(&context.config, &sources)?.key_ring();
        Self::start(db, sources, keys).await
    }

    /// Starts the write queue of an open database.
    ///
    /// # Errors
    /// When it cannot be read, or is being repaired.
    pub async fn start(db: Db, sources: Sources, keys: KeyRing) -> Result<Self, Failure> {
        let Some(presence) = Presence::among_others(&db).await? else {
            let why = "the database is being repaired: wait until that has ended";
            return Err(Failure::new(Exit::Unavailable, why));
        };
        Self::start_as(presence, db, sources, keys).await
    }

    /// The same for who has said already that they write, or that nobody else may.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn start_as(
        presence: Presence,
        db: Db,
        sources: Sources,
        keys: KeyRing,
    ) -> Result<Self, Failure> {
        let (writer, task) = Writer::start(db.clone(), sources, keys).await?;
        Ok(Self { db, writer, task, presence })
    }

    /// Writes what waits, ends the write queue, and closes the database.
    pub async fn close(self) {
        self.task.stop().await;
        // It has a connection, too.
        drop(self.presence);
        self.db.close().await;
    }
}

/// Opens the database, and brings it up to date if that is configured.
///
/// # Errors
/// When it cannot be reached, made or read, or its schema is not this program's.
pub async fn open(context: &Context) -> Result<Db, Failure> {
    let db = make(context).await?;
    if context.config.database.migrate_on_start {
        bring_up_to_date(context, &db).await?;
    }
    current(&db).await?;
    Ok(db)
}

/// Opens the database; on SQLite, file and data folder are made where they are missing.
///
/// # Errors
/// When it cannot be reached or made, or is not the one that was here before.
pub async fn make(context: &Context) -> Result<Db, Failure> {
    let config = &context.config;
    refuse_lost(config, context.is_new)?;
    let is_in_data_dir =
        config.database.url.file().is_some_and(|file| file.parent() == Some(config.data_dir.as_path()));
    if is_in_data_dir {
        make_folder(&config.data_dir)?;
    }
    let db = connect(config).await?;
    refuse_foreign(config, &db, context.is_new).await?;
    Ok(db)
}

/// Opens a database that is there already, for looking at it.
///
/// # Errors
/// When it is not there, cannot be reached, or its schema is not this program's.
pub async fn existing(config: &Config) -> Result<Db, Failure> {
    let db = readable(config).await?;
    current(&db).await?;
    Ok(db)
}

/// The same, for work beside which nobody else may use it.
///
/// # Errors
/// As above, and when somebody uses it.
pub async fn alone(config: &Config) -> Result<(Db, Presence), Failure> {
    let used =
        |by: &str| Failure::new(Exit::Unavailable, format!("{by} {}: stop it first", config.database.url));
    if let Some(file) = config.database.url.file().filter(|file| file.exists())
        && Db::is_open_elsewhere(file).await?
    {
        return Err(used("another process has opened"));
    }
    let db = existing(config).await?;
    match Presence::alone(&db).await? {
        Some(presence) => Ok((db, presence)),
        None => Err(used("a server or another command works on")),
    }
}

/// The same as [`existing`], whatever the schema is.
///
/// # Errors
/// When it is not there or cannot be reached.
pub async fn readable(config: &Config) -> Result<Db, Failure> {
    if let Some(file) = config.database.url.file().filter(|file| !file.exists()) {
        return Err(Failure::new(
            Exit::Unavailable,
            format!("there is no database file {}; name it by --data-dir or --database-url", file.display()),
        ));
    }
    connect(config).await
}

/// Brings the schema up to this program's and says so, if there is anything to do.
///
/// # Errors
/// When the database is newer than the program, or fails.
pub async fn bring_up_to_date(context: &Context, db: &Db) -> Result<SchemaVersion, Failure> {
    let before = migrate::status(db).await?;
    if before.applied < before.known {
        let place = &context.config.database.url;
        context.say(&format!("{place}: schema from {} to {}", before.applied, before.known));
    }
    Ok(migrate::migrate(db).await?)
}

/// The folder of everything that is kept in files, private to the user when it is made.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| {
        let folder = folder.display();
        let hint = "name one that can be written by --data-dir";
        Failure::new(Exit::CannotCreate, format!("cannot make the folder {folder}: {error}; {hint}"))
    })
}

async fn connect(config: &Config) -> Result<Db, Failure> {
    let url = &config.database.url;
    if let Some(file) = url.file().filter(|_| config.mode == Mode::Production) {
        refuse_open_doors(&config.data_dir, file)?;
    }
    let options = DbOptions { url: url.expose().to_owned(), readers: config.database.readers };
    Db::open(&options).await.map_err(|error| match error {
        error @ (DbError::Unusable(_) | DbError::File(_)) => error.into(),
        DbError::Damaged(_) => Failure::new(
            Exit::Io,
            format!(
                "{url} is no whole SQLite database: it is another file, was copied in part, or is damaged at its beginning; \
                 put the right file there, or restore a backup"
            ),
        ),
        DbError::ConnectionLost(cause) => Failure::new(
            Exit::Unavailable,
            format!("cannot reach {url}: {}; is the server running, and its name right?", first_cause(&cause)),
        ),
        error => {
            let cause = Failure::from(error);
            Failure::new(cause.exit, format!("cannot open {url}: {cause}"))
        }
    })
}

/// What lies below everything that went wrong: each layer above it says the same again.
fn first_cause<'a>(mut error: &'a (dyn std::error::Error + 'static)) -> &'a dyn std::error::Error {
    while let Some(cause) = error.source() {
        error = cause;
    }
    error
}

/// Refuses a database that is reached by another name, and files that everybody on the machine can reach; warns of those
/// that the group can.
fn refuse_open_doors(data_dir: &Path, file: &Path) -> Result<(), Failure> {
    let refused =
        |why: String| Err(Failure::new(Exit::Config, format!("{why}, which production mode refuses")));
    if file.is_symlink() {
        let file = file.display();
        return refused(format!(
            "the database {file} is a symbolic link; name the file itself by database.url"
        ));
    }
    for path in [data_dir, file] {
        let (Some(rights), path) = (rights::of(path), path.display()) else { continue };
        if rights.everybody {
            let run = format!("run chmod o-rwx {path}");
            return refused(format!("everybody on this machine can read or write {path} ({run})"));
        }
        if rights.group {
            tracing::warn!("the group can read or write {path}; chmod g-rwx {path} keeps it to its owner");
        }
    }
    Ok(())
}

/// Refuses a schema that is not this program's.
async fn current(db: &Db) -> Result<(), Failure> {
    let schema = migrate::status(db).await?;
    match schema.is_current() {
        true => Ok(()),
        false => Err(Failure::new(Exit::Config, wrong_schema(schema))),
    }
}

fn wrong_schema(SchemaVersion { applied, known }: SchemaVersion) -> String {
    match applied < known {
        true => format!(
            "the database has schema {applied}, this program needs {known}: back it up, then run `ordervault migrate`"
        ),
        false => {
            format!("the database has schema {applied}, this program knows {known}: use the newer program")
        }
    }
}
