//! ordervault: domain.
