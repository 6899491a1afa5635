//! Whoever asks, with the authority that the database grants them at this moment.
//!
//! A handler's first argument states what it takes: [`Customer`] for a signed-in customer, [`CustomerOrGuest`] for a customer or somebody
//! who has proved to know one order, [`OptionalCustomer`] for whoever wants to order, [`Staff<P>`] for a member with what the [`Permit`] `P` asks for. No permission, no argument, no way to forget the check. Account, roles, stores and session are read for
//! each request, so that a deactivated member or an ended session is out at once.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use ordervault_domain::access::{Actor, OrderGrant};
use ordervault_domain::id::{CustomerId, MemberId, SessionId};
use ordervault_domain::member::Member;
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::read;
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::ActorRef;

use super::bearer::{CustomerBearer, CustomerOrGuestBearer, StaffBearer};
use super::permit::Permit;
use crate::auth::{AccessClaims, Audience};
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::refusals::refused;
use crate::state::AppState;

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
    /// Who, as their row says now.
    pub member: Member,
    /// Their login.
    pub session: SessionId,
    permit: PhantomData<P>,
}

impl Customer {
    /// For decisions and scopes.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Customer(self.id)
    }

    /// For the write queue.
    #[must_use]
    pub fn actor_ref(&self) -> ActorRef {
        ActorRef::Customer(self.id)
    }

    async fn behind(claims: &AccessClaims, state: &AppState) -> Result<Self, Problem> {
        let id = claims.subject.parse().map_err(|_| Problem::new(Code::Unauthenticated))?;
        let mut conn = reader(state).await?;
        let session = open_session(&mut conn, claims, state, CustomerId::get(id)).await?;
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
    #[must_use]
    pub fn actor_ref(&self) -> ActorRef {
        match self {
            Self::Customer(customer) => customer.actor_ref(),
            Self::Guest(grant) => ActorRef::Guest(*grant),
        }
    }
}

impl<P> Staff<P> {
    /// For decisions and scopes.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Member(self.member.authority())
    }

    /// For the write queue, which looks the authority up again.
    #[must_use]
    pub fn actor_ref(&self) -> ActorRef {
        ActorRef::Member(self.member.id)
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
                    let grant = claims.subject.parse().map_err(|_| Problem::new(Code::Unauthenticated))?;
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

impl<P: Permit> FromRequest for Staff<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bearer = StaffBearer::from_request(request, payload);
        let state = request.app_data::<web::Data<AppState>>().cloned();
        Box::pin(async move {
            let StaffBearer(claims) = bearer.await?;
            let state = state.ok_or_else(|| Problem::internal("no state"))?;
            let id: MemberId = claims.subject.parse().map_err(|_| Problem::new(Code::Unauthenticated))?;
            let mut conn = reader(&state).await?;
            let session = open_session(&mut conn, &claims, &state, id.get()).await?;
            let member = read::member(&mut conn, id).await.map_err(failed)?;
            let member = member.filter(|member| member.active);
            let member = member.ok_or_else(|| Problem::new(Code::Unauthenticated))?;
            permitted::<P>(&member)?;
            Ok(Self { member, session, permit: PhantomData })
        })
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

/// The login behind a token, if it has not been ended.
async fn open_session(
    conn: &mut Conn,
    claims: &AccessClaims,
    state: &AppState,
    principal_id: i64,
) -> Result<SessionId, Problem> {
    let refused = || Problem::new(Code::Unauthenticated);
    let id: SessionId = claims.session.parse().map_err(|_| refused())?;
    let session = read::session(conn, id).await.map_err(failed)?.ok_or_else(refused)?;
    let is_open = session.principal_id == principal_id
        && session.ended_at.is_none()
        && state.now() < session.expires_at;
    if is_open { Ok(id) } else { Err(refused()) }
}
