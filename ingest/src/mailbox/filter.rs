//! Makes the server's words ASCII before the client library sees them: it takes a status line with
//! any other byte for a broken connection, yet Dovecot names a missing folder 已处理 in UTF-8, and
//! Chinese providers explain themselves in GBK. Mail passes untouched.

/// Follows a server's bytes through lines and literals.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// The line up to its second space.
    head: Vec<u8>,
    line: Line,
    announced: Announced,
    /// Bytes of a literal still to come.
    literal: u64,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Line {
    #[default]
    Unknown,
    /// OK, NO, BAD, BYE, PREAUTH: words for people.
    Status,
    Data,
}

/// How much of `{123}` at the end of a line has come.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Announced {
    #[default]
    Nothing,
    Digits(u64),
    Closed(u64),
}

/// No status line has longer words in front.
const HEAD: usize = 64;

impl Filter {
    /// Passes what was read, changed in place.
    pub(super) fn pass(&mut self, bytes: &mut [u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.literal > 0 {
                let skip = usize::try_from(self.literal)
                    .unwrap_or(usize::MAX)
                    .min(rest.len());
                self.literal -= skip as u64;
                rest = &mut rest[skip..];
                continue;
            }
            let (byte, behind) = rest.split_at_mut(1);
            self.step(&mut byte[0]);
            rest = behind;
        }
    }

    fn step(&mut self, byte: &mut u8) {
        if self.line == Line::Unknown {
            self.head.push(*byte);
            self.line = kind(&self.head);
        }
        if self.line == Line::Status && !byte.is_ascii() {
            *byte = b'?';
        }
        self.announced = match (self.announced, *byte) {
            (_, b'{') => Announced::Digits(0),
            (Announced::Digits(n), digit @ b'0'..=b'9') => {
                Announced::Digits(n.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
            }
            (Announced::Digits(n), b'}') => Announced::Closed(n),
            (Announced::Closed(n), b'\r' | b'\n') => Announced::Closed(n),
            _ => Announced::Nothing,
        };
        if *byte == b'\n' {
            match (self.line, std::mem::take(&mut self.announced)) {
                // The line goes on behind the literal.
                (Line::Data, Announced::Closed(n)) => self.literal = n,
                _ => {
                    self.head.clear();
                    self.line = Line::Unknown;
                }
            }
        }
    }
}

/// Tells a line by its first two words, as soon as they are there.
fn kind(head: &[u8]) -> Line {
    let mut words = head.split(|&b| matches!(b, b' ' | b'\r' | b'\n'));
    let (_, second) = (words.next(), words.next());
    let (Some(word), Some(_)) = (second, words.next()) else {
        return if head.len() < HEAD {
            Line::Unknown
        } else {
            Line::Data
        };
    };
    let status: [&[u8]; 5] = [b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"];
    if status.iter().any(|s| word.eq_ignore_ascii_case(s)) {
        Line::Status
    } else {
        Line::Data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_ascii_and_mail_stays_as_it_is() {
        let stream = "+ 好\r\n* OK 你好 {3}\r\n* 1 FETCH (UID 1 BODY[] {22}\r\n* NO 已处理\r\na1 OK\n X \"é\"\r\n\
            a7 no [TRYCREATE] 已处理 {9}\r\n* 2 FETCH (BODY[] \"é\")\r\n* BYE é\r\n";
        let wanted = "+ 好\r\n* OK ?????? {3}\r\n* 1 FETCH (UID 1 BODY[] {22}\r\n* NO 已处理\r\na1 OK\n X \"é\"\r\n\
            a7 no [TRYCREATE] ????????? {9}\r\n* 2 FETCH (BODY[] \"é\")\r\n* BYE ??\r\n";
        for size in [1, 2, 7, 1000] {
            let mut filter = Filter::default();
            let mut bytes = stream.as_bytes().to_vec();
            for chunk in bytes.chunks_mut(size) {
                filter.pass(chunk);
            }
            assert_eq!(
                String::from_utf8_lossy(&bytes),
                wanted,
                "in pieces of {size}"
            );
        }
    }

    #[test]
    fn a_long_literal_is_skipped_at_once() {
        let mut filter = Filter::default();
        let mut bytes = b"* 1 FETCH (BODY[] {5000000}\r\n".to_vec();
        bytes.extend(vec![0xff; 5_000_000]);
        bytes.extend(b")\r\na1 OK \xff\r\n");
        let length = bytes.len();
        filter.pass(&mut bytes);
        assert_eq!(bytes[length - 3], b'?');
        assert!(bytes[40..5_000_000].iter().all(|&b| b == 0xff));
    }
}
