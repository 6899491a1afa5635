//! `POST /v1/staff/orders/{id}/confirm`

use super::step::step;

step!(
    /// Confirm an order
    ///
    /// The shop promises to deliver. Doing it twice is no error.
    confirm_order, "/v1/staff/orders/{id}/confirm", "confirm_order", ORDER_TO_CONFIRM,
    Confirm
);
