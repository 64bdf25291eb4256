//! One meaning, one lane: words of another language, and names of ours under every heading that wood comes under.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use palisander_engine::Assessment;
use serde_json::json;

use crate::support::{ENGINE, hits, score};

fn table(path: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn bill(words: &str, hs: &str, origin: &str) -> Assessment {
    let item = json!({ "item": 1, "description": words, "hs_code": hs, "hs_edition": 2022, "origin": origin,
        "gross_mass_kg": 12_000.0 });
    let bill = json!({ "line": 1, "bill_of_lading": "SYN", "procedure": "import", "goods_items": [item] });
    let head = json!({ "reference": "SYN", "format": "json/1", "function": "original", "consignments": [bill] });
    score(&json!({ "manifest": head }), "2024-05-14")
}

/// The translations of a phrase keep the lane that it has in English.
#[test]
fn a_translation_keeps_its_lane() {
    let (mut n, mut amiss) = (0, Vec::new());
    for row in table("labelled/translations.csv") {
        let (phrase, hs) = (&row["phrase"], &row["hs_code"]);
        let english = bill(&row["en"], hs, "VN");
        for (language, words) in row.iter().filter(|(column, _)| column.len() == 2 && *column != "en") {
            n += 1;
            let other = bill(words, hs, "VN");
            if other.lane != english.lane {
                let (lane, own) = (other.lane, english.lane);
                let hits = (hits(&other), hits(&english));
                amiss.push(format!("{phrase} {language} `{words}`: {lane:?}, in English {own:?} {hits:?}"));
            }
        }
    }
    assert!(n >= 900, "{n}");
    assert!(amiss.is_empty(), "{} of {n}:\n{}", amiss.len(), amiss.join("\n"));
}

/// Headings under which wood and what is made of it crosses borders, with an origin that has measures of its own.
const HEADINGS: [&str; 8] = ["440122", "440349", "440729", "440839", "440922", "442090", "940360", "920290"];

/// Profiles that say what the law asks of a taxon.
const OF_LAW: [&str; 5] =
    ["trade-measures/", "listed-without-document/", "madagascar-rosewood/", "appendix-one/", "burundi-osyris/"];

fn law(answer: &Assessment) -> BTreeSet<String> {
    hits(answer).into_iter().filter(|hit| OF_LAW.iter().any(|profile| hit.starts_with(profile))).collect()
}

/// Every name that is of one taxon of ours alone meets what the taxon meets by its scientific name in the same form, whatever
/// the heading. Most names say no form; `Osyris oil` does.
#[test]
fn every_own_name_reaches_the_law_of_its_taxon() {
    let ours = ["Dalbergia", "Diospyros", "Osyris"];
    let (mut n, mut amiss) = (0, Vec::new());
    for row in table("../datasets/trade-names/trade-names.csv") {
        let taxon = row["taxa"].trim_end_matches(" spp.");
        if row["strength"] != "exclusive" || taxon.contains('|') || !ours.iter().any(|genus| taxon.starts_with(genus)) {
            continue;
        }
        let form =
            ENGINE.words().of_text(&row["name"]).forms.first().map_or("", |form| form.as_str()).replace('_', " ");
        for hs in HEADINGS {
            n += 1;
            let (named, latin) = (bill(&row["name"], hs, "MG"), bill(&format!("{taxon} {form}"), hs, "MG"));
            if !law(&latin).is_subset(&law(&named)) {
                let (named, latin) = (law(&named), law(&latin));
                amiss.push(format!("`{}` ({taxon}) under {hs}: {named:?}, in Latin {latin:?}", row["name"]));
            }
        }
    }
    assert!(n > 1_000, "{n}");
    assert!(amiss.is_empty(), "{} of {n}:\n{}", amiss.len(), amiss[..amiss.len().min(60)].join("\n"));
}

/// Forms of goods that need no further work.
const ARTICLES: [&str; 4] = ["furniture", "finished_product", "instrument", "instrument_part"];

/// Words of articles beside a name of ours, as `12 BOXES`, lower no lane under a code of raw wood: they may be of the packing.
#[test]
fn words_of_articles_lower_no_raw_wood() {
    let (mut n, mut amiss) = (0, Vec::new());
    for row in table("../datasets/goods-words/goods-words.csv") {
        let is_form = row["kind"] == "form" && ARTICLES.contains(&row["value"].as_str());
        if !is_form && row["kind"] != "article" {
            continue;
        }
        for word in row["words"].split('|') {
            for (wood, hs) in [("DIOSPYROS PERRIERI", "440349"), ("DALBERGIA MARITIMA", "440729")] {
                n += 1;
                let (alone, packed) = (bill(wood, hs, "MG"), bill(&format!("{wood}, 12 {word}"), hs, "MG"));
                if packed.lane < alone.lane {
                    amiss.push(format!(
                        "{wood}, 12 {word}: {:?}, alone {:?} {:?}",
                        packed.lane,
                        alone.lane,
                        hits(&packed)
                    ));
                }
            }
        }
    }
    assert!(n > 600, "{n}");
    assert!(amiss.is_empty(), "{} of {n}:\n{}", amiss.len(), amiss[..amiss.len().min(40)].join("\n"));
}
