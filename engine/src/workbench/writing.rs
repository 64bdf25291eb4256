//! What may be written in `profile.toml`, for editors and whoever explains it: every key with the block in which it stands, what
//! it holds and what it means; its values, where they are a list; the shared helpers of scripts.
//!
//! In: nothing, or an engine whose tables and profiles give the values. Out: [`Key`]s and values. How a file is read is the reader's
//! matter (`profile/file.rs`): the tests below ask it for every key, so that the two cannot part.

use std::collections::BTreeSet;

use include_dir::{Dir, include_dir};

use crate::assess::Engine;
use crate::label::Label;
use crate::profile::field::Kind;
use crate::profile::view::View;
use crate::profile::{Lane, Status};

/// A block of `profile.toml` that has keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// What stands before the first indicator.
    Head,
    /// `[[indicators]]`
    Indicator,
    /// One of an indicator's `next_steps`.
    Step,
}

/// How the value of a key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// In quotes.
    Text,
    /// A list of texts in quotes.
    Texts,
    /// A whole number.
    Number,
    /// `true` or `false`.
    YesOrNo,
    /// Blocks with keys of their own.
    Blocks,
}

/// One key that a profile may hold.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    pub block: Block,
    pub name: &'static str,
    pub written: Written,
    /// Without it the profile does not load.
    pub is_needed: bool,
    /// What it says, for those who write profiles.
    pub meaning: &'static str,
}

macro_rules! keys {
    ($($block:ident { $($name:ident $($mark:literal)? : $written:ident, $meaning:literal)* })*) => {
        /// All keys, by block and then in the order in which profiles write them. Those marked `!` are needed.
        pub const KEYS: &[Key] = &[$($(Key {
            block: Block::$block,
            name: stringify!($name),
            written: Written::$written,
            is_needed: keys!(@needed $($mark)?),
            meaning: $meaning,
        },)*)*];
    };
    (@needed) => { false };
    (@needed $mark:literal) => { true };
}

keys! {
    Head {
        id '!': Text, "name of the profile's folder, by which hits name it: small words joined by hyphens"
        uuid '!': Text, "names the profile for ever, also where its folder is called otherwise"
        title '!': Text, "the risk in a few words, as officers read it"
        owner '!': Text, "the office that answers for it"
        status '!': Text, "experimental: shown apart, moves no lane; test and stable: it counts; deprecated: it acts no longer"
        version '!': Number, "1 at first, one more with every change"
        effective_from: Text, "the first day on which it acts, such as 2014-07-04; without it, always"
        effective_to: Text, "the last day on which it acts; without it, until it is taken out"
        review_by '!': Text, "the day by which somebody looks at it again"
        genera: Texts, "listed genera that it is about; without it, any"
        mandatory: YesOrNo, "layers below may only sharpen it"
        rises_with: Texts, "figures of which more never brings fewer points, such as item.gross_mass_kg; rules witnesses looks for a bill that breaks it"
        why '!': Text, "what it looks for and why that matters, in two sentences"
        sources '!': Texts, "the instruments that it rests on, as datasets/instruments cites them"
        innocent_explanations '!': Texts, "what honest trade looks like this, so that an officer can tell"
        indicators '!': Blocks, "one block for each thing that it looks for"
    }
    Indicator {
        name '!': Text, "the function of this name in profile.rhai; hits show it"
        each '!': Text, "what it looks at: it is asked for every one of them"
        points '!': Number, "what it adds to the score where it is met, 0 to 1,000"
        group: Text, "of one group only the highest that is met counts, so that one fact counts once"
        floor: Text, "the lowest lane that it allows where it is met, whatever the score"
        reason '!': Text, "what the officer reads, with {view.field} for what was found; a part in square brackets is left out where a value in it is not known"
        sources: Texts, "its own instruments; without it, those of the profile"
        settled_by: Text, "what would settle it where it cannot be told"
        next_steps: Blocks, "what to do where it is met"
        handling: Text, "who may know the indicator itself; without it, everybody"
    }
    Step {
        step '!': Text, "the step, a word that the service can act on"
        to: Text, "to whom, with {view.field}; nobody where a value in it is not known"
        why: Text, "why, with {view.field}"
    }
}

