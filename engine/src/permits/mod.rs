//! Permits: the register, the match of a presented document against it, and what was taken from permits.
//!
//! In: register files; a [`PresentedPermit`]. Out: a [`PermitMatch`] with verdict, problems (each with the two values
//! that met) and candidates with the similarity of every field. Three values throughout: where the register cannot say,
//! the verdict is *unverifiable*. Not here: whether a document is due (listing evidence), points (profiles).

mod bursts;
mod candidates;
mod change;
#[cfg(test)]
mod checks;
mod compare;
mod document;
mod epermit;
mod error;
mod filter;
mod import;
mod issuer;
mod judge;
mod ledger;
mod life;
mod marks;
mod number;
mod part;
mod presented;
mod problem;
mod proposal;
mod register;
mod serials;
mod settle;
mod store;
mod taxon_names;

pub use bursts::{Burst, BurstKind, DayBurst, bursts};
pub use change::{Change, StatusChange};
pub use document::{Document, Endorsement, PermitKind, Position, Status};
pub use error::{LedgerError, RowFault};
pub use filter::{Score, Stated, evaluate, match_line, question_fields};
pub use issuer::{IssuerFound, IssuerStanding};
pub use judge::quantity::{TOLERANCE, allowance};
pub use ledger::{Balance, Claim, Ledger, MemoryLedger, PermitKey, UseState};
pub use marks::Mark;
pub use number::Relation;
pub use presented::PresentedPermit;
pub use problem::{IssuerAlert, MatchContext, Problem, ProblemCode, Taking, Verdict};
pub use proposal::{Proposal, ProposalCounts};
pub use register::{Candidate, PermitMatch, Register};
pub use serials::Apart;
pub use settle::{MAX_TRAVEL, NAMED, Spent, settle};
