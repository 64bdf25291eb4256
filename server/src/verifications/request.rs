//! A request as it stands: asked, reminded, acknowledged, answered, taken to the Secretariat.
//!
//! In: what happens to it. Out: the next state, or why it cannot be. A month is one of the calendar: asked on 31 January it is due on the
//! last day of February (Resolution Conf. 11.3 on answers to the Secretariat; here between Parties).

use jiff::ToSpan;
use palisander_engine::{CountryCode, Date};
use serde::{Deserialize, Serialize};

use super::language::Language;
use crate::words::words;

/// Months within which an authority answers, or says when it will.
const MONTHS: i32 = 1;
/// Months after which it gives its reasons.
const MONTHS_OF_REASONS: i32 = 6;

words! {
    /// How far it has come.
    State {
        Asked = "asked",
        Acknowledged = "acknowledged",
        Answered = "answered",
        /// The Secretariat was asked, too.
        WithSecretariat = "with_secretariat",
    }
}

words! {
    /// What the authority says.
    Answer {
        Confirmed = "confirmed",
        NotIssued = "not_issued",
        /// It was issued, and something on it was changed.
        Altered = "altered",
        Cancelled = "cancelled",
        NoRecord = "no_record",
        /// It does not answer. That is never a yes.
        NoAnswer = "no_answer",
    }
}

impl Answer {
    /// Does it say that the paper is good?
    pub fn is_yes(self) -> bool {
        self == Self::Confirmed
    }

    /// What the register is to say of the paper; nothing where the answer does not tell.
    pub fn status(self) -> Option<&'static str> {
        match self {
            Self::NotIssued | Self::Altered => Some("reported_false"),
            Self::Cancelled => Some("cancelled"),
            // Who has no record may have been asked for another's.
            Self::Confirmed | Self::NoRecord | Self::NoAnswer => None,
        }
    }
}

/// A paper as it was declared, and what was found of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    pub kind: String,
    /// As it is printed.
    pub number: String,
    /// Who is said to have issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// What stands on it by its boxes, in words: `box 4: Example Hardwoods`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<String>,
    /// Goods that it is to cover, in words.
    pub goods: Vec<String>,
    /// What does not agree, in words: never where the knowledge comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
}

/// A request as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    pub id: String,
    /// Outward id of the assessment.
    pub bill: String,
    pub consignment: String,
    pub paper: Paper,
    /// Country whose authority is asked.
    pub country: CountryCode,
    pub authority: String,
    pub language: Language,
    pub state: State,
    pub asked_on: Date,
    pub asked_by: String,
    /// It answers by then, or says when it will.
    pub due_on: Date,
    /// Days on which it was reminded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reminded_on: Vec<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_on: Option<Date>,
    /// Who put the answer on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<String>,
    /// Boxes of the paper that were changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<String>,
    /// What else it says, or why the Secretariat is asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The change of the register that follows; another person signs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register_change: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_secretariat_on: Option<Date>,
}

/// What is told of a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum Asked {
    /// It was reminded today.
    Reminded,
    /// It will answer by another day.
    Acknowledged { until: Date },
    /// It answered, or does not.
    Answered {
        answer: Answer,
        #[serde(default)]
        boxes: Vec<String>,
        #[serde(default)]
        note: String,
    },
    /// The Secretariat is asked: nothing came of it, or the answer is suspicious.
    Secretariat { why: String },
}

/// The day by which a request of that day is due.
pub fn due_after(day: Date) -> Date {
    day.checked_add(MONTHS.months()).unwrap_or(day)
}

/// Reminders that are kept.
const MAX_REMINDERS: usize = 30;
/// Boxes that are named at most.
const MAX_BOXES: usize = 30;

/// Who is written to, and in which language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    pub country: CountryCode,
    pub authority: String,
    pub language: Language,
}

impl Verification {
    /// One that is asked today. `of`: outward id of the assessment and bill of lading.
    pub fn asked(id: String, of: (String, String), paper: Paper, to: Addressee, by: &str, today: Date) -> Self {
        let ((bill, consignment), Addressee { country, authority, language }) = (of, to);
        Self {
            id,
            bill,
            consignment,
            paper,
            country,
            authority,
            language,
            state: State::Asked,
            asked_on: today,
            asked_by: by.to_owned(),
            due_on: due_after(today),
            reminded_on: Vec::new(),
            answer: None,
            answered_on: None,
            answered_by: None,
            boxes: Vec::new(),
            note: String::new(),
            register_change: None,
            with_secretariat_on: None,
        }
    }

