//! Honest figures of a ranking of consignments.
//!
//! In: answers as they are written, and the truth of a simulated world, or a selection and results from operations. Out: recall,
//! precision and lift with intervals, by method, beside baselines; what the random draw says of what was missed; changes of the
//! hit rate; statistics of profiles that name no consignment; a report. It reads files and knows nothing of the engine: who
//! measures does not ask whom he measures.

mod answers;
mod baseline;
mod bootstrap;
mod drift;
mod hash;
mod interval;
mod learner;
mod missed;
mod overrides;
mod ranking;
mod report;
mod results;
mod selection;
mod statistics;
mod table;

pub use answers::{Answer, Goods, Hit, Party, ReadError, Told, Truth, lines};
pub use baseline::{BaselineError, Baselines};
pub use bootstrap::{Bootstrap, Span};
pub use drift::{Change, change, shift};
pub use hash::commitment;
pub use interval::{LEVEL, Share};
pub use learner::{Field, Learner, Question, Sample, Tree};
pub use missed::{Missed, Refusal, missed};
pub use overrides::{ALARM, Decided, Finding, HOURS, Pattern, patterns};
pub use ranking::{ANSWERS, Figure, OPENED_PERCENT, Ranking, n_of};
pub use report::{Found, Lanes, Method, Report, Told as ResultsTold, curves};
pub use results::{Final, Results, Source};
pub use selection::{Arm, Candidate, Left, Opened, Selection, Stratum, select};
pub use statistics::{Counting, Exchange, LEAST};
pub use table::{Row, Scored, Table};
