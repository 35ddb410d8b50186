//! Content-Transfer-Encoding: base64 and quoted-printable, forgiving, and honest about damage.

/// What base64 decoding gave.
#[derive(Debug, Default)]
pub(super) struct Base64 {
    pub(super) bytes: Vec<u8>,
    /// Characters were skipped or the text is not base64 at all.
    pub(super) damaged: bool,
    /// Gaps inside its lines or a count of letters that no bytes give: perhaps words of letters
    /// alone, which decode to noise.
    pub(super) doubtful: bool,
    /// Where plain words begin that something (a mailing list, a scanner) wrote behind the end;
    /// 0 where nothing is base64.
    pub(super) tail: Option<usize>,
}

const SKIP: u8 = 64;
const PAD: u8 = 65;
const BAD: u8 = 66;
/// White space within a line.
const GAP: u8 = 67;

const TABLE: [u8; 256] = {
    let mut table = [BAD; 256];
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut i = 0;
    while i < 64 {
        table[letters[i] as usize] = i as u8;
        i += 1;
    }
    table[b'\r' as usize] = SKIP;
    table[b'\n' as usize] = SKIP;
    table[b' ' as usize] = GAP;
    table[b'\t' as usize] = GAP;
    table[0] = SKIP;
    table[b'=' as usize] = PAD;
    table
};

/// Decodes line by line; a line of plain words ends the base64.
pub(super) fn base64(text: &[u8]) -> Base64 {
    let mut result = Base64 {
        bytes: Vec::with_capacity(text.len() / 4 * 3),
        ..Base64::default()
    };
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut ended = false;
    let mut count = 0_usize;
    let mut at = 0;
    for line in text.split_inclusive(|b| *b == b'\n') {
        if is_words(line, ended) {
            result.tail = Some(at);
            result.damaged = true;
            break;
        }
        at += line.len();
        let mut gap = false;
        let before = count;
        for byte in line {
            match TABLE[usize::from(*byte)] {
                SKIP => {}
                GAP => gap = count > before,
                PAD => {
                    (bits, held) = (0, 0);
                    ended = true;
                }
                BAD => result.damaged = true,
                value => {
                    result.doubtful |= gap;
                    count += 1;
                    bits = (bits << 6) | u32::from(value);
                    held += 6;
                    if held >= 8 {
                        held -= 8;
                        result.bytes.push((bits >> held) as u8);
                        bits &= (1 << held) - 1;
                    }
                }
            }
        }
    }
    result.doubtful |= !ended && count % 4 == 1;
    result
}

/// A line that is no base64: words between spaces with signs in them, or anything after the end.
fn is_words(line: &[u8], ended: bool) -> bool {
    let trimmed = line.trim_ascii();
    let (mut bad, mut spaces) = (0, 0);
    for byte in trimmed {
        match TABLE[usize::from(*byte)] {
            BAD => bad += 1,
            GAP => spaces += 1,
            _ => {}
        }
    }
    if ended && !trimmed.is_empty() {
        return bad > 0 || spaces > 0 || !trimmed.len().is_multiple_of(4);
    }
    (bad > 0 && spaces > 0) || bad * 4 > trimmed.len()
}

/// The byte that two hexadecimal digits at the start say.
pub(super) fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let (high, low) = (digit(bytes.first()?)?, digit(bytes.get(1)?)?);
    u8::try_from(high * 16 + low).ok()
}

/// Quoted-printable; what is not valid stays as it is.
pub(super) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for line in text.split_inclusive(|b| *b == b'\n') {
        let ended = line.ends_with(b"\n");
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let crlf = content.ends_with(b"\r");
        let content = content.trim_ascii_end();
        let soft = content.ends_with(b"=");
        let content = if soft {
            &content[..content.len() - 1]
        } else {
            content
        };
        let mut at = 0;
        while at < content.len() {
            if content[at] == b'='
                && let Some(byte) = hex_pair(&content[at + 1..])
            {
                out.push(byte);
                at += 3;
            } else {
                out.push(content[at]);
                at += 1;
            }
        }
        if ended && !soft {
            out.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_with_line_ends_and_without_padding() {
        assert_eq!(base64(b"aGVs\r\nbG8").bytes, b"hello");
        assert_eq!(base64(b"aGVsbG8=\n").bytes, b"hello");
    }

    #[test]
    fn pieces_padded_one_by_one_are_all_read() {
        assert_eq!(base64(b"aGVsbG8=\r\nIHlvdQ==\r\n").bytes, b"hello you");
    }

    #[test]
    fn a_footer_behind_base64_is_found() {
        let text = b"aGVsbG8=\n_____\nlist mailing list\n";
        let result = base64(text);
        assert_eq!(result.bytes, b"hello");
        assert_eq!(
            result.tail.map(|t| &text[t..]),
            Some(&b"_____\nlist mailing list\n"[..])
        );
    }

    #[test]
    fn words_that_are_no_base64_are_told() {
        let result = base64(b"Hello, this is plain text.\n");
        assert!(result.damaged && result.tail == Some(0));
    }

    #[test]
    fn words_of_letters_alone_are_doubted() {
        assert!(base64(b"just some words\n").doubtful && base64(b"stuff").doubtful);
        assert!(!base64(b" aGVs\nbG8= \n").doubtful && !base64(b"aGVsbG8").doubtful);
    }

    #[test]
    fn quoted_printable_soft_breaks_and_damage() {
        assert_eq!(
            quoted_printable(b"a=E4=BD=\r\n=A0 b  \r\n=ZZ =3d"),
            "a你 b\r\n=ZZ =".as_bytes()
        );
    }
}
