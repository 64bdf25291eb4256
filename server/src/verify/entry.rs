//! One entry against its own hash, its body, and the entry before.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::hex;

/// An entry as a line of the file.
#[derive(Deserialize)]
pub(super) struct Line {
    seq: u64,
    at: String,
    reader: String,
    group: String,
    kind: String,
    subject: String,
    label: String,
    body_digest: String,
    second: String,
    prev: String,
    hash: String,
    body: Option<Body>,
}

/// What it says, and the salt of its digest.
#[derive(Deserialize)]
struct Body {
    salt: String,
    text: String,
}

impl Line {
    pub(super) fn is_erased(&self) -> bool {
        self.body.is_none()
    }

    pub(super) fn seq(&self) -> u64 {
        self.seq
    }

    /// Tells what does not hold of it by itself; its hash as computed.
    pub(super) fn alone(&self, fault: &mut dyn FnMut(u64, String)) -> [u8; 32] {
        let (seq, computed) = (self.seq, self.computed());
        match computed {
            None => fault(seq, format!("entry {seq} was changed: a field holds a line break")),
            Some(hash) if hex::shown(&hash) != self.hash => {
                fault(seq, format!("entry {seq} was changed: it has not the hash that it states"));
            }
            Some(_) => {}
        }
        if !self.body_fits() {
            fault(seq, format!("entry {seq}: its body was changed"));
        }
        computed.unwrap_or_default()
    }

    /// The leaf, one field a line. `None` when a field holds a line break: it could be read as two.
    fn leaf(&self) -> Option<String> {
        let fields = [
            ("seq", &self.seq.to_string()),
            ("at", &self.at),
            ("reader", &self.reader),
            ("group", &self.group),
            ("kind", &self.kind),
            ("subject", &self.subject),
            ("label", &self.label),
            ("body", &self.body_digest),
            ("second", &self.second),
            ("prev", &self.prev),
        ];
        let mut leaf = String::from("palisander entry 1\n");
        for (name, value) in fields {
            if value.contains(['\n', '\r']) {
                return None;
            }
            leaf.push_str(name);
            leaf.push(' ');
            leaf.push_str(value);
            leaf.push('\n');
        }
        Some(leaf)
    }

    /// The hash of the leaf after RFC 6962.
    fn computed(&self) -> Option<[u8; 32]> {
        let mut hash = Sha256::new();
        hash.update([0]);
        hash.update(self.leaf()?);
        Some(hash.finalize().into())
    }

    fn body_fits(&self) -> bool {
        let Some(body) = &self.body else { return true };
        let Some(salt) = hex::read::<32>(&body.salt) else { return false };
        let mut hash = Sha256::new();
        hash.update(b"palisander body 1\n");
        hash.update(salt);
        hash.update(&body.text);
        hex::shown(&hash.finalize()) == self.body_digest
    }
}

/// The entry before, as the file has it.
#[derive(Default)]
pub(super) struct Before {
    seq: u64,
    hash: [u8; 32],
}

impl Before {
    /// Tells what does not hold, and goes on from the entry as it stands; its hash as computed.
    pub(super) fn check(&mut self, line: &Line, fault: &mut dyn FnMut(u64, String)) -> [u8; 32] {
        let (seq, due) = (line.seq, self.seq.saturating_add(1));
        if seq > due {
            let missing = if seq == due + 1 {
                format!("entry {due} is missing")
            } else {
                format!("entries {due} to {} are missing", seq - 1)
            };
            fault(due, missing);
        } else if seq < due {
            fault(seq, format!("entry {seq} stands out of place, after entry {}", self.seq));
        }
        let mut is_whole = true;
        let computed = line.alone(&mut |seq, what| {
            is_whole = false;
            fault(seq, what);
        });
        if is_whole && seq == due && line.prev != hex::shown(&self.hash) {
            let before = self.seq;
            fault(
                seq,
                format!("entry {seq} does not follow the one before: entry {before} or entry {seq} was exchanged"),
            );
        }
        // What the next one must follow is what this one states: a changed entry is named once.
        self.seq = seq;
        self.hash = hex::read(&line.hash).unwrap_or_default();
        computed
    }
}
