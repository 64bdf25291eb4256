//! Reports: named questions over what is on record, for a period, the same whoever asks again.
//!
//! In: cases, a definition, a year. Out: rows with their titles, what is late, and how good the data are. A definition is a file:
//! an office adds one without a program. Beside rows of cases there are questions, which the log or a form answers, and tables over
//! many records. Not here: who may ask (`service`), what cases are (`cases`).

mod answer;
mod definition;
mod fields;
mod interval;
mod made;
mod methods;
mod questions;
mod suppressed;
mod tables;
mod tally;
mod written;

pub use answer::{MAX_ANSWER_CHARS, ReportAnswer};
pub use definition::{Definition, Mark, names, shipped};
pub use fields::Field;
pub use made::{Made, Quality, made};
pub use methods::{METHODS, methods};
pub use questions::{Asks, Questions, ReportQuestion, answered, asking, questions};
pub use suppressed::{LEAST, suppressed};
pub use tables::{
    COOPERATION, FINDINGS, FindingTold, Offered, SANCTIONS, TRENDS, cooperation, findings, sanctions, trends,
};
pub use tally::{Examination, Heard, OnRecord, Request, Tally};
pub use written::{Shape, written};
