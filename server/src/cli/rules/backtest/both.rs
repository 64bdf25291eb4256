//! A thing under the rules as they are, and under those that they would be.

/// Before and after.
pub type Both<T> = [T; 2];
