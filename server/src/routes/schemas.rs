//! What clients may rely on, in a form for machines.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// `GET /v1/schemas/manifest`: JSON Schema of the canonical manifest.
pub async fn manifest() -> Response {
    let mut response = Json(palisander_engine::manifest::schema::schema()).into_response();
    let kind = header::HeaderValue::from_static("application/schema+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
