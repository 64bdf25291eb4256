//! Words of botanical Latin that stand around a species name.
//!
//! In: a folded word. Out: whether it has a role there. Source: datasets/latin-words, read from the built-in data, once.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

const TABLE: &str = include_str!("../../../datasets/latin-words/latin-words.csv");

/// What a word does beside a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Latin {
    /// May stand between genus and epithet: `x`.
    Qualifier,
    /// Says that the species is only near or supposed: `cf.`, `aff.`
    Doubt,
    /// Says that no species is named: `spp.`
    NoSpecies,
    /// A rank below the species, as papers write it: `var.`
    Rank,
    /// An ending in which two spellings of one epithet may differ: `lacteus`, `lactea`.
    Ending,
}

impl Latin {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Qualifier, "qualifier"),
        (Self::Doubt, "doubt"),
        (Self::NoSpecies, "no_species"),
        (Self::Rank, "rank"),
        (Self::Ending, "ending"),
    ];

    /// Does the folded word have this role?
    pub fn has(self, word: &str) -> bool {
        WORDS.get(self as usize).is_some_and(|words| words.contains(word))
    }

    /// May the folded word part a genus from its epithet?
    pub fn may_part(word: &str) -> bool {
        Self::Qualifier.has(word) || Self::Doubt.has(word)
    }

    /// All words of this role.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        WORDS.get(self as usize).into_iter().flatten().copied()
    }
}

// Hashed without a seed: only words of the table are put in.
static WORDS: LazyLock<Vec<FxHashSet<&'static str>>> = LazyLock::new(|| {
    let rows = TABLE.lines().skip(1).filter_map(|line| line.split_once(','));
    let rows: Vec<(&str, &str)> = rows.map(|(role, rest)| (role, rest.split(',').next().unwrap_or_default())).collect();
    let of = |name: &str| rows.iter().filter(|(role, _)| *role == name).map(|(_, word)| *word).collect();
    Latin::ALL.iter().map(|(_, name)| of(name)).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_from_the_table() {
        let check = |role: Latin, word: &str, has: bool| assert_eq!(role.has(word), has, "{role:?} {word}");
        check(Latin::Doubt, "cf", true);
        check(Latin::Qualifier, "cf", false);
        check(Latin::Qualifier, "var", false);
        check(Latin::NoSpecies, "spp", true);
        check(Latin::Rank, "ssp", true);
        check(Latin::Ending, "iana", true);
        check(Latin::Ending, "", false);
        for (n, (role, name)) in Latin::ALL.iter().enumerate() {
            assert_eq!(*role as usize, n);
            assert!(role.words().count() > 1, "{name}");
        }
        let known = |line: &str| Latin::ALL.iter().any(|(_, name)| line.starts_with(&format!("{name},")));
        assert!(TABLE.lines().skip(1).all(known));
    }
}
