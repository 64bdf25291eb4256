//! No deed of a sender lowers a lane, hides wood of ours, or loses a bill without a word (README, invariants).

use palisander_tests::damage::{DEEDS, damaged};
use palisander_tests::fuzzed::{LAW_FORMATS, law, written};
use palisander_tests::generator::{Made, Port};
use palisander_tests::random::Random;

use crate::support::ENGINE;

/// Bills tried in each format.
const BILLS: u64 = 40;
/// Times that each deed is done to each bill.
const TIMES: usize = 12;

#[test]
fn no_deed_lowers_a_lane() {
    let mut broken = Vec::new();
    for format in LAW_FORMATS {
        for seed in 0..BILLS {
            let made = [Made::Planted, Made::Honest, Made::Plain, Made::Sounding][(seed % 4) as usize];
            let text = written(&Port::new(seed).of(made), format);
            let mut random = Random::new(seed);
            for deed in DEEDS.iter().flat_map(|deed| std::iter::repeat_n(*deed, TIMES)) {
                let Some(now) = damaged(&text, format, deed, &mut random) else { continue };
                broken.extend(law(&ENGINE, &text, &now, format, deed, made).err());
            }
        }
    }
    assert!(broken.is_empty(), "{} cases:\n{}", broken.len(), broken.join("\n\n"));
}
