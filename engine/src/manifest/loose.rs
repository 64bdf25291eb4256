//! Any JSON value, of which only so much is kept as a fault or an unmapped value shows.
//!
//! In: JSON. Out: a [`Loose`]; of lists and objects the beginning of their text, without a tree.
//! Cost: one pass, [`limits::MAX_UNMAPPED_CHARS`] of memory.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::json::{Broken, Json, Token};
use super::limits;
use super::reading::is_absent;

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

impl<'de> Loose<'de> {
    /// Reads the next value.
    #[inline]
    pub fn read(json: &mut Json<'de>) -> Result<Self, Broken> {
        let token = json.value()?;
        Self::of(token, json)
    }

    /// The value that begins so.
    #[inline]
    pub fn of(token: Token<'de>, json: &mut Json<'de>) -> Result<Self, Broken> {
        Ok(match token {
            Token::Null => Self::Null,
            Token::Bool(yes) => Self::Bool(yes),
            Token::Whole(number) => Self::Whole(number),
            Token::Number(number) => Self::Number(number),
            Token::Text(text) => Self::Text(text),
            Token::List => Self::Many(list(json)?),
            Token::Object => Self::Many(object(json)?),
        })
    }
}

fn list(json: &mut Json<'_>) -> Result<String, Broken> {
    let (mut text, mut first) = (String::from("["), true);
    while text.len() < limits::MAX_UNMAPPED_CHARS {
        if !json.entry(&mut first)? {
            return Ok(text + "]");
        }
        let value = Loose::read(json)?;
        part(&mut text, None, &value);
    }
    while json.entry(&mut first)? {
        json.skip()?;
    }
    Ok(text + ", …]")
}

fn object(json: &mut Json<'_>) -> Result<String, Broken> {
    let (mut text, mut first) = (String::from("{"), true);
    while text.len() < limits::MAX_UNMAPPED_CHARS {
        let Some(name) = json.member(&mut first)? else { return Ok(text + "}") };
        let value = Loose::read(json)?;
        part(&mut text, Some(&name), &value);
    }
    while json.member(&mut first)?.is_some() {
        json.skip()?;
    }
    Ok(text + ", …}")
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
