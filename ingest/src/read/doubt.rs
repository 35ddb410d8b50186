//! Labels that are not believed. What a label gives is held against what the bytes themselves
//! suggest; where that reads much better, it is what the writer wrote.

use encoding_rs::{BIG5, Encoding, GB18030, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::charset::Charset;
use super::guess::{self, COMMON, hangul, is_hanzi, sample};
use super::stateful;

/// Nothing of the text was decoded.
pub(super) fn is_lost(text: &str) -> bool {
    let mut lost = false;
    text.chars().all(|c| {
        lost |= c == '\u{FFFD}';
        c == '\u{FFFD}' || c.is_whitespace()
    }) && lost
}

/// What the bytes read better as than `text`, which the label made of them.
pub(super) fn better(
    charset: Charset,
    text: &str,
    bytes: &[u8],
    hint: Option<&'static Encoding>,
) -> Option<String> {
    let wide = matches!(charset, Charset::Utf16 | Charset::Utf32)
        || matches!(charset, Charset::Table(table) if table == UTF_16LE || table == UTF_16BE);
    if bytes.is_ascii() && !wide {
        return escaped(charset, bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(_) if charset == Charset::Table(UTF_8) => return None,
        Ok(utf8) if is_surely(charset, utf8) => return Some(utf8.to_owned()),
        _ => {}
    }
    let mut readings = readings(charset, wide, text, bytes, hint).peekable();
    readings.peek()?;
    let margin = match charset {
        _ if text.contains('\u{FFFD}') => 0.3,
        Charset::Table(table) if is_double(table) || table == UTF_8 => 1.5,
        Charset::Table(_) | Charset::Other if !wide => 0.7,
        _ => 1.0,
    };
    let said = sense(cut(text));
    let best = readings
        .map(|table| {
            (
                table,
                sense(&table.decode_without_bom_handling(sample(bytes)).0),
            )
        })
        .filter(|(_, sense)| *sense > said + margin)
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    let read = best.0.decode_without_bom_handling(bytes).0;
    Some(read.trim_start_matches('\u{FEFF}').to_owned())
}

/// The tables that come into question instead of the label's.
fn readings(
    charset: Charset,
    wide: bool,
    text: &str,
    bytes: &[u8],
    hint: Option<&'static Encoding>,
) -> impl Iterator<Item = &'static Encoding> {
    let guessed = (!bytes.contains(&0)).then(|| guess::best(bytes, hint));
    // Two bytes a character either way round; or plainly one.
    let turned = wide.then_some([UTF_16LE, UTF_16BE]);
    let marked = guess::utf16(bytes);
    let tables = guessed.into_iter().chain(marked);
    let tables = tables.chain(turned.into_iter().flatten());
    // Words of Latin letters do not pass for two-byte characters; rare hanzi may look like them.
    let sound =
        !text.contains('\u{FFFD}') && matches!(charset, Charset::Table(table) if is_double(table));
    tables
        .filter(move |table| charset != Charset::Table(table) && !(sound && table.is_single_byte()))
}

/// A seven-bit charset that shows itself by its escapes under a label that has none.
fn escaped(charset: Charset, bytes: &[u8]) -> Option<String> {
    let plain = matches!(charset, Charset::Other)
        || matches!(charset, Charset::Table(table) if table != ISO_2022_JP);
    if !plain {
        return None;
    }
    match guess::stateful(bytes)? {
        Charset::Hz => Some(stateful::hz(bytes)),
        Charset::Table(table) => Some(table.decode_without_bom_handling(bytes).0.into_owned()),
        _ => None,
    }
}

/// Bytes of another charset are UTF-8 by accident only in a character or two, and then not as
/// Chinese.
fn is_surely(charset: Charset, text: &str) -> bool {
    let double = matches!(charset, Charset::Table(table) if is_double(table));
    let (mut wide, mut narrow) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        match c {
            '\u{E000}'..='\u{F8FF}' | '\u{80}'..='\u{9F}' => return false,
            '\u{80}'..='\u{7FF}' => narrow += 1,
            _ => wide += 1,
        }
    }
    if double {
        wide >= 2 && narrow <= wide
    } else {
        wide + narrow >= 3 || wide >= 1 || charset == Charset::Table(WINDOWS_1252)
    }
}

