//! Answers that may be kept: an ETag over the bytes, and 304 for whoever has them already (RFC 9110, section 13).

use actix_web::http::header::{self, EntityTag, Header, IfNoneMatch};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

/// Bytes of an ETag.
const ETAG_BYTES: usize = 8;

/// JSON that may be kept.
#[derive(Clone)]
pub(crate) struct Cacheable {
    json: Bytes,
    etag: EntityTag,
}

impl Cacheable {
    /// With an ETag that says nothing about the content but whether it is the same.
    pub(crate) fn new(json: impl Into<Bytes>) -> Self {
        let json = json.into();
        let etag = hex::encode(&Sha256::digest(&json)[..ETAG_BYTES]);
        Self { json, etag: EntityTag::new_strong(etag) }
    }

    /// The text.
    pub(crate) fn json(&self) -> &[u8] {
        &self.json
    }

    /// All of it, or 304 if the client has it. `cache_control` says for how long it may be kept.
    pub(crate) fn answer(&self, request: &HttpRequest, cache_control: &'static str) -> HttpResponse {
        let is_known = match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&self.etag)),
            Err(_) => false,
        };
        let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header(header::ETag(self.etag.clone()));
        response.insert_header((header::CACHE_CONTROL, cache_control));
        if is_known {
            return response.finish();
        }
        response.content_type("application/json").body(self.json.clone())
    }
}
