//! HTML to readable text, in one pass over the tags. Blocks become lines, quoted blocks get `> `
//! as in plain mail, so that one quote cutter serves both; CJK lines are never wrapped.

use mail_parser::decoders::html::add_html_token;

use super::clean;

mod links;
mod pasted;

pub(super) use pasted::files as pasted;

/// Deepest quoting that is shown.
const DEEPEST: usize = 20;

/// The text of an HTML body. Linear in its length; nothing in it can fail.
pub(super) fn to_text(html: &str) -> String {
    let mut page = Page::default();
    let mut rest = html;
    let mut left = Left::default();
    while let Some(at) = rest.find('<') {
        page.words(&rest[..at]);
        rest = &rest[at..];
        let Some(length) = markup(rest, &mut left) else {
            page.words("<");
            rest = &rest[1..];
            continue;
        };
        let (tag, after) = rest.split_at(length);
        rest = after;
        if let Some(tag) = Tag::parse(tag) {
            page.tag(&tag);
            if let Some(end) = tag.raw_end().filter(|end| *end != "title" || !page.in_body) {
                rest = skip_raw(rest, end);
            }
        }
    }
    page.words(rest);
    page.link_ends();
    clean::body(&page.out)
}

/// The charset that a `<meta>` in the first bytes declares.
pub(super) fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let meta = head.find("<meta").map(|at| &head[at..])?;
    let value = &meta[meta.find("charset=")? + 8..];
    let value = value.trim_start_matches(['"', '\'', ' ']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)))?;
    Some(value[..end].to_owned()).filter(|label| !label.is_empty())
}

/// What the rest of the page can still hold. A search that failed once is not tried again, so that
/// a page of open ends costs one pass.
struct Left {
    quoted_ends: bool,
    comment_ends: bool,
    tag_ends: bool,
}

impl Default for Left {
    fn default() -> Self {
        Self {
            quoted_ends: true,
            comment_ends: true,
            tag_ends: true,
        }
    }
}

/// Length of the markup at `<`; `None` where it is only a sign.
fn markup(rest: &str, left: &mut Left) -> Option<usize> {
    let bytes = rest.as_bytes();
    if left.comment_ends && rest.starts_with("<!--") {
        let end = rest.find("-->").map(|n| n + 3);
        left.comment_ends = end.is_some();
        if end.is_some() {
            return end;
        }
    }
    if !matches!(
        bytes.get(1),
        Some(b'/' | b'!' | b'?' | b'a'..=b'z' | b'A'..=b'Z')
    ) {
        return None;
    }
    if left.quoted_ends {
        let mut quote = 0_u8;
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'"' | b'\'' if quote == 0 && bytes[at - 1] == b'=' => quote = *byte,
                byte if *byte == quote => quote = 0,
                b'>' if quote == 0 => return Some(at + 1),
                _ => {}
            }
        }
        left.quoted_ends = false;
    }
    // An unclosed comment or attribute ends at its first `>`.
    let end = if left.tag_ends {
        rest.find('>').map(|n| n + 1)
    } else {
        None
    };
    left.tag_ends = end.is_some();
    end
}

/// Jumps over the content of `<style>` and its like.
fn skip_raw<'a>(rest: &'a str, end: &str) -> &'a str {
    let bytes = rest.as_bytes();
    let mut from = 0;
    while let Some(at) = rest[from..].find("</").map(|n| n + from) {
        let name = bytes.get(at + 2..at + 2 + end.len());
        if name.is_some_and(|n| n.eq_ignore_ascii_case(end.as_bytes())) {
            return &rest[at..];
        }
        from = at + 2;
    }
    // Never closed: a title loses itself, a style or script what stands before the next markup. A
    // browser would hide the rest; it is a letter.
    if end == "title" {
        return rest;
    }
    let mut opens = rest.match_indices('<').map(|(at, _)| at);
    let next = opens.find(|at| matches!(bytes.get(at + 1), Some(b'/' | b'a'..=b'z' | b'A'..=b'Z')));
    &rest[next.unwrap_or(rest.len())..]
}

