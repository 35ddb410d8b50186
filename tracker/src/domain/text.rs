//! What a form may hold. Every fault at once, each with its field.

/// Longest subject, in characters.
pub const SUBJECT: usize = 200;
/// Longest body, in characters.
pub const BODY: usize = 20_000;
/// Longest name, phone, mail or postal address, in characters.
pub const SHORT: usize = 200;

/// A fault in a form.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong: `required`, `too-long`, `not-an-address`, `unknown`.
    pub code: &'static str,
}

impl FieldError {
    /// A fault of a field.
    #[must_use]
    pub const fn new(field: &'static str, code: &'static str) -> Self {
        Self { field, code }
    }
}

/// Nobody sees anything of this text: only space, zero-width characters, fillers and their like.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    ingest::visible::is_blank(text)
}

/// Required text of at most `most` characters.
pub fn required(faults: &mut Vec<FieldError>, field: &'static str, value: &str, most: usize) {
    if is_blank(value) {
        faults.push(FieldError::new(field, "required"));
    }
    at_most(faults, field, value, most);
}

/// Text of at most `most` characters.
pub fn at_most(faults: &mut Vec<FieldError>, field: &'static str, value: &str, most: usize) {
    if value.chars().count() > most {
        faults.push(FieldError::new(field, "too-long"));
    }
}

/// A telephone number that could be called, or nothing.
pub fn phone(faults: &mut Vec<FieldError>, field: &'static str, value: &str) {
    if !is_blank(value) && !super::phone::is_callable(value) {
        faults.push(FieldError::new(field, "not-a-phone"));
    }
}

/// An address that mail can be sent to, or nothing.
pub fn address(faults: &mut Vec<FieldError>, field: &'static str, value: &str) {
    if !value.is_empty() && !is_address(value) {
        faults.push(FieldError::new(field, "not-an-address"));
    }
}

/// Whether mail could be sent there: a local part and a domain of at least two labels, in the
/// characters that an envelope takes (RFC 5321; quoted local parts are refused, nobody has one).
#[must_use]
pub fn is_address(value: &str) -> bool {
    let Some((local, domain)) = value.split_once('@') else {
        return false;
    };
    value.len() <= 254
        && !value.contains("=?")
        && (1..=64).contains(&local.len())
        && local.split('.').all(|atom| !atom.is_empty())
        && local
            .chars()
            .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c))
        && is_domain(domain)
}

/// A name on the internet, not the number of a machine.
fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.')
        && domain.split('.').all(label)
        && last.chars().count() >= 2
        && !last.chars().all(|c| c.is_ascii_digit())
}

/// A mail address as it was meant: without blanks and invisible marks around it, and with the
/// full-width signs of a Chinese keyboard as what they stand for.
#[must_use]
pub fn tidy_address(value: &str) -> String {
    let seen: String = value
        .trim_matches(ingest::visible::is_unseen)
        .chars()
        .map(half_width)
        .collect();
    if is_address(&seen) {
        seen
    } else {
        value.trim().to_owned()
    }
}

/// The half-width form of a full-width sign, letter or digit.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '。' => '.',
        '\u{3000}' => ' ',
        other => other,
    }
}

/// The form under which an address is compared: lower case.
#[must_use]
pub fn address_key(address: &str) -> String {
    address.trim().to_lowercase()
}

/// One line without controls or runs of blanks.
#[must_use]
pub fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most `most` characters, with an ellipsis where something was cut.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars()
        .take(most.saturating_sub(1))
        .chain(['…'])
        .collect()
}

/// Family names of two characters that are still met with.
const LONG_FAMILY_NAMES: [&str; 16] = [
    "欧阳", "司马", "上官", "诸葛", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "端木", "东方",
    "夏侯", "长孙", "宇文", "轩辕",
];

/// A name as lists show it: 王某, 欧阳某, or the first letter and stars.
#[must_use]
pub fn masked(name: &str) -> String {
    let name = name.trim();
    if let Some(family) = LONG_FAMILY_NAMES.iter().find(|f| name.starts_with(**f)) {
        return format!("{family}某");
    }
    let mut chars = name.chars();
    match chars.next() {
        None => String::new(),
        Some(first) if first.is_ascii() => format!("{first}***"),
        Some(first) => format!("{first}某"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_name_keeps_the_family() {
        for (name, shown) in [
            ("王小明", "王某"),
            ("欧阳建国", "欧阳某"),
            (" Smith", "S***"),
            ("", ""),
        ] {
            assert_eq!(masked(name), shown);
        }
    }

    #[test]
    fn faults_come_all_at_once() {
        let mut faults = Vec::new();
        required(&mut faults, "subject", " \u{200b}\u{3164}\u{2800}", SUBJECT);
        required(&mut faults, "body", &"长".repeat(BODY + 1), BODY);
        address(&mut faults, "email", "nobody@nowhere");
        let expected = [
            ("subject", "required"),
            ("body", "too-long"),
            ("email", "not-an-address"),
        ];
        let found: Vec<_> = faults.iter().map(|f| (f.field, f.code)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn addresses() {
        for good in [
            "zhou.min@mail.example.cn",
            "o'neil+x@b-c.com.cn",
            "李@例子.中国",
        ] {
            assert!(is_address(good), "{good}");
        }
        assert_eq!(tidy_address(" zhou＠qq。com\u{200b}"), "zhou@qq.com");
        assert_eq!(tidy_address(" 没有 "), "没有");
        for bad in [
            "a@b",
            "a b@c.cn",
            "a@b.cn\r\nBcc: x@y.cn",
            "@b.cn",
            "a@@b.cn",
            "a@.cn",
            ".a@b.cn",
            "a..b@c.cn",
            "a@b.c",
            "a@-b.cn",
            "a@b_c.cn",
            "a@127.0.0.1",
            "a\u{200b}@b.cn",
            "\"a b\"@c.cn",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn names_are_masked_and_lines_cut() {
        assert_eq!(masked("周敏"), "周某");
        assert_eq!(masked("Alice"), "A***");
        assert_eq!(cut("一二三四", 3), "一二…");
        assert_eq!(one_line("a\r\nBcc:  b"), "a Bcc: b");
    }
}
