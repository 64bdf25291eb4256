//! Verification of papers: the authority that is said to have issued one is asked, reminded, and its answer counts.
//!
//! In: a paper as an answer shows it, and to whom it is addressed. Out: a [`Verification`] as it stands, and a letter in a language of the
//! Convention. The issuing authority is asked first, the Secretariat only when that leads nowhere or the answer is suspicious
//! (Articles VI and IX of the Convention; CITES CoP17 Doc. 25, Annex 2). No answer is never a yes. Not here: who asks (`service`), what an
//! answer changes in the register.

mod inquiry;
mod language;
mod letter;
mod request;

pub use inquiry::{BoxSaid, Inquiry, IssuerSaid, PaperSeen, PaperUse};
pub use language::Language;
pub use letter::letter;
pub use request::{Addressee, Answer, Asked, Paper, State, Verification, due_after};
