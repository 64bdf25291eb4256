//! A report as it is made: the rows of a year, those that came too late for its day, and how good the data are.
//!
//! In: cases, a definition, a year. Out: [`Made`]. A year is that of the calendar day at the place of the seizure, so that what is found
//! a minute before midnight belongs to the old one, wherever the server stands. Empty is never counted as nothing: it is unknown.

use palisander_engine::Date;
use serde::Serialize;

use super::definition::Definition;
use crate::cases::Case;

/// A report of a year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Made {
    pub name: String,
    pub title: String,
    pub source: String,
    pub edition: String,
    pub year: i16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// May others use the data? None where the report does not ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be_shared: Option<bool>,
    pub titles: Vec<String>,
    /// Titles of columns that nobody has confirmed.
    pub unconfirmed: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Numbers of cases that were opened after the day by which the report was due.
    pub late: Vec<String>,
    /// None where it is no report of cases, or of so few that they could be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n_cases: Option<usize>,
    pub quality: Quality,
}

/// How good the data are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// Cells that say something, of all; 0 to 100.
    pub score: f64,
    /// For each column that has gaps how many cells are empty, the worst first.
    pub gaps: Vec<Gap>,
}

/// A column with gaps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    pub title: String,
    pub is_needed: bool,
    pub empty: usize,
    pub of: usize,
}

/// The report of a year over these cases. `may_be_shared`: what the office says of its data, where the report asks.
pub fn made(definition: &Definition, cases: &[Case], year: i16, may_be_shared: bool) -> Made {
    let mut own: Vec<&Case> = cases.iter().filter(|case| case.facts.seized_on.year() == year).collect();
    if definition.is_appendix_one_only {
        own.retain(|case| case.is_appendix_one);
    }
    own.sort_by(|a, b| (a.facts.seized_on, &a.id).cmp(&(b.facts.seized_on, &b.id)));
    let rows: Vec<Vec<String>> = own
        .iter()
        .flat_map(|case| case.facts.goods.iter().map(move |goods| (case, goods)))
        .map(|(case, goods)| definition.columns.iter().map(|column| column.field.of(case, goods)).collect())
        .collect();
    let due_on = definition.due_in(year);
    let is_late = |case: &&&Case| due_on.is_some_and(|due| case.opened_on > due);
    Made {
        name: definition.name.clone(),
        title: definition.title.clone(),
        source: definition.source.clone(),
        edition: definition.edition.clone(),
        year,
        due_on,
        may_be_shared: definition.is_shared.then_some(may_be_shared),
        titles: definition.columns.iter().map(|column| column.title.clone()).collect(),
        unconfirmed: definition
            .columns
            .iter()
            .filter(|column| column.mark == super::definition::Mark::Unconfirmed)
            .map(|column| column.title.clone())
            .collect(),
        late: own.iter().filter(is_late).map(|case| case.id.clone()).collect(),
        n_cases: Some(own.len()),
        quality: quality(definition, &rows),
        rows,
    }
}

