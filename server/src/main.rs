//! Palisander.
fn main() {}
