//! Tests in native form: what an indicator's script becomes at load.
//!
//! The interpreter is the meaning; this is the same meaning without it (differential test in `tests/stories/lowering.rs`).

use std::borrow::Cow;

use super::facts::{Frame, NO_ITEM};
use super::symbol::Symbol;
use super::value::{Arithmetic, Compare, Value};
use super::view::View;
use crate::text::Saying;

/// One part of a test.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    Constant(Value),
    Field(View, usize),
    Not(Box<Op>),
    /// `and` of two or more.
    And(Vec<Op>),
    /// `or` of two or more.
    Or(Vec<Op>),
    Compare(Compare, Box<Op>, Box<Op>),
    Arithmetic(Arithmetic, Box<Op>, Box<Op>),
    /// Membership: the set or text, then the member or part.
    Contains(Box<Op>, Box<Op>),
    /// Two sets share a member.
    Shares(Box<Op>, Box<Op>),
    /// The text starts with the prefix.
    StartsWith(Box<Op>, Box<Op>),
    /// The text says one of the phrases: the text, then a phrase or a set of them. Constant ones are folded.
    Says(Saying, Box<Op>, Box<Op>),
    /// Members of a set, characters of a text.
    Count(Box<Op>),
    /// Is it known?
    Known(Box<Op>),
}

impl Op {
    /// The value of this part for `frame`.
    pub fn value<'f>(&'f self, frame: &Frame<'f>) -> Cow<'f, Value> {
        match self {
            Self::Constant(value) => Cow::Borrowed(value),
            Self::Field(view, field) => match frame.get(*view, *field) {
                Some(value) => Cow::Borrowed(value),
                None => Cow::Owned(Value::gap(NO_ITEM)),
            },
            Self::Not(part) => Cow::Owned(part.value(frame).into_owned().negate()),
            Self::And(parts) => Cow::Owned(fold(parts, frame, false)),
            Self::Or(parts) => Cow::Owned(fold(parts, frame, true)),
            Self::Compare(how, a, b) => Cow::Owned(a.value(frame).compare(*how, &b.value(frame))),
            Self::Arithmetic(how, a, b) => Cow::Owned(a.value(frame).arithmetic(*how, &b.value(frame))),
            Self::Contains(set, item) => Cow::Owned(set.value(frame).contains(&item.value(frame))),
            Self::Shares(a, b) => Cow::Owned(a.value(frame).shares(&b.value(frame))),
            Self::StartsWith(text, prefix) => Cow::Owned(text.value(frame).starts_with(&prefix.value(frame))),
            Self::Says(how, text, phrases) => Cow::Owned(text.folded(frame).says(*how, &phrases.folded(frame))),
            Self::Count(set) => Cow::Owned(set.value(frame).count()),
            Self::Known(part) => Cow::Owned(part.value(frame).known()),
        }
    }

    /// Whether it holds for `frame`, or why that is not known: [`Op::value`] of a test, without the copies.
    pub fn truth(&self, frame: &Frame<'_>) -> Result<bool, Symbol> {
        match self {
            Self::Not(part) => part.truth(frame).map(|yes| !yes),
            Self::And(parts) => truths(parts, frame, false),
            Self::Or(parts) => truths(parts, frame, true),
            Self::Field(..) | Self::Constant(_) => match self.operand(frame) {
                Some(value) => truth_of(value),
                None => Err(Symbol::fixed(NO_ITEM)),
            },
            Self::Compare(how, a, b) => match (a.operand(frame), b.operand(frame)) {
                (Some(a), Some(b)) => truth_of(&a.compare(*how, b)),
                _ => truth_of(&self.value(frame)),
            },
            Self::Contains(a, b) => match (a.operand(frame), b.operand(frame)) {
                (Some(set), Some(item)) => truth_of(&set.contains(item)),
                _ => truth_of(&self.value(frame)),
            },
            Self::Shares(a, b) => match (a.operand(frame), b.operand(frame)) {
                (Some(a), Some(b)) => truth_of(&a.shares(b)),
                _ => truth_of(&self.value(frame)),
            },
            other => truth_of(&other.value(frame)),
        }
    }

    /// The value of this part as words are compared. Constants were folded when the rules were loaded, some fields always are.
    fn folded<'f>(&'f self, frame: &Frame<'f>) -> Cow<'f, Value> {
        let is_folded = match self {
            Self::Constant(_) => true,
            Self::Field(view, field) => view.fields().get(*field).is_some_and(|field| field.domain.is_folded()),
            _ => false,
        };
        let value = self.value(frame);
        if is_folded { value } else { Cow::Owned(value.folded()) }
    }

