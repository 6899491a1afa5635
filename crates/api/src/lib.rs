//! ordervault: api.
