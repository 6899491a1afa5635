//! Values with which each fixed statement is tried: where they make a difference, those of the largest and of the smallest.

use ordervault_domain::id::BatchId;
use ordervault_persistence::statement::Bind;
use ordervault_tests::fabricate::{
    COMMON_PRODUCT, CUSTOMER, GREAT_BATCH, GREAT_CUSTOMER, GREAT_STORE, MEMBERS, Numbers, SMALL_STORE,
    SOLD_PRODUCTS, STORES,
};
use ordervault_tests::shop::OPENING_MILLIS;

/// An hour, a day.
const HOUR_MILLIS: i64 = 3_600_000;
const DAY_MILLIS: i64 = 24 * HOUR_MILLIS;

/// What samples are made for.
pub(crate) struct Shop {
    /// Its size.
    pub(crate) numbers: Numbers,
    /// So many keys are asked for, or so many rows at most.
    pub(crate) keys: i64,
}

macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(Bind::from($value)),*] };
}

impl Shop {
    /// For the statement of this name, each with one value for each bind; `None`: nobody has said which.
    pub(crate) fn values(&self, name: &str) -> Option<Vec<Vec<Bind>>> {
        let (room, statement) = name.split_once("::")?;
        match room {
            "read" => self.of_reads(statement),
            "tables" => self.of_tables(statement),
            "verify" => self.of_verify(statement),
            "repair" => self.of_repair(statement),
            _ => self.of_others(name),
        }
    }

    fn of_others(&self, name: &str) -> Option<Vec<Vec<Bind>>> {
        let (now, rows) = (OPENING_MILLIS, self.keys);
        Some(vec![match name {
            "leader::LOCK" | "leader::UNLOCK" => values!["sequencer"],
            "checkpoint::HASHES" => values![self.numbers.orders, self.numbers.orders + rows, rows],
            "scan::ORDERS" | "transfer::salvage::IDS" => values![self.middle_order(), rows],
            "scan::STORES"
            | "scan::PRODUCTS"
            | "scan::CUSTOMERS"
            | "scan::MEMBERS"
            | "scan::INSTALLATIONS" => {
                values![5, rows]
            }
            "backup::restore::SIGNED_IN" => values![5, rows],
            "backup::restore::PLACED_AFTER" => values![self.numbers.orders, rows],
            "backup::restore::PRESENT" | "transfer::salvage::KINDS" => values![self.orders()],
            // A clock that was an hour ahead.
            "clock::ORDERS" => values![now - HOUR_MILLIS, rows],
            "clock::SESSIONS" => values![now - HOUR_MILLIS, rows, self.numbers.id(self.numbers.orders - 60)],
            "clock::COUNTS" => {
                values![now - HOUR_MILLIS, rows, now, self.numbers.id(self.numbers.orders - 60)]
            }
            _ => return None,
        }])
    }

