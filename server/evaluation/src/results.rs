//! Results of examinations: only final states count, the last of them for each bill, and what led to a find (row B15).

use std::collections::BTreeMap;
use std::io::BufRead;

use serde::Serialize;

use crate::answers::{ReadError, Told, lines};
use crate::interval::Share;

/// What is known of one bill in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Final {
    pub found: bool,
    pub reported_on: String,
    pub detected_by: Vec<String>,
}

/// Final states by bill, and how many reports were no final ones.
#[derive(Debug, Clone, Default)]
pub struct Results {
    pub finals: BTreeMap<String, Final>,
    /// Reports that a final one corrected or that none has followed yet.
    pub n_preliminary: usize,
}

impl Results {
    /// Reads reports; order in the file does not matter, the day of the report does.
    pub fn read(input: impl BufRead) -> Result<Self, ReadError> {
        let mut own = Self::default();
        lines(input, &mut |told: Told| own.take(told))?;
        Ok(own)
    }

    /// One more report.
    pub fn take(&mut self, told: Told) {
        if told.state != "final" {
            self.n_preliminary += 1;
            return;
        }
        let known =
            Final { found: told.result == "found", reported_on: told.reported_on, detected_by: told.detected_by };
        match self.finals.get(&told.consignment) {
            Some(before) if before.reported_on > known.reported_on => {}
            _ => {
                self.finals.insert(told.consignment, known);
            }
        }
    }

    /// The final state of a bill; `None` where nobody looked or nothing final is known.
    pub fn of(&self, consignment: &str) -> Option<bool> {
        self.finals.get(consignment).map(|known| known.found)
    }

    /// By source of detection: in how many finds it had a part. A find may have several sources.
    pub fn sources(&self) -> Vec<Source> {
        let finds = self.finals.values().filter(|known| known.found);
        let n_finds = finds.clone().count() as u64;
        let mut by: BTreeMap<&str, u64> = BTreeMap::new();
        for known in finds {
            for source in &known.detected_by {
                *by.entry(source).or_default() += 1;
            }
        }
        by.into_iter().map(|(source, n)| Source { source: source.to_owned(), share: Share::new(n, n_finds) }).collect()
    }
}

/// A source of detection and its part in finds.
#[derive(Debug, Clone, Serialize)]
pub struct Source {
    pub source: String,
    pub share: Share,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &str) -> Results {
        Results::read(lines.as_bytes()).unwrap()
    }

    #[test]
    fn only_the_last_final_state_counts() {
        let results = told(concat!(
            r#"{"consignment":"A","reported_on":"2026-09-02","state":"preliminary","result":"found"}"#,
            "\n",
            r#"{"consignment":"A","reported_on":"2026-09-09","state":"final","result":"nothing"}"#,
            "\n",
            r#"{"consignment":"B","reported_on":"2026-09-09","state":"final","result":"found"}"#,
            "\n",
            r#"{"consignment":"B","reported_on":"2026-09-05","state":"final","result":"nothing"}"#,
            "\n",
            r#"{"consignment":"C","reported_on":"2026-09-05","state":"preliminary","result":"found"}"#,
            "\n",
        ));
        assert_eq!((results.of("A"), results.of("B"), results.of("C")), (Some(false), Some(true), None));
        assert_eq!(results.n_preliminary, 2);
    }

    #[test]
    fn b15_six_cases_by_source_of_detection() {
        // CoP17 Doc. 25, A3 para. 8: of six seizures five by information and profile, one by X-ray, two in routine work.
        let six = [
            &["information", "profile"][..],
            &["information", "profile"],
            &["information", "profile"],
            &["information", "profile", "routine"],
            &["information", "profile", "routine"],
            &["scan"],
        ];
        let mut results = Results::default();
        for (n, by) in six.iter().enumerate() {
            results.take(Told {
                consignment: format!("S{n}"),
                examined_on: String::new(),
                reported_on: String::new(),
                state: "final".to_owned(),
                result: "found".to_owned(),
                detected_by: by.iter().map(|code| (*code).to_owned()).collect(),
            });
        }
        let told: Vec<String> = results
            .sources()
            .iter()
            .map(|one| format!("{}: {} of {}", one.source, one.share.n, one.share.of))
            .collect();
        assert_eq!(told, ["information: 5 of 6", "profile: 5 of 6", "routine: 2 of 6", "scan: 1 of 6"]);
    }
}
