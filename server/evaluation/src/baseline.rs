//! What the ranking is compared with: a list of codes and words, criteria with weights over raw fields, and chance.
//!
//! The tables of `baselines/` say what is looked for and where it was taken from; code only counts. `information.csv` names the
//! groups of hits that rest on information, for the comparison of information alone with profiles alone (row B05).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::answers::Answer;

/// A table that is built in does not read.
#[derive(Debug, thiserror::Error)]
#[error("baselines/{table}: {why}")]
pub struct BaselineError {
    table: &'static str,
    why: String,
}

#[derive(Debug, Deserialize)]
struct Keyword {
    kind: String,
    value: String,
}

#[derive(Debug, Deserialize)]
struct Criterion {
    field: String,
    test: String,
    value: String,
    weight: f64,
}

#[derive(Debug, Deserialize)]
struct Informing {
    profile: String,
    group: String,
}

/// The baselines, from their tables.
#[derive(Debug)]
pub struct Baselines {
    keywords: Vec<Keyword>,
    criteria: Vec<Criterion>,
    information: Vec<Informing>,
}

fn rows<T: for<'de> Deserialize<'de>>(table: &'static str, text: &str) -> Result<Vec<T>, BaselineError> {
    let read: Result<Vec<T>, csv::Error> = csv::Reader::from_reader(text.as_bytes()).deserialize().collect();
    read.map_err(|error| BaselineError { table, why: error.to_string() })
}

impl Baselines {
    /// Their names, in the order of [`Self::points`].
    pub const NAMES: [&str; 2] = ["codes and words", "weighted criteria"];

    /// Those that are built in.
    pub fn shipped() -> Result<Self, BaselineError> {
        Ok(Self {
            keywords: rows("keywords.csv", include_str!("../baselines/keywords.csv"))?,
            criteria: rows("criteria.csv", include_str!("../baselines/criteria.csv"))?,
            information: rows("information.csv", include_str!("../baselines/information.csv"))?,
        })
    }

    /// Points of each baseline.
    pub fn points(&self, answer: &Answer) -> [f64; 2] {
        [self.listed(answer), self.weighed(answer)]
    }

    /// Two for a code and a word of the list, one for either.
    fn listed(&self, answer: &Answer) -> f64 {
        let has = |kind: &str, test: &dyn Fn(&str) -> bool| {
            self.keywords.iter().any(|row| row.kind == kind && test(&row.value))
        };
        let code = has("hs", &|value| codes(answer).any(|code| code.starts_with(value)));
        let texts: Vec<String> = answer.goods.iter().map(|goods| goods.description.to_lowercase()).collect();
        let word = has("word", &|value| texts.iter().any(|text| text.contains(value)));
        f64::from(u8::from(code) + u8::from(word))
    }

    fn weighed(&self, answer: &Answer) -> f64 {
        self.criteria.iter().filter(|row| met(row, answer)).map(|row| row.weight).sum()
    }

    /// Points of information alone and of profiles alone: within a group the highest counts once, as in the whole score.
    pub fn parts(&self, answer: &Answer) -> [f64; 2] {
        let (mut information, mut profiles): (BTreeMap<&str, f64>, BTreeMap<&str, f64>) = Default::default();
        for hit in &answer.hits {
            let informs = self.information.iter().any(|row| row.profile == hit.profile && row.group == hit.group);
            let of = if informs { &mut information } else { &mut profiles };
            let best = of.entry(hit.group.as_str()).or_default();
            *best = best.max(hit.points);
        }
        [information.values().sum(), profiles.values().sum()]
    }
}

fn codes(answer: &Answer) -> impl Iterator<Item = &str> {
    answer.goods.iter().filter_map(|goods| goods.hs_code.as_deref())
}

fn met(row: &Criterion, answer: &Answer) -> bool {
    let texts: Vec<&str> = match row.field.as_str() {
        "hs_code" => codes(answer).collect(),
        "origin" => answer.goods.iter().filter_map(|goods| goods.origin.as_deref()).collect(),
        "description" => answer.goods.iter().map(|goods| goods.description.as_str()).collect(),
        "consignee" => {
            let named = answer.parties.iter().filter(|party| party.role == "consignee");
            named.map(|party| party.name.as_str()).collect()
        }
        "container" => answer.containers.iter().map(|_| "box").collect(),
        _ => Vec::new(),
    };
    match row.test.as_str() {
        "prefix" => texts.iter().any(|text| text.starts_with(&row.value)),
        "is" => texts.iter().any(|text| *text == row.value),
        "contains" => texts.iter().any(|text| text.to_uppercase().contains(&row.value)),
        "is_empty" => texts.is_empty(),
        "above" => row
            .value
            .parse::<f64>()
            .is_ok_and(|least| answer.goods.iter().filter_map(|goods| goods.gross_mass_kg).sum::<f64>() > least),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Answer {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn criteria_and_lists_count_what_their_tables_say() {
        let baselines = Baselines::shipped().unwrap();
        let logs = answer(
            r#"{"consignment":"A","goods":[{"description":"Rosewood logs","hs_code":"440399","origin":"MG","gross_mass_kg":24000}],
                "containers":[{}],"parties":[{"role":"consignee","name":"To Order"}]}"#,
        );
        // Logs 12, Madagascar 14, order 4, heavy 3, the word 3.
        assert_eq!(baselines.points(&logs), [2.0, 36.0]);
        let shirts =
            answer(r#"{"consignment":"B","goods":[{"description":"shirts","hs_code":"610910"}],"containers":[{}]}"#);
        assert_eq!(baselines.points(&shirts), [0.0, 0.0]);
        let tests = ["prefix", "is", "contains", "is_empty", "above"];
        assert!(baselines.criteria.iter().all(|row| tests.contains(&row.test.as_str())), "a test that nothing does");
    }

    #[test]
    fn b05_information_and_profiles_are_told_apart() {
        let baselines = Baselines::shipped().unwrap();
        let both = answer(
            r#"{"consignment":"A","hits":[
                {"profile":"alerts","indicator":"a","group":"alert-named","points":70},
                {"profile":"alerts","indicator":"b","group":"alert-named","points":35},
                {"profile":"parties","indicator":"c","group":"party-hidden","points":8},
                {"profile":"cover-loads","indicator":"d","group":"cover-load","points":60}]}"#,
        );
        assert_eq!(baselines.parts(&both), [70.0, 68.0]);
    }
}
