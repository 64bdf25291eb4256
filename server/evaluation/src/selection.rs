//! Which bills are opened today: the top of the strict order, and a draw from those below, within what can be opened (row B04).
//!
//! In: bills in their order, how many can be opened, the share of the rest that is drawn, a key. Out: [`Selection`]: what is opened
//! and why, the chance that each bill had, and what is left unopened. The draw is by a hash under a key whose commitment is
//! published before; who has the key can draw again and finds the same. It is stratified by the order, with more draws where the
//! order is higher: a plain draw of some hundred says nothing of two planted bills in a thousand.

use serde::{Deserialize, Serialize};

use crate::hash;

/// Strata of the bills below the cut: share of them, and share of the draws. The higher the sooner drawn.
const STRATA: [(f64, f64); 4] = [(0.05, 0.25), (0.15, 0.25), (0.30, 0.25), (0.50, 0.25)];
/// Draws that a stratum has at least, else strata are put together.
const LEAST_DRAWS: usize = 2;
/// Share of what can be opened that the draw takes at most.
const MOST_DRAWN: f64 = 0.5;

/// One bill as `select` reads it.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub consignment: String,
    pub rank_key: String,
    pub score: f64,
    pub lane: String,
    /// The top reason, for people.
    pub reason: String,
}

/// Why a bill is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arm {
    /// Its place in the order.
    Top,
    /// Drawn.
    Draw,
}

/// A bill that is opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Opened {
    pub consignment: String,
    pub arm: Arm,
    /// Place in the order, from 1.
    pub place: usize,
    pub lane: String,
    pub score: f64,
    /// Chance that it had: 1 for the top.
    pub probability: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stratum: Option<usize>,
    pub reason: String,
}

/// Bills below the cut that stand together.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stratum {
    pub stratum: usize,
    /// Places in the order, from 1, both included.
    pub from: usize,
    pub to: usize,
    pub n_bills: usize,
    pub n_drawn: usize,
    pub probability: f64,
    pub n_left: usize,
    pub why_left: String,
}

/// Bills of a lane that are left.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Left {
    pub lane: String,
    pub n_bills: usize,
}

/// What is opened and what is not.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Selection {
    pub n_bills: usize,
    pub capacity: usize,
    pub n_top: usize,
    pub n_drawn: usize,
    pub n_left: usize,
    /// Share of the rest that was asked for, and that is drawn.
    pub random_asked: f64,
    pub random_drawn: f64,
    pub commitment: String,
    pub opened: Vec<Opened>,
    pub strata: Vec<Stratum>,
    pub left_by_lane: Vec<Left>,
    /// What an officer should know: a draw that was cut, bills in the red lane that are left.
    pub notes: Vec<String>,
}

/// Chooses what is opened of these bills.
pub fn select(mut bills: Vec<Candidate>, capacity: usize, random: f64, key: &str) -> Selection {
    bills.sort_by(|a, b| (&a.rank_key, &a.consignment).cmp(&(&b.rank_key, &b.consignment)));
    let n_bills = bills.len();
    let capacity_used = capacity.min(n_bills);
    let asked = ((n_bills - capacity_used) as f64 * random.clamp(0.0, 1.0)).ceil() as usize;
    let most = (capacity_used as f64 * MOST_DRAWN).floor() as usize;
    let n_drawn = if capacity_used == n_bills { 0 } else { asked.min(most) };
    let n_top = capacity_used - n_drawn;
    let (top, rest) = bills.split_at(n_top);
    let mut opened: Vec<Opened> =
        top.iter().enumerate().map(|(n, bill)| open(bill, Arm::Top, n + 1, 1.0, None)).collect();
    let strata = strata(rest, n_top, n_drawn, key, &mut opened);
    let mut notes = Vec::new();
    if asked > n_drawn && capacity_used < n_bills {
        notes.push(format!(
            "the draw takes {n_drawn} places of {asked} asked for: at most half of the capacity is drawn"
        ));
    }
    let is_opened: std::collections::BTreeSet<&str> = opened.iter().map(|one| one.consignment.as_str()).collect();
    let mut left_by_lane: Vec<Left> = Vec::new();
    for bill in rest.iter().filter(|bill| !is_opened.contains(bill.consignment.as_str())) {
        match left_by_lane.iter_mut().find(|left| left.lane == bill.lane) {
            Some(left) => left.n_bills += 1,
            None => left_by_lane.push(Left { lane: bill.lane.clone(), n_bills: 1 }),
        }
    }
    if let Some(red) = left_by_lane.iter().find(|left| left.lane == "red") {
        notes.push(format!("{} bills of the red lane are left: there is no room to open them", red.n_bills));
    }
    Selection {
        n_bills,
        capacity,
        n_top,
        n_drawn,
        n_left: n_bills - opened.len(),
        random_asked: random,
        random_drawn: if rest.is_empty() { 0.0 } else { n_drawn as f64 / rest.len() as f64 },
        commitment: hash::commitment(key),
        opened,
        strata,
        left_by_lane,
        notes,
    }
}

fn open(bill: &Candidate, arm: Arm, place: usize, probability: f64, stratum: Option<usize>) -> Opened {
    Opened {
        consignment: bill.consignment.clone(),
        arm,
        place,
        lane: bill.lane.clone(),
        score: bill.score,
        probability,
        stratum,
        reason: bill.reason.clone(),
    }
}

