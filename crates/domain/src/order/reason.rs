//! Why an order is called off, is not a real one, or takes a step back.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// Why an order is called off.
    CancelReason {
        /// The customer changed their mind.
        Customer,
        /// Cannot be delivered.
        Inventory,
        /// The payment was declined.
        Declined,
        /// Suspected fraud.
        Fraud,
        /// A mistake of the staff.
        Staff,
        /// Waited too long.
        Expired,
        /// Was ordered twice.
        Duplicate,
        /// Anything else.
        Other,
    }

    /// Why an order is not a real one.
    InvalidReason {
        /// Was ordered twice.
        Duplicate,
        /// Somebody tried the shop out.
        Test,
        /// Nobody answers there.
        UnreachableContact,
        /// There is no such address.
        BadAddress,
        /// The price was wrong.
        PriceError,
        /// Fraud.
        Fraud,
        /// Was never paid.
        Unpaid,
        /// Anything else.
        Other,
    }

    /// Why an order costs less, or more, than its prices say.
    AdjustReason {
        /// An offer of the shop.
        Promotion,
        /// As a kindness.
        Goodwill,
        /// A price was wrong.
        PriceError,
        /// The goods have a flaw.
        Flaw,
        /// The order makes more work than others.
        Handling,
        /// Anything else.
        Other,
    }

    /// Why money is paid back.
    RefundReason {
        /// The order, or a part of it, was called off.
        Cancelled,
        /// Goods came back.
        Returned,
        /// Goods were lost on the way.
        Lost,
        /// The goods have a flaw.
        Flaw,
        /// Too much was paid.
        Overpaid,
        /// A price was wrong.
        PriceError,
        /// As a kindness.
        Goodwill,
        /// Anything else.
        Other,
    }

    /// Why an order takes a step back.
    ReversalReason {
        /// The step was a slip of the hand.
        Mistake,
        /// The customer wishes it so.
        Customer,
        /// The shop has learnt more since.
        Information,
        /// The step was taken by a clock that was wrong.
        Clock,
        /// Anything else.
        Other,
    }
}
