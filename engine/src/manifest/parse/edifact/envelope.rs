//! The envelope of an interchange (`UNB`): who sent it, when, and what its end (`UNZ`) must repeat.

use super::super::super::types::Moment;

/// What `UNB` says.
#[derive(Debug, Default, Clone)]
pub(super) struct Envelope {
    pub sender: Option<String>,
    pub sent_at: Option<Moment>,
    pub reference: Option<String>,
    pub n_messages: u64,
    pub open: bool,
}
