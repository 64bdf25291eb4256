//! Rulesets: profiles that are written, checked, approved by another person, tried in shadow, set live, taken back.
//!
//! In: a caller and files of profiles. Out: entries, each the whole record as it stands then. A ruleset is checked when it
//! comes, beside the rules that act: one that does not load whole, or a case of which fails, stays a draft. Its files never change.
//! The author never approves; of one name one acts at a time, and an earlier one comes back in one call. Not here: running
//! profiles (the engine), how they reach it (`news`).

use std::collections::{BTreeMap, BTreeSet};

use palisander_engine::rules::{RuleSource, RuleText};
use palisander_engine::{Engine, Label};
use serde::Serialize;
use serde_json::json;

use super::bundles::strictest;
use super::caller::Caller;
use super::diagnosis::{diagnose, failing, is_worse};
use super::office::{Faults, Office, OfficeError, still};
use crate::config::{MAX_FIELD_CHARS, MAX_REASON_CHARS, MAX_RULESET_BYTES, MAX_RULESET_FILES, MAX_RULESETS};
use crate::hex;
use crate::secret;
use crate::store::{
    Batch, Draft, Kind, ReaderKind, Ruleset, RulesetCheck, RulesetFile, RulesetState, Sealed, StoreError,
};

/// How often an indicator that is tried has fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// `profile/indicator`
    pub indicator: String,
    /// Bills on which it fired since the ruleset is in shadow.
    pub fired: u64,
    /// Of them those that are green without it.
    pub of_green: u64,
}

/// What acts does it in this state.
const ACTS: &str = "it acts, or is tried; retire it first";
/// The author is one person, whatever his keys.
const OWN: &str = "who wrote a ruleset does not approve it; another person has to";
const MACHINE: &str = "a machine approves nothing";
/// Thresholds of lanes are no ruleset's.
const LANES_FILE: &str = "lanes.toml";
const LANES: &str =
    "a ruleset does not move the bounds of lanes; an office's own may be stricter, in the folder of its rules";
/// No ruleset makes a shipped profile weaker, and none lowers a score.
const SOFTENS: &str = "a ruleset may not make what is mandatory weaker, nor lower a score";
/// Findings that say so: what a layer may not change of a shipped profile, and points that are none.
const SOFTENING: [&str; 2] = ["P073", "P077"];

impl Office {
    /// Takes a ruleset and checks it beside the rules that act.
    pub fn draft_ruleset(
        &self,
        caller: &Caller,
        live: &Engine,
        overlay: &RuleSource,
        name: &str,
        files: &BTreeMap<String, String>,
        note: &str,
    ) -> Result<Ruleset, OfficeError> {
        let texts: Vec<RuleText> =
            files.iter().map(|(path, text)| RuleText { path: path.clone(), text: text.clone() }).collect();
        if files.keys().any(|path| path.rsplit('/').next() == Some(LANES_FILE)) {
            return Err(self.stopped_ruleset(caller, LANES_FILE, LANES)?);
        }
        faults(name, note, &texts).checked()?;
        self.is_free(&ids(&texts), name)?;
        let _one = self.heavy.try_lock().map_err(|_| OfficeError::Busy)?;
        let (check, softens) = self.check(live, overlay, name, &texts)?;
        let is_whole = check.findings.is_empty() && check.failing.is_empty();
        let mut more = Vec::new();
        let mut kept = Vec::new();
        for RuleText { path, text } in texts.iter() {
            let sealed = Sealed::new(text.clone().into_bytes())?;
            let body = hex::shown(&sealed.digest);
            kept.push(RulesetFile { path: path.clone(), n_bytes: text.len() as u64, body });
            more.push(sealed);
        }
        let now = self.clock.now();
        let ruleset = Ruleset {
            id: secret::id("s")?,
            name: name.trim().to_owned(),
            state: if is_whole { RulesetState::Checked } else { RulesetState::Draft },
            files: kept,
            check,
            author: caller.reader.id.clone(),
            drafted_at: now,
            approved_by: None,
            since: now,
            note: note.trim().to_owned(),
        };
        let mut draft = self.says_ruleset(caller, Kind::RulesetDrafted, &ruleset, label_of(&texts))?;
        draft.more = more;
        let mut drafts = vec![draft];
        // Nothing of it is heard; that somebody wanted it is on record.
        if !softens.is_empty() {
            let said = json!({ "ruleset": ruleset.id, "why": SOFTENS, "what": softens });
            drafts.push(self.says(&caller.reader.id, Kind::Refused, &caller.reader.id, &said)?);
        }
        self.store.append(Batch { drafts, ..Batch::default() })?;
        Ok(ruleset)
    }

