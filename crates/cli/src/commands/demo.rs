//! `demo seed`: very many made-up orders beside the demo shop.

use std::time::Duration;

use crate::args::Demo;
use crate::context::Context;
use crate::database::{self, Database};
use crate::demo;
use crate::demo::seed::{self, Seed};
use crate::exit::{Exit, Failure};
use crate::intake::Intake;
use crate::secrets;
use crate::shutdown::Shutdown;
use crate::sources;

pub(super) async fn run(context: &Context, command: &Demo) -> Result<Exit, Failure> {
    match command {
        Demo::Seed { orders } => seed(context, *orders).await,
    }
}

async fn seed(context: &Context, orders: u64) -> Result<Exit, Failure> {
    let stop = Shutdown::on_signals(Duration::ZERO)?;
    let database = demo_shop(context).await?;
    let mut intake = Intake::new(context, &database.writer, &stop, "demo-seed");
    let handed_over = hand_over(&mut intake, &database, orders).await;
    let outcome = intake.finish();
    database.close().await;
    handed_over?;
    context.print(&outcome.to_string())?;
    let is_whole = outcome.is_whole();
    outcome.end()?;
    Ok(if is_whole { Exit::Ok } else { Exit::Findings })
}

/// The demo shop, loaded where nothing is. No other shop gets made-up orders.
async fn demo_shop(context: &Context) -> Result<Database, Failure> {
    let (config, sources) = (&context.config, sources::system()?);
    let db = database::open(context).await?;
    database::make_folder(&config.data_dir)?;
    let keys = secrets::load(config, &sources)?.key_ring();
    if demo::load_into_empty(context, &db, &keys, &sources).await? {
        return Database::start(db, sources, keys).await;
    }
    db.close().await;
    Err(Failure::new(
        Exit::Config,
        format!(
            "{} holds another shop than the demo shop, which gets no made-up orders: name another --data-dir or --database-url",
            config.database.url
        ),
    ))
}

async fn hand_over(intake: &mut Intake<'_>, database: &Database, orders: u64) -> Result<(), Failure> {
    intake.take("stores", seed::stores()).await;
    let Some(seed) = Seed::of(&database.db).await? else { return Ok(()) };
    intake.take("products", seed::products()).await;
    intake.take("customers", seed::customers(orders)).await;
    intake.take("orders", seed.orders(orders)).await;
    Ok(())
}
