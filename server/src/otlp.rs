//! Tells a collector of OpenTelemetry of every request (OTLP over HTTP, spans in protobuf).
//!
//! In: requests that were answered. Out: a span each, sent in batches from a thread of its own; names and attributes after the
//! semantic conventions for HTTP servers. A span is told nothing of what came: no path, no address, no header but the ids of its
//! trace. A collector that is away costs nothing but spans, and that is told once. Not here: which requests there are (`log`).

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::trace::{
    Span, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
    TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;

use crate::outgoing::Client;
use crate::trace::{Answered, Spans, TraceParent};

/// Spans that wait to be sent; more are dropped. Four seconds of a key's budget.
const MAX_WAITING: usize = 2_048;
/// Spans that are sent at once.
const MAX_BATCH: usize = 512;
/// How often what waits is sent.
const INTERVAL: Duration = Duration::from_secs(2);
/// Longest that a stop waits for the last of them.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// A collector that is told.
pub struct Collector {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl Collector {
    /// One at an address, to which its spans are posted as they are; why there can be none. `runtime` posts them.
    pub fn begin(endpoint: &str, client: Client, runtime: Handle) -> Result<Self, String> {
        let wrong = |why: &dyn fmt::Display| format!("--otlp-endpoint `{endpoint}`: {why}");
        if !endpoint.starts_with("http://") && !endpoint.starts_with("https://") {
            return Err(wrong(&"an address such as http://127.0.0.1:4318/v1/traces"));
        }
        let posting = Posting { client: Arc::new(client), runtime, is_away: Arc::default() };
        let exporter = SpanExporter::builder().with_http().with_http_client(posting).with_endpoint(endpoint).build();
        let exporter = exporter.map_err(|error| wrong(&error))?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(MAX_WAITING)
            .with_max_export_batch_size(MAX_BATCH)
            .with_scheduled_delay(INTERVAL)
            .build();
        let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
        let resource = Resource::builder()
            .with_service_name("palisander")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder().with_span_processor(processor).with_resource(resource).build();
        let tracer = provider.tracer("palisander");
        Ok(Self { provider, tracer })
    }
}

impl Spans for Collector {
    fn answered(&self, answered: &Answered<'_>) {
        let Answered { parent, method, route, status, began, took } = *answered;
        let inside = parent.and_then(context).unwrap_or_default();
        // Methods that there are not are as many as anybody likes to send.
        let method = if KNOWN_METHODS.contains(&method.as_str()) { method.as_str() } else { "_OTHER" };
        let name = route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
        let mut attributes = vec![
            KeyValue::new("http.request.method", method.to_owned()),
            KeyValue::new("http.response.status_code", i64::from(status)),
        ];
        attributes.extend(route.map(|route| KeyValue::new("http.route", route.to_owned())));
        let begun = SpanBuilder::from_name(name).with_kind(SpanKind::Server).with_start_time(began);
        let mut span = begun.with_attributes(attributes).start_with_context(&self.tracer, &inside);
        if status >= 500 {
            span.set_status(Status::error(""));
        }
        span.end_with_timestamp(began + took);
    }

    fn end(&self) {
        if let Err(why) = self.provider.shutdown_with_timeout(END_TIMEOUT) {
            tracing::warn!(%why, "the last spans were not told");
        }
    }
}

/// Methods of HTTP; all others are counted as one.
const KNOWN_METHODS: [&str; 9] = ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT"];

/// Where a request stands in the trace of its sender.
fn context(parent: &TraceParent) -> Option<Context> {
    let trace = TraceId::from_hex(&parent.trace).ok()?;
    let step = SpanId::from_hex(&parent.parent).ok()?;
    let flags = if parent.is_sampled { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
    let sender = SpanContext::new(trace, step, flags, true, TraceState::NONE);
    Some(Context::new().with_remote_span_context(sender))
}

/// Posts through the client that posts webhooks.
struct Posting {
    client: Arc<Client>,
    runtime: Handle,
    /// Did the last batch fail? Told when it changes.
    is_away: Arc<AtomicBool>,
}

impl fmt::Debug for Posting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Posting").finish_non_exhaustive()
    }
}

/// A future as the trait asks for it.
type Posted<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Posting {
    fn send_bytes<'a, 'b>(&'a self, request: Request<Bytes>) -> Posted<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        let (client, is_away) = (Arc::clone(&self.client), Arc::clone(&self.is_away));
        let (parts, body) = request.into_parts();
        let kind = parts.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let head = parts.headers.iter().filter(|(name, _)| *name != "content-type");
        let head: Vec<(String, String)> =
            head.filter_map(|(name, text)| Some((name.to_string(), text.to_str().ok()?.to_owned()))).collect();
        let url = parts.uri.to_string();
        // Batches come from a thread without a runtime of its own.
        let posting = self.runtime.spawn(async move {
            let head: Vec<(&str, String)> = head.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
            let answer = client.post_bytes(&url, &kind, &head, body).await;
            let is_told = answer.as_ref().is_ok_and(|status| (200..300).contains(status));
            if is_away.swap(!is_told, Ordering::Relaxed) == is_told {
                match &answer {
                    Ok(_) if is_told => tracing::info!("the collector takes spans again"),
                    Ok(status) => tracing::warn!(status, "the collector does not take spans; they are dropped"),
                    Err(why) => tracing::warn!(why, "the collector does not take spans; they are dropped"),
                }
            }
            answer
        });
        Box::pin(async move {
            let status = posting.await.map_err(|_| HttpError::from("it was not posted"))?.map_err(HttpError::from)?;
            Ok(Response::builder().status(status).body(Bytes::new())?)
        })
    }
}
