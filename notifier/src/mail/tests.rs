//! Mails as a reader's program takes them apart again.

use mail_parser::{Address as Seen, MessageParser, MimeHeaders as _};

use super::*;
use crate::render::Rendered;

fn mail() -> Mail {
    Mail {
        to: "zhang@example.com".into(),
        reply_to: None,
        message_id: "1.2@letters.example.gov.cn".into(),
        in_reply_to: None,
        references: Vec::new(),
        automatic: false,
        rendered: Rendered {
            subject: "Re: 关于采矿权延续的咨询（信件编号 2026-000123-X）".into(),
            text: format!("您好！\n.\n..点\n{}\n\nFrom 行\n", "很长的一行".repeat(400)),
            html: format!("<p>{}</p>", "a".repeat(5000)),
        },
        attachments: Vec::new(),
        date: "2026-11-23T01:02:03Z".parse().unwrap(),
    }
}

fn wire(mail: &Mail) -> Result<Vec<u8>, MailError> {
    let from = mailbox("回音 <letters@example.gov.cn>").unwrap();
    compose(mail, &from, "demo-1").map(|composed| composed.bytes)
}

fn header_names(bytes: &[u8]) -> Vec<String> {
    let text = str::from_utf8(bytes).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap();
    let named = head
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']));
    named
        .map(|line| line.split(':').next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_reply_reads_back_as_written() {
    let mut sent = mail();
    sent.in_reply_to = Some("q@writer.example".into());
    sent.references = vec!["p@writer.example".into(), "bad id\r\nBcc: x@y.z".into()];
    sent.reply_to = Some("letters+k7@example.gov.cn".into());
    sent.attachments = vec![
        File {
            name: "答复意见书（盖章）.pdf".into(),
            media_type: "application/pdf".into(),
            bytes: vec![0, 13, 10, 255],
        },
        File {
            name: "a.eml".into(),
            media_type: "message/rfc822".into(),
            bytes: b"Subject: x\n\ny".to_vec(),
        },
    ];
    let bytes = wire(&sent).unwrap();
    let seen = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(seen.subject(), Some(sent.rendered.subject.as_str()));
    assert_eq!(seen.message_id(), Some("1.2@letters.example.gov.cn"));
    assert_eq!(seen.in_reply_to().as_text(), Some("q@writer.example"));
    let references: Vec<_> = seen
        .references()
        .as_text_list()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(references, ["p@writer.example", "q@writer.example"]);
    assert_eq!(
        seen.body_text(0).unwrap().replace("\r\n", "\n").trim_end(),
        sent.rendered.text.trim_end()
    );
    assert_eq!(seen.body_html(0).unwrap().trim_end(), sent.rendered.html);
    let from = seen.from().and_then(Seen::first).unwrap();
    assert_eq!(
        (from.name(), from.address()),
        (Some("回音"), Some("letters@example.gov.cn"))
    );
    assert_eq!(seen.to().map(|to| to.iter().count()), Some(1));
    assert_eq!(
        seen.reply_to().and_then(Seen::first).unwrap().address(),
        Some("letters+k7@example.gov.cn")
    );
    assert_eq!(seen.date().unwrap().to_rfc3339(), "2026-11-23T01:02:03Z");
    let files: Vec<_> = seen
        .attachments()
        .map(|file| (file.attachment_name().unwrap(), file.contents()))
        .collect();
    assert_eq!(
        files[0],
        ("答复意见书（盖章）.pdf", [0, 13, 10, 255].as_slice())
    );
    assert_eq!(files[1], ("a.eml", b"Subject: x\n\ny".as_slice()));
    assert_eq!(seen.header_raw("X-Huiyin").unwrap().trim(), "demo-1");
    assert!(seen.header("Auto-Submitted").is_none(), "a person wrote it");
    assert_eq!(
        bytes,
        wire(&sent).unwrap(),
        "every attempt sends the same bytes"
    );
}

#[test]
fn automatic_mail_says_so_and_cannot_bounce() {
    let from = mailbox("letters@example.gov.cn").unwrap();
    for (answers, how) in [
        (None, "auto-generated"),
        (Some("q@w.example".to_owned()), "auto-replied"),
    ] {
        let receipt = Mail {
            automatic: true,
            in_reply_to: answers,
            ..mail()
        };
        let composed = compose(&receipt, &from, "demo-1").unwrap();
        assert_eq!(composed.sender, None);
        let seen = MessageParser::default().parse(&composed.bytes).unwrap();
        assert_eq!(seen.header_raw("Auto-Submitted").unwrap().trim(), how);
        assert_eq!(
            seen.header_raw("X-Auto-Response-Suppress").unwrap().trim(),
            "All"
        );
    }
    let reply = compose(&mail(), &from, "demo-1").unwrap();
    assert_eq!(reply.sender.unwrap().to_string(), "letters@example.gov.cn");
}

/// Endings that have broken out of headers elsewhere (CVE-2012-4730, CVE-2025-7962 and their kin).
const HOSTILE: [&str; 9] = [
    "x\r\nBcc: eve@example.org",
    "x\rBcc: eve@example.org",
    "x\nBcc: eve@example.org",
    "x\0\r\n\r\n<script>",
    "x\u{85}Bcc: eve@example.org\u{2028}Bcc: eve@example.org",
    "=?utf-8?q?x=0D=0ABcc:_eve@example.org?=",
    "=?utf-8?B?DQpCY2M6IGV2ZUBleGFtcGxlLm9yZw==?=",
    "x\r\n.\r\nMAIL FROM:<eve@example.org>",
    "\"; filename=\"y\r\n\r\n--=_huiyin_texts--",
];

#[test]
fn no_field_can_add_a_header_a_recipient_or_a_part() {
    let plain = header_names(&wire(&mail()).unwrap());
    for hostile in HOSTILE {
        let mut sent = mail();
        sent.rendered.subject = hostile.to_owned();
        sent.rendered.text = hostile.to_owned();
        sent.in_reply_to = Some(hostile.to_owned());
        sent.references = vec![hostile.to_owned(), format!("a@b{hostile}")];
        sent.attachments = vec![File {
            name: hostile.to_owned(),
            media_type: format!("text/plain; name={hostile}"),
            bytes: hostile.as_bytes().to_vec(),
        }];
        let bytes = wire(&sent).unwrap();
        assert_eq!(header_names(&bytes), plain, "{hostile:?}");
        let seen = MessageParser::default().parse(&bytes).unwrap();
        assert!(seen.bcc().is_none() && seen.cc().is_none());
        assert_eq!(seen.to().map(|to| to.iter().count()), Some(1));
        assert_eq!(seen.attachments().count(), 1, "{hostile:?}");
        let subject = seen.subject().unwrap_or_default();
        assert!(!subject.contains(['\r', '\n', '\0']), "{subject:?}");
        let file = seen.attachments().next().unwrap();
        assert!(
            !file
                .attachment_name()
                .unwrap()
                .contains(['\r', '\n', '\0', '/', '"'])
        );
        assert_eq!(file.contents(), hostile.as_bytes());
    }
}

#[test]
fn a_hostile_address_or_id_is_refused() {
    for hostile in HOSTILE {
        let to = Mail {
            to: format!("a@b.cn{hostile}"),
            ..mail()
        };
        assert!(
            matches!(wire(&to), Err(MailError::Address(_))),
            "{hostile:?}"
        );
        let reply_to = Mail {
            reply_to: Some(format!("{hostile}@b.cn")),
            ..mail()
        };
        assert!(
            matches!(wire(&reply_to), Err(MailError::Address(_))),
            "{hostile:?}"
        );
        let id = Mail {
            message_id: format!("a@b{hostile} "),
            ..mail()
        };
        assert!(
            matches!(wire(&id), Err(MailError::MessageId(_))),
            "{hostile:?}"
        );
    }
}

#[test]
fn a_mail_with_an_empty_place_never_leaves() {
    let mut sent = mail();
    sent.rendered.text.push_str(crate::render::TOKEN);
    assert_eq!(wire(&sent), Err(MailError::Places));
}

#[test]
fn lines_are_short_even_where_words_are_long() {
    let mut sent = mail();
    sent.rendered.subject = "s".repeat(3000);
    sent.references = (0..40)
        .map(|n| format!("{n}{}@x", "r".repeat(200)))
        .collect();
    sent.attachments = vec![File {
        name: format!("{}.txt", "名".repeat(500)),
        media_type: "text/plain".into(),
        bytes: vec![b'x'; 5000],
    }];
    let bytes = wire(&sent).unwrap();
    let longest = str::from_utf8(&bytes)
        .unwrap()
        .split("\r\n")
        .map(str::len)
        .max()
        .unwrap();
    assert!(longest <= 300, "{longest}");
}
