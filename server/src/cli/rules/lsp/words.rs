//! What the words of the rule language mean: fields, tests, helpers, values, codes. Each is told from where it stands already: the view,
//! the definitions for editors, the helpers of `rules/lib`, the tables, the pages of `rules explain-code`.
//!
//! In: a name. Out: Markdown, or a list of values with their meaning. Not here: which word stands at a place (`spot.rs`).

use std::collections::BTreeMap;

use palisander_engine::Engine;
use palisander_engine::rules::writing::{Block, KEYS, Key, Written};
use palisander_engine::rules::{Domain, Field, Kind, Page, Table, View, definitions, vocabulary, writing};
use palisander_engine::tables::{DataSource, load_taxa};

use super::outline;

/// Values that are written out where a field or key is told.
const MAX_SHOWN: usize = 24;

/// One test or helper: how it is written, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    pub name: String,
    /// `fn says(text: String, phrases: Array) -> bool`
    pub form: String,
    pub about: String,
    /// What it is asked of behind a point; `None` = it stands alone.
    pub of: Option<Kind>,
}

/// The words of the language that no profile makes, by name.
pub struct Words {
    tests: BTreeMap<String, Vec<Test>>,
    /// Accepted names of taxa, and genera.
    taxa: Vec<(String, String)>,
}

impl Words {
    /// Reads them once.
    pub fn read() -> Self {
        let mut tests: BTreeMap<String, Vec<Test>> = BTreeMap::new();
        let texts = definitions().into_iter().filter(|(name, _)| name.starts_with("tests.")).map(|(_, text)| text);
        for test in texts.flat_map(|text| of_definitions(&text)).chain(writing::helpers().flat_map(of_script)) {
            tests.entry(test.name.clone()).or_default().push(test);
        }
        let rows = load_taxa(&DataSource::default()).unwrap_or_default();
        let mut taxa: BTreeMap<String, String> =
            rows.iter().map(|row| (row.scientific_name.clone(), row.family.clone())).collect();
        taxa.extend(rows.into_iter().map(|row| (row.genus, row.family)));
        Self { tests, taxa: taxa.into_iter().collect() }
    }

    /// All tests and helpers, by name.
    pub fn tests(&self) -> impl Iterator<Item = &Test> {
        self.tests.values().flatten()
    }

    /// What a test or helper says, in Markdown.
    pub fn test(&self, name: &str) -> Option<String> {
        let forms = self.tests.get(name)?;
        let told = forms.iter().map(|test| format!("```rhai\n{}\n```\n{}", test.form, test.about));
        Some(told.collect::<Vec<_>>().join("\n\n"))
    }

    /// The values that a field can have where they are a list, each with its name.
    pub fn values(&self, engine: &Engine, domain: Domain) -> Vec<(String, String)> {
        match domain {
            Domain::Words(words) => words().into_iter().map(|word| (word.to_owned(), String::new())).collect(),
            Domain::Of(Table::Countries) => {
                let rows = engine.references().countries.rows().iter();
                rows.map(|row| (row.code.to_string(), row.name.clone())).collect()
            }
            Domain::Of(Table::Taxa) => self.taxa.clone(),
            Domain::Of(table) => vocabulary(engine, table).into_iter().map(|word| (word, String::new())).collect(),
            _ => Vec::new(),
        }
    }

    /// What a field is: kind, meaning, unit, why it may be unknown, its values.
    pub fn field(&self, engine: &Engine, view: View, field: &Field) -> String {
        let mut text = format!("**{}.{}**: {}\n\n{}", view.name(), field.name, field.kind.name(), field.in_words());
        if let Some(gap) = field.gap {
            text.push_str(&format!("\n\nMay be unknown ({gap}): a test on it is then unverifiable."));
        }
        // Words stand in what it is already; of a table some are shown.
        if matches!(field.domain, Domain::Of(_)) {
            text.push_str(&shown(&self.values(engine, field.domain)));
        }
        text
    }
}

