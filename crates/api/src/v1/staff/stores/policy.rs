//! How a store handles orders, as JSON.

use ordervault_domain::money::Amount;
use ordervault_domain::store::{
    DEFAULT_DUPLICATE_WINDOW_MINUTES, MAX_DUPLICATE_WINDOW_MINUTES, MAX_POLICY_MINUTES, Policy, PolicyEdit,
};
use ordervault_domain::totals::Rate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::extract::{present, present_value};

/// How a store handles orders.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = StorePolicy)]
pub(crate) struct PolicyBody {
    /// Minutes within which placing what the same buyer has just placed needs a confirmation. Left out: 10; 0: never asked.
    #[serde(default = "default_duplicate_window")]
    #[validate(range(max = MAX_DUPLICATE_WINDOW_MINUTES))]
    #[schema(minimum = 0, maximum = 1440, example = 10)]
    duplicate_window_minutes: u32,
    /// Minutes in which a placed order should be reviewed. Left out: no deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(nullable = false, minimum = 1, maximum = 527_040, example = 120)]
    review_minutes: Option<u32>,
    /// Minutes in which the execution of a confirmed order should start. Left out: no deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(nullable = false, minimum = 1, maximum = 527_040, example = 1440)]
    start_minutes: Option<u32>,
    /// Minutes in which a started order should be completed. Left out: no deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(nullable = false, minimum = 1, maximum = 527_040, example = 4320)]
    completion_minutes: Option<u32>,
    /// Minutes in which a placed order that is to be paid beforehand should be. Left out: no deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(nullable = false, minimum = 1, maximum = 527_040, example = 1440)]
    payment_minutes: Option<u32>,
    /// Minutes in which all of a started order should have left. Left out: no deadline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(nullable = false, minimum = 1, maximum = 527_040, example = 2880)]
    shipping_minutes: Option<u32>,
    /// Minutes after which an order that is still not confirmed is cancelled by itself. Left out: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(nullable = false, minimum = 1, maximum = 527_040, example = 2880)]
    cancel_unconfirmed_minutes: Option<u32>,
    /// Minutes in which the last step of an order can be taken back (`unconfirm`, `unstart`, `reopen`, `reinstate`). Left out:
    /// at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(nullable = false, minimum = 1, maximum = 527_040, example = 43_200)]
    reversal_minutes: Option<u32>,
    /// The share of the goods' price up to which members give discounts who may not give any, in thousandths of a percent. Left out:
    /// they give none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(max = 100_000))]
    #[schema(nullable = false, minimum = 0, maximum = 100_000, example = 10_000)]
    discount_limit: Option<u32>,
    /// The amount up to which members have money paid back who may not have any paid back, in minor units. Left out: they have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000_000_000_i64, example = 50_000)]
    refund_limit: Option<i64>,
    /// Are confirmed orders shown to everybody on the public board, with masked contacts?
    #[serde(default)]
    #[schema(example = false)]
    public_board: bool,
    /// Are whoever orders written to when their order arrives, is confirmed, completed or cancelled, where mail is configured?
    #[serde(default)]
    #[schema(example = false)]
    order_mails: bool,
}

fn default_duplicate_window() -> u32 {
    DEFAULT_DUPLICATE_WINDOW_MINUTES
}

impl Default for PolicyBody {
    fn default() -> Self {
        let duplicate_window_minutes = Some(DEFAULT_DUPLICATE_WINDOW_MINUTES);
        Self::from(&Policy { duplicate_window_minutes, ..Policy::default() })
    }
}

impl From<&Policy> for PolicyBody {
    fn from(policy: &Policy) -> Self {
        Self {
            duplicate_window_minutes: policy.duplicate_window_minutes.unwrap_or(0),
            review_minutes: policy.review_minutes,
            start_minutes: policy.start_minutes,
            completion_minutes: policy.completion_minutes,
            payment_minutes: policy.payment_minutes,
            shipping_minutes: policy.shipping_minutes,
            cancel_unconfirmed_minutes: policy.cancel_unconfirmed_minutes,
            reversal_minutes: policy.reversal_minutes,
            discount_limit: policy.discount_limit.map(Rate::get),
            refund_limit: policy.refund_limit.map(Amount::get),
            public_board: policy.public_board,
            order_mails: policy.order_mails,
        }
    }
}

