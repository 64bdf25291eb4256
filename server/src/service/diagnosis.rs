//! What is wrong with profiles: what does not load, what is doubted, what their cases leave open.
//!
//! In: an engine with the profiles in it. Out: findings, each with a code, a place and a fix. The command line and the service
//! say the same of the same rules.

use palisander_engine::rules::cases::run_of;
use palisander_engine::rules::{Gravity, ProfileFault, Table, Tables, allowed, cases, lint, page, vocabulary};
use palisander_engine::woods::NameQuery;
use palisander_engine::{CountryCode, Date, Engine};

/// Faults at load, then doubts and what the cases leave open, less what the writer has allowed; of the profiles named, or of
/// all.
pub fn diagnose(engine: &Engine, only: Option<&[String]>, today: Date) -> Vec<ProfileFault> {
    let references = engine.references();
    let tables = Tables {
        holds: &|table, word| holds(engine, table, word),
        wood: &|phrase| wood(engine, phrase),
        in_force: &|citation, day| references.instruments.in_force(citation, day),
        revised: &|citation| references.instruments.redline(citation),
        today,
    };
    let wanted = |id: &str| only.is_none_or(|only| only.iter().any(|name| name == id));
    let mut found: Vec<ProfileFault> =
        engine.profiles().faults.iter().filter(|fault| wanted(&fault.profile)).cloned().collect();
    let doubts = lint(engine.profiles(), &tables, only);
    for profile in engine.profiles().profiles.iter().filter(|profile| wanted(&profile.id)) {
        let mut own: Vec<ProfileFault> = doubts.iter().filter(|doubt| doubt.profile == profile.id).cloned().collect();
        own.extend(cases::doubts(engine, profile));
        found.extend(allowed(profile, own));
    }
    found
}

/// How many cases some profiles have, and those that do not hold, each in a line. What other profiles' cases say beside them
/// is asked by `rules test`.
pub fn failing(engine: &Engine, profiles: &[String]) -> (u64, Vec<String>) {
    let (mut cases, mut failing) = (0_u64, Vec::new());
    for profile in engine.profiles().profiles.iter().filter(|profile| profiles.contains(&profile.id)) {
        for ran in run_of(engine, profile) {
            cases += 1;
            if !ran.result.failures.is_empty() && ran.result.known_gap.is_none() {
                failing.push(format!("{}/{}: {}", profile.id, ran.result.file, ran.result.failures.join("; ")));
            }
        }
    }
    (cases, failing)
}

/// Does the table hold the word as rules write it?
fn holds(engine: &Engine, table: Table, word: &str) -> bool {
    let references = engine.references();
    match table {
        Table::Countries => word
            .parse()
            .is_ok_and(|code: CountryCode| code.as_str() == word && references.countries.get(code).is_some()),
        Table::Taxa => engine.names().taxon(word).is_some(),
        table => vocabulary(engine, table).contains(word),
    }
}

/// How rules ask for the wood that a phrase names: by a field that knows it in many languages, and what is no wood.
fn wood(engine: &Engine, phrase: &str) -> Option<String> {
    let found = engine.names().resolve(&NameQuery { text: phrase, ..NameQuery::default() });
    let Some(mention) = found.mentions.first() else {
        let timbers = engine.references().timbers.named_in(phrase);
        return timbers.first().map(|timber| format!("\"{}\" in item.other_woods", timber.timber));
    };
    Some(match (mention.in_scope, mention.lookalike) {
        (true, _) => format!("\"{}\" in item.genera", mention.genus),
        (false, true) => format!("\"{}\" in item.lookalikes", mention.genus),
        (false, false) => format!("\"{}\" in item.other_woods", mention.taxon),
    })
}

/// How grave a finding is.
pub fn gravity(fault: &ProfileFault) -> Gravity {
    page(fault.code).map_or(Gravity::Error, |page| page.gravity)
}

/// Is it worse than a note?
pub fn is_worse(fault: &ProfileFault) -> bool {
    gravity(fault) > Gravity::Note
}
