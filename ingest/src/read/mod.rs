//! The pure reader: the bytes of a mail become an [`IncomingLetter`]. It knows no source, no
//! database and no clock; it never panics, and what it cannot read it says.
//!
//! One file is one family of traps: [`fields`] header blocks, [`charset`], [`guess`], [`doubt`] and
//! [`stateful`] encodings, [`words`] RFC 2047, [`params`] RFC 2231, [`addresses`] and their
//! [`address_tokens`], [`dates`], [`ids`], [`transfer`] and [`uu`] content encodings, [`tnef`]
//! winmail.dat, [`wrapped`] and [`cms`] what was signed whole, [`encrypted`], [`parts`] the tree of
//! parts and [`boundary`] where it is cut, [`bodies`] what is read of it, [`flowed`] paragraphs,
//! [`forms`] which form is the letter, [`mod@html`], [`names`] of files, [`clean`] control characters,
//! [`quote`] whose words are whose, [`automatic`] who is no person, [`authentication`], [`spam`],
//! [`tokens`].

mod address_tokens;
mod addresses;
mod authentication;
mod automatic;
mod bodies;
mod boundary;
mod charset;
mod clean;
mod cms;
mod complaints;
pub(crate) mod dates;
mod doubt;
mod encrypted;
mod fields;
mod flowed;
mod forms;
mod guess;
mod html;
mod ids;
mod names;
mod params;
mod parts;
pub mod quote;
mod spam;
mod stateful;
mod tnef;
mod tokens;
mod transfer;
mod unreadable;
mod uu;
mod words;
mod wrapped;

use std::borrow::Cow;

use crate::letter::{Address, Automatic, IncomingLetter, Returned, Writer};
use crate::visible;

pub use complaints::explain;
pub use encrypted::is_encrypted;
pub use unreadable::Unreadable;

use complaints::Notes;
use fields::Fields;
use parts::Tree;

/// Begins the part of a file that is found in the mail without its wrappings alone.
const ANEW: char = 'w';

/// Reads a mail.
///
/// # Errors
/// Where no reading makes a mail of the bytes, or they exceed the limits of parts, depth, or
/// header; a person must look at them.
pub fn read(raw: &[u8]) -> Result<IncomingLetter, Unreadable> {
    if raw.len() > unreadable::MAX_MAIL {
        return Err(Unreadable::TooLarge {
            limit: unreadable::MAX_MAIL,
        });
    }
    let raw = with_line_ends(raw);
    let mut notes = notes_of(&raw);
    let mut tree = parts::walk(&raw, &mut notes)?;
    let opened = wrapped::opened(&raw, &tree)?;
    if let Some(opened) = &opened {
        notes = notes_of(opened);
        tree = parts::walk(opened, &mut notes)?;
    }
    let mut bodies = bodies::of(&tree, &mut notes)?;
    for file in bodies.attachments.iter_mut().filter(|_| opened.is_some()) {
        file.part.insert(0, ANEW);
    }
    let fields = &tree.fields;
    let from = first_of(fields, "from", &mut notes);
    let reply_to = all_addresses(fields, "reply-to", &mut notes);
    let subject = fields
        .first("subject")
        .map(|raw| words::unstructured(raw, &mut notes));
    // A row that shows nothing cannot be opened.
    let subject = subject
        .filter(|s| !visible::is_blank(s))
        .unwrap_or_default();
    let sender = first_of(fields, "sender", &mut notes);
    let to = all_addresses(fields, "to", &mut notes);
    let cc = all_addresses(fields, "cc", &mut notes);
    let in_reply_to = fields
        .first("in-reply-to")
        .map(ids::list)
        .unwrap_or_default();
    let references = fields
        .first("references")
        .map(ids::list)
        .unwrap_or_default();
    let (automatic, through_list) = automatic_kind(&tree, from.as_ref(), &subject, &bodies.text);
    let returned = (automatic == Some(Automatic::Bounce)).then(|| returned(&tree, &subject));
    let mut letter = IncomingLetter {
        writer: writer(from.as_ref(), &reply_to, sender.as_ref()),
        authentication: authentication::verdict(fields),
        spam_score: spam::score(fields),
        date: fields.first("date").and_then(dates::parse),
        message_id: fields.first("message-id").and_then(ids::one),
        visible_text: quote::visible(&bodies.text),
        text: bodies.text,
        html: bodies.html,
        attachments: bodies.attachments,
        subject,
        from,
        sender,
        to,
        cc,
        reply_to,
        in_reply_to,
        references,
        automatic,
        through_list,
        encrypted: bodies.encrypted,
        returned,
        tokens: Vec::new(),
        kind: None,
        wants_publication: false,
        language: None,
        complaints: notes.complaints,
    };
    letter.tokens = reply_tokens(&letter, fields);
    Ok(letter)
}

/// Notes with the charset to try first.
fn notes_of(raw: &[u8]) -> Notes {
    Notes {
        hint: declared(raw)
            .filter(|table| *table != encoding_rs::UTF_8)
            .or_else(|| from_china(raw)),
        complaints: Vec::new(),
    }
}

/// The decoded bytes of an attachment, by the `part` that its [`crate::letter::Attachment`] names.
#[must_use]
pub fn attachment(raw: &[u8], part: &str) -> Option<Vec<u8>> {
    let raw = with_line_ends(raw);
    let tree = parts::walk(&raw, &mut Notes::default()).ok()?;
    // What was noted before a wrapping could be opened stands where it stood.
    let Some(part) = part.strip_prefix(ANEW) else {
        return bodies::file(&tree, part);
    };
    let opened = wrapped::opened(&raw, &tree).ok()??;
    let tree = parts::walk(&opened, &mut Notes::default()).ok()?;
    bodies::file(&tree, part)
}

