//! Search of alerts, Notifications and library by words, facets and day.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use palisander_engine::Date;
use palisander_engine::notices::{AlertIndex, AlertResult, AlertSearch, MAX_RESULTS};
use serde::{Deserialize, Serialize};

use super::query_problem;
use crate::problem::Problem;
use crate::state::State;

/// What may be asked: `?q=rosewood&country=MG&as_of=2014-03-01`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Words in any language.
    #[serde(default)]
    q: String,
    /// Only what counts on this day.
    as_of: Option<Date>,
    /// Only this kind.
    kind: Option<String>,
    /// Only this country: a code, or a name in any language.
    country: Option<String>,
    /// Only this wood.
    taxon: Option<String>,
    /// Only this measure.
    measure: Option<String>,
    /// Only this status.
    status: Option<String>,
    /// Only texts of this language.
    language: Option<String>,
    limit: Option<usize>,
}

/// Records found, best first.
#[derive(Debug, Serialize)]
pub struct Found {
    /// The best first.
    results: Vec<AlertResult>,
    /// Generation of the index.
    generation: u64,
}

/// `GET /v1/alerts`: records that everybody may see (TLP:CLEAR).
pub async fn search(
    Shared(state): Shared<State>,
    query: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<Found>, Problem> {
    let Query(asked) = query.map_err(|error| query_problem(&error))?;
    let wrong = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "/problems/query", "the query is wrong", detail);
    let engine = Arc::clone(&state.engines.live().engine);
    let country = match &asked.country {
        Some(text) => match engine.references().countries.find(text) {
            Some(country) => Some(country.code),
            None => {
                let detail = format!("country `{text}` is neither a code nor a name of a country");
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return Err(Problem::new(status, "/problems/query", "the query is wrong", detail));
            }
        },
        None => None,
    };
    let limit = asked.limit.unwrap_or(10);
    if !(1..=MAX_RESULTS).contains(&limit) {
        return Err(wrong(format!("limit is 1 to MAX_RESULTS ({MAX_RESULTS})")));
    }
    let place = state.admission.quick().await?;
    let searched = tokio::task::spawn_blocking(move || {
        let _place = place;
        let index: Arc<AlertIndex> = state.search.of(&engine).map_err(|error| fault(&error.to_string()))?;
        let results = index.search(&AlertSearch {
            text: &asked.q,
            as_of: asked.as_of,
            kind: asked.kind.as_deref(),
            country,
            taxon: asked.taxon.as_deref(),
            measure: asked.measure.as_deref(),
            status: asked.status.as_deref(),
            handling: None,
            language: asked.language.as_deref(),
            limit,
        });
        Ok(Found { results, generation: index.generation() })
    });
    match searched.await {
        Ok(answer) => answer.map(Json),
        Err(_) => Err(fault("the search failed")),
    }
}

fn fault(why: &str) -> Problem {
    tracing::error!(why, "alerts cannot be searched");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "/problems/fault", "our fault", "alerts cannot be searched now")
}
