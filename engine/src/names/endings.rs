//! What may be written together with a name: endings and compounds of its language, articles before it.
//!
//! In: the rows of `datasets/contexts` of side `compound`. Out: whether a name may begin or end inside a word there.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::{Script, script_of};

/// What a name of a language may end in.
#[derive(Debug)]
struct Ending {
    text: String,
    script: Option<Script>,
    /// Any continuation may follow.
    open: bool,
}

/// Endings of one language.
type Endings = Vec<Ending>;

/// Endings and articles of all languages.
#[derive(Debug, Default)]
pub(super) struct Affixes {
    endings: BTreeMap<String, Endings>,
    prefixes: BTreeSet<String>,
    /// Endings that say that there is none of it (`-frei`), by language.
    denials: BTreeMap<String, Vec<String>>,
}

impl Affixes {
    /// Adds a folded article or ending; `open`: any continuation may follow it.
    pub fn add(&mut self, folded: String, language: &str, article: bool, open: bool) {
        if article {
            self.prefixes.insert(folded);
        } else {
            let script = folded.chars().next().map(script_of);
            self.endings.entry(language.to_owned()).or_default().push(Ending { text: folded, script, open });
        }
    }

    /// Adds a folded ending that denies the name it stands behind.
    pub fn deny(&mut self, folded: String, language: &str) {
        self.denials.entry(language.to_owned()).or_default().push(folded);
    }

    /// True when `after` says that there is none of what stands before it.
    fn denies(&self, after: &str, language: &str) -> bool {
        self.denials.get(language).is_some_and(|list| list.iter().any(|ending| after.contains(ending.as_str())))
    }

    /// True when `before` is an article or particle written together with the next word (Arabic, Hebrew).
    pub fn is_prefix(&self, before: &str) -> bool {
        self.prefixes.contains(before)
    }

    /// True when a name of `language` may end in `after`.
    pub fn is_ending(&self, after: &str, language: &str, script: Script) -> bool {
        let fits = |ending: &Ending| {
            let Some(rest) = after.strip_prefix(ending.text.as_str()) else { return false };
            (rest.is_empty() || ending.open) && ending.script == Some(script)
        };
        let languages = [language, "any"];
        languages.iter().any(|language| self.endings.get(*language).is_some_and(|list| list.iter().any(fits)))
            && !languages.iter().any(|language| self.denies(after, language))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_those_of_the_language() {
        let mut affixes = Affixes::default();
        affixes.add("holz".into(), "German", false, true);
        affixes.add("s".into(), "any", false, false);
        affixes.add("ال".into(), "Arabic", true, false);
        affixes.deny("frei".into(), "German");
        for (after, language, holds) in [
            ("holzfreies", "German", false),
            ("holz", "German", true),
            ("holzes", "German", true),
            ("holz", "English", false),
            ("s", "English", true),
            ("sx", "English", false),
            ("", "German", false),
        ] {
            assert_eq!(affixes.is_ending(after, language, Script::Latin), holds, "{after} {language}");
        }
        assert!(!affixes.is_ending("holz", "German", Script::Cyrillic));
        assert!(affixes.is_prefix("ال") && !affixes.is_prefix("ل"));
    }
}
