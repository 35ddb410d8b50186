//! Which charset unlabelled bytes are in. UTF-8 proves itself; between the double-byte charsets
//! the commonest characters of each language decide.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, ISO_2022_JP, KOI8_R, SHIFT_JIS, UTF_8, UTF_16BE,
    UTF_16LE, WINDOWS_1251, WINDOWS_1252,
};

use super::charset::Charset;
use super::stateful;

/// Bytes looked at: a guess does not get better after that.
const SAMPLE: usize = 4096;

/// In the order in which a tie is settled: a Chinese office's mail first.
const CANDIDATES: [&Encoding; 8] = [
    GB18030,
    BIG5,
    EUC_KR,
    SHIFT_JIS,
    EUC_JP,
    WINDOWS_1251,
    KOI8_R,
    WINDOWS_1252,
];

/// Characters that most letters hold several of, simplified and traditional.
pub(super) const COMMON: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同\
工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好\
应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意\
建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计\
别她手角期根论运农指几九区强放决西被干做必战先回则任取据处府务局厅市县村镇街号信您请谢投诉举报土地征收补偿规划房屋证件办理咨询\
尊敬領導領导這個國來們時為會說對發過後經麼應開還從樣與關題問點處請謝您號長見訴書電話機種變應無讓沒請給謂邊";

const HANGUL: &str = "이다는가을에하고의한지도로사기어나은안녕세요니습를해서입대자시아그있리인";

/// A seven-bit charset that shows itself by its escapes.
pub(super) fn stateful(bytes: &[u8]) -> Option<Charset> {
    if !bytes.is_ascii() {
        return None;
    }
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|w| w == needle);
    if bytes.contains(&0x1B) && (has(b"\x1b$B") || has(b"\x1b$@")) {
        return Some(Charset::Table(ISO_2022_JP));
    }
    if bytes.contains(&b'~') && has(b"~{") && has(b"~}") {
        let text = stateful::hz(bytes);
        let hanzi = text
            .chars()
            .filter(|c| COMMON.contains(*c) && !c.is_ascii())
            .count();
        if hanzi >= 2 && !text.contains('\u{FFFD}') {
            return Some(Charset::Hz);
        }
    }
    None
}

