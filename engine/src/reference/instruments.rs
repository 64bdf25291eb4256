//! Documents, laws and cases that rows and rules cite.
//!
//! In: a citation as people write it (`Notification No. 2013/39`, `2013/039`, `Res. Conf. 12.3 (Rev. CoP19)`, `seed ¶44`).
//! Out: the instrument, and what became of the clause. Sources: datasets/instruments, datasets/notifications, datasets/clauses.

use rustc_hash::FxHashMap;

use serde::Deserialize;

use super::clauses::{Clauses, Redline};
use super::error::{ReferenceError, TableFault};
use super::fields::{self, Confidence};
use super::load::DataSource;
use crate::codes::{CountryCode, Date};
use crate::text::plain_key;

/// Something that may be cited.
#[derive(Debug, Clone, Deserialize)]
pub struct Instrument {
    /// The form in which it is cited.
    pub id: String,
    /// What it is, such as `notification`.
    pub kind: String,
    /// Title in own words.
    pub title: String,
    /// Adopted or published.
    pub date: Option<Date>,
    /// `in_force`, `superseded`, `withdrawn`, `adopted`, `unknown`.
    pub status: String,
    /// What stands in its place.
    pub superseded_by: Option<String>,
    /// What is uncertain about the date.
    pub date_note: Option<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// The facts of a Notification or a like document.
#[derive(Debug, Clone, Deserialize)]
pub struct Notification {
    /// Id by which rules and rows cite it.
    pub id: String,
    /// `NNNN/NNN`; `None` where the number was not seen.
    pub number: Option<String>,
    /// Title in own words.
    pub title: String,
    /// What it says, in own words.
    pub summary: String,
    /// Day of publication.
    pub published_on: Date,
    /// Who issued it.
    pub issuing_body: String,
    /// Countries it is about.
    #[serde(deserialize_with = "fields::parts")]
    pub countries: Vec<CountryCode>,
    /// Taxa it is about; empty = any.
    #[serde(deserialize_with = "fields::parts")]
    pub taxa: Vec<String>,
    /// `in_force`, `superseded`, `withdrawn`, `unknown`.
    pub status: String,
    /// What stands in its place.
    pub superseded_by: Option<String>,
    /// What is uncertain about the dates.
    pub date_note: Option<String>,
    /// How well the row is known.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
}

/// All instruments, and the facts of the Notifications among them.
#[derive(Debug, Clone, Default)]
pub struct Instruments {
    rows: Vec<Instrument>,
    notifications: Vec<Notification>,
    clauses: Clauses,
    by_key: FxHashMap<String, usize>,
    /// Number of the latest Conference of the Parties that some row is of.
    latest_meeting: u32,
}

impl Instruments {
    pub(super) fn load(source: &DataSource, faults: &mut Vec<TableFault>) -> Result<Self, ReferenceError> {
        let rows: Vec<Instrument> = fields::rows(source, "instruments", faults)?;
        let notifications = fields::rows(source, "notifications", faults)?;
        let clauses = Clauses::load(source, faults)?;
        let mut by_key = FxHashMap::default();
        for (n, row) in rows.iter().enumerate() {
            by_key.entry(citation_key(&row.id)).or_insert(n);
        }
        let latest_meeting = rows.iter().filter_map(|row| meeting(&row.id)).max().unwrap_or_default();
        Ok(Self { rows, notifications, clauses, by_key, latest_meeting })
    }

    /// All rows, in the order of the table.
    pub fn rows(&self) -> &[Instrument] {
        &self.rows
    }

    /// The facts of Notifications, in the order of the table.
    pub fn notifications(&self) -> &[Notification] {
        &self.notifications
    }

    /// Does the instrument that a citation means stand on the day? It no longer does from the day of what stands in its
    /// place, or at once where that day is not held; `None` = no such instrument is held.
    pub fn in_force(&self, citation: &str, day: Date) -> Option<bool> {
        let row = self.resolve(citation)?;
        let over = matches!(row.status.as_str(), "superseded" | "withdrawn" | "repealed");
        let successor = row.superseded_by.as_deref().and_then(|next| self.resolve(next)?.date);
        Some(!over || successor.is_some_and(|next| next > day))
    }

    /// The instrument that a citation means. A clause that is not held (`Res. Conf. 12.3 Annex 2`) gives the instrument
    /// it stands in, unless clauses of that kind are held of it: then it does not exist. A revision must be of a meeting
    /// after the one that adopted the instrument, and not after the latest that is held.
    pub fn resolve(&self, citation: &str) -> Option<&Instrument> {
        let whole = citation_key(citation);
        let (row, _) = self.parted(&whole)?;
        let key = citation_key(&row.id);
        let clause: Vec<&str> = whole.get(key.len()..)?.split_whitespace().collect();
        (self.may_hold(&key, &clause) && self.may_be_revised(&key, citation)).then_some(row)
    }

    /// What became of a cited clause since the revision that is cited; `None` = nothing, or none is cited.
    pub fn redline(&self, citation: &str) -> Option<Redline> {
        let whole = citation_key(citation);
        let (row, clause) = self.parted(&whole)?;
        let meeting = revisions(citation).into_iter().flatten().max()?;
        if clause.is_empty() { None } else { self.clauses.redline(&row.id, clause, meeting) }
    }

    /// Clauses of instruments, as each revision has them.
    pub fn clauses(&self) -> &Clauses {
        &self.clauses
    }

