//! `profile.toml` as it is written.

use serde::Deserialize;

use super::folder::Folder;
use super::indicator::{NextStep, Status};
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
    pub(super) next_steps: Vec<NextStep>,
    #[serde(default = "clear")]
    pub(super) handling: String,
}

fn clear() -> String {
    "TLP:CLEAR".to_owned()
}

/// May a local profile stand in place of a shipped one of its id? A mandatory one may only be sharpened.
pub(super) fn may_replace(shipped: &Folder, local: &Folder) -> bool {
    let read = |folder: &Folder| folder.toml.as_deref().and_then(|text| toml::from_str::<ProfileFile>(text).ok());
    let Some(shipped) = read(shipped).filter(|file| file.mandatory) else { return true };
    let Some(local) = read(local) else { return false };
    shipped.indicators.iter().all(|old| {
        let same = local.indicators.iter().find(|new| new.name == old.name);
        same.is_some_and(|new| new.points >= old.points && new.floor >= old.floor && new.each == old.each)
    }) && local.status != Status::Deprecated
        && local.effective_from <= shipped.effective_from
        && (local.effective_to.is_none()
            || local.effective_to >= shipped.effective_to && shipped.effective_to.is_some())
}
