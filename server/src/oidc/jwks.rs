//! The keys of an issuer, by their names: which of them signed a token.
//!
//! A key verifies what its own kind signs and nothing else: what the head of a token says is held against the key, so that no
//! public key is taken for a secret. Two keys of one name are none.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, EcdsaVerificationAlgorithm, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

use super::jws::{Algorithm, Jws};
use crate::config::MAX_ISSUER_KEYS;

/// Keys by their names.
#[derive(Default)]
pub(super) struct Keys(BTreeMap<String, Option<Key>>);

struct Key {
    /// The one algorithm that it is for, where it says one.
    algorithm: Option<Algorithm>,
    of: Of,
}

enum Of {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    alg: Option<Algorithm>,
    #[serde(rename = "use")]
    used_for: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Keys {
    /// Reads a set. Keys that are not for signing, or of a kind that is not known here, are left out.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let set: Set = serde_json::from_slice(bytes).map_err(|_| "its keys cannot be read".to_owned())?;
        let mut keys = BTreeMap::new();
        for jwk in set.keys.into_iter().take(MAX_ISSUER_KEYS) {
            let Ok(jwk) = serde_json::from_value::<Jwk>(jwk) else { continue };
            let name = jwk.kid.clone();
            let Some(key) = Key::read(jwk) else { continue };
            // Which of two is meant nobody knows.
            keys.entry(name).and_modify(|key| *key = None).or_insert(Some(key));
        }
        if keys.values().all(Option::is_none) {
            Err("it has no key that is used here".to_owned())
        } else {
            Ok(Self(keys))
        }
    }

    /// Is there a key of that name?
    pub(super) fn has(&self, kid: &str) -> bool {
        self.0.contains_key(kid)
    }

    /// Did the key that a token names sign it?
    pub(super) fn verify(&self, jws: &Jws) -> Option<()> {
        let key = self.0.get(&jws.kid)?.as_ref()?;
        if key.algorithm.is_some_and(|own| own != jws.algorithm) {
            return None;
        }
        key.of.verify(jws)
    }
}

impl Key {
    fn read(jwk: Jwk) -> Option<Self> {
        let Jwk { kty, alg, used_for, crv, n, e, x, y, .. } = jwk;
        if used_for.is_some_and(|used| used != "sig") {
            return None;
        }
        let read = |text: Option<String>| URL_SAFE_NO_PAD.decode(text?).ok();
        let point = |x: Option<String>, y: Option<String>, size: usize| {
            let (x, y) = (read(x)?, read(y)?);
            // SEC 1, 2.3.3: the mark of a point that is written out.
            (x.len() == size && y.len() == size).then(|| [&[4][..], &x, &y].concat())
        };
        let of = match (kty.as_str(), crv.as_deref()) {
            ("RSA", _) => Of::Rsa { n: read(n)?, e: read(e)? },
            ("EC", Some("P-256")) => Of::P256(point(x, y, 32)?),
            ("EC", Some("P-384")) => Of::P384(point(x, y, 48)?),
            ("OKP", Some("Ed25519")) => Of::Ed25519(read(x)?),
            _ => return None,
        };
        Some(Self { algorithm: alg, of })
    }
}

