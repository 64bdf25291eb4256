//! What is added to a manifest when its reader is done: what its texts and sums say, and what is known of its letters.
//!
//! In: a [`Parsed`] as its reader gives it. Out: the same with permit numbers of descriptions as documents, further numbers of
//! one field as documents of their own, sums of bills compared, and the faults of the file's letters before its own.

use super::super::fault::{Fault, Faults};
use super::super::{glean, several, sums};
use super::parsed::Parsed;

/// What is told of every manifest, whatever its format: permit numbers in descriptions, sums of bills.
pub(super) fn completed(parsed: &mut Parsed) {
    several::manifest(parsed);
    glean::manifest(parsed);
    sums::check(&parsed.manifest, &mut parsed.bills);
}

/// What is known of the letters of the file stands before all else.
pub(super) fn told(parsed: &mut Parsed, letters: Vec<Fault>) {
    if !letters.is_empty() {
        let mut faults = Faults::from(letters);
        faults.append(std::mem::take(&mut parsed.head));
        parsed.head = faults;
    }
}
