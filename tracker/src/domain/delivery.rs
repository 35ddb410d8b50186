//! When to try again, and how much automatic mail an address gets.

use std::time::Duration;

/// How long to wait after the n-th temporary failure, in minutes.
const WAITS: [u64; 9] = [1, 2, 5, 10, 30, 60, 120, 240, 480];

/// Attempts over about five days, then it has failed for good.
pub const MOST_ATTEMPTS: u32 = 20;

/// How long to wait after `attempts` failures; `None` when enough were made. `jitter` from 0 to 1
/// spreads retries over a fifth of the wait, so that a server that comes back is not overrun.
#[must_use]
pub fn wait_after(attempts: u32, jitter: f64) -> Option<Duration> {
    if attempts >= MOST_ATTEMPTS {
        return None;
    }
    let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let minutes = WAITS.get(at).copied().unwrap_or(480);
    Some(Duration::from_secs(minutes * 60).mul_f64(1.0 + 0.2 * jitter.clamp(0.0, 1.0)))
}

/// Automatic mails an address gets in a day. A sender that answers every receipt with an
/// automatic reply that nothing marks as such costs no more than this.
pub const RECEIPTS_A_DAY: usize = 1;

/// Whether one more receipt may go to an address that got `today` of them.
#[must_use]
pub fn receipt_allowed(today: usize) -> bool {
    today < RECEIPTS_A_DAY
}

/// Words a day that a writer gets for one letter that they add to.
pub const CONFIRMATIONS_A_LETTER: usize = 1;
/// And for all of their letters.
pub const CONFIRMATIONS_A_DAY: usize = 3;

/// Whether one more word may go to an address that got these today, each for a letter: a machine
/// that answers each of them and says nowhere that it is one costs no more than that.
#[must_use]
pub fn confirmation_allowed(today: &[i64], letter: i64) -> bool {
    let of_letter = today.iter().filter(|l| **l == letter).count();
    of_letter < CONFIRMATIONS_A_LETTER && today.len() < CONFIRMATIONS_A_DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_a_letter_and_three_a_day() {
        assert!(confirmation_allowed(&[], 1));
        assert!(!confirmation_allowed(&[1], 1));
        assert!(confirmation_allowed(&[1, 2], 3));
        assert!(!confirmation_allowed(&[1, 2, 3], 4));
    }

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<_> = (1..MOST_ATTEMPTS)
            .map(|n| wait_after(n, 0.0).unwrap())
            .collect();
        assert!(waits.windows(2).all(|w| w[0] <= w[1]));
        assert_eq!(waits[0], Duration::from_secs(60));
        let days = waits.iter().sum::<Duration>().as_secs() / 86_400;
        assert!((3..=6).contains(&days), "{days} days");
        assert_eq!(wait_after(MOST_ATTEMPTS, 0.5), None);
        assert!(wait_after(1, 1.0).unwrap() <= Duration::from_secs(72));
    }
}
