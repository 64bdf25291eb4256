//! What is doubtful in a profile that loads: codes that nobody uses, tests that never or always hold, equal and hidden
//! indicators, missing words. Runs in `rules check`, not at every start.

use super::codes::{self, Doubt};
use super::diagnostics;
use super::effort::Effort;
use super::implied::follows;
use super::tables::Tables;
use super::ways::{always, never, ways};
use crate::profile::field::Table;
use crate::profile::native::Op;
use crate::profile::value::Value;
use crate::profile::view::View;
use crate::profile::{Indicator, Lane, Profile, ProfileFault, ProfileSet, RHAI, TOML};
use crate::reference::Redline;

/// Steps that the service can act on.
const STEPS: &[&str] = &[
    "verify_with_management_authority",
    "hold_and_examine",
    "request_document",
    "request_species",
    "see_original_document",
    "scan_or_open",
    "identify_party",
    "take_samples",
    "inform_origin",
];

/// Steps that proofs about the tests of one profile may take. The largest of the shipped ones takes some thousand.
const MAX_STEPS: usize = 5_000_000;

/// All doubts of all profiles, or of those named.
pub fn lint(set: &ProfileSet, tables: &Tables<'_>, only: Option<&[String]>) -> Vec<ProfileFault> {
    let mut found = Vec::new();
    for (n, profile) in set.profiles.iter().enumerate() {
        if only.is_some_and(|only| !only.contains(&profile.id)) {
            continue;
        }
        let own: Vec<&Indicator> = set.indicators.iter().filter(|indicator| indicator.profile == n).collect();
        let effort = Effort::of(MAX_STEPS);
        let mut lints = Lints { profile, found: &mut found, effort: &effort };
        lints.head(set, tables);
        for indicator in &own {
            lints.indicator(set, indicator, tables);
        }
        lints.among(&own);
        if effort.was_short() {
            lints.say("P084", RHAI, "some tests have more choices than are compared".to_owned());
        }
    }
    found
}

struct Lints<'a> {
    profile: &'a Profile,
    found: &'a mut Vec<ProfileFault>,
    effort: &'a Effort<'a>,
}

