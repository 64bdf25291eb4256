//! Checkpoints as signed notes (C2SP `signed-note`, `tlog-checkpoint`), and the key that they are checked by.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};

/// A checkpoint that was read, and not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What was signed, with its last line feed.
    text: String,
    origin: String,
    size: u64,
    root: [u8; 32],
    at: String,
    /// Name of who signed, and the signature with the four bytes of its key.
    signed: Vec<(String, Vec<u8>)>,
}

/// Who signs, by his name and key.
#[derive(Debug, Clone)]
pub struct PublicKey {
    name: String,
    id: Vec<u8>,
    key: VerifyingKey,
}

impl PublicKey {
    /// Reads `name+id+key`, as a service leaves it in `log.pub`.
    pub fn read(text: &str) -> Result<Self, String> {
        let wrong = || "it is no key such as `palisander/log+1a2b3c4d+AX…`".to_owned();
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, key) = (parts.next(), parts.next(), parts.next());
        let (Some(name), Some(id), Some(key)) = (name, id, key) else { return Err(wrong()) };
        let id = crate::hex::read::<4>(id).ok_or_else(wrong)?.to_vec();
        let key = STANDARD.decode(key).map_err(|_| wrong())?;
        let bytes: [u8; 32] = match key.split_first() {
            Some((1, bytes)) => bytes.try_into().map_err(|_| wrong())?,
            _ => return Err(wrong()),
        };
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| wrong())?;
        Ok(Self { name: name.to_owned(), id, key })
    }
}

impl Note {
    /// Reads one note.
    pub fn read(text: &str) -> Result<Self, String> {
        let (signed_text, signatures) = text.split_once("\n\n").ok_or("it has no empty line before its signatures")?;
        let mut lines = signed_text.lines();
        let origin = lines.next().filter(|origin| !origin.is_empty()).ok_or("its first line names nobody")?;
        let size = lines.next().and_then(|line| line.parse().ok()).ok_or("its second line is no number of entries")?;
        let root = lines.next().and_then(|line| STANDARD.decode(line).ok());
        let root = root.and_then(|root| root.try_into().ok()).ok_or("its third line is no root")?;
        let at = lines.next().and_then(|line| line.strip_prefix("at ")).unwrap_or_default();
        let mut signed = Vec::new();
        for line in signatures.lines().filter(|line| !line.is_empty()) {
            let (name, signature) = line
                .strip_prefix("\u{2014} ")
                .and_then(|rest| rest.rsplit_once(' '))
                .ok_or("a line of its signatures is none")?;
            let signature = STANDARD.decode(signature).map_err(|_| "a signature is not base64")?;
            signed.push((name.to_owned(), signature));
        }
        let (text, origin, at) = (format!("{signed_text}\n"), origin.to_owned(), at.to_owned());
        Ok(Self { text, origin, size, root, at, signed })
    }

    /// Every note of a file, one after another.
    pub fn all(text: &str) -> Result<Vec<Self>, String> {
        let text = text.replace("\r\n", "\n");
        let mut notes = Vec::new();
        let mut own = String::new();
        for line in text.lines() {
            let is_signature = line.starts_with('\u{2014}');
            // A line that is no signature after one that was begins the next note.
            if !is_signature && own.lines().last().is_some_and(|last| last.starts_with('\u{2014}')) {
                notes.push(Self::read(&std::mem::take(&mut own))?);
                if line.is_empty() {
                    continue;
                }
            }
            own.push_str(line);
            own.push('\n');
        }
        if !own.trim().is_empty() {
            notes.push(Self::read(&own)?);
        }
        if notes.is_empty() { Err("it holds no checkpoint".to_owned()) } else { Ok(notes) }
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn root(&self) -> [u8; 32] {
        self.root
    }

    pub(super) fn at(&self) -> &str {
        &self.at
    }

    /// Was it signed by that key?
    pub(super) fn check(&self, key: &PublicKey) -> Result<(), String> {
        if self.origin != key.name {
            return Err(format!("it is of `{}`, and the key is of `{}`", self.origin, key.name));
        }
        let own = self.signed.iter().filter(|(name, bytes)| *name == key.name && bytes.starts_with(&key.id));
        let holds = own.filter_map(|(_, bytes)| Signature::from_slice(bytes.get(4..)?).ok());
        let mut holds = holds.map(|signature| key.key.verify_strict(self.text.as_bytes(), &signature).is_ok());
        if holds.any(|holds| holds) { Ok(()) } else { Err("it is not signed by that key".to_owned()) }
    }
}
