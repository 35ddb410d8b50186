//! Message ids, without their angle brackets.

/// Ids that are kept of a field: a mailer that never shortens a thread writes thousands. The last
/// say what is answered, the first what began it.
const MOST: usize = 1_000;
/// Of these, from the beginning.
const FIRST: usize = 100;

/// Every id of a field in its order: those in `<>`; where none is, the words with an at sign.
pub(super) fn list(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let mut ids = Vec::new();
    let mut rest: &str = &text;
    while let Some(start) = rest.find('<') {
        let inner = &rest[start + 1..];
        // `<` inside means that the first one was never closed.
        let end = inner.find(['>', '<']).unwrap_or(inner.len());
        push(&mut ids, &inner[..end]);
        rest = &inner[end..];
        rest = rest.strip_prefix('>').unwrap_or(rest);
    }
    if ids.is_empty() {
        text.split_whitespace()
            .filter(|w| w.contains('@'))
            .for_each(|w| push(&mut ids, w));
    }
    if ids.len() > MOST {
        ids.drain(FIRST..ids.len() - (MOST - FIRST));
    }
    ids
}

/// The id of a Message-ID field; one without an at sign is taken as well.
pub(super) fn one(raw: &[u8]) -> Option<String> {
    list(raw).into_iter().next().or_else(|| {
        let mut ids = Vec::new();
        push(&mut ids, &String::from_utf8_lossy(raw));
        ids.pop()
    })
}

fn push(ids: &mut Vec<String>, id: &str) {
    let id: String = id
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect();
    let id = id.trim_matches(['<', '>', ',']).to_owned();
    if !id.is_empty() {
        ids.push(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_without_brackets() {
        assert_eq!(list(b" <a@x>\r\n\t<b@x><c@x>"), ["a@x", "b@x", "c@x"]);
        assert_eq!(list(b"Your message of today <a@x>"), ["a@x"]);
        assert_eq!(list(b"a@x b@x"), ["a@x", "b@x"]);
        assert_eq!(list(b"<a@\r\n x>"), ["a@x"]);
    }

    #[test]
    fn of_thousands_the_first_and_the_last_are_kept() {
        let many: String = (0..3_000).map(|n| format!("\r\n <{n}@x>")).collect();
        let ids = list(many.as_bytes());
        assert_eq!(ids.len(), MOST);
        assert_eq!((ids[0].as_str(), ids[FIRST - 1].as_str()), ("0@x", "99@x"));
        assert_eq!(ids[FIRST], "2100@x");
        assert_eq!(ids.last().map(String::as_str), Some("2999@x"));
    }

    #[test]
    fn a_lone_id_without_brackets_or_at_sign() {
        assert_eq!(one(b" a@x "), Some("a@x".into()));
        assert_eq!(one(b"abc"), Some("abc".into()));
        assert_eq!(one(b"  "), None);
        assert_eq!(one(b"<a@x"), Some("a@x".into()));
    }
}
