//! The one owner of state: what a consignment's past says of it.
//!
//! In: what was gathered, and a past ([`Past`]). Out: [`Settled`], which alone can be concluded; so the steps cannot be
//! called out of order, nor with another bill's facts. History and permits are asked for the slice that this consignment
//! can meet and nothing else; where they cannot answer, the facts say so and nothing is taken for innocent. The
//! fingerprint of the slice is the history's edition in the answer. Not here: how a past is kept (`history`).

use std::sync::OnceLock;

use serde::Serialize;

use crate::codes::Date;
use crate::digest;
use crate::evidence::Evidence;
use crate::evidence::history::{DAYS, HistoryEvidence};
use crate::history::{
    Drawn, Key, Lot, Lots, Past, Remembered, Size, Spending, Standing, alone, filing, key, lot_size, remembered,
};
use crate::manifest::{Consignment, Function, Manifest};
use crate::permits::{PermitKey, Spent};
use crate::reference::References;

/// Facts of one consignment, before its past was asked.
#[derive(Debug, Clone)]
pub struct Gathered<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) consignment: &'a Consignment,
    evidence: Evidence,
    key: Key,
    /// Of a lot of listed wood its size.
    size: Option<Size>,
    /// Made when somebody remembers, or is asked what he remembers.
    record: OnceLock<Remembered>,
    content: blake3::Hash,
}

/// Facts of one consignment with its past: what can be concluded.
#[derive(Debug, Clone)]
pub struct Settled<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) consignment: &'a Consignment,
    evidence: Evidence,
    content: blake3::Hash,
    slice: String,
    reaches: Reach,
    standing: Standing,
}

/// How far the history behind an answer reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// No history is kept, or it cannot answer: what hangs on earlier consignments is open.
    None,
    /// To what stands before the consignment in the edition that it was judged against.
    Edition,
}

impl<'a> Gathered<'a> {
    /// What gathering hands over, whole; nothing is asked yet.
    pub(crate) fn new(
        references: &References,
        manifest: &'a Manifest,
        consignment: &'a Consignment,
        evidence: Evidence,
    ) -> Self {
        let content = content(manifest, consignment, &evidence);
        let key = key(manifest, consignment, evidence.as_of, &content);
        let size = lot_size(references, consignment, &evidence);
        Self { manifest, consignment, evidence, key, size, record: OnceLock::new(), content }
    }

    /// The facts so far; documents and history without what others did.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// What is to be remembered of the consignment; `None` = nothing.
    pub fn remembered(&self) -> Option<&Remembered> {
        Some(self.record()).filter(|record| !record.is_empty())
    }

    fn record(&self) -> &Remembered {
        self.record.get_or_init(|| {
            let Self { manifest, consignment, evidence, .. } = self;
            remembered(&Drawn { manifest, consignment, evidence }, self.key.clone(), self.size)
        })
    }
}

impl<'a> Settled<'a> {
    /// What was gathered and settled, for explanations.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Fingerprint of the slice of history that the consignment meets.
    pub fn slice(&self) -> &str {
        &self.slice
    }

    /// How far the history reaches.
    pub fn reaches(&self) -> Reach {
        self.reaches
    }

    /// Where the filing stands among those of its bill.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Fingerprint of everything of the manifest that can change the answer.
    pub(crate) fn content(&self) -> &blake3::Hash {
        &self.content
    }
}

/// The slice of a past that a consignment meets.
#[derive(Default, Serialize)]
struct Slice {
    lots: Lots,
    /// Claims on each permit number, in the order of the documents; what the ledger answered.
    uses: Vec<(String, Spending)>,
    /// What other filings did to it.
    #[serde(skip_serializing_if = "Standing::is_plain")]
    standing: Standing,
    /// Questions without an answer.
    open: Vec<String>,
}

