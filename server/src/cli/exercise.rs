//! `palisander exercise`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use palisander_engine::rules::{RuleSource, ids_in};
use palisander_engine::{Engine, Input, Inputs, Options};

use super::out::putln;
use super::{BAD_ARGUMENTS, FINDINGS, INCOMPLETE, OK, UNREADABLE, say};
use crate::exercises::{self, Exercise, Grade, Graded, Practice};

/// `palisander exercise …`: learn to write profiles.
#[derive(Subcommand)]
pub enum Command {
    /// List the exercises
    List,
    /// Say what is to be done, and write the bills with the truth beside them
    Show {
        /// Name of the exercise
        name: String,
        /// Folder for practice.ndjson, register.csv, alerts.ndjson, watchlist.csv and truth.csv; it must not be there
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Try a profile on the bills: how many it finds, how many it flags falsely, what its cases notice, and a grade
    ///
    /// Only what this profile says counts: the shipped rules do not help.
    /// Exit codes: 0 it passes, 1 not yet, 2 it cannot be read.
    #[command(verbatim_doc_comment)]
    Run {
        /// Name of the exercise
        name: String,
        /// Folder of the profile, with profile.toml and profile.rhai
        #[arg(long, value_name = "DIR")]
        profile: PathBuf,
        /// JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    match command {
        Command::List => {
            for name in exercises::names() {
                let title = exercises::exercise(name).map_or_else(|why| why, |exercise| exercise.title);
                putln!("{name:<12} {title}");
            }
            OK
        }
        Command::Show { name, out } => with(name, |exercise| show(exercise, out.as_deref())),
        Command::Run { name, profile, json } => with(name, |exercise| tried(exercise, profile, *json)),
    }
}

fn with(name: &str, act: impl FnOnce(&Exercise) -> u8) -> u8 {
    match exercises::exercise(name) {
        Ok(exercise) => act(&exercise),
        Err(why) => {
            say(&why);
            BAD_ARGUMENTS
        }
    }
}

fn practice(exercise: &Exercise) -> Result<Practice, u8> {
    exercises::made(exercise).map_err(|why| {
        say(&format!("the bills could not be made: {why}"));
        INCOMPLETE
    })
}

fn show(exercise: &Exercise, out: Option<&Path>) -> u8 {
    putln!("{}\n\n{}", exercise.title, exercise.task.trim());
    let Some(out) = out else { return OK };
    if out.exists() {
        say(&format!("`{}` is there already; name a new folder", out.display()));
        return BAD_ARGUMENTS;
    }
    let practice = match practice(exercise) {
        Ok(practice) => practice,
        Err(code) => return code,
    };
    match written(out, &practice) {
        Ok(()) => {
            say(&format!("`{}`: {} bills, with the truth in truth.csv", out.display(), practice.bills.len()));
            OK
        }
        Err(error) => {
            say(&format!("`{}` could not be written: {error}", out.display()));
            INCOMPLETE
        }
    }
}

fn written(out: &Path, practice: &Practice) -> std::io::Result<()> {
    std::fs::create_dir_all(out)?;
    let lines: String = practice.bills.iter().map(|bill| format!("{}\n", bill.manifest)).collect();
    let mut truth = csv::Writer::from_path(out.join("truth.csv"))?;
    truth.write_record(["consignment", "as_of", "kind", "method"])?;
    for bill in &practice.bills {
        truth.write_record([&bill.consignment, &bill.day.to_string(), bill.kind.as_str(), &bill.method])?;
    }
    truth.flush()?;
    for (name, bytes) in [
        ("practice.ndjson", lines.as_bytes()),
        ("register.csv", practice.register.as_slice()),
        ("alerts.ndjson", practice.alerts.as_slice()),
        ("watchlist.csv", practice.watch_list.as_slice()),
    ] {
        std::fs::write(out.join(name), bytes)?;
    }
    Ok(())
}

fn tried(exercise: &Exercise, profile: &Path, json: bool) -> u8 {
    let [id] = ids_in(profile).try_into().unwrap_or_else(|_: Vec<String>| [String::new()]);
    if id.is_empty() {
        say(&format!("`{}` is no folder of one profile, with profile.toml and profile.rhai", profile.display()));
        return UNREADABLE;
    }
    let practice = match practice(exercise) {
        Ok(practice) => practice,
        Err(code) => return code,
    };
    let given = |bytes: &[u8]| (!bytes.is_empty()).then(|| Input::Bytes(bytes.to_vec()));
    let options = Options {
        rules: RuleSource { overlay: Some(profile.to_owned()), ..RuleSource::default() },
        inputs: Inputs {
            register: given(&practice.register),
            alerts: given(&practice.alerts),
            watch_list: given(&practice.watch_list),
            ..Inputs::default()
        },
        ..Options::default()
    };
    let engine = match Engine::open(&options) {
        Ok(engine) => engine,
        Err(error) => {
            say(&error.to_string());
            return UNREADABLE;
        }
    };
    // What does not load is told before any figure.
    engine.profiles().faults.iter().for_each(|fault| say(&fault.to_string()));
    if engine.profiles().failed.contains(&id) {
        say(&format!("`{id}` did not load whole; mend it first: palisander rules check {}", profile.display()));
        return UNREADABLE;
    }
    let graded = match exercises::graded(&engine, &id, &practice) {
        Ok(graded) => graded,
        Err(why) => {
            say(&why);
            return UNREADABLE;
        }
    };
    if json {
        putln!("{}", serde_json::json!(graded));
    } else {
        tell(&graded);
    }
    if graded.grade == Grade::Fail { FINDINGS } else { OK }
}

fn tell(graded: &Graded) {
    let Graded { profile, planted, found, honest, falsely, failing_cases, mutants, noticed, grade, mistakes } = graded;
    putln!("{profile}: {grade}");
    putln!("");
    putln!("found            {found} of {planted} planted bills");
    putln!("falsely flagged  {falsely} of {honest} honest ones");
    putln!("its own cases    {failing_cases} fail; they notice {noticed} of {mutants} changes of the rule");
    if !mistakes.is_empty() {
        putln!("");
    }
    for mistake in mistakes {
        let met: Vec<&str> = mistake.indicators.iter().map(String::as_str).collect();
        let what = if met.is_empty() { "missed".to_owned() } else { format!("flagged by {}", met.join(", ")) };
        let method = if mistake.method.is_empty() { String::new() } else { format!(" ({})", mistake.method) };
        putln!("{:<16} {}{method}: {what}", mistake.consignment, mistake.kind);
    }
}
