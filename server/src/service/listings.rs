//! Offers on platforms, many at once: what they sell, in words, becomes woods by the names that the engine knows.
//!
//! In: a caller and lines of JSON, one an offer, or one offer by itself. Out: a record of kind `listing` for each, by a digest of its address, so that the same
//! offer is one record however often it is sent; or every line that does not fit, and nothing on record. The address is not kept, nor
//! who runs the page. Not here: what becomes of the records (`information`).

use std::collections::BTreeMap;

use palisander_engine::woods::NameQuery;
use palisander_engine::{Appendix, Date, Engine};
use serde::{Deserialize, Serialize};
use serde_json::{Number, json};
use sha2::{Digest, Sha256};

use super::caller::Caller;
use super::information::{NAMED, source_of};
use super::office::{Office, OfficeError};
use super::told::{faults, texts};
use crate::config::{MAX_FIELD_CHARS, MAX_INFORMATION_NAMES, MAX_LISTINGS, MAX_URL_CHARS};
use crate::hex;
use crate::meant::in_words;
use crate::store::{
    Batch, Draft, Identifier, IdentifierKind, InformationKind, Kind, Listing, NamedCountry, SourceKind, StoreError,
    WhatTold,
};

/// Offers as they come.
#[derive(Debug, Clone, Copy)]
pub enum Sent<'a> {
    /// One a line.
    Lines(&'a [u8]),
    /// One, on as many lines as it likes.
    One(&'a [u8]),
}

impl<'a> Sent<'a> {
    /// Each offer with its line, from 1. Blank lines count and are none.
    fn offers(self) -> impl Iterator<Item = (usize, &'a [u8])> {
        let (bytes, is_one) = match self {
            Self::Lines(bytes) => (bytes, false),
            Self::One(bytes) => (bytes, true),
        };
        let lines = bytes.split(move |byte| *byte == b'\n' && !is_one);
        (1..).zip(lines).filter(|(_, text)| !text.trim_ascii().is_empty())
    }
}

/// An offer as it is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    platform: String,
    /// Its address; a digest of it is kept.
    url: String,
    title: String,
    #[serde(default)]
    text: String,
    /// The seller, as the platform names him.
    seller: Option<String>,
    price: Option<Number>,
    /// ISO 4217: three capitals.
    currency: Option<String>,
    seen_on: Date,
    #[serde(default)]
    countries: Vec<NamedCountry>,
}

/// An offer that is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Its line, from 1.
    pub line: usize,
    /// Id of the record.
    pub id: String,
    /// It was on record before, from an earlier line or call.
    pub again: bool,
    pub taxa: Vec<String>,
    /// 1 where it names a taxon of Appendix I, else 2.
    pub priority: u8,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// The line, from 1.
    pub line: usize,
    /// In words.
    pub what: String,
}

/// Why nothing was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// Lines that do not fit, each fault of them.
    Lines(Vec<LineFault>),
    /// It is well said, and was not done.
    Office(OfficeError),
}

impl<E: Into<OfficeError>> From<E> for NotTaken {
    fn from(error: E) -> Self {
        Self::Office(error.into())
    }
}

/// An offer that fits.
struct Read {
    line: usize,
    id: String,
    told: WhatTold,
    priority: u8,
}

/// Times that offers are looked for anew because others told the same ones meanwhile.
const TRIES: usize = 5;
/// Digits of an id.
const ID_DIGITS: usize = 32;

