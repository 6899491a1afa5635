//! `POST /v1/staff/orders/{id}/start`

use super::step::step;

step!(
    /// Start the execution of an order
    ///
    /// From here on the customer can change nothing any more. Doing it twice is no error.
    start_order, "/v1/staff/orders/{id}/start", "start_order", ORDER_TO_START,
    Start
);
