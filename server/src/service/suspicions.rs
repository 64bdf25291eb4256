//! The channel by which reports go to a financial intelligence unit. Whoever has one sets it up; none is shipped.

/// A channel to a financial intelligence unit.
pub trait SuspicionChannel: Send + Sync {
    /// Hands a report over; what the unit says of it, or why it did not take it.
    fn deliver(&self, xml: &str) -> Result<String, String>;
}
