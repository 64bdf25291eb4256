//! A signed token as it came: three parts, and a head that says by which key and how.
//!
//! A head that brings keys or names where to fetch them is refused whole, and so is one that demands what is not known here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::Value;

use crate::config::MAX_TOKEN_BYTES;

/// How a token may be signed (RFC 7518, RFC 8037): by a private key alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Algorithm {
    #[serde(rename = "RS256")]
    Rs256,
    #[serde(rename = "RS384")]
    Rs384,
    #[serde(rename = "RS512")]
    Rs512,
    #[serde(rename = "PS256")]
    Ps256,
    #[serde(rename = "PS384")]
    Ps384,
    #[serde(rename = "PS512")]
    Ps512,
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "ES384")]
    Es384,
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// A token whose signature was not looked at yet.
pub(super) struct Jws {
    pub(super) algorithm: Algorithm,
    pub(super) kid: String,
    /// What is signed.
    pub(super) signed: Vec<u8>,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

/// Fields of a head that would let who sends a token choose the key, or that change what is signed.
const REFUSED: [&str; 8] = ["jwk", "jku", "x5c", "x5u", "crit", "b64", "enc", "zip"];

#[derive(Deserialize)]
struct Head {
    alg: Algorithm,
    kid: String,
    #[serde(flatten)]
    more: serde_json::Map<String, Value>,
}

impl Jws {
    /// Reads a token; `None` for what is none that is taken here.
    pub(super) fn read(token: &str) -> Option<Self> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let mut parts = token.split('.');
        let (head, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let read = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let Head { alg, kid, more } = serde_json::from_slice(&read(head)?).ok()?;
        if REFUSED.iter().any(|field| more.contains_key(*field)) {
            return None;
        }
        let signed = format!("{head}.{payload}").into_bytes();
        Some(Self { algorithm: alg, kid, signed, payload: read(payload)?, signature: read(signature)? })
    }
}
