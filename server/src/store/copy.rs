//! Everything that a state is beside what follows from it, piece by piece: what a backup holds, whatever store it came from.
//!
//! In: pieces as a store hands them out, of one moment. Out: lines, and from lines the pieces again, checked one by one: the
//! chain, the tree under each signed checkpoint, the digest of each body. Projections are no part of it: they follow from the
//! entries. Not here: the file (`backup.rs`), SQL.

use std::collections::{BTreeMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use palisander_engine::Label;
use serde::{Deserialize, Serialize};

use super::chain::{self, NO_ENTRY};
use super::checkpoint::{self, Checkpoint};
use super::entry::{Entry, Kind};
use super::error::StoreError;
use super::hash::Hash;
use super::merkle::Frontier;
use super::sealed::Sealed;
use crate::hex;

/// One piece of a state. They come in the order in which they stand here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A signed checkpoint, the smallest first.
    Checkpoint(Checkpoint),
    /// An entry, in order.
    Entry(Box<Entry>),
    /// A body, of an entry or beside one.
    Body(Sealed),
    /// What was done under an idempotency key: digest of what came, first and last entry.
    Once { key: String, digest: Hash, first: u64, last: u64 },
    /// When a key was last used.
    Use { key: String, at: Timestamp },
    /// How far somebody was told of events.
    Note { name: String, note: String },
}

/// Takes pieces; an error ends the copy.
pub type Take<'a> = dyn FnMut(Piece) -> Result<(), StoreError> + Send + 'a;
/// Gives the next piece; `None` = that was all.
pub type Give<'a> = dyn FnMut() -> Result<Option<Piece>, StoreError> + Send + 'a;

/// A piece as a line has it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Checkpoint { size: u64, note: String },
    Entry(Box<EntryLine>),
    Body { digest: String, salt: String, bytes: String },
    Once { key: String, digest: String, first: u64, last: u64 },
    Use { key: String, at: Timestamp },
    Note { name: String, note: String },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryLine {
    seq: u64,
    at: Timestamp,
    reader: String,
    group: Option<String>,
    kind: Kind,
    subject: String,
    label: Label,
    body: String,
    second: Option<String>,
    prev: String,
    hash: String,
}

impl Piece {
    /// As a line, without its end.
    pub(super) fn line(&self) -> Result<String, StoreError> {
        let line = match self {
            Self::Checkpoint(Checkpoint { size, note }) => Line::Checkpoint { size: *size, note: note.clone() },
            Self::Entry(entry) => {
                let Entry { seq, at, reader, group, kind, subject, label, body, second, prev, hash } = &**entry;
                Line::Entry(Box::new(EntryLine {
                    seq: *seq,
                    at: *at,
                    reader: reader.clone(),
                    group: group.clone(),
                    kind: *kind,
                    subject: subject.clone(),
                    label: *label,
                    body: hex::shown(body),
                    second: second.clone(),
                    prev: hex::shown(prev),
                    hash: hex::shown(hash),
                }))
            }
            Self::Body(Sealed { digest, salt, bytes }) => {
                Line::Body { digest: hex::shown(digest), salt: hex::shown(salt), bytes: STANDARD.encode(bytes) }
            }
            Self::Once { key, digest, first, last } => {
                Line::Once { key: key.clone(), digest: hex::shown(digest), first: *first, last: *last }
            }
            Self::Use { key, at } => Line::Use { key: key.clone(), at: *at },
            Self::Note { name, note } => Line::Note { name: name.clone(), note: note.clone() },
        };
        serde_json::to_string(&line).map_err(|error| StoreError::Damaged(error.to_string()))
    }

    /// Reads a line; says what is wrong with it.
    pub(super) fn read(line: &[u8]) -> Result<Self, String> {
        let hash = |text: &str| hex::read(text).ok_or_else(|| format!("`{text}` is no digest"));
        Ok(match serde_json::from_slice(line).map_err(|error| error.to_string())? {
            Line::Checkpoint { size, note } => Self::Checkpoint(Checkpoint { size, note }),
            Line::Entry(line) => {
                let EntryLine { seq, at, reader, group, kind, subject, label, body, second, prev, hash: own } = *line;
                let (body, prev, hash) = (hash(&body)?, hash(&prev)?, hash(&own)?);
                Self::Entry(Box::new(Entry { seq, at, reader, group, kind, subject, label, body, second, prev, hash }))
            }
            Line::Body { digest, salt, bytes } => {
                let bytes = STANDARD.decode(bytes).map_err(|_| "the bytes of a body are no base64".to_owned())?;
                Self::Body(Sealed { digest: hash(&digest)?, salt: hash(&salt)?, bytes })
            }
            Line::Once { key, digest, first, last } => Self::Once { key, digest: hash(&digest)?, first, last },
            Line::Use { key, at } => Self::Use { key, at },
            Line::Note { name, note } => Self::Note { name, note },
        })
    }

