//! mbox: messages between From_ lines, read as a stream. `>From` is unquoted (mboxrd), Content-
//! Length is not believed, and a file of any size needs the memory of its largest message at most.

use std::io::{self, BufRead};

use sha2::{Digest, Sha256};

use super::headers::HEAD;

/// One message, or what is left of one that is too large.
pub(super) struct Message {
    /// All bytes, or the head of a message that is too large.
    pub raw: Vec<u8>,
    /// Bytes of the whole.
    pub size: u64,
    /// SHA-256 of the whole.
    pub sha256: [u8; 32],
}

/// The part of a line that is looked at to tell a From_ line; bodies may hold endless lines.
const LINE: usize = 64 << 10;

/// Splits a stream.
pub(super) struct Splitter<R> {
    reader: R,
    max_bytes: u64,
    started: bool,
    ended: bool,
}

impl<R: BufRead> Splitter<R> {
    pub(super) fn new(reader: R, max_bytes: u64) -> Self {
        Splitter {
            reader,
            max_bytes,
            started: false,
            ended: false,
        }
    }

    /// The next message.
    pub(super) fn next(&mut self) -> io::Result<Option<Message>> {
        if self.ended {
            return Ok(None);
        }
        let mut line = Vec::new();
        if !self.started {
            self.started = true;
            // detect() has seen that the file begins with a From_ line.
            self.ended = !self.skip_line()?;
            if self.ended {
                return Ok(None);
            }
        }
        let mut message = Collector::new(self.max_bytes);
        // The blank line before a From_ line belongs to the format, not to the message.
        let mut blank: Vec<u8> = Vec::new();
        let mut at_start = true;
        loop {
            let ends_line = self.piece(&mut line)?;
            if line.is_empty() {
                self.ended = true;
                break;
            }
            if at_start {
                if (!blank.is_empty() || message.size == 0) && is_separator(&line) {
                    if !ends_line {
                        self.skip_line()?;
                    }
                    break;
                }
                message.add(&blank);
                blank.clear();
                if matches!(line[..], [b'\n'] | [b'\r', b'\n']) {
                    blank.append(&mut line);
                } else {
                    message.add(unquoted(&line));
                }
            } else {
                message.add(&line);
            }
            at_start = ends_line;
        }
        Ok(Some(message.finish()))
    }

    /// Reads a line, or the next piece of an endless one; whether the line ends here.
    fn piece(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        let mut limited = io::Read::take(&mut self.reader, LINE as u64);
        limited.read_until(b'\n', line)?;
        Ok(line.last() == Some(&b'\n'))
    }

