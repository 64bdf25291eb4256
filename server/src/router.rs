//! The index of the API.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::conditional::{Inside, conditional};
use crate::config::REQUEST_TIMEOUT;
use crate::edge::checked;
use crate::identity::identified;
use crate::log::{Told, told};
use crate::problem::Problem;
use crate::routes::{
    access, alerts, assessments, bundles, case_files, cases, decisions, directory, examiners, feed, health, holds,
    identifiers, information, jobs, listings, log, manifests, me, metrics, papers, permits, plans, queue, readers,
    register, reload, reports, results, rulesets, schemas, tips, verifications, webhooks,
};
use crate::state::State;

/// Every path of the service.
pub fn build_router(state: State) -> Router {
    build_router_with(state, REQUEST_TIMEOUT)
}

/// The same with another time limit for one request.
pub fn build_router_with(state: State, timeout: Duration) -> Router {
    build_router_beside(state, timeout, Router::new())
}

/// The same with routes beside its own that ask for no key: what a bench holds them against goes through the same doors.
pub fn build_router_beside(state: State, timeout: Duration, beside: Router<State>) -> Router {
    let to = Told { metrics: Arc::clone(&state.metrics), spans: state.spans.clone() };
    let routes = routes();
    let inside = Inside { state: state.clone(), routes: routes.clone().with_state(state.clone()) };
    routes
        .route_layer(from_fn_with_state(inside, conditional))
        .route_layer(from_fn_with_state(state.clone(), identified))
        .merge(beside)
        .route_layer(from_fn(routed))
        .fallback(|request: Request| async move { Problem::not_found(request.uri().path()) })
        .method_not_allowed_fallback(|request: Request| async move {
            Problem::method(request.method().as_str(), request.uri().path())
        })
        .with_state(state.clone())
        .layer(from_fn_with_state(state, checked))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, timeout))
        .layer(CatchPanicLayer::custom(|_| {
            Problem::fault("this request failed and was not scored; others are not touched").into_response()
        }))
        .layer(from_fn(as_problem))
        .layer(from_fn_with_state(to, told))
}

