//! What is told of the word under the pointer.
//!
//! In: a point of a document. Out: Markdown: of a finding its page, of a word what it means. Not here: what words mean (`words.rs`).

use std::ops::Range;

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};
use palisander_engine::rules::writing::{Block, values};
use palisander_engine::rules::{View, page};

use super::findings::{Judged, Stands};
use super::home::Part;
use super::point::Point;
use super::{spot, words};

/// What is told at a point; `None` where nothing is known of it.
pub fn hover(point: &Point<'_>, judged: Option<&Judged>) -> Option<Hover> {
    let own = spot::word(point.line(), point.at);
    let told: Vec<(Range<usize>, String)> =
        word(point, own).into_iter().chain(judged.into_iter().flat_map(|judged| findings(point, judged))).collect();
    let bytes = told.last()?.0.clone();
    let mut texts: Vec<String> = told.into_iter().map(|(_, text)| text).collect();
    texts.dedup();
    let contents = MarkupContent { kind: MarkupKind::Markdown, value: texts.join("\n\n---\n\n") };
    Some(Hover { contents: HoverContents::Markup(contents), range: Some(point.range(bytes)) })
}

/// Pages of what is marked here.
fn findings(point: &Point<'_>, judged: &Judged) -> Vec<(Range<usize>, String)> {
    let told = judged.of_profile(point.home).filter_map(|fault| {
        let stands = Stands::of(fault, point.home, point.known.documents);
        let (n, bytes) = stands.at.filter(|_| stands.path == point.document.path)?;
        let is_here = n == point.n && bytes.start <= point.at && point.at <= bytes.end;
        page(fault.code).filter(|_| is_here).map(|page| (bytes, words::code(page)))
    });
    told.collect()
}

fn word(point: &Point<'_>, own: Range<usize>) -> Option<(Range<usize>, String)> {
    let name = point.line().get(own.clone())?;
    if let Some(page) = page(name) {
        return Some((own, words::code(page)));
    }
    if let Some((view, field, bytes)) = spot::field(point.line(), point.at) {
        return Some((bytes, point.known.words.field(point.known.engine, view, field)));
    }
    match point.home.part {
        Part::Toml => in_toml(point, own),
        Part::Rhai => in_script(point, own),
        Part::Case => None,
    }
}

fn in_toml(point: &Point<'_>, own: Range<usize>) -> Option<(Range<usize>, String)> {
    let (line, engine) = (point.line(), point.known.engine);
    if let Some(inner) = point.quoted() {
        let (block, key) = point.key()?;
        let told = named(values(engine, words::key_of(block, key)?), line.get(inner.clone())?)?;
        return Some((inner, told));
    }
    let name = line.get(own.clone())?;
    let is_inline = line.get(..own.start)?.contains('{');
    let block = if is_inline { Block::Step } else { point.block() };
    // The name of a block stands before it.
    let key = words::key_of(block, name).or_else(|| words::key_of(Block::Head, name));
    Some((own, words::key(engine, key?)))
}

fn in_script(point: &Point<'_>, own: Range<usize>) -> Option<(Range<usize>, String)> {
    let (line, known) = (point.line(), point.known);
    if let Some(inner) = point.quoted() {
        let (_, field) = point.compared()?;
        let told = named(known.words.values(known.engine, field.domain), line.get(inner.clone())?)?;
        return Some((inner, told));
    }
    if spot::is_comment(line, point.at, point.comment()) {
        return None;
    }
    let name = line.get(own.clone())?;
    let function = words::of_script(&point.document.text).into_iter().find(|function| function.name == name);
    let function = function.map(|function| format!("```rhai\n{}\n```\n{}", function.form, function.about));
    let told = function.or_else(|| View::by_name(name).map(words::view)).or_else(|| known.words.test(name));
    told.map(|text| (own, text))
}

/// A value with what it means: the country of a code.
fn named(values: Vec<(String, String)>, text: &str) -> Option<String> {
    let (word, meaning) = values.into_iter().find(|(word, meaning)| word == text && !meaning.is_empty())?;
    Some(format!("**{word}**: {meaning}"))
}
