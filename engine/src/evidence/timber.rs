//! Woods of other genera that an item names: oak, pine, ipe.
//!
//! In: an item and what its words say. Out: the woods of datasets/timbers that it names. They are asked for only where HS
//! code or words speak of wood: `ash`, `pine` and `cherry` are other things elsewhere. Not here: the woods that are looked
//! for and those that are sold as them (`names`).

use super::form;
use super::wording::WordingEvidence;
use crate::manifest::GoodsItem;
use crate::reference::{Form, References, Timber};

/// Chapters of wood and of furniture.
const OF_WOOD: [&str; 2] = ["44", "94"];

/// The woods that the words name, each once.
pub(super) fn gather<'r>(
    references: &'r References,
    item: &GoodsItem,
    wording: &WordingEvidence,
    form: Option<Form>,
) -> Vec<&'r Timber> {
    let chapter = item.hs_code.as_ref().map(|code| code.chapter());
    let by_code = chapter.is_some_and(|chapter| OF_WOOD.contains(&chapter));
    let by_words = wording.says_wood || chapter.is_none() && form::is_raw_wood(form);
    if !by_code && !by_words {
        return Vec::new();
    }
    let texts = [Some(item.description.as_str()), item.scientific_name.as_deref(), item.common_name.as_deref()];
    let mut named: Vec<&Timber> = Vec::new();
    for timber in texts.into_iter().flatten().flat_map(|text| references.timbers.named_in(text)) {
        if !named.iter().any(|known| known.timber == timber.timber) {
            named.push(timber);
        }
    }
    named
}
