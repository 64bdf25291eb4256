//! The filter `taxa resolve`: one JSON question a line, one JSON answer a line.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{NameIndex, NameQuery};
use crate::codes::{CountryCode, Date, HsCode};

/// A question as it is read; codes of a wrong shape are reported, not fatal.
#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    #[serde(default)]
    pub id: Value,
    #[serde(alias = "query", default)]
    pub text: String,
    #[serde(default)]
    pub declared: Option<String>,
    #[serde(default)]
    pub common: Option<String>,
    #[serde(default)]
    hs: Option<Value>,
    #[serde(default)]
    origin: Option<String>,
    #[serde(default)]
    as_of: Option<String>,
}

/// A question with its codes checked.
pub(crate) struct Checked {
    pub question: Question,
    pub hs: Option<HsCode>,
    pub origin: Option<CountryCode>,
    pub as_of: Option<Date>,
    pub ignored: Vec<&'static str>,
}

impl Question {
    /// Reads HS code, origin and day of the question; what does not read is named in `ignored`.
    pub fn check(self) -> Checked {
        let mut ignored = Vec::new();
        let hs_text = self.hs.as_ref().and_then(|hs| match hs {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        let hs = keep(hs_text.as_deref(), "hs", &mut ignored);
        let origin = keep(self.origin.as_deref(), "origin", &mut ignored);
        let as_of = keep(self.as_of.as_deref(), "as_of", &mut ignored);
        Checked { question: self, hs, origin, as_of, ignored }
    }
}

impl Checked {
    /// The question that the line asks of the names.
    pub fn query(&self) -> NameQuery<'_> {
        NameQuery {
            text: &self.question.text,
            declared: self.question.declared.as_deref(),
            common: self.question.common.as_deref(),
            hs: self.hs.as_ref(),
            origin: self.origin,
            as_of: self.as_of,
            in_short: false,
        }
    }
}

fn keep<T: std::str::FromStr>(text: Option<&str>, field: &'static str, ignored: &mut Vec<&'static str>) -> Option<T> {
    let text = text.filter(|text| !text.trim().is_empty())?;
    let value = text.parse().ok();
    if value.is_none() {
        ignored.push(field);
    }
    value
}

/// Answers one line `{"id","text","hs"?,"origin"?,"as_of"?}` with `{"id","verdict","mentions","excluded"}`.
/// `query` stands for `text`; a line that is no such object is answered with `error`.
pub fn resolve_line(index: &NameIndex, line: &str) -> Value {
    let question = match serde_json::from_str::<Question>(line) {
        Ok(question) => question.check(),
        Err(error) => return json!({"id": null, "error": format!("not a question: {error}")}),
    };
    let resolution = index.resolve(&question.query());
    let mut answer = json!({
        "id": question.question.id,
        "verdict": resolution.verdict,
        "mentions": resolution.mentions,
        "excluded": resolution.excluded,
    });
    if let (Some(map), false) = (answer.as_object_mut(), question.ignored.is_empty()) {
        map.insert("ignored".into(), json!(question.ignored));
    }
    answer
}
