//! Puts a batch of bills on record before any of its answers goes out: what is acknowledged is durable.
//!
//! In: the answers of the whole engine, in their order; for bills above green also those of the engine under each lower
//! label, so that each reader later gets what he might have known then. Out: outward ids, and one `assessed` entry (more for a
//! batch of very many) with the root of a tree over every bill, green ones included. Bodies are sealed: an answer, and
//! the body that came, packed by gzip. Of a batch that is all green only digests are kept; it replays from its own bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use palisander_engine::answers::Lane;
use palisander_engine::{Assessment, Date, Label};
use sha2::{Digest, Sha256};

use super::acting::Holds;
use super::commit::written;
use super::live::Live;
use super::office::{Office, OfficeError};
use super::papers::{PAPERS, marked};
use super::probing::Outside;
use crate::config::{MAX_KEPT_AN_ENTRY, MAX_KEPT_BILLS, MAX_MARKED_PAPERS, MAX_WAITING_BODIES_BYTES};
use crate::gzip;
use crate::hex;
use crate::secret;
use crate::store::{
    Assessed, Batch, Draft, Drawn, Frontier, Hash, HoldMet, HowRead, KeptBill, KeptSight, Kind, MarkedPaper, Met, Once,
    Raised, Receipt, Sealed,
};

/// Labels under which a bill above green is judged beside the whole engine.
pub const LOWER: [Label; 4] = [Label::Clear, Label::Green, Label::Amber, Label::AmberStrict];

/// What was sent, and what judges it.
pub struct Sent<'s> {
    /// Id of the reader.
    pub by: &'s str,
    pub body: &'s [u8],
    pub media_type: &'s str,
    pub read: HowRead,
    pub as_of: Date,
    pub live: &'s Live,
    /// The clearance of one who sends his own bills, and could ask by them what the rules are.
    pub outside: Option<Label>,
}

/// A bill that is on its way to the record.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its outward id.
    pub id: String,
    /// The stricter lane that is answered, where there is one.
    pub raised: Option<Raised>,
}

/// A batch on its way to the record.
pub struct Recorder<'a> {
    office: &'a Office,
    by: String,
    said: Assessed,
    salt: Hash,
    payload: Hash,
    tree: Frontier,
    /// Bills so far, those without an answer included.
    n: u64,
    kept: BTreeMap<u64, Keeping>,
    outside: Option<Outside>,
    drawn: Vec<Drawn>,
    /// CITES documents that the bills show, and the secret of their marks.
    papers: Vec<MarkedPaper>,
    marks: Hash,
    met: Vec<Met>,
    /// Holds that act.
    holds: Arc<Holds>,
    /// Bills that one of them lets through: its id, the bill's, the number and the place.
    let_through: Vec<(String, String, String, u64)>,
    /// Bodies that are not in the store yet.
    waiting: Vec<Sealed>,
    waiting_bytes: usize,
}

/// A bill above green.
struct Keeping {
    id: String,
    consignment: String,
    lane: Lane,
    raised: Option<Raised>,
    sights: BTreeMap<Label, KeptSight>,
    /// Answers that are kept already: their plain digest, and the sealed one.
    answers: Vec<(Hash, String)>,
}

impl<'a> Recorder<'a> {
    /// Begins a batch, by what was sent.
    pub fn begin(office: &'a Office, sent: Sent<'_>) -> Result<Self, OfficeError> {
        let Sent { by, body, media_type, read, as_of, live, outside } = sent;
        let (salt, is_sandbox): (Hash, bool) = (secret::random()?, office.is_sandbox()?);
        let said = Assessed {
            batch: secret::id("b")?,
            as_of,
            n_bills: 0,
            lanes: BTreeMap::new(),
            root: String::new(),
            salt: hex::shown(&salt),
            payload: None,
            media_type: media_type.chars().filter(|c| !c.is_control()).take(100).collect(),
            read,
            edition: live.edition.clone(),
            editions: serde_json::to_value(live.engine.editions()).unwrap_or_default(),
            kept: Vec::new(),
            drawn: Vec::new(),
            accounts: Some(Vec::new()),
            probes: Vec::new(),
            papers: Vec::new(),
            freed: false,
            shadow: BTreeMap::new(),
        };
        // Who tries his system there sends nearly the same bill again and again, and has nothing to find out.
        let outside = outside.filter(|_| !is_sandbox).map(|clearance| Outside::begin(office, clearance));
        let payload = Sha256::digest(body).into();
        let (by, tree, kept, waiting) = (by.to_owned(), Frontier::default(), BTreeMap::new(), Vec::new());
        let (drawn, met) = (Vec::new(), Vec::new());
        let (holds, let_through) = (Arc::clone(&live.holds), Vec::new());
        Ok(Self {
            office,
            by,
            said,
            salt,
            payload,
            tree,
            n: 0,
            kept,
            outside,
            drawn,
            papers: Vec::new(),
            marks: office.store.secret(PAPERS),
            met,
            holds,
            let_through,
            waiting,
            waiting_bytes: 0,
        })
    }

