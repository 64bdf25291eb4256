//! A short run of every fuzz target: its corpus, and some mutations of each input. Hours of it are run by `engine/fuzz`.

use std::path::Path;

use palisander_tests::fuzzed::TARGETS;
use palisander_tests::random::Random;

/// Mutations of each input; targets that load an engine for each input take fewer.
fn times(target: &str) -> usize {
    match target {
        "rules" | "lanes" => 12,
        "lane_law" | "cases" | "xlsx" => 60,
        _ => 150,
    }
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} holds nothing", folder.display());
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// Bytes turned, put in, taken away, or a piece doubled.
fn mutated(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    const SIGNS: &[u8] = b"\0\x01\"'{}[]<>&,;:+?\n\r\x7f\xc2\xff0-";
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let to = (at + random.below(24)).min(bytes.len());
        match random.below(5) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 => bytes.insert(at, random.pick(SIGNS)),
            2 => drop(bytes.drain(at..to)),
            3 => {
                let piece = bytes[at..to].to_vec();
                bytes.splice(at..at, piece).for_each(drop);
            }
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}

#[test]
fn no_bytes_break_a_promise() {
    for (name, target) in TARGETS {
        let mut random = Random::new(13);
        for input in corpus(name) {
            target(&input);
            for _ in 0..times(name) {
                let bytes = mutated(&input, &mut random);
                let held = std::panic::catch_unwind(|| target(&bytes));
                assert!(held.is_ok(), "{name}: {:?}", String::from_utf8_lossy(&bytes));
            }
        }
    }
}
