//! `palisander replay`

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use clap::Args;
use palisander_engine::answers::bytes;
use palisander_engine::tables::DataSource;
use palisander_engine::{Assessment, Engine, Label, Options};
use serde_json::Value;

use super::out::putln;
use super::safe::line;
use super::{FINDINGS, OK, UNREADABLE, say};
use crate::bundle::{ANSWER, About, Unopened, judged, opened};
use crate::render::{Sight, Standing, render};
use crate::service::access::Audience;

/// Give the answer of a bundle again, and compare it byte by byte
///
/// A bundle holds one bill with everything that its answer rests on; the service makes it:
///
///   curl -H "authorization: Bearer $KEY" -o bundle.zip \
///     http://127.0.0.1:8080/v1/assessments/ID/bundle
///   palisander replay bundle.zip
///
/// Exit codes: 0 the same answer, 1 another one or a changed part, 2 no bundle.
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Arguments {
    /// The archive
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
}

/// Runs it; the exit code.
pub fn run(arguments: &Arguments) -> u8 {
    let path = arguments.bundle.display();
    let unreadable = |why: String| {
        say(&format!("`{path}`: {why}"));
        UNREADABLE
    };
    let file = match File::open(&arguments.bundle) {
        Ok(file) => file,
        Err(error) => return unreadable(error.to_string()),
    };
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => return unreadable(error.to_string()),
    };
    let about = match opened(BufReader::new(file), folder.path()) {
        Ok(about) => about,
        Err(Unopened::Unreadable(why)) => return unreadable(why),
        Err(Unopened::Changed(all)) => {
            for what in all {
                putln!("{}", line(&what));
            }
            putln!("This bundle is not the one that was made.");
            return FINDINGS;
        }
    };
    let due = match std::fs::read(folder.path().join(ANSWER)) {
        Ok(due) => due,
        Err(error) => return unreadable(format!("`{ANSWER}`: {error}")),
    };
    let found = match judged(folder.path(), &about) {
        Ok(answer) => shown(&about, &answer),
        Err(error) => Err(error.to_string()),
    };
    match found {
        Err(why) => {
            putln!("No answer: {}", line(&why));
            other_program(&about);
            FINDINGS
        }
        Ok(found) if found == due => {
            let lane = about.assessed;
            putln!("The same answer, {} bytes: bill {}, {lane}.", due.len(), line(&about.consignment));
            OK
        }
        Ok(found) => {
            putln!("Another answer for bill {}:", line(&about.consignment));
            for field in differing(&due, &found) {
                putln!("  {}", line(&field));
            }
            other_program(&about);
            FINDINGS
        }
    }
}

/// The answer as the bundle shows it.
fn shown(about: &About, answer: &Assessment) -> Result<Vec<u8>, String> {
    let Some(audience) = &about.audience else { return bytes(answer).map_err(|error| error.to_string()) };
    let audience = Audience::read(audience).ok_or_else(|| format!("`{audience}` is nobody who is shown answers"))?;
    let standing = Standing::answered(&about.id, about.assessed, None);
    let seen = serde_json::to_value(answer).map_err(|error| error.to_string())?;
    Ok(render(&seen, standing, Sight { audience, clearance: about.clearance, is_sandbox: about.sandbox }))
}

/// Fields in which two answers differ.
fn differing(due: &[u8], found: &[u8]) -> Vec<String> {
    let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    let (due, found) = (read(due), read(found));
    let (Some(due), Some(found)) = (due.as_object(), found.as_object()) else {
        return vec!["it is no answer".to_owned()];
    };
    let names = due.keys().chain(found.keys().filter(|name| !due.contains_key(*name)));
    let is_other = |name: &&String| due.get(*name) != found.get(*name);
    names
        .filter(is_other)
        .map(|name| format!("{name}: was {}, is {}", short(due.get(name)), short(found.get(name))))
        .collect()
}

/// Characters of a value that are shown.
const SHORT_CHARS: usize = 60;

fn short(value: Option<&Value>) -> String {
    let Some(value) = value else { return "absent".to_owned() };
    let text = value.to_string();
    if text.chars().count() <= SHORT_CHARS {
        return text;
    }
    text.chars().take(SHORT_CHARS).chain(std::iter::once('…')).collect()
}

/// Says where this program is not the one that answered.
fn other_program(about: &About) {
    let editions = &about.stated.editions;
    if about.program != env!("CARGO_PKG_VERSION") {
        putln!("It was answered by version {}; this is {}.", line(&about.program), env!("CARGO_PKG_VERSION"));
    }
    if about.data {
        return;
    }
    let own = Engine::open(&Options { data: DataSource::Embedded, ..Options::default() });
    if let Ok(own) = own {
        if own.editions().datasets != editions.datasets {
            putln!("It rests on other tables than this program holds: {}.", line(&editions.datasets));
        }
        let is_told = about.rules.is_none() && about.clearance == Label::Red;
        if is_told && own.editions().rules != editions.rules {
            putln!("It rests on other rules than this program holds: {}.", line(&editions.rules));
        }
    }
}
