//! Lines of the log, before and after they are written.

use jiff::Timestamp;
use palisander_engine::Label;

use super::error::StoreError;
use super::hash::Hash;
use super::ledger::Met;
use super::sealed::Sealed;
use crate::config::{MAX_BODY_BYTES, MAX_ENTRY_BODY_BYTES, MAX_FIELD_CHARS};
use crate::words::words;

words! {
    /// What an entry says.
    Kind {
        /// The bills of this log are no bills: its first entry, or none.
        SandboxMade = "sandbox_made",
        /// A batch of bills was answered.
        Assessed = "assessed",
        /// A file was taken, and its bills with it.
        FileTaken = "file_taken",
        /// A manifest came that is judged later.
        JobAccepted = "job_accepted",
        /// It has answers or never will, or they were kept for their days.
        JobEnded = "job_ended",
        /// Somebody is told of events from now on.
        WebhookAdded = "webhook_added",
        /// He is told no more, or his messages are signed by another secret.
        WebhookChanged = "webhook_changed",
        /// What he could not be told is sent again.
        WebhookResent = "webhook_resent",
        /// What the engine is made of, when it was loaded.
        EditionLoaded = "edition_loaded",
        /// A sealed hold waits for a second person.
        HoldProposed = "hold_proposed",
        /// It acts; two persons signed.
        HoldActs = "hold_acts",
        /// A bill came that it lets through.
        HoldMet = "hold_met",
        /// It is over.
        HoldEnded = "hold_ended",
        /// It was taken back before it acted.
        HoldDropped = "hold_dropped",
        /// A bundle of a bill was handed out.
        Bundled = "bundled",
        /// A decision waits for a second person.
        Proposed = "proposed",
        /// A lane stands.
        Confirmed = "confirmed",
        /// A stricter lane is in force.
        Raised = "raised",
        /// A less strict lane is in force; two persons signed.
        Lowered = "lowered",
        /// A bill is released until a day; two persons signed.
        Waived = "waived",
        /// Among whom the examiner of a bill is drawn.
        ExaminerAsked = "examiner_asked",
        /// Who was drawn, and the checkpoint that decided.
        ExaminerDrawn = "examiner_drawn",
        /// What an examination found.
        Result = "result",
        /// A case was opened.
        CaseOpened = "case_opened",
        /// Its facts are others.
        CaseFacts = "case_facts",
        /// Something happened to its goods.
        CaseCustody = "case_custody",
        /// A laboratory said what a sample is.
        CaseFinding = "case_finding",
        /// A lead was opened or ended.
        CaseLead = "case_lead",
        /// Somebody was told of it, or is not.
        CaseNotice = "case_notice",
        /// It was handed on, or who took over said how it ended.
        CaseHandedOver = "case_handed_over",
        /// What its court made of it.
        CaseCourt = "case_court",
        /// What everybody has to decide was decided.
        CaseDecided = "case_decided",
        /// A file was added to it.
        CaseAttached = "case_attached",
        /// It went a step on.
        CaseMoved = "case_moved",
        /// Who and what stands behind it.
        CaseEntities = "case_entities",
        /// The issuer of a paper was asked about it.
        VerificationAsked = "verification_asked",
        /// It was reminded, has answered, or the Secretariat was asked.
        VerificationTold = "verification_told",
        /// A plan was written.
        PlanDrafted = "plan_drafted",
        /// It went a step on.
        PlanMoved = "plan_moved",
        /// A milestone of it was done, or is not.
        PlanTold = "plan_told",
        /// A question of a report was answered by form.
        ReportAnswer = "report_answer",
        /// A reader was added.
        ReaderAdded = "reader_added",
        /// A reader has other groups, roles, clearance or days.
        ReaderChanged = "reader_changed",
        /// A group was added.
        GroupAdded = "group_added",
        /// A group has another last day or name.
        GroupChanged = "group_changed",
        /// A key was made for a reader.
        KeyAdded = "key_added",
        /// A key no longer opens anything.
        KeyEnded = "key_ended",
        /// Somebody without a key asks to be let in.
        AccessAsked = "access_asked",
        /// An administrator lets him in.
        AccessApproved = "access_approved",
        /// An administrator does not let him in.
        AccessRefused = "access_refused",
        /// His key was told to him.
        AccessCollected = "access_collected",
        /// A subject of another authority is a reader here, or nobody any more.
        SubjectBound = "subject_bound",
        /// Somebody told something.
        InformationReceived = "information_received",
        /// It has a grade, a label and a purpose.
        InformationGraded = "information_graded",
        /// It acts in scores.
        InformationLive = "information_live",
        /// It acts no longer.
        InformationWithdrawn = "information_withdrawn",
        /// It was looked at, and nothing comes of it.
        InformationClosed = "information_closed",
        /// It has a stricter label.
        LabelRaised = "label_raised",
        /// It has a less strict label; two persons signed.
        LabelLowered = "label_lowered",
        /// An act on it waits for a second person.
        InformationProposed = "information_proposed",
        /// It was passed on to groups or countries.
        InformationShared = "information_shared",
        /// A copy was made of it that says nothing of its source.
        InformationCopied = "information_copied",
        /// The sender of a tip was asked something, or answered.
        TipAsked = "tip_asked",
        /// A code stands for somebody whose name no free text may hold.
        HolderAdded = "holder_added",
        /// A ruleset was written and checked.
        RulesetDrafted = "ruleset_drafted",
        /// A second person approved it.
        RulesetApproved = "ruleset_approved",
        /// It is tried beside the others, and moves nothing.
        RulesetShadowed = "ruleset_shadowed",
        /// It acts.
        RulesetLive = "ruleset_live",
        /// It acts no longer.
        RulesetRetired = "ruleset_retired",
        /// The exchange of an authority was asked about a permit.
        PermitChecked = "permit_checked",
        /// A change of the permit register waits for a second person.
        RegisterProposed = "register_proposed",
        /// The permit register is another; two persons signed, or it is the first.
        RegisterChanged = "register_changed",
        /// A change of it was taken back before it acted.
        RegisterDropped = "register_dropped",
        /// A body was erased; its digest stays.
        Erased = "erased",
        /// An attempt that a law of the product stopped.
        Refused = "refused",
        /// Somebody read what is AMBER or above.
        Read = "read",
    }
}

