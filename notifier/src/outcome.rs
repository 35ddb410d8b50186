//! What became of words handed to a medium, as far as it can be known.

/// Why a delivery didn't end with the medium's "accepted".
///
/// The reason is for a clerk's eyes: it may quote the other server, never the words sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// Provably not accepted, and another attempt may succeed.
    #[error("not delivered yet: {reason}")]
    Temporary {
        /// What the other side said, or what broke.
        reason: String,
    },
    /// Refused for good: the same words to the same address would be refused again.
    #[error("refused: {reason}")]
    Permanent {
        /// What the other side said, or what is wrong with the message.
        reason: String,
    },
    /// Perhaps accepted, perhaps not: everything was sent, no answer came. Sending again may
    /// deliver twice.
    #[error("outcome unknown: {reason}")]
    Unknown {
        /// What broke.
        reason: String,
    },
}

impl DeliveryError {
    pub(crate) fn temporary(reason: impl Into<String>) -> Self {
        Self::Temporary {
            reason: reason.into(),
        }
    }

    pub(crate) fn permanent(reason: impl Into<String>) -> Self {
        Self::Permanent {
            reason: reason.into(),
        }
    }

    pub(crate) fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown {
            reason: reason.into(),
        }
    }
}
