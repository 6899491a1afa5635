//! What the endpoints have in common to which somebody shows a one-time code, or asks for one by mail.

use ordervault_domain::contact::Email;
use ordervault_domain::id::CustomerId;
use ordervault_persistence::read;
use ordervault_persistence::writer::{
    CodeOperation, MailKind, MailOperation, Operation, Purpose, Throttle, WriteError,
};

use crate::extract::ClientAddress;
use crate::middleware::request_id::RequestId;
use crate::principals::Submitter;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::submit::{not_written, submit};
use crate::throttling::{self, admit, counted, let_through};

/// A code that is good, as far as was seen.
pub(super) struct Shown {
    /// Whose account it is for.
    pub customer_id: CustomerId,
    /// What it is good for.
    pub purpose: Purpose,
    hash: String,
    throttle: Throttle,
}

/// Looks for a code that is good for one of these.
///
/// # Errors
/// 410 where it is not, and 429 where too many were not.
pub(super) async fn shown(
    state: &AppState,
    address: ClientAddress,
    request_id: &RequestId,
    text: &str,
    purposes: &[Purpose],
) -> Result<Shown, Problem> {
    let throttle = state.throttles.code(address);
    let hash = state.one_time_codes.hash(text);
    let mut conn = reader(state).await?;
    admit(&mut conn, std::slice::from_ref(&throttle), state.now()).await?;
    let code = read::one_time_code(&mut conn, &hash).await.map_err(failed)?;
    drop(conn);
    let good = code.filter(|code| purposes.contains(&code.purpose) && state.now() < code.expires_at);
    let Some(code) = good else {
        throttling::submit(state, request_id, vec![counted(&throttle)]).await?;
        return Err(Problem::new(Code::CodeNotGood));
    };
    let customer_id = CustomerId::from_i64(code.customer_id);
    Ok(Shown { customer_id, purpose: code.purpose, hash, throttle })
}

impl Shown {
    /// Uses the code, and carries out what it gives a right to.
    ///
    /// # Errors
    /// 410 where somebody else was faster.
    pub(super) async fn redeem(
        self,
        state: &AppState,
        request_id: &RequestId,
        operations: Vec<Operation>,
    ) -> Result<(), Problem> {
        let Self { customer_id, purpose, hash, throttle } = self;
        let redeem = Operation::Code(CodeOperation::Redeem { customer_id, purpose, hash });
        let operations = [let_through(&throttle), redeem].into_iter().chain(operations).collect();
        match submit(state, Submitter::ANONYMOUS, request_id, None, operations).await {
            Ok(_) => Ok(()),
            Err(WriteError::Refused { .. }) => Err(Problem::new(Code::CodeNotGood)),
            Err(error) => Err(not_written(&error)),
        }
    }
}

/// Is there a way for mail?
///
/// # Errors
/// 409 where there is none.
pub(super) fn mail_is_configured(state: &AppState) -> Result<(), Problem> {
    match state.mailer {
        Some(_) => Ok(()),
        None => Err(Problem::new(Code::MailNotConfigured)),
    }
}

/// Notes that a mail of this kind is to be sent to whoever has this address. Whether anybody has, makes no difference to be seen.
///
/// # Errors
/// 409 where there is no way for mail, 429 where somebody asks too often.
pub(super) async fn ask_for_mail(
    state: &AppState,
    address: ClientAddress,
    submitter: Submitter,
    request_id: &RequestId,
    (kind, email): (MailKind, Email),
) -> Result<(), Problem> {
    mail_is_configured(state)?;
    let throttle = state.throttles.mail(address);
    admit(&mut reader(state).await?, std::slice::from_ref(&throttle), state.now()).await?;
    let queue = Operation::Mail(MailOperation::QueueTo { kind, email });
    submit(state, submitter, request_id, None, vec![counted(&throttle), queue])
        .await
        .map_err(|error| not_written(&error))?;
    state.mail_waker.wake();
    Ok(())
}