    /// Rulesets that a caller may read, the latest first.
    pub fn rulesets_of(&self, caller: &Caller) -> Result<Vec<Ruleset>, OfficeError> {
        let mut shown = Vec::new();
        for ruleset in self.store.rulesets(MAX_RULESETS)? {
            if self.label_of_ruleset(&ruleset)? <= caller.clearance() {
                shown.push(ruleset);
            }
        }
        Ok(shown)
    }

    /// A ruleset that a caller may read, with its files.
    pub fn ruleset_of(&self, caller: &Caller, id: &str) -> Result<(Ruleset, BTreeMap<String, String>), OfficeError> {
        let (ruleset, _) = self.known(caller, id)?;
        let mut files = BTreeMap::new();
        for file in &ruleset.files {
            files.insert(file.path.clone(), self.text_of(file)?);
        }
        Ok((ruleset, files))
    }

    /// Approves what another person wrote.
    pub fn approve_ruleset(&self, caller: &Caller, id: &str, note: &str) -> Result<Ruleset, OfficeError> {
        let (mut ruleset, seq) = self.known(caller, id)?;
        if caller.reader.kind != ReaderKind::Person {
            return Err(self.stopped_ruleset(caller, id, MACHINE)?);
        }
        if ruleset.author == caller.reader.id {
            return Err(self.stopped_ruleset(caller, id, OWN)?);
        }
        if ruleset.state != RulesetState::Checked {
            let why = match ruleset.state {
                RulesetState::Draft => "it is a draft: it does not load whole, or a case fails".to_owned(),
                other => format!("it is {other}; only what is checked is approved"),
            };
            return Err(OfficeError::Conflict(vec![why]));
        }
        ruleset.approved_by = Some(caller.reader.id.clone());
        let author = ruleset.author.clone();
        self.moved(caller, ruleset, seq, RulesetState::Approved, note, Some(author), None)
    }

    /// Has it evaluated and shown apart, beside one of its name that acts; it moves nothing.
    pub fn try_ruleset(&self, caller: &Caller, live: &Engine, id: &str, note: &str) -> Result<Ruleset, OfficeError> {
        let (ruleset, seq) = self.known(caller, id)?;
        match ruleset.state {
            RulesetState::Approved | RulesetState::Retired if ruleset.approved_by.is_some() => {}
            RulesetState::Shadow | RulesetState::Live => return Err(OfficeError::Conflict(vec![ACTS.to_owned()])),
            other => return Err(unapproved(other)),
        }
        let shipped = Engine::shipped_profiles();
        if let Some(id) = ruleset.check.profiles.iter().find(|id| shipped.contains(*id)) {
            let why =
                format!("`{id}` raises points of a shipped profile; that acts or does not, and is not tried apart");
            return Err(OfficeError::Conflict(vec![why]));
        }
        self.stands_alone(&ruleset, live)?;
        let before = self.other_of_name(&ruleset, RulesetState::Shadow)?;
        self.moved(caller, ruleset, seq, RulesetState::Shadow, note, None, before)
    }

    /// Has it act. Another one of its name that acts is retired by the same batch of entries.
    pub fn set_ruleset_live(
        &self,
        caller: &Caller,
        live: &Engine,
        id: &str,
        note: &str,
    ) -> Result<Ruleset, OfficeError> {
        let (ruleset, seq) = self.known(caller, id)?;
        match ruleset.state {
            RulesetState::Approved | RulesetState::Shadow | RulesetState::Retired if ruleset.approved_by.is_some() => {}
            RulesetState::Live => return Err(OfficeError::Conflict(vec!["it acts already".to_owned()])),
            other => return Err(unapproved(other)),
        }
        self.stands_alone(&ruleset, live)?;
        let before = self.other_of_name(&ruleset, RulesetState::Live)?;
        self.moved(caller, ruleset, seq, RulesetState::Live, note, None, before)
    }

    /// Another one of the name that is in that state.
    fn other_of_name(&self, ruleset: &Ruleset, state: RulesetState) -> Result<Option<Ruleset>, OfficeError> {
        let all = self.store.rulesets(MAX_RULESETS)?;
        Ok(all.into_iter().find(|other| other.name == ruleset.name && other.state == state && other.id != ruleset.id))
    }

