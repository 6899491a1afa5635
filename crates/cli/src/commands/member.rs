//! `member create|reset-password|list`: staff accounts, also while nobody can log in.

use crate::args::{Member, MemberCreate, MemberResetPassword};
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(super) async fn run(context: &Context, command: &Member) -> Result<Exit, Failure> {
    match command {
        Member::Create(args) => create(context, args).await,
        Member::ResetPassword(args) => reset_password(context, args).await,
        Member::List => list(context).await,
    }
}

async fn create(_context: &Context, _args: &MemberCreate) -> Result<Exit, Failure> {
    super::not_wired("member create")
}

async fn reset_password(_context: &Context, _args: &MemberResetPassword) -> Result<Exit, Failure> {
    super::not_wired("member reset-password")
}

async fn list(_context: &Context) -> Result<Exit, Failure> {
    super::not_wired("member list")
}
