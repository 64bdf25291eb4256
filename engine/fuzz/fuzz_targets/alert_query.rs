//! Any text is a question: it finds something or nothing, never panics, and holds to the day.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use palisander_engine::Date;
use palisander_engine::notices::{AlertIndex, AlertSearch, SearchContext, Vocabulary, shipped_records};
use palisander_engine::tables::{DataSource, References};
use palisander_engine::woods::NameIndex;

static INDEX: LazyLock<AlertIndex> = LazyLock::new(|| {
    let references = References::load(&DataSource::Embedded).expect("tables");
    let vocabulary = Arc::new(Vocabulary::build(&DataSource::Embedded, &references).expect("words"));
    let names = Arc::new(NameIndex::build(&DataSource::Embedded).expect("names"));
    AlertIndex::build(&shipped_records(&references), &SearchContext { vocabulary, names }).expect("index")
});

fuzz_target!(|text: &str| {
    let day = Date::constant(2014, 3, 1);
    for as_of in [None, Some(day)] {
        let results = INDEX.search(&AlertSearch { text, as_of, limit: 10, ..AlertSearch::default() });
        assert!(results.windows(2).all(|pair| pair[0].score >= pair[1].score));
        assert!(as_of.is_none_or(|day| results.iter().all(|result| result.record.acts_on(day))));
    }
});
