//! What may be written at a point: views, fields, tests and codes in a script; keys, values and placeholders in `profile.toml`.
//!
//! In: a point of a document. Out: a bounded list, each with what it means and the bytes that it replaces. Not here: what words mean
//! (`words.rs`).

use std::ops::Range;

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionTextEdit, Documentation, MarkupContent, MarkupKind,
    TextEdit,
};
use palisander_engine::rules::writing::{Block, KEYS, Key, SENTENCES, Written, values};
use palisander_engine::rules::{Field, Kind, View};

use super::home::{Part, RHAI};
use super::outline::{self, value_of};
use super::point::Point;
use super::{spot, words};

/// Items of one answer: all countries fit.
const MAX_ITEMS: usize = 300;

/// Words by which tests are joined, with the page of their meaning.
const JOINING: [&str; 2] = ["and", "or"];

/// What begins another indicator.
const INDICATOR: &str = "[[indicators]]";

/// One thing that may be written.
struct Offer {
    label: String,
    /// What is written; the label where it is the same.
    written: Option<String>,
    detail: String,
    about: String,
    kind: CompletionItemKind,
}

impl Offer {
    fn new(label: impl Into<String>, kind: CompletionItemKind) -> Self {
        Self { label: label.into(), written: None, detail: String::new(), about: String::new(), kind }
    }

    /// Does a word of it begin so?
    fn fits(&self, begun: &str) -> bool {
        let (label, begun) = (self.label.to_lowercase(), begun.to_lowercase());
        let is_inside = |at: &usize| label.get(..*at).is_some_and(|before| before.ends_with(char::is_alphanumeric));
        label.match_indices(&begun).any(|(at, _)| !is_inside(&at))
    }
}

/// What may be written at a point. Where there is more, the list says that it is not all.
pub fn complete(point: &Point<'_>) -> CompletionList {
    let (bytes, offers) = match point.home.part {
        Part::Rhai => in_script(point),
        Part::Toml => in_toml(point),
        Part::Case => None,
    }
    .unwrap_or_default();
    let begun = point.line().get(bytes.start..point.at).unwrap_or_default();
    let fitting: Vec<Offer> = offers.into_iter().filter(|offer| offer.fits(begun)).collect();
    let range = point.range(bytes);
    let item = |(n, offer): (usize, Offer)| CompletionItem {
        kind: Some(offer.kind),
        detail: Some(offer.detail).filter(|detail| !detail.is_empty()),
        documentation: (!offer.about.is_empty())
            .then_some(Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value: offer.about })),
        // Fields keep the order of the view, keys that of profiles.
        sort_text: Some(format!("{n:04}")),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit {
            range,
            new_text: offer.written.unwrap_or_else(|| offer.label.clone()),
        })),
        label: offer.label,
        ..CompletionItem::default()
    };
    let is_incomplete = fitting.len() > MAX_ITEMS;
    CompletionList { is_incomplete, items: fitting.into_iter().take(MAX_ITEMS).enumerate().map(item).collect() }
}

type Found = Option<(Range<usize>, Vec<Offer>)>;

fn in_script(point: &Point<'_>) -> Found {
    let (before, known) = (point.before(), point.known);
    if spot::is_comment(point.line(), point.at, point.comment()) {
        return None;
    }
    if let Some(inner) = point.quoted() {
        let (_, field) = point.compared()?;
        return Some((inner, named(known.words.values(known.engine, field.domain))));
    }
    if let Some((_, field, bytes)) = spot::field_before(before) {
        let of = field.kind;
        let tests = known.words.tests().filter(|test| test.of == Some(of));
        let offer = |test: &words::Test| Offer {
            written: Some(called(&test.name, of)),
            detail: test.form.clone(),
            about: test.about.clone(),
            ..Offer::new(&test.name, CompletionItemKind::METHOD)
        };
        return Some((bytes, tests.map(offer).collect()));
    }
    if let Some((view, bytes)) = spot::view_before(before) {
        return Some((bytes, fields(point, view)));
    }
    let own = spot::word(before, before.len());
    if before.get(..own.start)?.ends_with('.') {
        return None;
    }
    let views = View::ALL
        .into_iter()
        .map(|view| Offer { about: words::view(view), ..Offer::new(view.name(), CompletionItemKind::VARIABLE) });
    let functions = words::of_script(&point.document.text);
    let tests = known.words.tests().filter(|test| test.of.is_none() && !test.form.starts_with("op "));
    let functions = functions.iter().chain(tests).map(|test| Offer {
        written: Some(format!("{}(", test.name)),
        detail: test.form.clone(),
        about: test.about.clone(),
        ..Offer::new(&test.name, CompletionItemKind::FUNCTION)
    });
    let joining = JOINING.map(|word| Offer {
        about: known.words.test(word).unwrap_or_default(),
        ..Offer::new(word, CompletionItemKind::KEYWORD)
    });
    Some((own, views.chain(functions).chain(joining).collect()))
}

/// A test with what opens its argument: a list for those that take several.
fn called(name: &str, of: Kind) -> String {
    match (name, of) {
        ("says" | "says_nearly", _) | ("shares", Kind::Texts) => format!("{name}([\""),
        ("count", _) => format!("{name}()"),
        _ => format!("{name}(\""),
    }
}

