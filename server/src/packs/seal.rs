//! Keys and signatures of packs, in the files of minisign (Ed25519 over the BLAKE2b digest of the pack).

use std::io::Cursor;

use minisign::{KeyPair, PublicKey, PublicKeyBox, SecretKeyBox, SignatureBox};

/// Why a key or a signature is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The file is no key of minisign.
    #[error("it is no {kind} key of minisign: {why}")]
    Key { kind: &'static str, why: String },
    /// The secret key has a password, and this is not it.
    #[error(
        "the secret key has a password; put it in a file and name it by `--password-file`, or sign with `minisign -S`"
    )]
    Password,
    /// There is no signature that holds.
    #[error("{0}")]
    Signature(String),
}

/// A new pair of keys, as files of minisign hold them.
pub struct Keys {
    /// For everybody who is to check.
    pub public: String,
    /// For who signs, and nobody else.
    pub secret: String,
}

impl Keys {
    /// A new pair; with a password the secret key is of no use without it.
    pub fn new(password: Option<String>) -> Result<Self, SealError> {
        let failed = |error: minisign::PError| SealError::Key { kind: "new", why: error.to_string() };
        let KeyPair { pk, sk } = match password {
            None => KeyPair::generate_unencrypted_keypair(),
            some => KeyPair::generate_encrypted_keypair(some),
        }
        .map_err(failed)?;
        let public = pk.to_box().map_err(failed)?.to_string();
        let secret = sk.to_box(Some("palisander secret key")).map_err(failed)?.to_string();
        Ok(Self { public, secret })
    }
}

/// The signature of a pack, whose trusted comment says what it is.
pub fn signed(pack: &[u8], secret: &str, password: Option<String>, comment: &str) -> Result<String, SealError> {
    let wrong = |error: minisign::PError| SealError::Key { kind: "secret", why: error.to_string() };
    let key = SecretKeyBox::from_string(secret).map_err(wrong)?;
    let key = match password {
        None => key.into_unencrypted_secret_key().map_err(|_| SealError::Password)?,
        some => key.into_secret_key(some).map_err(|_| SealError::Password)?,
    };
    let signature =
        minisign::sign(None, &key, Cursor::new(pack), Some(comment), Some("signature of a palisander pack"));
    signature.map(|signature| signature.into_string()).map_err(|error| SealError::Signature(error.to_string()))
}

/// Does a signature hold for a pack under a public key?
pub(super) fn holds(pack: &[u8], signature: &str, public: &str) -> Result<(), SealError> {
    let key = public_key(public)?;
    let unread = |error: minisign::PError| SealError::Signature(format!("the signature cannot be read: {error}"));
    let signature = SignatureBox::from_string(signature).map_err(unread)?;
    if signature.keynum() != key.keynum() {
        let why = "it was signed by another key than the one that is trusted here";
        return Err(SealError::Signature(why.to_owned()));
    }
    let changed = |_| SealError::Signature("it is not what was signed: its bytes were changed".to_owned());
    minisign::verify(&key, &signature, Cursor::new(pack), true, false, false).map_err(changed)
}

