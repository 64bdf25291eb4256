//! What changes from day to day: register, alerts, watch list, history; and how much of each was read.
//!
//! In: files or their bytes. Out: the frozen inputs, and a [`Report`] of each. Rows that do not fit are left out and every
//! answer says in short that there were some; an input of which nothing could be read is lost, and no answer is green then.
//! The engine opens no file after this.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::alerts::{AlertRecord, RecordFault, WatchList, read_records, read_watched};
use crate::history::Edition;
use crate::manifest::{Fault, Severity};
use crate::permits::{Change, Register, RowFault};
use crate::reference::References;

/// What changes from day to day, each a file or its bytes.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Permit register: CSV, NDJSON or CITES e-permit XML.
    pub register: Option<Input>,
    /// What was changed in the register since, NDJSON, in order.
    pub permits: Option<Input>,
    /// Alerts, NDJSON, beside the shipped ones.
    pub alerts: Option<Input>,
    /// Watch list, CSV.
    pub watch_list: Option<Input>,
    /// What a service was told and took on: records as in `alerts`, beside them.
    pub information: Option<Input>,
    /// Parties that it took on: rows as in `watch_list`, beside them.
    pub listed: Option<Input>,
    /// History edition, NDJSON.
    pub history: Option<Input>,
}

/// A file, what would stand in it, or a file that somebody read already.
#[derive(Debug, Clone)]
pub enum Input {
    File(PathBuf),
    Bytes(Vec<u8>),
    Read { path: PathBuf, bytes: Arc<[u8]> },
}

/// A file that is named cannot be opened: nothing is loaded then.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` cannot be read: {why}")]
pub struct InputError {
    path: String,
    why: String,
}

impl Input {
    fn read(&self) -> Result<(String, Cow<'_, [u8]>), InputError> {
        match self {
            Self::Bytes(bytes) => Ok(("bytes".to_owned(), Cow::Borrowed(bytes))),
            Self::Read { path, bytes } => Ok((path.display().to_string(), Cow::Borrowed(bytes))),
            Self::File(path) => match std::fs::read(path) {
                Ok(bytes) => Ok((path.display().to_string(), Cow::Owned(bytes))),
                Err(error) => Err(InputError { path: path.display().to_string(), why: error.to_string() }),
            },
        }
    }
}

/// How much of one input was read. It shows counts and places, never a value: a record may be secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub input: Cow<'static, str>,
    /// Rows left out.
    pub rejected: u64,
    /// Rows kept without a value that could not be read.
    pub doubtful: u64,
    /// Place of the first fault.
    pub first: String,
    /// Nothing of it was read.
    pub lost: bool,
    /// Faults in words, for who loads the file: the first [`MAX_FAULTS_TOLD`] of each input. All are counted.
    #[serde(skip)]
    pub faults: Vec<String>,
}

/// Faults of one input that are told in words.
pub const MAX_FAULTS_TOLD: u64 = 1_000;

impl Report {
    fn new(input: &'static str) -> Self {
        Self { input: Cow::Borrowed(input), ..Self::default() }
    }

    fn add(&mut self, file: &str, place: String, rejected: bool, what: &str) {
        if self.faults.is_empty() {
            self.first.clone_from(&place);
        }
        match self.rejected + self.doubtful {
            n if n < MAX_FAULTS_TOLD => self.faults.push(format!("{file} {place}: {what}")),
            MAX_FAULTS_TOLD => {
                self.faults.push(format!("{file} {place} and later: more faults; only the first are told"))
            }
            _ => {}
        }
        *(if rejected { &mut self.rejected } else { &mut self.doubtful }) += 1;
    }

    fn records(&mut self, file: &str, faults: Vec<RecordFault>) {
        for fault in faults {
            self.add(file, format!("line {}", fault.line), fault.rejected, &fault.what);
        }
    }

    fn rows(&mut self, file: &str, faults: Vec<RowFault>) {
        for fault in faults {
            let place = fault.row.map_or_else(|| "file".to_owned(), |row| format!("row {row}"));
            let column = fault.column.as_ref().map(|column| format!("column `{column}` ")).unwrap_or_default();
            self.add(file, place, fault.dropped, &format!("{column}{}", fault.what));
        }
    }

