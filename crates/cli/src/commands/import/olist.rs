//! `import olist`: reads everything, tells the findings, and hands the sound orders over with what they refer to.

use std::path::Path;
use std::time::Duration;

use ordervault_domain::time::Timestamp;

use crate::context::Context;
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::intake::Intake;
use crate::olist::{self, Olist, OlistOrder, Translator};
use crate::shutdown::Shutdown;
use crate::sources;

pub(super) async fn run(context: &Context, folder: &Path) -> Result<Exit, Failure> {
    let (stop, translator) = (Shutdown::on_signals(Duration::ZERO)?, Translator::new()?);
    context.say(&format!("reading {}", folder.display()));
    let olist = olist::read(folder)?;
    for finding in &olist.findings {
        context.say(&finding.to_string());
    }
    let sources = sources::system()?;
    let now = sources.now();
    let database = Database::open(context, sources).await?;
    let mut intake = Intake::new(context, &database.writer, &stop, "import-olist");
    hand_over(&mut intake, translator, &olist, now).await;
    let outcome = intake.finish();
    database.close().await;
    context.print(&format!("{}{outcome}", olist.summary))?;
    let is_whole = olist.summary.is_clean() && outcome.is_whole();
    outcome.end()?;
    Ok(if is_whole { Exit::Ok } else { Exit::Findings })
}

async fn hand_over(intake: &mut Intake<'_>, translator: Translator, olist: &Olist, now: Timestamp) {
    intake.take("stores", translator.stores(olist).into_iter().map(Ok)).await;
    intake.take("customers", olist::customers(olist).into_iter().map(Ok)).await;
    intake.take("products", olist::products(olist).into_iter().map(Ok)).await;
    let order = |order: &OlistOrder| {
        translator.order(order, now).map_err(|why| (format!("order {}", order.order_id), why))
    };
    intake.take("orders", olist.orders.iter().map(order)).await;
}
