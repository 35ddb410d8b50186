//! What our own server's filter says of a mail. Only the topmost field of each kind counts, and the
//! highest of them: whoever writes such a field into a mail harms nobody else.

use super::fields::Fields;

/// What a bare "yes" is worth: the score at which filters say so.
const YES: i32 = 500;

/// The score in hundredths, on SpamAssassin's scale; `None` where no filter spoke.
pub(super) fn score(fields: &Fields<'_>) -> Option<i32> {
    const NUMBERS: [&str; 4] = [
        "x-spam-score",
        "x-rspamd-score",
        "x-spam-status",
        "x-spamd-result",
    ];
    let numbers = NUMBERS.iter().filter_map(|name| {
        let value = fields.ascii(name)?;
        number(&value)
    });
    let flagged = fields
        .ascii("x-spam-flag")
        .is_some_and(|v| v.starts_with("yes"))
        || fields
            .ascii("x-spam-status")
            .is_some_and(|v| v.starts_with("yes"))
        || fields.ascii("x-spam").is_some_and(|v| v.starts_with("yes"));
    let stars = fields.ascii("x-spam-level").map(|level| {
        let stars = level.bytes().take_while(|b| *b == b'*').count().min(1_000);
        i32::try_from(stars).unwrap_or_default() * 100
    });
    numbers.chain(stars).chain(flagged.then_some(YES)).max()
}

/// `12.3`, `Yes, score=12.3 required=5`, `default: True [12.30 / 15.00]`.
fn number(value: &str) -> Option<i32> {
    let start = [("score=", 6), ("hits=", 5), ("[", 1)]
        .iter()
        .find_map(|(mark, length)| value.find(mark).map(|at| at + length))
        .unwrap_or(0);
    let rest = value[start..].trim_start();
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')));
    let number: f64 = rest[..end.unwrap_or(rest.len())].parse().ok()?;
    // Hundredths of a score that no filter exceeds.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "clamped to what an i32 holds"
    )]
    Some((number.clamp(-10_000.0, 10_000.0) * 100.0).round() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &str) -> Option<i32> {
        let raw = format!("{head}\nFrom: a@x\n\n");
        let (fields, _) = super::super::fields::of_mail(raw.as_bytes()).expect("readable");
        score(&fields)
    }

    #[test]
    fn filters_say_it_in_many_ways() {
        assert_eq!(read("X-Spam-Score: 7.5"), Some(750));
        assert_eq!(
            read("X-Spam-Status: Yes, score=12.3 required=5.0 tests=A"),
            Some(1_230)
        );
        assert_eq!(
            read("X-Spam-Status: No, score=-1.9 required=5.0"),
            Some(-190)
        );
        assert_eq!(
            read("X-Spamd-Result: default: True [16.20 / 15.00]"),
            Some(1_620)
        );
        assert_eq!(read("X-Spam-Level: ******"), Some(600));
        assert_eq!(read("X-Spam-Flag: YES"), Some(500));
        assert_eq!(read("X-Spam-Flag: NO"), None);
        assert_eq!(read("X-Spam-Score: many"), None);
        assert_eq!(read("Subject: x"), None);
    }

    #[test]
    fn lower_fields_came_with_the_mail() {
        assert_eq!(read("X-Spam-Score: 1\nX-Spam-Score: 99"), Some(100));
    }
}
