//! `profile.toml` as it is written: which keys there are, which of them are needed, and what each holds.
//!
//! In: the text. Out: [`ProfileFile`], or everything that is wrong with it. Not here: whether what it says makes sense
//! (`compile.rs`).

use toml::de::DeTable;

use super::indicator::{MAX_INDICATORS, MAX_TEXTS, Status};
use super::keys::{Holds, Keys, Wrong};
use super::lanes::Lane;
use super::toml_slips::unreadable;

pub(super) struct ProfileFile {
    pub(super) id: String,
    pub(super) uuid: String,
    pub(super) title: String,
    pub(super) owner: String,
    pub(super) status: Status,
    pub(super) version: u32,
    pub(super) effective_from: Option<String>,
    pub(super) effective_to: Option<String>,
    pub(super) review_by: String,
    pub(super) genera: Vec<String>,
    pub(super) why: String,
    pub(super) sources: Vec<String>,
    pub(super) innocent_explanations: Vec<String>,
    pub(super) mandatory: bool,
    pub(super) rises_with: Vec<String>,
    pub(super) indicators: Vec<IndicatorFile>,
}

pub(super) struct IndicatorFile {
    pub(super) name: String,
    pub(super) each: String,
    pub(super) points: i64,
    pub(super) group: Option<String>,
    pub(super) floor: Option<Lane>,
    pub(super) reason: String,
    pub(super) sources: Vec<String>,
    pub(super) settled_by: String,
    pub(super) next_steps: Vec<StepFile>,
    pub(super) handling: Option<String>,
}

pub(super) struct StepFile {
    pub(super) step: String,
    pub(super) to: String,
    pub(super) why: String,
}

/// Faults that are told of one file; more of them say nothing new.
const MAX_WRONG: usize = 20;

impl ProfileFile {
    /// Reads the file; faults are in the order of their places.
    pub(super) fn read(text: &str) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let found = match DeTable::parse(text) {
            Ok(table) => Self::of(table.get_ref(), &mut wrong),
            Err(error) => return Err(unreadable(text, &error)),
        };
        wrong.sort_by_key(|one| one.at);
        wrong.truncate(MAX_WRONG);
        if wrong.is_empty() { Ok(found) } else { Err(wrong) }
    }

    fn of(table: &DeTable<'_>, wrong: &mut Vec<Wrong>) -> Self {
        let mut head = Keys::of(table, "the head of the profile".to_owned(), 0);
        let blocks = head.needed("indicators", Holds::Tables, |keys, key| Some(keys.tables(key)));
        let file = Self {
            id: head.needed("id", Holds::Text, Keys::text),
            uuid: head.needed("uuid", Holds::Text, Keys::text),
            title: head.needed("title", Holds::Text, Keys::text),
            owner: head.needed("owner", Holds::Text, Keys::text),
            status: head
                .needed("status", Holds::Text, |keys, key| Some(keys.word(key, Status::WORDS, Status::read)))
                .unwrap_or(Status::Experimental),
            version: head.needed("version", Holds::Number, Keys::count),
            effective_from: head.text("effective_from"),
            effective_to: head.text("effective_to"),
            review_by: head.needed("review_by", Holds::Text, Keys::text),
            genera: head.texts("genera").unwrap_or_default(),
            why: head.needed("why", Holds::Text, Keys::text),
            sources: head.needed("sources", Holds::Texts, Keys::texts),
            innocent_explanations: head.needed("innocent_explanations", Holds::Texts, Keys::texts),
            mandatory: head.yes_or_no("mandatory").unwrap_or_default(),
            rises_with: head.texts("rises_with").unwrap_or_default(),
            // One more than may be, so that too many are told.
            indicators: blocks
                .into_iter()
                .take(MAX_INDICATORS + 1)
                .map(|(at, block)| IndicatorFile::of(block, at, wrong))
                .collect(),
        };
        wrong.extend(head.faults());
        file
    }
}

