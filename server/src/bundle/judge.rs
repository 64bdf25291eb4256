//! Judges the bill of a bundle: the same steps that answered it.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use palisander_engine::bills::{self, Scored};
use palisander_engine::manifests::{Format, Mapping, json_document, read_with};
use palisander_engine::past::{Booked, Ledgered, Opened, Openings, Unavailable};
use palisander_engine::rules::{RuleSource, RuleText};
use palisander_engine::tables::DataSource;
use palisander_engine::{Assessment, Date, Engine, Inputs, Options};

use super::{About, Input, LEDGER, MANIFEST, RULESETS};
use crate::passes;
use crate::store::HowRead;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unjudged(String);

/// The answer for the bill of a folder of parts.
pub fn judged(folder: &Path, about: &About) -> Result<Assessment, Unjudged> {
    let engine = engine(folder, about)?.seen_under(about.clearance).stating(about.stated.clone());
    let ledger = if about.ledger { Some(ledger(&folder.join(LEDGER))?) } else { None };
    let ledger = ledger.as_ref().map(|ledger| ledger as &dyn Opened);
    answered(&engine, &read(&folder.join(MANIFEST))?.into(), &about.read, about.place, about.as_of, ledger)
}

/// What was drawn before, as a bundle holds it.
struct Kept(Openings);

impl Opened for Kept {
    fn opened(&self, permit: &str) -> Result<Vec<Booked>, Unavailable> {
        Ok(self.0.get(permit).cloned().unwrap_or_default())
    }
}

fn ledger(path: &Path) -> Result<Kept, Unjudged> {
    let mut openings = Openings::new();
    if path.is_file() {
        let text = read(path)?;
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let booked: Booked =
                serde_json::from_slice(line).map_err(|error| Unjudged(format!("`{LEDGER}`: {error}")))?;
            openings.entry(booked.permit.clone()).or_default().push(booked);
        }
    }
    Ok(Kept(openings))
}

/// The answer of an engine for the bill at that place of a body, read as it was.
pub fn answered(
    engine: &Engine,
    body: &Arc<[u8]>,
    how: &HowRead,
    place: u64,
    as_of: Date,
    ledger: Option<&dyn Opened>,
) -> Result<Assessment, Unjudged> {
    let wrong = |why: String| Unjudged(format!("the manifest cannot be read as it was: {why}"));
    if how.alone {
        let parsed = json_document(body).map_err(|error| wrong(error.to_string()))?;
        let one = parsed.manifest.consignments.first().ok_or_else(|| wrong("it holds no bill".to_owned()))?;
        let Some(ledger) = ledger else {
            return Ok(engine.assess(&parsed.manifest, one, &parsed.faults_of(0), as_of));
        };
        let gathered = engine.gather(&parsed.manifest, one, as_of);
        let uses = Ledgered { ledger, edition: engine.history() };
        let settled = engine.settle(gathered, &passes::alone(engine, &uses));
        return Ok(engine.conclude(&settled, &parsed.faults_of(0)));
    }
    let format = Format::by_name(&how.format).ok_or_else(|| wrong("its format is not known".to_owned()))?;
    let mapping = how.mapping.as_deref().map(Mapping::from_toml).transpose();
    let mapping = mapping.map_err(|error| wrong(error.to_string()))?.unwrap_or_default();
    let parts = || Box::new(read_with(Cursor::new(Arc::clone(body)), format, &mapping));
    let own = passes::own_edition(engine, parts(), as_of);
    let mut openings = Openings::new();
    for permit in ledger.iter().flat_map(|_| own.claimed()) {
        let opened = ledger.map_or_else(|| Ok(Vec::new()), |ledger| ledger.opened(permit));
        openings.insert(permit.to_owned(), opened.map_err(|error| Unjudged(error.to_string()))?);
    }
    let edition = passes::beside(engine, &own, &openings);
    let uses = ledger.map(|ledger| Ledgered { ledger, edition: Some(&edition) });
    let past = match &uses {
        Some(uses) => passes::after(engine, &edition, uses),
        None => passes::past(engine, &edition),
    };
    let (mut n, mut found) = (0, None);
    let ended = bills::score(engine, parts(), as_of, &past, &mut |scored| {
        let is_it = n == place;
        n += u64::from(matches!(scored, Scored::Answer(_) | Scored::Lost(_)));
        match scored {
            Scored::Answer(answer) if is_it => {
                found = Some(*answer);
                Err(())
            }
            _ => Ok(()),
        }
    });
    // It ends early when the bill was found.
    let _ = ended;
    found.ok_or_else(|| Unjudged(format!("the manifest holds no bill number {place}")))
}

fn engine(folder: &Path, about: &About) -> Result<Engine, Unjudged> {
    let given = |input: Input| {
        let path = folder.join(input.path());
        path.is_file().then(|| read(&path).map(palisander_engine::Input::Bytes)).transpose()
    };
    let inputs = Inputs {
        register: given(Input::Register)?,
        permits: given(Input::Permits)?,
        alerts: given(Input::Alerts)?,
        watch_list: given(Input::WatchList)?,
        information: given(Input::Information)?,
        listed: given(Input::Listed)?,
        history: given(Input::History)?,
    };
    let data = if about.data { DataSource::Folder(folder.join("data")) } else { DataSource::Embedded };
    let texts = if about.rulesets { texts(&folder.join(RULESETS))? } else { Vec::new() };
    let rules = RuleSource { overlay: about.rules.as_ref().map(|path| folder.join(path)), texts };
    Engine::open(&Options { data, rules, inputs }).map_err(|error| Unjudged(error.to_string()))
}

/// Files of profiles: two folders deep, cases left out.
fn texts(folder: &Path) -> Result<Vec<RuleText>, Unjudged> {
    let wrong = |error: std::io::Error| Unjudged(format!("`{RULESETS}` cannot be read: {error}"));
    let mut texts = Vec::new();
    for profile in std::fs::read_dir(folder).map_err(wrong)? {
        let profile = profile.map_err(wrong)?.path();
        for file in std::fs::read_dir(&profile).map_err(wrong)? {
            let path = file.map_err(wrong)?.path();
            let within = path.strip_prefix(folder).unwrap_or(&path).components();
            let within: Vec<_> = within.map(|part| part.as_os_str().to_string_lossy()).collect();
            let text = String::from_utf8(read(&path)?)
                .map_err(|_| Unjudged(format!("`{RULESETS}` holds a file that is no text")))?;
            texts.push(RuleText { path: within.join("/"), text });
        }
    }
    texts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(texts)
}

fn read(path: &Path) -> Result<Vec<u8>, Unjudged> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    std::fs::read(path).map_err(|error| Unjudged(format!("`{name}` cannot be read: {error}")))
}
