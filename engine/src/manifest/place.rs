//! Where a value stands in the canonical manifest, whatever format it came in.
//!
//! In: the index of a consignment and steps of the table of fields ([`super::fields`]). Out: a [`Place`], compared and
//! kept as it is, and written as a JSON pointer only when somebody looks. A row, a segment or an XML path is where it
//! stood in the *file*; a fault says that beside the place.

use std::fmt;

use super::field::Field;

/// Steps of the longest place: `/goods_items/0/documents/1/number`.
pub(super) const MAX_STEPS: usize = 3;

/// A place: of the manifest's head, or of one consignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Place {
    /// Index of the consignment in its manifest; `None` = the head.
    bill: Option<u32>,
    steps: [Option<Step>; MAX_STEPS],
}

/// A field, and which entry of it when it is a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Step {
    field: Field,
    n: Option<u32>,
}

impl Place {
    /// The head of a manifest.
    pub const HEAD: Self = Self { bill: None, steps: [None; MAX_STEPS] };

    /// The consignment number `n` of its manifest.
    pub fn bill(n: usize) -> Self {
        Self { bill: Some(index(n)), ..Self::HEAD }
    }

    /// A field of what this place is.
    #[must_use]
    pub fn field(self, field: Field) -> Self {
        self.step(Step { field, n: None })
    }

    /// Entry `n` of a list of what this place is.
    #[must_use]
    pub fn entry(self, field: Field, n: usize) -> Self {
        self.step(Step { field, n: Some(index(n)) })
    }

    /// Entry `n` of the list that this place is.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        if let Some(last) = self.steps.iter_mut().rev().flatten().next() {
            last.n = Some(index(n));
        }
        self
    }

    /// The first step leads to entry `n` of its list.
    pub(super) fn renumber(&mut self, n: usize) {
        if let Some(Some(step)) = self.steps.first_mut() {
            step.n = Some(index(n));
        }
    }

    /// A place deeper than any field stays where the deepest is: nothing of the canonical form is deeper.
    fn step(mut self, step: Step) -> Self {
        if let Some(free) = self.steps.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(step);
        }
        self
    }

    /// True for that field of a manifest or consignment, or something within it.
    pub fn is_of(&self, field: Field) -> bool {
        self.steps.first().copied().flatten().is_some_and(|step| step.field == field)
    }

    /// True for a field of entry `n` of a list of the consignment.
    pub fn is_of_entry(&self, list: Field, n: usize, field: Field) -> bool {
        let [Some(entry), Some(own), ..] = &self.steps else { return false };
        entry.field == list && entry.n == Some(index(n)) && own.field == field
    }

    /// True for entry `n` of a list of the consignment as a whole.
    pub fn is_entry(&self, list: Field, n: usize) -> bool {
        let [Some(entry), None, ..] = &self.steps else { return false };
        entry.field == list && entry.n == Some(index(n))
    }

    /// Index of the consignment; `None` = the head, which concerns all of them.
    pub fn consignment(&self) -> Option<usize> {
        self.bill.map(|n| n as usize)
    }

    /// The same place in consignment `n`.
    #[must_use]
    pub fn within(self, n: usize) -> Self {
        Self { bill: Some(index(n)), ..self }
    }

    /// The same place without saying in which consignment.
    #[must_use]
    pub fn in_bill(self) -> Self {
        Self { bill: None, ..self }
    }

    /// True for the head or the consignment as a whole.
    pub fn is_whole(&self) -> bool {
        self.steps.iter().all(Option::is_none)
    }

    /// The JSON pointer within the consignment (within the manifest, for the head).
    pub fn pointer(&self) -> String {
        self.in_bill().to_string()
    }
}

fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The JSON pointer within the manifest.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(bill) = self.bill {
            write!(f, "/consignments/{bill}")?;
        }
        for step in self.steps.iter().flatten() {
            write!(f, "/{}", step.field.name())?;
            if let Some(n) = step.n {
                write!(f, "/{n}")?;
            }
        }
        Ok(())
    }
}

impl serde::Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl schemars::JsonSchema for Place {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Place".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^/" })
    }
}
