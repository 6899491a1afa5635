//! Who comes to a shop, and what they do there.

use clap::{Args, ValueEnum};

/// What customers on one machine must be spared who are so few: settings of the server.
pub const WITHOUT_THROTTLES: [(&str, &str); 2] = [
    ("ORDERVAULT_THROTTLES__PLACE_ACCOUNT", "1000000000/1m"),
    ("ORDERVAULT_THROTTLES__REGISTER_ADDRESS", "1000000000/1m"),
];

/// Who comes, to whom, and for how long.
#[derive(Args, Clone, Debug)]
pub struct Load {
    /// Where the server listens.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// A staff account that may make stores and products, and has replaced its first password.
    #[arg(long)]
    pub staff_email: String,
    /// Its password.
    #[arg(long)]
    pub staff_password: String,
    /// Clients that ask at the same time, each waiting for its answer.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..))]
    pub clients: u64,
    /// Customers that the clients take turns to be.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..))]
    pub customers: u64,
    /// Length of each phase.
    #[arg(long, default_value_t = 10)]
    pub seconds: u64,
    /// Sets this run's baskets and names apart from others'.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// What to measure, in this order. What is not `place` asks for orders that it placed.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Phase::value_variants().to_vec())]
    pub phases: Vec<Phase>,
}

/// What all clients do for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Phase {
    /// A customer places an order of three lines.
    Place,
    /// A customer reads an order.
    Read,
    /// A customer lists their newest orders.
    List,
    /// A customer searches their orders for a product.
    Search,
    /// A customer searches their orders for two characters that all of them have.
    SearchCharacters,
    /// A customer searches their orders for their name.
    SearchName,
    /// Staff read an order.
    StaffRead,
    /// Staff list the newest orders.
    StaffList,
    /// Staff list the newest orders of one store that wait for review.
    StaffFilter,
    /// Staff search for a customer's name.
    StaffSearch,
    /// Staff search for two characters that all orders have.
    StaffSearchCharacters,
    /// Staff list the newest orders of a year ago.
    StaffDeep,
    /// Staff look for an order by its number.
    StaffNumber,
    /// Staff read the summary.
    StaffSummary,
    /// Staff read what happened last, across the whole shop.
    StaffHistory,
    /// Staff confirm an order, each order once; ends when all are.
    StaffConfirm,
}

impl Phase {
    /// What it is called on the command line and in reports.
    #[must_use]
    pub fn name(self) -> String {
        self.to_possible_value().map(|name| name.get_name().to_owned()).unwrap_or_default()
    }

    /// Does it change nothing?
    #[must_use]
    pub fn only_reads(self) -> bool {
        !matches!(self, Self::Place | Self::StaffConfirm)
    }
}
