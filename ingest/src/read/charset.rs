//! Bytes to words: labels as mailers write them, and what to do when they are wrong or missing.

use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030, UTF_8, UTF_16BE, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;

use super::complaints::{CHARSET_GUESSED, CHARSET_UNDECODABLE, Notes};
use super::{doubt, guess, stateful};

/// How to decode what a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    Table(&'static Encoding),
    Utf7,
    Utf16,
    Utf32,
    Hz,
    Iso2022Kr,
    Iso2022Cn,
    /// A single-byte table that only mail-parser has.
    Other,
    /// Says nothing: `us-ascii`, `unknown-8bit`, an invented name, or no label at all.
    Unknown,
}

impl Charset {
    /// Decoding depends on what came before, so pieces must not be joined.
    pub(super) fn is_stateful(self) -> bool {
        match self {
            Self::Table(table) => table == encoding_rs::ISO_2022_JP,
            Self::Utf7
            | Self::Utf16
            | Self::Utf32
            | Self::Hz
            | Self::Iso2022Kr
            | Self::Iso2022Cn => true,
            Self::Other | Self::Unknown => false,
        }
    }
}

/// Reads a label leniently: quotes, case, vendor prefixes, the names Chinese mailers use.
pub(super) fn of_label(label: &str) -> Charset {
    let label = label
        .trim()
        .trim_matches(['"', '\''])
        .trim()
        .to_ascii_lowercase();
    let label = label.split(['*', ' ', ';']).next().unwrap_or_default();
    match label {
        "" | "us-ascii" | "ascii" | "ansi_x3.4-1968" | "iso646-us" | "7bit" | "8bit"
        | "default" | "default_charset" | "unknown" | "unknown-8bit" | "x-unknown" | "none"
        | "binary" => {
            return Charset::Unknown;
        }
        "utf-7" | "utf7" | "unicode-1-1-utf-7" | "csunicode11utf7" => return Charset::Utf7,
        "utf-16" | "utf16" | "unicode" | "ucs-2" | "iso-10646-ucs-2" => return Charset::Utf16,
        "utf-32" | "utf32" | "utf-32le" | "utf-32be" | "ucs-4" | "iso-10646-ucs-4" => {
            return Charset::Utf32;
        }
        "hz" | "hz-gb-2312" | "hz-gb2312" => return Charset::Hz,
        "iso-2022-kr" | "csiso2022kr" => return Charset::Iso2022Kr,
        "iso-2022-cn" | "iso-2022-cn-ext" => return Charset::Iso2022Cn,
        // GB2312 is read as its superset everywhere: mailers label GBK so.
        "gb2312" | "gbk" | "gb18030" | "gb_2312-80" | "gb2312-80" | "gb-2312" | "gb-18030"
        | "gb18030-2000" | "gb18030-2022" | "gb2312_charset" | "gbk2312" | "cp936" | "ms936"
        | "936" | "windows-936" | "x-gbk" | "x-gb2312" | "euc-cn" | "x-euc-cn" | "cn-gb"
        | "csgb2312" | "gb" => {
            return Charset::Table(GB18030);
        }
        "cp950" | "ms950" | "950" | "windows-950" | "big-5" | "big5hkscs" | "big5-eten"
        | "big5-2003" | "x-big5-hkscs" => return Charset::Table(BIG5),
        "cp949" | "ms949" | "uhc" | "ksc5601" | "ks_c_5601" | "x-windows-949" => {
            return Charset::Table(EUC_KR);
        }
        "utf-8mb4" | "utf8mb4" | "utf_8" | "utf-8-sig" | "cp65001" | "65001" => {
            return Charset::Table(UTF_8);
        }
        "cp932" | "ms932" | "windows-932" | "sjis-win" => {
            return Charset::Table(encoding_rs::SHIFT_JIS);
        }
        "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" | "iso-2022-jp-ms" | "cp50220"
        | "cp50221" => return Charset::Table(encoding_rs::ISO_2022_JP),
        _ => {}
    }
    if let Some(table) = Encoding::for_label(label.as_bytes())
        && table != encoding_rs::REPLACEMENT
        && table != encoding_rs::X_USER_DEFINED
    {
        return Charset::Table(table);
    }
    // `windows1252`, `iso8859_1`, `iso_8859-15:1998` and the like.
    let plain: String = label
        .chars()
        .map(|c| if c == '_' { '-' } else { c })
        .collect();
    let plain = plain
        .replace("windows12", "windows-12")
        .replace("cp-12", "windows-12");
    if let Some(table) = Encoding::for_label_no_replacement(plain.as_bytes())
        && table != encoding_rs::X_USER_DEFINED
    {
        return Charset::Table(table);
    }
    charset_decoder(label.as_bytes()).map_or(Charset::Unknown, |_| Charset::Other)
}

