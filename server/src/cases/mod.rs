//! Cases: what happens after the hit.
//!
//! In: what officers, stores, laboratories, courts and other countries tell. Out: a [`Case`] as it stands, with everything that is
//! left to do. Two halves are kept apart by type: [`Facts`] names nobody, [`Entities`] does. Not here: who may do what and see what
//! (`service/cases`), how a case is kept (`store`).

mod advice;
mod attached;
mod case;
mod counts;
mod court;
mod custody;
mod decide;
mod entities;
mod facts;
mod follow;
mod laboratory;
mod limits;
mod money;
mod packet;
mod storage;

pub use advice::{Advice, NextAct, advice};
pub use attached::{Attaching, Attachment, AttachmentKind, FileForm, MAX_ATTACHMENT_BYTES};
pub use case::{Case, CaseState, OpenedFrom};
pub use counts::{Count, Counts};
pub use court::{Asset, AssetState, Charge, Cooperation, Court, Outcome, Stage};
pub use custody::{Balance, Happened, Line, Told as CustodyTold, Unfit, faults as custody_faults};
pub use decide::{About, Choice, Settled, faults as decision_faults};
pub use entities::{Entities, Entity, EntityKind, PaperAsked};
pub use facts::{
    Activity, AgencyKind, Concealment, Detection, Facts, Finding, Mode, Part, Pattern, Place, PlaceKind, SeenPaper,
    SeizedGoods,
};
pub use follow::{
    Body, HandOver, Notice, OUTCOME_DAYS, Progress, Sent, Task, Told as OutcomeTold, days_between, reason_faults,
    task_faults,
};
pub use laboratory::{LabFinding, LabTold, LabVerdict, finding_faults};
pub use limits::{MAX_CASE_CHARS, MAX_CASE_ROWS, MAX_MEASURE};
pub use money::{PriceEvidence, Priced, SuspicionReport, suspicion};
pub use packet::{Form, Head, Packet, packet};
pub use storage::{Goods, Need, Room, Storage, need, storage};
