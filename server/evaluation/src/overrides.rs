//! Whose overrides are out of the ordinary: how many, for whom, at which hours.
//!
//! In: decisions, each with who decided, for which trader, at which hour, and whether it made a lane less strict. Out: officers
//! with a chance below a stated level that theirs are as those of all others. Three questions of each officer, by exact tails of the
//! binomial and the hypergeometric distribution; chances are multiplied by the number of questions asked of all officers
//! (Bonferroni), so that the level is that of one false alarm among all of them together. It says that something is out of the
//! ordinary, and never why.

use std::collections::BTreeMap;

use serde::Serialize;
use statrs::distribution::{Binomial, DiscreteCDF, Hypergeometric};

/// The chance of one false alarm among all officers that is taken.
pub const ALARM: f64 = 0.05;
/// Hours of a day that are looked at together.
pub const HOURS: u32 = 4;

/// One decision about a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub officer: String,
    /// Whose goods; `None` = not known any more.
    pub trader: Option<String>,
    /// Hour of the day, 0 to 23.
    pub hour: u32,
    /// It made a lane less strict, or was to.
    pub is_override: bool,
}

/// What is out of the ordinary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case", tag = "what", content = "of")]
pub enum Pattern {
    /// More overrides than the others have.
    Rate,
    /// His overrides are for one trader, more than his decisions are.
    Trader(String),
    /// His overrides are at hours, from this one on, at which he decides little.
    Hours(u32),
}

/// A pattern of one officer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    pub officer: String,
    pub pattern: Pattern,
    /// Decisions that it is about, and overrides among them.
    pub decisions: u64,
    pub overrides: u64,
    /// Overrides that were to be expected.
    pub expected: f64,
    /// Chance of as many or more, times the questions asked.
    pub chance: f64,
}

#[derive(Default)]
struct Tally {
    decisions: u64,
    overrides: u64,
    traders: BTreeMap<String, (u64, u64)>,
    hours: BTreeMap<u32, (u64, u64)>,
}

/// Patterns with a chance below [`ALARM`], the least first.
pub fn patterns(decisions: &[Decided]) -> Vec<Finding> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for Decided { officer, trader, hour, is_override } in decisions {
        let tally = tallies.entry(officer).or_default();
        tally.decisions += 1;
        tally.overrides += u64::from(*is_override);
        let of_trader = trader.as_ref().map(|trader| tally.traders.entry(trader.clone()).or_default());
        for counts in of_trader.into_iter().chain([tally.hours.entry(hour / HOURS * HOURS).or_default()]) {
            counts.0 += 1;
            counts.1 += u64::from(*is_override);
        }
    }
    let (all, overridden) =
        tallies.values().fold((0, 0), |(all, overridden), tally| (all + tally.decisions, overridden + tally.overrides));
    let mut found = Vec::new();
    let mut n_questions = 0_u64;
    for (officer, tally) in &tallies {
        let others = (all - tally.decisions, overridden - tally.overrides);
        let mut ask = |pattern, (decisions, overrides): (u64, u64), expected: f64, chance: f64| {
            n_questions += 1;
            let officer = (*officer).to_owned();
            found.push(Finding { officer, pattern, decisions, overrides, expected, chance });
        };
        if others.0 > 0 {
            // The others' share, with one more of each, so that no share is none.
            let share = (others.1 + 1) as f64 / (others.0 + 2) as f64;
            let chance = binomial(tally.overrides, tally.decisions, share);
            ask(Pattern::Rate, (tally.decisions, tally.overrides), share * tally.decisions as f64, chance);
        }
        for (trader, counts) in &tally.traders {
            let (expected, chance) = drawn(*counts, tally);
            ask(Pattern::Trader(trader.clone()), *counts, expected, chance);
        }
        for (from, counts) in &tally.hours {
            let (expected, chance) = drawn(*counts, tally);
            ask(Pattern::Hours(*from), *counts, expected, chance);
        }
    }
    for finding in &mut found {
        finding.chance = (finding.chance * n_questions as f64).min(1.0);
    }
    found.retain(|finding| finding.chance < ALARM);
    found.sort_by(|a, b| {
        a.chance.total_cmp(&b.chance).then_with(|| (&a.officer, &a.pattern).cmp(&(&b.officer, &b.pattern)))
    });
    found
}

