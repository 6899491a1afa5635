//! What the server says about itself: landing page, health, version. No business here.

pub mod health;
mod html;
pub mod landing;

pub(crate) use html::{escape, page};

use crate::routes::{Endpoint, Routes, endpoint};

/// The pages and health endpoints.
pub fn routes() -> Routes {
    Routes::new()
        .with(Endpoint::page("/", landing::landing))
        .with(Endpoint::page(html::STYLE_PATH, html::style))
        .with(endpoint!(health::livez))
        .with(endpoint!(health::readyz))
        .with(endpoint!(health::version))
}
