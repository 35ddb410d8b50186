//! Content lines of iCalendar: folded ones put together, name and value taken apart.

/// A content line: where it begins, its name, and its value.
pub(super) struct Line {
    pub(super) at: usize,
    pub(super) name: String,
    pub(super) value: String,
}

impl Line {
    /// Whether its value is this word, in whatever case.
    pub(super) fn is(&self, word: &str) -> bool {
        self.value.eq_ignore_ascii_case(word)
    }
}

/// Content lines: a line that begins with a blank goes on from the one before.
pub(super) fn unfold(text: &str) -> Vec<Line> {
    let mut whole: Vec<(usize, String)> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        match (line.strip_prefix([' ', '\t']), whole.last_mut()) {
            (Some(more), Some((_, begun))) => begun.push_str(more),
            _ => whole.push((at + 1, line.to_owned())),
        }
    }
    whole.into_iter().filter_map(split).collect()
}

/// The value begins after the first colon outside of quotes: `SUMMARY;ALTREP="http://a":春节`.
fn split((at, line): (usize, String)) -> Option<Line> {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    });
    let (left, value) = line.split_at(colon?.0);
    let name = left.split(';').next().unwrap_or_default();
    Some(Line {
        at,
        name: name.trim().to_ascii_uppercase(),
        value: value[1..].trim().to_owned(),
    })
}

/// Puts bytes together that were folded within a character: the ends of lines move behind the line
/// they belong to, so that lines keep their numbers.
pub(in crate::domain::calendar) fn join_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut owed = 0;
    for line in bytes.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.first() {
            Some(b' ' | b'\t') if !out.is_empty() => {
                owed += 1;
                out.extend_from_slice(&line[1..]);
            }
            _ => {
                out.resize(out.len() + std::mem::take(&mut owed), b'\n');
                out.extend_from_slice(if out.is_empty() { b"" } else { b"\n" });
                out.extend_from_slice(line);
            }
        }
    }
    out
}
