//! One bill under two sets of rules, as commands count and tell it.
//!
//! In: a bill as the engine tried it. Out: [`Bill`], with a [`Flip`] where the two differ. What comes from manifests is safe to print.

use palisander_engine::Date;
use palisander_engine::answers::Lane;
use palisander_engine::bills::{Judged, Trial, Tried};
use serde::{Deserialize, Serialize};

use crate::cli::safe;
use crate::cli::score::row;

/// A bill, judged under both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bill {
    /// Bill of lading, as declared.
    pub consignment: String,
    /// Port of discharge, else where the ship arrives, as declared.
    pub port: Option<String>,
    /// Day of arrival.
    pub day: Option<Date>,
    /// Rules as they are, and as they would be.
    pub judged: [Judged; 2],
    /// What people are told, where lane or indicators differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flip: Option<Box<Flip>>,
}

impl Bill {
    /// As the engine tried it.
    pub fn of(trial: &Trial<'_>, tried: Tried) -> Self {
        let flip = Flip::of(trial, &tried).map(Box::new);
        let Tried { consignment, port, day, judged, .. } = tried;
        Self { consignment, port, day, judged, flip }
    }
}

/// A bill under both sets of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flip {
    /// Bill of lading.
    pub consignment: String,
    pub port: Option<String>,
    pub day: Option<Date>,
    pub before: Standing,
    pub after: Standing,
    /// Indicators that fire only under the new rules, as `profile/indicator`.
    pub added: Vec<String>,
    /// Those that fire only under the old ones.
    pub removed: Vec<String>,
    /// Ship and arrival, one line that is safe to print.
    pub ship: String,
    /// Goods in short, likewise.
    pub goods: String,
}

/// Lane and score under one set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub lane: Lane,
    /// Sum of the points that count.
    pub score: i64,
}

impl Flip {
    /// Of a bill as it was tried; `None` where both say the same of it.
    pub fn of(trial: &Trial<'_>, tried: &Tried) -> Option<Self> {
        let answer = tried.answer.as_deref()?;
        let [before, after] = &tried.judged;
        let only = |own: &Judged, other: &Judged| {
            let numbers = own.met.iter().filter(|number| other.met.binary_search(number).is_err());
            numbers.filter_map(|number| trial.named().get(*number)).map(|one| one.to_string()).collect()
        };
        let standing = |judged: &Judged| Standing { lane: judged.lane, score: judged.score };
        Some(Self {
            consignment: safe::line(&tried.consignment).into_owned(),
            port: tried.port.as_deref().map(|port| safe::line(port).into_owned()),
            day: tried.day,
            before: standing(before),
            after: standing(after),
            added: only(after, before),
            removed: only(before, after),
            ship: safe::line(&row::ship(&answer.ship)).into_owned(),
            goods: safe::line(&row::goods(answer)).into_owned(),
        })
    }
}
