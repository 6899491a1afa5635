//! The `ordervault` program: configuration, commands, and the readers of foreign data.

pub mod olist;
