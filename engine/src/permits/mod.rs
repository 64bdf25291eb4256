//! Permits: placeholder until the register lands from its branch.

/// Register.
#[derive(Debug, Default)]
pub struct Register;

/// Closeness of two party names.
pub fn party_similarity(a: &str, b: &str) -> f64 {
    strsim::jaro_winkler(&crate::reference::folded(a), &crate::reference::folded(b))
}
