//! Reply tokens: `HY.2026-000123-K.7F3KM2PQ9XWE4RTA`, that is the letter's number and sixteen
//! characters of Crockford base32, wherever our mail put them and the reply carried them.

/// Characters of the secret part.
const SECRET: usize = 16;
/// Signs of quoting and folding that may stand inside a token that was wrapped.
const MOST_SKIPPED: usize = 40;

/// Every token in a text, in canonical form (upper case, `I` and `L` as 1, `O` as 0), each once.
pub(super) fn collect(text: &str, into: &mut Vec<String>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|b| *b == b'.').map(|n| n + at) {
        at = found + 1;
        let starts = found >= 2 && bytes[found - 2..found].eq_ignore_ascii_case(b"hy");
        let alone = found < 3 || !bytes[found - 3].is_ascii_alphanumeric();
        if starts
            && alone
            && into.len() < 100
            && let Some(token) = token(&bytes[found + 1..])
            && !into.contains(&token)
        {
            into.push(token);
        }
    }
}

/// Reads the number and the secret behind `HY.`.
fn token(bytes: &[u8]) -> Option<String> {
    let mut letters = Letters {
        bytes,
        at: 0,
        skipped: 0,
    };
    let mut token = String::from("HY.");
    for _ in 0..4 {
        token.push(letters.next_if(|b| b.is_ascii_digit())?);
    }
    token.push(letters.next_if(|b| b == b'-')?);
    let mut digits = 0;
    while let Some(digit) = letters.next_if(|b| b.is_ascii_digit()) {
        token.push(digit);
        digits += 1;
    }
    if !(6..=9).contains(&digits) {
        return None;
    }
    token.push(letters.next_if(|b| b == b'-')?);
    token.push(crockford(letters.next_if(|b| b.is_ascii_alphanumeric())?)?);
    token.push(letters.next_if(|b| b == b'.')?);
    for _ in 0..SECRET {
        token.push(crockford(letters.next_if(|b| b.is_ascii_alphanumeric())?)?);
    }
    // A seventeenth character would make it something else.
    let longer = bytes.get(letters.at).is_some_and(u8::is_ascii_alphanumeric);
    (!longer).then_some(token)
}

/// The characters of a token, over the places where mailers wrapped it.
struct Letters<'a> {
    bytes: &'a [u8],
    at: usize,
    skipped: usize,
}

impl Letters<'_> {
    fn next_if(&mut self, wanted: impl Fn(u8) -> bool) -> Option<char> {
        let mut at = self.at;
        let first = *self.bytes.get(at)?;
        if matches!(first, b'\r' | b'\n' | b'=') || (first == b' ' && self.line_ends(at)) {
            // A wrap: its line end, quote marks, indentation.
            while matches!(
                self.bytes.get(at)?,
                b'\r' | b'\n' | b' ' | b'\t' | b'>' | b'|' | b'='
            ) {
                at += 1;
                self.skipped += 1;
                if self.skipped > MOST_SKIPPED {
                    return None;
                }
            }
        }
        let byte = *self.bytes.get(at)?;
        if !wanted(byte) {
            return None;
        }
        self.at = at + 1;
        Some(char::from(byte.to_ascii_uppercase()))
    }

    fn line_ends(&self, at: usize) -> bool {
        let rest = self.bytes[at..].iter().take(4).find(|b| **b != b' ');
        matches!(rest, Some(b'\r' | b'\n'))
    }
}

/// Crockford's reading of a character.
fn crockford(letter: char) -> Option<char> {
    match letter {
        'I' | 'L' => Some('1'),
        'O' => Some('0'),
        'U' => None,
        letter => Some(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "HY.2026-000123-K.7F3KM2PQ9XWE4RTA";

    fn read(text: &str) -> Vec<String> {
        let mut tokens = Vec::new();
        collect(text, &mut tokens);
        tokens
    }

    #[test]
    fn plain_bracketed_and_in_an_address() {
        assert_eq!(read(&format!("请保留 [{TOKEN}]。")), [TOKEN]);
        assert_eq!(
            read("director+hy.2026-000123-k.7f3km2pq9xwe4rta@x.gov.cn"),
            [TOKEN]
        );
    }

    #[test]
    fn wrapped_by_quoting() {
        assert_eq!(read("> [HY.2026-000123-K.7F3KM2\n> > PQ9XWE4RTA]"), [TOKEN]);
        assert_eq!(read("> [HY.2026-0001\r\n> 23-K.7F3KM2PQ9XWE4RTA]"), [TOKEN]);
    }

    #[test]
    fn letters_that_look_alike_are_one() {
        assert_eq!(
            read("HY.2026-000123-K.OOIL000000000000"),
            ["HY.2026-000123-K.0011000000000000"]
        );
    }

    #[test]
    fn what_is_no_token() {
        for text in [
            "HY.2026-000123-K.7F3KM2PQ9XWE4RT",
            "HY.2026-000123-K.7F3KM2PQ9XWE4RTAA",
            "HY.2026-000123-K.7F3KM2PQ9XWE4RTU",
            "xHY.2026-000123-K.7F3KM2PQ9XWE4RTA",
            "HY.2026-000123.7F3KM2PQ9XWE4RTA",
            "HY.2026-000123-K.7F3KM 2PQ9XWE4RTA",
        ] {
            assert!(read(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn each_once_in_order() {
        let other = TOKEN.replace("123", "124");
        assert_eq!(
            read(&format!("{TOKEN} {other} {TOKEN}")),
            [TOKEN.to_owned(), other]
        );
    }
}
