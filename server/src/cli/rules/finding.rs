//! One finding about a profile, as people read it: what, where, the line itself with the word marked, and what to do.
//!
//! In: a fault with its line, and the width of the page. Out: text. Not here: what is wrong (the engine's workbench says it),
//! and control characters (everything printed passes [`crate::cli::safe`]).

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use palisander_engine::rules::{Gravity, ProfileFault};

/// The finding in as many lines as it needs; lines of a script longer than `width` are shown in part.
pub fn finding(gravity: Gravity, fault: &ProfileFault, width: usize) -> String {
    let level = match gravity {
        Gravity::Error => Level::ERROR,
        Gravity::Warning => Level::WARNING,
        Gravity::Note => Level::NOTE,
    };
    let path = format!("{}/{}", fault.profile, fault.file);
    let title = level.primary_title(fault.what.as_str()).id(fault.code);
    let mut group = match (fault.span(), fault.line.as_deref()) {
        (Some(span), Some(line)) => {
            let byte = |column: usize| line.char_indices().nth(column - 1).map_or(line.len(), |(at, _)| at);
            let marked = AnnotationKind::Primary.span(byte(span.column)..byte(span.end_column));
            title.element(Snippet::source(line).path(path.as_str()).line_start(span.line).annotation(marked))
        }
        _ => title.element(Origin::path(path.as_str())),
    };
    if !fault.fix.is_empty() {
        group = group.element(Level::HELP.message(fault.fix.as_str()));
    }
    Renderer::plain().term_width(width).render(&[group])
}
