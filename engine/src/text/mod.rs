//! Text tools without domain knowledge: folding, tokens, similarity.
//!
//! In: text as declared, in any script. Out: a folded form with the way back to the original bytes, its tokens, and
//! how near two words are, where many phrases stand. Not here: names, contexts, parties (they build on this).

mod fold;
mod keys;
mod letters;
pub mod lines;
mod phrases;
mod saying;
mod settle;
mod similarity;
mod tokens;
mod traces;

pub(crate) use fold::fold_into;
pub use fold::{Folded, fold};
pub use keys::{joined, light_key, loose_key, plain_key};
pub(crate) use letters::without_invisible;
pub use letters::{Script, script_of};
pub(crate) use phrases::{Hit, Phrase, Phrases, longest};
pub(crate) use saying::{Saying, says};
pub(crate) use similarity::damage_of_letters;
pub use similarity::{damage, skeleton, within};
pub use tokens::{Gap, Token};
pub(crate) use traces::Traces;
