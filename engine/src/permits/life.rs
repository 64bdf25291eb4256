//! The life of a permit: which status may follow which.
//!
//! In: two statuses. Out: whether the second may follow the first. What is spent, ended or false does not come to life again:
//! an entry that is wrong is put right by another register, or by a permit of another number.
//! Source: Resolution Conf. 12.3 (Rev.), sections on cancelled, lost and stolen documents; CITES CoP17 Doc. 25 para. 16.

use super::document::Status;

impl Status {
    /// All of them, from the first to the last.
    pub const ALL: [Self; 8] = [
        Self::Issued,
        Self::Endorsed,
        Self::Presented,
        Self::Used,
        Self::Exhausted,
        Self::Cancelled,
        Self::LostOrStolen,
        Self::ReportedFalse,
    ];

    /// May a permit that stands here stand there next?
    pub fn may_become(self, next: Self) -> bool {
        match self {
            // On its way: forward, or ended on the way.
            Self::Issued | Self::Endorsed | Self::Presented => next > self,
            // What was used at a border is not cancelled any more; it may turn out to be spent, stolen or false.
            Self::Used => matches!(next, Self::Exhausted | Self::LostOrStolen | Self::ReportedFalse),
            Self::Exhausted => next == Self::ReportedFalse,
            // A paper that is gone may be cancelled by its issuer; neither comes back.
            Self::LostOrStolen => matches!(next, Self::Cancelled | Self::ReportedFalse),
            Self::Cancelled => matches!(next, Self::LostOrStolen | Self::ReportedFalse),
            Self::ReportedFalse => false,
        }
    }
}
