//! The ways in which a test can be met: for each what must stand where, so that nothing contradicts.
//!
//! In: a native test, and whether it is to hold. Out: [`Way`]s; none where it never can. What is not understood of a test is taken
//! as possible, so that "never" is only said where it is so. Not here: what is concluded of it (`implied.rs`, `witness`).
//! Cost: what the caller lets it take, at most [`MAX_STEPS`] for one test.

use super::clause::{Clause, Of, Said, bounds, number_within, numbers_exclude, vocabulary};
use super::effort::{Effort, weight};
use crate::profile::field::Kind;
use crate::profile::native::Op;
use crate::profile::value::{Compare, Value};
use crate::profile::view::View;

/// Steps in which the ways of a test are looked for, and what they hold in memory with it.
const MAX_STEPS: usize = 200_000;

/// Values of one thing that are looked at one by one.
const MAX_VALUES: usize = 16;
/// Things of which that is done.
const MAX_SPLITS: usize = 2;

/// One way: what is said of each thing that is looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Way<'o> {
    asked: Vec<(Of<'o>, Range<'o>)>,
    /// Fields that must be known.
    known: Vec<(View, usize)>,
    /// Fields that must not be.
    gaps: Vec<(View, usize)>,
}

/// Everything that is said of one thing.
#[derive(Debug, Clone, Default)]
pub(super) struct Range<'o> {
    pub(super) yes: Option<bool>,
    /// Yes and no are both said of it.
    is_torn: bool,
    pub(super) numbers: Vec<(Compare, f64)>,
    /// One of these; `None` = any text.
    pub(super) one_of: Option<Vec<&'o str>>,
    none_of: Vec<&'o str>,
    pub(super) begins: Vec<&'o str>,
    begins_not: Vec<&'o str>,
    /// One of each of these.
    pub(super) holds: Vec<Vec<&'o str>>,
    pub(super) lacks: Vec<&'o str>,
}

/// The ways in which `op` is answered with `yes`; `None` = they are more than can be followed.
pub(super) fn ways<'o>(op: &'o Op, yes: bool, effort: &Effort<'_>) -> Option<Vec<Way<'o>>> {
    follow(op, yes, vec![Way::default()], &effort.part(MAX_STEPS))
}

/// Is the test met by nothing, whatever is declared? False says nothing.
pub(super) fn never(op: &Op, effort: &Effort<'_>) -> bool {
    ways(op, true, effort).is_some_and(|ways| ways.is_empty())
}

/// Is the test met by everything that it can be asked of? False says nothing.
pub(super) fn always(op: &Op, effort: &Effort<'_>) -> bool {
    ways(op, false, effort).is_some_and(|ways| ways.is_empty()) && !never(op, effort)
}

/// The clauses of a whole without which it could be met: as few as contradict each other.
pub(super) fn core<'o>(parts: &'o [Op], effort: &Effort<'_>) -> Vec<&'o Op> {
    let mut core: Vec<&Op> = parts.iter().collect();
    let mut n = 0;
    while n < core.len() {
        let mut fewer = core.clone();
        fewer.remove(n);
        let whole = Op::And(fewer.iter().map(|part| (*part).clone()).collect());
        if never(&whole, effort) { core = fewer } else { n += 1 }
    }
    core
}

