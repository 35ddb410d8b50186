//! What proves whose a letter is: the query code for its writer, the reply token for a reply.
//! 80 bits each, in Crockford base32.

use std::{fmt, str::FromStr};

use super::number::{ALPHABET, LetterNumber, plain, runs};

/// 查询码: shown once, looked up ever after; `7F3K-M2PQ-9XWE-4RTA`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct QueryCode(pub [u8; 10]);

impl fmt::Debug for QueryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QueryCode(…)")
    }
}

impl fmt::Display for QueryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = encode(self.0);
        let groups: Vec<&str> = (0..16).step_by(4).map(|i| &digits[i..i + 4]).collect();
        f.write_str(&groups.join("-"))
    }
}

impl QueryCode {
    /// The code in what somebody typed or pasted: with its label, blanks for hyphens or none at all,
    /// full-width, in small letters.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let found = runs(text).filter_map(|run| decode(&run.iter().collect::<String>()));
        found.map(Self).next()
    }
}

/// Not 16 characters of the alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a query code has 16 letters and digits, as 7F3K-M2PQ-9XWE-4RTA")]
pub struct CodeError;

impl FromStr for QueryCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let digits: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(plain)
            .filter(|c| *c != '-')
            .collect();
        decode(&digits).map(Self).ok_or(CodeError)
    }
}

/// What a reply carries back: `HY.2026-000123-K.7F3KM2PQ9XWE4RTA`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ReplyToken {
    /// The letter it names.
    pub number: LetterNumber,
    /// What only we could have computed.
    pub mac: [u8; 10],
}

impl fmt::Display for ReplyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HY.{}.{}", self.number, encode(self.mac))
    }
}

impl FromStr for ReplyToken {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let mut parts = text.trim().trim_matches(['[', ']']).splitn(3, '.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(mark), Some(number), Some(mac)) if mark.eq_ignore_ascii_case("HY") => Ok(Self {
                number: number.parse().map_err(|_| CodeError)?,
                mac: decode(&mac.chars().map(plain).collect::<String>()).ok_or(CodeError)?,
            }),
            _ => Err(CodeError),
        }
    }
}

fn encode(bytes: [u8; 10]) -> String {
    let value = bytes.iter().fold(0u128, |v, b| (v << 8) | u128::from(*b));
    (0..16)
        .rev()
        .map(|i| char::from(ALPHABET[(value >> (5 * i) & 31) as usize]))
        .collect()
}

fn decode(digits: &str) -> Option<[u8; 10]> {
    if digits.len() != 16 {
        return None;
    }
    let value = digits.bytes().try_fold(0u128, |value, digit| {
        let place = ALPHABET.iter().position(|a| *a == digit)?;
        Some((value << 5) | place as u128)
    })?;
    value.to_be_bytes().last_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_however_typed() {
        let code = QueryCode([0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10, 0x01, 0xff]);
        let text = code.to_string();
        assert_eq!(text.len(), 19);
        assert!(text.parse::<QueryCode>() == Ok(code));
        let sloppy = text
            .to_lowercase()
            .replace('-', " ")
            .replace('0', "o")
            .replace('1', "l");
        assert!(sloppy.parse::<QueryCode>() == Ok(code), "{sloppy}");
        assert!("7F3K".parse::<QueryCode>().is_err());
    }

    #[test]
    fn codes_are_found_however_pasted() {
        let code: QueryCode = "7F3K-M2PQ-9XWE-4RTA".parse().unwrap();
        for text in [
            "7f3k m2pq 9xwe 4rta",
            "7F3KM2PQ9XWE4RTA",
            "７Ｆ３Ｋ－Ｍ２ＰＱ－９ＸＷＥ－４ＲＴＡ",
            "查询码：7F3K-M2PQ-9XWE-4RTA",
            "查询码7F3K-M2PQ-9XWE-4RTA（请勿告诉他人）",
            "Query code: 7F3K-M2PQ-9XWE-4RTA",
            "Query code 7F3K M2PQ 9XWE 4RTA",
            "编号：2026-000123-K\n查询码：7F3K-M2PQ-9XWE-4RTA",
            "2026-000123-K 7F3K-M2PQ-9XWE-4RTA",
            "\u{200b}7F3K‑M2PQ‑9XWE‑4RTA\u{feff}",
        ] {
            assert!(QueryCode::typed(text) == Some(code), "{text}");
        }
        for text in ["", "7F3K-M2PQ-9XWE", "7F3K-M2PQ-9XWE-4RTAX"] {
            assert!(QueryCode::typed(text).is_none(), "{text}");
        }
    }

    #[test]
    fn tokens_read_back() {
        let number = LetterNumber {
            year: 2026,
            serial: 7,
        };
        let token = ReplyToken {
            number,
            mac: [3; 10],
        };
        assert!(format!("[{token}]").parse() == Ok(token));
        assert!(token.to_string().to_lowercase().parse() == Ok(token));
    }
}
