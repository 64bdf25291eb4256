//! Manifests that come as files: a gateway puts them into one folder, and finds the answers in another.
//!
//! In: two folders, a reader of the service, its state. Out: for each file the answers as that reader may know them, what was
//! not read of it, and the file itself, moved out of the way; in the state the same entries as over HTTP, so that the queue
//! shows its bills. A file is taken by moving it where nobody else writes; its answers are on the disk before the record that
//! makes them count is written; and they get their names after it. Killed at any of these steps, the next start ends what was
//! begun: each file is answered once. Not here: arguments and signals (`cli/watch.rs`), how a body is judged (`prepared.rs`).

mod desk;
mod folders;
mod names;
mod rejects;

pub use desk::{Desk, NotTaken, Outcome};
pub use folders::{Claim, Folders, Look};
