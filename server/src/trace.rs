//! The trace that a request is part of, as its sender says it (W3C Trace Context): one id for what happens to it in several
//! programs.
//!
//! In: the head of a request. Out: two ids for the line of the log and for whoever else is told of requests. What is no
//! `traceparent` is as if it did not stand. Not here: how a collector is told (`otlp`).

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, Method};

/// Ids of a trace and of the step before this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceParent {
    /// 32 hexadecimal digits.
    pub trace: String,
    /// 16 hexadecimal digits.
    pub parent: String,
    /// Does its sender record this trace? What he leaves out is told to no collector.
    pub is_sampled: bool,
}

/// A request that was answered, as far as it is told outside the log: nothing of what it said, and not its path, which may be a
/// secret.
pub struct Answered<'a> {
    /// The trace that it is part of.
    pub parent: Option<&'a TraceParent>,
    /// How it asked.
    pub method: &'a Method,
    /// The route as the router names it; `None` = there is none.
    pub route: Option<&'a str>,
    /// Status of the answer.
    pub status: u16,
    /// When it came.
    pub began: SystemTime,
    /// How long it took until the answer began.
    pub took: Duration,
}

/// Whom requests are told to beside the log.
pub trait Spans: Send + Sync {
    /// Takes note of a request; never waits.
    fn answered(&self, answered: &Answered<'_>);
    /// Tells what is not told yet, and no more afterwards. It waits, for some seconds at most.
    fn end(&self);
}

/// The lowest bit of the flags: it is recorded.
const SAMPLED: u8 = 1;

/// The version whose form is known to its end.
const FIRST_VERSION: &str = "00";
/// The version that there is not.
const NO_VERSION: &str = "ff";

impl TraceParent {
    /// The trace of a request, where its head says one in one well-formed header.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all("traceparent").iter();
        let (only, None) = (all.next()?, all.next()) else { return None };
        Self::read(only.to_str().ok()?)
    }

    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        // Later versions may say more after these four.
        let is_whole = version != FIRST_VERSION || parts.next().is_none();
        let is_known = is_hex(version, 2) && version != NO_VERSION && is_hex(flags, 2);
        let is_said = is_hex(trace, 32) && is_hex(parent, 16) && !is_zero(trace) && !is_zero(parent);
        let is_sampled = u8::from_str_radix(flags, 16).is_ok_and(|flags| flags & SAMPLED == SAMPLED);
        (is_whole && is_known && is_said).then(|| Self {
            trace: trace.to_owned(),
            parent: parent.to_owned(),
            is_sampled,
        })
    }
}

fn is_hex(text: &str, n: usize) -> bool {
    text.len() == n && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_well_formed_is_told() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (text, is_read) in [
            (format!("00-{trace}-00f067aa0ba902b7-01"), true),
            (format!("00-{trace}-00f067aa0ba902b7-00"), true),
            (format!("cc-{trace}-00f067aa0ba902b7-01-what-comes-later"), true),
            (format!("00-{trace}-00f067aa0ba902b7-01-more"), false),
            (format!("ff-{trace}-00f067aa0ba902b7-01"), false),
            (format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()), false),
            (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), false),
            (format!("00-{trace}-0000000000000000-01"), false),
            (format!("00-{trace}-00f067aa0ba902b7"), false),
            (format!("00-{trace}\n-00f067aa0ba902b7-01"), false),
            (String::new(), false),
        ] {
            assert_eq!(TraceParent::read(&text).is_some(), is_read, "{text:?}");
        }
    }
}
