//! Lanes that no sum of points and no floor comes out in.
//!
//! In: the points, groups and floors of the rules that count, and the thresholds. Out: a witness for each such lane, with the bill
//! that comes nearest to it. Cost: sums up to the threshold of red, once for each group.

use std::collections::{BTreeMap, BTreeSet};

use super::bills::{Bills, Shows};
use super::found::{Claim, Witness, counts};
use crate::assess::Engine;
use crate::profile::{Lane, Thresholds};
use crate::workbench::cases::Ran;
use crate::workbench::effort::Effort;
use crate::workbench::ways::never;

/// Sums beyond this are taken for it: all of them are red in any set that can be loaded.
const MAX_SUM: usize = 100_000;

/// Steps in which tests that are never met are looked for; of the others it is taken that they can be.
const MAX_STEPS: usize = 20_000_000;

/// The lanes that nothing comes out in.
pub(super) fn lanes(engine: &Engine, bills: &mut Bills<'_>) -> Vec<Witness> {
    let (profiles, effort) = (engine.profiles(), Effort::of(MAX_STEPS));
    let can_be_met = |one: &&crate::profile::Indicator| {
        counts(engine, one) && one.native.as_ref().is_none_or(|op| !never(op, &effort))
    };
    let mut groups: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let mut by_floor: BTreeSet<Lane> = BTreeSet::new();
    for one in profiles.indicators.iter().filter(can_be_met) {
        groups.entry(one.group.as_str()).or_default().insert(usize::try_from(one.points).unwrap_or_default());
        // A floor decides where its own points reach no higher.
        by_floor.extend(one.floor.filter(|floor| profiles.lanes.by_score(one.points) <= *floor));
    }
    let Thresholds { red, .. } = profiles.lanes.thresholds;
    let sums = sums(&groups, usize::try_from(red).unwrap_or_default().min(MAX_SUM));
    let by_sum: BTreeSet<Lane> = sums.map(|sum| profiles.lanes.by_score(sum as i64)).collect();
    let is_missing = |lane: &&Lane| !by_sum.contains(lane) && !by_floor.contains(lane);
    let missing: Vec<Lane> = Lane::ALL.iter().filter(is_missing).copied().collect();
    missing.into_iter().map(|lane| unreached(engine, lane, bills)).collect()
}

fn unreached(engine: &Engine, lane: Lane, bills: &mut Bills<'_>) -> Witness {
    let Thresholds { blue, yellow, red } = engine.profiles().lanes.thresholds;
    let (from, to) = match lane {
        Lane::Green => (0, Some(blue)),
        Lane::Blue => (blue, Some(yellow)),
        Lane::Yellow => (yellow, Some(red)),
        Lane::Red => (red, None),
    };
    let shows = |ran: &Ran| -> Shows {
        let (score, own) = (ran.assessment.score, ran.assessment.lane);
        let rank = usize::try_from((score - from).abs()).unwrap_or_default();
        (own != lane).then(|| (rank, format!("{score} points, and the lane is {}", own.as_str())))
    };
    let says = match to {
        Some(to) if to <= from => format!("it begins at {from} points, and the next one does, too"),
        Some(to) => format!("no sum of points lies from {from} to {}, and no floor holds it", to - 1),
        None => format!("no sum of points reaches {from}, and no floor holds it"),
    };
    let bill = bills.seek("", &[], &|_| true, &shows);
    Witness { claim: Claim::LaneUnreached, of: vec![lane.as_str().to_owned()], says, bills: bill.into_iter().collect() }
}

/// Every sum of one value of each group, or none of it, up to `most`; what is more counts as `most`.
fn sums(groups: &BTreeMap<&str, BTreeSet<usize>>, most: usize) -> impl Iterator<Item = usize> {
    let mut reached = vec![false; most + 1];
    if let Some(none) = reached.first_mut() {
        *none = true;
    }
    for points in groups.values() {
        let before = reached.clone();
        for (sum, _) in before.iter().enumerate().filter(|(_, yes)| **yes) {
            for more in points {
                if let Some(slot) = reached.get_mut((sum + more).min(most)) {
                    *slot = true;
                }
            }
        }
    }
    reached.into_iter().enumerate().filter_map(|(sum, yes)| yes.then_some(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_take_one_value_of_each_group() {
        let groups = BTreeMap::from([("a", BTreeSet::from([5, 8])), ("b", BTreeSet::from([20]))]);
        assert_eq!(sums(&groups, 27).collect::<Vec<_>>(), [0, 5, 8, 20, 25, 27]);
    }
}