    /// Takes it back.
    pub fn retire_ruleset(&self, caller: &Caller, id: &str, note: &str) -> Result<Ruleset, OfficeError> {
        let (ruleset, seq) = self.known(caller, id)?;
        if note.trim().is_empty() {
            return Err(OfficeError::Wrong(vec!["a reason is needed".to_owned()]));
        }
        if ruleset.state == RulesetState::Retired {
            return Err(OfficeError::Conflict(vec!["it is retired already".to_owned()]));
        }
        self.moved(caller, ruleset, seq, RulesetState::Retired, note, None, None)
    }

    /// How often its indicators fired since it is in shadow.
    pub fn tried(&self, caller: &Caller, id: &str) -> Result<Vec<Tried>, OfficeError> {
        let (ruleset, _) = self.known(caller, id)?;
        if ruleset.state != RulesetState::Shadow {
            return Err(OfficeError::Conflict(vec![format!("it is {}; it is counted while in shadow", ruleset.state)]));
        }
        let since = ruleset.since.to_string();
        let counts = self.store.shadow_counts(since.get(..10).unwrap_or(&since))?;
        let own: BTreeSet<String> = ruleset.check.profiles.iter().map(|id| format!("{id}{TRIED}")).collect();
        let is_own = |name: &str| name.split('/').next().is_some_and(|id| own.contains(id));
        Ok(counts
            .into_iter()
            .filter(|(name, ..)| is_own(name))
            .map(|(indicator, fired, of_green)| Tried { indicator, fired, of_green })
            .collect())
    }

    /// Files of a ruleset as the engine reads them: without cases, and marked as tried where it is in shadow.
    pub(super) fn rule_texts(&self, ruleset: &Ruleset) -> Result<Vec<RuleText>, OfficeError> {
        let mut texts = Vec::new();
        for file in ruleset.files.iter().filter(|file| !file.path.contains("/cases/")) {
            let (mut path, mut text) = (file.path.clone(), self.text_of(file)?);
            // Under an id of its own: one of its name may act beside it.
            if let Some((id, name)) = file.path.split_once('/').filter(|_| ruleset.state == RulesetState::Shadow) {
                path = format!("{id}{TRIED}/{name}");
                if name == "profile.toml" {
                    text = tried(&text, id);
                }
            }
            texts.push(RuleText { path, text });
        }
        Ok(texts)
    }

    fn text_of(&self, file: &RulesetFile) -> Result<String, OfficeError> {
        let damaged = |why: &str| StoreError::Damaged(format!("file `{}` of a ruleset: {why}", file.path));
        let digest = hex::read(&file.body).ok_or_else(|| damaged("its digest is none"))?;
        let body = self.store.body(&digest)?.ok_or_else(|| damaged("it is gone"))?;
        String::from_utf8(body.bytes).map_err(|_| damaged("it is no text").into())
    }

    /// Loads it beside what acts, and runs its cases.
    fn check(
        &self,
        live: &Engine,
        overlay: &RuleSource,
        name: &str,
        texts: &[RuleText],
    ) -> Result<(RulesetCheck, Vec<String>), OfficeError> {
        let mut all = texts.to_vec();
        for other in self.store.acting_rulesets(u64::MAX >> 1)?.iter().filter(|other| other.name != name.trim()) {
            all.extend(self.rule_texts(other)?);
        }
        let rules = RuleSource { overlay: overlay.overlay.clone(), texts: all };
        let engine = live.ruled_by(&rules).map_err(|error| OfficeError::Wrong(vec![error.to_string()]))?;
        let profiles = ids(texts);
        let found = diagnose(&engine, Some(&profiles), self.clock.today());
        let softens = found.iter().filter(|fault| SOFTENING.contains(&fault.code)).map(ToString::to_string).collect();
        let findings = found.iter().filter(|fault| is_worse(fault)).map(ToString::to_string).collect();
        let (cases, failing) = failing(&engine, &profiles);
        Ok((RulesetCheck { findings, failing, cases, profiles, beside: live.editions().rules.to_string() }, softens))
    }

    /// Is no profile of these published under another name?
    fn is_free(&self, profiles: &[String], name: &str) -> Result<(), OfficeError> {
        for other in self.store.acting_rulesets(u64::MAX >> 1)?.iter().filter(|other| other.name != name.trim()) {
            if let Some(id) = other.check.profiles.iter().find(|id| profiles.contains(id)) {
                let why = format!("profile `{id}` stands in the ruleset `{}`; write another of that name", other.name);
                return Err(OfficeError::Conflict(vec![why]));
            }
        }
        Ok(())
    }

