//! `member create|reset-password|unlock|list`: staff accounts, also while nobody can log in.

use std::collections::BTreeSet;
use std::io::BufRead as _;

use ordervault_api::auth::Realm;
use ordervault_domain::access::{Role, StoreScope};
use ordervault_domain::contact::Email;
use ordervault_domain::id::StoreId;
use ordervault_domain::member::Member;
use ordervault_persistence::db::Db;
use ordervault_persistence::read;

use crate::accounts::{self, Account};
use crate::args;
use crate::context::Context;
use crate::database::{self, Database};
use crate::exit::{Exit, Failure};
use crate::sources;

/// Members that one step of the list reads.
const PAGE_ROWS: u64 = 100;

pub(super) async fn run(context: &Context, command: &args::Member) -> Result<Exit, Failure> {
    match command {
        args::Member::Create(args) => create(context, args).await,
        args::Member::ResetPassword(args) => reset_password(context, args).await,
        args::Member::Unlock(args) => unlock(context, args).await,
        args::Member::List => list(context).await,
    }
}

async fn create(context: &Context, args: &args::MemberCreate) -> Result<Exit, Failure> {
    let (email, name) = (accounts::email(&args.email)?, accounts::name(&args.name)?);
    let roles = args.roles.iter().map(|role| self::role(role)).collect::<Result<_, _>>()?;
    let stores = args.stores.iter().map(|store| self::store(store)).collect::<Result<BTreeSet<_>, _>>()?;
    let sources = sources::system()?;
    let password = Password::of(args.password_stdin, || accounts::generated_password(&sources))?;
    let hash = accounts::hash(Realm::Staff, password.text(), &[email.as_str(), &name], &sources).await?;
    let database = Database::open(context, sources).await?;
    let made = async {
        stores_exist(&database.db, &stores).await?;
        let stores = if stores.is_empty() { StoreScope::All } else { StoreScope::Only(stores) };
        let account = Account { email, name, roles, stores, must_change_password: true };
        Ok::<_, Failure>(accounts::create(&database.writer, account, hash).await?)
    }
    .await;
    database.close().await;
    context.print(&format!("{}\n{}", line(&made?), password.shown()))?;
    Ok(Exit::Ok)
}

async fn reset_password(context: &Context, args: &args::MemberResetPassword) -> Result<Exit, Failure> {
    let email = accounts::email(&args.email)?;
    let sources = sources::system()?;
    let password = Password::of(args.password_stdin, || accounts::generated_password(&sources))?;
    let hash = accounts::hash(Realm::Staff, password.text(), &[email.as_str()], &sources).await?;
    let database = Database::open(context, sources).await?;
    let reset = async {
        let member = member(&database.db, &email).await?;
        Ok::<_, Failure>(accounts::reset_password(&database.writer, &member, hash).await?)
    }
    .await;
    database.close().await;
    context.print(&format!("{}\n{}", line(&reset?), password.shown()))?;
    Ok(Exit::Ok)
}

async fn unlock(context: &Context, args: &args::MemberUnlock) -> Result<Exit, Failure> {
    let email = accounts::email(&args.email)?;
    let database = Database::open(context, sources::system()?).await?;
    let unlocked = async {
        let member = member(&database.db, &email).await?;
        accounts::unlock(&database.writer, &member).await?;
        Ok::<_, Failure>(member)
    }
    .await;
    database.close().await;
    context
        .print(&format!("{}\nfor an hour, logins from new addresses are let through\n", line(&unlocked?)))?;
    Ok(Exit::Ok)
}

async fn member(db: &Db, email: &Email) -> Result<Member, Failure> {
    let member = read::member_by_email(&mut db.read().await?, email).await?;
    member.ok_or_else(|| {
        Failure::new(Exit::Usage, format!("no member signs in as {email}; see `ordervault member list`"))
    })
}

async fn list(context: &Context) -> Result<Exit, Failure> {
    let db = database::existing(&context.config).await?;
    let mut conn = db.read().await?;
    let mut after = None;
    loop {
        let page = read::members(&mut conn, &StoreScope::All, after, PAGE_ROWS).await?;
        for member in &page.items {
            context.print(&format!("{}\n", line(member)))?;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    drop(conn);
    db.close().await;
    Ok(Exit::Ok)
}

/// One member in one line, with tabs between the parts.
fn line(member: &Member) -> String {
    let roles: Vec<&str> = member.roles.iter().map(|role| role.into()).collect();
    let stores = match &member.stores {
        StoreScope::All => "all stores".to_owned(),
        StoreScope::Only(stores) => stores.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    };
    let email = member.contact.email.as_ref().map_or("-", |email| email.as_str());
    let name = member.contact.name.as_deref().unwrap_or("-");
    let state = if member.active { "active" } else { "deactivated" };
    format!("{}\t{email}\t{name}\t{}\t{stores}\t{state}", member.id, roles.join(","))
}

fn role(text: &str) -> Result<Role, Failure> {
    text.parse().map_err(|_| {
        let known = "owner, manager, reviewer, clerk, warehouse, finance, auditor";
        Failure::new(Exit::Usage, format!("there is no role {text}; there are {known}"))
    })
}

fn store(text: &str) -> Result<StoreId, Failure> {
    text.parse().map_err(|error| Failure::new(Exit::Usage, format!("store {text}: {error}")))
}

async fn stores_exist(db: &Db, stores: &BTreeSet<StoreId>) -> Result<(), Failure> {
    let mut conn = db.read().await?;
    for id in stores {
        if read::store(&mut conn, *id).await?.is_none() {
            return Err(Failure::new(Exit::Usage, format!("there is no store {id}")));
        }
    }
    Ok(())
}

/// Where a password came from: only one that nobody knows yet is shown.
enum Password {
    Given(String),
    Generated(String),
}

impl Password {
    fn of(from_stdin: bool, generate: impl FnOnce() -> String) -> Result<Self, Failure> {
        if !from_stdin {
            return Ok(Self::Generated(generate()));
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(|error| {
            Failure::new(Exit::Io, format!("cannot read the password from standard input: {error}"))
        })?;
        Ok(Self::Given(line.trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn text(&self) -> &str {
        match self {
            Self::Given(text) | Self::Generated(text) => text,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Given(_) => String::new(),
            Self::Generated(text) => {
                format!("password, shown this once and to be changed at the first login: {text}\n")
            }
        }
    }
}