    fn of_reads(&self, name: &str) -> Option<Vec<Vec<Bind>>> {
        let (now, rows) = (OPENING_MILLIS, self.keys);
        let great_batch = GREAT_BATCH.get();
        let long = self.numbers.long_order();
        let any_step = || vec!["confirmed".to_owned(), "reopened".to_owned()];
        Some(match name {
            "batches::READ" => vec![values![great_batch]],
            "batches::OF_MEMBER" => vec![values![2, i64::MAX, rows]],
            "batches::OF_MEMBER_BACK" => vec![values![2, 0, rows]],
            "batches::LATEST_BACK" => vec![values![0, rows]],
            "batches::LATEST" => vec![values![i64::MAX, rows]],
            "batches::OPEN" => vec![values![rows]],
            "batches::ITEMS_BACK" => vec![values![great_batch, i64::MAX, vec!["refused".to_owned()], rows]],
            "batches::ITEMS" => vec![
                values![great_batch, 50, vec!["already_applied".to_owned()], rows],
                values![great_batch, 50, vec!["refused".to_owned()], rows],
            ],
            "batches::DONE" => vec![values![great_batch]],
            "batches::WAITING" => vec![values![great_batch, rows], values![self.open_batch().get(), rows]],
            "batches::PREVIEW" => vec![values!["preview 1", 2, now]],
            "deadlines::OVERDUE" => vec![values![now, i64::MIN, i64::MIN, rows]],
            "deadlines::WAITED" => vec![
                values![now, i64::MIN, i64::MIN, rows, None::<i64>, None::<i64>],
                values![now, i64::MIN, i64::MIN, rows, 60, SMALL_STORE.get()],
            ],
            "deadlines::EXPIRING" => vec![values![now, i64::MIN, rows]],
            "deadlines::OPEN" => vec![values![rows]],
            "erasures::DUE" => vec![values![now, rows]],
            "erasures::ERASED" => vec![values![5, rows]],
            "erasures::SINCE" => vec![values!["order", now - HOUR_MILLIS]],
            "erasures::ORDERS" => vec![values![GREAT_CUSTOMER.get(), i64::MIN, i64::MIN, rows]],
            "order_list::unread_filter::SINCE_MARK" => [1, 2, 3].map(|member| values![member, rows]).to_vec(),
            "order_list::unread_filter::SINCE_MARK_IN_STORES" => vec![
                values![2, rows, vec![GREAT_STORE.get()]],
                values![2, rows, vec![SMALL_STORE.get()]],
                values![3, rows, vec![SMALL_STORE.get(), GREAT_STORE.get()]],
            ],
            "orders::ERASED" => vec![values![self.some(self.numbers.customers())]],
            "orders::OPENED" => vec![values![self.numbers.id(self.numbers.orders)]],
            "orders::PROOF" => vec![values![self.numbers.id(self.numbers.orders)]],
            "past::LAST" => vec![values![long]],
            "past::LAST_BY" => vec![values![long, self.numbers.placed_at(self.numbers.orders / 2)]],
            "people::NAMES" => vec![values![self.some(MEMBERS)]],
            "people::MEMBERS_BACK" => vec![values![0, rows]],
            "people::MEMBERS" => vec![values![i64::MAX, rows]],
            "picking::ALLOCATED" => vec![values![0, rows]],
            "steps::BEGINNINGS" => vec![values![long, 0, self.numbers.long_versions(), any_step(), rows]],
            "summary::TODAY" => {
                let some = vec!["confirmed".to_owned(), "completed".to_owned()];
                let since = self.numbers.placed_at(self.numbers.orders - 60);
                vec![
                    values![vec![GREAT_STORE.get(), SMALL_STORE.get()], vec![since; 2], some.clone(), rows],
                    values![vec![SMALL_STORE.get()], vec![since], some, rows],
                ]
            }
            "steps::FIRST_OF_PAGE" => vec![values![long, self.numbers.long_versions(), any_step(), rows]],
            "steps::LATEST" => vec![values![long, self.numbers.long_versions(), any_step()]],
            _ => return None,
        })
    }

