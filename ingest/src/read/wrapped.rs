//! Parts that hold a whole entity in another form: multiparts in a transfer encoding (which RFC
//! 2045 §6.4 forbids and mailers send), and what S/MIME signs opaquely. The mail is written anew
//! with what they hold in their place, so that everything behind reads one plain tree.

use std::ops::Range;

use super::cms;
use super::complaints::Notes;
use super::fields::{self, Fields};
use super::parts::{self, Tree, Wrapped};
use super::unreadable::Unreadable;
use super::{bodies, transfer};

/// Wrappings inside each other that are taken off: signed, encrypted and signed again is the most
/// that S/MIME asks for (RFC 2634 §1.1).
const DEEPEST: usize = 4;

/// The mail without its wrappings; `None` where it has none. `tree` is what it looks like with them.
pub(super) fn opened(raw: &[u8], tree: &Tree<'_>) -> Result<Option<Vec<u8>>, Unreadable> {
    let mut mail = anew(raw, tree);
    for _ in 1..DEEPEST {
        let Some(outer) = &mail else {
            break;
        };
        let inner = {
            let tree = parts::walk(outer, &mut Notes::default())?;
            anew(outer, &tree)
        };
        if inner.is_none() {
            break;
        }
        mail = inner;
    }
    Ok(mail)
}

/// The mail with what its wrapped parts hold in their place.
fn anew(raw: &[u8], tree: &Tree<'_>) -> Option<Vec<u8>> {
    let mut mail = Vec::new();
    let mut at = 0;
    for wrapped in &tree.wrapped {
        if let Some(plain) = unwrapped(wrapped) {
            let range = place(raw, wrapped.whole);
            mail.extend_from_slice(&raw[at..range.start]);
            mail.extend_from_slice(&plain);
            at = range.end;
        }
    }
    // No wrapping holds nothing at all: its header stays.
    if mail.is_empty() {
        return None;
    }
    mail.extend_from_slice(&raw[at..]);
    Some(mail)
}

/// Where a slice of the mail stands in it.
fn place(raw: &[u8], slice: &[u8]) -> Range<usize> {
    let start = slice.as_ptr() as usize - raw.as_ptr() as usize;
    start..start + slice.len()
}

/// The part with what it holds in its place: its own header below the one that holds now.
fn unwrapped(wrapped: &Wrapped<'_>) -> Option<Vec<u8>> {
    let head = &wrapped.whole[..wrapped.whole.len() - wrapped.body.len()];
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let decoded = bodies::transferred(&wrapped.fields, wrapped.body);
    if wrapped.multipart {
        // What decodes to no parts stays for the reader of broken multiparts.
        let parts = decoded.starts_with(b"--") || memchr::memmem::find(&decoded, b"\n--").is_some();
        return parts.then(|| [b"Content-Transfer-Encoding: binary\r\n", head, &decoded].concat());
    }
    let signed = cms::signed_content(&der(decoded))?;
    let (inner, body) = entity(&signed);
    let mut mail = Vec::with_capacity(head.len() + signed.len());
    for name in [
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
    ] {
        let usual: &[u8] = match name {
            "Content-Type" => b" text/plain",
            "Content-Disposition" => b" inline",
            _ => b" binary",
        };
        let value = inner.first(name).unwrap_or(usual);
        mail.extend_from_slice(&[name.as_bytes(), b":", value, b"\r\n"].concat());
    }
    mail.extend_from_slice(head);
    mail.extend_from_slice(body);
    Some(mail)
}

/// The entity that was signed. Some clients sign the whole mail to protect its header (RFC 8551
/// §3.1): then what it holds is meant.
fn entity(signed: &[u8]) -> (Fields<'_>, &[u8]) {
    let part = |raw| fields::of_part(raw).unwrap_or_else(|_| (Fields::default(), raw));
    let (inner, body) = part(signed);
    let mail = inner.ascii("content-type");
    if mail.is_some_and(|kind| kind.starts_with("message/rfc822")) {
        return part(body);
    }
    (inner, body)
}

/// Some gateways put PEM, or base64 twice, where DER belongs.
fn der(decoded: Vec<u8>) -> Vec<u8> {
    let text = decoded.trim_ascii();
    if text.first() == Some(&0x30) && !text.is_ascii() {
        return decoded;
    }
    let lines = text
        .split(|b| *b == b'\n')
        .filter(|l| !l.starts_with(b"-----"));
    transfer::base64(&lines.collect::<Vec<_>>().join(&b'\n')).bytes
}
