//! The questions that a new profile answers, in plain words.
//!
//! In: what was given by options, and a terminal. Out: [`Answers`]. Not here: what the engine reads in them.

use std::io::{BufRead, Write};

use clap::Args;

/// What an officer knows of the risk.
#[derive(Args, Clone, Default, Debug, PartialEq, Eq)]
pub struct Answers {
    /// What wood: a species, a genus or a trade name; again for each
    #[arg(long, value_name = "WOOD")]
    pub wood: Vec<String>,
    /// From where: a country by code or name; again for each
    #[arg(long, value_name = "COUNTRY")]
    pub from: Vec<String>,
    /// Under what cover: the goods that it is hidden under or declared as; again for each
    #[arg(long, value_name = "GOODS")]
    pub cover: Vec<String>,
    /// What is honest: a paper that covers it, or what honest trade looks like; again for each
    #[arg(long, value_name = "WORDS")]
    pub honest: Vec<String>,
    /// Who answers for the profile
    #[arg(long, value_name = "WHO")]
    pub owner: Vec<String>,
    /// Law or notice behind it, as `palisander data` cites it; again for each
    #[arg(long, value_name = "CITATION")]
    pub source: Vec<String>,
}

/// Characters of one answer that are read.
const MAX_ANSWER_CHARS: usize = 2_000;
/// How often a question is asked.
const MAX_ASKED: usize = 3;
/// The instrument on compliance and enforcement, behind what has no nearer one.
const USUAL_SOURCE: &str = "CITES Res. Conf. 11.3";

/// When a question must be answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needed {
    Always,
    /// Not where example bills show it.
    WithoutExamples,
    /// It may stay open, and is not asked where example bills show it.
    Shown,
    /// It may stay open.
    Never,
}

/// One question: the option that answers it, how it is asked, and whether it must be answered.
type Question = (&'static str, &'static str, Needed, fn(&mut Answers) -> &mut Vec<String>);

const QUESTIONS: &[Question] = &[
    ("--wood", "What wood is it? A species, a genus or a trade name", Needed::WithoutExamples, |answers| {
        &mut answers.wood
    }),
    ("--from", "From where? Countries, by code or name", Needed::WithoutExamples, |answers| &mut answers.from),
    ("--cover", "Under what goods is it hidden? Nothing, if under none", Needed::Shown, |answers| &mut answers.cover),
    ("--honest", "What is honest? A paper, or what honest trade looks like", Needed::Always, |answers| {
        &mut answers.honest
    }),
    ("--owner", "Who answers for this profile?", Needed::Always, |answers| &mut answers.owner),
    ("--source", "Which law or notice is behind it? Nothing, if Res. Conf. 11.3", Needed::Never, |answers| {
        &mut answers.source
    }),
];

impl Answers {
    /// Asks at a terminal what was not given, nor is shown by example bills; several answers are parted by commas. What has to be
    /// answered and is not, and what `amiss` finds wrong with the answers to one question, is told at once and asked again.
    pub fn ask(
        &mut self,
        by_example: bool,
        input: &mut impl BufRead,
        output: &mut impl Write,
        amiss: &dyn Fn(&Self) -> Vec<String>,
    ) -> std::io::Result<()> {
        for (option, question, needed, field) in QUESTIONS {
            let is_shown = by_example && matches!(needed, Needed::WithoutExamples | Needed::Shown);
            if is_shown || !field(self).is_empty() {
                continue;
            }
            for _ in 0..MAX_ASKED {
                write!(output, "{question}: ")?;
                output.flush()?;
                let mut line = String::new();
                let n = std::io::Read::take(&mut *input, MAX_ANSWER_CHARS as u64).read_line(&mut line)?;
                let parts = line.split(',').map(str::trim).filter(|part| !part.is_empty());
                let mut only = Self::default();
                field(&mut only).extend(parts.map(str::to_owned));
                let has_to_be = matches!(needed, Needed::Always | Needed::WithoutExamples);
                let wrong = match field(&mut only).is_empty() {
                    true if has_to_be => vec!["this has to be answered".to_owned()],
                    true => Vec::new(),
                    false => amiss(&only),
                };
                if wrong.is_empty() || n == 0 {
                    field(self).append(field(&mut only));
                    break;
                }
                for why in wrong {
                    writeln!(
                        output,
                        "  {}",
                        why.strip_prefix(option).map_or(&*why, |why| why.trim_start_matches(": "))
                    )?;
                }
            }
        }
        Ok(())
    }

