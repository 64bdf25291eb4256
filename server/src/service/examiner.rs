//! Who examines a bill: drawn, so that nobody knows it before and everybody can check it after (C02).
//!
//! In: a bill, and a group of which somebody is to examine it. First the officers among whom is drawn are put on record; then the
//! next signed checkpoint over that entry, which nobody can foresee, decides. Out: an entry with the officer and the checkpoint. Whoever has
//! the entries and the note draws the same again: [`drawn`].

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::caller::Caller;
use super::office::{Office, OfficeError};
use crate::config::MAX_DRAW_CHECKPOINTS;
use crate::store::{Batch, Hash, Kind, Once, ReaderKind, Role};

/// Among whom is drawn, as the entry says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToDraw {
    /// Outward id of the bill.
    pub bill: String,
    /// Id of the group.
    pub group: String,
    /// Ids of readers, in order.
    pub candidates: Vec<String>,
    pub by: String,
}

/// Who was drawn, as the entry says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawn {
    /// Outward id of the bill.
    pub bill: String,
    pub examiner: String,
    /// The signed note that decided.
    pub checkpoint: String,
}

/// A draw as it stands.
#[derive(Debug, Clone, Serialize)]
pub struct Draw {
    #[serde(flatten)]
    pub of: ToDraw,
    /// `None` until the log is signed.
    pub drawn: Option<Drawn>,
}

/// Sets these digests apart from all others.
const MARK: &[u8] = b"palisander examiner 1\n";
/// Under these keys a bill is drawn for once.
const ASKED: &str = "examiner asked ";
const DRAWN: &str = "examiner drawn ";

/// The place of who is drawn among `n`, by the root of a checkpoint and a bill: every place as likely as another.
pub fn drawn(root: &[u8], bill: &str, n: u64) -> u64 {
    // What lies above the last whole multiple of `n` would favour the first places: drawn again.
    let most = u64::MAX - u64::MAX % n.max(1);
    let mut turn = 0_u32;
    loop {
        let digest =
            Sha256::new().chain_update(MARK).chain_update(root).chain_update(bill).chain_update(turn.to_be_bytes());
        let first = digest.finalize().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        if first < most {
            return first % n.max(1);
        }
        turn += 1;
    }
}

/// The root of a signed note: its third line.
fn root(note: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(note.lines().nth(2)?).ok()
}

fn once(what: &str, bill: &str) -> Once {
    Once { key: format!("{what}{bill}"), digest: Hash::default() }
}

impl Office {
    /// Puts on record among whom is drawn for a bill; once.
    pub fn to_draw(&self, caller: &Caller, bill: &str, group: &str) -> Result<Draw, OfficeError> {
        let bill = self.bill(bill)?;
        let today = self.clock.today();
        let missing =
            || OfficeError::Missing { what: "group", id: group.chars().filter(|c| !c.is_control()).take(40).collect() };
        let group = self.store.groups()?.into_iter().find(|own| own.id == group).ok_or_else(missing)?;
        let may = |last: Option<palisander_engine::Date>| last.is_none_or(|last| last >= today);
        let mut candidates: Vec<String> = self
            .store
            .readers()?
            .into_iter()
            .filter(|reader| reader.kind == ReaderKind::Person && reader.roles.contains(&Role::Officer))
            .filter(|reader| reader.groups.contains(&group.id) && may(reader.expires_on) && may(group.ends_on))
            .map(|reader| reader.id)
            .collect();
        candidates.sort_unstable();
        if candidates.len() < 2 {
            let why =
                format!("of {} there are {} officers now; a draw is among two or more", group.id, candidates.len());
            return Err(OfficeError::Conflict(vec![why]));
        }
        let said = ToDraw { bill: bill.id.clone(), group: group.id, candidates, by: caller.reader.id.clone() };
        let draft = self.says(&caller.reader.id, Kind::ExaminerAsked, &bill.id, &said)?;
        let receipts =
            self.store.append(Batch { drafts: vec![draft], once: Some(once(ASKED, &bill.id)), ..Batch::default() })?;
        if receipts.iter().any(|receipt| receipt.again) {
            return Err(OfficeError::Conflict(vec![
                "it was drawn for this bill before; `GET` says among whom".to_owned(),
            ]));
        }
        Ok(Draw { of: said, drawn: None })
    }

