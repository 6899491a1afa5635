//! The commands that take an order one step on without a word: confirm, start, complete and their kin.

/// The handler of such a command: path, operation id, the order of the example, the command.
macro_rules! step {
    ($(#[$doc:meta])* $handler:ident, $path:literal, $operation:literal, $example:ident, $command:ident $({ $($with:tt)* })?) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, operation_id = $operation, tag = "staff-orders",
            params(("id" = String, Path, description = "Id or number of the order",
                    example = json!($crate::openapi::examples::$example)),
                $crate::extract::OptionalIfMatch, $crate::extract::OptionalIdempotencyKey),
            responses((status = 200, description = "The order as it is now", body = $crate::v1::order_body::OrderBody,
                headers(("ETag" = String, description = "The version in double quotes")))),
            security(("staff_bearer" = [])))]
        pub(crate) async fn $handler(
            state: actix_web::web::Data<$crate::state::AppState>,
            staff: $crate::principals::Staff<$crate::principals::permit::order::$command>,
            id: $crate::extract::PathId<ordervault_domain::id::OrderId>,
            request_id: $crate::middleware::request_id::RequestId,
            version: $crate::extract::OptionalIfMatch,
            key: $crate::extract::OptionalIdempotencyKey,
        ) -> Result<actix_web::HttpResponse, $crate::problem::Problem> {
            let caller = $crate::v1::caller::Caller::staff(&state, &staff, &request_id);
            let conditions = $crate::v1::caller::Conditions { version, key };
            let command = ordervault_domain::order::OrderCommand::$command $({ $($with)* })?;
            $crate::v1::orders::answer::carry_out(caller, id.0, conditions, $operation, &(), command).await
        }
    };
}

pub(super) use step;
