//! A bill as it would be declared for a test to be met.
//!
//! In: a case, and a way in which a test can be met. Out: the case with the figures, codes and words of that way in its first goods
//! item or in its head, as far as the view says where a field stands; `None` where nothing of it can be declared. Whether the test
//! then is met, the engine says. Not here: which bills are tried (`bills.rs`).

use serde_json::{Value, json};

use super::super::clause::Of;
use super::super::ways::{Range, Way};
use crate::profile::field::{Domain, Field, Kind, Stands, Table};
use crate::profile::native::Op;
use crate::profile::value::{Compare, Value as Fact};

/// The case, altered.
pub(super) fn altered(case: &Value, way: &Way<'_>) -> Option<Value> {
    let mut altered = case.clone();
    let mut is_altered = false;
    for (of, range) in way.asked() {
        let Some(field) = field(of) else { continue };
        is_altered |= put(&mut altered, field, of, range).is_some();
    }
    is_altered.then_some(altered)
}

/// The case with one figure as it is said, where the view says where that stands.
pub(super) fn with_figure(case: &Value, field: &Field, number: f64) -> Option<Value> {
    let mut altered = case.clone();
    set(&mut altered, field, json!(number))?;
    Some(altered)
}

/// The one field that a clause looks at.
pub(super) fn field(of: Of<'_>) -> Option<&'static Field> {
    let (Of::Part(part) | Of::Within(part) | Of::Phrases(_, part)) = of else { return None };
    let Op::Field(view, n) = part else { return None };
    view.fields().get(*n)
}

/// Can a declarant write it as he likes, without other words for the goods and without a paper?
pub(super) fn is_declared(field: &Field) -> bool {
    matches!(field.stands, Stands::Item(_) | Stands::HsCode | Stands::Whole(_))
}

fn put(case: &mut Value, field: &Field, of: Of<'_>, range: &Range<'_>) -> Option<()> {
    if matches!(field.stands, Stands::Words | Stands::Names) {
        let members = range.members(of);
        let words: Vec<&str> = members.iter().filter_map(|texts| texts.first().copied()).collect();
        if words.is_empty() {
            return None;
        }
        let item = item(case)?;
        let before = item.get("description").and_then(Value::as_str).unwrap_or_default();
        let after = format!("{before} {}", words.join(" "));
        item.as_object_mut()?.insert("description".to_owned(), json!(after.trim()));
        return Some(());
    }
    let value = match field.kind {
        Kind::Number => json!(number(&range.numbers)?),
        Kind::Text => json!(text(range)?),
        Kind::Bool | Kind::Texts => return None,
    };
    set(case, field, value)
}

fn set(case: &mut Value, field: &Field, value: Value) -> Option<()> {
    match field.stands {
        Stands::Item(name) => {
            item(case)?.as_object_mut()?.insert(name.to_owned(), value);
        }
        Stands::HsCode => {
            item(case)?.as_object_mut()?.insert("hs_code".to_owned(), value);
        }
        Stands::Whole(path) => {
            let value = match (field.domain, value) {
                // A place that no table holds: its first two letters are the country.
                (Domain::Of(Table::Countries), Value::String(country)) if path.starts_with("places/") => {
                    json!(format!("{country}ZZZ"))
                }
                (_, value) => value,
            };
            let (names, last) = path.rsplit_once('/').map_or((None, path), |(names, last)| (Some(names), last));
            let mut at = consignment(case)?;
            for name in names.into_iter().flat_map(|names| names.split('/')) {
                at = at.as_object_mut()?.entry(name).or_insert_with(|| json!({}));
            }
            let at = at.as_object_mut()?;
            // Lists are of many things: none of them is written anew for one figure.
            if at.get(last).is_some_and(|now| now.is_array() || now.is_object()) {
                return None;
            }
            at.insert(last.to_owned(), value);
        }
        _ => return None,
    }
    Some(())
}

fn consignment(case: &mut Value) -> Option<&mut Value> {
    if case.get("consignment").is_some() {
        return case.get_mut("consignment");
    }
    case.get_mut("manifest")?.get_mut("consignments")?.get_mut(0)
}

fn item(case: &mut Value) -> Option<&mut Value> {
    consignment(case)?.get_mut("goods_items")?.get_mut(0)
}

/// A number that stands so to all of them.
fn number(asked: &[(Compare, f64)]) -> Option<f64> {
    let near = asked.iter().flat_map(|(_, number)| {
        let step = if number.abs() < 1.0 { 0.01 } else { 1.0 };
        [*number, number + step, number - step]
    });
    let mut sorted: Vec<f64> = asked.iter().map(|(_, number)| *number).collect();
    sorted.sort_by(f64::total_cmp);
    let between: Vec<f64> = sorted.iter().zip(sorted.iter().skip(1)).map(|(a, b)| a / 2.0 + b / 2.0).collect();
    let is_so = |candidate: &f64| {
        let stands = |(how, number): &(Compare, f64)| {
            Fact::Number(*candidate).compare(*how, &Fact::Number(*number)) == Fact::Bool(true)
        };
        asked.iter().all(stands)
    };
    near.chain(between).find(is_so)
}

/// A text that is one of those that are left.
fn text(range: &Range<'_>) -> Option<String> {
    if let Some(texts) = range.texts() {
        return texts.first().map(|text| (*text).to_owned());
    }
    range.begins.iter().max_by_key(|text| text.len()).map(|text| (*text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::super::checks::tests;
    use super::super::super::effort::Effort;
    use super::super::super::ways::ways;
    use super::*;

    #[test]
    fn figures_codes_and_words_are_put_where_the_view_says() {
        let test = r#"item.gross_mass_kg > 5 and item.gross_mass_kg < 6 and item.origin in ["GA", "CM"] and item.origin != "GA" and item.hs.starts_with("4407") and item.words.says(["ebony"])"#;
        let [op] = tests(&[test]).try_into().unwrap();
        let ways = ways(&op, true, &Effort::of(10_000)).unwrap();
        let case = json!({ "consignment": { "goods_items": [{ "description": "SHIRTS" }] } });
        let altered = altered(&case, &ways[0]).unwrap();
        let wanted = json!({ "description": "SHIRTS ebony", "gross_mass_kg": 5.5, "origin": "CM", "hs_code": "4407" });
        assert_eq!(altered["consignment"]["goods_items"][0], wanted);
    }
}
