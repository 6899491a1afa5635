//! Things as they were at a moment, and what changed between two: the same for orders, stores, products and members. Who may
//! see a resource is decided by what it is now.

use actix_web::web;
use ordervault_domain::access::{Actor, Permission};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::{self, AsOf};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::history::{ChangeBody, changes};
use super::resource::Resource;
use crate::extract::Content;
use crate::problem::{Code, Problem};
use crate::reading::{failed, long_reader};
use crate::refusals::refused;
use crate::state::AppState;
use crate::translations::Text;

/// As of when a resource is asked for.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct AsOfQuery {
    /// As it was: the number of a version, or a time. A time gives what had been written down by then. Takes the permission
    /// `history:read`.
    #[serde(default, deserialize_with = "optional")]
    #[param(value_type = Option<String>, max_length = 40,
        pattern = "^([1-9][0-9]{0,18}|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+([Zz]|[+-][0-9:]+))$")]
    pub as_of: Option<AsOf>,
}

impl Content for AsOfQuery {}

/// Between which two moments: numbers of versions, or times.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct Between {
    /// The earlier one: the number of a version, or a time.
    #[serde(deserialize_with = "required")]
    #[param(value_type = String, max_length = 40, example = "1",
        pattern = "^([1-9][0-9]{0,18}|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+([Zz]|[+-][0-9:]+))$")]
    from: AsOf,
    /// The later one. Left out: now.
    #[serde(default, deserialize_with = "optional")]
    #[param(value_type = Option<String>, max_length = 40, example = "2027-01-01T00:00:00Z",
        pattern = "^([1-9][0-9]{0,18}|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+([Zz]|[+-][0-9:]+))$")]
    to: Option<AsOf>,
}

impl Content for Between {}

/// What differs between a thing as it was and as it was later.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Diff)]
pub(crate) struct DiffBody {
    /// The version that it had at the first moment.
    #[schema(minimum = 1, example = 1)]
    from_version: i64,
    /// The version that it had at the second moment.
    #[schema(minimum = 1, example = 3)]
    to_version: i64,
    /// Field by field, before and after.
    changes: Vec<ChangeBody>,
}

/// The resource as it was at a moment, if one is named.
///
/// # Errors
/// 403 without the right to read the history, 404 when the resource did not exist then or never had that version.
pub(crate) async fn as_of<A: Resource>(
    state: &AppState,
    actor: &Actor,
    now: A,
    moment: Option<AsOf>,
) -> Result<A, Problem> {
    let Some(moment) = moment else { return Ok(now) };
    if !actor.may(Permission::HistoryRead) {
        return Err(refused(&Refusal::Forbidden(Some(Permission::HistoryRead))));
    }
    let mut conn = long_reader(state, actor.id()).await?;
    let then = read::state_at(&mut conn, now.raw_id(), moment).await.map_err(failed)?;
    then.ok_or_else(|| {
        Problem::new(Code::NotFound).detail(match moment {
            AsOf::Version(_) => Text::new("version-unknown").with("versions", now.version()),
            AsOf::Time(_) => Text::new("time-before"),
        })
    })
}

/// Answers with what changed on a resource that the actor may see.
///
/// # Errors
/// As [`as_of`] for each of the two moments; 400 when the first is later than the second.
pub(crate) async fn diff<A: Resource>(
    state: &AppState,
    actor: &Actor,
    now: A,
    between: Between,
) -> Result<web::Json<DiffBody>, Problem> {
    let before = as_of(state, actor, now.clone(), Some(between.from)).await?;
    let to = between.to.unwrap_or(AsOf::Version(now.version()));
    let after = as_of(state, actor, now, Some(to)).await?;
    let is_reversed = match (between.from, to) {
        (AsOf::Time(from), AsOf::Time(to)) => from > to,
        _ => before.version() > after.version(),
    };
    if is_reversed {
        return Err(Problem::parameter("from", "later-than-to"));
    }
    Ok(web::Json(DiffBody {
        from_version: before.version(),
        to_version: after.version(),
        changes: changes(&before, &after, actor),
    }))
}

fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<AsOf, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_version = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let version = text.parse().ok().filter(|_| is_version).map(AsOf::Version);
    let time = || Timestamp::parse(&text).ok().map(AsOf::Time);
    version.or_else(time).ok_or_else(|| D::Error::custom("no-moment"))
}

fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AsOf>, D::Error> {
    required(deserializer).map(Some)
}
