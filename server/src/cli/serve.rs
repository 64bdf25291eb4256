//! `palisander serve`

use clap::Args;
use tokio::net::TcpListener;

use super::source::Sources;
use super::{BAD_ARGUMENTS, OK, UNREADABLE, say};
use crate::config::{Config, STOP_TIMEOUT};
use crate::router::build_router;
use crate::state::State;

/// Serve the HTTP API on this machine.
///
///   curl --data-binary @manifest.json -H 'content-type: application/json' http://127.0.0.1:8080/v1/assessments
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// Address; loopback only, since callers are not yet told apart
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: String,
    #[command(flatten)]
    sources: Sources,
}

/// Runs until it is told to stop.
pub fn run(arguments: &Arguments) -> u8 {
    let config = match (Config::new(&arguments.listen), arguments.sources.day()) {
        (Ok(config), Ok(_)) => config,
        (Err(error), _) | (_, Err(error)) => {
            say(&error);
            return BAD_ARGUMENTS;
        }
    };
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let engine = match arguments.sources.open() {
        Ok(engine) => engine,
        Err(error) => {
            say(&error);
            return UNREADABLE;
        }
    };
    let as_of = arguments.sources.as_of.as_ref().and_then(|text| text.parse().ok());
    let state = State::new(engine, as_of);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("cannot start: {error}"));
            return UNREADABLE;
        }
    };
    let served = runtime.block_on(serve(&config, state));
    runtime.shutdown_timeout(STOP_TIMEOUT);
    match served {
        Ok(()) => OK,
        Err(error) => {
            say(&format!("cannot serve on {}: {error}", config.listen));
            UNREADABLE
        }
    }
}

async fn serve(config: &Config, state: State) -> std::io::Result<()> {
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "serving");
    let (told, stopping) = tokio::sync::oneshot::channel::<()>();
    let serving = axum::serve(listener, build_router(state)).with_graceful_shutdown(async move {
        stop_signal().await;
        tracing::info!("stopping: no new requests");
        let _ = told.send(());
    });
    tokio::select! {
        served = serving => served,
        // Idle connections must not hold the stop for ever.
        () = async { let _ = stopping.await; tokio::time::sleep(STOP_TIMEOUT).await } => Ok(()),
    }
}

async fn stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            let _ = interrupted.await;
            return;
        };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
}
