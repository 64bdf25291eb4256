//! The trace that a request is part of, as its sender says it (W3C Trace Context): one id for what happens to it in several
//! programs.
//!
//! In: the head of a request. Out: two ids for the line of the log. What is no `traceparent` is as if it did not stand.

use axum::http::HeaderMap;

/// Ids of a trace and of the step before this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceParent {
    /// 32 hexadecimal digits.
    pub trace: String,
    /// 16 hexadecimal digits.
    pub parent: String,
}

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
        (is_whole && is_known && is_said).then(|| Self { trace: trace.to_owned(), parent: parent.to_owned() })
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
