//! What a request says, read into its type; or everything that is wrong with it, where the type alone would stop at the first.

use serde::de::DeserializeOwned;
use validator::Validate;

use super::fault::Fault;
use super::rules::broken_rules;
use super::tree::Node;
use crate::problem::{FieldError, MAX_FIELD_ERRORS, pointer};
use crate::state::AppState;

/// The body or the query of a request, in a type of its own.
pub trait Content: DeserializeOwned + Validate + 'static {
    /// What is wrong with it besides types and the rules at its members: what the handler would find itself. It is asked only
    /// where something else is wrong already, so that whoever is refused hears of everything at once.
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        vec![]
    }
}

/// How much is read again, to look for further faults, bytes; a hostile request does not buy endless work.
pub(super) const MAX_REREAD_BYTES: usize = 1024 * 1024;

/// A value of `T`, if nothing is wrong with the tree.
pub(super) fn read<T: DeserializeOwned + Validate>(tree: Node) -> Option<T> {
    if !tree.faults().is_empty() {
        return None;
    }
    let content = T::deserialize(tree).ok()?;
    content.validate().is_ok().then_some(content)
}

/// Everything that is wrong with a tree that was made from so many bytes; `more` finds it in what could be read.
///
/// What does not fit is told and taken out, and the rest is read again.
pub(super) fn faults_of<T: DeserializeOwned + Validate>(
    mut tree: Node,
    bytes: usize,
    more: impl FnOnce(&T) -> Vec<FieldError>,
) -> Vec<FieldError> {
    let mut told = Told { is_query: tree.is_query(), ..Told::default() };
    told.add(tree.faults());
    tree.clean();
    let tries = (MAX_REREAD_BYTES / bytes.max(1)).clamp(1, MAX_FIELD_ERRORS);
    for _ in 0..tries {
        match T::deserialize(tree.clone()) {
            Ok(content) => {
                if let Err(broken) = content.validate() {
                    told.add(told.located(broken_rules(&broken)));
                }
                told.add(more(&content));
                break;
            }
            Err(fault) => {
                if !told.took_out(fault, &mut tree) {
                    break;
                }
            }
        }
    }
    told.errors
}

/// What was found so far.
#[derive(Default)]
struct Told {
    errors: Vec<FieldError>,
    is_query: bool,
    /// Where nothing is left that could be judged.
    blank: Vec<String>,
}

impl Told {
    /// Of each place the first fault.
    fn add(&mut self, errors: Vec<FieldError>) {
        for error in errors {
            // No more are kept, and each is compared with all before it.
            if self.errors.len() >= MAX_FIELD_ERRORS {
                return;
            }
            let is_under = |place: &String| {
                error
                    .pointer
                    .strip_prefix(place.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let is_told = self.errors.iter().any(|told| told.pointer == error.pointer);
            if !is_told && !self.blank.iter().any(is_under) {
                self.errors.push(error);
            }
        }
    }

    /// Rules are broken by members of bodies; in a query those have no pointers, but names.
    fn located(&self, mut errors: Vec<FieldError>) -> Vec<FieldError> {
        if self.is_query {
            for error in &mut errors {
                error.pointer = error.pointer.trim_start_matches('/').to_owned();
            }
        }
        errors
    }

    /// Tells a fault and takes what it is about out of the tree; is there something left to be read?
    fn took_out(&mut self, fault: Fault, tree: &mut Node) -> bool {
        let path: Vec<String> = fault.path().cloned().collect();
        let place = pointer(&path);
        // What cannot even be left blank is left out. Where it must not be, nothing more can be known.
        let goes_on = match self.blank.contains(&place) {
            true => tree.leave_out(&path),
            false => tree.blank(&path, fault.is_about_the_name()),
        };
        self.add(vec![fault.into_error(self.is_query)]);
        self.blank.push(place);
        goes_on
    }
}
