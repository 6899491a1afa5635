//! Sends the mails that wait.
//!
//! A mail that cannot be sent now is put off, each time for longer, and given up after three days. The step fails then, so that
//! the job rests and `ordervault_job_failures_total` counts it. A mail may be sent twice, when it was sent and that could not be
//! noted; none is lost.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use ordervault_domain::contact::Email;
use ordervault_domain::id::CustomerId;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::{
    ActorRef, Class, CodeOperation, Mail, MailOperation, Operation, Purpose, Submission, WriteError,
};
use ordervault_persistence::{Error, read};

use super::job::{Job, JobError, Remaining, Tools};
use crate::auth::{OneTimeCodes, lifetime_millis};
use crate::mail::{Draft, Letter, Mailer, NotSent, draft};
use crate::state::AppState;
use crate::telemetry;
use crate::translations::Translations;

/// Mails of one step, sent side by side.
const MAILS_PER_STEP: i64 = 10;
/// Mails that wait are counted up to here.
const MAX_COUNTED: i64 = 10_000;
const MINUTE_MILLIS: i64 = 60_000;
/// The longest pause between two attempts.
const LONGEST_PAUSE_MILLIS: i64 = 60 * MINUTE_MILLIS;
/// A mail that could not be sent for so long is given up: three days.
const GIVEN_UP_MILLIS: i64 = 3 * 24 * 60 * MINUTE_MILLIS;
/// Whoever got a code gets no other one for so long, however often somebody asks.
const QUIET_MILLIS: i64 = 5 * MINUTE_MILLIS;

/// What became of a mail.
pub(super) enum Sending {
    /// It is sent.
    Done,
    /// It was refused for good, or could not be sent for three days.
    Never,
    /// It may be sent later.
    Later(NotSent),
}

/// Sends a mail, and counts what becomes of it.
pub(super) async fn send(
    mailer: &Mailer,
    mail: &Mail,
    to: &Email,
    letter: Letter,
    now: Timestamp,
) -> Sending {
    match mailer.send(to, letter).await {
        Ok(()) => {
            telemetry::count_mail("sent");
            Sending::Done
        }
        Err(NotSent::Refused(why)) => {
            telemetry::count_mail("refused");
            tracing::warn!(kind = %mail.kind, %why, "a mail was refused for good");
            Sending::Never
        }
        Err(error) if now.millis() - mail.queued_at.millis() >= GIVEN_UP_MILLIS => {
            telemetry::count_mail("given_up");
            tracing::error!(kind = %mail.kind, %error, "a mail was given up");
            Sending::Never
        }
        Err(error) => {
            telemetry::count_mail("put_off");
            Sending::Later(error)
        }
    }
}

/// The job that sends mails.
pub struct SendMails {
    mailer: Arc<Mailer>,
    translations: Arc<Translations>,
    codes: OneTimeCodes,
}

impl SendMails {
    /// With what a server has for it; `None`: it sends none.
    pub fn of(state: &AppState) -> Option<Self> {
        let mailer = state.mailer.clone()?;
        let (translations, codes) = (state.translations.clone(), state.one_time_codes.clone());
        Some(Self { mailer, translations, codes })
    }

    async fn look(&self, tools: &Tools) -> Result<Remaining, JobError> {
        let mut conn = tools.db.read().await.map_err(Error::Db)?;
        let due = read::due_mails(&mut conn, tools.now(), MAILS_PER_STEP).await?;
        telemetry::set_waiting_mails(read::waiting_mails(&mut conn, MAX_COUNTED).await?);
        drop(conn);
        let outcomes = join_all(due.iter().map(|mail| self.deliver(tools, mail))).await;
        // All have had their turn before the first error counts.
        outcomes.into_iter().collect::<Result<(), JobError>>()?;
        Ok(if due.is_empty() { Remaining::Nothing } else { Remaining::More })
    }