    fn of_tables(&self, name: &str) -> Option<Vec<Vec<Bind>>> {
        let (now, rows) = (OPENING_MILLIS, self.keys);
        let (table, statement) = name.split_once("::")?;
        let last = self.numbers.orders * 2 + self.numbers.long_versions();
        Some(vec![match (table, statement) {
            ("history", "READ") => values![self.orders()],
            (_, "READ" | "LOCK" | "SHARE" | "WITH_PRICES" | "HELD" | "OF_ORDERS" | "WHOLE" | "PRODUCTS") => {
                vec![self.keys_of(table)?]
            }
            (_, "DELETE_ORDERS" | "BEFORE_CORRECTION" | "ERASE_PERSONAL") => values![self.orders()],
            ("snapshots" | "order_lines" | "parcels", "DELETE") => values![self.orders()],
            ("credentials", "DELETE") => values![self.some(self.numbers.customers())],
            ("orders", "OPEN_OF_CUSTOMER") => {
                return Some(vec![
                    values![GREAT_CUSTOMER.get(), 4_000, 100],
                    values![CUSTOMER.get(), 4_000, 100],
                ]);
            }
            (_, "DELETE_PRODUCTS") => values![self.some(SOLD_PRODUCTS)],
            (_, "DELETE_CUSTOMERS") => values![self.some(self.numbers.customers())],
            ("arrivals", "LAST_IN_STORES") => values![vec![GREAT_STORE.get(), SMALL_STORE.get()]],
            ("arrivals", "MARKS") => values![self.some(MEMBERS)],
            ("batches", "CANCEL_ITEMS") => values![vec![self.open_batch().get()]],
            ("batches", "FORGET_PREVIEWS") => values![now, vec![2], 10],
            ("credentials", "OF_CUSTOMER") => values!["buyer7@example.com"],
            ("credentials", "OF_MEMBER") => values!["member7@example.com"],
            ("credentials", "OF_PRINCIPAL") => values![CUSTOMER.get()],
            ("customers", "BY_EMAIL") => values![self.texts("buyer", "@example.com")],
            ("members", "BY_EMAIL") => values![self.texts("member", "@example.com")],
            ("followers", "POSITION") => values!["arrivals"],
            ("followers", "NEXT") => values![last - 20, rows],
            ("followers", "MOVE") => values!["arrivals", last],
            ("idempotency", "FORGET") => values![self.texts("key ", "")],
            ("idempotency", "FORGET_OLDEST") | ("throttles", "FORGET_EXPIRED") => {
                values![now - DAY_MILLIS, rows]
            }
            ("orders", "LOCK_ALIKE") => values![self.some(SOLD_PRODUCTS)],
            ("orders", "ALIKE") => {
                return Some(vec![
                    values![vec![GREAT_CUSTOMER.get()], now - HOUR_MILLIS],
                    values![self.some(SOLD_PRODUCTS), now - HOUR_MILLIS],
                ]);
            }
            ("outbox", "NUMBER") => values![rows],
            ("outbox", "LATER") => values![self.orders(), self.numbers.orders],
            ("search", "ORDER_WORDS" | "PRODUCT_WORDS" | "CUSTOMER_WORDS") => values!["m", rows],
            ("sessions", "OPEN") => values![self.sessions(), now],
            ("sessions", "FORGET_OUTDATED") => values![now + 20 * DAY_MILLIS, rows],
            ("sessions", "OPEN_OF_PRINCIPAL") => {
                return Some(vec![values![GREAT_CUSTOMER.get()], values![SOLD_PRODUCTS]]);
            }
            ("sessions", "LOCK_OF_PRINCIPALS") => {
                return Some(vec![values![vec![GREAT_CUSTOMER.get()]], values![self.some(SOLD_PRODUCTS)]]);
            }
            ("mails", "DUE") => values![now, rows],
            ("mails", "WAITING") => values![rows],
            ("one_time_codes", "BY_HASH") => values!["hash 7"],
            ("one_time_codes", "OF_CUSTOMER") => values![GREAT_CUSTOMER.get()],
            ("one_time_codes", "FORGET_EXPIRED") => values![now - HOUR_MILLIS, rows],
            ("stock", "MOVED_AFTER") => values![self.some(SOLD_PRODUCTS), last - 20],
            ("writers", "LAST_GROUP") => values![1],
            ("writers", "FORGET") => values![now, 1],
            _ => return None,
        }])
    }

    fn of_verify(&self, name: &str) -> Option<Vec<Vec<Bind>>> {
        let rows = self.keys;
        let middle = self.middle_order();
        Some(vec![match name {
            "TRACES" => values![middle],
            "batches::COUNTS" => values![self.numbers.orders / 400, rows],
            "order::BESIDE" | "order::FOUND_SQLITE" | "times::PLACES" => values![self.orders()],
            "order::STORES_OF_PRODUCTS" | "product::STORELESS" | "product::FOUND_SQLITE" => {
                values![self.some(SOLD_PRODUCTS)]
            }
            "pairs::MARKS_HAVE_MEMBER" => values![5, 0, rows],
            "pairs::CREDENTIALS_HAVE_PRINCIPAL" | "pairs::PASSWORDS_ARE_THE_LAST" | "seals::CREDENTIALS" => {
                values![100, 0, rows]
            }
            "customer::FOUND_SQLITE" => values![self.some(self.numbers.customers())],
            "pairs::PRODUCT_SEARCH_HAS_ROW" | "pairs::CUSTOMER_SEARCH_HAS_ROW" => values![100, 0, rows],
            "pairs::SEEN_HAVE_MEMBER_AND_ORDER" => values![1, middle, rows],
            "pairs::KEYS_IN_HISTORY" => values!["key 5", rows],
            "seals::BATCHES" => values![5, 0, rows],
            "seals::ITEMS" => values![GREAT_BATCH.get(), 100, rows],
            "stock::AFTER" => values![COMMON_PRODUCT.get(), middle, 1, rows],
            "times::NEWEST_BEFORE" => values![0, self.numbers.orders * 2],
            _ if name.starts_with("pairs::") || name.starts_with("seals::") => values![middle, 0, rows],
            _ => return None,
        }])
    }

