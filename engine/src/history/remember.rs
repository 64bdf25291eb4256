//! What is to be remembered of a consignment, from its evidence.
//!
//! In: the manifest's head, the consignment, its facts and claims, its content's fingerprint. Out: a [`Remembered`]. A lot
//! is small by its volume; without one, by its mass and the lightest and heaviest that its wood can be (datasets/densities,
//! else [`LIGHTEST_KG_M3`] and [`HEAVIEST_KG_M3`]); between the two its size is unknown.

use super::filings::MAX_GOODS_CHARS;
use super::record::{BY_PERMIT, Claimed, Filing, Key, Lot, Remembered, Size};
use crate::codes::Date;
use crate::evidence::history::SMALL_LOT_M3;
use crate::evidence::listing::Coverage;
use crate::evidence::parties::address_text;
use crate::evidence::{Evidence, Finding, ItemEvidence};
use crate::manifest::{Call, Consignment, Function, GoodsItem, Manifest, Party, PartyRole};
use crate::names::Verdict;
use crate::parties::address_key;
use crate::permits::Claim;
use crate::reference::References;

/// Lightest listed wood, air-dry, kg/m³: the lowest row of datasets/densities for *Diospyros* is 440.
const LIGHTEST_KG_M3: f64 = 400.0;
/// Heaviest listed wood: the highest row is 1,400, and green logs weigh up to 1.3 times as much.
const HEAVIEST_KG_M3: f64 = 1_400.0 * GREEN;
/// Green logs against air-dry wood.
const GREEN: f64 = 1.3;
/// Shortest name or address that tells a receiver from others, in characters.
const MIN_RECEIVER_CHARS: usize = 6;
/// Goods items of which a filing shows the text.
const MAX_SHOWN: usize = 20;
/// Millionths of the base unit in one.
const MICRO: f64 = 1_000_000.0;

/// What a record is made from.
#[derive(Clone, Copy)]
pub(crate) struct Drawn<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) consignment: &'a Consignment,
    pub(crate) evidence: &'a Evidence,
}

/// What is to be remembered under a key; its lot and claims may be none. `size`: that of the lot, where it is one.
pub(crate) fn remembered(from: &Drawn<'_>, key: Key, size: Option<Size>) -> Remembered {
    let lot = size.map(|size| Lot {
        receivers: receivers(from.consignment),
        size,
        importer: importer(from),
        papers_agree: papers_agree(from.evidence),
    });
    let claims = from.evidence.claims.iter().filter_map(claimed).collect();
    let is_kept = lot.is_some() || from.manifest.function != Function::Original;
    let filing = is_kept.then(|| filing(from.manifest, from.consignment, lot.is_some()));
    let mut record = Remembered { key, lot, claims, filing };
    // What is taken back takes nothing.
    if from.manifest.function == Function::Cancel {
        (record.lot, record.claims) = (None, Vec::new());
    }
    record.tidy();
    record
}

/// What a filing was, with its goods in short.
pub(crate) fn filing(manifest: &Manifest, consignment: &Consignment, listed: bool) -> Filing {
    let texts = consignment.goods_items.iter().map(|item| item.description.trim()).filter(|text| !text.is_empty());
    let mut goods = String::new();
    for text in texts.take(MAX_SHOWN) {
        if !goods.is_empty() {
            goods.push_str(" / ");
        }
        goods.push_str(text);
    }
    if let Some((end, _)) = goods.char_indices().nth(MAX_GOODS_CHARS).filter(|_| goods.len() > MAX_GOODS_CHARS) {
        goods.truncate(end);
    }
    let sent_at = manifest.sent_at.as_ref().map(|at| at.as_str().to_owned()).unwrap_or_default();
    Filing { function: manifest.function, sent_at, goods, listed }
}

/// A manifest without a bill that takes back the whole of an earlier one. `None`: it does nothing to any.
pub(crate) fn withdrawal(manifest: &Manifest, as_of: Date) -> Option<Remembered> {
    if manifest.function != Function::Cancel || !manifest.consignments.is_empty() {
        return None;
    }
    let whole = Consignment::default();
    let content = crate::digest::of(&(&manifest.sender, &manifest.reference, &manifest.sent_at, manifest.function));
    let key = key(manifest, &whole, as_of, &content);
    Some(Remembered { key, lot: None, claims: Vec::new(), filing: Some(filing(manifest, &whole, false)) })
}

/// Which consignment it is, and where it stands among all; `digest` is that of its content.
pub(crate) fn key(manifest: &Manifest, consignment: &Consignment, as_of: Date, digest: &blake3::Hash) -> Key {
    let day = |call: &Option<Call>| call.as_ref().and_then(|call| call.at.as_ref()).map(|at| at.day());
    let sent = manifest.sent_at.as_ref().map(|at| at.day());
    Key {
        on: day(&manifest.arrival).or_else(|| day(&manifest.departure)).or(sent).unwrap_or(as_of),
        sender: manifest.sender.clone().unwrap_or_default(),
        reference: manifest.reference.clone(),
        bill: consignment.bill_of_lading.clone(),
        digest: crate::digest::digits(digest, 32),
    }
}

