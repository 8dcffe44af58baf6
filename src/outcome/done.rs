//! Answers about what is no record: files, names, and what was done in words.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::model::RecordId;

/// What was done, or that nothing was, in words.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MessageView {
    /// The name and version of this form.
    #[schemars(extend("const" = MessageView::SCHEMA))]
    pub schema: &'static str,
    pub message: String,
    /// The file or folder that it is about.
    pub path: Option<String>,
}

impl MessageView {
    /// What was done with the file or folder at `path`.
    pub fn about(path: &dyn std::fmt::Display, message: String) -> Self {
        Self { path: Some(path.to_string()), ..Self::from(message) }
    }
}

impl From<String> for MessageView {
    fn from(message: String) -> Self {
        Self { schema: Self::SCHEMA, message, path: None }
    }
}

/// What an export wrote into a file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ExportView {
    /// The name and version of this form.
    #[schemars(extend("const" = ExportView::SCHEMA))]
    pub schema: &'static str,
    /// The form of the file: `csv`, `json`, `jsonl` or `yaml`.
    #[schemars(extend("enum" = ["csv", "json", "jsonl", "yaml"]))]
    pub format: &'static str,
    /// The file, as it was given.
    pub path: String,
    /// How many records it holds.
    pub records: usize,
}

/// Where a record's file lies.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PathView {
    /// The name and version of this form.
    #[schemars(extend("const" = PathView::SCHEMA))]
    pub schema: &'static str,
    pub id: RecordId,
    /// The file, relative to the desk's root.
    pub path: String,
}

/// Things that come with gitsm and can be printed: schemas, mappings.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NamesView {
    /// The name and version of this form.
    #[schemars(extend("const" = NamesView::SCHEMA))]
    pub schema: &'static str,
    pub names: Vec<NamedThing>,
}

/// One of them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NamedThing {
    pub name: &'static str,
    /// What it is for, one line.
    pub about: Option<&'static str>,
}

/// A file that comes with gitsm.
#[derive(Clone, Debug)]
pub struct Document {
    /// As it stands.
    pub text: String,
    /// What it says.
    pub data: Value,
}