/// An entry to be written. Who and when come from the service; place and hashes from the store.
#[derive(Debug, Clone)]
pub struct Draft {
    pub at: Timestamp,
    /// Id of the reader who did it, by his credential; `operator` at the machine itself.
    pub reader: String,
    /// Group for which he did it.
    pub group: Option<String>,
    pub kind: Kind,
    /// Id of what it is about.
    pub subject: String,
    pub label: Label,
    /// Id of the other person who signed.
    pub second: Option<String>,
    /// What is said, one JSON document.
    pub body: Sealed,
    /// Bodies beside it, which its own body names by their digests.
    pub more: Vec<Sealed>,
    /// Number of the last entry about the subject that was known when this one was decided; refused when there is a later
    /// one. `None` = whatever was said before.
    pub after: Option<u64>,
}

/// Entries that are written together or not at all.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub drafts: Vec<Draft>,
    /// Once only, whatever is sent again.
    pub once: Option<Once>,
    /// Accounts on which it rests; refused when one of them has changed since.
    pub met: Vec<Met>,
}

/// A key under which something is done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Reader and the key that he chose.
    pub key: String,
    /// Digest of what he sent with it.
    pub digest: Hash,
}

impl Batch {
    /// A batch of one entry.
    pub fn of(draft: Draft) -> Self {
        Self { drafts: vec![draft], ..Self::default() }
    }

    /// Refuses what could not be read back: a line break would be another line of the leaf.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        if self.once.as_ref().is_some_and(|once| once.key.contains('\0')) {
            return Err(StoreError::Field { field: "once", why: "it holds a zero byte".to_owned() });
        }
        for draft in &self.drafts {
            let texts = [("reader", &draft.reader), ("subject", &draft.subject)];
            let more = [("group", &draft.group), ("second", &draft.second)];
            let all =
                texts.into_iter().chain(more.into_iter().filter_map(|(field, text)| Some((field, text.as_ref()?))));
            for (field, text) in all {
                let why = match text.chars().count() {
                    0 => "it is empty".to_owned(),
                    n if n > MAX_FIELD_CHARS => format!("it is over MAX_FIELD_CHARS ({MAX_FIELD_CHARS})"),
                    _ if text.chars().any(char::is_control) => "it holds a control character".to_owned(),
                    _ => continue,
                };
                return Err(StoreError::Field { field, why });
            }
            let (own, beside) = (draft.body.bytes.len(), draft.more.iter().map(|body| body.bytes.len()).max());
            if own > MAX_ENTRY_BODY_BYTES || beside.unwrap_or(0) > MAX_BODY_BYTES {
                let why = "it is over MAX_ENTRY_BODY_BYTES, or one beside it over MAX_BODY_BYTES".to_owned();
                return Err(StoreError::Field { field: "body", why });
            }
            if std::str::from_utf8(&draft.body.bytes).is_err() || !draft.body.is_whole() {
                let why = "it is no text, or not what its digest says".to_owned();
                return Err(StoreError::Field { field: "body", why });
            }
        }
        Ok(())
    }
}

/// An entry as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place: the first is 1, none is left out.
    pub seq: u64,
    pub at: Timestamp,
    pub reader: String,
    pub group: Option<String>,
    pub kind: Kind,
    pub subject: String,
    pub label: Label,
    /// Digest of its body.
    pub body: Hash,
    pub second: Option<String>,
    /// Hash of the entry before.
    pub prev: Hash,
    pub hash: Hash,
}

/// Says that an entry is durable, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    pub seq: u64,
    pub hash: Hash,
    /// True when it was written before under the same key.
    pub again: bool,
}
