//! Values that tests work on, and three-valued logic over them.
//!
//! A gap ([`Value::Unknown`]) carries the reason. It goes through comparisons and arithmetic, and through `and` and `or`
//! after Kleene: a false part makes the whole false, a true part makes an `or` true, otherwise the gap stays.
//! The interpreter ([`super::sandbox`]) and the native form ([`super::native`]) both use these functions.

use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use super::symbol::Symbol;
use crate::text::{Saying, loose_key, says};

/// One value of a field or of a part of a test.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not known, and why.
    Unknown(Symbol),
    /// Yes or no.
    Bool(bool),
    /// A number in the unit that the field's name says.
    Number(f64),
    /// A text or code.
    Text(Symbol),
    /// A set of texts or codes.
    Texts(Arc<[Symbol]>),
}

/// What a comparison asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Compare {
    /// What holds of two values of which this does not.
    pub fn opposite(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }

    /// What is asked once the two values have changed places.
    pub fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }
}

/// What arithmetic is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

impl Value {
    /// A gap with its reason.
    pub fn unknown(why: &str) -> Self {
        Self::Unknown(Symbol::from(why))
    }

    /// A gap with a reason of the program's own.
    pub const fn gap(why: &'static str) -> Self {
        Self::Unknown(Symbol::fixed(why))
    }

    /// A text value.
    pub fn text(text: &str) -> Self {
        Self::Text(Symbol::from(text))
    }

    /// A text, or a gap with `why` when there is none.
    pub fn text_or(text: Option<&str>, why: &'static str) -> Self {
        text.map_or_else(|| Self::gap(why), Self::text)
    }

    /// A number, or a gap with `why`. What is not finite is no number.
    pub fn number_or(number: Option<f64>, why: &'static str) -> Self {
        number.filter(|number| number.is_finite()).map_or_else(|| Self::gap(why), Self::Number)
    }

    /// Yes, no, or a gap with `why`.
    pub fn bool_or(yes: Option<bool>, why: &'static str) -> Self {
        yes.map_or_else(|| Self::gap(why), Self::Bool)
    }

    /// A set, in the order given.
    pub fn texts(texts: impl IntoIterator<Item: Into<Symbol>>) -> Self {
        static EMPTY: LazyLock<Arc<[Symbol]>> = LazyLock::new(|| Arc::from([]));
        let mut texts = texts.into_iter().peekable();
        if texts.peek().is_none() {
            return Self::Texts(Arc::clone(&EMPTY));
        }
        Self::Texts(texts.map(Into::into).collect())
    }

