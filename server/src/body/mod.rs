//! Takes the body of a request under limits, and unpacks it.
//!
//! In: a body as it comes. Out: its bytes, with the share of memory that they hold. A body over [`MAX_BODY_BYTES`] is
//! refused by what it says of itself, or where it passes the limit; one that comes too slowly is left; and when the bodies
//! of all requests fill their memory, the one that grows is told to come back. `gzip` and `zstd` are unpacked under the
//! same limits. Not here: what the bytes mean.

mod receive;
mod unpack;

pub use receive::receive;

use crate::admission::Share;

/// The bytes of a body.
#[derive(Debug, Default)]
pub struct Received {
    /// As they are after unpacking.
    pub bytes: Vec<u8>,
    /// What they hold of the memory for bodies.
    pub share: Share,
}
