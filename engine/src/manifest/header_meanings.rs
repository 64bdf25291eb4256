//! What the notions of a header mean together.
//!
//! In: a header. Out: the canonical column that it names, how exactly, and the unit that it states. A rule holds where all
//! notions that it needs are there and no other than it allows: `Net weight of container tare` is no net mass. The rule that
//! needs most wins. Source: datasets/header-meanings, read from the built-in data, once.
//! Not here: the words (`header_words.rs`); what stands under the header (`table/columns.rs`).

use std::sync::LazyLock;

use super::header_words::{MAX_WORDS, Notions, Word, notions, words};
use super::parse::units::unit;

const TABLE: &str = include_str!("../../../datasets/header-meanings/header-meanings.csv");

/// How sure a header is of what it says, the surest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// One word of it is not known, or an ordinary word that only what stands under it can settle.
    Vague,
    /// One notion.
    Plain,
    /// Several notions that agree.
    Exact,
}

/// What must stand under a header whose words leave it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Under {
    /// Whole numbers that count rows.
    Counts,
    /// HS codes.
    Codes,
    /// Size-type codes of containers.
    Sizes,
    /// Amounts.
    Numbers,
}

/// What a header means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meaning {
    /// Canonical column.
    pub column: &'static str,
    pub strength: Strength,
    /// Unit that the header states, as written there.
    pub unit: Option<String>,
    /// What must stand under it.
    pub under: Option<Under>,
}

#[derive(Debug)]
struct Rule {
    column: &'static str,
    needs: Notions,
    allows: Notions,
    under: Option<Under>,
}

/// The rules in the order of the table. A test reads all of it, so a row cannot fail here.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(TABLE.as_bytes());
    let rules = reader.records().flatten().filter_map(|row| {
        let (needs, may) = (notions(row.get(1)?)?, notions(row.get(2)?)?);
        let column: &'static str = Box::leak(row.get(0)?.to_owned().into_boxed_str());
        let under = match row.get(3)? {
            "counts" => Some(Under::Counts),
            "codes" => Some(Under::Codes),
            "sizes" => Some(Under::Sizes),
            "numbers" => Some(Under::Numbers),
            _ => None,
        };
        Some(Rule { column, needs, allows: needs | may, under })
    });
    rules.collect()
});

/// Bytes of a header at most: a longer text is no name of a column.
const MAX_BYTES: usize = 240;

/// Sets of notions that a header may stand for, at most.
const MAX_READINGS: usize = 256;

/// What a header means.
pub(super) fn meaning(header: &str) -> Option<Meaning> {
    // Most cells that are asked are values, and most of these are numbers.
    let is_number = header.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b' '));
    if header.len() > MAX_BYTES || is_number {
        return None;
    }
    let (outside, inside) = brackets(header);
    let (outside, inside) = (words(&outside), words(&inside));
    if outside.len() + inside.len() > MAX_WORDS || outside.iter().chain(&inside).any(Word::stops) {
        return None;
    }
    // `'000 kg`, `KG/LBS`: a scale, or a choice of units, makes the numbers anything.
    let is_scale =
        |word: &Word| word.is_unknown() && word.text.len() > 1 && word.text.bytes().all(|byte| byte.is_ascii_digit());
    if outside.iter().chain(&inside).any(is_scale) || differ(outside.iter().chain(&inside)) {
        return None;
    }
    let n_unknown = |words: &[Word]| words.iter().filter(|word| word.is_unknown()).count();
    let known = |words: &[Word]| words.iter().filter(|word| !word.is_unknown()).cloned().collect::<Vec<_>>();
    let all: Vec<Word> = outside.iter().chain(&inside).cloned().collect();
    if n_unknown(&all) == 0
        && let Some(found) = by_rules(&all, &all)
    {
        return Some(found);
    }
    if n_unknown(&outside) == 0
        && let Some(found) = by_rules(&outside, &all)
    {
        return Some(found);
    }
    // One strange word does not hide what several others say together.
    let rest = known(&outside);
    let found = by_rules(&rest, &all).filter(|found| found.strength == Strength::Exact && n_unknown(&outside) == 1);
    found.map(|found| Meaning { strength: Strength::Vague, ..found })
}

