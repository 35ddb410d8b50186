//! The few lines of IMAP that are read and written here, because the client library panics on some
//! (a `* NO` during SELECT) and lacks others (modified UTF-7, counting EXISTS through every answer).

use std::collections::BTreeSet;

/// An IMAP quoted string.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A folder's name on the wire: modified UTF-7 (RFC 3501, section 5.1.3), quoted.
pub(super) fn folder(name: &str) -> String {
    quoted(&utf7_imap::encode_utf7_imap(name.to_owned()))
}

/// A sequence set of ascending UIDs, runs joined.
pub(super) fn uid_set(uids: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &uid in uids {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(uid) => *last = uid,
            _ => runs.push((uid, uid)),
        }
    }
    let run = |(a, b): &(u32, u32)| {
        if a == b {
            a.to_string()
        } else {
            format!("{a}:{b}")
        }
    };
    runs.iter().map(run).collect::<Vec<_>>().join(",")
}

/// The untagged lines of an answer, without `* ` and line end. Lines that are not text are left out.
pub(super) fn untagged(raw: &[u8]) -> impl Iterator<Item = &str> {
    raw.split(|&b| b == b'\n')
        .filter_map(|line| line.strip_prefix(b"* "))
        .filter_map(|line| std::str::from_utf8(line).ok())
        .map(str::trim_end)
}

/// What a line says about the number of messages in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// So many lie there now.
    Exists(u32),
    /// One was taken away.
    Expunge,
}

/// Reads `23 EXISTS` and `7 EXPUNGE`.
pub(super) fn count(line: &str) -> Option<Count> {
    let (number, word) = line.split_once(' ')?;
    let number: u32 = number.parse().ok()?;
    if word.eq_ignore_ascii_case("EXISTS") {
        Some(Count::Exists(number))
    } else if word.eq_ignore_ascii_case("EXPUNGE") {
        Some(Count::Expunge)
    } else {
        None
    }
}

/// The number in a response code such as `OK [UIDVALIDITY 17] …`.
pub(super) fn code(line: &str, name: &str) -> Option<u32> {
    let inside = line
        .get(..3)
        .filter(|s| s.eq_ignore_ascii_case("OK "))
        .map(|_| &line[3..])?;
    let inside = inside.trim_start().strip_prefix('[')?.split(']').next()?;
    let (word, number) = inside.split_once(' ')?;
    word.eq_ignore_ascii_case(name)
        .then(|| number.trim().parse().ok())?
}

/// The number in `STATUS "Processed" (MESSAGES 12)`.
pub(super) fn messages(line: &str) -> Option<u32> {
    line.get(..7)
        .filter(|s| s.eq_ignore_ascii_case("STATUS "))?;
    let inside = line.rsplit_once('(')?.1.split(')').next()?;
    let (word, number) = inside.trim().split_once(' ')?;
    word.eq_ignore_ascii_case("MESSAGES")
        .then(|| number.trim().parse().ok())?
}

/// The UIDs of a SEARCH answer, ascending.
pub(super) fn search(raw: &[u8]) -> Vec<u32> {
    let mut uids = BTreeSet::new();
    for line in untagged(raw) {
        if line
            .get(..6)
            .is_some_and(|s| s.eq_ignore_ascii_case("SEARCH"))
        {
            uids.extend(
                line[6..]
                    .split_ascii_whitespace()
                    .filter_map(|n| n.parse::<u32>().ok()),
            );
        }
    }
    uids.into_iter().collect()
}

/// The words of all CAPABILITY lines, in capitals.
pub(super) fn capabilities(raw: &[u8]) -> BTreeSet<String> {
    untagged(raw)
        .filter(|line| {
            line.get(..11)
                .is_some_and(|s| s.eq_ignore_ascii_case("CAPABILITY "))
        })
        .flat_map(|line| line[11..].split_ascii_whitespace())
        .map(str::to_ascii_uppercase)
        .collect()
}

/// A server's words for our logs and pages: one line, no control characters, not endless.
pub(super) fn tidy(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = line.trim();
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_are_modified_utf7_and_quoted() {
        assert_eq!(folder("已处理"), "\"&XfJZBHQG-\"");
        assert_eq!(folder("R&D \"a\\b\""), "\"R&-D \\\"a\\\\b\\\"\"");
        assert!(
            !folder("a\r\nLOGOUT").contains('\r'),
            "no line end reaches the wire"
        );
    }

    #[test]
    fn uid_sets_join_runs() {
        assert_eq!(uid_set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(uid_set(&[u32::MAX]), "4294967295");
        assert_eq!(uid_set(&[]), "");
    }

    #[test]
    fn answers_are_read_line_by_line() {
        let raw = b"* FLAGS (\\Seen)\r\n* 12 EXISTS\r\n* NO [ALERT] quota\r\n* ok [UIDVALIDITY 17] x\r\n\
            * OK [UIDNEXT 4294967295] y\r\n* SEARCH 5 3\r\n* SEARCH 9 3\r\n* \xff\r\n* 3 EXPUNGE\r\n";
        let codes = |name| untagged(raw).find_map(|line| code(line, name));
        assert_eq!(codes("UIDVALIDITY"), Some(17));
        assert_eq!(codes("UIDNEXT"), Some(u32::MAX));
        assert_eq!(codes("HIGHESTMODSEQ"), None);
        assert_eq!(search(raw), [3, 5, 9]);
        assert_eq!(messages("STATUS \"a (b)\" (MESSAGES 12)"), Some(12));
        assert_eq!(messages("STATUS x (UNSEEN 12)"), None);
        let counts: Vec<_> = untagged(raw).filter_map(count).collect();
        assert_eq!(counts, [Count::Exists(12), Count::Expunge]);
    }

    #[test]
    fn capabilities_come_in_any_case() {
        let caps = capabilities(b"* CAPABILITY IMAP4rev1 starttls AUTH=plain\r\na1 OK done\r\n");
        assert!(caps.contains("STARTTLS") && caps.contains("AUTH=PLAIN"));
        assert_eq!(caps.len(), 3);
    }

    #[test]
    fn tidy_keeps_one_short_line() {
        assert_eq!(tidy(" a\r\nb\x1b[31m "), "a  b [31m");
        assert_eq!(tidy(&"信".repeat(300)).chars().count(), 201);
    }
}
