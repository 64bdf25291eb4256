//! What is wrong with a profile, as an editor shows it: marked in the text, in every file that it concerns.
//!
//! In: the rules as the editor has them. Out: [`Judged`], by the calls of `rules check`, and from it diagnostics by file. The page of a
//! code goes along as data, and is told by hovering over the finding: the protocol links codes to addresses of a web alone.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use lsp_types::{Diagnostic, DiagnosticSeverity, NumberOrString};
use palisander_engine::Engine;
use palisander_engine::rules::{Gravity, Profile, ProfileFault, page};
use serde_json::json;

use super::documents::{Document, Documents, Units};
use super::home::{CASES, Home, RHAI, TOML};
use super::outline;
use crate::cli::safe;
use crate::service::diagnosis::{diagnose, gravity};

/// What says it.
const SOURCE: &str = "palisander";
/// Names by which faults stand that are of a folder of rules as a whole.
const SHARED: [&str; 2] = ["lib", "lanes"];

/// A folder of rules as the editor has it.
pub struct Judged {
    pub engine: Engine,
    pub found: Vec<ProfileFault>,
}

impl Judged {
    /// Judges the folder of a profile beside the tables of an engine; of its profiles those named are looked at.
    pub fn of(shipped: &Engine, home: &Home, documents: &Documents, ids: &[String]) -> Result<Self, String> {
        let (_kept, laid) = home.laid(documents, ids)?;
        let engine = shipped.judging(&laid).map_err(|error| error.to_string())?;
        let mut found = diagnose(&engine, Some(ids), crate::state::today());
        let is_shared = |fault: &&ProfileFault| SHARED.contains(&fault.profile.as_str());
        found.extend(engine.profiles().faults.iter().filter(is_shared).cloned());
        Ok(Self { engine, found })
    }

    /// The profile of a home, where it loads.
    pub fn profile(&self, home: &Home) -> Option<&Profile> {
        self.engine.profiles().profiles.iter().find(|profile| profile.id == home.id)
    }

    /// What concerns the profile of a home.
    pub fn of_profile<'j>(&'j self, home: &'j Home) -> impl Iterator<Item = &'j ProfileFault> {
        self.found.iter().filter(|fault| fault.profile == home.id || SHARED.contains(&fault.profile.as_str()))
    }
}

/// Diagnostics by file; both files of the profile are among them, so that what was told of them before is taken back.
pub fn diagnostics(
    judged: &Judged,
    home: &Home,
    documents: &Documents,
    units: Units,
) -> BTreeMap<PathBuf, Vec<Diagnostic>> {
    let mut told: BTreeMap<PathBuf, Vec<Diagnostic>> =
        [TOML, RHAI].into_iter().map(|name| (home.file(name), Vec::new())).collect();
    for fault in judged.of_profile(home) {
        let stands = Stands::of(fault, home, documents);
        told.entry(stands.path.clone()).or_default().push(diagnostic(fault, &stands, documents, units));
    }
    told
}

/// Where a finding is marked.
pub struct Stands {
    pub path: PathBuf,
    /// Line, from 0, and bytes of it; `None` = the first line whole.
    pub at: Option<(usize, Range<usize>)>,
}

impl Stands {
    /// Where the finding stands, of files as the editor has them.
    pub fn of(fault: &ProfileFault, home: &Home, documents: &Documents) -> Self {
        match fault.file {
            CASES => Self::in_cases(fault, home, documents),
            TOML | RHAI => {
                let path = home.file(fault.file);
                let document = documents.read(&path);
                let at = fault.span().zip(document).map(|(span, document)| {
                    let n = span.line.saturating_sub(1);
                    (n, document.bytes(n, span.column..span.end_column))
                });
                Self { path, at }
            }
            other => {
                // What lies beside the profiles: `../lanes.toml`.
                let beside = home.root.join(other.trim_start_matches("../"));
                Self { path: if beside.is_file() { beside } else { home.file(TOML) }, at: None }
            }
        }
    }

    /// Of cases: the case that the words name; else the indicator that has none.
    fn in_cases(fault: &ProfileFault, home: &Home, documents: &Documents) -> Self {
        let case = fault.what.split_once(": ").map(|(file, _)| home.file(CASES).join(file));
        if let Some(path) = case.filter(|path| path.is_file() || documents.get(path).is_some()) {
            let named = fault.what.split('`').nth(1);
            let found = named.zip(documents.read(&path)).and_then(|(named, case)| quoted(&case, named));
            return Self { path, at: found };
        }
        let path = home.file(TOML);
        let text = documents.read(&path).map(|document| document.text).unwrap_or_default();
        let own = outline::indicators(&text).into_iter().find(|own| fault.indicator.as_ref() == Some(&own.name));
        Self { path, at: own.map(|own| (own.line, own.bytes)) }
    }
}

/// The first place at which a text stands in quotes.
pub fn quoted(document: &Document, text: &str) -> Option<(usize, Range<usize>)> {
    let asked = format!("\"{text}\"");
    let mut lines = document.text.lines().enumerate();
    lines.find_map(|(n, line)| line.find(&asked).map(|at| (n, at + 1..at + 1 + text.len())))
}

fn diagnostic(fault: &ProfileFault, stands: &Stands, documents: &Documents, units: Units) -> Diagnostic {
    let document = documents.read(&stands.path);
    let range = document.map(|document| {
        let (n, bytes) = stands.at.clone().unwrap_or_else(|| (0, 0..document.line(0).len()));
        document.range(n, bytes, units)
    });
    let severity = match gravity(fault) {
        Gravity::Error => DiagnosticSeverity::ERROR,
        Gravity::Warning => DiagnosticSeverity::WARNING,
        Gravity::Note => DiagnosticSeverity::INFORMATION,
    };
    let message = if fault.fix.is_empty() { fault.what.clone() } else { format!("{}\n{}", fault.what, fault.fix) };
    Diagnostic {
        range: range.unwrap_or_default(),
        severity: Some(severity),
        code: Some(NumberOrString::String(fault.code.to_owned())),
        source: Some(SOURCE.to_owned()),
        message: safe::lines(&message).into_owned(),
        data: page(fault.code).map(|page| json!({ "title": page.title, "page": page.text, "fix": fault.fix })),
        ..Diagnostic::default()
    }
}