/// Every way with what `op` adds to it.
fn follow<'o>(op: &'o Op, yes: bool, from: Vec<Way<'o>>, effort: &Effort<'_>) -> Option<Vec<Way<'o>>> {
    if from.is_empty() {
        return Some(from);
    }
    if !effort.spend(from.len()) {
        return None;
    }
    match op {
        Op::Constant(Value::Bool(own)) => Some(if *own == yes { from } else { Vec::new() }),
        // Whoever asks for verification is answered by an open point.
        Op::Constant(Value::Unknown(_)) => Some(from),
        Op::Not(part) => follow(part, !yes, from, effort),
        Op::And(parts) if yes => all(parts, yes, from, effort),
        Op::Or(parts) if !yes => all(parts, yes, from, effort),
        Op::And(parts) | Op::Or(parts) => {
            let size = from.iter().map(Way::size).sum();
            let mut found = Vec::new();
            for part in parts {
                if !effort.spend(size) {
                    return None;
                }
                found.extend(follow(part, yes, from.clone(), effort)?);
            }
            Some(found)
        }
        Op::Known(part) => Some(match **part {
            Op::Field(view, field) => from.into_iter().filter_map(|way| way.with_known((view, field), yes)).collect(),
            _ => from,
        }),
        // A thing beside itself.
        Op::Compare(how, a, b) if a == b => {
            let is_so = matches!(how, Compare::Equal | Compare::LessOrEqual | Compare::GreaterOrEqual);
            Some(if is_so == yes { from } else { Vec::new() })
        }
        leaf => {
            let clause = Clause::of(leaf, yes);
            let each = from.into_iter().filter_map(|way| match effort.is_spent() {
                true => Some(None),
                false => way.with(&clause, effort).map(Some),
            });
            each.collect()
        }
    }
}

/// All of the parts, single clauses first: they end what leads nowhere early.
fn all<'o>(parts: &'o [Op], yes: bool, from: Vec<Way<'o>>, effort: &Effort<'_>) -> Option<Vec<Way<'o>>> {
    let is_whole = |part: &&Op| matches!(part, Op::And(_) | Op::Or(_) | Op::Not(_));
    let (whole, single): (Vec<&Op>, Vec<&Op>) = parts.iter().partition(is_whole);
    single.into_iter().chain(whole).try_fold(from, |ways, part| follow(part, yes, ways, effort))
}

impl<'o> Way<'o> {
    /// With one more clause; `None` = that contradicts.
    fn with(mut self, clause: &Clause<'o>, effort: &Effort<'_>) -> Option<Self> {
        for field in clause.of.fields() {
            self = self.with_known(field, true)?;
        }
        effort.spend(self.asked.len() * clause.of.weight());
        let place = self.asked.iter().position(|(of, _)| *of == clause.of).unwrap_or_else(|| {
            self.asked.push((clause.of, Range::of(clause.of)));
            self.asked.len() - 1
        });
        let (of, range) = self.asked.get_mut(place)?;
        range.add(clause.said.clone());
        effort.spend(range.weight());
        let is_possible = !range.is_empty(*of);
        (is_possible && !self.counts_nothing_of_something()).then_some(self)
    }

    fn with_known(mut self, field: (View, usize), known: bool) -> Option<Self> {
        let (view, n) = field;
        let is_always_known = view.fields().get(n).is_some_and(|field| !field.may_be_unknown());
        let (own, other) = if known { (&mut self.known, &self.gaps) } else { (&mut self.gaps, &self.known) };
        if other.contains(&field) || !known && is_always_known && !may_lack(view) {
            return None;
        }
        if !own.contains(&field) {
            own.push(field);
        }
        Some(self)
    }

    /// A set that holds something and has no members.
    fn counts_nothing_of_something(&self) -> bool {
        self.asked.iter().any(|(of, range)| {
            let Of::Part(Op::Count(set)) = of else { return false };
            let is_none = range.numbers.iter().any(|number| numbers_exclude(*number, (Compare::GreaterOrEqual, 1.0)));
            let has = |(other, held): &(Of<'_>, Range<'_>)| *other == Of::Part(set) && !held.holds.is_empty();
            is_none && self.asked.iter().any(has)
        })
    }

    /// How much it holds.
    fn size(&self) -> usize {
        1 + self.known.len() + self.gaps.len() + self.asked.iter().map(|(_, range)| range.size()).sum::<usize>()
    }

    /// What is said of each thing.
    pub(super) fn asked(&self) -> impl Iterator<Item = (Of<'o>, &Range<'o>)> {
        self.asked.iter().map(|(of, range)| (*of, range))
    }

    /// Is a test met wherever this way is taken? Also told where each value that is left meets it by another part.
    pub(super) fn meets(&self, op: &Op, effort: &Effort<'_>) -> bool {
        self.meets_within(op, MAX_SPLITS, effort)
    }

