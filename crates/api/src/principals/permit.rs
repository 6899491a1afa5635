//! What an endpoint asks of a member: a permission to read, or whatever a command takes. Which permissions those are, the
//! domain says; here are only types to name them by.

use ordervault_domain::access::Permission;

/// What a handler asks of a member.
pub trait Permit: 'static {
    /// The permissions of which one suffices; none: any active member may.
    const PERMISSIONS: &'static [Permission];
    /// Is it open to a member who has yet to replace a password that somebody else set?
    const WITH_FOREIGN_PASSWORD: bool = false;
}

/// Any active member; the only permit that is open before a password set by somebody else is replaced.
#[derive(Clone, Copy, Debug)]
pub enum OwnAccount {}

impl Permit for OwnAccount {
    const PERMISSIONS: &'static [Permission] = &[];
    const WITH_FOREIGN_PASSWORD: bool = true;
}

/// A permit for each of these permissions, named like it: what is only read takes one.
macro_rules! reading {
    ($($name:ident),+ $(,)?) => {
        $(
            #[doc = concat!("[`Permission::", stringify!($name), "`]")]
            #[derive(Clone, Copy, Debug)]
            pub enum $name {}

            impl Permit for $name {
                const PERMISSIONS: &'static [Permission] = &[Permission::$name];
            }
        )+
    };
}

reading!(
    OrdersRead,
    PaymentsRead,
    FulfillmentsWork,
    HistoryRead,
    StoresRead,
    StoresWrite,
    ProductsRead,
    MembersRead
);

/// A permit for each of these kinds of command, named like it: it takes what the command takes.
macro_rules! commands {
    ($(#[$doc:meta])* $permits:ident, $module:ident, $kinds:ident: $($name:ident),+ $(,)?) => {
        $(#[$doc])*
        pub(crate) mod $permits {
            use ordervault_domain::access::Permission;
            use ordervault_domain::$module::$kinds;

            use $crate::principals::permit::Permit;

            $(
                #[doc = concat!("[`", stringify!($kinds), "::", stringify!($name), "`]")]
                #[derive(Clone, Copy, Debug)]
                pub(crate) enum $name {}

                impl Permit for $name {
                    const PERMISSIONS: &'static [Permission] = {
                        let permissions = $kinds::$name.permissions();
                        assert!(!permissions.is_empty(), "this command is not for staff");
                        permissions
                    };
                }
            )+
        }
    };
}

pub(crate) use commands;

commands!(
    /// Commands on orders that say more than why; `v1/staff/orders/commands.rs` has the others.
    order, order, OrderCommandKind: Place, Amend, Adjust, RemoveAdjustment, Link,
    RecordPayment, Refund, SettleRefund, WriteOff, Plan, Ship, CancelLines,
);
commands!(
    /// Commands on stores.
    store, store, StoreCommandKind: Create, Edit, Activate, Deactivate,
);
commands!(
    /// Commands on products.
    product, product, ProductCommandKind: Create, Edit, Activate, Deactivate, AdjustStock,
);
commands!(
    /// Commands on the installation.
    installation, installation, InstallationCommandKind: ApproveExpiries,
);
commands!(
    /// Commands on customers.
    customer, customer, CustomerCommandKind: Activate, Deactivate, HandOutCode, TakeBackDeletion,
);
commands!(
    /// Commands on members.
    member, member, MemberCommandKind: Create, Edit, Activate, Deactivate, ResetPassword,
);