impl Office {
    /// Takes offers, all of them or none.
    pub fn tell_listings(&self, caller: &Caller, engine: &Engine, sent: Sent<'_>) -> Result<Vec<Taken>, NotTaken> {
        let offers = self.read_offers(caller, engine, sent)?;
        for _ in 0..TRIES {
            let (taken, drafts) = self.unknown(caller, &offers)?;
            if drafts.is_empty() {
                return Ok(taken);
            }
            match self.store.append(Batch { drafts, ..Batch::default() }) {
                Ok(_) => return Ok(taken),
                // Somebody told one of them meanwhile: it is known now.
                Err(StoreError::Moved { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(OfficeError::Busy.into())
    }

    /// Every line as an offer, or all that is wrong.
    fn read_offers(&self, caller: &Caller, engine: &Engine, sent: Sent<'_>) -> Result<Vec<Read>, NotTaken> {
        let (mut offers, mut wrong, mut is_named) = (Vec::new(), Vec::new(), false);
        for (line, text) in sent.offers() {
            let mut fault = |what: String| wrong.push(LineFault { line, what });
            if offers.len() == MAX_LISTINGS {
                fault(format!("more than MAX_LISTINGS ({MAX_LISTINGS}) offers; send the rest by itself"));
                break;
            }
            // A list would be taken for the fields in their order.
            if text.trim_ascii_start().first() == Some(&b'[') {
                fault("an offer is an object, not a list".to_owned());
                continue;
            }
            let offer: Offer = match serde_json::from_slice(text) {
                Ok(offer) => offer,
                Err(error) => {
                    fault(in_words(&error));
                    continue;
                }
            };
            let form = offer_faults(&offer);
            let (told, priority) = told(offer, engine, self.clock.today(), source_of(caller, SourceKind::Open));
            form.into_iter().chain(faults(&told).form).for_each(&mut fault);
            if !self.named_holders(&texts(&json!(told)).join("\n"))?.is_empty() {
                is_named = true;
                fault(NAMED.to_owned());
            }
            offers.push(Read { line, id: self.listing_id(&told), told, priority });
        }
        if offers.is_empty() && wrong.is_empty() {
            wrong.push(LineFault { line: 1, what: "no offer stands here; send a JSON object a line".to_owned() });
        }
        if is_named {
            self.note_named(caller)?;
        }
        if wrong.is_empty() { Ok(offers) } else { Err(NotTaken::Lines(wrong)) }
    }

    /// What is said of each, and entries for those that are not on record yet.
    fn unknown(&self, caller: &Caller, offers: &[Read]) -> Result<(Vec<Taken>, Vec<Draft>), OfficeError> {
        let (mut taken, mut drafts) = (Vec::with_capacity(offers.len()), Vec::new());
        let mut first: BTreeMap<&str, &Read> = BTreeMap::new();
        for offer in offers {
            let known = self.store.information(&offer.id)?.map(|(information, _)| information);
            let again = known.is_some() || first.contains_key(offer.id.as_str());
            if !again {
                first.insert(&offer.id, offer);
                let by = Some(caller.reader.id.clone());
                let mut information = self.received(offer.told.clone(), by, offer.id.clone());
                information.priority = Some(offer.priority);
                let draft = self.said(&caller.reader.id, Kind::InformationReceived, &information)?;
                drafts.push(Draft { after: Some(0), ..draft });
            }
            taken.push(Taken {
                line: offer.line,
                id: offer.id.clone(),
                again,
                taxa: offer.told.taxa.clone(),
                priority: offer.priority,
            });
        }
        Ok((taken, drafts))
    }

    /// The id of an offer: a hash of its address under a key, so that nobody finds by an id which page was told.
    fn listing_id(&self, told: &WhatTold) -> String {
        let digest = told.listing.as_ref().map(|listing| listing.url_digest.as_str()).unwrap_or_default();
        let key = self.store.secret("ids of listings");
        let hash = hex::shown(&Sha256::new().chain_update(key).chain_update(digest).finalize());
        format!("i_{}", hash.chars().take(ID_DIGITS).collect::<String>())
    }
}

/// What is wrong with an offer beside what would be wrong with every record.
fn offer_faults(offer: &Offer) -> Vec<String> {
    let Offer { platform, url, seller, price, currency, .. } = offer;
    let mut form = Vec::new();
    form.extend(platform.trim().is_empty().then(|| "`platform` is empty".to_owned()));
    for (field, text) in [("platform", Some(platform)), ("seller", seller.as_ref())] {
        let acts = text.is_some_and(|text| text.chars().any(char::is_control));
        form.extend(acts.then(|| format!("`{field}` holds a control character")));
    }
    let is_address = !url.trim().is_empty() && url.len() <= MAX_URL_CHARS && !url.chars().any(char::is_control);
    form.extend((!is_address).then(|| format!("`url` is 1 to MAX_URL_CHARS ({MAX_URL_CHARS}) characters")));
    let is_price = price.as_ref().is_none_or(|price| price.as_f64().is_some_and(|price| price >= 0.0));
    form.extend((!is_price).then(|| "`price` is below zero".to_owned()));
    let is_code = |text: &String| text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
    form.extend((!currency.as_ref().is_none_or(is_code)).then(|| "`currency` is three capitals: USD".to_owned()));
    form.extend((price.is_some() != currency.is_some()).then(|| "`price` and `currency` go together".to_owned()));
    form
}

/// The offer as what is told, and how urgent it is.
fn told(offer: Offer, engine: &Engine, today: Date, source: SourceKind) -> (WhatTold, u8) {
    let Offer { platform, url, title, text, seller, price, currency, seen_on, countries } = offer;
    let taxa = named(engine, &format!("{title}\n{text}"));
    let listings = &engine.references().listings;
    let is_first =
        |taxon: &String| listings.on(taxon, None, None, today).acting().is_some_and(|row| row.appendix == Appendix::I);
    let priority = if taxa.iter().any(is_first) { 1 } else { 2 };
    let url_digest = hex::shown(&Sha256::digest(url.trim()));
    // By what he is called there he is found again on a parcel.
    let of_seller = |handle: &String| Identifier { kind: IdentifierKind::Handle, value: handle.clone() };
    let told = WhatTold {
        text,
        taxa,
        countries,
        identifiers: seller.iter().map(of_seller).collect(),
        listing: Some(Listing { platform, url_digest, seller, price, currency, seen_on }),
        ..WhatTold::of(InformationKind::Listing, title, source)
    };
    (told, priority)
}

/// Accepted names of the woods that a text names, each once, in the order of the text.
fn named(engine: &Engine, text: &str) -> Vec<String> {
    let mut taxa: Vec<String> = Vec::new();
    for mention in engine.names().resolve(&NameQuery { text, ..NameQuery::default() }).mentions {
        if mention.in_scope && !taxa.contains(&mention.taxon) && taxa.len() < MAX_INFORMATION_NAMES {
            taxa.push(mention.taxon);
        }
    }
    taxa.retain(|taxon| taxon.chars().count() <= MAX_FIELD_CHARS);
    taxa
}
