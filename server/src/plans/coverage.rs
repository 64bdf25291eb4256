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
    pub agreed: Vec<String>,
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
                agreed: measure.agreed.clone(),
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

#[cfg(test)]
mod tests {
    use palisander_engine::{Engine, Options};

    use super::super::read::{built_in, read};
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn plan(head: &str, profiles: &str) -> Plan {
        let text = format!(
            "id = \"p\"\nkind = \"operation\"\ntitle = \"t\"\nsource = \"s\"\n{head}\n[[measures]]\ntext = \"m\"\nsource = \"s\"\nprofiles = [{profiles}]\n"
        );
        read(&text).unwrap()
    }

    /// F02: the four counter-measures of paragraph 43; two of them no rule at a border can do.
    #[test]
    fn f02_measures_without_a_profile_and_profiles_without_a_measure_are_listed() {
        let engine = Engine::open(&Options::default()).unwrap();
        let plans: Vec<Plan> = built_in().iter().map(|(_, text)| read(text).unwrap()).collect();
        let found = coverage(&plans, engine.profiles(), day("2026-11-01"));
        let of_dialogues = found.measures.iter().filter(|measure| measure.plan == "siamese-rosewood-dialogues");
        let of_dialogues: Vec<(&str, bool)> =
            of_dialogues.map(|measure| (measure.text.as_str(), measure.is_done)).collect();
        let expected = [
            ("Revise policies and legal frameworks", true),
            ("Strengthen capacity building", false),
            ("Enhance enforcement cooperation", true),
            ("Reduce consumer demand", false),
        ];
        assert_eq!(of_dialogues, expected);
        assert_eq!(found.open().count(), 2);
        let unplanned: Vec<&str> = found.unplanned.iter().map(|(id, _)| id.as_str()).collect();
        assert!(unplanned.contains(&"values") && !unplanned.contains(&"siamese-rosewood"), "{unplanned:?}");
        // Every profile that a shipped plan names is one that acts.
        let named = found.measures.iter().flat_map(|measure| &measure.profiles);
        assert!(named.into_iter().all(|done| done.standing == Standing::Acts));
    }

    /// T09: each measure of the dialogues says for which countries, when and where it was agreed; those without a profile are listed,
    /// and so are profiles without a measure.
    #[test]
    fn t09_agreed_measures_say_country_role_date_and_source_and_are_listed_both_ways() {
        let engine = Engine::open(&Options::default()).unwrap();
        let plans: Vec<Plan> = built_in().iter().map(|(_, text)| read(text).unwrap()).collect();
        let found = coverage(&plans, engine.profiles(), day("2026-11-01"));
        for measure in found.measures.iter().filter(|own| own.plan == "siamese-rosewood-dialogues") {
            assert_eq!(measure.agreed, ["2014-12", "2016-04"], "{}", measure.text);
            assert!(!measure.roles.is_empty() && measure.source.contains("para. 43"), "{}", measure.text);
        }
        let open: Vec<&str> = found.open().map(|measure| measure.text.as_str()).collect();
        assert_eq!(open, ["Strengthen capacity building", "Reduce consumer demand"]);
        // A measure that gets its profile leaves one list, and the profile the other.
        let mut more = plans.clone();
        let profile = found.unplanned[0].0.clone();
        more[0].measures[1].profiles.push(profile.clone());
        let after = coverage(&more, engine.profiles(), day("2026-11-01"));
        assert_eq!((after.open().count(), after.unplanned.len()), (1, found.unplanned.len() - 1));
        assert!(after.unplanned.iter().all(|(id, _)| *id != profile));
        let wrong = read(
            "id = \"p\"\nkind = \"strategy\"\ntitle = \"t\"\nsource = \"s\"\n[[measures]]\ntext = \"m\"\nsource = \"s\"\nagreed = [\"December 2014\"]\n",
        );
        assert!(wrong.unwrap_err()[0].contains("December 2014"));
    }

    #[test]
    fn a_profile_that_does_nothing_covers_nothing() {
        let engine = Engine::open(&Options::default()).unwrap();
        let standings = |profiles: &str, as_of: &str| {
            let found = coverage(&[plan("", profiles)], engine.profiles(), day(as_of));
            let measure = found.measures.into_iter().next().unwrap();
            (measure.profiles, measure.is_done)
        };
        let (done, is_done) = standings("\"siamese-rosewod\"", "2026-11-01");
        let meant = Some("siamese-rosewood".to_owned());
        let unknown = Done { profile: "siamese-rosewod".to_owned(), standing: Standing::Unknown, meant };
        assert_eq!((done, is_done), (vec![unknown], false));
        let (done, is_done) = standings("\"madagascar-rosewood\"", "2010-01-01");
        assert_eq!((done[0].standing, is_done), (Standing::Rests, false));
        let (_, is_done) = standings("\"nothing-of-that-kind\", \"alerts\"", "2026-11-01");
        assert!(is_done, "one that acts is enough");
        // A plan that has ended asks nothing, and then nobody asks for the profile.
        let over = coverage(&[plan("to = \"2026-10-31\"", "\"alerts\"")], engine.profiles(), day("2026-11-01"));
        assert!(over.measures.is_empty() && over.unplanned.iter().any(|(id, _)| id == "alerts"));
    }

    #[test]
    fn all_that_is_wrong_with_a_plan_is_told() {
        let text = "id = \" \"\nkind = \"operation\"\ntitle = \"t\"\nsource = \"s\"\nfrom = \"2026-02-01\"\nto = \"2026-01-01\"\n\
            [[measures]]\ntext = \"\"\nsource = \"s\"\nprofiles = [\"a\", \"a\"]\n";
        let expected = [
            "`id` is empty",
            "`text` of measure 1 is empty",
            "it ends on 2026-01-01, before it begins on 2026-02-01",
            "measure 1 names `a` twice",
        ];
        assert_eq!(read(text).unwrap_err(), expected);
        assert_eq!(read("id = \"p\"\nkind = \"operation\"\ntitle = \"t\"\nsource = \"s\"\n").unwrap_err().len(), 1);
        let typo = read("id = \"p\"\nkind = \"operacion\"\ntitle = \"t\"\nsource = \"s\"\n").unwrap_err();
        assert!(typo[0].contains("line 2") && typo[0].contains("`operation`"), "{typo:?}");
    }
}
