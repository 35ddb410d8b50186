//! Header values that can hold anyone's words and still be one header.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::{HeaderName, HeaderValue};

use crate::clean;

/// Octets in one encoded word: 52 characters of base64, so that even the first line, with its
/// header's name, stays under the 76 that RFC 2047 §2 allows.
const WORD: usize = 39;

/// Free text (a subject), as UTF-8 in base64 words unless it is short plain ASCII. Text that looks
/// like an encoded word is encoded too, so that no reader decodes what the writer smuggled in.
pub(super) fn text(name: &'static str, value: &str) -> HeaderValue {
    let value = clean::one_line(value, 500);
    let plain = value.is_ascii() && !value.contains("=?") && name.len() + value.len() < 74;
    let encoded = if plain {
        value.clone()
    } else {
        encoded_words(&value)
    };
    fixed(name, value, encoded)
}

/// Message ids, in brackets, one on a line.
pub(super) fn ids<'a>(name: &'static str, ids: impl Iterator<Item = &'a str>) -> HeaderValue {
    let list = ids.map(|id| format!("<{id}>")).collect::<Vec<_>>();
    fixed(name, list.join(" "), list.join("\r\n "))
}

/// A word of our own.
pub(super) fn word(name: &'static str, value: &str) -> HeaderValue {
    fixed(name, value.to_owned(), value.to_owned())
}

/// Whether this is `left@right` in plain ASCII, short enough for a line. They come from strangers'
/// mails and are put back into headers as they are.
pub(super) fn is_id(id: &str) -> bool {
    let printable = id
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"<>\"(),:;\\".contains(&b));
    let sides = id.split_once('@');
    printable
        && id.len() <= 250
        && !id.contains("=?")
        && sides.is_some_and(|(left, right)| !left.is_empty() && !right.is_empty())
}

/// Values reach this only in ASCII and folded: [`super::compose()`] checks the whole mail again.
fn fixed(name: &'static str, raw: String, encoded: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), raw, encoded)
}

fn encoded_words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while !rest.is_empty() {
        let mut end = rest.len().min(WORD);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (word, after) = rest.split_at(end);
        let fold = if out.is_empty() { "" } else { "\r\n " };
        let _ = write!(out, "{fold}=?utf-8?B?{}?=", STANDARD.encode(word));
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_short_and_break_between_characters() {
        let encoded = encoded_words(&"自然资源厅a".repeat(20));
        for (index, line) in encoded.split("\r\n ").enumerate() {
            assert!(
                line.len() + if index == 0 { "Subject: ".len() } else { 1 } <= 76,
                "{line}"
            );
            let inner = line
                .strip_prefix("=?utf-8?B?")
                .and_then(|l| l.strip_suffix("?="))
                .unwrap();
            assert!(String::from_utf8(STANDARD.decode(inner).unwrap()).is_ok());
        }
    }

    #[test]
    fn an_id_is_plain() {
        assert!(is_id("2026.1@letters.example.gov.cn"));
        for id in [
            "",
            "a",
            "@b",
            "a@",
            "a b@c",
            "a@b>\r\nBcc: c@d",
            "<a@b>",
            "信@b",
            "a@b\0",
            "=?utf-8?q?=0D?=@b",
        ] {
            assert!(!is_id(id), "{id:?}");
        }
    }
}