/// Decodes, noting what had to be guessed or stays undecodable. Never fails, and never gives
/// nothing but lost characters.
pub(super) fn decode(label: &str, bytes: &[u8], notes: &mut Notes) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF")
        && let Ok(text) = std::str::from_utf8(rest)
    {
        return text.to_owned();
    }
    let charset = of_label(label);
    let text = match charset {
        Charset::Unknown => unlabelled(bytes, notes),
        charset => labelled(charset, label, bytes, notes),
    };
    if doubt::is_lost(&text) {
        return WINDOWS_1252
            .decode_without_bom_handling(bytes)
            .0
            .into_owned();
    }
    text
}

fn labelled(charset: Charset, label: &str, bytes: &[u8], notes: &mut Notes) -> String {
    let text = by_label(charset, label, bytes);
    // UTF-8 whose only fault is that its last character is not whole.
    let cut_off = charset == Charset::Table(UTF_8)
        && std::str::from_utf8(bytes)
            .is_err_and(|e| e.error_len().is_none() && e.valid_up_to() > 0);
    let better = || doubt::better(charset, &text, bytes, notes.hint);
    if let Some(better) = (!cut_off).then(better).flatten() {
        notes.complain(CHARSET_GUESSED, label);
        return better;
    }
    if text.contains('\u{FFFD}') {
        notes.complain(CHARSET_UNDECODABLE, label);
    }
    text
}

/// As the label says, whatever comes of it.
fn by_label(charset: Charset, label: &str, bytes: &[u8]) -> String {
    match charset {
        Charset::Utf7 => stateful::utf7(bytes),
        Charset::Utf16 => utf16(bytes),
        Charset::Utf32 => utf32(bytes),
        Charset::Hz => stateful::hz(bytes),
        Charset::Iso2022Kr => stateful::iso2022_kr(bytes),
        Charset::Iso2022Cn => stateful::iso2022_cn(bytes),
        Charset::Table(table) => without_mark(&table.decode_without_bom_handling(bytes).0),
        Charset::Other | Charset::Unknown => {
            let bare = label.trim().trim_matches(['"', '\'']);
            match charset_decoder(bare.as_bytes()) {
                Some(decoder) => decoder(bytes),
                None => String::from_utf8_lossy(bytes).into_owned(),
            }
        }
    }
}

