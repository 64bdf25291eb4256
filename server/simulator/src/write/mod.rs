//! Calls as files: canonical JSON, canonical CSV, CUSCAR D.95B, ASYCUDA manifests. Formats say less than JSON does, each in its
//! own way (`reference`: one bill in seven spellings).

mod awmds;
mod cuscar;
mod table;

use crate::bill::Call;

/// A format of manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One manifest a line, a file a day.
    Ndjson,
    /// One row for each line of goods and container, a file a day.
    Csv,
    /// One interchange a call, a file each.
    Cuscar,
    /// One document a call, a file each.
    Awmds,
}

impl Format {
    /// Ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Cuscar => "edi",
            Self::Awmds => "xml",
        }
    }

    /// True when calls of a day stand in one file.
    pub fn is_daily(self) -> bool {
        matches!(self, Self::Ndjson | Self::Csv)
    }

    /// What stands before the first call of a file.
    pub fn head(self) -> String {
        if self == Self::Csv { table::head() } else { String::new() }
    }

    /// The call in this format.
    pub fn text(self, call: &Call) -> String {
        match self {
            Self::Ndjson => json(call),
            Self::Csv => table::rows(call),
            Self::Cuscar => cuscar::write(call),
            Self::Awmds => awmds::write(call),
        }
    }
}

/// One line of canonical JSON.
fn json(call: &Call) -> String {
    #[derive(serde::Serialize)]
    struct Document<'a> {
        manifest: &'a Call,
    }
    // Maps with text keys and numbers only: there is nothing that JSON could not say.
    let mut text = serde_json::to_string(&Document { manifest: call }).unwrap_or_default();
    text.push('\n');
    text
}
