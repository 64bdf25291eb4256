//! A place in a document that an editor asks about, with everything that is asked there.
//!
//! In: the document and a place of the protocol. Out: [`Point`]: line and byte, and what stands around it. Not here: what is answered
//! (`hover.rs`, `complete.rs`, `cases.rs`).

use std::ops::Range;

use lsp_types::Position;
use palisander_engine::Engine;
use palisander_engine::rules::writing::Block;
use palisander_engine::rules::{Field, View};

use super::documents::{Document, Documents, Units};
use super::home::{Home, Part};
use super::outline;
use super::spot;
use super::words::Words;

/// What answers are made of.
#[derive(Clone, Copy)]
pub struct Known<'d> {
    pub words: &'d Words,
    /// The rules as they were judged last, else those that are built in.
    pub engine: &'d Engine,
    pub documents: &'d Documents,
    pub units: Units,
}

/// A place in a document.
pub struct Point<'d> {
    pub known: Known<'d>,
    pub document: &'d Document,
    pub home: &'d Home,
    /// Number of the line, from 0.
    pub n: usize,
    /// Byte of the line.
    pub at: usize,
}

impl<'d> Point<'d> {
    /// The point at a place of the protocol.
    pub fn of(known: Known<'d>, document: &'d Document, home: &'d Home, place: Position) -> Self {
        let (n, at) = document.at(place, known.units);
        Self { known, document, home, n, at }
    }

    /// The line, without its end.
    pub fn line(&self) -> &'d str {
        self.document.line(self.n)
    }

    /// What stands before the point on its line.
    pub fn before(&self) -> &'d str {
        self.line().get(..self.at).unwrap_or_default()
    }

    /// What begins a comment here.
    pub fn comment(&self) -> &'static str {
        if self.home.part == Part::Toml { "#" } else { "//" }
    }

    /// Bytes of the text in quotes around the point.
    pub fn quoted(&self) -> Option<Range<usize>> {
        spot::quoted(self.line(), self.at, self.comment())
    }

    /// The key of `profile.toml` whose value stands here, and its block.
    pub fn key(&self) -> Option<(Block, &'d str)> {
        let lines: Vec<&str> = self.document.text.lines().collect();
        let (key, is_inline) = spot::key(&lines, self.n, self.at)?;
        Some((if is_inline { Block::Step } else { self.block() }, key))
    }

    /// The block of `profile.toml` around the line.
    pub fn block(&self) -> Block {
        outline::block(&self.document.text, self.n).0
    }

    /// The field that the text in quotes around the point is compared with.
    pub fn compared(&self) -> Option<(View, &'static Field)> {
        let own = self.quoted()?;
        let line = self.line();
        let (before, after) = (line.get(..own.start.checked_sub(1)?)?, line.get(own.end + 1..).unwrap_or_default());
        // A list may have begun on a line before.
        let above: Vec<&str> = self.document.text.lines().take(self.n).collect();
        let from = above.iter().rposition(|line| line.trim_start().starts_with("fn ")).unwrap_or(above.len());
        let whole = above.get(from..).unwrap_or_default().join("\n");
        spot::compared_with(before, after).or_else(|| spot::compared_with(&format!("{whole}\n{before}"), after))
    }

    /// A place of the protocol on the point's line.
    pub fn range(&self, bytes: Range<usize>) -> lsp_types::Range {
        self.document.range(self.n, bytes, self.known.units)
    }
}