/// What a view is, with what an indicator over it may also take.
pub fn view(view: View) -> String {
    let also: Vec<String> = view.also().iter().map(|view| format!("`{}`", view.name())).collect();
    let fields: Vec<&str> = view.fields().iter().map(|field| field.name).collect();
    let may = if also.is_empty() { String::new() } else { format!(", and may also take {}", also.join(" and ")) };
    format!(
        "**{0}**: an indicator with `each = \"{0}\"` looks at every one{may}\n\n{1}",
        view.name(),
        fields.join(", ")
    )
}

/// What a key of `profile.toml` holds and says, with its values where they are a list.
pub fn key(engine: &Engine, key: &Key) -> String {
    let holds = match key.written {
        Written::Text => "a text",
        Written::Texts => "a list of texts",
        Written::Number => "a whole number",
        Written::YesOrNo => "true or false",
        Written::Blocks => "blocks of their own",
    };
    let needed = if key.is_needed { "" } else { ", may be left out" };
    let values = shown(&writing::values(engine, key));
    format!("**{}**: {holds}{needed}\n\n{}{values}", key.name, key.meaning)
}

/// A key of `profile.toml` in its block.
pub fn key_of(block: Block, name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.block == block && key.name == name)
}

/// The page of a diagnostic, in Markdown.
pub fn code(page: &Page) -> String {
    format!("**{}** ({}): {}\n\n{}", page.code, page.gravity.as_str(), page.title, page.text)
}

fn shown(values: &[(String, String)]) -> String {
    if values.is_empty() {
        return String::new();
    }
    let one = |(word, meaning): &(String, String)| match meaning.is_empty() {
        true => format!("`{word}`"),
        false => format!("`{word}` {meaning}"),
    };
    let more = values.len().checked_sub(MAX_SHOWN).filter(|more| *more > 0).map(|more| format!("and {more} more"));
    let listed: Vec<String> = values.iter().take(MAX_SHOWN).map(one).chain(more).collect();
    format!("\n\n{}", listed.join(", "))
}

/// Tests of a file of definitions: comments, and below them `fn name(…) -> …;` or `op name(…) -> …;`.
fn of_definitions(text: &str) -> Vec<Test> {
    let mut found = Vec::new();
    let mut about = Vec::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("///") {
            about.push(comment.trim());
        } else if let Some(form) = line.strip_suffix(';').filter(|form| form.contains('(')) {
            let rest = form.split_once(' ').map_or("", |(_, rest)| rest);
            let name = rest.split('(').next().unwrap_or_default().to_owned();
            let first = rest.split(['(', ',', ')']).nth(1).unwrap_or_default();
            let of = match first.rsplit(": ").next() {
                Some("String") if first.starts_with("text") => Some(Kind::Text),
                Some("TextSet") => Some(Kind::Texts),
                _ => None,
            };
            found.push(Test { name, form: form.to_owned(), about: about.join("\n"), of });
            about.clear();
        }
    }
    found
}

/// Functions of a script as tests that stand alone.
pub fn of_script(text: &str) -> Vec<Test> {
    let lines: Vec<&str> = text.lines().collect();
    let test = |own: outline::Named| {
        let form = lines.get(own.line).copied().unwrap_or_default().trim().trim_end_matches('{').trim().to_owned();
        Test { name: own.name, form, about: own.about, of: None }
    };
    outline::functions(text).into_iter().map(test).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_and_helpers_are_those_that_are_written_elsewhere() {
        let words = Words::read();
        let of = |name: &str| words.tests.get(name).map(|forms| forms.iter().map(|test| test.of).collect::<Vec<_>>());
        assert_eq!(of("says"), Some(vec![Some(Kind::Text)]));
        assert_eq!(of("shares"), Some(vec![Some(Kind::Texts)]));
        assert_eq!(of("count"), Some(vec![Some(Kind::Texts), Some(Kind::Text)]));
        assert_eq!(of("known"), Some(vec![None]));
        assert_eq!(of("names_listed_wood"), Some(vec![None]));
        assert!(words.tests().all(|test| !test.about.is_empty() && !test.form.is_empty()), "each says something");
        assert!(words.test("says").is_some_and(|text| text.contains("whole words") && text.contains("fn says(")));
    }
}
