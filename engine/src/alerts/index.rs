//! The search index over records: generations that are built beside the live one and swapped whole.
//!
//! In: records. Out: a frozen [`AlertIndex`], in memory or in a folder. A folder holds `generation-N` and a file
//! `CURRENT` that names the live one; both appear by rename, so that a process killed at any moment leaves the old
//! generation or the new one. A folder of another schema or of other records is rebuilt, never an error. A changed
//! record makes the next generation by commit: old readers keep what they saw.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::collector::TopDocs;
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, Index, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};

use super::error::AlertIndexError;
use super::record::AlertRecord;
use super::schema::{Documents, Fields, SCHEMA_VERSION, schema};
use super::tokens::Stems;
use super::words::Vocabulary;
use crate::names::NameIndex;

/// Memory of the writer: at this size a segment is written.
const WRITER_BYTES: usize = 128 << 20;
/// Memory of the writer for a few changed records.
const CHANGE_BYTES: usize = 16 << 20;
/// Names the live generation of a folder.
const CURRENT: &str = "CURRENT";

/// What reading questions and records needs, shared between generations.
#[derive(Debug, Clone)]
pub struct SearchContext {
    /// Words of questions.
    pub vocabulary: Arc<Vocabulary>,
    /// Names of taxa.
    pub names: Arc<NameIndex>,
}

/// One generation, frozen.
pub struct AlertIndex {
    pub(super) index: Index,
    pub(super) searcher: Searcher,
    pub(super) fields: Fields,
    pub(super) context: SearchContext,
    content: Content,
    generation: u64,
}

impl std::fmt::Debug for AlertIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AlertIndex").field("generation", &self.generation).field("records", &self.len()).finish()
    }
}

/// Which records an index holds, whatever their order: the sum of their hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Content {
    sum: u128,
    records: u64,
}

impl Content {
    fn of(records: &[&AlertRecord]) -> Self {
        records.iter().fold(Self::default(), |content, record| content.with(record))
    }

    fn with(self, record: &AlertRecord) -> Self {
        Self { sum: self.sum.wrapping_add(hash(record)), records: self.records + 1 }
    }

    fn without(self, record: &AlertRecord) -> Self {
        Self { sum: self.sum.wrapping_sub(hash(record)), records: self.records.saturating_sub(1) }
    }

    fn payload(self, generation: u64) -> String {
        format!("{SCHEMA_VERSION} {:032x} {} {generation}", self.sum, self.records)
    }

    /// Content and generation of a payload of this schema.
    fn read(payload: &str) -> Option<(Self, u64)> {
        let parts: Vec<&str> = payload.split(' ').collect();
        let [version, sum, records, generation] = parts.as_slice() else { return None };
        if version.parse() != Ok(SCHEMA_VERSION) {
            return None;
        }
        let content = Self { sum: u128::from_str_radix(sum, 16).ok()?, records: records.parse().ok()? };
        Some((content, generation.parse().ok()?))
    }
}

fn hash(record: &AlertRecord) -> u128 {
    let json = serde_json::to_vec(record).unwrap_or_default();
    let hash = blake3::hash(&json);
    let half: [u8; 16] = hash.as_bytes().first_chunk().copied().unwrap_or_default();
    u128::from_le_bytes(half)
}

impl AlertIndex {
    /// Builds a generation in memory. The last of equal ids counts.
    pub fn build(records: &[AlertRecord], context: &SearchContext) -> Result<Self, AlertIndexError> {
        let index = Index::create_in_ram(schema().0);
        Self::fill(index, &sorted(records), context, 1)
    }

