//! Settings of the service. Every one has a unit, a default and a reason; what is malformed stops the start.

use std::net::SocketAddr;
use std::time::Duration;

/// Bytes of one request body: a ship of 15,000 bills in JSON.
pub const MAX_BODY_BYTES: usize = 64 << 20;
/// Longest a request may take.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);
/// Longest that a stop waits for requests under way.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(20);
/// Requests scored at once, for each core; the next ones are told to come back.
pub const MAX_SCORING_PER_CORE: usize = 32;

/// Settings of the service, from the command line and the environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen on. Loopback only: callers are not yet told apart.
    pub listen: SocketAddr,
}

impl Config {
    /// Reads the address. Anything but loopback is refused.
    pub fn new(listen: &str) -> Result<Self, String> {
        let listen: SocketAddr =
            listen.parse().map_err(|_| format!("`{listen}` is not an address such as 127.0.0.1:8080"))?;
        if !listen.ip().is_loopback() {
            return Err(format!(
                "`{listen}` is not a loopback address; callers are not yet told apart, so only this machine may ask"
            ));
        }
        Ok(Self { listen })
    }
}
