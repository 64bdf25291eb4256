//! A test in GoRules' expression language, for those that run it here and elsewhere.

use super::words;
use crate::seen::has_gaps;
use crate::tree::{Field, Test};

/// The test in zen's words.
pub fn written(test: &Test) -> String {
    let joined = |parts: &[Test], by: &str| {
        let parts: Vec<String> = parts.iter().map(written).collect();
        format!("({})", parts.join(by))
    };
    let named = |field: &Field| format!("{}.{}", field.view, field.name);
    let guarded = |field, text: String| match has_gaps(field) {
        true => format!("({} != null and {text})", named(field)),
        false => text,
    };
    match test {
        Test::All(parts) => joined(parts, " and "),
        Test::Any(parts) => joined(parts, " or "),
        Test::Is(field, true) if !has_gaps(field) => named(field),
        Test::Is(field, yes) => format!("{} == {yes}", named(field)),
        Test::Text(field, true, word) => format!("{} == {word:?}", named(field)),
        Test::Text(field, false, word) => guarded(field, format!("{} != {word:?}", named(field))),
        Test::OneOf(field, set) => guarded(field, format!("{} in {}", named(field), words(set, "[", "]"))),
        Test::Holds(field, word) => format!("{word:?} in {}", named(field)),
        Test::Shares(field, set) => format!("some({}, # in {})", named(field), words(set, "[", "]")),
        Test::Number(field, how, number) => guarded(field, format!("{} {how} {number}", named(field))),
    }
}
