//! What follows from an entry: the rows that say how things stand now, whatever store keeps them.
//!
//! In: an entry and its body. Out: rows, in the order in which they are to be set. The meaning of an entry stands here once;
//! a store only knows how to set each kind of [`Row`]. An entry whose body was erased has none: what was forgotten does not
//! come back when the projections are built again. Not here: SQL.

use jiff::SignedDuration;
use palisander_engine::answers::Lane;
use palisander_engine::{Date, Label};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::access::{AccessRequest, AccessState};
use super::bills::{Assessed, BillRecord, Deciding, Decision, Reported};
use super::entry::{Entry, Kind};
use super::error::StoreError;
use super::hash::Hash;
use super::holds::Hold;
use super::information::{Information, InformationState};
use super::jobs::{Job, JobState};
use super::ledger::Use;
use super::papers::MarkedPaper;
use super::people::{Group, Key, KeyEnded, Reader, SubjectBound};
use super::register::RegisterChange;
use super::rulesets::Ruleset;
use super::webhooks::Webhook;
use crate::cases::{Case, CaseState, Entities};
use crate::config::PROBE_DAYS;
use crate::hex;
use crate::plans::{PlanRecord, PlanState};
use crate::reports::ReportAnswer;
use crate::verifications::Verification;

/// One change of the projections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row {
    /// A reader as he is now.
    Reader { id: String, record: String },
    /// A group as it is now.
    Group { id: String, record: String },
    /// A new key.
    Key { id: String, reader: String, hash: String, record: String },
    /// A key that is there opens nothing from then on ([`ended`]); one that is not there is left alone.
    KeyEnds(KeyEnded),
    /// A new bill, in the lane that the engine gave it.
    Bill { id: String, seq: u64, reader: String, lane: Lane, record: String },
    /// A new bill as one clearance may know it.
    Sight { bill: String, clearance: Label, lane: Lane, rank: String },
    /// A bill that a hold let through, in the lane that the engine gives it, or a stricter one that was decided.
    FreedBill { id: String, seq: u64, reader: String, lane: Lane, record: String },
    /// The same as one clearance may know it.
    FreedSight { bill: String, clearance: Label, lane: Lane, rank: String },
    /// A decision as it is now, said by the entry `seq`.
    Decision { id: String, bill: String, seq: u64, record: String },
    /// The lane that was decided, for the bill and all its sights; it ends a waiver.
    Decided { bill: String, lane: Lane },
    /// A waiver up to and with that day.
    Waived { bill: String, until: Date },
    /// What an examination found.
    Result { seq: u64, bill: String, record: String },
    /// What is remembered of a bill of a sender from outside, under one of its keys: the `n`th of the entry `seq`.
    Probe { key: String, seq: u64, n: u64, at: String, record: String },
    /// What is remembered from before that time goes.
    ProbesEnd { before: String },
    /// What is said of a piece of information from the entry `seq` on: the body of that entry.
    Information { id: String, seq: u64, state: InformationState, label: Label, teller: Option<String>, body: Hash },
    /// What is said of a ruleset from the entry `seq` on: the body of that entry.
    Ruleset { id: String, seq: u64, acts: bool, body: Hash },
    /// A job as the entry `seq` says it: the body of that entry.
    Job { id: String, seq: u64, reader: String, state: JobState, body: Hash },
    /// A request to be let in as the entry `seq` says it: the body of that entry.
    Access { id: String, seq: u64, state: AccessState, body: Hash },
    /// Whom a subject of an issuer is; `None` = nobody.
    Subject { issuer: String, subject: String, reader: Option<String> },
    /// A webhook as it is now.
    Webhook { id: String, record: String },
    /// What is said of a change of the register from the entry `seq` on: the body of that entry.
    Register { id: String, seq: u64, acts: bool, is_whole: bool, body: Hash },
    /// How a sealed hold stands from the entry `seq` on: the body of that entry.
    Hold { id: String, seq: u64, acts: bool, body: Hash },
    /// A hold has met a bill, which the body of the entry `seq` says.
    HoldMet { hold: String, seq: u64, body: Hash },
    /// A case as it stands from the entry `seq` on: the body of that entry.
    Case { id: String, seq: u64, is_open: bool, bill: Option<String>, body: Hash },
    /// Who and what stands behind a case from the entry `seq` on: the body of that entry.
    CaseEntities { id: String, seq: u64, body: Hash },
    /// A request for verification as it stands from the entry `seq` on: the body of that entry.
    Verification { id: String, seq: u64, is_open: bool, body: Hash },
    /// A plan as it stands from the entry `seq` on: the body of that entry.
    Plan { id: String, seq: u64, is_open: bool, body: Hash },
    /// What was answered to a question of a report by form: the body of the entry `seq`.
    ReportAnswer { report: String, year: i16, question: String, seq: u64, body: Hash },
    /// A use of an account, the `n`th of the entry `seq`.
    Use { account: String, who: String, filing: String, seq: u64, n: u64, record: String },
    /// A paper that a bill has shown, under one of its marks: the `n`th of the entry `seq`.
    Paper { mark: String, seq: u64, n: u64, record: String },
    /// An indicator that is tried has fired so often on a day, and on so many green bills.
    Tried { indicator: String, day: String, fired: u64, of_green: u64 },
    /// A reader has read what is AMBER or stricter.
    Read { reader: String, information: String },
    /// Names that no free text may hold.
    Holder { code: String, record: String },
    /// This body is kept no longer.
    NoBody { digest: Hash },
}

