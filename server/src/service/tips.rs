//! Tips: what somebody tells who does not say who he is.
//!
//! In: words and names, with a proof of work. Out: a record, and a token, shown once, by which its sender asks how it stands
//! and answers what he is asked. Nothing else of a request comes here: no address, no header. Of the token only a keyed hash
//! is kept. Names that no text may hold are taken out, not refused: a refusal would tell a stranger whom they name.

use palisander_engine::people::spoken;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::caller::Caller;
use super::doors::{Door, NOBODY, behind, new_token, proof_fault};
use super::information::Handled;
use super::office::{Faults, Office, OfficeError};
use super::told::{faults, texts};
use crate::config::MAX_REASON_CHARS;
use crate::store::{
    Batch, Identifier, Information, InformationKind, InformationState, Kind, NamedCountry, NamedVessel, SourceKind,
    Turn, WhatTold,
};

/// What a tip may say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tip {
    pub text: String,
    /// `carrier` for those who carry goods; `public` without a word.
    #[serde(default)]
    pub from: From,
    #[serde(default)]
    pub taxa: Vec<String>,
    #[serde(default)]
    pub countries: Vec<NamedCountry>,
    #[serde(default)]
    pub route: Vec<String>,
    #[serde(default)]
    pub parties: Vec<String>,
    #[serde(default)]
    pub vessels: Vec<NamedVessel>,
    #[serde(default)]
    pub containers: Vec<String>,
    #[serde(default)]
    pub permits: Vec<String>,
    #[serde(default)]
    pub identifiers: Vec<Identifier>,
    /// A text that makes `SHA-256(text + proof)` begin with [`crate::config::PROOF_BITS`] bits of zero.
    pub proof: String,
}

/// Whom a tip says that it comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    #[default]
    Public,
    Carrier,
}

/// What its sender is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    pub state: &'static str,
    /// What he is asked; answered once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
}

impl Office {
    /// Takes a tip; the token of its sender.
    pub fn tip(&self, tip: Tip) -> Result<String, OfficeError> {
        let mut form = Vec::new();
        form.extend(proof_fault("text", &tip.text, &tip.proof));
        form.extend(tip.text.trim().is_empty().then(|| "`text` is empty".to_owned()));
        Faults { form, standing: Vec::new() }.checked()?;
        let told = self.without_holders(told(tip))?;
        faults(&told).checked()?;
        // Counted last: what is refused takes nobody's room.
        self.enters(Door::Tips)?;
        let token = new_token()?;
        let mut information = self.received(told, None, self.tip_id(&token));
        // The day says enough.
        information.received_on = self.clock.today();
        let draft = self.said(NOBODY, Kind::InformationReceived, &information)?;
        self.store.append(Batch::of(draft))?;
        Ok(token)
    }

    /// How a tip stands, for who holds its token.
    pub fn tip_status(&self, token: &str) -> Result<Status, OfficeError> {
        let (information, _) = self.tip_of(token)?;
        Ok(status(&information))
    }

    /// The answer of a sender to what he is asked: one to each question.
    pub fn tip_answer(&self, token: &str, answer: &str) -> Result<Status, OfficeError> {
        let (mut information, seq) = self.tip_of(token)?;
        let answer = in_words("answer", answer)?;
        let answer = self.masked(&answer)?;
        let open = information.asked.last_mut().filter(|turn| turn.answer.is_none());
        let turn = open.ok_or_else(|| OfficeError::Conflict(vec!["nothing is asked of you now".to_owned()]))?;
        turn.answer = Some(answer);
        let mut draft = self.said(NOBODY, Kind::TipAsked, &information)?;
        draft.after = Some(seq);
        self.store.append(Batch::of(draft))?;
        Ok(status(&information))
    }

    /// Asks the sender of a tip something.
    pub fn ask_sender(&self, caller: &Caller, id: &str, question: &str) -> Result<Handled, OfficeError> {
        let (mut information, seq) = self.handled(caller, id)?;
        let question = in_words("question", question)?;
        let question = self.masked(&question)?;
        let mut standing = Vec::new();
        if information.told.kind != InformationKind::Tip {
            standing.push("it is no tip; its sender is a reader".to_owned());
        }
        if information.asked.last().is_some_and(|turn| turn.answer.is_none()) {
            standing.push("the last question is not answered yet".to_owned());
        }
        if matches!(information.state, InformationState::Withdrawn | InformationState::Closed) {
            standing.push(format!("it is {}", information.state));
        }
        if !standing.is_empty() {
            return Err(OfficeError::Conflict(standing));
        }
        information.asked.push(Turn { question, answer: None });
        self.changed(caller, Kind::TipAsked, information, seq, None)
    }

