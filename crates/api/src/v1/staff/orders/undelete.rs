//! `POST /v1/staff/orders/{id}/undelete`

use super::step::step;

step!(
    /// Take an order out of the trash
    ///
    /// It is again what it was before.
    undelete_order, "/v1/staff/orders/{id}/undelete", "undelete_order", ORDER_TO_UNDELETE,
    Undelete { batch: None }
);
