//! What a rule may look at, from the code: as Markdown for people, as Rhai definitions for editors.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::assess::Engine;
use crate::profile::Indicator;
use crate::profile::field::{Domain, Kind, Table};
use crate::profile::view::View;
use crate::reference::Form;

/// Indicators by profile, for documentation.
pub fn by_profile(engine: &Engine) -> BTreeMap<&str, Vec<&Indicator>> {
    let mut by_profile: BTreeMap<&str, Vec<&Indicator>> = BTreeMap::new();
    for indicator in &engine.profiles().indicators {
        if let Some(profile) = engine.profiles().profile_of(indicator) {
            by_profile.entry(profile.id.as_str()).or_default().push(indicator);
        }
    }
    by_profile
}

/// The reference of the view, as Markdown, with the words of those tables that are short enough to be read.
pub fn view_reference(engine: &Engine) -> String {
    let mut text = String::from(
        "# What a rule may look at\n\nWritten by `palisander rules docs` from the code. A field marked `?` may be unknown: a test on it is then\n*unverifiable*, with the reason.\n",
    );
    for view in View::ALL {
        let also: Vec<String> = view.also().iter().map(|view| format!("`{}`", view.name())).collect();
        text.push_str(&format!("\n## `{}`\n\n", view.name()));
        if !also.is_empty() {
            text.push_str(&format!(
                "An indicator with `each = \"{}\"` may also take {}.\n\n",
                view.name(),
                also.join(" and ")
            ));
        }
        text.push_str("| field | type | meaning |\n| --- | --- | --- |\n");
        for field in view.fields() {
            let gap = if field.may_be_unknown() { "?" } else { "" };
            text.push_str(&format!("| `{}`{gap} | {} | {} |\n", field.name, field.kind.name(), field.in_words()));
        }
    }
    text.push_str(
        "\n## Tests\n\n`==` `!=` `<` `<=` `>` `>=`, `and`, `or`, `not(…)`, `\"x\" in set`, `\"part\" in text`, `set.shares([\"a\", \"b\"])`,\n`text.says([\"a\", \"b\"])` (whole words in any spelling and number), `text.says_nearly([…])` (misspelt ones too),\n`text.starts_with(\"x\")`, `set.count()`, `known(field)`, `unverifiable(\"why\")`, `+` `-` `*` `/`, `let name = …;`, and calls of\nfunctions of the same file or of `rules/lib`.\n",
    );
    text.push_str("\n## Vocabularies\n\n");
    for table in [Table::Forms, Table::CoverGoods, Table::Claims, Table::SpecialClaims, Table::Routes] {
        let fields = View::ALL.into_iter().flat_map(|view| view.fields().iter().map(move |field| (view, field)));
        let of = fields.filter(|(_, field)| matches!(field.domain, Domain::Of(own) if own == table));
        let of: Vec<String> = of.map(|(view, field)| format!("`{}.{}`", view.name(), field.name)).collect();
        let words: Vec<String> = vocabulary(engine, table).iter().map(|word| format!("`{word}`")).collect();
        let _ = writeln!(text, "- {}: {}", of.join(", "), words.join(", "));
    }
    text
}

/// The words of a table that is short enough to be read, as rules write them; of countries and taxa none.
pub fn vocabulary(engine: &Engine, table: Table) -> BTreeSet<String> {
    let references = engine.references();
    match table {
        Table::Forms => Form::ALL.iter().map(|form| form.as_str().to_owned()).collect(),
        Table::CoverGoods => references.covers.rows().iter().map(|goods| goods.id.clone()).collect(),
        Table::Claims => engine.words().claims(),
        Table::SpecialClaims => engine.words().special_claims(),
        Table::Routes => references.routes.rows().iter().map(|route| route.id.clone()).collect(),
        Table::Countries | Table::Taxa => BTreeSet::new(),
    }
}

/// Definition files for editors that know Rhai, by file name: the fields of each view as getters of its type, and the
/// tests. Nothing loads them.
pub fn definitions() -> Vec<(String, String)> {
    let type_name = |view: View| {
        let name = view.name();
        name.chars().take(1).flat_map(char::to_uppercase).chain(name.chars().skip(1)).collect::<String>()
    };
    const HEAD: &str =
        "// Written by `palisander rules docs` from the code, for editors. Nothing loads it.\nmodule static;\n";
    let mut files = Vec::new();
    for view in View::ALL {
        let mut text = HEAD.to_owned();
        for field in view.fields() {
            let kind = match field.kind {
                Kind::Bool => "bool",
                Kind::Number => "float",
                Kind::Text => "String",
                Kind::Texts => "TextSet",
            };
            let gap = if field.may_be_unknown() { " May be unknown." } else { "" };
            // `?` is Rhai's word for any type: the value, or the gap that says why there is none.
            let kind = if field.may_be_unknown() { "?" } else { kind };
            let _ = write!(
                text,
                "\n/// {}, {}.{gap}\nfn get {}({}: {}) -> {kind};\n",
                field.in_words(),
                field.kind.name(),
                field.name,
                view.name(),
                type_name(view)
            );
        }
        files.push((format!("{}.d.rhai", view.name()), text));
    }
    let mut tests = HEAD.to_owned();
    tests.push_str(TESTS);
    files.push(("tests.d.rhai".to_owned(), tests));
    files
}

/// Tests beside Rhai's own comparisons and arithmetic.
const TESTS: &str = r#"
/// Both hold. A false part makes the whole false; otherwise a gap leaves it open.
op and(?, ?) -> ?;

/// One holds. A true part makes the whole true; otherwise a gap leaves it open.
op or(?, ?) -> ?;

/// The opposite; a gap stays a gap.
fn not(test: ?) -> ?;

/// Neither yes nor no: what is missing, in quotes.
fn unverifiable(why: String) -> Gap;

/// Is the value known?
fn known(value: ?) -> bool;

/// Is the member in the set? `"log" in item.claims` is the same.
fn contains(set: TextSet, member: String) -> bool;

/// Is the part in the text?
fn contains(text: String, part: String) -> bool;

/// Do the sets share a member?
fn shares(set: TextSet, members: Array) -> bool;

/// Does the text say one of these, on whole words of any case, accents and number?
fn says(text: String, phrases: Array) -> bool;

/// The same, and each word may be misspelt as far as one of its length may be.
fn says_nearly(text: String, phrases: Array) -> bool;

/// Does the text begin so?
fn starts_with(text: String, prefix: String) -> bool;

/// Members of a set.
fn count(set: TextSet) -> float;

/// Characters of a text.
fn count(text: String) -> float;
"#;
