//! Named lists of values in the contract, made from the enumerations behind them, so that a new variant stands there by itself.
//!
//! What is sent back is open: a later version may have more names, so that the schema takes any of the `Known…` list or another
//! text, as generators of clients understand it. What is taken is that list itself.

use ordervault_domain::access;
use ordervault_domain::aggregate::Kind;
use ordervault_domain::batch;
use ordervault_domain::order::{self, NotPlain, OrderCommandKind};
use ordervault_domain::refusal::Rule;
use ordervault_domain::search::Field;
use ordervault_domain::totals;
use serde_json::Value;
use strum::IntoEnumIterator;
use utoipa::openapi::schema::{AnyOfBuilder, Type};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema};

/// The schema of each list: its description, its name, that of its closed form, and its values.
macro_rules! names {
    ($($(#[doc = $doc:literal])+ $open:ident, $known:ident: $values:expr;)+) => {
        $crate::names::closed!($($(#[doc = $doc])+ $known: $values;)+);

        $(
            $(#[doc = $doc])+
            ///
            /// A later version may have more.
            #[derive(Debug)]
            pub(crate) enum $open {}

            impl utoipa::PartialSchema for $open {
                fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                    let description = concat!($($doc, "\n"),+);
                    $crate::names::open(description, stringify!($known), $values.first().copied())
                }
            }

            impl utoipa::ToSchema for $open {
                fn name() -> std::borrow::Cow<'static, str> {
                    stringify!($open).into()
                }

                fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
                    let known = <$known as utoipa::PartialSchema>::schema();
                    schemas.push((stringify!($known).into(), known));
                }
            }
        )+
    };
}
pub(crate) use names;

/// The same for lists that only requests have.
macro_rules! closed {
    ($($(#[doc = $doc:literal])+ $known:ident: $values:expr;)+) => {$(
        $(#[doc = $doc])+
        ///
        /// What this version knows.
        #[derive(Debug)]
        pub(crate) enum $known {}

        impl utoipa::PartialSchema for $known {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::names::known(concat!($($doc, "\n"),+), &$values)
            }
        }

        impl utoipa::ToSchema for $known {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($known).into()
            }
        }
    )+};
}
pub(crate) use closed;

names! {
    /// Where an order stands.
    OrderStatus, KnownOrderStatus: variants::<order::Status>();
    /// How an order came in.
    OrderSource, KnownOrderSource: variants::<order::Source>();
    /// Why an order was cancelled.
    CancelReason, KnownCancelReason: variants::<order::CancelReason>();
    /// Why an order is invalid.
    InvalidReason, KnownInvalidReason: variants::<order::InvalidReason>();
    /// Less, or more?
    AdjustmentKind, KnownAdjustmentKind: variants::<order::AdjustmentKind>();
    /// Why an order costs less, or more, than its prices say.
    AdjustReason, KnownAdjustReason: variants::<order::AdjustReason>();
    /// How far an order is paid.
    PaymentStatus, KnownPaymentStatus: variants::<order::PaymentStatus>();
    /// What of an order somebody has to look into.
    Attention, KnownAttention: variants::<order::Attention>();
    /// What is to be reached on the way of an order besides its statuses.
    Milestone, KnownMilestone: variants::<order::MilestoneName>();
    /// When an order is to be paid: before its execution starts, when it arrives, or after an invoice.
    PaymentKind, KnownPaymentKind: variants::<totals::PaymentKind>();
    /// By what somebody pays.
    PaymentMethod, KnownPaymentMethod: variants::<order::PaymentMethod>();
    /// What a message about money says.
    TransactionKind, KnownTransactionKind: variants::<order::TransactionKind>();
    /// How far a movement of money is.
    TransactionState, KnownTransactionState: variants::<order::TransactionState>();
    /// Why money is paid back.
    RefundReason, KnownRefundReason: variants::<order::RefundReason>();
    /// Why something was done to an order: what it can be cancelled, marked invalid or taken a step back for.
    Reason, KnownReason: reasons();
    /// What a person may do to an order, named like the end of the path that does it.
    OrderAction, KnownOrderAction: actions(|_| true);
    /// What can be done to many orders at once: whatever says no more than why.
    BatchAction, KnownBatchAction: actions(|kind| {
        *kind == OrderCommandKind::Adjust
            || batch::BatchAction::new(*kind, None, None) != Err(NotPlain::SaysMore)
    });
    /// A part of an order that can be amended.
    AmendedPart, KnownAmendedPart: variants::<order::AmendedPart>();
    /// How far a fulfillment is.
    FulfillmentState, KnownFulfillmentState: variants::<order::FulfillmentState>();
    /// How far an order is sent.
    FulfillmentStatus, KnownFulfillmentStatus: variants::<order::FulfillmentStatus>();
    /// What stands in the way of an action: the name of a rule, or that it has been done.
    BlockedBy, KnownBlockedBy: blocks();
    /// How far a batch is.
    BatchStatus, KnownBatchStatus: variants::<batch::BatchStatus>();
    /// What became of one order of a batch.
    BatchItemResult, KnownBatchItemResult: variants::<batch::ItemOutcome>();
    /// What a member is in the shop.
    Role, KnownRole: variants::<access::Role>();
    /// What staff may be allowed to do.
    Permission, KnownPermission: variants::<access::Permission>();
    /// Who did something.
    ActorKind, KnownActorKind: variants::<access::ActorKind>();
    /// A kind of thing that has a history.
    ResourceKind, KnownResourceKind: variants::<Kind>();
    /// What happened to a thing.
    HistoryEvent, KnownHistoryEvent: events();
    /// The texts of an order in which words were found: `items` (titles, stock keeping units, categories), `contact` or `note`.
    MatchedField, KnownMatchedField: variants::<Field>();
}

closed! {
    /// Why parcels were not delivered.
    KnownFailureReason: variants::<order::FailureReason>();
    /// Why an order takes a step back.
    KnownReversalReason: variants::<order::ReversalReason>();
    /// Who lets go of a difference: the shop of what the customer owes, or the customer of what the shop owes.
    KnownWriteOffSide: variants::<order::WriteOffSide>();
    /// Which of two steps is taken by what lies right in the middle: the even one, or the greater one.
    KnownRounding: variants::<totals::Rounding>();
}

/// The names of all variants.
pub(crate) fn variants<T: IntoEnumIterator + Into<&'static str>>() -> Vec<&'static str> {
    T::iter().map(Into::into).collect()
}

/// The names of these actions.
pub(crate) fn actions(which: fn(&OrderCommandKind) -> bool) -> Vec<&'static str> {
    OrderCommandKind::iter().filter(|kind| kind.is_action()).filter(which).map(Into::into).collect()
}

fn blocks() -> Vec<&'static str> {
    let mut names = variants::<Rule>();
    names.push(order::ALREADY_APPLIED);
    names
}

/// The names of all reasons.
pub(crate) fn reasons() -> Vec<&'static str> {
    let cancel = variants::<order::CancelReason>().into_iter();
    let lists = cancel.chain(variants::<order::InvalidReason>()).chain(variants::<order::ReversalReason>());
    let lists = lists.chain(variants::<order::AdjustReason>()).chain(variants::<order::RefundReason>());
    let lists = lists.chain(variants::<order::FailureReason>());
    each_once(lists)
}

/// The names of all events.
pub(crate) fn events() -> Vec<&'static str> {
    each_once(Kind::all_events())
}

/// In the order in which they come first.
fn each_once(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut once = vec![];
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once
}

/// One of these and no other.
pub(crate) fn known(description: &str, values: &[&'static str]) -> RefOr<Schema> {
    let example = values.first().map(|value| Value::from(*value));
    text(description).enum_values(Some(values.to_vec())).examples(example).build().into()
}

/// One of these, or what a later version has.
pub(crate) fn open(description: &str, known: &str, example: Option<&str>) -> RefOr<Schema> {
    let schema = AnyOfBuilder::new()
        .item(Ref::from_schema_name(known))
        .item(text("What a later version may have.").build())
        .description(Some(description.trim()))
        .examples(example.map(Into::<Value>::into))
        .build();
    Schema::from(schema).into()
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description.trim()))
}
