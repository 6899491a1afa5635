//! `checkpoint`: writes down outside of the database what is in it now.

use ordervault_persistence::checkpoint::{self, CheckpointError, Taken};

use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure};
use crate::secrets;
use crate::sources;

pub(super) async fn run(context: &Context) -> Result<Exit, Failure> {
    let sources = sources::system()?;
    let keys = secrets::load(&context.config, &sources)?.key_ring();
    let db = database::existing(&context.config).await?;
    let folder = &context.config.checkpoint.folder;
    let taken = checkpoint::take(&db, &keys, folder, sources.now()).await;
    db.close().await;
    let told = match taken.map_err(failure)? {
        Taken::Written(new) => {
            let folder = folder.display();
            format!("checkpoint {} in {folder}: {} events\n", new.number, new.position)
        }
        Taken::NothingNew(known) => format!("nothing has happened since checkpoint {}\n", known.number),
    };
    context.print(&told)?;
    Ok(Exit::Ok)
}

fn failure(error: CheckpointError) -> Failure {
    match error {
        CheckpointError::Database(error) => error.into(),
        error @ CheckpointError::Folder { .. } => Failure::caused(Exit::CannotCreate, &error),
        error @ CheckpointError::Unfit(_) => Failure::caused(Exit::Findings, &error),
    }
}
