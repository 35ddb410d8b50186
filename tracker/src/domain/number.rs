//! What everybody calls a letter: `2026-000123-X`. One series a year over all channels, so that a
//! number tells nothing; a check character last, so that a slip of the pen is noticed.

use std::{fmt, str::FromStr};

/// Crockford's alphabet: no I, L, O, U.
pub(crate) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A letter's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LetterNumber {
    /// Year of receipt in the department's zone.
    pub year: i16,
    /// From 1 in each year, gap-free.
    pub serial: u32,
}

/// Why a text is no letter number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Another shape.
    #[error("a letter number looks like 2026-000123-X: year, number, check character")]
    Shape,
    /// Right shape, wrong check character.
    #[error("this letter number has a slip in it: its last character does not fit the rest")]
    Check,
}

impl LetterNumber {
    /// The check character: digits weighted 1, 2, 3 … modulo 31, which notices every wrong digit
    /// and every two neighbours swapped.
    fn check(self) -> char {
        let digits = format!("{:04}{:06}", self.year, self.serial);
        let sum: u32 = digits
            .bytes()
            .zip(1u32..)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        char::from(ALPHABET[(sum % 31) as usize])
    }
}

impl fmt::Display for LetterNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:06}-{}", self.year, self.serial, self.check())
    }
}

impl FromStr for LetterNumber {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let tidy: String = text
            .trim()
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(plain)
            .collect();
        let mut parts = tidy.split('-');
        let (Some(year), Some(serial), Some(check), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NumberError::Shape);
        };
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || !(6..=9).contains(&serial.len()) || !digits(year) || !digits(serial) {
            return Err(NumberError::Shape);
        }
        let number = Self {
            year: year.parse().map_err(|_| NumberError::Shape)?,
            serial: serial.parse().map_err(|_| NumberError::Shape)?,
        };
        let mut check = check.chars();
        match (check.next(), check.next()) {
            (Some(c), None) if c == number.check() => Ok(number),
            (Some(_), None) => Err(NumberError::Check),
            _ => Err(NumberError::Shape),
        }
    }
}

/// The numbers that a text mentions, each once, in order: at most ten. Chinese words, brackets and
/// marks may touch them; a slip in one makes it none.
#[must_use]
pub fn all_in(text: &str) -> Vec<LetterNumber> {
    let wide = |c: char| {
        if ('！'..='～').contains(&c) {
            plain(c)
        } else {
            c
        }
    };
    let tidy: String = text
        .chars()
        .map(|c| match c {
            '—' | '–' | '−' => '-',
            other => wide(other),
        })
        .collect();
    let mut found: Vec<LetterNumber> = Vec::new();
    for word in tidy.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        if let Ok(number) = word.trim_matches('-').parse::<LetterNumber>()
            && !found.contains(&number)
            && found.len() < 10
        {
            found.push(number);
        }
    }
    found
}

impl LetterNumber {
    /// The number in what somebody typed or pasted: with its label, blanks for hyphens or none at
    /// all, full-width, in small letters.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        runs(text).find_map(|run| {
            let digits: String = run.iter().collect();
            let (body, check) = digits.split_at_checked(digits.len().checked_sub(1)?)?;
            let (year, serial) = body.split_at_checked(4)?;
            format!("{year}-{serial}-{check}").parse().ok()
        })
    }
}

/// Between the groups of a number or code.
fn is_between(c: char) -> bool {
    ingest::visible::is_unseen(c) || "-_.·‐‑‒―".contains(plain(c)) || plain(c) == '-'
}

/// Every stretch of letters and digits that a number or code in a text could be, their hyphens and
/// blanks left out: from the beginning of each group to the end of each later one.
pub(crate) fn runs(text: &str) -> impl Iterator<Item = Vec<char>> {
    let mut stretches: Vec<Vec<Vec<char>>> = vec![Vec::new()];
    let mut open = false;
    // Far more than any number and code with their labels hold.
    for c in text.chars().take(400) {
        let p = plain(c);
        if p.is_ascii_alphanumeric() {
            let stretch = stretches.last_mut().expect("there is always one");
            match stretch.last_mut().filter(|_| open) {
                Some(group) => group.push(p),
                None => stretch.push(vec![p]),
            }
            open = true;
        } else {
            if !is_between(c) {
                stretches.push(Vec::new());
            }
            open = false;
        }
    }
    stretches.into_iter().flat_map(|groups| {
        let n = groups.len();
        let pairs = (0..n).flat_map(move |from| (from..n.min(from + 16)).map(move |to| (from, to)));
        pairs
            .map(|(from, to)| groups[from..=to].concat())
            .collect::<Vec<_>>()
    })
}

