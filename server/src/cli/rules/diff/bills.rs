//! Bills on which two sets of rules differ: from the cases of both, and from what was filed.

use std::collections::{BTreeMap, BTreeSet};

use palisander_engine::bills::{Handed, Trial};
use palisander_engine::rules::{Profile, cases};
use palisander_engine::{Assessment, Engine};
use rayon::prelude::*;
use serde::Serialize;

use super::{Arguments, keep};
use crate::cli::rules::flip::{Flip, Standing};
use crate::cli::rules::past::{Stop, unreadable};
use crate::cli::rules::side::Side;
use crate::cli::score::row;
use crate::cli::{safe, say, source};

/// What a number of bills show.
#[derive(Debug, Default, Serialize)]
pub struct Tried {
    pub n_bills: u64,
    /// Bills whose lane rises or falls, and bills on which other indicators fire in the same lane.
    pub n_up: u64,
    pub n_down: u64,
    pub n_other: u64,
    /// Parts that could not be read, and bills that were lost.
    pub n_unread: u64,
    /// The first that rise, or on which more fires.
    pub up: Vec<Differing>,
    /// The first that fall, or on which less fires.
    pub down: Vec<Differing>,
    /// By `profile/indicator`: bills on which it fires under one set alone.
    pub by_indicator: BTreeMap<String, Fires>,
}

/// On how many bills an indicator fires under one set alone.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Fires {
    /// Under the new one.
    pub more: u64,
    /// Under the old one.
    pub fewer: u64,
}

/// One bill under both.
#[derive(Debug, Serialize)]
pub struct Differing {
    /// The case it stands in; `None` = it was filed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    #[serde(flatten)]
    pub bill: Flip,
}

impl Tried {
    fn take(&mut self, case: Option<String>, bill: Flip, most: usize) {
        for name in &bill.added {
            self.by_indicator.entry(name.clone()).or_default().more += 1;
        }
        for name in &bill.removed {
            self.by_indicator.entry(name.clone()).or_default().fewer += 1;
        }
        let order = bill.after.lane.cmp(&bill.before.lane);
        match order {
            std::cmp::Ordering::Greater => self.n_up += 1,
            std::cmp::Ordering::Less => self.n_down += 1,
            std::cmp::Ordering::Equal => self.n_other += 1,
        }
        let is_less = order.is_lt() || order.is_eq() && bill.added.len() < bill.removed.len();
        keep(if is_less { &mut self.down } else { &mut self.up }, Differing { case, bill }, most);
    }
}

/// Every case of either set, run under both.
pub fn of_cases(engines: [&Engine; 2], most: usize) -> Tried {
    let mut all: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for profile in engines.iter().flat_map(|engine| &engine.profiles().profiles) {
        all.extend(cases_of(profile));
    }
    let all: Vec<(&str, &str, &str)> = all.into_iter().collect();
    let run = |(profile, file, text): &(&str, &str, &str)| {
        let case = cases::read(text).ok()?;
        let [before, after] = engines.map(|engine| cases::run(engine, profile, file, &case).ok());
        Some((format!("{profile}/cases/{file}"), before?.assessment, after?.assessment))
    };
    let answers: Vec<_> = all.par_iter().map(run).collect();
    let mut tried = Tried::default();
    for answer in answers {
        let Some((case, before, after)) = answer else {
            tried.n_unread += 1;
            continue;
        };
        tried.n_bills += 1;
        if let Some(bill) = flip(&before, &after) {
            tried.take(Some(case), bill, most);
        }
    }
    tried
}

fn cases_of(profile: &Profile) -> impl Iterator<Item = (&str, &str, &str)> {
    profile.cases.iter().map(|(file, text)| (profile.id.as_str(), file.as_str(), text.as_str()))
}

/// Two answers to the same bill, where lane or indicators differ.
fn flip(before: &Assessment, after: &Assessment) -> Option<Flip> {
    let (was, is) = (names(before), names(after));
    let only = |own: &BTreeSet<String>, other: &BTreeSet<String>| own.difference(other).cloned().collect::<Vec<_>>();
    let standing = |answer: &Assessment| Standing { lane: answer.lane, score: answer.score };
    let differs = was != is || before.lane != after.lane;
    differs.then(|| Flip {
        consignment: safe::line(&after.consignment).into_owned(),
        port: after.ship.arrival.as_deref().map(|port| safe::line(port).into_owned()),
        day: after.ship.arrives_on,
        before: standing(before),
        after: standing(after),
        added: only(&is, &was),
        removed: only(&was, &is),
        ship: safe::line(&row::ship(&after.ship)).into_owned(),
        goods: safe::line(&row::goods(after)).into_owned(),
    })
}

fn names(answer: &Assessment) -> BTreeSet<String> {
    let hits = answer.hits.iter().chain(&answer.shadow_hits);
    hits.map(|hit| format!("{}/{}", hit.profile, hit.indicator)).collect()
}

/// The bills of files, under both sets and beside what the office holds.
pub fn of_files(opened: &Engine, sides: [&Side; 2], arguments: &Arguments, most: usize) -> Result<Tried, Stop> {
    let past = &arguments.past;
    let (days, mapping) = (past.days()?, past.columns()?);
    let trying = |side: &Side| opened.trying(side.path.as_deref()).map_err(unreadable);
    let [old, new] = sides;
    let (before, after) = (trying(old)?, trying(new)?);
    let trial = Trial::new(&before, &after);
    let mut tried = Tried::default();
    for file in source::files(&arguments.against).map_err(unreadable)? {
        let (parts, _) = source::open(&file, past.format(), &mapping).map_err(unreadable)?;
        let read: Result<u64, std::convert::Infallible> = trial.run(parts, days, &opened.past(), &mut |handed| {
            match handed {
                Handed::Bill(bill) => {
                    tried.n_bills += 1;
                    if let Some(flip) = Flip::of(&trial, &bill) {
                        tried.take(None, flip, most);
                    }
                }
                Handed::Lost(_) | Handed::Unreadable(_) => tried.n_unread += 1,
                Handed::Empty(_) => {}
            }
            Ok(())
        });
        let Ok(_) = read;
    }
    if tried.n_unread > 0 {
        say(&format!("{} parts of the input could not be judged", tried.n_unread));
    }
    Ok(tried)
}
