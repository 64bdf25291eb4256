//! Who may only ask about his own bills learns nothing of the rules by asking often.
//!
//! In: the answer to a bill of a sender from outside. Out: a stricter lane where nearly the same bill was answered more
//! strictly within [`PROBE_DAYS`] days, or its container was declared in many ways, or where this one is drawn; what is
//! remembered of it. The engine stays as it is: its lane is on record beside the one that was answered, and officers see
//! both. The bound: who sends bills that differ in more than [`crate::config::MAX_CHANGED_FIELDS`] fields is not known again.

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use palisander_engine::answers::Lane;
use palisander_engine::{Assessment, Label};

use super::likeness::Likeness;
use super::office::{Office, OfficeError};
use crate::config::{DECLARANT, MAX_NEAR_BILLS, MAX_PROBES_ASKED, PROBE_DAYS};
use crate::store::{Hash, Probe, Raised, RaisedFor};

/// The bills of one batch of a sender from outside.
pub(super) struct Outside {
    secret: Hash,
    since: Timestamp,
    clearance: Label,
    drawn_share: f64,
    /// What is remembered of the batch so far.
    pub(super) probes: Vec<Probe>,
    /// Places of it by key.
    by_key: HashMap<String, Vec<usize>>,
}

impl Outside {
    /// `clearance`: that of the sender.
    pub(super) fn begin(office: &Office, clearance: Label) -> Self {
        let since = office.clock.now() - SignedDuration::from_hours(24 * PROBE_DAYS);
        let secret = office.store.secret("likeness");
        let drawn_share = office.drawn_share;
        Self { secret, since, clearance, drawn_share, probes: Vec::new(), by_key: HashMap::new() }
    }

    /// The stricter lane that the next bill is answered, and why; it is remembered.
    pub(super) fn answered(&mut self, office: &Office, answer: &Assessment) -> Result<Option<Raised>, OfficeError> {
        let likeness = Likeness::of(answer, &self.secret);
        let mut known = office.store.probes(&likeness.keys, self.since, MAX_PROBES_ASKED)?;
        let places: BTreeSet<usize> =
            likeness.keys.iter().flat_map(|key| self.by_key.get(key).into_iter().flatten().copied()).collect();
        known.extend(places.into_iter().filter_map(|place| self.probes.get(place).cloned()));
        known.retain(|probe| likeness.is_near(&probe.fields));
        let own = self.requests(answer);
        let raised = self.raised(&likeness, &known, answer.lane, &own);
        let lane = raised.as_ref().map_or(answer.lane, |raised| raised.lane);
        let asked = raised.iter().flat_map(|raised| &raised.requests).cloned();
        let requests = own.into_iter().chain(asked).collect();
        for key in &likeness.keys {
            self.by_key.entry(key.clone()).or_default().push(self.probes.len());
        }
        self.probes.push(Probe { keys: likeness.keys, fields: likeness.fields, boxes: likeness.boxes, lane, requests });
        Ok(raised)
    }

    /// What is asked of the declarant, as far as the sender may know of it.
    fn requests(&self, answer: &Assessment) -> BTreeSet<String> {
        let asked = answer.next_steps.iter().filter(|step| step.to == DECLARANT && step.handling <= self.clearance);
        asked.map(|step| step.step.clone()).collect()
    }

    fn raised(&self, likeness: &Likeness, near: &[Probe], assessed: Lane, own: &BTreeSet<String>) -> Option<Raised> {
        // What is asked would tell as much as the lane.
        let asked: BTreeSet<String> = near.iter().flat_map(|probe| probe.requests.difference(own).cloned()).collect();
        let strictest = near.iter().map(|probe| probe.lane).max().unwrap_or(Lane::Green);
        // The same bill sent again, as a gateway does, is one; and lots of one kind in many boxes are no questions.
        let of_its_box = near.iter().filter(|probe| probe.boxes.iter().any(|one| likeness.boxes.contains(one)));
        let others: BTreeSet<&[u32]> =
            of_its_box.map(|probe| probe.fields.as_slice()).filter(|fields| *fields != likeness.fields).collect();
        // Below red the step to red would still be told.
        let often = if others.len() >= MAX_NEAR_BILLS { Lane::Red } else { Lane::Green };
        let is_drawn = assessed == Lane::Green && likeness.drawn(&self.secret) < self.drawn_share;
        let drawn = if is_drawn { Lane::Blue } else { Lane::Green };
        let reasons = [(strictest, RaisedFor::Near), (often, RaisedFor::Often), (drawn, RaisedFor::Drawn)];
        let stricter = reasons.into_iter().filter(|(lane, _)| *lane > assessed);
        // Of equals the first.
        match stricter.rev().max_by_key(|(lane, _)| *lane) {
            Some((lane, why)) => {
                let in_a_million = (why == RaisedFor::Drawn).then(|| in_a_million(self.drawn_share));
                Some(Raised { lane, why, in_a_million, requests: asked })
            }
            None if asked.is_empty() => None,
            None => Some(Raised { lane: assessed, why: RaisedFor::Near, in_a_million: None, requests: asked }),
        }
    }
}

/// A share as it is written down.
fn in_a_million(share: f64) -> u32 {
    // `as` holds to the bounds of the number.
    (share * 1e6).round() as u32
}
