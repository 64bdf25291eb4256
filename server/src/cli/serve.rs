//! `palisander serve`

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use super::out::putln;
use super::settings::{self, Filled};
use super::source::{Sources, tell};
use super::state::State as StateOf;
use super::{BAD_ARGUMENTS, OK, UNREADABLE, say};
use crate::config::{
    Config, DRAWN_SHARE, ERASE_INTERVAL, Listening, MAX_KEEP_DAYS, MIN_KEEP_DAYS, NEWS_INTERVAL, RATE, STOP_TIMEOUT,
    TlsFiles,
};
use crate::edge::{self, Tls};
use crate::log::LogFormat;
use crate::router::build_router;
use crate::service::budgets::Budgets;
use crate::service::exchange::{Exchange, FolderExchange};
use crate::service::live::Engines;
use crate::service::outbound::{Network, Outbound};
use crate::service::readers::OPERATOR;
use crate::service::tokens::Tokens;
use crate::service::{Clock, Office};
use crate::state::State;
use crate::store::Place;
use crate::trace::Spans;

/// Serve the HTTP API on this machine, or with TLS to others.
///
/// With --state the service has a memory and serves nobody without a key; the first start prints one of an administrator:
///
///   palisander serve --state DIR
///   palisander readers add --state DIR --name Desk --role officer
///
/// Several processes serve one state when it is a database:
///
///   palisander serve --state postgres://user@localhost/palisander --log-key DIR
///
/// Other machines ask over TLS, under a name of the certificate, and with --tls-client-ca only those that show one too:
///
///   palisander serve --state DIR --listen 0.0.0.0:8443 --host NAME --tls-cert FILE --tls-key FILE
///
/// SIGHUP, or `POST /v1/reload` with an administrator's key, reads rules, tables, inputs and certificates again; requests
/// under way end with what they began with, and what cannot be read changes nothing.
///
/// Without it, whoever is on this machine may ask:
///
///   curl --data-binary @manifest.json -H 'content-type: application/json' http://127.0.0.1:8080/v1/assessments
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// File of settings, TOML: `listen = "127.0.0.1:8080"`; every setting in server/deploy/palisander.toml
    ///
    /// A flag goes before the environment (PALISANDER_LISTEN=…, a list by commas), and that before the file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Say what is in force and where it came from, and end
    #[arg(long)]
    show_config: bool,
    /// Address and port. One that other machines reach needs --state, and TLS here or at a proxy
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: String,
    /// A name under which this service may be asked, beside localhost and the addresses of loopback
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// A site whose pages may ask, such as https://console.example
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
    /// Certificate of this service, then those that lead to its authority: PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Key of that certificate, PEM, which its owner alone may read
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Authorities of clients, PEM: nobody without a certificate of theirs gets to a route. Who he is says his key alone
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_client_ca: Option<PathBuf>,
    /// A proxy of this machine or network ends TLS: plain HTTP is spoken on any address
    #[arg(long)]
    behind_proxy: bool,
    /// Folder of mappings: NAME.toml is used by /v1/manifests?mapping=NAME
    #[arg(long, value_name = "FOLDER")]
    mappings: Option<PathBuf>,
    #[command(flatten)]
    state: StateOf,
    /// Make a new state a sandbox: what is sent there is tried and counts for nothing, and words in the goods force a lane.
    /// It is one for good; a state that holds anything never becomes one
    #[arg(long)]
    sandbox: bool,
    /// Calls a second that one key may make; a stream is one call. 0 = as many as it likes
    #[arg(long, value_name = "N", default_value_t = RATE)]
    rate: u32,
    /// Calls that one key may make at once after a pause [default: twice --rate]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    burst: Option<u32>,
    /// Share of green bills of importers and carriers that is drawn and blue [default: 0.02]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    drawn_share: Option<f64>,
    /// Erase what came, and the answers to it, after so many days; entries and digests stay. Without it nothing is erased
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(MIN_KEEP_DAYS as i64..=MAX_KEEP_DAYS as i64))]
    keep_days: Option<u32>,
    /// Address of an OpenID Connect issuer whose tokens are taken beside keys; readers are told apart by their subjects
    #[arg(long, value_name = "URL", requires = "oidc_audience")]
    oidc_issuer: Option<String>,
    /// What the tokens of that issuer are for: this service, as the issuer names it
    #[arg(long, value_name = "NAME", requires = "oidc_issuer")]
    oidc_audience: Option<String>,
    /// A collector of OpenTelemetry that is told of every request, such as http://127.0.0.1:4318/v1/traces: method, route,
    /// status, times and the trace it is part of, nothing of what it said
    #[arg(long, value_name = "URL")]
    otlp_endpoint: Option<String>,
    /// A network that webhooks may be sent to beside the public one, such as 10.1.0.0/16; may be given more than once
    #[arg(long, value_name = "NETWORK", value_parser = network)]
    webhook_allow: Vec<Network>,
    /// Webhooks may be sent to without TLS
    #[arg(long)]
    webhook_http: bool,
    /// Exchange of an authority by files, COUNTRY=FOLDER: a gateway of the office puts certificates there as NUMBER.xml
    #[arg(long, value_name = "COUNTRY=FOLDER", value_parser = exchange)]
    exchange: Vec<FolderExchange>,
    /// How the log on standard error looks
    #[arg(long, value_enum, default_value = "json")]
    log: LogFormat,
    #[command(flatten)]
    sources: Sources,
}