    /// The same when it is to act: what acts may have changed since it was checked.
    fn stands_alone(&self, ruleset: &Ruleset, live: &Engine) -> Result<(), OfficeError> {
        self.is_free(&ruleset.check.profiles, &ruleset.name)?;
        // Profiles of a folder that an operator gave, not those of a ruleset of this name.
        let of_name: BTreeSet<String> = self
            .store
            .acting_rulesets(u64::MAX >> 1)?
            .into_iter()
            .filter(|other| other.name == ruleset.name)
            .flat_map(|other| other.check.profiles)
            .collect();
        let shipped = Engine::shipped_profiles();
        let stands = |id: &&String| {
            !of_name.contains(*id)
                && !shipped.contains(*id)
                && live.profiles().profiles.iter().any(|own| own.id == **id)
        };
        match ruleset.check.profiles.iter().find(stands) {
            Some(id) => {
                Err(OfficeError::Conflict(vec![format!("profile `{id}` stands in the folder of rules already")]))
            }
            None => Ok(()),
        }
    }

    fn known(&self, caller: &Caller, id: &str) -> Result<(Ruleset, u64), OfficeError> {
        let shown: String = id.chars().filter(|c| !c.is_control()).take(40).collect();
        let missing = || OfficeError::Missing { what: "ruleset", id: shown };
        let (ruleset, seq) = self.store.ruleset(id)?.ok_or_else(missing.clone())?;
        if self.label_of_ruleset(&ruleset)? > caller.clearance() {
            return Err(missing());
        }
        still(caller, seq)?;
        Ok((ruleset, seq))
    }

    fn label_of_ruleset(&self, ruleset: &Ruleset) -> Result<Label, OfficeError> {
        let mut label = Label::Clear;
        for file in ruleset.files.iter().filter(|file| file.path.ends_with("/profile.toml")) {
            label = label.max(strictest(&self.text_of(file)?));
        }
        Ok(label)
    }

    fn moved(
        &self,
        caller: &Caller,
        mut ruleset: Ruleset,
        seq: u64,
        state: RulesetState,
        note: &str,
        second: Option<String>,
        retired: Option<Ruleset>,
    ) -> Result<Ruleset, OfficeError> {
        if note.chars().count() > MAX_REASON_CHARS {
            return Err(OfficeError::Wrong(vec![format!("the note is over MAX_REASON_CHARS ({MAX_REASON_CHARS})")]));
        }
        let label = self.label_of_ruleset(&ruleset)?;
        let kind = match state {
            RulesetState::Approved => Kind::RulesetApproved,
            RulesetState::Shadow => Kind::RulesetShadowed,
            RulesetState::Live => Kind::RulesetLive,
            _ => Kind::RulesetRetired,
        };
        ruleset.state = state;
        ruleset.since = self.clock.now();
        ruleset.note = note.trim().to_owned();
        let mut drafts = Vec::new();
        if let Some(mut before) = retired {
            before.state = RulesetState::Retired;
            before.since = ruleset.since;
            before.note = format!("another one of its name acts: {}", ruleset.id);
            let label = self.label_of_ruleset(&before)?;
            drafts.push(self.says_ruleset(caller, Kind::RulesetRetired, &before, label)?);
        }
        let mut draft = self.says_ruleset(caller, kind, &ruleset, label)?;
        draft.after = Some(seq);
        draft.second = second;
        drafts.push(draft);
        self.store.append(Batch { drafts, ..Batch::default() })?;
        Ok(ruleset)
    }

    fn says_ruleset(&self, by: &Caller, kind: Kind, ruleset: &Ruleset, label: Label) -> Result<Draft, OfficeError> {
        let mut draft = self.says(&by.reader.id, kind, &ruleset.id, ruleset)?;
        draft.label = label;
        Ok(draft)
    }

    fn stopped_ruleset(&self, caller: &Caller, id: &str, why: &str) -> Result<OfficeError, OfficeError> {
        let said = json!({ "ruleset": id, "why": why });
        let draft = self.says(&caller.reader.id, Kind::Refused, &caller.reader.id, &said)?;
        self.store.append(Batch::of(draft))?;
        Ok(OfficeError::Conflict(vec![why.to_owned()]))
    }
}

fn unapproved(state: RulesetState) -> OfficeError {
    OfficeError::Conflict(vec![format!("it is {state}; another person has to approve it first")])
}

fn above(path: &str) -> &str {
    path.split('/').next().unwrap_or_default()
}

