//! `POST /v1/staff/orders/{id}/delete`

use super::step::step;

step!(
    /// Put an invalid order into the trash
    ///
    /// From then on only members with the permission `orders:delete` see it. Nothing is lost. Doing it twice is no error.
    delete_order, "/v1/staff/orders/{id}/delete", "delete_order", ORDER_TO_DELETE,
    Delete { batch: None }
);
