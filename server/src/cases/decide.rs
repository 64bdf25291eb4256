//! What has to be decided in each case, so that nobody can say that he did not think of it.
//!
//! Three things are forgotten (CITES CoP17 Doc. 25, Annex 3, paragraph 10): to ask for a Wildlife Incident Support Team, to follow
//! the money, and what is to become of the goods. Here a case has a decision on each with who, when and why.

use palisander_engine::Date;
use serde::{Deserialize, Serialize};

use super::limits::Shape;
use crate::words::words;

words! {
    /// What is decided.
    About {
        /// Is a Wildlife Incident Support Team asked for?
        Wist = "wist",
        /// Is the money followed?
        MoneyTrail = "money_trail",
        /// What becomes of the goods (Resolution Conf. 17.8).
        Disposal = "disposal",
    }
}

words! {
    /// How.
    Choice {
        Requested = "requested",
        Followed = "followed",
        Declined = "declined",
        ReturnedToOrigin = "returned_to_origin",
        Science = "science",
        Education = "education",
        Enforcement = "enforcement",
        Identification = "identification",
        Stored = "stored",
        Sold = "sold",
        Destroyed = "destroyed",
    }
}

impl About {
    /// What may be chosen.
    pub fn choices(self) -> &'static [Choice] {
        match self {
            Self::Wist => &[Choice::Requested, Choice::Declined],
            Self::MoneyTrail => &[Choice::Followed, Choice::Declined],
            Self::Disposal => &[
                Choice::ReturnedToOrigin,
                Choice::Science,
                Choice::Education,
                Choice::Enforcement,
                Choice::Identification,
                Choice::Stored,
                Choice::Sold,
                Choice::Destroyed,
            ],
        }
    }
}

/// A decision; a later one about the same takes its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    pub about: About,
    pub choice: Choice,
    pub reason: String,
    pub by: String,
    pub on: Date,
}

/// Everything that does not fit. `is_appendix_one`: some of the goods are listed in Appendix I.
pub fn faults(about: About, choice: Choice, reason: &str, is_appendix_one: bool) -> Vec<String> {
    let mut shape = Shape::default();
    shape.text("reason", reason);
    let choices = about.choices();
    if !choices.contains(&choice) {
        let words: Vec<&str> = choices.iter().map(|choice| choice.as_str()).collect();
        shape.say(&format!("`{about}` is decided as one of {}", words.join(", ")));
    }
    if choice == Choice::Sold && is_appendix_one {
        shape.say("what is in Appendix I is never sold (Resolution Conf. 17.8)");
    }
    shape.faults
}
