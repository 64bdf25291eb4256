//! Codes and numbers in a test that the field beside them never has.
//!
//! In: a part of a test, and the tables. Out: [`Doubt`]s, with the code that was meant where that can be told.

use super::tables::Tables;
use crate::profile::field::{Domain, Table};
use crate::profile::native::Op;
use crate::profile::value::Value;

/// Such a code or number.
pub(super) struct Doubt {
    pub(super) code: &'static str,
    pub(super) what: String,
    /// What to write, where that can be told.
    pub(super) fix: Option<String>,
}

/// Codes that a part compares a field with, and that the field never has; numbers that it never reaches. `meant`: the code that a
/// text means in a table.
pub(super) fn doubts(part: &Op, tables: &Tables<'_>, meant: &dyn Fn(Table, &str) -> Option<String>) -> Vec<Doubt> {
    if let Op::Says(_, _, phrases) = part
        && let Op::Constant(phrases) = phrases.as_ref()
    {
        return woods(phrases, tables);
    }
    let (field, constant) = match part {
        Op::Compare(_, a, b) => match (a.as_ref(), b.as_ref()) {
            (Op::Field(view, n), Op::Constant(value)) | (Op::Constant(value), Op::Field(view, n)) => {
                ((*view, *n), value)
            }
            _ => return Vec::new(),
        },
        Op::Contains(set, item) => match (set.as_ref(), item.as_ref()) {
            (Op::Field(view, n), Op::Constant(value)) | (Op::Constant(value), Op::Field(view, n)) => {
                ((*view, *n), value)
            }
            _ => return Vec::new(),
        },
        Op::Shares(a, b) => match (a.as_ref(), b.as_ref()) {
            (Op::Field(view, n), Op::Constant(value)) => ((*view, *n), value),
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let Some(spec) = field.0.fields().get(field.1) else { return Vec::new() };
    let written = format!("{}.{}", field.0.name(), spec.name);
    let texts: Vec<&str> = match constant {
        Value::Text(text) => vec![text],
        Value::Texts(set) => set.iter().map(AsRef::as_ref).collect(),
        Value::Number(number) => {
            let out = match spec.domain {
                Domain::Share => !(0.0..=1.0).contains(number),
                Domain::Count => *number < 0.0,
                _ => false,
            };
            let what = format!("{written} and {number}");
            return if out { vec![Doubt { code: "P062", what, fix: None }] } else { Vec::new() };
        }
        _ => return Vec::new(),
    };
    let look = |text: &str| -> Option<Doubt> {
        let known = match spec.domain {
            _ if text.is_empty() => true,
            Domain::Any | Domain::Share | Domain::Count => true,
            Domain::Folded => return unfolded(text, &written),
            Domain::Declared => return Some(as_spelt(text, &written)),
            Domain::Of(table) => (tables.holds)(table, text),
            Domain::Words(words) => words().contains(&text),
            Domain::Digits(low, high) => {
                let shaped = text.bytes().all(|b| b.is_ascii_digit()) && (low..=high).contains(&text.len());
                let what = format!("{written} and \"{text}\", which is no code of {low} to {high} digits");
                return (!shaped).then(|| Doubt { code: "P063", what, fix: digits(text, low, high) });
            }
        };
        let fix = instead(text, spec.domain, tables, meant).map(|code| format!("write \"{code}\""));
        (!known).then(|| Doubt { code: "P040", what: format!("{written} never is \"{text}\""), fix })
    };
    texts.into_iter().filter_map(look).collect()
}

/// Woods that are looked for by a word, where a field knows all their names.
fn woods(phrases: &Value, tables: &Tables<'_>) -> Vec<Doubt> {
    let phrases: Vec<&str> = match phrases {
        Value::Text(phrase) => vec![phrase],
        Value::Texts(set) => set.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    };
    let doubt = |phrase: &str| {
        let asked = (tables.wood)(phrase)?;
        let what = format!("\"{phrase}\" is looked for as a word, and is the name of a wood");
        let fix = format!("write {asked}, which also knows its other names and what only sounds so");
        Some(Doubt { code: "P082", what, fix: Some(fix) })
    };
    phrases.into_iter().filter_map(doubt).collect()
}

/// A text that is looked for as one writer spelt it.
fn as_spelt(text: &str, written: &str) -> Doubt {
    // The goods text has a field of its words, with the names declared beside it.
    let asked = if written == "item.description" { "item.words" } else { written };
    let key = crate::text::loose_key(text);
    let what = format!("{written} is asked for \"{text}\" as it is spelt, which another paper spells otherwise");
    Doubt { code: "P081", what, fix: Some(format!("write {asked}.says([\"{key}\"])")) }
}

/// A text that folded words never are nor hold.
fn unfolded(text: &str, written: &str) -> Option<Doubt> {
    let key = crate::text::loose_key(text);
    let is_spaced = text.trim() == key;
    let fix = format!("write {written}.says([\"{key}\"]), which looks for whole words in any spelling");
    (!is_spaced).then(|| Doubt { code: "P081", what: format!("{written} never holds \"{text}\""), fix: Some(fix) })
}

/// The code as it is written: what the table calls so, the same in other letters, or the nearest word.
fn instead(
    text: &str,
    domain: Domain,
    tables: &Tables<'_>,
    meant: &dyn Fn(Table, &str) -> Option<String>,
) -> Option<String> {
    match domain {
        Domain::Words(words) => {
            let words = words();
            let same = words.iter().find(|word| crate::words::same(text, word)).copied();
            same.or_else(|| nearest(text, &words)).map(str::to_owned)
        }
        Domain::Of(table) => {
            let (small, large) = (text.to_lowercase(), text.to_uppercase());
            let first: String = large.chars().take(1).chain(small.chars().skip(1)).collect();
            let other = [small, large, first].into_iter().find(|other| (tables.holds)(table, other));
            other.or_else(|| meant(table, text))
        }
        _ => None,
    }
}

/// An HS code without what stands between its digits.
fn digits(text: &str, low: usize, high: usize) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (low..=high).contains(&digits.len()).then(|| format!("write its digits alone: \"{digits}\""))
}

fn nearest<'w>(text: &str, words: &[&'w str]) -> Option<&'w str> {
    let scored = words.iter().map(|word| (strsim::normalized_damerau_levenshtein(word, text), *word));
    scored.filter(|(similarity, _)| *similarity > 0.5).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, word)| word)
}