    /// Has it been too long?
    pub fn is_late(&self, today: Date) -> bool {
        matches!(self.state, State::Asked | State::Acknowledged) && today > self.due_on
    }

    /// Has it been so long that reasons are due?
    pub fn owes_reasons(&self, today: Date) -> bool {
        let last = self.reasons_on();
        self.answer.is_none_or(|answer| answer == Answer::NoAnswer) && today > last
    }

    /// The day after which reasons are due.
    fn reasons_on(&self) -> Date {
        self.asked_on.checked_add(MONTHS_OF_REASONS.months()).unwrap_or(self.asked_on)
    }

    /// Is the paper good, as far as its issuer says? Only a yes is one.
    pub fn is_confirmed(&self) -> bool {
        self.answer.is_some_and(Answer::is_yes)
    }

    /// What happened today; everything for which that cannot be.
    pub fn take(&mut self, asked: Asked, by: &str, today: Date) -> Result<(), Vec<String>> {
        let is_open = matches!(self.state, State::Asked | State::Acknowledged);
        let mut faults = Vec::new();
        match asked {
            Asked::Reminded if !self.is_late(today) => {
                faults.push(format!("it is due on {}; remind it after that day", self.due_on))
            }
            Asked::Reminded if self.reminded_on.len() >= MAX_REMINDERS || self.reminded_on.contains(&today) => {
                faults.push(format!("it was reminded today, or MAX_REMINDERS ({MAX_REMINDERS}) times"));
            }
            Asked::Reminded => self.reminded_on.push(today),
            Asked::Acknowledged { .. } if !is_open => {
                faults.push("it was answered, or is with the Secretariat".to_owned())
            }
            Asked::Acknowledged { until } if until <= today || until > self.reasons_on() => {
                faults.push(format!("`until` is a day to come, up to {}", self.reasons_on()));
            }
            Asked::Acknowledged { until } => {
                self.state = State::Acknowledged;
                self.due_on = until;
            }
            Asked::Answered { answer, boxes, note } => {
                let is_told = self.answer.is_some_and(|own| own != Answer::NoAnswer);
                if is_told && (self.answered_by.as_deref() == Some(by) || note.trim().is_empty()) {
                    faults.push(
                        "another answer is put on record by another person, with a `note` that says why".to_owned(),
                    );
                }
                if answer == Answer::NoAnswer && !self.is_late(today) {
                    faults.push(format!(
                        "it is due on {}; before that nobody can say that there is no answer",
                        self.due_on
                    ));
                }
                if (answer == Answer::Altered) == boxes.is_empty() {
                    faults.push("`boxes` names what was altered, and nothing of another answer".to_owned());
                }
                if boxes.len() > MAX_BOXES
                    || boxes.iter().any(|text| text.trim().is_empty() || text.chars().count() > 100)
                {
                    faults.push(format!("`boxes` are up to MAX_BOXES ({MAX_BOXES}) short texts"));
                }
                if faults.is_empty() {
                    (self.state, self.answer, self.answered_on) = (State::Answered, Some(answer), Some(today));
                    (self.boxes, self.note) = (boxes, note.trim().to_owned());
                    self.answered_by = Some(by.to_owned());
                }
            }
            Asked::Secretariat { why } => {
                if is_open && !self.is_late(today) {
                    faults.push(format!("its issuer is asked first; it is due on {}", self.due_on));
                }
                if self.state == State::WithSecretariat {
                    faults.push("the Secretariat was asked".to_owned());
                }
                if why.trim().is_empty() {
                    faults.push("`why` says what is unresolved or suspicious".to_owned());
                }
                if faults.is_empty() {
                    (self.state, self.with_secretariat_on) = (State::WithSecretariat, Some(today));
                    self.note = why.trim().to_owned();
                }
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn asked(on: &str) -> Verification {
        let paper = Paper {
            kind: "permit".to_owned(),
            number: "MG-1".to_owned(),
            issuer: None,
            boxes: Vec::new(),
            goods: Vec::new(),
            doubts: Vec::new(),
        };
        let to =
            Addressee { country: "MG".parse().unwrap(), authority: "Ministry".to_owned(), language: Language::French };
        Verification::asked("v_1".to_owned(), ("a_1".to_owned(), "B1".to_owned()), paper, to, "r", day(on))
    }

    /// K01: a month of the calendar, at its ends.
    #[test]
    fn k01_a_month_after_the_last_of_january_is_the_last_of_february() {
        for (from, due) in [
            ("2026-01-31", "2026-02-28"),
            ("2028-01-31", "2028-02-29"),
            ("2026-03-31", "2026-04-30"),
            ("2026-11-30", "2026-12-30"),
            ("2026-12-31", "2027-01-31"),
        ] {
            assert_eq!(due_after(day(from)), day(due), "{from}");
        }
        let mut own = asked("2026-01-31");
        assert!(!own.is_late(day("2026-02-28")) && own.is_late(day("2026-03-01")));
        // Whoever acknowledges says when: that is the day then.
        own.take(Asked::Acknowledged { until: day("2026-04-15") }, "r", day("2026-02-20")).unwrap();
        assert!(!own.is_late(day("2026-04-15")) && own.is_late(day("2026-04-16")));
    }

    /// K02: after six months reasons are due.
    #[test]
    fn k02_after_six_months_reasons_are_due() {
        let own = asked("2026-08-31");
        assert!(!own.owes_reasons(day("2027-02-28")) && own.owes_reasons(day("2027-03-01")));
    }

    /// K04: the issuer first, then the Secretariat.
    #[test]
    fn k04_the_secretariat_is_asked_after_the_issuer() {
        let mut own = asked("2026-11-01");
        let why = || Asked::Secretariat { why: "no answer".to_owned() };
        assert!(own.take(why(), "r", day("2026-11-20")).is_err());
        assert!(own.take(Asked::Secretariat { why: " ".to_owned() }, "r", day("2026-12-02")).is_err());
        own.take(why(), "r", day("2026-12-02")).unwrap();
        assert!(own.take(why(), "r", day("2026-12-03")).is_err());
        // An answer that is suspicious is enough, too.
        let mut own = asked("2026-11-01");
        own.take(
            Asked::Answered { answer: Answer::Confirmed, boxes: Vec::new(), note: String::new() },
            "r",
            day("2026-11-02"),
        )
        .unwrap();
        own.take(Asked::Secretariat { why: "its stamp is another".to_owned() }, "r", day("2026-11-03")).unwrap();
    }

    #[test]
    fn no_answer_is_never_a_yes() {
        let answered = |answer, boxes: &[&str]| Asked::Answered {
            answer,
            boxes: boxes.iter().map(|text| (*text).to_owned()).collect(),
            note: String::new(),
        };
        let mut own = asked("2026-11-01");
        assert!(own.take(answered(Answer::NoAnswer, &[]), "r", day("2026-11-20")).is_err(), "it may still come");
        own.take(answered(Answer::NoAnswer, &[]), "r", day("2026-12-02")).unwrap();
        assert!(!own.is_confirmed() && Answer::NoAnswer.status().is_none());
        assert!(own.take(answered(Answer::Altered, &[]), "r", day("2026-12-02")).is_err());
        assert!(own.take(answered(Answer::Confirmed, &["9"]), "r", day("2026-12-02")).is_err());
        // It may come late; what was answered is changed by another person alone, who says why.
        own.take(answered(Answer::Altered, &["9 quantity"]), "r", day("2026-12-20")).unwrap();
        for by in ["r", "s"] {
            assert!(own.take(answered(Answer::Confirmed, &[]), by, day("2026-12-21")).is_err(), "{by}");
        }
        assert_eq!((own.is_confirmed(), own.answer.and_then(Answer::status)), (false, Some("reported_false")));
        assert!(Answer::ALL.iter().filter(|answer| answer.is_yes()).count() == 1);
        assert!(own.take(Asked::Reminded, "r", day("2026-12-21")).is_err());
    }
}
