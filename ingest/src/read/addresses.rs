//! Address lists (RFC 5322 §3.4) as they are written in practice.

use crate::letter::Address;

use super::charset;
use super::clean;
use super::complaints::Notes;
use super::words;

/// Most addresses taken from one field.
const MOST: usize = 1_000;

/// The addresses of one raw field, groups flattened.
pub(super) fn list(raw: &[u8], notes: &mut Notes) -> Vec<Address> {
    let text = charset::decode("", raw, notes).replace(['\r', '\n'], "");
    let mut found = entries(&text, notes);
    // Whole lists wrapped into one encoded word, by mailers that know no better.
    if text.contains("=?") && !found.iter().any(|a| a.address.contains('@')) {
        let decoded = words::decode(&text, notes);
        if decoded.contains('@') && !decoded.contains("=?") {
            found = entries(&decoded, notes);
        }
    }
    found
}

/// One entry while it is read.
#[derive(Default)]
struct Entry {
    phrase: String,
    comment: String,
    angle: Option<String>,
}

fn entries(text: &str, notes: &mut Notes) -> Vec<Address> {
    let mut list = Vec::new();
    let mut entry = Entry::default();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted(&mut chars, &mut entry.phrase),
            '(' => comment(&mut chars, &mut entry.comment),
            '<' => {
                let mut inner = String::new();
                for c in chars.by_ref().take_while(|c| *c != '>') {
                    inner.push(c);
                }
                entry.angle.get_or_insert(inner);
            }
            // The name of a group.
            ':' if entry.angle.is_none() && !entry.phrase.contains('@') => entry = Entry::default(),
            // An unquoted comma inside a name: `Zhang, San <zs@example.cn>`.
            ',' if is_half_a_name(&entry) && names_on(&chars) => entry.phrase.push(','),
            ',' | ';' => finish(&mut list, &mut entry, notes),
            '>' => {}
            c => entry.phrase.push(c),
        }
        if list.len() >= MOST {
            return list;
        }
    }
    finish(&mut list, &mut entry, notes);
    list
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Takes a quoted string; without its end, the `<` of the address ends it.
fn quoted(chars: &mut Chars<'_>, phrase: &mut String) {
    let closed = chars.clone().any(|c| c == '"');
    while let Some(c) = chars.peek().copied() {
        if !closed && c == '<' {
            return;
        }
        chars.next();
        match c {
            '"' => return,
            '\\' => match chars.peek().copied() {
                Some(next @ ('"' | '\\')) => {
                    chars.next();
                    phrase.push(next);
                }
                _ => phrase.push('\\'),
            },
            c => phrase.push(c),
        }
    }
}

fn comment(chars: &mut Chars<'_>, comment: &mut String) {
    let mut depth = 1;
    while let Some(c) = chars.next() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' => {
                comment.extend(chars.next());
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            return;
        }
        comment.push(c);
    }
}

fn is_half_a_name(entry: &Entry) -> bool {
    entry.angle.is_none() && !entry.phrase.contains('@') && !entry.phrase.trim().is_empty()
}

/// The text up to the next comma goes on as a name and ends in `<…>`. Looks a short way ahead, so
/// that a field of commas stays linear.
fn names_on(chars: &Chars<'_>) -> bool {
    for c in chars.clone().take(120) {
        match c {
            '<' => return true,
            ',' | ';' | '@' | '"' | ':' => return false,
            _ => {}
        }
    }
    false
}

fn finish(list: &mut Vec<Address>, entry: &mut Entry, notes: &mut Notes) {
    let Entry {
        phrase,
        comment,
        angle,
    } = std::mem::take(entry);
    let phrase = phrase.trim();
    let (name, address) = match angle {
        Some(angle) => {
            let name = if phrase.is_empty() {
                comment
            } else {
                phrase.to_owned()
            };
            (name, route_free(&angle))
        }
        None if phrase.is_empty() => return,
        None if phrase.contains('@') => spaced(phrase, comment),
        // A local user, or a name without any address.
        None if phrase.is_ascii() && !phrase.contains([' ', '=']) => (comment, phrase.to_owned()),
        None => (phrase.to_owned(), String::new()),
    };
    let name = clean::name(&words::decode(&name, notes));
    let name = match name.strip_prefix('"').and_then(|n| n.strip_suffix('"')) {
        Some(inner) => inner.trim().to_owned(),
        None => name,
    };
    let address = clean::name(&words::decode(&address, notes));
    if !name.is_empty() || !address.is_empty() {
        list.push(Address { name, address });
    }
}

