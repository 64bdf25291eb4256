//! How like two bills are, by what their senders declared: nearly the same bill sent again is somebody who asks what changes
//! the answer.
//!
//! In: an answer, of which only what was declared is read, and a secret. Out: a [`Likeness`], which says nothing to who does
//! not hold the secret. Fields belong to five groups that share nothing: parties, goods, measures, carriage, papers. Of two
//! bills that differ in [`MAX_CHANGED_FIELDS`] fields at least one group is the same whenever more groups than that are there,
//! so the groups are the keys by which such a bill is found.

use palisander_engine::Assessment;
use sha2::{Digest, Sha256};

use crate::config::{MAX_CHANGED_FIELDS, MAX_LIKENESS_FIELDS, MIN_SHARED_FIELDS};
use crate::hex;
use crate::store::Hash;

/// What a bill is by its declared fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// A key for each group that is there.
    pub keys: Vec<String>,
    /// Hashes of the fields, in order; the bill's own number is none.
    pub fields: Vec<u32>,
    /// Hashes of its containers, which stand among the fields too.
    pub boxes: Vec<u32>,
}

const CARRIAGE: &str = "carriage";
const CONTAINER: &str = "container";
/// Bytes of a key.
const KEY_BYTES: usize = 12;

impl Likeness {
    /// The likeness of the bill that an answer is about.
    pub fn of(answer: &Assessment, secret: &Hash) -> Self {
        let mut gathered = Gathered { secret, keys: Vec::new(), fields: Vec::new() };
        let boxes = answer
            .containers
            .iter()
            .filter_map(|one| plain(&one.number).map(|plain| field(secret, CARRIAGE, CONTAINER, &plain)));
        let boxes: Vec<u32> = boxes.take(MAX_LIKENESS_FIELDS).collect();
        gathered.group("parties", |add| {
            for party in &answer.parties {
                let role = party.role.as_str();
                add(role, Some(party.name.clone()));
                add(&format!("{role} country"), party.country.map(|code| code.to_string()));
            }
        });
        gathered.group("goods", |add| {
            for goods in &answer.goods {
                add("description", Some(goods.description.clone()));
                add("scientific name", goods.scientific_name.clone());
                add("code", goods.hs_code.clone());
                add("origin", goods.origin.map(|code| code.to_string()));
            }
        });
        gathered.group("measures", |add| {
            for goods in &answer.goods {
                add("gross", goods.gross_mass_kg.map(|kg| kg.to_string()));
                add("net", goods.net_mass_kg.map(|kg| kg.to_string()));
                add("volume", goods.volume_m3.map(|m3| m3.to_string()));
                add("packages", goods.n_packages.map(|n| n.to_string()));
            }
        });
        gathered.group(CARRIAGE, |add| {
            let ship = &answer.ship;
            add("ship", ship.name.clone());
            add("imo", ship.imo.clone());
            add("voyage", ship.voyage.clone());
            for container in &answer.containers {
                add(CONTAINER, Some(container.number.clone()));
            }
        });
        gathered.group("papers", |add| {
            for document in &answer.documents {
                add(document.kind, document.declared.clone());
            }
        });
        let Gathered { keys, mut fields, .. } = gathered;
        fields.sort_unstable();
        Self { keys, fields, boxes }
    }

    /// Is that bill nearly this one?
    pub fn is_near(&self, other: &[u32]) -> bool {
        let shared = shared(&self.fields, other);
        let changed = self.fields.len().max(other.len()) - shared;
        changed <= MAX_CHANGED_FIELDS && shared >= MIN_SHARED_FIELDS
    }

    /// A number from 0 to 1 that this bill has whatever its number is, and that nobody knows without the secret.
    pub fn drawn(&self, secret: &Hash) -> f64 {
        let mut digest = Sha256::new().chain_update("palisander draw 1\n").chain_update(secret);
        self.fields.iter().for_each(|field| digest.update(field.to_be_bytes()));
        let first = digest.finalize().iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        f64::from(first) / (f64::from(u32::MAX) + 1.0)
    }
}

/// The hash of one field.
fn field(secret: &Hash, group: &str, name: &str, plain: &str) -> u32 {
    let mut digest = Sha256::new().chain_update("palisander field 1\n").chain_update(secret);
    for text in [group, name, plain] {
        digest.update(text);
        digest.update([0]);
    }
    digest.finalize().iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Letters and digits in capitals; `None` when there are none.
fn plain(value: &str) -> Option<String> {
    let kept = |c: &char| c.is_alphanumeric() || *c == '.';
    let plain: String = value.chars().filter(kept).flat_map(char::to_uppercase).collect();
    (!plain.is_empty()).then_some(plain)
}

/// Fields that two bills have in common; both in order.
fn shared(one: &[u32], other: &[u32]) -> usize {
    let (mut a, mut b, mut n) = (one.iter().peekable(), other.iter().peekable(), 0);
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                n += 1;
                a.next();
                b.next();
            }
        }
    }
    n
}

struct Gathered<'s> {
    secret: &'s Hash,
    keys: Vec<String>,
    fields: Vec<u32>,
}

impl Gathered<'_> {
    /// Adds the fields of a group, and its key when it has any.
    fn group(&mut self, group: &str, each: impl FnOnce(&mut dyn FnMut(&str, Option<String>))) {
        let mut own = Vec::new();
        let secret = self.secret;
        each(&mut |name, value| {
            let Some(plain) = value.as_deref().and_then(plain) else { return };
            own.push(field(secret, group, name, &plain));
        });
        if own.is_empty() {
            return;
        }
        own.sort_unstable();
        let mut digest = Sha256::new().chain_update("palisander group 1\n").chain_update(secret).chain_update(group);
        own.iter().for_each(|field| digest.update(field.to_be_bytes()));
        let key = digest.finalize();
        self.keys.push(hex::shown(key.get(..KEY_BYTES).unwrap_or_default()));
        let room = MAX_LIKENESS_FIELDS.saturating_sub(self.fields.len());
        self.fields.extend(own.into_iter().take(room));
    }
}