    fn of_repair(&self, name: &str) -> Option<Vec<Vec<Bind>>> {
        let rows = self.keys;
        Some(vec![match name {
            "kinds::RELEASE_PRODUCTS" | "kinds::PRODUCTS_NAMED" => {
                values![self.some(SOLD_PRODUCTS)]
            }
            "kinds::RELEASE_STORES" | "kinds::STORES_NAMED" | "resource::PRESENT" => {
                values![self.some(STORES)]
            }
            "kinds::RELEASE_MEMBERS" | "kinds::MEMBERS_NAMED" => values![self.some(MEMBERS)],
            "kinds::RELEASE_INSTALLATIONS" | "kinds::INSTALLATIONS_NAMED" => values![vec![1]],
            "kinds::RELEASE_CUSTOMERS" | "kinds::CUSTOMERS_NAMED" => {
                values![self.some(self.numbers.customers())]
            }
            "kinds::DELETE_STORES" => values![vec![STORES]],
            "kinds::DELETE_PRODUCTS" => values![vec![SOLD_PRODUCTS + 1]],
            "kinds::DELETE_CUSTOMERS" => values![vec![self.numbers.customers() + 1]],
            "kinds::DELETE_MEMBERS" => values![vec![MEMBERS]],
            "strays::CUSTOMER_WORDS" => values![self.numbers.customers() - 200, rows],
            "ledger::UNITS" | "strays::PRODUCT_WORDS" => values![5, rows],
            // From the first row that older rules have folded, and where today's begin.
            _ if name.starts_with("reindex::STALE_") => {
                return Some(vec![
                    values![i64::MIN, i64::MIN, 2, rows],
                    values![2, i64::MIN, i64::MAX, rows],
                ]);
            }
            _ if name.starts_with("strays::") => values![self.numbers.id(self.numbers.orders - 200), rows],
            "kinds::RELEASE_ORDERS"
            | "resource::TRACES"
            | "resource::DISORDERED"
            | "run::KINDS"
            | "snapshots::CLEAR" => {
                values![self.orders()]
            }
            _ => return None,
        }])
    }

    /// The keys of some rows of a table.
    fn keys_of(&self, table: &str) -> Option<Bind> {
        Some(match table {
            "stores" => self.some(STORES).into(),
            "products" => self.some(SOLD_PRODUCTS).into(),
            "customers" | "credentials" | "one_time_codes" => self.some(self.numbers.customers()).into(),
            "members" | "installations" => self.some(MEMBERS).into(),
            "orders" | "order_lines" | "parcels" | "snapshots" => self.orders().into(),
            "batches" => self.some(20).into(),
            "sessions" => self.sessions().into(),
            "idempotency" => self.texts("key ", "").into(),
            "throttles" => self.texts("throttle ", "").into(),
            _ => return None,
        })
    }

    /// So many small ids.
    fn some(&self, most: i64) -> Vec<i64> {
        (1..=self.keys.min(most)).collect()
    }

    fn texts(&self, before: &str, after: &str) -> Vec<String> {
        (1..=self.keys).map(|number| format!("{before}{number}{after}")).collect()
    }

    /// The last orders but some.
    fn orders(&self) -> Vec<i64> {
        (0..self.keys).map(|ago| self.numbers.id(self.numbers.orders - 20 - ago)).collect()
    }

    fn sessions(&self) -> Vec<i64> {
        (1..=self.keys).map(|ago| self.numbers.id(self.numbers.orders - 5 * ago) + 1).collect()
    }

    fn middle_order(&self) -> i64 {
        self.numbers.id(self.numbers.orders / 2 + 1)
    }

    fn open_batch(&self) -> BatchId {
        BatchId::from_i64(self.numbers.orders / 200)
    }
}
