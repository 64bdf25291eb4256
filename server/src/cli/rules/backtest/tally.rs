//! What a change of rules does to the bills of one stream, counted as they come.
//!
//! In: bills tried under both sets of rules. Out: [`Tally`]. Nothing is kept of a bill but counts, the most urgent of those that
//! change their lane, and what results say of it. Not here: how it is shown (`table.rs`, `page.rs`, `junit.rs`).

use std::collections::BTreeMap;

use palisander_engine::Date;
use palisander_engine::answers::Lane;
use palisander_engine::bills::{Judged, Trial};
use palisander_evaluation::Share;

use super::berths::Berths;
use super::both::Both;
use super::flips::Flips;
use super::known::Known;
use crate::cli::rules::flip::Bill;
use crate::cli::rules::trying::Seen;

/// Number of lanes.
pub const LANES: usize = Lane::ALL.len();

/// What one indicator did.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Bills on which it fires under either.
    pub fires: Both<u64>,
    /// Bills on which it fires under both.
    pub common: u64,
    /// Bills on which it could not be told.
    pub open: Both<u64>,
    /// Bills with a result on which it fires, and those of them where something was found.
    pub with_result: Both<u64>,
    pub found: Both<u64>,
    /// Inspections added in which it has a part.
    pub added: u64,
}

impl Counted {
    /// Bills on which it fires only under the new rules.
    pub fn newly(&self) -> u64 {
        let [_, after] = self.fires;
        after - self.common
    }

    /// Bills on which it fires only under the old rules.
    pub fn missed(&self) -> u64 {
        let [before, _] = self.fires;
        before - self.common
    }

    /// Of the bills with a result on which it fires, those where something was found.
    pub fn precision(&self) -> Both<Share> {
        let ([found, found_after], [of, of_after]) = (self.found, self.with_result);
        [Share::new(found, of), Share::new(found_after, of_after)]
    }
}

/// How the bills came to be counted.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// From this lane up a bill is inspected.
    pub inspect: Lane,
    /// Bills that each port opens a day.
    pub capacity: Option<usize>,
    /// Bills that are shown each way.
    pub top: usize,
}

/// The counts of one stream.
#[derive(Debug)]
pub struct Tally {
    pub n_judged: u64,
    pub n_lost: u64,
    pub n_unreadable: u64,
    /// Manifests without a bill.
    pub n_empty: u64,
    /// Bills that do not say when they arrive.
    pub n_without_day: u64,
    /// First and last day of arrival.
    pub days: Option<(Date, Date)>,
    /// Bills by lane before, then by lane after.
    pub lanes: [[u64; LANES]; LANES],
    /// Bills on which other indicators fire than before.
    pub n_other_hits: u64,
    /// By number of the indicator.
    pub counted: Vec<Counted>,
    pub flips: Flips,
    pub berths: Berths,
    /// Indicators that are stated otherwise, by number: they have a part in what they already fired on.
    stated_otherwise: Vec<bool>,
    inspect: Lane,
}

impl Tally {
    /// Nothing counted yet. `stated_otherwise`: by number, whether the two sets say the indicator differently.
    pub fn new(trial: &Trial<'_>, stated_otherwise: Vec<bool>, asked: Asked) -> Self {
        Self {
            n_judged: 0,
            n_lost: 0,
            n_unreadable: 0,
            n_empty: 0,
            n_without_day: 0,
            days: None,
            lanes: Default::default(),
            n_other_hits: 0,
            counted: vec![Counted::default(); trial.named().len()],
            flips: Flips::new(asked.top),
            berths: Berths::new(asked.capacity),
            stated_otherwise,
            inspect: asked.inspect,
        }
    }

    /// Counts what the stream hands out; says nothing.
    pub fn take(&mut self, seen: Seen, known: Option<&mut Known>) {
        match seen {
            Seen::Bill(bill) => self.bill(&bill, known),
            Seen::Lost => self.n_lost += 1,
            Seen::Unreadable => self.n_unreadable += 1,
            Seen::Empty => self.n_empty += 1,
        }
    }

    fn bill(&mut self, tried: &Bill, known: Option<&mut Known>) {
        let [before, after] = &tried.judged;
        self.n_judged += 1;
        self.n_other_hits += u64::from(before.met != after.met);
        match tried.day {
            None => self.n_without_day += 1,
            Some(day) => {
                let (first, last) = self.days.unwrap_or((day, day));
                self.days = Some((first.min(day), last.max(day)));
            }
        }
        let row = self.lanes.get_mut(before.lane as usize);
        if let Some(cell) = row.and_then(|row| row.get_mut(after.lane as usize)) {
            *cell += 1;
        }
        let found = known.and_then(|known| known.take(tried));
        self.indicators([before, after], found);
        let is_inspected = [before, after].map(|judged| judged.lane >= self.inspect);
        let parts = if is_inspected == [false, true] { self.parts(before, after) } else { Vec::new() };
        for number in &parts {
            if let Some(counted) = self.counted.get_mut(*number) {
                counted.added += 1;
            }
        }
        self.berths.take(tried, is_inspected, &parts);
        self.flips.take(tried);
    }

    fn indicators(&mut self, judged: Both<&Judged>, found: Option<bool>) {
        let [before, _] = judged;
        for (side, own) in judged.into_iter().enumerate() {
            for number in &own.met {
                let Some(counted) = self.counted.get_mut(*number) else { continue };
                add(&mut counted.fires, side, 1);
                counted.common += u64::from(side == 1 && before.met.binary_search(number).is_ok());
                add(&mut counted.with_result, side, u64::from(found.is_some()));
                add(&mut counted.found, side, u64::from(found == Some(true)));
            }
            for number in &own.open {
                if let Some(counted) = self.counted.get_mut(*number) {
                    add(&mut counted.open, side, 1);
                }
            }
        }
    }

    /// Indicators that have a part in what is new of a bill: those that fire only now, or are stated otherwise.
    fn parts(&self, before: &Judged, after: &Judged) -> Vec<usize> {
        let is_new = |number: &usize| before.met.binary_search(number).is_err();
        let is_other = |number: &usize| self.stated_otherwise.get(*number).copied().unwrap_or(false);
        after.met.iter().copied().filter(|number| is_new(number) || is_other(number)).collect()
    }

    /// Bills that change their lane: to a graver one, and to a lower one.
    pub fn n_flips(&self) -> (u64, u64) {
        let (mut up, mut down) = (0, 0);
        for (before, row) in self.lanes.iter().enumerate() {
            for (after, n) in row.iter().enumerate() {
                match after.cmp(&before) {
                    std::cmp::Ordering::Greater => up += n,
                    std::cmp::Ordering::Less => down += n,
                    std::cmp::Ordering::Equal => {}
                }
            }
        }
        (up, down)
    }

    /// Bills by lane, under either set.
    pub fn by_lane(&self) -> BTreeMap<Lane, Both<u64>> {
        let of = |lane: &Lane| {
            let place = *lane as usize;
            let before = self.lanes.get(place).map_or(0, |row| row.iter().sum());
            let after = self.lanes.iter().filter_map(|row| row.get(place)).sum();
            (*lane, [before, after])
        };
        Lane::ALL.iter().map(of).collect()
    }
}

fn add(to: &mut Both<u64>, side: usize, n: u64) {
    if let Some(count) = to.get_mut(side) {
        *count += n;
    }
}
