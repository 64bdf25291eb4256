//! Which conventions bind a country, and the category of its law: for a reader, never for the score.
//!
//! In: the directory, a country. Out: what is known; Parties of which nothing is known are named, and not taken for unbound.

use std::collections::BTreeSet;

use palisander_engine::tables::{Convention, Ratification, References, TreatyStanding};
use palisander_engine::{CountryCode, Date};
use serde::Serialize;

/// What binds a country.
#[derive(Debug, Clone, Serialize)]
pub struct Bound<'a> {
    pub country: CountryCode,
    pub conventions: Vec<&'a Ratification>,
    /// Of the National Legislation Project, 1 to 3; none = not known. It is context and gives no points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legislation_category: Option<u8>,
}

/// What is known of each country that has a row, or of one.
pub fn bound(tables: &References, country: Option<CountryCode>) -> Vec<Bound<'_>> {
    let directory = &tables.directory;
    let rows = directory.conventions.iter().map(|row| row.country);
    let countries: BTreeSet<CountryCode> = match country {
        Some(one) => BTreeSet::from([one]),
        None => rows.chain(directory.legislation.iter().map(|row| row.country)).collect(),
    };
    let of = |country: CountryCode| Bound {
        country,
        conventions: directory.conventions.iter().filter(|row| row.country == country).collect(),
        legislation_category: directory.legislation.iter().find(|row| row.country == country).map(|row| row.category),
    };
    countries.into_iter().map(of).collect()
}

/// Parties whose authority is known and that no row shows bound by a convention.
pub fn unbound(tables: &References, day: Date) -> Vec<(CountryCode, Convention)> {
    let parties: BTreeSet<CountryCode> =
        tables.authorities.rows().iter().filter(|row| row.may_issue_on(day)).map(|row| row.country).collect();
    let is_bound = |country: CountryCode, convention: Convention| {
        let mut rows = tables.directory.conventions.iter();
        rows.any(|row| row.country == country && row.convention == convention && row.standing == TreatyStanding::Party)
    };
    let all =
        parties.into_iter().flat_map(|country| Convention::ALL.iter().map(move |convention| (country, *convention)));
    all.filter(|(country, convention)| !is_bound(*country, *convention)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use palisander_engine::bills::{Scored, score};
    use palisander_engine::manifests::{Format, read};
    use palisander_engine::tables::{DataSource, samples};
    use palisander_engine::{Engine, Options};
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn k09_gaps_of_ratification_are_told_and_unknown_is_not_unbound() {
        let tables = References::load(&DataSource::Embedded).unwrap();
        let gaps = unbound(&tables, "2026-11-01".parse().unwrap());
        let has = |country: &str, convention| gaps.contains(&(country.parse().unwrap(), convention));
        assert!(has("CA", Convention::Uncac) && has("CA", Convention::Untoc), "no row");
        assert!(!has("KE", Convention::Uncac) && !has("MG", Convention::Untoc));
        let unknown = bound(&tables, "CA".parse().ok());
        assert!(unknown.len() == 1 && unknown.iter().all(|one| one.conventions.is_empty()));
        assert!(tables.directory.conventions.iter().all(|row| row.standing == TreatyStanding::Party));
    }

    /// Whatever the category of a Party is, the answer of a bill is the same but for the edition of the tables.
    #[test]
    fn k10_the_category_of_a_law_is_shown_and_gives_no_points() {
        let own = |country: &str, tables: &References| {
            bound(tables, country.parse().ok()).first().and_then(|one| one.legislation_category)
        };
        let answers = |data: DataSource| -> (References, Vec<Value>) {
            let engine = Engine::open(&Options { data, ..Options::default() }).unwrap();
            let (_, bytes) = samples().into_iter().next().unwrap();
            let parts = read(bytes, Format::by_name("json").unwrap());
            let mut told = Vec::new();
            let read: Result<u64, std::convert::Infallible> =
                score(&engine, parts, "2026-11-01".parse().unwrap(), &engine.past(), &mut |scored| {
                    if let Scored::Answer(answer) = scored {
                        let answer = serde_json::to_value(&*answer).unwrap();
                        told.push(json!([answer["score"], answer["lane"], answer["hits"]]));
                    }
                    Ok(())
                });
            read.unwrap();
            (engine.references().clone(), told)
        };
        let (shipped, before) = answers(DataSource::Embedded);
        let rows: String =
            shipped.countries.rows().iter().map(|row| format!("{},3,unverified,x\n", row.code)).collect();
        let text = format!("country,category,confidence,source\n{rows}");
        let (worst, after) = answers(DataSource::Texts(BTreeMap::from([("legislation".to_owned(), text)])));
        assert_eq!((own("MG", &shipped), own("MG", &worst), own("UG", &shipped)), (Some(1), Some(3), None));
        assert!(!before.is_empty() && before == after);
    }
}
