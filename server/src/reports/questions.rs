//! Reports that ask: what the log can count is filled in, what it cannot is answered by form, and what nobody here can know is said so.
//!
//! In: a file of questions, what is on record, answers by form, a year. Out: a row for each question with where its answer comes from. An
//! expert's answer has its author and day; a number has the query that opens the rows behind it.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::answer::{MAX_ANSWER_CHARS, ReportAnswer};
use super::definition::Mark;
use super::made::{Made, Quality};
use super::tally::{OnRecord, Tally};
use crate::words::words;

/// Reports of questions that are shipped, by name.
const SHIPPED: &[(&str, &str)] = &[
    ("implementation", include_str!("../../reports/implementation.toml")),
    ("iccwc-indicators", include_str!("../../reports/iccwc-indicators.toml")),
    ("toolkit", include_str!("../../reports/toolkit.toml")),
    ("enforcement", include_str!("../../reports/enforcement.toml")),
    ("awareness", include_str!("../../reports/awareness.toml")),
];

/// Questions of one report.
const MAX_QUESTIONS: usize = 500;
/// Characters of an id of a question.
const MAX_ID: usize = 60;

words! {
    /// How a question is answered.
    Asks {
        /// The log counts it.
        Data = "data",
        /// An expert rates it, 0 to 3.
        Expert = "expert",
        /// A document or a process is there or not.
        Document = "document",
        /// In words.
        Words = "words",
        /// Nothing on record tells it, and no form asks.
        Unknowable = "unknowable",
    }
}

/// One question of a report, and how it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportQuestion {
    pub id: String,
    pub section: String,
    pub text: String,
    pub asks: Asks,
    pub mark: Mark,
    /// What is counted, where the log counts.
    #[serde(default)]
    pub tally: Option<Tally>,
    /// Measures of plans that bear on it: `siamese-rosewood-dialogues/2`, from 1.
    #[serde(default)]
    pub measures: Vec<String>,
}

/// A report that asks instead of listing rows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    pub name: String,
    pub title: String,
    /// The document that asks for it.
    pub source: String,
    pub edition: String,
    /// How many the document has, where they are not all here.
    #[serde(default)]
    pub n_official: Option<usize>,
    pub questions: Vec<ReportQuestion>,
}

impl Questions {
    /// Reads a report of questions.
    pub fn read(text: &str) -> Result<Self, Vec<String>> {
        let read: Self = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut faults = Vec::new();
        if read.questions.is_empty() || read.questions.len() > MAX_QUESTIONS {
            faults.push(format!("a report asks 1 to MAX_QUESTIONS ({MAX_QUESTIONS}) questions"));
        }
        let mut seen = BTreeSet::new();
        for own in &read.questions {
            if own.id.is_empty() || own.id.len() > MAX_ID || !seen.insert(&own.id) {
                faults.push(format!("`{}` is no id of its own, of up to MAX_ID ({MAX_ID}) characters", own.id));
            }
            if (own.asks == Asks::Data) != own.tally.is_some() {
                faults.push(format!("`{}`: what the log answers has a `tally`, and nothing else has", own.id));
            }
        }
        if faults.is_empty() { Ok(read) } else { Err(faults) }
    }

    /// A question by its id.
    pub fn question(&self, id: &str) -> Option<&ReportQuestion> {
        self.questions.iter().find(|own| own.id == id)
    }
}

impl ReportQuestion {
    /// Why this is no answer to it; nothing when it is one.
    pub fn unfit(&self, answer: &str, note: &str) -> Vec<String> {
        let mut faults = Vec::new();
        match self.asks {
            Asks::Data => faults.push("the log answers it; nobody fills it in".to_owned()),
            Asks::Unknowable => faults.push("nobody here can know it; it stays open".to_owned()),
            Asks::Expert if !matches!(answer, "0" | "1" | "2" | "3") => {
                faults.push("an expert answers 0, 1, 2 or 3".to_owned());
            }
            Asks::Document if !matches!(answer, "present" | "absent") => {
                faults.push("it is `present` or `absent`".to_owned());
            }
            _ => {}
        }
        if answer.trim().is_empty() || [answer, note].iter().any(|text| text.chars().count() > MAX_ANSWER_CHARS) {
            faults.push(format!("an answer says something, in up to MAX_ANSWER_CHARS ({MAX_ANSWER_CHARS})"));
        }
        faults
    }
}

/// Names of the shipped reports of questions.
pub fn asking() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}

/// A shipped report of questions; `None` where there is none of that name.
pub fn questions(name: &str) -> Option<Questions> {
    let (_, text) = SHIPPED.iter().find(|(own, _)| *own == name)?;
    Questions::read(text).ok()
}

