//! In what form are the goods: by the HS code, by the words, and where both disagree.

use super::wording::WordingEvidence;
use crate::codes::Date;
use crate::manifest::GoodsItem;
use crate::reference::{Form, HsCodes, References};

/// Form of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FormEvidence {
    /// The form to reckon with: words first, since they are nearer to the goods, but no article under a code of raw wood;
    /// `None` = not told.
    pub form: Option<Form>,
    /// What the HS code says.
    pub by_hs: Option<Form>,
    /// What the words say.
    pub by_words: Option<Form>,
    /// Both say something and the HS code cannot hold the form of the words.
    pub conflicts: bool,
    /// The HS code is for tropical wood by name.
    pub tropical: bool,
}

/// Reads the form of an item.
pub fn gather(references: &References, item: &GoodsItem, wording: &WordingEvidence, as_of: Date) -> FormEvidence {
    let edition = item.hs_edition.unwrap_or_else(|| HsCodes::edition_on(as_of));
    let row = item.hs_code.as_ref().and_then(|code| references.hs.lookup(code, Some(edition)));
    let by_hs = row.and_then(|row| row.forms.first().copied());
    let allowed: &[Form] = row.map(|row| row.forms.as_slice()).unwrap_or_default();
    // Blanks are blanks whatever the code says; of other forms the one that the code can hold is meant.
    let blank = wording.forms.contains(&Form::Blank).then_some(Form::Blank);
    let fitting = wording.forms.iter().copied().find(|form| allowed.contains(form));
    let by_words = blank.or(fitting).or(wording.forms.first().copied());
    let conflicts = match (by_hs, by_words) {
        (Some(_), Some(words)) => !allowed.contains(&words) && !akin(allowed, words),
        _ => false,
    };
    // Articles under a code of raw wood: the words may be of the packing (`EBONY, 12 BOXES`), and only finished goods are free.
    let is_packing = conflicts && is_raw_wood(by_hs) && is_finished(by_words);
    let form = if is_packing { by_hs } else { by_words.or(by_hs) };
    FormEvidence { form, by_hs, by_words, conflicts, tropical: row.is_some_and(|row| row.tropical) }
}

/// Forms that trade words mix up without intent.
fn akin(allowed: &[Form], words: Form) -> bool {
    const GROUPS: &[&[Form]] = &[
        &[Form::Oil, Form::Extract],
        &[Form::Powder, Form::Chips, Form::Root, Form::Bark, Form::Fuelwood],
        &[Form::Furniture, Form::FinishedProduct, Form::InstrumentPart, Form::Instrument],
        // Squares and billets for turning are sawn wood by the tariff and by the term of permits.
        &[Form::Sawn, Form::TransformedWood, Form::Blank],
    ];
    // A heading of articles holds their blanks (rule 2 a of the Harmonized System) and for that no sawn wood.
    let allows = |form: &Form| *form != Form::Blank;
    let akin = |group: &[Form]| allowed.iter().filter(|form| allows(form)).any(|form| group.contains(form));
    GROUPS.iter().any(|group| group.contains(&words) && akin(group))
}

/// Raw or semi-worked wood.
pub fn is_raw_wood(form: Option<Form>) -> bool {
    form.is_some_and(Form::is_raw_wood)
}

/// Goods that need no further work.
pub fn is_finished(form: Option<Form>) -> bool {
    matches!(form, Some(Form::Furniture | Form::Instrument | Form::InstrumentPart | Form::FinishedProduct))
}

/// Fruit, leaves, seed.
pub fn is_plant_food(form: Option<Form>) -> bool {
    matches!(form, Some(Form::Fruit | Form::Leaf | Form::Seed))
}
