//! Keys of one table of `profile.toml`: each is asked for once, and everything that is wrong with them is told at once.
//!
//! In: a table as TOML reads it. Out: values, and faults: keys that are missing, all in one sentence; keys that there are not;
//! values of another kind. Not here: which keys there are (`file.rs`), texts that are no TOML (`toml_slips.rs`).

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::words::same;

/// Something of `profile.toml` that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Byte at which it stands.
    pub(super) at: usize,
    pub(super) what: String,
    pub(super) fix: String,
}

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Texts,
    Number,
    YesOrNo,
    Tables,
}

impl Holds {
    fn in_words(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Texts => "a list of texts in quotes",
            Self::Number => "a whole number without quotes",
            Self::YesOrNo => "true or false, without quotes",
            Self::Tables => "a block of its own",
        }
    }

    /// How the key is written.
    fn sample(self, key: &str) -> String {
        match self {
            Self::Text => format!("{key} = \"…\""),
            Self::Texts => format!("{key} = [\"…\"]"),
            Self::Number => format!("{key} = 1"),
            Self::YesOrNo => format!("{key} = true"),
            Self::Tables => format!("[[{key}]]"),
        }
    }
}

/// Above it a key that there is not is taken for a slip of one that there is.
const NEAR: f64 = 0.6;

/// One table, while it is read.
pub(super) struct Keys<'t> {
    table: &'t DeTable<'t>,
    /// As messages name it: "the head of the profile".
    of: String,
    begins: usize,
    asked: Vec<&'static str>,
    missing: Vec<(&'static str, Holds)>,
    wrong: Vec<Wrong>,
}

impl<'t> Keys<'t> {
    pub(super) fn of(table: &'t DeTable<'t>, of: String, begins: usize) -> Self {
        Self { table, of, begins, asked: Vec::new(), missing: Vec::new(), wrong: Vec::new() }
    }

    fn value(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.asked.push(key);
        self.table.get(key)
    }

    /// Reads a key by `read`, which knows the value of the right kind.
    fn read<T>(&mut self, key: &'static str, holds: Holds, read: impl Fn(&'t DeValue<'t>) -> Option<T>) -> Option<T> {
        let value = self.value(key)?;
        let found = read(value.get_ref());
        if found.is_none() {
            self.wrong.push(unfit(key, holds, value));
        }
        found
    }

    /// A key without which the table says nothing. What stands for it where it is missing is never used: the fault is told.
    pub(super) fn needed<T: Default>(
        &mut self,
        key: &'static str,
        holds: Holds,
        ask: impl Fn(&mut Self, &'static str) -> Option<T>,
    ) -> T {
        if !self.table.contains_key(key) {
            self.missing.push((key, holds));
        }
        ask(self, key).unwrap_or_default()
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        self.read(key, Holds::Text, |value| value.as_str().map(str::to_owned))
    }

    pub(super) fn number(&mut self, key: &'static str) -> Option<i64> {
        self.read(key, Holds::Number, whole)
    }

    /// A whole number from 0.
    pub(super) fn count(&mut self, key: &'static str) -> Option<u32> {
        self.read(key, Holds::Number, |value| whole(value).and_then(|number| u32::try_from(number).ok()))
    }

    pub(super) fn yes_or_no(&mut self, key: &'static str) -> Option<bool> {
        self.read(key, Holds::YesOrNo, |value| value.as_bool())
    }

    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        self.read(key, Holds::Texts, |value| {
            value.as_array()?.iter().map(|one| one.get_ref().as_str().map(str::to_owned)).collect()
        })
    }

    /// One of some words.
    pub(super) fn word<T>(&mut self, key: &'static str, words: &[&str], read: fn(&str) -> Option<T>) -> Option<T> {
        let value = self.value(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong.push(unfit(key, Holds::Text, value));
            return None;
        };
        let found = read(text);
        if found.is_none() {
            let meant = words.iter().find(|word| same(text, word));
            let fix = match meant {
                Some(word) => format!("write it in small letters: {key} = \"{word}\""),
                None => format!("write one of {}", listed(words.iter().map(|word| format!("\"{word}\"")))),
            };
            let what = format!("`{key}` is \"{}\", which it cannot be", excerpt(text));
            self.wrong.push(Wrong { at: value.span().start, what, fix });
        }
        found
    }

