//! JSON Schema (draft 2020-12) of the answer, from the types. Versioned by [`VERSION`]: fields are added, none dropped or
//! renamed.

use serde_json::Value;

use super::Assessment;
use crate::manifest::schema::headed;

/// Version of the schema; it rises with every field.
pub const VERSION: &str = "1.1";
/// Where the schema is served and what `$id` says.
pub const ID: &str = "/v1/schemas/assessment";

/// The schema of one assessment.
pub fn schema() -> Value {
    let about = "The answer for one consignment: a lane, a score and all that explains them. Units stand in the names; a \
                 field that is absent is not known or not declared. Fields may be added, none is dropped or renamed.";
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Assessment>().to_value();
    headed(schema, [("$id", ID), ("title", "Palisander assessment"), ("version", VERSION), ("description", about)])
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
            assert!(
                of["description"].is_string() || of["enum"].is_array() || of["oneOf"].is_array() || name == "Fault",
                "{name}"
            );
        }
        assert_eq!(schema["additionalProperties"], false);
    }
}
