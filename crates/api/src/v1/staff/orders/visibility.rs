//! `POST /v1/staff/orders/{id}/hide` and `…/show`: whether an order may stand on its store's public board.

use super::step::step;

step!(
    /// Keep an order off the public board
    ///
    /// As its buyer wishes. Doing it twice is no error.
    hide_staff_order, "/v1/staff/orders/{id}/hide", "hide_staff_order", ORDER_TO_HIDE_BY_STAFF,
    Hide
);

step!(
    /// Let an order stand on the public board
    ///
    /// Masked, if its store has a board. Doing it twice is no error.
    show_staff_order, "/v1/staff/orders/{id}/show", "show_staff_order", ORDER_TO_HIDE_BY_STAFF,
    Show
);
