//! Content-Type and Content-Disposition: the value and its parameters, RFC 2231 continuations in
//! any charset, and parameters as careless mailers write them.

use std::collections::HashMap;

use encoding_rs::GB18030;

use super::charset;
use super::complaints::Notes;
use super::transfer::hex_pair;
use super::words;

/// A parsed header of the form `value; name=value; …`.
#[derive(Debug, Clone, Default)]
pub(super) struct Params {
    /// Lower case, without parameters.
    pub(super) value: String,
    list: Vec<(String, String)>,
}

impl Params {
    pub(super) fn parse(raw: &[u8], notes: &mut Notes) -> Self {
        let text: String = charset::decode("", raw, notes).replace(['\r', '\n'], "");
        let mut pieces = split(&text).into_iter();
        let first = pieces.next().unwrap_or_default().trim();
        let mut words = first.splitn(2, char::is_whitespace);
        let value = words.next().unwrap_or_default().trim_matches(['"', '\'']);
        let value = value.split('(').next().unwrap_or_default().to_lowercase();
        // `text/plain charset=gb2312`: the semicolon is missing.
        let list = words
            .next()
            .into_iter()
            .chain(pieces)
            .filter_map(parameter)
            .collect();
        Self { value, list }
    }

    /// The same of a multipart, where it does not call itself one.
    pub(super) fn as_multipart(mut self) -> Self {
        if !self.value.starts_with("multipart/") {
            self.value = "multipart/mixed".into();
        }
        self
    }

    /// A parameter of plain characters: boundary, charset and their like.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.list
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// A parameter in words (a file name), continuations joined and decoded.
    pub(super) fn words(&self, name: &str, notes: &mut Notes) -> Option<String> {
        let extended = self.extended(name, notes).filter(|n| !n.trim().is_empty());
        extended.or_else(|| {
            let plain = self.get(name)?;
            if let Some(name) = misplaced(plain, notes) {
                return Some(name);
            }
            Some(percent_encoded(plain).unwrap_or_else(|| words::decode(plain, notes)))
        })
    }

    fn extended(&self, name: &str, notes: &mut Notes) -> Option<String> {
        // What stands behind the star, by that; of a repeated one the first.
        let pieces: HashMap<&str, &str> = self
            .list
            .iter()
            .rev()
            .filter_map(|(n, v)| Some((n.strip_prefix(name)?.strip_prefix('*')?, v.as_str())))
            .collect();
        if let Some(value) = pieces.get("") {
            let (label, value) = charset_of(value);
            return Some(charset::decode(label, &percent(value), notes));
        }
        let mut bytes = Vec::new();
        let mut label = "";
        let mut plain = true;
        // Some mailers count from one.
        let first = usize::from(!pieces.contains_key("0") && !pieces.contains_key("0*"));
        for number in first..first + pieces.len() {
            if let Some(value) = pieces.get(format!("{number}*").as_str()) {
                let value = if number == first {
                    let (charset, rest) = charset_of(value);
                    label = charset;
                    rest
                } else {
                    value
                };
                bytes.extend(percent(value));
                plain = false;
            } else if let Some(value) = pieces.get(number.to_string().as_str()) {
                bytes.extend(value.as_bytes());
            } else {
                break;
            }
        }
        if bytes.is_empty() {
            return None;
        }
        let text = charset::decode(label, &bytes, notes);
        Some(if plain {
            words::decode(&text, notes)
        } else {
            text
        })
    }
}

/// Cuts at the semicolons outside quotes.
fn split(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut quoted = false;
    let mut escaped = false;
    let mut start = 0;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if quoted => {
                // A quote inside a name: the closing one stands before a semicolon or the end.
                let after = text[at + 1..].trim_start();
                quoted = !(after.is_empty() || after.starts_with(';') || looks_like_next(after));
            }
            '"' => quoted = text[start..at].trim_end().ends_with('='),
            ';' if !quoted => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    if quoted {
        // A quote was never closed: cut at every semicolon that a parameter follows.
        return split_unclosed(text);
    }
    pieces
}

/// `name=`: another parameter whose semicolon is missing.
fn looks_like_next(after: &str) -> bool {
    let name = after.len()
        - after
            .trim_start_matches(|c: char| c.is_ascii_alphanumeric())
            .len();
    name > 2
        && after[name..]
            .trim_start_matches(['*', '0', '1'])
            .starts_with('=')
}

fn split_unclosed(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(';') {
        let after = text[at + 1..].trim_start();
        if after.is_empty() || looks_like_next(after) {
            pieces.push(&text[start..at]);
            start = at + 1;
        }
    }
    pieces.push(&text[start..]);
    pieces
}

fn parameter(piece: &str) -> Option<(String, String)> {
    let (name, value) = piece.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    let value = value.trim();
    let value = match value.strip_prefix('"') {
        Some(inner) => unescape(inner.strip_suffix('"').unwrap_or(inner)),
        None if is_name(&name) => value.trim_matches('\'').to_owned(),
        None => value
            .split([' ', '\t', '('])
            .next()
            .unwrap_or_default()
            .to_owned(),
    };
    (!name.is_empty()).then_some((name, value))
}

/// Parameters whose value may hold spaces although no quotes stand round it.
fn is_name(parameter: &str) -> bool {
    parameter.starts_with("name") || parameter.starts_with("filename")
}

/// Only quotes and backslashes are escaped: `C:\new` is a path.
fn unescape(text: &str) -> String {
    text.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// `charset'language'value`; a value without quotes has no charset.
fn charset_of(value: &str) -> (&str, &str) {
    let mut pieces = value.splitn(3, '\'');
    match (pieces.next(), pieces.next(), pieces.next()) {
        (Some(label), Some(_), Some(rest)) => (label, rest),
        _ => ("", value),
    }
}

/// `UTF-8''%E5%9B%9E.txt` under a plain name: RFC 2231 where its star was forgotten.
fn misplaced(value: &str, notes: &mut Notes) -> Option<String> {
    let (label, rest) = value.split_once('\'')?;
    let (language, rest) = rest.split_once('\'')?;
    let tag = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let known = !matches!(charset::of_label(label), charset::Charset::Unknown)
        || label.eq_ignore_ascii_case("us-ascii");
    let encoded = rest.contains('%') && value.is_ascii();
    (known && tag(language) && encoded && !rest.is_empty())
        .then(|| charset::decode(label, &percent(rest), notes))
}

fn percent(value: &str) -> Vec<u8> {
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%'
            && let Some(byte) = hex_pair(&bytes[at + 1..])
        {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

/// A plain name in percent encoding, as some web mailers write: only where it gives words outside
/// ASCII, so that `100%25.txt` stays.
fn percent_encoded(value: &str) -> Option<String> {
    if !value.is_ascii() || !value.contains('%') || value.contains("=?") {
        return None;
    }
    match String::from_utf8(percent(value)) {
        Ok(text) => Some(text).filter(|text| !text.is_ascii()),
        Err(bytes) => {
            let (text, bad) = GB18030.decode_without_bom_handling(bytes.as_bytes());
            let hanzi = |c: char| c.is_ascii() || ('\u{4E00}'..='\u{9FFF}').contains(&c);
            // Two characters at least: one may be chance.
            let enough = value.matches('%').count() >= 4;
            (!bad && enough && text.chars().all(hanzi)).then(|| text.into_owned())
        }
    }
}

#[cfg(test)]
mod tests;
