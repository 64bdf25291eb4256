//! Accepts connections and serves each under limits.
//!
//! In: a listener, the router, TLS or none, a signal to stop. Out: when all is served, or [`STOP_TIMEOUT`] after the signal.
//! hyper gives a head and an idle connection [`HEAD_TIMEOUT`], and a handshake has [`HANDSHAKE_TIMEOUT`]; `pace.rs` sees to
//! it that answers are read; `crowd.rs` keeps a place for the next. Not here: bodies (`body.rs`), who may ask (`doors.rs`).

use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use super::crowd::{Crowd, Member};
use super::pace::Paced;
use super::tls::Tls;
use crate::config::{CONNECTION_BUFFER_BYTES, HANDSHAKE_TIMEOUT, HEAD_TIMEOUT, MAX_CONNECTIONS, STOP_TIMEOUT};
use crate::leisure;

/// Pause after the system refused a connection, such as for want of file handles.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop`, and then what is under way.
pub async fn serve(listener: TcpListener, tls: Option<Arc<Tls>>, router: Router, stop: impl Future<Output = ()>) {
    leisure::prepare();
    let crowd = Crowd::new(MAX_CONNECTIONS);
    let (stopping, stopped) = watch::channel(false);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let member = tokio::select! {
                    member = crowd.enter() => member,
                    () = &mut stop => break,
                };
                let _ = stream.set_nodelay(true);
                let (router, stopped) = (router.clone(), stopped.clone());
                // Below TLS, so that what TLS keeps unsent is paced too.
                let stream = Paced::new(stream);
                match &tls {
                    None => drop(tokio::spawn(connection(stream, router, member, stopped))),
                    Some(tls) => drop(tokio::spawn(greeted(Arc::clone(tls), stream, router, member, stopped))),
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop((listener, stopped));
    let _ = stopping.send(true);
    // Every connection holds a receiver; none left = all have ended.
    let _ = tokio::time::timeout(STOP_TIMEOUT, stopping.closed()).await;
}

/// Greets by TLS, and serves who answers as it should. While it lasts he waits, as one does whose head is not whole: when the
/// house is full he gives way.
async fn greeted(
    tls: Arc<Tls>,
    stream: Paced<TcpStream>,
    router: Router,
    member: Member,
    mut stopped: watch::Receiver<bool>,
) {
    let greeting = tokio::select! {
        greeting = tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)) => greeting,
        () = member.must_go() => return,
        _ = stopped.changed() => return,
    };
    match greeting {
        Ok(Ok(stream)) => connection(stream, router, member, stopped).await,
        // Whoever speaks no TLS, or shows no certificate that is asked for, is his own affair, and may be many.
        Ok(Err(why)) => tracing::debug!(%why, "no TLS came about"),
        Err(_) => tracing::debug!("a TLS handshake took longer than HANDSHAKE_TIMEOUT"),
    }
}

/// Serves one connection to its end, or until another needs its place.
async fn connection<S>(stream: S, router: Router, member: Member, mut stopped: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let asked = member.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| answer(router.clone(), asked.clone(), request));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(CONNECTION_BUFFER_BYTES);
    let mut serving = pin!(http.serve_connection(TokioIo::new(stream), service));
    let mut is_stopping = false;
    loop {
        tokio::select! {
            // Callers that break off, and bytes that are no HTTP, are their own affair.
            _ = serving.as_mut() => return,
            () = member.must_go() => return,
            _ = stopped.changed(), if !is_stopping => {
                is_stopping = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

async fn answer(router: Router, member: Member, request: hyper::Request<Incoming>) -> Result<Response, Infallible> {
    let mut request: Request = request.map(Body::new);
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        member.is_served();
    }
    request.extensions_mut().insert(member.clone());
    let response = router.oneshot(request).await?;
    member.is_served();
    Ok(response.map(|body| Body::new(Told { body, member })))
}

/// The body of an answer; when it is gone, its connection waits for the next request.
struct Told {
    body: Body,
    member: Member,
}

impl HttpBody for Told {
    type Data = <Body as HttpBody>::Data;
    type Error = <Body as HttpBody>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.member.waits();
    }
}
