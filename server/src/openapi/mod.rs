//! The API in a form for machines: OpenAPI 3.1, made of the same tables that the router and the access check use.
//!
//! In: the routes (`identity::ROUTES`), what each takes and gives ([`paths`]), the engine's own schemas of manifest and answer.
//! Out: one document, the same for every caller and every store. It is written by hand of three tables and not by macros on
//! handlers: a route that has no row here, or a row without a route, fails a test.

mod case_paths;
mod cases;
mod information;
mod paths;
mod plan_paths;
mod plans;
mod schemas;
mod shapes;

use serde_json::{Map, Value, json};

use crate::identity::ROUTES;
use case_paths::CASES;
use paths::{Body, PATHS, Row};
use plan_paths::PLANS;

/// The document, the same for every caller.
pub fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for row in all_rows() {
        let act = ROUTES.iter().find(|(method, path, _)| (*method, *path) == (row.method, row.path));
        let is_open = act.is_some_and(|(_, _, act)| act.is_none());
        let of_path = paths.entry(row.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(methods) = of_path.as_object_mut() {
            methods.insert(row.method.to_lowercase(), operation(row, is_open));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Palisander",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Risk profiling for timber consignments. What an answer says depends on the roles and the clearance of \
                            the key; a service without a state folder asks for no key and keeps nothing.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer", "description": "a key of `palisander readers`" } },
            "schemas": schemas::all(),
        },
    })
}

fn operation(row: &Row, is_open: bool) -> Value {
    let mut operation = json!({ "operationId": row.id, "summary": row.summary });
    let Some(fields) = operation.as_object_mut() else { return operation };
    let in_path = row.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(|name| {
        let schema = schemas::of_path(name);
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    });
    let in_query = row.query.iter().map(|(name, schema)| {
        json!({ "name": name, "in": "query", "required": schemas::is_needed(schema),
            "schema": schemas::of_query(schema) })
    });
    let in_head = row.is_once.then(|| {
        json!({ "name": "idempotency-key", "in": "header", "required": false,
            "schema": { "type": "string", "minLength": 1, "maxLength": crate::config::MAX_IDEMPOTENCY_CHARS, "pattern": "^[!-~]+$" } })
    });
    let later = row.is_later.then(|| {
        json!({ "name": "prefer", "in": "header", "required": false,
            "description": "`respond-async`; other preferences bind nobody", "schema": { "type": "string" } })
    });
    let parameters: Vec<Value> = in_path.chain(in_query).chain(in_head).chain(later).chain(condition(row)).collect();
    if !parameters.is_empty() {
        fields.insert("parameters".to_owned(), json!(parameters));
    }
    if let Some((is_required, takes)) = &row.takes {
        fields.insert("requestBody".to_owned(), json!({ "required": is_required, "content": content(takes) }));
    }
    let mut responses = Map::new();
    for (status, what, gives) in row.gives {
        responses.insert(status.to_string(), json!({ "description": what, "content": content(gives) }));
    }
    let own: &[u16] = if is_open { &[] } else { &[401, 403, 429] };
    let problem = json!({ "application/problem+json": { "schema": schemas::reference("Problem") } });
    let always = [400, 404, 408, 421, 500, 503];
    let with_body = [409, 413, 415, 422];
    let failing = always.iter().chain(own).chain(row.problems).chain(row.takes.iter().flat_map(|_| &with_body));
    let mut failing: Vec<u16> = failing.copied().collect();
    failing.extend(can_be_conditional(row).then_some(412));
    failing.sort_unstable();
    failing.dedup();
    for status in failing {
        responses.insert(status.to_string(), json!({ "description": "a problem (RFC 9457)", "content": problem }));
    }
    fields.insert("responses".to_owned(), Value::Object(responses));
    // Without a state folder no key is asked for.
    let security = if is_open { json!([]) } else { json!([{ "key": [] }] ) };
    fields.insert("security".to_owned(), security);
    operation
}

/// A change of what is shown by itself may say what its caller has seen.
fn condition(row: &Row) -> Option<Value> {
    can_be_conditional(row).then(|| {
        json!({ "name": "if-match", "in": "header", "required": false,
            "description": "the `etag` of what is changed, as the caller has seen it",
            "schema": { "type": "string", "pattern": "^(\\*|\"[A-Za-z0-9_-]{1,64}\")$" } })
    })
}

fn can_be_conditional(row: &Row) -> bool {
    let above = row.path.rsplit_once('/').map(|(above, _)| above).filter(|above| above.ends_with("/{id}"));
    row.method == "POST"
        && above.is_some_and(|above| ROUTES.iter().any(|(method, path, _)| (*method, *path) == ("GET", above)))
}

fn content(bodies: &[Body]) -> Value {
    let mut content = Map::new();
    for body in bodies {
        let schema = match body.schema {
            "" => json!({}),
            name => schemas::reference(name),
        };
        content.insert(body.media.to_owned(), json!({ "schema": schema }));
    }
    Value::Object(content)
}

/// Every operation.
fn all_rows() -> impl Iterator<Item = &'static Row> {
    PATHS.iter().chain(CASES).chain(PLANS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_has_a_row_and_every_row_a_route() {
        for (method, path, _) in ROUTES {
            assert!(all_rows().any(|row| (row.method, row.path) == (*method, *path)), "{method} {path}");
        }
        assert_eq!(all_rows().count(), ROUTES.len());
    }

    /// Every reference leads somewhere.
    #[test]
    fn references_resolve() {
        fn walk(value: &Value, document: &Value) {
            match value {
                Value::Object(fields) => {
                    if let Some(to) = fields.get("$ref").and_then(Value::as_str) {
                        let place = to.strip_prefix('#').unwrap();
                        assert!(document.pointer(place).is_some(), "{to}");
                    }
                    fields.values().for_each(|value| walk(value, document));
                }
                Value::Array(all) => all.iter().for_each(|value| walk(value, document)),
                _ => {}
            }
        }
        let document = document();
        walk(&document, &document);
    }

    /// What clients rely on changes only with this file: `UPDATE=1` writes it.
    #[test]
    fn the_document_is_locked() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/openapi/locked.json");
        let now = format!("{}\n", serde_json::to_string_pretty(&document()).unwrap());
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &now).unwrap();
        }
        let locked = std::fs::read_to_string(path).unwrap_or_default();
        assert!(locked == now, "the API changed: look at it, then run this test with UPDATE=1");
    }
}