/// Ids of the profiles that files belong to.
fn ids(texts: &[RuleText]) -> Vec<String> {
    let ids: BTreeSet<String> = texts.iter().map(|file| above(&file.path).to_owned()).collect();
    ids.into_iter().collect()
}

fn label_of(texts: &[RuleText]) -> Label {
    let heads = texts.iter().filter(|file| file.path.ends_with("/profile.toml"));
    heads.map(|file| strictest(&file.text)).max().unwrap_or_default()
}

/// What the id of a profile ends in while it is tried.
const TRIED: &str = "-tried";

/// The head of a profile, as one that is tried.
fn tried(head: &str, id: &str) -> String {
    let Ok(mut table) = toml::from_str::<toml::Table>(head) else { return head.to_owned() };
    table.insert("id".to_owned(), toml::Value::String(format!("{id}{TRIED}")));
    table.insert("status".to_owned(), toml::Value::String("experimental".to_owned()));
    toml::to_string(&table).unwrap_or_else(|_| head.to_owned())
}

/// Longest id of a profile, and name of a case.
const MAX_NAME_CHARS: usize = 64;

/// Letters, digits, `-` and `_`: nothing that could be a path.
fn is_name(part: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&part.len())
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// `my-profile/profile.toml`, `my-profile/profile.rhai`, `my-profile/cases/name.json`.
fn is_file_of_profile(path: &str) -> bool {
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [id, "profile.toml" | "profile.rhai"] => is_name(id),
        [id, "cases", file] => is_name(id) && file.strip_suffix(".json").is_some_and(is_name),
        _ => false,
    }
}

fn faults(name: &str, note: &str, texts: &[RuleText]) -> Faults {
    let mut form = Vec::new();
    match name.trim().chars().count() {
        0 => form.push("`name` is empty".to_owned()),
        n if n > MAX_FIELD_CHARS => form.push(format!("`name` is over MAX_FIELD_CHARS ({MAX_FIELD_CHARS})")),
        _ if name.chars().any(char::is_control) => form.push("`name` holds a control character".to_owned()),
        _ => {}
    }
    if note.chars().count() > MAX_REASON_CHARS {
        form.push(format!("the note is over MAX_REASON_CHARS ({MAX_REASON_CHARS})"));
    }
    if texts.is_empty() {
        form.push(
            "`files` is empty: give profile.toml and profile.rhai by their paths, `my-profile/profile.toml`".to_owned(),
        );
    }
    if texts.len() > MAX_RULESET_FILES {
        form.push(format!("more than MAX_RULESET_FILES ({MAX_RULESET_FILES}) files"));
    }
    if texts.iter().map(|file| file.text.len()).sum::<usize>() > MAX_RULESET_BYTES {
        form.push(format!("the files are over MAX_RULESET_BYTES ({MAX_RULESET_BYTES})"));
    }
    for file in texts.iter().filter(|file| !is_file_of_profile(&file.path)).take(MAX_TOLD) {
        let shown: String = file.path.chars().filter(|c| !c.is_control()).take(80).collect();
        form.push(format!(
            "`{shown}` is no file of a profile: my-profile/profile.toml, profile.rhai or cases/name.json"
        ));
    }
    if texts.iter().any(|file| above(&file.path).ends_with(TRIED)) {
        form.push(format!("an id that ends in `{TRIED}` is that of a profile while it is tried"));
    }
    Faults { form, standing: Vec::new() }
}

/// Faults of one kind that are told.
const MAX_TOLD: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_profiles_are_taken() {
        for path in ["p/profile.toml", "my-p_1/profile.rhai", "p/cases/a-b.json"] {
            assert!(is_file_of_profile(path), "{path}");
        }
        for path in [
            "profile.toml",
            "../profile.toml",
            "p/../profile.toml",
            "/p/profile.toml",
            "p/cases/../x.json",
            "lanes.toml",
            "p/cases/a.txt",
            "p/lib.rhai",
            "",
            "p//profile.toml",
            "p/cases/.json",
        ] {
            assert!(!is_file_of_profile(path), "{path}");
        }
    }

    #[test]
    fn what_is_tried_says_so() {
        let head = "id = \"p\"\nstatus = \"stable\"\n\n[[indicators]]\nname = \"a\"\n";
        let table: toml::Table = toml::from_str(&tried(head, "p")).unwrap();
        assert_eq!((table["status"].as_str(), table["id"].as_str()), (Some("experimental"), Some("p-tried")));
        assert_eq!(table["indicators"].as_array().map(Vec::len), Some(1));
        assert_eq!(tried("id = ", "p"), "id = ");
    }
}
