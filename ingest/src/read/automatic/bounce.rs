//! Mail that says another mail could not be delivered, in the standard form (RFC 3464) and in the
//! many older ones.

use super::{Seen, has_null_sender};

/// Subjects that servers write whole, lower case: with one of the words below they need no sender.
const WHOLE: [&str; 13] = [
    "メールエラー通知",
    "failure notice",
    "delivery failure notification",
    "undelivered mail returned to sender",
    "returned mail: see transcript for details",
    "returned mail: user unknown",
    "delivery status notification (failure)",
    "delivery status notification(failure)",
    "mail delivery failed: returning message to sender",
    "mail delivery failed",
    "系统退信",
    "邮件投递失败",
    "邮件退信通知",
];

/// Beginnings of subjects, lower case.
const SUBJECTS: [&str; 114] = [
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
    "mail failed",
    "permanent delivery failure",
    "delivery status",
    "delivery has been delayed",
    "delayed mail",
    "your message could not be delivered",
    "your mail could not be delivered",
    "processing error",
    "error sending your mail",
    "rejected mail",
    "message rejected",
    "メールエラー通知",
    "配信不能",
    "メール配信エラー",
    "配信エラー",
    "未配信",
    "未配達",
    "送信エラー",
    "недоставленное сообщение",
    "ваше сообщение не доставлено",
    "не удается доставить",
    "сообщение не доставлено",
    "non délivré",
    "échec de la remise",
    "échec de remise",
    "mail non distribué",
    "zustellung fehlgeschlagen",
    "nicht zustellbar",
    "unzustellbare",
    "rückmeldung: unzustellbar",
    "no se puede entregar",
    "no se ha podido entregar",
    "error de entrega",
    "impossibile recapitare",
    "impossibile consegnare",
    "mancato recapito",
    "non recapitabile",
    "falha na entrega",
    "falha no envio",
    "onbestelbaar",
    "niet bezorgd",
    "kan niet worden bezorgd",
    "邮件未送达",
    "邮件无法送达",
    "邮件被退回",
    "邮件退信通知",
    "投递失败",
    "发送失败",
    "传送失败",
    "傳送失敗",
    "無法傳遞",
    "無法送達",
    "退回的邮件",
    "投递状态通知",
    "邮件递送失败",
    "传递状态通知",
    "未传递",
    "無法傳遞的郵件",
    "郵件退回",
    "递送状态通知",
];

/// Words that only mail servers use, lower case; two of them make a bounce of a daemon's mail, one
/// with an SMTP code of a subject's.
const WORDS: [&str; 96] = [
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
    "no such user here",
    "invalid user address",
    "no valid recipients",
    "message log follows",
    "had delivery problems",
    "has not been delivered",
    "could not deliver",
    "delivery failure",
    "unable to deliver",
    "unable to be delivered",
    "not be delivered",
    "user doesn't exist",
    "user does not exist",
    "account does not exist",
    "address is wrong",
    "address not found",
    "recipient not found",
    "is not a known user",
    "unrouteable address",
    "unrouteable mail domain",
    "retry timeout exceeded",
    "mailbox disabled",
    "mailbox unknown",
    "unknown recipient",
    "bad destination",
    "undelivered message",
    "n'a pas pu etre delivre",
    "n'a pas pu être remis",
    "n'a pas pu être délivré",
    "konnte nicht zugestellt werden",
    "nicht zugestellt",
    "no se pudo entregar",
    "non è stato possibile",
    "não foi entregue",
    "не доставлено",
    "не может быть доставлено",
    "не существует",
    "送信できませんでした",
    "配信できませんでした",
    "宛先不明",
    "投递失败",
    "不存在",
    "邮箱已满",
    "空间不足",
    "拒收",
    "被拒绝",
    "無法送達",
    "無法傳遞",
    "传递失败",
    "smtp error",
    "message size exceeds",
    "will keep trying",
];

