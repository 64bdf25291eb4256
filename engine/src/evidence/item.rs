//! Facts of one goods item: what it is, in which form, under which law and measures, and whether its figures fit.

use super::{
    Sources, TaxonEvidence, cover, equipment, form, import_permit, measures, physics, price, quota, route, taxon,
    timber, weighing, wording,
};
use crate::codes::{CountryCode, Date};
use crate::manifest::{Consignment, GoodsItem};
use crate::names::{NameQuery, Resolution, Verdict};
use crate::text::plain_key;

/// Facts of one goods item.
#[derive(Debug, Clone)]
pub struct ItemEvidence {
    /// What the words name.
    pub names: Resolution,
    /// Per mention that is a listed genus or a substitute: what the listing says.
    pub taxa: Vec<TaxonEvidence>,
    /// Other woods that it names, by id.
    pub timbers: Vec<String>,
    /// Goods that loads are hidden under and that it names, by id.
    pub cover_goods: Vec<String>,
    /// Form of the goods.
    pub form: form::FormEvidence,
    pub wording: wording::WordingEvidence,
    /// Declared origin, read from a code or from words.
    pub origin: Option<CountryCode>,
    /// Measures that touch it.
    pub measures: Vec<measures::MeasureEvidence>,
    /// The import permit that is due.
    pub import_permit: import_permit::ImportPermit,
    /// Export quotas that count it.
    pub quotas: Vec<quota::QuotaEvidence>,
    /// Mass and volume.
    pub physics: physics::PhysicsEvidence,
    /// Value.
    pub price: price::PriceEvidence,
}

impl ItemEvidence {
    /// Wood or an article of wood, by HS chapter, by form or by name.
    pub fn is_timber(&self, goods: &GoodsItem) -> bool {
        self.names.verdict >= Verdict::Review
            || form::is_raw_wood(self.form.form)
            || goods.hs_code.as_ref().is_some_and(|hs| matches!(hs.chapter(), "44" | "92" | "94"))
    }
}

/// Gathers the facts of item `n`.
pub(super) fn gather(
    sources: &Sources<'_>,
    route: &route::RouteEvidence,
    equipment: &equipment::EquipmentEvidence,
    consignment: &Consignment,
    n: usize,
    item: &GoodsItem,
    as_of: Date,
) -> ItemEvidence {
    let origin = route.origin_of_item(n);
    let names = sources.names.resolve(&NameQuery {
        text: &item.description,
        declared: item.scientific_name.as_deref(),
        common: item.common_name.as_deref(),
        hs: item.hs_code.as_ref(),
        origin,
        as_of: Some(as_of),
        in_short: true,
    });
    let key = plain_key(&item.description);
    let wording = sources.words.of_key(&key, &item.description);
    let form = form::gather(sources.references, item, &wording, as_of);
    let taxa = taxon::gather(sources, &names, item, &wording, form.form, origin, route, as_of);
    let claims: Vec<&str> = wording.claims.iter().map(String::as_str).collect();
    let measures = measures::gather(&measures::From {
        references: sources.references,
        taxa: &taxa,
        names: &names,
        item,
        form: form.form,
        origin,
        claims: &claims,
        route,
        as_of,
    });
    let timbers = timber::gather(sources.references, item, &wording, form.form);
    let goods = cover::named(sources.references, item, &key);
    let weighed = weighing::From {
        references: sources.references,
        consignment,
        item,
        names: &names,
        taxa: &taxa,
        timbers: &timbers,
        goods: &goods,
        form: form.form,
        equipment,
        as_of,
    };
    let physics = physics::gather(&weighed);
    let price = price::gather(&weighed, physics::mass(item), physics::volume(item));
    let timbers = timbers.iter().map(|timber| timber.timber.clone()).collect();
    let cover_goods = goods.iter().map(|goods| goods.id.clone()).collect();
    // What importers and quotas ask hangs on the whole bill: it is added there.
    let (import_permit, quotas) = Default::default();
    ItemEvidence {
        names,
        taxa,
        timbers,
        cover_goods,
        form,
        wording,
        origin,
        measures,
        import_permit,
        quotas,
        physics,
        price,
    }
}