    fn skip_line(&mut self) -> io::Result<bool> {
        let mut line = Vec::new();
        while !self.piece(&mut line)? {
            if line.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

struct Collector {
    raw: Vec<u8>,
    size: u64,
    max_bytes: u64,
    hash: Sha256,
}

impl Collector {
    fn new(max_bytes: u64) -> Self {
        Collector {
            raw: Vec::new(),
            size: 0,
            max_bytes,
            hash: Sha256::new(),
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        self.size += bytes.len() as u64;
        self.hash.update(bytes);
        if self.size <= self.max_bytes {
            self.raw.extend_from_slice(bytes);
        } else if self.raw.len() > HEAD {
            self.raw.truncate(HEAD);
            self.raw.shrink_to_fit();
        }
    }

    fn finish(self) -> Message {
        Message {
            raw: self.raw,
            size: self.size,
            sha256: self.hash.finalize().into(),
        }
    }
}

/// `>From`, `>>From` … lose one `>`.
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|&&b| b == b'>').count();
    if marks > 0 && line[marks..].starts_with(b"From ") {
        &line[1..]
    } else {
        line
    }
}

/// Whether a line is a From_ line: `From `, a sender, and a date with weekday, month and time, or
/// nothing behind the sender. A sentence that begins with "From" is neither.
pub(super) fn is_separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else {
        return false;
    };
    let rest = String::from_utf8_lossy(&rest[..rest.len().min(500)]);
    let words: Vec<&str> = rest.split_ascii_whitespace().collect();
    let one_of = |names: &str| {
        words
            .iter()
            .any(|word| word.len() == 3 && names.split(' ').any(|name| name == *word))
    };
    let time = words.iter().any(|word| {
        let mut parts = word.split(':');
        let digits = |part: Option<&str>| {
            part.is_some_and(|p| matches!(p.len(), 1 | 2) && p.bytes().all(|b| b.is_ascii_digit()))
        };
        digits(parts.next()) && digits(parts.next())
    });
    let dated = time
        && one_of("Mon Tue Wed Thu Fri Sat Sun")
        && one_of("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec");
    let bare = matches!(words[..], [sender] if sender.contains('@') || sender == "-");
    dated || bare
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(mbox: &[u8], max_bytes: u64) -> Vec<Message> {
        let mut splitter = Splitter::new(mbox, max_bytes);
        std::iter::from_fn(|| splitter.next().unwrap()).collect()
    }

    fn texts(mbox: &str) -> Vec<String> {
        let messages = split(mbox.as_bytes(), u64::MAX);
        messages
            .into_iter()
            .map(|m| String::from_utf8(m.raw).unwrap())
            .collect()
    }

    #[test]
    fn messages_stand_between_from_lines() {
        let mbox = "From a@b Thu Nov 12 08:00:00 2026\nSubject: 1\n\none\n\n\
            From - Thu Nov 12 08:00:00 2026 +0800\nSubject: 2\n\ntwo\n\n>From here\n>>From there\n> From\n\n";
        assert_eq!(
            texts(mbox),
            [
                "Subject: 1\n\none\n",
                "Subject: 2\n\ntwo\n\nFrom here\n>From there\n> From\n"
            ]
        );
    }

    #[test]
    fn a_sentence_is_no_from_line_and_neither_is_one_inside_a_paragraph() {
        let mbox = "From a@b Thu Nov 12 08:00:00 2026\r\nSubject: 1\r\n\r\nFrom now on 10:30\r\n\
            From a@b Thu Nov 12 08:00:00 2026\r\nend\r\n";
        assert_eq!(texts(mbox).len(), 1);
        assert!(texts(mbox)[0].ends_with("From a@b Thu Nov 12 08:00:00 2026\r\nend\r\n"));
        assert!(is_separator(b"From director@example.gov.cn\n"));
        assert!(!is_separator(b"From Beijing\n"));
        assert!(!is_separator(b"from a@b Thu Nov 12 08:00:00 2026\n"));
    }

    #[test]
    fn line_ends_and_blank_lines_are_kept_as_they_are() {
        let mbox =
            "From a@b Thu Nov 12 08:00:00 2026\r\nA: 1\r\n\r\nx\r\n\r\n\r\nFrom c@d\r\nA: 2\r\n";
        assert_eq!(texts(mbox), ["A: 1\r\n\r\nx\r\n\r\n", "A: 2\r\n"]);
        assert!(texts("").is_empty());
        assert_eq!(
            texts("From a@b"),
            [""; 0],
            "a From_ line alone holds no message"
        );
        assert_eq!(texts("From a@b\nFrom c@d\nA: 2\n"), ["", "A: 2\n"]);
    }

    #[test]
    fn endless_lines_and_large_messages_need_no_memory() {
        let mut mbox = b"From a@b\nA: 1\n\n".to_vec();
        mbox.extend(std::iter::repeat_n(b'x', 3 * LINE));
        // Looks like a From_ line, but stands in the middle of an endless one.
        mbox.splice(16 + LINE..16 + LINE, *b"From a@b");
        mbox.extend(b"\n\nFrom c@d\nA: 2\n");
        let whole = split(&mbox, u64::MAX);
        assert_eq!(whole.len(), 2);
        assert_eq!(whole[0].size, whole[0].raw.len() as u64);
        let cut = split(&mbox, 1000);
        assert_eq!(
            (cut[0].size, cut[0].sha256),
            (whole[0].size, whole[0].sha256)
        );
        assert!(cut[0].raw.len() <= HEAD);
        assert_eq!(cut[1].raw, b"A: 2\n");
    }
}