impl Of {
    fn verify(&self, jws: &Jws) -> Option<()> {
        let Jws { algorithm, signed, signature, .. } = jws;
        let ecdsa = |own: &'static EcdsaVerificationAlgorithm, point: &[u8]| {
            UnparsedPublicKey::new(own, point).verify(signed, signature).ok()
        };
        match (self, algorithm) {
            (Self::Rsa { n, e }, algorithm) => {
                let own = match algorithm {
                    Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
                    Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
                    Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
                    Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
                    Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
                    Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
                    Algorithm::Es256 | Algorithm::Es384 | Algorithm::EdDsa => return None,
                };
                RsaPublicKeyComponents { n, e }.verify(own, signed, signature).ok()
            }
            (Self::P256(point), Algorithm::Es256) => ecdsa(&ECDSA_P256_SHA256_FIXED, point),
            (Self::P384(point), Algorithm::Es384) => ecdsa(&ECDSA_P384_SHA384_FIXED, point),
            (Self::Ed25519(point), Algorithm::EdDsa) => {
                UnparsedPublicKey::new(&ED25519, point).verify(signed, signature).ok()
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Made by another program; its private key is gone.
    const N: &str = "4naBMkgStVd_aPihxlNibHWvwz0HwmMfmO5prSuHKu6FHFQ5gU0h-3gc080f_-3Tsta3ookSeexPFNBTm9vYAJijDvChb9w2NJCy2L_COfP2_M3NUsehyjLnO97pIszEvKvoE3KLikzbjWeF2HFz-TqxmefjrXfafoWVAsFJt4tDrm4LTDSxgJsCEgIdDdZSbeci0KfyLrHaligxDqNVCt9B3uNmjE7aiX5Xr6vLCBSWIPr2WrwtZG15nv1KKYW6BMWQerC0e6OVNatbGpdrzZbnWvE99r84kSG05RIDB_Shs79ngEzML5c6NxkftVsVp11FUIjvQkAGjFReiGnqGQ";
    const RS256: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJ4In0.vzelbGjPv1ADIE20fZNWVD4UGL6CTizaTRdscA10TtqwBsgKH0B5WEnIFuYStKldPdjV8Vq5TSeNtlbWtgjuqfa8WHt6ZxsdNUTkOS_oxKR16unSI5YL1vMq8GQ8h3O7MM6UJgeH3sSp6bagpvx3R7JzJN1Uhm44PeNYzSc1Pv8c8c1JBFBn9m9CCe3lgGfdJeuwtE-4gvDFkhpd68HTnm1OFIZ_UsWvjaDOMGyHHGNXqwj5aeGQZMP-L0HcJQUh_-5rCt1HTwZ1KjO2vuMvOGgSAeJNFYwuWLfs3w3HqePy890i94z9J0EEdbTs7VZNGKXlHl8bn0gyROdmd-OXKw";
    const PS256: &str = "eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSJ9.eyJzdWIiOiJ4In0.Yk7ZKp9ch727UXNZm_1q7siGL4dBuTxVUF5ktr846hC9CKAPnHuQAp975BpZ87V-futdJuXpaSLMZC2j8tpWFUeJht1d7QitJj7xRgUcfWNY_gXyHEjEI9eMrMGB7q4ZmZRsvJl6sudWNdtfPSp5K5gwMxieae_ZSQiQccUkp27G8tyqEDYCNXXim9uGELuSLUrvMLvt9-Q5d5MWHWOrpjMLIqzISNCkwEMBYOZslEFMW9iCqzy5eUC_X2aFFDJmuydcb92aUOEWSJowwRm4LO1cpe4clTlU-wj8srTurR_Yj9oedohJhhhJom5QVdInwYbmW-ExDQa20B2sVMwLhA";

    fn keys(one: serde_json::Value) -> Result<Keys, String> {
        Keys::read(json!({ "keys": [one] }).to_string().as_bytes())
    }

    fn is_signed(keys: &Keys, token: &str) -> bool {
        Jws::read(token).is_some_and(|jws| keys.verify(&jws).is_some())
    }

    #[test]
    fn a_key_verifies_what_its_kind_signs() {
        let rsa = keys(json!({ "kty": "RSA", "kid": "rsa", "use": "sig", "n": N, "e": "AQAB" })).unwrap();
        assert!(is_signed(&rsa, RS256) && is_signed(&rsa, PS256));
        // One sign less, or one another.
        let (head, signature) = RS256.rsplit_once('.').unwrap();
        for wrong in [format!("{head}."), format!("{head}.A{}", &signature[1..]), format!("{head}.{}", &signature[4..])]
        {
            assert!(!is_signed(&rsa, &wrong), "{wrong}");
        }
        let for_one = keys(json!({ "kty": "RSA", "kid": "rsa", "alg": "PS256", "n": N, "e": "AQAB" })).unwrap();
        assert!(!is_signed(&for_one, RS256) && is_signed(&for_one, PS256));
        for other in [
            json!({ "kty": "RSA", "kid": "rsa", "use": "enc", "n": N, "e": "AQAB" }),
            json!({ "kty": "oct", "kid": "rsa", "k": N }),
            json!({ "kty": "EC", "crv": "P-256", "kid": "rsa", "x": "AAAA", "y": "AAAA" }),
            json!({ "kty": "RSA", "n": N, "e": "AQAB" }),
        ] {
            assert!(keys(other.clone()).is_err(), "{other}");
        }
        // A key too short for its kind, and two of one name.
        let short = keys(json!({ "kty": "RSA", "kid": "rsa", "n": &N[..100], "e": "AQAB" })).unwrap();
        assert!(!is_signed(&short, RS256));
        let one = json!({ "kty": "RSA", "kid": "rsa", "n": N, "e": "AQAB" });
        assert!(Keys::read(json!({ "keys": [one, one] }).to_string().as_bytes()).is_err());
    }
}
