//! Address lists (RFC 5322 §3.4) as they are written in practice.

use crate::letter::Address;

use super::address_tokens::Reader;
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
    if text.contains("=?") && !found.iter().any(is_whole) {
        let decoded = words::decode(&text, notes);
        if decoded.contains('@') && !decoded.contains("=?") {
            found = entries(&decoded, notes);
        }
    }
    found
}

fn is_whole(address: &Address) -> bool {
    address.address.contains('@') && !address.address.contains('<')
}

/// One entry while it is read.
#[derive(Default)]
struct Entry {
    /// Words before the address, or all of it.
    phrase: String,
    comment: String,
    angle: Option<String>,
    /// Words behind the address.
    after: String,
}

impl Entry {
    fn words(&mut self) -> &mut String {
        if self.angle.is_some() {
            &mut self.after
        } else {
            &mut self.phrase
        }
    }
}

fn entries(text: &str, notes: &mut Notes) -> Vec<Address> {
    let mut list = Vec::new();
    let mut entry = Entry::default();
    let mut reader = Reader::new(text);
    while let Some(c) = reader.chars.next() {
        match c {
            // A quoted local part keeps its quotes: without them it is another mailbox.
            '"' => match reader.quoted_local() {
                Some(local) => entry.words().push_str(&local),
                None => reader.quoted(entry.words()),
            },
            '(' if reader.comment(&mut entry.comment) => {}
            // An encoded word is one word, whatever signs it wrongly holds (RFC 2047 §5).
            '=' if reader.encoded_word(entry.words()) => {}
            '<' => {
                if entry.angle.is_some() && !entry.after.trim().is_empty() {
                    // `A <a@x> B <b@x>`: the comma is missing.
                    let phrase = std::mem::take(&mut entry.after);
                    finish(&mut list, &mut entry, notes);
                    entry.phrase = phrase;
                }
                let inner = reader.angle();
                entry.angle.get_or_insert(inner);
            }
            // Behind an address these separate like a comma; the wide ones a Chinese keyboard gives.
            ':' if entry.angle.is_some() => finish(&mut list, &mut entry, notes),
            '，' | '；' if entry.angle.is_some() || entry.phrase.contains('@') => {
                finish(&mut list, &mut entry, notes);
            }
            // The name of a group.
            ':' if !entry.phrase.contains('@') => entry = Entry::default(),
            // An unquoted comma inside a name: `Zhang, San <zs@example.cn>`.
            ',' if is_half_a_name(&entry) && reader.names_on() => entry.phrase.push(','),
            ',' | ';' => finish(&mut list, &mut entry, notes),
            '>' => {}
            c => entry.words().push(c),
        }
        if list.len() >= MOST {
            return list;
        }
    }
    finish(&mut list, &mut entry, notes);
    list
}

fn is_half_a_name(entry: &Entry) -> bool {
    entry.angle.is_none() && !entry.phrase.contains('@') && !entry.phrase.trim().is_empty()
}

fn finish(list: &mut Vec<Address>, entry: &mut Entry, notes: &mut Notes) {
    let Entry {
        phrase,
        comment,
        angle,
        after,
    } = std::mem::take(entry);
    let phrase = phrase.trim();
    // `<Undisclosed-Recipient:;>`: an empty group that went into the brackets.
    let angle = angle.map(|a| {
        if a.trim_end_matches(['"', ' ']).ends_with(';') {
            String::new()
        } else {
            a
        }
    });
    let (name, address) = match angle {
        Some(angle) => {
            let name = [phrase, after.trim(), &comment]
                .into_iter()
                .find(|n| !n.is_empty());
            (name.unwrap_or_default().to_owned(), route_free(&angle))
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
    if let Some((name, address)) = quoted_local(phrase) {
        let name = if name.is_empty() { comment } else { name };
        return (name, address);
    }
    let joined = closed_up(phrase);
    let Some(address) = joined.split(' ').find(|w| w.contains('@')) else {
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

/// `San "a b"@example.cn`: what the quotes hold is one word.
fn quoted_local(phrase: &str) -> Option<(String, String)> {
    let start = phrase.find('"')?;
    let end = start + phrase[start..].rfind("\"@")? + 2;
    let domain = phrase[end..].trim_start();
    let (domain, after) = domain.split_once(' ').unwrap_or((domain, ""));
    let name = [phrase[..start].trim(), after.trim()].join(" ");
    let address = format!("{}{domain}", &phrase[start..end]);
    Some((name.trim().to_owned(), address))
}

/// Without the obsolete white space round the signs of an address (RFC 5322 §4.4), and with single
/// spaces elsewhere.
fn closed_up(text: &str) -> String {
    let single = text.split_whitespace().collect::<Vec<_>>().join(" ");
    [(" . ", "."), (" .", "."), (" @", "@"), ("@ ", "@")]
        .into_iter()
        .fold(single, |text, (from, to)| text.replace(from, to))
}

/// Whether mail could be sent there: one plain local part, and a host with a dot that is none of
/// those that no mail leaves for (RFC 6761).
pub(super) fn is_mailable(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| !(c.is_whitespace() || c.is_control() || "\"<>(),;:@[]\\".contains(c));
    let labels: Vec<&str> = domain.split('.').collect();
    let nowhere = ["localhost", "localdomain", "invalid"];
    !local.is_empty()
        && local.chars().all(plain)
        && domain.chars().all(plain)
        && labels.len() >= 2
        && labels.iter().all(|label| !label.is_empty())
        && !nowhere
            .iter()
            .any(|n| labels[labels.len() - 1].eq_ignore_ascii_case(n))
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
    if let Some((_, address)) = quoted_local(address) {
        return address;
    }
    let address = closed_up(address).replace(". ", ".");
    // Of several words the last that is an address; a quoted local part may hold spaces.
    match address.rsplit(' ').find(|w| w.contains('@')) {
        Some(word) if !address.contains('"') => word.to_owned(),
        _ => address,
    }
}

#[cfg(test)]
mod tests;
