//! What an engine is made of, on record before it answers, so that every answer can be given again.
//!
//! In: the files beside what is built in, and how far the log said what is live. Out: an entry that names them by digest, and
//! their bytes as bodies of the store. What the log says of information is not kept twice: its number stands for it.
//! Files that did not change since the last entry of this process are not kept twice.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use palisander_engine::Engine;
use sha2::{Digest, Sha256};

use super::news::News;
use super::office::{Office, OfficeError};
use super::readers::OPERATOR;
use crate::config::EDITION_PART_BYTES;
use crate::hex;
use crate::store::{Batch, EditionFile, EditionLoaded, Kind, Sealed, StoreError};

/// A file that an engine is made of.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where it lies in a bundle: `inputs/alerts`, `rules/…`, `data/…`.
    pub path: String,
    pub bytes: Arc<[u8]>,
}

/// Digits of an edition's id.
const ID_DIGITS: usize = 32;

impl Office {
    /// Puts what an engine is made of on record, unless it stands there; its id.
    pub fn edition_on_record(&self, sources: &[Source], news: &News, engine: &Engine) -> Result<String, OfficeError> {
        let wrong = |error: serde_json::Error| OfficeError::Wrong(vec![error.to_string()]);
        let stated = engine.stated();
        let mut digest = Sha256::new();
        digest.update(env!("CARGO_PKG_VERSION"));
        digest.update(serde_json::to_vec(&stated).map_err(wrong)?);
        for said in [&news.information, &news.listed] {
            digest.update(Sha256::digest(said));
        }
        // Answers of two engines that let other bills through are two.
        if !news.holds.is_empty() {
            digest.update(serde_json::to_vec(&news.holds.ids()).map_err(wrong)?);
        }
        // The edition of all rules stands in what the engine states.
        let mut sums = Vec::with_capacity(sources.len());
        for source in sources {
            let sum = Sha256::digest(&source.bytes);
            digest.update(&source.path);
            digest.update([0]);
            digest.update(sum);
            sums.push(hex::shown(&sum));
        }
        let id: String = hex::shown(&digest.finalize()).chars().take(ID_DIGITS).collect();
        if self.store.last_about(&subject(&id))? > 0 {
            return Ok(id);
        }
        let mut kept = self.kept_files();
        let mut files = Vec::with_capacity(sources.len());
        for (source, sha256) in sources.iter().zip(sums) {
            let parts = match kept.get(&sha256) {
                Some(parts) => parts.clone(),
                None => self.keep_file(&source.bytes)?,
            };
            kept.insert(sha256.clone(), parts.clone());
            files.push(EditionFile { path: source.path.clone(), n_bytes: source.bytes.len() as u64, sha256, parts });
        }
        // Only what is in use: an edition of last year keeps its own.
        kept.retain(|sha256, _| files.iter().any(|file| file.sha256 == *sha256));
        let program = env!("CARGO_PKG_VERSION").to_owned();
        let upto = Some(news.upto).filter(|upto| *upto > 0);
        let said = EditionLoaded { id: id.clone(), program, stated, files, news: upto };
        let mut draft = self.says(OPERATOR, Kind::EditionLoaded, &subject(&id), &said)?;
        draft.label = palisander_engine::Label::Red;
        self.store.append(Batch::of(draft))?;
        *self.editions() = kept;
        Ok(id)
    }

    /// What was put on record under an id.
    pub(super) fn edition(&self, id: &str) -> Result<EditionLoaded, OfficeError> {
        let missing = || OfficeError::Missing { what: "edition any more", id: id.to_owned() };
        let seq = self.store.last_about(&subject(id))?;
        let entry = self.store.entries(seq.saturating_sub(1), 1)?.pop().filter(|entry| entry.seq == seq);
        let entry = entry.ok_or_else(missing)?;
        let body = self.store.body(&entry.body)?.ok_or_else(missing)?;
        serde_json::from_slice(&body.bytes).map_err(|error| StoreError::Damaged(error.to_string()).into())
    }

    /// Writes a file of an edition.
    pub(super) fn edition_file(&self, file: &EditionFile, to: &mut dyn Write) -> Result<(), OfficeError> {
        let damaged = |why: String| StoreError::Damaged(format!("file `{}` of an edition: {why}", file.path));
        for part in &file.parts {
            let digest = hex::read(part).ok_or_else(|| damaged("its digest is none".to_owned()))?;
            let body = self.store.body(&digest)?.ok_or_else(|| damaged("a part is gone".to_owned()))?;
            let mut plain = GzDecoder::new(&*body.bytes).take(EDITION_PART_BYTES as u64);
            std::io::copy(&mut plain, to).map_err(|error| damaged(error.to_string()))?;
        }
        Ok(())
    }

    /// Digests of the parts that hold files, by the digest of the file.
    fn kept_files(&self) -> HashMap<String, Vec<String>> {
        self.editions().clone()
    }

    pub(super) fn keep_file(&self, bytes: &[u8]) -> Result<Vec<String>, OfficeError> {
        let mut parts = Vec::new();
        for part in bytes.chunks(EDITION_PART_BYTES) {
            let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
            let packed = packer.write_all(part).and_then(|()| packer.finish());
            let sealed = Sealed::new(packed.map_err(|error| OfficeError::Wrong(vec![error.to_string()]))?)?;
            parts.push(hex::shown(&sealed.digest));
            self.store.keep(vec![sealed])?;
        }
        Ok(parts)
    }
}

fn subject(id: &str) -> String {
    format!("edition {id}")
}
