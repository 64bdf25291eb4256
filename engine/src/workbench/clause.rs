//! What one clause of a test says, and of what: the smallest pieces that tests are compared by.
//!
//! In: a part of a native test that is neither `and`, `or` nor `not`, and whether it is to hold. Out: [`Clause`]: a thing that is
//! looked at, and what is said of it. Not here: several clauses at once (`ways.rs`), tests (`implied.rs`).

use super::effort::weight;
use crate::profile::field::Kind;
use crate::profile::native::Op;
use crate::profile::value::{Arithmetic, Compare, Value};
use crate::profile::view::View;
use crate::text::Saying;

/// Numbers closer than this share of the larger, or of 1, may be equal to the interpreter, which forgives a rounding.
const APART: f64 = 1e-9;

/// What a clause looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Of<'o> {
    /// A part of the test, such as a field.
    Part(&'o Op),
    /// By how much the first is above the second.
    Apart(&'o Op, &'o Op),
    /// What stands in a text.
    Within(&'o Op),
    /// The phrases that a text says.
    Phrases(Saying, &'o Op),
}

/// What a clause says of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said<'o> {
    /// It is so, or not.
    Yes(bool),
    /// It is a number that stands so to this one.
    Number(Compare, f64),
    /// It is one of these texts.
    OneOf(Vec<&'o str>),
    /// It is none of these texts.
    NoneOf(Vec<&'o str>),
    /// It begins with this.
    Begins(&'o str),
    /// It does not.
    BeginsNot(&'o str),
    /// It holds one of these.
    Holds(Vec<&'o str>),
    /// It holds none of these.
    Lacks(Vec<&'o str>),
}

/// A clause that is to hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clause<'o> {
    pub(super) of: Of<'o>,
    pub(super) said: Said<'o>,
}

impl<'o> Of<'o> {
    /// Steps that it takes to hold it against another.
    pub(super) fn weight(self) -> usize {
        match self {
            Self::Part(part) | Self::Within(part) | Self::Phrases(_, part) => weight(part),
            Self::Apart(a, b) => weight(a) + weight(b),
        }
    }

    /// Fields that must be known for anything to be said of it.
    pub(super) fn fields(self) -> Vec<(View, usize)> {
        match self {
            Self::Part(part) | Self::Within(part) | Self::Phrases(_, part) => part.fields(),
            Self::Apart(a, b) => a.fields().into_iter().chain(b.fields()).collect(),
        }
    }
}

impl<'o> Clause<'o> {
    /// What holds where `op` is answered with `yes`. Of whatever is not understood only that itself is said.
    pub(super) fn of(op: &'o Op, yes: bool) -> Self {
        let understood = match op {
            // What is divided by nothing is no number, and stands in no order to one.
            Op::Compare(_, a, b) if !yes && (is_worked_out(a) || is_worked_out(b)) => None,
            Op::Compare(how, a, b) => compared(if yes { *how } else { how.opposite() }, a, b),
            Op::Contains(set, item) => contained(set, item, yes),
            Op::Shares(a, b) => match (&**a, &**b) {
                (of, Op::Constant(Value::Texts(set))) | (Op::Constant(Value::Texts(set)), of) => {
                    Some(Self { of: Of::Part(of), said: held(set.iter().map(AsRef::as_ref).collect(), yes) })
                }
                _ => None,
            },
            Op::StartsWith(of, prefix) => match &**prefix {
                Op::Constant(Value::Text(text)) => {
                    let said = if yes { Said::Begins(text) } else { Said::BeginsNot(text) };
                    Some(Self { of: Of::Part(of), said })
                }
                _ => None,
            },
            Op::Says(how, of, phrases) => {
                phrases_of(phrases).map(|phrases| Self { of: Of::Phrases(*how, of), said: held(phrases, yes) })
            }
            _ => None,
        };
        understood.unwrap_or(Self { of: Of::Part(op), said: Said::Yes(yes) })
    }
}

fn is_worked_out(op: &Op) -> bool {
    let mut found = false;
    op.visit(&mut |part| found |= matches!(part, Op::Arithmetic(..)));
    found
}

fn phrases_of(op: &Op) -> Option<Vec<&str>> {
    match op {
        Op::Constant(Value::Text(text)) => Some(vec![text]),
        Op::Constant(Value::Texts(set)) => Some(set.iter().map(AsRef::as_ref).collect()),
        _ => None,
    }
}

fn held(texts: Vec<&str>, yes: bool) -> Said<'_> {
    if yes { Said::Holds(texts) } else { Said::Lacks(texts) }
}

fn contained<'o>(set: &'o Op, item: &'o Op, yes: bool) -> Option<Clause<'o>> {
    match (set, item) {
        (Op::Constant(Value::Texts(set)), of) => {
            let texts = set.iter().map(AsRef::as_ref).collect();
            Some(Clause { of: Of::Part(of), said: if yes { Said::OneOf(texts) } else { Said::NoneOf(texts) } })
        }
        (of, Op::Constant(Value::Text(text))) => {
            let of = if kind(of) == Some(Kind::Texts) { Of::Part(of) } else { Of::Within(of) };
            Some(Clause { of, said: held(vec![text], yes) })
        }
        _ => None,
    }
}

fn compared<'o>(how: Compare, a: &'o Op, b: &'o Op) -> Option<Clause<'o>> {
    match (a, b) {
        (Op::Constant(_), Op::Constant(_)) => None,
        (of, Op::Constant(value)) => to_constant(of, how, value),
        (Op::Constant(value), of) => to_constant(of, how.mirrored(), value),
        _ if kind(a) == Some(Kind::Number) => {
            // Either way round it is the same question.
            let (of, how) =
                if a.show() <= b.show() { (Of::Apart(a, b), how) } else { (Of::Apart(b, a), how.mirrored()) };
            Some(Clause { of, said: Said::Number(how, 0.0) })
        }
        _ => None,
    }
}

fn to_constant<'o>(of: &'o Op, how: Compare, value: &'o Value) -> Option<Clause<'o>> {
    let said = match (how, value) {
        (how, Value::Number(number)) => Said::Number(how, *number),
        (Compare::Equal, Value::Text(text)) => Said::OneOf(vec![text]),
        (Compare::NotEqual, Value::Text(text)) => Said::NoneOf(vec![text]),
        (Compare::Equal, Value::Bool(yes)) => Said::Yes(*yes),
        (Compare::NotEqual, Value::Bool(yes)) => Said::Yes(!yes),
        _ => return None,
    };
    Some(Clause { of: Of::Part(of), said })
}

/// What a part yields, where that is plain.
pub(super) fn kind(op: &Op) -> Option<Kind> {
    match op {
        Op::Field(view, field) => view.fields().get(*field).map(|field| field.kind),
        Op::Arithmetic(..) | Op::Count(_) | Op::Constant(Value::Number(_)) => Some(Kind::Number),
        _ => None,
    }
}

impl Said<'_> {
    /// Values that it names.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::OneOf(texts) | Self::NoneOf(texts) | Self::Holds(texts) | Self::Lacks(texts) => texts.len(),
            Self::Yes(_) | Self::Number(..) | Self::Begins(_) | Self::BeginsNot(_) => 1,
        }
    }

    /// Does whatever this is said of also meet the other?
    pub(super) fn within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Yes(own), Self::Yes(other)) => own == other,
            (Self::Number(how, a), Self::Number(other, b)) => number_within((*how, *a), (*other, *b)),
            (Self::OneOf(own), Self::OneOf(others)) | (Self::Holds(own), Self::Holds(others)) => {
                own.iter().all(|text| others.contains(text))
            }
            (Self::OneOf(own), Self::NoneOf(others)) => own.iter().all(|text| !others.contains(text)),
            (Self::OneOf(own), Self::Begins(with)) => own.iter().all(|text| text.starts_with(*with)),
            (Self::OneOf(own), Self::BeginsNot(with)) => own.iter().all(|text| !text.starts_with(*with)),
            (Self::NoneOf(own), Self::NoneOf(others)) | (Self::Lacks(own), Self::Lacks(others)) => {
                others.iter().all(|text| own.contains(text))
            }
            (Self::Begins(own), Self::Begins(with)) => own.starts_with(*with),
            (Self::Begins(own), Self::BeginsNot(with)) => !own.starts_with(*with) && !with.starts_with(*own),
            (Self::Begins(own), Self::NoneOf(others)) => others.iter().all(|text| !text.starts_with(*own)),
            (Self::BeginsNot(own), Self::BeginsNot(with)) => with.starts_with(*own),
            (Self::BeginsNot(own), Self::NoneOf(others)) => others.iter().all(|text| text.starts_with(*own)),
            _ => false,
        }
    }
}

