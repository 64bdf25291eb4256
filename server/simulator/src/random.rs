//! Numbers that look random and are the same for ever: streams with names.
//!
//! In: a seed, a family, the name of a part and a count. Out: a stream of numbers of its own, so that a part that asks for one
//! number more disturbs no other. ChaCha8 because its stream is documented and does not change between versions
//! (`rand_chacha`, "reproducible"); how a number becomes a choice is here, and so no change of a library moves it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// The root of all streams of a world.
#[derive(Debug, Clone, Copy)]
pub struct Seeds {
    seed: u64,
    family: u64,
}

impl Seeds {
    /// From a seed and the family that it belongs to; the same seed in another family is another world.
    pub fn new(seed: u64, family: &str) -> Self {
        Self { seed, family: named(family) }
    }

    /// Stream `n` of the part that has this name.
    pub fn stream(&self, name: &str, n: u64) -> Random {
        let mut key = [0_u8; 32];
        let words = [self.seed, self.family, named(name), n];
        for (place, word) in key.chunks_exact_mut(8).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        Random(ChaCha8Rng::from_seed(key))
    }

    /// The number that stands for a text: for streams that belong to a port or a bill.
    pub fn number(text: &str) -> u64 {
        named(text)
    }
}

/// FNV-1a, 64 bits: parts have names of some letters, and no two may share a stream.
fn named(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// One stream of numbers, advanced by each question to it.
#[derive(Debug, Clone)]
pub struct Random(ChaCha8Rng);

impl Random {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number from 0 up to, not including, 1: the upper 53 bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number from 0 to `n` − 1; 0 when `n` is 0. By multiplication, as Lemire does; its bias is below 2⁻⁴⁰ here.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below((high.saturating_sub(low) + 1) as usize) as u64
    }

    /// A number between these.
    pub fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with this chance.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// One of these, or `None` when there is none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// One of these texts, or nothing.
    pub fn word<'a>(&mut self, of: &'a [String]) -> &'a str {
        self.pick(of).map_or("", String::as_str)
    }

    /// The place of one of these, each as likely as its weight; `None` when all weigh nothing.
    pub fn weighted(&mut self, weights: &[f64]) -> Option<usize> {
        let all: f64 = weights.iter().sum();
        if all <= 0.0 {
            return None;
        }
        let mut left = self.unit() * all;
        for (place, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return Some(place);
            }
        }
        weights.iter().rposition(|weight| *weight > 0.0)
    }

    /// How many of `n` chances of `p` come true: the whole part for sure, the rest by chance.
    pub fn count(&mut self, n: f64, p: f64) -> usize {
        let mean = n * p;
        // Poisson by its exponential gaps (Knuth); means here are below some tens.
        let (limit, mut product, mut n) = ((-mean).exp(), self.unit(), 0);
        while product > limit && n < 10_000 {
            product *= self.unit();
            n += 1;
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_the_same_for_ever_and_do_not_disturb_each_other() {
        let seeds = Seeds::new(7, "play");
        assert_eq!(seeds.stream("goods", 3).bits(), Seeds::new(7, "play").stream("goods", 3).bits());
        assert_ne!(seeds.stream("goods", 3).bits(), seeds.stream("goods", 4).bits());
        assert_ne!(seeds.stream("goods", 3).bits(), seeds.stream("rings", 3).bits());
        assert_ne!(seeds.stream("goods", 3).bits(), Seeds::new(7, "figures").stream("goods", 3).bits());
        // Kept: a change of the library or of the key would move every world.
        assert_eq!(Seeds::new(1, "play").stream("kept", 0).bits(), 9_795_684_169_707_971_749);
    }

    #[test]
    fn counts_and_weights_have_their_means() {
        let mut random = Seeds::new(1, "play").stream("means", 0);
        let counted: usize = (0..20_000).map(|_| random.count(200.0, 0.01)).sum();
        assert!((39_000..41_000).contains(&counted), "{counted}");
        let heavy = (0..10_000).filter(|_| random.weighted(&[1.0, 3.0]) == Some(1)).count();
        assert!((7_300..7_700).contains(&heavy), "{heavy}");
        assert_eq!(random.weighted(&[0.0, 0.0]), None);
        assert_eq!(random.below(0), 0);
    }
}
