//! A folder of rules as the base that it would become, for whoever writes them.
//!
//! In: the folder. Out: base and layer, as `load.rs` lays them; which shipped profiles the folder says otherwise. A folder of a
//! shipped id that holds only what may be raised stays a layer. Several layers are judged as answers hear them. Not here: what an answer hears of it (`layer.rs`).

use std::path::Path;

use super::error::ProfileError;
use super::folder::{self, Base, Folder, Layer};
use super::lanes::Lanes;
use super::layer::is_whole;

/// Lanes, helpers and whole profiles of the folder stand in the place of the shipped ones of the same name.
pub(super) fn apart(path: &Path) -> Result<(Base, Vec<Layer>), ProfileError> {
    let (mut base, mut layers) = (folder::base(), folder::layers(path)?);
    if layers.len() > 1 {
        // What a wider layer holds is not to be judged as if it could be changed here.
        return Ok((base, layers));
    }
    let mut layer = layers.pop().unwrap_or_default();
    let is_shipped = |own: &Folder| base.folders.iter().any(|shipped| shipped.id == own.id);
    let (own, local): (Vec<_>, Vec<_>) = layer.folders.into_iter().partition(|own| is_shipped(own) && is_whole(own));
    layer.folders = local;
    for own in own {
        base.folders.retain(|shipped| shipped.id != own.id);
        base.folders.push(own);
    }
    // Lanes that cannot be read stay in the layer, which says so.
    if layer.lanes.as_deref().is_some_and(|text| toml::from_str::<Lanes>(text).is_ok()) {
        base.lanes = layer.lanes.take().unwrap_or_default();
    }
    if let Some(library) = layer.library.take() {
        base.library = library;
        layer.unread.retain(|unread| !unread.is_of_library());
    }
    Ok((base, vec![layer]))
}

/// Ids of the shipped profiles that a folder says otherwise: whoever judges the folder looks at its own, an answer does not.
pub fn differing(path: &Path) -> Vec<String> {
    let shipped = folder::base().folders;
    let differs = |own: &Folder| {
        let is_other = |shipped: &Folder| shipped.toml != own.toml || shipped.rhai != own.rhai;
        is_whole(own) && shipped.iter().any(|shipped| shipped.id == own.id && is_other(shipped))
    };
    let layers = folder::layers(path).unwrap_or_default();
    layers.into_iter().flat_map(|layer| layer.folders).filter(differs).map(|own| own.id).collect()
}
