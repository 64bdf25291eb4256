//! `profile.toml` as it is written.

use serde::Deserialize;

use super::indicator::Status;
use super::lanes::Lane;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileFile {
    pub(super) id: String,
    pub(super) uuid: String,
    pub(super) title: String,
    pub(super) owner: String,
    pub(super) status: Status,
    pub(super) version: u32,
    #[serde(default)]
    pub(super) effective_from: Option<String>,
    #[serde(default)]
    pub(super) effective_to: Option<String>,
    pub(super) review_by: String,
    #[serde(default)]
    pub(super) genera: Vec<String>,
    pub(super) why: String,
    pub(super) sources: Vec<String>,
    pub(super) innocent_explanations: Vec<String>,
    #[serde(default)]
    pub(super) mandatory: bool,
    pub(super) indicators: Vec<IndicatorFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IndicatorFile {
    pub(super) name: String,
    pub(super) each: String,
    pub(super) points: i64,
    #[serde(default)]
    pub(super) group: Option<String>,
    #[serde(default)]
    pub(super) floor: Option<Lane>,
    pub(super) reason: String,
    #[serde(default)]
    pub(super) sources: Vec<String>,
    #[serde(default)]
    pub(super) settled_by: String,
    #[serde(default)]
    pub(super) next_steps: Vec<StepFile>,
    #[serde(default)]
    pub(super) handling: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepFile {
    pub(super) step: String,
    #[serde(default)]
    pub(super) to: String,
    #[serde(default)]
    pub(super) why: String,
}

impl IndicatorFile {
    /// All its texts, for limits.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let head = [self.name.as_str(), self.reason.as_str(), self.settled_by.as_str()];
        let more = [self.group.as_deref(), self.handling.as_deref()];
        let steps = self.next_steps.iter().flat_map(|step| [step.step.as_str(), step.to.as_str(), step.why.as_str()]);
        head.into_iter().chain(more.into_iter().flatten()).chain(self.sources.iter().map(String::as_str)).chain(steps)
    }
}