fn fields(point: &Point<'_>, view: View) -> Vec<Offer> {
    let offer = |field: &Field| Offer {
        detail: format!("{}{}", field.kind.name(), if field.may_be_unknown() { ", may be unknown" } else { "" }),
        about: point.known.words.field(point.known.engine, view, field),
        ..Offer::new(field.name, CompletionItemKind::FIELD)
    };
    view.fields().iter().map(offer).collect()
}

/// Values with their names: `GA Gabon` writes `GA`.
fn named(values: Vec<(String, String)>) -> Vec<Offer> {
    let offer = |(word, meaning): (String, String)| match meaning.is_empty() {
        true => Offer::new(word, CompletionItemKind::VALUE),
        false => {
            Offer { written: Some(word.clone()), ..Offer::new(format!("{word} {meaning}"), CompletionItemKind::VALUE) }
        }
    };
    values.into_iter().map(offer).collect()
}

fn in_toml(point: &Point<'_>) -> Found {
    let (line, before) = (point.line(), point.before());
    if spot::is_comment(line, point.at, point.comment()) {
        return None;
    }
    if let Some(inner) = point.quoted() {
        let (block, key) = point.key()?;
        let begun = line.get(inner.start..point.at)?;
        if block != Block::Head && SENTENCES.contains(&key) && begun.rfind('{') > begun.rfind('}') {
            return placeholder(point);
        }
        return Some((inner, of_key(point, block, key)));
    }
    let own = spot::word(before, before.len());
    let head = before.get(..own.start)?;
    if head.trim().is_empty() {
        return Some((own, keys(point)));
    }
    // Behind `key = `: the value with its quotes.
    let (block, key) = point.key()?;
    let written = words::key_of(block, key)?.written;
    head.trim_end().strip_suffix('=')?;
    let mut offers = of_key(point, block, key);
    for offer in &mut offers {
        let word = offer.written.clone().unwrap_or_else(|| offer.label.clone());
        offer.written = Some(match written {
            Written::Text => format!("\"{word}\""),
            Written::Texts => format!("[\"{word}\"]"),
            _ => word,
        });
    }
    Some((own, offers))
}

/// Fields between braces, of what the indicator sees.
fn placeholder(point: &Point<'_>) -> Found {
    if let Some((view, bytes)) = spot::view_before(point.before()) {
        return Some((bytes, fields(point, view)));
    }
    let (_, lines) = outline::block(&point.document.text, point.n);
    let rows = point.document.text.lines().take(lines.end).skip(lines.start);
    let each = rows.filter_map(|line| value_of(line, "each")).next().unwrap_or_default();
    let seen = View::by_name(each.split('"').nth(1).unwrap_or_default());
    let is_seen = |view: &View| seen.is_none_or(|each| each == *view || each.also().contains(view));
    let offer = |view: View| Offer {
        written: Some(format!("{}.", view.name())),
        about: words::view(view),
        ..Offer::new(view.name(), CompletionItemKind::VARIABLE)
    };
    let own = spot::word(point.before(), point.before().len());
    Some((own, View::ALL.into_iter().filter(is_seen).map(offer).collect()))
}

/// The values of a key: a list of words, or for a name the functions that no indicator has yet.
fn of_key(point: &Point<'_>, block: Block, key: &str) -> Vec<Offer> {
    if (block, key) == (Block::Indicator, "name") {
        let script = point.known.documents.read(&point.home.file(RHAI)).map(|script| script.text).unwrap_or_default();
        let taken = outline::indicators(&point.document.text);
        let is_free = |test: &words::Test| !taken.iter().any(|own| own.name == test.name);
        let offer = |test: words::Test| Offer {
            detail: test.form,
            about: test.about,
            ..Offer::new(test.name, CompletionItemKind::FUNCTION)
        };
        return words::of_script(&script).into_iter().filter(is_free).map(offer).collect();
    }
    words::key_of(block, key).map(|key| named(values(point.known.engine, key))).unwrap_or_default()
}

/// Keys that the block has not yet, and the block of another indicator.
fn keys(point: &Point<'_>) -> Vec<Offer> {
    let (block, lines) = outline::block(&point.document.text, point.n);
    let rows: Vec<&str> = point.document.text.lines().take(lines.end).skip(lines.start).collect();
    let is_written = |name: &str| rows.iter().any(|line| value_of(line, name).is_some());
    let own = KEYS.iter().filter(|key| key.block == block && !is_written(key.name));
    let offer = |key: &Key| {
        let written = match key.written {
            Written::Text => format!("{} = \"", key.name),
            Written::Texts => format!("{} = [\"", key.name),
            Written::Blocks if block == Block::Indicator => format!("{} = [{{ step = \"", key.name),
            Written::Blocks => format!("[[{}]]", key.name),
            Written::Number | Written::YesOrNo => format!("{} = ", key.name),
        };
        let detail = if key.is_needed { "needed" } else { "may be left out" };
        Offer {
            written: Some(written),
            detail: detail.to_owned(),
            about: words::key(point.known.engine, key),
            ..Offer::new(key.name, CompletionItemKind::PROPERTY)
        }
    };
    let another = (block != Block::Head).then(|| Offer::new(INDICATOR, CompletionItemKind::STRUCT));
    own.map(offer).chain(another).collect()
}
