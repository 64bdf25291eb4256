//! Declared documents against the register.
//!
//! In: every declared document with the goods it stands for. Out: verdict, problems with the two values that met,
//! candidates with the similarity of every field, and the claims of the consignment on permits. Each document is matched
//! once. Documents of other kinds than the Convention's are not compared. Not here: what others took (`settle`).

use std::collections::HashMap;

use super::import_permit::ImportPermit;
use super::listing::Coverage;
use super::{Finding, ItemEvidence, Sources};
use crate::codes::Date;
use crate::label::Label;
use crate::manifest::{Consignment, Document, DocumentKind, GoodsItem, Manifest, PartyRole, Procedure};
use crate::permits::{
    self, Apart, Claim, DayBurst, IssuerAlert, IssuerFound, MatchContext, PermitKey, PermitMatch, PresentedPermit,
    ProblemCode, Spent, TOLERANCE, Taking, Verdict,
};
pub use crate::permits::{Candidate, Problem};
use crate::reference::Measured;
use crate::text::light_key;

/// One declared document.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentEvidence {
    /// Item it is declared for; `None` = the whole consignment.
    pub item: Option<usize>,
    /// Index in that list.
    pub n: usize,
    pub kind: DocumentKind,
    pub verdict: Finding,
    pub problems: Vec<Problem>,
    /// Candidates, best first.
    pub candidates: Vec<Candidate>,
    /// What it would take from the document that was matched.
    pub taking: Option<Taking>,
    /// Appendix on the register entry.
    pub appendix: Option<&'static str>,
    /// Purpose code: as declared, else as registered.
    pub purpose: Option<char>,
    /// It is declared for wood that a listing covers.
    pub covers_listed_wood: bool,
    /// A kind that cannot cover this trade.
    pub wrong_kind_for_flow: bool,
    /// Whom the name of the issuer means.
    pub issuer: Option<IssuerFound>,
    /// The serial or the stamp of the document that was matched stands apart.
    pub apart: Option<Apart>,
    /// The document that was matched was issued on a day of very many.
    pub burst: Option<DayBurst>,
    /// Strictest label of the register rows and alerts that the answer rests on.
    pub handling: Label,
}

/// Looks at every declared document: what the register says of it, and what the consignment claims on the permits that
/// were matched. What others took is no part of it (`settle`).
pub fn gather(
    sources: &Sources<'_>,
    manifest: &Manifest,
    consignment: &Consignment,
    items: &[ItemEvidence],
    as_of: Date,
) -> (Vec<DocumentEvidence>, Vec<Claim>) {
    if consignment.all_documents().next().is_none() {
        return (Vec::new(), Vec::new());
    }
    let (issuer_alerts, warned) = issuer_alerts(sources, consignment, as_of);
    let context = MatchContext { references: sources.references, issuer_alerts: &issuer_alerts };
    let from = From { sources, manifest, consignment, items, cited_by: cited_by(consignment), as_of };
    let mut claims: Vec<Claim> = Vec::new();
    // One permit that every item cites is compared once for all of them.
    let mut compared_before: HashMap<String, (&Document, DocumentEvidence, Option<Claim>)> = HashMap::new();
    let mut evidence: Vec<DocumentEvidence> = consignment
        .all_documents()
        .map(|(item, n, document)| {
            let covered = from.covers(item);
            if !document.kind.is_cites() {
                return plain(item, n, document, covered);
            }
            let number = item.and_then(|_| key(document));
            let known = number.as_ref().and_then(|number| compared_before.get(number));
            if let Some((_, found, claim)) = known.filter(|(first, ..)| *first == document) {
                claims.extend(claim.clone());
                return DocumentEvidence { item, n, covers_listed_wood: covered, ..found.clone() };
            }
            let presented = from.presented(item, document);
            let found = sources.register.match_permit(&presented, &context);
            let claim = from.claim(&presented, &found);
            let handling = handling(&found, warned);
            let evidence = DocumentEvidence { handling, ..compared(item, n, document, found, covered) };
            claims.extend(claim.clone());
            if let Some(number) = number {
                compared_before.insert(number, (document, evidence.clone(), claim));
            }
            evidence
        })
        .collect();
    import_permits(&mut evidence, items);
    (evidence, claims)
}