/// What of a `read` entry is looked at here: it may be about a bill.
#[derive(Deserialize)]
struct WhatRead {
    #[serde(default)]
    information: Vec<String>,
}

/// What a `holder_added` entry says: keyed hashes of a name, which tell it to nobody.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    pub code: String,
    pub hashes: Vec<String>,
}

/// The rows of an entry; an error when its body is not what its kind says.
pub(super) fn rows(entry: &Entry, body: Option<&[u8]>) -> Result<Vec<Row>, StoreError> {
    let Entry { seq, .. } = entry;
    Ok(match (entry.kind, body) {
        // The digest that an `erased` entry is about leaves no body behind.
        (Kind::Erased, _) => {
            let digest = hex::read(&entry.subject).ok_or_else(|| StoreError::Field {
                field: "subject",
                why: "an erasure is about a digest".to_owned(),
            })?;
            vec![Row::NoBody { digest }]
        }
        (_, None) => Vec::new(),
        (
            Kind::Refused
            | Kind::SandboxMade
            | Kind::EditionLoaded
            | Kind::Bundled
            | Kind::PermitChecked
            | Kind::FileTaken
            | Kind::WebhookResent
            | Kind::ExaminerAsked
            | Kind::ExaminerDrawn,
            Some(_),
        ) => Vec::new(),
        (Kind::ReaderAdded | Kind::ReaderChanged, Some(body)) => {
            let reader: Reader = said(entry, body)?;
            vec![Row::Reader { record: text(&reader)?, id: reader.id }]
        }
        (Kind::GroupAdded | Kind::GroupChanged, Some(body)) => {
            let group: Group = said(entry, body)?;
            vec![Row::Group { record: text(&group)?, id: group.id }]
        }
        (Kind::KeyAdded, Some(body)) => {
            let key: Key = said(entry, body)?;
            vec![Row::Key { record: text(&key)?, id: key.id, reader: key.reader, hash: key.hash }]
        }
        (Kind::KeyEnded, Some(body)) => vec![Row::KeyEnds(said(entry, body)?)],
        (
            Kind::InformationReceived
            | Kind::InformationGraded
            | Kind::InformationLive
            | Kind::InformationWithdrawn
            | Kind::InformationClosed
            | Kind::LabelRaised
            | Kind::LabelLowered
            | Kind::InformationProposed
            | Kind::InformationShared
            | Kind::InformationCopied
            | Kind::TipAsked,
            Some(body),
        ) => {
            let said: Information = said(entry, body)?;
            let (state, label) = (said.state, said.listed_label());
            vec![Row::Information { id: said.id, seq: *seq, state, label, teller: said.by, body: entry.body }]
        }
        (
            Kind::RulesetDrafted
            | Kind::RulesetApproved
            | Kind::RulesetShadowed
            | Kind::RulesetLive
            | Kind::RulesetRetired,
            Some(body),
        ) => {
            let said: Ruleset = said(entry, body)?;
            vec![Row::Ruleset { acts: said.acts(), id: said.id, seq: *seq, body: entry.body }]
        }
        (Kind::JobAccepted | Kind::JobEnded, Some(body)) => {
            let said: Job = said(entry, body)?;
            vec![Row::Job { id: said.id, seq: *seq, reader: said.by, state: said.state, body: entry.body }]
        }
        (Kind::AccessAsked | Kind::AccessApproved | Kind::AccessRefused | Kind::AccessCollected, Some(body)) => {
            let said: AccessRequest = said(entry, body)?;
            vec![Row::Access { id: said.id, seq: *seq, state: said.state, body: entry.body }]
        }
        (Kind::SubjectBound, Some(body)) => {
            let SubjectBound { issuer, subject, reader } = said(entry, body)?;
            vec![Row::Subject { issuer, subject, reader }]
        }
        (Kind::WebhookAdded | Kind::WebhookChanged, Some(body)) => {
            let said: Webhook = said(entry, body)?;
            vec![Row::Webhook { record: text(&said)?, id: said.id }]
        }
        (Kind::RegisterProposed | Kind::RegisterChanged | Kind::RegisterDropped, Some(body)) => {
            let said: RegisterChange = said(entry, body)?;
            let (acts, is_whole) = (said.acts(), said.is_whole());
            vec![Row::Register { id: said.id, seq: *seq, acts, is_whole, body: entry.body }]
        }
        (Kind::HoldProposed | Kind::HoldActs | Kind::HoldEnded | Kind::HoldDropped, Some(body)) => {
            let said: Hold = said(entry, body)?;
            vec![Row::Hold { acts: said.acts(), id: said.id, seq: *seq, body: entry.body }]
        }
        (Kind::HoldMet, Some(_)) => {
            vec![Row::HoldMet { hold: entry.subject.clone(), seq: *seq, body: entry.body }]
        }
        (
            Kind::CaseOpened
            | Kind::CaseFacts
            | Kind::CaseCustody
            | Kind::CaseFinding
            | Kind::CaseLead
            | Kind::CaseNotice
            | Kind::CaseHandedOver
            | Kind::CaseCourt
            | Kind::CaseDecided
            | Kind::CaseAttached
            | Kind::CaseMoved,
            Some(body),
        ) => {
            let said: Case = said(entry, body)?;
            let (is_open, bill) = (said.state != CaseState::Closed, said.opened_from.map(|from| from.bill));
            vec![Row::Case { id: said.id, seq: *seq, is_open, bill, body: entry.body }]
        }
        (Kind::CaseEntities, Some(body)) => {
            let said: Entities = said(entry, body)?;
            vec![Row::CaseEntities { id: said.case, seq: *seq, body: entry.body }]
        }
        (Kind::VerificationAsked | Kind::VerificationTold, Some(body)) => {
            let said: Verification = said(entry, body)?;
            vec![Row::Verification { is_open: said.answer.is_none(), id: said.id, seq: *seq, body: entry.body }]
        }
        (Kind::PlanDrafted | Kind::PlanMoved | Kind::PlanTold, Some(body)) => {
            let said: PlanRecord = said(entry, body)?;
            vec![Row::Plan { is_open: said.state != PlanState::Ended, id: said.id, seq: *seq, body: entry.body }]
        }
        (Kind::ReportAnswer, Some(body)) => {
            let ReportAnswer { report, year, question, .. } = said(entry, body)?;
            vec![Row::ReportAnswer { report, year, question, seq: *seq, body: entry.body }]
        }
        (Kind::Read, Some(body)) => {
            let WhatRead { information } = said(entry, body)?;
            let row = |information| Row::Read { reader: entry.reader.clone(), information };
            information.into_iter().map(row).collect()
        }
        (Kind::HolderAdded, Some(body)) => {
            let said: Holder = said(entry, body)?;
            vec![Row::Holder { record: text(&said.hashes)?, code: said.code }]
        }
        (Kind::Assessed, Some(body)) => assessed(entry, said(entry, body)?)?,
        (Kind::Proposed | Kind::Confirmed | Kind::Raised | Kind::Lowered | Kind::Waived, Some(body)) => {
            decided(entry, &said(entry, body)?)?
        }
        (Kind::Result, Some(body)) => {
            let said: Reported = said(entry, body)?;
            vec![Row::Result { seq: *seq, record: text(&said)?, bill: said.bill }]
        }
    })
}

