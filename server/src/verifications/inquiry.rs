//! An inquiry into a paper that was misused: every use of it that is on record, for the authority in whose name it was issued.
//!
//! In: uses of a paper as answers show them, and what else is known of its number. Out: an [`Inquiry`]: who is told by which way, where
//! the goods went, what is not here and has to be asked for (Resolution Conf. 11.3, Annex 2 of CITES CoP17 Doc. 25: a Party whose papers
//! are misused inquires, with INTERPOL where it is needed). Not here: how uses are found (`service`).

use std::collections::BTreeSet;

use palisander_engine::answers::Lane;
use palisander_engine::{CountryCode, Date};
use serde::Serialize;

use super::request::Answer;

/// One use of a paper.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaperUse {
    /// Outward id of the assessment.
    pub bill: String,
    /// Bill of lading.
    pub consignment: String,
    /// Day on which the bill was judged.
    pub on: Date,
    /// The lane in force; none of a bill that was green from the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
    /// What it is; nothing more is known of a paper whose bill was green, or whose answer is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperSeen>,
}

/// A paper as an answer shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PaperSeen {
    /// JSON pointer in the consignment.
    #[serde(rename = "where")]
    pub at: String,
    pub kind: String,
    pub verdict: String,
    /// What stands in its boxes, each with the field that says it.
    pub boxes: Vec<BoxSaid>,
    /// Where the ship was bound for, and when it was to be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrives_on: Option<Date>,
}

/// One box of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoxSaid {
    #[serde(rename = "box")]
    pub n: String,
    pub field: String,
    pub says: String,
}

impl PaperSeen {
    /// What a field of it says.
    pub fn says(&self, field: &str) -> Option<&str> {
        self.boxes.iter().find(|one| one.field == field).map(|one| one.says.as_str())
    }
}

/// What an issuer said of the paper when it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IssuerSaid {
    /// Id of the request.
    pub verification: String,
    pub asked_on: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// All that is on record of one paper.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inquiry {
    /// Number as it was asked for.
    pub number: String,
    /// In whose name it was issued.
    pub country: CountryCode,
    pub made_on: Date,
    /// First and last day on which it was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_on: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_on: Option<Date>,
    pub n_uses: usize,
    /// Consignments under it, in order: more than one is more than a permit allows.
    pub consignments: BTreeSet<String>,
    /// Ports that they were bound for.
    pub ports: BTreeSet<String>,
    /// Holders that stand on it: a paper has one.
    pub holders: BTreeSet<String>,
    pub uses: Vec<PaperUse>,
    /// Bills that showed a paper of about that number, of which nothing more is kept: they may be of another country.
    pub unknown: Vec<PaperUse>,
    /// What its issuer said of it.
    pub issuer_said: Vec<IssuerSaid>,
    /// Cases in whose facts the number stands.
    pub cases: Vec<String>,
    /// Digests of pictures of it: none are kept here.
    pub images: Vec<String>,
    /// By which way it goes.
    pub channels: Vec<String>,
    /// What is not known and has to be asked for.
    pub lacks: Vec<String>,
    /// False when there are more uses than are told.
    pub is_whole: bool,
}

impl Inquiry {
    /// The inquiry of a day over uses, the latest first.
    pub fn of(number: &str, country: CountryCode, made_on: Date, uses: Vec<PaperUse>, is_whole: bool) -> Self {
        let (uses, unknown): (Vec<PaperUse>, Vec<PaperUse>) = uses.into_iter().partition(|one| one.paper.is_some());
        let seen = || uses.iter().filter_map(|one| one.paper.as_ref());
        let consignments: BTreeSet<String> = uses.iter().map(|one| one.consignment.clone()).collect();
        let ports: BTreeSet<String> = seen().filter_map(|paper| paper.port.clone()).collect();
        let holders = seen().filter_map(|paper| paper.says("holder").map(str::to_owned)).collect();
        let days = || uses.iter().map(|one| one.on);
        let n_unknown = unknown.len();
        let mut lacks = vec!["pictures of the paper: ask whoever holds it".to_owned()];
        if n_unknown > 0 {
            lacks.push(format!(
                "whether {n_unknown} more bills showed this paper: they were green, or their answers are erased"
            ));
        }
        if ports.is_empty() && !uses.is_empty() {
            lacks.push("where the goods went".to_owned());
        }
        let mut channels = vec![format!("the Management Authority of {country}")];
        // Goods under one paper that reached several places are a matter of police work in several countries.
        let abroad: BTreeSet<&str> = ports.iter().filter_map(|port| port.get(..2)).collect();
        if consignments.len() > 1 || abroad.len() > 1 {
            channels
                .push("INTERPOL, by the National Central Bureau: the goods went on under it more than once".to_owned());
        }
        Self {
            number: number.to_owned(),
            country,
            made_on,
            first_on: days().min(),
            last_on: days().max(),
            n_uses: uses.len(),
            consignments,
            ports,
            holders,
            uses,
            unknown,
            issuer_said: Vec::new(),
            cases: Vec::new(),
            images: Vec::new(),
            channels,
            lacks,
            is_whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(consignment: &str, on: &str, port: Option<&str>) -> PaperUse {
        let boxes = [("4", "holder", "Example Hardwoods")].map(|(n, field, says)| BoxSaid {
            n: n.to_owned(),
            field: field.to_owned(),
            says: says.to_owned(),
        });
        let paper = port.map(|port| PaperSeen {
            at: "/documents/0".to_owned(),
            kind: "cites_export_permit".to_owned(),
            verdict: "unverifiable".to_owned(),
            boxes: boxes.to_vec(),
            port: Some(port.to_owned()),
            arrives_on: None,
        });
        PaperUse {
            bill: format!("a_{consignment}"),
            consignment: consignment.to_owned(),
            on: on.parse().unwrap(),
            lane: None,
            paper,
        }
    }

    #[test]
    fn p09_an_inquiry_tells_every_use_its_ports_and_days_and_by_which_way_it_goes() {
        let (country, today) = ("MG".parse().unwrap(), "2026-12-01".parse().unwrap());
        let uses = vec![
            used("C", "2026-11-03", None),
            used("B", "2026-10-02", Some("SGSIN")),
            used("A", "2026-09-01", Some("HKHKG")),
        ];
        let made = Inquiry::of("MG/1", country, today, uses, true);
        assert_eq!(
            (made.n_uses, made.first_on, made.last_on),
            (2, "2026-09-01".parse().ok(), "2026-10-02".parse().ok())
        );
        assert_eq!(made.ports.iter().map(String::as_str).collect::<Vec<_>>(), ["HKHKG", "SGSIN"]);
        assert_eq!((made.holders.len(), made.unknown.len(), made.consignments.len()), (1, 1, 2));
        assert!(made.channels[0].contains("MG") && made.channels[1].contains("INTERPOL"), "{:?}", made.channels);
        assert!(made.lacks.iter().any(|one| one.contains("whether 1 more bills")), "{:?}", made.lacks);
        // One consignment to one place is the two authorities' own affair.
        let one = Inquiry::of("MG/1", country, today, vec![used("A", "2026-09-01", Some("HKHKG"))], true);
        assert_eq!((one.channels.len(), one.lacks.len()), (1, 1));
    }
}
