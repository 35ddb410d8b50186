//! `format=flowed` (RFC 3676): lines that end in a space go on in the next.

/// The text with its paragraphs joined. `delsp` takes away the space that a line ended with, as
/// scripts without spaces need.
pub(super) fn joined(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // The depth of the paragraph that goes on.
    let mut open: Option<usize> = None;
    for (number, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let words = line.trim_start_matches('>');
        let depth = line.len() - words.len();
        let words = words.strip_prefix(' ').unwrap_or(words);
        let signature = words == "-- ";
        let flows = words.ends_with(' ') && !signature;
        // A change of depth ends a paragraph, whatever its last line says (§4.5).
        if open != Some(depth) || signature {
            if number > 0 {
                out.push('\n');
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 {
                out.push(' ');
            }
        }
        let kept = if flows && delsp {
            &words[..words.len() - 1]
        } else {
            words
        };
        out.push_str(kept);
        open = flows.then_some(depth);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_with_and_without_their_space() {
        assert_eq!(
            joined("one \r\ntwo \r\nthree\r\nfour", false),
            "one two three\nfour"
        );
        assert_eq!(
            joined("门口的路， \n请尽快 \n处理。\n\n  次段\n", true),
            "门口的路，请尽快处理。\n\n 次段\n"
        );
    }

    #[test]
    fn stuffed_lines_quotes_and_signatures() {
        assert_eq!(joined(" >100 亩\n From here", false), ">100 亩\nFrom here");
        assert_eq!(
            joined("> a \n> b\n>> c \nmine \n-- \nme", false),
            "> a b\n>> c \nmine \n-- \nme"
        );
        assert_eq!(joined("\n\na", false), "\n\na");
    }
}