    /// Makes each answer one line: it stands in comments and titles.
    pub fn tidy(&mut self) {
        for (_, _, _, field) in QUESTIONS {
            for answer in field(self) {
                let words: String =
                    answer.chars().take(MAX_ANSWER_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
                *answer = words.trim().to_owned();
            }
            field(self).retain(|answer| !answer.is_empty());
        }
    }

    /// Every question that must be answered and is not.
    pub fn missing(&mut self, by_example: bool) -> Vec<String> {
        let mut missing = Vec::new();
        for (option, question, needed, field) in QUESTIONS {
            let is_needed = *needed == Needed::Always || *needed == Needed::WithoutExamples && !by_example;
            if is_needed && field(self).is_empty() {
                missing.push(format!("{option} is not given: {question}"));
            }
        }
        missing
    }

    /// Instruments behind the profile.
    pub fn sources(&self) -> Vec<String> {
        if self.source.is_empty() { vec![USUAL_SOURCE.to_owned()] } else { self.source.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_given_is_asked() {
        let mut answers = Answers { wood: vec!["ebony".to_owned()], ..Answers::default() };
        assert_eq!(answers.missing(false).len(), 3);
        let mut output = Vec::new();
        let mut input = "Gabon, Cameroon\n\na CITES permit\nOffice\n\n".as_bytes();
        let nothing = |_: &Answers| Vec::new();
        answers.ask(false, &mut input, &mut output, &nothing).unwrap();
        assert_eq!(answers.from, ["Gabon", "Cameroon"]);
        assert!(answers.cover.is_empty() && answers.missing(false).is_empty());
        assert_eq!(answers.sources(), [USUAL_SOURCE]);
        let said = String::from_utf8(output).unwrap();
        assert!(!said.contains("What wood") && said.contains("From where?"), "{said}");
        // Who says nothing is told what is missing.
        let mut broken = Answers { wood: vec![" a\nb".to_owned(), "\t".to_owned()], ..Answers::default() };
        broken.tidy();
        assert_eq!(broken.wood, ["a b"]);
        let mut silent = Answers::default();
        silent.ask(false, &mut "".as_bytes(), &mut Vec::new(), &nothing).unwrap();
        assert_eq!((silent.missing(false).len(), silent.missing(true).len()), (4, 2));
    }

    #[test]
    fn what_is_not_understood_is_asked_again() {
        let amiss = |answers: &Answers| {
            let unknown = answers.from.iter().filter(|country| *country != "Gabon");
            unknown.map(|country| format!("--from: `{country}` is no country by code or name")).collect()
        };
        let mut answers =
            Answers { cover: vec!["charcoal".to_owned()], source: vec!["s".to_owned()], ..Answers::default() };
        let (mut input, mut output) = ("\nebony\nGabbon\nGabon\na permit\n\n\n\n".as_bytes(), Vec::new());
        answers.ask(false, &mut input, &mut output, &amiss).unwrap();
        assert_eq!((answers.wood.concat(), answers.from.concat()), ("ebony".to_owned(), "Gabon".to_owned()));
        let said = String::from_utf8(output).unwrap();
        assert!(said.contains("  this has to be answered\n") && said.contains("  `Gabbon` is no country"), "{said}");
        assert_eq!((said.matches("Who answers").count(), answers.missing(false).len()), (MAX_ASKED, 1));
    }
}
