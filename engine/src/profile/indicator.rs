//! A profile and its indicators, ready to run.

use std::sync::Arc;

use super::lanes::Lane;
use super::lower;
use super::native::Op;
use super::sandbox::MAX_OPERATIONS;
use super::template::Template;
use super::view::View;
use crate::codes::{Date, Period};
use crate::label::Label;
use crate::words::words;
use rhai::AST;

/// The most points that one indicator brings. None brings fewer than 0: a rule cannot forgive, and the sum of all that
/// may be loaded (1,000 folders of 256 indicators) stays far from the end of its type.
pub const MAX_POINTS: i64 = 1_000;
/// Indicators of one profile: each has a function of its own, and a script may have as many.
pub const MAX_INDICATORS: usize = super::sandbox::MAX_FUNCTIONS;
/// Sources of a profile or an indicator, and next steps of an indicator.
pub const MAX_TEXTS: usize = 32;
/// Characters of a reason, a citation or a step. The longest shipped one has under 150.
pub const MAX_TEXT_CHARS: usize = 2_000;

/// One profile as loaded: what it says of itself and the indicators it counts.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Folder name and id.
    pub id: String,
    /// Names it for ever.
    pub uuid: String,
    pub title: String,
    /// Maturity: experimental, test, stable, deprecated.
    pub status: Status,
    pub version: u32,
    /// Days on which it acts.
    pub effective: Period,
    /// Listed genera it concerns; empty = any.
    pub genera: Vec<String>,
    /// What the profile looks for and why that matters, in two sentences.
    pub why: String,
    /// Known innocent explanations.
    pub innocent_explanations: Vec<String>,
    /// Instruments behind the profile.
    pub sources: Vec<String>,
    /// Of the shipped set, which no local file softens.
    pub mandatory: bool,
    /// Figures of which more never brings less: what the profile promises of its points.
    pub rises_with: Vec<(View, usize)>,
    /// Day by which it must be looked at again.
    pub review_by: Option<Date>,
    pub owner: String,
    /// Its cases: file name and JSON text.
    pub cases: Vec<(String, String)>,
    /// Text of `profile.toml`.
    pub toml: String,
    /// Text of `profile.rhai`.
    pub rhai: String,
    /// Which of the two files begin with a byte order mark, which is read over.
    pub marked: Vec<&'static str>,
    pub(super) own_functions: Vec<String>,
    pub(super) indicators: Vec<String>,
    pub(super) ast: Arc<AST>,
}

words! {
    /// Maturity of a profile.
    pub enum Status {
        /// Being tried, in shadow: evaluated and shown apart, and moves neither score nor lane.
        Experimental = "experimental",
        /// Being tested in earnest: it acts.
        Test = "test",
        /// It counts.
        Stable = "stable",
        /// No longer acts.
        Deprecated = "deprecated",
    }
}

/// One indicator, ready to run.
#[derive(Debug, Clone)]
pub struct Indicator {
    /// Index of its profile.
    pub profile: usize,
    /// Name of its function in the script; hits show it.
    pub name: String,
    /// What it looks at.
    pub each: View,
    /// Views its function takes, in order.
    pub takes: Vec<View>,
    /// Points when met, 0 to [`MAX_POINTS`].
    pub points: i64,
    /// Only the highest hit of a group counts.
    pub group: String,
    /// Lowest lane when met.
    pub floor: Option<Lane>,
    /// Reason, with `{view.field}` in it.
    pub reason: Template,
    /// Instruments, with `{view.field}` in them.
    pub sources: Vec<Template>,
    /// What would settle it when it cannot be verified.
    pub settled_by: Template,
    /// What to do next.
    pub next_steps: Vec<NextStep>,
    /// Who may see the indicator itself.
    pub handling: Label,
    /// Documentation of the function.
    pub doc: String,
    /// Native form; `None` = interpreted.
    pub native: Option<Op>,
    /// Why it is interpreted.
    pub interpreted_because: Option<String>,
    /// Line and column of the expression that keeps it interpreted.
    pub interpreted_at: Option<(usize, usize)>,
    /// Fields it reads.
    pub reads: Vec<(View, usize)>,
}

/// A step after the hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextStep {
    /// Step, such as `verify_with_management_authority`.
    pub step: String,
    /// To whom; nobody where a value in it is not known.
    pub to: Template,
    pub why: Template,
}

impl Indicator {
    /// Every text that is said of a hit.
    pub fn sentences(&self) -> impl Iterator<Item = &Template> {
        let steps = self.next_steps.iter().flat_map(|step| [&step.to, &step.why]);
        self.sources.iter().chain([&self.reason, &self.settled_by]).chain(steps)
    }

    /// The most that one test of one subject costs: parts of the native test, each asked once at most; or the operations
    /// after which the interpreter stops.
    pub fn worst_operations(&self) -> u64 {
        self.native.as_ref().map_or(MAX_OPERATIONS, |op| op.n_parts() as u64)
    }
}

impl Profile {
    /// Names of its own functions, helpers of `rules/lib` left out.
    pub fn function_names(&self) -> impl Iterator<Item = &str> {
        self.own_functions.iter().map(String::as_str)
    }

    /// Functions that are neither an indicator nor called by anything.
    pub fn unused_functions(&self) -> Vec<String> {
        let called = lower::called(&self.ast);
        let idle = |name: &&String| !self.indicators.contains(*name) && !called.contains(*name);
        self.own_functions.iter().filter(idle).cloned().collect()
    }

    pub(super) fn ast(&self) -> &AST {
        &self.ast
    }
}
