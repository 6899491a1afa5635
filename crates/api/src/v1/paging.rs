//! Lists page by page: the envelope and the cursor.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ordervault_domain::search::query_terms;
use ordervault_persistence::read::Counted;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::problem::Problem;

/// Rows of a page when the client does not say.
pub(crate) const DEFAULT_LIMIT: u32 = 25;
/// Bytes of a cursor that bind it to its list and notice changes.
const SEAL_BYTES: usize = 8;

/// Which page of a list that takes no filters.
#[derive(Clone, Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Rows of a page.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(min = 1, max = 200))]
    #[param(max_length = 200)]
    pub cursor: Option<String>,
}

/// One page of a list, newest first unless asked for otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListOf<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Is there a next page? A page may be short and have a next one all the same.
    #[schema(example = true)]
    pub has_more: bool,
    /// Send it as `cursor` with the same filters to get the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, example = "AAABmXh2Qp4AAAGZeHZCngAB8sJ1Zk0xQWE")]
    pub next_cursor: Option<String>,
    /// With `include_total=true`: how many rows there are, counted up to 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 10000, example = 137)]
    pub total: Option<i64>,
    /// May there be more than `total` says?
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = false)]
    pub total_is_lower_bound: Option<bool>,
    /// Lists of orders for staff: the position of the newest order in your stores. Send it to `POST /v1/staff/orders/seen`
    /// as `up_to` to say that you have seen everything up to here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, example = 4711)]
    pub position: Option<i64>,
}

impl<T> ListOf<T> {
    /// A page; `next` are the keys of the next one.
    pub(crate) fn new<const N: usize>(items: Vec<T>, next: Option<[i64; N]>, seal: &Seal) -> Self {
        let next_cursor = next.map(|keys| seal.cursor(&keys));
        Self {
            items,
            has_more: next_cursor.is_some(),
            next_cursor,
            total: None,
            total_is_lower_bound: None,
            position: None,
        }
    }

    /// The answer to a search that cannot find anything.
    pub(crate) fn empty(is_counted: bool) -> Self {
        let page = Self {
            items: vec![],
            has_more: false,
            next_cursor: None,
            total: None,
            total_is_lower_bound: None,
            position: None,
        };
        page.with_total(is_counted.then_some(Counted { total: 0, is_lower_bound: false }))
    }

    /// With the position that was read before the list.
    pub(crate) fn with_position(mut self, position: i64) -> Self {
        self.position = Some(position);
        self
    }

    /// With a total, if it was asked for.
    pub(crate) fn with_total(mut self, counted: Option<Counted>) -> Self {
        self.total = counted.map(|counted| counted.total);
        self.total_is_lower_bound = counted.map(|counted| counted.is_lower_bound);
        self
    }
}

/// Is `q` given, but without a letter or digit to look for? Then it finds nothing, not everything.
pub(crate) fn has_no_words(q: Option<&str>) -> bool {
    q.is_some_and(|q| query_terms(q).is_empty())
}

/// Binds cursors to one list with one set of filters.
pub(crate) struct Seal(Vec<u8>);

impl Seal {
    /// For the list of this name (whose it is included) with these filters, cursor and limit left out.
    pub(crate) fn new(list: &str, filters: &impl Serialize) -> Self {
        let mut bytes = list.as_bytes().to_vec();
        bytes.extend(serde_json::to_vec(filters).unwrap_or_default());
        Self(bytes)
    }

    fn over(&self, keys: &[u8]) -> [u8; SEAL_BYTES] {
        let mut hasher = Sha256::new();
        hasher.update(&self.0);
        hasher.update(keys);
        let mut seal = [0; SEAL_BYTES];
        seal.copy_from_slice(&hasher.finalize()[..SEAL_BYTES]);
        seal
    }

    fn cursor(&self, keys: &[i64]) -> String {
        let mut bytes: Vec<u8> = keys.iter().flat_map(|key| key.to_be_bytes()).collect();
        let seal = self.over(&bytes);
        bytes.extend(seal);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The keys in a cursor of this list.
    ///
    /// # Errors
    /// 400 `invalid-parameter` when it is another list's, or not one of ours.
    pub(crate) fn keys<const N: usize>(&self, cursor: Option<&String>) -> Result<Option<[i64; N]>, Problem> {
        let Some(cursor) = cursor else { return Ok(None) };
        let refused = || Problem::parameter("cursor", "unknown-cursor");
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        let (keys, seal) = bytes.split_at_checked(N * size_of::<i64>()).ok_or_else(refused)?;
        if seal != self.over(keys) {
            return Err(refused());
        }
        let mut found = [0; N];
        for (key, bytes) in found.iter_mut().zip(keys.chunks_exact(size_of::<i64>())) {
            *key = i64::from_be_bytes(bytes.try_into().map_err(|_| refused())?);
        }
        Ok(Some(found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_only_its_own_list() {
        let seal = Seal::new("orders", &["pending_review"]);
        let cursor = seal.cursor(&[7, i64::MAX]);
        assert_eq!(seal.keys::<2>(Some(&cursor)).unwrap(), Some([7, i64::MAX]));
        assert!(Seal::new("orders", &["confirmed"]).keys::<2>(Some(&cursor)).is_err());
        assert!(Seal::new("products", &["pending_review"]).keys::<2>(Some(&cursor)).is_err());
        assert!(seal.keys::<1>(Some(&cursor)).is_err());
    }

    #[test]
    fn every_changed_symbol_of_a_cursor_is_noticed() {
        let seal = Seal::new("orders", &());
        let cursor = seal.cursor(&[1_700_000_000_000, 42]);
        for index in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(seal.keys::<2>(Some(&changed)).is_err(), "at {index}");
        }
    }
}
