//! Whether a message continues a letter. Token and sender must both match; where only one does, a
//! person must say. Mail that our own server's verdict fails triggers nothing.

/// A letter that a message names, by token or by answering one of our mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// The letter.
    pub letter_id: i64,
    /// The message came from the writer's own address.
    pub from_writer: bool,
    /// The letter is sealed.
    pub sealed: bool,
}

/// What to do with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// It is a letter of its own.
    New,
    /// It joins this letter.
    Joins(i64),
    /// A person must say.
    Held {
        /// Why: a key of the held reasons.
        reason: HeldReason,
        /// The letter it is thought to belong to.
        letter_id: Option<i64>,
        /// That letter is sealed.
        sealed: bool,
    },
}

/// Why a person must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldReason {
    /// It names a letter, but another person sent it.
    OtherSender,
    /// Our server says the sender is forged.
    Forged,
    /// Our server's filter takes it for spam.
    Spam,
    /// It comes from an address of ours, is no mail of ours, and leaves no other to answer to.
    FromUs,
    /// A list passed it on: a person may have written it.
    ThroughList,
}

impl HeldReason {
    /// What the ledger keeps.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherSender => "other-sender",
            Self::Forged => "forged",
            Self::Spam => "spam",
            Self::FromUs => "from-us",
            Self::ThroughList => "through-list",
        }
    }
}

/// Decides for one message: `named` are the letters its tokens and references prove, `forged` is
/// our own server's verdict on the sender.
#[must_use]
pub fn join(named: &[Named], forged: bool) -> Joining {
    if forged {
        let first = named.first();
        return Joining::Held {
            reason: HeldReason::Forged,
            letter_id: first.map(|n| n.letter_id),
            sealed: named.iter().any(|n| n.sealed),
        };
    }
    if let Some(own) = named.iter().find(|n| n.from_writer) {
        return Joining::Joins(own.letter_id);
    }
    match named.first() {
        None => Joining::New,
        Some(first) => Joining::Held {
            reason: HeldReason::OtherSender,
            letter_id: Some(first.letter_id),
            sealed: named.iter().any(|n| n.sealed),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Named = Named {
        letter_id: 1,
        from_writer: true,
        sealed: false,
    };
    const OTHER: Named = Named {
        letter_id: 2,
        from_writer: false,
        sealed: true,
    };

    #[test]
    fn token_and_sender_must_both_match() {
        assert_eq!(join(&[OWN], false), Joining::Joins(1));
        assert_eq!(join(&[OTHER, OWN], false), Joining::Joins(1));
        let held = Joining::Held {
            reason: HeldReason::OtherSender,
            letter_id: Some(2),
            sealed: true,
        };
        assert_eq!(join(&[OTHER], false), held);
        assert_eq!(join(&[], false), Joining::New);
    }

    #[test]
    fn forged_mail_triggers_nothing() {
        assert!(matches!(
            join(&[OWN], true),
            Joining::Held {
                reason: HeldReason::Forged,
                letter_id: Some(1),
                ..
            }
        ));
        assert!(matches!(
            join(&[], true),
            Joining::Held {
                letter_id: None,
                ..
            }
        ));
    }
}
