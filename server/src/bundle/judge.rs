//! Judges the bill of a bundle: the same steps that answered it.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use palisander_engine::bills::{self, Scored};
use palisander_engine::manifests::{Format, Mapping, json_document, read_with};
use palisander_engine::rules::RuleSource;
use palisander_engine::tables::DataSource;
use palisander_engine::{Assessment, Engine, Inputs, Options};

use super::{About, Input, MANIFEST};
use crate::passes;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unjudged(String);

/// The answer for the bill of a folder of parts.
pub fn judged(folder: &Path, about: &About) -> Result<Assessment, Unjudged> {
    let engine = engine(folder, about)?.seen_under(about.clearance).stating(about.stated.clone());
    let body: Arc<[u8]> = read(&folder.join(MANIFEST))?.into();
    let wrong = |why: String| Unjudged(format!("the manifest cannot be read as it was: {why}"));
    if about.read.alone {
        let parsed = json_document(&body).map_err(|error| wrong(error.to_string()))?;
        let one = parsed.manifest.consignments.first().ok_or_else(|| wrong("it holds no bill".to_owned()))?;
        return Ok(engine.assess(&parsed.manifest, one, &parsed.faults_of(0), about.as_of));
    }
    let format = Format::by_name(&about.read.format).ok_or_else(|| wrong("its format is not known".to_owned()))?;
    let mapping = about.read.mapping.as_deref().map(Mapping::from_toml).transpose();
    let mapping = mapping.map_err(|error| wrong(error.to_string()))?.unwrap_or_default();
    let parts = || Box::new(read_with(Cursor::new(Arc::clone(&body)), format, &mapping));
    let own = passes::own_edition(&engine, parts(), about.as_of);
    let edition = passes::beside(&engine, &own);
    let (mut n, mut found) = (0, None);
    let ended = bills::score(&engine, parts(), about.as_of, &passes::past(&engine, &edition), &mut |scored| {
        let is_it = n == about.place;
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
    found.ok_or_else(|| Unjudged(format!("the manifest holds no bill number {}", about.place)))
}

fn engine(folder: &Path, about: &About) -> Result<Engine, Unjudged> {
    let given = |input: Input| {
        let path = folder.join(input.path());
        path.is_file().then(|| read(&path).map(palisander_engine::Input::Bytes)).transpose()
    };
    let inputs = Inputs {
        register: given(Input::Register)?,
        alerts: given(Input::Alerts)?,
        watch_list: given(Input::WatchList)?,
        information: given(Input::Information)?,
        listed: given(Input::Listed)?,
        history: given(Input::History)?,
    };
    let data = if about.data { DataSource::Folder(folder.join("data")) } else { DataSource::Embedded };
    let rules = RuleSource { overlay: about.rules.as_ref().map(|path| folder.join(path)) };
    Engine::open(&Options { data, rules, inputs }).map_err(|error| Unjudged(error.to_string()))
}

fn read(path: &Path) -> Result<Vec<u8>, Unjudged> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    std::fs::read(path).map_err(|error| Unjudged(format!("`{name}` cannot be read: {error}")))
}
