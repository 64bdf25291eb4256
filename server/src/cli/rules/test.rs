//! `palisander rules test`

use std::fmt::Write as _;

use palisander_engine::rules::cases::{CaseResult, Ran};
use palisander_engine::rules::{Covered, Gravity, Held, ProfileFault, cases};
use palisander_engine::{Engine, rules};
use serde_json::json;

use super::Report;
use super::check::fault_json;
use super::finding::finding;
use crate::cli::out::{columns, wrapped};
use crate::service::diagnosis::gravity;

/// What the cases show.
struct Tested {
    unloaded: Vec<ProfileFault>,
    ran: Vec<Ran>,
    held: Vec<Held>,
    covered: Vec<Covered>,
}

/// Runs all cases. The report, of the profiles named or of all, and whether a case fails or a profile does not load.
pub fn tested(engine: &Engine, only: Option<&[String]>, report: Report, survivors: bool) -> (String, bool) {
    let ran = cases::run_all(engine);
    let wanted = |profile: &String| only.is_none_or(|only| only.contains(profile));
    let (mut held, mut covered) = (rules::hold(engine, &ran), rules::coverage(engine, &ran));
    held.retain(|one| wanted(&one.profile));
    covered.retain(|one| wanted(&one.profile));
    let unloaded = unloaded(engine);
    // A case of another profile counts where it fails: what is looked at may have broken it. While something does not load all
    // bills are in doubt, and that is told already.
    let is_kept = |ran: &Ran| wanted(&ran.result.profile) || unloaded.is_empty() && fails(&ran.result);
    let ran = ran.into_iter().filter(is_kept).collect();
    let tested = Tested { unloaded, ran, held, covered };
    let text = match report {
        Report::Table => wrapped(&tested.table(survivors), usize::from(columns(None))),
        Report::Json => format!("{}\n", tested.json()),
        Report::Junit => {
            let results: Vec<_> = tested.ran.iter().map(|ran| &ran.result).collect();
            junit(&results, &tested.unloaded, &tested.sums())
        }
    };
    (text, tested.failed() > 0 || !tested.unloaded.is_empty())
}

/// What does not load.
pub fn unloaded(engine: &Engine) -> Vec<ProfileFault> {
    engine.profiles().faults.iter().filter(|fault| gravity(fault) == Gravity::Error).cloned().collect()
}

fn fails(result: &CaseResult) -> bool {
    !result.failures.is_empty() && result.known_gap.is_none()
}

impl Tested {
    fn failed(&self) -> usize {
        self.ran.iter().filter(|ran| fails(&ran.result)).count()
    }