/// What leaves its State without the import permit that goes with it. The document itself is no worse for it: the verdict
/// stays.
fn import_permits(evidence: &mut [DocumentEvidence], items: &[ItemEvidence]) {
    let leaves = |kind| matches!(kind, DocumentKind::CitesExportPermit | DocumentKind::CitesReExportCertificate);
    for document in evidence.iter_mut().filter(|document| leaves(document.kind)) {
        let own = items.iter().enumerate().filter(|(n, _)| document.item.is_none_or(|item| item == *n));
        let law = own.map(|(_, item)| &item.import_permit).find_map(|due| match due {
            ImportPermit::Missing(law) => Some(law.clone()),
            _ => None,
        });
        if let Some(law) = law {
            document.problems.push(Problem {
                code: ProblemCode::ImportPermitMissing,
                declared: "no import permit".to_owned(),
                registered: law,
                why: "the import permit that goes with it is not declared".to_owned(),
            });
            document.problems.sort_by(|a, b| (a.code, &a.declared).cmp(&(b.code, &b.declared)));
        }
    }
}

impl DocumentEvidence {
    /// Adds what others took from the permit; `Err` says why it cannot be told.
    pub fn settle(&mut self, spent: Result<&Spent, &str>) {
        let Some(taking) = &self.taking else { return };
        let mut verdict = match self.verdict {
            Finding::Consistent => Verdict::Consistent,
            Finding::Inconsistent => Verdict::Inconsistent,
            Finding::Unverifiable => Verdict::Unverifiable,
        };
        permits::settle(taking, &mut verdict, &mut self.problems, spent);
        self.verdict = finding(verdict);
    }
}

fn finding(verdict: Verdict) -> Finding {
    match verdict {
        Verdict::Consistent => Finding::Consistent,
        Verdict::Inconsistent => Finding::Inconsistent,
        Verdict::Unverifiable => Finding::Unverifiable,
    }
}

/// A document that the register does not hold by its kind.
fn plain(item: Option<usize>, n: usize, document: &Document, covered: bool) -> DocumentEvidence {
    DocumentEvidence {
        item,
        n,
        kind: document.kind,
        verdict: Finding::Unverifiable,
        problems: Vec::new(),
        candidates: Vec::new(),
        taking: None,
        appendix: None,
        purpose: None,
        covers_listed_wood: covered,
        wrong_kind_for_flow: covered,
        issuer: None,
        apart: None,
        burst: None,
        handling: Label::Clear,
    }
}

fn compared(item: Option<usize>, n: usize, document: &Document, found: PermitMatch, covered: bool) -> DocumentEvidence {
    let matched = found.candidates.first().filter(|_| found.matched).map(|candidate| &candidate.document);
    let declared = document.purpose.as_deref().and_then(|purpose| purpose.chars().next());
    let appendix = matched.and_then(|document| document.positions.iter().filter_map(|p| p.appendix).max());
    DocumentEvidence {
        item,
        n,
        kind: document.kind,
        verdict: finding(found.verdict),
        appendix: appendix.map(|appendix| appendix.as_str()),
        purpose: declared.or_else(|| matched.and_then(|document| document.purpose)),
        covers_listed_wood: covered,
        wrong_kind_for_flow: found.has(ProblemCode::WrongType),
        issuer: found.issuer,
        apart: found.apart,
        burst: found.burst,
        problems: found.problems,
        candidates: found.candidates,
        taking: found.taking,
        handling: Label::Clear,
    }
}

/// The strictest label of what a comparison rests on: the rows that it shows, the register itself where it finds none in
/// it, and the alerts (`warned`) where it warns of the issuer.
fn handling(found: &PermitMatch, warned: Label) -> Label {
    let rows = found.candidates.iter().map(|candidate| candidate.document.handling).max();
    let absent = found.has(ProblemCode::NotFound).then_some(Label::OF_REGISTER);
    let warned = found.has(ProblemCode::IssuerUnderAlert).then_some(warned);
    [rows, absent, warned].into_iter().flatten().max().unwrap_or_default()
}

