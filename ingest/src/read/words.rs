//! Encoded words (RFC 2047), with what mailers get wrong: characters split between two words,
//! base64 split anywhere, missing ends, words inside quotes, raw bytes beside them.

use super::charset;
use super::clean;
use super::complaints::Notes;
use super::transfer;

/// A header of free words (Subject): decoded, one line.
pub(super) fn unstructured(raw: &[u8], notes: &mut Notes) -> String {
    let text = charset::decode("", raw, notes);
    clean::one_line(&decode(&text, notes))
}

/// One encoded word as it stands.
struct Word<'a> {
    charset: &'a str,
    base64: bool,
    payload: &'a str,
}

/// Decodes the encoded words of a text whose raw bytes are already decoded.
pub(super) fn decode(text: &str, notes: &mut Notes) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut run: Vec<Word<'_>> = Vec::new();
    let mut rest = text;
    let mut may_end = true;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        let Some((word, after)) = word(from, &mut may_end) else {
            flush(&mut out, &mut run, notes);
            out.push_str(before);
            out.push_str("=?");
            rest = &from[2..];
            continue;
        };
        // White space between two encoded words is not shown.
        let joins = !run.is_empty() && before.trim().is_empty();
        if !joins {
            flush(&mut out, &mut run, notes);
            out.push_str(before);
        }
        run.push(word);
        rest = after;
    }
    flush(&mut out, &mut run, notes);
    out.push_str(rest);
    out
}

/// The word that starts at `=?`, and what follows it. `may_end` remembers that no `?=` is left, so
/// that a thousand unfinished words do not cost a thousand searches.
fn word<'a>(from: &'a str, may_end: &mut bool) -> Option<(Word<'a>, &'a str)> {
    let inner = &from[2..];
    let mark = inner.as_bytes().iter().take(80).position(|b| *b == b'?')?;
    let charset = &inner[..mark];
    let encoding = inner.as_bytes().get(mark + 1)?.to_ascii_uppercase();
    let valid = charset.bytes().all(|b| b.is_ascii_graphic())
        && matches!(encoding, b'B' | b'Q')
        && inner.as_bytes().get(mark + 2) == Some(&b'?');
    if !valid || charset.is_empty() {
        return None;
    }
    let base64 = encoding == b'B';
    let payload = &inner[mark + 3..];
    let end = if *may_end { payload.find("?=") } else { None };
    *may_end = end.is_some();
    let (payload, after) = match end {
        Some(end) => (&payload[..end], &payload[end + 2..]),
        // Cut off: the rest of the header is the word, up to where another thing starts.
        None => {
            let next = payload.find("=?").unwrap_or(payload.len());
            let stop = payload[..next].find(['\n', '"', '<']);
            // Where another word begins before that, it is cut there below.
            payload.split_at(stop.unwrap_or(if base64 { next } else { payload.len() }))
        }
    };
    // An unfinished word before a finished one.
    if let Some(next) = payload.find("=?").filter(|n| *n > 0 && base64) {
        let length = from.len() - after.len() - 2 - (payload.len() - next);
        return Some((
            Word {
                charset,
                base64,
                payload: &payload[..next],
            },
            &from[length..],
        ));
    }
    Some((
        Word {
            charset,
            base64,
            payload,
        },
        after,
    ))
}

/// Decodes a run of adjacent words. Words of one charset are joined as bytes first: mailers cut
/// them inside a character.
fn flush(out: &mut String, run: &mut Vec<Word<'_>>, notes: &mut Notes) {
    let words = std::mem::take(run);
    let mut at = 0;
    while at < words.len() {
        let label = words[at].charset;
        let mut bytes = Vec::new();
        let joinable = !charset::of_label(label).is_stateful();
        loop {
            let mut base64 = words[at].payload.to_owned();
            if words[at].base64 {
                while is_cut(&base64) && same(&words, at, label) && words[at + 1].base64 {
                    at += 1;
                    base64.push_str(words[at].payload);
                }
                bytes.extend(transfer::base64(base64.as_bytes()).bytes);
            } else {
                bytes.extend(q(words[at].payload, label));
            }
            if !(same(&words, at, label) && (joinable || is_open(&bytes))) {
                break;
            }
            at += 1;
        }
        out.push_str(&charset::decode(label, &bytes, notes));
        at += 1;
    }
}

