//! Mail that says another mail could not be delivered, in the standard form (RFC 3464) and in the
//! many older ones.

use super::{Seen, has_null_sender};

/// Beginnings of subjects, lower case.
const SUBJECTS: [&str; 54] = [
    "undelivered mail",
    "undeliverable",
    "undeliverable mail",
    "undelivered message",
    "delivery status notification",
    "delivery notification",
    "delivery failure",
    "delivery failed",
    "delivery error",
    "delivery problem",
    "delivery report",
    "delivery has failed",
    "mail delivery",
    "mail could not be delivered",
    "mail failure",
    "mail system error",
    "mail error",
    "mail not delivered",
    "message delivery",
    "message undeliverable",
    "message not delivered",
    "message you sent blocked",
    "message delayed",
    "email not delivered",
    "failure notice",
    "failure delivery",
    "failed delivery",
    "failed mail",
    "returned mail",
    "returned message",
    "returned to sender",
    "return receipt",
    "nondeliverable mail",
    "non-delivery",
    "non delivery",
    "non remis",
    "warning: could not send message",
    "warning: message",
    "could not send message",
    "couldn't deliver",
    "unable to deliver",
    "unzustellbar",
    "notificación de estado de entrega",
    "notification d'état de remise",
    "mensagem não entregue",
    "系统退信",
    "退信通知",
    "退信",
    "邮件退回",
    "邮件退信",
    "邮件投递失败",
    "邮件发送失败",
    "未送达",
    "无法送达",
];

/// Words that only mail servers use, lower case; two of them make a bounce of a daemon's mail, one
/// with an SMTP code of a subject's.
const WORDS: [&str; 44] = [
    "final-recipient:",
    "diagnostic-code:",
    "reporting-mta:",
    "action: failed",
    "status: 5.",
    "status: 4.",
    "user unknown",
    "unknown user",
    "no such user",
    "mailbox unavailable",
    "mailbox not found",
    "mailbox full",
    "mailbox is full",
    "over quota",
    "quota exceeded",
    "recipient address rejected",
    "recipient rejected",
    "host unknown",
    "host not found",
    "relaying denied",
    "relay access denied",
    "permanent error",
    "permanent failure",
    "permanent fatal errors",
    "could not be delivered",
    "couldn't be delivered",
    "was not delivered",
    "not delivered to",
    "undeliverable",
    "delivery failed",
    "delivery to the following",
    "returned message",
    "original message follows",
    "returned to sender",
    "i'm afraid i wasn't able to deliver",
    "did not reach the following",
    "the following addresses",
    "transcript of session",
    "the mail system",
    "无法投递",
    "无法送达",
    "未能送达",
    "退信",
    "收件人不存在",
];

/// A bounce.
pub(super) fn is(seen: &Seen<'_>) -> bool {
    let status = seen.kinds.iter().any(|k| {
        matches!(
            *k,
            "message/delivery-status" | "message/global-delivery-status"
        )
    });
    if seen.report_type == "delivery-status"
        || (status
            && (seen.media_type == "multipart/report" || is_daemon(seen) || by_subject(seen)))
        || (seen.media_type == "multipart/report"
            && seen.report_type.is_empty()
            && by_subject(seen))
        || seen.fields.has("x-failed-recipients")
    {
        return true;
    }
    let daemon = is_daemon(seen);
    let null = has_null_sender(seen.fields);
    let subject = by_subject(seen);
    if subject && (daemon || null) {
        return true;
    }
    let words = server_words(seen.text);
    (daemon && words >= 1) || (null && words >= 2) || (subject && words >= 1 && has_code(seen.text))
}

/// Sent by the mail system itself.
fn is_daemon(seen: &Seen<'_>) -> bool {
    let Some(from) = seen.from else { return false };
    let address = from.address.to_lowercase();
    let local = address.split('@').next().unwrap_or_default();
    let name = from.name.to_lowercase();
    const LOCALS: [&str; 12] = [
        "mailer-daemon",
        "mailer_daemon",
        "mailerdaemon",
        "mail-daemon",
        "maildaemon",
        "postmaster",
        "post-master",
        "mmdf",
        "uucp",
        "microsoftexchange",
        "mailsystem",
        "bounce",
    ];
    LOCALS.iter().any(|l| local.starts_with(l))
        || local.starts_with("mailer-daem")
        || [
            "mail delivery sub",
            "mail delivery sys",
            "mailer-daemon",
            "mail administrator",
            "mail delivery service",
            "邮件系统",
            "系统退信",
            "postmaster",
        ]
        .iter()
        .any(|n| name.starts_with(n))
}

fn by_subject(seen: &Seen<'_>) -> bool {
    let subject = seen
        .subject
        .trim_start_matches(['*', ' ', '[', '【', '<'])
        .to_lowercase();
    let subject = subject.trim_start();
    let chinese = subject.starts_with("来自") && subject.contains("的退信");
    SUBJECTS
        .iter()
        .any(|s| subject.starts_with(s) && is_robotic(subject, s))
        || chinese
}

/// `退信` alone is too short a beginning: a person may write about 退信问题.
fn is_robotic(subject: &str, phrase: &str) -> bool {
    let after = subject[phrase.len()..].chars().next();
    phrase != "退信" || matches!(after, None | Some(':' | '：' | ' ' | ']' | '】' | '-'))
}

/// How many of the words occur in the first lines; bounces say what they are at once.
fn server_words(text: &str) -> usize {
    let head = super::phrases::head(text, 6_000);
    WORDS.iter().filter(|w| head.contains(*w)).count()
}

/// An SMTP reply code or an enhanced status code.
fn has_code(text: &str) -> bool {
    let head = super::phrases::head(text, 6_000);
    let bytes = head.as_bytes();
    let enhanced = bytes.windows(5).any(|w| {
        matches!(w[0], b'4' | b'5')
            && w[1] == b'.'
            && w[2].is_ascii_digit()
            && w[3] == b'.'
            && w[4].is_ascii_digit()
    });
    let reply = bytes.windows(4).any(|w| {
        w[0] == b'5'
            && matches!(w[1], b'0' | b'5' | b'7')
            && w[2].is_ascii_digit()
            && matches!(w[3], b' ' | b'-')
    });
    enhanced || reply
}