/// Do the words name units that are not one?
fn differ<'w>(words: impl Iterator<Item = &'w Word>) -> bool {
    let mut known = None;
    let units = words.filter(|word| word.is_unit()).filter_map(|word| unit(&word.text));
    units.map(|(unit, _)| unit).any(|unit| *known.get_or_insert(unit) != unit)
}

/// What stands outside and inside of brackets.
fn brackets(header: &str) -> (String, String) {
    let (mut outside, mut inside, mut depth) = (String::new(), String::new(), 0_usize);
    for c in header.chars() {
        match c {
            '(' | '[' | '{' | '（' | '【' | '［' | '〔' | '<' => {
                depth += 1;
                outside.push(' ');
                inside.push(' ');
            }
            ')' | ']' | '}' | '）' | '】' | '］' | '〕' | '>' => depth = depth.saturating_sub(1),
            _ if depth > 0 => inside.push(c),
            _ => outside.push(c),
        }
    }
    (outside, inside)
}

/// The rule that needs most of what the words may stand for.
fn by_rules(read: &[Word], all: &[Word]) -> Option<Meaning> {
    let mut readings: Vec<Notions> = vec![0];
    for word in read {
        let mut next: Vec<Notions> = Vec::new();
        for set in &readings {
            for one in &word.alternatives {
                if !next.contains(&(set | one)) && next.len() < MAX_READINGS {
                    next.push(set | one);
                }
            }
        }
        readings = next;
    }
    let fits = |rule: &&Rule| readings.iter().any(|set| set & rule.needs == rule.needs && set & !rule.allows == 0);
    let mut best: Option<&Rule> = None;
    for rule in RULES.iter().filter(fits) {
        if best.is_none_or(|best| rule.needs.count_ones() > best.needs.count_ones()) {
            best = Some(rule);
        }
    }
    let rule = best?;
    let strength = match (rule.under, rule.needs.count_ones()) {
        (Some(_), _) => Strength::Vague,
        (None, 1) => Strength::Plain,
        _ => Strength::Exact,
    };
    let unit =
        all.iter().filter(|word| word.is_unit()).map(|word| &word.text).find(|text| unit(text).is_some()).cloned();
    Some(Meaning { column: rule.column, strength, unit, under: rule.under })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::parse::COLUMNS;

    #[test]
    fn every_rule_is_read_and_names_a_column() {
        let rows = csv::Reader::from_reader(TABLE.as_bytes()).records().count();
        assert_eq!(RULES.len(), rows, "a rule names a notion that no word has");
        for rule in RULES.iter() {
            assert!(COLUMNS.contains(&rule.column), "{}", rule.column);
        }
    }

    #[test]
    fn notions_together() {
        use Strength::*;
        for (header, expected) in [
            ("Gross weight (MT)", Some(("gross_mass_kg", Exact, Some("mt")))),
            ("毛重(KGS)", Some(("gross_mass_kg", Exact, Some("kgs")))),
            ("Volume CFT", Some(("volume_m3", Exact, Some("cft")))),
            ("Goods", Some(("description", Plain, None))),
            ("Declared gross weight zzz", Some(("gross_mass_kg", Vague, None))),
            ("Net weight of container tare", None),
            ("Port charges", None),
            ("Gross weight ('000 kg)", None),
            ("Gross weight (KG/LBS)", None),
            ("Volume CBM (m3)", Some(("volume_m3", Exact, Some("cbm")))),
            ("Mark-up", None),
            ("Description of vessel", None),
            ("", None),
        ] {
            let found = meaning(header);
            let found = found.as_ref().map(|found| (found.column, found.strength, found.unit.as_deref()));
            assert_eq!(found, expected, "{header}");
        }
    }
}
