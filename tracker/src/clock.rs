//! Where time and randomness come from. Everything else is given an instant or an [`Entropy`];
//! only this file may ask the system.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// The current instant.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The system's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the system's clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that moves only when told.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Stands at `at`.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.as_microsecond()))
    }

    /// Moves to `at`.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_microsecond(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst))
            .expect("it was made from a timestamp")
    }
}

/// A source of unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The system's randomness.
#[derive(Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks for randomness"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("a system without randomness can keep no secret");
    }
}

/// `N` unpredictable bytes.
pub fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// Ids that grow with time, so that rows land at the end of their index, and never repeat within
/// a process: microseconds since 2020, ten random bits last.
#[derive(Debug, Default)]
pub struct Ids(AtomicI64);

impl Ids {
    /// The next id.
    pub fn next(&self, now: Timestamp, entropy: &dyn Entropy) -> i64 {
        const YEAR_2020: i64 = 1_577_836_800_000_000;
        let noise = i64::from(u16::from_be_bytes(random(entropy)) & 0x3ff);
        let candidate = (now.as_microsecond().saturating_sub(YEAR_2020).max(1) << 10) | noise;
        let mut last = self.0.load(Ordering::Relaxed);
        loop {
            let id = candidate.max(last + 1);
            match self
                .0
                .compare_exchange_weak(last, id, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return id,
                Err(seen) => last = seen,
            }
        }
    }
}
