//! The tree of parts, walked into its leaves, and which of them are the body (RFC 8621 §4.1.4 with
//! what broken multiparts need).

use super::boundary;
use super::cms;
use super::complaints::{BROKEN_MULTIPART, Notes};
use super::fields::{self, Fields};
use super::params::Params;
use super::unreadable::{MAX_DEPTH, MAX_PARTS, Unreadable};

/// A part that is not a multipart.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    pub(super) fields: Fields<'a>,
    /// Lower case, `text/plain` where nothing usable is declared.
    pub(super) media_type: String,
    pub(super) content_type: Params,
    pub(super) disposition: Params,
    /// Still in its transfer encoding.
    pub(super) body: &'a [u8],
}

/// A part that holds a whole entity in another form ([`super::wrapped`]).
#[derive(Debug)]
pub(super) struct Wrapped<'a> {
    pub(super) fields: Fields<'a>,
    /// Header and body.
    pub(super) whole: &'a [u8],
    pub(super) body: &'a [u8],
    /// A multipart in a transfer encoding; else what may be signed opaquely.
    pub(super) multipart: bool,
}

/// A mail taken apart.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) fields: Fields<'a>,
    pub(super) content_type: Params,
    /// All leaves in their order: an attachment's `part` is its place here.
    pub(super) leaves: Vec<Leaf<'a>>,
    /// The plain body, by place; may hold HTML leaves where a piece has no plain form.
    pub(super) text: Vec<usize>,
    /// The HTML body, by place.
    pub(super) html: Vec<usize>,
    /// Everything else.
    pub(super) files: Vec<usize>,
    /// Parts to be opened before the tree is whole.
    pub(super) wrapped: Vec<Wrapped<'a>>,
    /// The file that would be the body if there were no other: a text with a name of its own.
    named: Option<usize>,
}

/// Takes a mail apart.
pub(super) fn walk<'a>(raw: &'a [u8], notes: &mut Notes) -> Result<Tree<'a>, Unreadable> {
    let (fields, body) = fields::of_mail(raw)?;
    let content_type = content_type(&fields, body, notes);
    let mut tree = Tree {
        fields: fields.clone(),
        content_type: content_type.clone(),
        leaves: Vec::new(),
        text: Vec::new(),
        html: Vec::new(),
        files: Vec::new(),
        wrapped: Vec::new(),
        named: None,
    };
    let part = Part {
        fields,
        content_type,
        whole: raw,
        body,
        inherited: "text/plain",
    };
    let place = Place {
        parent: "",
        index: 0,
        in_alternative: false,
        text: true,
        html: true,
    };
    tree.add(part, place, 0, notes)?;
    if tree.text.is_empty() && tree.html.is_empty() {
        tree.find_body(notes);
    }
    Ok(tree)
}

struct Part<'a> {
    fields: Fields<'a>,
    content_type: Params,
    whole: &'a [u8],
    body: &'a [u8],
    /// The type where none is declared: `message/rfc822` in a digest.
    inherited: &'static str,
}

/// Where a part stands, and for which bodies it is still wanted.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// Subtype of the multipart around it, empty for the mail itself.
    parent: &'p str,
    index: usize,
    in_alternative: bool,
    text: bool,
    html: bool,
}

impl<'a> Tree<'a> {
    /// Adds a part; tells which bodies still want the parts beside it.
    fn add(
        &mut self,
        part: Part<'a>,
        place: Place<'_>,
        depth: usize,
        notes: &mut Notes,
    ) -> Result<(bool, bool), Unreadable> {
        if depth > MAX_DEPTH {
            return Err(Unreadable::TooDeep { limit: MAX_DEPTH });
        }
        let kind = part
            .content_type
            .value
            .strip_prefix("multipart/")
            .map(str::to_owned);
        if let Some(subtype) = kind {
            let boundary = part.content_type.get("boundary").map(str::to_owned);
            let cut = boundary::cut(part.body, boundary.as_deref().map(str::trim_end), notes);
            if !cut.is_empty() {
                self.multipart(&cut, &subtype, place, depth, notes)?;
                return Ok((place.text, place.html));
            }
            if is_encoded(&part.fields) {
                self.wrap(&part, true);
            }
            if !part.body.trim_ascii().is_empty() {
                notes.complain(BROKEN_MULTIPART, "");
            }
        }
        self.leaf(part, place, notes)
    }