fn routes() -> Router<State> {
    Router::new()
        .route("/v1/assessments", get(queue::list).post(assessments::create))
        .route("/v1/assessments/{id}", get(queue::one))
        .route("/v1/assessments/{id}/bundle", get(bundles::bundle))
        .route("/v1/reload", post(reload::reload))
        .route("/v1/assessments/{id}/decisions", post(decisions::decide))
        .route("/v1/assessments/{id}/examiner", get(examiners::drawn).post(examiners::ask))
        .route("/v1/patterns", get(examiners::patterns))
        .route("/v1/assessments/{id}/result", post(results::report))
        .route("/v1/results", get(results::list))
        .route("/v1/decisions/{id}/signatures", post(decisions::sign))
        .route("/v1/manifests", post(manifests::score))
        .route("/v1/jobs", get(jobs::list))
        .route("/v1/jobs/{id}", get(jobs::one).delete(jobs::cancel))
        .route("/v1/jobs/{id}/answers", get(jobs::result))
        .route("/v1/schemas/manifest", get(schemas::manifest))
        .route("/v1/schemas/assessment", get(schemas::assessment))
        .route("/v1/alerts", get(alerts::search))
        .route("/openapi.json", get(schemas::openapi))
        .route("/metrics", get(metrics::metrics))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/freshz", get(health::fresh))
        .route("/v1/me", get(me::me))
        .route("/v1/information", get(information::list).post(information::tell))
        .route("/v1/information/{id}", get(information::one))
        .route("/v1/information/{id}/effects", get(information::effects))
        .route("/v1/information/{id}/reselection", get(information::reselection))
        .route("/v1/information/{id}/grade", post(information::grade))
        .route("/v1/information/{id}/live", post(information::live))
        .route("/v1/information/{id}/withdraw", post(information::withdraw))
        .route("/v1/information/{id}/close", post(information::close))
        .route("/v1/information/{id}/label", post(information::relabel))
        .route("/v1/information/{id}/signatures", post(information::sign))
        .route("/v1/information/{id}/copies", post(information::copy))
        .route("/v1/information/{id}/shares", post(information::share))
        .route("/v1/information/{id}/questions", post(information::ask))
        .route("/v1/listings", post(listings::tell))
        .route("/v1/identifiers/{kind}/{value}", get(identifiers::one))
        .route("/v1/access", post(access::ask))
        .route("/v1/access/{token}", get(access::status))
        .route("/v1/access/{token}/key", post(access::collect))
        .route("/v1/access-requests", get(access::list))
        .route("/v1/access-requests/{id}", get(access::one))
        .route("/v1/access-requests/{id}/approve", post(access::approve))
        .route("/v1/access-requests/{id}/refuse", post(access::refuse))
        .route("/v1/feed", get(feed::feed))
        .route("/v1/tips", post(tips::tip))
        .route("/v1/tips/{token}", get(tips::status).post(tips::answer))
        .route("/v1/rulesets", get(rulesets::list).post(rulesets::draft))
        .route("/v1/rulesets/{id}", get(rulesets::one))
        .route("/v1/rulesets/{id}/approve", post(rulesets::approve))
        .route("/v1/rulesets/{id}/shadow", get(rulesets::shadow).post(rulesets::try_it))
        .route("/v1/rulesets/{id}/live", post(rulesets::live))
        .route("/v1/rulesets/{id}/retire", post(rulesets::retire))
        .route("/v1/register/changes", get(register::list).post(register::propose))
        .route("/v1/register/changes/{id}", get(register::one))
        .route("/v1/register/changes/{id}/signatures", post(register::sign))
        .route("/v1/register/changes/{id}/withdraw", post(register::withdraw))
        .route("/v1/cases", get(cases::list).post(cases::open))
        .route("/v1/cases/{id}", get(cases::one))
        .route("/v1/cases/{id}/facts", post(cases::facts))
        .route("/v1/cases/{id}/custody", post(cases::custody))
        .route("/v1/cases/{id}/custody/{n}", delete(cases::take_back))
        .route("/v1/cases/{id}/custody/{n}/signatures", post(cases::sign))
        .route("/v1/cases/{id}/findings", post(cases::finding))
        .route("/v1/cases/{id}/leads", post(cases::lead))
        .route("/v1/cases/{id}/leads/{n}", post(cases::end_lead))
        .route("/v1/cases/{id}/notices/{n}", post(cases::notice))
        .route("/v1/cases/{id}/hand-overs", post(cases::hand_over))
        .route("/v1/cases/{id}/hand-overs/{n}", post(cases::outcome))
        .route("/v1/cases/{id}/groups", post(cases::join))
        .route("/v1/cases/{id}/court", post(cases::court))
        .route("/v1/cases/{id}/decisions", post(cases::decide))
        .route("/v1/cases/{id}/state", post(cases::step))
        .route("/v1/cases/{id}/entities", get(cases::entities).post(cases::add_entity))
        .route("/v1/cases/{id}/entities/{n}", delete(cases::drop_entity))
        .route("/v1/cases/{id}/packet", get(cases::packet))
        .route("/v1/cases/{id}/files", post(case_files::attach))
        .route("/v1/cases/{id}/files/{n}", get(case_files::one))
        .route("/v1/cases/{id}/court-bundle", get(case_files::court_bundle))
        .route("/v1/cases/{id}/dossier", get(case_files::dossier))
        .route("/v1/cases/{id}/suspicion", get(cases::suspicion).post(cases::send_suspicion))
        .route("/v1/cases/{id}/advice", get(cases::advice))
        .route("/v1/assessments/{id}/storage", get(cases::room))
        .route("/v1/assessments/{id}/verifications", post(verifications::ask))
        .route("/v1/verifications", get(verifications::list))
        .route("/v1/verifications/{id}", get(verifications::one))
        .route("/v1/verifications/{id}/events", post(verifications::tell))
        .route("/v1/plans", get(plans::list).post(plans::draft))
        .route("/v1/plans/{id}", get(plans::one))
        .route("/v1/plans/{id}/bills", get(plans::bills))
        .route("/v1/plans/{id}/state", post(plans::step))
        .route("/v1/plans/{id}/milestones/{n}", post(plans::milestone))
        .route("/v1/reports", get(reports::list))
        .route("/v1/reports/{name}", get(reports::one))
        .route("/v1/reports/{name}/answers", post(reports::answer))
        .route("/v1/papers", get(papers::like))
        .route("/v1/papers/uses", get(papers::uses))
        .route("/v1/papers/inquiry", get(papers::inquiry))
        .route("/v1/directory/{table}", get(directory::ask))
        .route("/v1/holds", get(holds::list).post(holds::propose))
        .route("/v1/holds/{id}", get(holds::one).delete(holds::end))
        .route("/v1/holds/{id}/signatures", post(holds::sign))
        .route("/v1/permits/match", post(permits::find))
        .route("/v1/permits/{number}", get(permits::one))
        .route("/v1/permits/{number}/ledger", get(permits::ledger))
        .route("/v1/permits/{number}/checks", get(permits::checked).post(permits::check))
        .route("/v1/readers", get(readers::list).post(readers::add))
        .route("/v1/readers/{id}/end", post(readers::end))
        .route("/v1/readers/{id}/keys", post(readers::rotate))
        .route("/v1/readers/{id}/subjects", post(readers::subject))
        .route("/v1/groups", get(readers::groups).post(readers::add_group))
        .route("/v1/groups/{id}/end", post(readers::end_group))
        .route("/v1/groups/{id}/members", post(readers::members))
        .route("/v1/webhooks", get(webhooks::list).post(webhooks::add))
        .route("/v1/webhooks/{id}/end", post(webhooks::end))
        .route("/v1/webhooks/{id}/secrets", post(webhooks::rotate))
        .route("/v1/webhooks/{id}/dead", get(webhooks::dead))
        .route("/v1/webhooks/{id}/resend", post(webhooks::resend))
        .route("/v1/log", get(log::entries))
        .route("/v1/log/checkpoints", get(log::checkpoints))
}

/// Tells those outside which route it was.
async fn routed(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// Errors that the layers answer in plain text become problems too.
async fn as_problem(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_problem =
        response.headers().get(axum::http::header::CONTENT_TYPE).is_some_and(|t| t == "application/problem+json");
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    drop(response.into_body() as Body);
    match status {
        StatusCode::REQUEST_TIMEOUT => {
            let detail = "not done within the time limit; send fewer consignments at once";
            Problem::late(detail).into_response()
        }
        other => Problem::new(other, "/problems/other", "the request was refused", other.to_string()).into_response(),
    }
}
