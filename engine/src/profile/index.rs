//! Which indicators can hold for a subject: the clauses of all indicators, gathered by field.
//!
//! In: native tests. Out: an [`Index`] that names for each subject the indicators that no known value rules out, with
//! what is left to ask of each.
//!
//! A clause that looks at one field (`item.form == "log"`, `"MG" in consignment.countries`, `item.gross_mass_kg > 15000`)
//! is asked when the rules are loaded: once for each class of values that the clauses on that field tell apart. For a
//! subject there remains one look-up for each field and an intersection of bit sets, however many indicators share the
//! clause. A gap rules nothing out: the indicators that ask for that field are then asked in full, so that the reason
//! they give is the one that the interpreter gives.

use std::collections::{BTreeMap, HashMap};

use rustc_hash::FxHashMap;

use super::facts::{Facts, Filling, Frame};
use super::field::Kind;
use super::indicator::Indicator;
use super::native::Op;
use super::symbol::Symbol;
use super::value::Value;
use super::view::View;

/// The clauses of all indicators, by view.
#[derive(Debug, Default)]
pub struct Index {
    tables: [Table; View::COUNT],
}

/// How much of the rules the index carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Clauses of all native tests.
    pub clauses: usize,
    /// Those asked by field, when the rules are loaded.
    pub indexed: usize,
    /// Fields that they ask for, by view of the indicator.
    pub columns: usize,
    /// Indicators without an indexed clause: always candidates.
    pub always: usize,
}

/// Indicators over one view.
#[derive(Debug, Default)]
struct Table {
    entries: Vec<Entry>,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Entry {
    indicator: usize,
    /// What the columns do not ask; `None` = the whole test, always.
    rest: Option<Op>,
    clauses: usize,
    indexed: usize,
}

/// All clauses on one field.
#[derive(Debug)]
struct Column {
    view: View,
    field: usize,
    classes: Classes,
    /// One bit set after the other, for each class: the entries that a value of this class does not rule out.
    rows: Vec<u64>,
    /// Entries with a clause here.
    keyed: Vec<u64>,
}

/// Values that no clause tells apart share a row.
#[derive(Debug)]
enum Classes {
    /// Row 0 no, row 1 yes.
    Bool,
    /// Thresholds in order. Row `2i` lies below threshold `i`, row `2i + 1` on it.
    Numbers(Vec<f64>),
    /// Row of each text that some clause names; row 0 is any other.
    Texts(Symbols),
    /// Row of each member that some clause asks for; row 0 holds the entries that ask for none.
    Members(Symbols),
}

/// Rows by text.
#[derive(Debug, Default)]
struct Symbols {
    /// A few are compared one by one, which costs less than a hash.
    few: Vec<(Symbol, u32)>,
    many: FxHashMap<Symbol, u32>,
}

/// How many are a few.
const FEW_SYMBOLS: usize = 4;

impl Symbols {
    /// The row of `text`, which is `next` when it has none yet.
    fn row(&mut self, text: &Symbol, next: u32) -> u32 {
        let row = *self.many.entry(text.clone()).or_insert(next);
        if row == next && self.many.len() <= FEW_SYMBOLS {
            self.few.push((text.clone(), next));
        }
        row
    }

    fn get(&self, text: &str) -> Option<u32> {
        if self.many.len() <= FEW_SYMBOLS {
            return self.few.iter().find(|(known, _)| **known == *text).map(|(_, row)| *row);
        }
        self.many.get(text).copied()
    }
}

/// A field that so many clauses of one view ask for is looked up for all of them at once. One that fewer ask for is worth
/// its look-up only to an indicator that has no other: then it is the first clause that its writer gave.
const MANY_CLAUSES: usize = 8;

impl Index {
    /// Gathers the clauses. The order of `indicators` is kept.
    pub fn build(indicators: &[Indicator]) -> Self {
        let mut index = Self::default();
        for (view, table) in View::ALL.into_iter().zip(&mut index.tables) {
            let own: Vec<_> = indicators.iter().enumerate().filter(|(_, indicator)| indicator.each == view).collect();
            *table = Table::build(&own);
        }
        index
    }

    /// Calls `see` with the number of the indicator, the number of the subject among those of its view, its frame and
    /// what is left to ask (`None` = the whole test) for every pair that is not ruled out.
    pub fn candidates<'s>(&'s self, facts: &'s Facts, mut see: impl FnMut(usize, usize, &Frame<'s>, Option<&'s Op>)) {
        let widest = self.tables.iter().map(|table| table.columns.len()).max().unwrap_or(0);
        let mut scratch = Scratch { found: vec![Found::Unasked; widest], members: Vec::new() };
        for (view, table) in View::ALL.into_iter().zip(&self.tables) {
            if !table.entries.is_empty() && !facts.of(view).is_empty() {
                table.candidates(facts, view, &mut scratch, &mut see);
            }
        }
    }

