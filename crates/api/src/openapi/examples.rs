//! What the examples of the contract name: things of the demo shop, so that each operation can be tried out there as it
//! stands (`docs/demo.md` lists more of them). No two operations name the same thing if one changes it for the other.

/// The customer of the examples.
pub const CUSTOMER_EMAIL: &str = "ming@example.com";
/// Password of every customer of the demo shop.
pub const CUSTOMER_PASSWORD: &str = "correct horse battery";
/// The member of the examples: who may do everything.
pub const OWNER_EMAIL: &str = "owner@example.com";
/// Password of every member of the demo shop.
pub const STAFF_PASSWORD: &str = "correct horse battery staple";

pub(crate) const CUSTOMER: &str = "cus_0NEJ4WGR1PW618";
/// Who calls the shop instead of ordering herself: 田中 さくら.
pub(crate) const CUSTOMER_ON_THE_PHONE: &str = "cus_0NEJ83200QJ15H";

/// Maria: whom no other example speaks of.
pub(crate) const CUSTOMER_TO_SWITCH: &str = "cus_0NEJB28W1HC2M7";
/// As a one-time code looks; only a mail or staff give one out.
pub(crate) const CODE: &str = "3f2a-77b0-91cc-04de";
/// As a login is named; which there are, only a login and the list of sessions tell.
pub(crate) const SESSION: &str = "ses_0NEJ4WGR1PW618";

/// The customer's, placed and not touched since.
pub(crate) const ORDER_TO_AMEND: &str = "0P9RRNYE0Q28NB";
/// The customer's.
pub(crate) const ORDER_TO_CANCEL: &str = "0P8J46X40C3WA9";
/// The customer's.
pub(crate) const ORDER_TO_HIDE: &str = "0P52EYYW1ZMBXZ";
/// The customer's, to look at.
pub(crate) const ORDER: &str = "0P654D221QSQ5F";
pub(crate) const ORDER_NUMBER: &str = "0P65-4D22-1QSQ-5F";
/// With which it was placed, as one dials it at home.
pub(crate) const ORDER_PHONE: &str = "0912 345 678";
/// Of the same store as [`ORDER_TO_AMEND`], because both are amended to the same product.
pub(crate) const ORDER_TO_AMEND_BY_STAFF: &str = "0P9GA49406WTFP";
/// Whose money matters to no other example.
pub(crate) const ORDER_TO_PAY: &str = ORDER_TO_REOPEN;
/// Whose price matters to no other example.
pub(crate) const ORDER_TO_ADJUST: &str = ORDER_TO_UNCONFIRM;
pub(crate) const ORDER_TO_CONFIRM: &str = "0P7WXMMW01RD2G";
pub(crate) const ORDER_TO_REJECT: &str = "0P8Z25B21N4AZE";
pub(crate) const ORDER_TO_START: &str = "0P774EFW1746RT";
pub(crate) const ORDER_TO_COMPLETE: &str = "0P405TKP023W7J";
pub(crate) const ORDER_TO_CANCEL_BY_STAFF: &str = "0P7M6YCG13F9MS";
pub(crate) const ORDER_TO_INVALIDATE: &str = "0P7FSZCY1RC41M";
pub(crate) const ORDER_TO_HIDE_BY_STAFF: &str = "0P4SVPJ41C9FST";
/// Ming's, placed by the shop for nobody's account.
pub(crate) const ORDER_TO_LINK: &str = "0P1ANDM0172YY5";
pub(crate) const ORDER_TO_RESTORE: &str = "0P1Q97QT0C7TZE";
pub(crate) const ORDER_TO_UNCONFIRM: &str = "0P7R90WG14B538";
pub(crate) const ORDER_TO_UNSTART: &str = "0P4NHHNC06RXT4";
pub(crate) const ORDER_TO_REOPEN: &str = "0P1VMAYW1WBQ3Z";
pub(crate) const ORDER_TO_REINSTATE: &str = "0P60PZJE1T54K3";
pub(crate) const ORDER_TO_FULFILL: &str = "0P734FNG0KDM26";
pub(crate) const ORDER_TO_SHIP: &str = "0P6YHWYC0T9V1Q";
pub(crate) const ORDER_TO_CANCEL_IN_PART: &str = "0P6DBQJG1499XE";
pub(crate) const ORDER_TO_DELETE: &str = "0P0C6Y1002S5P6";
/// Deleted by [`BATCH`].
pub(crate) const ORDER_TO_UNDELETE: &str = "0NG990C41XWJMT";
pub(crate) const ORDERS_TO_CONFIRM: [&str; 2] = ["0P9WZ5YJ0P3427", "0P9MN4DR1KZRZX"];

/// Completed.
pub(crate) const BATCH: &str = "bat_0PA1V2600QKRW0";
/// Cancelled already, so that doing it again is no error.
pub(crate) const BATCH_TO_CANCEL: &str = "bat_0PA28SMG06WEXY";

pub(crate) const STORE: &str = "sto_0NEHNAF80JYTAF";
pub(crate) const STORE_TO_EDIT: &str = "sto_0NEHNHSM1N77WS";
pub(crate) const STORE_TO_SWITCH: &str = "sto_0NEHNS401X8Z8V";

pub(crate) const PRODUCT: &str = "prd_0NEHQ5281VSJM0";
pub(crate) const PRODUCT_TO_EDIT: &str = "prd_0NEHQCCM0BS3P8";
pub(crate) const PRODUCT_TO_ADJUST: &str = "prd_0NEHQKQ01E7HQ0";
pub(crate) const PRODUCT_TO_SWITCH: &str = "prd_0NEHV1JM1PNSKZ";

/// The owner.
pub const MEMBER: &str = "mem_0NEHN34W1DD1P0";
pub(crate) const MEMBER_TO_EDIT: &str = "mem_0NEHPF341CTBM5";
pub(crate) const MEMBER_TO_SWITCH: &str = "mem_0NEHPXQW06RF7G";
pub(crate) const MEMBER_WITHOUT_PASSWORD: &str = "mem_0NEHPPDG0VAHHN";
