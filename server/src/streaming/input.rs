//! The body on its way to the readers of manifests: it ends where nobody is left to read the answers, and what of it could not be
//! read is counted.
//!
//! In: bytes of a body, and what was read of them. Out: the same bytes for as long as somebody waits; a problem where no bill was
//! read. Not here: reading manifests (the engine).

use std::io::{self, BufRead, Read};

use axum::http::StatusCode;
use palisander_engine::manifests::{Fault, ManifestError, Parsed, Severity};

use crate::problem::Problem;

/// Errors that a problem shows.
const MAX_ERRORS_SHOWN: usize = 50;
/// Bytes of input between two looks at whether anybody still reads.
const STEP_BYTES: usize = 256 << 10;

/// What of a body was not read.
#[derive(Default)]
pub(super) struct Unread {
    pub(super) n_bills: u64,
    n_errors: u64,
    first: Option<ManifestError>,
    faults: Vec<Fault>,
}

impl Unread {
    pub(super) fn add(&mut self, part: &Result<Parsed, ManifestError>) {
        match part {
            Ok(parsed) if !parsed.manifest.consignments.is_empty() => {
                self.n_bills += parsed.manifest.consignments.len() as u64;
                self.faults = Vec::new();
            }
            Ok(parsed) if self.n_bills == 0 => {
                let faults = parsed.faults();
                self.n_errors += u64::from(faults.iter().any(|fault| fault.severity == Severity::Lost));
                let room = MAX_ERRORS_SHOWN.saturating_sub(self.faults.len());
                self.faults.extend(faults.into_iter().take(room));
            }
            Ok(_) => {}
            Err(error) => {
                self.n_errors += 1;
                self.first.get_or_insert_with(|| error.clone());
            }
        }
    }

    /// The whole body as a problem, when something was lost and no bill was read.
    pub(super) fn problem(self) -> Option<Problem> {
        if self.n_bills > 0 || self.n_errors == 0 {
            return None;
        }
        let mut problem = match &self.first {
            Some(error) => Problem::manifest(error),
            None => {
                let detail = "the body holds no bill that could be read; `errors` says what was lost";
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/manifest", "the body is no manifest", detail)
            }
        };
        if self.n_errors > 1 {
            problem.detail.push_str(&format!("; {} parts of the body were not read", self.n_errors));
        }
        problem.errors = self.faults;
        Some(problem)
    }
}

/// Input that ends with an error once nobody is left to read the answers.
pub(super) struct Watched<R, F> {
    inner: R,
    until_look: usize,
    is_left: F,
}

impl<R: BufRead, F: Fn() -> bool> Watched<R, F> {
    pub(super) fn new(inner: R, is_left: F) -> Self {
        Self { inner, until_look: STEP_BYTES, is_left }
    }

    fn looked(&mut self) -> io::Result<()> {
        if self.until_look == 0 {
            self.until_look = STEP_BYTES;
            if (self.is_left)() {
                return Err(io::Error::other("nobody reads the answer"));
            }
        }
        Ok(())
    }
}

impl<R: BufRead, F: Fn() -> bool> Read for Watched<R, F> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.looked()?;
        let n = self.inner.read(to)?;
        self.until_look = self.until_look.saturating_sub(n);
        Ok(n)
    }
}

impl<R: BufRead, F: Fn() -> bool> BufRead for Watched<R, F> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.looked()?;
        let chunk = self.inner.fill_buf()?;
        Ok(chunk.get(..chunk.len().min(STEP_BYTES)).unwrap_or_default())
    }

    fn consume(&mut self, n: usize) {
        self.until_look = self.until_look.saturating_sub(n);
        self.inner.consume(n);
    }
}
