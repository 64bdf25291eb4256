//! `palisander plan`

use std::path::PathBuf;

use clap::Subcommand;
use palisander_engine::rules::RuleSource;
use palisander_engine::{Date, Engine, Options};

use super::out::putln;
use super::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, say};
use crate::plans::{self, Coverage, Measured, Plan, Standing};

/// `palisander plan …`: what offices agreed to do.
#[derive(Subcommand)]
pub enum Command {
    /// Say which measures no profile does, and which profiles no plan asks for
    ///
    ///   palisander plan coverage                 the plans that are built in
    ///   palisander plan coverage our-plan.toml   others
    ///
    /// A plan is a file like those in server/plans:
    ///
    ///   id = "…"  kind = "action_plan"  title = "…"  source = "…"
    ///   [[measures]]
    ///   text = "Check shipments of timber"  source = "…"  profiles = ["siamese-rosewood"]
    ///
    /// Exit codes: 0 every measure is done, 1 one is not, 2 a plan cannot be read.
    #[command(verbatim_doc_comment)]
    Coverage {
        /// Plans, TOML
        files: Vec<PathBuf>,
        /// Rules added to the shipped ones
        #[arg(long, value_name = "PATH")]
        rules: Option<PathBuf>,
        /// Day that counts [default: today in UTC]
        #[arg(long, value_name = "YYYY-MM-DD")]
        as_of: Option<String>,
        /// JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    let Command::Coverage { files, rules, as_of, json } = command;
    let as_of = match as_of.as_ref().map_or_else(|| Ok(crate::state::today()), |text| text.parse::<Date>()) {
        Ok(day) => day,
        Err(_) => {
            say("--as-of is a day such as 2026-11-01");
            return BAD_ARGUMENTS;
        }
    };
    let options =
        Options { rules: RuleSource { overlay: rules.clone(), ..RuleSource::default() }, ..Options::default() };
    let (plans, engine) = match (read(files), Engine::open(&options)) {
        (Ok(plans), Ok(engine)) => (plans, engine),
        (plans, engine) => {
            plans.err().into_iter().flatten().for_each(|fault| say(&fault));
            engine.err().iter().for_each(|error| say(&error.to_string()));
            return UNREADABLE;
        }
    };
    let found = plans::coverage(&plans, engine.profiles(), as_of);
    if *json {
        putln!("{}", serde_json::json!(found));
    } else {
        show(&found);
    }
    if found.open().next().is_some() { FINDINGS } else { OK }
}

/// The plans, or all that is wrong with all of them.
fn read(files: &[PathBuf]) -> Result<Vec<Plan>, Vec<String>> {
    let texts: Vec<(String, Result<String, String>)> = match files {
        [] => plans::built_in().into_iter().map(|(name, text)| (name.to_owned(), Ok(text.to_owned()))).collect(),
        files => files
            .iter()
            .map(|file| (file.display().to_string(), std::fs::read_to_string(file).map_err(|error| error.to_string())))
            .collect(),
    };
    let (mut plans, mut faults) = (Vec::<Plan>::new(), Vec::new());
    for (name, text) in texts {
        match text.map_err(|why| vec![why]).and_then(|text| plans::read(&text)) {
            Ok(plan) if plans.iter().any(|own| own.id == plan.id) => {
                faults.push(format!("`{name}`: there are two plans `{}`", plan.id));
            }
            Ok(plan) => plans.push(plan),
            Err(whys) => faults.extend(whys.into_iter().map(|why| format!("`{name}`: {why}"))),
        }
    }
    if faults.is_empty() { Ok(plans) } else { Err(faults) }
}

fn show(found: &Coverage) {
    for measure in &found.measures {
        let roles: Vec<&str> = measure.roles.iter().map(|role| role.as_str()).collect();
        putln!("{}  {}", if measure.is_done { "done" } else { "open" }, measure.text);
        putln!("      by {}", profiles(measure));
        let of = if roles.is_empty() { "all countries".to_owned() } else { format!("{} countries", roles.join(", ")) };
        putln!("      {of}; {}", measure.source);
    }
    putln!("");
    let open = found.open().count();
    putln!("{open} of {} measures have no profile that acts on {}", found.measures.len(), found.as_of);
    putln!("{} profiles are of no plan:", found.unplanned.len());
    for (id, title) in &found.unplanned {
        putln!("  {id:<24} {title}");
    }
}

fn profiles(measure: &Measured) -> String {
    let shown = measure.profiles.iter().map(|done| match (done.standing, &done.meant) {
        (Standing::Acts, _) => done.profile.clone(),
        (Standing::Unknown, Some(meant)) => format!("{} {}; `{meant}`?", done.profile, done.standing),
        _ => format!("{} {}", done.profile, done.standing),
    });
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { "no profile".to_owned() } else { shown.join(", ") }
}
