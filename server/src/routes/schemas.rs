//! What clients may rely on, in a form for machines.

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// `GET /v1/schemas/manifest`: JSON Schema of the canonical manifest.
pub async fn manifest() -> Response {
    answer(palisander_engine::manifests::schema())
}

/// `GET /v1/schemas/assessment`: JSON Schema of the answer for one consignment.
pub async fn assessment() -> Response {
    answer(palisander_engine::answers::schema())
}

/// `GET /openapi.json`: the whole API.
pub async fn openapi() -> Json<Value> {
    Json(crate::openapi::document())
}

fn answer(schema: Value) -> Response {
    let mut response = Json(schema).into_response();
    let kind = header::HeaderValue::from_static("application/schema+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
