//! `palisander rules`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use palisander_engine::cases::{self, Ran};
use palisander_engine::profile::diagnostics::{Gravity, PAGES, page};
use palisander_engine::profile::lint::{Tables, lint};
use palisander_engine::profile::{ProfileFault, RuleSource};
use palisander_engine::{Engine, Options};

use super::{BAD_ARGUMENTS, FINDINGS, OK, UNREADABLE, say};

/// Profiles.
#[derive(Subcommand)]
pub enum Command {
    /// Check profiles: what does not load, what each indicator needs and costs
    ///
    ///   palisander rules check                    the shipped rules
    ///   palisander rules check rules/my-profile   one folder, a folder of folders, or one .rhai file
    #[command(verbatim_doc_comment)]
    Check {
        /// Rules added to the shipped ones
        path: Option<PathBuf>,
        /// JSON
        #[arg(long)]
        json: bool,
    },
    /// Run the cases of every profile; say which indicators no case exercises and which changes no case notices
    Test {
        /// Rules added to the shipped ones
        path: Option<PathBuf>,
        /// JSON
        #[arg(long)]
        json: bool,
        /// List the changes that no case notices
        #[arg(long)]
        survivors: bool,
    },
    /// Say for every indicator why it is met, not met or open for one consignment
    Explain {
        /// A canonical manifest that holds one consignment, or a case
        #[arg(long, value_name = "FILE")]
        consignment: PathBuf,
        /// Day that counts [default: today in UTC, or the case's]
        #[arg(long, value_name = "YYYY-MM-DD")]
        as_of: Option<String>,
        /// Rules added to the shipped ones
        #[arg(long)]
        rules: Option<PathBuf>,
        /// Only these states: met, "not met", unverifiable
        #[arg(long)]
        state: Option<String>,
        /// JSON
        #[arg(long)]
        json: bool,
    },
    /// The page of a diagnostic, or the list of all
    ExplainCode {
        /// Code, such as P012
        code: Option<String>,
    },
    /// Write the catalogue of profiles and the reference of the view
    Docs {
        /// Folder to write catalogue.md and reference.md into
        #[arg(long, default_value = "rules", value_name = "DIR")]
        out: PathBuf,
    },
}

/// Runs the command.
pub fn run(command: &Command) -> u8 {
    let overlay = match command {
        Command::Check { path, .. } | Command::Test { path, .. } => path.clone(),
        Command::Explain { rules, .. } => rules.clone(),
        Command::ExplainCode { code } => return explain_code(code.as_deref()),
        Command::Docs { .. } => None,
    };
    let options = Options { rules: RuleSource { overlay }, ..Options::default() };
    let engine = match Engine::open(&options) {
        Ok(engine) => engine,
        Err(error) => {
            say(&error.to_string());
            return UNREADABLE;
        }
    };
    match command {
        Command::Check { json, path } => check(&engine, path.as_deref(), *json),
        Command::ExplainCode { .. } => OK,
        Command::Test { json, survivors, .. } => test(&engine, *json, *survivors),
        Command::Explain { consignment, as_of, state, json, .. } => {
            explain(&engine, consignment, as_of.as_deref(), state.as_deref(), *json)
        }
        Command::Docs { out } => docs(&engine, out),
    }
}

