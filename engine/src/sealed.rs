//! Consignments that are let through while they are watched: a controlled delivery.
//!
//! In: numbers of bills of lading. Out: whether a bill is one of them, however its number is written. Of such a bill an engine
//! says what it says of one that no rule speaks of; what the rules say is told by [`crate::Engine::frank`]. Not here: who may
//! order it, and who is told.

use std::collections::BTreeSet;

use crate::text::light_key;

/// Numbers of bills that are let through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SealedBills(BTreeSet<String>);

impl SealedBills {
    /// Bills by their numbers. One without a letter or digit is nobody's.
    pub fn of<'a>(numbers: impl IntoIterator<Item = &'a str>) -> Self {
        Self(numbers.into_iter().map(Self::key).filter(|key| !key.is_empty()).collect())
    }

    /// A number as it is compared: case, width and separators do not count.
    pub fn key(number: &str) -> String {
        light_key(number)
    }

    /// Is the bill of that number one of them?
    pub fn contains(&self, number: &str) -> bool {
        !self.0.is_empty() && self.0.contains(&Self::key(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_however_it_is_written() {
        let sealed = SealedBills::of(["MSCU-123 4", " ", "-"]);
        for (number, is_sealed) in
            [("mscu1234", true), ("ＭＳＣＵ 1234", true), ("MSCU1235", false), ("", false), ("--", false)]
        {
            assert_eq!(sealed.contains(number), is_sealed, "{number}");
        }
        assert!(!SealedBills::default().contains("MSCU1234"));
    }
}
