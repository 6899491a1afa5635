//! `POST /v1/staff/orders/{id}/restore`

use super::step::step;

step!(
    /// Take an invalid mark back
    ///
    /// The order returns to the status it had before; the stock is reserved again, if there is enough.
    restore_order, "/v1/staff/orders/{id}/restore", "restore_order", ORDER_TO_RESTORE,
    Restore
);
