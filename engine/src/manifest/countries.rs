//! Countries that a document names in words, or by three letters: the code is meant.
//!
//! In: a text where a country code is expected. Out: the code, where one country alone is called so. Source:
//! datasets/countries, read from the built-in data, once. Not here: places and ways (`evidence/route.rs`).

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::codes::CountryCode;
use crate::text::plain_key;

const TABLE: &str = include_str!("../../../datasets/countries/countries.csv");

/// Longest text that is looked up.
const MAX_NAME_BYTES: usize = 120;

/// Folded name → country; `None` where two countries are called so.
static NAMED: LazyLock<FxHashMap<String, Option<CountryCode>>> = LazyLock::new(|| {
    let mut named: FxHashMap<String, Option<CountryCode>> = FxHashMap::default();
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    for row in reader.records().flatten() {
        let Some(code) = row.get(0).and_then(|code| code.parse::<CountryCode>().ok()) else { continue };
        let names = [1, 2, 3].into_iter().filter_map(|n| row.get(n)).flat_map(|names| names.split('|'));
        for key in names.map(plain_key).filter(|key| !key.is_empty()) {
            named.entry(key).and_modify(|known| *known = known.filter(|known| *known == code)).or_insert(Some(code));
        }
    }
    named
});

/// The country of that name; `None` for a text that is a code already.
pub(super) fn named(text: &str) -> Option<CountryCode> {
    let text = text.trim();
    if text.parse::<CountryCode>().is_ok() {
        return None;
    }
    let is_short = text.len() <= MAX_NAME_BYTES && text.chars().count() > 1;
    if is_short { NAMED.get(&plain_key(text)).copied().flatten() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_one_country_has() {
        for (text, code) in [
            ("Madagascar", Some("MG")),
            ("MDG", Some("MG")),
            ("Côte d'Ivoire", Some("CI")),
            ("COTE D IVOIRE", Some("CI")),
            ("印度", Some("IN")),
            ("Индия", Some("IN")),
            ("Atlantis", None),
            ("MG", None),
            ("", None),
        ] {
            assert_eq!(named(text).as_ref().map(AsRef::as_ref), code, "{text}");
        }
    }
}
