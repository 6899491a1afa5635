//! Whoever asks, with the authority that the database grants them at this moment.
//!
//! A handler's first argument states what it takes: [`Customer`] for a signed-in customer, [`CustomerOrGuest`] for a customer or somebody
//! who has proved to know one order, [`OptionalCustomer`] for whoever wants to order, [`Staff<P>`] for a member with what the [`Permit`] `P` asks for. No permission, no argument, no way to forget the check. Account, roles, stores and session are those of
//! the database, or were so less than a second ago ([`known_logins`](crate::known_logins)); whatever is written is decided by what
//! they are in its transaction.

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use ordervault_domain::access::{Actor, OrderGrant};
use ordervault_domain::id::{CustomerId, MemberId, SessionId};
use ordervault_domain::member::Member;
use ordervault_domain::refusal::Refusal;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read;
use ordervault_persistence::writer::ActorRef;
use utoipa::openapi::path::Operation;

use super::bearer::{CustomerBearer, CustomerOrGuestBearer, StaffBearer};
use super::permit::Permit;
use crate::auth::{AccessClaims, Audience, Realm};
use crate::extract::Argument;
use crate::known_logins::KnownLogin;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::refusals::refused;
use crate::state::AppState;
use crate::translations::Text;

/// Where an operation names the permissions of which its caller needs one.
const PERMISSIONS: &str = "x-permissions";

/// A signed-in customer.
#[derive(Clone, Copy, Debug)]
pub struct Customer {
    /// Who.
    pub id: CustomerId,
    /// Their login.
    pub session: SessionId,
}

/// Whoever an order is for.
#[derive(Clone, Copy, Debug)]
pub enum CustomerOrGuest {
    /// A signed-in customer.
    Customer(Customer),
    /// Somebody without an account, who orders (none) or has proved to know an order.
    Guest(Option<OrderGrant>),
}

/// Whoever wants to order: a signed-in customer, or somebody without an account. A token that is not good is refused and
/// never passed over.
#[derive(Clone, Copy, Debug)]
pub struct OptionalCustomer(pub CustomerOrGuest);

/// A signed-in member who has what the permit `P` asks for.
#[derive(Clone, Debug)]
pub struct Staff<P> {
    /// Who, as their row says.
    pub member: Arc<Member>,
    /// Their login.
    pub session: SessionId,
    permit: PhantomData<P>,
}

/// In whose name something is done, and by which login, which the write transaction looks at again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Submitter {
    /// Who.
    pub actor: ActorRef,
    /// By which login; none: whoever has none.
    pub login: Option<SessionId>,
}

impl Submitter {
    /// Somebody who is nobody yet.
    pub(crate) const ANONYMOUS: Self = Self { actor: ActorRef::Anonymous, login: None };
}

impl Customer {
    /// For decisions and scopes.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Customer(self.id)
    }

    /// For the write queue.
    pub(crate) fn submitter(&self) -> Submitter {
        Submitter { actor: ActorRef::Customer(self.id), login: Some(self.session) }
    }

    async fn behind(claims: &AccessClaims, state: &AppState) -> Result<Self, Problem> {
        let id = claims.subject.parse().map_err(|_| Problem::new(Code::TokenInvalid))?;
        let (session, _) = login(claims, state, Realm::Customer, CustomerId::get(id)).await?;
        Ok(Self { id, session })
    }
}

impl CustomerOrGuest {
    /// For decisions and scopes.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Customer(customer) => customer.actor(),
            Self::Guest(grant) => Actor::Guest(*grant),
        }
    }

    /// For the write queue.
    pub(crate) fn submitter(&self) -> Submitter {
        match self {
            Self::Customer(customer) => customer.submitter(),
            Self::Guest(grant) => Submitter { actor: ActorRef::Guest(*grant), login: None },
        }
    }
}

impl<P> Staff<P> {
    /// For decisions and scopes.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Member(self.member.authority())
    }

    /// For the write queue, which looks login and authority up again.
    pub(crate) fn submitter(&self) -> Submitter {
        Submitter { actor: ActorRef::Member(self.member.id), login: Some(self.session) }
    }
}

impl FromRequest for Customer {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bearer = CustomerBearer::from_request(request, payload);
        let state = request.app_data::<web::Data<AppState>>().cloned();
        Box::pin(async move {
            let CustomerBearer(claims) = bearer.await?;
            let state = state.ok_or_else(|| Problem::internal("no state"))?;
            Self::behind(&claims, &state).await
        })
    }
}

