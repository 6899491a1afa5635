//! What the server says about itself: landing page, health, version, and what each problem code means. No business here.

mod health;
mod html;
mod landing;
mod problems;

pub(crate) use health::ready_details;
pub(crate) use html::escape;

use crate::routes::{Endpoint, Routes, endpoint};

/// The pages and health endpoints.
pub fn routes() -> Routes {
    Routes::new()
        .with(Endpoint::page("/", landing::landing))
        .with(Endpoint::page(html::STYLE_PATH, html::style))
        .with(endpoint!(health::livez))
        .with(endpoint!(health::readyz))
        .with(endpoint!(health::version))
        .with(Endpoint::page("/problems", problems::list))
        .with(Endpoint::page("/problems/{code}", problems::explain))
}
