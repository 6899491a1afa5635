//! At how much a statement may look.

use ordervault_persistence::engine::Engine;

/// Names of fixed statements that are not measured, and why not.
const NOT_MEASURED: &[(&str, &str)] = &[
    ("scan::COUNT_", "counts all rows of a kind, once per `verify` or export, to say how far it is"),
    ("backup::manifest::COUNTS", "counts all rows for the manifest, once per backup"),
    ("verify::stock::COUNT", "counts the ledger, once per `verify`"),
    ("verify::pairs::POSITIONS", "counts the outbox, once per `verify`"),
    ("verify::pairs::GAPS", "looks for the gaps in the outbox, if the counts say that there are some"),
    ("verify::batches::STRAY", "items of no batch, once per `verify`: a foreign key keeps them out"),
    ("verify::INTEGRITY", "SQLite checks the whole file"),
    ("verify::FOREIGN_KEYS", "SQLite checks all foreign keys"),
    ("verify::quick::QUICK_CHECK", "SQLite checks a whole table, of a backup"),
    ("verify::product::SUMS", "adds up the ledger of products, in slices of `verify`"),
    ("verify::product::HELD", "adds up the lines of products, in slices of `verify`"),
    ("repair::engine::REINDEX", "SQLite makes all indexes anew"),
    ("repair::ledger::CLOSE", "makes a trigger that is there"),
    ("repair::ledger::REMOVE", "refused without the statement before it"),
    ("repair::words::EMPTY_", "empties the index of words, which is then made anew"),
    (
        "repair::kinds::ORDERS_NAMED",
        "reads what members have seen one by one, for rows that no history has made",
    ),
    ("tables::gone_words::MERGE_", "writes so many pages, of which a small shop has fewer"),
    ("repair::kinds::DELETE_ORDERS", "the same, to see that no reference stays"),
];

/// Names of statements that may look at more in a large shop than in a small one, and why: then at no more than this, on SQLite
/// and on PostgreSQL.
const CAPPED: &[(&str, [u64; 2], &str)] = &[
    (
        "list, ",
        [2_500_000, 150_000],
        "looks at 4,000 orders at most, or counts 10,000: a small shop may have fewer in question",
    ),
    (
        "customers, ",
        [1_500_000, 60_000],
        "looks at 4,000 accounts at most, or at 500 of some stores: a small shop may have fewer in question",
    ),
    (
        "read::order_list::unread_filter::SINCE_MARK_IN_STORES",
        [0, 1_000],
        "without statistics PostgreSQL collects the places of all that came into a store since the mark",
    ),
    (
        "products, ",
        [0, 1_000],
        "without statistics PostgreSQL sorts what a store or a category has, on the way back",
    ),
    (
        "backup::restore::PRESENT",
        [0, 20_000],
        "asked once by a program that has just begun, whose plan is none that was kept from an empty shop",
    ),
    ("tables::search::ORDER_WORDS", [2_000, 0], "reads so many words of an index with more of them"),
    ("summary, ", [70_000, 10_000], "counts up to 1,000 of each status, and the orders of a day"),
    ("history, ", [600_000, 32_000], "looks at 4,000 events at most"),
    ("read::batches::ITEMS", [60_000, 300], "looks at the items of one batch, 10,000 at most"),
    (
        "read::past::LAST_BY",
        [60_000, 400],
        "looks at the times of one history, which has 10,000 versions here",
    ),
    (
        "tables::orders::OPEN_OF_CUSTOMER",
        [150_000, 6_000],
        "looks at 4,000 orders of a customer at most: a small shop may have fewer",
    ),
    ("read::steps::", [120_000, 400], "looks at the types of one history, which has 10,000 versions here"),
];

/// More than in a small shop, by this factor, and by so much: indexes have a level more, and numbers of blocks vary.
const FACTOR: f64 = 1.5;
const SLACK: [u64; 2] = [1_000, 100];

/// Is this fixed statement measured?
pub(crate) fn is_measured(name: &str) -> bool {
    !NOT_MEASURED
        .iter()
        .any(|(prefix, _)| name == *prefix || (prefix.ends_with('_') && name.starts_with(prefix)))
}

/// At how much it may look in a large shop that looks at so much in a small one.
pub(crate) fn most(name: &str, engine: Engine, in_a_small_shop: u64) -> u64 {
    let place = usize::from(engine == Engine::Postgres);
    let cap =
        CAPPED.iter().find(|(prefix, ..)| name.starts_with(prefix)).map_or(0, |(_, caps, _)| caps[place]);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small"
    )]
    let factored = (in_a_small_shop as f64 * FACTOR) as u64;
    (factored + SLACK[place]).max(cap)
}