fn exchange(text: &str) -> Result<FolderExchange, String> {
    let wrong = || format!("`{text}` is not a country and a folder such as IN=/var/spool/exchange-in");
    let (country, folder) = text.split_once('=').ok_or_else(wrong)?;
    Ok(FolderExchange { country: country.parse().map_err(|_| wrong())?, folder: PathBuf::from(folder) })
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| format!("`{text}` is no number such as 0.02"))?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("a share lies between 0 and 1".to_owned()) }
}

fn network(text: &str) -> Result<Network, String> {
    text.parse()
}

impl Arguments {
    fn listening(&self, has_state: bool) -> Listening<'_> {
        let tls = self.tls_cert.clone().zip(self.tls_key.clone());
        Listening {
            address: &self.listen,
            hosts: &self.host,
            origins: &self.origin,
            mappings: self.mappings.as_deref(),
            tls: tls.map(|(certificate, key)| TlsFiles { certificate, key, client_ca: self.tls_client_ca.clone() }),
            is_behind_proxy: self.behind_proxy,
            has_state,
        }
    }

    fn budgets(&self) -> Option<Budgets> {
        let rate = NonZeroU32::new(self.rate)?;
        let burst = self.burst.and_then(NonZeroU32::new).unwrap_or(rate.saturating_add(rate.get()));
        Some(Budgets::new(rate, burst))
    }
}

/// The command with its flags, as `settings` reads them.
pub fn command() -> clap::Command {
    Arguments::augment_args(clap::Command::new("serve"))
}

/// Says what is in force, as a file of settings has it. Passwords are not in it: a state is named as everywhere.
fn shown(arguments: &Arguments, settings: &Filled, place: Option<&Place>) {
    for (name, value) in settings::in_force(&command(), &settings.words) {
        let value = match (name.as_str(), place) {
            ("state", Some(place)) => Some(format!("\"{place}\"")),
            ("log_key", Some(_)) => {
                value.or_else(|| arguments.state.log_key().map(|folder| format!("\"{}\"", folder.display())))
            }
            _ => value,
        };
        let origin =
            settings.origins.iter().find(|(own, _)| *own == name).map_or("default", |(_, origin)| origin.as_str());
        match value {
            Some(value) => putln!("{name} = {value}  # {origin}"),
            None => putln!("# {name} is not set"),
        }
    }
}

