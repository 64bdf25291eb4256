//! Answers that a caller knows already, and changes of what he has seen (RFC 9110, 13): entity tags.
//!
//! In: a request with its caller, on its way to its route. Out: the answer with its `ETag`; 304 when he knows it; 412 when what he
//! wants to change is no longer as he saw it. A tag is made of the bytes that this caller is shown and of nothing else, so that
//! it tells nothing of what he may not see. Not here: that nothing comes between the look and the change (`Caller::acts_on`,
//! which the service holds against the log).

use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{MatchedPath, Request, State as Shared};
use axum::http::header::{ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use crate::config::MAX_TAGGED_BYTES;
use crate::identity::{ROUTES, caller};
use crate::problem::Problem;
use crate::service::{Caller, OfficeError};
use crate::state::State;

/// Bytes of a digest that make a tag.
const TAG_BYTES: usize = 16;

/// Where answers are asked for by those inside: every route, with callers that are known already.
#[derive(Clone)]
pub struct Inside {
    pub state: State,
    pub routes: Router,
}

/// Lets a request through to its route under its conditions.
pub async fn conditional(Shared(inside): Shared<Inside>, mut request: Request, next: Next) -> Response {
    let wanted = listed(request.headers(), &IF_MATCH);
    if request.method() == Method::GET {
        let known = listed(request.headers(), &IF_NONE_MATCH);
        return tagged(next.run(request).await, wanted, known).await;
    }
    let Some(wanted) = wanted else { return next.run(request).await };
    let looked = match Looked::at(&request) {
        Ok(looked) => looked,
        Err(problem) => return problem.into_response(),
    };
    match seen(&inside, looked).await {
        Ok((tag, at)) if wanted.fits(&tag) => {
            if let Some(caller) = request.extensions_mut().get_mut::<Caller>() {
                caller.acts_on = Some(at);
            }
            next.run(request).await
        }
        Ok(_) => Problem::changed().into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Tags of a header: any at all, or some.
enum Tags {
    Any,
    Some(Vec<String>),
}

impl Tags {
    fn fits(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Some(tags) => tags.iter().any(|own| own == tag),
        }
    }
}

/// The tags of a header; `None` where it does not stand. What is no tag of ours fits nothing: whoever sets a condition relies on
/// it. Ours hold neither commas nor quotation marks.
fn listed(headers: &HeaderMap, name: &HeaderName) -> Option<Tags> {
    let mut values = headers.get_all(name).iter().peekable();
    values.peek()?;
    let mut tags = Vec::new();
    for value in values {
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Some(Tags::Any);
        }
        let own = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
        tags.extend(text.split(',').map(own));
    }
    Some(Tags::Some(tags))
}

/// The answer with its tag; 304 or 412 where a condition says so. Answers that come in pieces have none.
async fn tagged(response: Response, wanted: Option<Tags>, known: Option<Tags>) -> Response {
    let size = response.body().size_hint().exact().filter(|size| *size <= MAX_TAGGED_BYTES as u64);
    if response.status() != StatusCode::OK || size.is_none() {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_TAGGED_BYTES).await else {
        return Problem::fault("this request failed").into_response();
    };
    let tag = tag(&bytes);
    if wanted.is_some_and(|wanted| !wanted.fits(&tag)) {
        return Problem::changed().into_response();
    }
    if let Ok(value) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        head.headers.insert(ETAG, value);
    }
    if known.is_some_and(|known| known.fits(&tag)) {
        head.status = StatusCode::NOT_MODIFIED;
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(bytes))
}

fn tag(bytes: &Bytes) -> String {
    let digest = Sha256::digest(bytes);
    URL_SAFE_NO_PAD.encode(digest.get(..TAG_BYTES).unwrap_or_default())
}

/// What a request wants to change, and who.
struct Looked {
    path: String,
    id: String,
    caller: Caller,
}

impl Looked {
    fn at(request: &Request) -> Result<Self, Problem> {
        let none = || {
            let detail = "what this changes is not shown by itself; leave `if-match` out";
            Problem::new(StatusCode::BAD_REQUEST, "/problems/header", "a header is wrong", detail)
        };
        let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
        let above = |path: &str| path.rsplit_once('/').map(|(above, _)| above.to_owned());
        let (route, path) = (above(matched).ok_or_else(none)?, above(request.uri().path()).ok_or_else(none)?);
        let is_one =
            route.ends_with("/{id}") && ROUTES.iter().any(|(method, own, _)| (*method, *own) == ("GET", &*route));
        let caller = caller(request).filter(|_| is_one).ok_or_else(none)?;
        let id = path.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(Self { path, id, caller })
    }
}

/// It as its caller is shown it now: its tag, and the last entry about it before the look.
async fn seen(inside: &Inside, looked: Looked) -> Result<(String, u64), Problem> {
    let Looked { path, id, caller } = looked;
    let nothing = || Problem::not_found(&path);
    let office = inside.state.office.clone().ok_or_else(nothing)?;
    let looking = tokio::task::spawn_blocking(move || office.store.last_about(&id));
    let failed = |_| Problem::fault("this request failed; nothing was done");
    let at = looking.await.map_err(failed)?.map_err(|error| Problem::office(&OfficeError::from(error)))?;
    let mut look = Request::get(path.as_str()).body(Body::empty()).map_err(|_| nothing())?;
    look.extensions_mut().insert(caller);
    let shown = match inside.routes.clone().oneshot(look).await {
        Ok(shown) if shown.status() == StatusCode::OK => shown,
        _ => return Err(nothing()),
    };
    let bytes = to_bytes(shown.into_body(), MAX_TAGGED_BYTES).await.map_err(|_| nothing())?;
    Ok((tag(&bytes), at))
}
