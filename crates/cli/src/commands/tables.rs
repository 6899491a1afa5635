//! Progress of a walk over the tables: one bar per table.

use ordervault_persistence::transfer::Progress;

use crate::context::Context;
use crate::progress::ProgressMeter;

/// Shows how far a walk over the tables is: one bar per table.
pub(super) struct Tables<'a> {
    context: &'a Context,
    shown: Option<(&'static str, ProgressMeter, u64)>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, shown: None }
    }

    pub(super) fn show(&mut self, at: Progress) {
        if self.shown.as_ref().is_none_or(|(table, ..)| *table != at.table) {
            self.finish();
            self.shown = Some((at.table, self.context.start(at.table, Some(at.total)), 0));
        }
        if let Some((_, progress, done)) = &mut self.shown {
            progress.advance(at.done.saturating_sub(*done));
            *done = at.done;
        }
    }

    pub(super) fn finish(&mut self) {
        if let Some((_, progress, _)) = self.shown.take() {
            progress.finish();
        }
    }
}