    /// What every answer says of it; `None` = all was read.
    pub fn fault(&self) -> Option<Fault> {
        let Self { input, rejected, doubtful, first, lost, .. } = self;
        let at = format!("{input} {first}");
        if *lost {
            let found = format!("nothing of the {input} could be read");
            return Some(Fault::new("input_lost", Severity::Lost, at, &found, "an input of which some row fits"));
        }
        let expected = "rows that fit; the command that loads them says what is wrong";
        match (rejected, doubtful) {
            (0, 0) => None,
            (0, _) => {
                let found = format!("{doubtful} values not read");
                Some(Fault::new("input_values_not_read", Severity::Note, at, &found, expected))
            }
            _ => {
                let found = format!("{rejected} rows left out");
                Some(Fault::new("input_rows_rejected", Severity::Note, at, &found, expected))
            }
        }
    }
}

/// What is told of woods, ways, ships and people: it changes by the hour.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    /// Records as they stand in the files; they do not fit the tables yet.
    pub(crate) alerts: Vec<AlertRecord>,
    pub(crate) watch_list: WatchList,
    pub(crate) reports: Vec<Report>,
}

/// Registers and the past: they change by the day, and are large.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    pub(crate) register: Register,
    /// `None` = no history is kept; `Err` = it is lost.
    pub(crate) history: Option<Result<Edition, String>>,
    pub(crate) reports: Vec<Report>,
}

/// Reads alerts, information and watch lists.
pub(crate) fn notices(inputs: &Inputs, references: &References) -> Result<Notices, InputError> {
    let mut notices = Notices::default();
    for (name, input) in [("alerts", &inputs.alerts), ("information", &inputs.information)] {
        let Some(input) = input else { continue };
        let (file, bytes) = input.read()?;
        let (mut records, faults) = read_records(&bytes);
        let mut report = Report::new(name);
        report.records(&file, faults);
        report.lost = records.is_empty() && report.rejected > 0;
        for record in &mut records {
            if !record.fit(references) {
                let what = format!("that of record `{}` is none of its scheme; it counts as not assessed", record.id);
                report.add(&file, "grades".to_owned(), false, &what);
            }
        }
        notices.alerts.extend(records);
        notices.reports.push(report);
    }
    let mut entries = Vec::new();
    for (name, input) in [("watch list", &inputs.watch_list), ("listed", &inputs.listed)] {
        let Some(input) = input else { continue };
        let (file, bytes) = input.read()?;
        let (rows, faults) = read_watched(&bytes);
        let mut report = Report::new(name);
        report.records(&file, faults);
        report.lost = rows.is_empty() && report.rejected > 0;
        entries.extend(rows);
        notices.reports.push(report);
    }
    notices.watch_list = WatchList::of(entries);
    Ok(notices)
}

/// Reads register and history.
pub(crate) fn holdings(inputs: &Inputs) -> Result<Holdings, InputError> {
    let mut loaded = Holdings::default();
    if let Some(input) = &inputs.register {
        let (file, bytes) = input.read()?;
        let (register, faults) = Register::from_bytes(&bytes);
        let mut report = Report::new("register");
        report.rows(&file, faults);
        report.lost = register.is_empty() && report.rejected > 0;
        loaded.register = register;
        loaded.reports.push(report);
    }
    if let Some(input) = &inputs.permits {
        let (changed, report) = changed(&loaded.register, input)?;
        loaded.register = changed;
        loaded.reports.push(report);
    }
    if let Some(input) = &inputs.history {
        let (file, bytes) = input.read()?;
        loaded.history(&file, &bytes);
    }
    Ok(loaded)
}

/// The register as the changes leave it.
pub(crate) fn changed(register: &Register, changes: &Input) -> Result<(Register, Report), InputError> {
    let (file, bytes) = changes.read()?;
    let (changes, faults) = Change::read(&bytes);
    let mut report = Report::new(PERMITS);
    report.rows(&file, faults);
    report.lost = changes.is_empty() && report.rejected > 0;
    Ok((register.changed_by(changes), report))
}

/// The input of what was changed in the register, as reports name it.
pub(crate) const PERMITS: &str = "permits";

impl Holdings {
    fn history(&mut self, file: &str, bytes: &[u8]) {
        let mut report = Report::new("history");
        self.history = Some(match Edition::read(bytes) {
            Ok((edition, faults)) => {
                for (line, what) in faults {
                    report.add(file, format!("line {line}"), true, &what);
                }
                report.lost = edition.is_empty() && report.rejected > 0;
                if report.lost { Err("the history cannot be read".to_owned()) } else { Ok(edition) }
            }
            Err(error) => {
                report.add(file, "line 1".to_owned(), true, &error.to_string());
                report.lost = true;
                Err("the history cannot be read".to_owned())
            }
        });
        self.reports.push(report);
    }
}
