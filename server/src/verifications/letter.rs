//! The letter to an authority, in a language of the Convention. No intelligence stands in it: what is declared, what does not agree, and
//! what is asked.

use super::language::Language;
use super::request::Verification;

/// The form of a letter, with its slots.
fn form(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../letters/verification.en.txt"),
        Language::French => include_str!("../../letters/verification.fr.txt"),
        Language::Spanish => include_str!("../../letters/verification.es.txt"),
    }
}

/// What stands where nothing is known.
fn nothing(language: Language) -> &'static str {
    match language {
        Language::English => "(nothing)",
        Language::French => "(rien)",
        Language::Spanish => "(nada)",
    }
}

/// The letter as it goes out.
pub fn letter(request: &Verification) -> String {
    let language = request.language;
    let list = |lines: &[String]| match lines {
        [] => format!("  {}", nothing(language)),
        lines => lines.iter().map(|line| format!("  - {}", one_line(line))).collect::<Vec<_>>().join("\n"),
    };
    let paper = &request.paper;
    let issuer = paper.issuer.clone().unwrap_or_else(|| nothing(language).to_owned());
    let slots = [
        ("{authority}", request.authority.clone()),
        ("{reference}", request.id.clone()),
        ("{asked_on}", request.asked_on.to_string()),
        ("{due_on}", request.due_on.to_string()),
        ("{kind}", one_line(&paper.kind)),
        ("{number}", one_line(&paper.number)),
        ("{issuer}", one_line(&issuer)),
        ("{consignment}", one_line(&request.consignment)),
        ("{boxes}", list(&paper.boxes)),
        ("{goods}", list(&paper.goods)),
        ("{doubts}", list(&paper.doubts)),
    ];
    // Each slot is looked for in the form alone: what was filled in is never looked at again, whatever stands in it.
    let mut text = String::new();
    let mut rest = form(language);
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        match slots.iter().find(|(slot, _)| from.starts_with(slot)) {
            Some((slot, says)) => {
                text.push_str(says);
                rest = from.get(slot.len()..).unwrap_or_default();
            }
            None => {
                text.push('{');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    text.push_str(rest);
    text
}

/// What was declared stays in its line: nobody writes a line of our letter.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_fills_every_slot() {
        let read = |language: &Language| form(*language);
        let slots = |text: &str| {
            let mut found: Vec<String> =
                text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect();
            found.sort();
            found.dedup();
            found
        };
        let all: Vec<Vec<String>> = Language::ALL.iter().map(|language| slots(read(language))).collect();
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}");
        assert_eq!(all[0].len(), 11);
    }
}
