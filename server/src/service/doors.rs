//! Doors without a key: how much comes through each in a minute, and the work that goes before.
//!
//! In: a door, a text and its proof, or a token. Out: whether the door is open, whether the proof holds, and the id behind the
//! token, of which only a keyed hash is kept. Nobody is counted apart, since nothing of a request says who sends it: what comes is
//! counted from all together, and a proof of work makes many costly.

use std::num::NonZeroU32;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use sha2::{Digest, Sha256};

use crate::config::{ACCESS_A_MINUTE, FEED_READS_A_MINUTE, PROOF_BITS, TIPS_A_MINUTE};
use crate::hex;
use crate::secret::{self, NoRandom};
use crate::store::Hash;

/// A door that asks for no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Somebody tells something.
    Tips,
    /// Somebody reads what everybody may read.
    Feed,
    /// Somebody asks to be let in.
    Access,
}

impl Door {
    /// All of them, in the order of their buckets.
    const ALL: [Self; 3] = [Self::Tips, Self::Feed, Self::Access];

    /// How often it opens in a minute.
    pub(super) fn a_minute(self) -> NonZeroU32 {
        match self {
            Self::Tips => TIPS_A_MINUTE,
            Self::Feed => FEED_READS_A_MINUTE,
            Self::Access => ACCESS_A_MINUTE,
        }
    }
}

/// Reader that the log names for who has no key.
pub const NOBODY: &str = "nobody";
/// Characters of a token: 128 random bits in hexadecimal digits.
const TOKEN_CHARS: usize = 32;

/// A bucket of each door.
pub(super) struct Doors(Vec<DefaultDirectRateLimiter>);

impl Default for Doors {
    fn default() -> Self {
        Self(Door::ALL.map(|door| RateLimiter::direct(Quota::per_minute(door.a_minute()))).into())
    }
}

impl Doors {
    /// Goes through a door; false where as many came in this minute as may.
    pub(super) fn open(&self, door: Door) -> bool {
        self.0.get(door as usize).is_some_and(|bucket| bucket.check().is_ok())
    }
}

/// The id that a token stands for: a hash under that key. What is no token stands for an id that there is not.
pub(super) fn behind(key: &Hash, prefix: &str, token: &str) -> String {
    let small = token.get(..TOKEN_CHARS).filter(|whole| *whole == token).unwrap_or_default().to_ascii_lowercase();
    let digest = Sha256::new().chain_update(key).chain_update(small).finalize();
    format!("{prefix}_{}", hex::shown(&digest).chars().take(TOKEN_CHARS).collect::<String>())
}

/// A token of who has no key.
pub(super) fn new_token() -> Result<String, NoRandom> {
    Ok(hex::shown(&secret::random::<16>()?))
}

/// Longest proof, in bytes: more is nobody's luck.
const MAX_PROOF_BYTES: usize = 32;

/// Does the proof hold for the text?
pub fn proves(text: &str, proof: &str) -> bool {
    let digest: [u8; 32] = Sha256::new().chain_update(text).chain_update(proof).finalize().into();
    let [a, b, c, d, ..] = digest;
    proof.len() <= MAX_PROOF_BYTES && u32::from_be_bytes([a, b, c, d]).leading_zeros() >= PROOF_BITS
}

/// What is wrong where the proof of a field does not hold.
pub(super) fn proof_fault(field: &str, text: &str, proof: &str) -> Option<String> {
    let what = || format!("`proof` is a text such that SHA-256 of `{field}` followed by it begins with");
    (!proves(text, proof)).then(|| format!("{} PROOF_BITS ({PROOF_BITS}) bits of zero", what()))
}
