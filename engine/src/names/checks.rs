//! What the names answer, at a glance: words, and the taxa that they name; and what the tables beside them must keep.

use std::collections::{BTreeMap, BTreeSet};

use super::{NameIndex, NameQuery, Verdict};
use crate::reference::{DataSource, Measured, Side, load_contexts, load_language_words, load_units};
use crate::text::fold;

#[test]
fn words_name_woods_or_none() {
    let names = NameIndex::build(&DataSource::Embedded).unwrap();
    let check = |text: &str, verdict: Verdict, expected: &[&str]| {
        let found = names.resolve(&NameQuery { text, ..NameQuery::default() });
        let mut taxa: Vec<&str> = found.mentions.iter().map(|mention| mention.taxon.as_str()).collect();
        taxa.dedup();
        assert_eq!((found.verdict, taxa.as_slice()), (verdict, expected), "{text}");
    };
    check("DALBERGIA NIGRA VENEER", Verdict::Flag, &["Dalbergia nigra"]);
    check("D. melanoxylon clarinet billets", Verdict::Review, &["Dalbergia melanoxylon"]);
    check("dalbergia nigr4 logs", Verdict::Flag, &["Dalbergia"]);
    check("oak flooring", Verdict::None, &[]);
    check("nail polish, shade rosewood", Verdict::None, &[]);
    // A doubt names the genus; a genus that an ordinary word resembles is meant where an epithet of it stands beside it.
    check("DALBERGIA AFF. NIGRA", Verdict::Flag, &["Dalbergia"]);
    check("D. cf. nigra logs", Verdict::Review, &["Dalbergia"]);
    check("OSIRIS LANCEOLATA", Verdict::Flag, &["Osyris lanceolata"]);
    check("Osiris statue", Verdict::None, &[]);
    check("Leptolobium elegans", Verdict::None, &[]);
    check("D. canadensis", Verdict::None, &[]);
    // A country may be a part of the name.
    check("Brazilian ebony logs", Verdict::Review, &["Swartzia"]);
}

/// Names that changed may be near to other words: the table must be derived again (`palisander taxa ordinary`).
#[test]
fn ordinary_words_were_derived_from_these_names() {
    let names = NameIndex::build(&DataSource::Embedded).unwrap();
    let card = DataSource::Embedded.read("ordinary-words/card.toml").unwrap();
    let card: toml::Value = toml::from_str(std::str::from_utf8(&card).unwrap()).unwrap();
    assert_eq!(card["names"].as_str(), Some(names.fingerprint().as_str()));
}

/// A context that is also a unit, or a frequent word of another language, counts only where its own language is evident.
#[test]
fn contexts_do_not_collide_with_other_languages() {
    let source = DataSource::Embedded;
    let mut words: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in load_language_words(&source).unwrap() {
        for word in row.words {
            words.entry(word).or_default().insert(row.language.clone());
        }
    }
    // A count (`12 NO ROSEWOOD LOGS`) is told by the number before it.
    let measured = load_units(&source).unwrap().into_iter().filter(|unit| unit.quantity != Measured::Number);
    let aliases = measured.flat_map(|unit| unit.aliases);
    let units: BTreeSet<String> = aliases.map(|alias| fold(&alias).text().to_owned()).collect();
    let mut collisions = Vec::new();
    for row in load_contexts(&source).unwrap() {
        let direct = !matches!(row.side, Side::Hs | Side::Compound | Side::Word | Side::Label | Side::Firm);
        if !direct || row.weight >= 0 || !row.evident.is_empty() {
            continue;
        }
        let word = fold(row.phrase.trim_matches('*'));
        let other = words.get(word.text()).filter(|languages| !languages.contains(&row.language));
        if units.contains(word.text()) || other.is_some() {
            collisions.push(format!("{} ({}, {}) is also {:?}", row.phrase, row.language, row.kind, other));
        }
    }
    assert!(collisions.is_empty(), "{}", collisions.join("\n"));
}

/// A phrase that may begin inside a word (`*lasur`) is long enough to be no chance (`*lack` is in `black`).
#[test]
fn endings_of_words_are_long() {
    for row in load_contexts(&DataSource::Embedded).unwrap() {
        let letters = fold(row.phrase.trim_matches('*')).text().chars().count();
        assert!(!row.phrase.starts_with('*') || letters >= 5, "{}", row.phrase);
    }
}
