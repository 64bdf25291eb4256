//! Does the listing cover the goods? A matrix of taxon × population × date × form × mass, read apart from the tables.

use palisander_engine::Date;
use palisander_engine::facts::WordingEvidence;
use palisander_engine::facts::listing::{Question, gather};
use palisander_engine::manifests::GoodsItem;
use palisander_engine::tables::{DataSource, Form, References};
use palisander_engine::woods::NameIndex;

/// Covered, exempt, unclear: a document is required, not required, or it hangs on what is not told.
#[test]
fn t19_matrix_of_taxon_annotation_and_form() {
    let references = References::load(&DataSource::Embedded).unwrap();
    let names = NameIndex::build(&DataSource::Embedded).unwrap();
    let mut reader = csv::Reader::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/listing_matrix.csv")).unwrap();
    let (mut wrong, mut n) = (Vec::new(), 0);
    for row in reader.records() {
        let row = row.unwrap();
        let form: Form = row[3].parse().unwrap();
        let item = GoodsItem { gross_mass_kg: Some(row[4].parse().unwrap()), ..GoodsItem::default() };
        let claims = row[5].split('|').filter(|claim| !claim.is_empty()).map(str::to_owned).collect();
        let wording = WordingEvidence { forms: vec![form], claims, ..WordingEvidence::default() };
        let as_of: Date = row[6].parse().unwrap();
        let question = Question {
            taxon: &row[0],
            origin: row[1].parse().ok(),
            export: row[2].parse().ok(),
            names: &names,
            form: Some(form),
            item: &item,
            wording: &wording,
            as_of,
        };
        let found = gather(&references, &question);
        let appendix = found.appendix.map_or("", |appendix| appendix.as_str());
        if (appendix, found.coverage.as_str()) != (&row[7], &row[8]) {
            wrong.push(format!("{row:?}: {appendix} {} ({})", found.coverage.as_str(), found.reason));
        }
        n += 1;
    }
    assert!(n >= 150, "{n}");
    assert!(wrong.is_empty(), "{} of {n} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
