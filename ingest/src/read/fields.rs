//! The header block: fields in their order, with what real mails get wrong about it.

use super::unreadable::{MAX_HEADER, Unreadable};

/// One field; the value is raw, folds and all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
}

/// The fields of one header block.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields<'a>(Vec<Field<'a>>);

impl<'a> Fields<'a> {
    /// Every value of a field, topmost first.
    pub(super) fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + 'n {
        let wanted = name.as_bytes();
        self.0
            .iter()
            .filter(move |f| f.name.eq_ignore_ascii_case(wanted))
            .map(|f| f.value)
    }

    /// The topmost value of a field.
    pub(super) fn first(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The topmost value as lower-case ASCII text, trimmed; what is not ASCII shows as �.
    pub(super) fn ascii(&self, name: &str) -> Option<String> {
        let value = String::from_utf8_lossy(self.first(name)?).to_ascii_lowercase();
        Some(value.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }
}

/// The line at `at` without its end, and where the next begins.
fn line(raw: &[u8], at: usize) -> (&[u8], usize) {
    let rest = &raw[at..];
    let (end, next) = match rest.iter().position(|b| *b == b'\n') {
        Some(n) => (n, at + n + 1),
        None => (rest.len(), raw.len()),
    };
    (rest[..end].trim_ascii_end_cr(), next)
}

trait TrimCr {
    fn trim_ascii_end_cr(&self) -> &[u8];
}

impl TrimCr for [u8] {
    fn trim_ascii_end_cr(&self) -> &[u8] {
        let mut end = self.len();
        while end > 0 && self[end - 1] == b'\r' {
            end -= 1;
        }
        &self[..end]
    }
}

/// Length of the field name that a line starts with, and where its value starts.
fn field(line: &[u8]) -> Option<(usize, usize)> {
    let name = line
        .iter()
        .take(200)
        .position(|b| !(b.is_ascii_graphic() && *b != b':'))?;
    let gap = line[name..]
        .iter()
        .position(|b| *b != b' ' && *b != b'\t')?;
    (name > 0 && line[name + gap] == b':').then_some((name, name + gap + 1))
}

fn blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

fn mbox_from(line: &[u8]) -> bool {
    (line.starts_with(b"From ") || line.starts_with(b">From ")) && field(line).is_none()
}

/// Splits off the header of a whole mail: an mbox line, blank or stray lines before it and stray
/// lines inside it are tolerated.
pub(super) fn of_mail(raw: &[u8]) -> Result<(Fields<'_>, &[u8]), Unreadable> {
    let raw = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    let mut at = 0;
    let mut strays = 0;
    while at < raw.len() {
        let (text, next) = line(raw, at);
        if field(text).is_some() {
            break;
        }
        if field(text.trim_ascii_start()).is_some() {
            at += text.len() - text.trim_ascii_start().len();
            break;
        }
        if !blank(text) && !mbox_from(text) {
            strays += 1;
            if strays > 3 {
                return Err(Unreadable::NoHeader);
            }
        }
        at = next;
    }
    if at >= raw.len() {
        return Err(if blank(raw) {
            Unreadable::Empty
        } else {
            Unreadable::NoHeader
        });
    }
    split(raw, at, true)
}

/// Splits off the header of a part; it may be empty.
pub(super) fn of_part(raw: &[u8]) -> Result<(Fields<'_>, &[u8]), Unreadable> {
    split(raw, 0, false)
}

fn split(raw: &[u8], start: usize, top: bool) -> Result<(Fields<'_>, &[u8]), Unreadable> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut at = start;
    while at < raw.len() {
        if at - start > MAX_HEADER {
            return Err(Unreadable::HeaderTooLarge { limit: MAX_HEADER });
        }
        let (text, next) = line(raw, at);
        if text.is_empty() {
            return Ok((Fields(fields), &raw[next..]));
        }
        if matches!(text[0], b' ' | b'\t') {
            // White space alone is a fold only if more header follows.
            let ends = blank(text) && !goes_on(raw, next);
            if ends || fields.is_empty() {
                return Ok((Fields(fields), &raw[if ends { next } else { at }..]));
            }
            extend(&mut fields, raw, at, text);
        } else if let Some((name, value)) = field(text) {
            fields.push(Field {
                name: &text[..name],
                value: &text[value..],
            });
        } else if mbox_from(text) && (top || fields.is_empty()) {
            // A mailbox separator that a gateway left inside.
        } else if !fields.is_empty() && goes_on(raw, next) {
            // A line that lost its indentation: the field before goes on.
            extend(&mut fields, raw, at, text);
        } else {
            return Ok((Fields(fields), &raw[at..]));
        }
        at = next;
    }
    if at - start > MAX_HEADER {
        return Err(Unreadable::HeaderTooLarge { limit: MAX_HEADER });
    }
    Ok((Fields(fields), &raw[raw.len()..]))
}

/// Fields that show that a header block is still going on.
const KNOWN: [&str; 14] = [
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "received",
    "reply-to",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "return-path",
    "references",
];

/// Folded lines looked at before a header is taken to have ended, so that it stays linear.
const MOST_FOLDS: usize = 20;

fn starts_header(raw: &[u8], at: usize) -> bool {
    let (text, _) = line(raw, at);
    field(text).is_some_and(|(name, _)| {
        let name = String::from_utf8_lossy(&text[..name]).to_ascii_lowercase();
        KNOWN.contains(&name.as_str()) || name.starts_with("x-")
    })
}

/// Whether the header goes on behind folded lines, blank ones among them: RFC 5322 §4.2 lets a
/// line of a fold hold nothing but white space.
fn goes_on(raw: &[u8], mut at: usize) -> bool {
    for _ in 0..MOST_FOLDS {
        let (text, next) = line(raw, at);
        if !matches!(text.first(), Some(b' ' | b'\t')) {
            return starts_header(raw, at);
        }
        at = next;
    }
    false
}

/// Lets the last field reach to the end of this line.
fn extend<'a>(fields: &mut [Field<'a>], raw: &'a [u8], at: usize, text: &[u8]) {
    if let Some(last) = fields.last_mut() {
        let begin = last.value.as_ptr() as usize - raw.as_ptr() as usize;
        last.value = &raw[begin..at + text.len()];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(raw: &[u8], name: &str) -> String {
        let (fields, _) = of_mail(raw).expect("readable");
        String::from_utf8_lossy(fields.first(name).unwrap_or_default()).into_owned()
    }

    #[test]
    fn a_line_of_white_space_folds_where_the_header_goes_on() {
        let raw = b"To: a@x,\n\t\n \n b@x\nSubject: s\n\nhi";
        assert_eq!(value(raw, "to"), " a@x,\n\t\n \n b@x");
        let (fields, body) = of_mail(b"Subject: s\n  \n  one\ntwo").expect("readable");
        assert_eq!(
            (fields.first("subject"), body),
            (Some(&b" s"[..]), &b"  one\ntwo"[..])
        );
    }

    #[test]
    fn the_first_of_repeated_fields_wins() {
        assert_eq!(value(b"From: a@x\nFrom: b@x\n\nhi", "from"), " a@x");
    }

    #[test]
    fn folds_belong_to_their_field() {
        assert_eq!(
            value(b"Subject: a\r\n b\r\nTo: c\r\n\r\nhi", "subject"),
            " a\r\n b"
        );
    }

    #[test]
    fn an_mbox_line_and_blank_lines_before_the_header_are_skipped() {
        let raw = b"\n   \nFrom a@x Mon May  1 10:00:00 2023\nSubject: s\n\nhi";
        assert_eq!(value(raw, "subject"), " s");
    }

    #[test]
    fn a_missing_blank_line_ends_the_header_at_the_first_line_of_words() {
        let (_, body) = of_mail(b"Subject: s\nHello there\nyou").expect("readable");
        assert_eq!(body, b"Hello there\nyou");
    }

    #[test]
    fn a_fold_that_lost_its_indentation_does_not_end_the_header() {
        let raw = b"Subject: one\ntwo\nFrom: a@x\n\nbody";
        assert_eq!(value(raw, "from"), " a@x");
        assert_eq!(value(raw, "subject"), " one\ntwo");
    }

    #[test]
    fn a_line_of_spaces_is_the_blank_line_unless_header_follows() {
        let (_, body) = of_mail(b"Subject: s\n  \nHello\n").expect("readable");
        assert_eq!(body, b"Hello\n");
        assert_eq!(value(b"Subject: s\n \nFrom: a@x\n\nHello", "from"), " a@x");
    }

    #[test]
    fn nothing_and_no_header_are_told_apart() {
        assert_eq!(of_mail(b" \r\n").err(), Some(Unreadable::Empty));
        assert_eq!(of_mail(b"\x00\x01\x02").err(), Some(Unreadable::NoHeader));
    }

    #[test]
    fn a_header_beyond_all_measure_is_refused() {
        let mut raw = b"Subject: ".to_vec();
        raw.resize(MAX_HEADER + 100, b'a');
        let limit = MAX_HEADER;
        assert_eq!(
            of_mail(&raw).err(),
            Some(Unreadable::HeaderTooLarge { limit })
        );
    }
}