fn unlabelled(bytes: &[u8], notes: &mut Notes) -> String {
    if let Some(table) = guess::utf16(bytes) {
        let text = without_mark(&table.decode_without_bom_handling(bytes).0);
        if doubt::makes_sense(&text) {
            notes.complain(CHARSET_GUESSED, table.name());
            return text;
        }
    }
    if let Some(charset) = guess::stateful(bytes) {
        return match charset {
            Charset::Hz => stateful::hz(bytes),
            Charset::Table(table) => table.decode_without_bom_handling(bytes).0.into_owned(),
            _ => String::from_utf8_lossy(bytes).into_owned(),
        };
    }
    if bytes.is_ascii() {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let table = guess::best(bytes, notes.hint);
    if table != UTF_8 {
        notes.complain(CHARSET_GUESSED, table.name());
    }
    let (text, bad) = table.decode_without_bom_handling(bytes);
    if bad {
        notes.complain(CHARSET_UNDECODABLE, table.name());
    }
    text.into_owned()
}

fn without_mark(text: &str) -> String {
    text.strip_prefix('\u{FEFF}').unwrap_or(text).to_owned()
}

/// UTF-16 by its mark; without one big-endian (RFC 2781 §4.3), unless the zero bytes of ASCII say
/// that Windows wrote it.
fn utf16(bytes: &[u8]) -> String {
    let table = guess::utf16(bytes).unwrap_or(UTF_16BE);
    without_mark(&table.decode_without_bom_handling(bytes).0)
}

/// UTF-32 either way round: no character reaches beyond seventeen planes, so that the wrong way
/// shows itself at once.
fn utf32(bytes: &[u8]) -> String {
    let units = || {
        bytes
            .chunks_exact(4)
            .filter_map(|c| <[u8; 4]>::try_from(c).ok())
    };
    let big_endian = units()
        .next()
        .is_some_and(|c| u32::from_le_bytes(c) > 0x10_FFFF);
    let read = if big_endian {
        u32::from_be_bytes
    } else {
        u32::from_le_bytes
    };
    units()
        .map(|c| char::from_u32(read(c)).unwrap_or(char::REPLACEMENT_CHARACTER))
        .filter(|c| *c != '\u{FEFF}')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(label: &str, bytes: &[u8]) -> String {
        decode(label, bytes, &mut Notes::default())
    }

    #[test]
    fn gbk_labelled_gb2312_keeps_its_rare_characters() {
        let (bytes, _, _) = GB18030.encode("朱镕基、赵喆、㐀");
        assert_eq!(read("gb2312", &bytes), "朱镕基、赵喆、㐀");
        assert_eq!(read("GB_2312-80", &bytes), "朱镕基、赵喆、㐀");
    }

    #[test]
    fn big5_and_its_other_names() {
        let (bytes, _, _) = BIG5.encode("許功蓋先生");
        for label in ["big5", "CP950", "big5-hkscs", "\"x-x-big5\""] {
            assert_eq!(read(label, &bytes), "許功蓋先生", "{label}");
        }
    }

    #[test]
    fn utf8_labelled_gb2312_or_latin_is_seen_through() {
        assert_eq!(read("gb2312", "您好，厅长".as_bytes()), "您好，厅长");
        assert_eq!(read("iso-8859-1", "您好".as_bytes()), "您好");
    }

    #[test]
    fn gbk_labelled_utf8_or_latin_is_seen_through() {
        let (bytes, _, _) = GB18030.encode("我想咨询土地证的办理流程");
        assert_eq!(read("utf-8", &bytes), "我想咨询土地证的办理流程");
        assert_eq!(read("iso-8859-1", &bytes), "我想咨询土地证的办理流程");
    }

    #[test]
    fn honest_latin_stays_latin() {
        assert_eq!(
            read("iso-8859-1", b"caf\xe9 \xe0 la carte, na\xefve"),
            "café à la carte, naïve"
        );
        assert_eq!(read("windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2"), "Привет");
        assert_eq!(read("windows-1250", b"sla\x9a\xe8i\xe8arno"), "slaščičarno");
    }

    #[test]
    fn single_byte_tables_of_old_machines() {
        assert_eq!(read("ibm850", b"\x9b"), "ø");
        assert_eq!(read("koi8-r", b"\xf0\xd2\xc9"), "При");
    }

    #[test]
    fn euc_and_iso_2022() {
        assert_eq!(read("euc-kr", b"\xbe\xc8\xb3\xe7"), "안녕");
        assert_eq!(read("euc-jp", b"\xa5\xcf\xa5\xed"), "ハロ");
        assert_eq!(read("iso-2022-jp", b"\x1b$B%O%m\x1b(B!"), "ハロ!");
        assert_eq!(read("shift_jis", b"\x83n\x83\x8D"), "ハロ");
    }

    #[test]
    fn utf32_either_way_round() {
        assert_eq!(read("utf-32", b"\xff\xfe\0\0\x60\x4f\0\0"), "你");
        assert_eq!(read("utf-32", b"\0\0\x4f\x60\0\0\0a"), "你a");
        assert_eq!(read("utf-32le", b"\x60\x4f\0\0"), "你");
    }

    #[test]
    fn utf16_with_and_without_a_mark() {
        assert_eq!(read("utf-16", b"\xff\xfe\x60\x4f"), "你");
        assert_eq!(read("utf-16", b"\xfe\xff\x4f\x60"), "你");
        assert_eq!(read("utf-16", b"a\0b\0"), "ab");
        assert_eq!(read("utf-16le", b"\x60\x4f"), "你");
    }

    #[test]
    fn a_cut_character_is_marked_not_guessed_away() {
        let mut notes = Notes::default();
        let whole = "您好，我想反映一个关于土地征收补偿的问题，希望尽快答复".as_bytes();
        let text = decode("utf-8", &whole[..whole.len() - 1], &mut notes);
        assert!(text.starts_with("您好，我想反映") && text.ends_with('\u{FFFD}'));
        assert_eq!(notes.complaints, ["charset-undecodable: utf-8"]);
        assert_eq!(read("utf-8", b"hello\xf0"), "hello\u{FFFD}");
    }

    #[test]
    fn invented_labels_are_guessed() {
        assert_eq!(read("x-nonsense", "您好".as_bytes()), "您好");
        assert_eq!(read("us-ascii", "您好".as_bytes()), "您好");
    }
}
