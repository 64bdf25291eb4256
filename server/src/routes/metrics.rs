//! What the service counts of itself.

use axum::extract::State as Shared;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::off_the_reactor;
use crate::problem::Problem;
use crate::standing::Degraded;
use crate::state::State;

/// `GET /metrics`: for Prometheus, with a key where callers are told apart.
pub async fn metrics(Shared(state): Shared<State>) -> Result<Response, Problem> {
    let entries = match state.office.clone() {
        Some(office) => Some(off_the_reactor(move || Ok(office.store.n_entries()?)).await?),
        None => None,
    };
    let degraded = state.seen().await.degraded.clone();
    let degraded: Vec<_> = Degraded::ALL.iter().map(|word| (word.as_str(), degraded.contains(word))).collect();
    let mut response = state.metrics.shown(entries, &degraded).into_response();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}
