//! Roles are sets of permissions. The whole table is printed into a committed matrix, so a change of policy is a diff.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// What a staff member is in the shop. The order is that of rank: the first is what a customer is told.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumIter,
    EnumString,
    Display,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Everything, including members and settings.
    Owner,
    /// Runs the stores in scope.
    Manager,
    /// Confirms or rejects what customers place.
    Reviewer,
    /// Looks after customers: amends, cancels, marks invalid.
    Clerk,
    /// Starts confirmed orders and counts stock; sees no contact.
    Warehouse,
    /// Writes down and pays back money.
    Finance,
    /// Reads all, changes nothing.
    Auditor,
}

/// Something that staff may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, IntoStaticStr, Display)]
pub enum Permission {
    /// List and open orders in scope.
    #[strum(serialize = "orders:read")]
    OrdersRead,
    /// Place an order for a customer.
    #[strum(serialize = "orders:place")]
    OrdersPlace,
    /// Confirm a placed order.
    #[strum(serialize = "orders:confirm")]
    OrdersConfirm,
    /// Reject a placed order.
    #[strum(serialize = "orders:reject")]
    OrdersReject,
    /// Amend lines, contact and note.
    #[strum(serialize = "orders:amend")]
    OrdersAmend,
    /// Give discounts, up to the store's limit.
    #[strum(serialize = "orders:discount")]
    OrdersDiscount,
    /// Give any discount, and add fees.
    #[strum(serialize = "orders:discount-freely")]
    OrdersDiscountFreely,
    /// Start the execution.
    #[strum(serialize = "orders:start")]
    OrdersStart,
    /// Complete an order by hand.
    #[strum(serialize = "orders:complete")]
    OrdersComplete,
    /// Cancel before the execution starts.
    #[strum(serialize = "orders:cancel")]
    OrdersCancel,
    /// Cancel while the order is being executed.
    #[strum(serialize = "orders:cancel-processing")]
    OrdersCancelProcessing,
    /// Mark invalid.
    #[strum(serialize = "orders:invalidate")]
    OrdersInvalidate,
    /// Take an invalid mark back.
    #[strum(serialize = "orders:restore")]
    OrdersRestore,
    /// Take a step back: unconfirm, unstart, reopen, reinstate.
    #[strum(serialize = "orders:reverse")]
    OrdersReverse,
    /// See the trash, put invalid orders into it and take them out.
    #[strum(serialize = "orders:delete")]
    OrdersDelete,
    /// Let more unconfirmed orders expire at once than may unasked.
    #[strum(serialize = "expiries:approve")]
    ExpiriesApprove,
    /// See payments and what is owed.
    #[strum(serialize = "payments:read")]
    PaymentsRead,
    /// Write down what was paid, and paid back.
    #[strum(serialize = "payments:record")]
    PaymentsRecord,
    /// Have money paid back, up to the store's limit.
    #[strum(serialize = "refunds:issue")]
    RefundsIssue,
    /// Have any money paid back, and let go of differences.
    #[strum(serialize = "refunds:approve")]
    RefundsApprove,
    /// See and search contacts, addresses and notes.
    #[strum(serialize = "contact:read")]
    ContactRead,
    /// Read the history.
    #[strum(serialize = "history:read")]
    HistoryRead,
    /// List and open stores.
    #[strum(serialize = "stores:read")]
    StoresRead,
    /// Create and edit stores.
    #[strum(serialize = "stores:write")]
    StoresWrite,
    /// List and open products with their stock.
    #[strum(serialize = "products:read")]
    ProductsRead,
    /// Create and edit products.
    #[strum(serialize = "products:write")]
    ProductsWrite,
    /// Change stock on hand.
    #[strum(serialize = "stock:adjust")]
    StockAdjust,
    /// Let customers not sign in any more, and let them in again.
    #[strum(serialize = "customers:write")]
    CustomersWrite,
    /// List and open staff members.
    #[strum(serialize = "members:read")]
    MembersRead,
    /// Create and edit staff members, never beyond one's own rights.
    #[strum(serialize = "members:write")]
    MembersWrite,
    /// Plan, pick, pack and ship fulfillments, and note that they have arrived.
    #[strum(serialize = "fulfillments:work")]
    FulfillmentsWork,
    /// Tell how parcels that have left are found.
    #[strum(serialize = "fulfillments:track")]
    FulfillmentsTrack,
    /// Take it back that a fulfillment has arrived, and promise lost units anew.
    #[strum(serialize = "fulfillments:correct")]
    FulfillmentsCorrect,
}

