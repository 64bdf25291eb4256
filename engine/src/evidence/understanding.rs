//! Whether the goods of a bill were understood at all: what nobody read can never be released as if it were nothing.
//!
//! In: a consignment and its manifest. Out: [`Understanding`], and the faults that follow. An item is understood when its
//! goods text (or a declared name) or its HS code was read and says something. A bill without an item is understood where
//! the manifest says why: its equipment is empty, or it is the master of house bills that stand beside it.
//! Also: texts that no reader took up and that name a wood. Cost: names are asked for unread texts only.

use super::Sources;
use super::neighbours::Neighbours;
use crate::manifest::fields::{consignment as bill, goods_item};
use crate::manifest::{Consignment, Fault, Faults, GoodsItem, Place, Severity};
use crate::names::{NameQuery, Verdict};

/// What was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Understanding {
    /// Of each item, in the order of the manifest.
    pub items: Vec<bool>,
    /// The bill has no item, and nothing says why.
    pub nothing: bool,
    /// Names of woods in texts that no reader took up.
    pub unread_woods: Vec<String>,
}

impl Understanding {
    /// True when every item was understood, and there is one or none is to be expected.
    pub fn is_whole(&self) -> bool {
        !self.nothing && self.items.iter().all(|understood| *understood)
    }

    /// What the answer says of it. Each takes something away, so the bill can no longer come out in the lowest lane.
    pub fn faults(&self) -> Vec<Fault> {
        if self.is_whole() && self.unread_woods.is_empty() {
            return Vec::new();
        }
        let mut faults = Faults::default();
        let mut lost = |place: Place, code: &'static str, found: &str, expected: &str| {
            faults.push(Fault::of(place, code, Severity::Lost, place.pointer(), found, expected));
        };
        if self.nothing {
            let place = Place::HEAD.field(bill::goods_items);
            lost(place, "no_goods", "nothing", "at least one goods item, empty equipment declared so, or house bills");
        }
        for (n, _) in self.items.iter().enumerate().filter(|(_, understood)| !**understood) {
            let place = Place::HEAD.item(n).field(goods_item::description);
            lost(place, "not_understood", "nothing", "a description of the goods or their HS code");
        }
        for wood in &self.unread_woods {
            lost(Place::HEAD, "unread_names_wood", wood, "goods in a field that is read");
        }
        faults.to_vec()
    }
}

/// Looks at every item, and at what was left over.
pub fn gather(sources: &Sources<'_>, neighbours: &Neighbours<'_>, consignment: &Consignment) -> Understanding {
    let items: Vec<bool> = consignment.goods_items.iter().map(is_understood).collect();
    let explained = || neighbours.is_empty_equipment() || neighbours.has_house_bills(&consignment.bill_of_lading);
    let nothing = items.is_empty() && !explained();
    let name = |text: &str| {
        let found = sources.names.resolve(&NameQuery { text, ..NameQuery::default() });
        let first = found.mentions.iter().find(|mention| mention.verdict == Verdict::Flag);
        first.map(|mention| mention.text.clone())
    };
    let own = neighbours.index_of(consignment).into_iter().flat_map(|n| neighbours.unmapped(n));
    let mut unread_woods: Vec<String> = own.filter_map(|one| name(&one.found)).collect();
    unread_woods.extend_from_slice(neighbours.head_wood(name));
    unread_woods.sort_unstable();
    unread_woods.dedup();
    Understanding { items, nothing, unread_woods }
}

/// True when something was read that says what the goods are.
pub fn is_understood(item: &GoodsItem) -> bool {
    let says = |text: &str| text.chars().any(char::is_alphabetic) && !is_filler(text);
    let names = [item.scientific_name.as_deref(), item.common_name.as_deref()];
    item.hs_code.is_some() || says(&item.description) || names.into_iter().flatten().any(says)
}

/// True for what people write where they have nothing to say.
fn is_filler(text: &str) -> bool {
    crate::manifest::says_nothing(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_understood_by_its_words_or_its_code() {
        let check = |description: &str, hs: Option<&str>| {
            let hs_code = hs.and_then(|hs| hs.parse().ok());
            is_understood(&GoodsItem { description: description.to_owned(), hs_code, ..GoodsItem::default() })
        };
        for blank in ["", "  ", "-", "...", "N/A", "12", "unknown", "?", "NIL"] {
            assert!(!check(blank, None), "{blank}");
            assert!(check(blank, Some("4403")), "{blank}");
        }
        for text in ["oak", "红木", "дуб", "as per list", "1 box toys"] {
            assert!(check(text, None), "{text}");
        }
    }
}
