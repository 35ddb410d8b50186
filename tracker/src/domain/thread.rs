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
    /// It is proved by something that only whoever got a mail of ours can know; a number in the
    /// subject is no secret.
    pub proved: bool,
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
    /// It comes from the writer's address, and names the letter by its number alone.
    NumberOnly,
    /// Our server says the sender is forged.
    Forged,
    /// Our server's filter takes it for spam.
    Spam,
}

impl HeldReason {
    /// What the ledger keeps.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherSender => "other-sender",
            Self::NumberOnly => "number-only",
            Self::Forged => "forged",
            Self::Spam => "spam",
        }
    }
}

/// Decides for one message: `named` are the letters its tokens and references prove, or else the
/// number in its subject names; the one it answers most directly first. `forged` is our own server's
/// verdict on the sender.
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
    if let Some(own) = named.iter().find(|n| n.from_writer && n.proved) {
        return Joining::Joins(own.letter_id);
    }
    let likely = named.iter().find(|n| n.from_writer);
    match likely.or(named.first()) {
        None => Joining::New,
        Some(likely) => Joining::Held {
            reason: if likely.from_writer {
                HeldReason::NumberOnly
            } else {
                HeldReason::OtherSender
            },
            letter_id: Some(likely.letter_id),
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
        proved: true,
    };
    const OTHER: Named = Named {
        letter_id: 2,
        from_writer: false,
        sealed: true,
        proved: true,
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
    fn a_number_alone_joins_nothing() {
        let by_number = |own: Named| Named {
            proved: false,
            ..own
        };
        for (named, why) in [
            (OWN, HeldReason::NumberOnly),
            (OTHER, HeldReason::OtherSender),
        ] {
            let held = Joining::Held {
                reason: why,
                letter_id: Some(named.letter_id),
                sealed: named.sealed,
            };
            assert_eq!(join(&[by_number(named)], false), held);
        }
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
