//! Pictures that were pasted into the words: `data:` URLs (RFC 2397) become files.

use std::collections::HashSet;

use super::super::transfer;

/// Most pictures of one page.
const MOST: usize = 200;

/// A file that stands in the page itself.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::read) struct Pasted {
    pub(in crate::read) media_type: String,
    pub(in crate::read) bytes: Vec<u8>,
}

/// The files of a page in their order, each once.
pub(in crate::read) fn files(html: &str) -> Vec<Pasted> {
    let mut files = Vec::new();
    let mut seen = HashSet::new();
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&html.as_bytes()[from..], b"data:") {
        let at = from + at;
        from = at + 5;
        let Some((head, payload)) = url(html, at) else {
            continue;
        };
        from += head.len();
        if !seen.insert(payload) {
            continue;
        }
        if let Some(file) = pasted(head, payload) {
            files.push(file);
        }
        if files.len() >= MOST {
            break;
        }
    }
    files
}

/// Head and payload of the URL behind `data:` at a place, ended as it was opened.
fn url(html: &str, at: usize) -> Option<(&str, &str)> {
    let before = html[..at].trim_end().chars().next_back()?;
    let rest = &html[at + 5..];
    let ends: &[char] = match before {
        '"' => &['"'],
        '\'' => &['\''],
        '(' => &[')'],
        '=' => &['>', ' ', '\n'],
        // `url(&quot;data:…&quot;)`
        ';' => &['&'],
        _ => return None,
    };
    let comma = rest.bytes().take(200).position(|b| b == b',')?;
    let payload = &rest[comma + 1..];
    let end = payload.find(ends)?;
    Some((&rest[..comma], &payload[..end]))
}

fn pasted(head: &str, payload: &str) -> Option<Pasted> {
    let mut params = head.split(';').map(str::trim);
    let media_type = params.next()?.to_ascii_lowercase();
    let base64 = params.any(|p| p.eq_ignore_ascii_case("base64"));
    let (kind, subtype) = media_type.split_once('/')?;
    let token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    };
    // Styles, scripts and fonts dress the page; they are nothing that the writer sends.
    let dress =
        matches!(kind, "text" | "font") || subtype.contains("font") || subtype.contains("script");
    if !token(kind) || !token(subtype) || dress {
        return None;
    }
    let plain = percent(payload);
    let bytes = if base64 {
        transfer::base64(&plain).bytes
    } else {
        plain
    };
    (!bytes.is_empty()).then_some(Pasted { media_type, bytes })
}

fn percent(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match transfer::hex_pair(bytes.get(at + 1..).unwrap_or_default()) {
            Some(byte) if bytes[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_in_every_spelling() {
        for html in [
            "<img src=\"data:image/png;base64,aGVsbG8=\">",
            "<img src='data:image/png;base64,aGVs\nbG8='>",
            "<img src=data:image/png;base64,aGVsbG8= alt=x>",
            "<img src=\"data:IMAGE/PNG;charset=utf-8;base64,aGVsbG8%3D\">",
            "<p style=\"background:url(data:image/png;base64,aGVsbG8=)\">",
            "<p style=\"background:url(&quot;data:image/png;base64,aGVsbG8=&quot;)\">",
            "<img src=\" data:image/png,hello\">",
        ] {
            let found = files(html);
            assert_eq!(found.len(), 1, "{html}");
            assert_eq!(
                (found[0].media_type.as_str(), &found[0].bytes[..]),
                ("image/png", &b"hello"[..]),
                "{html}"
            );
        }
    }

    #[test]
    fn the_same_picture_twice_is_one_and_dress_is_none() {
        let twice = "<img src=\"data:image/png;base64,aGVsbG8=\">".repeat(2);
        assert_eq!(files(&twice).len(), 1);
        for html in [
            "<style>@font-face{src:url(data:font/woff;base64,aGVsbG8=)}</style>",
            "<script src=\"data:text/javascript,x\">",
            "<p>data: image/png</p>",
            "<img src=\"data:image/png;base64,\">",
            "<img src=\"data:image/png;base64,aGVs",
        ] {
            assert!(files(html).is_empty(), "{html}");
        }
        assert!(files(&"\"data:".repeat(100_000)).is_empty());
    }
}