/// A start or end tag.
struct Tag<'a> {
    name: String,
    closing: bool,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    fn parse(markup: &'a str) -> Option<Self> {
        let inner = markup.strip_prefix('<')?.trim_end_matches('>');
        let (closing, inner) = match inner.strip_prefix('/') {
            Some(inner) => (true, inner),
            None => (false, inner),
        };
        let end = inner
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(inner.len());
        let name = inner[..end.min(20)].to_ascii_lowercase();
        (!name.is_empty()).then_some(Self {
            name,
            closing,
            attributes: &inner[end..],
        })
    }

    /// The tag whose content is no text; one that closes itself has none.
    fn raw_end(&self) -> Option<&'static str> {
        let opens = !self.closing && !self.attributes.trim_end().ends_with('/');
        let names = ["style", "script", "title"];
        names.into_iter().find(|n| opens && self.name == *n)
    }

    /// A block quote that quotes. Editors also indent with it: those carry no sign of citing.
    fn quotes(&self) -> bool {
        let attributes = self.attributes.to_ascii_lowercase();
        [
            "cite",
            "quote",
            "reply",
            "origbody",
            "border-left",
            "border-inline-start",
        ]
        .iter()
        .any(|sign| attributes.contains(sign))
    }
}

/// The text so far, and how the next word joins it.
#[derive(Default)]
struct Page {
    out: String,
    /// Line ends owed before the next word: 1 for a line, 2 for a paragraph.
    owed: usize,
    /// White space seen since the last word: none, some, or some with a line end in it.
    space: Space,
    /// One entry an open block quote: does it quote.
    quotes: Vec<bool>,
    preformatted: usize,
    /// Words, or the tag that says they begin, were seen: a title from here on is one of them.
    in_body: bool,
    /// The link that is open: where it leads, and where its words begin.
    link: Option<(String, usize)>,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Space {
    #[default]
    None,
    Some,
    Line,
}

impl Page {
    fn tag(&mut self, tag: &Tag<'_>) {
        self.in_body |= tag.name == "body" || (tag.closing && tag.name == "head");
        match tag.name.as_str() {
            "a" => {
                self.link_ends();
                let href = links::attribute(tag.attributes, "href").filter(|_| !tag.closing);
                self.link = href.map(|href| (href.to_owned(), self.out.len()));
            }
            "br" => self.line_break(),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" => self.owe(2),
            "pre" | "textarea" => {
                self.owe(1);
                self.preformatted = if tag.attributes.trim_end().ends_with('/') {
                    self.preformatted
                } else if tag.closing {
                    self.preformatted.saturating_sub(1)
                } else {
                    self.preformatted + 1
                };
            }
            "blockquote" => {
                self.owe(1);
                if tag.closing {
                    self.quotes.pop();
                } else if self.quotes.len() < 1_000 {
                    self.quotes.push(tag.quotes());
                }
            }
            "li" => {
                self.owe(1);
                if !tag.closing {
                    self.words("- ");
                }
            }
            "td" | "th" if tag.closing => self.space = self.space.max_some(),
            "div" | "tr" | "table" | "tbody" | "section" | "article" | "header" | "footer"
            | "address" | "dt" | "dd" | "center" | "form" | "hr" | "body" | "html" | "fieldset"
            | "title" | "nav" | "aside" | "main" | "figure" | "caption" | "option" => self.owe(1),
            _ => {}
        }
    }

    /// Writes where the open link leads, unless its words say so.
    fn link_ends(&mut self) {
        let Some((href, from)) = self.link.take() else {
            return;
        };
        let words = self.out.get(from..).unwrap_or_default();
        if let Some(address) = links::address(&href, words) {
            self.space = self.space.max_some();
            for c in format!("<{address}>").chars() {
                self.push(c);
            }
        }
    }

    fn owe(&mut self, lines: usize) {
        if !self.out.is_empty() {
            self.owed = self.owed.max(lines);
        }
        self.space = Space::None;
    }