    /// The answer of the whole engine for the next bill.
    pub fn whole(&mut self, answer: &Assessment) -> Result<Recorded, OfficeError> {
        let id = secret::id("a")?;
        let raised = match &mut self.outside {
            Some(outside) => outside.answered(self.office, answer)?,
            None => None,
        };
        if let Some(hold) = self.holds.on(&answer.consignment) {
            self.let_through.push((hold.id.clone(), id.clone(), answer.consignment.clone(), self.n));
        }
        self.heard(&id, raised.clone(), answer)?;
        Ok(Recorded { id, raised })
    }

    /// The answer of the whole engine for a bill that a hold let through under that id, at that place of the body.
    pub(super) fn freed(&mut self, id: &str, n: u64, answer: &Assessment) -> Result<(), OfficeError> {
        self.said.freed = true;
        self.n = n;
        self.heard(id, None, answer)
    }

    fn heard(&mut self, id: &str, raised: Option<Raised>, answer: &Assessment) -> Result<(), OfficeError> {
        let bytes = bytes_of(answer)?;
        let plain: Hash = Sha256::digest(&bytes).into();
        self.tree.add(&[self.salt, self.payload, plain].concat());
        self.said.n_bills += 1;
        // Once a bill, however many of its items it fired on.
        let tried: BTreeSet<String> =
            answer.shadow_hits.iter().map(|hit| format!("{}/{}", hit.profile, hit.indicator)).collect();
        for indicator in tried {
            let (fired, of_green) = self.said.shadow.entry(indicator).or_default();
            *fired += 1;
            *of_green += u64::from(answer.lane == Lane::Green);
        }
        self.papers.extend(marked(&self.marks, id, answer));
        if self.papers.len() > MAX_MARKED_PAPERS {
            let most = format!("its bills show more than MAX_MARKED_PAPERS ({MAX_MARKED_PAPERS}) CITES documents");
            return Err(OfficeError::Wrong(vec![format!("{most}; send the manifest in parts")]));
        }
        *self.said.lanes.entry(answer.lane.as_str().to_owned()).or_default() += 1;
        if answer.lane > Lane::Green || raised.is_some() {
            if self.kept.len() >= MAX_KEPT_BILLS {
                let most = format!("more than MAX_KEPT_BILLS ({MAX_KEPT_BILLS}) bills are above green");
                return Err(OfficeError::Wrong(vec![format!("{most}; send the manifest in parts")]));
            }
            let mut keeping = Keeping {
                id: id.to_owned(),
                consignment: answer.consignment.clone(),
                lane: answer.lane,
                raised,
                sights: BTreeMap::new(),
                answers: Vec::new(),
            };
            self.sight(&mut keeping, Label::Red, answer, bytes, plain)?;
            self.kept.insert(self.n, keeping);
        }
        self.n += 1;
        Ok(())
    }

    /// The next bill has no answer.
    pub fn lost(&mut self) {
        self.n += 1;
    }

    /// Is the bill at that place kept?
    pub fn is_kept(&self, n: u64) -> bool {
        self.kept.contains_key(&n)
    }

    /// Is any bill kept?
    pub fn keeps(&self) -> bool {
        !self.kept.is_empty()
    }

    /// The answer under a lower label for the bill at that place.
    pub fn seen(&mut self, n: u64, label: Label, answer: &Assessment) -> Result<(), OfficeError> {
        let Some(mut keeping) = self.kept.remove(&n) else { return Ok(()) };
        let bytes = bytes_of(answer)?;
        let plain = Sha256::digest(&bytes).into();
        self.sight(&mut keeping, label, answer, bytes, plain)?;
        self.kept.insert(n, keeping);
        Ok(())
    }