/// Does every number that stands so to `a` stand so to `b`?
pub(super) fn number_within((how, a): (Compare, f64), (other, b): (Compare, f64)) -> bool {
    let gap = APART * a.abs().max(b.abs()).max(1.0);
    let (is_same, is_above, is_below) = (a == b, a - b > gap, b - a > gap);
    match (how, other) {
        (Compare::Greater | Compare::GreaterOrEqual | Compare::Equal, Compare::Greater | Compare::GreaterOrEqual) => {
            is_above || is_same && (other == how || other == Compare::GreaterOrEqual)
        }
        (Compare::Less | Compare::LessOrEqual | Compare::Equal, Compare::Less | Compare::LessOrEqual) => {
            is_below || is_same && (other == how || other == Compare::LessOrEqual)
        }
        (Compare::Greater, Compare::NotEqual) => is_above || is_same,
        (Compare::GreaterOrEqual, Compare::NotEqual) => is_above,
        (Compare::Less, Compare::NotEqual) => is_below || is_same,
        (Compare::LessOrEqual, Compare::NotEqual) => is_below,
        (Compare::Equal, Compare::NotEqual) => is_above || is_below,
        (Compare::Equal, Compare::Equal) | (Compare::NotEqual, Compare::NotEqual) => is_same,
        _ => false,
    }
}