    /// The draw for a bill; who is drawn is put on record when it is first looked at after the log was signed.
    pub fn draw(&self, caller: &Caller, bill: &str) -> Result<Draw, OfficeError> {
        let bill = self.bill(bill)?.id;
        let missing = || OfficeError::Missing { what: "draw for assessment", id: bill.clone() };
        let (seq, of) = self.said_once::<ToDraw>(&once(ASKED, &bill))?.ok_or_else(missing)?;
        if let Some((_, drawn)) = self.said_once::<Drawn>(&once(DRAWN, &bill))? {
            return Ok(Draw { of, drawn: Some(drawn) });
        }
        // The first that covers the entry: a later one would let somebody wait for another.
        let notes = self.store.checkpoints(MAX_DRAW_CHECKPOINTS)?;
        let Some(note) = notes.iter().rev().find(|note| note.size >= seq) else { return Ok(Draw { of, drawn: None }) };
        if notes.len() == MAX_DRAW_CHECKPOINTS && notes.last().is_some_and(|oldest| oldest.size >= seq) {
            return Err(OfficeError::Conflict(vec![
                "nobody looked for weeks; have another bill's examiner drawn".to_owned(),
            ]));
        }
        let Some(root) = root(&note.note) else { return Ok(Draw { of, drawn: None }) };
        let place = usize::try_from(drawn(&root, &bill, of.candidates.len() as u64)).unwrap_or_default();
        let Some(examiner) = of.candidates.get(place).cloned() else { return Ok(Draw { of, drawn: None }) };
        let said = Drawn { bill: bill.clone(), examiner, checkpoint: note.note.clone() };
        let draft = self.says(&caller.reader.id, Kind::ExaminerDrawn, &bill, &said)?;
        self.store.append(Batch { drafts: vec![draft], once: Some(once(DRAWN, &bill)), ..Batch::default() })?;
        Ok(Draw { of, drawn: Some(said) })
    }

    /// What was said under a key, and the number of its entry.
    fn said_once<T: serde::de::DeserializeOwned>(&self, once: &Once) -> Result<Option<(u64, T)>, OfficeError> {
        let Some(receipt) = self.store.done(once)? else { return Ok(None) };
        let entry = self.store.entries(receipt.seq.saturating_sub(1), 1)?.pop();
        let body = entry.map(|entry| self.store.body(&entry.body)).transpose()?.flatten();
        Ok(body.and_then(|body| serde_json::from_slice(&body.bytes).ok()).map(|said| (receipt.seq, said)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C02: over 5,000 draws among seven the counts differ by no more than chance makes them.
    #[test]
    fn c02_every_place_is_as_likely() {
        const N: usize = 7;
        let mut counts = [0_u32; N];
        for n in 0..5_000_u32 {
            let root: Hash = Sha256::digest(n.to_be_bytes()).into();
            counts[usize::try_from(drawn(&root, &format!("a_{n}"), N as u64)).unwrap()] += 1;
        }
        let expected = 5_000.0 / N as f64;
        let chi: f64 = counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
        // Of six degrees of freedom one in a thousand is above 22.46.
        assert!(chi < 22.46, "{counts:?}: {chi}");
        assert_eq!(drawn(&[1; 32], "a", 1), 0);
        assert_ne!((0..20).map(|n| drawn(&[n; 32], "a", 5)).max(), Some(0), "the root decides");
        assert_ne!((0..20).map(|n| drawn(&[1; 32], &n.to_string(), 5)).max(), Some(0), "and the bill");
    }
}
