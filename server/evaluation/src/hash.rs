//! Numbers from texts and counts, the same for ever: order of equal points, the draw, weights of the bootstrap.

/// A number from 0 up to 1 for a text under a key; nobody without the key can foretell it (BLAKE3, keyed by its digest).
pub fn draw(key: &str, text: &str) -> f64 {
    let digest = blake3::keyed_hash(blake3::hash(key.as_bytes()).as_bytes(), text.as_bytes());
    unit(first(digest.as_bytes()))
}

/// What is published before the draw: the key cannot be found from it, and no other key fits it.
pub fn commitment(key: &str) -> String {
    blake3::hash(format!("palisander draw\n{key}").as_bytes()).to_hex().to_string()
}

fn first(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// The upper 53 bits as a number from 0 up to 1.
fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// Mixes two numbers (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
pub fn mixed(a: u64, b: u64) -> u64 {
    let mut z =
        a.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(b.wrapping_mul(0xd134_2543_de82_ef95)).wrapping_add(1);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// How often a cluster stands in a resample: Poisson with mean 1, from its number and the resample's.
pub fn weight(cluster: u64, resample: u64) -> f64 {
    let mut left = unit(mixed(cluster, resample));
    let (mut n, mut chance) = (0.0, (-1.0_f64).exp());
    while left >= chance && n < 12.0 {
        left -= chance;
        n += 1.0;
        chance /= n;
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_have_mean_one_and_draws_are_even() {
        let sum: f64 = (0..20_000).map(|n| weight(n, 7)).sum();
        assert!((19_500.0..20_500.0).contains(&sum), "{sum}");
        let low = (0..10_000).filter(|n| draw("k", &n.to_string()) < 0.2).count();
        assert!((1_850..2_150).contains(&low), "{low}");
        assert_eq!(commitment("a").len(), 64);
        assert_ne!(commitment("a"), commitment("b"));
    }
}
