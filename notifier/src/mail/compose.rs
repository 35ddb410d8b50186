//! Puts a mail into its wire form: headers, alternative texts, files. The result is checked once
//! more as a whole before it may leave.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};

use super::{File, Mail, MailError, address, header};
use crate::clean;

/// Boundaries hold `=_`, which neither base64 nor quoted-printable can produce, and every part is in
/// one of the two: no content can end its part. Fixed, so that each attempt sends the same bytes.
const TEXTS: &str = "=_huiyin_texts";
const FILES: &str = "=_huiyin_files";

/// Ids repeated in `References`: the first, which names the thread, and the latest.
const REFERENCES: usize = 20;

/// A mail ready for a server.
pub(crate) struct Composed {
    /// The envelope sender; `None` is `<>`.
    pub(crate) sender: Option<Address>,
    /// The one recipient.
    pub(crate) recipient: Address,
    /// Header and body, lines ended by CRLF, without a last one.
    pub(crate) bytes: Vec<u8>,
}

/// # Errors
/// What is wrong with the mail: no attempt will change it.
pub(crate) fn compose(mail: &Mail, from: &Mailbox, instance: &str) -> Result<Composed, MailError> {
    if mail.rendered.has_places() {
        return Err(MailError::Places);
    }
    if !header::is_id(&mail.message_id) {
        return Err(MailError::MessageId(clean::one_line(&mail.message_id, 80)));
    }
    let recipient = address(&mail.to)?;
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, recipient.clone()))
        .date(instant(mail.date))
        .raw_header(header::text("Subject", &mail.rendered.subject))
        .raw_header(header::ids(
            "Message-ID",
            std::iter::once(mail.message_id.as_str()),
        ))
        .raw_header(header::word("X-Huiyin", instance));
    if let Some(reply_to) = &mail.reply_to {
        message = message.reply_to(Mailbox::new(None, address(reply_to)?));
    }
    let answers = mail.in_reply_to.as_deref().filter(|id| header::is_id(id));
    if let Some(id) = answers {
        message = message.raw_header(header::ids("In-Reply-To", std::iter::once(id)));
    }
    let thread = thread(&mail.references, answers);
    if !thread.is_empty() {
        message = message.raw_header(header::ids("References", thread.into_iter()));
    }
    if mail.automatic {
        // RFC 3834 §5: "replied" is said to a message, "generated" out of the blue (a form's receipt).
        let how = if answers.is_some() {
            "auto-replied"
        } else {
            "auto-generated"
        };
        message = message
            .raw_header(header::word("Auto-Submitted", how))
            .raw_header(header::word("X-Auto-Response-Suppress", "All"));
    }
    let message = message
        .multipart(content(mail))
        .map_err(|error| MailError::Unsound(error.to_string()))?;
    // A bounce of a receipt says nothing that anyone could act on, and `<>` makes a loop with
    // another machine impossible (RFC 3834 §3.3). What a person wrote must be able to bounce.
    let sender = (!mail.automatic).then(|| bounces_to(mail, &from.email));
    Ok(Composed {
        sender,
        bytes: checked(message.formatted(), &recipient)?,
        recipient,
    })
}

/// Where a bounce comes back to: our own address, with the letter's mark where answers carry one
/// (`letters+mark@…`). Another mailbox than the sender's own would be refused by many relays.
fn bounces_to(mail: &Mail, own: &Address) -> Address {
    let marked = mail.reply_to.as_deref().and_then(|to| address(to).ok());
    let marked = marked.filter(|to| {
        let plain = to.user().split('+').next();
        plain == Some(own.user()) && to.domain().eq_ignore_ascii_case(own.domain())
    });
    marked.unwrap_or_else(|| own.clone())
}

