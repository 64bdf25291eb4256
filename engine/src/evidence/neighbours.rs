//! What a bill must know of the rest of its manifest, looked up once for the manifest and not for each bill.
//!
//! In: a manifest. Out: [`Neighbours`], borrowed from it: who shares a container, which bills are masters of others, what
//! of the file no reader took up. Cost: one pass over the manifest, whose names are put in order; each question is a search
//! among them.

use std::sync::OnceLock;

use crate::manifest::{Consignment, Equipment, Manifest, Unmapped};

/// A manifest with its look-ups.
#[derive(Debug)]
pub struct Neighbours<'m> {
    pub manifest: &'m Manifest,
    /// Containers that bills of several numbers name, in order.
    shared: Vec<&'m str>,
    /// By number, each once.
    equipment: Vec<&'m Equipment>,
    /// In order.
    masters: Vec<&'m str>,
    /// Texts of the head that no reader took up and that name a wood; asked of the names once.
    head_wood: OnceLock<Vec<String>>,
}

impl<'m> Neighbours<'m> {
    /// Looks at every bill once.
    pub fn of(manifest: &'m Manifest) -> Self {
        let mut equipment: Vec<&Equipment> = manifest.equipment.iter().collect();
        equipment.sort_by_key(|one| one.container.as_str());
        equipment.dedup_by_key(|one| one.container.as_str());
        let masters = manifest.consignments.iter().filter_map(|one| {
            one.master_bill.as_deref().map(str::trim).filter(|master| *master != one.bill_of_lading.trim())
        });
        let mut masters: Vec<&str> = masters.collect();
        masters.sort_unstable();
        Self { manifest, shared: shared(manifest), equipment, masters, head_wood: OnceLock::new() }
    }

    /// Index of a consignment of this manifest; `None` when it is another one's.
    pub fn index_of(&self, consignment: &Consignment) -> Option<usize> {
        let size = size_of::<Consignment>().max(1);
        let from = self.manifest.consignments.as_ptr().addr();
        let n = std::ptr::from_ref(consignment).addr().checked_sub(from)? / size;
        self.manifest.consignments.get(n).filter(|own| std::ptr::eq(*own, consignment)).map(|_| n)
    }

    /// True when bills of other numbers have goods in the container.
    pub fn is_shared(&self, container: &str) -> bool {
        self.shared.binary_search(&container).is_ok()
    }

    /// The container as the head of the manifest declares it.
    pub fn container(&self, number: &str) -> Option<&'m Equipment> {
        let found = self.equipment.binary_search_by(|one| one.container.as_str().cmp(number)).ok()?;
        self.equipment.get(found).copied()
    }

    /// True when house bills of this one stand in the manifest.
    pub fn has_house_bills(&self, bill: &str) -> bool {
        !bill.trim().is_empty() && self.masters.binary_search(&bill.trim()).is_ok()
    }

    /// True when the manifest declares equipment, and all of it as empty.
    pub fn is_empty_equipment(&self) -> bool {
        let is_empty = |one: &Equipment| one.fullness.as_deref().is_some_and(|text| text.eq_ignore_ascii_case("empty"));
        !self.manifest.equipment.is_empty() && self.manifest.equipment.iter().all(is_empty)
    }

    /// What no reader took up of one bill; those of a manifest stand in the order of its bills.
    pub fn unmapped(&self, n: usize) -> impl Iterator<Item = &'m Unmapped> {
        let all = &self.manifest.unmapped;
        let from = all.partition_point(|one| one.consignment.is_none_or(|other| other < n));
        all.iter().skip(from).take_while(move |one| one.consignment == Some(n))
    }

    /// Texts of the head that name a wood, by `names`, which is asked once for the manifest.
    pub fn head_wood(&self, names: impl Fn(&str) -> Option<String>) -> &[String] {
        self.head_wood.get_or_init(|| {
            let head = self.manifest.unmapped.iter().take_while(|one| one.consignment.is_none());
            head.filter_map(|one| names(&one.found)).collect()
        })
    }
}

/// Containers that bills of several numbers name, in order.
fn shared(manifest: &Manifest) -> Vec<&str> {
    if manifest.consignments.len() < 2 {
        return Vec::new();
    }
    let mut named: Vec<(&str, &str)> = Vec::new();
    for bill in &manifest.consignments {
        let places = bill.goods_items.iter().flat_map(|item| &item.in_containers);
        named.extend(places.map(|place| (place.container.as_str(), bill.bill_of_lading.as_str())));
    }
    named.sort_unstable();
    named.dedup();
    let several = named.array_windows().filter(|[(one, _), (next, _)]| one == next);
    let mut shared: Vec<&str> = several.map(|[(container, _), _]| *container).collect();
    shared.dedup();
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{GoodsItem, InContainer};

    fn bill(number: &str, containers: &[&str]) -> Consignment {
        let place = |container: &&str| InContainer { container: (*container).to_owned(), n_packages: None };
        let item = GoodsItem { in_containers: containers.iter().map(place).collect(), ..GoodsItem::default() };
        Consignment { bill_of_lading: number.to_owned(), goods_items: vec![item], ..Consignment::default() }
    }

    #[test]
    fn containers_are_shared_by_bills_of_other_numbers() {
        let manifest = Manifest {
            consignments: vec![bill("A", &["X", "Y"]), bill("A", &["Y"]), bill("B", &["X", "X"])],
            ..Manifest::default()
        };
        let neighbours = Neighbours::of(&manifest);
        assert!(neighbours.is_shared("X") && !neighbours.is_shared("Y") && !neighbours.is_shared("Z"));
        assert_eq!(neighbours.index_of(&manifest.consignments[2]), Some(2));
        assert_eq!(neighbours.index_of(&bill("A", &[])), None);
    }

    #[test]
    fn unmapped_values_are_found_by_their_bill() {
        let one = |consignment, found: &str| Unmapped { at: String::new(), found: found.to_owned(), consignment };
        let unmapped = vec![one(None, "h"), one(Some(0), "a"), one(Some(2), "b"), one(Some(2), "c")];
        let manifest = Manifest { unmapped, ..Manifest::default() };
        let neighbours = Neighbours::of(&manifest);
        let found = |n| neighbours.unmapped(n).map(|one| one.found.as_str()).collect::<Vec<_>>();
        assert_eq!((found(0), found(1), found(2)), (vec!["a"], vec![], vec!["b", "c"]));
    }
}
