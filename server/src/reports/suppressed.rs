//! Figures of which no case can be told: small cells are left out, and a second one with each, so that no difference tells them.
//!
//! In: counts of many cases, the least number that may be told. Out: the same with cells blank. Counts whose questions begin with the
//! same word part the cases among them (`agency.customs`, `agency.police`): of these never only one is blank.

use std::collections::BTreeMap;

use crate::cases::{Count, Counts};

/// Cases below which a cell is not told.
pub const LEAST: usize = 3;

/// Figures in which a blank cell is `None`; nothing at all where there are fewer cases than that.
pub fn suppressed(counts: &Counts, least: usize) -> Vec<(Count, Option<usize>)> {
    let is_small = |n: usize| n > 0 && n < least;
    let blank = |one: &Count| counts.n_cases < least || one.of < least || is_small(one.n) || is_small(one.of - one.n);
    let mut told: Vec<(Count, Option<usize>)> =
        counts.counts.iter().map(|one| (one.clone(), (!blank(one)).then_some(one.n))).collect();
    let mut parts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (n, (one, _)) in told.iter().enumerate() {
        // Charged is charged under one law or under several.
        let of = if one.question == "charged" { "laws" } else { one.question.split('.').next().unwrap_or_default() };
        parts.entry(of).or_default().push(n);
    }
    let mut also = Vec::new();
    for members in parts.values().filter(|members| members.len() > 1) {
        let hidden = members.iter().filter(|n| told.get(**n).is_some_and(|(_, shown)| shown.is_none())).count();
        if hidden != 1 {
            continue;
        }
        let shown =
            members.iter().filter_map(|n| told.get(*n).and_then(|(_, shown)| Some((shown.as_ref().copied()?, *n))));
        // The smallest that says something; a nought tells as much.
        also.extend(shown.min().map(|(_, n)| n));
    }
    for n in also {
        if let Some((_, shown)) = told.get_mut(n) {
            *shown = None;
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn counts(n_cases: usize, cells: &[(&'static str, usize)]) -> Counts {
        let counts = cells.iter().map(|(question, n)| Count { question, says: "", n: *n, of: n_cases }).collect();
        Counts { n_cases, counts, sentences_months: Vec::new(), days_until_told: Vec::new(), assets: BTreeMap::new() }
    }

    fn shown(counts: &Counts) -> Vec<Option<usize>> {
        suppressed(counts, LEAST).into_iter().map(|(_, shown)| shown).collect()
    }

    /// G03: one below the least is blank, and cannot be had from the others.
    #[test]
    fn g03_small_cells_are_blank_and_no_difference_tells_them() {
        // 10 = 2 + 5 + 3: two is blank, and three with it.
        assert_eq!(shown(&counts(10, &[("agency.a", 2), ("agency.b", 5), ("agency.c", 3)])), [None, Some(5), None]);
        assert_eq!(shown(&counts(10, &[("agency.a", 3), ("agency.b", 7)])), [Some(3), Some(7)]);
        // The rest of a cell is as telling as the cell.
        assert_eq!(shown(&counts(10, &[("charged", 8)])), [None]);
        assert_eq!(shown(&counts(10, &[("charged", 10)])), [Some(10)]);
        assert_eq!(shown(&counts(2, &[("charged", 2)])), [None]);
        // Charged is the sum of charged under one law and under several.
        let laws = [("charged", 8), ("laws.one", 4), ("laws.combined", 4)];
        assert_eq!(shown(&counts(10, &laws)).iter().filter(|cell| cell.is_none()).count(), 2);
        // Whatever the cells are: of those that part the cases no blank one is the total less the others.
        for a in 0..12 {
            for b in 0..12 - a {
                let all = counts(12, &[("x.a", a), ("x.b", b), ("x.c", 12 - a - b)]);
                let told = shown(&all);
                let blank = told.iter().filter(|cell| cell.is_none()).count();
                assert_ne!(blank, 1, "{a} {b}: {told:?}");
                assert!(told.iter().flatten().all(|n| *n == 0 || *n >= LEAST), "{told:?}");
            }
        }
    }
}
