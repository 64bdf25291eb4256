//! Which measures have a profile that does them, and which profiles are of no plan.

use std::collections::BTreeSet;

use palisander_engine::Date;
use palisander_engine::rules::{ProfileSet, Status};
use serde::Serialize;

use super::read::{CountryRole, Plan, PlanKind};
use crate::meant::nearest;
use crate::words::words;

words! {
    /// How a profile that a measure names stands on the day.
    Standing {
        /// It acts.
        Acts = "acts",
        /// It is tried and moves nothing.
        Tried = "is only tried",
        /// It is deprecated, or its days are over or to come.
        Rests = "does not act on the day",
        /// There is none of that id.
        Unknown = "is unknown",
    }
}

/// A profile that a measure names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Done {
    pub profile: String,
    pub standing: Standing,
    /// The one that was meant, where one of a like name is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meant: Option<String>,
}

/// A measure of a plan, with what does it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measured {
    pub plan: String,
    pub kind: PlanKind,
    pub text: String,
    pub roles: Vec<CountryRole>,
    pub source: String,
    pub profiles: Vec<Done>,
    /// Does at least one of them act?
    pub is_done: bool,
}

/// What plans ask and rules do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    pub as_of: Date,
    /// In the order of the plans.
    pub measures: Vec<Measured>,
    /// Profiles that act and that no measure names: id and title.
    pub unplanned: Vec<(String, String)>,
}

impl Coverage {
    /// Measures that no profile does.
    pub fn open(&self) -> impl Iterator<Item = &Measured> {
        self.measures.iter().filter(|measure| !measure.is_done)
    }
}

/// Holds plans against rules on a day. A plan asks nothing before its first day and after its last.
pub fn coverage(plans: &[Plan], rules: &ProfileSet, as_of: Date) -> Coverage {
    let asks = |plan: &&Plan| plan.from.is_none_or(|from| from <= as_of) && plan.to.is_none_or(|to| as_of <= to);
    let mut measures = Vec::new();
    for plan in plans.iter().filter(asks) {
        for measure in &plan.measures {
            let profiles: Vec<Done> = measure.profiles.iter().map(|id| done(rules, id, as_of)).collect();
            measures.push(Measured {
                plan: plan.id.clone(),
                kind: plan.kind,
                text: measure.text.clone(),
                roles: measure.roles.clone(),
                source: measure.source.clone(),
                is_done: profiles.iter().any(|done| done.standing == Standing::Acts),
                profiles,
            });
        }
    }
    let named: BTreeSet<&str> =
        measures.iter().flat_map(|measure| &measure.profiles).map(|done| done.profile.as_str()).collect();
    let acting = rules.profiles.iter().filter(|own| standing(rules, &own.id, as_of) == Standing::Acts);
    let unplanned = acting.filter(|own| !named.contains(own.id.as_str()));
    let unplanned = unplanned.map(|own| (own.id.clone(), own.title.clone())).collect();
    Coverage { as_of, measures, unplanned }
}

fn done(rules: &ProfileSet, id: &str, as_of: Date) -> Done {
    let standing = standing(rules, id, as_of);
    let known = || rules.profiles.iter().map(|own| own.id.as_str());
    let meant = (standing == Standing::Unknown).then(|| nearest(id, known()).map(str::to_owned)).flatten();
    Done { profile: id.to_owned(), standing, meant }
}

fn standing(rules: &ProfileSet, id: &str, as_of: Date) -> Standing {
    let Some(own) = rules.profiles.iter().find(|own| own.id == id) else { return Standing::Unknown };
    match own.status {
        Status::Deprecated => Standing::Rests,
        _ if !own.effective.contains(as_of) => Standing::Rests,
        Status::Experimental => Standing::Tried,
        _ => Standing::Acts,
    }
}