impl Lints<'_> {
    fn say(&mut self, code: &'static str, file: &'static str, what: String) {
        self.say_at(code, file, None, what);
    }

    fn say_at(&mut self, code: &'static str, file: &'static str, place: Option<(usize, usize)>, what: String) {
        self.say_how(code, file, place, what, None);
    }

    fn say_how(
        &mut self,
        code: &'static str,
        file: &'static str,
        place: Option<(usize, usize)>,
        what: String,
        fix: Option<String>,
    ) {
        let fix = fix.unwrap_or_else(|| diagnostics::page(code).map_or("", |page| page.title).to_owned());
        let fault = ProfileFault::new(code, &self.profile.id, file, what, fix);
        self.found.push(ProfileFault { place, ..fault }.located(&self.profile.toml, &self.profile.rhai));
    }

    fn head(&mut self, set: &ProfileSet, tables: &Tables<'_>) {
        let profile = self.profile;
        let kebab = |text: &str| {
            text.split('-')
                .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
        };
        if !kebab(&profile.id) {
            self.say("P060", TOML, format!("id `{}`", profile.id));
        }
        if set.profiles.iter().filter(|other| other.uuid == profile.uuid).count() > 1 {
            self.say("P061", TOML, format!("uuid {}", profile.uuid));
        }
        if profile.review_by.is_some_and(|day| day < tables.today) {
            self.say("P048", TOML, format!("review_by {}", profile.review_by.unwrap_or(tables.today)));
        }
        if let (Some(from), Some(to)) = (profile.effective.from, profile.effective.to)
            && to < from
        {
            self.say("P059", TOML, format!("from {from} to {to}"));
        }
        if profile.version == 0 {
            self.say("P064", TOML, "version 0".to_owned());
        }
        for genus in profile.genera.iter().filter(|genus| !(tables.holds)(Table::Taxa, genus)) {
            self.say("P057", TOML, format!("genus `{genus}`"));
        }
        self.superseded(&profile.sources, None, tables);
        for file in &profile.marked {
            let what = "the file begins with a byte order mark, which nobody sees".to_owned();
            let fix = "it is read all the same; save the file as UTF-8 without a byte order mark".to_owned();
            self.say_how("P080", file, Some((1, 1)), what, Some(fix));
        }
        for function in profile.unused_functions() {
            self.say("P055", RHAI, format!("function `{function}`"));
        }
        for name in profile.function_names().filter(|name| is_word(name)) {
            self.say("P068", RHAI, format!("function `{name}`"));
        }
    }

    fn indicator(&mut self, set: &ProfileSet, indicator: &Indicator, tables: &Tables<'_>) {
        let name = &indicator.name;
        let thresholds = set.lanes.thresholds;
        if indicator.points == 0 {
            self.say("P051", TOML, format!("`{name}`"));
        }
        if indicator.points >= thresholds.red && indicator.floor != Some(Lane::Red) {
            self.say(
                "P045",
                TOML,
                format!("`{name}` has {} points, red starts at {}", indicator.points, thresholds.red),
            );
        }
        if indicator.floor == Some(Lane::Green) {
            self.say("P065", TOML, format!("`{name}`"));
        }
        if indicator.reason.slots().is_empty() {
            self.say("P050", TOML, format!("`{name}`: \"{}\"", indicator.reason.text()));
        }
        if indicator.doc.trim().is_empty() {
            self.say("P053", RHAI, format!("`{name}`"));
        }
        for step in indicator.next_steps.iter().filter(|step| !STEPS.contains(&step.step.as_str())) {
            self.say("P074", TOML, format!("`{name}`: `{}`", step.step));
        }
        // Sources that come from the profile have been looked at with it.
        let own: Vec<String> = indicator.sources.iter().map(|source| source.text().to_owned()).collect();
        if own != self.profile.sources {
            self.superseded(&own, Some(name), tables);
        }
        let Some(op) = &indicator.native else {
            let why = indicator.interpreted_because.clone().unwrap_or_default();
            return self.say_at("P067", RHAI, indicator.interpreted_at, format!("`{name}`: {why}"));
        };
        if indicator.reads.is_empty() && !matches!(op, Op::Constant(Value::Unknown(_))) {
            self.say("P066", RHAI, format!("`{name}`"));
        }
        if always(op, self.effort) {
            self.say("P042", RHAI, format!("`{name}`: {}", op.show()));
        } else if never(op, self.effort) {
            self.say("P041", RHAI, format!("`{name}`: {}", op.show()));
        }
        op.visit(&mut |part| {
            for Doubt { code, what, fix } in codes::doubts(part, tables, &|table, text| set.meant(table, text)) {
                self.say_how(code, RHAI, None, format!("`{name}`: {what}"), fix);
            }
        });
    }

    /// Sources that no longer stand, as long as the profile acts today. A rule of the past cites the law of the past.
    fn superseded(&mut self, sources: &[String], indicator: Option<&str>, tables: &Tables<'_>) {
        if !self.profile.effective.contains(tables.today) {
            return;
        }
        for source in sources.iter().filter(|source| (tables.in_force)(source, tables.today) == Some(false)) {
            let of = indicator.map(|name| format!("`{name}`: ")).unwrap_or_default();
            self.say("P049", TOML, format!("{of}source `{source}`"));
        }
        for source in sources {
            let Some(Redline { meeting, text }) = (tables.revised)(source) else { continue };
            let of = indicator.map(|name| format!("`{name}`: ")).unwrap_or_default();
            let what = text.unwrap_or_else(|| "what it says is not held; compare the two".to_owned());
            self.say("P079", TOML, format!("{of}source `{source}`, revised at CoP{meeting}: {what}"));
        }
    }

    /// Equal and hidden indicators within a group: of each the first that makes it idle.
    fn among(&mut self, own: &[&Indicator]) {
        for (n, one) in own.iter().enumerate() {
            let Some(a) = &one.native else { continue };
            let is_beside =
                |other: &Indicator| one.group == other.group && one.each == other.each && one.floor <= other.floor;
            let others = || own.iter().enumerate().filter(|(m, other)| n != *m && is_beside(other));
            if let Some((_, other)) = others().find(|(m, other)| *m < n && other.native.as_ref() == Some(a)) {
                self.say("P043", RHAI, format!("`{}` and `{}`", other.name, one.name));
                continue;
            }
            let ways = ways(a, true, self.effort);
            // Of what is never met something else is said.
            if ways.as_ref().is_some_and(Vec::is_empty) {
                continue;
            }
            let hides = |(_, other): &(usize, &&Indicator)| {
                let shares = one.reads.iter().any(|field| other.reads.contains(field));
                let is_met = |b: &Op| a != b && follows(a, ways.as_deref(), b, self.effort);
                shares && other.points >= one.points && other.native.as_ref().is_some_and(is_met)
            };
            if let Some((_, other)) = others().find(hides) {
                self.say("P044", RHAI, format!("`{}` is hidden by `{}`", one.name, other.name));
            }
        }
    }
}

fn is_word(name: &str) -> bool {
    const TESTS: &[&str] = &["and", "or", "not", "contains", "shares", "starts_with", "count", "known", "unverifiable"];
    TESTS.contains(&name) || View::by_name(name).is_some()
}