/// Runs until it is told to stop.
pub fn run(arguments: &Arguments, settings: &Filled) -> u8 {
    settings.doubts.iter().for_each(|doubt| say(doubt));
    let place = match arguments.state.place() {
        Ok(place) => place,
        Err(stop) => {
            say(&stop.why);
            return stop.code;
        }
    };
    if arguments.show_config {
        shown(arguments, settings, place.as_ref());
    }
    let config = match (Config::read(arguments.listening(place.is_some())), arguments.sources.day()) {
        (Ok(config), Ok(_)) => config,
        (Err(error), _) | (_, Err(error)) => {
            say(&error);
            return BAD_ARGUMENTS;
        }
    };
    if arguments.show_config {
        return OK;
    }
    if arguments.sandbox && place.is_none() {
        say("--sandbox makes a new state a sandbox: name one by --state");
        return BAD_ARGUMENTS;
    }
    let tls = match config.tls.clone().map(Tls::read).transpose() {
        Ok(tls) => tls,
        Err(error) => {
            say(&error);
            return UNREADABLE;
        }
    };
    crate::log::begin(arguments.log);
    let office = match place.as_ref().map(|place| opened(place, arguments.sandbox)).transpose() {
        Ok(office) => office,
        Err(error) => {
            say(&error);
            return UNREADABLE;
        }
    };
    let office = office.map(|mut office| {
        office.drawn_share = arguments.drawn_share.unwrap_or(DRAWN_SHARE);
        office.exchanges = arguments.exchange.iter().cloned().map(|one| Arc::new(one) as Arc<dyn Exchange>).collect();
        office
    });
    let as_of = arguments.sources.held.as_of.as_ref().and_then(|text| text.parse().ok());
    let sources = arguments.sources.clone();
    let engines = match Engines::loaded(Arc::new(move || sources.load()), office.as_ref()) {
        Ok(engines) => engines,
        Err(error) => {
            say(&error.to_string());
            return UNREADABLE;
        }
    };
    tell(&engines.live().engine);
    let state = State::over(engines, as_of).with(config.doors.clone(), config.mappings.clone());
    let outbound = Outbound { allowed: arguments.webhook_allow.clone(), is_http_allowed: arguments.webhook_http };
    let (tls, budgets) = (tls.map(Arc::new), arguments.budgets().map(Arc::new));
    let state = state.but(|parts| {
        parts.tls = tls;
        parts.budgets = budgets;
        parts.outbound = Arc::new(outbound);
    });
    let state = match trusted(arguments) {
        Ok(tokens) => state.but(|parts| parts.tokens = tokens),
        Err(why) => {
            say(&why);
            return BAD_ARGUMENTS;
        }
    };
    let state = match office {
        Some(office) => state.of(office),
        None => state,
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("cannot start: {error}"));
            return UNREADABLE;
        }
    };
    let state = match collector(arguments, runtime.handle()) {
        Ok(spans) => state.but(|parts| parts.spans = spans),
        Err(why) => {
            say(&why);
            return BAD_ARGUMENTS;
        }
    };
    let spans = state.spans.clone();
    let served = runtime.block_on(serve(&config, state, arguments.keep_days));
    // While the runtime still posts what is left.
    spans.inspect(|spans| spans.end());
    runtime.shutdown_timeout(STOP_TIMEOUT);
    match served {
        Ok(()) => OK,
        Err(error) => {
            say(&format!("cannot serve on {}: {error}", config.listen));
            UNREADABLE
        }
    }
}

/// Whose tokens are taken.
#[cfg(feature = "oidc")]
fn trusted(arguments: &Arguments) -> Result<Option<Arc<dyn Tokens>>, String> {
    let Some((issuer, audience)) = arguments.oidc_issuer.as_ref().zip(arguments.oidc_audience.as_ref()) else {
        return Ok(None);
    };
    let client = crate::outgoing::Client::new(Outbound::anywhere(false))?;
    Ok(Some(Arc::new(crate::oidc::Issuer::new(issuer, audience, client)?)))
}

/// Whose tokens are taken.
#[cfg(not(feature = "oidc"))]
fn trusted(arguments: &Arguments) -> Result<Option<Arc<dyn Tokens>>, String> {
    let why = "this program was built without OpenID Connect: build it with `--features oidc`";
    arguments.oidc_issuer.as_ref().map_or(Ok(None), |_| Err(why.to_owned()))
}

/// Whom requests are told to.
#[cfg(feature = "otlp")]
fn collector(arguments: &Arguments, runtime: &Handle) -> Result<Option<Arc<dyn Spans>>, String> {
    let Some(endpoint) = &arguments.otlp_endpoint else { return Ok(None) };
    let client = crate::outgoing::Client::new(Outbound::anywhere(true))?;
    Ok(Some(Arc::new(crate::otlp::Collector::begin(endpoint, client, runtime.clone())?)))
}

/// Whom requests are told to.
#[cfg(not(feature = "otlp"))]
fn collector(arguments: &Arguments, _: &Handle) -> Result<Option<Arc<dyn Spans>>, String> {
    let why = "this program was built without OpenTelemetry: build it with `--features otlp`";
    arguments.otlp_endpoint.as_ref().map_or(Ok(None), |_| Err(why.to_owned()))
}

/// Opens a state. At the first start somebody must get in: his key is printed, once, and nowhere else.
fn opened(place: &Place, is_sandbox: bool) -> Result<Office, String> {
    let store = place.open().map_err(|error| error.to_string())?;
    let office = Office::new(Arc::from(store), Clock::default());
    if is_sandbox {
        office.make_sandbox().map_err(|error| error.to_string())?;
    }
    if office.is_sandbox().map_err(|error| error.to_string())? {
        tracing::warn!("this state is a sandbox: what is sent here counts for nothing");
    }
    let Some(first) = office.first_administrator().map_err(|error| error.to_string())? else { return Ok(office) };
    putln!("First start: `{place}` had no readers.");
    putln!("");
    putln!("Administrator key, shown this once; it opens until {}:", first.expires_on);
    putln!("{}", first.key);
    putln!("");
    putln!("It adds readers and reads no bill. A reader who has bills judged:");
    putln!("palisander readers add {} --name Desk --role officer", place.arguments());
    Ok(office)
}

