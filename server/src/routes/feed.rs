//! What everybody may read, without a key: Atom, or NDJSON where that is asked for.

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State as Shared};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{no_memory, off_the_reactor, page_limit, query_problem};
use crate::atom;
use crate::problem::Problem;
use crate::service::feed::{Mark, Page, Published};
use crate::state::State;

/// What may be asked: `?after=…&limit=50`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// `next` of the page before.
    after: Option<String>,
    limit: Option<usize>,
}

/// In which form it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Atom,
    Ndjson,
}

const NDJSON: &str = "application/x-ndjson";

/// `GET /v1/feed`: live information under TLP:CLEAR, in plain words, the latest first.
pub async fn feed(
    Shared(state): Shared<State>,
    query: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let office = state.office.clone().ok_or_else(no_memory)?;
    let Query(Asked { after, limit }) = query.map_err(|error| query_problem(&error))?;
    let form = wanted(&headers)?;
    let limit = page_limit(limit)?;
    let after = after.map(|after| Mark::read(&after).ok_or_else(no_mark)).transpose()?;
    let mark = after.clone();
    let place = state.admission.quick().await?;
    let reading = move || {
        let _place = place;
        office.feed(mark.as_ref(), limit)
    };
    Ok(shown(&off_the_reactor(reading).await?, form, after.as_ref(), limit))
}

fn no_mark() -> Problem {
    let detail = "after is what `rel=\"next\"` of the page before says";
    Problem::new(StatusCode::BAD_REQUEST, "/problems/query", "the query is wrong", detail)
}

fn shown(page: &Page, form: Form, after: Option<&Mark>, limit: usize) -> Response {
    let address = |after: &Mark| format!("/v1/feed?after={after}&limit={limit}");
    let own = after.map_or_else(|| format!("/v1/feed?limit={limit}"), address);
    let next = page.next.as_ref().map(address);
    let (media, text) = match form {
        Form::Atom => (format!("{}; charset=utf-8", atom::MEDIA_TYPE), atom::document(page, &own, next.as_deref())),
        Form::Ndjson => (NDJSON.to_owned(), page.records.iter().map(|one| line(one) + "\n").collect()),
    };
    let mut response = Body::from(text).into_response();
    let link = next.map(|next| format!("<{next}>; rel=\"next\""));
    let told = [(header::CONTENT_TYPE, Some(media)), (header::VARY, Some("accept".to_owned())), (header::LINK, link)];
    for (name, text) in told {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn line(one: &Published) -> String {
    let Published { id, published_on, effective_to, plain_text } = one;
    let title = atom::heading(plain_text);
    json!({ "id": id, "published_on": published_on, "effective_to": effective_to, "title": title, "plain_text": plain_text })
        .to_string()
}

/// The form that is wanted most, Atom of equals; a problem where neither is (RFC 9110, 12.5.1).
fn wanted(headers: &HeaderMap) -> Result<Form, Problem> {
    let told: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let ranges: Vec<(String, f32)> =
        told.iter().flat_map(|line| line.split(',')).filter(|text| !text.trim().is_empty()).map(range).collect();
    let weight = |media: &str| match ranges.as_slice() {
        [] => 1.0,
        _ => [media, "application/*", "*/*"]
            .iter()
            .find_map(|name| ranges.iter().find(|(range, _)| range == name))
            .map_or(0.0, |(_, weight)| *weight),
    };
    match (weight(atom::MEDIA_TYPE), weight(NDJSON)) {
        (atom, ndjson) if ndjson > atom => Ok(Form::Ndjson),
        (atom, _) if atom > 0.0 => Ok(Form::Atom),
        _ => {
            let detail = format!("this is given as {} or as {NDJSON}", atom::MEDIA_TYPE);
            Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "/problems/accept", "not in this form", detail))
        }
    }
}

/// A range of media types and its weight, 0 to 1; 1 where none is said.
fn range(text: &str) -> (String, f32) {
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default().to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
    (media, weight.unwrap_or(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_that_which_is_wanted_most() {
        for (accept, expected) in [
            (None, Some(Form::Atom)),
            (Some(""), Some(Form::Atom)),
            (Some("*/*"), Some(Form::Atom)),
            (Some("text/html, application/xhtml+xml, */*;q=0.8"), Some(Form::Atom)),
            (Some("application/x-ndjson"), Some(Form::Ndjson)),
            (Some("Application/X-NDJSON; q=0.9, application/atom+xml;q=0.5"), Some(Form::Ndjson)),
            (Some("application/x-ndjson;q=0.1, application/*"), Some(Form::Atom)),
            (Some("application/atom+xml;q=0, */*"), Some(Form::Ndjson)),
            (Some("text/html"), None),
            (Some("*/*;q=0"), None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
            }
            assert_eq!(wanted(&headers).ok(), expected, "{accept:?}");
        }
    }
}
