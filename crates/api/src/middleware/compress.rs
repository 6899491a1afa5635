//! Answers that are worth it are compressed for whoever takes that (RFC 9110, section 12.5.3). Nobody is refused for what they take.
//!
//! The ETag stays the same: it names the version of what is answered, which is compared when it is changed, and no parts of an
//! answer are ever asked for.

use actix_http::encoding::Encoder;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    self, AcceptEncoding, ContentEncoding, Encoding, HeaderMap, HeaderValue, Preference, Quality,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _};

/// Shorter answers fit into a packet or two as they are.
const MIN_COMPRESSED_BYTES: u64 = 1024;
const MEDIA_TYPES: [&str; 5] =
    ["application/json", "application/problem+json", "text/css", "text/html", "text/javascript"];

/// The middleware.
pub async fn answers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let encoding = accepted(&request);
    let response = next.call(request).await?;
    Ok(response.map_body(|head, body| {
        let is_worth_it = matches!(body.size(), BodySize::Sized(bytes) if bytes >= MIN_COMPRESSED_BYTES)
            && is_text(head.headers());
        if is_worth_it && encoding == ContentEncoding::Identity {
            // Whoever keeps it for others must not give it to those who get it compressed.
            head.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        Encoder::response(if is_worth_it { encoding } else { ContentEncoding::Identity }, head, body)
    }))
}

/// What the client likes best; of two that it likes as well gzip, which takes less memory here.
fn accepted(request: &ServiceRequest) -> ContentEncoding {
    let Some(AcceptEncoding(accepted)) = request.get_header() else { return ContentEncoding::Identity };
    let liking = |encoding: ContentEncoding| {
        let wanted = Preference::Specific(Encoding::Known(encoding));
        let items = accepted.iter().filter(|item| item.item == wanted);
        items.map(|item| item.quality).max().unwrap_or(Quality::ZERO)
    };
    let known = [ContentEncoding::Identity, ContentEncoding::Brotli, ContentEncoding::Gzip];
    let best = known.into_iter().max_by_key(|encoding| liking(*encoding));
    best.filter(|best| liking(*best) > Quality::ZERO).unwrap_or(ContentEncoding::Identity)
}

fn is_text(headers: &HeaderMap) -> bool {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    MEDIA_TYPES.contains(&media_type) && !headers.contains_key(header::CONTENT_ENCODING)
}