    /// The instrument of a citation's key, and the rest, which is its clause.
    fn parted<'k>(&self, whole: &'k str) -> Option<(&Instrument, &'k str)> {
        let mut key = whole;
        let row = loop {
            if let Some(n) = self.by_key.get(key) {
                break self.rows.get(*n)?;
            }
            key = key.rsplit_once(' ')?.0;
            if !key.bytes().any(|b| b.is_ascii_digit()) {
                return None;
            }
        };
        Some((row, whole.get(key.len()..)?.trim()))
    }

    /// May the instrument of that key have this clause?
    fn may_hold(&self, key: &str, clause: &[&str]) -> bool {
        let Some(kind) = clause.first() else { return true };
        let held = format!("{key} {kind} ");
        let own = self.by_key.get(key).and_then(|n| self.rows.get(*n));
        let is_of_own = own.is_some_and(|row| self.clauses.begin_with(&row.id, kind));
        (CLAUSES.contains(kind) || is_of_own)
            && clause.iter().skip(1).all(|word| CLAUSES.contains(word) || is_clause_mark(word))
            && !self.by_key.keys().any(|key| key.starts_with(&held))
    }

    fn may_be_revised(&self, key: &str, citation: &str) -> bool {
        // `res conf 12 3`: adopted at the twelfth meeting.
        let adopted: Option<u32> = key.strip_prefix("res conf ").and_then(|rest| rest.split(' ').next()?.parse().ok());
        let mut revisions = revisions(citation).into_iter();
        revisions.all(|meeting| match (meeting, adopted) {
            (Some(meeting), Some(adopted)) => adopted < meeting && meeting <= self.latest_meeting,
            (Some(meeting), None) => meeting <= self.latest_meeting,
            (None, _) => true,
        })
    }
}

/// Words that begin a clause, as [`citation_key`] spells them.
const CLAUSES: &[&str] =
    &["para", "annex", "section", "part", "art", "point", "footnote", "preamble", "appendix", "chapter"];

/// A number of at most two digits, a letter or a Roman numeral.
fn is_clause_mark(word: &str) -> bool {
    let is_number = word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit());
    let is_letter = word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
    is_number || is_letter || word.bytes().all(|b| matches!(b, b'i' | b'v' | b'x' | b'l'))
}

/// The meetings of the revision marks in brackets: `(Rev. CoP19)` gives 19, `(Rev.)` says none.
fn revisions(citation: &str) -> Vec<Option<u32>> {
    let inside = citation.split('(').skip(1).filter_map(|rest| rest.split_once(')')).map(|(inside, _)| inside.trim());
    let marks = inside.filter(|inside| inside.to_lowercase().starts_with("rev"));
    marks.map(meeting).collect()
}

/// The number after `CoP`.
fn meeting(text: &str) -> Option<u32> {
    let at = text.to_ascii_lowercase().find("cop")? + 3;
    let digits: String = text.get(at..)?.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// One spelling for every way of citing: `notif 2013 039`, `res conf 12 3`, `cop17 doc 25 para 44`.
fn citation_key(citation: &str) -> String {
    let text = citation.replace(['¶', '§'], " para ");
    // Revision marks in brackets do not change which instrument is meant.
    let text = without_revisions(&text);
    let mut words: Vec<String> = Vec::new();
    for word in plain_key(&text).split(' ') {
        let word = match word {
            "" | "cites" | "to" | "the" | "parties" | "no" | "nr" | "number" | "of" | "conference" => continue,
            "notification" | "notifications" | "not" => "notif",
            "resolution" | "resolutions" => "res",
            "decisions" | "dec" => "decision",
            "document" | "doc" => "doc",
            "paragraph" | "paragraphs" | "paras" | "par" => "para",
            "article" | "articles" => "art",
            "regulation" => "reg",
            "proposal" => "prop",
            "seed" => "cop17 doc 25",
            word => word,
        };
        words.push(word.into());
    }
    pad_serials(&mut words);
    if words.first().is_some_and(|word| is_year(word)) && words.len() == 2 {
        words.insert(0, "notif".into());
    }
    if words.first().is_some_and(|word| word == "conf") {
        words.insert(0, "res".into());
    }
    words.join(" ")
}

fn without_revisions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        out.push_str(before);
        match after.split_once(')') {
            Some((inner, tail)) if inner.trim_start().to_lowercase().starts_with("rev") => rest = tail,
            _ => {
                out.push('(');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()) && (word.starts_with("19") || word.starts_with("20"))
}

/// The serial after a year has three digits.
fn pad_serials(words: &mut [String]) {
    let mut after_year = false;
    for word in words {
        if after_year && word.len() < 3 && word.bytes().all(|b| b.is_ascii_digit()) {
            *word = format!("{word:0>3}");
        }
        after_year = is_year(word);
    }
}

#[cfg(test)]
mod tests {
    use super::citation_key;

    #[test]
    fn one_key_for_every_spelling() {
        for (a, b) in [
            ("CITES Notif. 2013/039", "Notification to the Parties No. 2013/39"),
            ("CITES Notif. 2013/039", "2013/039"),
            ("CITES Notif. 1999/027", "Notif. 1999/27"),
            ("CITES Res. Conf. 12.3", "Resolution Conf. 12.3 (Rev. CoP19)"),
            ("CITES Res. Conf. 12.3", "Conf. 12.3"),
            ("CITES CoP17 Doc. 25 para. 44", "CoP17 Doc. 25 ¶44"),
            ("CITES CoP17 Doc. 25 para. 44", "seed paragraph 44"),
            ("CITES Decision 16.152", "Decision 16.152"),
        ] {
            assert_eq!(citation_key(a), citation_key(b), "{a} / {b}");
        }
    }
}
