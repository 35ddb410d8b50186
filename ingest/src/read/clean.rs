//! Text repair after decoding: line ends, control characters, and characters that lie about
//! direction.

/// Body text: lines end in `\n`, tabs stay, other control characters go, nothing trails.
pub(super) fn body(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                while chars.peek() == Some(&'\r') {
                    chars.next();
                }
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            '\u{FEFF}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    // Blank lines before the first words say nothing; the indentation of the first line may.
    let words = out.len() - out.trim_start().len();
    match out[..words].rfind('\n') {
        Some(end) => out.split_off(end + 1),
        None => out,
    }
}

/// A header value: one line, single tabs and line ends become spaces, no control characters.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut folded = false;
    for c in text.chars() {
        match c {
            '\r' | '\n' => folded = true,
            ' ' | '\t' if folded => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            '\t' => out.push(' '),
            '\u{FEFF}' => {}
            c if c.is_control() => {}
            c => {
                if folded && !out.ends_with(' ') && !out.is_empty() {
                    out.push(' ');
                }
                folded = false;
                out.push(c);
            }
        }
    }
    out.trim().to_owned()
}

/// A person's or file's name: one line, and without the characters that turn the direction of
/// writing or hide (Unicode UAX #9 and zero-width marks), since names are where they deceive.
pub(super) fn name(text: &str) -> String {
    one_line(text)
        .chars()
        .filter(|c| !is_deceptive(*c))
        .collect::<String>()
        .trim()
        .to_owned()
}

pub(super) fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
        | '\u{061C}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_end_becomes_one_newline() {
        assert_eq!(body("a\r\nb\rc\r\r\nd\ne\r\n"), "a\nb\nc\nd\ne");
    }

    #[test]
    fn control_characters_and_nuls_go() {
        assert_eq!(body("\u{0}a\u{1b}[31m\tb\u{7f}"), "a[31m\tb");
    }

    #[test]
    fn the_first_line_keeps_its_indentation() {
        assert_eq!(body("\n \n　　尊敬的厅长\n"), "　　尊敬的厅长");
    }

    #[test]
    fn a_folded_header_is_one_line() {
        assert_eq!(one_line(" a\r\n\tb\r\n c"), "a b c");
    }

    #[test]
    fn names_lose_direction_overrides() {
        assert_eq!(name("\u{202e}gpj.exe"), "gpj.exe");
    }
}