/// What links a lot to others: consignee and notify parties by name and place, by address (a city alone is none), by
/// telephone and mail; its containers; its permits. A common name elsewhere is another receiver.
pub(crate) fn receivers(consignment: &Consignment) -> Vec<String> {
    let of = |role: PartyRole| consignment.parties.iter().filter(move |party| party.role == role);
    let mut receivers: Vec<String> = Vec::new();
    for party in of(PartyRole::Consignee).chain(of(PartyRole::NotifyParty)) {
        let key = crate::alerts::key;
        receivers.extend(by_name(party));
        let address = address_key(&address_text(party)).filter(|key| key.chars().count() >= MIN_RECEIVER_CHARS);
        receivers.extend(address.map(|address| format!("@{address}")));
        let contacts = party.contacts.iter().map(|contact| key(contact));
        let contacts = contacts.filter(|contact| contact.chars().count() >= MIN_RECEIVER_CHARS);
        receivers.extend(contacts.map(|contact| format!("+{contact}")));
    }
    let containers = consignment.goods_items.iter().flat_map(|item| &item.in_containers);
    receivers
        .extend(containers.map(|own| format!("#{}", crate::alerts::key(&own.container))).filter(|key| key.len() > 1));
    let permits = consignment.all_documents().filter(|(_, _, document)| document.kind.is_cites());
    let numbers = permits.filter_map(|(_, _, document)| document.number.as_deref());
    receivers
        .extend(numbers.map(|number| format!("{BY_PERMIT}{}", crate::alerts::key(number))).filter(|key| key.len() > 1));
    receivers.sort();
    receivers.dedup();
    receivers
}

/// A party by its name and place; `None` for a name too short to tell it from others.
fn by_name(party: &Party) -> Option<String> {
    let key = crate::alerts::key;
    let address = party.address.as_ref();
    let country = address.and_then(|address| address.country).map(|country| country.to_string());
    let city = address.and_then(|address| address.city.as_deref()).map(key);
    let name = key(&party.name);
    let long = name.chars().count() >= MIN_RECEIVER_CHARS;
    long.then(|| format!("{name}|{}|{}", country.unwrap_or_default(), city.unwrap_or_default()))
}

/// The consignee by name and place, where it is a party and no order clause.
fn importer(from: &Drawn<'_>) -> Option<String> {
    let parties = from.consignment.parties.iter().zip(&from.evidence.parties);
    let mut consignees = parties.filter(|(party, _)| party.role == PartyRole::Consignee);
    let (party, evidence) = consignees.next()?;
    if evidence.to_order || consignees.next().is_some() { None } else { by_name(party) }
}

/// Every item that is covered has a paper of the Convention, and every such paper agrees.
fn papers_agree(evidence: &Evidence) -> bool {
    let papers = || evidence.documents.iter().filter(|paper| paper.covers_listed_wood && paper.kind.is_cites());
    let covered = evidence.items.iter().enumerate().filter(|(_, item)| {
        item.taxa.iter().any(|taxon| !taxon.is_alternative && taxon.listing.coverage == Coverage::Covered)
    });
    let has_paper = |n: usize| papers().any(|paper| paper.item.is_none_or(|item| item == n));
    papers().next().is_some()
        && papers().all(|paper| paper.verdict == Finding::Consistent)
        && covered.into_iter().all(|(n, _)| has_paper(n))
}

/// Size of the listed wood in all items that name it; `None` = none does.
pub(crate) fn lot_size(references: &References, consignment: &Consignment, evidence: &Evidence) -> Option<Size> {
    if evidence.verdict() != Verdict::Flag {
        return None;
    }
    let items = evidence.items.iter().zip(&consignment.goods_items);
    let listed = items.filter(|(evidence, _)| evidence.names.verdict == Verdict::Flag);
    let (mut least, mut most) = (0.0, 0.0);
    for (evidence, goods) in listed {
        let (low, high) = volume(references, evidence, goods).unwrap_or((0.0, f64::INFINITY));
        least += low;
        most += high;
    }
    Some(match (least, most) {
        (_, most) if most <= SMALL_LOT_M3 => Size::Small,
        (least, _) if least > SMALL_LOT_M3 => Size::Large,
        _ => Size::Unknown,
    })
}

/// Least and most volume of an item, m³.
fn volume(references: &References, evidence: &ItemEvidence, goods: &GoodsItem) -> Option<(f64, f64)> {
    if let Some(m3) = goods.volume_m3.filter(|m3| *m3 > 0.0) {
        return Some((m3, m3));
    }
    let mass = goods.net_mass_kg.or(goods.gross_mass_kg).filter(|kg| *kg > 0.0)?;
    let rows = evidence.taxa.iter().filter_map(|taxon| references.densities.of(&taxon.taxon));
    let (light, heavy) = rows.fold((f64::INFINITY, 0.0_f64), |(light, heavy), row| {
        (light.min(row.air_dry_min_kg_m3), heavy.max(row.air_dry_max_kg_m3 * GREEN))
    });
    let (light, heavy) =
        if light.is_finite() && heavy > 0.0 { (light, heavy) } else { (LIGHTEST_KG_M3, HEAVIEST_KG_M3) };
    Some((mass / heavy, mass / light))
}

/// A claim in whole millionths; one that is no amount claims nothing.
fn claimed(claim: &Claim) -> Option<Claimed> {
    let micro = |amount: f64| {
        let scaled = (amount * MICRO).round();
        // Up to 9 · 10^15 a float counts whole numbers exactly.
        (0.0..9e15).contains(&scaled).then_some(scaled as i64)
    };
    Some(Claimed {
        permit: claim.permit.as_str().to_owned(),
        micro: micro(claim.amount)?,
        allowed_micro: micro(claim.allowed * (1.0 + claim.tolerance))?,
        port: claim.port.clone(),
        days: claim.days,
    })
}