/// Faults at load, then doubts, then what the cases leave open; of the profiles named, or of all.
pub fn diagnose(engine: &Engine, only: Option<&[String]>) -> Vec<ProfileFault> {
    let references = &engine.references;
    let tables = Tables {
        country: &|code| references.countries.get(code).is_some(),
        taxon: &|name| engine.names.taxon(name).is_some(),
        form: &|form| form.parse::<palisander_engine::reference::Form>().is_ok(),
        in_force: &|citation| {
            references
                .instruments
                .resolve(citation)
                .map(|i| !matches!(i.status.as_str(), "superseded" | "withdrawn" | "repealed"))
        },
        today: crate::state::today(),
    };
    let wanted = |id: &str| only.is_none_or(|only| only.iter().any(|name| name == id));
    let mut found: Vec<ProfileFault> =
        engine.profiles.faults.iter().filter(|fault| wanted(&fault.profile)).cloned().collect();
    found.extend(lint(&engine.profiles, &tables, only));
    found.extend(cases::doubts(engine).into_iter().filter(|fault| wanted(&fault.profile)));
    found
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn check(engine: &Engine, path: Option<&Path>, json: bool) -> u8 {
    let set = &engine.profiles;
    let only = path.map(palisander_engine::profile::load::ids_in);
    let only = only.as_deref().filter(|only| !only.is_empty());
    let found = diagnose(engine, only);
    let gravity = |fault: &ProfileFault| page(fault.code).map_or(Gravity::Error, |page| page.gravity);
    let native = set.indicators.iter().filter(|indicator| indicator.native.is_some()).count();
    if json {
        let faults: Vec<_> = found
            .iter()
            .map(|f| serde_json::json!({ "code": f.code, "severity": gravity(f).as_str(), "profile": f.profile, "file": f.file, "place": f.place, "what": f.what, "fix": f.fix }))
            .collect();
        let indicators: Vec<_> = set
            .indicators
            .iter()
            .map(|i| {
                let reads: Vec<String> = i.reads.iter().map(|(view, field)| format!("{}.{}", view.name(), view.fields().get(*field).map_or("", |f| f.name))).collect();
                serde_json::json!({ "profile": set.profile_of(i).map(|p| &p.id), "indicator": i.name, "each": i.each.name(), "native": i.native.is_some(), "interpreted_because": i.interpreted_because, "parts": i.native.as_ref().map(palisander_engine::profile::native::Op::n_parts), "reads": reads })
            })
            .collect();
        println!("{}", serde_json::json!({ "findings": faults, "indicators": indicators, "native": native }));
    } else {
        for fault in &found {
            println!("{} {fault}", gravity(fault).as_str());
        }
        println!(
            "{} profiles, {} indicators, {native} native ({} % of them); {} finding(s)",
            set.profiles.len(),
            set.indicators.len(),
            native * 100 / set.indicators.len().max(1),
            found.len()
        );
        if !found.is_empty() {
            println!("`palisander rules explain-code CODE` says more");
        }
    }
    if found.iter().all(|fault| gravity(fault) == Gravity::Note) { OK } else { FINDINGS }
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn explain_code(code: Option<&str>) -> u8 {
    match code {
        None => PAGES.iter().for_each(|page| println!("{} {:<7} {}", page.code, page.gravity.as_str(), page.title)),
        Some(code) => match page(code) {
            Some(page) => println!("{} {}: {}\n\n{}", page.code, page.gravity.as_str(), page.title, page.text),
            None => {
                say(&format!("there is no code `{code}`; `palisander rules explain-code` lists all"));
                return BAD_ARGUMENTS;
            }
        },
    }
    OK
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn test(engine: &Engine, json: bool, survivors: bool) -> u8 {
    let ran: Vec<Ran> = cases::run_all(engine);
    let held = cases::hold(engine, &ran);
    let failed = ran.iter().filter(|ran| !ran.result.failures.is_empty() && ran.result.known_gap.is_none()).count();
    let (mutants, killed): (usize, usize) = held.iter().fold((0, 0), |(m, k), h| (m + h.mutants, k + h.killed));
    let idle: Vec<String> = held
        .iter()
        .filter(|h| h.fires == 0 || h.near_misses == 0)
        .map(|h| format!("{}/{} (fires {}, near misses {})", h.profile, h.indicator, h.fires, h.near_misses))
        .collect();
    if json {
        let results: Vec<_> = ran.iter().map(|ran| &ran.result).collect();
        println!(
            "{}",
            serde_json::json!({ "cases": results, "indicators": held, "mutants": mutants, "killed": killed })
        );
    } else {
        for ran in &ran {
            let result = &ran.result;
            match (result.failures.is_empty(), &result.known_gap) {
                (true, _) => {}
                (false, Some(gap)) => {
                    println!("gap   {}/{}: {} ({gap})", result.profile, result.file, result.failures.join("; "))
                }
                (false, None) => println!(
                    "FAIL  {}/{} {}: {}",
                    result.profile,
                    result.file,
                    result.title,
                    result.failures.join("; ")
                ),
            }
        }
        idle.iter().for_each(|name| println!("idle  {name}"));
        if survivors {
            for held in &held {
                held.survivors.iter().for_each(|what| println!("alive {}/{}: {what}", held.profile, held.indicator));
            }
        }
        println!(
            "mutation score {killed} of {mutants}; {} of {} indicators fire and nearly miss in some case",
            held.len() - idle.len(),
            held.len()
        );
        println!("{} passed, {failed} failed", ran.len() - failed);
    }
    if failed == 0 { OK } else { FINDINGS }
}

#[expect(clippy::print_stdout, reason = "the answer of the command")]
fn explain(engine: &Engine, file: &Path, as_of: Option<&str>, state: Option<&str>, json: bool) -> u8 {
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
                let evidence = engine.gather(&parsed.manifest, one, day.unwrap_or_else(crate::state::today));
                Ok(engine.facts(&parsed.manifest, one, &evidence, &parsed.faults))
            }),
    };
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => {
            say(&error);
            return UNREADABLE;
        }
    };
    for one in cases::explain(engine, &facts).iter().filter(|one| state.is_none_or(|state| one.state == state)) {
        if json {
            println!("{}", serde_json::to_string(one).unwrap_or_default());
            continue;
        }
        println!("{:<12} {}/{} ({} {})", one.state, one.profile, one.indicator, one.each, one.subject);
        for (clause, value) in &one.clauses {
            println!("             {clause}\n               → {value}");
        }
    }
    OK
}

