//! The first owner: without one, nobody could let anybody in.

use ordervault_api::auth::Realm;
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::read;
use ordervault_persistence::sources::Sources;
use ordervault_persistence::writer::WriteError;

use crate::accounts::{self, Account};
use crate::config::Config;
use crate::database::Database;
use crate::exit::{Exit, Failure};

const NAME: &str = "Owner";

/// An owner account that was made just now.
pub(super) struct Owner {
    /// The address to sign in with.
    pub(super) email: String,
    /// The password, if nobody knows it yet.
    pub(super) password: Option<String>,
}

/// Makes an owner where there is no member at all.
pub(super) async fn make_first(
    config: &Config,
    database: &Database,
    sources: &Sources,
) -> Result<Option<Owner>, Failure> {
    let mut conn = database.db.read().await?;
    let members = read::members(&mut conn, &StoreScope::All, None, 1).await?;
    drop(conn);
    if !members.items.is_empty() {
        return Ok(None);
    }
    let first_run = &config.first_run;
    let wrong = |failure: Failure| Failure::new(Exit::Config, format!("first_run: {failure}"));
    let email = accounts::email(&first_run.owner_email).map_err(wrong)?;
    let (hash, generated) = match (&first_run.owner_password_hash, &first_run.owner_password) {
        (Some(hash), _) => (hash.expose().to_owned(), None),
        (None, Some(password)) => {
            let hash = accounts::hash(Realm::Staff, password.expose(), &[email.as_str()], sources).await;
            (hash.map_err(wrong)?, None)
        }
        (None, None) => {
            let password = accounts::generated_password(sources);
            (accounts::hash(Realm::Staff, &password, &[email.as_str()], sources).await?, Some(password))
        }
    };
    let account = Account {
        email: email.clone(),
        name: NAME.to_owned(),
        roles: [Role::Owner].into(),
        stores: StoreScope::All,
        must_change_password: generated.is_some(),
    };
    match accounts::create(&database.writer, account, hash).await {
        Ok(_) => Ok(Some(Owner { email: email.to_string(), password: generated })),
        // Another server that starts at the same time was faster; it tells the password.
        Err(WriteError::Refused { refusal: Refusal::Duplicate { .. }, .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