/// Keys of an indicator and of its steps whose texts show fields, `{view.field}`.
pub const SENTENCES: &[&str] = &["reason", "sources", "settled_by", "to", "why"];

/// The values of a key that are a list, each with what it means where that is known. Those of a whole table are not bounded here.
pub fn values(engine: &Engine, key: &Key) -> Vec<(String, String)> {
    let set = engine.profiles();
    let plain = |words: Vec<&str>| words.into_iter().map(|word| (word.to_owned(), String::new())).collect();
    let used = |words: BTreeSet<&str>| plain(words.into_iter().collect());
    match (key.block, key.name) {
        (Block::Head, "status") => plain(Status::WORDS.to_vec()),
        (Block::Head, "genera") => {
            used(set.profiles.iter().flat_map(|profile| &profile.genera).map(String::as_str).collect())
        }
        (_, "sources") => {
            let rows = engine.references().instruments.rows().iter();
            rows.map(|row| (row.id.clone(), row.title.clone())).collect()
        }
        (_, "rises_with") => {
            let figures = |view: &View| {
                let fields = view.fields().iter().filter(|field| field.kind == Kind::Number);
                fields.map(|field| (format!("{}.{}", view.name(), field.name), field.in_words())).collect::<Vec<_>>()
            };
            View::ALL.iter().flat_map(figures).collect()
        }
        (_, "mandatory") => plain(vec!["true", "false"]),
        (Block::Indicator, "each") => plain(View::ALL.iter().map(|view| view.name()).collect()),
        (Block::Indicator, "floor") => {
            let meaning = |word: &str| set.lanes.meaning.get(word).cloned().unwrap_or_default();
            Lane::WORDS.iter().map(|word| ((*word).to_owned(), meaning(word))).collect()
        }
        (Block::Indicator, "group") => used(set.indicators.iter().map(|one| one.group.as_str()).collect()),
        (Block::Indicator, "handling") => plain(Label::ALL.iter().map(|label| label.as_str()).collect()),
        (Block::Step, "step") => {
            used(set.indicators.iter().flat_map(|one| &one.next_steps).map(|step| step.step.as_str()).collect())
        }
        _ => Vec::new(),
    }
}

static HELPERS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../rules/lib");

