//! Derives the table `legal-forms` from a list of organisation types.
//!
//! In: the JSON of opensanctions/rigour (`rust/data/names/org_types.json`, MIT), and the rows that were written by hand.
//! Out: rows `form`, `classes`, `source`, each form once, sorted. Types whose class is no form of a firm (bank, ministry,
//! association) give nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::legal_forms::CLASSES;
use super::piece::Writing;
use super::spelled::pieces;

/// What the rows that were derived say of their source.
const DERIVED: &str = "opensanctions/rigour";

/// Shorter forms are written by hand: most pairs of letters are words or initials as well.
const MIN_DERIVED: usize = 3;

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FormRow {
    pub form: String,
    /// Classes with gaps between them; empty for a form of no class.
    pub classes: String,
    pub source: String,
}

#[derive(Deserialize)]
struct OrgType {
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    display: Option<String>,
    #[serde(default)]
    generic: Option<String>,
}

/// The rows of a list, and of the table those that are not derived, which win.
///
/// # Errors
/// Says why the list or the table cannot be read.
pub fn derive(list: &str, table: &str) -> Result<Vec<FormRow>, String> {
    let types: Vec<OrgType> = serde_json::from_str(list).map_err(|error| error.to_string())?;
    let mut found: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for one in &types {
        let Some(class) = CLASSES.iter().find(|class| Some(**class) == one.generic.as_deref()) else { continue };
        for name in one.aliases.iter().chain(&one.display) {
            if let Some(key) = key(name).filter(|key| !key.is_ascii() || key.len() >= MIN_DERIVED) {
                found.entry(key).or_default().insert(class);
            }
        }
    }
    let mut rows: BTreeMap<String, FormRow> = BTreeMap::new();
    for (form, classes) in found {
        let classes = classes.into_iter().collect::<Vec<_>>().join(" ");
        rows.insert(form.clone(), FormRow { form, classes, source: DERIVED.to_owned() });
    }
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    for row in reader.deserialize::<FormRow>() {
        let row = row.map_err(|error| error.to_string())?;
        if row.source != DERIVED {
            rows.insert(row.form.clone(), row);
        }
    }
    Ok(rows.into_values().collect())
}

/// Key of a form: capitals without gaps and dots; as written in scripts without gaps. `None` for what tells nothing.
fn key(form: &str) -> Option<String> {
    let gapless = |c: char| {
        matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3041}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}')
    };
    if form.chars().any(gapless) {
        return Some(form.trim_matches(['(', ')', ' ']).to_lowercase()).filter(|form| !form.contains(' '));
    }
    let all = pieces(form);
    let key: String = all.iter().map(|piece| piece.text.replace(['\'', ' '], "")).collect();
    // A single letter, or a long word that a firm may bear as its name, is no form.
    let telling = key.len() >= 2 && all.iter().all(|piece| piece.writing != Writing::Han);
    telling.then_some(key)
}

#[cfg(test)]
mod tests {
    use super::super::legal_forms;
    use super::*;

    #[test]
    fn one_form_in_several_spellings() {
        for (name, classes) in [
            ("Ltd.", "LLC"),
            ("Limited", "LLC"),
            ("Sp. z o.o.", "LLC"),
            ("SP ZOO", "LLC"),
            ("G.m.b.H.", "LLC"),
            ("Gesellschaft mit beschränkter Haftung", "LLC"),
            ("Aktiengesellschaft", "JSC"),
            ("S.p.A.", "JSC"),
            ("Общество с ограниченной ответственностью", "LLC"),
            ("ООО", "LLC"),
            ("有限公司", "LLC"),
            ("㈱", "JSC"),
            ("ذ.م.م", "LLC"),
        ] {
            let all = pieces(name);
            assert_eq!(legal_forms::at(&all, true), Some((all.len(), legal_forms::bits(classes))), "{name}: {all:?}");
        }
        assert_eq!(legal_forms::at(&pieces("Rufiji Woods"), true), None);
        assert_eq!(legal_forms::at(&pieces("S A Khan"), true), None, "initials");
    }

    #[test]
    fn rows_of_a_list_and_those_written_by_hand() {
        let list = r#"[{"aliases": ["Sp. z o.o.", "有限公司"], "generic": "LLC"}, {"aliases": ["Ministry"], "generic": "SOE"},
            {"aliases": ["Inc."], "display": "Inc", "generic": "LLC"}]"#;
        let table = "form,classes,source\nINC,JSC,own list\nOLD,LLC,opensanctions/rigour\n";
        let rows = derive(list, table).unwrap();
        let shown: Vec<String> =
            rows.iter().map(|row| format!("{} {} {}", row.form, row.classes, row.source)).collect();
        assert_eq!(shown, ["INC JSC own list", "SPZOO LLC opensanctions/rigour", "有限公司 LLC opensanctions/rigour"]);
        assert!(derive("{}", table).is_err());
    }
}
