//! How much a case holds, and whether what is told of it fits.

/// Characters of a text of a case.
pub const MAX_CASE_CHARS: usize = 2_000;
/// Rows of any list of a case.
pub const MAX_CASE_ROWS: usize = 500;
/// Largest mass, volume, value or number of pieces; beyond it something is mistyped.
pub const MAX_MEASURE: f64 = 1e12;

/// Everything that does not fit.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) faults: Vec<String>,
}

impl Shape {
    pub(super) fn say(&mut self, what: &str) {
        self.faults.push(what.to_owned());
    }

    /// A text that has to be there.
    pub(super) fn text(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.faults.push(format!("`{field}` is needed"));
        }
        self.free(field, text);
    }

    /// A text that may be empty.
    pub(super) fn free(&mut self, field: &str, text: &str) {
        if text.chars().nth(MAX_CASE_CHARS).is_some() {
            self.faults.push(format!("`{field}` is over MAX_CASE_CHARS ({MAX_CASE_CHARS})"));
        }
    }

    pub(super) fn rows(&mut self, field: &str, n: usize) {
        if n > MAX_CASE_ROWS {
            self.faults.push(format!("`{field}` is over MAX_CASE_ROWS ({MAX_CASE_ROWS})"));
        }
    }

    pub(super) fn measure(&mut self, field: &str, number: Option<f64>) {
        if number.is_some_and(|number| !(0.0..=MAX_MEASURE).contains(&number)) {
            self.faults.push(format!("`{field}` is 0 to {MAX_MEASURE:e}"));
        }
    }
}