/// A bounce.
pub(super) fn is(seen: &Seen<'_>) -> bool {
    let status = seen.kinds.iter().any(|k| {
        matches!(
            *k,
            "message/delivery-status" | "message/global-delivery-status"
        )
    });
    let null = has_null_sender(seen.fields);
    let nobody = seen.from.is_none_or(|from| from.address.is_empty());
    if seen.report_type == "delivery-status"
        || (status
            && (seen.media_type == "multipart/report"
                || is_daemon(seen)
                || by_subject(seen)
                || nobody))
        || (seen.media_type == "multipart/report"
            && seen.report_type.is_empty()
            && by_subject(seen))
        || seen.fields.has("x-failed-recipients")
        || notified(seen, "bounce")
    {
        return true;
    }
    let daemon = is_daemon(seen);
    let subject = by_subject(seen);
    if (subject && (daemon || null || nobody)) || is_called_daemon(seen) {
        return true;
    }
    let words = server_words(seen.text);
    let told = || is_robot(seen) || has_copy(seen.text) || is_whole(seen.subject);
    (daemon && words >= 1)
        || (null && words >= 2)
        || (subject && words >= 1 && has_code(seen.text) && told() && !is_first_person(seen.text))
        || (subject && words >= 1 && is_whole(seen.subject) && !is_first_person(seen.text))
        || (subject && words >= 1 && names_failure(seen.text))
}

/// Sent from an address that no person writes from.
fn is_robot(seen: &Seen<'_>) -> bool {
    const LOCALS: [&str; 9] = [
        "noreply",
        "no-reply",
        "no_reply",
        "donotreply",
        "do-not-reply",
        "mailer",
        "system",
        "smtp",
        "mail",
    ];
    let local = seen.from.map(|from| from.address.to_lowercase());
    local.is_some_and(|local| LOCALS.iter().any(|name| local.starts_with(name)))
}

/// The header of the mail that came back, or what was said to the server, stands in the text.
fn has_copy(text: &str) -> bool {
    let head = super::phrases::head(text, 20_000);
    ["message-id:", "received: from", "rcpt to:"]
        .iter()
        .any(|sign| head.contains(sign))
}

/// A person who tells of a bounce: "我给贵局发的邮件被退回 …", "I got 550 …".
fn is_first_person(text: &str) -> bool {
    const SAYS: [&str; 8] = [
        "我给", "我的", "我是", "我向", "我发", "i tried", "i sent", "i got",
    ];
    let head = super::phrases::head(text, 600);
    SAYS.iter().any(|says| head.contains(says))
}

/// What Amazon's notification service sends, a mail of nothing but JSON.
pub(super) fn notified(seen: &Seen<'_>, kind: &str) -> bool {
    let text = seen.text.trim_start();
    let head = super::phrases::head(text, 2_000).replace(['\\', ' '], "");
    text.starts_with('{') && head.contains(&format!("\"notificationtype\":\"{kind}\""))
}

fn is_whole(subject: &str) -> bool {
    let subject = subject.trim().to_lowercase();
    WHOLE.contains(&subject.as_str())
}

/// A text that opens with the failure, naming the address that it is about.
fn names_failure(text: &str) -> bool {
    const OPENINGS: [&str; 6] = [
        "your message could not be delivered to",
        "your message was not delivered to",
        "your message with subject",
        "the following message could not be delivered",
        "delivery to the following recipient",
        "votre message n'a pas pu",
    ];
    let head = super::phrases::head(text, 400);
    let head = head.trim_start_matches(|c: char| !c.is_alphabetic());
    OPENINGS.iter().any(|opening| head.starts_with(opening))
}

/// Nobody is called mailer-daemon.
fn is_called_daemon(seen: &Seen<'_>) -> bool {
    seen.from.is_some_and(|from| {
        let local = from.address.to_lowercase();
        [
            "mailer-daemon@",
            "mailer_daemon@",
            "mailerdaemon@",
            "mailer-daemon",
        ]
        .iter()
        .any(|name| local.starts_with(name))
    })
}

/// Sent by the mail system itself.
fn is_daemon(seen: &Seen<'_>) -> bool {
    let Some(from) = seen.from else { return false };
    let address = from.address.to_lowercase();
    let local = address.split('@').next().unwrap_or_default();
    let name = from.name.to_lowercase();
    const LOCALS: [&str; 15] = [
        "mdaemon",
        "post_master",
        "mail-system",
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
    // `Your message to … could not be delivered`, `Warning: … - User unknown!`
    let ends = subject.trim_end_matches(['.', '!', ' ']);
    let told = subject.starts_with("your message to") && ends.ends_with("could not be delivered")
        || ends.ends_with("user unknown")
        || ends.ends_with("(delivery failed)");
    if told {
        return true;
    }
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