    /// Under that label the bill at that place is answered as under another one.
    pub fn seen_alike(&mut self, n: u64, label: Label, other: Label) {
        let Some(keeping) = self.kept.get_mut(&n) else { return };
        if let Some(sight) = keeping.sights.get(&other).cloned() {
            keeping.sights.insert(label, sight);
        }
    }

    fn sight(
        &mut self,
        keeping: &mut Keeping,
        label: Label,
        answer: &Assessment,
        bytes: Vec<u8>,
        plain: Hash,
    ) -> Result<(), OfficeError> {
        let known = keeping.answers.iter().find(|(own, _)| *own == plain).map(|(_, sealed)| sealed.clone());
        let digest = match known {
            Some(digest) => digest,
            None => {
                let sealed = Sealed::new(bytes)?;
                let digest = hex::shown(&sealed.digest);
                keeping.answers.push((plain, digest.clone()));
                self.keep(sealed)?;
                digest
            }
        };
        // The lane comes first in the key; here it is the one in force, which decisions change.
        let rank = answer.rank_key.split_once('-').map_or(answer.rank_key.as_str(), |(_, rest)| rest).to_owned();
        keeping.sights.insert(label, KeptSight { rank, answer: digest });
        Ok(())
    }

    fn keep(&mut self, sealed: Sealed) -> Result<(), OfficeError> {
        self.waiting_bytes += sealed.bytes.len();
        self.waiting.push(sealed);
        if self.waiting_bytes > MAX_WAITING_BODIES_BYTES {
            self.waiting_bytes = 0;
            self.office.store.keep(std::mem::take(&mut self.waiting))?;
        }
        Ok(())
    }

    /// What the bills draw from permits, and the accounts on which their answers rest.
    pub fn draws(&mut self, drawn: Vec<Drawn>, met: BTreeSet<Met>) {
        let accounts: BTreeSet<String> = met.iter().map(|met| met.account.clone()).collect();
        self.said.accounts = Some(accounts.into_iter().collect());
        self.drawn = drawn;
        self.met = met.into_iter().collect();
    }

    /// Id of the batch.
    pub fn batch(&self) -> &str {
        &self.said.batch
    }

    /// Bills that have an answer.
    pub fn n_bills(&self) -> u64 {
        self.said.n_bills
    }

    /// Writes the record; when it returns, it is durable. An error says `Moved` where others drew on the same permits meanwhile:
    /// nothing is written then, and what was judged is out of date.
    pub fn end(self, body: &[u8]) -> Result<(), OfficeError> {
        self.end_with(body, Closing::default()).map(drop)
    }

    /// What is to be written, for whoever waits for it without a thread of his own; `None` = there is nothing.
    pub fn closed(mut self, body: &[u8]) -> Result<Option<Closed>, OfficeError> {
        let drafts = if self.n > 0 { self.drafts(body)? } else { Vec::new() };
        let batch = Batch { drafts, met: self.met, once: None };
        Ok((!batch.drafts.is_empty()).then_some(Closed { batch, lanes: self.said.lanes }))
    }

    /// The same together with what else is said of it; the receipts, first those of what else is said.
    pub fn end_with(mut self, body: &[u8], closing: Closing) -> Result<Vec<Receipt>, OfficeError> {
        let Closing { mut drafts, once } = closing;
        if self.n > 0 {
            drafts.append(&mut self.drafts(body)?);
        }
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        let receipts = self.office.store.append(Batch { drafts, met: self.met, once })?;
        if receipts.first().is_none_or(|receipt| !receipt.again) {
            counted(self.office, &self.said.lanes);
        }
        Ok(receipts)
    }

    /// What holds have met: written whether or not anything of the batch is kept.
    fn let_through(&mut self, body: &[u8]) -> Result<Vec<Draft>, OfficeError> {
        let mut drafts: Vec<Draft> = Vec::new();
        if self.let_through.is_empty() {
            return Ok(drafts);
        }
        // One body for all that are met in it.
        let sealed = Sealed::new(packed(body)?)?;
        let payload = hex::shown(&sealed.digest);
        let mut more = vec![sealed];
        for (hold, bill, consignment, n) in std::mem::take(&mut self.let_through) {
            let said = HoldMet {
                bill,
                consignment,
                n,
                as_of: self.said.as_of,
                by: self.by.clone(),
                payload: payload.clone(),
                media_type: self.said.media_type.clone(),
                read: self.said.read.clone(),
                edition: self.said.edition.clone(),
            };
            let mut draft = self.office.says(&self.by, Kind::HoldMet, &hold, &said)?;
            draft.label = Label::Red;
            draft.more.append(&mut more);
            drafts.push(draft);
        }
        Ok(drafts)
    }

