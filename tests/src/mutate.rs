//! Inputs made of others by chance, the same ones from the same seed: mutation without a nightly
//! compiler, for every run of the stories.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    time::{Duration, Instant},
};

use crate::fuzz::LONGEST;

/// SplitMix64.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 where that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.any() % limit.max(1) as u64).unwrap_or(0)
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let longest = if self.below(8) == 0 { LONGEST } else { 40 };
        let most = (length - start).min(longest);
        start..start + self.below(most + 1)
    }
}

/// One more input out of those there are; `words` are what the format is made of.
#[must_use]
pub fn mutated(seeds: &[Vec<u8>], words: &[&str], chance: &mut Chance) -> Vec<u8> {
    let mut data = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(6) {
        let range = chance.range(data.len());
        match chance.below(8) {
            0 => {
                let bit = 1 << chance.below(8);
                if let Some(byte) = data.get_mut(range.start) {
                    *byte ^= bit;
                }
            }
            1 => {
                let byte = u8::try_from(chance.below(256)).unwrap_or(0);
                data.insert(range.start, byte);
            }
            2 => drop(data.drain(range)),
            3 => {
                let piece = data[range.clone()].to_vec();
                let most = if chance.below(20) == 0 { 500 } else { 3 };
                let times = 1 + chance.below(most);
                let piece = piece.repeat(times.min(LONGEST / piece.len().max(1)));
                data.splice(range.start..range.start, piece);
            }
            4 => {
                let other = &seeds[chance.below(seeds.len())];
                let piece = other[chance.range(other.len())].to_vec();
                data.splice(range, piece);
            }
            5 => data.truncate(range.end),
            _ => {
                let word = words[chance.below(words.len())].bytes();
                let end = range.start + range.len() * chance.below(2);
                data.splice(range.start..end, word);
            }
        }
        data.truncate(LONGEST);
    }
    data
}

/// Tries every seed, then what comes of them for `time`; answers how many inputs that were. An
/// input that breaks a promise is kept in a file, and named.
///
/// # Panics
/// Where a promise is broken.
pub fn replay(
    target: &str,
    check: fn(&[u8]),
    seeds: &[Vec<u8>],
    words: &[&str],
    seed: u64,
    time: Duration,
) -> usize {
    assert!(!seeds.is_empty(), "{target} has no corpus");
    let hold = |data: &[u8]| {
        if let Err(broken) = catch_unwind(AssertUnwindSafe(|| check(data))) {
            let path: PathBuf = std::env::temp_dir().join(format!("huiyin-{target}-{seed}"));
            let kept = fs::write(&path, data);
            let said = broken
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| broken.downcast_ref::<&str>().copied());
            panic!(
                "{target}, seed {seed}: {}; the input is {} ({kept:?})",
                said.unwrap_or("a panic"),
                path.display()
            );
        }
    };
    for data in seeds {
        hold(data);
    }
    let mut chance = Chance::new(seed);
    let end = Instant::now() + time;
    let mut tried = seeds.len();
    while Instant::now() < end {
        hold(&mutated(seeds, words, &mut chance));
        tried += 1;
    }
    tried
}
