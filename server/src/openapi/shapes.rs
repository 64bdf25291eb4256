//! Shapes that schemas are made of.

use serde_json::{Value, json};

/// A text that is one of these words.
pub(super) fn words<T: Copy + std::fmt::Display>(all: &[T]) -> Value {
    json!({ "type": "string", "enum": all.iter().map(ToString::to_string).collect::<Vec<_>>() })
}

/// An object of these fields and no others.
pub(super) fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}
