//! Files in uuencode, inside a text or as a part of their own.

/// One encoded file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Most files taken out of one text.
const MOST: usize = 200;

/// Takes the encoded files out of a text. `None` where there is none, which costs one search.
pub(super) fn extract(text: &str) -> Option<(String, Vec<File>)> {
    if !text.contains("begin ") {
        return None;
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut kept = String::with_capacity(text.len());
    let mut files = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if files.len() < MOST
            && let Some(name) = begin(lines[at])
            && let Some((bytes, next)) = content(&lines, at + 1)
        {
            files.push(File {
                name: name.to_owned(),
                bytes,
            });
            at = next;
        } else {
            kept.push_str(lines[at]);
            at += 1;
        }
    }
    (!files.is_empty()).then_some((kept, files))
}

/// The bytes of a part whose transfer encoding is uuencode, with the name it states.
pub(super) fn part(body: &[u8]) -> Option<File> {
    let text: String = body.iter().map(|b| char::from(*b)).collect();
    extract(&text).and_then(|(_, files)| files.into_iter().next())
}

/// `begin 644 name`
fn begin(line: &str) -> Option<&str> {
    let (mode, name) = line.trim_end().strip_prefix("begin ")?.split_once(' ')?;
    let octal = (3..=4).contains(&mode.len()) && mode.bytes().all(|b| matches!(b, b'0'..=b'7'));
    (octal && !name.trim().is_empty()).then_some(name.trim())
}

fn content(lines: &[&str], mut at: usize) -> Option<(Vec<u8>, usize)> {
    let mut bytes = Vec::new();
    let first = at;
    while at < lines.len() {
        let line = lines[at].trim_end_matches(['\r', '\n']);
        at += 1;
        if line == "end" {
            return Some((bytes, at));
        }
        if !line.is_empty() && !decode(line, &mut bytes) {
            at -= 1;
            break;
        }
    }
    // Cut off before its end: a file none the less, if any line of it was one.
    (at > first && !bytes.is_empty()).then_some((bytes, at))
}

fn decode(line: &str, out: &mut Vec<u8>) -> bool {
    // What a Japanese or Korean terminal made of the backslash.
    let line = line.replace(['¥', '₩'], "\\");
    let bytes = line.as_bytes();
    let value = |b: u8| (b.wrapping_sub(b' ')) & 0x3F;
    if bytes.iter().any(|b| !(b' '..=b'`').contains(b)) {
        return false;
    }
    let length = usize::from(value(bytes[0]));
    // Nothing in it: the last line, however it is filled up.
    if length == 0 {
        return bytes.iter().all(|b| matches!(b, b'`' | b' '));
    }
    let groups = length.div_ceil(3);
    // Trailing spaces may have been trimmed on the way; more than one stray sign may not follow.
    if bytes.len() - 1 > groups * 4 + 2 || (bytes.len() - 1) * 2 < groups * 4 {
        return false;
    }
    let mut decoded = Vec::with_capacity(groups * 3);
    for group in 0..groups {
        let at = |n: usize| u32::from(value(*bytes.get(1 + group * 4 + n).unwrap_or(&b' ')));
        let bits = at(0) << 18 | at(1) << 12 | at(2) << 6 | at(3);
        decoded.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    out.extend_from_slice(&decoded[..length]);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAT: &str = "begin 644 cat.txt\n#0V%T\n`\nend\n";

    #[test]
    fn a_file_in_a_text_is_taken_out() {
        let (text, files) = extract(&format!("hello\n{CAT}bye\n")).expect("one file");
        assert_eq!(text, "hello\nbye\n");
        assert_eq!(
            files,
            [File {
                name: "cat.txt".into(),
                bytes: b"Cat".to_vec()
            }]
        );
    }

    #[test]
    fn words_about_beginning_stay() {
        assert_eq!(
            extract("begin with me\nbegin 644 of them\nThat was all.\n"),
            None
        );
    }

    #[test]
    fn a_part_in_uuencode() {
        assert_eq!(part(CAT.as_bytes()).map(|f| f.bytes), Some(b"Cat".to_vec()));
    }
}
