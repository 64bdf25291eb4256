//! JSON Schema (draft 2020-12) of the canonical manifest, from the types. Versioned by [`VERSION`]: fields are added,
//! none dropped or renamed.

use schemars::JsonSchema;
use serde_json::{Value, json};

use super::fields::Manifest;

/// Version of the schema; it rises with every field.
pub const VERSION: &str = "1.1";
/// Where the schema is served and what `$id` says.
pub const ID: &str = "/v1/schemas/manifest";

/// The document: a manifest in its wrapper.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape is asked for")]
struct Wrapped {
    manifest: Manifest,
}

/// The schema of a document `{"manifest": …}`.
pub fn schema() -> Value {
    let about = "What a carrier or declarant says is on its way. Units stand in the names; absent is not zero; a country \
                 that is not known is `ZZ`. Fields may be added, none is dropped or renamed.";
    let schema = schemars::schema_for!(Wrapped).to_value();
    headed(
        schema,
        [("$id", ID), ("title", "Palisander canonical manifest"), ("version", VERSION), ("description", about)],
    )
}

/// A schema with what it says of itself.
pub(crate) fn headed(mut schema: Value, head: [(&str, &str); 4]) -> Value {
    if let Some(map) = schema.as_object_mut() {
        map.extend(head.map(|(name, text)| (name.to_owned(), json!(text))));
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_resolves_and_every_object_is_closed() {
        let schema = schema();
        let text = schema.to_string();
        for piece in text.split("#/$defs/").skip(1) {
            let name = piece.split('"').next().unwrap_or_default();
            assert!(schema.pointer(&format!("/$defs/{name}")).is_some(), "{name}");
        }
        for (name, of) in schema["$defs"].as_object().unwrap() {
            assert!(of["type"] != "object" || of["additionalProperties"] == false, "{name}");
        }
        assert_eq!(schema.pointer("/$defs/Consignment/required"), Some(&json!(["bill_of_lading", "goods_items"])));
    }
}
