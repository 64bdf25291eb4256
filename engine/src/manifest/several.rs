//! Several numbers in the number field of one document, or a phrase around one.
//!
//! In: the documents of a bill. Out: one document a number (`14MG000417 / 14MG000418`, `CITES PERMIT NO 12MG345 AND
//! 13MG346 DATED 2014-02-11`), the further ones at the end of their list, the phrase kept as a remark. A number whose own
//! separators look so (`2021CN/EC000123/KM`) stays whole.

use super::fields::{Consignment, Document};
use super::glean::{is_number, numbers};
use super::limits;
use super::parse::parsed::Parsed;

/// Runs over every document of a part.
pub(super) fn manifest(parsed: &mut Parsed) {
    for consignment in &mut parsed.manifest.consignments {
        let Consignment { goods_items, documents, .. } = consignment;
        part(documents);
        goods_items.iter_mut().for_each(|item| part(&mut item.documents));
    }
}

fn part(documents: &mut Vec<Document>) {
    for n in 0..documents.len() {
        let Some(document) = documents.get_mut(n) else { continue };
        let Some(text) = document.number.clone().filter(|text| text.contains([' ', ',', ';', '/', '&', '+'])) else {
            continue;
        };
        let mut found = numbers_of(&text).into_iter();
        let Some(first) = found.next().filter(|first| *first != text) else { continue };
        document.remarks.get_or_insert_with(|| text.clone());
        document.number = Some(first);
        let like = document.clone();
        for number in found {
            let known = documents.iter().any(|other| other.number.as_deref() == Some(number.as_str()));
            if !known && documents.len() < limits::MAX_LIST {
                documents.push(Document { number: Some(number), ..like.clone() });
            }
        }
    }
}

/// The numbers of a field; none where it is one number and no more.
fn numbers_of(text: &str) -> Vec<String> {
    let announced: Vec<String> = numbers(text).into_iter().map(|(_, number)| number).collect();
    let words = text.split_whitespace().count();
    // A label and its number are one number: only what follows makes a phrase.
    if announced.len() > 1
        || (announced.len() == 1 && words > LABELLED && !text.trim_end().ends_with(&announced.concat()))
    {
        return announced;
    }
    let upper = text.to_uppercase().replace(" AND ", ",").replace(" & ", ",").replace(" / ", ",");
    let parts: Vec<&str> = upper.split([',', ';', '+']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let length = parts.first().map_or(0, |part| part.len());
    let alike = parts.len() > 1 && parts.iter().all(|part| is_number(part) && part.len().abs_diff(length) <= 1);
    if alike { parts.into_iter().map(str::to_owned).collect() } else { Vec::new() }
}

/// Words of a number with its label: `CITES permit no. 14MG000417`.
const LABELLED: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_a_document() {
        for (text, expected) in [
            ("CITES PERMIT NO 12MG345 AND 13MG346 DATED 2014-02-11", &["12MG345", "13MG346"][..]),
            ("14MG000417 / 14MG000418", &["14MG000417", "14MG000418"]),
            ("14MG000417, 14MG000418", &["14MG000417", "14MG000418"]),
            ("14mg000417 and 14mg000418", &["14MG000417", "14MG000418"]),
            ("CITES PERMIT NO 12MG345 DATED 11 FEBRUARY 2014", &["12MG345"]),
            ("CITES permit no. 14MG000417", &["CITES permit no. 14MG000417"]),
            ("2021CN/EC000123/KM", &["2021CN/EC000123/KM"]),
            ("14 MG 000417", &["14 MG 000417"]),
            ("No. 03417/IX/SATS-LN/2018", &["No. 03417/IX/SATS-LN/2018"]),
        ] {
            let mut documents = vec![Document { number: Some(text.to_owned()), ..Document::default() }];
            part(&mut documents);
            let found: Vec<&str> = documents.iter().filter_map(|document| document.number.as_deref()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