/// The likeliest table for bytes that are not all ASCII. `hint` is what the mail says elsewhere.
pub(super) fn best(bytes: &[u8], hint: Option<&'static Encoding>) -> &'static Encoding {
    let utf8 = std::str::from_utf8(bytes);
    let cut_off = utf8.as_ref().err().is_some_and(|e| {
        // A character cut in two at the very end does not speak against UTF-8.
        e.error_len().is_none() && e.valid_up_to() > 0 && !bytes[..e.valid_up_to()].is_ascii()
    });
    if (utf8.is_ok() && !is_accidental(bytes)) || cut_off {
        return UTF_8;
    }
    let sample = sample(bytes);
    let mut winner = (
        UTF_8,
        if utf8.is_ok() {
            1.0
        } else {
            utf8_share(sample) - 1.0
        },
    );
    for candidate in CANDIDATES {
        let mut score = score(candidate, sample);
        if Some(candidate) == hint.map(widest) {
            score += 1.0;
        }
        if score > winner.1 {
            winner = (candidate, score);
        }
    }
    winner.0
}

/// UTF-16 by its mark, or by the zero bytes that are the high halves of ASCII.
pub(super) fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(UTF_16LE),
        [0xFE, 0xFF, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let zeros = |odd: usize| {
        let halves = sample.iter().skip(odd).step_by(2);
        halves.filter(|b| **b == 0).count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    // Line ends at the least; and hardly a zero on the other side.
    let many = |zeros: usize, others: usize| {
        zeros >= 2 && zeros * 400 >= sample.len() && others * 8 <= zeros
    };
    match (many(even, odd), many(odd, even)) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

fn widest(table: &'static Encoding) -> &'static Encoding {
    if table == encoding_rs::GBK {
        GB18030
    } else {
        table
    }
}

/// The first bytes, ended between two lines where possible so that no character is cut.
pub(super) fn sample(bytes: &[u8]) -> &[u8] {
    if bytes.len() <= SAMPLE {
        return bytes;
    }
    let head = &bytes[..SAMPLE];
    let end = head
        .iter()
        .rposition(|b| *b == b'\n' || *b == b' ')
        .unwrap_or(SAMPLE);
    if end == 0 { head } else { &head[..end] }
}

/// Valid UTF-8 made of two-byte sequences alone that GBK reads as two common characters: the
/// famous 联通.
fn is_accidental(bytes: &[u8]) -> bool {
    let high: Vec<u8> = bytes.iter().copied().filter(|b| *b >= 0x80).collect();
    if high.len() > 8 || high.iter().any(|b| *b >= 0xE0) {
        return false;
    }
    let (text, bad) = GB18030.decode_without_bom_handling(bytes);
    let unlikely = String::from_utf8_lossy(bytes)
        .chars()
        .filter(|c| !c.is_ascii())
        .all(|c| !matches!(c, '\u{A0}'..='\u{17F}' | '\u{391}'..='\u{44F}'));
    !bad && unlikely && text.chars().all(|c| c.is_ascii() || is_hanzi(c))
}

/// How much of the high bytes is valid UTF-8, from 0 to 1.
fn utf8_share(bytes: &[u8]) -> f64 {
    let text = String::from_utf8_lossy(bytes);
    let (mut good, mut all) = (0_u32, 0_u32);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        all += 1;
        good += u32::from(c != '\u{FFFD}');
    }
    // One sequence in four may be broken; below that it is not UTF-8.
    f64::from(good) / f64::from(all.max(1)) * 4.0 - 1.0
}

pub(super) fn is_hanzi(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

/// Mean plausibility of the characters outside ASCII.
fn score(table: &'static Encoding, sample: &[u8]) -> f64 {
    let (text, _) = table.decode_without_bom_handling(sample);
    let japanese = table == SHIFT_JIS || table == EUC_JP;
    let mut sum = 0.0;
    let mut count = 0.0_f64;
    let mut before = ' ';
    for c in text.chars() {
        if !c.is_ascii() {
            count += 1.0;
            sum += match c {
                '\u{FFFD}' => -12.0,
                '\u{E000}'..='\u{F8FF}' => -6.0,
                '\u{80}'..='\u{9F}' => -6.0,
                '\u{2500}'..='\u{259F}' if table == KOI8_R => -6.0,
                '†' | '‡' | '‰' if !(japanese || is_wide(table)) => -1.0,
                '\u{3041}'..='\u{309F}' => {
                    if japanese {
                        3.0
                    } else {
                        -1.5
                    }
                }
                '\u{30A0}'..='\u{30FF}' => {
                    if japanese {
                        2.0
                    } else {
                        -1.5
                    }
                }
                '\u{FF61}'..='\u{FF9F}' => -2.0,
                '\u{3000}'..='\u{3020}'
                | '\u{FF00}'..='\u{FF60}'
                | '\u{2010}'..='\u{2017}'
                | '\u{201E}'..='\u{203B}' => 1.0,
                c if is_hanzi(c) => hanzi(table, c),
                '\u{AC00}'..='\u{D7AF}' if table == EUC_KR => hangul(c),
                // Cyrillic and Latin letters stand among their like, small after small.
                '\u{430}'..='\u{44F}' if is_cyrillic(before) || !before.is_alphabetic() => 2.0,
                '\u{410}'..='\u{42F}' if !before.is_alphabetic() => 1.5,
                '\u{410}'..='\u{42F}' if before.is_lowercase() => -4.0,
                '\u{C0}'..='\u{17F}' if before.is_ascii_alphabetic() => 2.0,
                '\u{C0}'..='\u{17F}' if !before.is_alphabetic() && before.is_ascii() => 1.0,
                '\u{2018}'..='\u{201D}' => {
                    if japanese || is_wide(table) {
                        1.0
                    } else {
                        0.0
                    }
                }
                '\u{A0}'..='\u{BF}' => 0.0,
                _ => -2.0,
            };
        }
        before = c;
    }
    // Names are short and rare: what may be Chinese is.
    let likelier = if table == GB18030 { 0.4 } else { 0.0 };
    if count == 0.0 {
        -20.0
    } else {
        sum / count + likelier
    }
}

fn is_wide(table: &'static Encoding) -> bool {
    table == GB18030 || table == BIG5 || table == EUC_KR
}

fn is_cyrillic(c: char) -> bool {
    ('\u{410}'..='\u{44F}').contains(&c)
}

/// A syllable: the commonest, those of KS X 1001, and the rare rest that only Windows has.
pub(super) fn hangul(c: char) -> f64 {
    let mut buffer = [0_u8; 4];
    let text: &str = c.encode_utf8(&mut buffer);
    match &*EUC_KR.encode(text).0 {
        _ if HANGUL.contains(c) => 4.0,
        [0xA1..=0xFE, 0xA1..=0xFE] => 1.0,
        _ => -2.0,
    }
}

/// A hanzi by its place in the table: the first level is what letters are written in.
fn hanzi(table: &'static Encoding, c: char) -> f64 {
    if table != GB18030 && table != BIG5 {
        return 0.5;
    }
    if COMMON.contains(c) {
        return 4.0;
    }
    let mut buffer = [0_u8; 4];
    let text: &str = c.encode_utf8(&mut buffer);
    let (bytes, _, _) = table.encode(text);
    match (table == GB18030, &*bytes) {
        (true, [0xB0..=0xD7, 0xA1..=0xFE]) | (false, [0xA4..=0xC6, _]) => 1.5,
        (true, [0xD8..=0xF7, 0xA1..=0xFE]) | (false, [0xC9..=0xF9, _]) => -1.0,
        _ => -2.5,
    }
}

#[cfg(test)]
mod tests;
