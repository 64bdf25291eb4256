//! Text tools without domain knowledge: folding, tokens, similarity.
//!
//! In: text as declared, in any script. Out: a folded form with the way back to the original bytes, its tokens, and
//! how near two words are. Not here: names, contexts, parties (they build on this).

mod fold;
mod letters;
pub mod lines;
mod settle;
mod similarity;
mod tokens;

pub use fold::fold_key;
pub use fold::{Folded, fold, light_key};
pub(crate) use fold::{HARD_BREAK, fold_into};
pub use letters::{Script, script_of};
pub(crate) use similarity::damage_of_letters;
pub use similarity::{damage, skeleton, within};
pub use tokens::{Gap, Token};