/// Asks the past.
pub(crate) fn settle<'a>(gathered: Gathered<'a>, past: &Past<'_>) -> Settled<'a> {
    if past.lots.is_kept() {
        gathered.record();
    }
    let Gathered { manifest, consignment, mut evidence, key, size, record, content } = gathered;
    let is_lot = size.is_some() && manifest.function != Function::Cancel;
    let mut slice = Slice::default();
    evidence.history = lots(&key, record.into_inner().and_then(|record| record.lot), past, &mut slice);
    for document in &mut evidence.documents {
        let Some(permit) = document.taking.as_ref().map(|taking| taking.permit.clone()) else { continue };
        match uses(&permit, &key, past, &mut slice) {
            Ok(spent) => document.settle(Ok(&spent)),
            Err(why) => document.settle(Err(&why)),
        }
    }
    for quota in evidence.items.iter_mut().flat_map(|item| &mut item.quotas).filter(|quota| quota.has_balance()) {
        match uses(&quota.account.clone(), &key, past, &mut slice) {
            Ok(spent) => quota.settle(Ok(&spent)),
            Err(why) => quota.settle(Err(&why)),
        }
    }
    // Nothing of the answer hangs on a past that is not kept but what the filing says of itself.
    let own = filing(manifest, consignment, is_lot);
    let standing = past.filings.standing(&key, &own).unwrap_or_else(|_| alone(&key, &own));
    slice.standing = standing.clone();
    let reaches = if matches!(evidence.history, HistoryEvidence::Kept { .. }) && slice.open.is_empty() {
        Reach::Edition
    } else {
        Reach::None
    };
    let slice = digest::shown(&digest::of(&slice));
    Settled { manifest, consignment, evidence, content, slice, reaches, standing }
}

/// Earlier lots to the same receivers; only listed wood has any, but whether a history is kept is asked for every bill.
fn lots(key: &Key, lot: Option<Lot>, past: &Past<'_>, slice: &mut Slice) -> HistoryEvidence {
    let from = key.on.checked_sub(jiff::Span::new().days(DAYS)).unwrap_or(Date::MIN);
    match past.lots.lots(&lot.unwrap_or_default(), from, key) {
        Ok(lots) => {
            slice.lots = lots.clone();
            let Lots { small, of_unknown_size, bills } = lots;
            HistoryEvidence::Kept { small, of_unknown_size, bills }
        }
        Err(why) => {
            slice.open.push(why.0.clone());
            HistoryEvidence::Unavailable(why.0)
        }
    }
}

/// What others took from a permit, asked once a permit.
fn uses(permit: &PermitKey, key: &Key, past: &Past<'_>, slice: &mut Slice) -> Result<Spent, String> {
    if let Some((_, known)) = slice.uses.iter().find(|(own, _)| own == permit.as_str()) {
        return Ok(known.into());
    }
    match past.uses.uses(permit, key) {
        Ok(spending) => {
            let spent = Spent::from(&spending);
            slice.uses.push((permit.as_str().to_owned(), spending));
            Ok(spent)
        }
        Err(why) => {
            slice.open.push(why.0.clone());
            Err(why.0)
        }
    }
}

/// Fingerprint of everything of a manifest that can change the answer for a consignment: its head, the consignment, and
/// what its containers are by the manifest's equipment. Its neighbours are no part of it.
fn content(manifest: &Manifest, consignment: &Consignment, evidence: &Evidence) -> blake3::Hash {
    let Manifest {
        reference,
        format,
        sender,
        function,
        sent_at,
        office,
        carrier,
        transport_means,
        departure,
        arrival,
        totals,
        equipment: _,
        consignments: _,
        unmapped: _,
    } = manifest;
    let mut bytes = Vec::with_capacity(2_048);
    digest::write(&(reference, format, sender, function, sent_at, office), &mut bytes);
    digest::write(&(carrier, transport_means, departure, arrival, totals, consignment), &mut bytes);
    digest::write(&evidence.equipment.containers, &mut bytes);
    blake3::hash(&bytes)
}