    /// Its place in the order of kinds.
    fn rank(&self) -> u8 {
        match self {
            Self::Checkpoint(_) => 0,
            Self::Entry(_) => 1,
            Self::Body(_) => 2,
            Self::Once { .. } => 3,
            Self::Use { .. } => 4,
            Self::Note { .. } => 5,
        }
    }
}

/// How much a state holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    pub entries: u64,
    pub bodies: u64,
    pub checkpoints: u64,
}

/// Pieces as they pass: each is held against those before it.
pub(super) struct Checks {
    /// Key that the checkpoints are signed by, as `log.pub` holds it.
    public: String,
    counts: Counts,
    rank: u8,
    end: Hash,
    tree: Frontier,
    /// By number of entries: checkpoints that were not reached yet.
    notes: BTreeMap<u64, Checkpoint>,
    /// Bodies that entries have, and that were not seen yet.
    missing: HashSet<Hash>,
    erased: HashSet<Hash>,
}

impl Checks {
    pub(super) fn new(public: String) -> Self {
        Self {
            public,
            counts: Counts::default(),
            rank: 0,
            end: NO_ENTRY,
            tree: Frontier::default(),
            notes: BTreeMap::new(),
            missing: HashSet::new(),
            erased: HashSet::new(),
        }
    }

    /// Holds the next piece against what came before; the error names it.
    pub(super) fn pass(&mut self, piece: &Piece) -> Result<(), String> {
        if piece.rank() < self.rank {
            return Err("the pieces are not in their order".to_owned());
        }
        self.rank = piece.rank();
        match piece {
            Piece::Checkpoint(checkpoint) => {
                self.counts.checkpoints += 1;
                self.notes.insert(checkpoint.size, checkpoint.clone());
            }
            Piece::Entry(entry) => self.entry(entry)?,
            Piece::Body(body) => {
                self.counts.bodies += 1;
                if !body.is_whole() {
                    return Err(format!("the body {} is not what its digest says", hex::shown(&body.digest)));
                }
                self.missing.remove(&body.digest);
            }
            Piece::Once { key, first, last, .. } => {
                if *first == 0 || first > last || *last > self.counts.entries {
                    return Err(format!("the idempotency key `{key}` is of entries that there are not"));
                }
            }
            Piece::Use { .. } | Piece::Note { .. } => {}
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), String> {
        self.counts.entries += 1;
        let n = self.counts.entries;
        if entry.seq != n {
            return Err(format!("entry {n} is missing, and entry {} stands in its place", entry.seq));
        }
        if entry.prev != self.end {
            return Err(format!("entry {n} does not follow the one before it"));
        }
        if entry.hash != chain::hash(entry) {
            return Err(format!("entry {n} is not what its hash says"));
        }
        self.end = entry.hash;
        self.tree.push(entry.hash);
        if let Some(checkpoint) = self.notes.remove(&n) {
            checkpoint::holds(&checkpoint, &self.public, &self.tree.root())
                .map_err(|why| format!("the checkpoint over {n} entries: {why}"))?;
        }
        self.missing.insert(entry.body);
        if let (Kind::Erased, Some(digest)) = (entry.kind, hex::read(&entry.subject)) {
            self.erased.insert(digest);
        }
        Ok(())
    }

    /// Holds the end against what came; how much it was.
    pub(super) fn end(&self, told: &Counts) -> Result<(), String> {
        if let Some((size, _)) = self.notes.first_key_value() {
            let n = self.counts.entries;
            return Err(format!("entry {} is missing at the end: a checkpoint was signed over {size}", n + 1));
        }
        if let Some(digest) = self.missing.iter().filter(|digest| !self.erased.contains(*digest)).min() {
            return Err(format!("the body {} is missing, and no entry says that it was erased", hex::shown(digest)));
        }
        if self.counts != *told {
            return Err(format!("it should hold {told:?} and holds {:?}", self.counts));
        }
        Ok(())
    }
}