/// The catalogue, as Markdown.
pub fn catalogue(engine: &Engine) -> String {
    let mut text = String::from(
        "# Catalogue of profiles\n\nWritten by `palisander rules docs` from the profiles. Points add up; within a group only the highest hit counts; a floor is the\nlowest lane that a hit allows.\n",
    );
    let lanes = &engine.profiles.lanes;
    let _ = writeln!(
        text,
        "\nLanes: blue from {} points, yellow from {}, red from {}.",
        lanes.thresholds.blue, lanes.thresholds.yellow, lanes.thresholds.red
    );
    for (id, indicators) in cases::by_profile(engine) {
        let Some(profile) = engine.profiles.profiles.iter().find(|profile| profile.id == id) else { continue };
        let _ = writeln!(text, "\n## {} (`{id}`)\n\n{}\n", profile.title, profile.why.trim());
        let _ = writeln!(
            text,
            "Sources: {}.  \nInnocent explanations: {}.\n",
            profile.sources.join("; "),
            profile.innocent_explanations.join("; ")
        );
        let _ = writeln!(
            text,
            "| indicator | looks at | points | floor | group | what it means |\n| --- | --- | ---: | --- | --- | --- |"
        );
        for indicator in indicators {
            let floor = indicator.floor.map_or("", |lane| lane.as_str());
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {floor} | {} | {} |",
                indicator.name,
                indicator.each.name(),
                indicator.points,
                indicator.group,
                indicator.doc
            );
        }
    }
    text
}

fn docs(engine: &Engine, out: &Path) -> u8 {
    let files = [("catalogue.md", catalogue(engine)), ("reference.md", cases::view_reference())];
    for (name, text) in files {
        if let Err(error) = std::fs::write(out.join(name), text) {
            say(&format!("`{}` cannot be written: {error}", out.join(name).display()));
            return UNREADABLE;
        }
    }
    OK
}
