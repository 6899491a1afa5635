//! What requests about fulfillments have in common.

use ordervault_domain::order::{
    Carriage, FailureReason, MAX_CARRIER_CODE_POINTS, MAX_COMMENT_CODE_POINTS, UnitsBack,
};
use ordervault_domain::parcel::{
    LineUnits, MAX_TRACKING_LINK_CODE_POINTS, MAX_TRACKING_NUMBER_CODE_POINTS, NoTrackingLink, Parcel,
    TrackingLink,
};
use ordervault_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::extract::Content;
use crate::names;
use crate::problem::FieldError;
use crate::state::AppState;
use crate::v1::fields::{Fields, faults_in, too_long};
use crate::v1::fulfillment_body::{LineUnitsBody, ParcelBody, UnitsBackBody};

/// Nothing but the step itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = Step, example = json!({}))]
pub(crate) struct StepBody {}

impl Content for StepBody {}

/// Who carries parcels, and how they are found. What is left out stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = Carriage)]
pub(crate) struct CarriageBody {
    /// The carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, example = "黑貓宅急便")]
    carrier: Option<String>,
    /// All its parcels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested, length(max = 50))]
    #[schema(nullable = false, max_items = 50)]
    parcels: Option<Vec<ParcelBody>>,
}

impl CarriageBody {
    /// Reads it.
    pub(crate) fn read(&self, fields: &mut Fields) -> Carriage {
        read_carriage(fields, self.carrier.as_ref(), self.parcels.as_deref())
    }
}

impl Content for CarriageBody {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            self.read(fields);
        })
    }
}

/// When parcels arrived.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliverFulfillment {
    /// When: after they left, and not in the future. Left out: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-07T08:30:00.000Z")]
    pub at: Option<Timestamp>,
}

impl Content for DeliverFulfillment {}

/// Why a fulfillment is called off.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelFulfillment {
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "the box broke")]
    comment: Option<String>,
}

/// What became of parcels that did not arrive, and why.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"outcome": "returning", "reason": "unclaimed"}))]
pub(crate) struct FailDelivery {
    /// Do they come back, or are they lost?
    pub outcome: FailureOutcome,
    /// Why.
    #[schema(value_type = names::KnownFailureReason)]
    pub reason: FailureReason,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "waited at the post office for a week")]
    comment: Option<String>,
}

/// What became of parcels that did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "returning")]
pub(crate) enum FailureOutcome {
    /// They come back.
    Returning,
    /// They are lost.
    Lost,
}

/// What came back.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeBack {
    /// All units of the fulfillment, line by line. Left out: all are good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested, length(min = 1, max = 200))]
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    lines: Option<Vec<UnitsBackBody>>,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "the box was wet")]
    comment: Option<String>,
}

impl TakeBack {
    /// What is told of them.
    pub(crate) fn lines(&self) -> Option<Vec<UnitsBack>> {
        let lines = self.lines.as_ref()?;
        Some(lines.iter().map(UnitsBackBody::to_domain).collect())
    }
}

/// What becomes of lost or broken units.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"by": "reship"}))]
pub(crate) struct SettleLoss {
    /// How.
    pub by: SettlementWay,
    /// Which units, added up by line. Left out: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested, length(min = 1, max = 200))]
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    pub lines: Option<Vec<LineUnitsBody>>,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "the carrier pays")]
    comment: Option<String>,
}

/// What becomes of lost or broken units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(example = "reship")]
pub(crate) enum SettlementWay {
    /// Others are sent in their place.
    Reship,
    /// They are not owed any more, nor is what they cost; what was paid for them is to be paid back then.
    Credit,
}

/// Why something is noted.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectDelivery {
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "clicked on the wrong one")]
    comment: Option<String>,
}

/// Bodies with a comment, and nothing else that could be refused beforehand.
macro_rules! commented {
    ($($body:ident),+) => {
        $(
            impl $body {
                /// What is said.
                pub(crate) fn comment(&self, fields: &mut Fields) -> Option<String> {
                    fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS)
                }
            }

            impl Content for $body {
                fn faults(&self, _: &AppState) -> Vec<FieldError> {
                    faults_in(|fields| {
                        self.comment(fields);
                    })
                }
            }
        )+
    };
}

commented!(CancelFulfillment, FailDelivery, TakeBack, SettleLoss, CorrectDelivery);

/// Units as the domain has them.
pub(crate) fn read_lines(lines: Option<&[LineUnitsBody]>) -> Option<Vec<LineUnits>> {
    lines.map(|lines| lines.iter().map(LineUnitsBody::to_domain).collect())
}

/// Reads who carries parcels, and how they are found.
pub(crate) fn read_carriage(
    fields: &mut Fields,
    carrier: Option<&String>,
    parcels: Option<&[ParcelBody]>,
) -> Carriage {
    let carrier = fields.line_option("/carrier", carrier, MAX_CARRIER_CODE_POINTS);
    let parcels = parcels.map(|parcels| {
        let numbered = parcels.iter().enumerate();
        numbered.map(|(position, parcel)| read_parcel(fields, position, parcel)).collect()
    });
    Carriage { carrier, parcels }
}

fn read_parcel(fields: &mut Fields, position: usize, parcel: &ParcelBody) -> Parcel {
    let at = |name: &str| format!("/parcels/{position}/{name}");
    if parcel.tracking_number.is_none() && parcel.tracking_url.is_none() {
        fields.fault(at("tracking_number"), "missing");
    }
    let number = fields.line_option(
        &at("tracking_number"),
        parcel.tracking_number.as_ref(),
        MAX_TRACKING_NUMBER_CODE_POINTS,
    );
    let link = parcel.tracking_url.as_ref().and_then(|text| match text.parse::<TrackingLink>() {
        Ok(link) => Some(link),
        Err(NoTrackingLink::TooLong) => {
            fields.faults(vec![too_long(&at("tracking_url"), MAX_TRACKING_LINK_CODE_POINTS)]);
            None
        }
        Err(NoTrackingLink::NotHttps) => {
            fields.fault(at("tracking_url"), "not-https");
            None
        }
    });
    Parcel { tracking_number: number.and_then(|number| number.parse().ok()), tracking_url: link }
}
