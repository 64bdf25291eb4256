//! What clauses of an instrument say in each of its revisions, and what changed between two.
//!
//! In: the clause and the meeting whose revision is cited. Out: the two texts with what went and what came, where a later
//! revision says something else. Source: datasets/clauses.

use serde::Deserialize;
use similar::{ChangeTag, TextDiff};

use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;

/// A clause in one revision.
#[derive(Debug, Clone, Deserialize)]
pub struct Clause {
    /// Id of the instrument.
    pub instrument: String,
    /// As it is cited: `add c`.
    pub clause: String,
    /// Heading under which it stands.
    pub section: String,
    /// Number of the Conference of the Parties whose revision this is.
    pub meeting: u32,
    /// What it asks for, in own words.
    pub says: String,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// All clauses that are held.
#[derive(Debug, Clone, Default)]
pub struct Clauses {
    rows: Vec<Clause>,
}

/// What became of a clause since the revision that is cited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redline {
    /// The meeting whose revision is the latest held.
    pub meeting: u32,
    /// What went stands in `[-…-]`, what came in `{+…+}`; `None` = what the clause says is not held.
    pub text: Option<String>,
}

impl Clauses {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        Ok(Self { rows: fields::rows(source, "clauses", faults)? })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[Clause] {
        &self.rows
    }

    /// Is a clause of the instrument held that begins with that word?
    pub(super) fn begin_with(&self, instrument: &str, word: &str) -> bool {
        self.rows.iter().any(|row| row.instrument == instrument && row.clause.split(' ').next() == Some(word))
    }

    /// What a later revision makes of a clause cited by the revision of a meeting; `None` = it says the same, or no later
    /// revision is held.
    pub(super) fn redline(&self, instrument: &str, clause: &str, meeting: u32) -> Option<Redline> {
        let own = || self.rows.iter().filter(|row| row.instrument == instrument);
        let latest = own().map(|row| row.meeting).max().filter(|latest| *latest > meeting)?;
        let said = |revisions: &dyn Fn(u32) -> bool| {
            let rows = own().filter(|row| row.clause == clause && revisions(row.meeting));
            rows.max_by_key(|row| row.meeting).map(|row| row.says.as_str())
        };
        let (was, now) = (said(&|own| own <= meeting), said(&|own| own > meeting));
        let text = match (was, now) {
            (Some(was), Some(now)) if was == now => return None,
            // No later revision that is held touches it.
            (Some(_), None) => return None,
            (None, None) => None,
            (was, now) => Some(marked(was.unwrap_or_default(), now.unwrap_or_default())),
        };
        Some(Redline { meeting: latest, text })
    }
}

/// One text with the words that went and those that came, runs of them together.
fn marked(was: &str, now: &str) -> String {
    let diff = TextDiff::from_words(was, now);
    let (mut text, mut gone, mut came) = (String::new(), String::new(), String::new());
    let mut changes = diff.iter_all_changes().peekable();
    while let Some(change) = changes.next() {
        let words = change.value();
        match change.tag() {
            ChangeTag::Delete => gone.push_str(words),
            ChangeTag::Insert => came.push_str(words),
            ChangeTag::Equal => {
                // A blank between two changed words changes with them.
                let goes_on = changes.peek().is_some_and(|next| next.tag() != ChangeTag::Equal);
                if words.trim().is_empty() && goes_on && !(gone.is_empty() && came.is_empty()) {
                    gone.push_str(words);
                    came.push_str(words);
                    continue;
                }
                mark(&mut text, &mut gone, &mut came);
                text.push_str(words);
            }
        }
    }
    mark(&mut text, &mut gone, &mut came);
    text
}

fn mark(text: &mut String, gone: &mut String, came: &mut String) {
    for (words, [open, close]) in [(gone, ["[-", "-]"]), (came, ["{+", "+}"])] {
        let bare = words.trim();
        if !bare.is_empty() {
            let (before, after) = words.split_once(bare).unwrap_or_default();
            text.push_str(&[before, open, bare, close, after].concat());
        }
        words.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(rows: &[(&str, u32, &str)]) -> Clauses {
        let row = |(clause, meeting, says): &(&str, u32, &str)| Clause {
            instrument: "R".to_owned(),
            clause: (*clause).to_owned(),
            section: String::new(),
            meeting: *meeting,
            says: (*says).to_owned(),
            confidence: Confidence::Sourced,
            source: String::new(),
        };
        Clauses { rows: rows.iter().map(row).collect() }
    }

    #[test]
    fn what_changed_is_marked_and_what_did_not_is_not() {
        let before = [("add c", 16, "dogs at ports"), ("add d", 16, "the same")];
        assert_eq!(held(&before).redline("R", "add c", 16), None, "no later revision is held");
        let after = held(&[&before[..], &[("add c", 17, "scanners at ports"), ("add d", 17, "the same")]].concat());
        let text = |clause, meeting| after.redline("R", clause, meeting).map(|redline| (redline.meeting, redline.text));
        assert_eq!(text("add c", 16), Some((17, Some("[-dogs-]{+scanners+} at ports".to_owned()))));
        assert_eq!(text("add c", 17), None, "the latest is cited");
        assert_eq!(text("add d", 16), None, "it says the same");
        assert_eq!(text("com k", 16), Some((17, None)), "what it says is not held");
        assert_eq!(after.redline("S", "add c", 16), None);
    }
}