fn same(words: &[Word<'_>], at: usize, label: &str) -> bool {
    words
        .get(at + 1)
        .is_some_and(|next| next.charset.eq_ignore_ascii_case(label))
}

/// Base64 that stops inside a group of four.
fn is_cut(base64: &str) -> bool {
    !base64.ends_with('=') && base64.bytes().filter(|b| !b.is_ascii_whitespace()).count() % 4 != 0
}

/// Whether ISO-2022 text stops while a double-byte set is on, which RFC 1468 forbids.
fn is_open(bytes: &[u8]) -> bool {
    let escape = bytes.iter().rposition(|b| *b == 0x1B);
    escape.is_some_and(|at| bytes.get(at + 1) == Some(&b'$'))
}

/// The Q encoding: `_` is a space. Signs that should have been encoded and were not, go back into
/// the charset that the word names.
fn q(payload: &str, label: &str) -> Vec<u8> {
    if !payload.is_ascii()
        && let charset::Charset::Table(table) = charset::of_label(label)
    {
        let (raw, _, unmappable) = table.encode(payload);
        if !unmappable {
            return q_bytes(&raw);
        }
    }
    q_bytes(payload.as_bytes())
}

fn q_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'_' => out.push(b' '),
            b'=' => match transfer::hex_pair(&bytes[at + 1..]) {
                Some(byte) => {
                    out.push(byte);
                    at += 2;
                }
                // A code cut off at the end of the word.
                None if at + 1 == bytes.len() => {}
                None => out.push(b'='),
            },
            b'\r' | b'\n' => {}
            byte => out.push(byte),
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &[u8]) -> String {
        unstructured(raw, &mut Notes::default())
    }

    #[test]
    fn words_in_both_encodings() {
        assert_eq!(
            read(b" =?GB2312?B?xOO6ww==?= and =?utf-8?Q?caf=C3=A9_noir?="),
            "你好 and café noir"
        );
    }

    #[test]
    fn a_character_split_between_two_words() {
        // 关于 in GBK is B9 D8 D3 DA; the first word ends after three bytes.
        assert_eq!(read(b"=?gbk?B?udjT?=\r\n =?gbk?B?2g==?="), "关于");
        assert_eq!(read(b"=?utf-8?Q?=E5=85?= =?UTF-8?Q?=B3?="), "关");
    }

    #[test]
    fn base64_split_outside_its_groups() {
        // 5YWz5LqO is 关于; the groups are cut 5 to 3.
        assert_eq!(read(b"=?utf-8?B?5YWz5?= =?utf-8?B?LqO?="), "关于");
    }

    #[test]
    fn space_between_words_goes_but_not_beside_plain_text() {
        assert_eq!(read(b"a =?utf-8?Q?b?= =?utf-8?Q?c?= d"), "a bc d");
    }

    #[test]
    fn a_word_without_its_end() {
        assert_eq!(read(b"=?utf-8?B?5YWz5LqO"), "关于");
        assert_eq!(read(b"=?utf-8?B?5YWz =?utf-8?B?5LqO?="), "关于");
    }

    #[test]
    fn what_only_looks_like_a_word_stays() {
        assert_eq!(read(b"1 =? 2 =?x?y?z?= a=?b"), "1 =? 2 =?x?y?z?= a=?b");
    }

    #[test]
    fn raw_bytes_without_a_label() {
        assert_eq!(
            read(b"\xb9\xd8\xd3\xda\xcd\xc1\xb5\xd8\xb5\xc4\xce\xca\xcc\xe2"),
            "关于土地的问题"
        );
        assert_eq!(read("关于土地".as_bytes()), "关于土地");
    }

    #[test]
    fn stateful_charsets_are_decoded_word_by_word() {
        assert_eq!(
            read(b"=?iso-2022-jp?B?GyRCJU8=?= =?iso-2022-jp?B?GyRCJW0bKEI=?="),
            "ハロ"
        );
    }

    #[test]
    fn an_iso_2022_word_left_open_goes_on_in_the_next() {
        assert_eq!(
            read(b"=?iso-2022-jp?B?GyRCJU8=?= =?iso-2022-jp?B?JW0bKEI=?="),
            "ハロ"
        );
    }

    #[test]
    fn raw_bytes_inside_a_word_are_of_its_charset() {
        assert_eq!(read(b"=?iso-8859-1?Q?J\xfcrgen?="), "Jürgen");
        assert_eq!(read("=?utf-8?Q?关=E4=BA=8E?=".as_bytes()), "关于");
        assert_eq!(read(b"=?utf-8?Q?hello=F0=?="), "hello\u{FFFD}");
    }

    #[test]
    fn a_thousand_unfinished_words_are_quick() {
        let raw = b"=?a?q?".repeat(100_000);
        assert!(!read(&raw).is_empty());
    }

    #[test]
    fn language_tags_and_spaces_inside_are_tolerated() {
        assert_eq!(read(b"=?utf-8*zh-CN?Q?a b_c?="), "a b c");
    }
}
