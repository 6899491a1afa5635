//! `drill`: makes a backup, restores it elsewhere, and looks whether it is what it was: whoever has never restored a backup
//! has none.

use std::time::Instant;

use ordervault_persistence::backup::BackupFolder;
use ordervault_persistence::checkpoint::root;
use ordervault_persistence::db::Db;
use ordervault_persistence::seal::KeyRing;
use ordervault_persistence::verify::verify;

use super::tables::Tables;
use super::{backup, restore};
use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure};
use crate::{secrets, sources};

pub(super) async fn run(context: &Context) -> Result<Exit, Failure> {
    let (config, sources) = (&context.config, sources::system()?);
    let (started, place) = (Instant::now(), config.backup.folder.path());
    let (maker, keys) = (backup::maker(config)?, secrets::load(config, &sources)?.key_ring());
    let db = database::existing(config).await?;
    database::make_folder(place)?;
    let folder = tempfile::Builder::new().prefix("drill-").tempdir_in(place).map_err(|error| {
        Failure::new(Exit::CannotCreate, format!("cannot make a folder in {}: {error}", place.display()))
    })?;
    let backup = BackupFolder::new(folder.path()).create(&db, &maker, sources.now()).await;
    let outcome = match backup {
        Ok(backup) => {
            let then = root(&mut db.read().await?, backup.manifest.position).await?;
            Ok((backup, then, started.elapsed()))
        }
        Err(error) => Err(error),
    };
    db.close().await;
    let (backup, then, made) = outcome?;
    let restored = folder.path().join("restored.db");
    let copy = restore::put(&backup, &restored, (&sources, &keys), false, None).await?.db;
    let now = root(&mut copy.read().await?, backup.manifest.position).await?;
    let put_back = started.elapsed();
    let report = rehearsed(context, copy, &keys).await?;
    let is_same = now == then && now.hash == backup.manifest.root;
    let seconds = |time: std::time::Duration| format!("{:.1} s", time.as_secs_f64());
    context.print(&format!(
        "backup    {} events, {} bytes, in {}\nrestored  after {}\nverified  {}, after {}\nroot      {}\n{}\n",
        then.position,
        backup.manifest.bytes,
        seconds(made),
        seconds(put_back),
        if report { "everything holds" } else { "NOT everything holds" },
        seconds(started.elapsed()),
        if is_same { format!("{} in both", now.hash) } else { format!("{} was {}", now.hash, then.hash) },
        if report && is_same { "the drill succeeded" } else { "the drill FAILED" },
    ))?;
    Ok(if report && is_same { Exit::Ok } else { Exit::Findings })
}

/// Does everything hold in what was put back?
async fn rehearsed(context: &Context, copy: Db, keys: &KeyRing) -> Result<bool, Failure> {
    let mut tables = Tables::new(context);
    let report = verify(&copy, Some(keys), |progress| tables.show(progress)).await;
    tables.finish();
    copy.close().await;
    Ok(report?.is_clean())
}
