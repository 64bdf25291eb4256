//! What was wrong with the input, and where.

use serde::Serialize;

use super::limits;
use super::place::Place;

/// How much a fault takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something to know, such as a field that the canonical form does not have. Nothing was lost.
    Note,
    /// Read, but doubtful: totals that disagree, a code that nobody knows.
    Doubt,
    /// A value could not be read. The consignment can no longer come out in the lowest lane.
    Lost,
}

/// One fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Stable code, such as `wrong_type`.
    pub code: &'static str,
    /// How much it takes away.
    pub severity: Severity,
    /// Which value of the canonical form it is about.
    pub place: Place,
    /// Where the sender finds it: JSON pointer, `row 3 column volume_m3`, segment number or XML path.
    pub at: String,
    /// What stood there, cut at `MAX_FOUND_CHARS`.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

/// Codes of faults that later steps look at.
pub(crate) mod code {
    /// A field that stands more than once; what it says is kept where it can be.
    pub const DUPLICATE_FIELD: &str = "duplicate_field";
    /// A text in whose place a spreadsheet wrote that its formula failed.
    pub const FAILED_FORMULA: &str = "failed_formula";
    /// A text over its limit, of which the rest was cut.
    pub const TEXT_TOO_LONG: &str = "text_too_long";
}

/// Characters of a value that a fault shows.
const MAX_FOUND_CHARS: usize = 120;

impl Fault {
    /// A fault of the whole input.
    pub fn new(code: &'static str, severity: Severity, at: String, found: &str, expected: &str) -> Self {
        Self::of(Place::HEAD, code, severity, at, found, expected)
    }

    /// A fault of one place.
    pub fn of(place: Place, code: &'static str, severity: Severity, at: String, found: &str, expected: &str) -> Self {
        let mut short: String = found.chars().filter(|c| !c.is_control()).take(MAX_FOUND_CHARS).collect();
        if short.len() < found.len() && found.chars().nth(MAX_FOUND_CHARS).is_some() {
            short.push('…');
        }
        Self { code, severity, place, at, found: short, expected: expected.to_owned() }
    }
}

impl Serialize for Fault {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let place = self.place.to_string();
        let says_more = !place.is_empty() && place != self.at;
        let mut fault = s.serialize_struct("Fault", if says_more { 6 } else { 5 })?;
        fault.serialize_field("code", self.code)?;
        fault.serialize_field("severity", &self.severity)?;
        fault.serialize_field("at", &self.at)?;
        if says_more {
            fault.serialize_field("where", &place)?;
        }
        fault.serialize_field("found", &self.found)?;
        fault.serialize_field("expected", &self.expected)?;
        fault.end()
    }
}

impl schemars::JsonSchema for Fault {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Fault".into()
    }

    /// As [`Serialize`] writes it.
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let text = |about: &str| serde_json::json!({ "type": "string", "description": about });
        schemars::json_schema!({
            "type": "object",
            "properties": {
                "code": text("Stable code, such as `wrong_type`."),
                "severity": generator.subschema_for::<Severity>(),
                "at": text("Where the sender finds it: JSON pointer, row and column, segment number or XML path."),
                "where": text("JSON pointer in the canonical manifest, where it is another."),
                "found": text("What stood there, cut."),
                "expected": text("What was expected."),
            },
            "required": ["code", "severity", "at", "found", "expected"],
            "additionalProperties": false,
        })
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = if self.at.is_empty() { "the file" } else { &self.at };
        write!(f, "{at}: found `{}`, expected {} ({})", self.found, self.expected, self.code)
    }
}

/// Faults of one consignment, or of the head of a manifest: what is kept of them, how many there were, and the worst.
///
/// Keeps [`limits::MAX_FAULTS`]. What comes after is counted, and a lost value takes the place of a lesser fault, so that
/// no number of notes hides it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    kept: Vec<Fault>,
    n_dropped: u64,
    worst_dropped: Option<Severity>,
}

impl Faults {
    /// Counts the fault, remembers how grave its bill's worst is, and keeps it while there is room ([`MAX_FAULTS`]).
    pub fn push(&mut self, fault: Fault) {
        if self.kept.len() < limits::MAX_FAULTS {
            self.kept.push(fault);
            return;
        }
        let lesser = self.kept.iter_mut().rev().find(|kept| kept.severity < fault.severity);
        let dropped = match lesser {
            Some(lesser) => std::mem::replace(lesser, fault),
            None => fault,
        };
        self.n_dropped += 1;
        self.worst_dropped = self.worst_dropped.max(Some(dropped.severity));
    }

    /// Adds all of another.
    pub fn append(&mut self, other: Self) {
        for fault in other.kept {
            self.push(fault);
        }
        self.n_dropped += other.n_dropped;
        self.worst_dropped = self.worst_dropped.max(other.worst_dropped);
    }

    /// Counts what is not kept for another reason, such as an unmapped value over its limit.
    pub fn drop_one(&mut self, severity: Severity) {
        self.n_dropped += 1;
        self.worst_dropped = self.worst_dropped.max(Some(severity));
    }

    /// The worst of all, kept or not.
    pub fn worst(&self) -> Option<Severity> {
        self.kept.iter().map(|fault| fault.severity).max().max(self.worst_dropped)
    }

    /// How many there were.
    pub fn len(&self) -> u64 {
        self.kept.len() as u64 + self.n_dropped
    }

    /// True when there was none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those that were kept, in the order found.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.kept.iter()
    }

    /// The fault that stands for those that were not kept.
    pub fn rest(&self) -> Option<Fault> {
        let severity = self.worst_dropped?;
        let found = format!("{} more", self.n_dropped);
        let expected = "fewer faults and unmapped values than MAX_FAULTS and MAX_UNMAPPED";
        Some(Fault::new("more_faults", severity, String::new(), &found, expected))
    }

    /// Those that were kept, and one that stands for the rest.
    pub fn to_vec(&self) -> Vec<Fault> {
        self.kept.iter().cloned().chain(self.rest()).collect()
    }

    /// Changes every place, such as the index of the consignment.
    pub fn placed(mut self, place: impl Fn(Place) -> Place) -> Self {
        for fault in &mut self.kept {
            fault.place = place(fault.place);
        }
        self
    }
}

impl From<Vec<Fault>> for Faults {
    fn from(faults: Vec<Fault>) -> Self {
        let mut all = Self::default();
        faults.into_iter().for_each(|fault| all.push(fault));
        all
    }
}

/// The bytes hold no manifest at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// Not the format it should be.
    #[error("not a manifest in {format}: {why} (at {at})")]
    Malformed {
        format: &'static str,
        /// Where the reading ended: a line, a byte or a path.
        at: String,
        why: String,
    },
    /// A known message of another kind.
    #[error("{what}")]
    OtherMessage {
        /// What it is and why it is refused.
        what: String,
    },
    /// Larger than a named limit.
    #[error("{what} is over the limit of {limit} ({name})")]
    TooLarge {
        what: String,
        limit: usize,
        /// Its name in `manifest::limits`.
        name: &'static str,
    },
    /// The source could not be read.
    #[error("cannot read: {0}")]
    Io(String),
}
