//! What the server knows while an editor works: what is open, how it was judged, what was told of it.
//!
//! In: documents that are opened, changed, saved and closed. Out: diagnostics, once nothing more waits to be read: a flow of changes is
//! judged at its end. Not here: requests (`answers.rs`), the stream (`mod.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lsp_types::{
    Diagnostic, DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, MessageType, PublishDiagnosticsParams, ShowMessageParams, Uri,
};
use palisander_engine::Engine;

use super::documents::{Document, Documents, Units, path_of, uri_of};
use super::findings::{Judged, diagnostics};
use super::home::Home;
use super::point::Known;
use super::words::Words;

/// What is told without being asked.
#[derive(Debug)]
pub enum Told {
    Diagnostics(PublishDiagnosticsParams),
    Message(ShowMessageParams),
}

/// Everything that is known between two messages.
pub struct Desk {
    pub shipped: Engine,
    pub words: Words,
    pub units: Units,
    /// Folders that the editor has open.
    pub opened: Vec<PathBuf>,
    pub documents: Documents,
    /// By folder of rules, as it was judged last.
    judged: BTreeMap<PathBuf, Judged>,
    /// Folders of rules in which something has changed since.
    stale: BTreeSet<PathBuf>,
    /// Files of which something was told, by folder of rules.
    told: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// What waits to be said.
    waiting: Vec<Told>,
}

impl Desk {
    /// A desk on which nothing lies.
    pub fn new(shipped: Engine) -> Self {
        Self {
            shipped,
            words: Words::read(),
            units: Units::Utf16,
            opened: Vec::new(),
            documents: Documents::default(),
            judged: BTreeMap::new(),
            stale: BTreeSet::new(),
            told: BTreeMap::new(),
            waiting: Vec::new(),
        }
    }

    /// A document was opened: its text counts, not that of the disk.
    pub fn open(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.put(&document.uri, document.version, document.text);
    }

    /// A document was changed; each change is the whole text, as was agreed.
    pub fn change(&mut self, params: DidChangeTextDocumentParams) {
        let Some(last) = params.content_changes.into_iter().next_back() else { return };
        if last.range.is_some() {
            self.say(MessageType::WARNING, "changes of a part were not agreed on; send the whole text".to_owned());
            return;
        }
        self.put(&params.text_document.uri, params.text_document.version, last.text);
    }

    fn put(&mut self, uri: &Uri, version: i32, text: String) {
        let Some((path, home)) = self.home(uri) else { return };
        if let Err(why) = self.documents.put(uri, &path, version, text) {
            self.say(MessageType::WARNING, why);
        }
        self.stale.insert(home.root);
    }

    /// A document was saved: other files of the folder may have changed, too.
    pub fn save(&mut self, params: &DidSaveTextDocumentParams) {
        self.stale.extend(self.home(&params.text_document.uri).map(|(_, home)| home.root));
    }

    /// A document was closed: the disk counts again.
    pub fn close(&mut self, params: &DidCloseTextDocumentParams) {
        let Some((path, home)) = self.home(&params.text_document.uri) else { return };
        self.documents.close(&path);
        self.stale.insert(home.root);
    }

    /// Files of the folders changed on the disk.
    pub fn disk(&mut self) {
        let homes: Vec<PathBuf> = self.homes().map(|home| home.root).collect();
        self.stale.extend(homes);
    }

    /// Path and home of a document's address; `None` for what is no part of a profile.
    pub fn home(&self, uri: &Uri) -> Option<(PathBuf, Home)> {
        let path = path_of(uri)?;
        let home = Home::of(&path, &self.opened)?;
        Some((path, home))
    }

    /// Homes of all that is open.
    fn homes(&self) -> impl Iterator<Item = Home> {
        self.documents.all().filter_map(|open| Home::of(&open.path, &self.opened))
    }

    /// Says something to the person at the editor.
    pub fn say(&mut self, typ: MessageType, message: String) {
        self.waiting.push(Told::Message(ShowMessageParams { typ, message }));
    }

    /// The rules around a home as they were judged last.
    pub fn judged(&self, home: &Home) -> Option<&Judged> {
        self.judged.get(&home.root)
    }

    /// What answers about a home are made of.
    pub fn known(&self, home: &Home) -> Known<'_> {
        let engine = self.judged(home).map_or(&self.shipped, |judged| &judged.engine);
        Known { words: &self.words, engine, documents: &self.documents, units: self.units }
    }

    /// A document that is open.
    pub fn document(&self, path: &Path) -> Option<&Document> {
        self.documents.get(path)
    }

    /// Judges what has changed; gives all that is to be told since the last time.
    pub fn settle(&mut self) -> Vec<Told> {
        for root in std::mem::take(&mut self.stale) {
            self.judge(root);
        }
        std::mem::take(&mut self.waiting)
    }

    fn judge(&mut self, root: PathBuf) {
        // By folder: several files of one profile may be open.
        let homes = self.homes().filter(|home| home.root == root).map(|home| (home.folder.clone(), home));
        let homes: BTreeMap<PathBuf, Home> = homes.collect();
        let ids: Vec<String> = homes.values().map(|home| home.id.clone()).collect();
        let mut found: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
        match homes.values().next().map(|home| Judged::of(&self.shipped, home, &self.documents, &ids)) {
            None => {
                self.judged.remove(&root);
            }
            Some(Err(why)) => return self.say(MessageType::ERROR, why),
            Some(Ok(judged)) => {
                for home in homes.values() {
                    for (path, list) in diagnostics(&judged, home, &self.documents, self.units) {
                        let all = found.entry(path).or_default();
                        let new: Vec<Diagnostic> = list.into_iter().filter(|one| !all.contains(one)).collect();
                        all.extend(new);
                    }
                }
                self.judged.insert(root.clone(), judged);
            }
        }
        // What is no longer so is taken back.
        for path in self.told.remove(&root).unwrap_or_default() {
            found.entry(path).or_default();
        }
        let told = found.iter().filter(|(_, list)| !list.is_empty()).map(|(path, _)| path.clone()).collect();
        self.told.insert(root, told);
        for (path, diagnostics) in found {
            let open = self.documents.get(&path).map(|open| (open.uri.clone(), open.version));
            let Some((uri, version)) = open.or_else(|| Some((uri_of(&path)?, None))) else { continue };
            self.waiting.push(Told::Diagnostics(PublishDiagnosticsParams { uri, diagnostics, version }));
        }
    }
}