/// Characters of a day: `2026-11-01`.
const DAY_CHARS: usize = 10;

fn assessed(entry: &Entry, said: Assessed) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::with_capacity(said.kept.len() * 2);
    for bill in said.kept {
        let answered = bill.answered();
        let record = BillRecord { consignment: bill.consignment, raised: bill.raised, sights: bill.sights };
        let (id, lane) = (bill.id, bill.lane);
        let (seq, reader, text) = (entry.seq, entry.reader.clone(), text(&record)?);
        if said.freed {
            rows.push(Row::FreedBill { id: id.clone(), seq, reader, lane, record: text });
            rows.extend(record.sights.into_iter().map(|(clearance, sight)| Row::FreedSight {
                bill: id.clone(),
                clearance,
                lane,
                rank: sight.rank,
            }));
            continue;
        }
        rows.push(Row::Bill { id: id.clone(), seq, reader, lane, record: text });
        rows.extend(record.sights.into_iter().map(|(clearance, sight)| Row::Sight {
            bill: id.clone(),
            clearance,
            lane,
            rank: sight.rank,
        }));
        if answered > lane {
            rows.push(Row::Decided { bill: id, lane: answered });
        }
    }
    for (n, drawn) in (0..).zip(said.drawn) {
        let (account, who) = (drawn.draw.permit.clone(), drawn.draw.who.clone());
        let filing = drawn.draw.filing.clone();
        let record = text(&Use { drawn, by: entry.reader.clone(), at: entry.at })?;
        rows.push(Row::Use { account, who, filing, seq: entry.seq, n, record });
    }
    for (n, paper) in (0..).zip(said.papers) {
        let MarkedPaper { at, marks } = paper;
        let record = text(&at)?;
        rows.extend(marks.into_iter().map(|mark| Row::Paper { mark, seq: entry.seq, n, record: record.clone() }));
    }
    let day: String = entry.at.to_string().chars().take(DAY_CHARS).collect();
    rows.extend(said.shadow.into_iter().map(|(indicator, (fired, of_green))| Row::Tried {
        indicator,
        day: day.clone(),
        fired,
        of_green,
    }));
    if !said.probes.is_empty() {
        let before = entry.at - SignedDuration::from_hours(24 * PROBE_DAYS);
        rows.push(Row::ProbesEnd { before: before.to_string() });
    }
    for (n, probe) in (0..).zip(said.probes) {
        let (at, record) = (entry.at.to_string(), text(&probe)?);
        let row = |key| Row::Probe { key, seq: entry.seq, n, at: at.clone(), record: record.clone() };
        rows.extend(probe.keys.into_iter().map(row));
    }
    Ok(rows)
}