/// Chance of `k` or more of `n`.
fn binomial(k: u64, n: u64, share: f64) -> f64 {
    match k.checked_sub(1) {
        None => 1.0,
        Some(below) => Binomial::new(share, n).map_or(1.0, |all| all.sf(below)),
    }
}

/// Overrides expected among some of an officer's decisions, and the chance of as many or more, when his overrides are drawn from
/// all of his decisions.
fn drawn((decisions, overrides): (u64, u64), of: &Tally) -> (f64, f64) {
    let expected = of.overrides as f64 * decisions as f64 / of.decisions as f64;
    let chance = match overrides.checked_sub(1) {
        None => 1.0,
        Some(below) => Hypergeometric::new(of.decisions, of.overrides, decisions).map_or(1.0, |all| all.sf(below)),
    };
    (expected, chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same in every run (xorshift).
    struct Draws(u64);

    impl Draws {
        fn below(&mut self, n: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % n
        }
    }

    /// Twenty officers with two thousand decisions each. `planted`: one of them lowers for one trader at night.
    fn office(seed: u64, planted: bool) -> Vec<Decided> {
        let mut draws = Draws(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut all = Vec::new();
        for officer in 0..20 {
            for _ in 0..2_000 {
                let trader = draws.below(40);
                let hour = if draws.below(10) == 0 { draws.below(24) } else { 7 + draws.below(11) };
                // Some officers lower a little more than others, as people do, within what chance allows.
                let mut is_override = draws.below(100) < 5;
                if planted && officer == 7 && trader == 3 && !(6..20).contains(&hour) {
                    is_override = draws.below(10) < 9;
                }
                let hour = u32::try_from(hour).unwrap_or(0);
                all.push(Decided {
                    officer: format!("r{officer:02}"),
                    trader: Some(format!("t{trader}")),
                    hour,
                    is_override,
                });
            }
            if planted && officer == 7 {
                // What he takes on himself beside his turns.
                for _ in 0..25 {
                    all.push(Decided {
                        officer: "r07".to_owned(),
                        trader: Some("t3".to_owned()),
                        hour: 2,
                        is_override: true,
                    });
                }
            }
        }
        all
    }

    /// C05: the planted officer is found, by the trader and by the hour, and of the nineteen others at most one is named.
    #[test]
    fn c05_the_planted_officer_is_found() {
        for seed in 1..=20 {
            let found = patterns(&office(seed, true));
            let of = |officer: &str| {
                found.iter().filter(|one| one.officer == officer).map(|one| &one.pattern).collect::<Vec<_>>()
            };
            assert!(of("r07").contains(&&Pattern::Trader("t3".to_owned())), "{seed}: {found:?}");
            assert!(of("r07").contains(&&Pattern::Hours(0)), "{seed}: {found:?}");
            let mut others: Vec<&str> =
                found.iter().map(|one| one.officer.as_str()).filter(|one| *one != "r07").collect();
            others.dedup();
            assert!(others.len() <= 1, "{seed}: {found:?}");
        }
    }

    /// The stated level is the share of offices in which anybody is named though nothing is planted.
    #[test]
    fn c05_false_alarms_are_within_the_level() {
        let n = 100;
        let alarms = (1..=n).filter(|seed| !patterns(&office(*seed + 1_000, false)).is_empty()).count();
        assert!(alarms <= 10, "{alarms} of {n} offices");
    }

    #[test]
    fn little_says_nothing() {
        assert_eq!(patterns(&[]), []);
        let one = Decided { officer: "r".to_owned(), trader: None, hour: 3, is_override: true };
        assert_eq!(patterns(std::slice::from_ref(&one)), []);
        assert_eq!(patterns(&vec![one; 50]), [], "who is alone is held against nobody");
    }

    #[test]
    fn more_overrides_than_the_others_have() {
        let of = |officer: &str, n: usize, k: usize| {
            (0..n)
                .map(|i| Decided {
                    officer: officer.to_owned(),
                    trader: Some(format!("t{}", i % 7)),
                    hour: 9,
                    is_override: i % (n / k) == 0,
                })
                .collect::<Vec<_>>()
        };
        let found = patterns(&[of("a", 400, 20), of("b", 400, 20), of("c", 400, 100)].concat());
        assert_eq!(
            found.iter().map(|one| (one.officer.as_str(), &one.pattern)).collect::<Vec<_>>(),
            [("c", &Pattern::Rate)]
        );
        assert_eq!((found[0].decisions, found[0].overrides), (400, 100));
    }
}
