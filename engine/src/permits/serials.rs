//! Serials and stamps that stand apart from the others of a register.
//!
//! In: the packed documents of a register. Out: for a document, how many serials are left out between its number and those
//! of its series, where it stands with few others beyond the gap; and how many other documents bear its security stamp. What
//! is usual is taken from the series itself: an office that numbers loosely has wide steps.
//! Source: CITES CoP17 Doc. 25 para. 18 (permits issued out of order). Cost: one step a document, a sort of each series.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use super::number::FoldedNumber;
use super::store::{Store, Symbol};
use crate::codes::CountryCode;

/// Serials left out in one step; smaller gaps are spoilt forms.
pub(super) const MIN_GAP: u64 = 50;
/// A gap this many times the usual step of the series is a gap.
pub(super) const GAP_FACTOR: u64 = 20;
/// Numbers that make a series: of fewer the usual step is not known.
pub(super) const MIN_SERIES: usize = 10;
/// A series of which one part in so many lies beyond a gap goes on elsewhere: a new book of forms is no gap.
const FEW: usize = 10;

/// How a document stands apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Apart {
    /// Serials left out between it and the others of its series; 0 = it stands among them.
    pub left_out: u64,
    /// Other documents with its security stamp.
    pub same_stamp: u64,
}

/// Prefix, serial and rest of a number: the longest run of digits is the serial, the last of equal ones.
pub(super) fn serial(number: &str) -> Option<(String, u64)> {
    let text = FoldedNumber::new(number).text().to_owned();
    let bytes = text.as_bytes();
    let (mut best, mut start) = ((0, 0), None);
    for n in 0..=bytes.len() {
        let is_digit = bytes.get(n).is_some_and(u8::is_ascii_digit);
        match (is_digit, start) {
            (true, None) => start = Some(n),
            (false, Some(from)) => {
                if n - from >= best.1 - best.0 {
                    best = (from, n);
                }
                start = None;
            }
            _ => {}
        }
    }
    let value = text.get(best.0..best.1)?.parse().ok()?;
    Some((format!("{}#{}", text.get(..best.0)?, text.get(best.1..)?), value))
}

/// The usual step between serials in order.
pub(super) fn usual_step(serials: impl Iterator<Item = u64> + Clone) -> u64 {
    let mut steps: Vec<u64> = serials.clone().zip(serials.skip(1)).map(|(a, b)| b.saturating_sub(a)).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or(0).max(1)
}

/// What stands apart in a register, by place of the document.
#[derive(Debug, Clone, Default)]
pub(super) struct Series(HashMap<u32, Apart>);

impl Series {
    pub(super) fn of_store(store: &Store) -> Self {
        let mut series: HashMap<(CountryCode, Symbol, u64), Vec<(u64, u32)>> = HashMap::new();
        let mut stamps: HashMap<(CountryCode, String), Vec<u32>> = HashMap::new();
        for (place, packed) in (0_u32..).zip(&store.documents) {
            if let Some((prefix, value)) = serial(store.numbers.get(packed.number)) {
                let mut hasher = DefaultHasher::new();
                prefix.hash(&mut hasher);
                let key = (packed.issuing_country, packed.authority, hasher.finish());
                series.entry(key).or_default().push((value, place));
            }
            let stamp = FoldedNumber::new(store.numbers.get(packed.stamp));
            if !stamp.is_empty() {
                stamps.entry((packed.issuing_country, stamp.text().to_owned())).or_default().push(place);
            }
        }
        let mut found: HashMap<u32, Apart> = HashMap::new();
        for issued in series.values_mut().filter(|issued| issued.len() >= MIN_SERIES) {
            issued.sort_unstable();
            for (place, left_out) in apart(issued) {
                found.entry(place).or_default().left_out = left_out;
            }
        }
        for places in stamps.values().filter(|places| places.len() > 1) {
            let number = |place: &u32| store.packed(*place).map(|packed| store.numbers.get(packed.number));
            let mut numbers: Vec<_> = places.iter().map(number).collect();
            numbers.sort_unstable();
            numbers.dedup();
            if numbers.len() > 1 {
                for place in places {
                    found.entry(*place).or_default().same_stamp = numbers.len() as u64 - 1;
                }
            }
        }
        Self(found)
    }

    /// How the document at a place stands apart; `None` = it does not.
    pub(super) fn of(&self, place: u32) -> Option<Apart> {
        self.0.get(&place).copied()
    }
}

/// Documents of a series in order that lie with few others beyond a gap, with the serials left out.
fn apart(issued: &[(u64, u32)]) -> Vec<(u32, u64)> {
    let usual = usual_step(issued.iter().map(|(serial, _)| *serial));
    let is_gap = |gap: u64| gap >= MIN_GAP && gap >= usual.saturating_mul(GAP_FACTOR);
    let gap_before = |n: usize| {
        let (before, own) = (issued.get(n.checked_sub(1)?)?, issued.get(n)?);
        Some(own.0 - before.0).filter(|gap| is_gap(*gap))
    };
    let starts: Vec<usize> = (1..issued.len()).filter(|n| gap_before(*n).is_some()).collect();
    let bounds: Vec<usize> = std::iter::once(0).chain(starts).chain([issued.len()]).collect();
    let mut found = Vec::new();
    for part in bounds.windows(2) {
        let [from, to] = *part else { continue };
        let gap = [gap_before(from), gap_before(to)].into_iter().flatten().min();
        if let Some(gap) = gap.filter(|_| (to - from) * FEW <= issued.len()) {
            found.extend(issued.get(from..to).into_iter().flatten().map(|(_, place)| (*place, gap - 1)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_serials_beyond_a_gap_stand_apart_and_a_new_book_of_forms_does_not() {
        let series = |serials: &[u64]| -> Vec<(u64, u32)> { serials.iter().copied().zip(0_u32..).collect() };
        let mut serials: Vec<u64> = (1..=40).collect();
        assert_eq!(apart(&series(&serials)), Vec::new());
        serials.push(9_040);
        assert_eq!(apart(&series(&serials)), vec![(40, 8_999)]);
        serials.extend(9_041..9_060);
        assert_eq!(apart(&series(&serials)), Vec::new(), "the series goes on there");
        let loose: Vec<u64> = (1..=40).map(|n| n * 37).collect();
        assert_eq!(apart(&series(&loose)), Vec::new(), "wide steps are usual");
    }
}