/// The report of a year.
pub fn answered(report: &Questions, record: &OnRecord, answers: &[ReportAnswer], year: i16) -> Made {
    let mut n_answered = 0;
    let row = |own: &ReportQuestion| {
        let form = answers.iter().find(|answer| answer.question == own.id);
        let by_form = || form.map_or_else(String::new, |answer| answer.answer.clone());
        let of =
            |tally: Tally| tally.of().and_then(|of| of.told(record, year)).map_or_else(String::new, |n| n.to_string());
        let (answer, of, from) = match (own.asks, own.tally) {
            (Asks::Data, Some(tally)) => {
                let told = tally.told(record, year);
                let opens = format!("/v1/reports/{}?year={year}&question={}", report.name, own.id);
                let answer =
                    told.map_or_else(|| "left out: so few that a case could be told".to_owned(), |n| n.to_string());
                (answer, of(tally), opens)
            }
            (Asks::Unknowable, _) | (Asks::Data, None) => {
                (String::new(), String::new(), "nothing on record tells it".to_owned())
            }
            _ => {
                let from = if form.is_some() { "by form" } else { "to be answered by form" };
                (by_form(), String::new(), from.to_owned())
            }
        };
        let signed = |of: fn(&ReportAnswer) -> String| {
            form.filter(|_| !matches!(own.asks, Asks::Data | Asks::Unknowable)).map(of).unwrap_or_default()
        };
        vec![
            own.section.clone(),
            own.id.clone(),
            own.text.clone(),
            own.asks.to_string(),
            answer,
            of,
            from,
            signed(|answer| answer.by.clone()),
            signed(|answer| answer.on.to_string()),
            own.measures.join("; "),
            own.mark.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = report.questions.iter().map(row).collect();
    let asked = report.questions.iter().zip(&rows).filter(|(own, _)| own.asks != Asks::Unknowable);
    let mut n_asked = 0;
    for (_, row) in asked {
        n_asked += 1;
        n_answered += usize::from(row.get(ANSWER).is_some_and(|text| !text.is_empty()));
    }
    let mut unconfirmed: Vec<String> =
        report.questions.iter().filter(|own| own.mark == Mark::Unconfirmed).map(|own| own.id.clone()).collect();
    let n_own = report.questions.iter().filter(|own| own.mark != Mark::Own).count();
    if let Some(official) = report.n_official.filter(|n| *n > n_own) {
        unconfirmed.push(format!(
            "{} of {official} questions of the document were not read and are not here",
            official - n_own
        ));
    }
    let share = if n_asked == 0 { 100.0 } else { 100.0 * n_answered as f64 / n_asked as f64 };
    Made {
        name: report.name.clone(),
        title: report.title.clone(),
        source: report.source.clone(),
        edition: report.edition.clone(),
        year,
        due_on: None,
        may_be_shared: None,
        titles: TITLES.iter().map(|title| (*title).to_owned()).collect(),
        unconfirmed,
        rows,
        late: Vec::new(),
        n_cases: Tally::Seizures.told(record, year),
        quality: Quality { score: (share * 10.0).round() / 10.0, gaps: Vec::new() },
    }
}

/// Where the answer stands among the columns.
const ANSWER: usize = 4;
const TITLES: [&str; 11] =
    ["Section", "Id", "Question", "Asks", "Answer", "Of", "From", "Answered by", "On", "Measures", "Mark"];

#[cfg(test)]
mod tests {
    use super::super::tally::tests::six;
    use super::*;
    use crate::plans;

    fn answer(question: &str, text: &str) -> ReportAnswer {
        ReportAnswer {
            report: "x".to_owned(),
            year: 2014,
            question: question.to_owned(),
            answer: text.to_owned(),
            note: String::new(),
            by: "r_1".to_owned(),
            on: "2015-02-01".parse().unwrap(),
        }
    }

    /// R02, R04: every shipped question is read; those of the log have a query, the others ask by form, and links lead to measures.
    #[test]
    fn r02_r04_every_answer_says_where_it_comes_from() {
        let plans: Vec<plans::Plan> = plans::built_in().iter().map(|(_, text)| plans::read(text).unwrap()).collect();
        for (name, text) in SHIPPED {
            let report = Questions::read(text).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
            assert_eq!(report.name, *name);
            let made = answered(&report, &six(), &[], 2014);
            for (own, row) in report.questions.iter().zip(&made.rows) {
                let opens = format!("/v1/reports/{name}?year=2014&question={}", own.id);
                match own.asks {
                    Asks::Data => assert_eq!((row[6].as_str(), row[4].is_empty()), (opens.as_str(), false)),
                    Asks::Unknowable => {
                        assert_eq!((row[6].as_str(), row[4].as_str()), ("nothing on record tells it", ""))
                    }
                    _ => assert_eq!((row[6].as_str(), row[4].as_str()), ("to be answered by form", "")),
                }
                // A number that is told is the rows behind it.
                if let (Some(tally), Ok(n)) = (own.tally, row[4].parse::<usize>()) {
                    assert_eq!(tally.rows(&six(), 2014).len(), n, "{}", own.id);
                }
                for link in &own.measures {
                    let (plan, n) = link.split_once('/').unwrap();
                    let plan = plans.iter().find(|own| own.id == plan).unwrap_or_else(|| panic!("{link}"));
                    assert!(plan.measures.get(n.parse::<usize>().unwrap() - 1).is_some(), "{link}");
                }
            }
            assert_eq!(made, answered(&report, &six(), &[], 2014), "{name}: made again it is the same");
        }
        let linked = questions("toolkit").unwrap().questions.iter().filter(|own| !own.measures.is_empty()).count();
        assert!(linked >= 4, "{linked}");
    }

    /// R03: under eight outcomes in three types; expert answers come by form alone, with author and day; what was not read is told.
    #[test]
    fn r03_indicators_are_of_three_types_and_expert_answers_are_signed() {
        let report = questions("iccwc-indicators").unwrap();
        let outcomes: BTreeSet<&str> = report.questions.iter().map(|own| own.section.as_str()).collect();
        assert_eq!(outcomes.len(), 8);
        for asks in [Asks::Data, Asks::Expert, Asks::Document] {
            assert!(report.questions.iter().any(|own| own.asks == asks), "{asks}");
        }
        let expert = report.questions.iter().find(|own| own.asks == Asks::Expert).unwrap();
        let made = answered(&report, &six(), &[answer(&expert.id, "2")], 2014);
        let row = made.rows.iter().find(|row| row[1] == expert.id).unwrap();
        assert_eq!(row[4..9], ["2", "", "by form", "r_1", "2015-02-01"]);
        assert!(made.unconfirmed.iter().any(|text| text.contains("of 50")), "{:?}", made.unconfirmed);
        for (text, fits) in [("0", true), ("3", true), ("4", false), ("", false), ("-1", false), ("two", false)] {
            assert_eq!(expert.unfit(text, "").is_empty(), fits, "{text}");
        }
        let data = report.questions.iter().find(|own| own.asks == Asks::Data).unwrap();
        assert!(!data.unfit("5", "").is_empty(), "nobody fills in what the log counts");
        // An answer to what the log counts is not printed, even if one were on record.
        let forged = answered(&report, &six(), &[answer(&data.id, "999")], 2014);
        assert_eq!(forged.rows, answered(&report, &six(), &[], 2014).rows);
        let document = report.questions.iter().find(|own| own.asks == Asks::Document).unwrap();
        assert!(document.unfit("present", "").is_empty() && !document.unfit("perhaps", "").is_empty());
    }

    /// R05: the report of one period, whole.
    #[test]
    fn r05_the_enforcement_report_of_a_period_is_as_it_was() {
        let made = answered(&questions("enforcement").unwrap(), &six(), &[answer("challenges", "storage")], 2014);
        let text = String::from_utf8(super::super::written::written(&made, super::super::written::Shape::Csv).unwrap())
            .unwrap();
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/enforcement-2014.csv");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(text, std::fs::read_to_string(&path).unwrap());
    }

    /// R09: of awareness only what is on record, and of the rest that nobody here can know it.
    #[test]
    fn r09_of_awareness_only_what_is_on_record_is_printed() {
        let made = answered(&questions("awareness").unwrap(), &six(), &[answer("demand", "it fell by half")], 2014);
        let row = |id: &str| made.rows.iter().find(|row| row[1] == id).unwrap();
        assert_eq!(row("demand")[4..7], ["", "", "nothing on record tells it"]);
        // How much was told, of whatever label, is for those who may know all.
        assert_ne!(row("tips")[4], "0");
        let all = OnRecord { heard: Some(Vec::new()), ..six() };
        let known = answered(&questions("awareness").unwrap(), &all, &[], 2014);
        assert_eq!(known.rows.iter().find(|row| row[1] == "tips").unwrap()[4], "0");
        assert!(!made.rows.iter().flatten().any(|cell| cell.contains("half")));
    }

    #[test]
    fn what_is_wrong_with_questions_is_told() {
        let text = SHIPPED[0].1;
        let twice = text.replacen("asks = \"data\"", "asks = \"expert\"", 1);
        assert!(Questions::read(&twice).unwrap_err()[0].contains("tally"));
        assert!(Questions::read(&text.replacen("id =", "colour =", 1)).is_err());
        assert!(
            Questions::read("name = \"x\"\ntitle = \"x\"\nsource = \"x\"\nedition = \"x\"\nquestions = []\n").is_err()
        );
    }
}
