//! What nobody may guess: random bytes of the system, and the keys made of them.
//!
//! A key is `pal_` and 256 random bits in base64 for addresses (43 characters). Only its hash is kept: a key of that length
//! needs no salt and no slow hash. Who loses it gets another.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::hex;

/// What every key begins with, so that a search finds one that was left in a file.
const PREFIX: &str = "pal_";
/// Characters of a key.
const KEY_CHARS: usize = PREFIX.len() + 43;

/// The system has no random bytes.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the system gives no random bytes: {0}")]
pub struct NoRandom(String);

/// Random bytes of the system.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandom> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| NoRandom(error.to_string()))?;
    Ok(bytes)
}

/// An id that tells nothing: `prefix`, `_` and 128 random bits in hexadecimal digits.
pub fn id(prefix: &str) -> Result<String, NoRandom> {
    Ok(format!("{prefix}_{}", hex::shown(&random::<16>()?)))
}

/// A shorter one for what people type: 48 random bits. It is no secret.
pub fn short_id(prefix: &str) -> Result<String, NoRandom> {
    Ok(format!("{prefix}_{}", hex::shown(&random::<6>()?)))
}

/// A new key in words. Whoever holds it is its reader.
pub fn new_key() -> Result<String, NoRandom> {
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random::<32>()?)))
}

/// The hash under which a key is kept; `None` when the text cannot be a key.
pub fn key_hash(key: &str) -> Option<[u8; 32]> {
    let is_key = key.len() == KEY_CHARS && key.is_ascii() && key.starts_with(PREFIX);
    is_key.then(|| Sha256::new().chain_update(b"palisander key 1\n").chain_update(key).finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_only_keys_have_a_hash() {
        let (one, other) = (new_key().unwrap(), new_key().unwrap());
        assert_ne!(one, other);
        assert_ne!(key_hash(&one).unwrap(), key_hash(&other).unwrap());
        for text in ["", "pal_", &one[1..], &format!("{one}x"), &one.to_uppercase(), "pal_éééééééééééééééééééééx"]
        {
            assert_eq!(key_hash(text), None, "{text}");
        }
    }
}
