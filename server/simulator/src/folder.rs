//! A world written into a folder.
//!
//! ```text
//! manifests/<day>.ndjson (or .csv), manifests/<day>/<reference>.edi (or .xml)
//! register.csv  alerts.ndjson  watchlist.csv  results.ndjson      what customs have
//! truth.ndjson                                                    what they have not
//! world.json                                                      seed, family, sizes, counts
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use crate::call::Rendered;
use crate::port::{Day, Port, Wish};
use crate::write::Format;
use crate::{news, permits, truth};

/// Why a world was not written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A table of the world does not read.
    #[error(transparent)]
    World(#[from] crate::world::WorldError),
    /// The folder holds something already.
    #[error("`{0}` is not empty: a world is written into a folder of its own")]
    NotEmpty(PathBuf),
    /// A file could not be written.
    #[error("`{path}` cannot be written: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
}

/// What was written.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Written {
    pub seed: u64,
    pub family: String,
    pub first_day: String,
    pub last_day: String,
    pub n_bills: u64,
    pub n_calls: u64,
    /// Bills by what they were made to be.
    pub made: BTreeMap<String, u64>,
    /// Planted bills by method.
    pub planted: BTreeMap<String, u64>,
    pub n_permits: u64,
    pub n_alerts: u64,
    pub n_watched: u64,
    pub n_results: u64,
    /// Examinations whose result is never told, and results that come after the last day.
    pub n_untold: u64,
    pub n_late: u64,
}

struct Files {
    folder: PathBuf,
    format: Format,
    /// The file of the day, where a day has one.
    daily: Option<(PathBuf, File)>,
    register: csv::Writer<File>,
    watched: csv::Writer<File>,
    alerts: BufWriter<File>,
    results: BufWriter<File>,
    truth: BufWriter<File>,
}

/// Writes the world; `told` hears after each day how many bills are written.
pub fn write(wish: Wish, folder: &Path, format: Format, told: &mut dyn FnMut(u64)) -> Result<Written, FolderError> {
    let mut port = Port::new(wish.clone())?;
    let mut files = Files::new(folder, format)?;
    let mut written = Written { seed: wish.seed, family: wish.family, ..Written::default() };
    for day in port.by_ref() {
        files.day(&day)?;
        written.add(&day);
        told(written.n_bills);
    }
    let (_, untold, late) = port.results_so_far();
    (written.n_untold, written.n_late) = (untold, late as u64);
    files.end(&written)?;
    Ok(written)
}

impl Written {
    fn add(&mut self, day: &Day) {
        self.last_day = day.date.to_string();
        if self.first_day.is_empty() {
            self.first_day.clone_from(&self.last_day);
        }
        self.n_permits += day.register.len() as u64;
        self.n_alerts += day.alerts.len() as u64;
        self.n_watched += day.watched.len() as u64;
        self.n_results += day.results.len() as u64;
        self.n_calls += day.calls.len() as u64;
        for label in day.calls.iter().flat_map(|rendered| &rendered.labels) {
            self.n_bills += 1;
            *self.made.entry(label.made.to_owned()).or_default() += 1;
            if label.is_planted() {
                *self.planted.entry(label.method.clone()).or_default() += 1;
            }
        }
    }
}

impl Files {
    fn new(folder: &Path, format: Format) -> Result<Self, FolderError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |why| FolderError::File { path, why }
        };
        let manifests = folder.join("manifests");
        if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(FolderError::NotEmpty(folder.to_owned()));
        }
        std::fs::create_dir_all(&manifests).map_err(failed(&manifests))?;
        let file = |name: &str| {
            let path = folder.join(name);
            File::create(&path).map_err(failed(&path))
        };
        let mut register = csv::Writer::from_writer(file("register.csv")?);
        let mut watched = csv::Writer::from_writer(file("watchlist.csv")?);
        let ended = |error: csv::Error| FolderError::File { path: folder.to_owned(), why: error.into() };
        register.write_record(permits::COLUMNS).map_err(ended)?;
        watched.write_record(news::COLUMNS).map_err(ended)?;
        Ok(Self {
            format,
            daily: None,
            register,
            watched,
            alerts: BufWriter::new(file("alerts.ndjson")?),
            results: BufWriter::new(file("results.ndjson")?),
            truth: BufWriter::new(file("truth.ndjson")?),
            folder: folder.to_owned(),
        })
    }

    fn failed(&self) -> impl Fn(std::io::Error) -> FolderError + use<> {
        let path = self.folder.clone();
        move |why| FolderError::File { path: path.clone(), why }
    }

    fn day(&mut self, day: &Day) -> Result<(), FolderError> {
        let failed = self.failed();
        self.manifests(day)?;
        for rendered in &day.calls {
            self.truth.write_all(truth::lines(rendered).as_bytes()).map_err(&failed)?;
        }
        for row in &day.register {
            self.register.write_record(&row.0).map_err(|error| failed(error.into()))?;
        }
        for row in &day.watched {
            self.watched.write_record(row).map_err(|error| failed(error.into()))?;
        }
        for alert in &day.alerts {
            writeln!(self.alerts, "{alert}").map_err(&failed)?;
        }
        for line in &day.results {
            let text = serde_json::to_string(line).map_err(|error| failed(error.into()))?;
            writeln!(self.results, "{text}").map_err(&failed)?;
        }
        Ok(())
    }

    fn manifests(&mut self, day: &Day) -> Result<(), FolderError> {
        let (format, ending) = (self.format, self.format.ending());
        let manifests = self.folder.join("manifests");
        let text = |rendered: &Rendered| format.text(&rendered.call);
        if format.is_daily() {
            let texts: Vec<String> = day.calls.par_iter().map(text).collect();
            if day.is_first {
                let path = manifests.join(format!("{}.{ending}", day.date));
                let file =
                    File::create(&path).and_then(|mut file| file.write_all(format.head().as_bytes()).map(|()| file));
                self.daily = Some((path.clone(), file.map_err(|why| FolderError::File { path, why })?));
            }
            let Some((path, file)) = &mut self.daily else { return Ok(()) };
            let written = texts.iter().try_for_each(|text| file.write_all(text.as_bytes()));
            return written.map_err(|why| FolderError::File { path: path.clone(), why });
        }
        let folder = manifests.join(day.date.to_string());
        std::fs::create_dir_all(&folder).map_err(|why| FolderError::File { path: folder.clone(), why })?;
        day.calls.par_iter().try_for_each(|rendered| {
            let path = folder.join(format!("{}.{ending}", rendered.call.reference));
            std::fs::write(&path, text(rendered)).map_err(|why| FolderError::File { path, why })
        })
    }

    fn end(mut self, written: &Written) -> Result<(), FolderError> {
        let failed = self.failed();
        self.register.flush().map_err(&failed)?;
        self.watched.flush().map_err(&failed)?;
        for file in [&mut self.alerts, &mut self.results, &mut self.truth] {
            file.flush().map_err(&failed)?;
        }
        let text = serde_json::to_string_pretty(written).map_err(|error| failed(error.into()))?;
        std::fs::write(self.folder.join("world.json"), text + "\n").map_err(&failed)
    }
}
