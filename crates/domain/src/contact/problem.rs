//! Why a text is no telephone number or e-mail address.

use thiserror::Error;

/// Why a text reaches nobody.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Error)]
pub enum ContactProblem {
    /// Not 3 to 20 digits.
    #[error(
        "not a telephone number: 3 to 20 digits, which may begin with +, with anything but letters between them"
    )]
    InvalidPhone,
    /// Not `local@domain`.
    #[error("not an e-mail address, like maria@example.com")]
    InvalidEmail,
}

impl ContactProblem {
    /// The stable code for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidPhone => "invalid-phone",
            Self::InvalidEmail => "invalid-email",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        assert_eq!(ContactProblem::InvalidPhone.code(), "invalid-phone");
        assert_eq!(ContactProblem::InvalidEmail.code(), "invalid-email");
    }
}
