//! Any mapping file over a table: refused, or used without panic; what is shown reads back as itself.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use palisander_engine::manifests::{Format, Mapping, guess_mapping, read_with};

fuzz_target!(|bytes: &[u8]| {
    let Some((text, table)) = std::str::from_utf8(bytes).ok().and_then(|text| text.split_once('\u{1}')) else { return };
    let Ok(mapping) = Mapping::from_toml(text) else { return };
    read_with(Cursor::new(table.as_bytes().to_vec()), Format::Csv, &mapping).for_each(drop);
    if let Ok(guess) = guess_mapping(table.as_bytes(), Format::Csv, &mapping) {
        assert!(Mapping::from_toml(&guess.to_toml()).is_ok(), "{}", guess.to_toml());
    }
});
