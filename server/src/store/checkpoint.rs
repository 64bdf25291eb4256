//! Signed checkpoints: how many entries there were, and the root of the tree over them.
//!
//! The text is a signed note as transparency logs write it (C2SP `tlog-checkpoint` and `signed-note`), so that other
//! programs can check it: origin, number of entries and root in base64, then the time as an extension line, an empty line,
//! and `— origin signature`. The signature is Ed25519 after four bytes that tell the key. The key is made at the first
//! start and kept in a file that only its owner reads; what others need stands beside it in `log.pub`.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::hash::Hash;
use crate::hex;
use crate::secret;

/// Who signs checkpoints, as they name it.
pub const ORIGIN: &str = "palisander/log";
/// The mark of Ed25519 in a key of a signed note.
const ED25519: u8 = 1;
/// File of the secret key, in the state folder.
pub(super) const SECRET_FILE: &str = "log.key";
/// File of the key that checks.
const PUBLIC_FILE: &str = "log.pub";

/// What was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Entries that it covers.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// The key that signs.
pub struct LogKey {
    key: SigningKey,
    id: [u8; 4],
}

impl std::fmt::Debug for LogKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogKey").field("public", &self.public()).finish_non_exhaustive()
    }
}

impl LogKey {
    /// Another secret, which tells nothing of the key.
    pub fn secret(&self, purpose: &str) -> Hash {
        let mark = b"palisander secret 1\n";
        Sha256::new().chain_update(mark).chain_update(self.key.to_bytes()).chain_update(purpose).finalize().into()
    }

    /// The key of a folder; made there when there is none.
    pub fn of(folder: &Path) -> std::io::Result<Self> {
        if let Some(key) = Self::existing(folder)? {
            return Ok(key);
        }
        let bytes: [u8; 32] = secret::random().map_err(std::io::Error::other)?;
        kept(&folder.join(SECRET_FILE), &format!("{}\n", hex::shown(&bytes)))?;
        let key = Self::from_bytes(&bytes);
        key.told(folder)?;
        Ok(key)
    }

    /// The key of a folder; `None` when there is none.
    pub(super) fn existing(folder: &Path) -> std::io::Result<Option<Self>> {
        let path = folder.join(SECRET_FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let bytes = hex::read(text.trim()).ok_or_else(|| {
            std::io::Error::other(format!("`{}` holds no key of 64 hexadecimal digits", path.display()))
        })?;
        let key = Self::from_bytes(&bytes);
        key.told(folder)?;
        Ok(Some(key))
    }

    /// Writes what others need beside the key; what stands there already is left, so that the folder may be read-only.
    fn told(&self, folder: &Path) -> std::io::Result<()> {
        let (path, text) = (folder.join(PUBLIC_FILE), format!("{}\n", self.public()));
        if std::fs::read_to_string(&path).is_ok_and(|own| own == text) { Ok(()) } else { std::fs::write(path, text) }
    }

    fn from_bytes(bytes: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(bytes);
        let named = Sha256::new()
            .chain_update(ORIGIN)
            .chain_update([b'\n', ED25519])
            .chain_update(key.verifying_key().as_bytes())
            .finalize();
        let mut id = [0; 4];
        id.copy_from_slice(named.get(..4).unwrap_or(&[0; 4]));
        Self { key, id }
    }

    /// What others need to check: origin, id and key, as `signed-note` writes them.
    pub fn public(&self) -> String {
        let key = [&[ED25519], self.key.verifying_key().as_bytes().as_slice()].concat();
        format!("{ORIGIN}+{}+{}", hex::shown(&self.id), STANDARD.encode(key))
    }

    /// Signs the root over `size` entries.
    pub(super) fn sign(&self, size: u64, root: &Hash, at: Timestamp) -> Checkpoint {
        let text = format!("{ORIGIN}\n{size}\n{}\nat {at}\n", STANDARD.encode(root));
        let signature = [self.id.as_slice(), &self.key.sign(text.as_bytes()).to_bytes()].concat();
        Checkpoint { size, note: format!("{text}\n\u{2014} {ORIGIN} {}\n", STANDARD.encode(signature)) }
    }
}

/// Is it signed by the key that `public` names, over that root? Says why not.
pub(super) fn holds(checkpoint: &Checkpoint, public: &str, root: &Hash) -> Result<(), String> {
    let strange = || "it is no signed note of this log".to_owned();
    let key = public.splitn(3, '+').nth(2).and_then(|key| STANDARD.decode(key).ok()).ok_or_else(strange)?;
    let key = key.strip_prefix(&[ED25519]).and_then(|key| <[u8; 32]>::try_from(key).ok()).ok_or_else(strange)?;
    let key = VerifyingKey::from_bytes(&key).map_err(|_| strange())?;
    let (text, signature) = checkpoint.note.split_once("\n\n").ok_or_else(strange)?;
    let signature = signature.trim_end().rsplit(' ').next().and_then(|text| STANDARD.decode(text).ok());
    // The first four bytes only tell the key.
    let signature = signature.and_then(|bytes| Signature::from_slice(bytes.get(4..)?).ok()).ok_or_else(strange)?;
    let head = format!("{ORIGIN}\n{}\n", checkpoint.size);
    let signed = text.strip_prefix(&head).and_then(|rest| rest.lines().next()).ok_or_else(strange)?;
    if key.verify_strict(format!("{text}\n").as_bytes(), &signature).is_err() {
        return Err("it is not signed by the key of the log".to_owned());
    }
    if signed == STANDARD.encode(root) { Ok(()) } else { Err("it was signed over other entries".to_owned()) }
}

/// Writes a file that only its owner reads, whole or not at all.
pub(super) fn kept(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let half = path.with_extension("half");
    let _ = std::fs::remove_file(&half);
    let mut file = options.open(&half)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&half, path)
}
