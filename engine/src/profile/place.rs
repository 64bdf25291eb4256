//! Where in the text of a profile a fault lies, when the reader of that text did not say.
//!
//! In: the code and the words of a fault, both files. Out: the indicator that the words name, the line and the column.

use super::error::ProfileFault;
use super::folder::{RHAI, TOML};

/// Characters of a line that an excerpt may show: a hostile script may be one line.
const MAX_LINE_CHARS: usize = 200;

impl ProfileFault {
    /// With its indicator, its place and the line there, as far as they can be told.
    pub(crate) fn located(mut self, toml: &str, rhai: &str) -> Self {
        let words = || self.what.split('`').skip(1).step_by(2);
        let is_indicator = |word: &&str| block(toml, word).is_some();
        self.indicator = words().find(is_indicator).map(str::to_owned);
        let text = match self.file {
            TOML => toml,
            RHAI => rhai,
            _ => return self,
        };
        if self.place.is_none() {
            self.place = match self.file {
                TOML => in_toml(toml, self.indicator.as_deref(), key(self.code)),
                _ => {
                    let function = words().find(|word| function(rhai, word).is_some());
                    function.and_then(|name| in_function(rhai, name, &self.what))
                }
            };
        }
        let line = self.place.and_then(|(line, _)| text.lines().nth(line - 1));
        self.line = line.map(|line| line.chars().take(MAX_LINE_CHARS).collect());
        if self.place.is_some_and(|(_, column)| column > MAX_LINE_CHARS) {
            self.line = None;
        }
        self
    }
}

/// The key of `profile.toml` that a diagnostic is about.
fn key(code: &str) -> &'static str {
    match code {
        "P003" | "P060" => "id",
        "P004" | "P048" => "review_by",
        "P006" | "P049" | "P079" => "sources",
        "P007" => "innocent_explanations",
        "P008" => "each",
        "P018" | "P050" => "reason",
        "P045" | "P051" | "P077" => "points",
        "P065" => "floor",
        "P054" => "settled_by",
        "P057" => "genera",
        "P058" => "handling",
        "P059" => "effective_to",
        "P061" => "uuid",
        "P064" => "version",
        "P072" => "effective_from",
        "P074" => "next_steps",
        _ => "name",
    }
}

/// Number (from 0) of the line that begins an indicator's block, and of its `name`.
fn block(toml: &str, indicator: &str) -> Option<(usize, usize)> {
    let mut begin = None;
    for (n, line) in toml.lines().enumerate() {
        if line.trim() == "[[indicators]]" {
            begin = Some(n);
        }
        if assigned(line, "name") && line.split('"').nth(1) == Some(indicator) {
            return begin.map(|begin| (begin, n));
        }
    }
    None
}

fn assigned(line: &str, key: &str) -> bool {
    line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
}

/// The value of `key` in the block of an indicator or in the head; else the name of the indicator.
fn in_toml(toml: &str, indicator: Option<&str>, key: &str) -> Option<(usize, usize)> {
    let block = indicator.and_then(|indicator| block(toml, indicator));
    let from = block.map_or(0, |(begin, _)| begin + 1);
    let lines = toml.lines().enumerate().skip(from).take_while(|(_, line)| line.trim() != "[[indicators]]");
    let found = lines.filter(|(_, line)| assigned(line, key)).map(|(n, _)| n).next();
    let n = found.or(block.map(|(_, name)| name))?;
    let line = toml.lines().nth(n)?;
    let after = line.find('=')? + 1;
    let spaces = line.get(after..)?.chars().take_while(|c| c.is_whitespace()).count();
    Some((n + 1, line.get(..after)?.chars().count() + spaces + 1))
}

/// Number (from 0) of the line on which a function begins, and the column of its name.
fn function(rhai: &str, name: &str) -> Option<(usize, usize)> {
    rhai.lines().enumerate().find_map(|(n, line)| {
        let at = line.find("fn ").map(|at| at + 3)?;
        let rest = line.get(at..)?.strip_prefix(name)?;
        rest.trim_start().starts_with('(').then(|| (n, line.get(..at).map_or(0, |before| before.chars().count()) + 1))
    })
}

/// The text in quotes that the words name, where the function holds it; else the function's name.
fn in_function(rhai: &str, name: &str, what: &str) -> Option<(usize, usize)> {
    let (begin, column) = function(rhai, name)?;
    let named = what.split('"').nth(1).map(|text| format!("\"{text}\""));
    let body = rhai.lines().enumerate().skip(begin);
    let mut body = body.take_while(|(n, line)| *n == begin || !line.trim_start().starts_with("fn "));
    let quoted = named.and_then(|text| {
        body.find_map(|(n, line)| {
            let at = line.find(&text)?;
            Some((n + 1, line.get(..at)?.chars().count() + 1))
        })
    });
    Some(quoted.unwrap_or((begin + 1, column)))
}