fn decided(entry: &Entry, decision: &Decision) -> Result<Vec<Row>, StoreError> {
    let bill = decision.bill.clone();
    let id = decision.id.clone();
    let mut rows = vec![Row::Decision { id, bill: bill.clone(), seq: entry.seq, record: text(decision)? }];
    if decision.is_in_force() {
        match (decision.kind, decision.lane, decision.until) {
            (Deciding::Raised | Deciding::Lowered, Some(lane), _) => rows.push(Row::Decided { bill, lane }),
            (Deciding::Waived, _, Some(until)) => rows.push(Row::Waived { bill, until }),
            _ => {}
        }
    }
    Ok(rows)
}

/// The record of a key after its end was said: the earliest end counts.
pub(super) fn ended(record: &str, end: &KeyEnded) -> Result<String, StoreError> {
    let mut key: Key = serde_json::from_str(record).map_err(|error| StoreError::Damaged(error.to_string()))?;
    key.ended_at = Some(key.ended_at.map_or(end.at, |before| before.min(end.at)));
    text(&key)
}

fn text(record: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(record).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn said<T: DeserializeOwned>(entry: &Entry, body: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(body).map_err(|error| StoreError::Field {
        field: "body",
        why: format!("it is not what `{}` says: {error}", entry.kind),
    })
}