    /// Opens the folder when it holds these records under this schema; builds it anew beside the old one otherwise.
    pub fn open(folder: &Path, records: &[AlertRecord], context: &SearchContext) -> Result<Self, AlertIndexError> {
        let records = sorted(records);
        let wanted = Content::of(&records);
        let live = std::fs::read_to_string(folder.join(CURRENT)).ok();
        let live = live.map(|name| name.trim().to_owned()).filter(|name| number(name).is_some());
        if let Some(name) = &live
            && let Some(opened) = Self::reopen(&folder.join(name), wanted, context)
        {
            return Ok(opened);
        }
        std::fs::create_dir_all(folder).map_err(|error| fault(folder, &error))?;
        let last = std::fs::read_dir(folder).map_err(|error| fault(folder, &error))?.flatten();
        let last = last.filter_map(|entry| number(entry.file_name().to_str()?)).max().unwrap_or(0);
        let name = format!("generation-{}", last + 1);
        let beside = folder.join(format!("{name}.part-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&beside);
        std::fs::create_dir_all(&beside).map_err(|error| fault(&beside, &error))?;
        drop(Self::fill(Index::create_in_dir(&beside, schema().0)?, &records, context, last + 1)?);
        let place = folder.join(&name);
        std::fs::rename(&beside, &place).map_err(|error| fault(&place, &error))?;
        name_current(folder, &name)?;
        sweep(folder, &name);
        Self::reopen(&place, wanted, context).ok_or_else(|| AlertIndexError::Folder {
            path: place.display().to_string(),
            why: "what was just written does not open".to_owned(),
        })
    }

    /// A generation on disk, when it is whole and holds what is wanted.
    fn reopen(place: &Path, wanted: Content, context: &SearchContext) -> Option<Self> {
        let index = Index::open_in_dir(place).ok()?;
        let (own, fields) = schema();
        let (content, generation) = Content::read(index.load_metas().ok()?.payload.as_deref()?)?;
        if index.schema() != own || content != wanted {
            return None;
        }
        let searcher = searcher(&index).ok()?;
        Some(Self { index, searcher, fields, context: context.clone(), content, generation })
    }

    fn fill(
        index: Index,
        records: &[&AlertRecord],
        context: &SearchContext,
        generation: u64,
    ) -> Result<Self, AlertIndexError> {
        let (_, fields) = schema();
        let content = Content::of(records);
        let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
        let mut documents = documents(fields, context);
        for (order, record) in records.iter().enumerate() {
            writer.add_document(documents.document(record, order as u64)?)?;
        }
        commit(&mut writer, content, generation)?;
        writer.wait_merging_threads()?;
        let searcher = searcher(&index)?;
        Ok(Self { index, searcher, fields, context: context.clone(), content, generation })
    }

    /// The next generation: `changed` are added or take the place of those with their id, `removed` are taken out.
    /// This one stays as it is.
    pub fn next(&self, changed: &[AlertRecord], removed: &[&str]) -> Result<Self, AlertIndexError> {
        let changed = sorted(changed);
        let mut content = self.content;
        let mut writer: IndexWriter = self.index.writer_with_num_threads(1, CHANGE_BYTES)?;
        for id in changed.iter().map(|record| record.id.as_str()).chain(removed.iter().copied()) {
            if let Some(old) = self.get(id)? {
                content = content.without(&old);
                writer.delete_term(Term::from_field_text(self.fields.id, id));
            }
        }
        let mut documents = documents(self.fields, &self.context);
        for (n, record) in changed.iter().enumerate() {
            content = content.with(record);
            writer.add_document(documents.document(record, self.content.records + n as u64)?)?;
        }
        let generation = self.generation + 1;
        commit(&mut writer, content, generation)?;
        let searcher = searcher(&self.index)?;
        let (index, context) = (self.index.clone(), self.context.clone());
        Ok(Self { index, searcher, fields: self.fields, context, content, generation })
    }

    /// A record by its id.
    pub fn get(&self, id: &str) -> Result<Option<AlertRecord>, AlertIndexError> {
        let query = TermQuery::new(Term::from_field_text(self.fields.id, id), IndexRecordOption::Basic);
        let found = self.searcher.search(&query, &TopDocs::with_limit(1).order_by_score())?;
        match found.first() {
            Some((_, address)) => self.record(*address).map(Some),
            None => Ok(None),
        }
    }

    /// The record of a document.
    pub(super) fn record(&self, address: DocAddress) -> Result<AlertRecord, AlertIndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let bytes = document.get_first(self.fields.record).and_then(|value| value.as_bytes()).unwrap_or_default();
        serde_json::from_slice(bytes)
            .map_err(|error| AlertIndexError::Record { id: format!("{address:?}"), why: error.to_string() })
    }

    /// How many records.
    pub fn len(&self) -> usize {
        usize::try_from(self.content.records).unwrap_or(usize::MAX)
    }

    /// True without records.
    pub fn is_empty(&self) -> bool {
        self.content.records == 0
    }

    /// Which generation this is, from 1.
    pub fn generation(&self) -> u64 {
        self.generation
    }
}

fn documents(fields: Fields, context: &SearchContext) -> Documents<'_> {
    Documents { fields, vocabulary: &context.vocabulary, names: &context.names, stems: Stems::default() }
}

/// By id, the last of equal ones.
fn sorted(records: &[AlertRecord]) -> Vec<&AlertRecord> {
    let by_id: BTreeMap<&str, &AlertRecord> = records.iter().map(|record| (record.id.as_str(), record)).collect();
    by_id.into_values().collect()
}

fn commit(writer: &mut IndexWriter, content: Content, generation: u64) -> Result<(), AlertIndexError> {
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&content.payload(generation));
    prepared.commit()?;
    Ok(())
}

fn searcher(index: &Index) -> Result<Searcher, AlertIndexError> {
    Ok(index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?.searcher())
}

/// The highest number of a generation: one a millisecond for 285,000 years. A folder with a higher one is not ours.
const MAX_GENERATION: u64 = 1 << 53;

/// `3` of `generation-3`.
fn number(name: &str) -> Option<u64> {
    name.strip_prefix("generation-")?.parse().ok().filter(|number| *number < MAX_GENERATION)
}

fn name_current(folder: &Path, name: &str) -> Result<(), AlertIndexError> {
    let part = folder.join(format!("{CURRENT}.part-{}", std::process::id()));
    let write = || -> std::io::Result<()> {
        use std::io::Write;
        let mut file = std::fs::File::create(&part)?;
        file.write_all(name.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&part, folder.join(CURRENT))?;
        std::fs::File::open(folder)?.sync_all()
    };
    write().map_err(|error| fault(&part, &error))
}

/// Takes away older generations. A reader that still maps one keeps its bytes; what is half written by another process
/// that lives is left to it.
fn sweep(folder: &Path, keep: &str) {
    let newest = number(keep).unwrap_or(0);
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let whole = name.split_once(".part-").map_or(name, |(whole, _)| whole);
        if name != keep && number(whole).is_some_and(|n| n <= newest) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn fault(path: &Path, error: &std::io::Error) -> AlertIndexError {
    let path: PathBuf = path.to_path_buf();
    AlertIndexError::Folder { path: path.display().to_string(), why: error.to_string() }
}