/// Can no number stand so to both?
pub(super) fn numbers_exclude((how, a): (Compare, f64), (other, b): (Compare, f64)) -> bool {
    number_within((how, a), (other.opposite(), b))
}

/// What is known of a part's numbers, whatever is declared.
pub(super) fn bounds(op: &Op) -> Vec<(Compare, f64)> {
    use crate::profile::field::Domain;
    let domain = match op {
        Op::Field(view, field) => view.fields().get(*field).map(|field| field.domain),
        Op::Count(_) => Some(Domain::Count),
        Op::Arithmetic(Arithmetic::Add, a, b) => {
            let is_counted = |part: &Op| bounds(part).contains(&(Compare::GreaterOrEqual, 0.0));
            (is_counted(a) && is_counted(b)).then_some(Domain::Count)
        }
        _ => None,
    };
    match domain {
        Some(Domain::Share) => vec![(Compare::GreaterOrEqual, 0.0), (Compare::LessOrEqual, 1.0)],
        Some(Domain::Count) => vec![(Compare::GreaterOrEqual, 0.0)],
        _ => Vec::new(),
    }
}

/// The texts that a field can have at all, the empty one with them; `None` = it is not a list of words.
pub(super) fn vocabulary(op: &Op) -> Option<Vec<&'static str>> {
    let Op::Field(view, field) = op else { return None };
    let mut words = view.fields().get(*field)?.domain.words();
    if words.is_empty() {
        return None;
    }
    words.push("");
    Some(words)
}
