//! What the tables answer, at a glance: a taxon of an origin on a day, and the Appendix that it stands in.

use super::{DataSource, References};

#[test]
fn taxa_stand_in_appendices_on_days() {
    let references = References::load(&DataSource::Embedded).unwrap();
    let check = |taxon: &str, origin: &str, day: &str, expected: Option<&str>| {
        let listed = references.listings.on(taxon, origin.parse().ok(), None, day.parse().unwrap());
        let appendix = listed.acting().map(|row| row.appendix.as_str());
        assert_eq!(appendix, expected, "{taxon} {origin} {day}");
    };
    check("Dalbergia nigra", "BR", "1992-06-10", None);
    check("Dalbergia nigra", "BR", "1992-06-11", Some("I"));
    check("Dalbergia sissoo", "IN", "2017-01-01", None);
    check("Dalbergia sissoo", "IN", "2017-01-02", Some("II"));
    check("Tectona grandis", "IN", "2026-01-01", None);
}
