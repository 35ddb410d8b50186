//! winmail.dat: the body and the files that Outlook packs into one part ([MS-OXTNEF]).
//!
//! Every length in it is the sender's, so nothing is read but through [`Bytes`], which cannot leave
//! the part; what is cut off or damaged ends the reading, and what came before it is kept.

mod bytes;
mod lzfu;
mod properties;
mod rtf;

use super::charset;
use super::complaints::Notes;
use super::html;
use bytes::Bytes;
use properties::{Properties, code_page};

/// §2.1.3.1: every stream begins so.
const SIGNATURE: u32 = 0x223E_9F78;
/// Messages inside messages that are opened.
const DEEPEST: usize = 4;
/// Most files of one stream.
const MOST: usize = 500;
/// What a body that Outlook compressed may grow to, in bytes.
const LARGEST_BODY: usize = 16 << 20;

/// Attributes (§2.1.3.2), by the half of their tag that is not their type.
mod attribute {
    pub(super) const BODY: u16 = 0x800C;
    pub(super) const FILE_DATA: u16 = 0x800F;
    pub(super) const FILE_TITLE: u16 = 0x8010;
    pub(super) const FILE_START: u16 = 0x9002;
    pub(super) const MESSAGE_PROPERTIES: u16 = 0x9003;
    pub(super) const FILE_PROPERTIES: u16 = 0x9005;
    pub(super) const CODE_PAGE: u16 = 0x9007;
}

/// Properties ([MS-OXPROPS]), by their id.
mod property {
    pub(super) const BODY: u16 = 0x1000;
    pub(super) const BODY_RTF: u16 = 0x1009;
    pub(super) const BODY_HTML: u16 = 0x1013;
    pub(super) const DISPLAY_NAME: u16 = 0x3001;
    pub(super) const FILE_DATA: u16 = 0x3701;
    pub(super) const FILE_NAME: u16 = 0x3704;
    pub(super) const FILE_LONG_NAME: u16 = 0x3707;
    pub(super) const FILE_MEDIA_TYPE: u16 = 0x370E;
    pub(super) const INTERNET_CODE_PAGE: u16 = 0x3FDE;
}

/// The interface that marks a message in a message ([MS-OXTNEF] §2.1.3.4.2), as it lies in the
/// bytes before the inner stream.
const EMBEDDED_MESSAGE: [u8; 16] = [
    0x07, 0x03, 0x02, 0x00, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46,
];

/// A file that lay inside.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct File {
    pub(super) name: String,
    /// Empty where none is told.
    pub(super) media_type: String,
    pub(super) bytes: Vec<u8>,
}

/// What a winmail.dat holds.
#[derive(Debug, Default)]
pub(super) struct Opened {
    /// Empty where there is none.
    pub(super) text: String,
    pub(super) html: Option<String>,
    pub(super) files: Vec<File>,
}

/// Opens a stream; `None` where it is none, or nothing of it can be read.
pub(super) fn open(raw: &[u8], notes: &mut Notes) -> Option<Opened> {
    open_at(raw, 0, notes).filter(|o| !o.text.is_empty() || o.html.is_some() || !o.files.is_empty())
}

fn open_at(raw: &[u8], depth: usize, notes: &mut Notes) -> Option<Opened> {
    let mut bytes = Bytes(raw);
    if bytes.u32()? != SIGNATURE {
        return None;
    }
    let _key = bytes.u16()?;
    let mut message = Message::default();
    let mut files: Vec<Packed> = Vec::new();
    while let Some((id, data)) = next_attribute(&mut bytes) {
        match id {
            attribute::CODE_PAGE => message.charset = Bytes(data).u32().map_or("", code_page),
            attribute::BODY => message.text = string(data, message.charset, notes),
            attribute::MESSAGE_PROPERTIES => message.take(&Properties::of(data), notes),
            attribute::FILE_START if files.len() >= MOST => break,
            attribute::FILE_START => files.push(Packed::default()),
            _ => {
                if let Some(file) = files.last_mut() {
                    file.take(id, data, message.charset, notes);
                }
            }
        }
    }
    let mut opened = message.opened(notes);
    for file in files {
        file.unpack(depth, &mut opened.files, notes);
    }
    Some(opened)
}