fn instant(date: Timestamp) -> SystemTime {
    let seconds = u64::try_from(date.as_second()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// The thread's valid ids, the answered message last.
fn thread<'a>(references: &'a [String], answers: Option<&'a str>) -> Vec<&'a str> {
    let valid = references
        .iter()
        .map(String::as_str)
        .filter(|id| header::is_id(id));
    let mut thread: Vec<&str> = valid
        .filter(|id| Some(*id) != answers)
        .chain(answers)
        .collect();
    if thread.len() > REFERENCES {
        thread.drain(1..=thread.len() - REFERENCES);
    }
    thread
}

fn content(mail: &Mail) -> MultiPart {
    let texts = MultiPart::alternative()
        .boundary(TEXTS)
        .singlepart(words(ContentType::TEXT_PLAIN, &mail.rendered.text))
        .singlepart(words(ContentType::TEXT_HTML, &mail.rendered.html));
    if mail.attachments.is_empty() {
        return texts;
    }
    let files = MultiPart::mixed().boundary(FILES).multipart(texts);
    mail.attachments
        .iter()
        .fold(files, |files, file| files.singlepart(attachment(file)))
}

/// Base64 for Chinese (a third longer), quoted-printable for English (still readable in the source).
fn words(kind: ContentType, text: &str) -> SinglePart {
    let foreign = text.bytes().filter(|byte| !byte.is_ascii()).count();
    let encoding = if foreign * 6 > text.len() {
        ContentTransferEncoding::Base64
    } else {
        ContentTransferEncoding::QuotedPrintable
    };
    SinglePart::builder()
        .header(kind)
        .body(encoded(text.to_owned(), encoding))
}

fn attachment(file: &File) -> SinglePart {
    SinglePart::builder()
        .header(media_type(&file.media_type))
        .header(ContentDisposition::attachment(&file_name(&file.name)))
        .body(encoded(file.bytes.clone(), ContentTransferEncoding::Base64))
}

fn encoded(
    content: impl Into<lettre::message::MaybeString>,
    encoding: ContentTransferEncoding,
) -> Body {
    Body::new_with_encoding(content, encoding)
        .expect("base64 and quoted-printable take any content")
}

/// `type/subtype` alone. Composite types may not be base64 (RFC 2045 §6.4), so they go as plain bytes.
fn media_type(text: &str) -> ContentType {
    let essence = text
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let composite = essence.starts_with("multipart/") || essence.starts_with("message/");
    let readable = |text: &str| ContentType::parse(text).ok();
    (essence.len() < 100 && !composite)
        .then(|| readable(&essence))
        .flatten()
        .or_else(|| readable("application/octet-stream"))
        .unwrap_or(ContentType::TEXT_PLAIN)
}

/// A name that is only a name: no folders, no controls, nothing a header could take for syntax.
fn file_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let line = clean::one_line(base, 1000).replace(['"', '<', '>', ':', '|', '?', '*'], "_");
    let name = line.trim_start_matches(['.', ' ']);
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 10 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let stem = clean::one_line(stem, 100);
    if stem.is_empty() {
        format!("attachment{ending}")
    } else {
        format!("{stem}{ending}")
    }
}

/// The last look: lines ended by CRLF alone and at most 998 octets (RFC 5322 §2.1.1), no NUL, and
/// ASCII throughout unless the address itself is not. A lone CR or LF could start a header or, at a
/// careless server, a second mail.
fn checked(mut bytes: Vec<u8>, recipient: &Address) -> Result<Vec<u8>, MailError> {
    while bytes.ends_with(b"\r\n") {
        bytes.truncate(bytes.len() - 2);
    }
    let utf8 = !recipient.to_string().is_ascii();
    let text = str::from_utf8(&bytes).map_err(|_| MailError::Unsound("not UTF-8".into()))?;
    for line in text.split("\r\n") {
        let fault = if line.contains(['\r', '\n', '\0']) {
            "a lone CR, LF or NUL"
        } else if line.len() > 998 {
            "a line over 998 octets"
        } else if !utf8 && !line.is_ascii() {
            "octets beyond ASCII"
        } else {
            continue;
        };
        return Err(MailError::Unsound(fault.into()));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_only_a_name() {
        assert_eq!(
            file_name("../../etc/关于“补偿”的答复.pdf"),
            "关于“补偿”的答复.pdf"
        );
        assert_eq!(
            file_name("C:\\x\\a\r\nb\"; x=\"y.doc"),
            "a b__ x=_y.doc".replace("__", "_;")
        );
        assert_eq!(file_name("\u{202e}fdp.exe"), "fdp.exe");
        assert_eq!(file_name(".."), "attachment");
        assert_eq!(
            file_name(&format!("{}.docx", "长".repeat(300)))
                .chars()
                .count(),
            105
        );
    }

    #[test]
    fn a_media_type_is_only_a_type() {
        let shown = |text: &str| format!("{:?}", media_type(text));
        assert_eq!(
            shown("Application/PDF; x=\"\r\nBcc: a@b.c\""),
            shown("application/pdf")
        );
        for odd in ["message/rfc822", "multipart/mixed", "", "x\r\ny/z", "回/音"] {
            assert_eq!(shown(odd), shown("application/octet-stream"), "{odd:?}");
        }
    }

    #[test]
    fn a_long_thread_keeps_its_beginning_and_its_end() {
        let ids: Vec<String> = (0..50).map(|n| format!("{n}@x")).collect();
        let kept = thread(&ids, Some("last@x"));
        assert_eq!(
            (kept.len(), kept[0], kept[1], kept[19]),
            (20, "0@x", "32@x", "last@x")
        );
    }
}
