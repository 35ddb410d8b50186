//! Seven-bit charsets that no browser table has any more: UTF-7 (RFC 2152), HZ (RFC 1843),
//! ISO-2022-KR (RFC 1557) and the GB2312 half of ISO-2022-CN (RFC 1922).

use encoding_rs::{EUC_KR, Encoding, GB18030};

const REPLACEMENT: char = '\u{FFFD}';

/// UTF-7: `+…-` holds UTF-16 in base64 without padding.
pub(super) fn utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'+' {
            out.push(if bytes[at].is_ascii() {
                char::from(bytes[at])
            } else {
                REPLACEMENT
            });
            at += 1;
            continue;
        }
        let start = at + 1;
        let length = bytes[start..]
            .iter()
            .take_while(|b| sextet(**b).is_some())
            .count();
        let end = start + length;
        let dash = bytes.get(end) == Some(&b'-');
        if length == 0 {
            out.push('+');
        } else {
            push_utf16(&mut out, &bytes[start..end]);
        }
        at = if dash { end + 1 } else { end.max(start) };
    }
    out
}

fn sextet(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

fn push_utf16(out: &mut String, base64: &[u8]) {
    let mut units = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for value in base64.iter().filter_map(|b| sextet(*b)) {
        bits = (bits << 6) | value;
        held += 6;
        if held >= 16 {
            held -= 16;
            units.push(((bits >> held) & 0xFFFF) as u16);
            bits &= (1 << held) - 1;
        }
    }
    out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(REPLACEMENT)));
}

/// HZ: GB2312 without its high bits between `~{` and `~}`.
pub(super) fn hz(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut wide = false;
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'~', Some(b'{')) => wide = true,
            (b'~', Some(b'}')) => wide = false,
            (b'~', Some(b'~')) if !wide => out.push('~'),
            (b'~', Some(b'\n')) => {}
            // A line end closes what was left open.
            (b'\n' | b'\r', _) => {
                wide = false;
                out.push(char::from(bytes[at]));
                at += 1;
                continue;
            }
            (lead, Some(trail)) if wide => push_pair(&mut out, GB18030, lead, *trail),
            (byte, _) => {
                out.push(if byte.is_ascii() && !wide {
                    char::from(byte)
                } else {
                    REPLACEMENT
                });
                at += 1;
                continue;
            }
        }
        at += 2;
    }
    out
}

/// ISO-2022-KR: KS X 1001 between SO and SI.
pub(super) fn iso2022_kr(bytes: &[u8]) -> String {
    iso2022(bytes, |escape| match escape {
        [b'$', b')', b'C', ..] => Some((3, Some(EUC_KR))),
        _ => None,
    })
}

/// ISO-2022-CN: the GB2312 half. CNS 11643 has no table here and shows as �.
pub(super) fn iso2022_cn(bytes: &[u8]) -> String {
    iso2022(bytes, |escape| match escape {
        [b'$', b')', b'A', ..] => Some((3, Some(GB18030))),
        [b'$', b')' | b'*' | b'+', _, ..] => Some((3, None)),
        [b'N' | b'O', ..] => Some((1, None)),
        _ => None,
    })
}

/// What an escape sequence designates: its length and the table, if there is one.
type Designation = fn(&[u8]) -> Option<(usize, Option<&'static Encoding>)>;

fn iso2022(bytes: &[u8], designate: Designation) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut table = None;
    let mut shifted = false;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            0x1B => {
                if let Some((length, designated)) = designate(&bytes[at + 1..]) {
                    table = designated;
                    at += length;
                }
            }
            0x0E => shifted = true,
            0x0F => shifted = false,
            byte @ 0x21..=0x7E if shifted && at + 1 < bytes.len() => {
                match table {
                    Some(table) => push_pair(&mut out, table, byte, bytes[at + 1]),
                    None => out.push(REPLACEMENT),
                }
                at += 1;
            }
            byte if byte.is_ascii() => {
                shifted &= byte != b'\n';
                out.push(char::from(byte));
            }
            _ => out.push(REPLACEMENT),
        }
        at += 1;
    }
    out
}

fn push_pair(out: &mut String, table: &'static Encoding, lead: u8, trail: u8) {
    let pair = [lead | 0x80, trail | 0x80];
    out.push_str(&table.decode_without_bom_handling(&pair).0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf7_is_read() {
        assert_eq!(
            utf7(b"+ZYeB9FH6ckh5Pg-, 1980. 1 +- 1"),
            "文致出版社, 1980. 1 + 1"
        );
        assert_eq!(utf7(b"+T2BZfQ"), "你好");
    }

    #[test]
    fn hz_is_read() {
        assert_eq!(
            hz(b"~{<:Ky2;S{#,NpJ)l6HK!#~}Bye ~~"),
            "己所不欲，勿施於人。Bye ~"
        );
    }

    #[test]
    fn iso_2022_kr_is_read() {
        assert_eq!(iso2022_kr(b"\x1b$)C\x0e>H3g\x0f!"), "안녕!");
    }

    #[test]
    fn the_gb_half_of_iso_2022_cn_is_read_and_the_other_marked() {
        assert_eq!(iso2022_cn(b"\x1b$)A\x0eDc:C\x0f!"), "你好!");
        assert!(iso2022_cn(b"\x1b$)G\x0e\x44\x63\x0f").contains('\u{FFFD}'));
    }
}
