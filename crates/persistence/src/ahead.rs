//! Questions that are asked together, before whoever needs an answer asks for it: each way there and back costs more than most
//! answers.
//!
//! A question is a statement whose rows come as one text of [`Packed`] ones. Whoever asks the same statement with the same values later in
//! the transaction gets the answer that is here already, as long as nothing was written in between.

use crate::bundle::shifted;
use crate::engine::Engine;
use crate::error::DbError;
use crate::record::Packed;
use crate::statement::{PackedRow, Statement, packed};

/// A statement to be asked with others.
pub(crate) struct Question {
    statement: Statement,
    row: PackedRow,
}

impl Question {
    /// Asks for rows of this kind.
    pub(crate) fn of<T: Packed>(statement: Statement) -> Question {
        Question { statement, row: T::packed }
    }
}

/// One statement of all these questions: on SQLite one text after another, with a row for each, behind what comes first; on PostgreSQL
/// one row with an array.
pub(crate) fn together(engine: Engine, first: &str, questions: &[Question]) -> Result<Statement, DbError> {
    let (mut texts, mut binds) = (vec![], vec![]);
    for question in questions {
        let (text, values) = question.statement.parts(engine)?;
        texts.push(packed(engine, &shifted(text.as_str(), binds.len()), question.row));
        binds.extend_from_slice(&values);
    }
    let text = match engine {
        Engine::Sqlite => format!("{first}{}", texts.join(";\n")),
        Engine::Postgres => format!("SELECT ARRAY[({})]", texts.join("),\n(")),
    };
    Ok(Statement::put_together(text, binds))
}

/// Answers that nobody has asked for yet.
#[derive(Default)]
pub(crate) struct Ahead(Vec<(Statement, String)>);

impl Ahead {
    /// Takes the answer to this statement, if it is here.
    pub(crate) fn take(&mut self, statement: &Statement) -> Option<String> {
        let place = self.0.iter().position(|(asked, _)| asked.is_same(statement))?;
        Some(self.0.swap_remove(place).1)
    }

    /// Keeps the answers to these questions, in their order.
    pub(crate) fn keep(&mut self, questions: Vec<Question>, answers: Vec<String>) {
        self.0.extend(questions.into_iter().map(|question| question.statement).zip(answers));
    }

    /// What is written now may make answers wrong.
    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }
}
