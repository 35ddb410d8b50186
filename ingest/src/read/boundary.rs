//! Where a multipart is cut: its boundary's lines (RFC 2046 §5.1.1), and what to do without them.

use super::complaints::{BROKEN_MULTIPART, Notes};

/// The raw parts between the boundary's lines. A missing final boundary is no matter; a boundary
/// that is not declared, or declared wrongly, is looked for.
pub(super) fn cut<'a>(body: &'a [u8], boundary: Option<&str>, notes: &mut Notes) -> Vec<&'a [u8]> {
    // An empty one is no boundary (RFC 2046 §5.1.1 wants a sign), but mailers wrote it: `--` alone.
    if let Some(boundary) = boundary {
        let parts = cut_at(body, boundary.as_bytes(), notes);
        if !parts.is_empty() {
            return parts;
        }
    }
    match stray_boundary(body) {
        Some(boundary) => {
            notes.complain(BROKEN_MULTIPART, "");
            cut_at(body, boundary, notes)
        }
        None => Vec::new(),
    }
}

/// A line of the body is this boundary.
pub(super) fn stands_in(body: &[u8], boundary: &[u8]) -> bool {
    let marker = [b"--", boundary].concat();
    memchr::memmem::find_iter(body, &marker)
        .any(|start| delimiter(body, start, marker.len()).is_some())
}

fn cut_at<'a>(body: &'a [u8], boundary: &[u8], notes: &mut Notes) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut begin: Option<usize> = None;
    let mut closed = false;
    let marker = [b"--", boundary].concat();
    // One search a level, which skips what cannot be a boundary: sixty levels over a large mail
    // stay cheap.
    for start in memchr::memmem::find_iter(body, &marker) {
        let Some((closes, next)) = delimiter(body, start, marker.len()) else {
            continue;
        };
        if let Some(begin) = begin {
            parts.push(without_line_end(&body[begin..start]));
        }
        closed = closes;
        begin = (!closes).then_some(next);
    }
    if let Some(begin) = begin {
        // Cut off: what came is still a part.
        if begin < body.len() {
            parts.push(&body[begin..]);
        }
        if !closed {
            notes.complain(BROKEN_MULTIPART, "");
        }
    }
    parts
}

/// Whether the line at `start` is the boundary alone, and if so, whether it closes the multipart,
/// and where the next line begins.
fn delimiter(body: &[u8], start: usize, marker: usize) -> Option<(bool, usize)> {
    if start > 0 && body[start - 1] != b'\n' {
        return None;
    }
    let rest = &body[start + marker..];
    let (rest, closes) = match rest.strip_prefix(b"--") {
        Some(after) => (after, true),
        None => (rest, false),
    };
    let blank = rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r'));
    let next = match blank.map(|at| (at, rest[at])) {
        None => body.len(),
        Some((at, b'\n')) => body.len() - rest.len() + at + 1,
        Some(_) => return None,
    };
    Some((closes, next))
}

/// The line end before a boundary belongs to the boundary (RFC 2046 §5.1.1).
fn without_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

/// A line `--…` that Content fields follow, in the first lines of a body.
fn stray_boundary(body: &[u8]) -> Option<&[u8]> {
    let mut lines = body.split(|b| *b == b'\n').take(200).peekable();
    while let Some(line) = lines.next() {
        let Some(boundary) = line.trim_ascii_end().strip_prefix(b"--") else {
            continue;
        };
        let content = lines.peek().and_then(|next| next.get(..8));
        if !boundary.is_empty() && content.is_some_and(|c| c.eq_ignore_ascii_case(b"content-")) {
            return Some(boundary);
        }
    }
    None
}
