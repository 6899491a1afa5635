//! ordervault: persistence.