    async fn deliver(&self, tools: &Tools, mail: &Mail) -> Result<(), JobError> {
        let mut conn = tools.db.read().await.map_err(Error::Db)?;
        let draft = draft(&mut conn, mail).await?;
        let draft = match draft {
            Some(draft) if !self.has_code(&mut conn, tools, mail, &draft).await? => draft,
            _ => return settle(tools, mail, None).await,
        };
        drop(conn);
        let code = match draft.code {
            Some((id, purpose)) => match self.issue(tools, mail, id, purpose).await? {
                Some(code) => Some(code),
                None => return settle(tools, mail, None).await,
            },
            None => None,
        };
        let (to, codes) = (draft.to.clone(), draft.code);
        let letter = draft.letter(&self.translations, &self.mailer, code.as_deref());
        match send(&self.mailer, mail, &to, letter, tools.now()).await {
            Sending::Done => settle(tools, mail, None).await,
            Sending::Never => settle(tools, mail, codes).await,
            Sending::Later(error) => {
                put_off(tools, mail, codes).await?;
                Err(JobError::Mail(error))
            }
        }
    }

    /// Has the receiver got a code of the same kind a moment ago, for an earlier request?
    async fn has_code(
        &self,
        conn: &mut ordervault_persistence::tx::Conn,
        tools: &Tools,
        mail: &Mail,
        draft: &Draft,
    ) -> Result<bool, JobError> {
        let Some((id, purpose)) = draft.code else { return Ok(false) };
        let codes = read::one_time_codes(conn, id).await?;
        let issued = codes.iter().filter(|code| code.purpose == purpose);
        let mut issued = issued.map(|code| code.expires_at.millis() - lifetime_millis(purpose));
        let is_recent =
            |issued: i64| tools.now().millis() - issued < QUIET_MILLIS && issued < mail.queued_at.millis();
        Ok(issued.any(is_recent))
    }

    /// A new code, kept; none: the account is gone, or shut.
    async fn issue(
        &self,
        tools: &Tools,
        mail: &Mail,
        id: CustomerId,
        purpose: Purpose,
    ) -> Result<Option<String>, JobError> {
        let code = OneTimeCodes::mint(tools.sources.bytes());
        let expires_at = tools.now().plus_millis(lifetime_millis(purpose));
        match submit(tools, mail, vec![self.codes.issue(id, purpose, &code, expires_at)]).await {
            Ok(()) => Ok(Some(code)),
            Err(WriteError::Refused { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// It waits no longer; a code that did not go out is void.
async fn settle(tools: &Tools, mail: &Mail, code: Option<(CustomerId, Purpose)>) -> Result<(), JobError> {
    let settle = MailOperation::Settle { kind: mail.kind, entity_id: mail.entity_id };
    Ok(submit(tools, mail, without(Operation::Mail(settle), code)).await?)
}

/// It is tried again, after a pause that doubles.
async fn put_off(tools: &Tools, mail: &Mail, code: Option<(CustomerId, Purpose)>) -> Result<(), JobError> {
    let doubled = u32::try_from(mail.attempts).ok().and_then(|attempts| MINUTE_MILLIS.checked_shl(attempts));
    let pause =
        doubled.filter(|pause| (1..LONGEST_PAUSE_MILLIS).contains(pause)).unwrap_or(LONGEST_PAUSE_MILLIS);
    let put_off = MailOperation::PutOff { mail: mail.clone(), due_at: tools.now().plus_millis(pause) };
    Ok(submit(tools, mail, without(Operation::Mail(put_off), code)).await?)
}

fn without(operation: Operation, code: Option<(CustomerId, Purpose)>) -> Vec<Operation> {
    let void =
        code.map(|(customer_id, purpose)| Operation::Code(CodeOperation::Void { customer_id, purpose }));
    std::iter::once(operation).chain(void).collect()
}

async fn submit(tools: &Tools, mail: &Mail, operations: Vec<Operation>) -> Result<(), WriteError> {
    let submission = Submission {
        actor: ActorRef::System,
        login: None,
        request_id: format!("job-mails {}", mail.kind),
        class: Class::Background,
        idempotency: None,
        operations,
    };
    tools.writer.submit(submission).await.map(drop)
}

impl Job for SendMails {
    fn name(&self) -> &'static str {
        "mails"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        self.look(tools).boxed()
    }
}
