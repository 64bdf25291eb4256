//! Which customs procedure is asked for, and whether the goods only pass.

use crate::manifest::{Consignment, Procedure};

/// Procedure of the consignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcedureEvidence {
    /// As declared; `None` = not stated.
    pub procedure: Option<Procedure>,
    /// Under customs control to somewhere else, or not for free circulation.
    pub passes_through: bool,
}

/// Reads the declared procedure.
pub fn gather(consignment: &Consignment) -> ProcedureEvidence {
    let passes_through = matches!(
        consignment.procedure,
        Some(
            Procedure::Transit
                | Procedure::Transhipment
                | Procedure::TemporaryAdmission
                | Procedure::Warehouse
                | Procedure::FreeZone
        )
    );
    ProcedureEvidence { procedure: consignment.procedure, passes_through }
}
