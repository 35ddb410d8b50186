//! Whether there is anything to be seen in a text. White space is not; neither are the characters
//! that Unicode calls default-ignorable (zero-width marks, variation selectors, fillers, direction
//! marks), nor the few that have a place and no ink.

/// Nobody sees anything of this text: it is empty, or holds only space and invisible characters.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_unseen)
}

/// White space, a control character, or one that leaves no ink.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_ignorable(c) || is_inkless(c)
}

/// `Default_Ignorable_Code_Point` of the Unicode Character Database.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{115F}'..='\u{1160}'
        | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FFF0}'..='\u{FFF8}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Assigned, shown in its place, and empty: the blank braille pattern, annotation anchors, the null
/// notehead, the Khitan filler.
fn is_inkless(c: char) -> bool {
    matches!(c, '\u{2800}' | '\u{FFF9}'..='\u{FFFB}' | '\u{1D159}' | '\u{16FE4}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_alone_are_nothing() {
        for text in [
            "",
            " \t\r\n\u{a0}\u{3000}\u{2009}\u{1680}",
            "\u{200b}\u{200c}\u{2060}\u{feff}",
            "\u{202e}\u{2066}\u{200f}",
            "\u{3164}\u{115f}\u{1160}\u{ffa0}",
            "\u{2800}\u{fe0f}\u{e0100}\u{e0061}\u{180e}",
            "\u{0}\u{1b}\u{85}",
        ] {
            assert!(is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn a_single_sign_is_something() {
        for text in ["a", "。", "\u{200b}字", "👨\u{200d}👩", "☎\u{fe0f}", "\u{fffd}", "—"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
