//! Any text names woods or none: each mention quotes the text, and what the screen lets pass names nothing.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use palisander_engine::tables::DataSource;
use palisander_engine::woods::{NameIndex, NameQuery, resolve_line};

static INDEX: LazyLock<NameIndex> = LazyLock::new(|| NameIndex::build(&DataSource::Embedded).expect("names"));

fuzz_target!(|text: &str| {
    let found = INDEX.resolve(&NameQuery { text, ..NameQuery::default() });
    for mention in &found.mentions {
        assert_eq!(text.get(mention.span.0..mention.span.1), Some(mention.text.as_str()));
        assert!(mention.similarity > 0.0 && mention.similarity <= 1.0);
    }
    for excluded in &found.excluded {
        assert_eq!(text.get(excluded.span.0..excluded.span.1), Some(excluded.text.as_str()));
    }
    assert!(INDEX.screen(text) || found.mentions.is_empty());
    resolve_line(&INDEX, text);
});