/// Issuers that records known on the day warn of: those of the countries that the documents and the way name, and all
/// where a document does not say who issued it. Also the strictest label among those records.
fn issuer_alerts(sources: &Sources<'_>, consignment: &Consignment, as_of: Date) -> (Vec<IssuerAlert>, Label) {
    let mut alerts = Vec::new();
    let mut warned = Label::Clear;
    let issued = || consignment.all_documents().filter(|(_, _, document)| document.kind.is_cites());
    let known = |(_, _, document): (_, _, &Document)| document.country.filter(|c| c.is_known());
    let countries: Option<Vec<_>> = issued().map(known).collect();
    let records = match countries {
        Some(mut countries) => {
            let of_parties = consignment.parties.iter().filter_map(|party| party.address.as_ref()?.country);
            countries.extend(of_parties.chain(consignment.goods_items.iter().filter_map(|item| item.origin)));
            sources.alerts.warning_of_issuers(&countries, as_of)
        }
        None => sources.alerts.warning_of_any_issuer(as_of),
    };
    for record in records {
        warned = warned.max(record.label());
        for issuer in &record.issuers {
            let text = |key: &str| issuer.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
            alerts.push(IssuerAlert {
                country: text("country").and_then(|c| c.parse().ok()).or(record.countries.first().map(|c| c.code)),
                authority: issuer.as_str().map(str::to_owned).or_else(|| text("authority")).or_else(|| text("name")),
                signatory: text("signatory"),
                issued: crate::codes::Period { from: record.effective_from, to: record.effective_to },
                source: record.citation().to_owned(),
            });
        }
    }
    (alerts, warned)
}

/// What a document is presented with.
struct From<'a> {
    sources: &'a Sources<'a>,
    manifest: &'a Manifest,
    consignment: &'a Consignment,
    items: &'a [ItemEvidence],
    /// Indices of the items that cite a number.
    cited_by: HashMap<String, Vec<usize>>,
    as_of: Date,
}

/// A document's number as it is compared within one bill.
fn key(document: &Document) -> Option<String> {
    document.number.as_deref().map(light_key)
}

fn cited_by(consignment: &Consignment) -> HashMap<String, Vec<usize>> {
    let mut cited_by: HashMap<String, Vec<usize>> = HashMap::new();
    for (n, item) in consignment.goods_items.iter().enumerate() {
        for number in item.documents.iter().filter_map(key) {
            let items = cited_by.entry(number).or_default();
            if items.last() != Some(&n) {
                items.push(n);
            }
        }
    }
    cited_by
}

impl<'a> From<'a> {
    /// Items that a document stands for: its own and those that cite the same number, or all.
    fn goods(&self, item: Option<usize>, document: &Document) -> Vec<(&'a ItemEvidence, &'a GoodsItem)> {
        let one = |n: &usize| Some((self.items.get(*n)?, self.consignment.goods_items.get(*n)?));
        let goods: Vec<_> = match item {
            None => self.items.iter().zip(&self.consignment.goods_items).collect(),
            Some(item) => match key(document).and_then(|number| self.cited_by.get(&number)) {
                Some(cited) => cited.iter().filter_map(one).collect(),
                None => one(&item).into_iter().collect(),
            },
        };
        let named: Vec<_> = goods.iter().copied().filter(|(evidence, _)| !evidence.taxa.is_empty()).collect();
        if named.is_empty() { goods } else { named }
    }

    /// Have the goods left the exporting State on the day that counts? An export is scored before loading.
    fn has_left(&self, departed_on: Option<Date>) -> bool {
        let comes = !matches!(self.consignment.procedure, None | Some(Procedure::Export));
        comes && departed_on.is_some_and(|day| day <= self.as_of)
    }

    fn covers(&self, item: Option<usize>) -> bool {
        let covered = |item: &ItemEvidence| {
            item.taxa.iter().any(|taxon| !taxon.is_alternative && taxon.listing.coverage == Coverage::Covered)
        };
        match item {
            Some(n) => self.items.get(n).is_some_and(covered),
            None => self.items.iter().any(covered),
        }
    }

