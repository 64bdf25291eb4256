//! Checks a log as it was handed out, and uses nothing of the program that wrote it.
//!
//! In: NDJSON as `palisander log export` writes it, and signed checkpoints. Out: what does not hold, each with the number of
//! its entry. Nothing here knows the store: a fault of the one is not repeated by the other.
//! Shown: an entry that is missing, doubled, out of place or changed, a body that was changed, entries cut off at the end
//! (by a checkpoint kept elsewhere), and a log that was written anew (the root differs from the signed one). A body that
//! was erased is counted and is no fault. Not shown: that what an entry says is true.

mod entry;
mod note;
mod proof;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};

use serde::Deserialize;

pub use note::{Note, PublicKey};
pub use proof::check_proven;

use tree::Tree;

/// Bytes of one line: a body at its largest, each byte of it escaped.
const MAX_LINE_BYTES: u64 = 64 << 20;
/// Findings that are told; all are counted.
const MAX_FINDINGS: usize = 100;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Entries that were read.
    pub entries: u64,
    /// Of those, the ones whose body was erased.
    pub erased: u64,
    /// Checkpoints that hold, the largest number of entries under one of them.
    pub checkpoints: u64,
    pub signed: u64,
    /// When that one was signed, as it says.
    pub signed_at: String,
    /// What does not hold, in the order of the file: the first [`MAX_FINDINGS`].
    pub faults: Vec<Finding>,
    /// How many there were in all.
    pub n_faults: u64,
}

/// One thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Number of the entry; `None` where it is not about one.
    pub seq: Option<u64>,
    pub what: String,
}

impl Findings {
    fn fault(&mut self, seq: Option<u64>, what: impl Into<String>) {
        self.n_faults += 1;
        if self.faults.len() < MAX_FINDINGS {
            self.faults.push(Finding { seq, what: what.into() });
        }
    }
}

/// A line of the file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Checkpoint { checkpoint: String },
    Entry(Box<entry::Line>),
}

/// Checks a log against itself, the checkpoints in it, and those that were kept elsewhere.
pub fn check(log: &mut dyn BufRead, kept: &[Note], key: Option<&PublicKey>) -> io::Result<Findings> {
    let mut found = Findings::default();
    let mut inside = Vec::new();
    let mut leaves = Vec::new();
    let mut before = entry::Before::default();
    for (n, line) in (1_u64..).zip(lines(log)) {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(Line::Checkpoint { checkpoint }) => match Note::read(&checkpoint) {
                Ok(note) => inside.push(note),
                Err(why) => found.fault(None, format!("line {n} is a checkpoint that cannot be read: {why}")),
            },
            Ok(Line::Entry(line)) => {
                found.entries += 1;
                found.erased += u64::from(line.is_erased());
                let hash = before.check(&line, &mut |seq, what| found.fault(Some(seq), what));
                leaves.push(hash);
            }
            Err(error) => found.fault(None, format!("line {n} is no entry: {error}")),
        }
    }
    let roots = roots(&leaves, kept.iter().chain(&inside).map(Note::size));
    for (note, which) in
        kept.iter().map(|note| (note, "kept elsewhere")).chain(inside.iter().map(|note| (note, "of the file")))
    {
        checkpoint(note, which, &roots, found.entries, key, &mut found);
    }
    Ok(found)
}

fn checkpoint(note: &Note, which: &str, roots: &Roots, n: u64, key: Option<&PublicKey>, found: &mut Findings) {
    let size = note.size();
    let named = format!("the checkpoint {which} over {size} entries");
    if let Some(key) = key
        && let Err(why) = note.check(key)
    {
        return found.fault(None, format!("{named}: {why}"));
    }
    match roots.get(&size) {
        None => {
            let first = n + 1;
            let missing =
                if first == size { format!("entry {size} is") } else { format!("entries {first} to {size} are") };
            found.fault(Some(first), format!("{missing} missing at the end: {named} says that there were as many"));
        }
        Some(root) if *root != note.root() => {
            found
                .fault(None, format!("{named} was signed over other entries: the first {size} are not what they were"));
        }
        Some(_) => {
            found.checkpoints += 1;
            if size >= found.signed {
                (found.signed, found.signed_at) = (size, note.at().to_owned());
            }
        }
    }
}

/// The root after each of some numbers of entries, as far as there are so many.
type Roots = BTreeMap<u64, [u8; 32]>;

/// One walk over the leaves, whatever the number of checkpoints.
fn roots(leaves: &[[u8; 32]], wanted: impl Iterator<Item = u64>) -> Roots {
    let wanted: BTreeSet<u64> = wanted.collect();
    let mut tree = Tree::default();
    let mut roots = Roots::new();
    for leaf in leaves {
        tree.push(*leaf);
        if wanted.contains(&tree.size()) {
            roots.insert(tree.size(), tree.root());
        }
    }
    roots
}

/// Lines of a file, each of bounded length.
fn lines(log: &mut dyn BufRead) -> impl Iterator<Item = io::Result<Vec<u8>>> + '_ {
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        match io::Read::take(&mut *log, MAX_LINE_BYTES).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(n) if n as u64 == MAX_LINE_BYTES => Some(Err(io::Error::other("a line is over MAX_LINE_BYTES"))),
            Ok(_) => Some(Ok(line)),
            Err(error) => Some(Err(error)),
        }
    })
}
