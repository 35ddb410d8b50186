//! Telephone numbers as people write them: with blanks and hyphens, country and area codes, several
//! at once, an extension, a word on when to call. Only what nobody could call is refused.

use ingest::visible::is_unseen;

use super::text::half_width;

/// Between two numbers in one field.
const BETWEEN: [char; 7] = ['/', '、', ',', ';', '或', '和', '\n'];

/// Before an extension.
const EXTENSION: [&str; 6] = ["转", "分机", "ext", "x", "#", "*"];

/// Whether a person could call somebody by this: it holds at least one number that can be one.
#[must_use]
pub fn is_callable(text: &str) -> bool {
    let plain: String = text
        .chars()
        .map(half_width)
        .filter(|c| *c == ' ' || *c == '\n' || !is_unseen(*c))
        .collect();
    let plain = plain.to_lowercase();
    plain
        .split(BETWEEN)
        .any(|one| is_number(one) || one.split_whitespace().any(is_number))
}

/// One number with whatever stands around it.
fn is_number(text: &str) -> bool {
    let end = EXTENSION
        .iter()
        .filter_map(|mark| text.find(mark))
        .filter(|at| text[..*at].chars().filter(char::is_ascii_digit).count() >= 7)
        .min()
        .unwrap_or(text.len());
    let groups = groups(&text[..end]);
    let abroad = groups.first().is_some_and(|g| g.starts_with('+'));
    let whole: String = groups.concat();
    // An extension may hang on by a hyphen: 0851-12345678-801.
    let shorter = match groups.split_last() {
        Some((last, rest)) if rest.len() >= 2 && last.len() <= 6 => Some(rest.concat()),
        _ => None,
    };
    [Some(whole), shorter]
        .into_iter()
        .flatten()
        .any(|digits| is_dialled(digits.trim_start_matches('+'), abroad))
}

/// Runs of digits up to the end of the first number: words before and behind are remarks.
fn groups(text: &str) -> Vec<String> {
    let mut groups: Vec<String> = Vec::new();
    let mut open = false;
    for c in text.chars() {
        match c {
            '0'..='9' | '+' if c != '+' || groups.is_empty() => {
                match groups.last_mut().filter(|_| open) {
                    Some(group) => group.push(c),
                    None => groups.push(c.to_string()),
                }
                open = true;
            }
            ' ' | '-' | '–' | '—' | '−' | '(' | ')' | '.' | '_' => open = false,
            _ if groups.is_empty() => {}
            _ => break,
        }
    }
    groups
}

/// Whether so many digits lead anywhere (ITU-T E.164; the numbering plan of the mainland).
fn is_dialled(digits: &str, abroad: bool) -> bool {
    let home = ["0086", "86"]
        .iter()
        .find_map(|code| digits.strip_prefix(code))
        .filter(|rest| rest.len() >= 10);
    if let Some(rest) = home {
        return is_dialled(rest, false);
    }
    let n = digits.len();
    if abroad || digits.starts_with("00") {
        return (7..=17).contains(&n);
    }
    let mut of = digits.chars();
    match (of.next(), of.next()) {
        // A mobile of the mainland: one digit too few or too many is the usual slip.
        (Some('1'), Some('3'..='9')) => n == 11,
        // An area code and its number.
        (Some('0'), _) => (10..=12).contains(&n),
        // A number of this city, of Hong Kong, Macao or Taiwan, 400 and 800, or one with a country
        // code and no plus.
        _ => (7..=15).contains(&n),
    }
}

#[cfg(test)]
mod tests {
    use super::is_callable;

    #[test]
    fn what_can_be_called() {
        for number in [
            "13800138000",
            "138 0013 8000",
            "138-0013-8000",
            "+86 138 0013 8000",
            "0086-13800138000",
            "8613800138000",
            "（0851）8512 3456",
            "0851-85123456",
            "010-12345678-801",
            "0755-12345678转801",
            "12345678 分机 12",
            "021-5555 1234 ext. 7",
            "85123456",
            "8512345",
            "400-810-1234",
            "+852 2345 6789",
            "852-23456789",
            "+886 2 1234 5678",
            "+1 (212) 555-0123",
            "１３８００１３８０００",
            "\u{202d}13800138000\u{202c}",
            "13800138000、13900139000",
            "13800138000 13900139000",
            "13800138000/0851-85123456",
            "电话：13800138000（下午五点后）",
        ] {
            assert!(is_callable(number), "{number}");
        }
    }

    #[test]
    fn what_cannot() {
        for number in [
            "abc",
            "无",
            "123",
            "110",
            "1380013800",
            "138001380000",
            "+86 1380013800",
            "0851-123",
            "zhang@example.cn",
            "+",
            "-",
            "1234567890123456789",
        ] {
            assert!(!is_callable(number), "{number}");
        }
    }
}
