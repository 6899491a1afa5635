//! Where pages of lists begin and end, and how far somebody has seen: sealed, so that a client can send it back and neither read nor
//! change it.

use ordervault_persistence::read::{Edge, RowKey};
use serde::Serialize;

use crate::auth::Secrets;
use crate::problem::{Code, Problem};
use crate::sealing::Sealing;

/// Makes cursors and reads them: encrypted, because a walk may end at an order of which its reader may know nothing. They are
/// good in one epoch of the installation: after a restore what they lead on from may not be there any more.
pub struct Cursors {
    sealing: Sealing,
    epoch: i64,
}

impl Cursors {
    /// With keys derived from the secrets.
    pub fn new(secrets: &Secrets, epoch: i64) -> Self {
        Self { sealing: Sealing::new(secrets, "cursor"), epoch }
    }

    /// For the list of this name (whose it is included) with these filters, cursor and limit left out.
    pub(crate) fn of(&self, list: &str, filters: &impl Serialize) -> Seal<'_> {
        let filters = serde_json::to_vec(filters).unwrap_or_default();
        Seal { cursors: self, list: list.to_owned(), filters }
    }
}

/// Binds cursors to one list with one set of filters.
pub(crate) struct Seal<'a> {
    cursors: &'a Cursors,
    list: String,
    filters: Vec<u8>,
}

/// Why a cursor is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CursorFault {
    /// Another list's, or not one of ours.
    Unknown,
    /// Of another epoch.
    Outdated,
}

impl Seal<'_> {
    fn bound_to(&self) -> [&[u8]; 2] {
        [self.list.as_bytes(), &self.filters]
    }

    /// The cursor that holds these keys.
    pub(crate) fn cursor(&self, keys: &[i64]) -> Option<String> {
        let numbers: Vec<i64> = std::iter::once(&self.cursors.epoch).chain(keys).copied().collect();
        self.cursors.sealing.seal(self.bound_to(), &numbers)
    }

    /// The cursor that leads to the page at this edge.
    pub(crate) fn page<C: RowKey>(&self, edge: Edge<C>) -> Option<String> {
        let way = [i64::from(edge.is_back())];
        self.cursor(&[way.as_slice(), &edge.key().numbers()].concat())
    }

    /// The edge to which a cursor of this list leads.
    ///
    /// # Errors
    /// 400 `invalid-parameter` when it is another list's, or not one of ours; 410 `list-outdated` when it is of another epoch.
    pub(crate) fn edge<C: RowKey>(&self, cursor: Option<&String>) -> Result<Option<Edge<C>>, Problem> {
        let read = |cursor: &String| {
            let numbers = self.numbers(cursor)?;
            let (way, key) = numbers.split_first().ok_or(CursorFault::Unknown)?;
            let key = C::of(key).ok_or(CursorFault::Unknown)?;
            Ok(if *way == 0 { Edge::After(key) } else { Edge::Before(key) })
        };
        cursor.map(read).transpose().map_err(|fault| match fault {
            CursorFault::Unknown => Problem::parameter("cursor", "unknown-cursor"),
            CursorFault::Outdated => Problem::new(Code::ListOutdated),
        })
    }

    /// The keys in a cursor of this list.
    ///
    /// # Errors
    /// When it is none, or no more.
    pub(crate) fn open<const N: usize>(&self, cursor: &str) -> Result<[i64; N], CursorFault> {
        self.numbers(cursor)?.try_into().map_err(|_| CursorFault::Unknown)
    }

    fn numbers(&self, cursor: &str) -> Result<Vec<i64>, CursorFault> {
        let numbers = self.cursors.sealing.open(self.bound_to(), cursor).ok_or(CursorFault::Unknown)?;
        let (epoch, keys) = numbers.split_first().ok_or(CursorFault::Unknown)?;
        if *epoch == self.cursors.epoch { Ok(keys.to_vec()) } else { Err(CursorFault::Outdated) }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use ordervault_persistence::read::OrderCursor;

    use super::*;

    fn cursors(signing: u8, previous: Option<u8>) -> Cursors {
        Cursors::new(&Secrets::from_keys([signing; 32], previous.map(|key| [key; 32])), 1)
    }

    #[test]
    fn a_cursor_opens_only_its_own_list() {
        let cursors = cursors(1, None);
        let seal = cursors.of("orders", &["pending_review"]);
        let edges = [Edge::After(i64::MAX), Edge::Before(7)];
        for edge in edges {
            let cursor = seal.page(edge);
            assert_eq!(seal.edge::<i64>(cursor.as_ref()).unwrap(), Some(edge));
            assert!(cursors.of("orders", &["confirmed"]).edge::<i64>(cursor.as_ref()).is_err());
            assert!(cursors.of("products", &["pending_review"]).edge::<i64>(cursor.as_ref()).is_err());
            assert!(seal.edge::<OrderCursor>(cursor.as_ref()).is_err());
        }
        assert_ne!(seal.page(Edge::After(7)), seal.page(Edge::Before(7)));
        assert!(seal.edge::<i64>(seal.cursor(&[]).as_ref()).is_err());
    }

    #[test]
    fn a_cursor_ends_with_its_epoch() {
        let cursors = cursors(1, None);
        let cursor = cursors.of("orders", &()).page(Edge::After(7));
        let restored = Cursors { epoch: 2, ..cursors };
        let outcome = restored.of("orders", &()).edge::<i64>(cursor.as_ref());
        assert_eq!(outcome.map_err(|problem| problem.code()), Err(Code::ListOutdated));
        assert!(
            restored
                .of("products", &())
                .edge::<i64>(cursor.as_ref())
                .is_err_and(|problem| problem.code() == Code::InvalidParameter)
        );
    }

    #[test]
    fn every_changed_symbol_of_a_cursor_is_noticed() {
        let cursors = cursors(1, None);
        let seal = cursors.of("orders", &());
        let cursor = seal.page(Edge::Before(1_700_000_000_000)).unwrap();
        for index in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(seal.edge::<i64>(Some(&changed)).is_err(), "at {index}");
        }
    }

    #[test]
    fn a_cursor_tells_nothing_and_outlives_a_change_of_keys() {
        let keys = [1_700_000_000_000, 42];
        let cursor = cursors(1, None).of("orders", &()).cursor(&keys);
        let bytes = URL_SAFE_NO_PAD.decode(cursor.as_ref().unwrap()).unwrap();
        for key in keys.map(i64::to_be_bytes) {
            assert!(bytes.windows(key.len()).all(|part| part != key));
        }
        for replica in [cursors(1, None), cursors(2, Some(1))] {
            assert_eq!(replica.of("orders", &()).open(cursor.as_ref().unwrap()), Ok(keys));
        }
        assert!(cursors(2, None).of("orders", &()).open::<2>(cursor.as_ref().unwrap()).is_err());
    }
}