impl FromRequest for CustomerOrGuest {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bearer = CustomerOrGuestBearer::from_request(request, payload);
        let state = request.app_data::<web::Data<AppState>>().cloned();
        Box::pin(async move {
            let CustomerOrGuestBearer(claims) = bearer.await?;
            let state = state.ok_or_else(|| Problem::internal("no state"))?;
            match claims.audience {
                Audience::Guest => {
                    let grant = claims.subject.parse().map_err(|_| Problem::new(Code::TokenInvalid))?;
                    Ok(Self::Guest(Some(grant)))
                }
                Audience::Login(_) => Customer::behind(&claims, &state).await.map(Self::Customer),
            }
        })
    }
}

impl FromRequest for OptionalCustomer {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !request.headers().contains_key(header::AUTHORIZATION) {
            return Box::pin(async { Ok(Self(CustomerOrGuest::Guest(None))) });
        }
        let customer = Customer::from_request(request, payload);
        Box::pin(async move { customer.await.map(|customer| Self(CustomerOrGuest::Customer(customer))) })
    }
}

impl Argument for Customer {}

impl Argument for CustomerOrGuest {}

impl Argument for OptionalCustomer {}

impl<P: Permit> FromRequest for Staff<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bearer = StaffBearer::from_request(request, payload);
        let state = request.app_data::<web::Data<AppState>>().cloned();
        Box::pin(async move {
            let StaffBearer(claims) = bearer.await?;
            let state = state.ok_or_else(|| Problem::internal("no state"))?;
            let id: MemberId = claims.subject.parse().map_err(|_| Problem::new(Code::TokenInvalid))?;
            let (session, login) = login(&claims, &state, Realm::Staff, id.get()).await?;
            let member = login.member.filter(|member| member.active);
            let member = member.ok_or_else(|| Problem::new(Code::TokenInvalid))?;
            permitted::<P>(&member)?;
            Ok(Self { member, session, permit: PhantomData })
        })
    }
}

impl<P: Permit> Argument for Staff<P> {
    /// The permissions of which one suffices, for people and for programs.
    fn describe(operation: &mut Operation) {
        let names: Vec<&str> = P::PERMISSIONS.iter().map(Into::into).collect();
        let words = match names.as_slice() {
            [] => "Open to every active member.".to_owned(),
            names => format!("Takes the permission `{}`.", names.join("` or `")),
        };
        let extensions = operation.extensions.get_or_insert_default();
        extensions.insert(PERMISSIONS.to_owned(), names.into());
        let description = operation.description.get_or_insert_default();
        if !description.is_empty() {
            description.push_str("\n\n");
        }
        description.push_str(&words);
    }
}

fn permitted<P: Permit>(member: &Member) -> Result<(), Problem> {
    if member.must_change_password && !P::WITH_FOREIGN_PASSWORD {
        return Err(Problem::new(Code::PasswordChangeRequired));
    }
    if P::PERMISSIONS.is_empty() || Actor::Member(member.authority()).may_any(P::PERMISSIONS) {
        return Ok(());
    }
    Err(refused(&Refusal::lacking(P::PERMISSIONS)))
}

/// The login behind a token, if it has not been ended, and its account.
async fn login(
    claims: &AccessClaims,
    state: &AppState,
    realm: Realm,
    principal_id: i64,
) -> Result<(SessionId, KnownLogin), Problem> {
    let refused = || Problem::new(Code::TokenInvalid);
    let id: SessionId = claims.session.parse().map_err(|_| refused())?;
    let now = state.now();
    let login = if let Some(known) = state.known_logins.get(id, now) {
        known
    } else {
        let before = state.known_logins.before_read();
        let ended = || refused().detail(Text::new("session-ended"));
        let login = read_login(state, realm, id, now).await?.ok_or_else(ended)?;
        state.known_logins.keep(before, id, login.clone(), now);
        login
    };
    if login.principal_id == principal_id { Ok((id, login)) } else { Err(refused()) }
}

/// The login, if it is open, and its account, as the database has them.
async fn read_login(
    state: &AppState,
    realm: Realm,
    id: SessionId,
    now: Timestamp,
) -> Result<Option<KnownLogin>, Problem> {
    let mut conn = reader(state).await?;
    let session = read::session(&mut conn, id).await.map_err(failed)?;
    let Some(session) = session.filter(|session| session.realm == realm && session.is_open(now)) else {
        return Ok(None);
    };
    let member = match realm {
        Realm::Customer => None,
        Realm::Staff => {
            let id = MemberId::from_i64(session.principal_id);
            read::member(&mut conn, id).await.map_err(failed)?.map(Arc::new)
        }
    };
    Ok(Some(KnownLogin { principal_id: session.principal_id, expires_at: session.expires_at, member }))
}