/// The public key of a file, with or without its comment line.
fn public_key(text: &str) -> Result<PublicKey, SealError> {
    let wrong = |error: minisign::PError| SealError::Key { kind: "public", why: error.to_string() };
    match text.trim().lines().count() {
        1 => PublicKey::from_base64(text.trim()).map_err(wrong),
        _ => PublicKeyBox::from_string(text).and_then(PublicKeyBox::into_public_key).map_err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_these_bytes_and_this_key_alone() {
        let [own, other] = [(); 2].map(|()| Keys::new(None).unwrap());
        let signature = signed(b"pack", &own.secret, None, "rules `x`, edition 1").unwrap();
        assert_eq!(holds(b"pack", &signature, &own.public), Ok(()));
        assert_eq!(holds(b"pack", &signature, own.public.lines().nth(1).unwrap()), Ok(()));
        let why = |found: Result<(), SealError>| found.unwrap_err().to_string();
        assert!(why(holds(b"pbck", &signature, &own.public)).contains("changed"));
        assert!(why(holds(b"pack", &signature, &other.public)).contains("another key"));
        assert!(why(holds(b"pack", &signature.replace("edition 1", "edition 2"), &own.public)).contains("changed"));
        assert!(why(holds(b"pack", "", &own.public)).contains("cannot be read"));
        assert!(why(holds(b"pack", &signature, "RW")).contains("no public key"));
        assert!(signed(b"pack", "x", None, "").is_err());
    }

    /// Made by minisign 0.11 of Debian: `-G -W`, `-S -t`; and `-G` with a password.
    #[test]
    fn what_minisign_makes_is_read() {
        let text = b"a pack that another program signed\n";
        let public = concat!(
            "untrusted comment: minisign public key 4383C11DFC39C0FE\n",
            "RWT+wDn8HcGDQz4Mj3yyVBCneQLwUy0HZS4is+835LejK8stcByaTr7V\n"
        );
        let signature = concat!(
            "untrusted comment: signature from minisign secret key\n",
            "RUT+wDn8HcGDQ/vUNXzJaV/XTSkI5ooLi7FcMmX40hxBiOCdmetLJ+oZ9uIsw3B5zwUaguxop8OmHXZ1CagmxzyYRLbbbgzlqQM=\n",
            "trusted comment: palisander test vector\n",
            "wnqspnyeQfWKfINa4KqfOWWw5XFnasVoOZ+aFfImJdI0YhugQ7oEEyzLv7FM7JmJNPJlW4PP+0qqEl/14z5DDA==\n"
        );
        assert_eq!(holds(text, signature, public), Ok(()));
        assert!(holds(b"a pack that another program signed", signature, public).is_err());
        let secret = concat!(
            "untrusted comment: minisign encrypted secret key\n",
            "RWRTY0Iy66qx/BYbjK6fL+8rslF+x6jNGpNZD4Iv1b7+43DNvKAAAAACAAAAAAAAAEAAAAAA1YZuIt9OBn07wcvFef0rXyGiyelG",
            "Jq/Aitg07X4WiHbRQb+58H1STOmHFLkxtKYF4WbqddsEkMTgrf3TA9mguL72yNN9Xb63ZjxNK+R9VB9NNP0N5DHuS+PgEjZaKpRPeSr/bOaeeVU=\n"
        );
        let own = signed(text, secret, Some("winter quay".to_owned()), "x").unwrap();
        assert_eq!(holds(text, &own, "RWTtR90mKgT8veCsZYdBdSzMoZ2Wh85ouKGYJuZWGY1qrlqvHsBgGjrk"), Ok(()));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]
        /// Whatever stands in the three files, it is told and nothing breaks.
        #[test]
        fn anything_is_told(pack in ".*", text in "(?s).{0,300}", key in "[A-Za-z0-9+/=\n :]{0,80}") {
            let own = holds(pack.as_bytes(), &text, &key);
            proptest::prop_assert!(own.is_err());
            let framed = format!("untrusted comment: x\n{key}\ntrusted comment: y\n{text}\n");
            proptest::prop_assert!(holds(pack.as_bytes(), &framed, &key).is_err());
            let _ = signed(pack.as_bytes(), &framed, None, "c");
        }
    }

    #[test]
    fn a_key_with_a_password_opens_by_it_alone() {
        let keys = Keys::new(Some("winter quay".to_owned())).unwrap();
        assert_eq!(signed(b"x", &keys.secret, None, "c").err(), Some(SealError::Password));
        assert_eq!(signed(b"x", &keys.secret, Some("no".to_owned()), "c").err(), Some(SealError::Password));
        let signature = signed(b"x", &keys.secret, Some("winter quay".to_owned()), "c").unwrap();
        assert_eq!(holds(b"x", &signature, &keys.public), Ok(()));
    }
}
