//! Taxa as the boxes of a paper name them.
//!
//! In: the text of a box, such as `Dalbergia spp. (MX) #6`, `D. retusa` or `Dalbergia retusa / D. granadillo`. Out: the names
//! in it, remarks and annotations cut. Not here: which taxon a name stands for (`References::accepted_name`).

/// Names in a box, in order; the text itself where nothing is left of it.
pub(super) fn in_box(text: &str) -> Vec<String> {
    let parts = text.split(['/', '|', ';', ',', '&', '+']);
    let names: Vec<String> = parts.map(name).filter(|name| !name.is_empty()).collect();
    if names.is_empty() { vec![text.trim().to_owned()] } else { names }
}

/// A name without what stands in brackets or after the sign of an annotation; a glued abbreviation is parted.
fn name(part: &str) -> String {
    let end = part.find(['(', '[', '#']).unwrap_or(part.len());
    let name = part.get(..end).unwrap_or_default().trim();
    match name.split_once('.') {
        Some((genus, rest)) if is_initial(genus) && rest.starts_with(|c: char| c.is_alphabetic()) => {
            format!("{genus}. {rest}")
        }
        _ => name.to_owned(),
    }
}

/// The name with its genus written out where it is an initial that fits `genus`: `D. retusa` beside Dalbergia.
pub(super) fn written_out(name: &str, genus: &str) -> String {
    match name.split_once(". ") {
        Some((initial, rest)) if is_initial(initial) && fits(initial, genus) => format!("{genus} {rest}"),
        _ => name.to_owned(),
    }
}

fn is_initial(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
}

fn fits(initial: &str, genus: &str) -> bool {
    let first = |text: &str| text.chars().next().map(|c| c.to_ascii_uppercase());
    first(initial) == first(genus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_read_as_names() {
        for (text, expected) in [
            ("Dalbergia retusa", &["Dalbergia retusa"][..]),
            ("Dalbergia spp. (MX) #6", &["Dalbergia spp."]),
            ("Dalbergia (populations of Mexico)", &["Dalbergia"]),
            ("D.retusa", &["D. retusa"]),
            ("Dalbergia retusa / D. granadillo", &["Dalbergia retusa", "D. granadillo"]),
            ("Dalbergia retusa, #15", &["Dalbergia retusa"]),
            (" #6 ", &["#6"]),
            ("", &[""]),
        ] {
            assert_eq!(in_box(text), expected, "{text}");
        }
    }

    #[test]
    fn an_initial_is_written_out_where_it_fits() {
        for (name, genus, expected) in [
            ("D. retusa", "Dalbergia", "Dalbergia retusa"),
            ("S. macrophylla", "Dalbergia", "S. macrophylla"),
            ("Dalbergia retusa var. lineata", "Dalbergia", "Dalbergia retusa var. lineata"),
        ] {
            assert_eq!(written_out(name, genus), expected);
        }
    }
}
