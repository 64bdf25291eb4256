//! `palisander serve`

use std::path::PathBuf;

use clap::Args;
use tokio::net::TcpListener;

use super::source::Sources;
use super::{BAD_ARGUMENTS, OK, UNREADABLE, say};
use crate::config::{Config, STOP_TIMEOUT};
use crate::edge;
use crate::log::LogFormat;
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
    /// A name under which this service may be asked, beside localhost and the addresses of loopback
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// A site whose pages may ask, such as https://console.example
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
    /// Folder of mappings: NAME.toml is used by /v1/manifests?mapping=NAME
    #[arg(long, value_name = "FOLDER")]
    mappings: Option<PathBuf>,
    /// How the log on standard error looks
    #[arg(long, value_enum, default_value = "json")]
    log: LogFormat,
    #[command(flatten)]
    sources: Sources,
}

/// Runs until it is told to stop.
pub fn run(arguments: &Arguments) -> u8 {
    let Arguments { listen, host, origin, mappings, .. } = arguments;
    let config = match (Config::new(listen, host, origin, mappings.as_deref()), arguments.sources.day()) {
        (Ok(config), Ok(_)) => config,
        (Err(error), _) | (_, Err(error)) => {
            say(&error);
            return BAD_ARGUMENTS;
        }
    };
    crate::log::begin(arguments.log);
    let engine = match arguments.sources.open() {
        Ok(engine) => engine,
        Err(error) => {
            say(&error);
            return UNREADABLE;
        }
    };
    let as_of = arguments.sources.as_of.as_ref().and_then(|text| text.parse().ok());
    let state = State::new(engine, as_of).with(config.doors.clone(), config.mappings.clone());
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
    let stop = async {
        stop_signal().await;
        tracing::info!("stopping: no new requests");
    };
    edge::serve(listener, build_router(state), stop).await;
    Ok(())
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
