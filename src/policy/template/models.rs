//! The change models of a desk, read when somebody asks for one.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::ModelFile;
use crate::model::{Change, ChangeModel, TemplateName};

/// Reads the file of a model: what it says, or what is wrong in it, in words.
pub type ReadModel = fn(&str, &[u8]) -> Result<ModelFile, String>;

/// The content of a model's file, and what it says once it was asked for.
#[derive(Clone, Debug)]
struct Kept {
    path: String,
    bytes: Vec<u8>,
    read: OnceCell<Result<ModelFile, String>>,
}

/// The change models of a desk.
#[derive(Clone, Debug)]
pub struct Models {
    files: BTreeMap<TemplateName, Kept>,
    /// The time zone in which days end.
    zone: String,
    read: ReadModel,
}

impl Default for Models {
    /// No models, as on a desk without such files.
    fn default() -> Self {
        Self::new([], "UTC", |_, _| Ok(ModelFile::default()))
    }
}

impl Models {
    /// The models in `files` (name, path and content) of a desk in time zone
    /// `zone`.
    pub fn new(
        files: impl IntoIterator<Item = (TemplateName, String, Vec<u8>)>,
        zone: &str,
        read: ReadModel,
    ) -> Self {
        let kept = |(name, path, bytes)| (name, Kept { path, bytes, read: OnceCell::new() });
        Self { files: files.into_iter().map(kept).collect(), zone: zone.to_owned(), read }
    }

    /// Whether the desk has no file of a model.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &TemplateName> {
        self.files.keys()
    }

    /// The model called `name`: what its file says, or why it cannot be read.
    pub fn get(&self, name: &str) -> Option<Result<&ModelFile, &str>> {
        let kept = self.files.get(name)?;
        let read = kept.read.get_or_init(|| (self.read)(&kept.path, &kept.bytes));
        Some(read.as_ref().map_err(String::as_str))
    }

    /// Every model that can be read.
    pub fn iter(&self) -> impl Iterator<Item = (&TemplateName, &ModelFile)> {
        self.names().filter_map(|name| Some((name, self.get(name.as_str())?.ok()?)))
    }

    /// The names of the standard models.
    pub fn standard(&self) -> impl Iterator<Item = &TemplateName> {
        self.iter().filter(|(_, file)| file.model == ChangeModel::Standard).map(|(name, _)| name)
    }

    /// The name of the model that a change is held to: the one that it was made
    /// from; else the one that is called as its way of being authorised.
    pub fn name_of<'a>(&self, change: &'a Change) -> Option<&'a str> {
        match &change.template {
            Some(name) => Some(name),
            None => Some(change.model.name()).filter(|name| self.files.contains_key(*name)),
        }
    }

    /// The model that a change is held to, if there is one and it can be read.
    pub fn of<'a>(&'a self, change: &'a Change) -> Option<(&'a str, &'a ModelFile)> {
        let name = self.name_of(change)?;
        Some((name, self.get(name)?.ok()?))
    }

    /// The models whose demands a change has to meet: the one that it was made
    /// from, and the one that is called as its way of being authorised.
    pub fn held_to<'a>(&'a self, change: &'a Change) -> impl Iterator<Item = &'a ModelFile> {
        let names = change.template.as_deref().into_iter().chain([change.model.name()]);
        names.filter_map(|name| self.get(name)?.ok())
    }

    /// The fields that a change must fill in: those of the model that it was made
    /// from, and of the one that is called as its way of being authorised, so that
    /// another model is no way round that one.
    pub(super) fn required_of<'a>(&'a self, change: &'a Change) -> Vec<&'a String> {
        let mut fields: Vec<&String> = Vec::new();
        for field in self.held_to(change).flat_map(|file| &file.requires) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields
    }

    /// The time zone in which days end.
    pub(super) fn zone(&self) -> &str {
        &self.zone
    }
}
