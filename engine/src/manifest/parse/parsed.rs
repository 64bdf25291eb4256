//! What every reader gives: manifests, or parts of one, each with what was wrong.

use std::io::BufRead;

use super::super::fault::{Fault, Faults, ManifestError, Severity};
use super::super::fields::{Consignment, Manifest};
use super::super::reading::Reading;
use super::super::summary::ReadingSummary;

/// A manifest, or a part of one, and what was wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    pub manifest: Manifest,
    /// Faults of its head, which concern every consignment.
    pub head: Faults,
    /// Faults of each consignment, in the order of the manifest.
    pub bills: Vec<Faults>,
    /// How the table was read that begins with this part; other formats and further parts have none.
    pub summary: Option<Box<ReadingSummary>>,
}

impl Parsed {
    /// A manifest without faults.
    pub fn clean(manifest: Manifest) -> Self {
        let bills = vec![Faults::default(); manifest.consignments.len()];
        Self { manifest, head: Faults::default(), bills, summary: None }
    }

    /// A manifest of one consignment, and what was found while it was read.
    pub(super) fn of_one(mut manifest: Manifest, mut consignment: Consignment, mut reading: Reading) -> Self {
        consignment.originals = std::mem::take(&mut reading.originals);
        manifest.unmapped = std::mem::take(&mut reading.unmapped);
        manifest.consignments.push(consignment);
        Self { manifest, head: Faults::default(), bills: vec![reading.take_faults()], summary: None }
    }

    /// Every fault that was kept, those of the head first, and one for each place where more were not kept.
    pub fn faults(&self) -> Vec<Fault> {
        std::iter::once(&self.head).chain(&self.bills).flat_map(Faults::to_vec).collect()
    }

    /// What concerns consignment `n`: its own faults and those of the head, not those of its neighbours.
    pub fn faults_of(&self, n: usize) -> Vec<Fault> {
        let own = self.bills.get(n).map(Faults::to_vec).unwrap_or_default();
        let mut all = self.head.to_vec();
        all.extend(own);
        all
    }

    /// The worst of consignment `n`.
    pub fn worst_of(&self, n: usize) -> Option<Severity> {
        self.head.worst().max(self.bills.get(n).and_then(Faults::worst))
    }
}

/// A stream of parts. An `Err` part loses that part only; the reader goes on where the format lets it.
pub type Parts = Box<dyn Iterator<Item = Result<Parsed, ManifestError>> + Send>;

/// Reads `input` up to `limit` bytes; one byte more is an error that names the limit.
pub(super) fn read_whole(
    mut input: impl BufRead,
    limit: usize,
    name: &'static str,
    what: &str,
) -> Result<Vec<u8>, ManifestError> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let taken = input.by_ref().take(limit as u64 + 1).read_to_end(&mut bytes);
    taken.map_err(|error| ManifestError::Io(error.to_string()))?;
    if bytes.len() > limit {
        return Err(ManifestError::TooLarge { what: what.to_owned(), limit, name });
    }
    Ok(bytes)
}