    fn meets_within(&self, op: &Op, splits: usize, effort: &Effort<'_>) -> bool {
        match self.answers(op, effort) {
            Some(yes) => yes,
            None if splits == 0 || effort.is_spent() => false,
            None => {
                let ways = self.apart(effort);
                ways.is_some_and(|ways| ways.iter().all(|way| way.meets_within(op, splits - 1, effort)))
            }
        }
    }

    /// The same way once for each value of the first thing of which several are left.
    fn apart(&self, effort: &Effort<'_>) -> Option<Vec<Self>> {
        let few = |texts: &Vec<&'o str>| (2..=MAX_VALUES).contains(&texts.len());
        let choices = |of: Of<'o>, range: &Range<'o>| -> Option<Vec<Said<'o>>> {
            let texts =
                range.texts().filter(few).map(|texts| texts.into_iter().map(|text| Said::OneOf(vec![text])).collect());
            let members = range.members(of);
            let is_chosen = |texts: &Vec<&'o str>| {
                members.iter().any(|own| matches!(own.as_slice(), [only] if texts.contains(only)))
            };
            let held = || members.iter().find(|texts| few(texts) && !is_chosen(texts)).cloned();
            texts.or_else(|| held().map(|texts| texts.into_iter().map(|text| Said::Holds(vec![text])).collect()))
        };
        let (of, said) = self.asked.iter().find_map(|(of, range)| Some((*of, choices(*of, range)?)))?;
        effort.spend(self.size() * said.len());
        Some(said.into_iter().filter_map(|said| self.clone().with(&Clause { of, said }, effort)).collect())
    }

    /// How a test is answered wherever this way is taken; `None` = that is not certain.
    fn answers(&self, op: &Op, effort: &Effort<'_>) -> Option<bool> {
        if !effort.spend(1) {
            return None;
        }
        match op {
            Op::Constant(Value::Bool(yes)) => Some(*yes),
            Op::Constant(_) => None,
            Op::Not(part) => self.answers(part, effort).map(|yes| !yes),
            Op::And(parts) => self.of_all(parts, true, effort),
            Op::Or(parts) => self.of_all(parts, false, effort),
            Op::Known(part) => match **part {
                Op::Field(view, field) if self.gaps.contains(&(view, field)) => Some(false),
                Op::Field(view, field) if self.knows((view, field)) => Some(true),
                _ => None,
            },
            leaf => [true, false].into_iter().find(|yes| {
                effort.spend(weight(leaf));
                self.holds(&Clause::of(leaf, *yes), effort)
            }),
        }
    }

    /// `usual`: how all answer where the whole does.
    fn of_all(&self, parts: &[Op], usual: bool, effort: &Effort<'_>) -> Option<bool> {
        let answers: Vec<Option<bool>> = parts.iter().map(|part| self.answers(part, effort)).collect();
        if answers.contains(&Some(!usual)) {
            return Some(!usual);
        }
        answers.iter().all(|answer| *answer == Some(usual)).then_some(usual)
    }

    fn knows(&self, field: (View, usize)) -> bool {
        let (view, n) = field;
        let is_always_known = view.fields().get(n).is_some_and(|field| !field.may_be_unknown());
        self.known.contains(&field) || is_always_known && !may_lack(view)
    }

    fn holds(&self, clause: &Clause<'_>, effort: &Effort<'_>) -> bool {
        effort.spend(self.known.len() + self.asked.len() * clause.of.weight());
        if !clause.of.fields().into_iter().all(|field| self.knows(field)) {
            return false;
        }
        match self.asked.iter().find(|(of, _)| *of == clause.of) {
            Some((of, range)) => {
                effort.spend(range.weight() + range.size() * clause.said.size());
                range.within(*of, &clause.said)
            }
            None => Range::of(clause.of).within(clause.of, &clause.said),
        }
    }
}

/// May a view that a test looks at not be there? A document or an alert of the whole has no item.
fn may_lack(view: View) -> bool {
    view == View::Item
}

impl<'o> Range<'o> {
    /// What holds of it whatever is declared.
    fn of(of: Of<'o>) -> Self {
        match of {
            Of::Part(part) if super::clause::kind(part) == Some(Kind::Text) => {
                Self { one_of: vocabulary(part), ..Self::default() }
            }
            Of::Part(part) => Self { numbers: bounds(part), ..Self::default() },
            _ => Self::default(),
        }
    }

