//! Any JSON value, of which only so much is kept as a fault or an unmapped value shows.
//!
//! In: a serde deserializer. Out: a [`Loose`]; of lists and objects the beginning of their text, without a tree.
//! Cost: one pass, [`limits::MAX_UNMAPPED_CHARS`] of memory.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::limits;
use super::reading::is_absent;

/// A key, borrowed where it can be.
pub(super) struct Name<'de>(pub Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        from.deserialize_str(KeyVisitor)
    }
}

/// Any value; of lists and objects only the beginning of their text is kept.
#[derive(Debug)]
pub(super) enum Loose<'de> {
    Null,
    Bool(bool),
    Whole(u64),
    Number(f64),
    Text(Cow<'de, str>),
    /// JSON of a list or an object, cut at [`limits::MAX_UNMAPPED_CHARS`].
    Many(String),
}

impl Loose<'_> {
    /// True where nothing was said: null, or a text of blanks.
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => is_absent(text),
            Self::Many(text) => text == "[]" || text == "{}",
            Self::Bool(_) | Self::Whole(_) | Self::Number(_) => false,
        }
    }
}

impl std::fmt::Display for Loose<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Whole(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(text),
            Self::Many(text) => f.write_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Loose<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(LooseVisitor)
    }
}

pub(super) struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Loose::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Loose::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Loose::Whole(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Loose::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Loose::Number(value))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Loose::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Loose::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut text = String::from("[");
        while text.len() < limits::MAX_UNMAPPED_CHARS {
            let Some(value) = seq.next_element::<Loose<'de>>()? else { return Ok(Loose::Many(text + "]")) };
            part(&mut text, None, &value);
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Many(text + ", …]"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut text = String::from("{");
        while text.len() < limits::MAX_UNMAPPED_CHARS {
            let Some(Name(name)) = map.next_key()? else { return Ok(Loose::Many(text + "}")) };
            let value: Loose<'de> = map.next_value()?;
            part(&mut text, Some(&name), &value);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Loose::Many(text + ", …}"))
    }
}

/// One entry of a list or an object, as JSON.
fn part(text: &mut String, name: Option<&str>, value: &Loose<'_>) {
    if text.len() > 1 {
        text.push_str(", ");
    }
    if let Some(name) = name {
        let _ = write!(text, "{name:?}: ");
    }
    let _ = match value {
        Loose::Text(inner) => write!(text, "{inner:?}"),
        other => write!(text, "{other}"),
    };
}
