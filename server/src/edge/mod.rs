//! Between the network and the router: connections, their pace, and who may ask.
//!
//! A connection costs a place, and a place is held only by who sends or reads. Nothing here knows what is asked.

mod accept;
mod crowd;
mod doors;
mod pace;
mod tls;

pub use accept::serve;
pub use crowd::{Crowd, Member};
pub use doors::checked;
pub use tls::Tls;