    /// Tables in a list, each with the byte at which it begins.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<(usize, &'t DeTable<'t>)> {
        let found = self.read(key, Holds::Tables, |value| {
            let all = value.as_array()?.iter();
            all.map(|one| Some((one.span().start, one.get_ref().as_table()?))).collect::<Option<Vec<_>>>()
        });
        found.unwrap_or_default()
    }

    /// Everything that is wrong, once all keys were asked for.
    pub(super) fn faults(mut self) -> Vec<Wrong> {
        for (key, value) in self.table {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let near =
                |known: &&'static str| (strsim::normalized_damerau_levenshtein(known, &name.to_lowercase()), *known);
            let nearest = self.asked.iter().map(near).max_by(|a, b| a.0.total_cmp(&b.0));
            let fix = match nearest {
                Some((similarity, known)) if similarity > NEAR => {
                    // The key is there by another name: one word about it is enough.
                    self.missing.retain(|(missing, _)| *missing != known);
                    match value.get_ref().as_table() {
                        Some(_) => format!("write `[[{known}]]`"),
                        None => format!("did you mean `{known}`?"),
                    }
                }
                _ => format!("take it out; the keys are {}", listed(self.asked.iter().map(|key| (*key).to_owned()))),
            };
            let what = format!("`{}` is no key of {}", excerpt(name), self.of);
            self.wrong.push(Wrong { at: key.span().start, what, fix });
        }
        if !self.missing.is_empty() {
            let names = listed(self.missing.iter().map(|(key, _)| format!("`{key}`")));
            let is = if self.missing.len() == 1 { "is" } else { "are" };
            let samples: Vec<String> = self.missing.iter().map(|(key, holds)| holds.sample(key)).collect();
            let what = format!("{names} {is} missing in {}", self.of);
            self.wrong.push(Wrong { at: self.begins, what, fix: format!("write {}", samples.join(", ")) });
        }
        self.wrong
    }
}

/// A value of another kind than the key holds.
fn unfit(key: &'static str, holds: Holds, value: &Spanned<DeValue<'_>>) -> Wrong {
    let found = value.get_ref();
    let what = match found.as_str() {
        Some(text) if holds == Holds::Number => {
            format!("`{key}` holds {}, and \"{}\" stands in quotes", holds.in_words(), excerpt(text))
        }
        _ => format!("`{key}` holds {}, and {} stands here", holds.in_words(), kind(found)),
    };
    let fix = match (holds, found) {
        (Holds::Number, DeValue::String(text)) => {
            let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
            if digits.is_empty() {
                format!("write a number: {}", holds.sample(key))
            } else {
                format!("write {key} = {digits}")
            }
        }
        (Holds::Number, DeValue::Float(number)) => {
            let whole = number.as_str().split('.').next().unwrap_or_default();
            format!("write a whole number: {key} = {whole}")
        }
        (Holds::Text, DeValue::Integer(number)) => format!("write it in quotes: {key} = \"{number}\""),
        (Holds::Text, DeValue::Float(number)) => format!("write it in quotes: {key} = \"{number}\""),
        (Holds::Text, DeValue::Datetime(day)) => format!("write it in quotes: {key} = \"{day}\""),
        (Holds::Texts, DeValue::String(text)) => format!("write a list: {key} = [\"{}\"]", excerpt(text)),
        (Holds::YesOrNo, DeValue::String(text)) if same(text, "yes") || same(text, "true") => {
            format!("write {key} = true")
        }
        (Holds::YesOrNo, DeValue::String(text)) if same(text, "no") || same(text, "false") => {
            format!("write {key} = false")
        }
        (Holds::Tables, DeValue::Table(_)) => format!("write two brackets: `[[{key}]]`"),
        _ => format!("write {}", holds.sample(key)),
    };
    Wrong { at: value.span().start, what, fix }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number that does not fit",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a day without quotes",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a block",
    }
}

fn whole(value: &DeValue<'_>) -> Option<i64> {
    value.as_integer().and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok())
}

fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

/// `a, b and c`.
fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