    /// How much it carries.
    pub fn extent(&self) -> Extent {
        let entries = || self.tables.iter().flat_map(|table| &table.entries);
        Extent {
            clauses: entries().map(|entry| entry.clauses).sum(),
            indexed: entries().map(|entry| entry.indexed).sum(),
            columns: self.tables.iter().map(|table| table.columns.len()).sum(),
            always: entries().filter(|entry| entry.indexed == 0).count(),
        }
    }
}

/// What one column says of one subject. Small, so that it stays in a register.
#[derive(Debug, Clone, Copy)]
enum Found {
    /// Not looked up yet.
    Unasked,
    /// A gap, or a value that no clause was asked about.
    Open,
    /// The value's row.
    Row(u32),
    /// Rows of several members: from this place in [`Scratch::members`] to [`END`].
    Members(u32),
}

/// After the last row of a set.
const END: u32 = u32::MAX;

/// Buffers of one run.
struct Scratch {
    found: Vec<Found>,
    members: Vec<u32>,
}

/// A clause that a column can hold.
enum Clause {
    /// Of one value: asked for each class.
    Scalar(Op),
    /// Met by any of these members of a set.
    Members(Vec<Symbol>),
}

impl Table {
    fn build(indicators: &[(usize, &Indicator)]) -> Self {
        fn parts(op: &Op) -> &[Op] {
            match op {
                Op::And(parts) => parts,
                other => std::slice::from_ref(other),
            }
        }
        let mut sharing: HashMap<(View, usize), usize> = HashMap::new();
        for op in indicators.iter().filter_map(|(_, indicator)| indicator.native.as_ref()) {
            for (field, _) in parts(op).iter().filter_map(clause) {
                *sharing.entry(field).or_default() += 1;
            }
        }
        let is_shared = |field: &(View, usize)| sharing.get(field).is_some_and(|n| *n >= MANY_CLAUSES);
        let mut entries = Vec::new();
        let mut clauses: BTreeMap<(View, usize), Vec<(usize, Clause)>> = BTreeMap::new();
        for (bit, (n, indicator)) in indicators.iter().enumerate() {
            let Some(op) = &indicator.native else {
                entries.push(Entry { indicator: *n, rest: None, clauses: 0, indexed: 0 });
                continue;
            };
            let mut rest = Vec::new();
            let mut held = parts(op).iter().filter_map(clause).any(|(field, _)| is_shared(&field));
            for part in parts(op) {
                let place = clause(part).filter(|(field, clause)| {
                    // A set may have both members of two clauses: one row cannot say so.
                    let taken = |(other, _): &(usize, Clause)| *other == bit;
                    let is_second = matches!(clause, Clause::Members(_))
                        && clauses.get(field).is_some_and(|clauses| clauses.iter().any(taken));
                    !is_second && (is_shared(field) || !std::mem::replace(&mut held, true))
                });
                match place {
                    Some((field, clause)) => clauses.entry(field).or_default().push((bit, clause)),
                    None => rest.push(part.clone()),
                }
            }
            let (all, left) = (parts(op).len(), rest.len());
            entries.push(Entry { indicator: *n, rest: Some(Op::And(rest)), clauses: all, indexed: all - left });
        }
        let n_words = entries.len().div_ceil(64);
        // Those that rule out most stand first, so that nothing is left to look up early.
        let mut clauses: Vec<_> = clauses.into_iter().collect();
        clauses.sort_by_key(|(_, clauses)| std::cmp::Reverse(clauses.len()));
        let columns = clauses.into_iter().map(|(field, clauses)| Column::build(field, &clauses, n_words)).collect();
        Self { entries, columns }
    }

