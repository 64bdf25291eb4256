//! What a change of rules costs and brings, as one thing: for programs as JSON, for officers as a table and a page.
//!
//! In: the counts of what was filed and of the honest bills. Out: [`Report`]. Not here: how it is shown.

use std::collections::BTreeMap;

use palisander_engine::Date;
use palisander_engine::answers::Lane;
use palisander_engine::bills::{Named, Trial};
use palisander_evaluation::{Found, Share};
use serde::Serialize;

use super::berths::{Berth, Berths};
use super::both::Both;
use super::gate::{Gated, Most};
use super::tally::{Counted, Tally};
use crate::cli::rules::flip::Flip;

/// The whole. Where a field holds two values, the first is of the rules before and the second of those after.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Names of the two sets of rules.
    pub rules: Both<String>,
    /// What the bills are: filed ones, or the honest corpus where nothing else was given.
    pub of: &'static str,
    pub bills: Bills,
    /// From this lane up a bill is inspected.
    pub inspected_from: Lane,
    /// Bills by lane before and lane after; pairs that no bill has are left out.
    pub lanes: Vec<LanePair>,
    pub by_lane: BTreeMap<Lane, Both<u64>>,
    /// Every indicator of either set.
    pub indicators: Vec<Row>,
    pub flips: FlipsTold,
    pub inspections: Inspections,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<ResultsTold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honest: Option<HonestTold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateTold>,
    /// What the figures do not show, in words.
    pub not_simulated: Vec<String>,
}

/// How many came in.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Bills {
    /// Each of them was judged or is lost.
    pub read: u64,
    pub judged: u64,
    /// Bills at which the program broke.
    pub lost: u64,
    /// Parts of the input that held no manifest.
    pub unreadable: u64,
    pub without_day: u64,
    pub first_day: Option<Date>,
    pub last_day: Option<Date>,
    /// Bills on which other indicators fire than before.
    pub other_hits: u64,
}

/// Bills that went from one lane to another, or stayed.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LanePair {
    pub before: Lane,
    pub after: Lane,
    pub n: u64,
}

/// What one indicator did.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// As `profile/indicator`.
    pub indicator: String,
    /// `both`, `before` or `after`: which set has it.
    pub stands_in: &'static str,
    /// The two sets say it otherwise.
    pub stated_otherwise: bool,
    /// It is being tried, and moves nothing.
    pub shadow: bool,
    /// Bills on which it fires under the new rules.
    pub fires: u64,
    /// Of them those on which it did not before.
    pub new: u64,
    /// Of them those on which it did.
    pub common: u64,
    /// Bills on which it no longer fires.
    pub missed: u64,
    /// Bills on which it could not be told.
    pub open: Both<u64>,
    /// Inspections added in which it has a part.
    pub added: u64,
    /// Of bills with a result on which it fires, those where something was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<Both<Share>>,
    /// Honest bills of the corpus on which it fires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honest: Option<Both<u64>>,
}

impl Row {
    /// Does the change of rules touch it?
    pub fn is_touched(&self) -> bool {
        self.stands_in != "both" || self.stated_otherwise || self.new + self.missed > 0
    }
}

/// Bills whose lane changes.
#[derive(Debug, Serialize)]
pub struct FlipsTold {
    /// To a graver lane, and to a lower one.
    pub n_up: u64,
    pub n_down: u64,
    /// The most urgent under the new rules.
    pub up: Vec<Flip>,
    /// The most urgent under the old ones.
    pub down: Vec<Flip>,
}

/// Inspections by port and day.
#[derive(Debug, Serialize)]
pub struct Inspections {
    /// Bills that each port opens a day, where it was given.
    pub capacity: Option<usize>,
    pub asked: Both<u64>,
    pub added: u64,
    pub dropped: u64,
    pub by_port_and_day: Vec<Berth>,
}

/// How well either set puts the right bills first.
#[derive(Debug, Serialize)]
pub struct ResultsTold {
    /// Bills with a result: the figures are of these alone.
    pub n_known: usize,
    pub at: Vec<At>,
    /// For the picture.
    #[serde(skip)]
    pub found: Both<Found>,
}

/// When so many of the known bills are opened.
#[derive(Debug, Serialize)]
pub struct At {
    /// Share of them, in words.
    pub opened: String,
    pub n_opened: u64,
    /// Of those where there was something to find, the part that is opened; 95 % interval of Clopper and Pearson.
    pub recall: Both<Share>,
    /// Of those opened, the part where something was found.
    pub precision: Both<Share>,
}