    fn add(&mut self, said: Said<'o>) {
        match said {
            Said::Yes(yes) => self.is_torn |= self.yes.replace(yes).is_some_and(|own| own != yes),
            // Only the narrowest are kept.
            Said::Number(how, number) => {
                let new = (how, number);
                if !self.numbers.iter().any(|own| number_within(*own, new)) {
                    self.numbers.retain(|own| !number_within(new, *own));
                    self.numbers.push(new);
                }
            }
            Said::OneOf(texts) => {
                let own = self.one_of.take();
                self.one_of = Some(match own {
                    Some(own) => own.into_iter().filter(|text| texts.contains(text)).collect(),
                    None => texts,
                });
            }
            Said::NoneOf(texts) => self.none_of.extend(texts),
            Said::Begins(text) => self.begins.push(text),
            Said::BeginsNot(text) => self.begins_not.push(text),
            Said::Holds(texts) => self.holds.push(texts),
            Said::Lacks(texts) => self.lacks.extend(texts),
        }
    }

    /// Values that it holds.
    fn size(&self) -> usize {
        let held: usize = self.holds.iter().map(Vec::len).sum();
        let texts = self.one_of.as_ref().map_or(0, Vec::len) + self.none_of.len();
        1 + self.numbers.len() + texts + self.begins.len() + self.begins_not.len() + held + self.lacks.len()
    }

    /// Comparisons that it takes to see whether anything is left.
    fn weight(&self) -> usize {
        let begins = self.begins.len() + self.begins_not.len();
        let texts = self.one_of.as_ref().map_or(0, Vec::len) * (1 + self.none_of.len() + begins);
        let held: usize = self.holds.iter().map(Vec::len).sum();
        1 + self.numbers.len().pow(2) + texts + held * (1 + self.lacks.len()) + self.begins.len() * begins
    }

    /// The texts that are left; `None` = any.
    pub(super) fn texts(&self) -> Option<Vec<&'o str>> {
        let own = self.one_of.as_ref()?;
        Some(own.iter().copied().filter(|text| !self.is_ruled_out(text)).collect())
    }

    fn is_ruled_out(&self, text: &str) -> bool {
        self.none_of.contains(&text)
            || self.begins.iter().any(|with| !text.starts_with(with))
            || self.begins_not.iter().any(|with| text.starts_with(with))
    }

    /// The members of which one must be held, by each clause that asks for one.
    pub(super) fn members(&self, of: Of<'_>) -> Vec<Vec<&'o str>> {
        let lacks = |text: &&str| self.lacks.iter().any(|other| is_held_with(of, text, other));
        self.holds.iter().map(|texts| texts.iter().copied().filter(|text| !lacks(text)).collect()).collect()
    }

    fn is_empty(&self, of: Of<'_>) -> bool {
        let pairs = |n: usize| self.numbers.iter().skip(n + 1);
        self.is_torn
            || self.texts().is_some_and(|texts| texts.is_empty())
            || self.numbers.iter().enumerate().any(|(n, a)| pairs(n).any(|b| numbers_exclude(*a, *b)))
            || self.members(of).iter().any(Vec::is_empty)
            || self.begins.iter().any(|a| self.begins.iter().any(|b| !a.starts_with(b) && !b.starts_with(a)))
            || self.begins.iter().any(|a| self.begins_not.iter().any(|b| a.starts_with(b)))
    }

    /// Does whatever is left meet this?
    fn within(&self, of: Of<'_>, said: &Said<'_>) -> bool {
        let texts = || self.texts().map(Said::OneOf).into_iter();
        match said {
            Said::Yes(yes) => self.yes == Some(*yes),
            Said::Number(..) => self.numbers.iter().any(|(how, number)| Said::Number(*how, *number).within(said)),
            Said::Holds(_) => self.members(of).into_iter().any(|texts| Said::Holds(texts).within(said)),
            Said::Lacks(others) => others.iter().all(|text| self.lacks.iter().any(|own| is_held_with(of, text, own))),
            Said::OneOf(_) => texts().any(|own| own.within(said)),
            Said::NoneOf(_) | Said::Begins(_) | Said::BeginsNot(_) => {
                let begins = self.begins.iter().map(|text| Said::Begins(text));
                let not = self.begins_not.iter().map(|text| Said::BeginsNot(text));
                let none = [Said::NoneOf(self.none_of.clone())].into_iter();
                texts().chain(begins).chain(not).chain(none).any(|own| own.within(said))
            }
        }
    }
}

