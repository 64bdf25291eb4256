//! What a consignment can be asked: its parties by role, all its documents, amounts as numbers.

use super::fields::{Consignment, Document, Money, Party};
use super::types::PartyRole;

impl Consignment {
    /// First party with this role.
    pub fn party(&self, role: PartyRole) -> Option<&Party> {
        self.parties.iter().find(|party| party.role == role)
    }

    /// Every document with the index of its goods item (`None` = of the whole consignment) and its own index.
    pub fn all_documents(&self) -> impl Iterator<Item = (Option<usize>, usize, &Document)> {
        let own = self.documents.iter().enumerate().map(|(n, document)| (None, n, document));
        let items =
            self.goods_items.iter().enumerate().flat_map(|(i, item)| {
                item.documents.iter().enumerate().map(move |(n, document)| (Some(i), n, document))
            });
        own.chain(items)
    }
}

impl Money {
    /// The amount as a number, for ratios only.
    pub fn number(&self) -> Option<f64> {
        self.amount.parse::<f64>().ok().filter(|n| n.is_finite())
    }
}
