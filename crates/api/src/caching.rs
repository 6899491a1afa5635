//! Answers that may be kept: an ETag over the bytes, and 304 for whoever has them already (RFC 9110, section 13).

use actix_web::http::header::{self, EntityTag, Header, IfNoneMatch};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

/// Bytes of an ETag.
const ETAG_BYTES: usize = 8;
/// Under an address that changes with its content: a year, and never asked about.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Something that may be kept.
#[derive(Clone)]
pub(crate) struct Cacheable {
    media_type: &'static str,
    body: Bytes,
    etag: EntityTag,
}

impl Cacheable {
    /// With an ETag that says nothing about the content but whether it is the same.
    pub(crate) fn new(media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let etag = hex::encode(&Sha256::digest(&body)[..ETAG_BYTES]);
        Self { media_type, body, etag: EntityTag::new_strong(etag) }
    }

    /// JSON that may be kept.
    pub(crate) fn json(json: impl Into<Bytes>) -> Self {
        Self::new("application/json", json)
    }

    /// All of it.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
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
        response.content_type(self.media_type).body(self.body.clone())
    }
}

/// A file that pages take.
pub(crate) struct Asset {
    path: &'static str,
    content: Cacheable,
}

impl Asset {
    /// The file at this path of the server.
    pub(crate) fn new(path: &'static str, media_type: &'static str, content: impl Into<Bytes>) -> Self {
        Self { path, content: Cacheable::new(media_type, content) }
    }

    /// The path, without what changes.
    pub(crate) fn path(&self) -> &'static str {
        self.path
    }

    /// Where a page finds it, with what changes whenever the file does.
    pub(crate) fn address(&self) -> String {
        format!("{}?v={}", self.path, self.content.etag.tag())
    }

    /// The file: to be kept for ever by whoever asks at its address, to be asked about by others.
    pub(crate) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let is_address = request.query_string().strip_prefix("v=") == Some(self.content.etag.tag());
        self.content.answer(request, if is_address { FOR_EVER } else { "no-cache" })
    }
}
