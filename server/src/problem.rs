//! Every error of the service as RFC 9457 `application/problem+json`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use palisander_engine::manifests::{Fault, ManifestError};
use serde::Serialize;

use crate::config::{MAX_BODY_BYTES, MAX_JOBS_OF_A_READER, RETRY_AFTER_SECONDS};
use crate::service::{Denied, OfficeError};
use crate::store::StoreError;

/// A problem as RFC 9457 has it.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// Stable name of the kind of problem.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// In words, the same for every problem of the kind.
    pub title: &'static str,
    pub status: u16,
    /// What is wrong this time, and what to do.
    pub detail: String,
    /// Every error of the input with its place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    /// Seconds after which to come back.
    #[serde(skip)]
    pub retry_after: Option<u32>,
    /// Say that a key is asked for (RFC 6750).
    #[serde(skip)]
    pub ask_key: bool,
    /// Say which encodings are unpacked (RFC 9110, 12.5.3).
    #[serde(skip)]
    pub accept_encoding: bool,
}

/// Seconds after which a door without a key has opened again: its bucket is of a minute.
const DOOR_SECONDS: u32 = 60;

/// Content encodings that are unpacked.
const ENCODINGS: &str = "gzip, zstd";

impl Problem {
    /// A problem of `status`.
    pub fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            accept_encoding: false,
            ask_key: false,
        }
    }

    /// The body holds no manifest.
    pub fn manifest(error: &ManifestError) -> Self {
        let status = match error {
            ManifestError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, "/problems/manifest", "the body is no manifest", error.to_string())
    }

    /// It is no longer as the caller has seen it.
    pub fn changed() -> Self {
        let detail = "`if-match` holds no tag of how it is now; look at it again";
        Self::new(StatusCode::PRECONDITION_FAILED, "/problems/changed", "it was changed meanwhile", detail)
    }

    /// No such path.
    pub fn not_found(path: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "/problems/not-found",
            "there is nothing here",
            format!("`{path}` is not a path of this service"),
        )
    }

    /// A path, but not with this method.
    pub fn method(method: &str, path: &str) -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "/problems/method",
            "not with this method",
            format!("`{path}` does not take {method}"),
        )
    }

    /// The content type is not read here.
    pub fn media_type(found: &str, expected: &str) -> Self {
        let detail = format!("content-type `{found}` is not read here; send {expected}");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "/problems/media-type", "this content type is not read", detail)
    }

    /// No key, or none that opens.
    pub fn no_key(detail: &str) -> Self {
        let title = "a key is needed";
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, "/problems/key", title, detail);
        problem.ask_key = true;
        problem
    }

    /// Who he is is known, and this is not for him.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "/problems/forbidden", "this is not for you", detail)
    }

    /// Why a caller is not let in.
    pub fn denied(denied: &Denied) -> Self {
        match denied {
            Denied::Unknown => Self::no_key("send `authorization: Bearer pal_…` with a key that opens this service"),
            Denied::Flooded => {
                let detail = "too many keys that open nothing are shown here; show yours again in a second";
                Self::too_many("/problems/wrong-keys", "too many wrong keys", detail, 1)
            }
            Denied::KeyExpired(last) => {
                Self::no_key(&format!("the last day of this key was {last}; ask your administrator for another"))
            }
            Denied::ReaderExpired(last) => Self::forbidden(format!("your last day was {last}")),
            Denied::GroupsEnded(last) => Self::forbidden(format!("your group has ended; its last day was {last}")),
            Denied::Store(error) => Self::store(error),
        }
    }

    /// What the service with a memory did not do.
    pub fn office(error: &OfficeError) -> Self {
        match error {
            OfficeError::Wrong(_) => {
                let title = "what was asked does not fit";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/form", title, error.to_string())
            }
            OfficeError::Conflict(_) => {
                let title = "it does not fit how things stand";
                Self::new(StatusCode::CONFLICT, "/problems/standing", title, error.to_string())
            }
            OfficeError::Missing { .. } => {
                Self::new(StatusCode::NOT_FOUND, "/problems/not-found", "there is nothing here", error.to_string())
            }
            OfficeError::Changed => Self::changed(),
            OfficeError::Barred(why) => Self::forbidden(*why),
            OfficeError::Crowded { .. } => {
                Self::too_many("/problems/crowded", "too many come at once", &error.to_string(), DOOR_SECONDS)
            }
            OfficeError::Store(error) => Self::store(error),
            OfficeError::Busy => {
                let mut problem = Self::overload();
                problem.title = "another one is being made";
                problem.detail =
                    "bundles, effects and checks of rulesets are made one at a time; ask for it again later".to_owned();
                problem
            }
            OfficeError::Random(_) => {
                tracing::error!(why = %error, "no random bytes");
                Self::fault("the system gives no random bytes; nothing was done")
            }
        }
    }

    /// The store refused, or does not answer.
    pub fn store(error: &StoreError) -> Self {
        match error {
            StoreError::Moved { .. } => {
                let detail = "it has changed since it was read; read it again";
                Self::new(StatusCode::CONFLICT, "/problems/conflict", "somebody was faster", detail)
            }
            StoreError::OtherBody => {
                let title = "the idempotency key was used before";
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Self::new(status, "/problems/idempotency", title, "it came with another body; choose a new key")
            }
            StoreError::Field { .. } => {
                let title = "what was asked does not fit";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/form", title, error.to_string())
            }
            other => {
                tracing::error!(why = %other, "the store does not do its work");
                let detail = match other {
                    StoreError::InDoubt(_) => {
                        "whether it was kept is not known; look before you send it again, or send it under the same \
                         idempotency key"
                    }
                    _ => "nothing was kept; send it again later",
                };
                let title = "the store does not answer";
                let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "/problems/store", title, detail);
                problem.retry_after = Some(RETRY_AFTER_SECONDS);
                problem
            }
        }
    }

    /// The body is packed in a way that is not unpacked here.
    pub fn encoding(found: &str) -> Self {
        let shown: String = found.chars().take(40).collect();
        let detail =
            format!("content-encoding `{shown}` is not unpacked here; send it as it is, or as one of {ENCODINGS}");
        let title = "this content encoding is not read";
        let mut problem = Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "/problems/encoding", title, detail);
        problem.accept_encoding = true;
        problem
    }

    /// The body cannot be unpacked.
    pub fn packed(encoding: &str, why: &str) -> Self {
        let detail = format!("the body cannot be unpacked as {encoding}: {why}");
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/packed", "the body cannot be unpacked", detail)
    }

    /// The body is over its limit.
    pub fn too_large() -> Self {
        let detail =
            format!("the body is over MAX_BODY_BYTES ({MAX_BODY_BYTES}); send the manifest in parts as NDJSON");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "/problems/too-large", "the body is too large", detail)
    }

    /// Something broke that is not the caller's.
    pub fn fault(detail: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "/problems/fault", "our fault", detail)
    }

    /// The key has made more calls than its budget has.
    pub fn over_budget(seconds: u32) -> Self {
        let detail = format!(
            "this key has no call left; come back in {seconds} s, or send many bills in one call to `/v1/manifests`"
        );
        Self::too_many("/problems/budget", "too many calls", &detail, seconds)
    }

    /// The reader has sent as many manifests as may wait.
    pub fn many_jobs() -> Self {
        let detail = format!(
            "MAX_JOBS_OF_A_READER ({MAX_JOBS_OF_A_READER}) manifests of this reader wait already; cancel one with DELETE, or \
             come back when one has ended"
        );
        Self::too_many("/problems/jobs", "too many manifests wait", &detail, RETRY_AFTER_SECONDS)
    }

    fn too_many(kind: &'static str, title: &'static str, detail: &str, seconds: u32) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, kind, title, detail);
        problem.retry_after = Some(seconds);
        problem
    }

    /// It took too long.
    pub fn late(detail: &str) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "/problems/timeout", "it took too long", detail)
    }

    /// Too many requests under way.
    pub fn overload() -> Self {
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "/problems/overload",
            "too many requests are being scored",
            "nothing was scored; send it again later",
        );
        problem.retry_after = Some(RETRY_AFTER_SECONDS);
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (retry, accept, ask_key) = (self.retry_after, self.accept_encoding, self.ask_key);
        let mut response = (status, Json(self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if ask_key {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if accept {
            response.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(ENCODINGS));
        }
        response
    }
}