/// The next attribute. One that is cut off holds what came of it; its checksum is not looked at,
/// since a damaged file is more use than none.
fn next_attribute<'a>(bytes: &mut Bytes<'a>) -> Option<(u16, &'a [u8])> {
    let _level = bytes.take(1)?;
    let id = bytes.u16()?;
    let _kind = bytes.u16()?;
    let length = bytes.u32()? as usize;
    let data = bytes.take(length.min(bytes.0.len()))?;
    let _checksum = bytes.u16();
    Some((id, data))
}

/// A string of the message's code page, without the NUL that ends it.
fn string(data: &[u8], charset: &str, notes: &mut Notes) -> String {
    let end = data.iter().position(|b| *b == 0).unwrap_or(data.len());
    charset::decode(charset, &data[..end], notes)
}

#[derive(Default)]
struct Message {
    /// Label of the code page; empty where it is unknown.
    charset: &'static str,
    text: String,
    html: Vec<u8>,
    html_charset: &'static str,
    rtf: Vec<u8>,
}

impl Message {
    fn take(&mut self, properties: &Properties<'_>, notes: &mut Notes) {
        if let Some(page) = properties.number(property::INTERNET_CODE_PAGE) {
            self.html_charset = code_page(page);
        }
        if let Some(text) = properties.string(property::BODY, self.charset, notes) {
            self.text = text;
        }
        if let Some(html) = properties.bytes(property::BODY_HTML) {
            self.html = html.to_vec();
        }
        if let Some(rtf) = properties.bytes(property::BODY_RTF) {
            self.rtf = lzfu::decompress(rtf, LARGEST_BODY).unwrap_or_default();
        }
    }

    fn opened(self, notes: &mut Notes) -> Opened {
        let mut opened = Opened {
            text: self.text,
            ..Opened::default()
        };
        if !self.html.is_empty() {
            let label = match html::declared_charset(&self.html) {
                Some(meta) if self.html_charset.is_empty() => meta,
                _ => self.html_charset.to_owned(),
            };
            opened.html = Some(charset::decode(&label, &self.html, notes));
        } else if !self.rtf.is_empty() {
            match rtf::read(&self.rtf, self.charset, notes) {
                rtf::Rtf::Html(html) => opened.html = Some(html),
                rtf::Rtf::Text(text) if opened.text.trim().is_empty() => opened.text = text,
                rtf::Rtf::Text(_) => {}
            }
        }
        opened
    }
}

/// A file while its attributes come in.
#[derive(Default)]
struct Packed {
    title: String,
    name: Option<String>,
    media_type: String,
    bytes: Vec<u8>,
    message: Option<Vec<u8>>,
}

impl Packed {
    fn take(&mut self, id: u16, data: &[u8], charset: &str, notes: &mut Notes) {
        match id {
            attribute::FILE_DATA => self.bytes = data.to_vec(),
            attribute::FILE_TITLE => self.title = string(data, charset, notes),
            attribute::FILE_PROPERTIES => {
                let properties = Properties::of(data);
                // The title is cut to 8.3 characters where a long name stands beside it.
                self.name = [
                    property::FILE_LONG_NAME,
                    property::FILE_NAME,
                    property::DISPLAY_NAME,
                ]
                .into_iter()
                .find_map(|id| properties.string(id, charset, notes))
                .filter(|name| !name.trim().is_empty());
                self.media_type = properties
                    .string(property::FILE_MEDIA_TYPE, charset, notes)
                    .unwrap_or_default();
                if let Some(data) = properties.bytes(property::FILE_DATA) {
                    match data.strip_prefix(&EMBEDDED_MESSAGE) {
                        Some(inner) => self.message = Some(inner.to_vec()),
                        None if self.bytes.is_empty() => self.bytes = data.to_vec(),
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn unpack(self, depth: usize, files: &mut Vec<File>, notes: &mut Notes) {
        let name = self.name.unwrap_or(self.title);
        let inner = self.message.as_deref().filter(|_| depth < DEEPEST);
        if let Some(inner) = inner.and_then(|m| open_at(m, depth + 1, notes)) {
            let text = match (inner.text.is_empty(), &inner.html) {
                (true, Some(html)) => html::to_text(html),
                _ => inner.text,
            };
            if !text.is_empty() {
                files.push(File {
                    name: format!("{}.txt", name.replace(['/', '\\'], "_")),
                    media_type: "text/plain".into(),
                    bytes: text.into_bytes(),
                });
            }
            files.extend(inner.files);
        } else if files.len() < MOST {
            files.push(File {
                name,
                media_type: self.media_type.trim().to_ascii_lowercase(),
                bytes: self.message.unwrap_or(self.bytes),
            });
        }
    }
}

#[cfg(test)]
mod tests;
