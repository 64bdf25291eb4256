//! Answers of a scoring run as they are written (NDJSON, one a line), and the truth or results that they are held against.
//!
//! Of an answer only what a ranking, a baseline or a statistic needs is kept. Lines that do not read are counted and named.

use std::io::BufRead;

use serde::Deserialize;

/// Why a file is no use.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file breaks off.
    #[error("line {line}: {why}")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// Nothing in it.
    #[error("there is no line in it")]
    Empty,
}

/// An answer, as far as figures need it.
#[derive(Debug, Clone, Deserialize)]
pub struct Answer {
    pub consignment: String,
    #[serde(default)]
    pub score: f64,
    #[serde(default)]
    pub rank_key: String,
    #[serde(default)]
    pub lane: String,
    #[serde(default)]
    pub hits: Vec<Hit>,
    #[serde(default)]
    pub goods: Vec<Goods>,
    #[serde(default)]
    pub parties: Vec<Party>,
    #[serde(default)]
    pub containers: Vec<serde::de::IgnoredAny>,
}

/// An indicator that fired.
#[derive(Debug, Clone, Deserialize)]
pub struct Hit {
    pub profile: String,
    pub indicator: String,
    #[serde(default)]
    pub group: String,
    #[serde(default)]
    pub points: f64,
}

/// Raw fields of a line of goods, as the answer repeats them.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Goods {
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub hs_code: Option<String>,
    #[serde(default)]
    pub origin: Option<String>,
    #[serde(default)]
    pub gross_mass_kg: Option<f64>,
}

/// A firm in a role.
#[derive(Debug, Clone, Deserialize)]
pub struct Party {
    #[serde(default)]
    pub role: String,
    #[serde(default)]
    pub name: String,
}

/// What a bill was made to be, or is known to be.
#[derive(Debug, Clone, Deserialize)]
pub struct Truth {
    pub consignment: String,
    pub planted: bool,
    #[serde(default)]
    pub day: String,
    #[serde(default)]
    pub port: String,
    #[serde(default)]
    pub ship: String,
    #[serde(default)]
    pub consignor: String,
    #[serde(default)]
    pub made: String,
    #[serde(default)]
    pub method: String,
    #[serde(default)]
    pub case: String,
}

/// A report about an examination.
#[derive(Debug, Clone, Deserialize)]
pub struct Told {
    pub consignment: String,
    #[serde(default)]
    pub examined_on: String,
    #[serde(default)]
    pub reported_on: String,
    /// Only `final` counts.
    pub state: String,
    /// `found`, or anything else for nothing.
    pub result: String,
    #[serde(default)]
    pub detected_by: Vec<String>,
}

/// Each line of a file, in order; the first that does not read ends it.
pub fn lines<T: for<'de> Deserialize<'de>>(input: impl BufRead, take: &mut dyn FnMut(T)) -> Result<usize, ReadError> {
    let mut n = 0;
    for (place, line) in input.lines().enumerate() {
        let failed = |why: String| ReadError::Line { line: place + 1, why };
        let line = line.map_err(|error| failed(error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        take(serde_json::from_str(&line).map_err(|error| failed(error.to_string()))?);
        n += 1;
    }
    if n == 0 { Err(ReadError::Empty) } else { Ok(n) }
}
