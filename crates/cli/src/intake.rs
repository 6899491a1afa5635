//! Hands a long row of operations over to the write queue, many at a time, and keeps account of what becomes of them.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use ordervault_persistence::writer::{ActorRef, Class, Operation, Receipt, Submission, WriteError, Writer};

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::progress::ProgressMeter;
use crate::shutdown::Shutdown;

/// Submissions under way at the same time: several groups' worth, so that the next one is full when one is done.
const MAX_IN_FLIGHT: usize = 1_024;
/// How often an operation is handed over again when the database is held by somebody else.
const MAX_TRIES: u32 = 10;
/// Pause before it is handed over again.
const RETRY_PAUSE: Duration = Duration::from_millis(500);

/// One piece of an import: what makes one store, customer, product or order.
#[derive(Debug)]
pub struct Piece {
    /// What it is called in its source.
    pub name: String,
    /// Its id here.
    pub id: i64,
    /// Ids of what has to be here before.
    pub needs: Vec<i64>,
    /// What makes it.
    pub operation: Operation,
}

/// What became of the pieces handed over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Came in now.
    pub new: u64,
    /// Were there already, and stay as they are.
    pub present: u64,
    /// Could not come in; told one by one.
    pub refused: u64,
    /// Not handed over, because the import was stopped.
    pub left: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { new, present, refused, left } = self;
        write!(f, "{new} new, {present} already there, {refused} refused")?;
        if *left > 0 { write!(f, ", {left} not taken up") } else { Ok(()) }
    }
}

/// Hands over pieces for an importer.
pub struct Intake<'a> {
    context: &'a Context,
    /// Where to.
    writer: &'a Writer,
    /// Ends it early; what is under way is finished.
    stop: &'a Shutdown,
    /// Told in the history as the request they came with.
    request_id: &'static str,
    /// Ids of pieces that did not come in: whatever needs them cannot come in either.
    refused: HashSet<i64>,
    outcome: Outcome,
}

/// What became of all that was handed over, kind by kind.
#[derive(Debug, Default)]
pub struct Outcome {
    tallies: Vec<(&'static str, Tally)>,
    /// Why nothing more could be written.
    halted: Option<Failure>,
}

impl Outcome {
    /// Did everything come in, now or before?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.tallies.iter().all(|(_, tally)| tally.refused + tally.left == 0)
    }

    /// Why nothing more could be written, if it was so.
    ///
    /// # Errors
    /// With that.
    pub fn end(self) -> Result<(), Failure> {
        self.halted.map_or(Ok(()), Err)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, tally) in &self.tallies {
            writeln!(f, "{what}: {tally}")?;
        }
        if self.tallies.iter().any(|(_, tally)| tally.left > 0) {
            writeln!(f, "stopped before the end; run the same again for the rest")
        } else if self.tallies.iter().all(|(_, tally)| tally.new == 0) {
            writeln!(f, "nothing new: the database is unchanged")
        } else {
            Ok(())
        }
    }
}

enum PieceOutcome {
    New,
    Present,
    Refused(String),
    Halt(Failure),
}

impl<'a> Intake<'a> {
    /// Nothing refused yet.
    #[must_use]
    pub fn new(
        context: &'a Context,
        writer: &'a Writer,
        stop: &'a Shutdown,
        request_id: &'static str,
    ) -> Self {
        Self { context, writer, stop, request_id, refused: HashSet::new(), outcome: Outcome::default() }
    }

    /// Hands over all pieces of a kind, tells how far that is and which are refused, and keeps account. A piece that could not
    /// even be made comes as its name and the reason.
    pub async fn take(
        &mut self,
        what: &'static str,
        pieces: impl ExactSizeIterator<Item = Result<Piece, (String, &'static str)>>,
    ) {
        let progress = self.context.start(what, Some(pieces.len() as u64));
        let tally = self.hand_over(pieces, &progress).await;
        progress.finish();
        self.outcome.tallies.push((what, tally));
    }

    async fn hand_over(
        &mut self,
        pieces: impl ExactSizeIterator<Item = Result<Piece, (String, &'static str)>>,
        progress: &ProgressMeter,
    ) -> Tally {
        let mut tally = Tally::default();
        let total = pieces.len() as u64;
        let (writer, stop, request_id) = (self.writer, self.stop, self.request_id);
        let refused = &self.refused;
        let handed_over = pieces.map(|piece| async move {
            match piece {
                Ok(piece) if piece.needs.iter().any(|id| refused.contains(id)) => {
                    let why = "something that it belongs to was refused".to_owned();
                    (piece.name, piece.id, PieceOutcome::Refused(why))
                }
                Ok(Piece { name, id, operation, .. }) => {
                    (name, id, submit(writer, request_id, operation).await)
                }
                Err((name, why)) => (name, 0, PieceOutcome::Refused(why.to_owned())),
            }
        });
        let mut newly_refused = Vec::new();
        let mut halted = self.outcome.halted.take();
        let (halt, is_halted) = tokio::sync::watch::channel(halted.is_some());
        let until = async {
            let mut is_halted = is_halted;
            tokio::select! {
                () = stop.clone().requested() => {}
                _ = is_halted.wait_for(|halted| *halted) => {}
            }
        };
        let mut outcomes =
            stream::iter(handed_over).take_until(Box::pin(until)).buffer_unordered(MAX_IN_FLIGHT);
        while let Some((name, id, outcome)) = outcomes.next().await {
            match outcome {
                PieceOutcome::New => tally.new += 1,
                PieceOutcome::Present => tally.present += 1,
                PieceOutcome::Refused(why) => {
                    progress.say(&format!("{name}: {why}"));
                    newly_refused.push(id);
                    tally.refused += 1;
                }
                PieceOutcome::Halt(failure) => {
                    let _ = halt.send(true);
                    halted.get_or_insert(failure);
                    continue;
                }
            }
            progress.advance(1);
        }
        drop(outcomes);
        self.refused.extend(newly_refused);
        self.outcome.halted = halted;
        tally.left = total.saturating_sub(tally.new + tally.present + tally.refused);
        tally
    }

    /// What became of everything.
    #[must_use]
    pub fn finish(self) -> Outcome {
        self.outcome
    }
}

/// Hands over until there is an answer.
async fn submit(writer: &Writer, request_id: &'static str, operation: Operation) -> PieceOutcome {
    let submission = Submission {
        actor: ActorRef::Importer,
        login: None,
        request_id: request_id.to_owned(),
        class: Class::Background,
        idempotency: None,
        operations: vec![operation],
    };
    let mut tried = 0;
    loop {
        let error = match writer.submit(submission.clone()).await {
            Ok(Receipt::Executed { applied: true, .. }) => return PieceOutcome::New,
            Ok(Receipt::Executed { .. } | Receipt::Replayed { .. }) => return PieceOutcome::Present,
            Err(error) => error,
        };
        tried += 1;
        match error {
            WriteError::Refused { refusal, .. } => return PieceOutcome::Refused(refusal.to_string()),
            WriteError::Internal | WriteError::KeyReused => return PieceOutcome::Refused(error.to_string()),
            // What may have been written is found there when it is handed over again.
            WriteError::Locked
            | WriteError::Overloaded
            | WriteError::NotExecuted
            | WriteError::OutcomeUnknown
                if tried < MAX_TRIES => {}
            WriteError::Storage => return PieceOutcome::Halt(Failure::caused(Exit::Io, &error)),
            error => return PieceOutcome::Halt(Failure::caused(Exit::Unavailable, &error)),
        }
        tokio::time::sleep(RETRY_PAUSE).await;
    }
}