    fn candidates<'s>(
        &'s self,
        facts: &'s Facts,
        view: View,
        scratch: &mut Scratch,
        see: &mut impl FnMut(usize, usize, &Frame<'s>, Option<&'s Op>),
    ) {
        let Scratch { found, members } = scratch;
        found.fill(Found::Unasked);
        members.clear();
        for (s, subject) in facts.of(view).iter().enumerate() {
            let frame = facts.frame(view, subject);
            // What the consignment says holds for all its subjects.
            for (column, found) in self.columns.iter().zip(found.iter_mut()) {
                if column.view != View::Consignment {
                    *found = Found::Unasked;
                }
            }
            for (w, entries) in self.entries.chunks(64).enumerate() {
                let (mut live, mut open) = (u64::MAX >> (64 - entries.len()), 0);
                for (column, found) in self.columns.iter().zip(found.iter_mut()) {
                    let now = match *found {
                        Found::Unasked => column.find(frame.get(column.view, column.field), members),
                        known => known,
                    };
                    *found = now;
                    match now {
                        Found::Row(row) => live &= column.word(row, w),
                        Found::Members(from) => {
                            let rows = members.iter().skip(from as usize).take_while(|row| **row != END);
                            live &= rows.fold(0, |any, row| any | column.word(*row, w));
                        }
                        Found::Open | Found::Unasked => open |= column.keyed.get(w).copied().unwrap_or(0),
                    }
                    if live == 0 {
                        break;
                    }
                }
                while live != 0 {
                    let bit = live.trailing_zeros();
                    live &= live - 1;
                    let Some(entry) = entries.get(bit as usize) else { break };
                    let rest = entry.rest.as_ref().filter(|_| open & (1 << bit) == 0);
                    see(entry.indicator, s, &frame, rest);
                }
            }
        }
    }
}

impl Column {
    fn build((view, field): (View, usize), clauses: &[(usize, Clause)], n_words: usize) -> Self {
        let mut keyed = vec![0; n_words];
        for (bit, _) in clauses {
            set(&mut keyed, *bit);
        }
        let kind = view.fields().get(field).map_or(Kind::Texts, |spec| spec.kind);
        let (classes, values) = match kind {
            Kind::Bool => (Classes::Bool, vec![Value::Bool(false), Value::Bool(true)]),
            Kind::Number => numbers(clauses),
            Kind::Text => texts(clauses),
            Kind::Texts => return Self::of_members((view, field), clauses, keyed),
        };
        let mut rows = Vec::with_capacity(values.len() * n_words);
        for value in values {
            let mut filling = Filling::of(view);
            filling.set(field, value);
            let values = filling.done();
            let frame = Frame::of(view, &values);
            let mut row = vec![u64::MAX; n_words];
            for (bit, clause) in clauses {
                if let Clause::Scalar(op) = clause
                    && *op.value(&frame) == Value::Bool(false)
                {
                    clear(&mut row, *bit);
                }
            }
            rows.extend(row);
        }
        Self { view, field, classes, rows, keyed }
    }

    fn of_members((view, field): (View, usize), clauses: &[(usize, Clause)], keyed: Vec<u64>) -> Self {
        let mut rows: Vec<u64> = keyed.iter().map(|word| !word).collect();
        let n_words = rows.len();
        let mut symbols = Symbols::default();
        for (bit, clause) in clauses {
            let Clause::Members(members) = clause else { continue };
            for member in members {
                let row = symbols.row(member, symbols.many.len() as u32 + 1) as usize;
                // A row starts with those that ask for no member.
                rows.extend_from_within(if rows.len() == row * n_words { ..n_words } else { ..0 });
                if let Some(row) = rows.chunks_exact_mut(n_words).nth(row) {
                    set(row, *bit);
                }
            }
        }
        Self { view, field, classes: Classes::Members(symbols), rows, keyed }
    }

    /// The row of a value, or those of its members, which are put at the end of `members`.
    #[inline]
    fn find(&self, value: Option<&Value>, members: &mut Vec<u32>) -> Found {
        match (value, &self.classes) {
            (Some(Value::Bool(yes)), Classes::Bool) => Found::Row(u32::from(*yes)),
            (Some(Value::Text(text)), Classes::Texts(rows)) => Found::Row(rows.get(text).unwrap_or(0)),
            (Some(Value::Texts(set)), Classes::Members(rows)) => {
                let mut known = set.iter().filter_map(|member| rows.get(member));
                let (Some(first), second) = (known.next(), known.next()) else { return Found::Row(0) };
                let Some(second) = second else { return Found::Row(first) };
                let from = members.len() as u32;
                members.extend([first, second].into_iter().chain(known).chain([END]));
                Found::Members(from)
            }
            (Some(Value::Number(number)), Classes::Numbers(thresholds)) if number.is_finite() => {
                let below = thresholds.partition_point(|threshold| threshold < number);
                let near = |n: usize| thresholds.get(n).is_some_and(|threshold| is_near(*threshold, *number));
                let row = 2 * below as u32;
                match thresholds.get(below) == Some(number) {
                    true => Found::Row(row + 1),
                    false if near(below) || below > 0 && near(below - 1) => Found::Open,
                    false => Found::Row(row),
                }
            }
            _ => Found::Open,
        }
    }

    /// Sixty-four entries of a row; one that is not there rules nothing out.
    #[inline]
    fn word(&self, row: u32, w: usize) -> u64 {
        self.rows.get(row as usize * self.keyed.len() + w).copied().unwrap_or(u64::MAX)
    }
}