fn strata(rest: &[Candidate], n_top: usize, n_drawn: usize, key: &str, opened: &mut Vec<Opened>) -> Vec<Stratum> {
    let n_strata = STRATA.len().min(n_drawn / LEAST_DRAWS).max(1);
    let joined = STRATA.len() - n_strata;
    let (mut from, mut drawn_before, mut share) = (0, 0, (0.0, 0.0));
    let mut out = Vec::new();
    for (n, (bills, draws)) in STRATA.iter().enumerate() {
        share = (share.0 + bills, share.1 + draws);
        // Strata that have too few draws of their own are put to the next.
        if n < joined {
            continue;
        }
        let to = if n + 1 == STRATA.len() { rest.len() } else { (rest.len() as f64 * share.0).round() as usize };
        let until = if n + 1 == STRATA.len() { n_drawn } else { (n_drawn as f64 * share.1).round() as usize };
        let own = rest.get(from..to).unwrap_or_default();
        let n_own = (until - drawn_before).min(own.len());
        let probability = if own.is_empty() { 0.0 } else { n_own as f64 / own.len() as f64 };
        let mut lots: Vec<(f64, usize)> =
            own.iter().enumerate().map(|(place, bill)| (hash::draw(key, &bill.consignment), place)).collect();
        lots.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut places: Vec<usize> = lots.into_iter().take(n_own).map(|(_, place)| place).collect();
        places.sort_unstable();
        for place in places {
            if let Some(bill) = own.get(place) {
                opened.push(open(bill, Arm::Draw, n_top + from + place + 1, probability, Some(out.len() + 1)));
            }
        }
        let n_left = own.len() - n_own;
        out.push(Stratum {
            stratum: out.len() + 1,
            from: n_top + from + 1,
            to: n_top + to,
            n_bills: own.len(),
            n_drawn: n_own,
            probability,
            n_left,
            why_left: format!("below the {n_top} most urgent, and not among the {n_own} drawn of {}", own.len()),
        });
        (from, drawn_before) = (to, drawn_before + n_own);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bills(n: usize) -> Vec<Candidate> {
        let one = |n: usize| Candidate {
            consignment: format!("B{n:05}"),
            rank_key: format!("{n:05}"),
            score: 1_000.0 - n as f64,
            lane: if n < 12 { "red" } else { "green" }.to_owned(),
            reason: String::new(),
        };
        // Read in any order.
        (0..n).rev().map(one).collect()
    }

    #[test]
    fn b04_the_top_of_the_order_and_the_draw_fill_the_capacity_and_no_more() {
        for (n, capacity, random) in
            [(1_000, 50, 0.02), (1_000, 10, 0.02), (40, 50, 0.02), (500, 20, 0.0), (5, 1, 0.5), (0, 5, 0.1)]
        {
            let chosen = select(bills(n), capacity, random, "key");
            assert_eq!(chosen.opened.len(), capacity.min(n), "{n} {capacity}");
            assert_eq!(chosen.n_left, n - chosen.opened.len());
            assert_eq!(chosen.n_left, chosen.left_by_lane.iter().map(|left| left.n_bills).sum::<usize>());
            let top: Vec<String> = (0..chosen.n_top).map(|n| format!("B{n:05}")).collect();
            let taken: Vec<String> =
                chosen.opened.iter().filter(|one| one.arm == Arm::Top).map(|one| one.consignment.clone()).collect();
            assert_eq!(taken, top);
            let all: std::collections::BTreeSet<&String> = chosen.opened.iter().map(|one| &one.consignment).collect();
            assert_eq!(all.len(), chosen.opened.len(), "a bill twice");
            assert_eq!(chosen.strata.iter().map(|one| one.n_bills).sum::<usize>(), n - chosen.n_top);
            assert!(chosen.n_drawn * 2 <= capacity.min(n).max(1));
        }
    }

    #[test]
    fn the_draw_is_the_same_under_its_key_and_another_under_another() {
        let names = |key: &str| -> Vec<String> {
            select(bills(2_000), 100, 0.02, key).opened.into_iter().map(|one| one.consignment).collect()
        };
        assert_eq!(names("a"), names("a"));
        assert_ne!(names("a"), names("b"));
    }

    #[test]
    fn each_bill_is_drawn_as_often_as_its_logged_probability_says() {
        let n_keys = 4_000;
        let mut drawn = std::collections::BTreeMap::new();
        let mut said = std::collections::BTreeMap::new();
        for key in 0..n_keys {
            for one in select(bills(60), 12, 0.1, &key.to_string()).opened {
                *drawn.entry(one.consignment.clone()).or_insert(0_u32) += 1;
                said.insert(one.consignment, one.probability);
            }
        }
        assert_eq!(drawn.len(), 60, "every bill has a chance");
        for (bill, n) in drawn {
            let share = f64::from(n) / f64::from(n_keys);
            let p = said[&bill];
            assert!(
                (share - p).abs() < 5.0 * (p * (1.0 - p) / f64::from(n_keys)).sqrt() + 1e-9,
                "{bill}: {share} of {p}"
            );
        }
    }

    #[test]
    fn red_bills_that_have_no_room_are_told() {
        let chosen = select(bills(100), 6, 0.02, "key");
        assert!(chosen.notes.iter().any(|note| note.contains("red lane")), "{:?}", chosen.notes);
    }
}
