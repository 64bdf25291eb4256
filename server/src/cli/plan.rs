//! `palisander plan`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use palisander_engine::rules::RuleSource;
use palisander_engine::{Date, Engine, Options};

use super::out::putln;
use super::state::{State, Stop};
use super::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, say};
use crate::config::MAX_PLANS;
use crate::plans::{self, Coverage, Measured, Plan, PlanState, Standing};

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
    /// Show plans: who agreed, from when to when, with what money, measures and milestones
    ///
    ///   palisander plan show
    ///   palisander plan show our-plan.toml
    ///   palisander plan show --state state/
    ///
    /// JSON: as_of, plans (plan, state).
    #[command(verbatim_doc_comment)]
    Show {
        #[command(flatten)]
        of: Of,
    },
    /// List milestones that are open after their day, with owner and days
    ///
    ///   palisander plan due our-plan.toml --as-of 2026-12-01
    ///   palisander plan due --state state/
    ///
    /// A milestone of a plan is written so:
    ///
    ///   [[milestones]]
    ///   text = "Train two units"
    ///   due = "2026-12-01"
    ///   owner = "Customs"
    ///
    /// JSON: as_of, overdue (plan, n, text, owner, due, days).
    /// Exit codes: 0 none is late, 1 one is, 2 a plan cannot be read.
    #[command(verbatim_doc_comment)]
    Due {
        #[command(flatten)]
        of: Of,
    },
}

/// Of which plans.
#[derive(Args)]
pub struct Of {
    /// Plans, TOML [default: those of the state, else those that are built in]
    files: Vec<PathBuf>,
    /// Day that counts [default: today in UTC]
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<String>,
    /// JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    state: State,
}

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    let (as_of, of) = match command {
        Command::Coverage { as_of, .. } => (as_of, None),
        Command::Show { of } | Command::Due { of } => (&of.as_of, Some(of)),
    };
    let as_of = match as_of.as_ref().map_or_else(|| Ok(crate::state::today()), |text| text.parse::<Date>()) {
        Ok(day) => day,
        Err(_) => {
            say("--as-of is a day such as 2026-11-01");
            return BAD_ARGUMENTS;
        }
    };
    match (command, of) {
        (Command::Coverage { files, rules, json, .. }, _) => covered(files, rules.as_deref(), as_of, *json),
        (Command::Due { .. }, Some(of)) => told(of, |plans| late(plans, as_of, of.json)),
        (_, Some(of)) => told(of, |plans| shown(plans, as_of, of.json)),
        (_, None) => OK,
    }
}

fn covered(files: &[PathBuf], rules: Option<&Path>, as_of: Date, json: bool) -> u8 {
    let options = Options {
        rules: RuleSource { overlay: rules.map(Path::to_owned), ..RuleSource::default() },
        ..Options::default()
    };
    let (plans, engine) = match (read(files), Engine::open(&options)) {
        (Ok(plans), Ok(engine)) => (plans, engine),
        (plans, engine) => {
            plans.err().into_iter().flatten().for_each(|fault| say(&fault));
            engine.err().iter().for_each(|error| say(&error.to_string()));
            return UNREADABLE;
        }
    };
    let found = plans::coverage(&plans, engine.profiles(), as_of);
    if json {
        putln!("{}", serde_json::json!(found));
    } else {
        show(&found);
    }
    if found.open().next().is_some() { FINDINGS } else { OK }
}

/// Plans of files or of a service, each with how far it has come where an office keeps it.
type Told = Vec<(Plan, Option<PlanState>)>;

fn told(of: &Of, tell: impl FnOnce(&Told) -> u8) -> u8 {
    match plans_of(of) {
        Ok(plans) => tell(&plans),
        Err(Stop { code, why }) => {
            say(&why);
            code
        }
    }
}

fn plans_of(of: &Of) -> Result<Told, Stop> {
    if of.files.is_empty() && of.state.place()?.is_some() {
        let (_, store) = of.state.existing()?;
        let found = store.plans(false, MAX_PLANS).map_err(|error| Stop { code: UNREADABLE, why: error.to_string() })?;
        return Ok(found.into_iter().map(|(record, _)| (record.plan, Some(record.state))).collect());
    }
    let plans = read(&of.files).map_err(|faults| Stop { code: UNREADABLE, why: faults.join("\n") })?;
    Ok(plans.into_iter().map(|plan| (plan, None)).collect())
}

fn late(plans: &Told, as_of: Date, json: bool) -> u8 {
    // A draft is nobody's word yet.
    let asking = plans.iter().filter(|(_, state)| *state != Some(PlanState::Draft)).map(|(plan, _)| plan);
    let found = plans::overdue(asking, as_of);
    if json {
        putln!("{}", serde_json::json!({ "as_of": as_of, "overdue": found }));
    } else {
        for own in &found {
            putln!("{} days late  {}", own.days, own.owner);
            putln!("    {}", own.text);
            putln!("    milestone {} of {}, due on {}", own.n, own.plan, own.due);
        }
        putln!("{} milestones are open after their day on {as_of}", found.len());
    }
    if found.is_empty() { OK } else { FINDINGS }
}

fn shown(plans: &Told, as_of: Date, json: bool) -> u8 {
    if json {
        let all: Vec<_> =
            plans.iter().map(|(plan, state)| serde_json::json!({ "plan": plan, "state": state })).collect();
        putln!("{}", serde_json::json!({ "as_of": as_of, "plans": all }));
        return OK;
    }
    for (plan, state) in plans {
        let state = state.map(|state| format!(", {state}")).unwrap_or_default();
        putln!("{}  {}{state}", plan.id, plan.kind);
        putln!("    {}", plan.title);
        let day = |day: Option<Date>| day.map_or_else(|| "no day".to_owned(), |day| day.to_string());
        putln!("    from {} to {}; {}", day(plan.from), day(plan.to), plan.source);
        for (what, names) in [("agreed by", &plan.groups), ("with", &plan.partners), ("own profiles", &plan.profiles)] {
            names.iter().enumerate().for_each(|(n, name)| {
                putln!("    {:<13} {name}", if n == 0 { what } else { "" });
            });
        }
        plan.funding.iter().for_each(|text| putln!("    {:<13} {text}", "paid by"));
        for measure in &plan.measures {
            putln!("  - {}", measure.text);
        }
        for own in &plan.milestones {
            putln!("  {} {:<8} {} ({})", own.due, own.state, own.text, own.owner);
        }
    }
    OK
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