    fn multipart(
        &mut self,
        cut: &[&'a [u8]],
        subtype: &str,
        place: Place<'_>,
        depth: usize,
        notes: &mut Notes,
    ) -> Result<(), Unreadable> {
        let before = (self.text.len(), self.html.len());
        let in_alternative = place.in_alternative || subtype == "alternative";
        let inherited = if subtype == "digest" {
            "message/rfc822"
        } else {
            "text/plain"
        };
        let (mut text, mut html) = (place.text, place.html);
        for (index, raw) in cut.iter().enumerate() {
            let (fields, body) = fields::of_part(raw)?;
            let content_type = content_type(&fields, body, notes);
            let part = Part {
                fields,
                content_type,
                whole: raw,
                body,
                inherited,
            };
            let place = Place {
                parent: subtype,
                index,
                in_alternative,
                text,
                html,
            };
            (text, html) = self.add(part, place, depth + 1, notes)?;
        }
        if subtype == "alternative" && place.text && place.html {
            // Only one form was offered: it serves both bodies.
            if self.text.len() == before.0 {
                self.text.extend_from_within_of(&self.html, before.1);
            } else if self.html.len() == before.1 {
                self.html.extend_from_within_of(&self.text, before.0);
            }
        }
        Ok(())
    }

    fn wrap(&mut self, part: &Part<'a>, multipart: bool) {
        self.wrapped.push(Wrapped {
            fields: part.fields.clone(),
            whole: part.whole,
            body: part.body,
            multipart,
        });
    }

    /// Without any body, the first text that has no file name is it, whatever it calls itself; or
    /// the one whose name alone made it a file.
    fn find_body(&mut self, notes: &mut Notes) {
        let found = self.files.iter().position(|number| {
            let leaf = &self.leaves[*number];
            matches!(leaf.media_type.as_str(), "text/plain" | "text/html")
                && leaf.disposition.words("filename", notes).is_none()
                && leaf.content_type.words("name", notes).is_none()
        });
        let named = || {
            self.files
                .iter()
                .position(|number| Some(*number) == self.named)
        };
        if let Some(place) = found.or_else(named) {
            let number = self.files.remove(place);
            self.text.push(number);
            self.html.push(number);
        }
    }

    fn leaf(
        &mut self,
        part: Part<'a>,
        place: Place<'_>,
        notes: &mut Notes,
    ) -> Result<(bool, bool), Unreadable> {
        if self.leaves.len() >= MAX_PARTS {
            return Err(Unreadable::TooManyParts { limit: MAX_PARTS });
        }
        let number = self.leaves.len();
        let media_type = media_type(&part);
        let disposition = part.fields.first("content-disposition");
        let disposition = disposition
            .map(|d| Params::parse(d, notes))
            .unwrap_or_default();
        let named = part.content_type.words("name", notes).is_some()
            || disposition.words("filename", notes).is_some();
        if cms::is_declared(&media_type, &part.content_type, &disposition) {
            self.wrap(&part, false);
        }
        // Who says "inline" and gives a name means a file that is to be shown, not their words.
        let a_file = named
            && !disposition.value.is_empty()
            && !matches!(place.parent, "" | "alternative" | "related");
        if a_file && disposition.value != "attachment" && media_type.starts_with("text/") {
            self.named.get_or_insert(number);
        }
        let shown = disposition.value != "attachment"
            && !a_file
            && (place.index == 0 || (place.parent != "related" && !named))
            && (!named || place.parent != "mixed" || self.text.is_empty());
        let (mut text, mut html) = (place.text, place.html);
        match media_type.as_str() {
            "text/plain" if shown && place.parent == "alternative" => self.text.push(number),
            "text/html" if shown && place.parent == "alternative" => self.html.push(number),
            "text/plain" | "text/html" if shown => {
                if place.in_alternative {
                    // One branch of an alternative holds only its own form.
                    html &= media_type == "text/html";
                    text &= media_type == "text/plain";
                }
                if text {
                    self.text.push(number);
                }
                if html {
                    self.html.push(number);
                }
            }
            // A body in a form that nobody else offers: shown as the words it is.
            "text/enriched" | "text/richtext" | "text/markdown" | "text/x-markdown"
                if shown && place.parent.is_empty() =>
            {
                self.text.push(number);
            }
            _ => self.files.push(number),
        }
        self.leaves.push(Leaf {
            fields: part.fields,
            media_type,
            content_type: part.content_type,
            disposition,
            body: part.body,
        });
        Ok((text, html))
    }
}

trait ExtendFrom {
    fn extend_from_within_of(&mut self, other: &[usize], start: usize);
}

impl ExtendFrom for Vec<usize> {
    fn extend_from_within_of(&mut self, other: &[usize], start: usize) {
        self.extend_from_slice(&other[start..]);
    }
}

/// The topmost Content-Type, unless what stands in the body shows that another is meant: a second
/// one whose boundary is there, or a boundary that no multipart has.
fn content_type(fields: &Fields<'_>, body: &[u8], notes: &mut Notes) -> Params {
    let mut all = fields
        .all("content-type")
        .take(5)
        .map(|raw| Params::parse(raw, notes));
    let first = all.next().unwrap_or_default();
    let whole = |params: &Params| {
        let boundary = params.get("boundary").map(str::trim_end);
        boundary.is_some_and(|b| !b.is_empty() && boundary::stands_in(body, b.as_bytes()))
    };
    if first.value.starts_with("multipart/") {
        return match all.find(whole) {
            Some(other) if !whole(&first) => other.as_multipart(),
            _ => first,
        };
    }
    if whole(&first) {
        return first.as_multipart();
    }
    all.find(whole).map_or(first, Params::as_multipart)
}

/// The body of a multipart may only be in an encoding that changes nothing (RFC 2045 §6.4).
fn is_encoded(fields: &Fields<'_>) -> bool {
    let encoding = fields
        .ascii("content-transfer-encoding")
        .unwrap_or_default();
    ["base64", "quoted-printable", "x-uuencode", "uuencode"]
        .iter()
        .any(|kind| encoding.starts_with(kind))
}

fn media_type(part: &Part<'_>) -> String {
    let declared = part.content_type.value.as_str();
    match declared.split_once('/') {
        // No boundary of this multipart was found: what there is, is read as words.
        Some(("multipart", _)) => "text/plain".into(),
        Some((kind, subtype)) if !kind.is_empty() && !subtype.is_empty() => declared
            .chars()
            .filter(|c| !c.is_control())
            .take(120)
            .collect(),
        _ if declared == "html" => "text/html".into(),
        _ if declared.is_empty() && looks_like_html(part.body) => "text/html".into(),
        _ if declared.is_empty() => part.inherited.into(),
        _ => "text/plain".into(),
    }
}

fn looks_like_html(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    let starts = |tag: &[u8]| {
        start
            .get(..tag.len())
            .is_some_and(|s| s.eq_ignore_ascii_case(tag))
    };
    starts(b"<html") || starts(b"<!doctype html")
}

#[cfg(test)]
mod tests;
