//! Knows the wood in any words, and stays silent on everything else.
//!
//! In: goods text in any script, the declared name, HS code and origin. Out: a [`Resolution`]: what is named, where, how,
//! how sure, what else it could be; and what sounded like a name and was set aside, with the reason.
//! Not here: listings, permits, points. Tables: `datasets/taxa`, `datasets/trade-names`, `datasets/contexts`,
//! `datasets/ordinary-words`.

mod answer;
mod candidates;
#[cfg(test)]
mod checks;
mod conclude;
mod context;
mod endings;
mod exact;
mod gloss;
mod index;
mod kinds;
mod latin;
mod line;
mod memo;
mod quantity;
mod repair;
mod rivals;
mod scientific;
mod scratch;
mod shapes;
mod tongues;

pub use answer::{Excluded, Field, Mention, Method, NameQuery, Resolution, Verdict};
pub use index::NameIndex;
pub(crate) use line::Question;
pub use line::resolve_line;
