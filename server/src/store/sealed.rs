//! A body under a salted digest: erased with its salt, nothing of it can be guessed from the digest that stays.
//!
//! In: bytes. Out: SHA-256 over `palisander body 1`, a line feed, 32 random bytes and the bytes.

use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::hash::Hash;
use crate::secret;

/// What comes before salt and bytes, so that no digest of another kind is taken for one of a body.
const MARK: &[u8] = b"palisander body 1\n";

/// Bytes with the salt of their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub digest: Hash,
    pub salt: Hash,
    pub bytes: Vec<u8>,
}

impl Sealed {
    /// Seals bytes under a new salt.
    pub fn new(bytes: Vec<u8>) -> Result<Self, StoreError> {
        let salt = secret::random().map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { digest: digest(&salt, &bytes), salt, bytes })
    }

    /// Does the digest fit the bytes?
    pub fn is_whole(&self) -> bool {
        self.digest == digest(&self.salt, &self.bytes)
    }
}

fn digest(salt: &Hash, bytes: &[u8]) -> Hash {
    Sha256::new().chain_update(MARK).chain_update(salt).chain_update(bytes).finalize().into()
}