impl IndicatorFile {
    fn of(block: &DeTable<'_>, at: usize, wrong: &mut Vec<Wrong>) -> Self {
        let named = block.get("name").and_then(|name| name.get_ref().as_str());
        let of =
            named.map_or_else(|| "an indicator without a name".to_owned(), |name| format!("the indicator `{name}`"));
        let mut keys = Keys::of(block, of, at);
        let steps = keys.tables("next_steps");
        let indicator = Self {
            name: keys.needed("name", Holds::Text, Keys::text),
            each: keys.needed("each", Holds::Text, Keys::text),
            points: keys.needed("points", Holds::Number, Keys::number),
            group: keys.text("group"),
            floor: keys.word("floor", Lane::WORDS, Lane::read),
            reason: keys.needed("reason", Holds::Text, Keys::text),
            sources: keys.texts("sources").unwrap_or_default(),
            settled_by: keys.text("settled_by").unwrap_or_default(),
            next_steps: steps.into_iter().take(MAX_TEXTS + 1).map(|(at, step)| StepFile::of(step, at, wrong)).collect(),
            handling: keys.text("handling"),
        };
        wrong.extend(keys.faults());
        indicator
    }

    /// All its texts, for limits.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let head = [self.name.as_str(), self.reason.as_str(), self.settled_by.as_str()];
        let more = [self.group.as_deref(), self.handling.as_deref()];
        let steps = self.next_steps.iter().flat_map(|step| [step.step.as_str(), step.to.as_str(), step.why.as_str()]);
        head.into_iter().chain(more.into_iter().flatten()).chain(self.sources.iter().map(String::as_str)).chain(steps)
    }
}

impl StepFile {
    fn of(table: &DeTable<'_>, at: usize, wrong: &mut Vec<Wrong>) -> Self {
        let mut keys = Keys::of(table, "a next step".to_owned(), at);
        let step = Self {
            step: keys.needed("step", Holds::Text, Keys::text),
            to: keys.text("to").unwrap_or_default(),
            why: keys.text("why").unwrap_or_default(),
        };
        wrong.extend(keys.faults());
        step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "id = \"p\"\nuuid = \"u\"\ntitle = \"t\"\nowner = \"o\"\nstatus = \"test\"\nversion = 1\nreview_by = \"2090-01-01\"\nwhy = \"w\"\nsources = []\ninnocent_explanations = []\n";
    const BLOCK: &str = "[[indicators]]\nname = \"a\"\neach = \"item\"\npoints = 5\nreason = \"r\"\n";

    /// `expected`: parts of what is said, in order.
    fn check(text: &str, expected: &[&str]) {
        let said: Vec<String> = match ProfileFile::read(text) {
            Ok(_) => Vec::new(),
            Err(all) => all.into_iter().map(|one| format!("{} / {}", one.what, one.fix)).collect(),
        };
        assert_eq!(said.len(), expected.len(), "{said:?}");
        assert!(said.iter().zip(expected).all(|(said, part)| said.contains(part)), "{said:?} {expected:?}");
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let whole = format!("{HEAD}{BLOCK}");
        check(&whole, &[]);
        let with = |from: &str, to: &str| whole.replacen(from, to, 1);
        check(&with("title = \"t\"\nowner = \"o\"\n", ""), &["`title` and `owner` are missing"]);
        check(&with("title", "tittle"), &["did you mean `title`?"]);
        check(&with("points = 5", "points = \"5 points\""), &["points = 5"]);
        check(&with("points = 5", "points = 5.5"), &["points = 5"]);
        check(&with("points = 5", "pionts = 5\nfloor = \"Yellow\""), &["`points`", "floor = \"yellow\""]);
        check(&with("status = \"test\"", "status = \"active\""), &["\"stable\""]);
        check(&with("sources = []", "sources = \"S\""), &["sources = [\"S\"]"]);
        check(&with("version = 1", "version = \"1\"\nmandatory = \"yes\""), &["version = 1", "mandatory = true"]);
        check(&with("version = 1", "version = -1"), &["does not fit"]);
        check(&with("\"2090-01-01\"", "2090-01-01"), &["review_by = \"2090-01-01\""]);
        check(HEAD, &["[[indicators]]"]);
        check(&with("[[indicators]]", "[indicators]"), &["two brackets"]);
        check(&with("reason", "next_steps = [{ why = \"w\" }]\nreason"), &["`step` is missing in a next step"]);
        let many: String = (0..50).map(|n| format!("x{n} = 1\n")).collect();
        assert_eq!(ProfileFile::read(&format!("{many}{whole}")).err().map(|all| all.len()), Some(MAX_WRONG));
    }
}
