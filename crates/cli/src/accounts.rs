//! Staff accounts made at the command line: passwords, and the operations that set them.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use ordervault_api::auth::{Lane, NewPassword, Passwords, Realm};
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::{Contact, Email};
use ordervault_domain::member::{Member, MemberCommand, NewMember};
use ordervault_domain::text::single_line;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::{
    ActorRef, Class, Effect, Operation, Receipt, SessionOperation, Submission, ThrottleOperation, WriteError,
    Writer,
};

use crate::exit::{Exit, Failure};

/// Longest name of a person, in code points.
const MAX_NAME_CODE_POINTS: usize = 200;
/// Letters and digits that nobody takes for each other, 32 of them: five bits each.
const PASSWORD_SYMBOLS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
/// Symbols of a generated password; 100 bits.
const PASSWORD_LENGTH: usize = 20;
/// They are shown in groups of so many.
const PASSWORD_GROUP: usize = 5;

/// An account to be made.
pub struct Account {
    /// The address to sign in with.
    pub email: Email,
    /// The name shown to colleagues.
    pub name: String,
    /// What they are in the shop.
    pub roles: BTreeSet<Role>,
    /// The stores they look after.
    pub stores: StoreScope,
    /// Must the password be changed at the first login?
    pub must_change_password: bool,
}

/// A name as people may have it.
///
/// # Errors
/// Says what is wrong with it.
pub fn name(text: &str) -> Result<String, Failure> {
    single_line(text, MAX_NAME_CODE_POINTS)
        .map_err(|problem| Failure::new(Exit::Usage, format!("the name {problem}")))
}

/// An e-mail address.
///
/// # Errors
/// Says what is wrong with it.
pub fn email(text: &str) -> Result<Email, Failure> {
    text.parse().map_err(|problem| Failure::new(Exit::Usage, format!("{text}: {problem}")))
}

/// A password that nobody guesses, in groups that can be read out: `k7mq2-x0dfw-…`.
#[must_use]
pub fn generated_password(sources: &Sources) -> String {
    let symbols = sources.bytes::<PASSWORD_LENGTH>().map(|byte| PASSWORD_SYMBOLS[usize::from(byte % 32)]);
    let groups = symbols.chunks(PASSWORD_GROUP).map(|group| group.iter().copied().map(char::from).collect());
    groups.collect::<Vec<String>>().join("-")
}

/// The text to store for a password. `personal`: words that the account is known by.
///
/// # Errors
/// When the password breaks a rule.
pub async fn hash(
    realm: Realm,
    password: &str,
    personal: &[&str],
    sources: &Sources,
) -> Result<String, Failure> {
    let password = NewPassword::check(realm, password, personal).map_err(|rule| {
        Failure::new(Exit::Usage, format!("the password is refused: {}", rule_in_words(rule)))
    })?;
    hasher(sources).hash(Lane::Staff, password).await.map_err(|problem| {
        let cause = problem.internal_cause().map(str::to_owned);
        Failure::new(Exit::Internal, cause.unwrap_or_else(|| problem.to_string()))
    })
}

fn hasher(sources: &Sources) -> Passwords {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    Passwords::new(cores, sources.clone())
}

fn rule_in_words(rule: &str) -> &str {
    match rule {
        "too-short" => "staff need at least 15 characters; several words are easy to remember",
        "too-long" => "it must have at most 128 characters",
        "blocklisted" => "it is too easy to guess",
        rule => rule,
    }
}

/// Makes the account.
///
/// # Errors
/// When a rule says no, for one when another account has the address; or when nothing can be written.
pub async fn create(writer: &Writer, account: Account, password_hash: String) -> Result<Member, WriteError> {
    let contact = Contact { name: Some(account.name), email: Some(account.email), ..Contact::default() };
    let command = MemberCommand::Create(NewMember {
        contact,
        roles: account.roles,
        stores: account.stores,
        must_change_password: account.must_change_password,
    });
    let create =
        Operation::Member { id: None, expected_version: None, command, password_hash: Some(password_hash) };
    carried_out(writer, "member-create", vec![create]).await
}

/// Sets the account's password and ends its logins.
///
/// # Errors
/// When nothing can be written.
pub async fn reset_password(
    writer: &Writer,
    member: &Member,
    password_hash: String,
) -> Result<Member, WriteError> {
    let logins =
        SessionOperation::EndAll { principal_id: member.id.get(), but: None, because: "password_reset" };
    let reset = Operation::Member {
        id: Some(member.id),
        expected_version: None,
        command: MemberCommand::ResetPassword,
        password_hash: Some(password_hash),
    };
    let unlock = ThrottleOperation::unlock(member.id.get());
    let operations = vec![Operation::Session(logins), Operation::Throttle(unlock), reset];
    carried_out(writer, "member-reset-password", operations).await
}

/// Lets the member log in for a while from addresses that have never logged in to the account, however many strangers have
/// failed.
///
/// # Errors
/// When nothing can be written.
pub async fn unlock(writer: &Writer, member: &Member) -> Result<(), WriteError> {
    let unlock = ThrottleOperation::unlock(member.id.get());
    submit(writer, "member-unlock", vec![Operation::Throttle(unlock)]).await.map(drop)
}

/// Carries out operations of which the last one is on a member.
async fn carried_out(
    writer: &Writer,
    request_id: &str,
    operations: Vec<Operation>,
) -> Result<Member, WriteError> {
    match submit(writer, request_id, operations).await? {
        Receipt::Executed { mut done, .. } => match done.pop() {
            Some(Effect::Member(member)) => Ok(Member::clone(&member)),
            _ => Err(WriteError::Internal),
        },
        Receipt::Replayed { .. } => Err(WriteError::Internal),
    }
}

async fn submit(
    writer: &Writer,
    request_id: &str,
    operations: Vec<Operation>,
) -> Result<Receipt, WriteError> {
    let submission = Submission {
        actor: ActorRef::Operator,
        login: None,
        request_id: request_id.to_owned(),
        class: Class::Interactive,
        idempotency: None,
        operations,
    };
    writer.submit(submission).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_passwords_are_long_differ_and_pass_the_rules() {
        let sources = crate::sources::system().unwrap();
        let (one, other) = (generated_password(&sources), generated_password(&sources));
        assert_ne!(one, other);
        assert_eq!(one.len(), "k7mq2-x0dfw-abcde-fghjk".len());
        assert!(NewPassword::check(Realm::Staff, &one, &[]).is_ok());
    }

    #[test]
    fn no_two_symbols_are_mistaken_for_each_other() {
        let symbols: BTreeSet<u8> = PASSWORD_SYMBOLS.iter().copied().collect();
        assert_eq!(symbols.len(), PASSWORD_SYMBOLS.len());
        assert!(b"oil1".iter().all(|symbol| !symbols.contains(symbol)));
    }
}
