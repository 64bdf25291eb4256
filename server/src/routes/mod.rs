//! Handlers: extract, call the engine off the reactor, convert. They do not call each other.

pub mod alerts;
pub mod assessments;
pub mod health;
pub mod manifests;
pub mod schemas;

use palisander_engine::Date;
use serde::Deserialize;

use crate::problem::Problem;

/// The day whose law is asked: `?as_of=2014-03-01`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsOf {
    /// Day whose law counts.
    pub as_of: Option<String>,
}

impl AsOf {
    /// The day, or a problem that says how to write one.
    pub fn day(&self) -> Result<Option<Date>, Problem> {
        let Some(text) = &self.as_of else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            let detail = format!("as_of `{text}` is not a day; write it as 2014-03-01");
            Problem::new(axum::http::StatusCode::BAD_REQUEST, "/problems/query", "the query is wrong", detail)
        })
    }
}

/// The media type without its parameters, in lower case.
pub fn media_type(headers: &axum::http::HeaderMap) -> String {
    let value = headers.get(axum::http::header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A query that could not be read.
pub fn query_problem(error: &axum::extract::rejection::QueryRejection) -> Problem {
    Problem::new(axum::http::StatusCode::BAD_REQUEST, "/problems/query", "the query is wrong", error.body_text())
}