impl Role {
    /// What this role allows. Every permission stands in the line of each role that has it: a new one belongs to nobody.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "a table, one list a role")]
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Owner => &[
                P::OrdersRead,
                P::OrdersPlace,
                P::OrdersConfirm,
                P::OrdersReject,
                P::OrdersAmend,
                P::OrdersDiscount,
                P::OrdersDiscountFreely,
                P::OrdersStart,
                P::OrdersComplete,
                P::OrdersCancel,
                P::OrdersCancelProcessing,
                P::OrdersInvalidate,
                P::OrdersRestore,
                P::OrdersReverse,
                P::OrdersDelete,
                P::ExpiriesApprove,
                P::PaymentsRead,
                P::PaymentsRecord,
                P::RefundsIssue,
                P::RefundsApprove,
                P::ContactRead,
                P::HistoryRead,
                P::StoresRead,
                P::StoresWrite,
                P::ProductsRead,
                P::ProductsWrite,
                P::StockAdjust,
                P::CustomersWrite,
                P::MembersRead,
                P::MembersWrite,
                P::FulfillmentsWork,
                P::FulfillmentsTrack,
                P::FulfillmentsCorrect,
            ],
            Self::Manager => &[
                P::OrdersRead,
                P::OrdersPlace,
                P::OrdersConfirm,
                P::OrdersReject,
                P::OrdersAmend,
                P::OrdersDiscount,
                P::OrdersDiscountFreely,
                P::OrdersStart,
                P::OrdersComplete,
                P::OrdersCancel,
                P::OrdersCancelProcessing,
                P::OrdersInvalidate,
                P::OrdersRestore,
                P::OrdersReverse,
                P::OrdersDelete,
                P::ExpiriesApprove,
                P::PaymentsRead,
                P::PaymentsRecord,
                P::RefundsIssue,
                P::RefundsApprove,
                P::ContactRead,
                P::HistoryRead,
                P::StoresRead,
                P::ProductsRead,
                P::ProductsWrite,
                P::StockAdjust,
                P::CustomersWrite,
                P::MembersRead,
                P::MembersWrite,
                P::FulfillmentsWork,
                P::FulfillmentsTrack,
                P::FulfillmentsCorrect,
            ],
            Self::Reviewer => &[
                P::OrdersRead,
                P::OrdersConfirm,
                P::OrdersReject,
                P::PaymentsRead,
                P::ContactRead,
                P::HistoryRead,
                P::StoresRead,
                P::ProductsRead,
            ],
            Self::Clerk => &[
                P::OrdersRead,
                P::OrdersPlace,
                P::OrdersAmend,
                P::OrdersDiscount,
                P::OrdersCancel,
                P::OrdersInvalidate,
                P::PaymentsRead,
                P::RefundsIssue,
                P::ContactRead,
                P::HistoryRead,
                P::StoresRead,
                P::ProductsRead,
                P::FulfillmentsTrack,
            ],
            Self::Warehouse => &[
                P::OrdersRead,
                P::OrdersStart,
                P::StoresRead,
                P::ProductsRead,
                P::StockAdjust,
                P::FulfillmentsWork,
                P::FulfillmentsTrack,
            ],
            Self::Finance => &[
                P::OrdersRead,
                P::PaymentsRead,
                P::PaymentsRecord,
                P::RefundsIssue,
                P::RefundsApprove,
                P::ContactRead,
                P::HistoryRead,
                P::StoresRead,
                P::ProductsRead,
            ],
            Self::Auditor => &[
                P::OrdersRead,
                P::PaymentsRead,
                P::ContactRead,
                P::HistoryRead,
                P::StoresRead,
                P::ProductsRead,
                P::MembersRead,
            ],
        }
    }
}

/// What several roles allow together.
#[must_use]
pub fn permissions_of(roles: &BTreeSet<Role>) -> BTreeSet<Permission> {
    roles.iter().flat_map(|role| role.permissions()).copied().collect()
}
