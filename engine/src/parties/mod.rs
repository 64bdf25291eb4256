//! Names and addresses of firms, people and ships: how like two of them are, and by which keys they are found.
//!
//! In: names as written, in any script. Out: a [`PartyName`] in comparable form, its likeness to another, 0 to 1; keys of
//! look-up; the likeness of two addresses. Not here: who is on a list (`alerts`), whose permit it is (`permits`).

mod address;
mod align;
mod chinese;
mod edits;
mod forms;
mod keys;
mod legal_forms;
mod letters;
mod name;
mod numerals;
mod party_words;
mod piece;
mod sounds;
mod spelled;
mod spoken;
mod syllables;
mod word_like;

pub use address::{address_key, address_similarity};
pub use align::{have_other_forms, name_similarity, similarity};
pub use chinese::is_syllabic;
pub use forms::{FormRow, derive as derive_forms};
pub use keys::{broad_keys, has_initials, keyed_weights, sound_keys};
pub use name::{PartyName, SAME_PARTY, Shape, WordCounts, ceiling};
pub use spoken::spoken;
