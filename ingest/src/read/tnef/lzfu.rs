//! Compressed RTF ([MS-OXRTFCP]). The published reader of it trusts the lengths of its header,
//! so that a hostile one ends the process: hence this one.

use super::bytes::Bytes;

const COMPRESSED: u32 = 0x7546_5A4C;
const UNCOMPRESSED: u32 = 0x414C_454D;
/// The words that the dictionary begins with (§2.1.2.1).
const DICTIONARY: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \
\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\
\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
const SIZE: usize = 4096;

/// The RTF, at most `limit` bytes of it; what is cut off gives what came.
pub(super) fn decompress(data: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut bytes = Bytes(data);
    let _compressed = bytes.u32()?;
    let limit = limit.min(bytes.u32()? as usize);
    let kind = bytes.u32()?;
    let _checksum = bytes.u32()?;
    match kind {
        UNCOMPRESSED => Some(bytes.0[..limit.min(bytes.0.len())].to_vec()),
        COMPRESSED => Some(unfold(bytes.0, limit)),
        _ => None,
    }
}

fn unfold(data: &[u8], limit: usize) -> Vec<u8> {
    let mut window = [0_u8; SIZE];
    window[..DICTIONARY.len()].copy_from_slice(DICTIONARY);
    let mut write = DICTIONARY.len();
    let mut out = Vec::new();
    let mut bytes = data.iter().copied();
    while let Some(control) = bytes.next() {
        for bit in 0..8 {
            if out.len() >= limit {
                return out;
            }
            let Some(first) = bytes.next() else {
                return out;
            };
            if control >> bit & 1 == 0 {
                window[write] = first;
                write = (write + 1) % SIZE;
                out.push(first);
                continue;
            }
            let Some(second) = bytes.next() else {
                return out;
            };
            let reference = usize::from(first) << 8 | usize::from(second);
            let (offset, length) = (reference >> 4, (reference & 0xF) + 2);
            if offset == write {
                // §2.2.3.2: a reference to the place of writing ends it.
                return out;
            }
            for step in 0..length {
                let byte = window[(offset + step) % SIZE];
                window[write] = byte;
                write = (write + 1) % SIZE;
                out.push(byte);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification() {
        // [MS-OXRTFCP] §4.1.1 and §4.2.
        let simple = [
            0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0,
            0x0a, 0, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68,
            0x65, 0x6c, 0x09, 0, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f,
            0xa0,
        ];
        let read = decompress(&simple, 1000).expect("compressed");
        assert_eq!(read, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
        let crossing = [
            0x1a, 0, 0, 0, 0x1c, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xe2, 0xd4, 0x4b, 0x51, 0x41, 0,
            0x04, 0x20, 0x57, 0x58, 0x59, 0x5a, 0x0d, 0x6e, 0x7d, 0x01, 0x0e, 0xb0,
        ];
        let read = decompress(&crossing, 1000).expect("compressed");
        assert_eq!(read, b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    }

    #[test]
    fn a_header_that_lies_is_harmless() {
        assert_eq!(decompress(b"short", 1000), None);
        let mut bomb = vec![0xFF; 8];
        bomb.extend(COMPRESSED.to_le_bytes());
        bomb.extend([0; 4]);
        bomb.extend([0xFF; 30_000]);
        assert!(decompress(&bomb, 1000).expect("compressed").len() < 1020);
    }
}
