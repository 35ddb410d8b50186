//! A citizen's mail as their mail program would write it: RFC 5322 and MIME, ASCII on the wire.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::ZonedDateTime;

/// What stands in the header.
pub(super) struct Envelope<'a> {
    /// `Name <address>` or an address.
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) subject: &'a str,
    pub(super) date: ZonedDateTime,
    pub(super) id: String,
    /// The mail it answers.
    pub(super) answers: Option<&'a str>,
    /// More lines.
    pub(super) more: &'a str,
}

/// A file that goes with it.
pub(super) struct Attached {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

const BOUNDARY: &str = "=_letter_and_files";

/// The raw bytes.
pub(super) fn mail(head: &Envelope<'_>, text: &str, files: &[Attached]) -> Vec<u8> {
    let mut out = header(head);
    let body = format!(
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}",
        lines(text.trim().as_bytes())
    );
    if files.is_empty() {
        out.push_str(&body);
    } else {
        out.push_str(&format!(
            "Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\n\n--{BOUNDARY}\n{body}"
        ));
        for file in files {
            out.push_str(&format!(
                "--{BOUNDARY}\nContent-Type: {}\nContent-Disposition: attachment; \
                 filename=\"{}\"\nContent-Transfer-Encoding: base64\n\n{}",
                media_type(&file.name),
                words(&file.name),
                lines(&file.bytes)
            ));
        }
        out.push_str(&format!("--{BOUNDARY}--\n"));
    }
    out.replace('\n', "\r\n").into_bytes()
}

/// A mail kept as a file, its places filled: `@date@`, `@id@`, `@answers@`.
pub(super) fn fill(eml: &[u8], head: &Envelope<'_>) -> Vec<u8> {
    let date = rfc2822(&head.date);
    let places = [
        ("@date@", date.as_str()),
        ("@id@", head.id.as_str()),
        ("@answers@", head.answers.unwrap_or_default()),
    ];
    places.iter().fold(eml.to_vec(), |raw, (place, words)| {
        replace(&raw, place, words)
    })
}

fn replace(raw: &[u8], place: &str, words: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest
        .windows(place.len())
        .position(|w| w == place.as_bytes())
    {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(words.as_bytes());
        rest = &rest[at + place.len()..];
    }
    out.extend_from_slice(rest);
    out
}

fn header(head: &Envelope<'_>) -> String {
    let from = match head.from.split_once(" <") {
        Some((name, address)) => format!("{} <{address}", words(name)),
        None => head.from.to_owned(),
    };
    let mut out = format!(
        "From: {from}\nTo: {}\nSubject: {}\nDate: {}\nMessage-ID: <{}>\nMIME-Version: 1.0\n",
        head.to,
        words(head.subject),
        rfc2822(&head.date),
        head.id,
    );
    if let Some(id) = head.answers {
        out.push_str(&format!("In-Reply-To: <{id}>\nReferences: <{id}>\n"));
    }
    for line in head.more.trim().lines() {
        out.push_str(&format!("{line}\n"));
    }
    out
}

fn rfc2822(date: &ZonedDateTime) -> String {
    date.strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}

/// Encoded words (RFC 2047), each short enough for a line; plain where that does.
fn words(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let all: Vec<char> = text.chars().collect();
    let pieces = all.chunks(12).map(|piece| {
        let piece: String = piece.iter().collect();
        format!("=?UTF-8?B?{}?=", STANDARD.encode(piece))
    });
    pieces.collect::<Vec<_>>().join("\n ")
}

fn lines(bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes);
    let mut out = String::with_capacity(encoded.len() + encoded.len() / 76 + 1);
    for line in encoded.as_bytes().chunks(76) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    out
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, e)| e) {
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("csv") => "text/csv",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_what_is_read() {
        let head = Envelope {
            from: "周秀兰 <zhou@mail.example.cn>",
            to: "tingzhang@zrzyt.example.cn",
            subject: "环城高速占用耕地，青苗补偿款一年未发，请领导过问",
            date: "2026-11-03T21:14:00+08:00[Asia/Shanghai]".parse().unwrap(),
            id: "1@mail.example.cn".into(),
            answers: Some("2@zrzyt.example.cn"),
            more: "X-Mailer: Foxmail",
        };
        let files = [Attached {
            name: "丈量表.pdf".into(),
            bytes: b"%PDF-1.4".to_vec(),
        }];
        let raw = mail(&head, "厅领导：\n您好。", &files);
        assert!(raw.is_ascii());
        let read = ingest::read::read(&raw).unwrap();
        assert_eq!(read.subject, head.subject);
        assert_eq!(read.writer.name, "周秀兰");
        assert_eq!(read.text.trim(), "厅领导：\n您好。");
        assert_eq!(read.attachments[0].name, "丈量表.pdf");
        assert_eq!(read.in_reply_to, ["2@zrzyt.example.cn"]);
        assert_eq!(
            fill(b"a @id@ b @id@", &head),
            b"a 1@mail.example.cn b 1@mail.example.cn"
        );
    }
}