/// Texts of the shared helpers that every profile may call.
pub fn helpers() -> impl Iterator<Item = &'static str> {
    HELPERS.files().filter_map(|file| file.contents_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{ProfileFault, ProfileSet, RuleSource, RuleText};

    /// A whole profile, key by key, with what stands for each.
    fn profile(mut value: impl FnMut(&Key) -> Option<String>) -> Vec<ProfileFault> {
        let mut lines = |block: Block| -> Vec<String> {
            let own = KEYS.iter().filter(|key| key.block == block && key.written != Written::Blocks);
            own.filter_map(|key| Some(format!("{} = {}", key.name, value(key)?))).collect()
        };
        let (head, indicator, step) = (lines(Block::Head), lines(Block::Indicator), lines(Block::Step));
        let (head, indicator, step) = (head.join("\n"), indicator.join("\n"), step.join(", "));
        let toml = format!("{head}\n[[indicators]]\n{indicator}\nnext_steps = [{{ {step} }}]\n");
        let text = |file: &str, text: &str| RuleText { path: format!("p/{file}"), text: text.to_owned() };
        let texts = vec![text("profile.toml", &toml), text("profile.rhai", "fn a(item) { item.is_wood }")];
        let set = ProfileSet::load(&RuleSource { overlay: None, texts }, &|_| true).unwrap();
        set.faults.into_iter().filter(|fault| fault.profile == "p").collect()
    }

    fn sound(key: &Key) -> Option<String> {
        let text = match key.name {
            "id" => "p",
            "status" => "test",
            "effective_from" | "effective_to" | "review_by" => "2090-01-01",
            "name" => "a",
            "each" => "item",
            "floor" => "yellow",
            "handling" => "TLP:GREEN",
            "rises_with" => "item.gross_mass_kg",
            _ => "x",
        };
        Some(match key.written {
            Written::Text => format!("\"{text}\""),
            Written::Texts => format!("[\"{text}\"]"),
            Written::Number => "1".to_owned(),
            Written::YesOrNo => "true".to_owned(),
            Written::Blocks => return None,
        })
    }

    #[test]
    fn every_key_is_one_that_the_reader_asks_for() {
        assert_eq!(profile(sound), []);
        // A key that there is not is answered by those that there are.
        for (block, of) in [
            (Block::Head, "the head of the profile"),
            (Block::Indicator, "the indicator `a`"),
            (Block::Step, "a next step"),
        ] {
            let first = KEYS.iter().find(|key| key.block == block).unwrap().name;
            let joined = if block == Block::Step { ", zzzz = 1" } else { "\nzzzz = 1" };
            let found = profile(|key| {
                let own = sound(key)?;
                Some(if key.block == block && key.name == first { format!("{own}{joined}") } else { own })
            });
            let told = found.iter().find(|fault| fault.what == format!("`zzzz` is no key of {of}"));
            let told =
                told.unwrap_or_else(|| panic!("{found:?}")).fix.rsplit("the keys are ").next().unwrap().to_owned();
            let told: BTreeSet<String> = told.replace(" and ", ", ").split(", ").map(str::to_owned).collect();
            let own = KEYS.iter().filter(|key| key.block == block).map(|key| key.name.to_owned());
            assert_eq!(told, own.collect::<BTreeSet<_>>(), "{of}");
        }
    }

    #[test]
    fn what_a_key_holds_and_whether_it_is_needed_is_as_the_reader_says() {
        for key in KEYS.iter().filter(|key| key.written != Written::Blocks) {
            let is = |other: &Key| other.block == key.block && other.name == key.name;
            // A day without quotes is none of what keys hold.
            let found = profile(|other| if is(other) { Some("2090-01-01".to_owned()) } else { sound(other) });
            let holds = match key.written {
                Written::Text => "a text in quotes",
                Written::Texts => "a list of texts in quotes",
                Written::Number => "a whole number without quotes",
                Written::YesOrNo => "true or false, without quotes",
                Written::Blocks => "a block of its own",
            };
            let said = format!("`{}` holds {holds}", key.name);
            assert!(found.iter().any(|fault| fault.what.starts_with(&said)), "{said}: {found:?}");
            let found = profile(|other| if is(other) { None } else { sound(other) });
            let said = format!("`{}` is missing", key.name);
            assert_eq!(found.iter().any(|fault| fault.what.starts_with(&said)), key.is_needed, "{said}: {found:?}");
        }
    }

    #[test]
    fn sentences_are_those_in_which_fields_are_looked_for() {
        for key in KEYS.iter().filter(|key| key.block != Block::Head && key.name != "name" && key.name != "each") {
            let text = match key.written {
                Written::Text => "\"{item.nothing}\"",
                Written::Texts => "[\"{item.nothing}\"]",
                _ => continue,
            };
            let is = |other: &Key| other.block == key.block && other.name == key.name;
            let found = profile(|other| if is(other) { Some(text.to_owned()) } else { sound(other) });
            let is_told = found.iter().any(|fault| fault.code == "P018");
            assert_eq!(is_told, SENTENCES.contains(&key.name), "{}: {found:?}", key.name);
        }
    }

    /// A listed value is one that the reader takes.
    #[test]
    fn listed_values_load() {
        let engine = Engine::open(&crate::Options::default()).unwrap();
        for key in KEYS.iter().filter(|key| key.name != "sources" && key.name != "each") {
            for (value, _) in values(&engine, key) {
                let written = match key.written {
                    Written::Text => format!("\"{value}\""),
                    Written::Texts => format!("[\"{value}\"]"),
                    _ => value,
                };
                let is = |other: &Key| other.block == key.block && other.name == key.name;
                let found = profile(|other| if is(other) { Some(written.clone()) } else { sound(other) });
                assert_eq!(found, [], "{} = {written}", key.name);
            }
        }
        assert!(helpers().any(|text| text.contains("fn names_listed_wood")));
    }
}
