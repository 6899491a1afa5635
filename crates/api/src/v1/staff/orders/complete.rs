//! `POST /v1/staff/orders/{id}/complete`

use super::step::step;

step!(
    /// Complete an order
    ///
    /// The goods have left the house: the reserved stock is taken out. Doing it twice is no error.
    complete_order, "/v1/staff/orders/{id}/complete", "complete_order", ORDER_TO_COMPLETE,
    Complete
);