/// `Zhang San zs@example.cn`: the word with the at sign is the address.
fn spaced(phrase: &str, comment: String) -> (String, String) {
    let joined = phrase.replace(" @", "@").replace("@ ", "@");
    let Some(address) = joined.split_whitespace().find(|w| w.contains('@')) else {
        return (comment, joined);
    };
    let name = joined.replacen(address, "", 1);
    let name = if name.trim().is_empty() {
        comment
    } else {
        name.trim().to_owned()
    };
    (name, address.trim_matches(['\'', '[', ']']).to_owned())
}

/// Drops a source route and white space: `<@relay:zs@example.cn>`.
fn route_free(angle: &str) -> String {
    let angle = angle.trim().trim_start_matches('<');
    let address = match angle
        .strip_prefix('@')
        .and_then(|route| route.split_once(':'))
    {
        Some((_, address)) => address,
        None => angle,
    };
    let address = address.trim();
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    address.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &[u8]) -> Vec<(String, String)> {
        let list = list(raw, &mut Notes::default());
        list.into_iter().map(|a| (a.name, a.address)).collect()
    }

    fn pair(name: &str, address: &str) -> (String, String) {
        (name.to_owned(), address.to_owned())
    }

    #[test]
    fn names_before_behind_and_without() {
        let raw = b" \"San, Zhang\" <zs@x.cn>, li@x.cn (Li Si), wang@x.cn";
        let expected = [
            pair("San, Zhang", "zs@x.cn"),
            pair("Li Si", "li@x.cn"),
            pair("", "wang@x.cn"),
        ];
        assert_eq!(read(raw), expected);
    }

    #[test]
    fn encoded_and_raw_names() {
        assert_eq!(
            read(b"=?gbk?B?1cXI/Q==?= <zs@x.cn>"),
            [pair("张三", "zs@x.cn")]
        );
        assert_eq!(
            read(b"\"=?gbk?B?1cXI/Q==?=\" <zs@x.cn>"),
            [pair("张三", "zs@x.cn")]
        );
        assert_eq!(
            read(b"\"\xd5\xc5\xc8\xfd\" <zs@x.cn>"),
            [pair("张三", "zs@x.cn")]
        );
    }

    #[test]
    fn an_unquoted_comma_in_a_name() {
        assert_eq!(
            read(b"Zhang, San <zs@x.cn>"),
            [pair("Zhang, San", "zs@x.cn")]
        );
        assert_eq!(
            read(b"root, zs@x.cn"),
            [pair("", "root"), pair("", "zs@x.cn")]
        );
    }

    #[test]
    fn groups_are_flattened_and_empty_ones_are_nothing() {
        assert_eq!(read(b"undisclosed-recipients:;"), []);
        assert_eq!(read(b"Staff: a@x, B <b@x>; c@x").len(), 3);
    }

    #[test]
    fn broken_ones() {
        assert_eq!(read(b"San <zs@x.cn"), [pair("San", "zs@x.cn")]);
        assert_eq!(read(b"\"San <zs@x.cn>"), [pair("San", "zs@x.cn")]);
        assert_eq!(read(b"<<zs@x.cn>>"), [pair("", "zs@x.cn")]);
        assert_eq!(read("张三".as_bytes()), [pair("张三", "")]);
        assert_eq!(read(b"San zs@x.cn"), [pair("San", "zs@x.cn")]);
    }

    #[test]
    fn a_list_inside_one_encoded_word() {
        assert_eq!(read(b"=?utf-8?Q?San_<zs@x.cn>?="), [pair("San", "zs@x.cn")]);
    }

    #[test]
    fn names_do_not_turn_direction() {
        assert_eq!(
            read("\u{202e}San <zs@x.cn>".as_bytes()),
            [pair("San", "zs@x.cn")]
        );
    }
}