/// Full-width to half-width, upper case, and the look-alikes people type.
pub(crate) fn plain(c: char) -> char {
    let c = match super::text::half_width(c) {
        '—' | '–' | '−' => '-',
        other => other,
    };
    match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        upper => upper,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_however_typed() {
        let number = LetterNumber {
            year: 2026,
            serial: 123,
        };
        let text = number.to_string();
        assert!(text.starts_with("2026-000123-"), "{text}");
        assert_eq!(text.parse(), Ok(number));
        assert_eq!(format!(" {} ", text.to_lowercase()).parse(), Ok(number));
        let wide: String = text
            .chars()
            .map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap())
            .collect();
        assert_eq!(wide.parse(), Ok(number));
    }

    #[test]
    fn numbers_are_found_where_subjects_have_them() {
        let number = LetterNumber {
            year: 2026,
            serial: 146,
        };
        for text in [
            format!("Re: 回信地址（信件编号 {number}）"),
            format!("Re: 答复 [{number}]"),
            format!("答复：关于{number}号信件的补充"),
            format!("Re:{}—补充", number.to_string().to_lowercase()),
            format!(
                "［{}］",
                number.to_string().replace('2', "２").replace('-', "－")
            ),
        ] {
            assert_eq!(all_in(&text), [number], "{text}");
        }
        let slip = number.to_string().replace("146", "147");
        assert!(all_in(&format!("{slip} 2026-01-02 13800000000")).is_empty());
    }

    #[test]
    fn numbers_are_found_however_pasted() {
        let number = LetterNumber {
            year: 2026,
            serial: 123,
        };
        let check = number.check();
        let small = check.to_ascii_lowercase();
        for text in [
            format!("2026-000123-{check}"),
            format!(" 2026 000123 {small} "),
            format!("2026000123{check}"),
            format!("２０２６－０００１２３－{check}"),
            format!("2026—000123—{check}"),
            format!("信件编号：2026-000123-{check}"),
            format!("信件编号2026-000123-{check}。"),
            format!("Letter number 2026-000123-{check}"),
            format!("No. 2O26\u{a0}OOOI23\u{200b}{check}"),
            format!("编号：2026-000123-{check}\n查询码：7F3K-M2PQ-9XWE-4RTA"),
        ] {
            assert_eq!(LetterNumber::typed(&text), Some(number), "{text}");
        }
        let other = if check == 'A' { 'B' } else { 'A' };
        for text in [
            String::new(),
            "2026".into(),
            format!("2026-000123-{other}"),
            format!("2026-00123-{check}"),
        ] {
            assert_eq!(LetterNumber::typed(&text), None, "{text}");
        }
    }

    #[test]
    fn every_single_slip_and_swap_is_noticed() {
        for serial in [1, 99, 123, 4_831, 999_999, 1_234_567] {
            let text = LetterNumber { year: 2026, serial }.to_string();
            let chars: Vec<char> = text.chars().collect();
            for i in 0..chars.len() - 2 {
                for digit in '0'..='9' {
                    if chars[i] == digit || chars[i] == '-' {
                        continue;
                    }
                    let mut wrong = chars.clone();
                    wrong[i] = digit;
                    let wrong: String = wrong.into_iter().collect();
                    assert!(wrong.parse::<LetterNumber>().is_err(), "{wrong} for {text}");
                }
                if chars[i] != chars[i + 1] && chars[i] != '-' && chars[i + 1] != '-' {
                    let mut swapped = chars.clone();
                    swapped.swap(i, i + 1);
                    let swapped: String = swapped.into_iter().collect();
                    assert!(
                        swapped.parse::<LetterNumber>().is_err(),
                        "{swapped} for {text}"
                    );
                }
            }
        }
    }
}