fn is_double(table: &'static Encoding) -> bool {
    use encoding_rs::{EUC_JP, EUC_KR, SHIFT_JIS};
    [GB18030, encoding_rs::GBK, BIG5, EUC_KR, EUC_JP, SHIFT_JIS].contains(&table)
}

/// As much of a text as is judged.
fn cut(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(4_000)
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// The text looks more like words than not.
pub(super) fn makes_sense(text: &str) -> bool {
    sense(cut(text)) > 0.0
}

/// How much a text looks like words: the mean over its characters outside ASCII. Words of ASCII
/// alone make sense; control characters never do.
fn sense(text: &str) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0_f64);
    let mut before = ' ';
    for c in text.chars() {
        let control = c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
        if !c.is_ascii() || control {
            count += 1.0;
            sum += if control { -6.0 } else { weight(c, before) };
        }
        before = c;
    }
    if count == 0.0 { 1.0 } else { sum / count }
}

fn weight(c: char, before: char) -> f64 {
    let opens = !before.is_alphabetic();
    match c {
        '\u{FEFF}' => 0.0,
        '\u{FFFD}' => -12.0,
        '\u{E000}'..='\u{F8FF}' | '\u{80}'..='\u{9F}' | '\u{2500}'..='\u{259F}' => -6.0,
        // Korean sets its hanja apart; next to each other they are bytes of another charset.
        c if is_hanzi(c) && is_hangul(before) => -3.0,
        c if is_hangul(c) && is_hanzi(before) => -3.0,
        c if is_hanzi(c) => hanzi(c),
        '\u{3000}'..='\u{3020}' | '\u{FF00}'..='\u{FF60}' | '\u{2010}'..='\u{203B}' => 1.0,
        '\u{3041}'..='\u{30FF}' => 2.0,
        '\u{FF61}'..='\u{FF9F}' => -2.0,
        c if is_hangul(c) => hangul(c),
        '\u{C0}'..='\u{24F}' if before.is_ascii_alphabetic() => 2.0,
        '\u{C0}'..='\u{24F}' if opens && before.is_ascii() => 1.0,
        '\u{370}'..='\u{52F}' if c.is_uppercase() => match before {
            before if before.is_lowercase() => -4.0,
            before if before.is_ascii_alphabetic() => -2.0,
            _ => 1.5,
        },
        '\u{370}'..='\u{52F}' if opens || in_script(before, '\u{370}', '\u{52F}') => 2.0,
        '\u{590}'..='\u{6FF}' if opens || in_script(before, '\u{590}', '\u{6FF}') => 2.0,
        '\u{E00}'..='\u{E7F}' if opens || in_script(before, '\u{E00}', '\u{E7F}') => 1.0,
        '\u{A0}'..='\u{BF}' => 0.0,
        '\u{2100}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' => 0.5,
        _ => -2.0,
    }
}

fn is_hangul(c: char) -> bool {
    in_script(c, '\u{AC00}', '\u{D7AF}')
}

fn in_script(c: char, first: char, last: char) -> bool {
    (first..=last).contains(&c)
}

/// A hanzi by how usual it is, in either script.
fn hanzi(c: char) -> f64 {
    if COMMON.contains(c) {
        return 4.0;
    }
    let mut buffer = [0_u8; 4];
    let text: &str = c.encode_utf8(&mut buffer);
    match (&*GB18030.encode(text).0, &*BIG5.encode(text).0) {
        ([0xB0..=0xD7, 0xA1..=0xFE], _) | (_, [0xA4..=0xC6, _]) => 1.5,
        ([0xD8..=0xF7, 0xA1..=0xFE], _) | (_, [0xC9..=0xF9, _]) => -1.0,
        _ => -2.5,
    }
}

#[cfg(test)]
mod tests;
