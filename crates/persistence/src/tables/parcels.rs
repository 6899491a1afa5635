//! The table `parcels`: by which tracking numbers orders are found. Most orders have none.

use ordervault_domain::order::Order;

use super::columns::table_row;
use crate::bulk::BulkInsert;
use crate::statement::{Template, statements};

statements! {
    pub(crate) OF_ORDERS: Template = Template::new(
        "SELECT * FROM parcels WHERE order_id {in_keys:1} ORDER BY order_id, fulfillment, place"
    );
    pub(crate) INSERT: BulkInsert = BulkInsert::new("parcels", <ParcelRow as super::columns::TableRow>::COLUMNS);
    pub(crate) DELETE: Template = Template::new("DELETE FROM parcels WHERE order_id {in_keys:1}");
}

table_row! {
    /// A row of the table: a parcel with a number.
    pub(crate) struct ParcelRow {
        pub(crate) order_id: i64,
        fulfillment: i64,
        place: i64,
        tracking_number: String,
        tracking_key: String,
    }
}

impl ParcelRow {
    /// Those of an order, sorted by fulfillment and place.
    pub(crate) fn of(order: &Order) -> impl Iterator<Item = Self> {
        order.fulfillments.iter().flat_map(|fulfillment| {
            let numbered = (1..).zip(&fulfillment.parcels);
            numbered.filter_map(|(place, parcel)| {
                let number = parcel.tracking_number.as_ref()?;
                Some(Self {
                    order_id: order.id.get(),
                    fulfillment: fulfillment.no.into(),
                    place,
                    tracking_number: number.to_string(),
                    tracking_key: number.key(),
                })
            })
        })
    }
}