    /// Exact sums, by name.
    fn sums(&self) -> [(&'static str, usize); 6] {
        let all = |count: fn(&Held) -> usize| self.held.iter().map(count).sum();
        [
            ("indicators", self.covered.len()),
            ("indicators_covered", self.covered.len() - self.idle().count()),
            ("branches", self.covered.iter().map(|one| one.branches).sum()),
            ("branches_covered", self.covered.iter().map(|one| one.taken).sum()),
            ("mutants", all(|held| held.mutants)),
            ("mutants_killed", all(|held| held.killed)),
        ]
    }

    fn idle(&self) -> impl Iterator<Item = &Held> {
        self.held.iter().filter(|held| held.fires == 0 || held.near_misses == 0)
    }

    fn table(&self, survivors: bool) -> String {
        let mut text = String::new();
        for fault in &self.unloaded {
            let _ = writeln!(text, "{}\n", finding(Gravity::Error, fault, usize::from(columns(None))));
        }
        for result in self.ran.iter().map(|ran| &ran.result).filter(|result| !result.failures.is_empty()) {
            let (place, why) = (format!("{}/{}", result.profile, result.file), result.failures.join("; "));
            let _ = match &result.known_gap {
                Some(gap) => writeln!(text, "gap   {place}: {why} ({gap})"),
                None => writeln!(text, "FAIL  {place} {}: {why}", result.title),
            };
        }
        for held in self.idle() {
            let (fires, misses) = (held.fires, held.near_misses);
            let _ = writeln!(text, "idle  {}/{} (fires {fires}, near misses {misses})", held.profile, held.indicator);
        }
        for one in &self.covered {
            for missing in &one.missing {
                let _ = writeln!(text, "never {}/{}: {missing}", one.profile, one.indicator);
            }
        }
        for held in self.held.iter().filter(|_| survivors) {
            for what in &held.survivors {
                let _ = writeln!(text, "alive {}/{}: {what}", held.profile, held.indicator);
            }
        }
        let [(_, indicators), (_, exercised), (_, branches), (_, taken), (_, mutants), (_, killed)] = self.sums();
        let _ = writeln!(text, "{exercised} of {indicators} indicators fire and nearly miss in some case");
        let _ = writeln!(text, "{taken} of {branches} branches are taken");
        let _ = writeln!(text, "mutation score {killed} of {mutants}");
        let _ = writeln!(text, "{} passed, {} failed", self.ran.len() - self.failed(), self.failed());
        if !self.unloaded.is_empty() {
            text.push_str("not everything loads: nothing above counts for what does not\n");
        }
        text
    }

    fn json(&self) -> serde_json::Value {
        let results: Vec<_> = self.ran.iter().map(|ran| &ran.result).collect();
        let mut answer = json!({
            "unloaded": self.unloaded.iter().map(fault_json).collect::<Vec<_>>(),
            "cases": results,
            "indicators": self.held,
            "coverage": self.covered,
        });
        for (name, sum) in self.sums() {
            if let Some(answer) = answer.as_object_mut() {
                answer.insert(name.to_owned(), sum.into());
            }
        }
        answer
    }
}

/// JUnit's XML: a suite for each profile, a case for each file; known gaps are skipped.
fn junit(results: &[&CaseResult], unloaded: &[ProfileFault], sums: &[(&str, usize)]) -> String {
    let (mut suites, mut begun) = (Vec::<(&str, Vec<&CaseResult>)>::new(), None);
    for result in results {
        if begun != Some(result.profile.as_str()) {
            suites.push((&result.profile, Vec::new()));
            begun = Some(&result.profile);
        }
        if let Some((_, suite)) = suites.last_mut() {
            suite.push(result);
        }
    }
    let counts = |suite: &[&CaseResult]| {
        let failures = suite.iter().filter(|result| fails(result)).count();
        let skipped = suite.iter().filter(|result| !result.failures.is_empty() && !fails(result)).count();
        format!("tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\"", suite.len())
    };
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(text, "<testsuites name=\"palisander rules\" {}>", counts(results));
    if !unloaded.is_empty() {
        let (name, n) = ("what does not load", unloaded.len());
        let _ = writeln!(text, "  <testsuite name=\"{name}\" tests=\"{n}\" failures=\"{n}\" skipped=\"0\">");
        for fault in unloaded {
            let (profile, what) = (escaped(&fault.profile), escaped(&fault.to_string()));
            let _ = write!(text, "    <testcase classname=\"{profile}\" name=\"{}\">", escaped(fault.file));
            let _ = writeln!(text, "<failure message=\"{what}\"/></testcase>");
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("  <testsuite name=\"coverage\" tests=\"0\" failures=\"0\" skipped=\"0\">\n    <properties>\n");
    for (name, sum) in sums {
        let _ = writeln!(text, "      <property name=\"{name}\" value=\"{sum}\"/>");
    }
    text.push_str("    </properties>\n  </testsuite>\n");
    for (profile, suite) in &suites {
        let _ = writeln!(text, "  <testsuite name=\"{}\" {}>", escaped(profile), counts(suite));
        for result in suite {
            let name = escaped(&format!("{}: {}", result.file, result.title));
            let why = escaped(&result.failures.join("; "));
            let _ = write!(text, "    <testcase classname=\"{}\" name=\"{name}\"", escaped(profile));
            let _ = match &result.known_gap {
                _ if result.failures.is_empty() => writeln!(text, "/>"),
                Some(gap) => writeln!(text, "><skipped message=\"{}: {why}\"/></testcase>", escaped(gap)),
                None => writeln!(text, "><failure message=\"{why}\"/></testcase>"),
            };
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

/// For an attribute of XML 1.0, which cannot hold most control characters at all.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(escaped, "&#{};", c as u32);
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junit_escapes_and_counts() {
        let case = |title: &str, failures: &[&str], gap: Option<&str>| CaseResult {
            profile: "p&q".to_owned(),
            file: "a.json".to_owned(),
            title: title.to_owned(),
            failures: failures.iter().map(|failure| (*failure).to_owned()).collect(),
            known_gap: gap.map(str::to_owned),
        };
        let cases =
            [case("a < b\u{1}", &[], None), case("b", &["lane \"red\""], None), case("c", &["x"], Some("known"))];
        let text = junit(&cases.iter().collect::<Vec<_>>(), &[], &[("mutants", 3)]);
        assert!(
            text.contains("<testsuites name=\"palisander rules\" tests=\"3\" failures=\"1\" skipped=\"1\">"),
            "{text}"
        );
        assert!(text.contains("<testcase classname=\"p&amp;q\" name=\"a.json: a &lt; b\u{fffd}\"/>"), "{text}");
        assert!(text.contains("><failure message=\"lane &quot;red&quot;\"/></testcase>"), "{text}");
        assert!(text.contains("><skipped message=\"known: x\"/></testcase>"), "{text}");
        assert!(text.contains("<property name=\"mutants\" value=\"3\"/>"), "{text}");
    }
}
