//! A store whose bills are no bills: who connects a system tries it there, and sees every lane.
//!
//! In: a store without an entry. Out: its first entry, which says what it is, for good; and the profile that such a store has beside
//! its others, by which words in a goods text force a lane (`server/sandbox`). The engine knows nothing of it: to it that is a profile
//! like those that are published. Not here: whether a store is one (`Office::is_sandbox`), how an answer says it (`render`).

use palisander_engine::rules::RuleText;
use serde_json::json;

use super::office::{Office, OfficeError};
use super::readers::OPERATOR;
use crate::store::{Batch, Kind, Once};

/// The profile, as a folder of rules has it.
const FILES: [(&str, &str); 2] = [
    ("sandbox/profile.toml", include_str!("../../sandbox/profile/profile.toml")),
    ("sandbox/profile.rhai", include_str!("../../sandbox/profile/profile.rhai")),
];

/// Files of the profile.
pub(super) fn rules() -> Vec<RuleText> {
    FILES.map(|(path, text)| RuleText { path: path.to_owned(), text: text.to_owned() }).into()
}

impl Office {
    /// Makes an empty store a sandbox; refused where anything is on record. One that is one stays as it is.
    pub fn make_sandbox(&self) -> Result<(), OfficeError> {
        if self.store.n_entries()? == 0 {
            let draft = self.says(OPERATOR, Kind::SandboxMade, "sandbox", &json!({ "sandbox": true }))?;
            // Of several processes that start at once on one store, one says it.
            let once = Once { key: format!("{OPERATOR} sandbox"), digest: [0; 32] };
            self.store.append(Batch { drafts: vec![draft], once: Some(once), ..Batch::default() })?;
        }
        if self.is_sandbox()? {
            return Ok(());
        }
        let why = "this state is no sandbox: it held something before; make a new one";
        Err(OfficeError::Conflict(vec![why.to_owned()]))
    }
}
