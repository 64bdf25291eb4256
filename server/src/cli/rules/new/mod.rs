//! `palisander rules new`: from what an officer knows to a profile with cases that hold.
//!
//! In: answers to six questions, given by options or asked at a terminal; or example bills. Out: a folder with profile.toml, profile.rhai and cases,
//! written only when the engine finds nothing amiss with it. Not here: what the words mean (`reading.rs` asks the engine), what
//! follows from them (`asked.rs`, `examples.rs`), the texts (`draft.rs`).

mod asked;
mod draft;
mod examples;
mod questions;
mod reading;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::Args;
use palisander_engine::Engine;
use palisander_engine::rules::ProfileFault;
use serde_json::json;

use super::finding::finding;
use super::place::{Place, RULES};
use super::shape::Shape;
use crate::cli::out::columns;
use crate::cli::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, say};
use crate::service::diagnosis::{diagnose, failing, gravity, is_worse};
use draft::Draft;
use questions::Answers;
use reading::Reading;

/// What a new profile is made of.
#[derive(Args)]
pub struct Arguments {
    /// Name of the profile, lower-case words joined by hyphens [default: from wood and country]
    id: Option<String>,
    #[command(flatten)]
    answers: Answers,
    /// Example bills that it must fire on, in any format: instead of wood, country and cover
    #[arg(long, value_name = "FILE", requires = "miss")]
    hit: Vec<PathBuf>,
    /// Example bills that it must not fire on
    #[arg(long, value_name = "FILE", requires = "hit")]
    miss: Vec<PathBuf>,
    /// Points of each indicator, 0 to 1,000
    #[arg(long, default_value_t = 50, value_name = "N")]
    points: u16,
    /// Folder of rules to write the profile into
    #[arg(long, default_value = RULES, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    shape: Shape,
}

/// Asks what is not given, drafts the profile, has the engine judge it, and writes it when it holds.
pub fn new(arguments: &Arguments) -> u8 {
    let place = match Place::of(None) {
        Ok(place) => place,
        Err(error) => {
            say(&error.to_string());
            return UNREADABLE;
        }
    };
    let mut answers = arguments.answers.clone();
    let by_example = !arguments.hit.is_empty();
    let is_asked = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    let unread = |only: &Answers| Reading::of(&place.engine, only).err().unwrap_or_default();
    let asked = match is_asked {
        true => answers.ask(by_example, &mut std::io::stdin().lock(), &mut std::io::stderr(), &unread),
        false => Ok(()),
    };
    answers.tidy();
    let missing = answers.missing(by_example);
    if let Err(error) = asked {
        say(&format!("the answers cannot be read: {error}"));
        return UNREADABLE;
    }
    if !missing.is_empty() {
        missing.iter().for_each(|line| say(line));
        return BAD_ARGUMENTS;
    }
    match made(&place, &answers, arguments) {
        Ok(files) => {
            let document = json!({ "written": files });
            arguments.shape.put(&document, || {
                let check = "`palisander rules check` and `palisander rules test` look at it again.";
                format!("Written, and its cases hold:\n  {}\n{check}", files.join("\n  "))
            });
            OK
        }
        Err((code, lines)) => {
            lines.iter().for_each(|line| say(line));
            say("nothing was written");
            code
        }
    }
}

/// Names of the files that were written; or the exit code and why none was.
fn made(place: &Place, answers: &Answers, arguments: &Arguments) -> Result<Vec<String>, (u8, Vec<String>)> {
    let unreadable = |why: String| (UNREADABLE, vec![why]);
    let (usual, plan) = match arguments.hit.is_empty() {
        true => {
            let reading = Reading::of(&place.engine, answers).map_err(|lines| (BAD_ARGUMENTS, lines))?;
            (reading.id(), asked::plan(&reading, answers))
        }
        false => {
            let plan = examples::plan(&place.engine, &arguments.hit, &arguments.miss);
            (BY_EXAMPLE.to_owned(), plan.map_err(|why| (FINDINGS, vec![why]))?)
        }
    };
    let id = arguments.id.clone().unwrap_or(usual);
    if !is_name(&id) {
        let why = format!("`{id}` is no name of a profile: lower-case words and digits, joined by hyphens");
        return Err((BAD_ARGUMENTS, vec![why]));
    }
    let draft = Draft::of(&id, &plan, answers, arguments.points).map_err(unreadable)?;
    let folder = arguments.out.join(&draft.id);
    if folder.exists() {
        return Err((BAD_ARGUMENTS, vec![format!("`{}` is there already; give another name", folder.display())]));
    }
    let top = tempfile::tempdir().map_err(|error| unreadable(error.to_string()))?;
    let trial = top.path().join(&draft.id);
    written(&draft, &trial).map_err(unreadable)?;
    let wrong = amiss(&place.engine, &trial, &draft.id).map_err(unreadable)?;
    if !wrong.is_empty() {
        return Err((FINDINGS, wrong));
    }
    written(&draft, &folder).map_err(unreadable)?;
    Ok(draft.files.iter().map(|(name, _)| folder.join(name).display().to_string()).collect())
}

/// Is it a name that a folder and a profile may have?
fn is_name(id: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    id.len() <= MAX_NAME_BYTES && id.split('-').all(is_word)
}

/// Name of a profile from example bills, where none is given.
const BY_EXAMPLE: &str = "as-in-examples";

/// Bytes of a profile's name: file systems take 255, and other names are made from it.
const MAX_NAME_BYTES: usize = 100;

/// What the engine finds amiss with a profile that lies in a folder.
fn amiss(engine: &Engine, folder: &Path, id: &str) -> Result<Vec<String>, String> {
    let engine = engine.judging(folder).map_err(|error| error.to_string())?;
    let only = [id.to_owned()];
    let found: Vec<ProfileFault> = diagnose(&engine, Some(&only), crate::state::today());
    let worse = found.iter().filter(|fault| is_worse(fault));
    let mut lines: Vec<String> =
        worse.map(|fault| finding(gravity(fault), fault, usize::from(columns(None)))).collect();
    lines.extend(failing(&engine, &only).1);
    Ok(lines)
}

fn written(draft: &Draft, folder: &Path) -> Result<(), String> {
    for (name, text) in &draft.files {
        let path = folder.join(name);
        let failed = |error: std::io::Error| format!("`{}`: {error}", path.display());
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed)?;
        std::fs::write(&path, text).map_err(failed)?;
    }
    Ok(())
}