    /// `self and other`.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Bool(false), _) | (_, Self::Bool(false)) => Self::Bool(false),
            (gap @ Self::Unknown(_), _) | (_, gap @ Self::Unknown(_)) => gap,
            _ => Self::Bool(true),
        }
    }

    /// `self or other`.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Bool(true), _) | (_, Self::Bool(true)) => Self::Bool(true),
            (gap @ Self::Unknown(_), _) | (_, gap @ Self::Unknown(_)) => gap,
            _ => Self::Bool(false),
        }
    }

    /// Yes for no, no for yes; unknown stays unknown.
    pub fn negate(self) -> Self {
        match self {
            Self::Bool(yes) => Self::Bool(!yes),
            other => other,
        }
    }

    /// Compares two numbers or two texts; a gap on either side is the answer. Other pairs were refused at load.
    pub fn compare(&self, how: Compare, other: &Self) -> Self {
        let ordering = match (self, other) {
            (Self::Unknown(_), _) => return self.clone(),
            (_, Self::Unknown(_)) => return other.clone(),
            (Self::Number(a), Self::Number(b)) => return Self::Bool(compare_numbers(*a, how, *b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            _ => None,
        };
        Self::Bool(match how {
            Compare::Equal => ordering == Some(Ordering::Equal),
            Compare::NotEqual => ordering != Some(Ordering::Equal),
            Compare::Less => ordering == Some(Ordering::Less),
            Compare::LessOrEqual => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
            Compare::Greater => ordering == Some(Ordering::Greater),
            Compare::GreaterOrEqual => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
        })
    }

    /// Arithmetic on two numbers; a gap on either side is the answer.
    pub fn arithmetic(&self, how: Arithmetic, other: &Self) -> Self {
        match (self, other) {
            (Self::Unknown(_), _) => self.clone(),
            (_, Self::Unknown(_)) => other.clone(),
            (Self::Number(a), Self::Number(b)) => Self::Number(match how {
                Arithmetic::Add => a + b,
                Arithmetic::Subtract => a - b,
                Arithmetic::Multiply => a * b,
                Arithmetic::Divide => a / b,
            }),
            _ => Self::unknown("arithmetic on something that is not a number"),
        }
    }

    /// `item in self`: membership of a set, or part of a text.
    pub fn contains(&self, item: &Self) -> Self {
        match (self, item) {
            (Self::Unknown(_), _) => self.clone(),
            (_, Self::Unknown(_)) => item.clone(),
            (Self::Texts(set), Self::Text(text)) => Self::Bool(set.iter().any(|member| member == text)),
            (Self::Text(whole), Self::Text(part)) => Self::Bool(whole.contains(part.as_ref())),
            _ => Self::Bool(false),
        }
    }

    /// True when two sets share a member.
    pub fn shares(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Unknown(_), _) => self.clone(),
            (_, Self::Unknown(_)) => other.clone(),
            (Self::Texts(a), Self::Texts(b)) => Self::Bool(a.iter().any(|member| b.contains(member))),
            _ => Self::Bool(false),
        }
    }

    /// True when a text starts with `prefix`.
    pub fn starts_with(&self, prefix: &Self) -> Self {
        match (self, prefix) {
            (Self::Unknown(_), _) => self.clone(),
            (_, Self::Unknown(_)) => prefix.clone(),
            (Self::Text(text), Self::Text(prefix)) => Self::Bool(text.starts_with(prefix.as_ref())),
            _ => Self::Bool(false),
        }
    }

    /// Its texts folded as words are compared: neither capitals, accents, width nor look-alike letters are left.
    pub fn folded(&self) -> Self {
        match self {
            Self::Text(text) => Self::text(&loose_key(text)),
            Self::Texts(set) => Self::texts(set.iter().map(|text| loose_key(text))),
            other => other.clone(),
        }
    }

    /// True when a text says one phrase, or one of a set, on whole words of any number. Both are [`Value::folded`].
    pub fn says(&self, how: Saying, phrases: &Self) -> Self {
        match (self, phrases) {
            (Self::Unknown(_), _) => self.clone(),
            (_, Self::Unknown(_)) => phrases.clone(),
            (Self::Text(text), Self::Text(phrase)) => Self::Bool(says(text, phrase, how)),
            (Self::Text(text), Self::Texts(set)) => Self::Bool(set.iter().any(|phrase| says(text, phrase, how))),
            _ => Self::Bool(false),
        }
    }

    /// Members of a set, or characters of a text.
    pub fn count(&self) -> Self {
        match self {
            Self::Unknown(_) => self.clone(),
            Self::Texts(set) => Self::Number(set.len() as f64),
            Self::Text(text) => Self::Number(text.chars().count() as f64),
            _ => Self::Number(0.0),
        }
    }

    /// False for a gap.
    pub fn known(&self) -> Self {
        Self::Bool(!matches!(self, Self::Unknown(_)))
    }

    /// For reasons and explanations.
    pub fn show(&self) -> String {
        match self {
            Self::Unknown(why) => format!("unknown ({why})"),
            Self::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Self::Number(number) => show_number(*number),
            Self::Text(text) => text.to_string(),
            Self::Texts(set) => set.join(", "),
        }
    }
}

/// As Rhai compares (`func/builtin.rs`, 1.27): numbers that differ by a rounding are equal, so that `0.1 + 0.2 == 0.3`.
fn compare_numbers(a: f64, how: Compare, b: f64) -> bool {
    let scale = if a * b == 0.0 { 1.0 } else { a.abs().max(b.abs()) };
    if scale == 0.0 {
        // No number beside zero.
        return matches!(how, Compare::Equal | Compare::LessOrEqual | Compare::GreaterOrEqual);
    }
    let apart = (a - b) / scale;
    match how {
        Compare::Equal => apart.abs() <= f64::EPSILON,
        Compare::NotEqual => apart.abs() > f64::EPSILON,
        Compare::Less => -apart > f64::EPSILON,
        Compare::LessOrEqual => -apart > -f64::EPSILON,
        Compare::Greater => apart > f64::EPSILON,
        Compare::GreaterOrEqual => apart > -f64::EPSILON,
    }
}

/// At most two decimals, none where they are zero.
fn show_number(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_false_part_beats_a_gap() {
        let gap = || Value::unknown("no volume");
        assert_eq!(gap().and(Value::Bool(false)), Value::Bool(false));
        assert_eq!(gap().and(Value::Bool(true)), gap());
        assert_eq!(gap().or(Value::Bool(true)), Value::Bool(true));
        assert_eq!(Value::Bool(false).or(gap()), gap());
        assert_eq!(gap().negate(), gap());
        assert_eq!(gap().compare(Compare::Greater, &Value::Number(1.0)), gap());
    }

    #[test]
    fn numbers_are_shown_short() {
        assert_eq!(Value::Number(976.0).show(), "976");
        assert_eq!(Value::Number(0.5).show(), "0.5");
    }
}
