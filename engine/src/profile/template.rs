//! Sentences with values in them: reasons, addressees, citations, as `profile.toml` has them.
//!
//! In: a text with `{view.field}` slots and `[…]` parts. Out: a [`Template`], read once; filled from a frame for each hit.
//! A part in square brackets is left out when a value in it is empty or not known: "sawn wood[ from {measure.country}]".
//! Outside brackets an empty value becomes a word, so that no sentence has a hole.
//! Not here: which fields an indicator may see (`compile.rs` asks [`Template::slots`]).

use super::facts::Frame;
use super::value::Value;
use super::view::View;

/// What stands where a text is empty.
const NOT_TOLD: &str = "not told";
/// What stands where a set is empty.
const NONE: &str = "none";

/// A text with slots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    text: String,
    parts: Vec<Part>,
    unknown: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Slot(View, usize),
    /// Shown only when every slot in it has a value.
    Optional(Vec<Part>),
}

impl Template {
    /// Reads a template. Slots that name no field are kept apart: [`Template::unknown`].
    pub fn read(text: &str) -> Self {
        let mut template = Self { text: text.to_owned(), ..Self::default() };
        let mut rest = text;
        while let Some((before, inside, after)) = bracketed(rest, '[', ']') {
            template.words(before, None);
            let mut optional = Vec::new();
            template.words(inside, Some(&mut optional));
            template.parts.push(Part::Optional(optional));
            rest = after;
        }
        template.words(rest, None);
        template
    }

    /// Words and slots without brackets, into `into` or the whole.
    fn words(&mut self, text: &str, into: Option<&mut Vec<Part>>) {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, inside, after)) = bracketed(rest, '{', '}') {
            parts.extend((!before.is_empty()).then(|| Part::Words(before.to_owned())));
            let field = inside.split_once('.').and_then(|(view, field)| {
                let view = View::by_name(view)?;
                Some((view, view.field(field)?.0))
            });
            match field {
                Some((view, field)) => parts.push(Part::Slot(view, field)),
                None => self.unknown.push(inside.to_owned()),
            }
            rest = after;
        }
        parts.extend((!rest.is_empty()).then(|| Part::Words(rest.to_owned())));
        match into {
            Some(into) => into.extend(parts),
            None => self.parts.extend(parts),
        }
    }

    /// The template as the rule's writer wrote it, placeholders and all.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Slots that name no field of any view.
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// Fields that it shows.
    pub fn slots(&self) -> Vec<(View, usize)> {
        let inner = |part: &Part| match part {
            Part::Slot(view, field) => vec![(*view, *field)],
            Part::Optional(parts) => slots_of(parts),
            Part::Words(_) => Vec::new(),
        };
        self.parts.iter().flat_map(inner).collect()
    }

    /// The sentence for `frame`. A gap shows its reason.
    pub fn fill(&self, frame: &Frame<'_>) -> String {
        let mut text = String::with_capacity(self.text.len() + 32);
        for part in &self.parts {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Slot(view, field) => {
                    let value = frame.value(*view, *field);
                    let empty = if matches!(value, Value::Texts(_)) { NONE } else { NOT_TOLD };
                    text.push_str(&shown(&value).unwrap_or_else(|| empty.to_owned()));
                }
                Part::Optional(parts) => text.push_str(&whole(parts, frame).unwrap_or_default()),
            }
        }
        text
    }

    /// The text for `frame`, or `None` when a value in it is empty or not known: for addressees and citations.
    pub fn fill_whole(&self, frame: &Frame<'_>) -> Option<String> {
        whole(&self.parts, frame).filter(|text| !text.is_empty())
    }
}

fn slots_of(parts: &[Part]) -> Vec<(View, usize)> {
    let slot = |part: &Part| match part {
        Part::Slot(view, field) => Some((*view, *field)),
        _ => None,
    };
    parts.iter().filter_map(slot).collect()
}

/// The parts with their values; `None` when one is empty or not known.
fn whole(parts: &[Part], frame: &Frame<'_>) -> Option<String> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Words(words) => text.push_str(words),
            Part::Slot(view, field) => match frame.value(*view, *field) {
                Value::Unknown(_) => return None,
                value => text.push_str(&shown(&value)?),
            },
            Part::Optional(parts) => text.push_str(&whole(parts, frame).unwrap_or_default()),
        }
    }
    Some(text)
}

/// A value as sentences show it; `None` when it is empty.
fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::Texts(set) => {
            let members = set.iter().map(|member| member.trim()).filter(|member| !member.is_empty());
            members.collect::<Vec<_>>().join(", ")
        }
        other => other.show().trim().to_owned(),
    };
    (!text.is_empty()).then_some(text)
}

/// What stands before, in and after the first pair of brackets.
fn bracketed(text: &str, open: char, close: char) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(open)?;
    let (inside, after) = rest.split_once(close)?;
    Some((before, inside, after))
}

#[cfg(test)]
mod tests {
    use super::super::facts::{Facts, Filling};
    use super::*;

    fn check(template: &str, expected: &str, whole: Option<&str>) {
        let mut item = Filling::of(View::Item);
        item.set(View::Item.field("description").unwrap().0, Value::text("LOGS"));
        item.set(View::Item.field("form").unwrap().0, Value::text(""));
        item.set(View::Item.field("taxa").unwrap().0, Value::texts(Vec::<String>::new()));
        let mut facts = Facts::new(Filling::of(View::Consignment).done());
        facts.push(View::Item, Some(0), 0, item.done());
        let frame = facts.frame(View::Item, &facts.of(View::Item)[0]);
        let template = Template::read(template);
        assert_eq!(template.fill(&frame), expected);
        assert_eq!(template.fill_whole(&frame).as_deref(), whole, "{}", template.text());
    }

    #[test]
    fn no_sentence_has_a_hole() {
        check("{item.description} of honour", "LOGS of honour", Some("LOGS of honour"));
        check("as {item.form}, {item.taxa}", "as not told, none", None);
        check("{item.description}[ as {item.form}]", "LOGS", Some("LOGS"));
        check("{item.description}[ \"{item.description}\"]!", "LOGS \"LOGS\"!", Some("LOGS \"LOGS\"!"));
        check("from {item.origin}", "from unknown (not gathered)", None);
        check("goods[ from {item.origin}]", "goods", Some("goods"));
        check("a [b", "a [b", Some("a [b"));
        check("", "", None);
        assert_eq!(Template::read("{item.colour} {x}").unknown(), ["item.colour", "x"]);
        let seen = Template::read("{item.origin}[{item.form}]").slots();
        let names: Vec<&str> = seen.iter().map(|(view, n): &(View, usize)| view.fields()[*n].name).collect();
        assert_eq!(names, ["origin", "form"]);
    }
}
