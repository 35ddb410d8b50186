//! The tokens of an address field: quoted strings, comments, encoded words, and what stands in
//! angle brackets, each as it is written in practice.

/// Signs of a local part that are looked at (RFC 5321 §4.5.3.1.1 allows 64 octets).
const LONGEST_LOCAL: usize = 200;

/// A quoted local part as it stands; without its quotes where it needs none (RFC 5321 §4.1.2 calls
/// both forms the same mailbox).
fn unquoted(quoted: String) -> String {
    let inner = quoted.trim_matches('"');
    let atom = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let plain = inner
        .split('.')
        .all(|word| !word.is_empty() && word.chars().all(atom));
    if plain { inner.to_owned() } else { quoted }
}

/// The characters still to be read, and which searches among them are in vain: so that a field of
/// open ends costs one pass.
pub(super) struct Reader<'a> {
    pub(super) chars: std::str::Chars<'a>,
    comments_end: bool,
    quotes_end: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            chars: text.chars(),
            comments_end: true,
            quotes_end: true,
        }
    }

    /// Takes a quoted string; without its end, the `<` of the address ends it.
    pub(super) fn quoted(&mut self, phrase: &mut String) {
        self.quotes_end &= self.chars.as_str().contains('"');
        while let Some(c) = self.chars.clone().next() {
            if !self.quotes_end && c == '<' {
                return;
            }
            self.chars.next();
            match c {
                '"' => return,
                '\\' => match self.chars.clone().next() {
                    Some(next @ ('"' | '\\')) => {
                        self.chars.next();
                        phrase.push(next);
                    }
                    _ => phrase.push('\\'),
                },
                c => phrase.push(c),
            }
        }
    }

    /// Takes the rest of a local part whose opening quote was just read, quotes and escapes as they
    /// stand; `None`, and nothing taken, where no at sign follows it.
    pub(super) fn quoted_local(&mut self) -> Option<String> {
        let mut inner = String::from("\"");
        let mut chars = self.chars.clone();
        for _ in 0..LONGEST_LOCAL {
            let c = chars.next()?;
            inner.push(c);
            match c {
                '\\' => inner.push(chars.next()?),
                '"' if chars.as_str().starts_with('@') => {
                    self.chars = chars;
                    return Some(unquoted(inner));
                }
                '"' => return None,
                _ => {}
            }
        }
        None
    }

    /// Takes a comment, nested ones included; one that never ends is none.
    pub(super) fn comment(&mut self, comment: &mut String) -> bool {
        if !self.comments_end {
            return false;
        }
        let (before, length) = (self.chars.clone(), comment.len());
        let mut depth = 1;
        while let Some(c) = self.chars.next() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                '\\' => {
                    comment.extend(self.chars.next());
                    continue;
                }
                _ => {}
            }
            if depth == 0 {
                return true;
            }
            comment.push(c);
        }
        self.comments_end = false;
        self.chars = before;
        comment.truncate(length);
        false
    }

    /// Takes the encoded word whose `=` was just read, if it is one.
    pub(super) fn encoded_word(&mut self, words: &mut String) -> bool {
        let rest = self.chars.as_str();
        let length = rest.strip_prefix('?').and_then(|inner| {
            let charset = inner.bytes().take(80).position(|b| b == b'?')?;
            let encoding = inner.as_bytes().get(charset + 1..charset + 3)?;
            let encoded = matches!(encoding, [b'B' | b'b' | b'Q' | b'q', b'?']);
            let payload = inner.get(charset + 3..).filter(|_| encoded)?;
            let end = payload.find('?')?;
            payload[end..]
                .starts_with("?=")
                .then_some(1 + charset + 3 + end + 2)
        });
        let Some(length) = length else {
            return false;
        };
        words.push('=');
        words.push_str(&rest[..length]);
        self.chars = rest[length..].chars();
        true
    }

    /// Takes what stands between `<` and `>`, without its comments.
    pub(super) fn angle(&mut self) -> String {
        let mut inner = String::new();
        let mut dropped = String::new();
        while let Some(c) = self.chars.next() {
            match c {
                '>' => break,
                '"' => match self.quoted_local() {
                    Some(local) => inner.push_str(&local),
                    None => inner.push('"'),
                },
                '(' if self.comment(&mut dropped) => {}
                c => inner.push(c),
            }
        }
        inner
    }

    /// The text up to the next comma goes on as a name and ends in `<…>`. Looks a short way ahead.
    pub(super) fn names_on(&self) -> bool {
        for c in self.chars.clone().take(120) {
            match c {
                '<' => return true,
                ',' | ';' | '@' | '"' | ':' => return false,
                _ => {}
            }
        }
        false
    }
}