impl PolicyBody {
    pub(super) fn to_domain(&self) -> Policy {
        Policy {
            duplicate_window_minutes: window(self.duplicate_window_minutes),
            review_minutes: self.review_minutes,
            start_minutes: self.start_minutes,
            completion_minutes: self.completion_minutes,
            payment_minutes: self.payment_minutes,
            shipping_minutes: self.shipping_minutes,
            cancel_unconfirmed_minutes: self.cancel_unconfirmed_minutes,
            reversal_minutes: self.reversal_minutes,
            discount_limit: self.discount_limit.and_then(rate),
            refund_limit: self.refund_limit.map(Amount::new),
            public_board: self.public_board,
            order_mails: self.order_mails,
        }
    }
}

/// Thousandths of a percent, which have been looked at.
fn rate(thousandths: u32) -> Option<Rate> {
    Rate::try_from(thousandths).ok()
}

/// What shall change of how a store handles orders; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = EditStorePolicy)]
pub(crate) struct EditPolicy {
    /// Minutes within which placing what the same buyer has just placed needs a confirmation; 0: never asked.
    #[serde(default, deserialize_with = "present_value")]
    #[validate(range(max = MAX_DUPLICATE_WINDOW_MINUTES))]
    #[schema(nullable = false, minimum = 0, maximum = 1440, example = 10)]
    duplicate_window_minutes: Option<u32>,
    /// Minutes in which a placed order should be reviewed; `null`: no deadline.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 527_040, example = 120)]
    review_minutes: Option<Option<u32>>,
    /// Minutes in which the execution of a confirmed order should start; `null`: no deadline.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 527_040, example = 1440)]
    start_minutes: Option<Option<u32>>,
    /// Minutes in which a started order should be completed; `null`: no deadline.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 527_040, example = 4320)]
    completion_minutes: Option<Option<u32>>,
    /// Minutes in which a placed order that is to be paid beforehand should be; `null`: no deadline.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 527_040, example = 1440)]
    payment_minutes: Option<Option<u32>>,
    /// Minutes in which all of a started order should have left; `null`: no deadline.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 527_040, example = 2880)]
    shipping_minutes: Option<Option<u32>>,
    /// Minutes after which an order that is still not confirmed is cancelled by itself; `null`: never.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 527_040, example = 2880)]
    cancel_unconfirmed_minutes: Option<Option<u32>>,
    /// Minutes in which the last step of an order can be taken back; `null`: at any time.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 1, max = MAX_POLICY_MINUTES))]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 527_040, example = json!(null))]
    reversal_minutes: Option<Option<u32>>,
    /// The share of the goods' price up to which members give discounts who may not give any, in thousandths of a percent; `null`:
    /// they give none.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(max = 100_000))]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 100_000, example = 10_000)]
    discount_limit: Option<Option<u32>>,
    /// The amount up to which members have money paid back who may not have any paid back, in minor units; `null`: they have none.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64, example = 50_000)]
    refund_limit: Option<Option<i64>>,
    /// Are confirmed orders shown to everybody on the public board, with masked contacts?
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, example = true)]
    public_board: Option<bool>,
    /// Are whoever orders written to when their order arrives, is confirmed, completed or cancelled, where mail is configured?
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, example = true)]
    order_mails: Option<bool>,
}

impl EditPolicy {
    pub(super) fn to_domain(&self) -> PolicyEdit {
        PolicyEdit {
            duplicate_window_minutes: self.duplicate_window_minutes.map(window),
            review_minutes: self.review_minutes,
            start_minutes: self.start_minutes,
            completion_minutes: self.completion_minutes,
            payment_minutes: self.payment_minutes,
            shipping_minutes: self.shipping_minutes,
            cancel_unconfirmed_minutes: self.cancel_unconfirmed_minutes,
            reversal_minutes: self.reversal_minutes,
            discount_limit: self.discount_limit.map(|limit| limit.and_then(rate)),
            refund_limit: self.refund_limit.map(|limit| limit.map(Amount::new)),
            public_board: self.public_board,
            order_mails: self.order_mails,
        }
    }
}

/// No minutes: nobody is asked.
fn window(minutes: u32) -> Option<u32> {
    Some(minutes).filter(|minutes| *minutes > 0)
}
