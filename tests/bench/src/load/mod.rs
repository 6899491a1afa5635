//! Many clients place orders over HTTP at a running server, then read, list and search them as customers and as staff.
//!
//! They make a store of their own with ample stock, and customers of their own, so they can come again and again to one
//! database. Compare ratios within one run, not numbers between machines. Access tokens live ten minutes: all phases together
//! must be shorter.

mod client;
mod measure;
mod mix;
mod report;
mod target;
mod visit;

pub(crate) use client::{Client, Request};
pub(crate) use measure::measure;
pub use mix::{Mix, mix};
pub use report::{Failure, Figures};
pub use target::LINES;
pub use visit::{Load, Phase, WITHOUT_THROTTLES};

use target::Target;

/// Makes store, products and customers, then runs the phases one after another: what each came to, in their order.
///
/// # Errors
/// When the shop cannot be furnished. Requests of phases that fail are counted instead.
pub async fn run(load: Load) -> Result<Vec<Figures>, Failure> {
    let target = Target::open(load).await?;
    let (load, mut figures) = (&target.load, vec![]);
    for phase in &load.phases {
        let asking = async |client: &mut Client| target.ask(client, *phase).await;
        figures.push(measure(&phase.name(), &load.url, load.clients, load.seconds, asking).await);
    }
    Ok(figures)
}