/// The HTML of a mail as sent, decoded: unsafe, to be cleaned when shown.
#[must_use]
pub fn html(raw: &[u8]) -> Option<String> {
    read(raw).ok()?.html
}

/// A file name that is safe to offer, made of what a browser or another program called it.
#[must_use]
pub fn safe_name(name: &str, media_type: &str) -> String {
    names::safe(Some(name), media_type, 1)
}

/// The name of a posted file, out of its Content-Disposition.
pub(crate) fn posted_name(disposition: &[u8]) -> Option<String> {
    let mut notes = Notes {
        hint: Some(encoding_rs::GB18030),
        ..Notes::default()
    };
    let params = params::Params::parse(disposition, &mut notes);
    params.words("filename", &mut notes)
}

/// A mail whose lines all end in a bare CR gets line feeds instead; any other stays as it is.
fn with_line_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.contains(&b'\n') || !raw.contains(&b'\r') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(
        raw.iter()
            .map(|b| if *b == b'\r' { b'\n' } else { *b })
            .collect(),
    )
}

/// The first charset that the mail declares anywhere near its start: the best guess for words of
/// it that come without one.
fn declared(raw: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = String::from_utf8_lossy(&raw[..raw.len().min(32_768)]).to_ascii_lowercase();
    head.match_indices("charset=")
        .take(20)
        .find_map(|(at, key)| {
            let label = head[at + key.len()..].trim_start_matches(['"', '\'', ' ']);
            let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c)));
            match charset::of_label(&label[..end.unwrap_or(label.len())]) {
                charset::Charset::Table(table) => Some(table),
                _ => None,
            }
        })
}

/// The charset of a mail that declares none and comes from China, by its clock or its providers.
fn from_china(raw: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    const SIGNS: [&[u8]; 6] = [
        b" +0800",
        b".cn>",
        b"@qq.com",
        b"@163.com",
        b"@126.com",
        b"@foxmail.com",
    ];
    let head = &raw[..raw.len().min(8_192)];
    let shows = |sign: &&[u8]| memchr::memmem::find(head, sign).is_some();
    SIGNS.iter().any(shows).then_some(encoding_rs::GB18030)
}

/// The first field of that name that holds an address or a name.
fn first_of(fields: &Fields<'_>, name: &str, notes: &mut Notes) -> Option<Address> {
    fields
        .all(name)
        .find_map(|raw| addresses::list(raw, notes).into_iter().next())
}

fn all_addresses(fields: &Fields<'_>, name: &str, notes: &mut Notes) -> Vec<Address> {
    fields
        .all(name)
        .take(20)
        .flat_map(|raw| addresses::list(raw, notes))
        .collect()
}

/// Replies go to the first address that mail can be sent to: Reply-To, From, Sender. A mail whose
/// From has neither name nor address is anonymous.
fn writer(from: Option<&Address>, reply_to: &[Address], sender: Option<&Address>) -> Writer {
    let mut all = reply_to.iter().chain(from).chain(sender);
    let reachable = all.clone().find(|a| addresses::is_mailable(&a.address));
    let reachable = reachable.or_else(|| all.find(|a| a.address.contains('@')));
    let named = from
        .into_iter()
        .chain(reply_to)
        .map(|a| &a.name)
        // Mailers without a name to give put the address in its place.
        .find(|n| !n.is_empty() && !n.contains('@'));
    let email = reachable.map(|a| a.address.clone()).unwrap_or_default();
    let name = named.cloned().unwrap_or_default();
    Writer {
        anonymous: name.is_empty() && email.is_empty(),
        name,
        email,
        ..Writer::default()
    }
}

fn automatic_kind(
    tree: &Tree<'_>,
    from: Option<&Address>,
    subject: &str,
    text: &str,
) -> (Option<Automatic>, bool) {
    let kinds: Vec<&str> = tree.leaves.iter().map(|l| l.media_type.as_str()).collect();
    let report_type = tree
        .content_type
        .get("report-type")
        .unwrap_or_default()
        .to_lowercase();
    let seen = automatic::Seen {
        fields: &tree.fields,
        media_type: &tree.content_type.value,
        report_type: &report_type,
        kinds: &kinds,
        from,
        subject,
        text,
    };
    let kind = automatic::of(&seen);
    let through_list = kind == Some(Automatic::Bulk) && automatic::only_through_a_list(&seen);
    (kind, through_list)
}

/// What a bounce tells of the mail that came back, out of its first parts.
fn returned(tree: &Tree<'_>, subject: &str) -> Returned {
    let parts = tree.leaves.iter().take(20).map(|leaf| {
        let bytes = bodies::bytes(leaf, &mut Notes::default());
        (leaf.media_type.as_str(), bytes)
    });
    automatic::returned::of(subject, &parts.collect::<Vec<_>>())
}

/// Tokens by trust: the address that the mail was sent to, the ids that it answers, its words.
fn reply_tokens(letter: &IncomingLetter, fields: &Fields<'_>) -> Vec<String> {
    let mut tokens = Vec::new();
    for address in letter.to.iter().chain(&letter.cc) {
        tokens::collect(&address.address, &mut tokens);
    }
    for name in [
        "delivered-to",
        "x-original-to",
        "envelope-to",
        "x-envelope-to",
    ] {
        for raw in fields.all(name).take(5) {
            tokens::collect(&String::from_utf8_lossy(raw), &mut tokens);
        }
    }
    for id in letter
        .in_reply_to
        .iter()
        .chain(letter.references.iter().rev())
    {
        tokens::collect(id, &mut tokens);
    }
    tokens::collect(&letter.text, &mut tokens);
    if let Some(html) = &letter.html {
        tokens::collect(html, &mut tokens);
    }
    tokens
}

#[cfg(test)]
mod tests;
