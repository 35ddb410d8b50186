//! From leaves to what a person reads: the plain body, the HTML body, and the files.

use sha2::{Digest, Sha256};

use crate::letter::Attachment;

use super::complaints::{BAD_BASE64, ENCRYPTED, Notes};
use super::fields::Fields;
use super::parts::{Leaf, Tree};
use super::unreadable::{MAX_HTML, MAX_TEXT, Unreadable};
use super::{
    charset, clean, encrypted, fields, flowed, forms, html, names, tnef, transfer, uu, words,
};

/// The readable side of a mail.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    pub(super) text: String,
    pub(super) html: Option<String>,
    pub(super) attachments: Vec<Attachment>,
    /// The words, or what should be words, can be read only with a key.
    pub(super) encrypted: bool,
}

/// Decodes every leaf into its place.
pub(super) fn of(tree: &Tree<'_>, notes: &mut Notes) -> Result<Bodies, Unreadable> {
    let mut left = MAX_HTML;
    let mut attachments = Vec::new();
    let mut text = Vec::new();
    let mut html = Vec::new();
    let mut packed = None;
    for (number, leaf) in tree.leaves.iter().enumerate() {
        let in_text = tree.text.contains(&number);
        let in_html = tree.html.contains(&number);
        if !in_text && !in_html {
            let content = bytes(leaf, notes);
            match winmail(leaf, &content, notes) {
                Some(opened) => {
                    let files = opened.files.iter().enumerate();
                    attachments.extend(files.map(|(place, file)| unpacked(file, number, place)));
                    packed.get_or_insert(opened);
                }
                None => attachments.push(attachment(leaf, number, &content, notes)),
            }
            continue;
        }
        let words = self::words(leaf, left, notes)?;
        left -= words.len().min(left);
        let is_html = leaf.media_type == "text/html";
        if is_html {
            let pasted = html::pasted(&words).into_iter().enumerate();
            attachments.extend(pasted.map(|(place, file)| {
                let name = names::safe(None, &file.media_type, number + place + 1);
                let part = format!("{number}.d{place}");
                file_of(name, &file.media_type, &file.bytes, part)
            }));
        }
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
    let mut html = (!html.is_empty()).then(|| html.join("\n"));
    let mut text = joined(&text);
    // Outlook repeats in winmail.dat the body that stands beside it.
    if let Some(packed) = packed.filter(|_| text.is_empty() && html.is_none()) {
        text = clean::body(&packed.text);
        html = packed.html.map(|h| h.replace('\0', ""));
    }
    if let Some(html) = html.as_deref() {
        text = forms::words(text, || html::to_text(html));
    }
    let files = attachments
        .iter()
        .map(|a: &Attachment| (a.name.as_str(), a.media_type.as_str()));
    let locked = encrypted::is_encrypted(&text, files);
    if locked {
        notes.complain(ENCRYPTED, "");
    }
    if text.len() > MAX_TEXT {
        return Err(Unreadable::TextTooLong { limit: MAX_TEXT });
    }
    Ok(Bodies {
        text,
        html,
        attachments,
        encrypted: locked,
    })
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
            let (kind, place) = inside.split_at_checked(1)?;
            let place = place.parse::<usize>().ok()?;
            if kind == "t" {
                let opened = winmail(leaf, &bytes(leaf, &mut notes), &mut notes)?;
                return opened.files.into_iter().nth(place).map(|f| f.bytes);
            }
            if kind == "d" {
                let words = words(leaf, MAX_HTML, &mut notes).ok()?;
                return html::pasted(&words).into_iter().nth(place).map(|f| f.bytes);
            }
            let (_, files) = uu::extract(&words(leaf, MAX_HTML, &mut notes).ok()?)?;
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
    decoded(leaf, false, notes)
}

/// A leaf after its transfer encoding; of words also what stands behind their base64.
fn decoded(leaf: &Leaf<'_>, words: bool, notes: &mut Notes) -> Vec<u8> {
    let encoding = leaf
        .fields
        .ascii("content-transfer-encoding")
        .unwrap_or_default();
    let encoding = encoding.split([';', ' ', '(']).next().unwrap_or_default();
    match encoding.trim_matches('"') {
        "base64" | "b" => {
            let base64 = transfer::base64(leaf.body);
            if base64.damaged {
                notes.complain(BAD_BASE64, "");
            }
            match base64.tail {
                Some(0) => leaf.body.to_vec(),
                _ if base64.doubtful && is_noise(leaf, &base64.bytes) => {
                    notes.complain(BAD_BASE64, "");
                    leaf.body.to_vec()
                }
                // Words behind the base64 of a text are words; behind a file they are none of it.
                Some(tail) if words => {
                    let mut bytes = base64.bytes;
                    bytes.push(b'\n');
                    bytes.extend_from_slice(&leaf.body[tail..]);
                    bytes
                }
                _ => base64.bytes,
            }
        }
        "quoted-printable" | "q" | "quoted_printable" => transfer::quoted_printable(leaf.body),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => {
            uu::part(leaf.body).map_or_else(|| leaf.body.to_vec(), |f| f.bytes)
        }
        _ => leaf.body.to_vec(),
    }
}

/// A body after the transfer encoding that its fields name.
pub(super) fn transferred(fields: &Fields<'_>, body: &[u8]) -> Vec<u8> {
    let encoding = fields
        .ascii("content-transfer-encoding")
        .unwrap_or_default();
    match encoding.split([';', ' ', '(']).next().unwrap_or_default() {
        "base64" | "b" => transfer::base64(body).bytes,
        "quoted-printable" | "q" => transfer::quoted_printable(body),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => {
            uu::part(body).map_or_else(|| body.to_vec(), |f| f.bytes)
        }
        _ => body.to_vec(),
    }
}

/// Whether a text decoded to what nobody writes: the words of a mailer that calls them base64 and
/// does not encode them.
fn is_noise(leaf: &Leaf<'_>, decoded: &[u8]) -> bool {
    let label = leaf.content_type.get("charset").unwrap_or_default();
    let text = || charset::decode(label, decoded, &mut Notes::default());
    let strange = |c: char| c == '\u{FFFD}' || (c.is_control() && !matches!(c, '\t' | '\n' | '\r'));
    leaf.media_type.starts_with("text/") && text().chars().any(strange)
}

/// A text leaf in words, not yet cleaned. `left` is what the leaves before it left of the limit.
fn words(leaf: &Leaf<'_>, left: usize, notes: &mut Notes) -> Result<String, Unreadable> {
    let bytes = decoded(leaf, true, notes);
    let html = leaf.media_type == "text/html";
    // Files in uuencode count as words until they are taken out.
    if bytes.len() > left {
        return Err(Unreadable::TextTooLong {
            limit: if html { MAX_HTML } else { MAX_TEXT },
        });
    }
    let label = leaf.content_type.get("charset").unwrap_or_default();
    let declared = charset::of_label(label);
    if html && declared == charset::Charset::Unknown && !bytes.is_ascii() {
        let meta = html::declared_charset(&bytes).unwrap_or_default();
        return Ok(charset::decode(&meta, &bytes, notes));
    }
    let text = charset::decode(label, &bytes, notes);
    let says = |name, value: &str| {
        let said = leaf.content_type.get(name);
        said.is_some_and(|said| said.eq_ignore_ascii_case(value))
    };
    if !html && says("format", "flowed") {
        return Ok(flowed::joined(&text, says("delsp", "yes")));
    }
    Ok(text)
}

fn declared_name(leaf: &Leaf<'_>, notes: &mut Notes) -> Option<String> {
    leaf.disposition
        .words("filename", notes)
        .or_else(|| leaf.content_type.words("name", notes))
        .or_else(|| leaf.disposition.words("name", notes))
        .or_else(|| leaf.content_type.words("filename", notes))
}

/// The content of a winmail.dat, which is told by its type or its name.
fn winmail(leaf: &Leaf<'_>, content: &[u8], notes: &mut Notes) -> Option<tnef::Opened> {
    let declared = matches!(
        leaf.media_type.as_str(),
        "application/ms-tnef" | "application/vnd.ms-tnef"
    );
    let named = || declared_name(leaf, &mut Notes::default());
    if declared || named().is_some_and(|n| n.eq_ignore_ascii_case("winmail.dat")) {
        return tnef::open(content, notes);
    }
    None
}

fn unpacked(file: &tnef::File, number: usize, place: usize) -> Attachment {
    let media_type = match file.media_type.as_str() {
        "" => "application/octet-stream",
        told => told,
    };
    let name = names::safe(Some(&file.name), media_type, number + place + 1);
    file_of(name, media_type, &file.bytes, format!("{number}.t{place}"))
}

fn attachment(leaf: &Leaf<'_>, number: usize, content: &[u8], notes: &mut Notes) -> Attachment {
    let mut name = declared_name(leaf, notes);
    if name.is_none() && leaf.media_type == "message/rfc822" {
        name = subject_of(content, notes).map(|subject| format!("{subject}.eml"));
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
    file_of(name, &leaf.media_type, content, number.to_string())
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
