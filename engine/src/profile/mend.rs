//! What to write instead, where a test does not fit what it looks at.
//!
//! In: parts of a test with the kind of what they yield; names that do not exist. Out: one sentence. Not here: whether
//! something fits (`lower.rs`), slips of writing (`habits.rs`).

use super::field::Kind;
use super::native::Op;
use super::value::{Compare, Value};
use super::view::View;

/// Fields that are named where none is near by its letters.
const MAX_NAMED: usize = 3;

/// The field that may be meant by a name that the view has not: near by its letters, else by the words of its name and meaning.
pub(super) fn field(view: View, name: &str) -> String {
    let near = |field: &'static str| (strsim::normalized_damerau_levenshtein(field, name), field);
    let nearest = view.fields().iter().map(|field| near(field.name)).max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((similarity, nearest)) = nearest
        && similarity > 0.6
    {
        return format!("did you mean `{nearest}`?");
    }
    let asked: Vec<String> = words(name).collect();
    let mut found: Vec<(usize, &str)> = Vec::new();
    for field in view.fields() {
        let own: Vec<String> = words(field.name).collect();
        let meant: Vec<String> = words(field.meaning).collect();
        let shared = |held: &[String]| asked.iter().filter(|word| held.contains(word)).count();
        found.push((2 * shared(&own) + shared(&meant), field.name));
    }
    found.retain(|(shared, _)| *shared > 0);
    // Fields of one rank keep the order of the view.
    found.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
    let named: Vec<String> = found.iter().take(MAX_NAMED).map(|(_, name)| format!("`{name}`")).collect();
    match named.is_empty() {
        true => format!("see the fields of {} in rules/reference.md", view.name()),
        false => format!("did you mean {}?", named.join(" or ")),
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).map(str::to_lowercase)
}

/// Two parts of different kinds are compared: what each is, and how to write it.
pub(super) fn unlike((a, a_kind): (&Op, Kind), (b, b_kind): (&Op, Kind)) -> (String, String) {
    let what = format!("`{}` is {}, and `{}` is {}", a.show(), a_kind.name(), b.show(), b_kind.name());
    let fix = match (a, b) {
        (Op::Constant(constant), field) => beside(field, b_kind, constant),
        (field, Op::Constant(constant)) => beside(field, a_kind, constant),
        _ => None,
    };
    (what, fix.unwrap_or_else(|| "compare like with like".to_owned()))
}

/// How a constant stands beside something of that kind.
fn beside(field: &Op, kind: Kind, constant: &Value) -> Option<String> {
    let name = field.show();
    Some(match (kind, constant) {
        (Kind::Number, Value::Text(text)) => match text.trim().parse::<f64>() {
            Ok(number) => format!("take the quotes away and write the number {number}"),
            Err(_) => format!("write a number without quotes and without a unit: `{name}` says its unit"),
        },
        (Kind::Text, Value::Number(_)) => format!("write it in quotes: \"{}\"", constant.show()),
        (Kind::Text, Value::Texts(_)) => format!("write `{name} in {}`", Op::Constant(constant.clone()).show()),
        (Kind::Texts, Value::Text(text)) => format!("write `\"{text}\" in {name}`"),
        (Kind::Bool, _) => format!("write `{name}` alone for yes, `not({name})` for no"),
        _ => return None,
    })
}

/// A part that is no test stands beside `and` or `or`: what it is, and what to write.
pub(super) fn alone(a: (&Op, Option<Kind>), b: (&Op, Option<Kind>), word: &str) -> (String, String) {
    let is_test = |kind: Option<Kind>| matches!(kind, Some(Kind::Bool) | None);
    let (part, other) = if is_test(a.1) { (b.0, a.0) } else { (a.0, b.0) };
    let what = format!("`{}` stands alone beside `{word}`, which joins tests that answer yes or no", part.show());
    let fix = match (part, last(other)) {
        (Op::Constant(Value::Text(text)), Op::Compare(Compare::Equal, field, first)) => match first.as_ref() {
            Op::Constant(Value::Text(first)) => Some(format!("write `{} in [\"{first}\", \"{text}\"]`", field.show())),
            _ => None,
        },
        (Op::Constant(Value::Text(text)), Op::Contains(set, _)) => {
            Some(format!("write `\"{text}\" in {}`", set.show()))
        }
        _ => None,
    };
    (what, fix.unwrap_or_else(|| "compare it with something".to_owned()))
}

/// The part that stands next to the word: the last of those that are joined already.
fn last(op: &Op) -> &Op {
    match op {
        Op::And(parts) | Op::Or(parts) => parts.last().map_or(op, last),
        other => other,
    }
}

/// A name that is neither a parameter nor named by `let`.
pub(super) fn name(name: &str) -> String {
    match View::by_name(name) {
        Some(view) => format!("name it among the parameters: fn …(…, {})", view.name()),
        None => format!("write a word or code in quotes: \"{name}\"; a field with what it belongs to: item.{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_letters_and_by_its_meaning() {
        let check = |asked: &str, part: &str| {
            let said = field(View::Item, asked);
            assert!(said.contains(part), "{asked}: {said}");
        };
        check("orgin", "`origin`");
        check("weight", "`gross_mass_kg`");
        check("country_of_origin", "`origin`");
        check("volume", "`volume_m3`");
        check("hs_code", "`hs`");
        check("xyz", "rules/reference.md");
    }
}
