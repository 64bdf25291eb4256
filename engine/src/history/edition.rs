//! An edition: what is remembered of many consignments, in one order.
//!
//! In: records in any order and number of parts. Out: the same edition, byte for byte: sorted by key, records of one key
//! joined. As a file it is NDJSON: a first line that says what it is, then one record a line. Its fingerprint is the hash
//! of that file. Frozen once built; it answers [`EarlierLots`] and [`EarlierUses`].
//! Cost: a sort at building; a million bills of a port leave some thousand records.

use std::collections::BTreeSet;
use std::io::Write;

use serde::{Deserialize, Serialize};

use super::accounts::{Accounts, Booked, Openings, Spending};
use super::filings::{ByBill, Standing};
use super::lots::{ByReceiver, Lots};
use super::record::{Filing, Key, Lot, Remembered};
use super::{EarlierLots, EarlierUses, OtherFilings, Unavailable};
use crate::codes::Date;
use crate::digest;
use crate::permits::PermitKey;
use crate::text::lines::{Line, Lines};

/// Version of the file's format.
pub const FORMAT: u64 = 1;
/// Bytes of one line of an edition: 1,000 receivers and permits of 512 characters.
pub const MAX_EDITION_LINE_BYTES: usize = 1 << 20;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    palisander_history: u64,
}

/// A file is no edition.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The first line is another.
    #[error("line 1 is not the head of a history edition (`{{\"palisander_history\":{FORMAT}}}`)")]
    Head,
    /// It cannot be read or written.
    #[error("cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
}

/// What is remembered, frozen.
#[derive(Debug, Clone, Default)]
pub struct Edition {
    records: Vec<Remembered>,
    by_receiver: ByReceiver,
    accounts: Accounts,
    by_bill: ByBill,
}

impl Edition {
    /// Puts records in order and joins those of one key.
    pub fn build(records: impl IntoIterator<Item = Remembered>) -> Self {
        Self::build_after(&Openings::new(), records)
    }

    /// The same after what stood on their accounts before.
    pub fn build_after(openings: &Openings, records: impl IntoIterator<Item = Remembered>) -> Self {
        let mut records: Vec<Remembered> = records.into_iter().collect();
        records.iter_mut().for_each(Remembered::tidy);
        records.sort_by(|a, b| a.key.cmp(&b.key));
        let mut joined: Vec<Remembered> = Vec::with_capacity(records.len());
        for record in records {
            match joined.last_mut() {
                Some(last) if last.key == record.key => last.join(record),
                _ => joined.push(record),
            }
        }
        let (by_receiver, accounts) = (ByReceiver::build(&joined), Accounts::build(&joined, openings));
        let by_bill = ByBill::build(&joined);
        Self { records: joined, by_receiver, accounts, by_bill }
    }

    /// One edition of several: associative, commutative, and itself with itself is itself.
    pub fn merge<'a>(editions: impl IntoIterator<Item = &'a Self>) -> Self {
        Self::build(editions.into_iter().flat_map(|edition| edition.records.iter().cloned()))
    }

    /// Does the account hold what stood there before?
    pub(super) fn is_opened(&self, permit: &str) -> bool {
        self.accounts.is_opened(permit)
    }

    /// What each consignment took from a permit before `own`, which is left out.
    pub(super) fn taken_before(&self, permit: &str, own: &Key) -> Vec<Booked> {
        self.accounts.taken_before(&self.records, permit, own)
    }

    /// Permits and quotas that its records claim.
    pub fn claimed(&self) -> BTreeSet<&str> {
        self.records.iter().flat_map(|record| &record.claims).map(|claim| claim.permit.as_str()).collect()
    }

    /// The records in order.
    pub fn records(&self) -> &[Remembered] {
        &self.records
    }

    /// Number of consignments remembered.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// True when nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The day of the last consignment.
    pub fn last_day(&self) -> Option<Date> {
        self.records.last().map(|record| record.key.on)
    }

    /// Fingerprint of the whole edition.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        match self.write(&mut hasher) {
            Ok(()) => digest::shown(&hasher.finalize()),
            Err(error) => format!("not written: {error}"),
        }
    }

    /// Writes the file.
    pub fn write(&self, out: &mut impl Write) -> Result<(), HistoryError> {
        line(out, &Head { palisander_history: FORMAT })?;
        self.records.iter().try_for_each(|record| line(out, record))
    }

    /// Reads the file. A line that is no record is told and left out; a file without its head is no edition.
    pub fn read(bytes: &[u8]) -> Result<(Self, Vec<(u64, String)>), HistoryError> {
        let mut lines = Lines::new(bytes, MAX_EDITION_LINE_BYTES);
        let head = lines.next().and_then(|line| match line {
            Line::Text(_, text) => serde_json::from_slice::<Head>(&text).ok(),
            _ => None,
        });
        if head.is_none_or(|head| head.palisander_history != FORMAT) {
            return Err(HistoryError::Head);
        }
        let (mut records, mut faults) = (Vec::new(), Vec::new());
        for line in lines {
            match line {
                Line::Text(n, text) => match serde_json::from_slice::<Remembered>(&text) {
                    Ok(record) => records.push(record),
                    Err(error) => faults.push((n, error.to_string())),
                },
                Line::TooLong(n) => {
                    faults.push((n, format!("over MAX_EDITION_LINE_BYTES ({MAX_EDITION_LINE_BYTES})")));
                }
                Line::Failed(_, error) => return Err(HistoryError::Io(error)),
            }
        }
        Ok((Self::build(records), faults))
    }
}

fn line(out: &mut impl Write, value: &impl Serialize) -> Result<(), HistoryError> {
    let mut text = serde_json::to_vec(value).map_err(std::io::Error::from)?;
    text.push(b'\n');
    Ok(out.write_all(&text)?)
}

impl EarlierLots for Edition {
    fn lots(&self, lot: &Lot, from: Date, own: &Key) -> Result<Lots, Unavailable> {
        Ok(self.by_receiver.find(&self.records, lot, from, own))
    }
}

impl OtherFilings for Edition {
    fn standing(&self, key: &Key, own: &Filing) -> Result<Standing, Unavailable> {
        Ok(self.by_bill.standing(&self.records, key, own))
    }
}

impl EarlierUses for Edition {
    fn uses(&self, permit: &PermitKey, own: &Key) -> Result<Spending, Unavailable> {
        Ok(self.accounts.before(&self.records, permit.as_str(), own))
    }
}