    /// The value of a part that needs no working out.
    fn operand<'f>(&'f self, frame: &Frame<'f>) -> Option<&'f Value> {
        match self {
            Self::Field(view, field) => frame.get(*view, *field),
            Self::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Fields that it reads, each once, in the order of the text.
    pub fn fields(&self) -> Vec<(View, usize)> {
        let mut fields = Vec::new();
        self.visit(&mut |op| {
            if let Self::Field(view, field) = op
                && !fields.contains(&(*view, *field))
            {
                fields.push((*view, *field));
            }
        });
        fields
    }

    /// How many parts it has: the most that one test can cost, since each is asked once at most.
    pub fn n_parts(&self) -> usize {
        let mut n = 0;
        self.visit(&mut |_| n += 1);
        n
    }

    /// Calls `see` for every part, the whole first.
    pub fn visit<'o>(&'o self, see: &mut impl FnMut(&'o Self)) {
        see(self);
        match self {
            Self::Constant(_) | Self::Field(..) => {}
            Self::Not(part) | Self::Count(part) | Self::Known(part) => part.visit(see),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit(see)),
            Self::Compare(_, a, b)
            | Self::Arithmetic(_, a, b)
            | Self::Contains(a, b)
            | Self::Shares(a, b)
            | Self::StartsWith(a, b)
            | Self::Says(_, a, b) => {
                a.visit(see);
                b.visit(see);
            }
        }
    }
}

fn truth_of(value: &Value) -> Result<bool, Symbol> {
    match value {
        Value::Unknown(why) => Err(why.clone()),
        value => Ok(*value == Value::Bool(true)),
    }
}

/// [`fold`] of truths.
fn truths(parts: &[Op], frame: &Frame<'_>, decides: bool) -> Result<bool, Symbol> {
    let mut gap = None;
    for part in parts {
        match part.truth(frame) {
            Ok(yes) if yes == decides => return Ok(decides),
            Ok(_) => {}
            Err(why) => gap = gap.or(Some(why)),
        }
    }
    gap.map_or(Ok(!decides), Err)
}

/// `and` (`decides` = false) or `or` (`decides` = true): the deciding value ends it, else the first gap stays.
fn fold(parts: &[Op], frame: &Frame<'_>, decides: bool) -> Value {
    let mut gap = None;
    for part in parts {
        let value = part.value(frame);
        match value.as_ref() {
            Value::Bool(yes) if *yes == decides => return Value::Bool(decides),
            Value::Unknown(_) if gap.is_none() => gap = Some(value.into_owned()),
            _ => {}
        }
    }
    gap.unwrap_or(Value::Bool(!decides))
}

impl Op {
    /// As a rule writer would write it.
    pub fn show(&self) -> String {
        use super::value::{Arithmetic as A, Compare as C};
        let joined = |parts: &[Self], word: &str| {
            parts.iter().map(Self::show_part).collect::<Vec<_>>().join(&format!(" {word} "))
        };
        match self {
            Self::Constant(Value::Text(text)) => format!("\"{text}\""),
            Self::Constant(Value::Texts(set)) => {
                format!("[{}]", set.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", "))
            }
            Self::Constant(Value::Unknown(why)) => format!("unverifiable(\"{why}\")"),
            Self::Constant(Value::Bool(yes)) => yes.to_string(),
            Self::Constant(value) => value.show(),
            Self::Field(view, field) => {
                format!("{}.{}", view.name(), view.fields().get(*field).map_or("?", |f| f.name))
            }
            Self::Not(part) => format!("not({})", part.show()),
            Self::And(parts) => joined(parts, "and"),
            Self::Or(parts) => joined(parts, "or"),
            Self::Compare(how, a, b) => {
                let sign = match how {
                    C::Equal => "==",
                    C::NotEqual => "!=",
                    C::Less => "<",
                    C::LessOrEqual => "<=",
                    C::Greater => ">",
                    C::GreaterOrEqual => ">=",
                };
                format!("{} {sign} {}", a.show_part(), b.show_part())
            }
            Self::Arithmetic(how, a, b) => {
                let sign = match how {
                    A::Add => "+",
                    A::Subtract => "-",
                    A::Multiply => "*",
                    A::Divide => "/",
                };
                format!("{} {sign} {}", a.show_part(), b.show_part())
            }
            Self::Contains(set, item) => format!("{} in {}", item.show_part(), set.show_part()),
            Self::Shares(a, b) => format!("{}.shares({})", a.show_part(), b.show()),
            Self::StartsWith(text, prefix) => format!("{}.starts_with({})", text.show_part(), prefix.show()),
            Self::Says(how, text, phrases) => format!("{}.{}({})", text.show_part(), how.as_str(), phrases.show()),
            Self::Count(set) => format!("{}.count()", set.show_part()),
            Self::Known(part) => format!("known({})", part.show()),
        }
    }

    fn show_part(&self) -> String {
        match self {
            Self::And(_) | Self::Or(_) => format!("({})", self.show()),
            other => other.show(),
        }
    }
}