    fn tip_of(&self, token: &str) -> Result<(Information, u64), OfficeError> {
        let missing = || OfficeError::Missing { what: "tip", id: "of this token".to_owned() };
        self.store.information(&self.tip_id(token))?.ok_or_else(missing)
    }

    fn tip_id(&self, token: &str) -> String {
        behind(&self.store.secret("tokens of tips"), "t", token)
    }

    /// The same without names that no text may hold.
    fn without_holders(&self, mut told: WhatTold) -> Result<WhatTold, OfficeError> {
        // A name may stand in two fields, one word in each: then all of it goes but the words.
        let mut all = serde_json::to_value(&told).map_err(|error| OfficeError::Wrong(vec![error.to_string()]))?;
        self.mask_all(&mut all)?;
        if !self.named_holders(&texts(&all).join("\n"))?.is_empty() {
            let text = self.masked(&told.text)?;
            return Ok(WhatTold { text, ..bare(told.source_kind) });
        }
        told = serde_json::from_value(all).map_err(|error| OfficeError::Wrong(vec![error.to_string()]))?;
        Ok(told)
    }

    /// Every text of a value without such names. Words of closed sets hold none.
    fn mask_all(&self, value: &mut Value) -> Result<(), OfficeError> {
        match value {
            Value::String(text) => {
                let masked = self.masked(text)?;
                *text = masked;
            }
            Value::Array(all) => all.iter_mut().try_for_each(|one| self.mask_all(one))?,
            Value::Object(fields) => fields.values_mut().try_for_each(|one| self.mask_all(one))?,
            _ => {}
        }
        Ok(())
    }

    /// The text with `…` for each word of a name that no text may hold.
    fn masked(&self, text: &str) -> Result<String, OfficeError> {
        let named = self.named_holders(text)?;
        if named.is_empty() {
            return Ok(text.to_owned());
        }
        let mut masked = String::with_capacity(text.len());
        let mut n = 0;
        for word in text.split_inclusive(char::is_whitespace) {
            // A word as it is written may be several as they sound.
            let sounds = spoken(word).len();
            let is_named = (n..n + sounds).any(|n| named.contains(&n));
            n += sounds;
            if is_named { masked.push_str("… ") } else { masked.push_str(word) }
        }
        // Where what is written and what sounds do not count alike, nothing of it is kept.
        Ok(if self.named_holders(&masked)?.is_empty() { masked } else { "…".to_owned() })
    }
}

/// A tip that says nothing.
fn bare(source_kind: SourceKind) -> WhatTold {
    WhatTold::of(InformationKind::Tip, "Tip".to_owned(), source_kind)
}

fn told(tip: Tip) -> WhatTold {
    let Tip { text, from, taxa, countries, route, parties, vessels, containers, permits, identifiers, proof: _ } = tip;
    let source_kind = if from == From::Carrier { SourceKind::Carrier } else { SourceKind::Public };
    let named = bare(source_kind);
    WhatTold { text, taxa, countries, route, parties, vessels, containers, permits, identifiers, ..named }
}

fn status(information: &Information) -> Status {
    let state = match information.state {
        InformationState::Received => "received",
        InformationState::Graded | InformationState::Live => "being looked at",
        InformationState::Withdrawn | InformationState::Closed => "closed",
    };
    let open = information.asked.last().filter(|turn| turn.answer.is_none());
    Status { state, question: open.map(|turn| turn.question.clone()) }
}

fn in_words(field: &str, text: &str) -> Result<String, OfficeError> {
    match text.trim().chars().count() {
        0 => Err(OfficeError::Wrong(vec![format!("`{field}` is empty")])),
        n if n > MAX_REASON_CHARS => {
            Err(OfficeError::Wrong(vec![format!("`{field}` is over {MAX_REASON_CHARS} characters")]))
        }
        _ => Ok(text.trim().to_owned()),
    }
}
