//! `palisander rules explain` and `explain-code`

use std::path::Path;

use palisander_engine::Engine;
use palisander_engine::workbench::diagnostics::{PAGES, page};
use palisander_engine::workbench::{self, cases};

use crate::cli::out::putln;
use crate::cli::{BAD_ARGUMENTS, OK, UNREADABLE, say};

/// Prints it.
pub fn explain(engine: &Engine, file: &Path, as_of: Option<&str>, state: Option<&str>, json: bool) -> u8 {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            say(&format!("`{}` cannot be read: {error}", file.display()));
            return UNREADABLE;
        }
    };
    let day = match as_of.map(str::parse) {
        None => None,
        Some(Ok(day)) => Some(day),
        Some(Err(_)) => {
            say("--as-of is not a day; write it as 2014-03-01");
            return BAD_ARGUMENTS;
        }
    };
    let facts = match cases::read(&text) {
        Ok(mut case) => {
            case.as_of = day.unwrap_or(case.as_of);
            cases::run(engine, "", "", &case).map(|ran| ran.facts)
        }
        Err(_) => palisander_engine::manifest::parse::json_document(text.as_bytes())
            .map_err(|error| error.to_string())
            .and_then(|parsed| {
                let one = parsed.manifest.consignments.first().ok_or("the manifest holds no consignment")?;
                let gathered = engine.gather(&parsed.manifest, one, day.unwrap_or_else(crate::state::today));
                Ok(engine.facts(&engine.settle(gathered, &engine.past()), &parsed.faults_of(0)))
            }),
    };
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => {
            say(&error);
            return UNREADABLE;
        }
    };
    for one in workbench::explain(engine, &facts).iter().filter(|one| state.is_none_or(|state| one.state == state)) {
        if json {
            putln!("{}", serde_json::to_string(one).unwrap_or_default());
            continue;
        }
        putln!("{:<12} {}/{} ({} {})", one.state, one.profile, one.indicator, one.each, one.subject);
        for (clause, value) in &one.clauses {
            putln!("             {clause}\n               → {value}");
        }
    }
    OK
}

/// Prints it.
pub fn explain_code(code: Option<&str>) -> u8 {
    match code {
        None => PAGES.iter().for_each(|page| putln!("{} {:<7} {}", page.code, page.gravity.as_str(), page.title)),
        Some(code) => match page(code) {
            Some(page) => putln!("{} {}: {}\n\n{}", page.code, page.gravity.as_str(), page.title, page.text),
            None => {
                say(&format!("there is no code `{code}`; `palisander rules explain-code` lists all"));
                return BAD_ARGUMENTS;
            }
        },
    }
    OK
}
