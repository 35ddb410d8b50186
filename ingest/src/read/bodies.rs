//! From leaves to what a person reads: the plain body, the HTML body, and the files.

use sha2::{Digest, Sha256};

use crate::letter::Attachment;

use super::complaints::{BAD_BASE64, Notes};
use super::parts::{Leaf, Tree};
use super::{charset, clean, fields, html, names, transfer, uu, words};

/// The readable side of a mail.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    pub(super) text: String,
    pub(super) html: Option<String>,
    pub(super) attachments: Vec<Attachment>,
}

/// Decodes every leaf into its place.
pub(super) fn of(tree: &Tree<'_>, notes: &mut Notes) -> Bodies {
    let mut attachments = Vec::new();
    let mut text = Vec::new();
    let mut html = Vec::new();
    for (number, leaf) in tree.leaves.iter().enumerate() {
        let in_text = tree.text.contains(&number);
        let in_html = tree.html.contains(&number);
        if !in_text && !in_html {
            attachments.push(attachment(leaf, number, notes));
            continue;
        }
        let words = self::words(leaf, notes);
        let is_html = leaf.media_type == "text/html";
        if in_text && is_html {
            text.push(html::to_text(&words));
        } else if in_text {
            let (plain, files) = uu::extract(&words).unwrap_or((words.clone(), Vec::new()));
            text.push(clean::body(&plain));
            for (place, file) in files.into_iter().enumerate() {
                let part = format!("{number}.u{place}");
                let name = names::safe(Some(&file.name), "", number + 1);
                attachments.push(file_of(name, "application/octet-stream", &file.bytes, part));
            }
        }
        if in_html && is_html {
            // A NUL is nowhere valid in HTML, and databases refuse it.
            html.push(words.replace('\0', ""));
        }
    }
    let html = (!html.is_empty()).then(|| html.join("\n"));
    let mut text = joined(&text);
    if let Some(html) = html.as_deref().filter(|_| text.is_empty()) {
        text = html::to_text(html);
    }
    Bodies {
        text,
        html,
        attachments,
    }
}

/// The bytes of an attachment, by the part that its [`Attachment`] names.
pub(super) fn file(tree: &Tree<'_>, part: &str) -> Option<Vec<u8>> {
    let (number, inside) = part
        .split_once('.')
        .map_or((part, None), |(n, i)| (n, Some(i)));
    let leaf = tree.leaves.get(number.parse::<usize>().ok()?)?;
    let mut notes = Notes::default();
    match inside {
        None => Some(bytes(leaf, &mut notes)),
        Some(inside) => {
            let place = inside.strip_prefix('u')?.parse::<usize>().ok()?;
            let (_, files) = uu::extract(&words(leaf, &mut notes))?;
            files.into_iter().nth(place).map(|f| f.bytes)
        }
    }
}

fn joined(texts: &[String]) -> String {
    let texts: Vec<&str> = texts
        .iter()
        .map(String::as_str)
        .filter(|t| !t.is_empty())
        .collect();
    texts.join("\n\n")
}

/// A leaf after its transfer encoding.
pub(super) fn bytes(leaf: &Leaf<'_>, notes: &mut Notes) -> Vec<u8> {
    let encoding = leaf
        .fields
        .ascii("content-transfer-encoding")
        .unwrap_or_default();
    let encoding = encoding.split([';', ' ', '(']).next().unwrap_or_default();
    match encoding.trim_matches('"') {
        "base64" | "b" => {
            let decoded = transfer::base64(leaf.body);
            if decoded.damaged {
                notes.complain(BAD_BASE64, "");
            }
            match decoded.tail {
                Some(0) => leaf.body.to_vec(),
                // Words behind the base64 of a text are words; behind a file they are none of it.
                Some(tail) if leaf.media_type.starts_with("text/") => {
                    let mut bytes = decoded.bytes;
                    bytes.push(b'\n');
                    bytes.extend_from_slice(&leaf.body[tail..]);
                    bytes
                }
                _ => decoded.bytes,
            }
        }
        "quoted-printable" | "q" | "quoted_printable" => transfer::quoted_printable(leaf.body),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => {
            uu::part(leaf.body).map_or_else(|| leaf.body.to_vec(), |f| f.bytes)
        }
        _ => leaf.body.to_vec(),
    }
}

/// A text leaf in words, not yet cleaned.
fn words(leaf: &Leaf<'_>, notes: &mut Notes) -> String {
    let bytes = bytes(leaf, notes);
    let label = leaf.content_type.get("charset").unwrap_or_default();
    let declared = charset::of_label(label);
    if leaf.media_type == "text/html" && declared == charset::Charset::Unknown && !bytes.is_ascii()
    {
        let meta = html::declared_charset(&bytes);
        return charset::decode(meta.as_deref().unwrap_or_default(), &bytes, notes);
    }
    charset::decode(label, &bytes, notes)
}

fn attachment(leaf: &Leaf<'_>, number: usize, notes: &mut Notes) -> Attachment {
    let content = bytes(leaf, notes);
    let mut name = leaf
        .disposition
        .words("filename", notes)
        .or_else(|| leaf.content_type.words("name", notes))
        .or_else(|| leaf.disposition.words("name", notes))
        .or_else(|| leaf.content_type.words("filename", notes));
    if name.is_none() && leaf.media_type == "message/rfc822" {
        name = subject_of(&content, notes).map(|subject| format!("{subject}.eml"));
    }
    if name.is_none() {
        name = leaf
            .fields
            .first("content-description")
            .map(|d| words::unstructured(d, notes));
        name = name.filter(|n| {
            n.rsplit_once('.')
                .is_some_and(|(_, e)| (2..=4).contains(&e.len()))
        });
    }
    let name = names::safe(name.as_deref(), &leaf.media_type, number + 1);
    file_of(name, &leaf.media_type, &content, number.to_string())
}

/// The subject of an attached mail, as a name: its slashes are no path.
fn subject_of(mail: &[u8], notes: &mut Notes) -> Option<String> {
    let (fields, _) = fields::of_mail(mail).ok()?;
    let subject = words::unstructured(fields.first("subject")?, notes).replace(['/', '\\'], "_");
    (!subject.is_empty()).then_some(subject)
}

fn file_of(name: String, media_type: &str, bytes: &[u8], part: String) -> Attachment {
    let digest = Sha256::digest(bytes);
    let sha256 = digest.iter().map(|b| format!("{b:02x}")).collect();
    Attachment {
        name,
        media_type: media_type.to_owned(),
        size: bytes.len() as u64,
        sha256,
        part,
    }
}