/// Where the first is held, is the other held with it? In a text whatever stands in the first, in a set itself alone.
fn is_held_with(of: Of<'_>, text: &str, other: &str) -> bool {
    match of {
        Of::Within(_) => text.contains(other),
        _ => text == other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::tests;
    use super::*;

    /// What never and what always holds, and what neither does.
    #[test]
    fn contradictions_are_found_across_clauses_and_nothing_else_is() {
        let effort = Effort::of(usize::MAX);
        let never_met = [
            r#"item.origin == "GA" and item.origin == "CM""#,
            r#"item.origin in ["GA", "CM"] and item.origin != "GA" and item.origin != "CM""#,
            r#"item.gross_mass_kg > 10 and item.gross_mass_kg < 5"#,
            r#"item.gross_mass_kg > 10 and not(item.gross_mass_kg > 10)"#,
            r#"(item.is_wood or item.origin == "GA") and not(item.is_wood) and item.origin == "MG""#,
            r#"item.hs.starts_with("4407") and not(item.hs.starts_with("44"))"#,
            r#"item.hs.starts_with("4407") and item.hs.starts_with("9403")"#,
            r#""Dalbergia" in item.genera and not(item.genera.shares(["Dalbergia", "Diospyros"]))"#,
            r#""Dalbergia" in item.genera and item.genera.count() == 0"#,
            r#"item.genera.count() < 0"#,
            r#"known(item.origin) and not(known(item.origin))"#,
            r#"item.origin == "GA" and not(known(item.origin))"#,
            r#"item.gross_mass_kg > item.net_mass_kg and item.gross_mass_kg < item.net_mass_kg"#,
            r#"item.words.says(["rosewood"]) and not(item.words.says(["rosewood", "ebony"]))"#,
        ];
        for op in tests(&never_met) {
            assert!(never(&op, &effort) && !always(&op, &effort), "{}", op.show());
        }
        let always_met = [
            r#"item.origin == "GA" or item.origin != "GA""#,
            r#"item.is_wood or not(item.is_wood)"#,
            r#"item.gross_mass_kg >= 5 or item.gross_mass_kg < 10"#,
            r#"item.genera.count() >= 0"#,
            r#"not(item.origin == "GA" and item.origin == "CM")"#,
        ];
        for op in tests(&always_met) {
            assert!(always(&op, &effort) && !never(&op, &effort), "{}", op.show());
        }
        let neither = [
            r#"item.origin == "GA""#,
            r#"item.gross_mass_kg >= 5 and item.gross_mass_kg <= 5"#,
            r#"item.origin == "GA" or item.origin == "CM""#,
            r#"item.gross_mass_kg > item.net_mass_kg"#,
            r#"not(item.gross_mass_kg / item.net_mass_kg > 1) and not(item.gross_mass_kg / item.net_mass_kg <= 1)"#,
            r#"item.is_wood and unverifiable("the paper is not seen")"#,
            r#""Dalbergia" in item.genera and "Diospyros" in item.genera and item.genera.count() > 1"#,
        ];
        for op in tests(&neither) {
            assert!(!always(&op, &effort) && !never(&op, &effort), "{}", op.show());
        }
    }

    #[test]
    fn a_core_is_as_small_as_it_can_be() {
        let whole = r#"item.is_wood and item.gross_mass_kg > 10 and item.origin == "GA" and item.gross_mass_kg < 5"#;
        let [op] = tests(&[whole]).try_into().unwrap();
        let Op::And(parts) = &op else { panic!("{op:?}") };
        let shown: Vec<String> = core(parts, &Effort::of(MAX_STEPS)).into_iter().map(Op::show).collect();
        assert_eq!(shown, ["item.gross_mass_kg > 10", "item.gross_mass_kg < 5"]);
    }
}
