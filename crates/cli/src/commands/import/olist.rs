//! `import olist`: reads everything, tells the findings, and hands the sound orders over with what they refer to.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use ordervault_domain::time::Timestamp;

use crate::context::Context;
use crate::database::Database;
use crate::exit::{Exit, Failure};
use crate::intake::{Intake, Piece, Tally};
use crate::olist::{self, Olist, Translator};
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
    let mut intake = Intake::new(&database.writer, &stop, "import-olist");
    let outcome = store(context, &mut intake, translator, &olist, now).await;
    let halted = intake.finish();
    database.close().await;
    context.print(&format!("{}{outcome}", olist.summary))?;
    halted?;
    let is_whole = olist.summary.is_clean() && outcome.is_whole();
    Ok(if is_whole { Exit::Ok } else { Exit::Findings })
}

/// What became of everything read.
struct ImportOutcome {
    stores: Tally,
    customers: Tally,
    products: Tally,
    orders: Tally,
}

async fn store(
    context: &Context,
    intake: &mut Intake<'_>,
    translator: Translator,
    olist: &Olist,
    now: Timestamp,
) -> ImportOutcome {
    let stores = pieces(context, intake, "stores", translator.stores(olist)).await;
    let customers = pieces(context, intake, "customers", olist::customers(olist)).await;
    let products = pieces(context, intake, "products", olist::products(olist)).await;
    let orders = olist
        .orders
        .iter()
        .map(|order| translator.order(order, now).map_err(|why| (format!("order {}", order.order_id), why)));
    let progress = context.start("orders", Some(orders.len() as u64));
    let orders = intake.take(orders, &progress).await;
    progress.finish();
    ImportOutcome { stores, customers, products, orders }
}

async fn pieces(context: &Context, intake: &mut Intake<'_>, what: &str, pieces: Vec<Piece>) -> Tally {
    let progress = context.start(what, Some(pieces.len() as u64));
    let tally = intake.take(pieces.into_iter().map(Ok), &progress).await;
    progress.finish();
    tally
}

impl ImportOutcome {
    fn tallies(&self) -> [(&'static str, Tally); 4] {
        [
            ("stores", self.stores),
            ("customers", self.customers),
            ("products", self.products),
            ("orders", self.orders),
        ]
    }

    fn is_whole(&self) -> bool {
        self.tallies().iter().all(|(_, tally)| tally.refused + tally.left == 0)
    }
}

impl fmt::Display for ImportOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, tally) in self.tallies() {
            writeln!(f, "{what}: {tally}")?;
        }
        match self.tallies() {
            tallies if tallies.iter().any(|(_, tally)| tally.left > 0) => {
                writeln!(f, "stopped before the end; import the same folder again for the rest")
            }
            tallies if tallies.iter().all(|(_, tally)| tally.new == 0) => {
                writeln!(f, "nothing new: the database is unchanged")
            }
            _ => Ok(()),
        }
    }
}
