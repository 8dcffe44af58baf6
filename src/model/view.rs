//! Saved views: queries with a name.

use std::fmt;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::ViewName;

/// A query with a name, and how its answer is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// The query, which may name other views.
    pub query: String,
    /// What it is for, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The columns of the list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// How many records are listed at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// What `.gitsm/views.yaml` says: the desk's views by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Views(#[serde(deserialize_with = "super::unique::map")] pub IndexMap<ViewName, View>);

impl JsonSchema for Views {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Views".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The views of a desk by name, `.gitsm/views.yaml`.",
            "type": "object",
            "propertyNames": generator.subschema_for::<ViewName>(),
            "additionalProperties": generator.subschema_for::<View>(),
        })
    }
}

/// Whose a view is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ViewOrigin {
    /// Of whoever asks, in git's configuration.
    Personal,
    /// Of the desk, in `.gitsm/views.yaml`.
    Desk,
    /// Part of the program.
    BuiltIn,
}

impl ViewOrigin {
    /// The name that people read.
    pub const fn name(self) -> &'static str {
        match self {
            ViewOrigin::Personal => "personal",
            ViewOrigin::Desk => "desk",
            ViewOrigin::BuiltIn => "built-in",
        }
    }
}

impl fmt::Display for ViewOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