async fn serve(config: &Config, state: State, keep_days: Option<u32>) -> std::io::Result<()> {
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    tracing::info!(%address, tls = state.tls.is_some(), "serving");
    #[cfg(unix)]
    let _reloading = Background(tokio::spawn(reloads(state.clone())));
    let _following = state.office.clone().map(|office| Background(tokio::spawn(follows(office, state.clone()))));
    let _judging = state.office.is_some().then(|| Background(tokio::spawn(crate::jobs::works(state.clone()))));
    let _telling = state.office.is_some().then(|| Background(tokio::spawn(crate::webhooks::delivers(state.clone()))));
    let _trusting = state.tokens.clone().map(|tokens| Background(tokio::spawn(renews(tokens))));
    let erasing = state.office.clone().zip(keep_days);
    let _erasing = erasing.map(|(office, days)| Background(tokio::spawn(erases(office, days))));
    let stop = async {
        stop_signal().await;
        tracing::info!("stopping: no new requests");
    };
    edge::serve(listener, state.tls.clone(), build_router(state), stop).await;
    Ok(())
}

/// A task that ends with the service.
struct Background(tokio::task::JoinHandle<()>);

impl Drop for Background {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Erases what came more than `days` days ago, at the start and once a day.
async fn erases(office: Arc<Office>, days: u32) {
    let mut due = tokio::time::interval(ERASE_INTERVAL);
    loop {
        due.tick().await;
        let office = Arc::clone(&office);
        match tokio::task::spawn_blocking(move || office.erase(OPERATOR, days, false)).await {
            Ok(Ok(done)) => tracing::info!(bodies = done.bodies, bytes = done.bytes, held = done.held, "erased"),
            Ok(Err(why)) => tracing::warn!(%why, "not erased; tried again tomorrow"),
            Err(_) => tracing::warn!("not erased: it broke; tried again tomorrow"),
        }
    }
}

/// Takes on information that other processes wrote, so that it acts here within a second of its acceptance there.
async fn follows(office: Arc<Office>, state: State) {
    let mut due = tokio::time::interval(NEWS_INTERVAL);
    // After a database was away once is enough.
    due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut is_away = false;
    loop {
        due.tick().await;
        let (office, engines) = (Arc::clone(&office), state.engines.clone());
        let followed = tokio::task::spawn_blocking(move || engines.follow(&office)).await;
        let was_away = std::mem::replace(&mut is_away, !matches!(followed, Ok(Ok(_))));
        match followed {
            Ok(Ok(true)) => tracing::info!("information changed"),
            Ok(Ok(false)) => {}
            Ok(Err(why)) if !was_away => tracing::warn!(%why, "what others told may not act yet; tried again"),
            Ok(Err(_)) => {}
            Err(_) => tracing::error!("what others told does not act: it broke; tried again"),
        }
    }
}

/// Asks the issuer of tokens for its keys, again and again.
async fn renews(tokens: Arc<dyn Tokens>) {
    loop {
        let own = Arc::clone(&tokens);
        let next = tokio::task::spawn_blocking(move || own.refresh(jiff::Timestamp::now())).await;
        tokio::time::sleep(std::time::Duration::from_secs(next.unwrap_or(60))).await;
    }
}

/// Reads rules, tables, inputs and certificates again at every SIGHUP, as `POST /v1/reload` does.
#[cfg(unix)]
async fn reloads(state: State) {
    let Ok(mut hung_up) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) else { return };
    while hung_up.recv().await.is_some() {
        let state = state.clone();
        let done = tokio::task::spawn_blocking(move || {
            state.reload_certificates();
            state.engines.reload(state.office.as_deref())
        });
        match done.await {
            Ok(Ok(reloaded)) => {
                tracing::info!(changed = reloaded.changed, faults = reloaded.faults.len(), "reloaded");
            }
            Ok(Err(why)) => tracing::warn!(%why, "not reloaded; the engine before goes on"),
            Err(_) => tracing::warn!("not reloaded: it broke; the engine before goes on"),
        }
    }
}

/// Ends when the process is told to stop.
pub(super) async fn stop_signal() {
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
