//! `palisander case`: cases of a service, at the machine that keeps them.

use std::fmt::Write as _;

use clap::Subcommand;
use serde_json::json;

use super::out::{columns, put, putln, wrapped};
use super::state::{State, Stop};
use super::{FINDINGS, OK, UNREADABLE, safe, say};
use crate::cases::Case;
use crate::config::MAX_CASES_READ;
use crate::store::CaseQuestion;

/// Look at cases
#[derive(Subcommand)]
pub enum Command {
    /// Cases, the latest first: state, goods, what is due
    ///
    /// Exit codes: 0 ok, 2 unreadable state, 3 bad arguments.
    List {
        /// Those that are closed, too
        #[arg(long)]
        closed: bool,
        #[command(flatten)]
        at: At,
    },
    /// One case, with where its goods are, what is due, and what is open before it can be closed
    ///
    /// Exit codes: 0 ok, 2 no such case or unreadable state, 3 bad arguments.
    Show {
        /// Id of the case
        id: String,
        #[command(flatten)]
        at: At,
    },
    /// What somebody should look at today: leads and notices that are late, signatures, hand-overs without an outcome
    ///
    /// Exit codes: 0 nothing is due, 1 something is, 2 unreadable state, 3 bad arguments.
    Due {
        #[command(flatten)]
        at: At,
    },
}

/// Where, and how it is answered.
#[derive(clap::Args)]
pub struct At {
    #[command(flatten)]
    state: State,
    #[command(flatten)]
    shape: super::rules::Shape,
}

impl At {
    fn cases(&self, closed: bool) -> Result<Vec<Case>, Stop> {
        let (_, store) = self.state.existing()?;
        let asked = CaseQuestion { is_closed_too: closed, bill: None };
        let found = store.cases(&asked, MAX_CASES_READ).map_err(|error| unreadable(&error))?;
        Ok(found.into_iter().map(|(case, _)| case).collect())
    }
}

/// Runs the command; the exit code.
pub fn run(command: &Command) -> u8 {
    let done = match command {
        Command::List { closed, at } => list(at, *closed),
        Command::Show { id, at } => show(at, id),
        Command::Due { at } => due(at),
    };
    done.unwrap_or_else(|Stop { code, why }| {
        say(&why);
        code
    })
}

fn unreadable(error: &dyn std::fmt::Display) -> Stop {
    Stop { code: UNREADABLE, why: error.to_string() }
}

fn list(at: &At, closed: bool) -> Result<u8, Stop> {
    let (cases, today) = (at.cases(closed)?, crate::state::today());
    if at.shape.is_json() {
        putln!("{}", json!(cases));
        return Ok(OK);
    }
    if cases.is_empty() {
        putln!("no cases");
    }
    for case in &cases {
        let n_due = case.due(today).len();
        let due = if n_due > 0 { format!("  {n_due} due") } else { String::new() };
        putln!("{}  {:<13} {}  {}{due}", case.id, case.state.as_str(), case.facts.seized_on, safe::line(&goods(case)));
    }
    Ok(OK)
}

fn goods(case: &Case) -> String {
    let one = |goods: &crate::cases::SeizedGoods| {
        let taxon = goods.taxon.as_deref().unwrap_or("unknown wood");
        let much = goods.mass_kg.map(|kg| format!(" {kg} kg")).or(goods.pieces.map(|n| format!(" {n} pieces")));
        format!("{taxon}{}", much.unwrap_or_default())
    };
    case.facts.goods.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn show(at: &At, id: &str) -> Result<u8, Stop> {
    let (_, store) = at.state.existing()?;
    let found = store.case(id).map_err(|error| unreadable(&error))?;
    let (case, _) = found.ok_or_else(|| unreadable(&format!("there is no case `{}`", safe::line(id))))?;
    let (balance, today) = (case.balance(), crate::state::today());
    if at.shape.is_json() {
        let unfinished = if case.closed_on.is_some() { Vec::new() } else { case.unfinished() };
        putln!("{}", json!({ "case": case, "balance": balance, "due": case.due(today), "unfinished": unfinished }));
        return Ok(OK);
    }
    let mut text = format!("{}  {}, opened on {}\n", case.id, case.state, case.opened_on);
    if let Some(from) = &case.opened_from {
        let _ = writeln!(text, "  bill {} ({})", safe::line(&from.consignment), from.bill);
    }
    let place = &case.facts.place;
    let _ = writeln!(text, "  seized on {} at {} ({})", case.facts.seized_on, safe::line(&place.name), place.country);
    let _ = writeln!(text, "  {}{}", safe::line(&goods(&case)), if case.is_large { "; large" } else { "" });
    let crate::cases::Balance { taken_in, held, sampled, released, destroyed, lost, missing, .. } = balance;
    let _ = writeln!(
        text,
        "  pieces: {taken_in} in = {held} held + {sampled} sampled + {released} released + {destroyed} destroyed + {lost} lost"
    );
    if missing > 0 {
        let _ = writeln!(text, "  {missing} of them are missing since the last count");
    }
    list_of(&mut text, "due", &case.due(today));
    if case.closed_on.is_none() {
        list_of(&mut text, "open before it can be closed", &case.unfinished());
    }
    put!("{}", wrapped(&text, usize::from(columns(None))));
    Ok(OK)
}

fn list_of(text: &mut String, head: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(text, "  {head}:");
        text.extend(lines.iter().map(|line| format!("  - {}\n", safe::line(line))));
    }
}

fn due(at: &At) -> Result<u8, Stop> {
    let today = crate::state::today();
    // How it ended is asked of closed ones, too.
    let due: Vec<(String, Vec<String>)> = at
        .cases(true)?
        .iter()
        .map(|case| (case.id.clone(), case.due(today)))
        .filter(|(_, due)| !due.is_empty())
        .collect();
    if at.shape.is_json() {
        let all: Vec<_> = due.iter().map(|(case, due)| json!({ "case": case, "due": due })).collect();
        putln!("{}", json!(all));
    } else {
        let mut text = String::new();
        due.iter().for_each(|(case, due)| {
            let _ = writeln!(text, "{case}");
            text.extend(due.iter().map(|line| format!("  {}\n", safe::line(line))));
        });
        put!("{}", wrapped(&text, usize::from(columns(None))));
    }
    if due.is_empty() {
        say("nothing is due");
    }
    Ok(if due.is_empty() { OK } else { FINDINGS })
}
