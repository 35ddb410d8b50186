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
    if value.trim().is_empty() {
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

/// An address that mail can be sent to, or nothing.
pub fn address(faults: &mut Vec<FieldError>, field: &'static str, value: &str) {
    if !value.is_empty() && !is_address(value) {
        faults.push(FieldError::new(field, "not-an-address"));
    }
}

/// Whether mail could be sent there: one `@`, a domain with a dot, no spaces or controls.
#[must_use]
pub fn is_address(value: &str) -> bool {
    let plain = !value
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || "<>,;\"()".contains(c));
    let mut halves = value.split('@');
    match (halves.next(), halves.next(), halves.next()) {
        (Some(local), Some(domain), None) => {
            plain
                && !local.is_empty()
                && value.len() <= 254
                && domain.split('.').count() >= 2
                && domain.split('.').all(|part| !part.is_empty())
        }
        _ => false,
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
        required(&mut faults, "subject", "  ", SUBJECT);
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
        assert!(is_address("zhou.min@mail.example.cn"));
        for bad in [
            "a@b",
            "a b@c.cn",
            "a@b.cn\r\nBcc: x@y.cn",
            "@b.cn",
            "a@@b.cn",
            "a@.cn",
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
