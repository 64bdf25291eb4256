//! Who asks, over HTTP: the key in the head of a request becomes a caller, or the request ends here.
//!
//! In: a request on its way to its route, and what the route does. Out: the same with its [`Caller`], or 401, 403, 404, 429;
//! every answer to a key says what is left of its budget (`RateLimit`, draft-ietf-httpapi-ratelimit-headers).
//! Nothing else of a request says who sends it. A service without a memory has no readers: there everybody on this machine
//! is served, and no request has a caller. Not here: which role may do what (`service::access`).

use axum::extract::{MatchedPath, Request, State as Shared};
use axum::http::header::{AUTHORIZATION, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::metrics::Refused;
use crate::problem::Problem;
use crate::service::access::{Act, Refusal, may};
use crate::service::budgets::Left;
use crate::service::{Caller, Denied};
use crate::state::State;

/// What a route does, by method and path. `None` = open to all: it tells nothing of what is kept. A route that is not here
/// is nobody's.
pub const ROUTES: &[(&str, &str, Option<Act>)] = &[
    ("GET", "/healthz", None),
    ("GET", "/readyz", None),
    ("GET", "/freshz", None),
    ("GET", "/metrics", Some(Act::Measure)),
    ("GET", "/openapi.json", None),
    ("GET", "/v1/schemas/manifest", None),
    ("GET", "/v1/schemas/assessment", None),
    ("GET", "/v1/me", Some(Act::Me)),
    ("GET", "/v1/alerts", Some(Act::Search)),
    ("POST", "/v1/assessments", Some(Act::Assess)),
    ("POST", "/v1/manifests", Some(Act::Assess)),
    ("GET", "/v1/jobs", Some(Act::Assess)),
    ("GET", "/v1/jobs/{id}", Some(Act::See)),
    ("DELETE", "/v1/jobs/{id}", Some(Act::See)),
    ("GET", "/v1/jobs/{id}/answers", Some(Act::See)),
    ("GET", "/v1/assessments", Some(Act::Queue)),
    ("GET", "/v1/assessments/{id}", Some(Act::See)),
    ("GET", "/v1/assessments/{id}/bundle", Some(Act::Bundle)),
    ("POST", "/v1/assessments/{id}/decisions", Some(Act::Decide)),
    ("POST", "/v1/assessments/{id}/examiner", Some(Act::Decide)),
    ("GET", "/v1/assessments/{id}/examiner", Some(Act::Drawn)),
    ("GET", "/v1/patterns", Some(Act::Patterns)),
    ("POST", "/v1/assessments/{id}/result", Some(Act::Report)),
    ("GET", "/v1/results", Some(Act::Results)),
    ("GET", "/v1/cases", Some(Act::Case)),
    ("POST", "/v1/cases", Some(Act::Case)),
    ("GET", "/v1/cases/{id}", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/facts", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/custody", Some(Act::Case)),
    ("DELETE", "/v1/cases/{id}/custody/{n}", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/custody/{n}/signatures", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/findings", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/leads", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/leads/{n}", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/notices/{n}", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/hand-overs", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/hand-overs/{n}", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/groups", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/court", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/decisions", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/state", Some(Act::Case)),
    ("GET", "/v1/cases/{id}/entities", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/entities", Some(Act::Case)),
    ("DELETE", "/v1/cases/{id}/entities/{n}", Some(Act::Case)),
    ("GET", "/v1/cases/{id}/packet", Some(Act::Case)),
    ("GET", "/v1/cases/{id}/suspicion", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/suspicion", Some(Act::Case)),
    ("GET", "/v1/papers", Some(Act::Case)),
    ("GET", "/v1/papers/inquiry", Some(Act::Case)),
    ("GET", "/v1/papers/uses", Some(Act::Case)),
    ("POST", "/v1/cases/{id}/files", Some(Act::Case)),
    ("GET", "/v1/cases/{id}/files/{n}", Some(Act::Case)),
    ("GET", "/v1/cases/{id}/court-bundle", Some(Act::Case)),
    ("GET", "/v1/cases/{id}/dossier", Some(Act::Case)),
    ("GET", "/v1/cases/{id}/advice", Some(Act::Case)),
    ("GET", "/v1/assessments/{id}/storage", Some(Act::Case)),
    ("GET", "/v1/directory/{table}", Some(Act::Directory)),
    ("POST", "/v1/assessments/{id}/verifications", Some(Act::Verify)),
    ("GET", "/v1/verifications", Some(Act::Verify)),
    ("GET", "/v1/verifications/{id}", Some(Act::Verify)),
    ("POST", "/v1/verifications/{id}/events", Some(Act::Verify)),
    ("GET", "/v1/plans", Some(Act::Plans)),
    ("POST", "/v1/plans", Some(Act::WritePlans)),
    ("GET", "/v1/plans/{id}", Some(Act::Plans)),
    ("GET", "/v1/plans/{id}/bills", Some(Act::Plans)),
    ("POST", "/v1/plans/{id}/state", Some(Act::WritePlans)),
    ("POST", "/v1/plans/{id}/milestones/{n}", Some(Act::WritePlans)),
    ("GET", "/v1/reports", Some(Act::Figures)),
    ("GET", "/v1/reports/{name}", Some(Act::Figures)),
    ("POST", "/v1/reports/{name}/answers", Some(Act::WritePlans)),
    ("POST", "/v1/decisions/{id}/signatures", Some(Act::Decide)),
    ("POST", "/v1/reload", Some(Act::Reload)),
    ("GET", "/v1/information", Some(Act::Informed)),
    ("POST", "/v1/information", Some(Act::Inform)),
    ("GET", "/v1/information/{id}", Some(Act::Informed)),
    ("GET", "/v1/information/{id}/effects", Some(Act::Handle)),
    ("GET", "/v1/information/{id}/reselection", Some(Act::Handle)),
    ("POST", "/v1/information/{id}/grade", Some(Act::Handle)),
    ("POST", "/v1/information/{id}/live", Some(Act::Handle)),
    ("POST", "/v1/information/{id}/withdraw", Some(Act::Handle)),
    ("POST", "/v1/information/{id}/close", Some(Act::Handle)),
    ("POST", "/v1/information/{id}/label", Some(Act::Handle)),
    ("POST", "/v1/information/{id}/signatures", Some(Act::Handle)),
    ("POST", "/v1/information/{id}/copies", Some(Act::Handle)),
    ("POST", "/v1/information/{id}/shares", Some(Act::Handle)),
    ("POST", "/v1/information/{id}/questions", Some(Act::Handle)),
    ("POST", "/v1/listings", Some(Act::Inform)),
    ("GET", "/v1/identifiers/{kind}/{value}", Some(Act::Link)),
    ("POST", "/v1/access", None),
    ("GET", "/v1/access/{token}", None),
    ("POST", "/v1/access/{token}/key", None),
    ("GET", "/v1/access-requests", Some(Act::Administer)),
    ("GET", "/v1/access-requests/{id}", Some(Act::Administer)),
    ("POST", "/v1/access-requests/{id}/approve", Some(Act::Administer)),
    ("POST", "/v1/access-requests/{id}/refuse", Some(Act::Administer)),
    ("GET", "/v1/feed", None),
    ("POST", "/v1/tips", None),
    ("GET", "/v1/tips/{token}", None),
    ("POST", "/v1/tips/{token}", None),
    ("GET", "/v1/rulesets", Some(Act::ReadRules)),
    ("POST", "/v1/rulesets", Some(Act::WriteRules)),
    ("GET", "/v1/rulesets/{id}", Some(Act::ReadRules)),
    ("GET", "/v1/rulesets/{id}/shadow", Some(Act::ReadRules)),
    ("POST", "/v1/rulesets/{id}/approve", Some(Act::PublishRules)),
    ("POST", "/v1/rulesets/{id}/shadow", Some(Act::PublishRules)),
    ("POST", "/v1/rulesets/{id}/live", Some(Act::PublishRules)),
    ("POST", "/v1/rulesets/{id}/retire", Some(Act::PublishRules)),
    ("GET", "/v1/register/changes", Some(Act::Permits)),
    ("POST", "/v1/register/changes", Some(Act::ChangeRegister)),
    ("GET", "/v1/register/changes/{id}", Some(Act::Permits)),
    ("POST", "/v1/register/changes/{id}/signatures", Some(Act::ChangeRegister)),
    ("POST", "/v1/register/changes/{id}/withdraw", Some(Act::ChangeRegister)),
    ("GET", "/v1/holds", Some(Act::Hold)),
    ("POST", "/v1/holds", Some(Act::Hold)),
    ("GET", "/v1/holds/{id}", Some(Act::Hold)),
    ("DELETE", "/v1/holds/{id}", Some(Act::Hold)),
    ("POST", "/v1/holds/{id}/signatures", Some(Act::Hold)),
    ("POST", "/v1/permits/match", Some(Act::MatchPermits)),
    ("GET", "/v1/permits/{number}", Some(Act::Permits)),
    ("GET", "/v1/permits/{number}/ledger", Some(Act::Permits)),
    ("GET", "/v1/permits/{number}/checks", Some(Act::MatchPermits)),
    ("POST", "/v1/permits/{number}/checks", Some(Act::MatchPermits)),
    ("GET", "/v1/readers", Some(Act::Administer)),
    ("POST", "/v1/readers", Some(Act::Administer)),
    ("POST", "/v1/readers/{id}/end", Some(Act::Administer)),
    ("POST", "/v1/readers/{id}/keys", Some(Act::Administer)),
    ("POST", "/v1/readers/{id}/subjects", Some(Act::Administer)),
    ("GET", "/v1/groups", Some(Act::Administer)),
    ("POST", "/v1/groups", Some(Act::Administer)),
    ("POST", "/v1/groups/{id}/end", Some(Act::Administer)),
    ("POST", "/v1/groups/{id}/members", Some(Act::Administer)),
    ("GET", "/v1/webhooks", Some(Act::Administer)),
    ("POST", "/v1/webhooks", Some(Act::Administer)),
    ("POST", "/v1/webhooks/{id}/end", Some(Act::Administer)),
    ("POST", "/v1/webhooks/{id}/secrets", Some(Act::Administer)),
    ("GET", "/v1/webhooks/{id}/dead", Some(Act::Administer)),
    ("POST", "/v1/webhooks/{id}/resend", Some(Act::Administer)),
    ("GET", "/v1/log", Some(Act::ReadLog)),
    ("GET", "/v1/log/checkpoints", Some(Act::ReadLog)),
];

/// Lets a request through to its route, with its caller, or not.
pub async fn identified(Shared(state): Shared<State>, mut request: Request, next: Next) -> Response {
    let Some(office) = state.office.clone() else { return next.run(request).await };
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let asked = request.uri().path().to_owned();
    let nothing = || Problem::not_found(&asked);
    let Some(act) = act_of(request.method(), &path) else {
        // The method is not of this path: the router says so.
        let known = ROUTES.iter().any(|(_, route, _)| *route == path);
        return if known { next.run(request).await } else { nothing().into_response() };
    };
    let Some(act) = act else { return next.run(request).await };
    let Some(key) = key(request.headers()) else { return Problem::denied(&Denied::Unknown).into_response() };
    let tokens = state.tokens.clone();
    let identified = match office.known_caller(&key) {
        Some(known) => Ok(known),
        None => {
            let identifying = tokio::task::spawn_blocking(move || match tokens.filter(|_| is_token(&key)) {
                None => office.caller(&key),
                // Whose it is says the issuer; whom that is here, an administrator.
                Some(tokens) => {
                    let subject = tokens.subject(&key, office.clock.now()).ok_or(Denied::Unknown)?;
                    office.caller_by_subject(&subject, office.clock.today())
                }
            });
            identifying.await
        }
    };
    let caller = match identified {
        Ok(Ok(caller)) => caller,
        Ok(Err(denied)) => {
            if denied == Denied::Flooded {
                state.metrics.refused(Refused::WrongKey);
            }
            return Problem::denied(&denied).into_response();
        }
        Err(_) => return Problem::fault("this request failed; nothing was done").into_response(),
    };
    let left = state.budgets.as_ref().map(|budgets| budgets.spend(&caller.key));
    let wait = left.and_then(|left| left.wait_seconds);
    let mut response = match (wait, may(&caller.roles, act)) {
        (Some(seconds), _) => {
            state.metrics.refused(Refused::Budget);
            Problem::over_budget(seconds).into_response()
        }
        (None, Ok(())) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        (None, Err(Refusal::Nothing)) => nothing().into_response(),
        (None, Err(Refusal::Forbidden)) => {
            Problem::forbidden("none of the roles of this key does this; `GET /v1/me` names them").into_response()
        }
    };
    if let Some(left) = left {
        tell(response.headers_mut(), left);
    }
    response
}

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Says what is left of a budget: `q` calls in `w` seconds, `r` of them now, all of them again in `t` seconds.
fn tell(headers: &mut HeaderMap, left: Left) {
    let Left { burst, window_seconds, calls, whole_in_seconds, .. } = left;
    let fields = [
        (RATE_LIMIT_POLICY, format!("\"default\";q={burst};w={window_seconds}")),
        (RATE_LIMIT, format!("\"default\";r={calls};t={whole_in_seconds}")),
    ];
    for (name, text) in fields {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
}

fn act_of(method: &Method, path: &str) -> Option<Option<Act>> {
    // HEAD is answered as GET is, without the body.
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    ROUTES.iter().find(|(own, route, _)| *own == method && *route == path).map(|(_, _, act)| *act)
}

/// The key of a request: exactly one header, of the scheme `Bearer`.
fn key(headers: &HeaderMap) -> Option<String> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (only, None) = (all.next()?, all.next()) else { return None };
    let (scheme, key) = only.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim().to_owned())
}

/// Is it a token of another authority? Its three parts are told apart by points, which no key holds.
fn is_token(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'.').count() == 2
}

/// The caller of a request; `None` in a service without a memory.
pub fn caller(request: &Request) -> Option<Caller> {
    request.extensions().get::<Caller>().cloned()
}
