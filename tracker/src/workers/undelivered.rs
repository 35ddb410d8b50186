//! What the log says of a mail that did not leave: which server answered what, and when it is tried
//! again. Never whom it was for, and no word of it: a server's refusal quotes both.

use notifier::DeliveryError;

use super::delivery::Post;
use crate::store::outbox::Outcome;

/// Logs an attempt that failed, once what follows from it is known. `server` is ours.
pub(super) fn tell(post: &Post, server: &str, error: &DeliveryError, outcome: &Outcome) {
    let (kind, reason) = match error {
        DeliveryError::Temporary { reason } => ("temporary", reason),
        DeliveryError::Permanent { reason } => ("permanent", reason),
        DeliveryError::Unknown { reason } => ("unknown", reason),
    };
    let (answer, to) = if post.is_sealed() {
        (code_of(reason), None)
    } else {
        let domain = post.address().rsplit_once('@').map(|(_, domain)| domain);
        (unnamed(reason, post.address(), post.subject()), domain)
    };
    let again_at = outcome.is_tried_again().then_some(outcome.due_at);
    tracing::warn!(
        mail = post.mail_id(),
        kind,
        attempt = post.attempt(),
        server,
        to,
        answer,
        again_at = again_at.map(tracing::field::display),
        "a mail did not leave"
    );
}

/// A server's words without anybody's name: addresses keep their domain, the recipient's own name
/// goes wherever it stands, and so does the subject.
fn unnamed(reason: &str, address: &str, subject: &str) -> String {
    let (name, _) = address.rsplit_once('@').unwrap_or((address, ""));
    let reason = match subject.trim() {
        "" => reason.to_owned(),
        subject => reason.replace(subject, "…"),
    };
    let ends = |c: char| c.is_whitespace() || "<>()[]{},;:\"'`=".contains(c);
    let mut out = String::with_capacity(reason.len());
    for piece in reason.split_inclusive(ends) {
        let word = piece.trim_end_matches(ends);
        let rest = &piece[word.len()..];
        match word.rsplit_once('@') {
            Some((local, domain)) => {
                if let ("", Some(start)) = (local, quoted(&out)) {
                    out.truncate(start);
                }
                out.push_str("…@");
                out.push_str(domain);
            }
            None if !name.is_empty() && word.eq_ignore_ascii_case(name) => out.push('…'),
            None => out.push_str(word),
        }
        out.push_str(rest);
    }
    out
}

/// Where a name in quotation marks begins that the text ends with.
fn quoted(text: &str) -> Option<usize> {
    text.strip_suffix('"')?.rfind('"')
}

/// The phase and the server's codes alone: `recipient: 550 5.1.1`.
fn code_of(reason: &str) -> String {
    let (phase, words) = reason.split_once(": ").unwrap_or((reason, ""));
    let is_code = |w: &&str| w.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let codes: Vec<&str> = words.split_whitespace().take_while(is_code).collect();
    if codes.is_empty() {
        phase.to_owned()
    } else {
        format!("{phase}: {}", codes.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_without_whom_it_concerns() {
        let told = |reason| unnamed(reason, "Zhang.San@qq.com", "征地补偿");
        for (reason, told_as) in [
            (
                "recipient: 550 5.1.1 <zhang.san@qq.com>: Recipient address rejected",
                "recipient: 550 5.1.1 <…@qq.com>: Recipient address rejected",
            ),
            (
                "recipient: 450 4.2.2 mailbox zhang.san is full",
                "recipient: 450 4.2.2 mailbox … is full",
            ),
            (
                "content: 554 5.7.1 subject \"征地补偿\" looks like spam; ask postmaster@qq.com",
                "content: 554 5.7.1 subject \"…\" looks like spam; ask …@qq.com",
            ),
            (
                "recipient: 550 to=<\"zhang san\"@qq.com>",
                "recipient: 550 to=<…@qq.com>",
            ),
            ("no connection: refused", "no connection: refused"),
        ] {
            assert_eq!(told(reason), told_as);
        }
    }

    #[test]
    fn of_a_sealed_letter_only_codes_are_told() {
        assert_eq!(
            code_of("recipient: 550 5.1.1 <li@example.cn> unknown"),
            "recipient: 550 5.1.1"
        );
        assert_eq!(
            code_of("no connection: Connection refused"),
            "no connection"
        );
        assert_eq!(code_of("no end in time"), "no end in time");
    }
}