fn quality(definition: &Definition, rows: &[Vec<String>]) -> Quality {
    let mut gaps: Vec<Gap> = Vec::new();
    let (mut filled, mut all) = (0_usize, 0_usize);
    for (n, column) in definition.columns.iter().enumerate() {
        let empty = rows.iter().filter(|row| row.get(n).is_none_or(String::is_empty)).count();
        all += rows.len();
        filled += rows.len() - empty;
        if empty > 0 {
            gaps.push(Gap { title: column.title.clone(), is_needed: column.is_needed, empty, of: rows.len() });
        }
    }
    gaps.sort_by_key(|gap| std::cmp::Reverse((gap.is_needed, gap.empty)));
    let score = if all == 0 { 100.0 } else { 100.0 * filled as f64 / all as f64 };
    Quality { score: (score * 10.0).round() / 10.0, gaps }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::definition::shipped;
    use super::*;

    fn case(id: &str, seized_on: &str, change: impl Fn(&mut Value)) -> Case {
        let mut told = json!({
            "id": id, "opened_on": seized_on, "opened_by": "r", "lead": "g", "state": "opened",
            "facts": { "seized_on": seized_on, "place": { "kind": "port", "country": "KE", "name": "KEMBA" }, "activity": "transit",
                "transport": "sea", "agencies": ["customs"], "concealment": ["misdeclared"], "detected_by": ["profile"],
                "goods": [{ "taxon": "Dalbergia nigra", "term": "LOG", "volume_m3": 2.5, "mass_kg": 2000.0, "value": 9000.0, "currency": "USD" }],
                "origin": ["BR"], "transit": ["KE"], "destination": ["HK"], "nationalities": ["ZZ"],
                "papers": [{ "kind": "permit", "number": "1", "finding": "false" }] },
            "is_large": true, "is_appendix_one": true,
            "court": { "stage": "final", "outcome": "convicted", "charges": [{ "law": "Act", "article": "9" }], "sentence_months": 9, "fine": 5.0, "currency": "KES" },
            "decisions": [{ "about": "disposal", "choice": "destroyed", "reason": "x", "by": "r", "on": seized_on }],
        });
        change(&mut told);
        serde_json::from_value(told).unwrap()
    }

    /// R01: the last day of a year and the first of the next, every column in order, more than one kind of goods, late cases apart.
    #[test]
    fn r01_a_year_holds_its_days_and_every_column_in_order() {
        let two = |told: &mut Value| {
            let goods = told["facts"]["goods"][0].clone();
            told["facts"]["goods"] = json!([goods, { "pieces": 3 }]);
        };
        let cases = [
            case("c_b", "2026-12-31", |_| {}),
            case("c_c", "2027-01-01", |_| {}),
            case("c_a", "2026-01-01", two),
            case("c_late", "2026-06-01", |told| told["opened_on"] = json!("2027-11-01")),
        ];
        let definition = shipped("illegal-trade").unwrap();
        let report = made(&definition, &cases, 2026, false);
        assert_eq!((report.n_cases, report.rows.len(), report.may_be_shared), (Some(3), 4, Some(false)));
        assert_eq!(report.rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ["c_a", "c_a", "c_late", "c_b"]);
        assert_eq!(
            (report.due_on.unwrap().to_string().as_str(), &report.late),
            ("2027-10-31", &vec!["c_late".to_owned()])
        );
        let row = report.rows.last().unwrap();
        let due = [
            "c_b",
            "2026-12-31",
            "Dalbergia nigra",
            "LOG",
            "2.5",
            "m3",
            "KEMBA, KE",
            "customs",
            "invalid document; false declaration",
            "sea",
            "profile",
            "misdeclared",
            "BR",
            "KE",
            "HK",
            "9000 USD",
            "ZZ",
            "Act 9",
            "9 months; 5 KES",
            "destroyed",
            "permit 1: false",
        ];
        assert_eq!(row, &due);
        assert_eq!(report.titles.len(), due.len());
        assert_eq!(report.unconfirmed.len(), 4);
        assert_eq!(made(&definition, &cases, 2027, true).rows.len(), 1);
        // Whatever the year, each seizure is in one report.
        let sum: usize = (2020..2030).map(|year| made(&definition, &cases, year, true).n_cases.unwrap()).sum();
        assert_eq!(sum, cases.len());
    }

    /// R06: only what is listed in Appendix I.
    #[test]
    fn r06_only_appendix_one_is_told() {
        let cases = [
            case("c_a", "2026-01-01", |_| {}),
            case("c_b", "2026-01-02", |told| told["is_appendix_one"] = json!(false)),
        ];
        let report = made(&shipped("appendix-one").unwrap(), &cases, 2026, true);
        assert_eq!((report.n_cases, report.rows[0][0].as_str(), report.may_be_shared), (Some(1), "c_a", None));
    }

    /// R07: the score falls by the gap that is planted, and says which.
    #[test]
    fn r07_a_gap_lowers_the_score_and_is_named() {
        let definition = shipped("illegal-trade").unwrap();
        let whole = made(&definition, &[case("c_a", "2026-01-01", |_| {})], 2026, true).quality;
        assert_eq!((whole.score, whole.gaps.len()), (100.0, 0));
        let no_taxon = |told: &mut Value| {
            told["facts"]["goods"][0].as_object_mut().unwrap().remove("taxon");
            told["facts"]["nationalities"] = json!([]);
        };
        let gaps = made(&definition, &[case("c_a", "2026-01-01", no_taxon)], 2026, true).quality;
        assert_eq!(gaps.score, (1000.0_f64 * 19.0 / 21.0).round() / 10.0);
        let named: Vec<(&str, bool)> = gaps.gaps.iter().map(|gap| (gap.title.as_str(), gap.is_needed)).collect();
        assert_eq!(named, [("Species", true), ("Nationality of offenders", false)]);
        assert_eq!(made(&definition, &[], 2026, true).quality.score, 100.0);
    }
}
