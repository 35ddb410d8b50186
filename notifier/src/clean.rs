//! Makes other people's words safe to stand inside ours: no controls, no forged places for secrets,
//! no line break where a line is meant.

/// The words on one line, white space collapsed, at most `longest` characters (then `…`).
pub(crate) fn one_line(text: &str, longest: usize) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|&c| !is_noncharacter(c) && !turns_direction(c))
        .collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= longest {
        return line;
    }
    let kept: String = line.chars().take(longest.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The words with their line breaks (as `\n`), without other controls, trimmed at both ends.
pub(crate) fn lines(text: &str) -> String {
    let unified = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let kept: String = unified
        .chars()
        .filter(|&c| c == '\n' || c == '\t' || !(c.is_control() || is_noncharacter(c)))
        .collect();
    kept.trim_matches('\n').trim_end().to_owned()
}

/// Unicode keeps these 66 code points out of all interchange, so the places for secrets are marked
/// with them. Private-use characters won't do: old Chinese fonts put real names there.
pub(crate) fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe
}

/// Overrides, embeddings and isolates: they can make a name or a file's ending read backwards.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line() {
        assert_eq!(
            one_line(" 张\r\nBcc: x\0\u{2028}三\u{85}\tb ", 80),
            "张 Bcc: x 三 b"
        );
        assert_eq!(one_line("\u{202e}gpj.exe", 80), "gpj.exe");
        assert_eq!(one_line("一二三四五", 4), "一二三…");
    }

    #[test]
    fn line_breaks_survive_in_lines_and_nothing_else_does() {
        assert_eq!(
            lines("\r\n一\r\n\r\n二\r三\u{1b}[0m\0\n"),
            "一\n\n二\n三[0m"
        );
        assert_eq!(lines("\u{fdd0}code\u{fdd1}\u{ffff}"), "code");
        assert_eq!(
            lines("𠀀\u{e000}"),
            "𠀀\u{e000}",
            "rare and private-use characters stay"
        );
    }
}
