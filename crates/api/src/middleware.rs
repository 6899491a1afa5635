//! What happens to every request, outermost first: [`request_id`], [`access`] (span, access line, counters), [`headers`],
//! [`compress`], [`cors`], [`render`] (problem documents), [`gate`] (size and format limits). The order is set in [`crate::app`].

pub mod access;
pub mod compress;
pub mod cors;
pub mod gate;
pub mod headers;
pub mod render;
pub mod request_id;
