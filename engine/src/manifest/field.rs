//! Name of a field of the canonical form: a type of its own, so that no text is taken for one.

/// Name of a field of the canonical form. Only the table ([`super::fields`]) makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Field(&'static str);

impl Field {
    pub(in crate::manifest) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// As written in JSON.
    pub fn name(self) -> &'static str {
        self.0
    }
}
