//! A day of receipt that a person types: some days are asked about before they are believed, for a
//! slip of the finger there decides which law holds and what is late.

use jiff::{ToSpan, civil::Date};

/// Why a day is asked about: a code of the words' `fault` family.
pub const BEFORE_OFFICE: &str = "before-office";
/// The same.
pub const LONG_AGO: &str = "long-ago";

/// What is to be asked about a day of receipt; `None` where it is as usual. `since` is the first day
/// on which the office took letters, where that is known.
///
/// A day over a year ago is one to ask about, and so is every one of another century. Days of the
/// future are no question: they are refused where they are typed.
#[must_use]
pub fn doubt(day: Date, today: Date, since: Option<Date>) -> Option<&'static str> {
    if since.is_some_and(|since| day < since) {
        return Some(BEFORE_OFFICE);
    }
    let year_ago = today.checked_sub(1.year()).unwrap_or(Date::MIN);
    (day < year_ago).then_some(LONG_AGO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_asked_about() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let of =
            |text: &str, since: Option<&str>| doubt(day(text), day("2026-12-01"), since.map(day));
        let cases = [
            ("2026-12-01", None, None),
            ("2025-12-01", None, None),
            ("2025-11-30", None, Some(LONG_AGO)),
            ("1926-12-01", None, Some(LONG_AGO)),
            ("0026-12-01", None, Some(LONG_AGO)),
            ("2026-08-31", Some("2026-09-01"), Some(BEFORE_OFFICE)),
            ("2026-09-01", Some("2026-09-01"), None),
            ("1926-12-01", Some("2010-01-01"), Some(BEFORE_OFFICE)),
        ];
        for (text, since, expected) in cases {
            assert_eq!(of(text, since), expected, "{text} {since:?}");
        }
    }
}
