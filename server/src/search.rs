//! The search index of the live engine: built when it is first asked for, and again after a reload.

use std::sync::{Arc, Mutex, PoisonError};

use palisander_engine::notices::{
    AlertIndex, AlertIndexError, AlertRecord, SearchContext, Vocabulary, library_records,
};
use palisander_engine::tables::DataSource;
use palisander_engine::{Engine, Label};

/// An index with the engine that it belongs to.
#[derive(Default)]
pub struct SearchIndex {
    live: Mutex<Option<(Arc<Engine>, Arc<AlertIndex>)>>,
}

impl SearchIndex {
    /// The index over the records of `engine`. Only what everybody may see is in it, so that neither a result nor the
    /// weight of a word tells of anything else.
    pub fn of(&self, engine: &Arc<Engine>) -> Result<Arc<AlertIndex>, AlertIndexError> {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, index)) = live.as_ref().filter(|(own, _)| Arc::ptr_eq(own, engine)) {
            return Ok(Arc::clone(index));
        }
        let source = DataSource::Embedded;
        let vocabulary = Arc::new(Vocabulary::build(&source, engine.references())?);
        let context = SearchContext { vocabulary, names: Arc::clone(engine.names()) };
        let mut records: Vec<AlertRecord> = engine.alerts().records().to_vec();
        records.extend(library_records(&source)?);
        records.retain(|record| record.label() == Label::Clear);
        let index = Arc::new(AlertIndex::build(&records, &context)?);
        *live = Some((Arc::clone(engine), Arc::clone(&index)));
        Ok(index)
    }
}
