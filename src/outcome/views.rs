//! Saved views, as they are answered.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{View, ViewOrigin};

/// Saved views.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ViewsView {
    /// The name and version of this form.
    #[schemars(extend("const" = ViewsView::SCHEMA))]
    pub schema: &'static str,
    pub views: Vec<SavedView>,
    /// Whether to show all there is to say about each.
    #[serde(skip)]
    pub in_full: bool,
}

/// One view, by its name without the `@`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SavedView {
    pub name: String,
    pub origin: ViewOrigin,
    #[serde(flatten)]
    pub view: View,
}