    /// The entries of the batch; bodies of answers are kept before.
    pub(super) fn drafts(&mut self, body: &[u8]) -> Result<Vec<Draft>, OfficeError> {
        let mut drafts = self.let_through(body)?;
        let n_before = drafts.len();
        if self.keeps() {
            let sealed = Sealed::new(packed(body)?)?;
            self.said.payload = Some(hex::shown(&sealed.digest));
            self.keep(sealed)?;
        }
        // What waits is written with the first entry: a commit of its own would part those that are written together.
        let mut waiting = std::mem::take(&mut self.waiting);
        self.said.root = hex::shown(&self.tree.root());
        let kept: Vec<KeptBill> = std::mem::take(&mut self.kept)
            .into_iter()
            .map(|(n, keeping)| {
                let Keeping { id, consignment, lane, raised, sights, .. } = keeping;
                KeptBill { id, consignment, n, lane, raised, sights }
            })
            .collect();
        let probes = self.outside.take().map(|outside| outside.probes).unwrap_or_default();
        let drawn = std::mem::take(&mut self.drawn);
        let (mut kept, mut probes) = (kept.chunks(MAX_KEPT_AN_ENTRY), probes.chunks(MAX_KEPT_AN_ENTRY));
        let papers = std::mem::take(&mut self.papers);
        let (mut drawn, mut papers) = (drawn.chunks(MAX_KEPT_AN_ENTRY), papers.chunks(MAX_KEPT_AN_ENTRY));
        loop {
            let (kept, probes, drawn, papers) = (kept.next(), probes.next(), drawn.next(), papers.next());
            // A batch is said in one entry at least.
            let is_over = kept.is_none() && probes.is_none() && drawn.is_none() && papers.is_none();
            if is_over && drafts.len() > n_before {
                return Ok(drafts);
            }
            let (kept, probes) = (kept.unwrap_or_default().to_vec(), probes.unwrap_or_default().to_vec());
            let (drawn, papers) = (drawn.unwrap_or_default().to_vec(), papers.unwrap_or_default().to_vec());
            let said = Assessed { kept, probes, drawn, papers, ..self.said.clone() };
            // What is counted of the whole batch stands in its first entry alone.
            self.said.shadow.clear();
            let mut draft = self.office.says(&self.by, Kind::Assessed, &said.batch, &said)?;
            draft.label = Label::Red;
            draft.more.append(&mut waiting);
            drafts.push(draft);
        }
    }
}

/// A batch that is to be written.
pub struct Closed {
    batch: Batch,
    lanes: BTreeMap<String, u64>,
}

impl Closed {
    /// Writes it; when it returns, it is durable. An error says `Moved` as that of [`Recorder::end`] does.
    pub async fn written(self, office: &Office) -> Result<(), OfficeError> {
        written(office, self.batch).await?;
        counted(office, &self.lanes);
        Ok(())
    }
}

fn counted(office: &Office, lanes: &BTreeMap<String, u64>) {
    for lane in Lane::ALL {
        office.metrics.bills(*lane, lanes.get(lane.as_str()).copied().unwrap_or(0));
    }
}

/// What is said of a batch together with it, or not at all.
#[derive(Debug, Default)]
pub struct Closing {
    /// Entries before those of the batch.
    pub drafts: Vec<Draft>,
    /// Once only, whatever is sent again.
    pub once: Option<Once>,
}

fn bytes_of(answer: &Assessment) -> Result<Vec<u8>, OfficeError> {
    serde_json::to_vec(answer).map_err(|error| OfficeError::Wrong(vec![error.to_string()]))
}

pub(super) fn packed(body: &[u8]) -> Result<Vec<u8>, OfficeError> {
    gzip::packed(body).map_err(|error| OfficeError::Wrong(vec![error.to_string()]))
}