/// The field that a clause looks at, when it is one that a column can hold.
fn clause(op: &Op) -> Option<((View, usize), Clause)> {
    let [(view, field)] = *op.fields() else { return None };
    let clause = match view.fields().get(field)?.kind {
        Kind::Texts => Clause::Members(members(op)?),
        _ if is_scalar(op) => Clause::Scalar(op.clone()),
        _ => return None,
    };
    Some(((view, field), clause))
}

/// Does a known value of its one field decide it, by the constants that it names?
fn is_scalar(op: &Op) -> bool {
    let given = |op: &Op| match op {
        Op::Constant(Value::Number(number)) => number.is_finite(),
        op => matches!(op, Op::Constant(Value::Bool(_) | Value::Text(_))),
    };
    match op {
        Op::Field(..) => true,
        Op::Not(part) => is_scalar(part),
        Op::And(parts) | Op::Or(parts) => parts.iter().all(is_scalar),
        Op::Known(part) => matches!(part.as_ref(), Op::Field(..)),
        Op::Compare(_, a, b) => {
            matches!(a.as_ref(), Op::Field(..)) && given(b) || given(a) && matches!(b.as_ref(), Op::Field(..))
        }
        Op::Contains(set, item) => {
            matches!((set.as_ref(), item.as_ref()), (Op::Constant(Value::Texts(_)), Op::Field(..)))
        }
        _ => false,
    }
}

/// Members any of which meets the clause.
fn members(op: &Op) -> Option<Vec<Symbol>> {
    match op {
        Op::Or(parts) => parts.iter().map(members).collect::<Option<Vec<_>>>().map(|parts| parts.concat()),
        Op::Contains(set, item) => match (set.as_ref(), item.as_ref()) {
            (Op::Field(..), Op::Constant(Value::Text(member))) => Some(vec![member.clone()]),
            _ => None,
        },
        Op::Shares(a, b) => match (a.as_ref(), b.as_ref()) {
            (Op::Field(..), Op::Constant(Value::Texts(set))) | (Op::Constant(Value::Texts(set)), Op::Field(..)) => {
                Some(set.to_vec())
            }
            _ => None,
        },
        _ => None,
    }
}

/// Numbers that the interpreter may take for equal, with room to spare: such a value is asked in full.
fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
}

/// Thresholds, and a number of each class. Between thresholds that are near each other no number is asked by class.
fn numbers(clauses: &[(usize, Clause)]) -> (Classes, Vec<Value>) {
    let mut thresholds = Vec::new();
    constants(clauses, |value| {
        if let Value::Number(number) = value {
            thresholds.push(*number);
        }
    });
    thresholds.sort_by(f64::total_cmp);
    thresholds.dedup();
    let (first, last) = (thresholds.first().copied().unwrap_or(0.0), thresholds.last().copied().unwrap_or(0.0));
    let mut values = vec![first - 1.0 - first.abs()];
    for (n, threshold) in thresholds.iter().enumerate() {
        let next = thresholds.get(n + 1).copied().unwrap_or(last + 2.0 + 2.0 * last.abs());
        values.extend([*threshold, threshold / 2.0 + next / 2.0]);
    }
    (Classes::Numbers(thresholds), values.into_iter().map(Value::Number).collect())
}

/// Texts that clauses name, and one that none names.
fn texts(clauses: &[(usize, Clause)]) -> (Classes, Vec<Value>) {
    let mut symbols = Symbols::default();
    let mut values = vec![Value::text("")];
    let mut longest = 0;
    constants(clauses, |value| {
        let named: &[Symbol] = match value {
            Value::Text(text) => std::slice::from_ref(text),
            Value::Texts(set) => set,
            _ => &[],
        };
        for text in named {
            longest = longest.max(text.len());
            let next = values.len() as u32;
            if symbols.row(text, next) == next {
                values.push(Value::Text(text.clone()));
            }
        }
    });
    if let Some(other) = values.first_mut() {
        *other = Value::text(&"x".repeat(longest + 1));
    }
    (Classes::Texts(symbols), values)
}

fn constants(clauses: &[(usize, Clause)], mut see: impl FnMut(&Value)) {
    for (_, clause) in clauses {
        if let Clause::Scalar(op) = clause {
            op.visit(&mut |part| {
                if let Op::Constant(value) = part {
                    see(value);
                }
            });
        }
    }
}

fn set(words: &mut [u64], bit: usize) {
    if let Some(word) = words.get_mut(bit / 64) {
        *word |= 1 << (bit % 64);
    }
}

fn clear(words: &mut [u64], bit: usize) {
    if let Some(word) = words.get_mut(bit / 64) {
        *word &= !(1 << (bit % 64));
    }
}
