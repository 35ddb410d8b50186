//! A list of MAPI properties ([MS-OXTNEF] §2.1.3.4): the first value of each.

use encoding_rs::UTF_16LE;

use super::super::charset;
use super::super::complaints::Notes;
use super::bytes::Bytes;

/// Property types ([MS-OXCDATA] §2.11.1).
mod kind {
    pub(super) const INTEGER_16: u16 = 0x0002;
    pub(super) const INTEGER_32: u16 = 0x0003;
    pub(super) const FLOAT_32: u16 = 0x0004;
    pub(super) const ERROR: u16 = 0x000A;
    pub(super) const BOOLEAN: u16 = 0x000B;
    pub(super) const OBJECT: u16 = 0x000D;
    pub(super) const STRING_8: u16 = 0x001E;
    pub(super) const STRING: u16 = 0x001F;
    pub(super) const GUID: u16 = 0x0048;
    pub(super) const BINARY: u16 = 0x0102;
    /// Set where a property has several values.
    pub(super) const MULTIPLE: u16 = 0x1000;
}

#[derive(Debug, Default)]
pub(super) struct Properties<'a>(Vec<Property<'a>>);

#[derive(Debug)]
struct Property<'a> {
    id: u16,
    kind: u16,
    value: &'a [u8],
}

impl<'a> Properties<'a> {
    /// Reads a list up to its end or to the first that is damaged.
    pub(super) fn of(data: &'a [u8]) -> Self {
        let mut bytes = Bytes(data);
        let mut list = Vec::new();
        let count = bytes.u32().unwrap_or_default();
        for _ in 0..count {
            match next(&mut bytes) {
                Some(property) => list.push(property),
                None => break,
            }
        }
        Self(list)
    }

    fn find(&self, id: u16) -> Option<&Property<'a>> {
        self.0.iter().find(|p| p.id == id)
    }

    pub(super) fn bytes(&self, id: u16) -> Option<&'a [u8]> {
        self.find(id).map(|p| p.value).filter(|v| !v.is_empty())
    }

    pub(super) fn number(&self, id: u16) -> Option<u32> {
        let property = self.find(id).filter(|p| p.kind == kind::INTEGER_32)?;
        Bytes(property.value).u32()
    }

    /// A string, without the NUL that ends it.
    pub(super) fn string(&self, id: u16, charset: &str, notes: &mut Notes) -> Option<String> {
        let property = self.find(id)?;
        let text = match property.kind {
            kind::STRING => {
                let (text, _) = UTF_16LE.decode_without_bom_handling(property.value);
                text.into_owned()
            }
            kind::STRING_8 => charset::decode(charset, property.value, notes),
            _ => return None,
        };
        Some(text.trim_end_matches('\0').to_owned())
    }
}

fn next<'a>(bytes: &mut Bytes<'a>) -> Option<Property<'a>> {
    let kind = bytes.u16()?;
    let id = bytes.u16()?;
    if id >= 0x8000 {
        named(bytes)?;
    }
    let single = kind & !kind::MULTIPLE;
    let several = kind & kind::MULTIPLE != 0;
    let (size, counted) = match single {
        kind::INTEGER_16 | kind::INTEGER_32 | kind::FLOAT_32 | kind::ERROR | kind::BOOLEAN => {
            (Some(4), several)
        }
        kind::GUID => (Some(16), several),
        // Strings and binaries tell how many they are even where they are one.
        kind::OBJECT | kind::STRING_8 | kind::STRING | kind::BINARY => (None, true),
        // Everything else that is defined is eight bytes long.
        _ => (Some(8), several),
    };
    let count = if counted { bytes.u32()? } else { 1 };
    let mut value: &[u8] = &[];
    for number in 0..count {
        let length = match size {
            Some(size) => size,
            None => bytes.u32()? as usize,
        };
        let taken = bytes.padded(length)?;
        if number == 0 {
            value = taken;
        }
    }
    Some(Property {
        id,
        kind: single,
        value,
    })
}

/// Jumps over the name of a named property: a number, or a padded string.
fn named(bytes: &mut Bytes<'_>) -> Option<()> {
    let _set = bytes.take(16)?;
    if bytes.u32()? == 0 {
        bytes.u32()?;
    } else {
        let length = bytes.u32()? as usize;
        bytes.padded(length)?;
    }
    Some(())
}

/// The label of a Windows code page; empty for one that has none, so that its words are guessed.
pub(super) fn code_page(number: u32) -> &'static str {
    match number {
        874 => "windows-874",
        932 => "shift_jis",
        936 | 20936 | 54936 => "gb18030",
        949 => "euc-kr",
        950 => "big5",
        1200 => "utf-16le",
        1250 => "windows-1250",
        1251 => "windows-1251",
        1252 => "windows-1252",
        1253 => "windows-1253",
        1254 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        20866 => "koi8-r",
        28591 => "iso-8859-1",
        28592 => "iso-8859-2",
        50220..=50222 => "iso-2022-jp",
        51932 => "euc-jp",
        52936 => "hz-gb-2312",
        65000 => "utf-7",
        65001 => "utf-8",
        _ => "",
    }
}
