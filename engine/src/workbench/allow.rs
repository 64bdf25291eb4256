//! Doubts that a rule writer has answered: `// allow P062: why` above a function of `profile.rhai`, `# allow P045: why` in
//! the block of an indicator of `profile.toml`, or in its head for what concerns the whole profile.
//!
//! What keeps a profile or an indicator from loading is never allowed, nor is what marks its answers.

use super::diagnostics::{Gravity, page};
use crate::profile::{Profile, ProfileFault, RHAI, TOML};

/// One `// allow CODE: reason` of a script.
struct Allow<'a> {
    file: &'static str,
    code: &'a str,
    reason: &'a str,
    /// `None` = the head of `profile.toml`.
    indicator: Option<&'a str>,
    place: (usize, usize),
    line: &'a str,
}

/// The doubts that remain. An `allow` without a reason allows nothing and is a doubt of its own, as is one that nothing
/// calls for.
pub fn allowed(profile: &Profile, doubts: Vec<ProfileFault>) -> Vec<ProfileFault> {
    let allows: Vec<Allow<'_>> = in_script(&profile.rhai).into_iter().chain(in_toml(&profile.toml)).collect();
    let mut used = vec![false; allows.len()];
    let mut left = Vec::new();
    for doubt in doubts {
        let may_be = page(doubt.code).is_some_and(|page| page.gravity < Gravity::Error);
        let answered = allows.iter().position(|allow| {
            may_be
                && allow.code == doubt.code
                && allow.indicator == doubt.indicator.as_deref()
                && !allow.reason.is_empty()
        });
        match answered.and_then(|n| used.get_mut(n)) {
            Some(used) => *used = true,
            None => left.push(doubt),
        }
    }
    for (allow, used) in allows.iter().zip(used) {
        let code = match (allow.reason.is_empty(), used) {
            (true, _) => "P075",
            (false, false) => "P076",
            (false, true) => continue,
        };
        let fix = page(code).map_or("", |page| page.title).to_owned();
        let fault = ProfileFault::new(code, &profile.id, allow.file, format!("allow {}", allow.code), fix);
        left.push(ProfileFault {
            indicator: allow.indicator.map(str::to_owned),
            place: Some(allow.place),
            line: Some(allow.line.to_owned()),
            ..fault
        });
    }
    left
}

/// `allow P045: why` after the sign of a comment: code, reason and column of `allow`.
fn comment<'a>(line: &'a str, sign: &str) -> Option<(&'a str, &'a str, usize)> {
    let text = line.trim_start().strip_prefix(sign)?.trim_start().strip_prefix("allow ")?;
    let (code, reason) = text.split_once(':').unwrap_or((text, ""));
    let column = line.find("allow ").and_then(|at| line.get(..at)).map_or(1, |before| before.chars().count() + 1);
    Some((code.trim(), reason.trim(), column))
}

fn in_script(text: &str) -> Vec<Allow<'_>> {
    let mut found = Vec::new();
    let mut waiting: Vec<Allow<'_>> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if let Some((code, reason, column)) = comment(line, "//") {
            waiting.push(Allow { file: RHAI, code, reason, indicator: None, place: (n + 1, column), line });
        } else if let Some(rest) = line.trim_start().strip_prefix("fn ") {
            let name = rest.split('(').next().map(str::trim);
            found.extend(waiting.drain(..).map(|allow| Allow { indicator: name, ..allow }));
        }
    }
    found.extend(waiting);
    found
}

fn in_toml(text: &str) -> Vec<Allow<'_>> {
    let comments = text.lines().enumerate().filter_map(|(n, line)| Some((n, line, comment(line, "#")?)));
    comments
        .map(|(n, line, (code, reason, column))| {
            let indicator = name_of_block(text, n);
            Allow { file: TOML, code, reason, indicator, place: (n + 1, column), line }
        })
        .collect()
}

/// Name of the indicator in whose block line `n` (from 0) stands; `None` in the head.
fn name_of_block(text: &str, n: usize) -> Option<&str> {
    let begin = text.lines().take(n).enumerate().filter(|(_, line)| line.trim() == "[[indicators]]").last()?.0;
    let block = text.lines().skip(begin + 1).take_while(|line| line.trim() != "[[indicators]]");
    block.filter(|line| line.trim_start().starts_with("name")).find_map(|line| line.split('"').nth(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allow_belongs_to_the_function_or_block_it_stands_in() {
        let script =
            "// allow P062: the field is signed\n/// Looks.\nfn a(item) { true }\n//allow P040\nfn b(item) { true }\n";
        let found: Vec<_> = in_script(script).iter().map(|a| (a.code, a.reason, a.indicator, a.place)).collect();
        assert_eq!(found, [("P062", "the field is signed", Some("a"), (1, 4)), ("P040", "", Some("b"), (4, 3))]);
        let toml = "id = \"x\"\n# allow P048: on leave\n[[indicators]]\n# allow P045: by order\nname = \"a\"\n[[indicators]]\nname = \"b\"\n# allow P051: shown only\n";
        let found: Vec<_> = in_toml(toml).iter().map(|a| (a.code, a.indicator)).collect();
        assert_eq!(found, [("P048", None), ("P045", Some("a")), ("P051", Some("b"))]);
    }
}