    /// Name of a party that is a company, not an order clause.
    fn party(&self, roles: &[PartyRole]) -> Option<&'a str> {
        let party = roles.iter().find_map(|role| self.consignment.party(*role))?;
        let name = party.name.as_str();
        (!name.trim().is_empty() && !self.sources.words.of_name(name).to_order).then_some(name)
    }

    fn presented(&self, item: Option<usize>, document: &'a Document) -> PresentedPermit<'a> {
        let goods = self.goods(item, document);
        let mut taxa: Vec<&str> = Vec::new();
        for (evidence, _) in &goods {
            for taxon in evidence.taxa.iter().filter(|taxon| !taxon.is_alternative) {
                if !taxa.contains(&taxon.taxon.as_str()) {
                    taxa.push(&taxon.taxon);
                }
            }
        }
        let sum = |of: fn(&GoodsItem) -> Option<f64>| goods.iter().map(|(_, goods)| of(goods)).sum::<Option<f64>>();
        let mut quantities = Vec::new();
        quantities.extend(sum(|goods| goods.volume_m3).filter(|m3| *m3 > 0.0).map(|m3| (m3, "m3")));
        let net = sum(|goods| goods.net_mass_kg).filter(|kg| *kg > 0.0);
        quantities.extend(net.or_else(|| sum(|goods| goods.gross_mass_kg)).filter(|kg| *kg > 0.0).map(|kg| (kg, "kg")));
        if let [(_, only)] = goods.as_slice()
            && let Some(quantity) = &only.quantity
        {
            quantities.push((quantity.amount, quantity.unit.as_str()));
        }
        let day = |call: &Option<crate::manifest::Call>| call.as_ref().and_then(|c| c.at.as_ref()).map(|at| at.day());
        let departed_on = day(&self.manifest.departure);
        let code = |text: &Option<String>| text.as_deref().and_then(|text| text.trim().chars().next());
        let origins: Vec<_> = goods.iter().filter_map(|(evidence, _)| evidence.origin).collect();
        let exporter = self.party(&[PartyRole::Consignor, PartyRole::Exporter]);
        let importer = self.party(&[PartyRole::Consignee, PartyRole::Importer]);
        let is_import = document.kind == DocumentKind::CitesImportPermit;
        PresentedPermit {
            number: document.number.as_deref(),
            kind: Some(document.kind.as_str()),
            holder: document.holder.as_deref().or(if is_import { importer } else { exporter }),
            importer: document.importer.as_deref().or(importer),
            issuing_authority: document.issuing_authority.as_deref(),
            issuing_country: document.country.filter(|country| country.is_known()),
            issued_on: document.issued_on,
            expires_on: document.expires_on,
            taxa,
            origin: document.origin.or(origins.first().copied().filter(|first| origins.iter().all(|o| o == first))),
            quantities,
            term: goods.first().and_then(|(evidence, _)| evidence.form.form).map(|form| form.as_str()),
            source: code(&document.source),
            purpose: code(&document.purpose),
            security_stamp: document.security_stamp.as_deref(),
            signatory: document.signatory.as_deref(),
            transport_document: Some(self.consignment.bill_of_lading.as_str()).filter(|bill| !bill.is_empty()),
            remarks: document.remarks.as_deref(),
            acquired_on: document.acquired_on,
            endorsed: None,
            endorsed_quantity: document.endorsed_quantity.map(|quantity| (quantity, document.unit.as_deref())),
            has_left: self.has_left(departed_on),
            departed_on,
            arrives_on: day(&self.manifest.arrival),
            as_of: Some(self.as_of),
        }
    }

    /// What the consignment takes from the permit that was accepted, in the permit's measure.
    fn claim(&self, presented: &PresentedPermit<'_>, found: &PermitMatch) -> Option<Claim> {
        let document = &found.candidates.first().filter(|_| found.matched)?.document;
        let units = &self.sources.references.units;
        let amount = |amount: f64, unit: &str| units.find(unit).map(|unit| (amount * unit.factor, unit.quantity));
        let positions: Vec<(f64, Measured)> =
            document.positions.iter().filter_map(|p| amount(p.usable()?, p.unit.as_deref()?)).collect();
        let (_, measured) = *positions.first()?;
        let allowed = positions.iter().filter(|(_, own)| *own == measured).map(|(amount, _)| amount).sum();
        let of_goods: Vec<(f64, Measured)> =
            presented.quantities.iter().filter_map(|(a, unit)| amount(*a, unit)).collect();
        // Goods in another measure take what is the least that they can be in the permit's.
        let same = of_goods.iter().find(|(_, own)| *own == measured).map(|(amount, _)| *amount);
        let taken = same.or_else(|| found.taking.as_ref()?.least)?;
        Some(Claim {
            permit: PermitKey::of(document),
            consignment: self.consignment.bill_of_lading.clone(),
            version: 0,
            amount: taken,
            allowed,
            tolerance: TOLERANCE,
            port: self.consignment.places.discharge.as_ref().map(|place| place.as_str().to_owned()),
            days: presented.departed_on.zip(presented.arrives_on),
        })
    }
}
