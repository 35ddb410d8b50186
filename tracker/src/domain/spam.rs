//! Mail that nobody should have to read: by the score that the department's own mail server gave it,
//! and by the list of blocked senders.

use super::text;

/// What is to become of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Nothing speaks against it.
    Clean,
    /// A person must say.
    Hold,
    /// Nobody need look at it.
    Invalid,
}

/// Judges a score, in hundredths. `hold_from` and `invalid_from` are what the operator set, in
/// whole points.
#[must_use]
pub fn by_score(score: Option<i32>, hold_from: f64, invalid_from: f64) -> Judged {
    let Some(score) = score.map(|hundredths| f64::from(hundredths) / 100.0) else {
        return Judged::Clean;
    };
    if score >= invalid_from {
        Judged::Invalid
    } else if score >= hold_from {
        Judged::Hold
    } else {
        Judged::Clean
    }
}

/// Whether a sender stands in the list of blocked ones: as an address, or by a domain (`@example.net`)
/// that is its own or stands above it.
#[must_use]
pub fn is_blocked(address: &str, blocked: &[String]) -> bool {
    let address = text::address_key(address);
    let Some((_, domain)) = address.rsplit_once('@') else {
        return false;
    };
    blocked.iter().any(|entry| {
        let entry = entry.trim().to_lowercase();
        match entry.strip_prefix('@') {
            Some(whole) if !whole.is_empty() => domain
                .strip_suffix(whole)
                .is_some_and(|below| below.is_empty() || below.ends_with('.')),
            _ => text::address_key(&entry) == address,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_hold_and_end() {
        let judge = |score| by_score(score, 5.0, 15.0);
        assert_eq!(judge(None), Judged::Clean);
        assert_eq!(judge(Some(499)), Judged::Clean);
        assert_eq!(judge(Some(500)), Judged::Hold);
        assert_eq!(judge(Some(1_500)), Judged::Invalid);
        assert_eq!(judge(Some(-900)), Judged::Clean);
    }

    #[test]
    fn addresses_and_domains_are_blocked() {
        let blocked = ["who@example.com".to_owned(), "@Example.net".to_owned()];
        for address in ["Who@Example.com", "a@example.net", "a@mail.example.net"] {
            assert!(is_blocked(address, &blocked), "{address}");
        }
        for address in ["other@example.com", "a@notexample.net", "", "example.net"] {
            assert!(!is_blocked(address, &blocked), "{address}");
        }
        assert!(!is_blocked("a@b.cn", &["@".to_owned(), String::new()]));
    }
}