    fn line_break(&mut self) {
        self.settle();
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self.space = Space::None;
    }

    /// Writes the owed line ends.
    fn settle(&mut self) {
        if self.owed == 0 {
            return;
        }
        let have = self.out.len() - self.out.trim_end_matches('\n').len();
        for _ in have..self.owed {
            if self.out.ends_with('\n') {
                self.prefix();
            }
            self.out.push('\n');
        }
        self.owed = 0;
    }

    fn prefix(&mut self) {
        let depth = self.quotes.iter().filter(|q| **q).count().min(DEEPEST);
        for _ in 0..depth {
            self.out.push('>');
        }
        if depth > 0 {
            self.out.push(' ');
        }
    }

    fn words(&mut self, raw: &str) {
        if raw.is_empty() {
            return;
        }
        let text = entities(raw);
        for c in text.chars() {
            match c {
                '\n' if self.preformatted > 0 => self.line_break(),
                ' ' | '\t' if self.preformatted > 0 => self.push(' '),
                '\n' | '\r' => self.space = Space::Line,
                ' ' | '\t' | '\u{c}' => self.space = self.space.max_some(),
                // A space that stays: writers indent with it.
                '\u{a0}' => self.push(' '),
                '\u{ad}' | '\u{200b}' | '\u{feff}' => {}
                c => self.push(c),
            }
        }
    }

    fn push(&mut self, c: char) {
        self.in_body = true;
        self.settle();
        let fresh = self.out.is_empty() || self.out.ends_with('\n');
        if fresh {
            self.prefix();
        } else if self.space != Space::None {
            // A line end in the source between two CJK characters is no space.
            let before = self.out.chars().next_back().unwrap_or(' ');
            let unbroken = self.space == Space::Line && is_cjk(before) && is_cjk(c);
            if !(unbroken || before == ' ' && c == ' ') {
                self.out.push(' ');
            }
        }
        self.space = Space::None;
        self.out.push(c);
    }
}

impl Space {
    fn max_some(self) -> Self {
        if self == Self::Line { self } else { Self::Some }
    }
}

fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}'
        | '\u{20000}'..='\u{3FFFF}' | '“' | '”' | '…' | '—')
}

/// Resolves `&…;`, and the commonest ones without their semicolon.
fn entities(raw: &str) -> std::borrow::Cow<'_, str> {
    if !raw.contains('&') {
        return raw.into();
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[1..]
            .bytes()
            .take(32)
            .take_while(|b| b.is_ascii_alphanumeric() || *b == b'#');
        let end = 1 + name.count();
        let token = &rest[..end];
        let closed = rest.as_bytes().get(end) == Some(&b';');
        let known = ["&nbsp", "&lt", "&gt", "&amp", "&quot"].contains(&token);
        if let Some(c) = windows_number(token) {
            out.push(c);
        } else if end > 1 && (closed || known || token.starts_with("&#")) {
            let mut resolved = String::new();
            add_html_token(&mut resolved, format!("{token};").as_bytes(), false);
            // An unknown one comes back as it is: then its semicolon is the writer's.
            out.push_str(if resolved.ends_with(';') && resolved.len() > 1 {
                token
            } else {
                &resolved
            });
            if resolved.ends_with(';') && resolved.len() > 1 && closed {
                out.push(';');
            }
        } else {
            out.push_str(token);
            rest = &rest[end..];
            continue;
        }
        rest = &rest[end + usize::from(closed)..];
    }
    out.push_str(rest);
    out.into()
}

/// `&#150;` and its neighbours mean windows-1252 (HTML standard §13.2.5.80).
fn windows_number(token: &str) -> Option<char> {
    let digits = token.strip_prefix("&#")?;
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let byte = u8::try_from(number)
        .ok()
        .filter(|b| (0x80..=0x9F).contains(b))?;
    encoding_rs::WINDOWS_1252
        .decode_without_bom_handling(&[byte])
        .0
        .chars()
        .next()
}

#[cfg(test)]
mod tests;
