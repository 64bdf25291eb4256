//! What the service counts of itself, as Prometheus reads it (text format 0.0.4).
//!
//! In: each request with its route, status and time. Out: counters and histograms whose labels are bounded: routes of the
//! table, classes of status, lanes, reasons of refusal. Nothing of a bill, a reader or a record is in them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use palisander_engine::answers::Lane;

use crate::words::words;

/// Upper ends of the classes of time, in seconds: from a single call to the longest that begins to be answered.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

words! {
    /// Why a call was refused before anything was done for it.
    Refused {
        /// Its key had no call left.
        Budget = "budget",
        /// Too many wrong keys came, and this was none that there is.
        WrongKey = "wrong_key",
        /// As many came through a door without a key as may.
        Door = "door",
    }
}

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    refused: [AtomicU64; Refused::ALL.len()],
    requests: Mutex<BTreeMap<(String, u16), Times>>,
    bills: [AtomicU64; 4],
    /// From when something was told until it acts.
    relays: Mutex<Times>,
}

/// How often, and how long it took until the answer began.
#[derive(Debug, Clone, Default)]
struct Times {
    n: u64,
    seconds: f64,
    within: [u64; BUCKETS.len()],
}

impl Times {
    fn add(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        self.n += 1;
        self.seconds += seconds;
        for (within, end) in self.within.iter_mut().zip(BUCKETS) {
            *within += u64::from(seconds <= end);
        }
    }

    /// The lines of a histogram; `labels` end in a comma where there are any.
    fn write(&self, to: &mut String, name: &str, labels: &str) -> std::fmt::Result {
        for (within, end) in self.within.iter().zip(BUCKETS) {
            writeln!(to, "{name}_bucket{{{labels}le=\"{end}\"}} {within}")?;
        }
        writeln!(to, "{name}_bucket{{{labels}le=\"+Inf\"}} {}", self.n)?;
        let bare = labels.trim_end_matches(',');
        let bare = if bare.is_empty() { String::new() } else { format!("{{{bare}}}") };
        writeln!(to, "{name}_sum{bare} {}", self.seconds)?;
        writeln!(to, "{name}_count{bare} {}", self.n)
    }
}

impl Metrics {
    /// Counts a request. `route` is one of the router's, never a path as it was asked.
    pub fn request(&self, route: &str, status: u16, took: Duration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.entry((route.to_owned(), status / 100)).or_default().add(took);
    }

    /// Counts how long the last of what was told took until it acts here.
    pub fn relayed(&self, took: Duration) {
        self.relays.lock().unwrap_or_else(PoisonError::into_inner).add(took);
    }

    /// Counts a call that was refused.
    pub fn refused(&self, why: Refused) {
        if let Some(count) = self.refused.get(why as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts bills that were put on record.
    pub fn bills(&self, lane: Lane, n: u64) {
        if let Some(count) = self.bills.get(lane as usize) {
            count.fetch_add(n, Ordering::Relaxed);
        }
    }

    /// Everything, with the number of entries in the log where there is one, and the ways in which the service is degraded, or
    /// is not.
    pub fn shown(&self, entries: Option<u64>, degraded: &[(&str, bool)]) -> String {
        let mut text = String::new();
        // Writing into a text does not fail.
        let _ = self.write(&mut text, entries, degraded);
        text
    }

    fn write(&self, to: &mut String, entries: Option<u64>, degraded: &[(&str, bool)]) -> std::fmt::Result {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        writeln!(to, "# HELP palisander_request_seconds Time until an answer began.")?;
        writeln!(to, "# TYPE palisander_request_seconds histogram")?;
        for ((route, class), times) in &requests {
            times.write(to, "palisander_request_seconds", &format!("route=\"{route}\",status=\"{class}xx\","))?;
        }
        writeln!(to, "# HELP palisander_degraded Whether the service is degraded in that way.")?;
        writeln!(to, "# TYPE palisander_degraded gauge")?;
        for (way, is) in degraded {
            writeln!(to, "palisander_degraded{{way=\"{way}\"}} {}", u8::from(*is))?;
        }
        let Some(entries) = entries else { return Ok(()) };
        writeln!(
            to,
            "# HELP palisander_relay_seconds Time from when something was told until it acts in this process."
        )?;
        writeln!(to, "# TYPE palisander_relay_seconds histogram")?;
        let relays = self.relays.lock().unwrap_or_else(PoisonError::into_inner).clone();
        relays.write(to, "palisander_relay_seconds", "")?;
        writeln!(to, "# HELP palisander_refused_calls_total Calls refused with 429.")?;
        writeln!(to, "# TYPE palisander_refused_calls_total counter")?;
        for (why, count) in Refused::ALL.iter().zip(&self.refused) {
            writeln!(to, "palisander_refused_calls_total{{why=\"{why}\"}} {}", count.load(Ordering::Relaxed))?;
        }
        writeln!(to, "# HELP palisander_bills_total Bills put on record, by the lane of the whole engine.")?;
        writeln!(to, "# TYPE palisander_bills_total counter")?;
        for (lane, count) in Lane::ALL.iter().zip(&self.bills) {
            writeln!(to, "palisander_bills_total{{lane=\"{lane}\"}} {}", count.load(Ordering::Relaxed))?;
        }
        writeln!(to, "# HELP palisander_log_entries Entries of the log.")?;
        writeln!(to, "# TYPE palisander_log_entries gauge")?;
        writeln!(to, "palisander_log_entries {entries}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_time_add_up() {
        let metrics = Metrics::default();
        for (status, millis) in [(200, 1), (204, 2), (200, 40), (200, 60_000), (404, 1)] {
            metrics.request("/v1/me", status, Duration::from_millis(millis));
        }
        metrics.bills(Lane::Red, 3);
        metrics.refused(Refused::WrongKey);
        let text = metrics.shown(Some(7), &[("store_away", true)]);
        for line in [
            "palisander_request_seconds_bucket{route=\"/v1/me\",status=\"2xx\",le=\"0.001\"} 1",
            "palisander_request_seconds_bucket{route=\"/v1/me\",status=\"2xx\",le=\"0.05\"} 3",
            "palisander_request_seconds_bucket{route=\"/v1/me\",status=\"2xx\",le=\"30\"} 3",
            "palisander_request_seconds_bucket{route=\"/v1/me\",status=\"2xx\",le=\"+Inf\"} 4",
            "palisander_request_seconds_count{route=\"/v1/me\",status=\"4xx\"} 1",
            "palisander_bills_total{lane=\"red\"} 3",
            "palisander_refused_calls_total{why=\"budget\"} 0",
            "palisander_refused_calls_total{why=\"wrong_key\"} 1",
            "palisander_degraded{way=\"store_away\"} 1",
            "palisander_log_entries 7",
        ] {
            assert!(text.lines().any(|own| own == line), "{line}\n{text}");
        }
        assert!(!metrics.shown(None, &[]).contains("log_entries"));
    }
}
