//! What the names answer, at a glance: words, and the taxa that they name.

use super::{NameIndex, NameQuery, Verdict};
use crate::reference::DataSource;

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
}
