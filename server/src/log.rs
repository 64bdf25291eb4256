//! What the service says of itself: one JSON object a line on standard error.
//!
//! A line for each request: method, path without its query, status, milliseconds until the answer began, and the trace that it is part
//! of, where its head says one. Bodies, names of
//! parties and of files are never in it; what a panic says may quote a manifest, so only its place is told.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use axum::extract::{MatchedPath, Request, State as Shared};
use axum::middleware::Next;
use axum::response::Response;

use crate::metrics::Metrics;
use crate::trace::{Answered, Spans, TraceParent};

/// Characters of a path that are told.
const MAX_PATH_CHARS: usize = 100;

/// How the lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// One object a line, for machines.
    Json,
    /// For people.
    Text,
}

/// Sets it up for the process.
pub fn begin(format: LogFormat) {
    let lines = tracing_subscriber::fmt().with_writer(std::io::stderr);
    match format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).init(),
        LogFormat::Text => lines.init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        if palisander_engine::manifests::is_contained() {
            return;
        }
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "the program broke; one bill or one request is lost");
    }));
}

/// A path as it is told. Tokens of tips stand in no log.
fn path_told(path: &str) -> String {
    if path.starts_with(TIPS) {
        return format!("{TIPS}{{token}}");
    }
    path.chars().take(MAX_PATH_CHARS).collect()
}

/// What stands below it is a secret of who asks.
const TIPS: &str = "/v1/tips/";

/// Whom requests are told to beside the lines.
#[derive(Clone)]
pub struct Told {
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// A collector; `None` = there is none.
    pub spans: Option<Arc<dyn Spans>>,
}

/// Tells of each request when its answer begins.
pub async fn told(Shared(to): Shared<Told>, request: Request, next: Next) -> Response {
    let (began, came) = (Instant::now(), SystemTime::now());
    let method = request.method().clone();
    let path = path_told(request.uri().path());
    let parent = TraceParent::of(request.headers());
    let response = next.run(request).await;
    // The route is known to those inside; what has none is counted together.
    let route = response.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let (status, took) = (response.status().as_u16(), began.elapsed());
    to.metrics.request(route.unwrap_or("none"), status, took);
    if let Some(spans) = &to.spans {
        spans.answered(&Answered { parent: parent.as_ref(), method: &method, route, status, began: came, took });
    }
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match parent {
        Some(TraceParent { trace, parent, .. }) => {
            tracing::info!(%method, path, status, duration_ms, trace, parent, "answered");
        }
        None => tracing::info!(%method, path, status, duration_ms, "answered"),
    }
    response
}