/// What the honest goods say.
#[derive(Debug, Serialize)]
pub struct HonestTold {
    pub n_bills: u64,
    pub by_lane: BTreeMap<Lane, Both<u64>>,
    /// Of them those that the new rules send to a graver lane.
    pub n_up: u64,
    pub up: Vec<Flip>,
}

/// The gate, with names.
#[derive(Debug, Serialize)]
pub struct GateTold {
    /// As it was asked for: so many inspections at a port on a day, in a week, or over all.
    pub max_added: String,
    pub whole: Most,
    /// Indicators that have a part in anything added.
    pub by_indicator: BTreeMap<String, Most>,
}

/// Which set has the indicator, and how.
#[derive(Debug, Clone, Copy)]
pub struct Stands {
    pub stated_otherwise: bool,
    pub shadow: bool,
}

/// The row of each indicator. `honest`: the counts of the corpus.
pub fn rows(
    trial: &Trial<'_>,
    stands: &[Stands],
    counted: &[Counted],
    has_results: bool,
    honest: Option<&[Counted]>,
) -> Vec<Row> {
    let all = trial.named().iter().zip(stands).zip(counted).enumerate();
    let row = |(n, ((named, stands), counted)): (usize, ((&Named, &Stands), &Counted))| {
        let [_, fires] = counted.fires;
        Row {
            indicator: named.to_string(),
            stands_in: match named.stands {
                [Some(_), Some(_)] => "both",
                [Some(_), None] => "before",
                _ => "after",
            },
            stated_otherwise: stands.stated_otherwise,
            shadow: stands.shadow,
            fires,
            new: counted.newly(),
            common: counted.common,
            missed: counted.missed(),
            open: counted.open,
            added: counted.added,
            precision: has_results.then(|| counted.precision()),
            honest: honest.and_then(|honest| honest.get(n)).map(|counted| counted.fires),
        }
    };
    all.map(row).collect()
}

impl Bills {
    /// Of a stream from which so many bills were read.
    pub fn of(tally: &Tally, read: u64) -> Self {
        Self {
            read,
            judged: tally.n_judged,
            lost: tally.n_lost,
            unreadable: tally.n_unreadable,
            without_day: tally.n_without_day,
            first_day: tally.days.map(|(first, _)| first),
            last_day: tally.days.map(|(_, last)| last),
            other_hits: tally.n_other_hits,
        }
    }
}

impl Inspections {
    /// Of all ports and days.
    pub fn of(berths: &Berths, capacity: Option<usize>) -> Self {
        let all = berths.told();
        let sum = |of: &dyn Fn(&Berth) -> u64| all.iter().map(of).sum();
        let asked = [
            sum(&|berth| berth.asked.first().copied().unwrap_or(0)),
            sum(&|berth| berth.asked.last().copied().unwrap_or(0)),
        ];
        let (added, dropped) = (sum(&|berth| berth.added), sum(&|berth| berth.dropped));
        Self { capacity, asked, added, dropped, by_port_and_day: all }
    }
}

impl ResultsTold {
    /// From what is found under either set.
    pub fn new(n_known: usize, found: Both<Found>) -> Self {
        let [before, after] = &found;
        let at = before.at.iter().zip(&after.at).map(|(before, after)| At {
            opened: after.opened.clone(),
            n_opened: after.n_opened,
            recall: [before.recall, after.recall],
            precision: [before.precision, after.precision],
        });
        Self { n_known, at: at.collect(), found }
    }
}

impl GateTold {
    /// With the names of the indicators.
    pub fn new(gated: Gated, trial: &Trial<'_>) -> Self {
        let named = |(number, most): (usize, Most)| Some((trial.named().get(number)?.to_string(), most));
        let Gated { max_added, whole, by_indicator } = gated;
        Self { max_added, whole, by_indicator: by_indicator.into_iter().filter_map(named).collect() }
    }

    /// Is no more added than may be?
    pub fn holds(&self) -> bool {
        self.whole.holds
    }
}

/// Pairs of lanes that some bill has, the gravest after first.
pub fn pairs(tally: &Tally) -> Vec<LanePair> {
    let all = Lane::ALL.iter().rev().flat_map(|after| Lane::ALL.iter().rev().map(move |before| (*before, *after)));
    let n =
        |before: Lane, after: Lane| tally.lanes.get(before as usize).and_then(|row| row.get(after as usize)).copied();
    let pair = |(before, after)| LanePair { before, after, n: n(before, after).unwrap_or(0) };
    all.map(pair).filter(|pair| pair.n > 0).collect()
}
