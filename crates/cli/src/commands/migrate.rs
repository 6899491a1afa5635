//! `migrate`: brings the database schema up to date.

use crate::context::Context;
use crate::database;
use crate::exit::{Exit, Failure};

pub(super) async fn run(context: &Context) -> Result<Exit, Failure> {
    let db = database::make(context).await?;
    let schema = database::bring_up_to_date(context, &db).await;
    db.close().await;
    context.print(&format!("schema {} is up to date\n", schema?.applied))?;
    Ok(Exit::Ok)
}
